"""Measures and the smallest set of them, against trying every set."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_indices import UNITS, Cells, books, claims, scores_of

from exposure.analysis import levers as module
from exposure.analysis.levers import Levers, levers
from exposure.analysis.whatif import suppose
from exposure.errors import ExposureError
from exposure.observations.overlay import Assumption
from exposure.scoring.score import Scores

RULES = """
[bands]
low = 0
high = 50
[dimensions.d]
aggregation = "{method}"
[rules.vendor]
dimension = "d"
weight = 2
kind = "category"
controllable = "operator"
severity = {{ Huawei = 100, mixed = 50, Nokia = 0 }}
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [10, 60]
controllable = "creditor"
[rules.pledge]
dimension = "d"
kind = "flag"
severity = {{ yes = 0, no = 100 }}
[rules.drill]
dimension = "d"
kind = "flag"
controllable = "none"
[rules.cloud]
dimension = "d"
kind = "flag"
"""
CLAIMS = """country,indicator,value
SRB,vendor,Huawei
SRB,debt,35
SRB,pledge,no
SRB,drill,yes
MNE,vendor,Nokia
MNE,debt,60
MNE,pledge,no
MNE,drill,no
"""


def of_serbia(scored: Callable[..., Scores], method: str = "arithmetic", target: str | None = None) -> Levers:
    scores = scored(RULES.format(method=method), CLAIMS)
    return levers(scores, scores.selection.units.index("SRB"), target)


def test_every_measure_the_rules_know_and_what_is_none(scored: Callable[..., Scores]) -> None:
    # 200 + 50 + 100 + 100 over 5 parts of weight known of 6.
    found = of_serbia(scored)
    assert [
        (one.indicator, one.value, one.was, one.controllable, one.score, one.rank, one.band) for one in found.measures
    ] == [
        ("vendor", "Nokia", "Huawei", "operator", 50.0, 1, "high"),
        ("pledge", "yes", "no", "", 70.0, 1, "high"),
        ("vendor", "mixed", "Huawei", "operator", 70.0, 1, "high"),
        ("debt", "10", "35", "creditor", 80.0, 1, "high"),
    ]
    assert found.fixed == ("drill",)
    assert found.unknown == ("cloud",)
    assert found.plan is None


@pytest.mark.parametrize(
    ("method", "target", "measures", "score", "reached"),
    [
        pytest.param("arithmetic", "low", ["vendor", "pledge"], 30.0, True, id="a band"),
        pytest.param("arithmetic", "50", ["vendor"], 50.0, True, id="a score"),
        pytest.param("arithmetic", "10", ["vendor", "pledge", "debt"], 20.0, False, id="out of reach"),
        pytest.param("arithmetic", "high", [], 90.0, True, id="there already"),
        # By the maximum nothing helps alone, and the drill cannot be undone.
        pytest.param("max", "low", [], 100.0, False, id="no measure helps"),
    ],
)
def test_the_fewest_measures(
    scored: Callable[..., Scores], method: str, target: str, measures: list[str], score: float, reached: bool
) -> None:
    plan = of_serbia(scored, method, target).plan
    assert plan is not None
    assert ([one.indicator for one in plan.measures], plan.score, plan.reached, plan.proven) == (
        measures,
        score,
        reached,
        True,
    )


def test_measures_that_only_help_together(scored: Callable[..., Scores]) -> None:
    rules = RULES.format(method="max").replace('controllable = "none"', "")
    scores = scored(rules, CLAIMS)
    found = levers(scores, scores.selection.units.index("SRB"), "60")
    assert not found.measures
    assert found.plan is not None
    assert {(one.indicator, one.value) for one in found.plan.measures} == {
        ("vendor", "Nokia"),
        ("pledge", "yes"),
        ("drill", "no"),
    }
    assert (found.plan.score, found.plan.proven) == (50.0, True)


def test_beyond_what_is_tried_a_set_is_found_and_not_called_the_smallest(
    scored: Callable[..., Scores], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_TRIED", 3)
    plan = of_serbia(scored, "geometric", "0").plan
    assert plan is not None
    assert (plan.score, plan.reached, plan.proven) == (0.0, True, True)
    plan = of_serbia(scored, "harmonic", "low").plan
    assert plan is not None and plan.reached
    rules = RULES.format(method="max").replace('controllable = "none"', "")
    scores = scored(rules, CLAIMS)
    plan = levers(scores, scores.selection.units.index("SRB"), "60").plan
    assert plan is not None
    assert (plan.score, plan.reached, plan.proven) == (50.0, True, False)


@pytest.mark.parametrize("target", ["lo", "101", "-1", "nan", ""])
def test_a_target_that_is_none(scored: Callable[..., Scores], target: str) -> None:
    with pytest.raises(ExposureError, match="neither a band nor a score"):
        of_serbia(scored, target=target)


def exact_after(scores: Scores, code: str, cells: tuple[tuple[str, str], ...]) -> float:
    after = suppose(scores, [Assumption(code, name, value, "x") for name, value in cells]).changes.after
    return float(after.score[after.selection.units.index(code)])


def fewest(scores: Scores, code: str, options: dict[str, list[str]], limit: float) -> tuple[int, float]:
    """Size and score of the smallest set that reaches the limit, or of what comes lowest, by trying all."""
    tried = []
    for chosen in itertools.product(*([None, *values] for values in options.values())):
        cells = tuple((name, value) for name, value in zip(options, chosen, strict=True) if value is not None)
        tried.append((len(cells), exact_after(scores, code, cells)))
    lowest = min(score for _, score in tried)
    return min((size, score) for size, score in tried if score <= max(limit, lowest))


@settings(max_examples=40)
@given(books(), claims(), st.sampled_from(UNITS), st.sampled_from(["0", "20", "50", "90"]))
def test_no_set_that_could_be_tried_is_smaller(book: dict[str, Any], said: Cells, code: str, target: str) -> None:
    scores = scores_of(book, said)
    unit = scores.selection.units.index(code)
    if np.isnan(scores.score[unit]):
        return
    found = levers(scores, unit, target)
    options: dict[str, list[str]] = {}
    for one in (*found.measures, *found.idle):
        options.setdefault(one.indicator, []).append(one.value)
    assert found.plan is not None
    size, score = fewest(scores, code, options, float(target))
    assert len(found.plan.measures) == size
    assert found.plan.score == pytest.approx(score)
    assert found.plan.reached == (score <= float(target))
    assert found.plan.score == pytest.approx(
        exact_after(scores, code, tuple((one.indicator, one.value) for one in found.plan.measures))
    )


def test_each_measure_scores_what_the_value_would(shipped: Scores) -> None:
    for code in ("SRB", "BIH", "XKX"):
        unit = shipped.selection.units.index(code)
        for one in levers(shipped, unit).measures:
            assert one.score == exact_after(shipped, code, ((one.indicator, one.value),))
