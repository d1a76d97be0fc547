"""What each rule and dimension does to the ranks: everything scored once more without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.scoring.ranking import ranks
from exposure.scoring.score import Scores
from exposure.scoring.tree import build_tree, coverage, evaluate, rounded, thin
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
    tree, rulebook = scores.tree, scores.rulebook
    known = np.asarray([scores.cells[name].known for name in tree.rules])
    carried = [name for name, share in zip(tree.rules, tree.leaf_weights(), strict=True) if share > 0]
    without = []
    for name in (*(name for name in rulebook.dimensions if name in tree.dimension_rows()), *carried):
        dimension = name in rulebook.dimensions
        parts = rulebook.dimensions if dimension else rulebook.rules
        changed = {**parts, name: parts[name].model_copy(update={"weight": 0.0})}
        rest = build_tree(rulebook.model_copy(update={"dimensions" if dimension else "rules": changed}))
        if rest.nodes:
            covered = coverage(rest, known)
            exact = evaluate(rest, scores.values[: len(tree.rules)], thin(rest, covered), counted=scores.counted)[
                rest.root
            ]
            score = rounded(exact, tree.decimals)
            enough = covered[rest.root] >= rulebook.index.min_coverage - NEARLY
            rank = ranks(np.where(scores.selection.is_country & enough, score, np.nan))
            moved = np.abs(rank - scores.rank)[scores.ranked & (rank > 0)]
            shift = float(moved.mean()) if len(moved) else float("nan")
            without.append(LeftOut(name=name, dimension=dimension, score=score, rank=rank, shift=shift))
    return tuple(without)
