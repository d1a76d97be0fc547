"""The smallest change of one weight that turns two neighbours: it turns them, and no smaller one of any weight does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from random_indices import Cells, books, claims, scores_of

from exposure.analysis.swaps import MOST, swaps
from exposure.scoring.score import Scores, score

RULES = """
[dimensions.d]
weight = 3
[dimensions.e]
weight = {weight}
[rules.x]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.y]
dimension = "e"
kind = "number"
goalposts = [0, 100]
"""


@pytest.mark.parametrize(
    ("weight", "alb", "srb", "name", "factor", "new_share"),
    [
        # 3·60 + 1·20 = 200 against 3·40 + 1·50 = 170; equal where 20·wd = 30·we.
        pytest.param(1, (60, 20), (40, 50), "d", 0.5, 0.6, id="less of one is less of a change than more of another"),
        pytest.param(4, (20, 50), (60, 40), "d", 1 / 3, 0.2, id="the higher is found whatever its code"),
        pytest.param(1, (60, 20), (60, 10), "e", 0.0, 0.0, id="taken away they are equal"),
        pytest.param(1, (60, 20), (40, 10), "", np.nan, np.nan, id="worse in all, never turned"),
        pytest.param(1, (60, 20), (60, 20), "d", 1.0, 0.75, id="equal already"),
    ],
)
def test_of_two_countries_by_hand(
    scored: Callable[..., Scores],
    weight: float,
    alb: tuple[float, float],
    srb: tuple[float, float],
    name: str,
    factor: float,
    new_share: float,
) -> None:
    lines = [f"ALB,{rule},{said}" for rule, said in zip("xy", alb, strict=True)]
    lines += [f"SRB,{rule},{said}" for rule, said in zip("xy", srb, strict=True)]
    scores = scored(RULES.format(weight=weight), "\n".join(["country,indicator,value", *lines, ""]))
    (swap,) = swaps(scores)
    assert swap.name == name
    assert swap.factor == pytest.approx(factor, nan_ok=True)
    assert swap.new_share == pytest.approx(new_share, nan_ok=True)


def test_a_weight_can_turn_two_by_what_it_leaves_unknown(scored: Callable[..., Scores]) -> None:
    """Where less of d is z, which is all that is known of it in the second, its mild d counts no longer."""
    rules = RULES.format(weight=3).replace("[dimensions.d]", "[dimensions.d]\nmin_coverage = 0.4")
    rules += '[rules.z]\ndimension = "d"\nkind = "number"\ngoalposts = [0, 100]\n'
    lines = "country,indicator,value\nALB,x,10\nALB,z,10\nALB,y,50\nSRB,z,0\nSRB,y,40\n"
    (swap,) = swaps(scored(rules, lines))
    # f / (1 + f) falls below 0.4; 1.5 times x would do as well.
    assert (swap.name, swap.factor) == ("z", pytest.approx(2 / 3))


def test_of_several_that_turn_within_a_step_the_smallest_is_taken(scored: Callable[..., Scores]) -> None:
    rules = RULES.format(weight=1).replace('"e"', '"d"').replace("[dimensions.e]\nweight = 1\n", "")
    rules += '[rules.z]\ndimension = "d"\nkind = "number"\ngoalposts = [0, 100]\n'
    lines = "country,indicator,value\nALB,x,25\nALB,y,50\nALB,z,0\nSRB,x,0\nSRB,y,0\nSRB,z,74.8\n"
    (swap,) = swaps(scored(rules, lines))
    # Less of x by 0.2 / 25 or of y by 0.2 / 50 would do as well.
    assert (swap.name, swap.factor) == ("z", pytest.approx(1 + 0.2 / 74.8))


def test_of_two_that_tie_as_published_the_exact_score_says_which_is_above(scored: Callable[..., Scores]) -> None:
    lines = "country,indicator,value\nALB,x,60\nALB,y,20\nSRB,x,60.02\nSRB,y,20\n"
    scores = scored(RULES.format(weight=1), lines)
    (swap,) = swaps(scores)
    assert scores.rank.tolist() == [1, 1]
    assert (scores.selection.units[swap.above], swap.name, swap.factor) == ("SRB", "d", pytest.approx(0))


def test_one_country_has_no_neighbours(scored: Callable[..., Scores]) -> None:
    assert swaps(scored(RULES.format(weight=1), "country,indicator,value\nALB,x,5\n")) == ()


def exact_with(scores: Scores, name: str, dimension: bool, factor: float) -> np.ndarray:
    """The exact scores with one weight times so much, scored from the start."""
    section = "dimensions" if dimension else "rules"
    parts = dict(getattr(scores.rulebook, section))
    parts[name] = parts[name].model_copy(update={"weight": parts[name].weight * factor})
    return score(scores.observations, scores.rulebook.model_copy(update={section: parts})).exact


def assert_smallest(scores: Scores) -> None:
    weights = [("rules", name) for name in scores.tree.rules] + [("dimensions", n.name) for n in scores.tree.nodes[:-1]]
    for swap in swaps(scores):
        pair = [swap.above, swap.below]
        if swap.name and swap.factor != 1:
            beyond = swap.factor + (1e-7 if swap.factor > 1 else -1e-7)
            above, below = exact_with(scores, swap.name, swap.dimension, max(beyond, 0.0))[pair]
            assert above <= below + 1e-9
        reach = abs(swap.factor - 1) if swap.name else MOST
        for section, name in weights:
            if not getattr(scores.rulebook, section)[name].weight:
                continue
            for factor in np.linspace(max(1 - reach, 0), min(1 + reach, MOST), 7)[1:-1]:
                above, below = exact_with(scores, name, section == "dimensions", float(factor))[pair]
                # A country can also become unknown, which turns nothing.
                assert not above < below - 1e-6, (swap, name, factor)


def test_of_the_shipped_rules(shipped: Scores) -> None:
    assert_smallest(shipped)


@settings(max_examples=25)
@given(books(), claims())
def test_of_any_rules(book: dict[str, Any], said: Cells) -> None:
    assert_smallest(scores_of(book, said))
