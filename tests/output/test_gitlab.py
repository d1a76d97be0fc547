"""A report of code quality as GitLab reads it: five keys an entry, each entry under a name of its own."""

from __future__ import annotations

import json
from typing import Any

from exposure.errors import Finding, Level
from exposure.output.gitlab import to_gitlab
from exposure.output.page import Annotations, Page

FOUND = Finding("unsourced", "no source", "indicators.csv", 12, 5, "name one", "SRB", "debt")


def entries(*found: Finding, unlisted: tuple[tuple[Level, int], ...] = ()) -> list[dict[str, Any]]:
    report = json.loads(to_gitlab(Page({}, annotations=Annotations(found, (), unlisted, "error"))))
    for entry in report:
        assert set(entry) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert entry["location"]["lines"]["begin"] >= 1
        assert entry["location"]["path"]
    assert len({entry["fingerprint"] for entry in report}) == len(report)
    return report


def test_a_finding_is_an_entry_at_its_line() -> None:
    (entry,) = entries(FOUND)
    assert (entry["description"], entry["check_name"], entry["severity"], entry["location"]) == (
        "SRB debt: no source; name one",
        "unsourced",
        "critical",
        {"path": "indicators.csv", "lines": {"begin": 12}},
    )


def test_what_stood_is_in_it_and_what_is_waived_is_not() -> None:
    found = (FOUND, FOUND._replace(stood=True, country="MNE"), FOUND._replace(waived="known", country="ALB"))
    assert [entry["description"][:3] for entry in entries(*found)] == ["SRB", "MNE"]


def test_the_fingerprint_stays_when_the_line_moves_and_tells_repeats_apart() -> None:
    before, after = entries(FOUND, FOUND._replace(line=13)), entries(FOUND._replace(line=40), FOUND._replace(line=41))
    assert [one["fingerprint"] for one in before] == [one["fingerprint"] for one in after]


def test_what_is_not_listed_is_counted_and_what_has_no_place_stands_at_the_first_line() -> None:
    *_, entry = entries(FOUND, unlisted=(("warning", 7),))
    assert entry["description"] == "7 more warnings counted and not listed"
    assert entry["location"] == {"path": "indicators.csv", "lines": {"begin": 1}}
    assert entry["severity"] == "minor"
