"""Builds exposure/output/shapes.json, the outlines of the map, from Natural Earth as world-atlas carries it.

npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
python tests/support/make_shapes.py package/countries-50m.json > exposure/output/shapes.json
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path
from typing import Any

import pycountry

Point = tuple[float, float]
Ring = list[Point]

WEST, SOUTH, EAST, NORTH = -25.0, 34.0, 51.0, 71.5
SMALLEST = 0.002
"""Square degrees: an islet below this is no more than a dot on any map we draw; no country is dropped for it."""
NUMBERLESS = {"Kosovo": "XKX", "N. Cyprus": "CYP"}
"""Shapes without an ISO number. Northern Cyprus has no ISO code; under ISO 3166 the whole island is CYP."""
CRIMEA = (32.0, 44.0, 37.0, 46.5)
"""Natural Earth draws who is in control; ISO 3166 and UN General Assembly resolution 68/262 have it in Ukraine."""


def main(path: Path) -> str:
    """The JSON text: code -> polygons, each a list of rings, each a flat list of longitudes and latitudes."""
    topology = json.loads(path.read_text(encoding="utf-8"))
    arcs = [decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    shapes: dict[str, list[list[list[float]]]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = code_of(geometry)
        if not code:
            continue
        parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        polygons = [[cut(joined(ring, arcs)) for ring in part] for part in parts]
        polygons = [[ring for ring in part if len(ring) > 2] for part in polygons if len(part[0]) > 2]
        if code == "RUS":
            moved = [part for part in polygons if within(part[0], CRIMEA)]
            shapes["UKR"] = [*shapes.get("UKR", []), *flattened(moved)]
            polygons = [part for part in polygons if part not in moved]
        polygons.sort(key=lambda part: -abs(area(part[0])))
        kept = [part for at, part in enumerate(polygons) if not at or abs(area(part[0])) >= SMALLEST]
        if kept:
            shapes[code] = sorted([*shapes.get(code, []), *flattened(kept)], key=lambda part: -len(part[0]))
    document = {
        "source": "Natural Earth, admin 0 countries, 1:50m, as in world-atlas 2.0.2 (countries-50m.json)",
        "licence": "Natural Earth is in the public domain; world-atlas is ISC",
        "built": "tests/support/make_shapes.py: cut to the box, 2 decimals, without islets; Crimea with Ukraine",
        "box": [WEST, SOUTH, EAST, NORTH],
    }
    lines = [f'"{code}":{json.dumps(shapes[code], separators=(",", ":"))}' for code in sorted(shapes)]
    head = json.dumps(document, indent=1).removesuffix("\n}")
    return head + ',\n "shapes":{\n' + ",\n".join(lines).replace(".0,", ",").replace(".0]", "]") + "\n}}\n"


def flattened(polygons: list[list[Ring]]) -> list[list[list[float]]]:
    """Points as numbers one after the other."""
    return [[[number for point in ring for number in point] for ring in part] for part in polygons]


def within(ring: Ring, box: tuple[float, float, float, float]) -> bool:
    """Whether all of the ring lies in the box."""
    west, south, east, north = box
    return all(west <= x <= east and south <= y <= north for x, y in ring)


def code_of(geometry: dict[str, Any]) -> str:
    """The ISO 3166 alpha-3 code; XKX for Kosovo, empty for what has none."""
    if "id" not in geometry:
        return NUMBERLESS.get(geometry["properties"]["name"], "")
    found = pycountry.countries.get(numeric=geometry["id"])
    return found.alpha_3 if found else ""


def decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> Ring:
    """An arc of a TopoJSON file, delta-decoded and scaled to degrees."""
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * sx + tx, y * sy + ty))
    return points


def joined(ring: list[int], arcs: list[Ring]) -> Ring:
    """The points of a ring of arcs; ~i is arc i backwards. What crosses 180 degrees goes on beyond it."""
    points: Ring = []
    for at in ring:
        arc = arcs[at] if at >= 0 else arcs[~at][::-1]
        points += arc[1:] if points else arc
    turns, whole = 0, points[:1]
    for (before, _), (x, y) in itertools.pairwise(points):
        turns += (before - x > 180) - (x - before > 180)
        whole.append((x + 360 * turns, y))
    return whole[:-1]


def cut(ring: Ring) -> Ring:
    """The part of a ring inside the box (Sutherland and Hodgman, 1974), rounded, without repeated points."""
    for axis, edge, sign in ((0, WEST, 1), (0, EAST, -1), (1, SOUTH, 1), (1, NORTH, -1)):
        found: Ring = []
        for before, point in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
            was, now = ((one[axis] - edge) * sign >= 0 for one in (before, point))
            if was != now:
                part = (edge - before[axis]) / (point[axis] - before[axis])
                found.append((before[0] + part * (point[0] - before[0]), before[1] + part * (point[1] - before[1])))
            if now:
                found.append(point)
        ring = found
    rounded = [(round(x, 2), round(y, 2)) for x, y in ring]
    return [point for at, point in enumerate(rounded) if point != rounded[at - 1]]


def area(ring: Ring) -> float:
    """Square degrees, signed."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


if __name__ == "__main__":
    sys.stdout.write(main(Path(sys.argv[1])))
