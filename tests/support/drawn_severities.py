"""The severities of one rule in many draws, and how often each comes up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from exposure.scoring.drawing import blocks
from exposure.scoring.leaves import drawn_leaves
from exposure.scoring.score import Scores

DRAWS = 40_000


def drawn(scores: Scores, rule: str, unit: str = "SRB", vary: tuple[str, ...] = ("unknowns",)) -> NDArray[np.float64]:
    """(draws,): the severities of one rule; all leaves are drawn, so that those of one draw belong together."""
    inputs = scores.uncertain_inputs(vary)
    at, row = scores.selection.units.index(unit), scores.tree.rules.index(rule)
    found = [
        np.broadcast_to(drawn_leaves(inputs.doubts, block.uniforms)[row][at], len(block.method))
        for block in blocks(inputs, DRAWS, 1)
    ]
    return np.concatenate(found)


def often(values: NDArray[np.float64], value: float) -> float:
    return float((np.abs(values - value) < 1e-9).mean())


def about(chance: float) -> Any:
    return pytest.approx(chance, abs=4 * (chance * (1 - chance) / DRAWS) ** 0.5 + 1e-12)
