"""What every picture has: its title, its notes, its colours, its legend and how a name is made to fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from exposure.output.charts import Chart, Entry
from exposure.output.page import Tone
from exposure.output.sheet import BLACK, GREY, INK, PAPER, Look, Sheet, fitted, width_of, wrapped

TONES: dict[Tone, str] = {"good": "#c3e0e8", "fair": "#e0a33a", "poor": "#b8521a", "bad": "#7d1128"}
"""From pale blue over amber to dark red: told apart by hue with any colour vision, and by darkness in grey."""
NO_TONE = "#8a8a8a"
WHISKER = "whisker"
"""In a legend, instead of a colour: the line of an interval."""
NOT_RANKED = ("", "not ranked: too little known")
"""In a legend: what is hatched."""


class Area(NamedTuple):
    """Where the chart itself goes; without a bottom it may be as high as it needs."""

    left: float
    top: float
    right: float
    bottom: float | None

    @property
    def width(self) -> float:
        """From its left edge to its right one."""
        return self.right - self.left

    def row(self, count: int, look: Look) -> float:
        """The height of one of so many rows."""
        wanted = look.row
        return wanted if self.bottom is None else min((self.bottom - self.top) / max(count, 1), wanted * 1.25)


def left_out(shown: int, count: int, what: str = "") -> tuple[str, ...]:
    """A note on what no reader could make out any more."""
    return (f"The first {shown} of {count}{what}; the table has all.",) if count > shown else ()


def inner(chart: Chart, more: Sequence[str], look: Look) -> Area:
    """What the title, the subtitle and the notes, `more` first, leave to the chart itself."""
    title, subtitle, notes = _words(chart, more, look)
    top = look.margin * 0.8 + len(title) * look.title * 1.2 + len(subtitle) * look.small * 1.5 + look.base * 0.9
    foot = look.margin * 0.6 + len(notes) * look.small * 1.35 + look.base * 0.4
    return Area(look.margin, top, look.width - look.margin, None if look.height is None else look.height - foot)


def framed(chart: Chart, more: Sequence[str], sheet: Sheet, body: Callable[[Area], float]) -> None:
    """Title and subtitle, what `body` draws into the area between (giving its bottom), and the notes, `more` first.

    Sets the height of a sheet that has none.
    """
    look = sheet.look
    title, subtitle, notes = _words(chart, more, look)
    y = look.margin * 0.8
    for lines, size, leading, ink in ((title, look.title, 1.2, INK), (subtitle, look.small, 1.5, GREY)):
        for line in lines:
            sheet.text(look.margin, y + size * leading / 2, line, size, ink, bold=lines is title)
            y += size * leading
    area = inner(chart, more, look)
    end = body(area)
    y = (end if area.bottom is None else area.bottom) + look.base * 0.4
    for line in notes:
        sheet.text(look.margin, y + look.small * 0.675, line, look.small, GREY)
        y += look.small * 1.35
    if look.height is None:
        sheet.height = y + look.margin * 0.6


def _words(chart: Chart, more: Sequence[str], look: Look) -> tuple[list[str], list[str], list[str]]:
    """Title, subtitle and notes in lines."""
    wide = look.width - 2 * look.margin
    title = wrapped(chart.title, look.title, wide, 2, bold=True)
    notes = [line for note in (*more, *chart.notes) for line in wrapped(note, look.small, wide, 4)]
    return title, wrapped(chart.subtitle, look.small, wide, 2), notes


def fill_of(entry: Entry) -> str:
    """The colour of a country's band; none where it is not ranked, which is drawn hatched."""
    return TONES.get(entry.tone, NO_TONE) if entry.ranked else ""


def on(fill: str) -> str:
    """Black or white, whichever is read better on this colour (WCAG 2.1, relative luminance)."""
    parts = [int(fill[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return BLACK if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else PAPER


def legend(sheet: Sheet, area: Area, keys: Sequence[tuple[str, str]]) -> float:
    """Swatches with their names in as many lines as they need, giving the bottom; no colour is a hatched one."""
    size, x, y = sheet.look.small, area.left, area.top
    side = size * 1.05
    for fill, name in keys:
        name = fitted(name, size, area.width - side * 2)
        wide = side * 1.5 + width_of(name, size) + size * 1.6
        if x > area.left and x + wide - size * 1.6 > area.right:
            x, y = area.left, y + size * 1.7
        if fill == WHISKER:
            whisker(sheet, x, x + side * 1.2, y + side / 2)
        else:
            sheet.box(x, y, side, side, fill, INK)
        sheet.text(x + side * 1.5, y + side / 2, name, size)
        x += wide
    return y + size * 1.9


def whisker(sheet: Sheet, low: float, high: float, y: float) -> None:
    """A level line with a stroke across either end."""
    thick, cap = sheet.look.small / 8, sheet.look.small * 0.26
    sheet.line([(low, y), (high, y)], INK, thick)
    for x in (low, high):
        sheet.line([(x, y - cap), (x, y + cap)], INK, thick)


def widest(texts: Sequence[str], size: float, most: float) -> float:
    """The room that the longest of the texts takes, at most `most`."""
    return min(max((width_of(text, size) for text in texts), default=0.0), most)


def named(sheet: Sheet, name: str, x: float, y: float, right: float, size: float) -> None:
    """A name in front of its row, in two smaller lines where it is too long for one."""
    if width_of(name, size) <= right - x:
        sheet.text(x, y, name, size)
        return
    lines = wrapped(name, size * 0.85, right - x, 2)
    for number, line in enumerate(lines):
        sheet.text(x, y + (number - (len(lines) - 1) / 2) * size * 1.05, line, size * 0.85)
