"""Is the index sound: what its rules really carry, what is missing, and where a reader may be misled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from exposure.analysis.soundness import figures
from exposure.analysis.soundness.country_remarks import country_remarks
from exposure.analysis.soundness.incentives import rewards
from exposure.analysis.soundness.remarks import KINDS, Remark
from exposure.analysis.soundness.rule_remarks import rule_remarks

if TYPE_CHECKING:
    from exposure.analysis.soundness.figures import Covered, Edge, Offset, Pair, Weight
    from exposure.analysis.soundness.incentives import Reward
    from exposure.scoring.score import Scores


@dataclass(frozen=True)
class Audit:
    """What was measured of an index, and what is to be said of it."""

    countries: int
    ranked: int
    """How many of them have a rank: the base of effective weights and of correlations with the score."""
    weights: tuple[Weight, ...]
    """One a rule, in the order of the rules."""
    dimensions: tuple[Weight, ...]
    """One a dimension, each after those in it."""
    pairs: tuple[Pair, ...]
    """Every two scored rules, those that go together most first."""
    coverage: tuple[Covered, ...]
    """One a country, the least known first."""
    edges: tuple[Edge, ...]
    """One a country with a score, the nearest to an edge first."""
    offsets: tuple[Offset, ...]
    """Ranked countries that are severe somewhere and mild on the whole."""
    rewards: tuple[Reward, ...]
    """Scored combinations that pay for a worse value."""
    remarks: tuple[Remark, ...] = ()
    """In the order of KINDS."""


def audit(scores: Scores) -> Audit:
    """What the index of these scores carries, misses and misleads by; entities are left out."""
    of_rules, of_dimensions = figures.weights(scores)
    found = Audit(
        countries=int(scores.selection.is_country.sum()),
        ranked=int(scores.ranked.sum()),
        weights=of_rules,
        dimensions=of_dimensions,
        pairs=figures.pairs(scores),
        coverage=figures.coverage(scores),
        edges=figures.edges(scores),
        offsets=figures.offsets(scores),
        rewards=rewards(scores),
    )
    order = list(KINDS)
    said = [*country_remarks(scores, found), *rule_remarks(scores, found)]
    return replace(found, remarks=tuple(sorted(said, key=lambda remark: order.index(remark.code))))
