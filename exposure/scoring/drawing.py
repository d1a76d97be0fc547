"""Severities, weights and aggregations drawn around what the observations and the rules say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.scoring.aggregate import LIFTED
from exposure.scoring.tree import rounded, thin, valued

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.rulebook.model import Uncertainty
    from exposure.scoring.score import Scores
    from exposure.scoring.tree import Tree

    Array = NDArray[np.float64]

KINDS = ("weights", "confidence", "unknowns", "aggregation")
"""What is judgement or not known, and can be drawn; inexact values go with the unknown ones."""
_BLOCK = 1 << 19
"""Severities drawn at once; bounds the memory whatever the number of draws, and fits the cache."""
_NARROWEST = 1e-100
"""Least spread that a Dirichlet is drawn with: the square of a smaller one is 0."""
_LIGHTEST = 1e-280
"""Least a gamma is taken for: many of a small shape are 0 as numbers, and what has no weight counts as unknown."""


class Doubts(NamedTuple):
    """What is drawn, and around what; rules in the order of their names, so that the file's decides no draw."""

    tree: Tree
    place: tuple[int, ...]
    """(rules,): where each leaf of the tree stands below."""
    x: Array
    """(rules, units): severity, 0 where it is drawn from an interval, NaN where it stays unknown."""
    half: Array
    """(rules, units): half-width of the triangular error that the confidence of a claim allows."""
    open_at: tuple[NDArray[np.int64], NDArray[np.int64]]
    """Rules and units of the cells that are drawn from an interval: inexact and unknown ones."""
    low: Array
    width: Array
    """(open cells,): the interval."""
    bounds: tuple[Array | float, Array | float]
    """Least and most a severity can be: 0 and the scale, but for rules by zscore and rank."""
    gated: NDArray[np.bool_] | None
    """(rules + nodes, units, 1): dimensions too little known to count; None where the unknown is drawn."""
    spread: float
    """Each weight is drawn from its own × 1 ± spread; 0 leaves them."""
    dirichlet: bool
    methods: tuple[tuple[str, float], ...]
    """Aggregations of the root and their floors, the index's own first, all equally likely."""


class Drawn(NamedTuple):
    """A block of draws; every choice apart, so that one can be exchanged and the others left."""

    error: Array | None
    """(rules, units, draws): triangular on −1 to 1."""
    within: Array
    """(open cells, draws): uniform on 0 to 1."""
    weights: list[Array]
    """Of each node's children: (children, 1, draws), in proportion."""
    method: NDArray[np.int64]
    """(draws,): place in `methods`."""


def doubts_of(scores: Scores, vary: Collection[str] = KINDS, settings: Uncertainty | None = None) -> Doubts:
    """What can be drawn around these scores, of the given kinds, by the settings of the rules or by others."""
    tree, settings = scores.tree, settings or scores.rulebook.uncertainty
    order = sorted(range(len(tree.rules)), key=lambda at: tree.rules[at])
    cells = [scores.cells[tree.rules[at]] for at in order]
    x = np.asarray([scores.values[at] for at in order])
    half = np.zeros_like(x)
    if "confidence" in vary:
        # In CONFIDENCE order low, medium, high; a claim that states none is taken as low.
        widths = np.asarray([settings.confidence.low, settings.confidence.medium, settings.confidence.high])
        sure = np.asarray([cell.sure for cell in cells])
        half = tree.scale * widths[np.maximum(sure, 0)]
        half[np.isnan([cell.x for cell in cells])] = 0.0
    low, high = (np.asarray([getattr(cell, f"inexact_{end}") for cell in cells]) for end in ("low", "high"))
    drawn = (low < high) & ("unknowns" in vary)
    at_rule, at_unit = np.nonzero(drawn)
    open_at = np.asarray(at_rule, np.int64), np.asarray(at_unit, np.int64)
    free = np.asarray([not cell.bounded for cell in cells])[:, None, None]
    bounds: tuple[Array | float, Array | float] = (0.0, tree.scale)
    if free.any():
        bounds = np.where(free, -np.inf, 0.0), np.where(free, np.inf, tree.scale)
    root = tree.nodes[-1] if tree.nodes else None
    # Of the others a floor changes nothing: they are the same with one and without.
    methods = [(root.method, root.floor if root.method in LIFTED else 0.0)] if root else []
    if "aggregation" in vary:
        methods += [(name, 0.0) for name in settings.aggregations if (name, 0.0) not in methods]
    return Doubts(
        tree,
        tuple(np.argsort(order).tolist()),
        np.where(drawn, 0.0, x),
        half,
        open_at,
        low[open_at],
        (high - low)[open_at],
        bounds,
        None if "unknowns" in vary else thin(tree, scores.coverage)[:, :, None],
        settings.spread if "weights" in vary else 0.0,
        settings.weights == "dirichlet",
        tuple(methods),
    )


