"""How the ranking goes together with an outside index, on scores that are what they are given as."""

from __future__ import annotations

import math
from typing import Any

import pytest

from exposure.analysis.soundness.agreement import Agreement, agree
from exposure.observations.outside import Outside

RULES = """
[index]
title = "T"
edition = "1"
min_coverage = 0.6
[dimensions.d]
[rules.a]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.b]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[entities.BA-SRP]
name = "RS"
part_of = "BIH"
share = 0.5
"""


def compared(scored: Any, here: dict[str, float], there: dict[str, float], reverse: bool = False) -> Agreement:
    claims = "country,a,b\n" + "".join(f"{code},{x},{x}\n" for code, x in here.items()) + "XKX,50,\nBA-SRP,1,1\n"
    return agree(scored(RULES, claims), Outside("o.csv", "v", there, ("World",), 2), reverse)


HERE = {"SRB": 80, "MNE": 60, "ALB": 40, "MKD": 20}


@pytest.mark.parametrize(
    ("there", "spearman", "kendall"),
    [
        pytest.param({"SRB": 4, "MNE": 3, "ALB": 2, "MKD": 1}, 1, 1, id="the same order"),
        pytest.param({"SRB": 1, "MNE": 2, "ALB": 3, "MKD": 4}, -1, -1, id="the opposite"),
        pytest.param({"SRB": 3, "MNE": 4, "ALB": 2, "MKD": 1}, 1 - 6 * 2 / 60, 4 / 6, id="two neighbours swapped"),
        pytest.param({"SRB": 4, "MNE": 2, "ALB": 2, "MKD": 1}, 4.5 / math.sqrt(5 * 4.5), 5 / math.sqrt(30), id="a tie"),
        pytest.param({"SRB": 4, "MNE": 3}, None, None, id="two in common"),
        pytest.param({"SRB": 4, "MNE": 4, "ALB": 4}, None, None, id="one value for all"),
        pytest.param({"DEU": 4}, None, None, id="none in common"),
    ],
)
def test_coefficients(scored: Any, there: dict[str, float], spearman: float | None, kendall: float | None) -> None:
    found = compared(scored, HERE, there)
    assert found.n == len(there.keys() & HERE.keys())
    assert (found.spearman, found.kendall) == (
        spearman if spearman is None else pytest.approx(spearman),
        kendall if kendall is None else pytest.approx(kendall),
    )


def test_scores_that_are_published_alike_tie(scored: Any) -> None:
    found = compared(scored, {"SRB": 80.01, "MNE": 80.02, "ALB": 40}, {"SRB": 3, "MNE": 2, "ALB": 1})
    assert [(one.country, one.rank, one.rank_there) for one in found.compared] == [
        ("MNE", 1, 2),
        ("SRB", 1, 1),
        ("ALB", 3, 3),
    ]


def test_who_disagrees_most_comes_first(scored: Any) -> None:
    found = compared(scored, HERE, {"SRB": 1, "MNE": 4, "ALB": 2, "MKD": 3, "XKX": 9, "BIH": math.nan, "DEU": 1})
    assert [(one.country, one.rank, one.rank_there, one.difference) for one in found.compared] == [
        ("SRB", 1, 4, 3),
        ("MKD", 4, 2, -2),
        ("MNE", 2, 1, -1),
        ("ALB", 3, 3, 0),
    ]


def test_an_index_that_does_not_vary_comes_in_our_order(scored: Any) -> None:
    found = compared(scored, HERE, dict.fromkeys(HERE, 4.0))
    assert not found.varies and [one.country for one in found.compared] == ["SRB", "MNE", "ALB", "MKD"]


def test_nothing_is_left_out_without_being_told(scored: Any) -> None:
    there = {"SRB": 1, "MNE": math.nan, "XKX": 9, "DEU": 1, "BA-SRP": 2, "BIH": 1}
    found = compared(scored, HERE, there)
    assert found.missing == ("ALB", "MKD")
    assert found.unknown == ("MNE",)
    assert found.unranked == ("BIH", "XKX")
    assert (found.elsewhere, found.skipped, found.skipped_rows) == (("BA-SRP", "DEU"), ("World",), 2)


def test_an_index_that_counts_the_other_way(scored: Any) -> None:
    there = {"SRB": 1, "MNE": 2, "ALB": 3, "MKD": 4}
    found = compared(scored, HERE, there, reverse=True)
    assert (found.spearman, found.kendall) == (pytest.approx(1), pytest.approx(1))
    assert {one.difference for one in found.compared} == {0}
    assert [one.value for one in found.compared] == [1, 2, 3, 4]
