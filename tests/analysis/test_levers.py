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

from exposure.analysis.levers import Levers, levers
from exposure.analysis.measures import search as module
from exposure.errors import ExposureError
from exposure.observations.overlay import Assumption, overlaid
from exposure.scoring.score import Scores, score
from exposure.views.levers import levers_page

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
    monkeypatch.setattr(module, "MOST_TRIED", 4)
    plan = of_serbia(scored, "geometric", "0").plan
    assert plan is not None
    assert (plan.score, plan.reached, plan.proven) == (0.0, True, True)
    plan = of_serbia(scored, "harmonic", "low").plan
    assert plan is not None and plan.reached
    monkeypatch.setattr(module, "MOST_TRIED", 2)
    rules = '[index]\ntitle = "Test"\nedition = "1"\nrounding = "every-node"\n' + RULES.format(method="arithmetic")
    scores = scored(rules, CLAIMS)
    plan = levers(scores, scores.selection.units.index("SRB"), "40").plan
    assert plan is not None
    assert (plan.score, plan.reached, plan.proven) == (30.0, True, False)


@pytest.mark.parametrize("target", ["lo", "101", "-1", "nan", ""])
def test_a_target_that_is_none(scored: Callable[..., Scores], target: str) -> None:
    with pytest.raises(ExposureError, match="neither a band nor a score"):
        of_serbia(scored, target=target)


TOGETHER = """
[dimensions.d]
[rules.a]
dimension = "d"
kind = "flag"
severity = {{ yes = 100, no = 0 }}
[rules.b]
dimension = "d"
weight = 0.9
kind = "flag"
severity = {{ yes = 100, no = 0 }}
controllable = "{who}"
[rules.c]
dimension = "d"
weight = 2
kind = "flag"
severity = {{ yes = 0, no = 100 }}
[rules.both]
dimension = "d"
weight = 5
kind = "combination"
when = {{ {when} }}
"""


@pytest.mark.parametrize(
    ("who", "when", "target", "measures"),
    [
        # a and b each end what both make, and ending it twice gains nothing: a, b, c in the order of their moves is one
        # too many.
        pytest.param("government", 'a = "yes", b = "yes"', "10.2", {"a", "c"}, id="the same effect twice"),
        pytest.param("none", 'b = "yes", c = "yes"', "23", {"a"}, id="one that does harm is left out"),
    ],
)
def test_combinations_that_count(
    scored: Callable[..., Scores], who: str, when: str, target: str, measures: set[str]
) -> None:
    scores = scored(TOGETHER.format(who=who, when=when), "country,indicator,value\nSRB,a,yes\nSRB,b,yes\nSRB,c,no\n")
    plan = levers(scores, 0, target).plan
    assert plan is not None
    assert {one.indicator for one in plan.measures} == measures
    assert (plan.proven, plan.reached) == (True, float(plan.score) <= float(target))


def test_rules_that_share_an_indicator_and_want_the_opposite(scored: Callable[..., Scores]) -> None:
    rules = """
[dimensions.d]
[rules.low]
dimension = "d"
indicator = "figure"
kind = "number"
goalposts = [0, 10]
[rules.high]
dimension = "d"
weight = 3
indicator = "figure"
kind = "number"
goalposts = [20, 5]
"""
    scores = scored(rules, "country,indicator,value\nSRB,figure,10\n")
    plan = levers(scores, 0, "0").plan
    assert plan is not None
    assert ([(one.indicator, one.value) for one in plan.measures], plan.score) == ([("figure", "20")], 25.0)


@pytest.mark.parametrize(
    ("figures", "options"),
    [
        pytest.param("goalposts = [0, 20]\nvalid = [5, 100]", [("5", 25.0)], id="what is allowed nearest a goalpost"),
        pytest.param("goalposts = [2.5, 12.5]\nwhole = true", [("2", 0.0), ("3", 5.0)], id="whole figures around it"),
        pytest.param("steps = [[0, 0], [5, 80]]\nvalid = [5, 100]", [], id="no better than it is"),
    ],
)
def test_figures_that_are_allowed(
    scored: Callable[..., Scores], figures: str, options: list[tuple[str, float]]
) -> None:
    rules = f'[dimensions.d]\n[rules.figure]\ndimension = "d"\nkind = "number"\n{figures}\n'
    found = levers(scored(rules, "country,indicator,value\nSRB,figure,10\n"), 0)
    assert [(one.value, one.score) for one in found.measures] == options
    assert not found.idle


