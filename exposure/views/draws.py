"""The draws themselves as a CSV, for whoever wants to see or replay them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from exposure.rulebook.model import Uncertainty
from exposure.scoring.drawing import KINDS, blocks, published
from exposure.scoring.ranking import ranks
from exposure.scoring.score import Scores


def draws_csv(
    scores: Scores, draws: int, seed: int, vary: Collection[str] = KINDS, settings: Uncertainty | None = None
) -> Iterator[bytes]:
    """Lines of a CSV, a draw each: the aggregation, each weight as a share of its siblings', scores and ranks.

    They are those of `robustness` with the same arguments. Weights put into a rules file give the score and rank of
    the draw where nothing else varies, and no min_coverage: who is known well enough is judged by the rules' own.
    """
    inputs, ranked = scores.uncertain_inputs(vary, settings), np.flatnonzero(scores.ranked)
    yield ",".join(_header(scores)).encode() + b"\n"
    methods = [name + f" with a floor of {floor:g}" * bool(floor) for name, floor in inputs.methods] or [""]
    number = 0
    for drawn in blocks(inputs, draws, seed):
        score, count = published(inputs, drawn), len(drawn.method)
        shares = [np.broadcast_to(w[:, 0] / w.sum(axis=0), (len(w), count)) for w in drawn.weights]
        weights = np.concatenate(shares).T if shares else np.zeros((count, 0))
        places = ranks(score[ranked].T) if len(ranked) else np.zeros((count, 0), int)
        lines = []
        for at in range(count):
            number += 1
            figures = ["" if np.isnan(value) else repr(float(value)) for value in (*weights[at], *score[:, at])]
            lines.append(",".join([str(number), methods[drawn.method[at]], *figures, *map(str, places[at])]))
        yield "\n".join([*lines, ""]).encode()


def _header(scores: Scores) -> list[str]:
    tree, units = scores.tree, scores.selection.units
    rows = [*(f"rules.{name}" for name in tree.rules), *(f"dimensions.{name}" for name in tree.dimension_rows())]
    weights = [rows[child] for node in tree.nodes for child in node.children]
    ranked = [f"ranks.{units[at]}" for at in np.flatnonzero(scores.ranked)]
    return ["draw", "aggregation", *weights, *(f"scores.{unit}" for unit in units), *ranked]
