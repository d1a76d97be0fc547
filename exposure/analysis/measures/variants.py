"""One country under many choices at once: every choice a unit of its own, scored by the engine itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exposure.observations.cells import Value, value_reader
from exposure.observations.columns import TextColumn, repeated, stacked
from exposure.observations.overlay import Assumption, overlaid
from exposure.scoring.score import Scores, score
from exposure.scoring.selection import NO_LINE, Selection
from exposure.scoring.severity import Cells, severities
from exposure.scoring.tree import coverage, evaluate, rounded, thin

Array = NDArray[np.float64]

AS_IS = 0
"""The choice of leaving an indicator as it is; 1 is the first of its options."""
_BLOCK = 1 << 14


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Variants:
    """What a country or entity would score with other values of some indicators."""

    scores: Scores
    unit: int
    options: Mapping[str, Sequence[str]]
    """Indicator → values it could have."""
    pool: Selection
    """The claims of the unit and its kin, then those of the options; its units are the unit and its kin."""
    start: Mapping[str, int]
    """Indicator → the row of its first option in the pool."""
    relative: Mapping[str, Array]
    """Rule among peers → (3, choices): what it scores under each choice of its indicator, and the shares of it that are
    known and count."""

    def scored(self, choices: NDArray[np.int64]) -> Array:
        """(choices,): the exact scores; `choices` is (choices, indicators) in the order of `options`."""
        parts = [self._exact(choices[at : at + _BLOCK]) for at in range(0, len(choices), _BLOCK)]
        return np.concatenate([*parts, np.zeros(0)])

    def published(self, choices: NDArray[np.int64]) -> Array:
        """(choices,): the same as they would be published."""
        return rounded(self.scored(choices), self.scores.tree.decimals)

    def contradictions(self, choices: NDArray[np.int64]) -> list[tuple[str, ...]]:
        """For each choice the contradiction rules that would hold in the unit itself."""
        rules = self.scores.rulebook.rules
        marked = [name for name, rule in rules.items() if rule.is_contradiction]
        cells = self._cells(choices)
        return [tuple(name for name in marked if cells[name].x[at] > 0) for at in range(len(choices))]

    def _cells(self, choices: NDArray[np.int64]) -> dict[str, Cells]:
        """The severities of the unit under each choice, then those of its kin."""
        pool, count = self.pool, len(choices)
        own = np.repeat(pool.own, count, axis=1)
        for at, name in enumerate(self.options):
            row, chosen = pool.indicators.index(name), choices[:, at]
            own[row, :count] = np.where(chosen == AS_IS, own[row, :count], self.start[name] + chosen - 1)
        parent = np.concatenate(
            [np.where(one < 0, one, one * count + np.arange(count)) for one in pool.parent[:, None]]
        )
        units = tuple(map(str, range(len(parent))))
        selection = replace(
            pool,
            units=units,
            names=units,
            parent=parent,
            share=np.repeat(pool.share, count),
            own=own,
            contested=np.unique(own[own != NO_LINE]),
        )
        return severities(selection, self.scores.rulebook)

    def _exact(self, choices: NDArray[np.int64]) -> Array:
        tree, rulebook, count = self.scores.tree, self.scores.rulebook, len(choices)
        cells = self._cells(choices)
        severity, known, counted = [], [], []
        for name in tree.rules:
            x, sure, counts = (
                column[:count] for column in (cells[name].filled, cells[name].known, cells[name].counted)
            )
            if name in self.relative:
                names, (read,) = list(self.options), rulebook.rules[name].reads(name)
                chosen = choices[:, names.index(read)] if read in names else np.full(count, AS_IS)
                x, sure, counts = (each[chosen] for each in self.relative[name])
            severity.append(x)
            known.append(sure)
            counted.append(counts)
        gated = thin(tree, coverage(tree, np.asarray(known)))
        return evaluate(tree, np.asarray(severity), gated, counted=np.asarray(counted))[tree.root]


def variants(scores: Scores, unit: int, options: Mapping[str, Sequence[str]]) -> Variants:
    """The unit with these options, which must be values as the reader accepts them."""
    selection, observations = scores.selection, scores.observations
    parent = int(selection.parent[unit])
    family = [unit, *([parent] if parent >= 0 else selection.entities(unit))]
    place = {one: at for at, one in enumerate(family)}
    own = selection.own[:, family]
    rows = np.unique(own[own != NO_LINE])
    start: dict[str, int] = {}
    values: list[Value] = []
    for name, texts in options.items():
        start[name] = len(rows) + len(values)
        read = value_reader(observations.indicators[name], scores.rulebook.uncertainty.about)
        values += map(read, texts)
    columns: dict[str, TextColumn | NDArray[Any]] = {
        column: np.concatenate([observations.numbers(column)[rows], [getattr(value, column) for value in values]])
        for column in ("number", "low", "high")
    }
    columns["sure"] = np.concatenate([observations.numbers("sure")[rows], np.full(len(values), -1, np.int8)])
    options_said = TextColumn([value.text for value in values], np.arange(len(values), dtype=np.int32))
    columns["value"] = stacked([observations.text("value").taken(rows).used(), options_said])
    count = len(rows) + len(values)
    columns |= {"country": repeated("0", count), "indicator": repeated(selection.indicators[0], count)}
    pool = replace(
        selection,
        observations=replace(observations, columns=columns, places=None),
        units=tuple(map(str, range(len(family)))),
        names=tuple(map(str, range(len(family)))),
        parent=np.asarray([place.get(int(selection.parent[one]), -1) for one in family]),
        share=selection.share[family],
        own=np.where(own == NO_LINE, NO_LINE, np.searchsorted(rows, own)),
    )
    relative = _among_peers(scores, unit, options)
    return Variants(scores=scores, unit=unit, options=options, pool=pool, start=start, relative=relative)


def _among_peers(scores: Scores, unit: int, options: Mapping[str, Sequence[str]]) -> dict[str, Array]:
    """Rules that normalise over the countries present need the others beside each option."""
    code, as_of = scores.selection.units[unit], scores.selection.as_of
    relative = {name: rule.reads(name)[0] for name, rule in scores.rulebook.rules.items() if rule.among_peers}
    sides = {}
    for indicator in {*relative.values()}:
        sides[indicator] = [scores]
        for text in options.get(indicator, ()):
            assumption = Assumption(code, indicator, text, f"{code}.{indicator}={text}")
            observations = overlaid(scores.observations, scores.rulebook, [assumption], as_of)
            sides[indicator].append(score(observations, scores.rulebook, as_of or None))
    by_rule = {}
    for name, indicator in relative.items():
        cells = [(side.cells[name], side.selection.units.index(code)) for side in sides[indicator]]
        columns = ("filled", "known", "counted")
        by_rule[name] = np.asarray([[getattr(one, column)[place] for one, place in cells] for column in columns])
    return by_rule
