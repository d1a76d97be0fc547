"""What a change does to claims: those that went, say something else or are held otherwise, and what counts now."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.claims import Claim, ClaimChange, claims_at, sureness
from exposure.analysis.diff import Changes
from exposure.analysis.verdict.ledger import Ledger
from exposure.observations.columns import same_figure, unified
from exposure.rulebook.conditions import NOT_APPLICABLE, OTHERS, WITHDRAWN
from exposure.scoring.score import Scores
from exposure.scoring.selection import NO_LINE, TOO_OLD
from exposure.text import joined, worded

Cell = tuple[str, str]
"""Country and indicator."""


def check_claims(ledger: Ledger, changes: Changes) -> None:
    """Judges what became of the claims of the base, cell by cell."""
    brought: set[int] = set()
    sureness_left = _sureness_left(changes)
    for cell, group in groupby(changes.claims, key=lambda change: change.claim[:2]):
        each = list(group)
        added = _Added([change for change in each if change.kind == "added"])
        for change in each:
            if change.kind == "removed":
                # What says the same as one that went is no new evidence.
                _removed(ledger, change.claim, added.twin_of(change.claim), sureness_left[cell])
            elif change.kind == "changed":
                _changed(ledger, change)
                brought |= {change.row} if "value" in change.fields else set()
        brought |= added.rows
    _switched(ledger, changes, brought)


def _sureness_left(changes: Changes) -> defaultdict[tuple[str, ...], dict[str, int]]:
    """Of those cells of which a claim went, what is said after the change, and how surely at most."""
    cells = {change.claim[:2] for change in changes.claims if change.kind == "removed"}
    found: defaultdict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    if cells:
        columns = [changes.after.observations.text(name).each() for name in ("country", "indicator")]
        rows = [row for row, cell in enumerate(zip(*columns, strict=True)) if cell in cells]
        for claim in claims_at(changes.after, np.asarray(rows, np.int64)):
            said = found[claim[:2]]
            said[_says(claim)] = max(sureness(claim), said.get(_says(claim), 0))
    return found


def _says(claim: Claim) -> str:
    """What a claim says, a figure to twelve digits."""
    try:
        return f"{float(claim.value):.12g}"
    except ValueError:
        return claim.value


class _Added:
    """The claims of one cell that came with the change, by what they say."""

    def __init__(self, changes: list[ClaimChange]) -> None:
        self.rows = {change.row for change in changes}
        """Those that stand for no claim that went."""
        self._by: defaultdict[tuple[str, ...], list[ClaimChange]] = defaultdict(list)
        for change in reversed(changes):
            for key in ((_says(change.claim), change.claim.source), (_says(change.claim),)):
                self._by[key].append(change)

    def twin_of(self, gone: Claim) -> ClaimChange | None:
        """One that says the same, of the same source if there is one, and that stands for no other."""
        for key in ((_says(gone), gone.source), (_says(gone),)):
            while self._by[key]:
                change = self._by[key].pop()
                if change.row in self.rows:
                    self.rows.remove(change.row)
                    return change
        return None


def _removed(ledger: Ledger, gone: Claim, twin: ClaimChange | None, left: dict[str, int]) -> None:
    """Judges a claim that went; `twin` is one that came in its place, `left` how surely what is still said."""
    about, whom = joined((gone.source, gone.as_of)), (gone.country, gone.indicator)
    said, as_sure = worded(gone.value) or "an empty value", left.get(_says(gone), -1) >= sureness(gone)
    if not (twin and as_sure):
        # An empty value reports a search, and one that still stands is not lost.
        milder = as_sure or not gone.value
        still = ", and what still says so is less sure" if twin else ""
        message = f"{said}{f' ({about})' if about else ''} is gone{still}"
        hint = "keep it; a later claim supersedes it"
        ledger.add("claim-removed", message, hint, whom, at_most="warning" if milder else "error")
    elif twin:
        claim = twin.claim
        code = "re-dated" if claim.source == gone.source else "re-sourced"
        message = f"{said}: {about or 'neither source nor date'} → {joined((claim.source, claim.as_of)) or 'neither'}"
        # Whoever finds the source or the date of what had none takes nothing away.
        found = gone.source in ("", claim.source) and gone.as_of in ("", claim.as_of)
        hint = "see that the source says so of that time"
        ledger.add(code, message, hint, whom, row=twin.row, at_most="note" if found else "error")


def _changed(ledger: Ledger, change: ClaimChange) -> None:
    claim, about = change.claim, joined((change.claim.source, change.claim.as_of))
    whom = (claim.country, claim.indicator)
    if "value" in change.fields:
        was, is_now = (worded(one.value) or "empty" for one in change.sides)
        hint = (
            "a new figure is a claim of its own, with its date; a slip is mended under a waiver that was merged before"
        )
        same = f"with the same source and date ({about})" if about else "still without a source or a date"
        ledger.add("source-unchanged", f"{was} → {is_now}, {same}", hint, whom, row=change.row)
    if "confidence" in change.fields:
        was, is_now = (one.confidence or "none stated" for one in change.sides)
        message = f"{worded(claim.value) or 'an empty value'} ({about}): confidence {was} → {is_now}"
        ledger.add("re-rated", message, "say in the note why", whom, row=change.row, column="confidence")


def _switched(ledger: Ledger, changes: Changes, brought: set[int]) -> None:
    """Cells whose value is unknown now, or another that no claim of the change says."""
    sides = (changes.before, changes.after)
    units = [code for code in changes.before.selection.units if code in changes.after.selection.units]
    common = set(changes.before.selection.indicators) & set(changes.after.selection.indicators)
    values = unified(*(side.observations.text("value") for side in sides))
    edited = {change.claim[:2] for change in changes.claims if change.kind != "added"}
    known = [np.asarray([_known(text) for text in column.texts] + [False]) for column in values]
    for name in sorted(common) if all(map(len, (side.observations for side in sides))) else ():
        own = [_own(side, name, units) for side in sides]
        there = [rows != NO_LINE for rows in own]
        said = [np.where(line, column.codes[rows], -1) for line, column, rows in zip(there, values, own, strict=True)]
        sure = [flags[codes] for flags, codes in zip(known, said, strict=True)]
        figures = [side.observations.numbers("number")[rows] for side, rows in zip(sides, own, strict=True)]
        differs = ~((said[0] == said[1]) | same_figure(*figures)) | (there[0] != there[1])
        for at in np.flatnonzero(differs & sure[0]).tolist():
            rows = (int(own[0][at]), int(own[1][at]))
            if not (sure[1][at] and rows[1] in brought):
                _lost(ledger, changes, (units[at], name), rows, bool(sure[1][at]), (units[at], name) in edited)


def _known(text: str) -> bool:
    return text not in ("", WITHDRAWN, NOT_APPLICABLE) and not text.endswith(f";{OTHERS}")


def _own(side: Scores, indicator: str, units: list[str]) -> NDArray[np.int64]:
    places = {code: at for at, code in enumerate(side.selection.units)}
    return side.selection.line(indicator)[[places[code] for code in units]]


def _lost(ledger: Ledger, changes: Changes, cell: Cell, rows: tuple[int, int], known: bool, edited: bool) -> None:
    """One cell that said something; `rows` are the claims that count before and after, `known` whether one does."""
    (was,) = claims_at(changes.before, np.asarray(rows[:1]))
    if rows[1] == NO_LINE:
        if not edited and _aged(changes, cell):
            return
        message, row = f"{worded(was.value)} counted, and nothing does now", None
    else:
        (now,) = claims_at(changes.after, np.asarray(rows[1:]))
        row = rows[1]
        message = f"{worded(was.value)} → {worded(now.value)}" + (
            f" ({joined((now.source, now.as_of))})" if known else ""
        )
    if known:
        hint = "the claim that counts now is no news: say in a change of its own why the other no longer does"
        ledger.add("value-switched", message, hint, cell, row=row)
    else:
        hint = "unknown must not look like safe: keep the value until there is a better one"
        ledger.add("became-unknown", message, hint, cell, row=row)


def _aged(changes: Changes, cell: Cell) -> bool:
    """Whether its claims are all there and only too old by the same limit, which is said by too-old."""
    country, indicator = cell
    limits = {side.observations.indicators[indicator].max_age for side in (changes.before, changes.after)}
    selection = changes.after.selection
    mine = selection.claims_of(selection.units.index(country))
    mine = mine[selection.indicator_of[mine] == selection.indicators.index(indicator)]
    return len(limits) == 1 and bool((selection.standing[mine] == TOO_OLD).any())
