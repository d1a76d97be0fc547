"""Ranks, bands and the range of ranks that the doubts allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from exposure.scoring.tree import evaluate, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.rulebook.model import Uncertainty
    from exposure.scoring.severity import Cells
    from exposure.scoring.tree import Tree

    Array = NDArray[np.float64]

_BLOCK = 2_000_000
"""Severities drawn at once; bounds the memory whatever the number of draws."""


def ranks(score: Array) -> NDArray[np.int64]:
    """(…, units): 1 for the highest, ties sharing the best rank; 0 where the score is NaN."""
    order = np.argsort(-score, axis=-1, kind="stable")
    ordered = np.take_along_axis(score, order, -1)
    place = np.broadcast_to(np.arange(1, score.shape[-1] + 1), score.shape)
    starts = np.ones(score.shape, bool)
    starts[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    best = np.maximum.accumulate(np.where(starts, place, 0), axis=-1)
    result = np.zeros(score.shape, np.int64)
    np.put_along_axis(result, order, best, -1)
    return np.where(np.isnan(score), 0, result)


def bands(score: Array, edges: dict[str, float]) -> list[str]:
    """The band each published score falls in, by its lower edges; empty where unknown or without bands."""
    names = sorted(edges, key=lambda name: edges[name])
    place = np.searchsorted(np.sort(list(edges.values())), score, side="right") - 1
    # The place -1, of the unknown and of what lies below every band, takes the last name: none.
    found: list[str] = np.asarray([*names, ""], object)[np.where(np.isnan(score), -1, place)].tolist()
    return found


def rank_range(
    tree: Tree,
    cells: dict[str, Cells],
    ranked: NDArray[np.bool_],
    rank: NDArray[np.int64],
    uncertainty: Uncertainty,
    draws: int,
    seed: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(units,), (units,): 5th and 95th nearest-rank percentile of the rank, stretched to hold the rank; 0 unranked.

    Each draw takes every weight × U(1 ± spread), every unknown severity from U(0, scale), every
    inexact one from U over its interval, and around each a triangular error by confidence.
    """
    count = int(ranked.sum())
    least, most = np.zeros(len(rank), np.int64), np.zeros(len(rank), np.int64)
    if not count or not draws:
        return least, most
    sampled = np.concatenate(list(_sampled(tree, cells, ranked, uncertainty, draws, seed)))
    sampled.sort(axis=0)
    low, high = (sampled[max(-(-draws * percent // 100) - 1, 0)] for percent in (5, 95))
    least[ranked] = np.minimum(low, rank[ranked])
    most[ranked] = np.maximum(high, rank[ranked])
    return least, most


def _sampled(
    tree: Tree, cells: dict[str, Cells], ranked: NDArray[np.bool_], uncertainty: Uncertainty, draws: int, seed: int
) -> Iterator[NDArray[np.int64]]:
    """Ranks, (draws, countries), block by block."""
    scale, generator = tree.scale, np.random.Generator(np.random.PCG64(seed))
    stack = {
        name: np.asarray([getattr(cells[rule], name)[ranked] for rule in tree.rules])[:, None, :]
        for name in ("x", "inexact_low", "inexact_high", "sure")
    }
    # In CONFIDENCE order low, medium, high; a claim that states none is taken as low.
    width = np.asarray([uncertainty.confidence.low, uncertainty.confidence.medium, uncertainty.confidence.high])
    half = scale * np.where(stack["sure"] < 0, uncertainty.confidence.low, width[np.maximum(stack["sure"], 0)])
    low, high = stack["inexact_low"], stack["inexact_high"]
    free = np.asarray([not cells[rule].bounded for rule in tree.rules])[:, None, None]
    least, most = np.where(free, -np.inf, 0.0), np.where(free, np.inf, scale)
    unknown = np.isnan(stack["x"])
    # By name: the order of the rules in the file must not decide which draws are whose.
    by_name = np.argsort(np.argsort(np.asarray(tree.rules, object)))
    block = max(1, _BLOCK // max(1, low.size))
    for start in range(0, draws, block):
        shape = (len(tree.rules), min(block, draws - start), int(ranked.sum()))
        drawn = low + (high - low) * generator.random(shape)[by_name]
        error = half * (generator.random(shape) - generator.random(shape))[by_name]
        drawn = np.clip(drawn + np.where(unknown, 0.0, error), least, most)
        weights = [
            np.asarray(node.weights)[:, None, None]
            * (1 + uncertainty.spread * (2 * generator.random((len(node.children), shape[1], 1)) - 1))
            for node in tree.nodes
        ]
        score = evaluate(tree, drawn, weights=weights)[tree.root]
        yield ranks(rounded(score, tree.decimals))
