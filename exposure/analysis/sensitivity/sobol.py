"""Which uncertain choice makes the ranks unstable: Sobol shares of their shift."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.sensitivity.swaps import adjustable
from exposure.scoring.doubts import Leaf, Uniforms
from exposure.scoring.drawing import Drawn, UncertainInputs, draw, rows_of
from exposure.scoring.leaves import drawn_leaves
from exposure.scoring.ranking import ranks
from exposure.scoring.tree import path, rounded

Array = NDArray[np.float64]

_OF_LEAVES = ("claims", "unknowns", "inexact")
"""Kinds that severities are drawn by."""
_BATCHES = 16
"""Parts of the sample; how far they differ says how far a share is off."""
_BLOCK = 1 << 20
"""Values held at once; bounds the memory."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """How much of the variance of the rank shift one choice, or all of a kind, accounts for."""

    kind: str
    """weights, claims, unknowns, inexact or aggregation."""
    name: str
    """The rule or dimension whose weight or values these are; empty for all of the kind."""
    first: float
    """By itself: what would go if it were settled. Estimates of very little can be a little below 0."""
    total: float
    """With all it does together with others: what would be left if all but it were settled."""
    error: float
    """Standard error of the larger of the two."""


class Sensitivity(NamedTuple):
    """The shares, and what they are shares of."""

    shares: tuple[Share, ...]
    """All of each kind first, then choice by choice, the greatest total first."""
    mean_shift: float
    """Mean places that a ranked country is from its rank, over all draws."""
    variance: float
    moved: int
    """Of twice the base draws, those in which somebody is not at its rank."""
    base: int
    """Base draws; each choice costs as many scores again."""


def sensitivity(
    inputs: UncertainInputs, rank: NDArray[np.int64], base: int, seed: int, tick: Callable[[int], None] | None = None
) -> Sensitivity:
    """Shares of every choice in the mean shift of the ranks from those published.

    Output: mean over ranked countries of |drawn rank − rank| (Saisana, Saltelli and Tarantola 2005). From two
    independent samples, and for each choice a third in which it alone comes from the second. `tick` is told how many
    scorings each batch took.
    """
    choices = list(choices_of(inputs))
    size = -(-base // _BATCHES)
    sums, of_all = _sampled(inputs, rank, choices, size, seed, tick)
    variance = float(of_all.var())
    pooled = estimates(sums.sum(axis=0), size * _BATCHES, variance)
    per_batch = [estimates(part, size, variance) for part in sums]
    errors = np.max(np.std(per_batch, axis=0, ddof=1), axis=1) / np.sqrt(_BATCHES)
    names = [*inputs.tree.rules, *(node.name for node in inputs.tree.nodes)]
    shares = [
        Share(kind=kind, name="" if row is None else names[row], first=first, total=total, error=error)
        for (kind, row), (first, total), error in zip(choices, pooled.tolist(), errors.tolist(), strict=True)
    ]
    # A choice that does nothing at all is not worth a line.
    shares = [share for share in shares if share.total > 0 or not share.name]
    shares.sort(key=lambda share: (bool(share.name), -share.total, share.kind, share.name))
    return Sensitivity(tuple(shares), float(of_all.mean()), variance, int((of_all > 0).sum()), size * _BATCHES)


def _sampled(
    inputs: UncertainInputs,
    rank: NDArray[np.int64],
    choices: list[tuple[str, int | None]],
    size: int,
    seed: int,
    tick: Callable[[int], None] | None,
) -> tuple[Array, Array]:
    """(batches, choices, 4) moments and (draws,) shifts of both samples; `size` is that of a batch."""
    generator = np.random.Generator(np.random.PCG64([seed, 1]))
    sums = np.zeros((_BATCHES, len(choices), 4))
    shifts: list[Array] = []
    draws = size * _BATCHES
    # A draw is of the batch of its place: each block has as many of each.
    block = max(1, _BLOCK // max(1, inputs.doubts.published.size * _BATCHES)) * _BATCHES
    for start in range(0, draws, block):
        count = min(block, draws - start)
        first, second = (Sample(inputs, draw(inputs, generator, count), rank) for _ in range(2))
        shifts += [first.shift, second.shift]
        for at, (kind, row) in enumerate(choices):
            sums[:, at] += moments(first.shift, second.shift, first.exchanged(second, kind, row))
        if tick:
            tick(count * (len(choices) + 2))
    return sums, np.concatenate(shifts)


def choices_of(inputs: UncertainInputs) -> Iterator[tuple[str, int | None]]:
    """Kinds that vary, each with all of it (None) and with the rows that vary by themselves."""
    rows: dict[str, list[int]] = {"weights": adjustable(inputs.tree) if inputs.spread else []}
    leaves = sorted(inputs.doubts.leaves, key=lambda leaf: leaf.row)
    for kind in inputs.kinds:
        if kind in _OF_LEAVES:
            rows[kind] = [leaf.row for leaf in leaves if len(_of_leaf(leaf, kind))]
    for kind, varying in rows.items():
        if varying:
            yield kind, None
            yield from ((kind, row) for row in varying)
    if len(inputs.methods) > 1:
        yield "aggregation", None


def _of_leaf(leaf: Leaf, field: str) -> NDArray[np.int64]:
    """Which of these numbers are one rule's; two rules that read one indicator share its claims."""
    if field in ("unknowns", "undecided"):
        return leaf.first + np.arange(len(leaf.open))
    return np.concatenate([read.at if field == "claims" else read.inexact for read in leaf.reads])


