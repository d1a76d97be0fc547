"""How it came to this: the scores of today's rules at the end of every year or month that the observations span."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from exposure.analysis.attribution.game import attributions
from exposure.analysis.attribution.pairing import side_by_side
from exposure.analysis.claims import Claim, claims_at
from exposure.errors import ExposureError
from exposure.observations.cells import UNDATED, Refused, read_date
from exposure.scoring.score import Scores, score
from exposure.scoring.selection import NO_LINE

MOST = 2400
"""Periods that are scored at most: two hundred years of months."""
Every = Literal["year", "month"]


class Cause(NamedTuple):
    """One observation that came to count, and what it moved."""

    claim: Claim | None
    """None where it is not an observation on the country itself that moved it."""
    what: str
    """The cell, `SRB five_g_vendor`, or whose peers moved it."""
    value: float
    """Points of score, full precision."""
    was: str | None
    """What counted before; empty where it was looked for and not found, None where nobody had looked."""

    @property
    def learned(self) -> bool:
        """Whether it is no change of the world that we know of, but something that became known."""
        return self.claim is not None and not self.was


class Step(NamedTuple):
    """A country or entity that stands elsewhere than a period before."""

    period: int
    """Place in `periods`."""
    country: str
    move: float | None
    """Of the published score; None where there is none on either side."""
    causes: tuple[Cause, ...]
    """The largest first; without a score before or after, what came to count, moving nothing."""


@dataclass(frozen=True, eq=False, repr=False)
class Trend:
    """One scoring a period."""

    periods: tuple[str, ...]
    """YYYY or YYYY-MM, in order."""
    scores: tuple[Scores, ...]
    steps: tuple[Step, ...]
    """By period, then country."""


def trend(
    scores: Scores,
    start: str | None = None,
    end: str | None = None,
    every: Every = "year",
    progress: Callable[[float], None] | None = None,
) -> Trend:
    """Every period from `start` to `end`, by default those of the first and the last dated claim up to the scored day.

    Each period is scored on its last day with the latest claims up to then, one that ends after the scored day on
    that day, by the rules as they are. Raises ExposureError for a date that is none, an end before its start or after
    the scored day, or too many periods.
    """
    periods = _periods(scores, start, end, every)
    found: list[Scores] = []
    steps: list[Step] = []
    for at, period in enumerate(periods):
        one = score(scores.observations, scores.rulebook, _day(scores, period))
        found.append(replace(one, fingerprint=scores.fingerprint))
        if at and _moved(found[at - 1], found[at]):
            steps += _steps(at, found[at - 1], found[at])
        if progress:
            progress((at + 1) / len(periods))
    return Trend(tuple(periods), tuple(found), tuple(steps))


def _day(scores: Scores, period: str) -> str:
    """The last day of the period, or the scored day if that is before: what is claimed later does not count."""
    day = scores.selection.as_of
    return day if day and read_date(day).last <= read_date(period).last else period


def _periods(scores: Scores, start: str | None, end: str | None, every: Every) -> list[str]:
    length = 4 if every == "year" else 7
    # A year alone ends in December, so that its months begin there unless a user names it.
    first = _date("--from", start) if start is not None else _dates(scores)[0]
    last = _date("--to", end) if end is not None else _dates(scores)[1]
    begin, finish = _within(first, length, "01" if start is not None else "12"), _within(last, length, "12")
    day = scores.selection.as_of
    if end is not None and day and finish > _within(day, length, "12"):
        raise ExposureError(f"--to {end} is after {day}, the day that is scored; --as-of names a later one")
    if begin > finish:
        raise ExposureError(f"--from {begin} is after --to {finish}; there is no period between them")
    found: list[str] = []
    for period in _counted(begin, finish, every):
        if len(found) == MOST:
            raise ExposureError(f"more than {MOST} periods from {begin} to {finish}; choose fewer with --from, --to")
        found.append(period)
    return found


def _within(text: str, length: int, month: str) -> str:
    """The year or month of a date; of a year alone this month."""
    return (text if len(text) >= length else f"{text}-{month}")[:length]


def _dates(scores: Scores) -> tuple[str, str]:
    """The first date of a claim, and the scored day."""
    observations = scores.observations
    precision, day = observations.numbers("precision"), observations.numbers("day")
    as_of = scores.selection.as_of
    rows = np.flatnonzero((precision >= 0) & (day <= (read_date(as_of).last if as_of else UNDATED)))
    if not len(rows):
        when = f"is dated up to {as_of}" if (precision >= 0).any() else "has a date"
        raise ExposureError(f"no observation {when}; a trend needs dates, or --from and --to")
    words = observations.text("as_of")
    return words.texts[int(words.codes[rows[np.argmin(day[rows])]])], as_of


def _date(option: str, text: str) -> str:
    try:
        found = read_date(text).text
    except Refused as no:
        raise ExposureError(f"{option}: {no.message}; {no.hint}") from None
    if not found:
        raise ExposureError(f"{option}: no date; write YYYY, YYYY-MM or YYYY-MM-DD")
    return found


def _counted(begin: str, finish: str, every: Every) -> Iterator[str]:
    if every == "year":
        yield from (f"{year:04}" for year in range(int(begin), int(finish) + 1))
        return
    month, stop = (int(text[:4]) * 12 + int(text[5:]) - 1 for text in (begin, finish))
    yield from (f"{at // 12:04}-{at % 12 + 1:02}" for at in range(month, stop + 1))


def _moved(before: Scores, after: Scores) -> bool:
    """Whether any other claim counts; what is contested moves no score."""
    return not np.array_equal(before.selection.own, after.selection.own)


def _steps(period: int, before: Scores, after: Scores) -> list[Step]:
    began, was = _began(before, after), _before(before)
    shared = attributions(side_by_side(before, after))
    found = []
    for unit, code in enumerate(after.selection.units):
        old, new = float(before.score[unit]), float(after.score[unit])
        parts = shared[code].parts if code in shared else ()
        if np.isnan(new) or (old == new and not parts):
            continue
        causes = [
            Cause(began.get(part.what) if part.kind == "data" else None, part.what, part.value, was.get(part.what))
            for part in parts
        ]
        if np.isnan(old):
            causes = [
                Cause(claim, cell, 0.0, was.get(cell))
                for cell, claim in began.items()
                if claim.country == code and claim.value
            ]
        found.append(Step(period, code, None if np.isnan(old) else new - old, tuple(causes)))
    return found


def _began(before: Scores, after: Scores) -> dict[str, Claim]:
    """Cells whose claim that counts is another, with it."""
    old, new = before.selection, after.selection
    changed = (old.own != new.own) & (new.own != NO_LINE)
    return {f"{claim.country} {claim.indicator}": claim for claim in claims_at(after, np.sort(new.own[changed]))}


def _before(scores: Scores) -> dict[str, str]:
    """Cell → the value that counts."""
    own = scores.selection.own
    return {
        f"{claim.country} {claim.indicator}": claim.value for claim in claims_at(scores, np.sort(own[own != NO_LINE]))
    }
