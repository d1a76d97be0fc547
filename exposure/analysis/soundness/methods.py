"""The same index by other methods: what each would make of scores and ranks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exposure.rulebook.kinds import AnyRule
from exposure.rulebook.kinds.number import NumberRule
from exposure.rulebook.model import Rulebook, method_and_floor
from exposure.scoring.score import Scores, score


@dataclass(frozen=True, kw_only=True, eq=False)
class Method:
    """The index by another method; arrays over units."""

    name: str
    """`geometric`: the root by such a mean, or where it is one `arithmetic`; `worst`, `best`: unknown values so;
    `equal` weights; `minmax`: figures between the least and the most of the countries and not between goalposts."""
    score: NDArray[np.float64]
    """As published; NaN unknown."""
    rank: NDArray[np.int64]
    """0 where it has none."""


def methods(scores: Scores) -> tuple[Method, ...]:
    """What each method that differs from that of the rules makes of the same observations."""
    made = []
    for name, rulebook in _changed(scores):
        other = score(scores.observations, rulebook, scores.selection.as_of or None)
        made.append(Method(name=name, score=other.score, rank=other.rank))
    return tuple(made)


def _changed(scores: Scores) -> Iterator[tuple[str, Rulebook]]:
    rulebook = scores.rulebook
    scale, rules, dimensions = rulebook.index.scale, rulebook.rules, rulebook.dimensions
    bounded = not any(any(rule.may_leave(scale)) for rule in rules.values())
    if bounded:
        other = "arithmetic" if method_and_floor(rulebook.index.aggregation)[0] == "geometric" else "geometric"
        yield other, _index(rulebook, aggregation=other)
        plain = {name: rule.model_copy(update={"missing": None}) for name, rule in rules.items()}
        for end in ("worst", "best"):
            yield end, _index(rulebook, missing=end).model_copy(update={"rules": plain})
    alike = {
        section: {name: part.model_copy(update={"weight": float(part.weight > 0)}) for name, part in parts.items()}
        for section, parts in (("rules", rules), ("dimensions", dimensions))
    }
    if alike != {"rules": dict(rules), "dimensions": dict(dimensions)}:
        yield "equal", rulebook.model_copy(update=alike)
    placed = {name: _among(rule, scores.selection.peers(rule.reads(name)[0])) for name, rule in rules.items()}
    if placed != dict(rules):
        yield "minmax", rulebook.model_copy(update={"rules": placed})


def _index(rulebook: Rulebook, **settings: str) -> Rulebook:
    return rulebook.model_copy(update={"index": rulebook.index.model_copy(update=settings)})


def _among(rule: AnyRule, figures: NDArray[np.float64]) -> AnyRule:
    """A figure between goalposts with those that the countries give it; any other rule as it is."""
    if not isinstance(rule, NumberRule) or rule.goalposts is None or not rule.weight or len(set(figures)) < 2:
        return rule
    ends = float(figures.min()), float(figures.max())
    return rule.model_copy(update={"goalposts": ends if rule.goalposts[0] < rule.goalposts[1] else ends[::-1]})
