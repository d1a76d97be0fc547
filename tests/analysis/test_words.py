"""How numbers and reasons are written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exposure.analysis.words import number, percent, span, unranked
from exposure.scoring.score import Scores
from exposure.views.rank import rank_page, sort_keys

RULES = """
[index]
title = "Test"
edition = "1"
min_coverage = {least}
[dimensions.a]
min_coverage = {gate}
[rules.x]
dimension = "a"
kind = "flag"
[rules.y]
dimension = "a"
kind = "flag"
weight = 3
"""


@pytest.mark.parametrize(
    ("least", "gate", "claims", "reason"),
    [
        (0.5, 0, "SRB,yes,yes", ""),
        (0.5, 0, "SRB,yes,", "25% known, 50% needed to be ranked"),
        (0.5, 0, "SRB,,", "nothing is known"),
        (0, 0, "SRB,,", "nothing is known"),
        (0, 0, "SRB,yes,", ""),
        (0, 0.5, "SRB,yes,", "too little is known of every dimension"),
    ],
)
def test_why_a_country_has_no_rank(
    scored: Callable[..., Scores], least: float, gate: float, claims: str, reason: str
) -> None:
    scores = scored(RULES.format(least=least, gate=gate), f"country,x,y\n{claims}\n")
    assert unranked(scores, 0) == reason
    assert bool(scores.ranked[0]) == (not reason)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(82.02, 1, "82.0"), (0.15, 1, "0.2"), (-0.01, 1, "0.0"), (float("nan"), 1, "–"), (1.0, 3, "1.000")],
)
def test_numbers_are_rounded_as_scores_are(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


def test_nearly_all_is_not_all() -> None:
    assert [percent(share) for share in (1.0, 0.9999, 0.29, 0.0)] == ["100%", "99%", "29%", "0%"]


def test_a_span_that_prints_alike_is_one_number() -> None:
    assert [span(1.01, 1.02, 1), span(1.0, 2.0, 1)] == ["1.0", "1.0–2.0"]


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
    page = rank_page(scores, scores.rank_range(0), "")
    assert [record["country"] for record in page.records] == ["SRB", "ALB"]
    assert sort_keys(scores)["score"] is scores.score
