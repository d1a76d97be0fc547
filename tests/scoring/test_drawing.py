"""Draws of what is in doubt, against chances that can be worked out on paper."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from random_indices import Cells, books, claims, scores_of

from exposure.scoring.drawing import KINDS, blocks, drawn_scores, published
from exposure.scoring.ranking import rank_range, ranks
from exposure.scoring.score import Scores

DRAWS = 20_000
RULES = """
[index]
title = "Test"
edition = "1"
decimals = 6
aggregation = "{index}"
[dimensions.d]
[dimensions.e]
[rules.x]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.y]
dimension = "e"
kind = "number"
goalposts = [0, 100]
[sources.a]
title = "A"
[uncertainty]
{uncertainty}
"""
STEADY = "spread = 0\nwrong = { high = 0, medium = 0, low = 0 }\n"


def claims_of(**countries: tuple[object, object, str]) -> str:
    rows = [
        f"{code},{name},{said},2020,a,{sure}"
        for code, (*pair, sure) in countries.items()
        for name, said in zip("xy", pair, strict=True)
    ]
    return "\n".join(["country,indicator,value,as_of,source,confidence", *rows, ""])


def first(scores: Scores, draws: int = DRAWS) -> float:
    """How often the first country, by code, is ranked first."""
    inputs = scores.uncertain_inputs()
    rank = np.concatenate([ranks(published(inputs, drawn).T) for drawn in blocks(inputs, draws, 3)])
    assert len(rank) == draws
    return float((rank[:, 0] == 1).mean())


@pytest.mark.parametrize(
    ("uncertainty", "alb", "srb", "chance"),
    [
        # y repeats the one known, x, with a chance of 1/2, or is uniform: x + y < 140 in 1/2 of these.
        pytest.param(STEADY, (70, 70, "high"), (90, "", "high"), 0.25, id="an unknown is like the known, or anything"),
        pytest.param(
            STEADY + 'unknowns = "anything"', (70, 70, "high"), ("", 70, "high"), 0.7, id="or uniform on the scale"
        ),
        pytest.param(STEADY, (50, 50, "high"), ("40..80", 50, "high"), 0.25, id="an interval is uniform"),
        # SRB stays below 60 with both right, with one wrong (like the other, or anything), and with both wrong (the
        # first anything, the second like it or anything).
        pytest.param(
            "spread = 0\nwrong = { high = 0, medium = 0.4, low = 1 }",
            (60, 0, "high"),
            (40, 0, "medium"),
            0.6 * 0.6 + 2 * 0.4 * 0.6 * (0.5 + 0.5 * 0.6) + 0.4 * 0.4 * 0.6 * (0.5 + 0.5 * 0.6),
            id="a claim is wrong as often as its confidence says",
        ),
        # wx > 1.5 wy with both uniform on 0.5 to 1.5: (1.5 − 0.5·1.5)² / (2·1.5).
        pytest.param(
            "spread = 0.5\nwrong = { high = 0, medium = 0, low = 0 }",
            (60, 40, "high"),
            (40, 70, "high"),
            0.75**2 / 3,
            id="weights are uniform each by itself",
        ),
        # Two gammas of the shape 3/0.25 = 12: wx / (wx + wy) is Beta(12, 12), and wx > 1.5 wy where it is above 0.6.
        pytest.param(
            'weights = "dirichlet"\nspread = 0.5\nwrong = { high = 0, medium = 0, low = 0 }',
            (60, 40, "high"),
            (40, 70, "high"),
            sum(comb(23, k) * 0.6**k * 0.4 ** (23 - k) for k in range(12)),
            id="or all of a dimension by a Dirichlet",
        ),
        # Arithmetic has the second first, max the first.
        pytest.param(
            STEADY + 'aggregations = ["max"]',
            (90, 0, "high"),
            (60, 60, "high"),
            0.5,
            id="aggregations are equally likely",
        ),
        pytest.param(
            STEADY + 'aggregations = ["max", "arithmetic"]',
            (90, 0, "high"),
            (60, 60, "high"),
            0.5,
            id="the index's own counts once",
        ),
        pytest.param(
            STEADY + 'aggregations = ["max", "arithmetic"]\n[index.aggregation]\nmethod = "arithmetic"\nfloor = 0.1',
            (90, 0, "high"),
            (60, 60, "high"),
            0.5,
            id="and so it does with a floor that changes nothing",
        ),
    ],
)
def test_two_countries_with_a_known_chance(
    scored: Callable[..., Scores], uncertainty: str, alb: tuple[Any, Any, str], srb: tuple[Any, Any, str], chance: float
) -> None:
    # By the maximum, 0 and what is drawn around it never count.
    index = "max" if alb[1] == 0 and "aggregations" not in uncertainty else "arithmetic"
    rules = RULES.format(index=index, uncertainty=uncertainty)
    if "[index.aggregation]" in uncertainty:
        rules = rules.replace('aggregation = "arithmetic"\n', "", 1)
    scores = scored(rules, claims_of(ALB=alb, SRB=srb))
    # Four standard errors.
    assert first(scores) == pytest.approx(chance, abs=4 * (chance * (1 - chance) / DRAWS) ** 0.5)


@pytest.mark.parametrize(
    "beside",
    [
        pytest.param("", id="two alike"),
        pytest.param(
            "[dimensions.f]\nweight = 0\n[rules.z]\ndimension = 'f'\nkind = 'flag'\n", id="and one of no weight"
        ),
    ],
)
def test_weights_of_a_dirichlet_keep_their_mean_and_spread(scored: Callable[..., Scores], beside: str) -> None:
    uncertainty = f'weights = "dirichlet"\nspread = 0.4\n{beside}'
    scores = scored(RULES.format(index="arithmetic", uncertainty=uncertainty), claims_of(ALB=(1, 2, "high")))
    inputs = scores.uncertain_inputs(["weights"])
    drawn = np.concatenate([block.weights[-1][:2, 0] for block in blocks(inputs, DRAWS, 1)], axis=1)
    raw = drawn / drawn.mean(axis=1, keepdims=True)
    assert raw.var(axis=1) == pytest.approx([0.4**2 / 3] * 2, rel=0.05)
    assert (drawn / drawn.sum(axis=0)).mean(axis=1) == pytest.approx([0.5, 0.5], abs=0.005)


def test_a_weight_that_is_next_to_nothing_does_not_take_the_score_with_it(scored: Callable[..., Scores]) -> None:
    """Of a thousandth beside a whole one a gamma is often 0 as a number; what is known still is."""
    rules = RULES.format(index="arithmetic", uncertainty='weights = "dirichlet"\nspread = 0.9')
    rules = rules.replace("[dimensions.e]", "[dimensions.e]\nweight = 1000")
    scores = scored(rules, "country,indicator,value\nALB,x,10\nSRB,x,20\nSRB,y,30\n")
    inputs = scores.uncertain_inputs(["weights"])
    score = np.concatenate([published(inputs, drawn) for drawn in blocks(inputs, DRAWS, 1)], axis=1)
    assert set(score[0].tolist()) == {10.0}
    drawn = drawn_scores(inputs, 2000, 1)
    assert rank_range(drawn, scores.score, scores.rank, {}, 1).low.tolist() == [2, 1]


def test_a_dirichlet_of_next_to_no_spread_is_none(scored: Callable[..., Scores]) -> None:
    uncertainty = 'weights = "dirichlet"\nspread = 1e-200'
    scores = scored(RULES.format(index="arithmetic", uncertainty=uncertainty), claims_of(ALB=(1, 2, "high")))
    inputs = scores.uncertain_inputs(["weights"])
    assert [published(inputs, drawn).tolist() for drawn in blocks(inputs, 2, 1)] == [[[1.5, 1.5]]]


@settings(max_examples=60)
@given(books(), claims())
def test_without_spread_every_draw_is_what_is_published(book: dict[str, Any], said: Cells) -> None:
    scores = scores_of({**book, "uncertainty": {"spread": 0.0}}, said)
    inputs = scores.uncertain_inputs(["weights", "aggregation"])
    if not scores.tree.nodes:
        return
    for drawn in blocks(inputs, 3, 1):
        score = published(inputs, drawn)
        for at in range(3):
            assert np.array_equal(score[:, at], scores.score, equal_nan=True)
            ranked = scores.ranked
            assert ranks(score[ranked, at]).tolist() == scores.rank[ranked].tolist()
    drawn = drawn_scores(inputs, 40, 1)
    found = rank_range(drawn, scores.score, scores.rank, {}, 1)
    assert found.low.tolist() == found.high.tolist() == scores.rank.tolist()
    assert np.array_equal(found.likely_low, scores.score, equal_nan=True)
    assert np.array_equal(found.likely_high, scores.score, equal_nan=True)


@settings(max_examples=40)
@given(books(), claims())
def test_draws_keep_to_the_scale_and_know_what_the_score_knows(book: dict[str, Any], said: Cells) -> None:
    scores = scores_of({**book, "uncertainty": {"aggregations": ("max", "harmonic")}}, said)
    if not scores.tree.nodes:
        return
    drawn = drawn_scores(scores.uncertain_inputs(), 20, 1)
    none = np.isnan(drawn).all(axis=1)
    assert np.isnan(scores.score[none]).all()
    assert ((drawn[~none] >= 0) & (drawn[~none] <= 100)).all()


def test_the_aggregation_of_the_index_is_drawn_with_its_floor(scored: Callable[..., Scores]) -> None:
    rules = RULES.format(index="arithmetic", uncertainty=STEADY + 'aggregations = ["max"]')
    rules = rules.replace('aggregation = "arithmetic"', 'aggregation = { method = "geometric", floor = 0.5 }')
    inputs = scored(rules, claims_of(ALB=(0, 100, "high"))).uncertain_inputs()
    (score,) = (published(inputs, drawn) for drawn in blocks(inputs, 50, 1))
    # (√(0.5 · 1) − 0.5) / 0.5.
    assert sorted(set(score[0].tolist())) == [41.421356, 100.0]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_can_be_drawn_alone(scored: Callable[..., Scores], kind: str) -> None:
    rules = RULES.format(index="arithmetic", uncertainty='aggregations = ["max"]')
    scores = scored(rules, claims_of(ALB=(60, 20, "low"), SRB=("", 50, "high"), MNE=("20..40", 80, "high")))
    inputs = scores.uncertain_inputs([kind])
    score = np.concatenate([published(inputs, drawn) for drawn in blocks(inputs, 200, 1)], axis=1)
    assert [len(set(row.tolist())) > 1 for row in score] == {
        "weights": [True, True, False],
        "claims": [True, True, True],
        "unknowns": [False, False, True],
        "inexact": [False, True, False],
        "aggregation": [True, True, False],
    }[kind]


def test_the_block_holds_a_bounded_number_of_severities(shipped: Scores) -> None:
    inputs = shipped.uncertain_inputs()
    sizes = [drawn.uniforms.unknowns.size for drawn in blocks(inputs, 100_000, 1)]
    assert len(sizes) > 10
    assert max(sizes) <= 1 << 19
