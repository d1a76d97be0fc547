"""Which claim counts for each country and indicator on a given day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exposure.errors import ExposureError
from exposure.observations.cells import UNDATED, Refused, days_before, read_date
from exposure.observations.columns import TextColumn, same_figure
from exposure.observations.model import CONFIDENCE, Observations
from exposure.rulebook.conditions import NOT_APPLICABLE
from exposure.rulebook.kinds.rule import ClaimSeverities, Rule
from exposure.rulebook.model import Rulebook

NO_LINE = -1
"""Instead of a claim: none that has a value."""
_ANY = 2**31
UNSTATED = CONFIDENCE.index("medium")
"""The confidence that a claim without one counts with."""
COUNTS, CONTESTS, SUPERSEDED, TOO_OLD, SEARCHED, LATER = range(6)
"""How a claim stands: for its country, beside the one that counts, overtaken by a later period, beyond `max_age`,
empty (a search that found nothing), after the scored day."""


@dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """The claims that count, and those that contest them; the arrays hold row numbers of `claims`."""

    observations: Observations
    units: tuple[str, ...]
    """Codes of the countries and entities, sorted."""
    names: tuple[str, ...]
    parent: NDArray[np.int64]
    """For an entity the place of its country in `units`, else -1."""
    share: NDArray[np.float64]
    indicators: tuple[str, ...]
    own: NDArray[np.int64]
    """(indicators, units): the claim that counts, or NO_LINE."""
    contested: NDArray[np.int64]
    """Claims that no later period supersedes, those that count included."""
    as_of: str
    """The day scored, as given or as the latest claim with a value states it; empty where none is dated."""
    limit: int
    """The last day that is looked at: that of a day asked for, else any."""

    @cached_property
    def unit_of(self) -> NDArray[np.int64]:
        """(claims,): the place in `units` of the country each claim is about."""
        return _places(self.observations.text("country"), self.units)

    @cached_property
    def indicator_of(self) -> NDArray[np.int64]:
        """(claims,): the place in `indicators` of what each claim is about."""
        return _places(self.observations.text("indicator"), self.indicators)

    @cached_property
    def texts(self) -> tuple[Sequence[str], NDArray[np.int32]]:
        """The distinct values, and (claims,) the place of each claim's value among them."""
        return self.observations.text("value")

    @cached_property
    def numbers(self) -> dict[str, NDArray[np.float64]]:
        """Columns number, low, high and sure of the claims."""
        return {name: self.observations.numbers(name) for name in ("number", "low", "high", "sure")}

    @cached_property
    def applies(self) -> NDArray[np.bool_]:
        """(claims,): whether they say more than that the indicator does not apply."""
        return ~self.observations.text("value").rows(NOT_APPLICABLE)

    @cached_property
    def standing(self) -> NDArray[np.int8]:
        """(claims,): how each stands, COUNTS to LATER."""
        day = self.observations.numbers("day")
        standing = np.full(len(day), SUPERSEDED, np.int8)
        scored = read_date(self.as_of).last
        standing[_too_old(self.observations, self.indicator_of, scored)] = TOO_OLD
        standing[self.observations.text("value").rows("")] = SEARCHED
        standing[day > self.limit] = LATER
        standing[self.contested] = CONTESTS
        standing[self.own[self.own != NO_LINE]] = COUNTS
        return standing

    @cached_property
    def alone(self) -> NDArray[np.bool_]:
        """(claims,): of those that count, whether no other source says the same of that time."""
        rows, number = self.contested, self.numbers["number"]
        counts = self.own[self.indicator_of[rows], self.unit_of[rows]]
        value, source = self.texts[1], self.observations.text("source").codes
        agrees = (value[rows] == value[counts]) | same_figure(number[rows], number[counts])
        alone = np.ones(len(value), bool)
        alone[counts[agrees & (source[rows] != source[counts])]] = False
        return alone

    def claims_of(self, unit: int) -> NDArray[np.int64]:
        """All claims on a country or entity, of whatever date, in the order of the file."""
        return np.flatnonzero(np.equal(self.unit_of, unit))

    def latest(self) -> Selection:
        """The same with nothing but the claims that count or contest, numbered as in `contested`."""
        rows = self.contested
        taken = self.observations.taken(rows)
        observations = replace(taken, columns={**taken.columns, "value": taken.text("value").used()})
        own = np.where(self.own == NO_LINE, NO_LINE, np.searchsorted(rows, self.own))
        return replace(self, observations=observations, own=own, contested=np.arange(len(rows)))

    def severities_by(self, rule: Rule, indicator: str, scale: float) -> ClaimSeverities:
        """Severity of the claims as a rule reads them, all taken to be on this indicator."""
        return rule.severities(indicator, self, scale)

    @cached_property
    def is_country(self) -> NDArray[np.bool_]:
        """(units,): countries, as against the entities listed under them."""
        return np.less(self.parent, 0)

    def countries(self) -> list[int]:
        """The countries, in the order of `units`."""
        return np.flatnonzero(self.is_country).tolist()

    def entities(self, country: int) -> list[int]:
        """The entities of a country, by name."""
        return sorted(np.flatnonzero(self.parent == country).tolist(), key=self.names.__getitem__)

    def line(self, indicator: str) -> NDArray[np.int64]:
        """(units,): the claim that counts for this indicator, or NO_LINE."""
        return self.own[self.indicators.index(indicator)]

    def behind(self, unit: int) -> list[list[int]]:
        """By indicator the claims that count for a unit: its own, its country's, or else those of its entities."""
        own, parent = self.own[:, unit], self.parent[unit]
        one = own if parent < 0 else np.where(own == NO_LINE, self.own[:, parent], own)
        parts = self.own[:, self.parent == unit].tolist()
        return [
            [row] if row != NO_LINE else [part for part in of_parts if part != NO_LINE]
            for row, of_parts in zip(one.tolist(), parts, strict=True)
        ]

    def effective(self, indicator: str) -> NDArray[np.int64]:
        """(units,): own lines, and for an entity without one its country's."""
        own = self.line(indicator)
        return np.where((own == NO_LINE) & (self.parent >= 0), own[self.parent], own)

    def peers(self, indicator: str) -> NDArray[np.float64]:
        """The figures of the countries that have one of their own."""
        own = self.line(indicator)
        figures = self.numbers["number"][own[self.is_country & (own != NO_LINE)]]
        return figures[~np.isnan(figures)]


