"""SARIF as its schema and those who read it want it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from exposure.errors import Finding, Level
from exposure.output.page import Annotations, Block, Page
from exposure.output.sarif import to_sarif

FOUND = Finding("unsourced", "no source", "data/indicators.csv", 12, 5, "name one", "SRB", "debt")
CHECKS = (("unsourced", "Every claim names its source."), ("stale", "No claim is older than it may be."))


def page(*found: Finding, unlisted: tuple[tuple[Level, int], ...] = ()) -> Page:
    return Page({}, (), (Block("Check"),), Annotations(found, CHECKS, unlisted))


def run(*found: Finding, unlisted: tuple[tuple[Level, int], ...] = (), version: str = "") -> Any:
    (only,) = json.loads(to_sarif(page(*found, unlisted=unlisted), version))["runs"]
    return only


def result(**changes: Any) -> Any:
    (only,) = run(FOUND._replace(**changes))["results"]
    return only


@pytest.mark.parametrize(
    ("found", "unlisted"),
    [
        pytest.param((), (), id="nothing found"),
        pytest.param((FOUND,), (), id="one finding"),
        pytest.param((FOUND,) * 11, (("error", 4), ("note", 1)), id="more than are listed"),
        pytest.param((FOUND, FOUND._replace(waived="agreed")), (), id="waived"),
        pytest.param((FOUND._replace(file=""), FOUND._replace(line=0), FOUND._replace(column=0)), (), id="places"),
        pytest.param(
            (FOUND._replace(code="new", level="note", message="", hint="", country="", indicator=""),), (), id="bare"
        ),
        pytest.param((FOUND._replace(code="", file="/a b.csv"), FOUND._replace(code=" ")), (), id="no code"),
    ],
)
def test_the_schema_holds(
    sarif_schema: jsonschema.Draft4Validator, found: tuple[Finding, ...], unlisted: tuple[tuple[Level, int], ...]
) -> None:
    sarif_schema.validate(json.loads(to_sarif(page(*found, unlisted=unlisted), "1.2.3")))


def test_the_schema_is_the_one_that_the_log_names_and_refuses_what_is_wrong(
    sarif_schema: jsonschema.Draft4Validator,
) -> None:
    assert json.loads(to_sarif(page()))["$schema"] == sarif_schema.schema["id"]
    assert not sarif_schema.is_valid({"version": "2.1.0", "runs": [{"tool": {}}]})


def test_the_whole_of_one_finding() -> None:
    made = run(FOUND, version="1.2.3")
    driver = made["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("exposure", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == ["unsourced", "stale"]
    sentence = {"text": "No claim is older than it may be."}
    assert driver["rules"][1] == {
        "id": "stale",
        "shortDescription": sentence,
        "fullDescription": sentence,
        "help": sentence,
    }
    assert made["columnKind"] == "unicodeCodePoints"
    assert made["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    (only,) = made["results"]
    assert len(only.pop("partialFingerprints")["exposureFinding/v1"]) == 18
    assert only == {
        "ruleId": "unsourced",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "no source; name one"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "data/indicators.csv", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 12, "startColumn": 5},
                }
            }
        ],
    }


@pytest.mark.parametrize(
    ("changes", "region"),
    [
        ({}, {"startLine": 12, "startColumn": 5}),
        ({"column": 0}, {"startLine": 12}),
        ({"line": 0}, None),
        ({"line": 0, "column": 0}, None),
    ],
)
def test_a_region_only_with_a_line(changes: dict[str, Any], region: dict[str, int] | None) -> None:
    (location,) = result(**changes)["locations"]
    assert location["physicalLocation"].get("region") == region


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("indicators.csv", "indicators.csv"),
        ("./data//indicators.csv", "data/indicators.csv"),
        ("a b/50%?#é.csv", "a%20b/50%25%3F%23%C3%A9.csv"),
        ("c:x.csv", "c%3Ax.csv"),
        ("x\udcff.csv", "x%ED%B3%BF.csv"),
        ("../x.csv", "../x.csv"),
    ],
)
def test_names_of_files_are_relative_addresses(file: str, uri: str) -> None:
    (location,) = result(file=file)["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_an_absolute_name_is_an_address_of_its_own() -> None:
    (location,) = result(file="/a b/x.csv")["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "file:///a%20b/x.csv"}


def test_a_finding_about_no_file_has_no_place() -> None:
    assert result(file="")["locations"] == []


def test_a_code_that_no_check_names_has_a_rule_all_the_same() -> None:
    made = run(FOUND._replace(code="new"), FOUND)
    assert [rule["id"] for rule in made["tool"]["driver"]["rules"]] == ["unsourced", "stale", "new"]
    assert [only["ruleIndex"] for only in made["results"]] == [2, 0]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("{0} of {x}", "{{0}} of {{x}}"),
        ("[here](https://e.example)", "[here\\x5d(https://e.example)"),
        ("[here] (or there)", "[here] (or there)"),
        ("a\n::error::b ##[x]", "a \\x3a:error\\x3a:b \\x23#[x]"),
    ],
)
def test_a_message_has_no_placeholder_and_no_link(message: str, text: str) -> None:
    assert result(message=message, hint="")["message"]["text"] == text


def fingerprints(*found: Finding) -> list[str]:
    return [only["partialFingerprints"]["exposureFinding/v1"] for only in run(*found)["results"]]


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        pytest.param({"line": 99, "column": 1}, True, id="moved"),
        pytest.param({"level": "note"}, True, id="another level"),
        pytest.param({"waived": "agreed"}, True, id="waived"),
        pytest.param({"message": "the same as on line 7, and on lines 8 and 9"}, True, id="other lines named"),
        pytest.param({"message": "the same as on day 3, and on lines 4 and 5"}, False, id="another message"),
        pytest.param({"code": "stale"}, False, id="another code"),
        pytest.param({"country": "MNE"}, False, id="about another"),
        pytest.param({"file": "other.csv"}, False, id="another file"),
    ],
)
def test_a_fingerprint_survives_a_move_of_lines(changes: dict[str, Any], same: bool) -> None:
    found = FOUND._replace(message="the same as on line 3, and on lines 4 and 5")
    assert (fingerprints(found) == fingerprints(found._replace(**changes))) == same


def test_findings_that_say_the_same_are_told_apart() -> None:
    first, second, other = fingerprints(FOUND, FOUND._replace(line=13), FOUND._replace(country="MNE"))
    assert first.removesuffix(":1") == second.removesuffix(":2")
    assert len({first, second, other}) == 3


def test_waived_findings_are_suppressed_and_the_others_said_not_to_be() -> None:
    counting, waived = run(FOUND, FOUND._replace(waived="agreed"))["results"]
    assert counting["suppressions"] == []
    assert waived["suppressions"] == [{"kind": "external", "justification": "agreed"}]
    assert "suppressions" not in result()


@pytest.mark.parametrize(
    ("unlisted", "text"),
    [
        ((("error", 12),), "12 more errors counted and not listed"),
        ((("note", 1), ("error", 2)), "2 more errors, 1 more note counted and not listed"),
        ((("warning", 0),), None),
    ],
)
def test_what_is_not_listed_is_said(unlisted: tuple[tuple[Level, int], ...], text: str | None) -> None:
    (invocation,) = run(FOUND, unlisted=unlisted)["invocations"]
    said = [entry["message"]["text"] for entry in invocation["toolExecutionNotifications"]]
    assert said == ([text] if text else [])


def test_a_run_is_no_larger_than_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exposure.output.sarif.LARGEST_RUN", 20)
    made = run(*[FOUND] * 20, FOUND._replace(level="note"), unlisted=(("note", 2),))
    assert len(made["results"]) == 20
    (said,) = made["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"] == "3 more notes counted and not listed"
