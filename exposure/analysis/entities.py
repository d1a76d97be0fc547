"""Where the entities of one country differ, and what the country would score if all of it were like one of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from exposure.analysis.explain import RuleLine, explain
from exposure.analysis.measures.single import rank_with
from exposure.scoring.score import Scores


class Entity(NamedTuple):
    """One entity, and the country as if all of it were like that."""

    unit: int
    """Of the entity."""
    score: float
    """As published, the entity's own; NaN unknown."""
    move: float
    """From the country's published score to it."""
    rank: int
    """That the country would have with it; 0 where it has none."""


class Difference(NamedTuple):
    """A rule of which the entities do not all say the same."""

    rule: str
    lines: tuple[RuleLine, ...]
    """One an entity, in the order of `each`."""


class Entities(NamedTuple):
    """The entities of one country, side by side."""

    each: tuple[Entity, ...]
    differences: tuple[Difference, ...]
    """The rules in their order, those of weight 0 left out."""
    apart: float
    """The highest published score of an entity less the lowest; NaN where one is unknown."""


def entities(scores: Scores, country: int) -> Entities | None:
    """The entities of a country, by their names; None where it has none."""
    parts = scores.selection.entities(country)
    if not parts:
        return None
    each = []
    for unit in parts:
        score = float(scores.score[unit])
        rank = 0 if np.isnan(score) else rank_with(scores, country, score)
        each.append(Entity(unit, score, score - float(scores.score[country]), rank))
    explained = [explain(scores, unit).rules for unit in parts]
    differences = [
        Difference(lines[0].rule, lines)
        for lines in zip(*explained, strict=True)
        if lines[0].weight > 0 and len({(line.value, line.severity) for line in lines}) > 1
    ]
    return Entities(tuple(each), tuple(differences), float(np.ptp([one.score for one in each])))
