"""How each chart is laid out on a sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from exposure.output.charts import Bars, Heatmap, Intervals, Lines, Regions, Slope
from exposure.output.sheet import BLACK, GREY, INK, PAPER, RULE, Align, Look, Point, Sheet, fitted, width_of, wrapped

if TYPE_CHECKING:
    from exposure.output.charts import Band, Bar, Change, Chart, End
    from exposure.output.page import Tone

TONES: dict[Tone, str] = {"good": "#c3e0e8", "fair": "#e0a33a", "poor": "#b8521a", "bad": "#7d1128"}
"""From pale blue over amber to dark red: told apart by hue with any colour vision, and by darkness in grey."""
NO_TONE = "#8a8a8a"
PARTS = ("#24406b", "#7fb6dc", "#6a5a8c", "#d9cdb0", "#3c7d5a", "#d79aa8", "#8a7a4a", "#b9b9b9")
"""Parts of a bar: neighbours differ in darkness, and none looks like a band."""
STROKES = ("#7d1128", "#24406b", "#b8521a", "#2f7d5a", "#6a4fa3", "#2a7fb0", "#7a6212", "#555555")
"""Lines: dark enough on white."""
SHAPES = "osD^v<>p"
WHISKER = "whisker"
"""In a legend, instead of a colour: the line of an interval."""
_COLUMNS, _SERIES = 40, 12
"""Columns of a heat map and lines of a trend at most; of more none could be read."""
Place = Callable[[float], float]
_RISE, _FALL = "#b8521a", "#24406b"


class Area(NamedTuple):
    """Where the chart itself goes; without a bottom it may be as high as it needs."""

    left: float
    top: float
    right: float
    bottom: float | None

    def row(self, count: int, look: Look) -> float:
        """The height of one of so many rows."""
        wanted = look.row
        return wanted if self.bottom is None else min((self.bottom - self.top) / max(count, 1), wanted * 1.25)


def draw(chart: Chart, sheet: Sheet) -> None:
    """Draws the chart with its title, subtitle and notes; sets the height of a sheet that has none."""
    rows = 20 if sheet.look.height else 40
    if isinstance(chart, Regions):
        from exposure.output.maps import left_out, regions

        located = chart._replace(notes=(*left_out(chart), *chart.notes))
        framed(located, sheet, lambda area: regions(located, sheet, area))
    elif isinstance(chart, Bars):
        bars = chart._replace(rows=chart.rows[:rows], notes=_left_out(chart.notes, len(chart.rows), rows))
        framed(bars, sheet, lambda area: _bars(bars, sheet, area))
    elif isinstance(chart, Heatmap):
        notes = _left_out(chart.notes, len(chart.columns), _COLUMNS)
        heatmap = chart._replace(columns=chart.columns[:_COLUMNS], short=chart.short[:_COLUMNS], notes=notes)
        framed(heatmap, sheet, lambda area: _heatmap(heatmap, sheet, area))
    elif isinstance(chart, Intervals):
        intervals = chart._replace(rows=chart.rows[:rows], notes=_left_out(chart.notes, len(chart.rows), rows))
        framed(intervals, sheet, lambda area: _intervals(intervals, sheet, area))
    elif isinstance(chart, Lines):
        notes = _left_out(chart.notes, len(chart.series), _SERIES)
        lines = chart._replace(series=chart.series[:_SERIES], notes=notes)
        framed(lines, sheet, lambda area: _lines(lines, sheet, area))
    else:
        slope = chart._replace(rows=chart.rows[:rows], notes=_left_out(chart.notes, len(chart.rows), rows))
        framed(slope, sheet, lambda area: _slope(slope, sheet, area))


def _left_out(notes: tuple[str, ...], count: int, most: int) -> tuple[str, ...]:
    """The notes with one on what no reader could make out any more."""
    return (f"The first {most} of {count}; the table has all.", *notes) if count > most else notes


def framed(chart: Chart, sheet: Sheet, body: Callable[[Area], float]) -> None:
    """Title and subtitle, what `body` draws into the area between (giving its bottom), and the notes."""
    look = sheet.look
    wide = look.width - 2 * look.margin
    y = look.margin * 0.8
    for line in wrapped(chart.title, look.title, wide, 2, bold=True):
        y += look.title * 0.6
        sheet.text(look.margin, y, line, look.title, bold=True)
        y += look.title * 0.6
    for line in wrapped(chart.subtitle, look.small, wide, 2):
        y += look.small
        sheet.text(look.margin, y, line, look.small, GREY)
        y += look.small * 0.5
    y += look.base * 0.9
    notes = [line for note in chart.notes for line in wrapped(note, look.small, wide, 4)]
    leading = look.small * 1.35
    bottom = None if look.height is None else look.height - look.margin * 0.6 - leading * len(notes) - look.base * 0.4
    end = body(Area(look.margin, y, look.width - look.margin, bottom))
    y = (bottom if bottom is not None else end) + look.base * 0.4
    for line in notes:
        sheet.text(look.margin, y + leading / 2, line, look.small, GREY)
        y += leading
    if look.height is None:
        sheet.height = y + look.margin * 0.6


def on(fill: str) -> str:
    """Black or white, whichever is read better on this colour (WCAG 2.1, relative luminance)."""
    parts = [int(fill[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return BLACK if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else PAPER


def legend(sheet: Sheet, area: Area, keys: Sequence[tuple[str, str]]) -> float:
    """Swatches with their names in as many lines as they need, giving the bottom; no colour is a hatched one."""
    look = sheet.look
    size, x, y = look.small, area.left, area.top
    side = size * 1.05
    for fill, name in keys:
        name = fitted(name, size, area.right - area.left - side * 2)
        wide = side * 1.5 + width_of(name, size) + size * 1.6
        if x > area.left and x + wide - size * 1.6 > area.right:
            x, y = area.left, y + size * 1.7
        if fill == WHISKER:
            _whisker(sheet, x, x + side * 1.2, y + side / 2)
        elif fill:
            sheet.box(x, y, side, side, fill, INK)
        else:
            sheet.hatched(x, y, side, side)
        sheet.text(x + side * 1.5, y + side / 2, name, size)
        x += wide
    return y + size * 1.9


def _whisker(sheet: Sheet, low: float, high: float, y: float) -> None:
    thick, cap = sheet.look.small / 8, sheet.look.small * 0.26
    sheet.line([(low, y), (high, y)], INK, thick)
    for x in (low, high):
        sheet.line([(x, y - cap), (x, y + cap)], INK, thick)


def _widest(texts: Sequence[str], size: float, most: float) -> float:
    return min(max((width_of(text, size) for text in texts), default=0.0), most)


def _bars(chart: Bars, sheet: Sheet, area: Area) -> float:
    look, rows = sheet.look, chart.rows
    keys = [(PARTS[at % len(PARTS)], name) for at, name in enumerate(chart.parts)]
    if any(not row.ranked for row in rows):
        keys.append(("", "not ranked: too little known"))
    top = legend(sheet, area, [*keys, (WHISKER, chart.interval)]) + look.small * 1.5
    area = area._replace(top=top)
    height = area.row(len(rows), look)
    size = min(look.base, height * 0.5)
    wide = area.right - area.left
    places = _widest([row.place for row in rows], size, wide * 0.1) + size * 0.5
    left = area.left + places + _widest([row.label for row in rows], size, wide * 0.26) + size * 0.7
    said = _widest([row.said for row in rows], size * 1.1, wide * 0.2) * 1.1
    bands = _widest([row.band for row in rows], size * 0.9, wide * 0.2) + size * 1.5
    right = area.right - said - bands - size * 1.2
    least = min([0.0, *(row.low for row in rows)])
    most = max([chart.scale, *(row.high for row in rows)])

    def at(value: float) -> float:
        return left + (value - least) / (most - least) * (right - left)

    bottom = top + height * len(rows)
    _edges(sheet, chart.bands, at, (top, bottom), most)
    sheet.line([(at(0), top), (at(0), bottom)], INK, look.small / 10)
    sheet.line([(at(chart.scale), top), (at(chart.scale), bottom)], RULE, look.small / 14)
    sheet.text(at(chart.scale), top - look.small * 0.7, f"{chart.scale:g}", look.small, GREY, "right")
    for number, row in enumerate(rows):
        y = top + height * number
        middle = y + height * 0.43
        sheet.text(area.left + places - size * 0.5, middle, row.place, size, GREY, "right")
        _name(sheet, row.label, area.left + places, middle, left - size * 0.7, size)
        if row.whole is None:
            sheet.hatched(at(row.low), y + height * 0.14, at(row.high) - at(row.low), height * 0.58)
        _stack(sheet, chart, row, at, (y + height * 0.14, height * 0.58))
        if row.high > row.low or row.whole is None:
            _whisker(sheet, at(row.low), at(row.high), y + height * 0.84)
        end = area.right - bands
        sheet.text(end - size * 0.6, middle, row.said, size * 1.1, INK if row.ranked else GREY, "right", row.ranked)
        _swatch(sheet, end, middle, size, row.tone, row.ranked)
        sheet.text(end + size * 1.3, middle, fitted(row.band, size * 0.9, bands - size * 1.4), size * 0.9, INK)
        if row.remark and size * 0.8 < height * 0.3:
            sheet.text(area.left + places, y + height * 0.84, row.remark, size * 0.75, GREY)
    return bottom


def _stack(sheet: Sheet, chart: Bars, row: Bar, at: Place, span: tuple[float, float]) -> None:
    y, height = span
    ahead = behind = 0.0
    size = min(sheet.look.small * 1.1, height * 0.6)
    for number, part in enumerate(row.parts):
        start = ahead if part >= 0 else behind
        ahead, behind = (ahead + part, behind) if part >= 0 else (ahead, behind + part)
        x, end = sorted((at(start), at(start + part)))
        if end - x < 0.05:
            continue
        fill = PARTS[number % len(PARTS)]
        if row.ranked:
            sheet.box(x, y, end - x, height, fill, PAPER)
        else:
            sheet.hatched(x, y, end - x, height)
        text = f"{part:.{chart.decimals}f}"
        if row.ranked and end - x > width_of(text, size) + size * 0.5:
            sheet.text((x + end) / 2, y + height / 2, text, size, on(fill), "center")


def _swatch(sheet: Sheet, x: float, y: float, size: float, tone: Tone, ranked: bool) -> None:
    if ranked:
        sheet.box(x, y - size / 2, size, size, TONES.get(tone, NO_TONE), INK)
    else:
        sheet.hatched(x, y - size / 2, size, size)


def _edges(sheet: Sheet, bands: Sequence[Band], at: Place, span: tuple[float, float], most: float) -> None:
    """The edges of the bands as upright lines, named on top where there is room."""
    size, (top, bottom) = sheet.look.small, span
    for number, band in enumerate(bands):
        x = at(band.low)
        end = at(bands[number + 1].low if number + 1 < len(bands) else most)
        sheet.line([(x, top), (x, bottom)], RULE, size / 14)
        text = f"{band.low:g} {band.name}"
        text = text if width_of(text, size) < end - x - size * 0.4 else f"{band.low:g}"
        sheet.text(x + size * 0.2, top - size * 0.7, text, size, GREY)


def _name(sheet: Sheet, name: str, x: float, y: float, right: float, size: float) -> None:
    """A name in front of its row, in two smaller lines where it is too long for one."""
    if width_of(name, size) <= right - x:
        sheet.text(x, y, name, size)
        return
    lines = wrapped(name, size * 0.85, right - x, 2)
    for number, line in enumerate(lines):
        sheet.text(x, y + (number - (len(lines) - 1) / 2) * size * 1.05, line, size * 0.85)


def _cut(name: str, rest: str, size: float, width: float) -> str:
    """The name cut so that the rest, which is the figures, is not."""
    return fitted(name, size, max(width - width_of(rest, size), size)) + rest


def shade(value: float, scale: float) -> str:
    """The colour of a value between no exposure and full: the tones of the bands, run into one another."""
    stops = [tuple(int(TONES[tone][at : at + 2], 16) for at in (1, 3, 5)) for tone in _ORDER]
    place = min(max(value / scale, 0.0), 1.0) * (len(stops) - 1)
    step = min(int(place), len(stops) - 2)
    mixed = [round(a + (b - a) * (place - step)) for a, b in zip(stops[step], stops[step + 1], strict=True)]
    return "#" + "".join(f"{part:02x}" for part in mixed)


_ORDER: tuple[Tone, ...] = ("good", "fair", "poor", "bad")


def _heatmap(chart: Heatmap, sheet: Sheet, area: Area) -> float:
    look, rows = sheet.look, chart.rows
    slide = area.bottom is not None
    groups = list(dict.fromkeys(row.group for row in rows))
    # In a column a group stands above its rows, where a slide has room beside them.
    between = 0.35 if slide else 1.0
    head, foot = look.base * (2.6 if slide else 1.6), look.small * 2.4
    row_height = look.row * 0.62
    if area.bottom is not None:
        room = len(rows) + between * (len(groups) - 1)
        row_height = min((area.bottom - area.top - head - foot) / room, look.row * 0.8)
    size = min(look.base * 0.92, row_height * 0.62)
    wide = area.right - area.left
    indent = _widest(groups, size * 1.12, wide * 0.2) + size * 0.8 if slide else 0.0
    aside = _widest([chart.aside, *(row.aside for row in rows)], size * 0.85, wide * 0.12)
    labels = area.left + indent
    left = labels + _widest([row.label for row in rows], size, wide * 0.42) + aside + size * 1.4
    cell = (area.right - left) / max(len(chart.columns), 1)
    _columns(sheet, chart, (left, area.top + head - size * 0.3), cell, size)
    sheet.text(left - size * 0.5, area.top + head - size * 0.9, chart.aside, size * 0.85, GREY, "right")
    figures = size * min(0.9, (cell - 2) / width_of(f"{chart.scale:.{chart.decimals}f}", size))
    y, before = area.top + head, None
    for row in rows:
        if row.group != before:
            y += row_height * between * (before is not None or not slide)
            middle = y + row_height * (0.5 if slide else -0.5)
            sheet.text(area.left, middle, fitted(row.group, size, (indent or wide) - size * 0.4, True), size, bold=True)
        before, middle = row.group, y + row_height / 2
        sheet.text(labels, middle, fitted(row.label, size, left - labels - aside - size), size)
        sheet.text(left - size * 0.5, middle, row.aside, size * 0.85, GREY, "right")
        for number, value in enumerate(row.values):
            x = left + cell * number
            if value is None:
                sheet.hatched(x + 0.5, y + 0.5, cell - 1, row_height - 1)
                continue
            fill = shade(value, chart.scale)
            sheet.box(x + 0.5, y + 0.5, cell - 1, row_height - 1, fill)
            sheet.text(x + cell / 2, middle, f"{value:.{chart.decimals}f}", figures, on(fill), "center")
        y += row_height
    _ramp(sheet, chart, left if slide else area.left, y + look.small * 1.3, area.right)
    return y + foot


def _columns(sheet: Sheet, chart: Heatmap, foot: Point, cell: float, size: float) -> None:
    """The names above the columns: whole in up to two lines, else the short ones, as large as they fit."""
    lines = [wrapped(name, size, cell - size * 0.5, 2) for name in chart.columns]
    if any(line.endswith("…") for name in lines for line in name):
        widest = max(width_of(name, size) for name in chart.short)
        size *= min(1.0, (cell - 1) / widest)
        lines = [[name] for name in chart.short]
    for number, name in enumerate(lines):
        for up, line in enumerate(reversed(name)):
            x, y = foot[0] + cell * (number + 0.5), foot[1] - size * (0.55 + 1.15 * up)
            sheet.text(x, y, line, size, align="center")


def _ramp(sheet: Sheet, chart: Heatmap, x: float, y: float, right: float) -> None:
    """The scale of the colours."""
    size = sheet.look.small
    low, high = f"0 {chart.ends[0]}", f"{chart.scale:g} {chart.ends[1]}"
    sheet.text(x, y, low, size)
    x += width_of(low, size) + size * 0.6
    step = size * 0.8
    for number in range(11):
        sheet.box(x + step * number, y - size / 2, step + 0.3, size, shade(number / 10, 1))
    x += step * 11 + size * 0.6
    sheet.text(x, y, high, size)
    x += width_of(high, size) + size * 2
    if x + size * 2.5 + width_of("unknown", size) < right:
        sheet.hatched(x, y - size / 2, size * 1.6, size)
        sheet.text(x + size * 2.2, y, "unknown", size)


def _intervals(chart: Intervals, sheet: Sheet, area: Area) -> float:
    look, rows = sheet.look, chart.rows
    head = look.base * 2.6
    top = area.top + head
    height = area._replace(top=top).row(len(rows), look)
    size = min(look.base, height * 0.5)
    wide = area.right - area.left
    left = area.left + _widest([row.label for row in rows], size, wide * 0.35) + size * 2
    right = area.right - size * 1.5
    bottom = top + height * len(rows)
    step = (right - left) / max(chart.places, 1)

    def at(place: float) -> float:
        return left + step * (place - 0.5)

    every = max(1, -(-chart.places * int(size * 2) // max(int(right - left), 1)))
    sheet.text(left, area.top + look.small * 0.6, chart.axis, look.small, GREY)
    for place in range(1, chart.places + 1):
        if (place - 1) % every == 0:
            sheet.text(at(place), top - size * 0.7, str(place), size * 0.9, GREY, "center")
            sheet.line([(at(place), top), (at(place), bottom)], RULE, look.small / 14)
    for number, row in enumerate(rows):
        middle = top + height * (number + 0.5)
        _name(sheet, row.label, area.left, middle, left - size, size)
        if not row.at:
            sheet.hatched(left, middle - height * 0.25, right - left, height * 0.5)
            if row.remark:
                text = row.remark
                if width_of(text, size * 0.85) > right - left - size * 3:
                    text = fitted(text.partition(":")[0], size * 0.85, right - left - size * 3)
                room = width_of(text, size * 0.85) + size
                sheet.box((left + right - room) / 2, middle - size * 0.75, room, size * 1.5, PAPER)
                sheet.text((left + right) / 2, middle, text, size * 0.85, INK, "center")
            continue
        fill = TONES.get(row.tone, NO_TONE)
        thick = size * 0.95
        if row.high > row.low > 0:
            reach = min(step * 0.32, thick)
            start, end = at(row.low) - reach, at(row.high) + reach
            sheet.box(start, middle - thick / 2, end - start, thick, fill, INK)
        if row.usual not in (0, row.at):
            sheet.mark(at(row.usual), middle, thick * 0.9, PAPER, INK, "D")
        sheet.mark(at(row.at), middle, size * 1.75, fill, INK)
        sheet.text(at(row.at), middle, str(row.at), size * 0.9, on(fill), "center", True)
    return bottom


def _stripes(sheet: Sheet, bands: Sequence[Band], at: Place, span: tuple[float, float], most: float) -> None:
    """The bands as pale stripes, with their names at the left."""
    (left, right), size = span, sheet.look.small
    limit = at(most)
    base = at(min([0.0, *(band.low for band in bands)]))
    for number, band in enumerate(bands):
        low = min(at(band.low), base)
        high = max(at(bands[number + 1].low), limit) if number + 1 < len(bands) else limit
        if low <= limit:
            continue
        sheet.box(left, high, right - left, low - high, TONES.get(band.tone, NO_TONE), alpha=0.16)
        if low - high > size * 1.2:
            sheet.text(left + size * 0.5, low - size * 0.8, f"{band.name}, from {band.low:g}", size, GREY)


def _apart(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Heights near the wanted ones with at least this gap between them, in order, inside top and bottom."""
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at], at))
    gap = min(gap, (bottom - top) / max(len(wanted) - 1, 1))
    heights = [wanted[at] for at in order]
    for step in range(1, len(heights)):
        heights[step] = max(heights[step], heights[step - 1] + gap)
    limit = bottom
    for step in range(len(heights) - 1, -1, -1):
        heights[step] = min(heights[step], limit)
        limit = heights[step] - gap
    low = top
    for step in range(len(heights)):
        heights[step] = max(heights[step], low)
        low = heights[step] + gap
    placed = [0.0] * len(wanted)
    for step, at in enumerate(order):
        placed[at] = heights[step]
    return placed


