"""How bars, intervals of ranks and lines over time are laid out on a sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from exposure.output.charts import Band, Bar, Bars, Chart, Intervals, Lines
from exposure.output.frame import NO_TONE, NOT_RANKED, TONES, WHISKER, Area, fill_of, legend, named, on, whisker, widest
from exposure.output.sheet import GREY, INK, PAPER, RULE, Point, Sheet, fitted, width_of

PARTS = ("#24406b", "#7fb6dc", "#6a5a8c", "#d9cdb0", "#3c7d5a", "#d79aa8", "#8a7a4a", "#b9b9b9")
"""Parts of a bar: neighbours differ in darkness, and none looks like a band."""
STROKES = ("#7d1128", "#24406b", "#b8521a", "#2f7d5a", "#6a4fa3", "#2a7fb0", "#7a6212", "#555555")
"""Lines: dark enough on white."""
SHAPES = "osD^v<>p"
Place = Callable[[float], float]


def bars(chart: Chart, body: Bars, sheet: Sheet, area: Area) -> float:
    """The stacked bars under their legend, giving the bottom."""
    look, rows = sheet.look, body.rows
    keys = [(PARTS[at % len(PARTS)], name) for at, name in enumerate(body.parts)]
    keys += [NOT_RANKED] * any(not row.entry.ranked for row in rows)
    top = legend(sheet, area, [*keys, (WHISKER, body.interval)]) + look.small * 1.5
    height = area._replace(top=top).row(len(rows), look)
    size, wide = min(look.base, height * 0.5), area.width
    names = area.left + widest([row.entry.rank for row in rows], size, wide * 0.1) + size * 0.5
    left = names + widest([row.entry.label for row in rows], size, wide * 0.26) + size * 0.7
    said = widest([row.entry.said for row in rows], size * 1.1, wide * 0.2) * 1.1
    end = area.right - widest([row.entry.band for row in rows], size * 0.9, wide * 0.2) - size * 1.5
    right = end - said - size * 1.2
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
        middle, ink = y + height * 0.43, INK if row.entry.ranked else GREY
        sheet.text(names - size * 0.5, middle, row.entry.rank, size, GREY, "right")
        named(sheet, row.entry.label, names, middle, left - size * 0.7, size)
        # What is known of it, where there is room below its name.
        if row.entry.remark and size * 0.8 < height * 0.3:
            sheet.text(names, y + height * 0.84, row.entry.remark, size * 0.75, GREY)
        _stack(sheet, row, chart.decimals, at, (y + height * 0.14, height * 0.58))
        if row.high > row.low or row.whole is None:
            whisker(sheet, at(row.low), at(row.high), y + height * 0.84)
        sheet.text(end - size * 0.6, middle, row.entry.said, size * 1.1, ink, "right", row.entry.ranked)
        sheet.box(end, middle - size / 2, size, size, fill_of(row.entry), INK)
        band = fitted(row.entry.band, size * 0.9, area.right - end - size * 1.4)
        sheet.text(end + size * 1.3, middle, band, size * 0.9)
    return bottom


def _stack(sheet: Sheet, row: Bar, decimals: int, at: Place, span: tuple[float, float]) -> None:
    """The parts one after another, those below nothing to the left; what is not known is hatched."""
    (y, height), ahead, behind = span, 0.0, 0.0
    if row.whole is None:
        sheet.box(at(row.low), y, at(row.high) - at(row.low), height, "")
    size = min(sheet.look.small * 1.1, height * 0.6)
    for number, part in enumerate(row.parts):
        start = ahead if part >= 0 else behind
        ahead, behind = (ahead + part, behind) if part >= 0 else (ahead, behind + part)
        x, end = sorted((at(start), at(start + part)))
        if end - x < 0.05:
            continue
        fill = PARTS[number % len(PARTS)] if row.entry.ranked else ""
        sheet.box(x, y, end - x, height, fill, PAPER)
        text = f"{part:.{decimals}f}"
        if fill and end - x > width_of(text, size) + size * 0.5:
            sheet.text((x + end) / 2, y + height / 2, text, size, on(fill), "center")


def _edges(sheet: Sheet, bands: Sequence[Band], at: Place, span: tuple[float, float], most: float) -> None:
    """The edges of the bands as upright lines, named on top where there is room."""
    size, (top, bottom) = sheet.look.small, span
    for band, above in pairwise([*bands, Band("", most, "")]):
        x, end = at(band.low), at(above.low)
        sheet.line([(x, top), (x, bottom)], RULE, size / 14)
        text = f"{band.low:g} {band.name}"
        text = text if width_of(text, size) < end - x - size * 0.4 else f"{band.low:g}"
        sheet.text(x + size * 0.2, top - size * 0.7, text, size, GREY)


def intervals(_: Chart, body: Intervals, sheet: Sheet, area: Area) -> float:
    """The ranks with their intervals under an axis of places, giving the bottom."""
    look, rows = sheet.look, body.rows
    top = area.top + look.base * 2.6
    height = area._replace(top=top).row(len(rows), look)
    size = min(look.base, height * 0.5)
    left = area.left + widest([row.entry.label for row in rows], size, area.width * 0.35) + size * 2
    right = area.right - size * 1.5
    bottom = top + height * len(rows)
    step = (right - left) / max(body.places, 1)

    def at(place: float) -> float:
        return left + step * (place - 0.5)

    every = max(1, -(-body.places * int(size * 2) // max(int(right - left), 1)))
    sheet.text(left, area.top + look.small * 0.6, body.axis, look.small, GREY)
    for place in range(1, body.places + 1, every):
        sheet.text(at(place), top - size * 0.7, str(place), size * 0.9, GREY, "center")
        sheet.line([(at(place), top), (at(place), bottom)], RULE, look.small / 14)
    for number, row in enumerate(rows):
        middle = top + height * (number + 0.5)
        named(sheet, row.entry.label, area.left, middle, left - size, size)
        if not row.at:
            sheet.box(left, middle - height * 0.25, right - left, height * 0.5, "")
            _remark(sheet, row.entry.remark, (left, right), middle, size * 0.85)
            continue
        fill, thick = TONES.get(row.entry.tone, NO_TONE), size * 0.95
        if row.high > row.low > 0:
            reach = min(step * 0.32, thick)
            start, end = at(row.low) - reach, at(row.high) + reach
            sheet.box(start, middle - thick / 2, end - start, thick, fill, INK)
        if row.usual not in (0, row.at):
            sheet.mark(at(row.usual), middle, thick * 0.9, PAPER, INK, "D")
        sheet.mark(at(row.at), middle, size * 1.75, fill, INK)
        sheet.text(at(row.at), middle, str(row.at), size * 0.9, on(fill), "center", True)
    return bottom


def _remark(sheet: Sheet, why: str, span: tuple[float, float], middle: float, size: float) -> None:
    """Why a row has no place, on white in its middle; without the reason where there is no room for it."""
    (left, right), text = span, f"not ranked: {why}" if why else "not ranked"
    if width_of(text, size) > right - left - size * 3.5:
        text = fitted("not ranked", size, right - left - size * 3.5)
    room = width_of(text, size) + size * 1.2
    sheet.box((left + right - room) / 2, middle - size * 0.9, room, size * 1.8, PAPER)
    sheet.text((left + right) / 2, middle, text, size, INK, "center")


def lines(chart: Chart, body: Lines, sheet: Sheet, area: Area) -> float:
    """The lines on the stripes of the bands, their names at their ends, giving the bottom."""
    look, small = sheet.look, sheet.look.small
    size = look.base * 0.95
    bottom = (area.bottom if area.bottom is not None else area.top + look.width * 0.62) - small * 2
    top = area.top + small * 0.4
    values = [value for one in body.rows for value in one.values if value is not None]
    least, most = min([0.0, *values]), max([chart.scale, *values])
    room = widest([f"{one.entry.label} {one.entry.said}" for one in body.rows], size, area.width * 0.34)
    left, right = area.left + small * 2.6, area.right - room - size * 1.4
    step = (right - left - size) / max(len(body.periods) - 1, 1)

    def at(value: float) -> float:
        return bottom - (value - least) / (most - least) * (bottom - top)

    _stripes(sheet, chart.bands, at, (left, right), most)
    for value in (*([band.low for band in chart.bands if band.low <= most] or [0.0]), chart.scale):
        sheet.text(left - small * 0.5, at(value), f"{value:g}", small, GREY, "right")
    xs = [left + size / 2 + step * number for number in range(len(body.periods))]
    _periods(sheet, body.periods, xs, bottom)
    ends: list[tuple[int, Point]] = []
    for number, one in enumerate(body.rows):
        places = zip(xs, one.values, one.thin, strict=True)
        points = [(x, at(value), thin) for x, value, thin in places if value is not None]
        _line(sheet, points, STROKES[number % len(STROKES)], SHAPES[number % len(SHAPES)])
        ends += [(number, points[-1][:2])] if points else []
    _ends(sheet, body, ends, (right + size * 0.8, area.right), (top + size * 0.5, bottom - size * 0.5))
    return bottom + small * 2


def _ends(
    sheet: Sheet, body: Lines, ends: Sequence[tuple[int, Point]], across: tuple[float, float], down: tuple[float, float]
) -> None:
    """The names and scores of the lines beside their ends, none over another."""
    (start, right), size = across, sheet.look.base * 0.95
    heights = _apart([y for _, (_, y) in ends], size * 1.35, *down)
    for (number, (x, y)), height in zip(ends, heights, strict=True):
        color, entry = STROKES[number % len(STROKES)], body.rows[number].entry
        sheet.line([(x + size * 0.4, y), (start - size * 0.15, height)], color, sheet.look.small / 16)
        # The name is cut so that the figures are not.
        name = fitted(entry.label, size, max(right - start - width_of(f" {entry.said}", size), size))
        sheet.text(start, height, f"{name} {entry.said}", size, color)


def _periods(sheet: Sheet, periods: Sequence[str], xs: Sequence[float], y: float) -> None:
    """The axis of time: from the last period back, which always has its name, as many as there is room for."""
    small, step = sheet.look.small, (xs[-1] - xs[0]) / max(len(xs) - 1, 1)
    longest = width_of("0000-00" if len(periods[0]) > 4 else "00000", small)
    every = max(1, -(-int(longest) // max(1, int(step))))
    for x, period in list(zip(xs, periods, strict=True))[::-every]:
        sheet.line([(x, y), (x, y + small * 0.4)], GREY, small / 14)
        sheet.text(x, y + small * 1.2, period, small, GREY, "center")


def _line(sheet: Sheet, points: Sequence[tuple[float, float, bool]], color: str, shape: str) -> None:
    """A line with its marks; dotted and hollow where too little is known."""
    size = sheet.look.base
    for a, b in pairwise(points):
        thin = a[2] or b[2]
        sheet.line([a[:2], b[:2]], color, size / (9 if thin else 5), thin, 0.6 if thin else 1)
    for x, y, thin in points:
        sheet.mark(x, y, size * 0.95 * (0.3 if thin else 0.55), PAPER if thin else color, color, shape)


def _stripes(sheet: Sheet, bands: Sequence[Band], at: Place, span: tuple[float, float], most: float) -> None:
    """The bands as pale stripes, with their names at the left."""
    (left, right), size = span, sheet.look.small
    limit, base = at(most), at(min([0.0, *(band.low for band in bands)]))
    for band, above in pairwise([*bands, Band("", most, "")]):
        low, high = min(at(band.low), base), max(at(above.low), limit)
        if low <= limit:
            continue
        sheet.box(left, high, right - left, low - high, TONES.get(band.tone, NO_TONE), alpha=0.16)
        if low - high > size * 1.2:
            sheet.text(left + size * 0.5, low - size * 0.8, f"{band.name}, from {band.low:g}", size, GREY)


def _apart(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Heights near the wanted ones with at least this gap between them, in order, inside top and bottom."""
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    gap = min(gap, (bottom - top) / max(len(wanted) - 1, 1))
    heights, low, high = list(wanted), top, bottom
    for at in order:
        heights[at] = max(wanted[at], low)
        low = heights[at] + gap
    for at in reversed(order):
        heights[at] = min(heights[at], high)
        high = heights[at] - gap
    return heights
