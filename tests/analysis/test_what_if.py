"""What is only supposed moves what a file with it moves, and its causes add up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exposure.analysis.scenarios import assumptions, chosen, effects, of_scenario
from exposure.analysis.what_if import reweighted, what_if
from exposure.errors import ExposureError
from exposure.observations.overlay import Assumption
from exposure.scoring.score import Scores

RULES = """
[dimensions.d]
weight = 3
[dimensions.e]
weight = 1
[rules.vendor]
dimension = "d"
kind = "category"
combine = "max"
severity = {{ good = 0, bad = 60, worse = 100 }}
[rules.debt]
dimension = "e"
kind = "number"
goalposts = [0, 100]
{scenarios}
"""
CLAIMS = "country,indicator,value,as_of\nSRB,vendor,bad,2020\nSRB,debt,40,2020\nMNE,vendor,good,2021\nMNE,debt,,2021\n"
SCENARIOS = """
[[scenarios]]
id = "worse"
set = { SRB = { vendor = "worse" }, HUN = { debt = 7 } }
[[scenarios]]
id = "good"
set = { Serbia = { vendor = "good" } }
[[scenarios]]
id = "owed"
set = { SRB = { debt = 10 }, MNE = { debt = 20.5 } }
[[scenarios]]
id = "owed-more"
set = { SRB = { debt = 90 } }
"""


def said(cell: str, value: str) -> Assumption:
    country, _, indicator = cell.partition(".")
    return Assumption(country, indicator, value, f"{cell}={value}")


@pytest.fixture(scope="module")
def scores(scored: Callable[..., Scores]) -> Scores:
    return scored(RULES.format(scenarios=SCENARIOS), CLAIMS)


def test_values_move_what_a_file_with_them_moves(scores: Scores, scored: Callable[..., Scores]) -> None:
    found = what_if(scores, [said("SRB.vendor", "good"), said("MNE.debt", "8")])
    other = scored(RULES.format(scenarios=SCENARIOS), CLAIMS + "SRB,vendor,good,2021\nMNE,debt,8,2021-12-31\n")
    assert found.changes.after.score.tolist() == other.score.tolist()
    assert {move.country: round(move.exact or 0, 9) for move in found.changes.moves} == {"SRB": -45.0, "MNE": 2.0}
    for move in found.changes.moves:
        assert sum(part.value for part in move.parts) == pytest.approx(move.exact)
    first, second = found.assumed
    assert (first.country, first.new) == ("MNE", False)
    assert first.was is None
    assert second.was is not None and second.was.value == "bad"


def test_weights_move_what_rules_with_them_move(scores: Scores, scored: Callable[..., Scores]) -> None:
    found = what_if(scores, weights={"e": 5.0})
    other = scored(RULES.format(scenarios=SCENARIOS).replace("weight = 1", "weight = 5"), CLAIMS)
    assert found.changes.after.score.tolist() == other.score.tolist()
    assert found.assumed == ()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("deb", 'no rule or dimension of this name; did you mean "debt"?'),
        ("rules.debt", "no rule or dimension of this name"),
        ("", "no rule or dimension of this name; name a rule or a dimension"),
    ],
)
def test_a_weight_of_nothing(scores: Scores, name: str, message: str) -> None:
    with pytest.raises(ExposureError, match=message.replace("?", r"\?")):
        reweighted(scores.rulebook, {name: 1.0})


def test_weights_that_leave_nothing(scores: Scores) -> None:
    with pytest.raises(ExposureError, match="nothing"):
        what_if(scores, weights={"d": 0.0, "e": 0.0})


def test_a_country_without_data_comes_in(scores: Scores) -> None:
    found = what_if(scores, of_scenario(scores.rulebook.scenarios[0]))
    (hungary,) = [one for one in found.assumed if one.country == "HUN"]
    assert hungary.new
    after = found.changes.after
    assert after.coverage[after.tree.root, after.selection.units.index("HUN")] == 0.25


def test_each_scenario_by_itself(scores: Scores) -> None:
    found = {effect.scenario.id: effect.after for effect in effects(scores)}
    at = {code: unit for unit, code in enumerate(found["owed"].selection.units)}
    assert [found[name].score[at["SRB"]] for name in ("good", "owed", "owed-more")] == [10.0, 47.5, 67.5]
    assert found["owed"].score[at["MNE"]] == 5.1


def test_too_many_scenarios_are_not_compared(scores: Scores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exposure.analysis.scenarios.MOST", 3)
    with pytest.raises(ExposureError, match="at most 3 scenarios are compared at once, and the rules have 4"):
        effects(scores)


def test_scenarios_that_a_rule_combines_hold_together_and_others_are_refused(scores: Scores) -> None:
    book = scores.rulebook
    both, _ = assumptions(chosen(book, ["worse", "good"]), (), scores)
    assert [(one.country, one.value) for one in both] == [("SRB", "good;worse"), ("HUN", "7")]
    with pytest.raises(ExposureError, match=r"owed: SRB.debt=10 and owed-more: SRB.debt=90 set one cell"):
        assumptions(chosen(book, ["owed", "owed-more"]), (), scores)


def test_what_is_said_outright_stands_before_any_scenario(scores: Scores) -> None:
    found, overruled = assumptions(chosen(scores.rulebook, ["owed", "owed-more"]), [said("Serbia.debt", "50")], scores)
    assert [(one.country, one.value) for one in found] == [("Serbia", "50"), ("MNE", "20.5")]
    assert [(stands.said, other.said) for stands, other in overruled] == [
        ("Serbia.debt=50", "owed: SRB.debt=10"),
        ("Serbia.debt=50", "owed-more: SRB.debt=90"),
    ]
    with pytest.raises(ExposureError, match="set one cell; keep one"):
        assumptions((), [said("SRB.debt", "1"), said("Serbia.debt", "2")], scores)


def test_an_unknown_scenario_has_a_suggestion(scores: Scores) -> None:
    with pytest.raises(ExposureError, match=r'"owd" is not a scenario of the rules; did you mean "owed"\?'):
        chosen(scores.rulebook, ["owd", "good"])


def test_the_shipped_scenarios_can_be_scored_and_their_levels_are_as_the_issue_says(shipped: Scores) -> None:
    found = effects(shipped)
    assert len(found) == 12
    assert {one.scenario.id: one.scenario.level for one in found if one.scenario.stated} == {
        "counter-terrorism-drill": "low",
        "mediterranean-drill": "high, unlikely",
    }
    # The article names nobody who would react to the last.
    assert [one.id for one in shipped.rulebook.scenarios if one.source == "serbia-drills-2025" and not one.reacts] == [
        "counter-terrorism-drill",
        "mediterranean-drill",
    ]
    # Each drill carries where it would be, what for, and what would follow.
    drills = [one for one in shipped.rulebook.scenarios if one.source == "serbia-drills-2025"]
    assert [one.id for one in drills if not (one.where and one.purpose and one.expected)] == []
    serbia = shipped.selection.units.index("SRB")
    moved = [effect.after.score[effect.after.selection.units.index("SRB")] - shipped.score[serbia] for effect in found]
    # A drill in Serbia's south is not the one that was held in Hebei.
    assert all(move > 0 for move in moved[:6])
    assert all(move <= 0 for move in moved[6:])


CONTRADICTORY = (
    RULES.format(scenarios="")
    + """
[rules.pledge]
dimension = "d"
weight = 0
kind = "flag"
[rules.broken]
dimension = "d"
weight = 0
kind = "combination"
when = {{ pledge = "yes", vendor = ["bad", "worse"] }}
contradiction = true
""".replace("{{", "{").replace("}}", "}")
)


def test_contradictions_that_come_and_go_are_told(scored: Callable[..., Scores]) -> None:
    scores = scored(CONTRADICTORY, CLAIMS + "SRB,pledge,yes,2020\nMNE,pledge,yes,2020\n")
    found = what_if(scores, [said("SRB.vendor", "good"), said("MNE.vendor", "worse")])
    assert (found.gone, found.new) == ((("SRB", "broken"),), (("MNE", "broken"),))


def test_a_claim_of_the_same_day_is_said_to_give_way(scores: Scores) -> None:
    replaced = {one.country: one.replaces for one in what_if(scores, [said("MNE.vendor", "bad")]).assumed}
    assert replaced == {"MNE": True}
    replaced = {one.country: one.replaces for one in what_if(scores, [said("SRB.vendor", "good")]).assumed}
    assert replaced == {"SRB": False}
