"""Rounding, nesting, coverage and gates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exposure.scoring.score import Scores
from exposure.scoring.tree import rounded


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.15, 1, 0.2),
        (0.25, 1, 0.3),
        (2.675, 2, 2.68),
        (1.005, 2, 1.01),
        (64.9499999, 1, 64.9),
        (64.95, 1, 65.0),
        (0.5, 0, 1.0),
        (1.5, 0, 2.0),
        (-0.04, 1, 0.0),
        (99.95, 1, 100.0),
    ],
)
def test_half_up_as_a_person_would(value: float, decimals: int, expected: float) -> None:
    found = float(rounded(np.array([value]), decimals)[0])
    assert found == pytest.approx(expected)
    assert str(found) != "-0.0"


NESTED = """
[index]
title = "Test"
edition = "1"
{index}
[dimensions.a]
weight = 3
{a}
[dimensions.inner]
parent = "a"
weight = 1
{inner}
[dimensions.b]
weight = 1
[rules.x]
dimension = "inner"
kind = "number"
goalposts = [0, 100]
[rules.y]
dimension = "inner"
kind = "number"
goalposts = [0, 100]
weight = 3
[rules.z]
dimension = "a"
kind = "number"
goalposts = [0, 100]
weight = 1
[rules.q]
dimension = "b"
kind = "number"
goalposts = [0, 100]
"""


def rules(index: str = "", a: str = "", inner: str = "") -> str:
    return NESTED.format(index=index, a=a, inner=inner)


def test_nominal_weights_multiply_down_the_tree(scored: Callable[..., Scores]) -> None:
    scores = scored(rules(), "country,x,y,z,q\nSRB,1,2,3,4\n")
    weights = dict(zip(scores.tree.rules, scores.tree.leaf_weights().tolist(), strict=True))
    assert weights == pytest.approx({"x": 3 / 32, "y": 9 / 32, "z": 12 / 32, "q": 8 / 32})
    assert scores.tree.node_weights() == pytest.approx({"inner": 12 / 32, "a": 0.75, "b": 0.25})


def test_the_order_of_the_file_means_nothing(scored: Callable[..., Scores]) -> None:
    head, *tables = rules().split("\n[")
    turned = head + "\n[" + "\n[".join([tables[0], *reversed(tables[1:])])
    claims = "country,x,y,z,q\nSRB,10.1,20.2,33.3,44.4\n"
    assert scored(turned, claims).exact.tolist() == scored(rules(), claims).exact.tolist()


@pytest.mark.parametrize(
    ("claims", "settings", "score", "coverage"),
    [
        pytest.param("SRB,40,40,20,80", {}, (0.75 * 30 + 0.25 * 80), 1.0, id="all known"),
        pytest.param("SRB,,40,20,80", {}, (0.75 * 30 + 0.25 * 80), 29 / 32, id="an unknown leaves, weights rescale"),
        pytest.param("SRB,40,40,20,", {}, 30.0, 0.75, id="an unknown dimension leaves the index"),
        pytest.param(
            "SRB,40,,20,80", {"inner": "min_coverage = 0.5"}, 0.75 * 20 + 0.25 * 80, 23 / 32,
            id="a dimension known too little is unknown",
        ),
        pytest.param(
            "SRB,,40,20,80", {"inner": "min_coverage = 0.75"}, 0.75 * 30 + 0.25 * 80, 29 / 32,
            id="just enough is enough",
        ),
        pytest.param(
            "SRB,40,,20,80", {"index": 'missing = "worst"'}, 0.75 * (0.5 * 85 + 10) + 20, 23 / 32,
            id="worst counts in the score and not as known",
        ),
        pytest.param(
            "SRB,40,,20,80", {"index": 'missing = "best"'}, 0.75 * (0.5 * 10 + 10) + 20, 23 / 32, id="best",
        ),
        pytest.param("SRB,,,,", {}, np.nan, 0.0, id="nothing known"),
    ],
)  # fmt: skip
def test_unknowns(
    scored: Callable[..., Scores], claims: str, settings: dict[str, str], score: float, coverage: float
) -> None:
    scores = scored(rules(**settings), f"country,x,y,z,q\n{claims}\nMNE,1,1,1,1\n")
    at = scores.selection.units.index("SRB")
    assert scores.exact[at] == pytest.approx(score, nan_ok=True)
    assert scores.coverage[scores.tree.root, at] == pytest.approx(coverage)


def test_a_rule_overrides_the_missing_policy(scored: Callable[..., Scores]) -> None:
    text = rules('missing = "best"').replace("[rules.y]", '[rules.y]\nmissing = "worst"')
    scores = scored(text, "country,x,y,z,q\nSRB,40,,,80\nMNE,1,1,1,1\n")
    at = scores.selection.units.index("SRB")
    assert scores.exact[at] == pytest.approx(0.75 * (0.5 * (0.25 * 40 + 0.75 * 100) + 0) + 20)


def test_rounding_at_every_node_uses_the_rounded_value_above(scored: Callable[..., Scores]) -> None:
    text = rules('decimals = 0\nrounding = "every-node"')
    scores = scored(text, "country,x,y,z,q\nSRB,1,2,2,0\n")
    # inner 1.75 → 2; a (2 + 2) / 2 = 2; index 0.75 · 2 = 1.5, published 2.
    assert scores.values[scores.tree.row("inner"), 0] == 2
    assert (scores.exact[0], scores.score[0]) == (1.5, 2.0)
    assert scores.points[:4, 0].sum() == pytest.approx(1.5)


def test_a_country_known_too_little_is_shown_and_not_ranked(scored: Callable[..., Scores]) -> None:
    scores = scored(rules("min_coverage = 0.5"), "country,x,y,z,q\nSRB,,,,80\nMNE,1,1,1,1\n")
    at = scores.selection.units.index("SRB")
    assert (scores.score[at], scores.rank[at]) == (80, 0)
    assert scores.rank[scores.selection.units.index("MNE")] == 1


def test_a_layer_under_a_dimension_of_weight_0_has_no_score(scored: Callable[..., Scores]) -> None:
    text = """
[dimensions.a]
[dimensions.b]
parent = "a"
weight = 0
[rules.x]
dimension = "b"
kind = "flag"
layer = "practice"
[rules.y]
dimension = "a"
kind = "flag"
"""
    scores = scored(text, "country,x,y\nSRB,yes,no\n")
    assert scores.layers == {}
    assert scores.score.tolist() == [0]


def test_a_floored_mean_of_nothing_is_nothing_above_too(scored: Callable[..., Scores]) -> None:
    text = """
[index]
title = "Test"
edition = "1"
aggregation = "geometric"
[dimensions.a]
aggregation = { method = "geometric", floor = 0.2 }
[dimensions.b]
weight = 9
[rules.x]
dimension = "a"
kind = "flag"
[rules.y]
dimension = "a"
kind = "flag"
[rules.w]
dimension = "a"
kind = "flag"
[rules.z]
dimension = "b"
kind = "flag"
"""
    assert scored(text, "country,x,y,w,z\nSRB,no,no,no,yes\n").exact.tolist() == [0]
