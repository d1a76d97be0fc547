"""Claims that should not decide as they stand: weak, too old or dated too late, of another country, or no figures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.claims import Claim, claims_at
from exposure.analysis.diff import Changes
from exposure.analysis.verdict.ledger import Ledger
from exposure.observations.cells import UNDATED, read_date
from exposure.observations.columns import same_figure
from exposure.scoring.selection import NO_LINE, SUPERSEDED, TOO_OLD, UNSTATED, Selection
from exposure.text import joined, listed, worded

_SENTINEL = {sign * (10.0**digits - 1) for digits in range(2, 8) for sign in (1, -1)} - {99.0}
"""Figures that stand for a missing one elsewhere: -99, 999, -9999 and the like."""
_NO_YEAR, _A_YEAR, _NEVER = 0, 366, 2**40
"""Days are counted from 1970."""
_NAMED = 5
"""Figures of one rule that are named; more are counted."""


def check_standing(ledger: Ledger, changes: Changes | None) -> None:
    """Weaker claims that overtook surer ones, and cells of which all is too old."""
    selection = ledger.scores.selection
    counts = selection.own[selection.indicator_of, selection.unit_of]
    sure = selection.numbers["sure"]
    sure = np.where(sure < 0, UNSTATED, sure)
    _, codes = selection.texts
    number = selection.numbers["number"]
    exact = (selection.numbers["low"] == number) & (selection.numbers["high"] == number)
    # What may lie anywhere below a figure does not say that figure.
    same = same_figure(number, number[counts]) & exact & exact[counts]
    differs = (codes != codes[counts]) & ~same
    rows = np.flatnonzero((selection.standing == SUPERSEDED) & (counts != NO_LINE) & differs & (sure > sure[counts]))
    overtaken = _latest(ledger, rows, sure)
    winner = _over_parts(selection, sure) | {int(counts[row]): row for row in overtaken.tolist()}

    def weaker(claim: Claim, row: int) -> str:
        (other,) = claims_at(ledger.scores, np.asarray([winner[row]]))
        how = f"{claim.confidence or 'medium'}, {claim.as_of}"
        part = other.country if other.country != claim.country else ""
        was = joined((part, other.confidence or "medium", other.as_of, other.source))
        return f"{worded(claim.value)} ({how}) counts in place of {worded(other.value)} ({was}), which is surer"

    hint = "look for a surer source of the newer value, or say in the note why it holds"
    each = np.asarray(sorted(winner), np.int64)
    # That another began to count without saying anything new is a finding of its own.
    brought = {change.row for change in (changes.claims if changes else ()) if change.says_anew}
    for claim, row in zip(claims_at(ledger.scores, each), each.tolist(), strict=True):
        about = (claim.country, claim.indicator)
        ledger.add("weaker-newer", weaker(claim, row), hint, about, row=row, brought=row in brought)
    old = np.flatnonzero((selection.standing == TOO_OLD) & (counts == NO_LINE))

    def aged(claim: Claim, _: int) -> str:
        limit = ledger.scores.observations.indicators[claim.indicator].max_age
        return f"{worded(claim.value)} is of {claim.as_of}, over {limit} before {selection.as_of}, and counts no more"

    hint = "look for a newer source; until then the value is unknown"
    ledger.add_rows("too-old", _latest(ledger, old, np.zeros(len(sure))), aged, hint, "as_of")


def _over_parts(selection: Selection, sure: NDArray[np.float64]) -> dict[int, int]:
    """A country's own claim → the surest one of its entities that is surer and says something else."""
    _, codes = selection.texts
    number = selection.numbers["number"]
    found: dict[int, int] = {}
    for country in selection.countries():
        for part in selection.entities(country):
            own, parts = selection.own[:, country], selection.own[:, part]
            differs = (codes[own] != codes[parts]) & ~same_figure(number[own], number[parts])
            over = (own != NO_LINE) & (parts != NO_LINE) & differs & (sure[parts] > sure[own])
            for row, other in zip(own[over].tolist(), parts[over].tolist(), strict=True):
                if row not in found or sure[other] > sure[found[row]]:
                    found[row] = other
    return found


def _latest(ledger: Ledger, rows: NDArray[np.int64], before: NDArray[np.float64]) -> NDArray[np.int64]:
    """Of each cell the latest of these claims, those first that are greatest in `before`."""
    selection = ledger.scores.selection
    cell = selection.indicator_of[rows] * len(selection.units) + selection.unit_of[rows]
    order = np.lexsort((ledger.scores.observations.numbers("day")[rows], before[rows], cell))
    last = np.append(cell[order][1:] != cell[order][:-1], True) if len(rows) else np.zeros(0, bool)
    return np.sort(rows[order][last])