def select(observations: Observations, rulebook: Rulebook, as_of: str | None = None) -> Selection:
    """The claims that count on `as_of`, by default the last day of the latest claim with a value.

    One value supersedes another only if its whole period is later. Of those that are left the surest counts, then the
    more precise date, then the later end, then the order of the sources. Raises ExposureError where `as_of` is no date.
    """
    day, precision = observations.numbers("day"), observations.numbers("precision")
    valued = ~observations.text("value").rows("")
    text, scored, limit = _scored_day(observations, valued, as_of)
    units, parent, share = _units(observations, rulebook)
    indicators = tuple(observations.indicators)
    about = _places(observations.text("indicator"), indicators)
    cell = about * len(units) + _places(observations.text("country"), units)
    rows = np.flatnonzero(valued & (day <= scored) & ~_too_old(observations, about, scored))
    first = _of_words(observations.text("as_of").taken(rows), lambda said: read_date(said).first)
    latest = np.full(len(indicators) * len(units), np.iinfo(np.int64).min)
    np.maximum.at(latest, cell[rows], first)
    contested = rows[day[rows] >= latest[cell[rows]]]
    place = {source: -at for at, source in enumerate(rulebook.sources)}
    source = _of_words(observations.text("source"), lambda source: place.get(source, -len(place)))
    sure = observations.numbers("sure")[contested]
    sure = np.where(sure < 0, UNSTATED, sure)
    by_standing = np.lexsort((source[contested], day[contested], precision[contested], sure, cell[contested]))
    ordered = contested[by_standing]
    own = np.full(len(latest), NO_LINE)
    # The last of several assignments stands.
    own[cell[ordered]] = ordered
    names = tuple(observations.gazetteer.name(unit) for unit in units)
    shape = (len(indicators), len(units))
    return Selection(observations, units, names, parent, share, indicators, own.reshape(shape), contested, text, limit)


def asked_day(selection: Selection) -> str | None:
    """The day that was asked for; None where it is that of the latest claim."""
    return selection.as_of if selection.limit < _ANY else None


def _too_old(observations: Observations, about: NDArray[np.int64], scored: int) -> NDArray[np.bool_]:
    """(claims,): beyond the age that its indicator allows; a claim without a date has none."""
    ages = [indicator.max_age for indicator in observations.indicators.values()]
    day = observations.numbers("day")
    if not any(ages) or scored == UNDATED:
        return np.zeros(len(day), bool)
    oldest = np.asarray([days_before(scored, age) if age else UNDATED for age in ages])
    return (day < oldest[about]) & (day != UNDATED)


def _scored_day(observations: Observations, valued: NDArray[np.bool_], as_of: str | None) -> tuple[str, int, int]:
    """The day as it is written, its last day, and the last day that is looked at."""
    if as_of is not None:
        try:
            read = read_date(as_of)
        except Refused as no:
            raise ExposureError(f"--as-of: {no.message}; {no.hint}") from None
        if read.text:
            return read.text, read.last, read.last
    day = observations.numbers("day")
    if not len(day):
        return "", UNDATED, _ANY
    among = valued if valued.any() else ~valued
    latest = np.flatnonzero(among & (day == day[among].max()))
    latest = latest[np.argmax(observations.numbers("precision")[latest])]
    dates = observations.text("as_of")
    return dates.texts[int(dates.codes[latest])], int(day[latest]), _ANY


def _units(
    observations: Observations, rulebook: Rulebook
) -> tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.float64]]:
    parts = rulebook.entities.parts
    # The texts and not the claims: a wide row without any value is a country of which nothing is known.
    present = set(observations.text("country").texts)
    split = {parts[code].part_of for code in present if code in parts}
    # A sister entity without any line is there too: what is not known of it must not look known.
    present |= split | {code for code, part in parts.items() if part.part_of in split}
    units = tuple(sorted(present))
    place = {code: at for at, code in enumerate(units)}
    parent = [place[parts[code].part_of] if code in parts else -1 for code in units]
    share = [parts[code].share if code in parts else 1.0 for code in units]
    return units, np.asarray(parent, np.int64), np.asarray(share, float)


def _places(words: TextColumn, order: tuple[str, ...]) -> NDArray[np.int64]:
    """(claims,): the place of each claim's word in `order`."""
    place = {word: at for at, word in enumerate(order)}
    return _of_words(words, place.__getitem__)


def _of_words(words: TextColumn, number: Callable[[str], int]) -> NDArray[np.int64]:
    """(claims,): the number of each claim's word."""
    numbers = np.asarray([number(word) for word in words.texts], np.int64)
    return numbers[words.codes] if len(numbers) else numbers
