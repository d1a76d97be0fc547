"""JUnit XML as the readers of test reports want it."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from exposure.errors import Finding, Level
from exposure.output.junit import to_junit
from exposure.output.page import Annotations, Block, Page

FOUND = Finding("unsourced", "no source", "indicators.csv", 12, 5, "name one", "SRB", "debt")
CHECKS = (("unsourced", "Every claim names its source."), ("stale", "No claim is older than it may be."))

# What may stand in what, and with which attributes, by junit-10.xsd of the xUnit plugin, which Jenkins validates with.
INSIDE = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"skipped", "failure", "system-out"},
    "skipped": set(),
    "failure": set(),
    "system-out": set(),
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}}
ALLOWED = {
    "testsuite": {"skipped", "time"},
    "testcase": {"classname", "time"},
    "skipped": {"message"},
    "failure": {"type", "message"},
}


def suite_of(*found: Finding, unlisted: tuple[tuple[Level, int], ...] = (), fail_on: Level = "error") -> Any:
    text = to_junit(Page({}, (), (Block("Check"),), Annotations(found, CHECKS, unlisted, fail_on)))
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
    assert text.isascii() and text.endswith("</testsuites>\n")
    root = ElementTree.fromstring(text)
    for element in root.iter():
        assert {child.tag for child in element} <= INSIDE[element.tag]
        required = REQUIRED.get(element.tag, set())
        assert required <= set(element.attrib) <= required | ALLOWED.get(element.tag, set())
    (suite,) = root
    for name, found_there in {"tests": ".", "failures": "failure", "skipped": "skipped"}.items():
        wanted = len(suite) if found_there == "." else len(suite.findall(f"testcase/{found_there}"))
        assert int(suite.attrib[name]) == wanted
    assert (suite.attrib["errors"], suite.attrib["time"]) == ("0", "0")
    return suite


def cases(*found: Finding, **given: Any) -> list[tuple[str, str, str]]:
    """Of each case: its check, its name, and how it went."""
    return [
        (case.attrib["classname"], case.attrib["name"], case[0].tag if len(case) else "passed")
        for case in suite_of(*found, **given)
    ]


STALE = ("stale", "No claim is older than it may be.", "passed")
NAME = "SRB debt: no source; name one"


@pytest.mark.parametrize(
    ("found", "given", "wanted"),
    [
        pytest.param((), {}, [("unsourced", "Every claim names its source.", "passed"), STALE], id="nothing found"),
        pytest.param((FOUND,), {}, [STALE, ("unsourced", NAME, "failure")], id="one finding"),
        pytest.param(
            (FOUND._replace(level="warning"),), {}, [STALE, ("unsourced", NAME, "system-out")], id="milder than fails"
        ),
        pytest.param(
            (FOUND._replace(level="warning"),),
            {"fail_on": "warning"},
            [STALE, ("unsourced", NAME, "failure")],
            id="as grave as fails",
        ),
        pytest.param((FOUND,), {"fail_on": "note"}, [STALE, ("unsourced", NAME, "failure")], id="graver than fails"),
        pytest.param(
            (FOUND._replace(waived="agreed"),), {}, [STALE, ("unsourced", NAME, "skipped")], id="waived is skipped"
        ),
        pytest.param(
            (FOUND, FOUND._replace(line=13), FOUND._replace(hint="name one (2)"), FOUND._replace(line=14)),
            {},
            [
                STALE,
                ("unsourced", NAME, "failure"),
                ("unsourced", f"{NAME} (2)", "failure"),
                ("unsourced", f"{NAME} (2) (2)", "failure"),
                ("unsourced", f"{NAME} (3)", "failure"),
            ],
            id="every case has a name of its own",
        ),
        pytest.param(
            (FOUND._replace(code="new", country="", indicator="", message="", hint=""),),
            {},
            [("unsourced", "Every claim names its source.", "passed"), STALE, ("new", "new", "failure")],
            id="a code that no check names",
        ),
        pytest.param(
            (FOUND,),
            {"unlisted": (("note", 1), ("error", 12))},
            [
                STALE,
                ("unsourced", NAME, "failure"),
                ("unlisted", "12 more errors counted and not listed", "failure"),
                ("unlisted", "1 more note counted and not listed", "system-out"),
            ],
            id="more than are listed",
        ),
    ],
)
def test_cases(found: tuple[Finding, ...], given: dict[str, Any], wanted: list[tuple[str, str, str]]) -> None:
    assert cases(*found, **given) == wanted


@pytest.mark.parametrize("count", [0, 1, 10, 11])
def test_every_finding_is_a_case(count: int) -> None:
    assert len(suite_of(*[FOUND] * count).findall("testcase/failure")) == count


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        ({}, "indicators.csv:12:5: no source; name one"),
        ({"column": 0}, "indicators.csv:12: no source; name one"),
        ({"line": 0}, "indicators.csv: no source; name one"),
        ({"file": ""}, "no source; name one"),
    ],
)
def test_a_failure_says_where_and_what(changes: dict[str, Any], whole: str) -> None:
    (failure,) = suite_of(FOUND._replace(**changes)).iter("failure")
    assert failure.attrib == {"type": "error", "message": "no source; name one"}
    assert failure.text == whole


def test_a_remark_names_its_level_and_a_waived_finding_its_reason() -> None:
    suite = suite_of(FOUND._replace(level="note"), FOUND._replace(waived="agreed\nin 2026"))
    assert [out.text for out in suite.iter("system-out")] == ["note: indicators.csv:12:5: no source; name one"]
    assert [skipped.attrib["message"] for skipped in suite.iter("skipped")] == ["agreed in 2026"]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("a < b & \"c\" 'd' > e ]]>", "a < b & \"c\" 'd' > e ]]>"),
        ("\x00\x08\x0b\x1b[1m\x7f\x85\ufffe\uffff\ud800", r"\x00\x08\x0b\x1b[1m\x7f\x85\ufffe\uffff\ud800"),
        ("š😀", "š😀"),
        ("a\r\n::error::b\t##[x]", r"a  \x3a:error\x3a:b \x23#[x]"),
    ],
)
def test_what_xml_cannot_hold_is_escaped(message: str, text: str) -> None:
    (failure,) = suite_of(FOUND._replace(message=message, hint="")).iter("failure")
    assert failure.attrib["message"] == text
    assert failure.text == f"indicators.csv:12:5: {text}"
