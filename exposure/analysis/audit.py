"""Is the index sound: what its rules really carry, what is missing, and where a reader may be misled."""

from __future__ import annotations

from dataclasses import dataclass

from exposure.analysis.soundness.figures import Figures, measure
from exposure.analysis.soundness.remarks import Remark, remarks
from exposure.scoring.score import Scores


@dataclass(frozen=True, kw_only=True)
class Audit(Figures):
    """What was measured of an index, and what is to be said of it."""

    remarks: tuple[Remark, ...]
    """In the order of CODES."""


def audit(scores: Scores) -> Audit:
    """What the index of these scores carries, misses and misleads by; entities are left out."""
    figures = measure(scores)
    return Audit(**vars(figures), remarks=remarks(scores, figures))