def check_dates(ledger: Ledger, changes: Changes | None) -> None:
    """Claims that are dated after their source, long after all others, or long after the day that the base scores."""
    observations = ledger.scores.observations
    dates, sources = observations.text("as_of"), observations.text("source")
    # Of each text, to be looked up by its code; an undated claim begins before all.
    first = np.asarray([read_date(text).first for text in dates.texts] + [UNDATED])[dates.codes]
    known = ledger.rulebook.sources
    years = [known[name].year if name in known else None for name in sources.texts] + [None]
    year = np.asarray([one or _NO_YEAR for one in years])[sources.codes]
    ends = [read_date(str(one)).last if one else _NEVER for one in years]
    after = first > np.asarray(ends)[sources.codes]
    long_after = (year == _NO_YEAR) & (first > _latest_of_others(ledger) + _A_YEAR)
    brought, scored = np.zeros(len(first), bool), changes.before.selection.as_of if changes else ""
    if changes is not None and scored:
        came = [change.row for change in changes.claims if change.kind == "added"]
        brought[came] = first[came] > read_date(scored).last + _A_YEAR

    def said(claim: Claim, row: int) -> str:
        if after[row]:
            return f"of {claim.as_of}, and its source {claim.source} is of {year[row]}"
        if brought[row]:
            return f"of {claim.as_of}, over a year after all that the base knows ({scored})"
        return f"of {claim.as_of}, over a year after the claims of all other sources"

    hint = "correct the date, or the year of the source"
    ledger.add_rows("dated-after-source", np.flatnonzero(after | long_after | brought), said, hint, "as_of")


def _latest_of_others(ledger: Ledger) -> NDArray[np.int64]:
    """(claims,): the last day of the latest claim of any other source; never where there is none."""
    observations = ledger.scores.observations
    codes, day = observations.text("source").codes, observations.numbers("day")
    dated = day != UNDATED
    latest = np.full(len(observations.text("source").texts) + 1, -_NEVER)
    np.maximum.at(latest, codes[dated], day[dated])
    *_, second, most = np.sort(np.append(latest, [-_NEVER] * 2))
    others = np.where((latest == most), second, most)[codes]
    return np.where(others == -_NEVER, _NEVER, others)


def check_countries(ledger: Ledger, changes: Changes | None) -> None:
    """Countries that the index does not list, and those that the base has not."""
    selection, rulebook = ledger.scores.selection, ledger.rulebook
    before = {*changes.before.selection.units} if changes else {*selection.units}
    # A change that takes the list away is judged by it.
    listed_ones = rulebook.index.countries or (changes.before.rulebook.index.countries if changes else ())
    for unit in selection.countries():
        country = selection.units[unit]
        mine = selection.claims_of(unit)
        row = int(mine[0]) if len(mine) else None
        if listed_ones and country not in listed_ones:
            said, hint = "is not one of index.countries", "correct the code, or list it in a change of its own"
            ledger.add(
                "new-country", f"{selection.names[unit]} {said}", hint, (country, ""), row=row, known_by="unlisted"
            )
        elif country not in before:
            hint = "see that its code is right: other lists of codes use other letters"
            said = f"{selection.names[unit]} is new to the index"
            ledger.add("new-country", said, hint, (country, ""), row=row, at_most="warning", known_by="new")


def check_figures(ledger: Ledger) -> None:
    """Figures that count and lie beyond the goalposts, and those that stand for none."""
    selection, numbers = ledger.scores.selection, ledger.scores.selection.numbers["number"]
    for at, indicator in enumerate(selection.indicators):
        rows = selection.own[at][selection.own[at] != NO_LINE]
        missing = np.isin(numbers[rows], list(_SENTINEL))
        ledger.add_rows(
            "beyond-goalposts", np.sort(rows[missing]), _no_figure, "leave the cell empty where it is unknown"
        )
        for name, rule in ledger.rulebook.rules.items():
            if rule.ends and rule.weight and rule.reads(name) == (indicator,):
                beyond = rows[~missing & ((numbers[rows] < rule.ends[0]) | (numbers[rows] > rule.ends[1]))]
                _clipped(ledger, name, rule.ends, np.sort(beyond))


def _no_figure(claim: Claim, _: int) -> str:
    return f"{claim.value} looks like a code for a missing figure, and is scored as a figure"


def _clipped(ledger: Ledger, rule: str, ends: tuple[float, float], rows: NDArray[np.int64]) -> None:
    if not len(rows):
        return
    said = [f"{claim.country} {claim.value}" for claim in claims_at(ledger.scores, rows)]
    lie, are = ("figure lies", "counts") if len(rows) == 1 else ("figures lie", "count")
    message = f"{len(rows)} {lie} beyond {ends[0]:g} to {ends[1]:g} and {are} as the end: {listed(said, _NAMED)}"
    hint = "check them; if they are right, see whether the goalposts are"
    ledger.add("beyond-goalposts", message, hint, rules=("rules", rule), known_by=f"{rule}:{','.join(said)}")
