"""What a score rests on: how much of it one source alone says, at what confidence, and from whose compilation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.observations.model import CONFIDENCE
from exposure.scoring.score import Scores


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
    """What the points of each unit rest on; None for a unit without points.

    Where several claims make a value, as those of the entities of a country, each has an equal part of its points.
    """
    alone, sources = _only_sources(scores), scores.observations.text("source")
    low = scores.observations.numbers("sure") == CONFIDENCE.index("low")
    own = [bool((known := scores.rulebook.sources.get(key)) and known.compiled_from) for key in sources.texts]
    result: list[Support | None] = []
    for unit in units:
        parts = list(_points(scores, unit))
        whole = sum(points for _, points in parts)
        if not whole:
            result.append(None)
            continue
        by_one: dict[str, float] = {}
        for row, points in parts:
            if alone[row]:
                key = sources.texts[sources.codes[row]]
                by_one[key] = by_one.get(key, 0.0) + points / whole
        most, on_most = max(by_one.items(), key=lambda one: (one[1], one[0]), default=("", 0.0))
        result.append(
            Support(
                country=scores.selection.units[unit],
                alone=sum(by_one.values()),
                most=most,
                on_most=on_most,
                low=sum(points for row, points in parts if low[row]) / whole,
                compiled=sum(points for row, points in parts if own[sources.codes[row]]) / whole,
            )
        )
    return result


def _points(scores: Scores, unit: int) -> Iterator[tuple[int, float]]:
    """The claims that count for a unit, each with its part of the points; what is imputed rests on none."""
    behind = dict(zip(scores.selection.indicators, scores.selection.behind(unit), strict=True))
    for name, points in zip(scores.tree.rules, scores.points[:, unit].tolist(), strict=False):
        rows = [row for indicator in scores.rulebook.rules[name].reads(name) for row in behind[indicator]]
        if points and rows:
            yield from ((row, abs(points) / len(rows)) for row in rows)


def _only_sources(scores: Scores) -> NDArray[np.bool_]:
    """(claims,): whether no other source says the same beside a claim that counts."""
    selection = scores.selection
    rows = selection.contested
    counts = selection.own[selection.indicator_of[rows], selection.unit_of[rows]]
    value, source = selection.texts[1], scores.observations.text("source").codes
    number = selection.numbers["number"]
    agrees = (value[rows] == value[counts]) | (number[rows] == number[counts])
    alone = np.ones(len(value), bool)
    alone[counts[agrees & (source[rows] != source[counts])]] = False
    return alone
