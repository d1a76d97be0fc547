"""Combination rules that pay a country for making something worse.

A pledge beside a practice that breaks it scores as a combination; who withdraws the pledge switches it off. If the
score falls by that, the index advises to withdraw.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.rulebook.conditions import Bounds
from exposure.rulebook.kinds.number import NumberRule
from exposure.scoring.selection import NO_LINE
from exposure.scoring.tree import evaluate, thin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.rulebook.conditions import Condition
    from exposure.scoring.score import Scores

    Array = NDArray[np.float64]

_JUST_BEYOND = 0.01
"""How far outside of a bound a figure is tried, as a share of the span of its rule."""
_NOISE = 1e-9


class Reward(NamedTuple):
    """The largest fall of a score that a worse value brings, by switching a combination off."""

    rule: str
    indicator: str
    inside: str
    """A value with which the combination holds."""
    outside: str
    """A worse one, with which it does not."""
    country: str
    """Whose other severities make the fall the largest."""
    before: float
    after: float
    """Its scores with either value, before rounding."""


class _Value(NamedTuple):
    text: str
    inside: bool
    severities: tuple[float, ...]
    """As each rule that reads the indicator scores it."""


def rewards(scores: Scores) -> tuple[Reward, ...]:
    """One for every scored combination and every indicator by which it pays for the worse, in the order of the rules.

    Tried on every country: its other severities stay, unknown ones too; where the value is inside, the combination
    holds and counts in full, outside it counts nothing. Other combinations stay as they are, and so does what
    is unknown of a dimension. A bound on how many words a list has is not judged.
    """
    weight = dict(zip(scores.tree.rules, scores.tree.leaf_weights().tolist(), strict=True))
    found: list[Reward] = []
    for name, rule in scores.rulebook.rules.items():
        if not weight[name]:
            continue
        for indicator, condition in rule.conditions.items():
            readers = [
                other
                for other, reading in scores.rulebook.rules.items()
                if reading.form and indicator in reading.reads(other) and weight[other]
            ]
            if readers and (worst := _largest_fall(scores, name, indicator, condition, readers)):
                found.append(worst)
    return tuple(found)


def _largest_fall(scores: Scores, name: str, indicator: str, condition: Condition, readers: list[str]) -> Reward | None:
    tried = _values(scores, indicator, condition, readers)
    severity = np.asarray([value.severities for value in tried]).reshape(len(tried), len(readers))
    inside = [at for at, value in enumerate(tried) if value.inside]
    outside = np.asarray([at for at, value in enumerate(tried) if not value.inside], np.int64)
    countries = np.flatnonzero(scores.selection.is_country)
    made = np.asarray([_scores_with(scores, name, readers, value, countries) for value in tried])
    best: tuple[float, int, int, int] | None = None
    for at in inside:
        more = severity[outside] - severity[at]
        worse = outside[(more >= -_NOISE).all(-1) & (more > _NOISE).any(-1)]
        fall = np.nan_to_num(made[at] - made[worse], nan=0.0)
        if not fall.size or fall.max() <= (_NOISE if best is None else best[0] + _NOISE):
            continue
        which, country = divmod(int(fall.argmax()), fall.shape[1])
        best = (float(fall.max()), at, int(worse[which]), int(country))
    if best is None:
        return None
    _, at, to, country = best
    unit = scores.selection.units[int(countries[country])]
    before, after = float(made[at, country]), float(made[to, country])
    return Reward(name, indicator, tried[at].text, tried[to].text, unit, before, after)


def _scores_with(scores: Scores, name: str, readers: list[str], value: _Value, countries: NDArray[np.int64]) -> Array:
    """(countries,): the scores where the indicator has this value, and the combination what follows from it."""
    tree = scores.tree
    leaves = scores.values[: len(tree.rules), countries].copy()
    for reader, severity in zip(readers, value.severities, strict=True):
        leaves[tree.rules.index(reader)] = severity
    leaves[tree.rules.index(name)] = tree.scale if value.inside else 0.0
    return evaluate(tree, leaves, thin(tree, scores.coverage[:, countries]))[tree.root]


def _values(scores: Scores, indicator: str, condition: Condition, readers: list[str]) -> list[_Value]:
    """Values that all of the readers know, each with what they make of it; of equal ones the first."""
    rules = [scores.rulebook.rules[reader] for reader in readers]
    if isinstance(condition, Bounds):
        figures = _figures(scores, indicator, condition, readers)
        made = [(f"{figure:g}", _within(figure, condition), severities) for figure, severities in figures]
    else:
        wanted = {condition} if isinstance(condition, str) else set(condition)
        nothing = np.zeros(0)
        tables = [
            rule.options(scores.tree.scale, nothing, nothing) if rule.form and rule.form.kind != "number" else {}
            for rule in rules
        ]
        common = [word for word in tables[0] if all(word in table for table in tables)]
        made = [(word, word in wanted, tuple(table[word] for table in tables)) for word in common]
    first = {(inside, severities): _Value(text, inside, severities) for text, inside, severities in reversed(made)}
    return list(reversed(first.values()))


def _within(figure: float, bounds: Bounds) -> bool:
    low = -np.inf if bounds.at_least is None else bounds.at_least
    return low <= figure <= (np.inf if bounds.at_most is None else bounds.at_most)


def _figures(
    scores: Scores, indicator: str, bounds: Bounds, readers: list[str]
) -> Iterator[tuple[float, tuple[float, ...]]]:
    """Figures at which something may change, with their severities: knots, both sides of a bound, and what is observed.

    A relative rule has no knots: of it only what is observed is tried, with the severities that this has.
    """
    rules = [scores.rulebook.rules[reader] for reader in readers]
    fixed = [rule for rule in rules if isinstance(rule, NumberRule)]
    if len(fixed) == len(rules):
        figures = np.unique(_knots(fixed, bounds))
        columns = [rule.placed(figures, scores.tree.scale).tolist() for rule in fixed]
        yield from zip(figures.tolist(), zip(*columns, strict=True), strict=True)
    if all(rule.form and rule.form.kind == "number" for rule in rules):
        claim = scores.selection.effective(indicator)
        for unit in np.flatnonzero(claim != NO_LINE).tolist():
            figure = float(scores.selection.numbers["number"][claim[unit]])
            severities = tuple(float(scores.cells[reader].x[unit]) for reader in readers)
            if not np.isnan([figure, *severities]).any():
                yield figure, severities


def _knots(rules: list[NumberRule], bounds: Bounds) -> Array:
    ends = [bound for bound in (bounds.at_least, bounds.at_most) if bound is not None]
    marks = [mark for rule in rules for mark in (rule.goalposts or [value for value, _ in rule.steps or ()])]
    span, whole = max(marks) - min(marks), any(rule.whole for rule in rules)
    step = 1.0 if whole else _JUST_BEYOND * span
    figures = np.asarray([*marks, *ends, *(end - step for end in ends), *(end + step for end in ends)])
    figures = np.ceil(figures) if whole else figures
    valid = [rule.valid for rule in rules if rule.valid]
    return np.clip(figures, max((low for low, _ in valid), default=-np.inf), min((h for _, h in valid), default=np.inf))
