"""Findings as JUnit XML, for the test reports of Jenkins, GitLab and others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree

from exposure.errors import LEVELS, Finding, Level
from exposure.output.findings import annotations_of, statement
from exposure.output.page import Annotations, Page
from exposure.text import counted, plain

_NAME = "exposure"


def to_junit(page: Page) -> str:
    """One suite: a case for each finding, and one that passed for each check that found nothing."""
    annotations = annotations_of(page)
    root = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(root, "testsuite", {"name": _NAME})
    suite.extend(_told_apart(_cases(annotations)))
    counts = {"tests": len(suite), "failures": len(suite.findall("*/failure")), "errors": 0}
    counts["skipped"] = len(suite.findall("*/skipped"))
    # No moment and no duration: the same files give the same report.
    suite.attrib |= {name: str(number) for name, number in counts.items()} | {"time": "0"}
    ElementTree.indent(root)
    # In ASCII, so that it is what it declares wherever it is printed.
    text = ElementTree.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _cases(annotations: Annotations) -> Iterator[ElementTree.Element]:
    with_findings = {finding.code for finding in annotations.found}
    for code, text in annotations.checks:
        if code not in with_findings:
            yield _case(code, text)
    more = Counter(dict(annotations.unlisted))
    said = {level: f"{counted(more[level], f'more {level}')} counted and not listed" for level in LEVELS}
    unlisted = [Finding("unlisted", said[level], level=level) for level in LEVELS if more[level]]
    for finding in (*annotations.found, *unlisted):
        yield _finding(finding, annotations.fail_on)


def _case(code: str, name: str) -> ElementTree.Element:
    attributes = {"classname": plain(code).strip() or _NAME, "name": plain(name).strip() or _NAME, "time": "0"}
    return ElementTree.Element("testcase", attributes)


def _finding(finding: Finding, fail_on: Level) -> ElementTree.Element:
    """A case that failed, or passed with a remark where the level is milder than what fails."""
    said = statement(finding)
    case = _case(finding.code, ": ".join(part for part in (finding.about.strip(), said) if part))
    whole = plain(": ".join(part for part in (finding.place, said) if part))
    if finding.waived:
        ElementTree.SubElement(case, "skipped", {"message": plain(finding.waived).strip()})
    elif finding.stood:
        ElementTree.SubElement(case, "system-out").text = plain(f"{finding.level} that stood before: {whole}")
    elif LEVELS.index(finding.level) <= LEVELS.index(fail_on):
        ElementTree.SubElement(case, "failure", {"type": finding.level, "message": said}).text = whole
    else:
        ElementTree.SubElement(case, "system-out").text = plain(f"{finding.level}: {whole}")
    return case


def _told_apart(cases: Iterator[ElementTree.Element]) -> Iterator[ElementTree.Element]:
    """The cases under names of their own: of two with one name GitLab takes the first for both."""
    taken: set[tuple[str, str]] = set()
    repeats: Counter[tuple[str, str]] = Counter()
    for case in cases:
        code, name = case.attrib["classname"], case.attrib["name"]
        while (code, case.attrib["name"]) in taken:
            repeats[code, name] += 1
            case.attrib["name"] = f"{name} ({repeats[code, name] + 1})"
        taken.add((code, case.attrib["name"]))
        yield case
