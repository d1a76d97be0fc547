"""The smallest change of one weight that turns the order of two neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exposure.scoring.score import Scores
from exposure.scoring.tree import Tree, coverage, evaluate, path, rounded, thin
from exposure.text import NEARLY

Array = NDArray[np.float64]

MOST = 10.0
"""Weights are tried from nothing to this many times what they are."""
_GRID = np.unique(np.concatenate([np.linspace(0, 1, 101), np.geomspace(1, MOST, 101)]))
"""Factors at which the order is looked at; where it turns between two of them, the place is found by halving."""
_HALVINGS = 50


@dataclass(frozen=True, kw_only=True)
class Swap:
    """How two neighbours change places by one weight."""

    above: int
    below: int
    """Units, the first ranked above the second or beside it."""
    name: str = ""
    """The rule or dimension; empty where no single weight turns the two."""
    dimension: bool = False
    factor: float = float("nan")
    """What its weight is multiplied by when the published scores swap."""
    share: float = float("nan")
    """Of the weight among its siblings, as it is."""
    new_share: float = float("nan")


def swaps(scores: Scores) -> tuple[Swap, ...]:
    """For each two neighbours in the ranking the smallest relative change of one weight that turns them.

    They turn when the published score of the lower is above that of the higher, both known well enough to be ranked.
    The other weights stay as the file has them. Between the factors that are tried the order is taken not to turn
    twice.
    """
    order = sorted(np.flatnonzero(scores.ranked).tolist(), key=lambda u: (-scores.score[u], -scores.exact[u], u))
    pairs = list(pairwise(order))
    weights = [_Weight(scores, row) for row in adjustable(scores.tree)]
    turns = []
    # (weights, pairs, 2): the last factor tried before the two turn, and the first after, below and above 1.
    brackets = np.asarray([weight.brackets(pairs) for weight in weights]).reshape(len(weights), len(pairs), 2, 2)
    for at, (above, below) in enumerate(pairs):
        ends = brackets[:, at]
        far, near = np.abs(ends[..., 1] - 1), np.abs(ends[..., 0] - 1)
        if not len(weights) or np.isnan(far).all():
            turns.append(Swap(above=above, below=below))
            continue
        candidates = [(weights[w], *ends[w, side].tolist()) for w, side in np.argwhere(near <= np.nanmin(far))]
        for _ in range(_HALVINGS):
            candidates = [
                (weight, *weight.halved((above, below), before, after)) for weight, before, after in candidates
            ]
            # The longest way of one can be shorter than the shortest of another.
            least = min(abs(after - 1) for _, _, after in candidates)
            candidates = [candidate for candidate in candidates if abs(candidate[1] - 1) <= least]
        weight, _, factor = min(candidates, key=lambda turn: (abs(turn[2] - 1), turn[0].name))
        grown = weight.share * factor
        turns.append(
            Swap(
                above=above,
                below=below,
                name=weight.name,
                dimension=weight.dimension,
                factor=factor,
                share=weight.share,
                new_share=grown / (grown + 1 - weight.share),
            )
        )
    return tuple(turns)


def adjustable(tree: Tree) -> list[int]:
    """The rows whose weight can be changed: those with some, and with siblings that have some."""
    return [
        child
        for node in tree.nodes
        for child, weight in zip(node.children, node.weights, strict=True)
        if 0 < weight < 1
    ]


class _Weight:
    """The score as a function of one weight's factor."""

    def __init__(self, scores: Scores, row: int) -> None:
        tree = scores.tree
        self.tree, leaves, nodes = path(tree, row)
        self.dimension = row >= len(tree.rules)
        self.name = tree.nodes[row - len(tree.rules)].name if self.dimension else tree.rules[row]
        self.at = tree.nodes[nodes[0]].children.index(row)
        self.share = tree.nodes[nodes[0]].weights[self.at]
        self.least = scores.rulebook.index.min_coverage
        self.leaves, self.covered = scores.values[leaves], scores.coverage[leaves]
        self.counted = None
        if scores.counted is not None:
            self.counted = np.concatenate([scores.counted, np.ones((len(tree.nodes), scores.counted.shape[1]))])[leaves]

    def published(self, factor: Array, units: Sequence[int] | slice = slice(None)) -> Array:
        """(units, factors): the published scores; NaN where too little is known to rank."""
        weights = [np.asarray(node.weights)[:, None, None] for node in self.tree.nodes]
        changed = np.repeat(weights[0], len(factor), axis=2)
        changed[self.at] *= factor
        weights[0] = changed / changed.sum(axis=0)
        leaves = np.repeat(self.leaves[:, units, None], len(factor), axis=2)
        counted = None if self.counted is None else self.counted[:, units, None]
        gated, enough = None, np.ones((), bool)
        if self.least or any(node.min_coverage for node in self.tree.nodes):
            known = np.repeat(self.covered[:, units, None], len(factor), axis=2)
            covered = coverage(self.tree, known, weights)
            gated, enough = thin(self.tree, covered), covered[self.tree.root] >= self.least - NEARLY
        exact = evaluate(self.tree, leaves, gated, weights=weights, counted=counted)[self.tree.root]
        return np.where(enough, rounded(exact, self.tree.decimals), np.nan)

    def brackets(self, pairs: list[tuple[int, int]]) -> Array:
        """(pairs, 2, 2): below and above 1, the factor before and the factor at which the order has turned."""
        published = self.published(_GRID)
        one = int(np.searchsorted(_GRID, 1.0))
        result = np.full((len(pairs), 2, 2), np.nan)
        for at, (above, below) in enumerate(pairs):
            turned = published[above] < published[below]
            for side, places in enumerate((np.arange(one, -1, -1), np.arange(one, len(_GRID)))):
                hit = np.flatnonzero(turned[places])
                if len(hit):
                    result[at, side] = _GRID[places[max(hit[0] - 1, 0)]], _GRID[places[hit[0]]]
        return result

    def halved(self, pair: tuple[int, int], before: float, after: float) -> tuple[float, float]:
        """The half of the bracket in which the two change places."""
        middle = (before + after) / 2
        above, below = self.published(np.asarray([middle]), pair)[:, 0]
        return (before, middle) if above < below else (middle, after)
