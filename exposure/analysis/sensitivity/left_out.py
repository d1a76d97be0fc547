"""What each rule and dimension does to the ranks: everything scored once more without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.scoring.ranking import ranks
from exposure.scoring.score import Scores
from exposure.scoring.tree import Tree, coverage, evaluate, rounded, thin
from exposure.text import NEARLY

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class LeftOut:
    """The index without one rule or dimension."""

    name: str
    dimension: bool
    score: Array
    """(units,): as published; NaN unknown."""
    rank: NDArray[np.int64]
    """(units,): 0 for the unranked."""
    shift: float
    """Mean of the places that the countries ranked both with it and without it move."""


def left_out(scores: Scores) -> tuple[LeftOut, ...]:
    """Every rule and dimension of some weight, in the order of the file, dimensions first.

    As if its lines were struck out of the rules: what it leaves empty goes with it, coverage and who is ranked
    are judged anew. What would leave nothing is not listed.
    """
    tree = scores.tree
    of_dimensions = tree.dimension_rows()
    rows = [of_dimensions[name] for name in scores.rulebook.dimensions if name in of_dimensions]
    rows += [row for row, share in enumerate(tree.leaf_weights()) if share > 0]
    names = [*tree.rules, *(node.name for node in tree.nodes)]
    without = []
    for row in rows:
        weights = _without(tree, row)
        if weights is not None:
            score, rank = _scored(scores, weights)
            shift = np.abs(rank - scores.rank)[scores.ranked & (rank > 0)]
            mean = float(shift.mean()) if len(shift) else float("nan")
            without.append(
                LeftOut(name=names[row], dimension=row >= len(tree.rules), score=score, rank=rank, shift=mean)
            )
    return tuple(without)


def _without(tree: Tree, row: int) -> list[Array] | None:
    """For each node (children,) weights summing to 1 without the row; None where nothing is left of the tree."""
    weights = [np.asarray(node.weights) for node in tree.nodes]
    while row != tree.root:
        at = next(n for n, node in enumerate(tree.nodes) if row in node.children)
        weights[at] = np.where(np.asarray(tree.nodes[at].children) == row, 0.0, weights[at])
        total = weights[at].sum()
        if total > 0:
            weights[at] = weights[at] / total
            return weights
        row = len(tree.rules) + at
    return None


def _scored(scores: Scores, weights: list[Array]) -> tuple[Array, NDArray[np.int64]]:
    """(units,) published scores and ranks under weights of (children,) a node."""
    tree = scores.tree
    by_node = [node[:, None] for node in weights]
    covered = coverage(tree, np.asarray([scores.cells[name].known for name in tree.rules]), by_node)
    exact = evaluate(tree, scores.values[: len(tree.rules)], thin(tree, covered), weights=by_node)[tree.root]
    published = rounded(exact, tree.decimals)
    enough = covered[tree.root] >= scores.rulebook.index.min_coverage - NEARLY
    ranked = scores.selection.is_country & enough & ~np.isnan(exact)
    return published, ranks(np.where(ranked, published, np.nan))
