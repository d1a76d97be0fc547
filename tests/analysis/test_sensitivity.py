"""Sobol shares, against models whose shares are known in closed form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exposure.analysis.sensitivity import Sensitivity, estimates, moments, sensitivity
from exposure.scoring.drawing import doubts_of
from exposure.scoring.score import Scores


@pytest.mark.parametrize("slopes", [(1.0, 2.0, 3.0), (5.0, 0.0), (1.0, 1.0, 1.0, 1.0)])
def test_shares_of_a_linear_model(slopes: tuple[float, ...]) -> None:
    """Y = Σ aᵢXᵢ of independent alike Xᵢ: first order and total are both aᵢ² / Σ a²."""
    generator, a, count = np.random.default_rng(1), np.asarray(slopes), 50_000
    first, second = (generator.random((count, len(a))) for _ in range(2))
    sums = []
    for at in range(len(a)):
        mixed = first.copy()
        mixed[:, at] = second[:, at]
        sums.append(moments(first @ a, second @ a, mixed @ a))
    found = estimates(np.asarray(sums), count, float((first @ a).var()))
    expected = a**2 / (a**2).sum()
    assert found[:, 0] == pytest.approx(expected, abs=0.02)
    assert found[:, 1] == pytest.approx(expected, abs=0.02)


def test_shares_of_a_product_are_all_interaction() -> None:
    """Y = X₁X₂ of means 0: nothing alone, all together."""
    generator, count = np.random.default_rng(2), 50_000
    first, second = (generator.choice([-1.0, 1.0], (count, 2)) for _ in range(2))
    mixed = first.copy()
    mixed[:, 0] = second[:, 0]
    (found,) = estimates(np.asarray([moments(first.prod(1), second.prod(1), mixed.prod(1))]), count, 1.0)
    assert found == pytest.approx([0, 1], abs=0.02)


RULES = """
[dimensions.d]
[rules.x]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.y]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[uncertainty]
spread = {spread}
confidence = {{ high = 0, medium = 0, low = {low} }}
"""
# x turns the first two in 0.2 of the draws, y the last two in 0.4 of them: two places of four each time.
PAIRS = """country,indicator,value
ALB,x,80
ALB,y,100
MKD,x,0..100
MKD,y,100
SRB,x,0
SRB,y,60
XKX,x,0
XKX,y,0..100
"""


def shares_of(scores: Scores, base: int = 4000, kinds: tuple[str, ...] = ("unknowns",)) -> Sensitivity:
    return sensitivity(doubts_of(scores, kinds), scores.rank, base, 1)


def test_two_choices_that_turn_two_pairs(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES.format(spread=0, low=0), PAIRS)
    found = shares_of(scores)
    by_name = {share.name: share for share in found.shares}
    a, b = 0.2 * 0.8, 0.4 * 0.6
    assert by_name["x"].first == pytest.approx(a / (a + b), abs=0.04)
    assert by_name["x"].total == pytest.approx(a / (a + b), abs=0.04)
    assert by_name["y"].first == pytest.approx(b / (a + b), abs=0.04)
    assert by_name[""].first == pytest.approx(1, abs=0.04)
    assert by_name[""].total == pytest.approx(1, abs=0.04)
    assert found.base == 4000
    assert found.shares[0].name == ""
    assert all(0 < share.error < 0.05 for share in found.shares if share.name)


def test_where_nothing_moves_there_is_nothing_to_share(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES.format(spread=0.25, low=0), "country,indicator,value\nALB,x,9\nALB,y,9\nSRB,x,5\nSRB,y,5\n")
    found = shares_of(scores, 100, ("weights", "confidence", "unknowns"))
    assert found.variance == 0
    assert [(share.kind, share.name, share.total) for share in found.shares] == [("weights", "", 0)]


def test_one_choice_exchanged_alone_is_all_of_its_kind_where_it_is_the_only_one(scored: Callable[..., Scores]) -> None:
    """The path from one leaf to the root, against the whole tree."""
    scores = scored(RULES.format(spread=0, low=0.3), "country,indicator,value\nALB,x,50\nSRB,x,55\n")
    whole, single = shares_of(scores, 800, ("confidence",)).shares
    assert (whole.name, single.name) == ("", "x")
    assert (whole.first, whole.total) == (single.first, single.total)
