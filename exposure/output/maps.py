"""A map of the countries with their neighbours; the outlines are in shapes.json, with their source and licence."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from itertools import compress
from typing import NamedTuple

import numpy as np

from exposure.errors import ExposureError
from exposure.output.charts import Chart, Entry, Regions
from exposure.output.frame import NO_TONE, NOT_RANKED, TONES, Area, fill_of, legend, on, widest
from exposure.output.sheet import GREY, INK, RULE, UNKNOWN, Point, Ring, Sheet, fitted, width_of, wrapped

Polygons = tuple[tuple[tuple[Point, ...], ...], ...]
View = Callable[[Point], Point]
"""Where a longitude and latitude are on the sheet."""

NEIGHBOUR, COAST, SEA = "#f3f3f0", "#bdbdb8", "#fcfdfe"


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


def not_shown(body: Regions) -> tuple[str, ...]:
    """A note on the countries that the map does not reach."""
    missing = [entry.label for entry in body.rows if entry.code not in atlas().shapes]
    return (f"Not on the map, which shows Europe: {', '.join(missing)}.",) if missing else ()


def regions(chart: Chart, body: Regions, sheet: Sheet, area: Area) -> float:
    """The map with its legend and, on a slide, the list of the countries, giving the bottom."""
    look, shapes = sheet.look, atlas().shapes
    here = [entry for entry in body.rows if entry.code in shapes]
    if not here:
        raise ExposureError("none of the countries is on the map, which shows Europe; draw bars instead")
    slide = area.bottom is not None
    right = area.right - look.width * 0.3 if slide else area.right
    view, frame = _view([shapes[region.code] for region in here], area._replace(right=right))
    end = frame[1]
    whole = (area.left, area.top, end[0] - area.left, end[1] - area.top)
    sheet.box(*whole, SEA)
    for code in sorted(set(shapes) - {region.code for region in here}):
        _shape(sheet, view, shapes[code], NEIGHBOUR, COAST, frame)
    # The hatched ones first, so that their borders do not cover a neighbour's.
    for entry in sorted(here, key=lambda entry: entry.ranked):
        _shape(sheet, view, shapes[entry.code], fill_of(entry), INK, frame)
    for entry in here:
        _label(sheet, view, shapes[entry.code], entry)
    sheet.box(*whole, "none", RULE)
    keys = [(TONES.get(band.tone, NO_TONE), f"{band.name}, from {band.low:g}") for band in reversed(chart.bands)]
    keys += [NOT_RANKED] * any(not entry.ranked for entry in here)
    keys.append((NEIGHBOUR, "not part of the index"))
    if not slide:
        return legend(sheet, Area(area.left, end[1] + look.small, area.right, None), keys)
    _list(sheet, body, keys, area._replace(left=right + look.base * 1.6))
    return end[1]


def _view(shown: Sequence[Polygons], area: Area) -> tuple[View, tuple[Point, Point]]:
    """The part of the world that holds these countries, as large as the area allows, and its corners.

    A degree of longitude is as long as it is in the middle of the map.
    """
    points = [point for polygons in shown for polygon in polygons for point in polygon[0]]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    # Two degrees at least: a city state alone would be drawn larger than its outline bears.
    wider, higher = (max(2.0 - span, 0.0) / 2 for span in (east - west, north - south))
    west, east, south, north = west - wider, east + wider, south - higher, north + higher
    shrink = math.cos(math.radians((south + north) / 2))
    extra = 0.07 * max((east - west) * shrink, north - south)
    wide, high = (east - west) * shrink + 2 * extra, north - south + 2 * extra
    room = area.width
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

    def view(point: Point) -> Point:
        return area.left + (point[0] - left_edge) * across, area.top + (top_edge - point[1]) * up

    return view, ((area.left, area.top), (area.left + frame[0], area.top + frame[1]))


def _shape(sheet: Sheet, view: View, polygons: Polygons, fill: str, edge: str, frame: tuple[Point, Point]) -> None:
    placed = [[[view(point) for point in ring] for ring in polygon] for polygon in polygons]
    sides = [zip(zip(*polygon[0], strict=True), *frame, strict=True) for polygon in placed]
    reaching = [all(max(along) > low and min(along) < high for along, low, high in each) for each in sides]
    if any(reaching):
        sheet.area(list(compress(placed, reaching)), fill, edge, frame)


def _label(sheet: Sheet, view: View, polygons: Polygons, entry: Entry) -> None:
    """The name and what is said of the country in its middle, as much of it as fits."""
    room = Room([view(point) for point in polygons[0][0]])
    fill, base = fill_of(entry), sheet.look.base
    ink, halo = (on(fill), fill) if fill else (INK, UNKNOWN)
    whole = [[entry.label, entry.said]]
    if " " in entry.label:
        whole.append([*wrapped(entry.label, base, width_of(entry.label, base) * 0.75, 2), entry.said])
    short = [[entry.code, entry.said], [entry.code]]
    for size in (base, base * 0.85, base * 0.72):
        for names in whole if size > base * 0.8 else [*whole, *short]:
            # Off the border where there is room, and on it rather than not at all.
            wide = max(width_of(name, size, True) for name in names) * (1.1 if size > base * 0.8 else 0.95)
            if middle := room.middle(wide, size * 1.2 * len(names)):
                for number, name in enumerate(names):
                    y = middle[1] + (number - (len(names) - 1) / 2) * size * 1.2
                    sheet.text(middle[0], y, name, size, ink, "center", name != entry.said, halo)
                return


class Room:
    """The inside of a ring, on a grid: where a box fits."""

    def __init__(self, ring: Ring, steps: int = 48) -> None:
        (self._left, right), (self._top, bottom) = ((min(side), max(side)) for side in zip(*ring, strict=True))
        self._across, self._down = (right - self._left) / steps, (bottom - self._top) / steps
        y = self._top + (np.arange(steps) + 0.5) * self._down
        x = self._left + (np.arange(steps) + 0.5) * self._across
        a = np.asarray(ring, float)
        b = np.roll(a, -1, axis=0)
        inside = np.zeros((steps, steps), bool)
        # A level line is inside between its first and second crossing of the ring, and so on.
        for (ax, ay), (bx, by) in zip(a, b, strict=True):
            between = (ay > y) != (by > y)
            inside[between] ^= x > (ax + (y[between] - ay) / (by - ay) * (bx - ax))[:, None]
        self._sums = np.zeros((steps + 1, steps + 1), int)
        self._sums[1:, 1:] = inside.cumsum(0).cumsum(1)

    def middle(self, wide: float, high: float) -> Point | None:
        """The middle of the place where a box of this size can grow most; None where it fits nowhere, or nearly."""
        found = None
        for grown in (1.0, 1.3, 1.7, 2.2, 3.0):
            across, down = (max(round(part * grown), 1) for part in (wide / self._across, high / self._down))
            below, above = self._sums[down:], self._sums[:-down]
            inside = below[:, across:] - above[:, across:] - below[:, :-across] + above[:, :-across]
            full = inside == down * across
            if not full.any():
                break
            rows, columns = np.nonzero(full)
            # Of many, the one nearest to the middle of them all.
            nearest = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
            x, y = columns[nearest] + across / 2, rows[nearest] + down / 2
            found = self._left + x * self._across, self._top + y * self._down
        return found


def _list(sheet: Sheet, body: Regions, keys: Sequence[tuple[str, str]], area: Area) -> None:
    """The countries in their order, with the legend above them."""
    look, rows, y = sheet.look, body.rows, area.top
    for key in keys:
        y = legend(sheet, area._replace(top=y), [key]) + look.small * 0.25
    y += look.base * 0.9
    assert area.bottom is not None
    most = int((area.bottom - y) / (look.small * 0.95))
    shown = rows if len(rows) <= most else rows[: most - 1]
    row = min(look.base * 2, (area.bottom - y) / min(max(len(rows), 1), most))
    size = min(look.base, row * 0.78)
    if more := len(rows) - len(shown):
        sheet.text(area.left + size * 3, y + row * (len(shown) + 0.5), f"and {more} more", size, GREY)
    said = widest([entry.said for entry in shown], size, area.width)
    for number, entry in enumerate(shown):
        middle = y + row * (number + 0.5)
        sheet.box(area.left, middle - size / 2, size, size, fill_of(entry), INK)
        sheet.text(area.left + size * 2.6, middle, entry.rank, size, GREY, "right")
        sheet.text(area.left + size * 3, middle, fitted(entry.label, size, area.width - size * 3.6 - said), size)
        ink = INK if entry.ranked else GREY
        sheet.text(area.right, middle, entry.said, size, ink, "right", entry.ranked)
