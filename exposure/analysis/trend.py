"""The scores by today's rules at the end of every year or month that the observations span."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
    units: Sequence[int] | None = None,
) -> Trend:
    """Every period from `start` to `end`, by default those of the first and the last dated claim up to the scored day.

    Each period is scored on its last day with the latest claims up to then, one that ends after the scored day on
    that day, by the rules as they are. The steps are those of `units`, by default of all. Raises ExposureError for a
    date that is none, an end before its start or after the scored day, or too many periods.
    """
    periods = _periods(scores, start, end, every)
    chosen = range(len(scores.selection.units)) if units is None else sorted(units)
    over_time: list[Scores] = []
    steps: list[Step] = []
    day = scores.selection.as_of
    for at, period in enumerate(periods):
        # What is claimed after the scored day does not count.
        until = day if day and read_date(day).last <= read_date(period).last else period
        over_time.append(score(scores.observations, scores.rulebook, until))
        if at:
            steps += _steps(at, over_time[at - 1], over_time[at], chosen)
        if progress:
            progress((at + 1) / len(periods))
    return Trend(tuple(periods), tuple(over_time), tuple(steps))


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
    months = (int(text[:4]) * 12 + int(text[5:] or 1) - 1 for text in (begin, finish))
    numbers = range(next(months), next(months) + 1, 12 if every == "year" else 1)
    if len(numbers) > MOST:
        raise ExposureError(f"more than {MOST} periods from {begin} to {finish}; choose fewer with --from, --to")
    return [f"{at // 12:04}-{at % 12 + 1:02}"[:length] for at in numbers]


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
        date = read_date(text).text
    except Refused as no:
        raise ExposureError(f"{option}: {no.message}; {no.hint}") from None
    if not date:
        raise ExposureError(f"{option}: no date; write YYYY, YYYY-MM or YYYY-MM-DD")
    return date


def _steps(period: int, before: Scores, after: Scores, units: Sequence[int]) -> list[Step]:
    """The steps of these units; what is contested moves no score."""
    changed = before.selection.own != after.selection.own
    if not changed.any():
        return []
    codes = [after.selection.units[unit] for unit in units]
    shared = attributions(side_by_side(before, after), codes)
    # A unit is moved by its own cells, by those of its country and its entities, and by peers.
    parent = after.selection.parent
    head = np.where(parent < 0, np.arange(len(parent)), parent)
    changed &= np.isin(head, head[list(units)])
    began = _counting(after, changed)
    was = {cell: claim.value for cell, claim in _counting(before, changed).items()}
    steps = []
    for unit, code in zip(units, codes, strict=True):
        old, new = float(before.score[unit]), float(after.score[unit])
        parts = shared[code].parts if code in shared else ()
        if np.isnan(new) or (old == new and not parts):
            continue
        causes = [
            Cause(began.get(part.what) if part.kind == "data" else None, part.what, part.value, was.get(part.what))
            for part in parts
        ]
        if first := np.isnan(old):
            causes = _first(code, began, was)
        steps.append(Step(period, code, None if first else new - old, tuple(causes)))
    return steps


def _first(code: str, began: dict[str, Claim], was: dict[str, str]) -> list[Cause]:
    """What came to count of a country that had no score."""
    own = [(cell, claim) for cell, claim in began.items() if claim.country == code and claim.value]
    return [Cause(claim, cell, 0.0, was.get(cell)) for cell, claim in own]


def _counting(scores: Scores, cells: NDArray[np.bool_]) -> dict[str, Claim]:
    """The claims that count in these cells (indicators, units), by cell."""
    rows = scores.selection.own[cells]
    return {f"{claim.country} {claim.indicator}": claim for claim in claims_at(scores, np.sort(rows[rows != NO_LINE]))}