def _lines(chart: Lines, sheet: Sheet, area: Area) -> float:
    look, series = sheet.look, chart.series
    size = look.base * 0.95
    bottom = (area.bottom if area.bottom is not None else area.top + look.width * 0.62) - look.small * 2
    top = area.top + look.small * 0.4
    values = [value for one in series for value in one.values if value is not None]
    least, most = min([0.0, *values]), max([chart.scale, *values])
    wide = area.right - area.left
    names = [f"{one.label} {one.said}" for one in series]
    room = _widest(names, size, wide * 0.34)
    left, right = area.left + look.small * 2.6, area.right - room - size * 1.4
    step = (right - left - size) / max(len(chart.periods) - 1, 1)

    def at(value: float) -> float:
        return bottom - (value - least) / (most - least) * (bottom - top)

    _stripes(sheet, chart.bands, at, (left, right), most)
    for value in [band.low for band in chart.bands if band.low <= most] or [0.0]:
        sheet.text(left - look.small * 0.5, at(value), f"{value:g}", look.small, GREY, "right")
    sheet.text(left - look.small * 0.5, at(chart.scale), f"{chart.scale:g}", look.small, GREY, "right")
    every = max(
        1, -(-int(width_of("0000-00" if len(chart.periods[0]) > 4 else "00000", look.small)) // max(1, int(step)))
    )
    for number, period in enumerate(chart.periods):
        if (len(chart.periods) - 1 - number) % every == 0:
            x = left + size / 2 + step * number
            sheet.line([(x, bottom), (x, bottom + look.small * 0.4)], GREY, look.small / 14)
            sheet.text(x, bottom + look.small * 1.2, period, look.small, GREY, "center")
    ends: list[tuple[int, Point]] = []
    for number, one in enumerate(series):
        color, shape = STROKES[number % len(STROKES)], SHAPES[number % len(SHAPES)]
        points = [
            (left + size / 2 + step * place, at(value), one.thin[place])
            for place, value in enumerate(one.values)
            if value is not None
        ]
        for a, b in pairwise(points):
            thin = a[2] or b[2]
            sheet.line([a[:2], b[:2]], color, look.base / (9 if thin else 5), thin, 0.6 if thin else 1)
        for x, y, thin in points:
            sheet.mark(x, y, size * (0.3 if thin else 0.55), PAPER if thin else color, color, shape)
        if points:
            ends.append((number, points[-1][:2]))
    heights = _apart([y for _, (_, y) in ends], size * 1.35, top + size * 0.5, bottom - size * 0.5)
    for (number, (x, y)), height in zip(ends, heights, strict=True):
        color = STROKES[number % len(STROKES)]
        start = right + size * 0.8
        sheet.line([(x + size * 0.4, y), (start - size * 0.15, height)], color, look.small / 16)
        sheet.text(
            start, height, _cut(series[number].label, f" {series[number].said}", size, area.right - start), size, color
        )
    return bottom + look.small * 2


def _slope(chart: Slope, sheet: Sheet, area: Area) -> float:
    look, rows = sheet.look, chart.rows
    size = look.base if look.height else look.small * 1.1
    head = size * 2.4
    top = area.top + head + size * 0.5
    bottom = (area.bottom if area.bottom is not None else top + max(look.width * 0.75, len(rows) * size * 1.4)) - size
    found = [end.value for row in rows for end in (row.before, row.after) if end]
    least, most = min(found, default=0.0), max(found, default=chart.scale)
    pad = max((most - least) * 0.06, chart.scale * 0.02)
    least, most = least - pad, most + pad
    wide = area.right - area.left

    def at(value: float) -> float:
        return bottom - (value - least) / (most - least) * (bottom - top)

    left, right = (
        area.left + wide * (0.33 if look.height else 0.38),
        area.right - wide * (0.38 if look.height else 0.45),
    )
    for number, (x, side) in enumerate(zip((left, right), chart.sides, strict=True)):
        room = area.right - x if number else x - area.left
        align: Align = "left" if number else "right"
        word, _, of = side.partition(": ")
        sheet.text(x, area.top + size * 0.5, fitted(word, size, room, True), size, INK, align, True)
        sheet.text(x, area.top + size * 1.7, fitted(of, look.small, room), look.small, GREY, align)
        sheet.line([(x, top - size * 0.4), (x, bottom + size * 0.4)], RULE, look.small / 8)
    gap = size * 1.35
    for row in rows:
        before, after = row.before, row.after
        if before and after:
            move = after.value - before.value
            color = _RISE if move > 0 else _FALL if move < 0 else NO_TONE
            thin = not (before.ranked and after.ranked)
            sheet.line([(left, at(before.value)), (right, at(after.value))], color, size / (8 if thin else 4.5), thin)
    for number, x in enumerate((left, right)):
        told = [(row, end) for row in rows if (end := (row.before, row.after)[number])]
        heights = _apart([at(end.value) for _, end in told], gap, top, bottom)
        away = 1 if number else -1
        texts = _told(told, bool(number), size, (area.right - x if number else x - area.left) - size * 1.4)
        for (_, end), height, text in zip(told, heights, texts, strict=True):
            y = at(end.value)
            sheet.line([(x, y), (x + away * size * 1.1, height)], GREY, look.small / 16)
            sheet.mark(x, y, size * 0.75, TONES.get(end.tone, NO_TONE) if end.ranked else PAPER, INK)
            sheet.text(x + away * size * 1.3, height, text, size, INK, "left" if number else "right")
    return bottom + size


def _told(told: Sequence[tuple[Change, End]], after: bool, size: float, room: float) -> list[str]:
    """Place, name, value and move of each, or as much of it as there is room for in all; names are cut last."""
    for placed, moved in ((True, True), (False, True), (False, False)):
        parts = [
            (
                f"{end.place}  " * placed,
                row.label,
                f"  {end.said}" + f"  {row.move}" * bool(moved and after and row.move),
            )
            for row, end in told
        ]
        if all(width_of("".join(part), size) <= room for part in parts):
            break
    return [head + _cut(name, tail, size, room - width_of(head, size)) for head, name, tail in parts]
