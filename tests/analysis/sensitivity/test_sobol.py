"""Sobol shares, against models whose shares are known in closed form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_indices import Cells, books, claims, scores_of

from exposure.analysis.sensitivity.sobol import Sample, Sensitivity, choices_of, estimates, moments, sensitivity
from exposure.scoring.doubts import Uniforms
from exposure.scoring.drawing import KINDS, Drawn, UncertainInputs, draw, published
from exposure.scoring.ranking import ranks
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
        sums.append(moments(first @ a, second @ a, mixed @ a).sum(axis=0))
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
    (found,) = estimates(moments(first.prod(1), second.prod(1), mixed.prod(1)).sum(axis=0)[None], count, 1.0)
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
wrong = {{ high = 0, medium = 0, low = {low} }}
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


def shares_of(scores: Scores, base: int = 4000, kinds: tuple[str, ...] = ("inexact",), seed: int = 1) -> Sensitivity:
    return sensitivity(scores.uncertain_inputs(kinds), scores.rank, base, seed)


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


def test_the_error_is_how_far_shares_differ_from_seed_to_seed(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES.format(spread=0, low=0), PAIRS)
    found = [shares_of(scores, 480, seed=seed).shares for seed in range(40)]
    x = [share for shares in found for share in shares if share.name == "x"]
    differ = max(np.std([share.first for share in x], ddof=1), np.std([share.total for share in x], ddof=1))
    assert np.mean([share.error for share in x]) == pytest.approx(differ, rel=0.5)


def test_where_nothing_moves_there_is_nothing_to_share(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES.format(spread=0.25, low=0), "country,indicator,value\nALB,x,9\nALB,y,9\nSRB,x,5\nSRB,y,5\n")
    found = shares_of(scores, 100, ("weights", "claims", "unknowns"))
    assert found.variance == 0
    assert [(share.kind, share.name, share.total) for share in found.shares] == [("weights", "", 0)]


def test_one_choice_exchanged_alone_is_all_of_its_kind_where_it_is_the_only_one(scored: Callable[..., Scores]) -> None:
    text = "country,indicator,value,as_of,source,confidence\nALB,x,50,2020,,low\nSRB,x,55,2020,,low\n"
    scores = scored(RULES.format(spread=0, low=0.3), text)
    whole, single = shares_of(scores, 800, ("claims",)).shares
    assert (whole.name, single.name) == ("", "x")
    assert (whole.first, whole.total) == (single.first, single.total)


def mixed(inputs: UncertainInputs, mine: Drawn, other: Drawn, kind: str, row: int | None) -> Drawn:
    """The draws with that choice from the other ones, each array taken over entry by entry."""
    uniforms, method = {name: part.copy() for name, part in mine.uniforms._asdict().items()}, mine.method
    weights = [np.broadcast_to(drawn, (len(drawn), 1, len(method))).copy() for drawn in mine.weights]
    if kind == "weights":
        for at, node in enumerate(inputs.tree.nodes):
            for child, number in enumerate(node.children):
                if row in (None, number):
                    weights[at][child] = other.weights[at][child]
    elif kind == "aggregation":
        method = other.method
    for leaf in inputs.doubts.leaves:
        if row not in (None, leaf.row):
            continue
        for read in leaf.reads:
            for at in {"claims": read.at, "inexact": read.inexact}.get(kind, ()):
                uniforms[kind][at] = getattr(other.uniforms, kind)[at]
        unknown = kind == "unknowns" or (kind == "claims" and "unknowns" not in inputs.kinds)
        for at in range(leaf.first, leaf.first + len(leaf.open)) if unknown else ():
            uniforms["unknowns"][at] = other.uniforms.unknowns[at]
            if len(uniforms["undecided"]):
                uniforms["undecided"][at] = other.uniforms.undecided[at]
    return Drawn(Uniforms(**uniforms), weights, method)


@settings(max_examples=60, deadline=None)
@given(books(), claims(), st.sampled_from([KINDS, ("weights", "claims"), ("unknowns",)]), st.booleans())
def test_an_exchanged_choice_moves_what_it_moves_in_the_whole_tree(
    book: dict[str, Any], said: Cells, vary: tuple[str, ...], far: bool
) -> None:
    """One choice at a time goes up its own path only: the whole tree, evaluated from the start, gives the same."""
    index = {**book["index"], "min_coverage": 0.3, "decimals": 3}
    if far:
        book = {**book, "dimensions": {name: {"weight": 1.0, "min_coverage": 0.5} for name in book["dimensions"]}}
        index["aggregation"] = "arithmetic"
        book["rules"] |= {"gdp": {"kind": "relative", "method": "zscore", "dimension": "b"}}
    uncertainty = {"aggregations": ("max", "min"), "spread": 0.5}
    scores = scores_of({**book, "index": index, "uncertainty": uncertainty}, said)
    if not scores.ranked.any():
        return
    inputs, generator = scores.uncertain_inputs(vary), np.random.default_rng(1)
    first, second = (Sample(inputs, draw(inputs, generator, 40), scores.rank) for _ in range(2))
    ranked = scores.ranked
    for kind, row in choices_of(inputs):
        score = published(inputs, mixed(inputs, first.drawn, second.drawn, kind, row))[ranked]
        shift = np.abs(ranks(score.T) - scores.rank[ranked]).mean(axis=1)
        assert first.exchanged(second, kind, row).tolist() == shift.tolist(), (kind, row)
