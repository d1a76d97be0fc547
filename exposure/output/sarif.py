"""Findings as SARIF 2.1.0, for code scanning and editors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from exposure.errors import LEVELS, Finding
from exposure.output.data import dumped
from exposure.output.findings import annotations_of, identified, statement
from exposure.output.page import Annotations, Page
from exposure.text import counted, plain

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
LARGEST_RUN = 25_000
"""Results that GitHub takes of a run; it refuses a larger one whole."""
_MEANINGFUL = re.compile(r"[{}]|\](?=\()")
"""What makes a placeholder, or a link of what stands in brackets before it."""


def to_sarif(page: Page, version: str = "") -> str:
    """The findings as a SARIF log of one run; `version` is that of the tool."""
    annotations = annotations_of(page)
    rules = _rules(annotations)
    driver: dict[str, Any] = {"name": "exposure"} | ({"version": version} if version else {})
    # GitHub shows the short, the full and the help text in different places, and requires all three.
    places = ("shortDescription", "fullDescription", "help")
    told = [{"id": code} | {place: {"text": text or code} for place in places} for code, text in rules.items()]
    run = {
        "tool": {"driver": driver | {"rules": told}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(annotations)}],
        # Without an address: where the files lie on this machine is nobody's business.
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that file names start from."}}},
        "columnKind": "unicodeCodePoints",
        "results": list(_results(annotations, list(rules))),
    }
    return dumped({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rules(annotations: Annotations) -> dict[str, str]:
    """What each code means, in the order of the checks; a code that no check names means itself."""
    known = {_code(code): _said(text) for code, text in annotations.checks}
    return known | {code: code for finding in annotations.found if (code := _code(finding.code)) not in known}


def _code(code: str) -> str:
    return plain(code).strip() or "finding"


def _said(text: str) -> str:
    """The text as a message, in which nothing is a placeholder or a link."""
    # No backslash, though the standard has it: there are viewers that make a link of an escaped one all the same.
    return _MEANINGFUL.sub(lambda match: "\\x5d" if match[0] == "]" else match[0] * 2, plain(text).strip())


def _notifications(annotations: Annotations) -> list[dict[str, Any]]:
    more = Counter(dict(annotations.unlisted))
    more.update(finding.level for finding in annotations.found[LARGEST_RUN:])
    parts = [counted(more[level], f"more {level}") for level in LEVELS if more[level]]
    text = f"{', '.join(parts)} counted and not listed"
    return [{"level": "warning", "message": {"text": text}}] if parts else []


def _results(annotations: Annotations, rules: list[str]) -> Iterator[dict[str, Any]]:
    places = {code: at for at, code in enumerate(rules)}
    waived = any(finding.waived for finding in annotations.found)
    compared = any(finding.stood for finding in annotations.found)
    for finding, identity in identified(annotations.found[:LARGEST_RUN]):
        code = _code(finding.code)
        yield {
            "ruleId": code,
            "ruleIndex": places[code],
            "level": finding.level,
            "message": {"text": _said(statement(finding))},
            "locations": _locations(finding),
            # Not under the name that GitHub reads: its uploader makes that of the line, and warns of any other.
            "partialFingerprints": {"exposureFinding/v1": identity},
            # All or none have the property; an empty one says that the finding counts.
            **(
                {
                    "suppressions": [{"kind": "external", "justification": plain(finding.waived).strip()}]
                    if finding.waived
                    else []
                }
                if waived
                else {}
            ),
            **({"baselineState": "unchanged" if finding.stood else "new"} if compared else {}),
        }


def _locations(finding: Finding) -> list[dict[str, Any]]:
    if not finding.file:
        return []
    path = PurePath(finding.file)
    address = quote(path.as_posix(), errors="surrogatepass")
    here = {"uri": address, "uriBaseId": _ROOT}
    anywhere = {"uri": f"file://{'' if address.startswith('/') else '/'}{address}"}
    physical: dict[str, Any] = {"artifactLocation": anywhere if path.is_absolute() else here}
    if finding.line:
        column = {"startColumn": finding.column} if finding.column else {}
        physical["region"] = {"startLine": finding.line} | column
    return [{"physicalLocation": physical}]
