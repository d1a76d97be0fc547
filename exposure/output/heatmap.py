"""How a heat map is laid out: as many columns as can be read, in one panel or several below each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from exposure.output.charts import Chart, Entry, Heatmap
from exposure.output.frame import TONES, Area, left_out, on, widest
from exposure.output.sheet import GREY, Box, Look, Sheet, fitted, width_of, wrapped

_LONGEST = 760.0
"""Points that a column is high at most, but for its title and notes: a page of paper."""
_STOPS = [tuple(int(color[at : at + 2], 16) for at in (1, 3, 5)) for color in TONES.values()]


def shade(value: float, scale: float) -> str:
    """The colour of a value between no exposure and full: the tones of the bands, run into one another."""
    place = min(max(value / scale, 0.0), 1.0) * (len(_STOPS) - 1)
    step = min(int(place), len(_STOPS) - 2)
    mixed = [round(a + (b - a) * (place - step)) for a, b in zip(_STOPS[step], _STOPS[step + 1], strict=True)]
    return "#" + "".join(f"{part:02x}" for part in mixed)


class Grid(NamedTuple):
    """How a heat map fits its area."""

    columns: int
    """Of one panel."""
    panels: int
    row: float
    """Height of a row."""
    size: float
    """Of its words."""
    labels: float
    """Where its names begin, beside those of the groups."""
    left: float
    """Where its cells begin."""
    cell: float
    """Width of a cell."""
    between: float
    """Rows that are left free between two groups."""
    head: float
    """Height of the names above a panel."""
    foot: float
    """Height of the scale of colours below."""


def shortened(body: Heatmap, area: Area, look: Look) -> tuple[Heatmap, int, tuple[str, ...]]:
    """As many rows and columns as can be read, the columns of one panel, and a note on what is left out."""
    rows = body.rows[: 60 if area.bottom is None else 44]
    least, count = look.small * 0.95, max(len(body.columns), 1)
    # The fewest panels in which every column can be read; where none suffice, as many as there is room for.
    grid = _panelled(body._replace(rows=rows), area, look, count)
    for panels in range(2, count + 1):
        wider = _panelled(body._replace(rows=rows), area, look, math.ceil(count / panels))
        if grid.cell >= least or wider.row < look.small * 0.7:
            break
        grid = wider
    fitting = min(grid.columns, max(int((area.right - grid.left) / least), 1))
    columns = body.columns[: fitting * grid.panels]
    notes = left_out(len(columns), len(body.columns), " countries") + left_out(len(rows), len(body.rows), " rules")
    return body._replace(columns=columns, rows=rows), fitting, notes


def _panelled(body: Heatmap, area: Area, look: Look, columns: int) -> Grid:
    """The measures of a heat map with so many columns a panel."""
    panels = math.ceil(max(len(body.columns), 1) / columns)
    slide, rows = area.bottom is not None, body.rows
    groups = list(dict.fromkeys(row.group for row in rows))
    # In a column a group stands above its rows, where a slide has room beside them.
    between = 0.35 if slide else 1.0
    high = _LONGEST if area.bottom is None else area.bottom - area.top
    head, foot = look.base * (2.6 if slide else 2.1), look.small * 2.4
    free = (high - foot) / panels - head
    height = min(free / (len(rows) + between * len(groups)), look.row * (0.8 if slide else 0.62))
    size = min(look.base * 0.92, height * 0.62)
    labels = area.left
    if slide:
        labels += widest(groups, size * 1.12, area.width * 0.2) + size * 0.8
    aside = widest([body.aside, *(row.aside for row in rows)], size * 0.85, area.width * 0.12)
    # Long names give way where there are many columns.
    name = widest([row.label for row in rows], size, area.width * (0.42 if len(body.columns) < 12 else 0.3))
    left = labels + name + aside + size * 1.4
    return Grid(columns, panels, height, size, labels, left, (area.right - left) / columns, between, head, foot)


def heatmap(chart: Chart, body: Heatmap, columns: int, sheet: Sheet, area: Area) -> float:
    """The panels, each of so many columns, with the scale of the colours below, giving the bottom."""
    look, slide = sheet.look, area.bottom is not None
    grid, y = _panelled(body, area, look, columns), area.top
    size, aside = grid.size, grid.left - grid.size * 0.5
    for start in range(0, max(len(body.columns), 1), columns):
        y += grid.head
        _heads(sheet, body.columns[start : start + columns], (grid.left, y - size * 0.3), grid)
        sheet.text(aside, y - size * 0.9, body.aside, size * 0.85, GREY, "right")
        levels = []
        for number, row in enumerate(body.rows):
            if not number or row.group != body.rows[number - 1].group:
                y += grid.row * grid.between * bool(number or not slide)
                room = (grid.labels - area.left or area.width) - size * 0.4
                group = fitted(row.group, size, room, True)
                sheet.text(area.left, y + grid.row * (0.5 if slide else -0.5), group, size, bold=True)
            room = grid.left - grid.labels - width_of(row.aside, size * 0.85) - size
            sheet.text(grid.labels, y + grid.row / 2, fitted(row.label, size, room), size)
            sheet.text(aside, y + grid.row / 2, row.aside, size * 0.85, GREY, "right")
            levels.append((y, row.values[start : start + columns]))
            y += grid.row
        _cells(sheet, chart, grid, levels)
    _ramp(sheet, chart, grid.left if slide else area.left, y + look.small * 1.3, area.right)
    return y + grid.foot


def _cells(sheet: Sheet, chart: Chart, grid: Grid, levels: Sequence[tuple[float, Sequence[float | None]]]) -> None:
    """The cells of a panel, those of one colour as one stroke, and in them their figures where these can be read."""
    gap = min(0.5, grid.cell / 16)
    boxes: dict[str, list[Box]] = {}
    figures = []
    for y, values in levels:
        for number, value in enumerate(values):
            if value is not None and math.isnan(value):
                continue
            x = grid.left + grid.cell * number
            fill = "" if value is None else shade(round(value / chart.scale * 100), 100)
            boxes.setdefault(fill, []).append((x + gap, y + gap, grid.cell - gap * 2, grid.row - gap * 2))
            if value is not None:
                figures.append((x + grid.cell / 2, y + grid.row / 2, f"{value:.{chart.decimals}f}", on(fill)))
    for fill, alike in boxes.items():
        sheet.boxes(alike, fill)
    size = grid.size * min(0.9, (grid.cell - 2) / width_of(f"{chart.scale:.{chart.decimals}f}", grid.size))
    for x, middle, text, ink in figures if size >= sheet.look.small * 0.45 else ():
        sheet.text(x, middle, text, size, ink, "center")


def _heads(sheet: Sheet, columns: Sequence[Entry], foot: tuple[float, float], grid: Grid) -> None:
    """The names above the columns: whole in two lines at most, else the codes, upwards where a cell is narrower."""
    (left, y), small, cell = foot, sheet.look.small, grid.cell
    size = max(grid.size, small * 0.8)
    lines = [wrapped(_bracketed(entry, entry.label), size, cell - size * 0.5, 2) for entry in columns]
    if any(line.endswith("…") for name in lines for line in name):
        lines = [[_bracketed(entry, entry.code)] for entry in columns]
        size = min(size, size * (cell - 1) / max(width_of(code, size) for (code,) in lines))
    upwards = size < small * 0.7
    size = min(small * 0.85, cell * 0.8) if upwards else size
    for number, name in enumerate(lines):
        for up, line in enumerate(reversed(name)):
            x = left + cell * (number + 0.5)
            sheet.text(x, y if upwards else y - size * (0.55 + 1.15 * up), line, size, align="center", upwards=upwards)


def _bracketed(entry: Entry, name: str) -> str:
    return name if entry.ranked else f"({name})"


def _ramp(sheet: Sheet, chart: Chart, x: float, y: float, right: float) -> None:
    """The scale of the colours."""
    size = sheet.look.small
    low, high = "0 no exposure", f"{chart.scale:g} full"
    sheet.text(x, y, low, size)
    x += width_of(low, size) + size * 0.6
    step = size * 0.8
    for number in range(11):
        sheet.box(x + step * number, y - size / 2, step + 0.3, size, shade(number / 10, 1))
    x += step * 11 + size * 0.6
    sheet.text(x, y, high, size)
    x += width_of(high, size) + size * 2
    if x + size * 2.5 + width_of("unknown", size) < right:
        sheet.box(x, y - size / 2, size * 1.6, size, "")
        sheet.text(x + size * 2.2, y, "unknown", size)
