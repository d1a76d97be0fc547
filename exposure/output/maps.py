"""A map of the countries with their neighbours; the outlines are in shapes.json, with their source and licence."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from exposure.errors import ExposureError
from exposure.output.plots import NO_TONE, TONES, Area, legend, on
from exposure.output.sheet import GREY, INK, RULE, UNKNOWN, Point, Ring, Sheet, fitted, width_of, wrapped

if TYPE_CHECKING:
    from exposure.output.charts import Region, Regions

Polygons = tuple[tuple[tuple[Point, ...], ...], ...]

NEIGHBOUR, COAST, SEA = "#f3f3f0", "#bdbdb8", "#fcfdfe"
_NARROWEST = 2.0
"""Degrees that a map shows at least."""
_MARGIN = 0.07
"""Of the width and height of the countries shown, on each side."""


class Atlas(NamedTuple):
    """The outlines of countries, in degrees."""

    box: tuple[float, float, float, float]
    """West, south, east, north: what lies outside is cut off."""
    shapes: dict[str, Polygons]
    """Code → polygons, the largest first, each an outer ring and its holes."""


@cache
def atlas() -> Atlas:
    """The outlines that come with the package."""
    found = json.loads(files("exposure.output").joinpath("shapes.json").read_text(encoding="utf-8"))
    shapes = {
        code: tuple(tuple(tuple(zip(ring[::2], ring[1::2], strict=True)) for ring in polygon) for polygon in polygons)
        for code, polygons in found["shapes"].items()
    }
    west, south, east, north = found["box"]
    return Atlas((west, south, east, north), shapes)


class View(NamedTuple):
    """From degrees to the sheet: a degree of longitude is as long as it is in the middle of the map."""

    west: float
    north: float
    across: float
    """Points a degree of longitude."""
    up: float
    """Points a degree of latitude."""
    left: float
    top: float

    def at(self, point: Point) -> Point:
        """Where a longitude and latitude are on the sheet."""
        return self.left + (point[0] - self.west) * self.across, self.top + (self.north - point[1]) * self.up


def left_out(chart: Regions) -> tuple[str, ...]:
    """A note on the countries that the map does not reach."""
    missing = [region.label for region in chart.regions if region.code not in atlas().shapes]
    return (f"Not on the map, which shows Europe: {', '.join(missing)}.",) if missing else ()


def regions(chart: Regions, sheet: Sheet, area: Area) -> float:
    """The map with its legend and, on a slide, the list of the countries."""
    look, shapes = sheet.look, atlas().shapes
    here = [region for region in chart.regions if region.code in shapes]
    if not here:
        raise ExposureError("none of the countries is on the map, which shows Europe; draw bars instead")
    slide = area.bottom is not None
    right = area.right - look.width * 0.3 if slide else area.right
    view, start, end = _view([shapes[region.code] for region in here], area._replace(right=right))
    frame, (wide, high) = (start, end), (end[0] - start[0], end[1] - start[1])
    sheet.box(*start, wide, high, SEA)
    for code in sorted(set(shapes) - {region.code for region in here}):
        _shape(sheet, view, shapes[code], NEIGHBOUR, COAST, frame)
    # The hatched ones first, so that their borders do not cover a neighbour's.
    for region in sorted(here, key=lambda region: region.ranked):
        _shape(sheet, view, shapes[region.code], _fill(region), INK, frame)
    for region in here:
        _label(sheet, view, shapes[region.code], region)
    sheet.box(*start, wide, high, "none", RULE)
    keys = [(TONES.get(band.tone, NO_TONE), f"{band.name}, from {band.low:g}") for band in reversed(chart.bands)]
    keys += [("", "not ranked: too little known")] if any(not region.ranked for region in here) else []
    keys.append((NEIGHBOUR, "not part of the index"))
    if not slide:
        return legend(sheet, Area(area.left, end[1] + look.small, area.right, None), keys)
    _list(sheet, chart, keys, Area(right + look.base * 1.6, area.top, area.right, area.bottom))
    return end[1]


def _fill(region: Region) -> str:
    return TONES.get(region.tone, NO_TONE) if region.ranked else ""


def _view(shown: Sequence[Polygons], area: Area) -> tuple[View, Point, Point]:
    """The part of the world that holds these countries, as large as the area allows, and its corners."""
    points = [point for polygons in shown for polygon in polygons for point in polygon[0]]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # A city state alone would be drawn larger than its outline bears.
    wider, higher = (max(_NARROWEST - span, 0.0) / 2 for span in (east - west, north - south))
    west, east, south, north = west - wider, east + wider, south - higher, north + higher
    shrink = math.cos(math.radians((south + north) / 2))
    extra = _MARGIN * max((east - west) * shrink, north - south)
    wide, high = (east - west) * shrink + 2 * extra, north - south + 2 * extra
    room = area.right - area.left
    height = area.bottom - area.top if area.bottom is not None else room * min(max(high / wide, 0.6), 1.3)
    up = min(room / wide, height / high)
    across = up * shrink
    # In the middle, but not beyond what the outlines hold.
    least_west, least_south, most_east, most_north = atlas().box
    left_edge = (west + east) / 2 - room / across / 2
    left_edge = min(max(left_edge, least_west), max(most_east - room / across, least_west))
    top_edge = (south + north) / 2 + height / up / 2
    top_edge = max(min(top_edge, most_north), min(least_south + height / up, most_north))
    frame = min(room, (most_east - left_edge) * across), min(height, (top_edge - least_south) * up)
    view = View(left_edge, top_edge, across, up, area.left, area.top)
    return view, (area.left, area.top), (area.left + frame[0], area.top + frame[1])


def _shape(sheet: Sheet, view: View, polygons: Polygons, fill: str, edge: str, frame: tuple[Point, Point]) -> None:
    (left, top), (right, bottom) = frame
    placed = [[[view.at(point) for point in ring] for ring in polygon] for polygon in polygons]
    seen = [
        polygon
        for polygon in placed
        if max(x for x, _ in polygon[0]) > left
        and min(x for x, _ in polygon[0]) < right
        and max(y for _, y in polygon[0]) > top
        and min(y for _, y in polygon[0]) < bottom
    ]
    if seen:
        sheet.area(seen, fill, edge, frame)


def _label(sheet: Sheet, view: View, polygons: Polygons, region: Region) -> None:
    """The name and what is said of the country in its middle, as much of it as fits."""
    ring = [view.at(point) for point in polygons[0][0]]
    fill = _fill(region)
    ink, halo = (on(fill), fill) if fill else (INK, UNKNOWN)
    base = sheet.look.base
    whole = [[region.label, region.said]]
    if " " in region.label:
        whole.append([*wrapped(region.label, base, width_of(region.label, base) * 0.75, 2), region.said])
    short = [[region.code, region.said], [region.code]]
    for size in (base, base * 0.85, base * 0.72):
        for names in whole if size > base * 0.8 else [*whole, *short]:
            # Off the border where there is room, and on it rather than not at all.
            wide = max(width_of(name, size, True) for name in names) * (1.1 if size > base * 0.8 else 0.95)
            if middle := _middle(ring, wide, size * 1.2 * len(names)):
                for number, name in enumerate(names):
                    y = middle[1] + (number - (len(names) - 1) / 2) * size * 1.2
                    sheet.text(middle[0], y, name, size, ink, "center", name != region.said, halo)
                return


def _middle(ring: Ring, wide: float, high: float) -> Point | None:
    """Where in the ring a box of this size is farthest from its edge; None where it fits nowhere, or nearly."""
    left, right = min(x for x, _ in ring), max(x for x, _ in ring)
    top, bottom = min(y for _, y in ring), max(y for _, y in ring)
    steps, best, found = 32, -1.0, None
    for row in range(1, steps):
        y = top + (bottom - top) * row / steps
        # Free on every one of these levels of the box.
        levels = [_inside(ring, y + high * part) for part in (-0.45, -0.2, 0.0, 0.2, 0.45)]
        for column in range(1, steps):
            x = left + (right - left) * column / steps
            room = min((_free(level, x) for level in levels), default=0.0)
            above = min(y - top, bottom - y) * 0.3
            if room >= wide / 2 and min(room, wide) + above * 0.2 > best:
                best, found = min(room, wide) + above * 0.2, (x, y)
    return found


def _inside(ring: Ring, y: float) -> list[float]:
    """Where a level line crosses the ring, from the left; it is inside between the first and the second, and so on."""
    return sorted(
        a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
        if (a[1] > y) != (b[1] > y)
    )


def _free(crossings: Sequence[float], x: float) -> float:
    """How far it is from x to the nearer end of the stretch it is in; negative outside."""
    for start, end in zip(crossings[::2], crossings[1::2], strict=False):
        if start <= x <= end:
            return min(x - start, end - x)
    return -1.0


def _list(sheet: Sheet, chart: Regions, keys: Iterable[tuple[str, str]], area: Area) -> None:
    """The countries in their order, with the legend below them."""
    keys, look = list(keys), sheet.look
    y = area.top
    for fill, name in keys:
        y = legend(sheet, area._replace(top=y), [(fill, name)]) + look.small * 0.25
    y += look.base * 0.9
    assert area.bottom is not None
    most = int((area.bottom - y) / (look.small * 0.95))
    shown = chart.regions[: most if len(chart.regions) <= most else most - 1]
    row = min(look.base * 2, (area.bottom - y) / min(max(len(chart.regions), 1), most))
    size = min(look.base, row * 0.78)
    if more := len(chart.regions) - len(shown):
        sheet.text(area.left + size * 3, y + row * (len(shown) + 0.5), f"and {more} more", size, GREY)
    said = max((width_of(region.said, size) for region in shown), default=0.0)
    for number, region in enumerate(shown):
        middle = y + row * (number + 0.5)
        if region.ranked:
            sheet.box(area.left, middle - size / 2, size, size, _fill(region), INK)
        else:
            sheet.hatched(area.left, middle - size / 2, size, size)
        sheet.text(area.left + size * 2.6, middle, region.place, size, GREY, "right")
        name = fitted(region.label, size, area.right - area.left - size * 3.6 - said)
        sheet.text(area.left + size * 3, middle, name, size)
        sheet.text(area.right, middle, region.said, size, INK if region.ranked else GREY, "right", region.ranked)
