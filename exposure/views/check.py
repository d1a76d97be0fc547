"""`exposure check`: is this fit to merge."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from exposure.analysis.verdict.ledger import Findings
from exposure.errors import LEVELS, Finding, Level
from exposure.output.page import Annotations, Block, Cell, Column, Field, Page, Row, Tone, filled, keys, recorded
from exposure.rulebook.codes import CODES
from exposure.text import capital, counted
from exposure.views.diff import change_document, detail_blocks, headline, movers
from exposure.views.standing import edition, heads

SHOWN = 50
"""Findings of one kind that a table lists; all are counted."""
_TONES: dict[Level, Tone] = {"error": "bad", "warning": "warn", "note": "dim"}


def check_page(findings: Findings, fail_on: Level) -> Page:
    """The verdict, what moved, and every finding with its place."""
    changes, scores = findings.changes, findings.scores
    head = heads(scores, "check") if scores else {"schema": "exposure/check/1"}
    summary: dict[str, Any] = {"fails": findings.fails(fail_on), **{level: findings.count(level) for level in LEVELS}}
    document: dict[str, Any] = {
        **head,
        "summary": {**summary, "waived": findings.waived, "stood": findings.stood},
        "findings": [recorded(_FIELDS, finding) for finding in findings.found],
        "gone": [recorded(_FIELDS, finding) for finding in findings.gone],
    }
    title, subtitle = (scores.rulebook.index.title, edition(scores)) if scores else ("exposure check", "")
    notes = [verdict(findings, fail_on)]
    if changes is not None:
        document["changes"] = change_document(changes)
        notes.append(headline(changes))
    blocks = filled(
        Block(title, subtitle, notes=tuple(notes)),
        movers(changes) if changes else Block(),
        *(_level(findings, level, stood=False) for level in LEVELS),
        Block("Gone since the base", columns=_COLUMNS, rows=tuple(map(_gone, findings.gone[:SHOWN])), folded=True),
        Block("Waived, with the reason given", columns=_COLUMNS, rows=tuple(_waived(findings))),
        *(_level(findings, level, stood=True) for level in LEVELS),
        *(detail_blocks(changes) if changes else ()),
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


_FIELDS: tuple[Field[Finding], ...] = (
    *keys("code", "level"),
    Field("file", value=lambda one: one.file),
    Field("line", value=lambda one: one.line or None),
    Field("column", value=lambda one: one.column or None),
    *keys("country", "indicator"),
    Field("message", value=lambda one: one.message),
    *keys("hint", "waived", "stood"),
)
_COLUMNS = (Column("Where"), Column("Country"), Column("Finding", wrap=True))


def _level(findings: Findings, level: Level, stood: bool) -> Block:
    """The findings of one level under their codes, the hint said once where it is the same for all."""
    mine = [one for one in findings.found if (one.level, one.stood) == (level, stood) and not one.waived]
    codes = groupby(sorted(mine, key=_by_code), key=lambda finding: finding.code)
    rows = (row for code, group in codes for row in _of_a_code(code, list(group), findings.looked_for.get(code)))
    before = findings.stood_at(level)
    title = counted(before if stood else findings.count(level) - before, level)
    title += " that stood before this change" if stood else ""
    return Block(title, columns=_COLUMNS, rows=tuple(rows), folded=stood)


def _of_a_code(code: str, findings: list[Finding], meaning: str | None) -> Iterator[Row]:
    hints = {finding.hint for finding in findings}
    # Of what has no meaning written down, each says by itself what was found before what to do.
    shared = hints.pop() if len(hints) == 1 and meaning is not None else ""
    # As a sentence begins, unless it begins with the name of the command.
    to_do = shared if shared.startswith("exposure ") else capital(shared)
    head = ". ".join(part.rstrip(".") for part in (meaning, to_do) if part)
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


def _waived(findings: Findings) -> Iterator[Row]:
    for one in findings.found:
        if one.waived:
            yield Row((one.place, one.country, Cell(f"{one.code}: {one.message}. Waived: {one.waived}", "dim")))


def _gone(one: Finding) -> Row:
    return Row((one.place, one.country, Cell(f"{one.code}: {one.message}", _TONES[one.level])))


def _annotations(findings: Findings, fail_on: Level) -> Annotations:
    # What a target asks its code alone does not say.
    asked = {code: f"{meaning}: " for code, meaning in findings.looked_for.items() if meaning and code not in CODES}
    listed = tuple(one._replace(message=asked.get(one.code, "") + one.message) for one in findings.found)
    looked_for = dict(findings.looked_for)
    for one in findings.found:
        looked_for.setdefault(one.code, one.code.replace("-", " "))
    more = tuple((level, count - findings.unlisted_stood.get(level, 0)) for level, count in findings.unlisted.items())
    return Annotations(listed, tuple(looked_for.items()), more, fail_on)
