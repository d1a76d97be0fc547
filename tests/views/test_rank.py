"""The ranking."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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


LAYERS = """
[dimensions.d]
[rules.does]
dimension = "d"
kind = "number"
goalposts = [0, 100]
layer = "practice"
[rules.signs]
dimension = "d"
kind = "number"
goalposts = [0, 100]
layer = "commitment"
"""


@pytest.mark.parametrize(
    ("does", "signs", "reading"),
    [
        ("50", "45.1", "about the same"),
        ("50", "45", "more exposed in practice"),
        ("45", "50", "more exposed on paper"),
        ("50", "", "one layer is unknown"),
        ("", "50", "one layer is unknown"),
    ],
)
def test_the_gap_between_the_layers_is_read(scored: Callable[..., Scores], does: str, signs: str, reading: str) -> None:
    scores = scored(LAYERS, f"country,does,signs\nSRB,{does},{signs}\n")
    (row,) = rank_page(scores, scores.rank_range(0), by="layer").blocks[0].rows
    assert row.cells[-1] == reading


def test_rules_of_one_layer_leave_nothing_to_compare(scored: Callable[..., Scores]) -> None:
    scores = scored(LAYERS.replace("commitment", "practice"), "country,does,signs\nSRB,1,2\n")
    block = rank_page(scores, scores.rank_range(0), by="layer").blocks[0]
    assert any("do not have both layers" in note for note in block.notes)
