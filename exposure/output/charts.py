"""What a picture shows, as plain data."""

from __future__ import annotations

from typing import NamedTuple

from exposure.output.page import Tone


class Band(NamedTuple):
    """A stretch of the scale with a name."""

    name: str
    low: float
    """Its lower edge; it ends where the next one begins."""
    tone: Tone


class Entry(NamedTuple):
    """A country as every picture shows it."""

    code: str
    """ISO 3166 alpha-3, or XKX."""
    label: str
    rank: str
    said: str
    """The score as printed."""
    band: str
    tone: Tone
    ranked: bool = True
    """False: too little is known; it is hatched."""
    remark: str = ""
    """Why it is not ranked."""


class Bar(NamedTuple):
    """A row of stacked bars."""

    entry: Entry
    parts: tuple[float, ...]
    """Of the whole, in the order of the chart's `parts`."""
    whole: float | None
    """What the parts add up to; None unknown."""
    low: float
    high: float


class Bars(NamedTuple):
    """Rows from the most to the least, each a stack of parts with the interval of its whole."""

    parts: tuple[str, ...]
    rows: tuple[Bar, ...]
    interval: str = "low–high"


class HeatRow(NamedTuple):
    """A row of a heat map."""

    group: str
    label: str
    aside: str
    values: tuple[float | None, ...]
    """One a column; None unknown, NaN where the row does not apply."""


class Heatmap(NamedTuple):
    """Values from light to dark, by row and country, rows of a group together."""

    columns: tuple[Entry, ...]
    rows: tuple[HeatRow, ...]
    aside: str = ""
    """What stands beside the names of the rows."""


class Interval(NamedTuple):
    """A place with the places around it that it might be."""

    entry: Entry
    at: int
    """0: it has no place."""
    low: int
    high: int
    usual: int
    """The place that comes up most."""


class Intervals(NamedTuple):
    """Places from 1 to `places`, each with its interval."""

    rows: tuple[Interval, ...]
    places: int
    axis: str = ""


class Series(NamedTuple):
    """A line over the periods."""

    entry: Entry
    values: tuple[float | None, ...]
    thin: tuple[bool, ...]
    """Where too little is known: dotted and faded."""


class Lines(NamedTuple):
    """Lines over periods, labelled at their ends."""

    periods: tuple[str, ...]
    rows: tuple[Series, ...]


class Regions(NamedTuple):
    """A map of the countries, in the order in which they are listed beside it."""

    rows: tuple[Entry, ...]


class Chart(NamedTuple):
    """A picture of one of these kinds, with what stands above and below it."""

    title: str
    subtitle: str
    description: str
    """What it shows, for whoever does not see it."""
    body: Bars | Heatmap | Intervals | Lines | Regions
    scale: float = 100
    decimals: int = 0
    bands: tuple[Band, ...] = ()
    notes: tuple[str, ...] = ()
