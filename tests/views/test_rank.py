"""The ranking."""

from __future__ import annotations

from collections.abc import Callable

from exposure.scoring.score import Scores
from exposure.views.rank import rank_page, sort_keys


def test_a_dimension_called_like_a_column_does_not_take_over_the_order(scored: Callable[..., Scores]) -> None:
    rules = """
[dimensions.score]
weight = 0.1
[dimensions.b]
[rules.x]
dimension = "score"
kind = "flag"
[rules.y]
dimension = "b"
kind = "flag"
"""
    scores = scored(rules, "country,x,y\nALB,yes,no\nSRB,no,yes\n")
    page = rank_page(scores, scores.rank_range(0))
    assert [record["country"] for record in page.records] == ["SRB", "ALB"]
    assert sort_keys(scores)["score"] is scores.score
