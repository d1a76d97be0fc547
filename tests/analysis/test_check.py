"""What check finds: one table a kind of finding, each row a few claims and what a reviewer should see of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exposure.analysis.check import check
from exposure.analysis.verdict.ledger import MOST, Findings, invalid
from exposure.errors import Finding, InvalidInput
from exposure.rulebook.codes import CODES
from exposure.rulebook.conditions import Condition, truth_of_claims
from exposure.scoring.score import Scores
from exposure.scoring.selection import Selection

Scored = Callable[..., Scores]

RULES = (Path(__file__).parent / "checked.toml").read_text(encoding="utf-8")
HEADER = "country,indicator,value,as_of,source,confidence,note\n"
FINE = "SRB,debt,60,2020,a,high,\nSRB,vendor,Nokia,2020,b,high,\n"


def checked(scored: Scored, claims: str, more: str = "", base: str | None = None, base_rules: str = RULES) -> Findings:
    """The findings on these claims under RULES and some more of them."""
    before = scored(base_rules, HEADER + base) if base is not None else None
    return check(scored(RULES + more, HEADER + claims), before, "rules.toml", RULES + more)


def told(findings: Findings, *codes: str) -> list[tuple[str, str, str]]:
    """Code, place and message of those that count, of some codes or all."""
    return [
        (one.code, f"{one.file}:{one.line}:{one.column}", one.message)
        for one in findings.found
        if not one.waived and (not codes or one.code in codes)
    ]


def test_a_file_of_nothing_is_not_fit(scored: Scored) -> None:
    findings = checked(scored, "")
    assert ("no-claims", "error") in {(one.code, one.level) for one in findings.found}


def test_good_data_has_nothing_to_say(scored: Scored) -> None:
    findings = checked(scored, FINE)
    assert findings.found == ()
    assert not findings.fails("note")
    assert set(findings.looked_for) == {code for code, kind in CODES.items() if not kind.needs_base}


ONE = {
    "no source": ("MNE,debt,1,2020,,high,", "unsourced", "4:17", "1 without a source"),
    "no date": ("MNE,debt,1,,a,high,", "undated", "4:12", "1 without a date"),
    "no confidence": ("MNE,debt,1,2020,a,,", "unrated", "4:19", "1 without a confidence"),
    "empty and unexplained": ("MNE,debt,,2020,a,high,", "unexplained", "4:23", "an empty value without a note"),
    "old": ("MNE,debt,1,2014,a,high,", "stale", "4:12", "counts, and is of 2014, before 2015"),
    "old on its last day": (
        "MNE,debt,1,2014-12-31,a,low,", "stale", "4:12", "counts, and is of 2014-12-31, before 2015",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE)
def test_evidence(scored: Scored, name: str) -> None:
    claim, code, place, message = ONE[name]
    findings = checked(scored, f"{FINE}{claim}\nMNE,vendor,Nokia,2020,a,low,x\n", '[checks]\nstale_before = "2015"\n')
    found = [one for one in told(findings) if one[0] != "low-coverage"]
    assert found == [(code, f"indicators.csv:{place}", message)]


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param(FINE.replace("2020", "2015-01-01"), id="the first day that is not before"),
        pytest.param(FINE + "SRB,debt,1,2010,a,low,\n", id="an old claim that does not count"),
        pytest.param(FINE + "SRB,status,member,1990,a,high,\n", id="context, which nothing scores"),
        pytest.param(FINE + "SRB,debt,61,2020,b,low,x\n".replace("61", ""), id="a contested empty value with a note"),
    ],
)
def test_what_is_not_stale_or_silent(scored: Scored, claims: str) -> None:
    assert told(checked(scored, claims, '[checks]\nstale_before = "2015"\n')) == []


DISAGREEING = {
    "equally sure": ("SRB,debt,70,2020,b,high,", [("disputed", "70, where 60 counts by a, equally sure")]),
    "less sure": ("SRB,debt,70,2020,b,low,", [("contested", "70, where 60 counts by a")]),
    "the same in other digits": ("SRB,debt,60.0,2020,b,high,", []),
    "of an earlier year": ("SRB,debt,70,2019,b,high,", []),
    "not found": ("SRB,debt,,2020,b,high,looked", []),
}


@pytest.mark.parametrize("name", DISAGREEING)
def test_sources_that_disagree(scored: Scored, name: str) -> None:
    claim, expected = DISAGREEING[name]
    findings = checked(scored, f"{FINE}{claim}\n")
    assert [(one.code, one.message) for one in findings.found] == expected
    assert all((one.country, one.indicator, one.line, one.column) == ("SRB", "debt", 4, 10) for one in findings.found)


def test_a_contradiction_names_both_claims(scored: Scored) -> None:
    findings = checked(scored, FINE.replace("Nokia", "Huawei") + "SRB,pledge,yes,2021,a,low,\n")
    (found,) = findings.found
    assert (found.code, found.level, found.about) == ("contradiction", "warning", "SRB broken")
    assert found.message == "Broken pledge: pledge is yes (a, low); vendor is Huawei (b, high)"
    assert found.place == "indicators.csv:4:12"


def test_a_country_of_which_too_little_is_known(scored: Scored) -> None:
    findings = checked(scored, FINE + "MNE,debt,1,2020,a,high,\n")
    assert [(one.code, one.country, one.message) for one in findings.found] == [
        ("low-coverage", "MNE", "not ranked: 50% known, 60% needed to be ranked")
    ]


def test_a_source_that_nobody_names_is_at_its_line_of_the_rules(scored: Scored) -> None:
    findings = checked(scored, FINE, '[sources.c]\ntitle = "C"\n')
    line = RULES.count("\n") + 1
    assert told(findings) == [("unused-source", f"rules.toml:{line}:0", "no claim names c")]


def test_what_a_compilation_or_a_scenario_names_is_used(scored: Scored) -> None:
    pages = '[sources.c]\ntitle = "C"\n[sources.d]\ntitle = "D"\n'
    named = '[sources.b2]\ntitle = "Ours"\ncompiled_from = ["c"]\n'
    scenario = '[[scenarios]]\nid = "s"\nset = { SRB = { debt = 1 } }\nsource = "d"\n'
    said = [message for _, _, message in told(checked(scored, FINE, pages + named + scenario), "unused-source")]
    # The compilation itself is named by no claim, and so it names nothing.
    assert said == ["no claim names c", "no claim names b2"]
    claims = f"{FINE}MNE,debt,60,2020,b2,high,\n"
    assert told(checked(scored, claims, pages + named + scenario), "unused-source") == []


def test_what_is_accepted_and_not_canonical_is_a_note(scored: Scored) -> None:
    findings = checked(scored, FINE.replace("SRB,debt", "Serbia,debt"))
    assert [(one.code, one.level, one.message) for one in findings.found] == [
        ("not-canonical", "note", '"Serbia" is read as SRB')
    ]


def test_damaged_text_is_a_warning_and_not_for_fmt_to_mend(scored: Scored) -> None:
    (found,) = checked(scored, FINE.replace("b,high,", "b,high,La caf\u00c3\u00a9")).found
    assert (found.code, found.level, found.hint) == ("garbled", "warning", "write it as it should read")


def test_levels_are_the_rules_to_set(scored: Scored) -> None:
    claims = FINE + "MNE,debt,1,,,high,\nMNE,vendor,Nokia,2020,a,low,\n"
    levels = '[checks.levels]\nunsourced = "note"\nundated = "off"\n'
    assert [(one.code, one.level) for one in checked(scored, claims).found] == [
        ("unsourced", "error"),
        ("undated", "warning"),
    ]
    findings = checked(scored, claims, levels)
    assert [(one.code, one.level) for one in findings.found] == [("unsourced", "note")]
    assert "undated" not in findings.looked_for


def test_more_than_are_kept_are_counted(scored: Scored) -> None:
    claims = "".join(f"SRB,debt,{n},{1000 + n},,high,\n" for n in range(MOST + 5)) + "SRB,vendor,Nokia,2004,a,high,\n"
    findings = checked(scored, claims)
    assert findings.count("error") == MOST + 5
    assert sum(one.code == "unsourced" for one in findings.found) == MOST
    assert findings.unlisted == {"error": 5}


UNSOURCED = FINE + "MNE,debt,1,2020,,high,\nMNE,vendor,Nokia,2021-06,a,low,\n"
WAIVERS = {
    "by code": ("", True),
    "of its country": ('country = "MNE"\n', True),
    "of its country by name": ('country = "Montenegro"\n', True),
    "of another country": ('country = "SRB"\n', False),
    "of its indicator": ('indicator = "debt"\n', True),
    "of another indicator": ('indicator = "vendor"\n', False),
    "still in time": ('until = "2021-06"\n', True),
    "in time by its last day": ('until = "2021"\n', True),
    "out of time": ('until = "2021-05"\n', False),
}


@pytest.mark.parametrize("name", WAIVERS)
def test_a_waiver_covers_what_it_names(scored: Scored, name: str) -> None:
    keys, covers = WAIVERS[name]
    findings = checked(scored, UNSOURCED, f'[[waivers]]\ncode = "unsourced"\nreason = "being looked for"\n{keys}')
    (found,) = [one for one in findings.found if one.code == "unsourced"]
    assert found.waived == ("being looked for" if covers else "")
    assert findings.fails("error") is not covers
    assert findings.waived == int(covers)
    judged = [one.code for one in findings.found if one.code.endswith("-waiver")]
    assert judged == ([] if covers else ["expired-waiver"] if "until" in keys else ["unused-waiver"])


def test_a_waiver_that_nothing_needs_is_at_its_line(scored: Scored) -> None:
    findings = checked(scored, FINE, '[[waivers]]\ncode = "stale"\nreason = "r"\n')
    line = RULES.count("\n") + 1
    assert told(findings) == [("unused-waiver", f"rules.toml:{line}:0", "nothing was found that stale waives")]


def test_a_waiver_of_no_country_says_so(scored: Scored) -> None:
    findings = checked(scored, FINE, '[[waivers]]\ncode = "stale"\nreason = "r"\ncountry = "Serbija"\n')
    assert [(one.message, one.hint) for one in findings.found] == [
        ('"Serbija" is not a country', "did you mean SRB (Serbia)?")
    ]


def test_a_waiver_of_no_country_covers_nothing(scored: Scored) -> None:
    findings = checked(scored, "", '[[waivers]]\ncode = "no-claims"\nreason = "r"\ncountry = "Serbija"\n')
    assert [one.waived for one in findings.found if one.code == "no-claims"] == [""]


def test_a_waiver_for_a_limit_is_not_missed_where_there_is_no_base(scored: Scored) -> None:
    assert told(checked(scored, FINE, '[[waivers]]\ncode = "score-moved"\nreason = "r"\n')) == []


def test_findings_come_gravest_first_and_new_ones_before_old(scored: Scored) -> None:
    base = "MNE,debt,1,2020,,,\nMNE,vendor,Nokia,2020,a,low,\n"
    findings = checked(scored, f"{base}SRB,debt,1,2020,,high,\nSRB,vendor,Nokia,2020,a,low,\n", base=base)
    assert [(one.code, one.country, one.stood) for one in findings.found if one.country] == [
        ("unsourced", "SRB", False),
        ("unsourced", "MNE", True),
        ("new-country", "SRB", False),
        ("unrated", "MNE", True),
    ]
    assert findings.stood == 3  # the source that nobody names among them


def test_a_contradiction_that_goes_with_the_change_is_seen(scored: Scored) -> None:
    base = FINE.replace("Nokia", "Huawei") + "SRB,pledge,yes,2021,a,low,\n"
    findings = checked(scored, base.replace("Huawei", "Nokia"), base=base)
    assert [(one.code, one.country, one.indicator) for one in findings.gone] == [("contradiction", "SRB", "broken")]


def test_what_cannot_be_read_is_all_there_is() -> None:
    problem = Finding("unknown-value", "found", "x.csv", 3, 4, "do this", "SRB", "debt")
    findings = invalid(InvalidInput([problem], total=70))
    assert findings.found == (problem,)
    assert findings.count("error") == 70
    assert findings.fails("error")


TARGETS = {
    "met": ('for = { status = ["candidate"] }\nrequire = { vendor = ["Nokia"] }', []),
    "not about this country": ('for = { status = ["member"] }\nrequire = { vendor = ["Huawei"] }', []),
    "about what is not known": (
        'for = { pledge = "yes", status = "candidate" }\nrequire = { vendor = ["Huawei"] }',
        [("note", "whether it applies to Serbia is not known: pledge is unknown", 0)],
    ),
    "about what is not known, and met": ('for = { pledge = "yes" }\nrequire = { vendor = ["Nokia"] }', []),
    "about what is not known, and not this country": (
        'for = { pledge = "yes", status = "member" }\nrequire = { vendor = ["Huawei"] }', [],
    ),
    "not met": (
        'for = { status = ["candidate"] }\nrequire = { vendor = ["Huawei", "ZTE"] }',
        [("warning", "vendor is Nokia; asked: Huawei or ZTE", 3)],
    ),
    "not known to be met": ('require = { pledge = "yes" }', [("note", "pledge is unknown; asked: yes", 0)]),
    "a figure that is too high": (
        "require = { debt = { at_most = 50 } }", [("warning", "debt is 60; asked: at most 50", 2)],
    ),
    "a figure in its bounds": ("require = { debt = { at_least = 50, at_most = 60 } }", []),
    "a list that is too short": (
        "require = { vendor = { at_least = 2 } }", [("warning", "vendor is Nokia; asked: at least 2", 3)],
    ),
    "a score that is too high": (
        "require = { max_score = 29.9 }", [("warning", "the score is 30.0; asked: at most 29.9", 0)],
    ),
    "a score in its bounds": ("require = { max_score = 30 }", []),
    "a band that is low enough": ('require = { max_band = "low" }', []),
    "only for a higher band": ('for = { min_band = "high" }\nrequire = { max_score = 0 }', []),
    "two demands, each on its own": (
        'require = { debt = { at_most = 50 }, vendor = "ZTE" }',
        [("warning", "debt is 60; asked: at most 50", 2), ("warning", "vendor is Nokia; asked: ZTE", 3)],
    ),
    "rising, without a base": ("require = { not_rising = true }", []),
}  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("not-applicable", [], id="nothing is asked of what does not apply"),
        pytest.param("Nokia;?", ["vendor is Nokia; others not known; asked: Huawei or ZTE"], id="others may meet it"),
        pytest.param("ZTE;?", [], id="one known does"),
        pytest.param("withdrawn", ["vendor is withdrawn; asked: Huawei or ZTE"], id="withdrawn is not known"),
    ],
)
def test_targets_of_what_is_not_all_said(scored: Scored, said: str, expected: list[str]) -> None:
    rules = '[[targets]]\nid = "t"\nwhy = "because"\nrequire = { vendor = ["Huawei", "ZTE"] }\n'
    findings = checked(scored, f"SRB,vendor,{said},2020,a,high,as reported\nSRB,debt,1,2020,a,high,\n", rules)
    found = [(one.level, one.message) for one in findings.found if one.code == "t"]
    assert found == [("note", message) for message in expected]


@pytest.mark.parametrize("name", TARGETS)
def test_targets(scored: Scored, name: str) -> None:
    target, expected = TARGETS[name]
    claims = FINE + "SRB,status,candidate,2020,a,high,\n"
    findings = checked(scored, claims, f'[[targets]]\nid = "t"\nlabel = "T"\nwhy = "because"\n{target}\n')
    assert [(one.level, one.message, one.line) for one in findings.found] == expected
    assert findings.looked_for["t"] == "T"


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        pytest.param(FINE.replace("Nokia", "ZTE"), [("warning", "the band is high; asked: at most low")], id="higher"),
        pytest.param(
            "SRB,debt,,2020,a,high,x\n",
            [("note", "the band is unknown; asked: at most low")],
            id="not known to be lower",
        ),
    ],
)
def test_a_target_for_the_band(scored: Scored, claims: str, expected: list[tuple[str, str]]) -> None:
    findings = checked(scored, claims, '[[targets]]\nid = "t"\nrequire = { max_band = "low" }\n')
    assert [(one.level, one.message) for one in findings.found if one.code == "t"] == expected


def test_a_list_of_two_vendors_is_two(scored: Scored) -> None:
    claims = FINE.replace("Nokia", "Nokia;ZTE")
    assert told(checked(scored, claims, '[[targets]]\nid = "t"\nrequire = { vendor = { at_least = 2 } }\n')) == []


def test_a_country_made_of_its_entities_meets_a_target_with_all_of_them(scored: Scored) -> None:
    entities = (
        '[entities.BA-SRP]\nname = "RS"\npart_of = "BIH"\nshare = 0.4\n'
        '[entities.BA-BIH]\nname = "F"\npart_of = "BIH"\nshare = 0.6\n'
    )
    target = '[[targets]]\nid = "t"\nfor = { vendor = "Huawei" }\nrequire = { vendor = "Nokia" }\n'
    claims = "BIH,debt,1,2020,a,high,\nBA-SRP,vendor,Huawei,2020,b,high,\nBA-BIH,vendor,Nokia,2020,b,high,\n"
    assert told(checked(scored, claims, entities + target)) == [
        ("t", "indicators.csv:4:15", "vendor is Nokia and Huawei; asked: Nokia")
    ]


def test_a_waiver_covers_what_is_too_much_to_list(scored: Scored) -> None:
    claims = "".join(f"{c},debt,1,{1900 + y},,high,\n" for c in ("SRB", "MNE") for y in range(MOST // 2 + 60))
    waiver = '[[waivers]]\ncode = "unsourced"\ncountry = "{}"\nreason = "an old table"\n'
    serbia = checked(scored, claims, waiver.format("SRB"))
    # One half of the claims is waived, whether it is listed or not.
    assert serbia.count("error") == MOST // 2 + 60
    both = checked(scored, claims, waiver.format("SRB") + waiver.format("MNE"))
    assert not both.fails("error")


def test_a_target_reads_all_claims_once_however_many_countries(scored: Scored, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def counted(selection: Selection, condition: Condition) -> object:
        asked.append(condition)
        return truth_of_claims(selection, condition)

    monkeypatch.setattr("exposure.analysis.verdict.targets.truth_of_claims", counted)
    claims = FINE + FINE.replace("SRB", "MNE") + FINE.replace("SRB", "ALB")
    checked(scored, claims, '[[targets]]\nid = "t"\nrequire = { vendor = ["ZTE"] }\n')
    assert asked == [("ZTE",)]


@pytest.mark.parametrize(
    ("before", "after", "more", "stood"),
    [
        pytest.param("MNE,debt,1,2020,a,high,\n", "MNE,pledge,no,2020,a,high,\n", "", True, id="another share known"),
        pytest.param(
            "SRB,pledge,yes,2020,a,high,\nSRB,vendor,Huawei,2021,a,high,\n",
            "SRB,pledge,yes,2020,a,high,\nSRB,vendor,Huawei,2022,b,low,\n",
            "", True, id="a contradiction with another source",
        ),
        pytest.param("SRB,debt,61,2021,a,high,\n", "SRB,debt,62,2021,a,high,\n", "max_score = 1", True, id="a target"),
        pytest.param(
            "SRB,debt,withdrawn,2021,a,high,x\nSRB,vendor,withdrawn,2021,a,high,x\n",
            "", "max_score = 1", False, id="unknown",
        ),
    ],
)  # fmt: skip
def test_what_stood_is_known_again_by_what_it_is_about(
    scored: Scored, before: str, after: str, more: str, stood: bool
) -> None:
    rules = f'[[targets]]\nid = "t"\nrequire = {{ {more} }}\n' if more else ""
    findings = checked(scored, FINE + after, rules, FINE + before, RULES + rules)
    wanted = [one for one in findings.found if one.code in ("low-coverage", "contradiction", "t")]
    assert [one.stood for one in wanted] == [stood]
    assert bool([one for one in findings.gone if one.code in ("low-coverage", "contradiction", "t")]) != stood