def test_a_country_known_through_a_part_of_it_is_known_in_full_once_it_acts(scored: Callable[..., Scores]) -> None:
    rules = """
[dimensions.d]
min_coverage = 0.8
[rules.a]
dimension = "d"
kind = "flag"
[rules.b]
dimension = "d"
kind = "flag"
controllable = "none"
[dimensions.e]
[rules.c]
dimension = "e"
weight = 9
kind = "flag"
[rules.f]
dimension = "e"
kind = "flag"
[entities.BA-SRP]
name = "RS"
part_of = "BIH"
share = 0.35
"""
    scores = scored(rules, "country,indicator,value\nBA-SRP,a,yes\nBIH,b,yes\nBIH,c,yes\nBIH,f,yes\n")
    plan = levers(scores, scores.selection.units.index("BIH"), "0").plan
    assert plan is not None
    # With a the thin dimension, and b in it, would come in.
    assert ([one.indicator for one in plan.measures], plan.score, plan.proven) == (["c", "f"], 0.0, True)


def test_of_very_many_measures_the_needless_are_left_out(
    scored: Callable[..., Scores], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_TRIED", 100)
    names = [f"r{at}" for at in range(40)]
    rules = '[dimensions.d]\naggregation = "max"\n' + "".join(
        f'[rules.{name}]\ndimension = "d"\nkind = "number"\ngoalposts = [0, 100]\n' for name in names
    )
    claims = "country,indicator,value\n" + "".join(f"SRB,{name},{50 + at}\n" for at, name in enumerate(names))
    plan = levers(scored(rules, claims), 0, "60").plan
    assert plan is not None
    assert ({one.indicator for one in plan.measures}, plan.score, plan.proven) == ({*names[11:]}, 60.0, False)


def test_short_of_a_target_that_not_every_set_was_tried_for(
    scored: Callable[..., Scores], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "country,indicator,value\nSRB,a,yes\nSRB,b,yes\nSRB,c,no\n"
    scores = scored(TOGETHER.format(who="none", when='b = "yes", c = "yes"'), said)
    monkeypatch.setattr(module, "MOST_TRIED", 1)
    found = levers(scores, 0, "10")
    assert found.plan is not None
    assert (found.plan.reached, found.plan.proven, found.plan.lowest) == (False, False, False)
    (*_, plan) = levers_page(found).blocks
    assert "there are too many to try all" in plan.notes[0]
    assert "Out of reach" not in plan.notes[0]


@pytest.mark.parametrize(
    ("target", "limit"),
    [
        pytest.param("high", 100.0, id="the top band has no end but the scale"),
        pytest.param("low", 49.9, id="the last score under the edge"),
        pytest.param("60.06", 60.0, id="no score is published between"),
        pytest.param("60.1", 60.1, id="a score"),
    ],
)
def test_the_highest_score_within_a_target(scored: Callable[..., Scores], target: str, limit: float) -> None:
    found = of_serbia(scored, target=target)
    assert found.limit == limit
    document = levers_page(found).document
    assert document["target"] == limit


def exact_after(scores: Scores, code: str, cells: tuple[tuple[str, str], ...]) -> float:
    said, as_of = [Assumption(code, name, value, "x") for name, value in cells], scores.selection.as_of
    observations = overlaid(scores.observations, scores.rulebook, said, as_of) if said else scores.observations
    after = score(observations, scores.rulebook, as_of or None)
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


def test_what_no_rule_of_weight_reads_is_no_lever(scored: Callable[..., Scores]) -> None:
    rules = RULES.format(method="arithmetic") + '[rules.aside]\ndimension = "d"\nweight = 0\nkind = "flag"\n'
    scores = scored(rules, CLAIMS + "SRB,aside,yes\n")
    found = levers(scores, scores.selection.units.index("SRB"))
    assert "aside" not in {one.indicator for one in (*found.measures, *found.idle)}


def test_what_lies_within_an_inexact_value_is_better_knowledge_and_no_measure(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES.format(method="arithmetic"), CLAIMS.replace("SRB,debt,35", "SRB,debt,5..65"))
    found = levers(scores, scores.selection.units.index("SRB"))
    assert "debt" not in {one.indicator for one in (*found.measures, *found.idle)}


def test_who_could_do_how_much_alone(scored: Callable[..., Scores]) -> None:
    # The drill counts and nobody can undo it; the pledge is nobody's by the rules.
    assert of_serbia(scored).alone == (("operator", 50.0), ("creditor", 80.0))


def test_of_a_country_that_is_not_ranked(scored: Callable[..., Scores]) -> None:
    head = '[index]\ntitle = "Test"\nedition = "1"\nmin_coverage = 0.6\n'
    scores = scored(head + RULES.format(method="arithmetic"), CLAIMS + "ALB,vendor,Huawei\nALB,pledge,no\n")
    found = levers(scores, scores.selection.units.index("ALB"), "0")
    assert [(one.indicator, one.value, one.rank) for one in found.measures] == [
        ("vendor", "Nokia", 0),
        ("pledge", "yes", 0),
        ("vendor", "mixed", 0),
    ]
    assert found.unknown == ("debt", "drill", "cloud")
    assert found.plan is not None
    assert (len(found.plan.measures), found.plan.score, found.plan.rank, found.plan.reached) == (2, 0.0, 0, True)
    page = levers_page(found)
    assert page.document["rank"] is None and page.document["plan"]["rank"] is None
    assert any(note.startswith("Not ranked: 50% known, 60% needed") for note in page.blocks[0].notes)


def test_a_plan_that_is_out_of_reach_is_the_lowest_there_is(scored: Callable[..., Scores]) -> None:
    found = of_serbia(scored, target="10")
    assert found.plan is not None
    assert (found.plan.reached, found.plan.lowest, found.plan.proven, found.plan.score) == (False, True, True, 20.0)
    (*_, plan) = levers_page(found).blocks
    assert plan.title == "The best there is, short of 10.0"
    assert plan.notes[0].startswith("Out of reach of the measures that the rules know; this is as low as they bring it")


def test_a_plan_that_brings_a_contradiction_says_so(scored: Callable[..., Scores]) -> None:
    rules = RULES.format(method="arithmetic")
    rules += """
[rules.odd]
dimension = "d"
weight = 0
kind = "combination"
when = { vendor = "Nokia", pledge = "yes" }
contradiction = true
"""
    scores = scored(rules, CLAIMS)
    found = levers(scores, scores.selection.units.index("SRB"), "30")
    assert found.plan is not None
    assert ({one.indicator for one in found.plan.measures}, found.plan.brings) == ({"vendor", "pledge"}, ("odd",))
    assert [one.brings for one in found.plan.measures] == [(), ()]
    page = levers_page(found)
    assert list(page.document["plan"]["brings"]) == ["odd"]
    assert "! Together they would bring a contradiction: Odd." in page.blocks[-1].notes


def test_of_equals_the_one_that_brings_no_contradiction(scored: Callable[..., Scores]) -> None:
    rules = RULES.format(method="arithmetic").replace("mixed = 50, Nokia = 0", "halted = 0, gone = 0")
    rules += """
[rules.traces]
dimension = "d"
weight = 0
kind = "combination"
when = { vendor = "halted", cloud = "yes" }
contradiction = true
"""
    claims = CLAIMS.replace("Nokia", "gone") + "SRB,cloud,yes\nMNE,cloud,no\n"
    scores = scored(rules, claims)
    found = levers(scores, scores.selection.units.index("SRB"), "60")
    brings = {one.value: one.brings for one in found.measures if one.indicator == "vendor"}
    assert brings == {"halted": ("traces",), "gone": ()}
    assert found.plan is not None
    assert [one.value for one in found.plan.measures] == ["gone"]
    assert found.plan.brings == ()
