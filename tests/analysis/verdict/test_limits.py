"""What a change may do: limits on its moves, and what it owes a reviewer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exposure.analysis.check import check
from exposure.analysis.verdict.ledger import MOST, Findings
from exposure.scoring.score import Scores

Scored = Callable[..., Scores]

RULES = (Path(__file__).parents[1] / "checked.toml").read_text(encoding="utf-8")
HEADER = "country,indicator,value,as_of,source,confidence,note\n"
LIMITS = "[checks]\nmax_score_move = 5\nmax_rank_move = 0\nmax_band_move = 0\n"
MNE = "MNE,debt,40,2020,a,high,\nMNE,vendor,Nokia,2020,b,high,\n"
SRB = "SRB,debt,60,2020,a,high,\nSRB,vendor,Nokia,2020,b,high,\n"
BASE = f"{SRB}{MNE}ALB,debt,10,2020,a,high,\nALB,vendor,Nokia,2020,b,high,\n"


def told(findings: Findings) -> list[tuple[str, str, str]]:
    """Code, place and message of those that count."""
    return [(one.code, f"{one.file}:{one.line}:{one.column}", one.message) for one in findings.found if not one.waived]


def compared(
    scored: Scored, old: str, new: str, limits: str = LIMITS, rules: str = RULES, before_limits: str = LIMITS
) -> Findings:
    """The findings on a change of BASE."""
    assert old in BASE
    before = scored(RULES + before_limits, HEADER + BASE)
    return check(scored(rules + limits, HEADER + BASE.replace(old, new)), before, "rules.toml", rules + limits)


CHANGES = {
    "nothing": ("ALB,debt,10", "ALB,debt,10", []),
    "a small move with a new date": (
        "ALB,debt,10,2020", "ALB,debt,12,2021", [("claim-removed", "0:0", "10 (a, 2020) is gone")],
    ),
    "another value of the same source and date": (
        "ALB,debt,10", "ALB,debt,12",
        [("source-unchanged", "6:10", "10 → 12, with the same source and date (a, 2020)")],
    ),
    "another note": ("ALB,debt,10,2020,a,high,", "ALB,debt,10,2020,a,high,seen", []),
    "too far": (
        "ALB,debt,10,", "ALB,debt,22,2021,b,high,\nALB,debt,10,",
        [("score-moved", "6:10", "5.0 → 11.0 (+6.0), more than 5: Debt (ALB) +6.0")],
    ),
    "as far as it may": ("ALB,debt,10,", "ALB,debt,20,2021,b,high,\nALB,debt,10,", []),
    "into another band and rank": (
        "ALB,vendor,Nokia,2020", "ALB,vendor,ZTE,2021,b,high,\nALB,vendor,Nokia,2020",
        [
            ("rank-moved", "0:0", "1 → 2, by the scores of others (ALB)"),
            ("rank-moved", "0:0", "2 → 3, by the scores of others (ALB)"),
            ("band-changed", "7:12", "low → high: Vendor (ALB) +50.0"),
            ("rank-moved", "7:12", "3 → 1, by its own score (MNE, SRB)"),
            ("score-moved", "7:12", "5.0 → 55.0 (+50.0), more than 5: Vendor (ALB) +50.0"),
        ],
    ),
    "out of the ranking": (
        "ALB,vendor,Nokia,2020,b,high,\n", "ALB,vendor,withdrawn,2021,b,high,x\nALB,vendor,Nokia,2020,b,high,\n",
        [
            ("became-unknown", "7:12", "Nokia → withdrawn"),
            ("rank-moved", "7:12", "3 → no rank, by its own score"),
            ("low-coverage", "0:0", "not ranked: 50% known, 60% needed to be ranked"),
        ],
    ),
    "a whole country gone": (
        "ALB,debt,10,2020,a,high,\nALB,vendor,Nokia,2020,b,high,\n", "",
        [
            ("country-removed", "0:0", "no claim is left on Albania"),
            ("rank-moved", "0:0", "3 → no rank, by its own score"),
            ("claim-removed", "0:0", "10 (a, 2020) is gone"),
            ("claim-removed", "0:0", "Nokia (b, 2020) is gone"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_changes_of_the_data(scored: Scored, name: str) -> None:
    old, new, expected = CHANGES[name]
    findings = compared(scored, old, new)
    found = [(code, place.removeprefix("indicators.csv:"), message) for code, place, message in told(findings)]
    assert sorted(found) == sorted(expected)


def test_no_limit_means_no_finding(scored: Scored) -> None:
    new = "ALB,vendor,ZTE,2021,b,high,\nALB,vendor,Nokia,2020"
    assert told(compared(scored, "ALB,vendor,Nokia,2020", new, limits="", before_limits="")) == []


@pytest.mark.parametrize(
    ("was", "now", "levels"),
    [
        pytest.param("", '[checks.levels]\ngate-changed = "off"\n', ["warning"], id="turned off"),
        pytest.param('[checks.levels]\ngate-changed = "error"\n', "", ["error"], id="no longer an error"),
        pytest.param("", '[checks.levels]\ngate-changed = "error"\n', ["error"], id="an error from now on"),
        pytest.param(
            "",
            '[[waivers]]\ncode = "gate-changed"\nreason = "trust me"\n',
            ["warning"],
            id="waived by the change itself",
        ),
    ],
)
def test_a_change_cannot_hush_that_it_changes_the_checks(scored: Scored, was: str, now: str, levels: list[str]) -> None:
    findings = check(scored(RULES + now, HEADER + BASE), scored(RULES + was, HEADER + BASE))
    assert [one.level for one in findings.found if one.code == "gate-changed" and not one.waived] == levels


def test_a_waiver_does_not_hide_behind_one_of_the_same(scored: Scored) -> None:
    old = '[[waivers]]\ncode = "score-moved"\ncountry = "ALB"\nreason = "r"\nuntil = "2019"\n'
    rules = RULES + LIMITS
    both = rules + '[[waivers]]\ncode = "score-moved"\ncountry = "ALB"\nreason = "new"\n' + old
    claims = BASE + "ALB,debt,90,2021,a,high,\n"
    findings = check(scored(both, HEADER + claims), scored(rules + old, HEADER + BASE), "rules.toml", both)
    (message,) = [one.message for one in findings.found if one.code == "gate-changed"]
    assert message.startswith('waivers."score-moved ALB')


def test_a_changed_target_is_told_where_it_stands(scored: Scored) -> None:
    rules = RULES + RISING + '[[targets]]\nid = "u"\nrequire = { max_score = 50 }\n'
    after = rules.replace("50 }", "90 }")
    findings = check(scored(after, HEADER + BASE), scored(rules, HEADER + BASE), "rules.toml", after)
    (line,) = [one.line for one in findings.found if one.code == "gate-changed"]
    assert line == after[: after.rindex("[[targets]]")].count("\n") + 1


def test_no_more_of_a_code_is_kept_than_can_be_read(scored: Scored) -> None:
    claims = [f"SRB,debt,1,{500 + at:04},a,high,\n" for at in range(MOST + 100)]
    findings = check(scored(RULES, HEADER + BASE), scored(RULES, HEADER + BASE + "".join(claims)))
    assert sum(one.code == "claim-removed" for one in findings.found) == MOST
    assert findings.count("error") == MOST + 100


def test_a_waiver_of_the_base_covers_changes_of_the_checks(scored: Scored) -> None:
    waiver = '[[waivers]]\ncode = "gate-changed"\nreason = "settled elsewhere"\n'
    findings = check(scored(RULES + LIMITS + waiver, HEADER + BASE), scored(RULES + waiver, HEADER + BASE))
    assert [one.waived for one in findings.found if one.code == "gate-changed"] == ["settled elsewhere"]


def test_a_band_or_score_that_is_lost_is_beyond_any_limit(scored: Scored) -> None:
    limits = "[checks]\nmax_score_move = 100\nmax_band_move = 9\n"
    gone = "ALB,debt,withdrawn,2021,a,high,x\nALB,vendor,withdrawn,2021,b,high,x\n"
    findings = check(scored(RULES + limits, HEADER + BASE + gone), scored(RULES + limits, HEADER + BASE))
    assert [(one.code, one.message) for one in findings.found if one.code.endswith(("-moved", "-changed"))] == [
        ("band-changed", "low → no band"),
        ("score-moved", "5.0 → unknown"),
    ]


def test_bands_that_are_renamed_or_moved(scored: Scored) -> None:
    limits = "[checks]\nmax_band_move = 0\n"
    for edges, expected in (("grave = 50", []), ("high = 5", ["low → high: the bands of the rules"] * 3)):
        after = scored(RULES.replace("high = 50", edges) + limits, HEADER + BASE)
        findings = check(after, scored(RULES + limits, HEADER + BASE))
        assert [one.message for one in findings.found if one.code == "band-changed"] == expected


def test_a_move_by_the_rules_is_told_at_their_key(scored: Scored) -> None:
    after = (RULES + LIMITS).replace("[rules.debt]\n", "[rules.debt]\nweight = 9\n")
    findings = check(scored(after, HEADER + BASE), scored(RULES + LIMITS, HEADER + BASE), "rules.toml", after)
    line = after[: after.index("weight = 9")].count("\n") + 1
    assert {(one.file, one.line) for one in findings.found if one.code == "score-moved"} == {("rules.toml", line)}


def test_a_move_is_told_at_the_claim_that_counts(scored: Scored) -> None:
    new = "ALB,debt,9,2019,b,high,\nALB,debt,90,2021,b,high,\n"
    findings = check(scored(RULES + LIMITS, HEADER + BASE + new), scored(RULES + LIMITS, HEADER + BASE))
    assert [one.line for one in findings.found if one.code == "score-moved"] == [9]


def test_a_value_of_no_source_is_not_said_to_have_the_same(scored: Scored) -> None:
    wide = "country,debt,vendor\nSRB,{},Nokia\n"
    findings = check(scored(RULES, wide.format(61)), scored(RULES, wide.format(60)))
    assert [one.message for one in findings.found if one.code == "source-unchanged"] == [
        "60 → 61, still without a source or a date"
    ]


def test_a_move_is_waived_by_a_waiver_that_the_base_has(scored: Scored) -> None:
    waiver = LIMITS + '[[waivers]]\ncode = "score-moved"\ncountry = "ALB"\nreason = "new figures of the ministry"\n'
    edits = ("ALB,debt,10,", "ALB,debt,22,2021,b,high,\nALB,debt,10,")
    findings = compared(scored, *edits, waiver, before_limits=waiver)
    assert {one.code: one.waived for one in findings.found} == {"score-moved": "new figures of the ministry"}
    assert not findings.fails("error")


@pytest.mark.parametrize("was", [LIMITS, LIMITS.replace("[checks]", "[checks]\nself_waive = true")])
def test_a_waiver_that_the_change_brings_is_proposed(scored: Scored, was: str) -> None:
    waiver = '[[waivers]]\ncode = "score-moved"\ncountry = "ALB"\nreason = "new figures of the ministry"\n'
    edits = ("ALB,debt,10,", "ALB,debt,22,2021,b,high,\nALB,debt,10,")
    may = "self_waive" in was
    findings = compared(scored, *edits, LIMITS + waiver, before_limits=was)
    assert findings.fails("error") is not may
    proposed = [one.message for one in findings.found if one.code == "proposed-waiver"]
    assert proposed == ([] if may else ["score-moved, ALB: new figures of the ministry"])


RULE_CHANGES = {
    "a severity and no new edition": (
        "Nokia = 0", "Nokia = 4",
        [("edition-unchanged", "rules.vendor.severity.Nokia changed, and the edition is still 1")],
    ),
    "a severity and a new edition": ("Nokia = 0", 'Nokia = 4', []),
    "a label": ('label = "Pledge"', 'label = "The pledge"', []),
}  # fmt: skip


@pytest.mark.parametrize("name", RULE_CHANGES)
def test_changes_of_the_rules(scored: Scored, name: str) -> None:
    old, new, expected = RULE_CHANGES[name]
    rules = RULES.replace(old, new)
    if "and a new edition" in name:
        rules = rules.replace('edition = "1"', 'edition = "2"')
    findings = compared(scored, "ALB,debt,10", "ALB,debt,10", rules=rules)
    assert [(code, message) for code, _, message in told(findings)] == expected


HUSHED = {
    "a looser limit": ("max_score_move = 50\nmax_rank_move = 0\nmax_band_move = 0", "checks.max_score_move 5 → 50"),
    "no limit": ("max_rank_move = 0\nmax_band_move = 0", "checks.max_score_move 5 → –"),
    "a milder level": (
        'max_score_move = 5\nmax_rank_move = 0\nmax_band_move = 0\n[checks.levels]\nscore-moved = "off"',
        "checks.levels – → { score-moved = off }",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HUSHED)
def test_a_change_is_judged_by_the_checks_that_it_found(scored: Scored, name: str) -> None:
    limits, said = HUSHED[name]
    new = "ALB,debt,22,2021,b,high,\nALB,debt,10,"
    findings = compared(scored, "ALB,debt,10,", new, f"[checks]\n{limits}\n")
    codes = {one.code: (one.level, one.message) for one in findings.found}
    assert codes["score-moved"] == ("error", "5.0 → 11.0 (+6.0), more than 5: Debt (ALB) +6.0")
    assert codes["gate-changed"] == ("warning", said)
    # Those that it brings judge the next.
    assert told(compared(scored, "ALB,debt,10,", new, "", before_limits="")) == []


def test_a_stricter_limit_judges_the_change_that_brings_it(scored: Scored) -> None:
    stricter = LIMITS.replace("max_score_move = 5", "max_score_move = 1")
    findings = compared(scored, "ALB,debt,10,", "ALB,debt,14,2021,b,high,\nALB,debt,10,", stricter)
    assert [code for code, _, _ in told(findings)] == ["score-moved", "gate-changed"]


def test_what_the_rules_moved_is_at_their_key(scored: Scored) -> None:
    rules = RULES.replace("[rules.debt]\n", "[rules.debt]\nweight = 9\n").replace('edition = "1"', 'edition = "2"')
    findings = compared(scored, "ALB,debt,10", "ALB,debt,10", rules=rules)
    places = {place for code, place, _ in told(findings) if code == "score-moved"}
    assert places == {f"rules.toml:{rules[: rules.index('weight = 9')].count(chr(10)) + 1}:0"}


def test_a_country_that_comes_is_no_rank_that_moved(scored: Scored) -> None:
    new = "ALB,vendor,Nokia,2020,b,high,\nHRV,debt,5,2020,a,high,\nHRV,vendor,Nokia,2020,b,high,\n"
    found = told(compared(scored, "ALB,vendor,Nokia,2020,b,high,\n", new))
    assert [message for _, _, message in found] == ["Croatia is new to the index"]


def test_what_stood_before_does_not_fail_the_change(scored: Scored) -> None:
    claims = f"{HEADER}{SRB}MNE,debt,1,2020,,high,\nMNE,vendor,Nokia,2020,b,low,\n"
    before = scored(RULES, claims)
    findings = check(before, before)
    assert [(one.code, one.stood) for one in findings.found] == [("unsourced", True)]
    assert not findings.fails("note")
    assert check(before).fails("error")
    assert check(scored(RULES, f"{claims}ALB,debt,1,2020,,high,\n"), before).fails("error")


def test_a_target_that_is_missed_as_before_stood(scored: Scored) -> None:
    target = '[[targets]]\nid = "t"\nrequire = { debt = { at_most = 5 } }\n'
    before, after = (scored(RULES + target, HEADER + SRB.replace("60", debt)) for debt in ("60", "61"))
    findings = check(after, before)
    assert [(one.message, one.stood) for one in findings.found if one.code == "t"] == [
        ("debt is 61; asked: at most 5", True)
    ]
    assert findings.gone == ()


RISING = '[[targets]]\nid = "t"\nrequire = { not_rising = true }\n'


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "ALB,debt,10", "ALB,debt,11", [("warning", "the score rises from 5.0 to 5.5")], id="rising"
        ),
        pytest.param("ALB,debt,10", "ALB,debt,9", [], id="falling"),
        pytest.param("ALB,debt,10", "ALB,debt,10", [], id="the same"),
        pytest.param(
            "ALB,debt,10", "BIH,debt,1,2020,a,high,\nALB,debt,10",
            [("note", "whether the score rises is not known: the base has none")], id="a new country",
        ),
        pytest.param(
            "ALB,debt,10,2020,a,high,\nALB,vendor,Nokia,2020,b,high,", "ALB,debt,,2020,a,high,withdrawn",
            [("note", "whether the score rises is not known: there is none now")], id="no score any more",
        ),
    ],
)  # fmt: skip
def test_a_target_that_forbids_a_rise(scored: Scored, old: str, new: str, expected: list[tuple[str, str]]) -> None:
    findings = compared(scored, old, new, LIMITS + RISING)
    assert [(one.level, one.message) for one in findings.found if one.code == "t"] == expected


def test_a_move_by_a_setting_is_marked_where_that_stands_in_the_rules(scored: Scored) -> None:
    two = '[dimensions.e]\n[rules.drill]\ndimension = "e"\nkind = "flag"\n' + LIMITS
    rules = RULES.replace('edition = "1"', 'edition = "1"\naggregation = "max"') + two
    claims = HEADER + SRB + "SRB,drill,yes,2020,a,high,\n"
    findings = check(scored(rules, claims), scored(RULES + two, claims), "rules.toml", rules)
    moved = [(one.file, one.line, one.message) for one in findings.found if one.code == "score-moved"]
    line = rules[: rules.index("aggregation")].count("\n") + 1
    said = "65.0 → 100.0 (+35.0), more than 5: settings (index.aggregation) +35.0"
    assert moved == [("rules.toml", line, said)]


def test_a_move_by_an_entity_of_which_no_claim_is_left_is_marked_nowhere(scored: Scored) -> None:
    rules = RULES + LIMITS + '[entities.BA-SRP]\nname = "RS"\npart_of = "BIH"\nshare = 1.0\n'
    own = "BIH,debt,10,2020,a,high,\n"
    part = "BA-SRP,vendor,Huawei,2020,b,high,\n"
    findings = check(scored(rules, HEADER + own), scored(rules, HEADER + own + part))
    moved = [(one.country, one.line, one.message) for one in findings.found if one.code == "score-moved"]
    assert moved == [("BIH", 0, "55.0 → 10.0 (-45.0), more than 5: Vendor (BA-SRP) -45.0")]


def test_a_base_that_is_not_there_is_an_error_that_no_rule_softens(scored: Scored) -> None:
    soft = '[checks.levels]\nbase-missing = "off"\n[[waivers]]\ncode = "base-missing"\nreason = "r"\n'
    findings = check(scored(RULES + soft, HEADER + SRB), missing="no x.csv at main")
    assert [(one.code, one.level, one.message, one.waived) for one in findings.found if one.level == "error"] == [
        ("base-missing", "error", "nothing is compared: no x.csv at main", "")
    ]


def test_an_entity_is_not_reported_beside_its_country_for_the_same(scored: Scored) -> None:
    rules = RULES + LIMITS + '[entities.BA-SRP]\nname = "RS"\npart_of = "BIH"\nshare = 1.0\n'
    old = "BIH,debt,10,2020,a,high,\nBA-SRP,vendor,Nokia,2020,b,high,\n"
    new = "BIH,debt,90,2021,a,high,\n" + old
    findings = check(scored(rules, HEADER + new), scored(rules, HEADER + old))
    assert [(one.code, one.country) for one in findings.found if one.code == "score-moved"] == [("score-moved", "BIH")]


def test_a_change_that_says_less_is_stale_is_judged_by_what_was_stale(scored: Scored) -> None:
    before, after = (f'[checks]\nstale_before = "{year}"\n' for year in ("2021", "2019"))
    findings = compared(scored, "ALB,debt,10,2020", "ALB,debt,10,2020", after, before_limits=before)
    assert {one.code for one in findings.found} == {"stale", "gate-changed"}


def test_a_weak_claim_that_says_something_new_did_not_stand(scored: Scored) -> None:
    weak = BASE + "ALB,debt,12,2021,b,low,\n"
    for now, stood in ((weak, True), (weak.replace("12", "9"), False)):
        findings = check(scored(RULES, HEADER + now), scored(RULES, HEADER + weak))
        assert [(one.level, one.stood) for one in findings.found if one.code == "weaker-newer"] == [
            ("warning" if stood else "error", stood)
        ]


def test_what_is_new_is_not_buried_under_what_stood(scored: Scored) -> None:
    old = BASE + "".join(f"SRB,debt,1,{500 + at:04},,high,\n" for at in range(MOST + 100))
    findings = check(scored(RULES, f"{HEADER}{old}ALB,debt,1,1999,,high,\n"), scored(RULES, HEADER + old))
    first, *_ = findings.found
    assert (first.code, first.country, first.stood) == ("unsourced", "ALB", False)
    assert (findings.count("error"), findings.stood_at("error")) == (MOST + 101, MOST + 100)
