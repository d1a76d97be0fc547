"""Scores drawn around what the observations and the rules say, by one model of everything that is not certain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.rulebook.model import Rulebook, Uncertainty
from exposure.scoring.aggregate import LIFTED, Array
from exposure.scoring.doubts import Doubts, Uniforms, doubts
from exposure.scoring.leaves import drawn_leaves
from exposure.scoring.selection import Selection
from exposure.scoring.severity import Cells
from exposure.scoring.tree import Tree, rounded, valued

KINDS = ("weights", "claims", "unknowns", "inexact", "aggregation")
"""What is judgement, may be wrong or is not known, and can be drawn; what is not drawn stays as it is published."""
_BLOCK = 1 << 18
"""Severities drawn at once; bounds the memory whatever the number of draws, and fits the cache."""
_FEWEST = 8
"""Draws made at once however many units there are: what each rule costs once a block must not outweigh its draws."""
_NARROWEST = 1e-100
"""Least spread that a Dirichlet is drawn with: the square of a smaller one is 0."""
_LIGHTEST = 1e-280
"""Least a gamma is taken for: many of a small shape are 0 as numbers, and what has no weight counts as unknown."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class UncertainInputs:
    """What is drawn, and around what."""

    tree: Tree
    doubts: Doubts
    """Of the severities."""
    counted: Array | None
    """(rules, units, 1): the share of its weight with which each severity counts; None where all count whole."""
    gated: NDArray[np.bool_]
    """(rules + nodes, units, 1): dimensions too little known to count, in the draws as in the score."""
    spread: float
    """Each weight is drawn from its own × 1 ± spread; 0 leaves them."""
    dirichlet: bool
    kinds: tuple[str, ...]
    """What is drawn, of KINDS."""
    methods: tuple[tuple[str, float], ...]
    """Aggregations of the root and their floors, the index's own first, all equally likely."""


class Drawn(NamedTuple):
    """A block of draws; every choice apart, so that one can be exchanged and the others left."""

    uniforms: Uniforms
    weights: list[Array]
    """Of each node's children: (children, 1, draws), in proportion."""
    method: NDArray[np.int64]
    """(draws,): place in `methods`."""


def uncertain_inputs(
    tree: Tree,
    cells: dict[str, Cells],
    published: tuple[Array, Array | None, NDArray[np.bool_]],
    selection: Selection,
    rulebook: Rulebook,
    settings: Uncertainty,
    vary: Collection[str] = KINDS,
) -> UncertainInputs:
    """What of the given kinds can be drawn.

    `published` are the severities as scored (rules, units), the share with which each counts, and the rows too little
    known to count.
    """
    values, counted, gated = published
    root = tree.nodes[-1] if tree.nodes else None
    # Of the others a floor changes nothing: they are the same with one and without.
    methods = [(root.method, root.floor if root.method in LIFTED else 0.0)] if root else []
    if "aggregation" in vary:
        methods += [(name, 0.0) for name in settings.aggregations if (name, 0.0) not in methods]
    return UncertainInputs(
        tree=tree,
        doubts=doubts(tree, cells, values, selection, rulebook, settings, vary),
        # What is left of a country's weight is drawn with the rest of the unknown.
        counted=None if counted is None or "unknowns" in vary else counted[:, :, None],
        gated=gated[:, :, None],
        spread=settings.spread if "weights" in vary else 0.0,
        dirichlet=settings.weights == "dirichlet",
        kinds=tuple(kind for kind in KINDS if kind in vary),
        methods=tuple(methods),
    )


def blocks(inputs: UncertainInputs, draws: int, seed: int) -> Iterator[Drawn]:
    """The draws, block by block: the memory does not grow with their number."""
    generator = np.random.Generator(np.random.PCG64(seed))
    for start in range(0, draws, size := block_size(inputs)):
        yield draw(inputs, generator, min(size, draws - start))


def block_size(inputs: UncertainInputs) -> int:
    """How many draws are made at once."""
    units = inputs.doubts.published.shape[1]
    rows = len(inputs.tree.rules) if inputs.doubts.any else len(inputs.tree.nodes)
    return max(_FEWEST, _BLOCK // max(1, rows * units))


def draw(inputs: UncertainInputs, generator: np.random.Generator, count: int) -> Drawn:
    """So many draws of every choice."""
    uniforms = inputs.doubts.uniforms(generator, count)
    weights = [_weights(inputs, np.asarray(node.weights), generator, count) for node in inputs.tree.nodes]
    many = len(inputs.methods)
    method = generator.integers(0, many, count) if many > 1 else np.zeros(count, np.int64)
    return Drawn(uniforms, weights, method)


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


def drawn_scores(
    inputs: UncertainInputs, draws: int, seed: int, progress: Callable[[float], None] | None = None
) -> Array:
    """(units, draws): the scores of all draws, rounded as they are published; `progress` is told the part done."""
    scores, done = np.empty((inputs.doubts.published.shape[1], draws)), 0
    for drawn in blocks(inputs, draws, seed):
        count = len(drawn.method)
        scores[:, done : done + count] = published(inputs, drawn)
        done += count
        if progress:
            progress(done / draws)
    return scores


def published(inputs: UncertainInputs, drawn: Drawn) -> Array:
    """(units, draws): the scores of a block of draws, rounded as they are published."""
    leaves = drawn_leaves(inputs.doubts, drawn.uniforms)
    score = rows_of(inputs, inputs.tree, leaves, drawn.weights, drawn.method, inputs.counted)[-1]
    return rounded(np.broadcast_to(score, (len(score), len(drawn.method))), inputs.tree.decimals)


def rows_of(
    inputs: UncertainInputs,
    tree: Tree,
    below: Sequence[Array],
    weights: Sequence[Array],
    method: NDArray[np.int64],
    counted: Array | None = None,
    nodes: Sequence[int] | None = None,
) -> list[Array]:
    """The values of every row, the root last, from those of the leaves; (units, draws) each.

    `counted` is (leaves, units, 1). `tree` may be a path of the whole tree and `nodes` the numbers its nodes have
    there. The root is aggregated by the method of each draw.
    """
    rows = [*below]
    last = len(tree.nodes) - 1
    for at in range(last):
        value = valued(tree, at, rows, weights[at], counted)
        gated = inputs.gated[len(inputs.tree.rules) + (nodes[at] if nodes else at)]
        rows.append(np.where(gated, np.nan, value) if gated.any() else value)
    if len(inputs.methods) < 2:
        return [*rows, valued(tree, last, rows, weights[last], counted)]
    result = np.empty((len(rows[-1]), len(method)))
    for number, (name, floor) in enumerate(inputs.methods):
        chosen = method == number
        root = tree.nodes[last]._replace(method=name, floor=floor)
        by = tree._replace(nodes=(*tree.nodes[:last], root))
        result[:, chosen] = valued(by, last, [_of(row, chosen) for row in rows], _of(weights[last], chosen), counted)
    return [*rows, result]


def _of(values: Array, chosen: NDArray[np.bool_]) -> Array:
    return values if values.shape[-1] == 1 else values[..., chosen]
