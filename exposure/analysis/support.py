"""What a score rests on: how much of it one source alone says, at what confidence, and from whose compilation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exposure.observations.model import CONFIDENCE
from exposure.scoring.score import Scores

_LOW = CONFIDENCE.index("low")


class Support(NamedTuple):
    """Shares of the points of one country or entity, each 0 to 1."""

    country: str
    alone: float
    """Points of values that only one source states, of all claims that stand for them."""
    most: str
    """The source on which alone most points rest; empty where none does, or where it is not stated."""
    on_most: float
    low: float
    """Points of values whose claim is of low confidence."""
    compiled: float
    """Points of values that the project compiled itself from other sources."""


def support(scores: Scores, units: Sequence[int]) -> list[Support | None]:
    """What the points of each unit rest on; None for a unit without points, or with claims that state no source.

    Where several claims make a value, as those of the entities of a country, each has an equal part of its points.
    """
    alone, sure, sources = scores.selection.alone, scores.observations.numbers("sure"), scores.rulebook.sources
    said_by = scores.observations.text("source")
    result: list[Support | None] = []
    for unit in units:
        parts = list(_points(scores, unit))
        whole = sum(points for _, points in parts)
        if not any(said_by.at(row) for row, _ in parts):
            result.append(None)
            continue
        low = compiled = 0.0
        by_one: dict[str, float] = {}
        for row, points in parts:
            key, share = said_by.at(row), points / whole
            if alone[row]:
                by_one[key] = by_one.get(key, 0.0) + share
            low += share * (sure[row] == _LOW)
            compiled += share * (key in sources and bool(sources[key].compiled_from))
        named = [(share, key) for key, share in by_one.items() if key]
        on_most, most = max(named, default=(0.0, ""))
        country = scores.selection.units[unit]
        result.append(Support(country, sum(by_one.values()), most, on_most, float(low), float(compiled)))
    return result


def _points(scores: Scores, unit: int) -> Iterator[tuple[int, float]]:
    """The claims that count for a unit, each with its part of the points; what is imputed rests on none."""
    behind = dict(zip(scores.selection.indicators, scores.selection.behind(unit), strict=True))
    for name, points in zip(scores.tree.rules, scores.points[:, unit].tolist(), strict=False):
        rows = [row for indicator in scores.rulebook.rules[name].reads(name) for row in behind[indicator]]
        if points and rows:
            yield from ((row, abs(points) / len(rows)) for row in rows)
