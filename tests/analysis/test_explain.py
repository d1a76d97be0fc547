"""Why a country scores what it scores, on the small index in tests/golden."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exposure.analysis.explain import Explanation, RuleLine, contradictions, explain
from exposure.observations.reading import read_observations
from exposure.output.plain import shown
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.score import Scores, score
from exposure.views.contributions import contributions

GOLDEN = Path(__file__).parents[1] / "golden"


def scores_of(as_of: str | None = None) -> Scores:
    rulebook = load_rulebook((GOLDEN / "rules.toml").read_bytes())
    return score(read_observations((GOLDEN / "indicators.csv").read_bytes(), rulebook), rulebook, as_of)


@pytest.fixture(scope="module")
def scores() -> Scores:
    return scores_of()


def of(scores: Scores, code: str) -> Explanation:
    return explain(scores, scores.selection.units.index(code))


def line(scores: Scores, code: str, rule: str) -> RuleLine:
    return next(found for found in of(scores, code).rules if found.rule == rule)


@pytest.mark.parametrize(
    ("code", "rule", "value", "origin", "severity", "low", "high"),
    [
        pytest.param("SRB", "vendor", "Orient;Boreal", "own", 100, 100, 100, id="worst of a list"),
        pytest.param("SRB", "cameras", ">=40", "own", 80, 80, 100, id="at least"),
        pytest.param("MNE", "cameras", "~20", "own", 40, 32, 48, id="about"),
        pytest.param("BA-BIH", "cameras", "10..15", "own", 25, 20, 30, id="between"),
        pytest.param("SRB", "pledge", "pledged", "own", 50, 0, 50, id="contested by a less sure source"),
        pytest.param("BA-SRP", "debt", "5.67", "country", 22.68, 22.68, 22.68, id="inherited from the country"),
        pytest.param(
            "BIH", "vendor", "Federation of BiH: Boreal; Republika Srpska: Orient", "entities", 35, 0, 35, id="derived"
        ),
        pytest.param("MNE", "pledge", "", "none", None, 0, 100, id="looked for and not found"),
        pytest.param("MNE", "law", "", "none", None, 0, 100, id="nobody looked"),
        pytest.param("SRB", "broken_pledge", "holds", "combination", 100, 100, 100, id="contradiction"),
        pytest.param("NOR", "broken_pledge", "does not hold", "combination", 0, 0, 0, id="no contradiction"),
        pytest.param("MNE", "broken_pledge", "does not hold", "combination", 0, 0, 0, id="one condition fails"),
    ],
)
def test_rules(
    scores: Scores, code: str, rule: str, value: str, origin: str, severity: float | None, low: float, high: float
) -> None:
    found = line(scores, code, rule)
    assert (found.value, found.origin) == (value, origin)
    assert (found.severity, found.low, found.high) == (
        severity if severity is None else pytest.approx(severity),
        pytest.approx(low),
        pytest.approx(high),
    )


def test_every_unit_flags_the_contradictions_that_hold(scores: Scores) -> None:
    flagged = dict(zip(scores.selection.units, contradictions(scores), strict=True))
    assert {code for code, names in flagged.items() if names} == {"SRB", "BA-SRP"}
    assert flagged["SRB"] == of(scores, "SRB").contradictions == ("broken_pledge",)
    assert [claim.value for claim in line(scores, "SRB", "broken_pledge").claims] == ["pledged", "Orient;Boreal"]


def test_claims_that_do_not_count(scores: Scores) -> None:
    found = [(claim.indicator, claim.value, claim.source, claim.standing) for claim in of(scores, "SRB").others]
    assert found == [
        ("debt", "20", "alpha-2021", "superseded"),
        ("pledge", "member", "alpha-2021", "contests"),
        ("trade", "21", "beta-2022", "contests"),
    ]


def test_a_country_made_of_its_entities_shows_what_contests_them(scores: Scores) -> None:
    found = [(claim.country, claim.indicator, claim.value, claim.standing) for claim in of(scores, "BIH").others]
    assert found == [("BA-SRP", "vendor", "Boreal", "contests")]


def test_an_entity_shows_what_contests_its_country(scored: object) -> None:
    rules = '[dimensions.d]\n[rules.r]\ndimension="d"\nkind="flag"\n[rules.q]\ndimension="d"\nkind="flag"\n'
    rules += '[sources.a]\ntitle="A"\n[sources.b]\ntitle="B"\n[entities.BA-SRP]\nname="RS"\npart_of="BIH"\nshare=1.0\n'
    claims = "country,indicator,value,as_of,source,confidence\nBIH,r,yes,2022,a,high\nBIH,r,no,2022,b,low\n"
    claims += "BIH,r,no,2020,b,low\nBA-SRP,q,yes,2022,a,high\nBIH,q,no,2021,a,high\n"
    made = scored(rules, claims)  # type: ignore[operator]
    found = [(claim.country, claim.indicator, claim.as_of, claim.standing) for claim in of(made, "BA-SRP").others]
    assert found == [("BIH", "r", "2020", "superseded"), ("BIH", "r", "2022", "contests")]


def test_unknown_and_imputed(scores: Scores) -> None:
    montenegro = of(scores, "MNE")
    assert [found.rule for found in montenegro.unknown] == ["pledge", "law"]
    assert [found.rule for found in montenegro.rules if found.imputed] == ["law"]
    law = line(scores, "MNE", "law")
    assert law.points == pytest.approx(20) and law.claims == ()
    assert line(scores, "MNE", "pledge").points == 0
    assert line(scores, "MNE", "pledge").claims == ()
    assert [(claim.note, claim.standing) for claim in montenegro.others] == [
        ("No list names it; not a no", "not found")
    ]


def test_points_add_up_to_the_score(scores: Scores) -> None:
    for unit in range(len(scores.selection.units)):
        assert sum(found.points for found in explain(scores, unit).rules) == pytest.approx(scores.exact[unit])
        assert sum(found.weight for found in explain(scores, unit).rules) == pytest.approx(1)


def test_an_earlier_day_knows_nothing_of_later_claims() -> None:
    before = scores_of("2021")
    assert line(before, "SRB", "debt").value == "20"
    assert line(before, "SRB", "vendor").claims == ()
    assert of(before, "SRB").others == ()
    assert {claim.as_of for code in before.selection.units for claim in of(before, code).others} == set()


def test_context_is_carried_with_where_it_comes_from(scores: Scores) -> None:
    context = {found.rule: (found.value, found.origin) for found in of(scores, "BA-SRP").context}
    assert context == {"union": ("candidate", "country"), "remark": ("", "none")}
    assert {found.severity for found in of(scores, "SRB").context} == {None}


def test_context_of_entities_names_them(scored: object) -> None:
    rules = '[dimensions.d]\n[rules.r]\ndimension="d"\nkind="flag"\n[context.c]\n'
    rules += '[entities.BA-SRP]\nname="RS"\npart_of="BIH"\nshare=1.0\n'
    made = scored(rules, "country,indicator,value\nBA-SRP,c,leads\nBIH,r,yes\n")  # type: ignore[operator]
    (context,) = of(made, "BIH").context
    assert (context.value, context.origin) == ("RS: leads", "entities")


def test_what_does_not_apply_and_what_others_leave_open(scored: Any) -> None:
    rules = '[dimensions.d]\n[rules.v]\ndimension = "d"\nkind = "category"\nseverity = { good = 0, bad = 100 }\n'
    rules += '[rules.w]\ndimension = "d"\nkind = "flag"\n[rules.x]\ndimension = "d"\nkind = "flag"\n'
    made = scored(rules, "country,v,w,x\nSRB,good;?,not-applicable,withdrawn\nMNE,bad,yes,no\n")
    v, w, x = of(made, "SRB").rules
    assert [(line.applies, line.severity, line.low, line.high) for line in (v, w, x)] == [
        (True, None, 0, 100), (False, None, None, None), (True, None, 0, 100),
    ]  # fmt: skip
    assert [line.rule for line in of(made, "SRB").unknown] == ["v", "x"]
    found = [made.standing(unit).coverage for unit in range(2)]
    assert found == [1, 0]
    shown_values = [shown(row.cells[1]) for row in contributions(made, of(made, "SRB")).rows if row.kind == ""]
    assert shown_values == ["good; others not known", "does not apply", "withdrawn"]
