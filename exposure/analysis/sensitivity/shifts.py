"""What each kind of doubt, and each rule, does to scores and ranks: by itself, and where it alone is settled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.rulebook.model import Uncertainty
from exposure.scoring.drawing import KINDS, UncertainInputs, blocks, drawn_scores, rows_of
from exposure.scoring.leaves import drawn_leaves
from exposure.scoring.ranking import ranks
from exposure.scoring.score import Scores
from exposure.scoring.tree import rounded

Array = NDArray[np.float64]


class Shift(NamedTuple):
    """Mean over the ranked countries and the draws of how far each is from where it is published."""

    rank: float
    """In places."""
    score: float
    """In points of the score."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """One kind of doubt, or all that is drawn of one rule's severities."""

    kind: str | None
    """Of KINDS; None for a rule."""
    rule: str | None
    all: Shift
    """With everything drawn."""
    alone: Shift
    """With this alone drawn."""
    without: Shift
    """With all but this drawn."""


def shifts(
    scores: Scores,
    vary: Collection[str],
    settings: Uncertainty,
    draws: int,
    seed: int,
    tick: Callable[[int], None] | None = None,
) -> tuple[Doubt, ...]:
    """Every kind that varies, then every rule whose severities do, those first that shift the ranks most by themselves.

    `tick` is told how many scorings were made.
    """
    inputs = scores.uncertain_inputs(vary, settings)
    kinds = [kind for kind in KINDS if kind in vary and _varies(inputs, kind)]

    def shift(of: Collection[str]) -> Shift:
        drawn = drawn_scores(scores.uncertain_inputs(of, settings), draws, seed)
        if tick:
            tick(draws)
        return _shift(scores, drawn)

    whole = shift(vary)
    doubts = [
        Doubt(kind=kind, rule=None, all=whole, alone=shift((kind,)), without=shift(set(vary) - {kind}))
        for kind in kinds
    ]
    by_rule = sorted(_rules(scores, inputs, whole, draws, seed), key=lambda one: (-one.alone.rank, -one.alone.score))
    return tuple(doubts + by_rule)


def _varies(inputs: UncertainInputs, kind: str) -> bool:
    doubts = inputs.doubts
    return {
        "weights": inputs.spread > 0 and any(len(node.children) > 1 for node in inputs.tree.nodes),
        "claims": len(doubts.candidates.unit) > 0,
        "unknowns": doubts.open > 0,
        "inexact": len(doubts.inexact.claim) > 0,
        "aggregation": len(inputs.methods) > 1,
    }[kind]


def _shift(scores: Scores, drawn: Array) -> Shift:
    """Of drawn scores (units, draws) as published."""
    ranked = scores.ranked
    if not ranked.any() or not drawn.shape[1]:
        return Shift(float("nan"), float("nan"))
    places = np.abs(ranks(drawn[ranked].T) - scores.rank[ranked]).mean()
    return Shift(float(places), float(np.abs(drawn[ranked] - scores.score[ranked, None]).mean()))


def _rules(scores: Scores, inputs: UncertainInputs, whole: Shift, draws: int, seed: int) -> Iterator[Doubt]:
    """The rules of which severities vary, from the same draws, each with its severities as published or alone drawn."""
    tree, published = inputs.tree, [x[:, None] for x in inputs.doubts.published]
    own = [np.asarray(node.weights)[:, None, None] for node in tree.nodes]
    found: dict[int, list[tuple[Array, Array]]] = {}

    def scored(below: list[Array], weights: list[Array], method: NDArray[np.int64]) -> Array:
        root = rows_of(inputs, tree, below, weights, method, inputs.counted)[-1]
        return rounded(np.broadcast_to(root, (len(root), len(method))), tree.decimals)

    for drawn in blocks(inputs, draws, seed):
        leaves = drawn_leaves(inputs.doubts, drawn.uniforms)
        for row in [row for row, leaf in enumerate(leaves) if leaf.shape[1] > 1]:
            alone, rest = published.copy(), leaves.copy()
            alone[row], rest[row] = leaves[row], published[row]
            one = scored(alone, own, np.zeros_like(drawn.method))
            found.setdefault(row, []).append((one, scored(rest, drawn.weights, drawn.method)))
    for row, parts in found.items():
        first, second = (np.concatenate(part, axis=1) for part in zip(*parts, strict=True))
        both = _shift(scores, first), _shift(scores, second)
        yield Doubt(kind=None, rule=tree.rules[row], all=whole, alone=both[0], without=both[1])
