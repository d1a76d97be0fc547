"""Ranks, bands and the range of ranks that the inputs allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exposure.scoring.aggregate import Array
from exposure.text import NEARLY

_BLOCK = 1 << 16
"""Scores ranked at once; bounds the memory."""


def ranks(score: Array) -> NDArray[np.int64]:
    """(…, units): 1 for the highest, ties sharing the best rank; 0 where the score is NaN."""
    # Not stable, which is faster: those that tie have one rank in any order.
    order = np.argsort(-score, axis=-1)
    ordered = np.take_along_axis(score, order, -1)
    place = np.broadcast_to(np.arange(1, score.shape[-1] + 1), score.shape)
    starts = np.ones(score.shape, bool)
    starts[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    best = np.maximum.accumulate(np.where(starts, place, 0), axis=-1)
    result = np.zeros(score.shape, np.int64)
    np.put_along_axis(result, order, best, -1)
    return np.where(np.isnan(score), 0, result)


def rank_among(score: Array, ranked: NDArray[np.bool_], unit: int, value: float) -> int:
    """The rank that a unit would have with this published score, the other ranked ones as they are."""
    others = ranked.copy()
    others[unit] = False
    return int((score[others] > value).sum()) + 1


def bands(score: Array, edges: dict[str, float]) -> list[str]:
    """The band each published score falls in, by its lower edges; empty where unknown or without bands."""
    # The place -1, of the unknown and of what lies below every band, takes the last name: none.
    names = [*sorted(edges, key=lambda name: edges[name]), ""]
    place = np.searchsorted(np.sort(list(edges.values())), score, side="right") - 1
    return [names[at] for at in np.where(np.isnan(score), -1, place).tolist()]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RankRange:
    """Where each unit stands in nine of ten draws; ranks are 0 where it has none or nothing was drawn."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    """(units,): 5th and 95th nearest-rank percentile of the rank, stretched to hold the rank."""
    likely_low: Array
    likely_high: Array
    """(units,): the same percentiles of the published score, not stretched; NaN where nothing was drawn."""
    band_low: list[str]
    band_high: list[str]
    """The bands of these, stretched to hold that of the score; empty where it has none."""
    settled: NDArray[np.bool_]
    """(units,): whether so many draws settle both ends, to a place in twenty."""
    usual: NDArray[np.int64]
    """(units,): the rank that comes up most."""
    shares: Array
    """(units, ranked): in what share of the draws each has each rank, from 1; those that tie share the best."""
    draws: int
    """How often was drawn; 0 for not at all."""
    seed: int


def rank_range(drawn: Array, score: Array, rank: NDArray[np.int64], edges: dict[str, float], seed: int) -> RankRange:
    """The ranges over drawn scores (units, draws), beside the published scores and ranks (units,)."""
    ranked = rank > 0
    count = np.zeros((len(rank), int(ranked.sum())), np.int64)
    size = max(1, _BLOCK // max(1, len(rank)))
    for start in range(0, drawn.shape[1], size) if ranked.any() else ():
        count[ranked] += rank_counts(ranks(drawn[ranked, start : start + size].T))
    low, high = percentiles(drawn, (0.05, 0.95))
    bottom, top = (end(likely, score) for end, likely in ((np.fmin, low), (np.fmax, high)))
    return RankRange(
        **_places(count, rank),
        likely_low=low,
        likely_high=high,
        band_low=bands(np.where(np.isnan(score), np.nan, bottom), edges),
        band_high=bands(np.where(np.isnan(score), np.nan, top), edges),
        draws=drawn.shape[1],
        seed=seed,
    )


def percentiles(drawn: Array, shares: Sequence[float]) -> Array:
    """(shares, units): nearest-rank percentiles over the draws (units, draws); NaN where nothing was drawn."""
    draws = drawn.shape[1]
    if not draws:
        return np.full((len(shares), len(drawn)), np.nan)
    places = [max(int(np.ceil(share * draws - NEARLY)) - 1, 0) for share in shares]
    # NaN, which is a unit without any score, is taken to be the highest.
    return np.asarray([np.partition(row, places)[places] for row in drawn]).reshape(-1, len(shares)).T


def rank_counts(rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """(units, units): in how many of the draws (draws, units) each unit has each rank, from 1."""
    units = rank.shape[1]
    place = rank - 1 + units * np.arange(units)
    return np.bincount(place.ravel(), minlength=units * units).reshape(units, units)


def _places(count: NDArray[np.int64], rank: NDArray[np.int64]) -> dict[str, Any]:
    """The range of ranks from how often each unit (units, ranks) has each; (units,) ranks, 0 for none."""
    drawn, within = count.sum(axis=1), np.cumsum(count, axis=1)
    # Among five countries a place is much, among two hundred it is not.
    slack = count.shape[1] // 20

    def at(place: Array) -> NDArray[np.int64]:
        return np.asarray((within < np.clip(place, 1, drawn)[:, None]).sum(axis=1) + 1)

    ends, settled = [], np.asarray(drawn > 0)
    for share in (0.05, 0.95):
        place = np.ceil(share * drawn - NEARLY)
        end = at(place)
        # The true end lies between these two in 95 of 100 cases, whatever the distribution (order statistics).
        off = 1.96 * np.sqrt(share * (1 - share) * drawn)
        first, last = place - off, place + off
        near = (end - at(np.floor(first)) <= slack) & (at(np.ceil(last)) - end <= slack)
        settled &= near & (first >= 1) & (last <= drawn)
        ends.append(end)
    has = (rank > 0) & (drawn > 0)
    low, high = np.minimum(ends[0], rank), np.maximum(ends[1], rank)
    usual = count.argmax(axis=1) + 1 if count.size else np.ones(len(rank), np.int64)
    low, high, usual = (np.where(has, part, 0) for part in (low, high, usual))
    return {
        "low": low,
        "high": high,
        "settled": settled | ~has,
        "usual": usual,
        "shares": count / max(1, drawn.max(initial=0)),
    }
