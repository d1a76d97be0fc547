"""Severities, weights and aggregations drawn around what the observations and the rules say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.rulebook.model import Uncertainty
from exposure.scoring.aggregate import LIFTED, Array
from exposure.scoring.severity import Cells
from exposure.scoring.tree import Tree, rounded, thin, valued

KINDS = ("weights", "confidence", "unknowns", "aggregation")
"""What is judgement or not known, and can be drawn; inexact values go with the unknown ones."""
_BLOCK = 1 << 19
"""Severities drawn at once; bounds the memory whatever the number of draws, and fits the cache."""
_NARROWEST = 1e-100
"""Least spread that a Dirichlet is drawn with: the square of a smaller one is 0."""
_LIGHTEST = 1e-280
"""Least a gamma is taken for: many of a small shape are 0 as numbers, and what has no weight counts as unknown."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class UncertainInputs:
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


def uncertain_inputs(
    tree: Tree,
    cells_of: Mapping[str, Cells],
    values: Array,
    covered: Array,
    settings: Uncertainty,
    vary: Collection[str] = KINDS,
) -> UncertainInputs:
    """What of the given kinds can be drawn around the values and coverage of every row, (rules + nodes, units)."""
    order = sorted(range(len(tree.rules)), key=lambda at: tree.rules[at])
    cells = [cells_of[tree.rules[at]] for at in order]
    x = values[order]
    half = _half_widths(cells, settings, tree.scale) if "confidence" in vary else np.zeros_like(x)
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
    return UncertainInputs(
        tree=tree,
        place=tuple(np.argsort(order).tolist()),
        x=np.where(drawn, 0.0, x),
        half=half,
        open_at=open_at,
        low=low[open_at],
        width=(high - low)[open_at],
        bounds=bounds,
        gated=None if "unknowns" in vary else thin(tree, covered)[:, :, None],
        spread=settings.spread if "weights" in vary else 0.0,
        dirichlet=settings.weights == "dirichlet",
        methods=tuple(methods),
    )


def _half_widths(cells: Sequence[Cells], settings: Uncertainty, scale: float) -> Array:
    # In CONFIDENCE order low, medium, high; a claim that states none is taken as low.
    widths = np.asarray([settings.confidence.low, settings.confidence.medium, settings.confidence.high])
    half = scale * widths[np.maximum([cell.sure for cell in cells], 0)]
    return np.where(np.isnan([cell.x for cell in cells]), 0.0, half)


def blocks(inputs: UncertainInputs, draws: int, seed: int) -> Iterator[Drawn]:
    """The draws, block by block: the memory does not grow with their number."""
    generator = np.random.Generator(np.random.PCG64(seed))
    varying = inputs.x.size if inputs.half.any() or len(inputs.low) else inputs.x.shape[1] * len(inputs.tree.nodes)
    block = max(1, _BLOCK // max(1, varying))
    for start in range(0, draws, block):
        yield draw(inputs, generator, min(block, draws - start))


def draw(inputs: UncertainInputs, generator: np.random.Generator, count: int) -> Drawn:
    """So many draws of every choice."""
    error = None
    if inputs.half.any():
        error = generator.random((*inputs.x.shape, count))
        error -= generator.random(error.shape)
    within = generator.random((len(inputs.low), count))
    weights = [_weights(inputs, np.asarray(node.weights), generator, count) for node in inputs.tree.nodes]
    many = len(inputs.methods)
    method = generator.integers(0, many, count) if many > 1 else np.zeros(count, np.int64)
    return Drawn(error, within, weights, method)


def _weights(inputs: UncertainInputs, weights: Array, generator: np.random.Generator, count: int) -> Array:
    """(children, 1, draws): weights × U(1 ± spread), or Dirichlet with the spread such a weight has among equals."""
    spread, shape = inputs.spread, (len(weights), 1, count)
    if not spread:
        return weights[:, None, None]
    if inputs.dirichlet:
        # U(1 ± s) has a variance of s²/3; so has a gamma of the shape 3/s², over its mean.
        like = 3 / max(spread, _NARROWEST) ** 2 * (weights > 0).sum() * weights[:, None, None]
        return np.where(like > 0, np.maximum(generator.standard_gamma(like, shape), _LIGHTEST), 0.0)
    drawn = generator.random(shape)
    drawn *= 2 * spread * weights[:, None, None]
    drawn += (1 - spread) * weights[:, None, None]
    return drawn


def leaves(inputs: UncertainInputs, drawn: Drawn) -> list[Array]:
    """The severities of each rule in the order of the tree: (units, draws), or (units, 1) where nothing is drawn."""
    if drawn.error is None and not len(inputs.low):
        severity = inputs.x[:, :, None]
    elif drawn.error is None:
        severity = np.repeat(inputs.x[:, :, None], drawn.within.shape[1], axis=2)
    else:
        severity = drawn.error * inputs.half[:, :, None]
        severity += inputs.x[:, :, None]
    if len(inputs.low):
        severity[inputs.open_at] += inputs.low[:, None] + inputs.width[:, None] * drawn.within
    if severity.shape[2] > 1:
        np.clip(severity, *inputs.bounds, out=severity)
    return [severity[at] for at in inputs.place]


def published(inputs: UncertainInputs, drawn: Drawn) -> Array:
    """(units, draws): the scores of a block of draws, rounded as they are published."""
    score = rows_of(inputs, inputs.tree, leaves(inputs, drawn), drawn.weights, drawn.method)[-1]
    return rounded(np.broadcast_to(score, (len(score), len(drawn.method))), inputs.tree.decimals)


def rows_of(
    inputs: UncertainInputs,
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
        if inputs.gated is not None:
            gated = inputs.gated[len(inputs.tree.rules) + (nodes[at] if nodes else at)]
            value = np.where(gated, np.nan, value)
        rows.append(value)
    if len(inputs.methods) < 2:
        return [*rows, valued(tree, last, rows, weights[last])]
    result = np.empty((len(rows[-1]), len(method)))
    for number, (name, floor) in enumerate(inputs.methods):
        chosen = method == number
        root = tree.nodes[last]._replace(method=name, floor=floor)
        by = tree._replace(nodes=(*tree.nodes[:last], root))
        result[:, chosen] = valued(by, last, [_of(row, chosen) for row in rows], _of(weights[last], chosen))
    return [*rows, result]


def _of(values: Array, chosen: NDArray[np.bool_]) -> Array:
    return values if values.shape[-1] == 1 else values[..., chosen]
