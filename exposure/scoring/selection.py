"""Which claim counts for each country and indicator on a given day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from exposure.errors import ExposureError
from exposure.observations.cells import UNDATED, Refused, read_date

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exposure.observations.reading import Observations
    from exposure.rulebook.model import Rulebook

NO_LINE = -1
"""Instead of a claim: nobody looked."""


@dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """The claims that count, and those that contest them."""

    claims: pd.DataFrame
    """All claims of the file; the arrays below hold row numbers of it."""
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
    """Claims on the same latest date as one that counts, that one included."""
    as_of: str
    """The day scored, as given or as the latest claim states it; empty where no claim is dated."""

    @cached_property
    def unit_of(self) -> NDArray[np.int64]:
        """(claims,): the place in `units` of the country each claim is about."""
        return _places(self.claims["country"], self.units)

    @cached_property
    def indicator_of(self) -> NDArray[np.int64]:
        """(claims,): the place in `indicators` of what each claim is about."""
        return _places(self.claims["indicator"], self.indicators)

    @cached_property
    def texts(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """The distinct values, and (claims,) the place of each claim's value among them."""
        values = self.claims["value"].array
        return tuple(map(str, values.categories)), values.codes.astype(np.int64)

    @cached_property
    def numbers(self) -> dict[str, NDArray[np.float64]]:
        """Columns number, low, high and sure of the claims."""
        return {name: self.claims[name].to_numpy() for name in ("number", "low", "high", "sure")}

    @cached_property
    def is_country(self) -> NDArray[np.bool_]:
        """(units,): ranked countries, as against the entities listed under them."""
        return np.less(self.parent, 0)

    def line(self, indicator: str) -> NDArray[np.int64]:
        """(units,): the claim that counts for this indicator, or NO_LINE."""
        return self.own[self.indicators.index(indicator)]

    def effective(self, indicator: str) -> NDArray[np.int64]:
        """(units,): own lines, and for an entity without one its country's."""
        own = self.line(indicator)
        return np.where((own == NO_LINE) & (self.parent >= 0), own[self.parent], own)


def select(observations: Observations, rulebook: Rulebook, as_of: str | None = None) -> Selection:
    """The claims that count on `as_of`, by default the day of the latest claim.

    The latest claim counts even if it is empty; on one day the more precise date, then the surer
    claim, then the order of the sources decides. Raises ExposureError where `as_of` is no date.
    """
    claims = observations.claims
    day, precision = claims["day"].to_numpy(), claims["precision"].to_numpy()
    text, limit = _scored_day(claims, day, precision, as_of)
    units, parent, share = _units(claims, rulebook)
    indicators = tuple(observations.indicators)
    cell = _places(claims["indicator"], indicators) * len(units) + _places(claims["country"], units)
    order = {source: -place for place, source in enumerate(rulebook.sources)}
    sources = claims["source"].array
    trust = np.asarray([order.get(str(source), -len(order)) for source in sources.categories], np.int64)
    trust = trust[sources.codes] if len(trust) else np.zeros(0, np.int64)
    now = np.flatnonzero(day <= limit)
    now = now[np.lexsort((trust[now], claims["sure"].to_numpy()[now], precision[now], day[now], cell[now]))]
    last = np.ones(len(now), bool)
    last[:-1] = cell[now[1:]] != cell[now[:-1]]
    own = np.full(len(indicators) * len(units), NO_LINE)
    own[cell[now[last]]] = now[last]
    winner = own[cell[now]]
    contested = now[(day[now] == day[winner]) & (precision[now] == precision[winner])]
    names = tuple(observations.gazetteer.name(unit) for unit in units)
    shape = (len(indicators), len(units))
    return Selection(claims, units, names, parent, share, indicators, own.reshape(shape), np.sort(contested), text)


def _scored_day(
    claims: pd.DataFrame, day: NDArray[np.int64], precision: NDArray[np.int8], as_of: str | None
) -> tuple[str, int]:
    if as_of is not None:
        try:
            read = read_date(as_of)
        except Refused as no:
            raise ExposureError(f"--as-of: {no.message}; {no.hint}") from None
        if read.text:
            return read.text, read.last
    if not len(claims):
        return "", UNDATED
    latest = int(np.lexsort((precision, day))[-1])
    return str(claims["as_of"].iloc[latest]), int(day[latest])


def _units(claims: pd.DataFrame, rulebook: Rulebook) -> tuple[tuple[str, ...], NDArray[np.int64], NDArray[np.float64]]:
    parts = rulebook.entities.parts
    # The categories and not the claims: a wide row without any value is a country of which nothing is known.
    present = {str(code) for code in claims["country"].cat.categories}
    split = {parts[code].part_of for code in present if code in parts}
    # A sister entity without any line is there too: what is not known of it must not look known.
    present |= split | {code for code, part in parts.items() if part.part_of in split}
    units = tuple(sorted(present))
    place = {code: at for at, code in enumerate(units)}
    parent = [place[parts[code].part_of] if code in parts else -1 for code in units]
    share = [parts[code].share if code in parts else 1.0 for code in units]
    return units, np.asarray(parent, np.int64), np.asarray(share, float)


def _places(column: pd.Series, order: tuple[str, ...]) -> NDArray[np.int64]:
    """(claims,): the place of each claim's word in `order`."""
    place = {word: at for at, word in enumerate(order)}
    words = column.array
    of_words = np.asarray([place[str(word)] for word in words.categories], np.int64)
    return of_words[words.codes] if len(of_words) else np.zeros(0, np.int64)
