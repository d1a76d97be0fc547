"""Findings as a report of code quality, which GitLab shows beside the lines of a merge request."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import Any

from exposure.errors import LEVELS, Finding, Level
from exposure.output.data import dumped
from exposure.output.findings import annotations_of, identified, statement
from exposure.output.page import Page
from exposure.text import counted, plain

_SEVERITIES: dict[Level, str] = {"error": "critical", "warning": "minor", "note": "info"}


def to_gitlab(page: Page) -> str:
    """One entry a finding that counts, and one for each level of which some are not listed.

    What stood before the change is in it: GitLab itself compares with the report of the target branch.
    """
    annotations = annotations_of(page)
    more = Counter(dict(annotations.unlisted))
    said = {level: f"{counted(more[level], f'more {level}')} counted and not listed" for level in LEVELS}
    unlisted = [Finding("unlisted", said[level], level=level) for level in LEVELS if more[level]]
    counting = [finding for finding in annotations.found if not finding.waived]
    return dumped([_entry(*each) for each in identified([*counting, *unlisted])])


def _entry(finding: Finding, fingerprint: str) -> dict[str, Any]:
    about = f"{finding.about}: " if finding.about else ""
    # GitLab drops an entry without a path or a line: what is about a whole file is shown at its first.
    path = PurePath(plain(finding.file) or "indicators.csv").as_posix()
    return {
        "description": plain(f"{about}{statement(finding)}"),
        "check_name": plain(finding.code).strip() or "finding",
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.level],
        "location": {"path": path, "lines": {"begin": finding.line or 1}},
    }
