"""The smallest change of one weight that turns two neighbours: it turns them, and no smaller one of any weight does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from random_indices import Cells, books, claims, scores_of

from exposure.analysis.sensitivity.swaps import MOST, swaps
from exposure.scoring.aggregate import Array
from exposure.scoring.ranking import ranks
from exposure.scoring.score import Scores, score
from exposure.scoring.tree import coverage, evaluate, rounded, thin
from exposure.text import NEARLY
from exposure.views.dependence import rounded_away

RULES = """
[index]
title = "Test"
edition = "1"
decimals = 6
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
        pytest.param(1, (60, 20), (60, 10), "", np.nan, np.nan, id="taken away they are equal, and no more"),
        pytest.param(1, (60, 20), (40, 10), "", np.nan, np.nan, id="worse in all, never turned"),
        pytest.param(1, (60, 20), (60, 20), "", np.nan, np.nan, id="equal in all"),
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
    # Scores of six decimals swap a little beyond where they are equal.
    assert swap.factor == pytest.approx(factor, abs=1e-5, nan_ok=True)
    assert swap.new_share == pytest.approx(new_share, abs=1e-5, nan_ok=True)


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
    assert (swap.name, swap.factor) == ("z", pytest.approx(1 + 0.2 / 74.8, abs=1e-5))


def test_two_that_tie_as_published_have_not_swapped_yet(scored: Callable[..., Scores]) -> None:
    """50.0 both, the second by 0.015 the higher; the published scores turn where they are 0.1 apart the other way."""
    lines = "country,indicator,value\nALB,x,60\nALB,y,20.1\nSRB,x,60.02\nSRB,y,20\n"
    scores = scored(RULES.format(weight=1).replace("decimals = 6", "decimals = 1"), lines)
    (swap,) = swaps(scores)
    assert scores.rank.tolist() == [1, 1]
    assert scores.selection.units[swap.above] == "ALB"
    turned = published_with(scores, swap.name, swap.dimension, swap.factor)
    assert turned.score[swap.above] < turned.score[swap.below]


def test_who_is_no_longer_ranked_has_not_swapped(scored: Callable[..., Scores]) -> None:
    """Half of d would turn the two, but then too little is known of the first."""
    rules = RULES.format(weight=1).replace("decimals = 6", "min_coverage = 0.7")
    lines = "country,indicator,value\nALB,x,60\nSRB,x,40\nSRB,y,90\n"
    (swap,) = swaps(scored(rules, lines))
    # 40·wd + 90·we is above 60·(wd + we) once wd is below 1.5 of we, and 0.7 are known down to 2.33.
    assert swap.name == ""
    (swap,) = swaps(scored(rules.replace("0.7", "0.5"), lines))
    assert (swap.name, swap.factor) == ("d", pytest.approx(0.5, abs=0.01))


def test_the_weight_that_is_printed_swaps_the_ranks(shipped: Scores) -> None:
    found = [swap for swap in swaps(shipped) if swap.name]
    assert len(found) == 3
    for swap in found:
        weight = shipped.rulebook.dimensions[swap.name].weight
        printed = float(rounded_away(weight * swap.factor, weight))
        turned = published_with(shipped, swap.name, True, printed / weight)
        assert turned.rank[swap.above] > turned.rank[swap.below] > 0


def test_one_country_has_no_neighbours(scored: Callable[..., Scores]) -> None:
    assert swaps(scored(RULES.format(weight=1), "country,indicator,value\nALB,x,5\n")) == ()


def published_with(scores: Scores, name: str, dimension: bool, factor: float) -> Scores:
    """The scores with one weight times so much, scored from the start."""
    section = "dimensions" if dimension else "rules"
    parts = dict(getattr(scores.rulebook, section))
    parts[name] = parts[name].model_copy(update={"weight": parts[name].weight * factor})
    return score(scores.observations, scores.rulebook.model_copy(update={section: parts}))


def ranks_with(scores: Scores, row: int, factors: Array) -> NDArray[np.int64]:
    """(factors, units): the ranks with the weight of one row times each of these, the whole tree for all at once."""
    tree, rulebook, rules = scores.tree, scores.rulebook, len(scores.tree.rules)
    said = [rulebook.rules[name].weight for name in tree.rules]
    said += [rulebook.dimensions[node.name].weight for node in tree.nodes[:-1]]
    weights = []
    for node in tree.nodes:
        changed = np.asarray([said[child] * np.where(child == row, factors, 1.0) for child in node.children])
        weights.append((changed / changed.sum(axis=0))[:, None])
    known = np.asarray([scores.cells[name].known for name in tree.rules])
    leaves, known = (np.repeat(of[..., None], len(factors), axis=2) for of in (scores.values[:rules], known))
    covered = coverage(tree, known, weights)
    counted = None if scores.counted is None else scores.counted[..., None]
    exact = evaluate(tree, leaves, thin(tree, covered), weights=weights, counted=counted)[tree.root]
    ranked = scores.selection.is_country[:, None] & (covered[tree.root] >= rulebook.index.min_coverage - NEARLY)
    return ranks(np.where(ranked, rounded(exact, tree.decimals), np.nan).T)


def turned(rank: NDArray[np.int64], above: int, below: int) -> bool:
    return bool(rank[above] > rank[below] > 0)


def assert_smallest(scores: Scores) -> None:
    found = swaps(scores)
    for swap in found:
        if swap.name:
            beyond = max(swap.factor + (1e-7 if swap.factor > 1 else -1e-7), 0.0)
            assert turned(published_with(scores, swap.name, swap.dimension, beyond).rank, swap.above, swap.below)
    reaches = [abs(swap.factor - 1) if swap.name else MOST for swap in found]
    tried = [np.linspace(max(1 - reach, 0), min(1 + reach, MOST), 13)[1:-1] for reach in reaches]
    if not tried:
        return
    factors = np.concatenate(tried)
    names = [(name, False) for name in scores.tree.rules] + [(node.name, True) for node in scores.tree.nodes[:-1]]
    for row, (name, dimension) in enumerate(names):
        if not (scores.rulebook.dimensions if dimension else scores.rulebook.rules)[name].weight:
            continue
        rank = ranks_with(scores, row, factors)
        # That many at once are what a file with the one weight scores.
        one = row % len(factors)
        assert rank[one].tolist() == published_with(scores, name, dimension, float(factors[one])).rank.tolist()
        for swap, own in zip(found, np.split(rank, len(found)), strict=True):
            at = np.flatnonzero([turned(each, swap.above, swap.below) for each in own])
            assert not len(at), (swap, name, at)


def test_of_the_shipped_rules(shipped: Scores) -> None:
    assert_smallest(shipped)


@settings(max_examples=25)
@given(books(), claims())
def test_of_any_rules(book: dict[str, Any], said: Cells) -> None:
    assert_smallest(scores_of(book, said))