class Sample:
    """Draws with their scores, of which one choice at a time can be exchanged for that of other draws."""

    def __init__(self, inputs: UncertainInputs, drawn: Drawn, rank: NDArray[np.int64]) -> None:
        self.inputs, self.drawn, self.rank = inputs, drawn, rank
        self.leaves = drawn_leaves(inputs.doubts, drawn.uniforms)
        self.rows = rows_of(inputs, inputs.tree, self.leaves, drawn.weights, drawn.method, inputs.counted)
        self.shift = self._shift(self.rows[-1])

    def _shift(self, score: Array) -> Array:
        """(draws,): mean places that the ranked are from their rank."""
        ranked = self.rank > 0
        score = np.broadcast_to(score, (len(score), len(self.drawn.method)))[ranked]
        return np.abs(ranks(rounded(score, self.inputs.tree.decimals).T) - self.rank[ranked]).mean(axis=1)

    def exchanged(self, other: Sample, kind: str, row: int | None) -> Array:
        """(draws,): the shift with that choice, or all of its kind, taken from the other draws."""
        if kind == "weights" and row is not None:
            return self._with_weight(other, row)
        leaves, weights, method = self.leaves, self.drawn.weights, self.drawn.method
        if kind == "weights":
            weights = other.drawn.weights
        elif kind == "aggregation":
            method = other.drawn.method
        else:
            leaves = drawn_leaves(self.inputs.doubts, self._mixed(other, kind, row))
        return self._shift(rows_of(self.inputs, self.inputs.tree, leaves, weights, method, self.inputs.counted)[-1])

    def _mixed(self, other: Sample, kind: str, row: int | None) -> Uniforms:
        """The numbers with those of one kind, or of one rule of it, taken from the other draws."""
        ours, theirs = self.drawn.uniforms, other.drawn.uniforms
        fields = ["unknowns", "undecided"] if kind == "unknowns" else [kind]
        if kind == "claims" and "unknowns" not in self.inputs.kinds:
            # What a claim that is wrong should say is then a matter of claims.
            fields += ["unknowns", "undecided"]
        if row is None:
            return ours._replace(**{field: getattr(theirs, field) for field in fields})
        leaf = next(leaf for leaf in self.inputs.doubts.leaves if leaf.row == row)
        mixed = {}
        for field in fields:
            at, mixed[field] = _of_leaf(leaf, field), getattr(ours, field).copy()
            if len(mixed[field]):
                mixed[field][at] = getattr(theirs, field)[at]
        return ours._replace(**mixed)

    def _with_weight(self, other: Sample, row: int) -> Array:
        """(draws,): the shift with the weight of a row taken from the other draws."""
        tree, under, nodes = path(self.inputs.tree, row)
        weights = [self.drawn.weights[at] for at in nodes]
        at = self.inputs.tree.nodes[nodes[0]].children.index(row)
        weights[0] = weights[0].copy()
        weights[0][at] = other.drawn.weights[nodes[0]][at]
        counted = self.inputs.counted
        if counted is not None:
            counted = np.concatenate([counted, np.ones((len(self.inputs.tree.nodes), *counted.shape[1:]))])[under]
        values = [self.rows[at] for at in under]
        return self._shift(rows_of(self.inputs, tree, values, weights, self.drawn.method, counted, nodes)[-1])


def moments(a: Array, b: Array, mixed: Array) -> Array:
    """(batches, 4): sums over draws from which the shares of one choice are estimated; `mixed` is a with b's choice."""
    each = np.asarray([b * mixed, b, mixed, (a - mixed) ** 2 / 2])
    return each.reshape(4, -1, _BATCHES).sum(axis=1).T


def estimates(sums: Array, count: int, variance: float) -> Array:
    """(choices, 2): first-order and total share of the variance; 0 where nothing varies.

    The covariance of two samples that have the choice in common (Sobol, centred), and half the mean square of what
    exchanging it does (Jansen 1999).
    """
    both, of_b, of_mixed, differing = (sums / count).T
    if variance < 1e-15:
        return np.zeros((len(sums), 2))
    return np.stack([both - of_b * of_mixed, differing], axis=1) / variance
