"""`exposure check`: is this fit to merge."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from exposure.errors import LEVELS
from exposure.output.page import Annotations, Block, Cell, Column, Page, Row
from exposure.rulebook.codes import CODES
from exposure.views.diff import change_document, detail_blocks, headline, movers
from exposure.views.head import edition, heads

if TYPE_CHECKING:
    from exposure.analysis.verdict.ledger import Findings
    from exposure.errors import Finding, Level
    from exposure.output.page import Tone

SHOWN = 50
"""Findings of one kind that a table lists; all are counted."""
_TONES: dict[Level, Tone] = {"error": "bad", "warning": "warn", "note": "dim"}


def check_page(findings: Findings, fail_on: Level) -> Page:
    """The verdict, what moved, and every finding with its place."""
    changes, scores = findings.changes, findings.scores
    head = heads(scores, "check") if scores else {"schema": "exposure/check/1"}
    document: dict[str, Any] = {**head, "summary": _summary(findings, fail_on)}
    document["findings"] = [_record(finding) for finding in findings.found]
    document["gone"] = [_record(finding) for finding in findings.gone]
    if changes is not None:
        document["changes"] = change_document(changes)
    notes = (verdict(findings, fail_on), *((headline(changes),) if changes is not None else ()))
    title = scores.rulebook.index.title if scores else "exposure check"
    blocks = [Block(title, edition(scores) if scores else "", notes=notes)]
    if changes is not None:
        blocks.append(movers(changes))
    blocks += [_findings(findings, level, stood=False) for level in LEVELS]
    blocks += [_gone(findings), _waived(findings)]
    blocks += [_findings(findings, level, stood=True) for level in LEVELS]
    if changes is not None:
        blocks += detail_blocks(changes)
    kept = tuple(block for block in blocks if block.rows or block.notes)
    return Page(document, document["findings"], kept, _annotations(findings, fail_on))


def verdict(findings: Findings, fail_on: Level) -> str:
    """Whether the check passes, and what it found, in a line."""
    counts = [f"{count} {level}{'' if count == 1 else 's'}" for level in LEVELS if (count := findings.count(level))]
    counts += [f"{findings.waived} waived"] if findings.waived else []
    said = "Fails" if findings.fails(fail_on) else "Passes"
    stood = f" {findings.stood} of them stood before this change." if findings.stood else ""
    gone = f" Gone since the base: {len(findings.gone)}." if findings.gone else ""
    return f"{said}: {', '.join(counts) if counts else 'nothing found'}.{stood}{gone}"


def _summary(findings: Findings, fail_on: Level) -> dict[str, Any]:
    counts: dict[str, Any] = {level: findings.count(level) for level in LEVELS}
    return {"fails": findings.fails(fail_on), **counts, "waived": findings.waived, "stood": findings.stood}


def _record(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "level": finding.level,
        "file": finding.file,
        "line": finding.line or None,
        "column": finding.column or None,
        "country": finding.country or None,
        "indicator": finding.indicator or None,
        "message": finding.message,
        "hint": finding.hint or None,
        "waived": finding.waived or None,
        "stood": finding.stood,
    }


_COLUMNS = (Column("Where"), Column("Country"), Column("Finding", wrap=True))


def _findings(findings: Findings, level: Level, stood: bool) -> Block:
    """The findings of one level under their codes, the hint said once where it is the same for all."""
    mine = [one for one in findings.found if (one.level, one.stood) == (level, stood) and not one.waived]
    rows: list[Row] = []
    for code, group in groupby(sorted(mine, key=_by_code), key=lambda finding: finding.code):
        same = list(group)
        hints = {finding.hint for finding in same}
        # Of what has no meaning written down, each says by itself what was found before what to do.
        shared = next(iter(hints)) if len(hints) == 1 and code in findings.looked_for else ""
        said = (findings.looked_for.get(code, ""), _capital(shared))
        head = f"{code}: {'. '.join(part.rstrip('.') for part in said if part)}" if any(said) else code
        rows.append(Row(("", "", Cell(head, _TONES[level])), "section"))
        rows += [_row(finding, "" if shared else finding.hint) for finding in same[:SHOWN]]
        if len(same) > SHOWN:
            rows.append(Row(("", "", f"  {len(same) - SHOWN} more")))
    count = findings.count(level) - findings.stood_at(level) if not stood else findings.stood_at(level)
    title = f"{count} {level}{'' if count == 1 else 's'}{' that stood before this change' if stood else ''}"
    return Block(title, columns=_COLUMNS, rows=tuple(rows), folded=stood)


def _by_code(finding: Finding) -> tuple[bool, str]:
    # What the reader or a limit found comes before what the data has had all along.
    return finding.code in CODES and not CODES[finding.code].needs_base, finding.code


def _capital(text: str) -> str:
    """As a sentence begins, unless it begins with the name of the command."""
    return text if text.startswith("exposure ") else text[:1].upper() + text[1:]


def _row(finding: Finding, hint: str) -> Row:
    about = f"{finding.indicator}: " if finding.indicator and finding.indicator not in finding.message else ""
    said = f"  {about}{finding.message}{f'; {hint}' if hint else ''}"
    return Row((finding.place, finding.country, said))


def _waived(findings: Findings) -> Block:
    rows = []
    for finding in findings.found:
        if finding.waived:
            said = f"{finding.code}: {finding.message}. Waived: {finding.waived}"
            rows.append(Row((finding.place, finding.country, Cell(said, "dim"))))
    return Block("Waived, with the reason given", columns=_COLUMNS, rows=tuple(rows))


def _gone(findings: Findings) -> Block:
    """What the base had and this has no more."""
    rows = [
        Row((one.place, one.country, Cell(f"{one.code}: {one.message}", _TONES[one.level])))
        for one in findings.gone[:SHOWN]
    ]
    return Block("Gone since the base", columns=_COLUMNS, rows=tuple(rows), folded=True)


def _annotations(findings: Findings, fail_on: Level) -> Annotations:
    found = tuple(one._replace(message=_in_full(findings, one)) for one in findings.found)
    looked_for = dict(findings.looked_for)
    for finding in findings.found:
        looked_for.setdefault(finding.code, finding.code.replace("-", " "))
    return Annotations(found, tuple(looked_for.items()), tuple(findings.unlisted.items()), fail_on)


def _in_full(findings: Findings, finding: Finding) -> str:
    """The message with what the target asks, which a code alone does not say."""
    asked = "" if finding.code in CODES else findings.looked_for.get(finding.code, "")
    return f"{asked}: {finding.message}" if asked else finding.message