def blocks(doubts: Doubts, draws: int, seed: int) -> Iterator[Drawn]:
    """The draws, block by block: the memory does not grow with their number."""
    generator = np.random.Generator(np.random.PCG64(seed))
    varying = doubts.x.size if doubts.half.any() or len(doubts.low) else doubts.x.shape[1] * len(doubts.tree.nodes)
    block = max(1, _BLOCK // max(1, varying))
    for start in range(0, draws, block):
        yield draw(doubts, generator, min(block, draws - start))


def draw(doubts: Doubts, generator: np.random.Generator, count: int) -> Drawn:
    """So many draws of every choice."""
    error = None
    if doubts.half.any():
        error = generator.random((*doubts.x.shape, count))
        error -= generator.random(error.shape)
    within = generator.random((len(doubts.low), count))
    weights = [_weights(doubts, np.asarray(node.weights), generator, count) for node in doubts.tree.nodes]
    many = len(doubts.methods)
    method = generator.integers(0, many, count) if many > 1 else np.zeros(count, np.int64)
    return Drawn(error, within, weights, method)


def _weights(doubts: Doubts, weights: Array, generator: np.random.Generator, count: int) -> Array:
    """(children, 1, draws): weights × U(1 ± spread), or Dirichlet with the spread such a weight has among equals."""
    spread, shape = doubts.spread, (len(weights), 1, count)
    if not spread:
        return weights[:, None, None]
    if doubts.dirichlet:
        # U(1 ± s) has a variance of s²/3; so has a gamma of the shape 3/s², over its mean.
        like = 3 / max(spread, _NARROWEST) ** 2 * (weights > 0).sum() * weights[:, None, None]
        return np.where(like > 0, np.maximum(generator.standard_gamma(like, shape), _LIGHTEST), 0.0)
    drawn = generator.random(shape)
    drawn *= 2 * spread * weights[:, None, None]
    drawn += (1 - spread) * weights[:, None, None]
    return drawn


def leaves(doubts: Doubts, drawn: Drawn) -> list[Array]:
    """The severities of each rule in the order of the tree: (units, draws), or (units, 1) where nothing is drawn."""
    if drawn.error is None and not len(doubts.low):
        severity = doubts.x[:, :, None]
    elif drawn.error is None:
        severity = np.repeat(doubts.x[:, :, None], drawn.within.shape[1], axis=2)
    else:
        severity = drawn.error * doubts.half[:, :, None]
        severity += doubts.x[:, :, None]
    if len(doubts.low):
        severity[doubts.open_at] += doubts.low[:, None] + doubts.width[:, None] * drawn.within
    if severity.shape[2] > 1:
        np.clip(severity, *doubts.bounds, out=severity)
    return [severity[at] for at in doubts.place]


def published(doubts: Doubts, drawn: Drawn) -> Array:
    """(units, draws): the scores of a block of draws, rounded as they are published."""
    score = rows_of(doubts, doubts.tree, leaves(doubts, drawn), drawn.weights, drawn.method)[-1]
    return rounded(np.broadcast_to(score, (len(score), len(drawn.method))), doubts.tree.decimals)


def rows_of(
    doubts: Doubts,
    tree: Tree,
    below: Sequence[Array],
    weights: Sequence[Array],
    method: NDArray[np.int64],
    nodes: Sequence[int] | None = None,
) -> list[Array]:
    """The values of every row, the root last, from those of the leaves; (units, draws) each.

    `tree` may be a path of the whole tree and `nodes` the numbers its nodes have there. The root is aggregated
    by the method of each draw.
    """
    rows = [*below]
    last = len(tree.nodes) - 1
    for at in range(last):
        value = valued(tree, at, rows, weights[at])
        if doubts.gated is not None:
            gated = doubts.gated[len(doubts.tree.rules) + (nodes[at] if nodes else at)]
            value = np.where(gated, np.nan, value)
        rows.append(value)
    if len(doubts.methods) < 2:
        return [*rows, valued(tree, last, rows, weights[last])]
    result = np.empty((len(rows[-1]), len(method)))
    for number, (name, floor) in enumerate(doubts.methods):
        chosen = method == number
        root = tree.nodes[last]._replace(method=name, floor=floor)
        by = tree._replace(nodes=(*tree.nodes[:last], root))
        result[:, chosen] = valued(by, last, [_of(row, chosen) for row in rows], _of(weights[last], chosen))
    return [*rows, result]


def _of(values: Array, chosen: NDArray[np.bool_]) -> Array:
    return values if values.shape[-1] == 1 else values[..., chosen]
