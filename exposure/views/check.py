"""`exposure check`: is this fit to merge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from exposure.analysis.verdict.ledger import Findings
from exposure.errors import LEVELS, Finding, Level
from exposure.output.page import Annotations, Block, Cell, Column, Field, Page, Row, Tone, filled, recorded
from exposure.rulebook.codes import CODES
from exposure.text import capital, counted
from exposure.views.diff import change_document, detail_blocks, headline, movers
from exposure.views.head import edition, heads

SHOWN = 50
"""Findings of one kind that a table lists; all are counted."""
_TONES: dict[Level, Tone] = {"error": "bad", "warning": "warn", "note": "dim"}


def check_page(findings: Findings, fail_on: Level) -> Page:
    """The verdict, what moved, and every finding with its place."""
    changes, scores = findings.changes, findings.scores
    head = heads(scores, "check") if scores else {"schema": "exposure/check/1"}
    document: dict[str, Any] = {**head, "summary": _summary(findings, fail_on)}
    document["findings"] = [recorded(_FIELDS, finding) for finding in findings.found]
    document["gone"] = [recorded(_FIELDS, finding) for finding in findings.gone]
    title, subtitle = (scores.rulebook.index.title, edition(scores)) if scores else ("exposure check", "")
    notes = [verdict(findings, fail_on)]
    moved: tuple[Block, ...] = ()
    details: tuple[Block, ...] = ()
    if changes is not None:
        document["changes"] = change_document(changes)
        notes.append(headline(changes))
        moved, details = (movers(changes),), tuple(detail_blocks(changes))
    blocks = filled(
        Block(title, subtitle, notes=tuple(notes)),
        *moved,
        *(_level(findings, level, stood=False) for level in LEVELS),
        _block("Gone since the base", findings.gone[:SHOWN], _gone, folded=True),
        _block("Waived, with the reason given", [one for one in findings.found if one.waived], _waived),
        *(_level(findings, level, stood=True) for level in LEVELS),
        *details,
    )
    return Page(document, document["findings"], blocks, _annotations(findings, fail_on))


def verdict(findings: Findings, fail_on: Level) -> str:
    """Whether the check passes, and what it found, in a line."""
    counts = [counted(count, level) for level in LEVELS if (count := findings.count(level))]
    counts += [f"{findings.waived} waived"] if findings.waived else []
    said = "Fails" if findings.fails(fail_on) else "Passes"
    stood = f" {findings.stood} of them stood before this change." if findings.stood else ""
    gone = f" Gone since the base: {len(findings.gone)}." if findings.gone else ""
    return f"{said}: {', '.join(counts) if counts else 'nothing found'}.{stood}{gone}"


def _summary(findings: Findings, fail_on: Level) -> dict[str, Any]:
    counts: dict[str, Any] = {level: findings.count(level) for level in LEVELS}
    return {"fails": findings.fails(fail_on), **counts, "waived": findings.waived, "stood": findings.stood}


_FIELDS: tuple[Field[Finding], ...] = (
    Field("code"),
    Field("level"),
    Field("file", value=lambda one: one.file),
    Field("line", value=lambda one: one.line or None),
    Field("column", value=lambda one: one.column or None),
    Field("country"),
    Field("indicator"),
    Field("message", value=lambda one: one.message),
    Field("hint"),
    Field("waived"),
    Field("stood"),
)
_COLUMNS = (Column("Where"), Column("Country"), Column("Finding", wrap=True))


def _block(
    title: str, findings: Iterable[Finding], said: Callable[[Finding], Cell | str], folded: bool = False
) -> Block:
    rows = tuple(Row((one.place, one.country, said(one))) for one in findings)
    return Block(title, columns=_COLUMNS, rows=rows, folded=folded)


def _level(findings: Findings, level: Level, stood: bool) -> Block:
    """The findings of one level under their codes, the hint said once where it is the same for all."""
    mine = [one for one in findings.found if (one.level, one.stood) == (level, stood) and not one.waived]
    rows: list[Row] = []
    for code, group in groupby(sorted(mine, key=_by_code), key=lambda finding: finding.code):
        rows += _of_a_code(code, list(group), findings.looked_for.get(code))
    before = findings.stood_at(level)
    title = counted(before if stood else findings.count(level) - before, level)
    title += " that stood before this change" if stood else ""
    return Block(title, columns=_COLUMNS, rows=tuple(rows), folded=stood)


def _of_a_code(code: str, findings: list[Finding], meaning: str | None) -> Iterator[Row]:
    hints = {finding.hint for finding in findings}
    # Of what has no meaning written down, each says by itself what was found before what to do.
    shared = hints.pop() if len(hints) == 1 and meaning is not None else ""
    head = ". ".join(part.rstrip(".") for part in (meaning, _capital(shared)) if part)
    yield Row(("", "", Cell(f"{code}: {head}" if head else code, _TONES[findings[0].level])), "section")
    for one in findings[:SHOWN]:
        about = f"{one.indicator}: " if one.indicator and one.indicator not in one.message else ""
        hint = f"; {one.hint}" if one.hint and not shared else ""
        yield Row((one.place, one.country, f"  {about}{one.message}{hint}"))
    if len(findings) > SHOWN:
        yield Row(("", "", f"  {len(findings) - SHOWN} more"))


def _by_code(finding: Finding) -> tuple[bool, str]:
    # What the reader or a limit found comes before what the data has had all along.
    return finding.code in CODES and not CODES[finding.code].needs_base, finding.code


def _capital(text: str) -> str:
    """As a sentence begins, unless it begins with the name of the command."""
    return text if text.startswith("exposure ") else capital(text)


def _waived(finding: Finding) -> Cell:
    return Cell(f"{finding.code}: {finding.message}. Waived: {finding.waived}", "dim")


def _gone(finding: Finding) -> Cell:
    return Cell(f"{finding.code}: {finding.message}", _TONES[finding.level])


def _annotations(findings: Findings, fail_on: Level) -> Annotations:
    listed = tuple(one._replace(message=_in_full(findings, one)) for one in findings.found)
    looked_for = dict(findings.looked_for)
    for finding in findings.found:
        looked_for.setdefault(finding.code, finding.code.replace("-", " "))
    return Annotations(listed, tuple(looked_for.items()), tuple(findings.unlisted.items()), fail_on)


def _in_full(findings: Findings, finding: Finding) -> str:
    """The message with what the target asks, which a code alone does not say."""
    asked = "" if finding.code in CODES else findings.looked_for.get(finding.code, "")
    return f"{asked}: {finding.message}" if asked else finding.message
