"""What a picture shows, as plain data, and the picture of it as SVG, PNG or PDF."""

from __future__ import annotations

from typing import NamedTuple

from exposure.output.page import Tone
from exposure.output.sheet import Form, Size, paint


class Band(NamedTuple):
    """A stretch of the scale with a name."""

    name: str
    low: float
    """Its lower edge; it ends where the next one begins."""
    tone: Tone


class Bar(NamedTuple):
    """A row of stacked bars."""

    place: str
    label: str
    parts: tuple[float, ...]
    """Of the whole, in the order of the chart's `parts`."""
    whole: float | None
    """What the parts add up to; None unknown."""
    low: float
    high: float
    said: str
    """The whole as printed."""
    band: str
    tone: Tone
    ranked: bool = True
    """False: too little is known; the bar is hatched."""
    remark: str = ""


class Bars(NamedTuple):
    """Rows from the most to the least, each a stack of parts with the interval of its whole."""

    title: str
    subtitle: str
    description: str
    parts: tuple[str, ...]
    rows: tuple[Bar, ...]
    scale: float
    decimals: int
    bands: tuple[Band, ...] = ()
    interval: str = "low–high"
    notes: tuple[str, ...] = ()


class HeatRow(NamedTuple):
    """A row of a heat map."""

    group: str
    label: str
    aside: str
    values: tuple[float | None, ...]
    """One a column; None unknown."""


class Heatmap(NamedTuple):
    """Values from light to dark, by row and column, rows of a group together."""

    title: str
    subtitle: str
    description: str
    columns: tuple[str, ...]
    short: tuple[str, ...]
    """The columns' names where there is no room for the whole ones."""
    rows: tuple[HeatRow, ...]
    scale: float
    decimals: int = 0
    ends: tuple[str, str] = ("none", "full")
    """What the ends of the scale are called."""
    aside: str = ""
    notes: tuple[str, ...] = ()


class Interval(NamedTuple):
    """A place with the places around it that it might be."""

    label: str
    at: int
    """0: it has no place."""
    low: int
    high: int
    usual: int
    """The place that comes up most."""
    tone: Tone
    remark: str = ""


class Intervals(NamedTuple):
    """Places from 1 to `places`, each with its interval."""

    title: str
    subtitle: str
    description: str
    rows: tuple[Interval, ...]
    places: int
    axis: str = ""
    notes: tuple[str, ...] = ()


class Series(NamedTuple):
    """A line over the periods."""

    label: str
    values: tuple[float | None, ...]
    thin: tuple[bool, ...]
    """Where too little is known: dotted and faded."""
    said: str


class Lines(NamedTuple):
    """Lines over periods, labelled at their ends."""

    title: str
    subtitle: str
    description: str
    periods: tuple[str, ...]
    series: tuple[Series, ...]
    scale: float
    bands: tuple[Band, ...] = ()
    notes: tuple[str, ...] = ()


class Region(NamedTuple):
    """A country of a map."""

    code: str
    """ISO 3166 alpha-3, or XKX."""
    place: str
    label: str
    said: str
    band: str
    tone: Tone
    ranked: bool
    """False: hatched."""


class Regions(NamedTuple):
    """A map of the countries, in the order in which they are listed beside it."""

    title: str
    subtitle: str
    description: str
    regions: tuple[Region, ...]
    bands: tuple[Band, ...]
    notes: tuple[str, ...] = ()


class End(NamedTuple):
    """One side of a slope."""

    place: str
    value: float
    said: str
    tone: Tone
    ranked: bool


class Change(NamedTuple):
    """A value before and after; None where there was or is none."""

    label: str
    before: End | None
    after: End | None
    move: str


class Slope(NamedTuple):
    """Values before and after, joined by lines."""

    title: str
    subtitle: str
    description: str
    sides: tuple[str, str]
    rows: tuple[Change, ...]
    scale: float
    bands: tuple[Band, ...] = ()
    notes: tuple[str, ...] = ()


Chart = Bars | Heatmap | Intervals | Lines | Regions | Slope


def drawn(chart: Chart, form: Form, size: Size = "slide") -> bytes:
    """The picture as the bytes of a file; the same chart gives the same bytes.

    A slide is 16:9, a column 3.5 inches wide and as high as it needs. Raises ExposureError where matplotlib is not
    installed, and for a map on which none of the countries is.
    """
    from exposure.output.plots import draw

    return paint(size, form, lambda sheet: draw(chart, sheet), chart.title, chart.description)
