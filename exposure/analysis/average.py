"""A score against the average: what each rule adds to that of a country with the mean severity in every rule.

Aumann–Shapley along the straight path from the mean country: a rule's part is the integral of the slope of the whole
index by that rule. The parts add up to the score less the average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.scoring.aggregate import slopes
from exposure.scoring.score import Scores
from exposure.scoring.tree import Tree, coverage, evaluate, lightened, thin
from exposure.text import exact

Array = NDArray[np.float64]

_PLACES, _WIDTHS = np.polynomial.legendre.leggauss(12)
"""Gauss–Legendre on −1 to 1."""
_GRADED = 4.0 ** -np.arange(8, 0, -1)
_MESH = np.concatenate([[0.0], _GRADED, 1 - _GRADED[::-1], [1.0]])
"""Ends of the steps of the path, finer towards both ends: there a geometric mean may rise without bound."""
_HALVINGS = 45
"""How often a step is halved to find where another child becomes the highest or lowest."""
_MOST_TURNS = 32
"""Such places within one step; beyond them the parts still add up, each a little less exact."""
_BLOCK = 1 << 21
"""Values held at once; bounds the memory."""


@dataclass(frozen=True, kw_only=True, eq=False)
class AgainstAverage:
    """Score less average, taken apart; NaN where there is no score or no average."""

    average: float
    """Exact score of the mean country."""
    parts: Array
    """(rules, units): of each rule; 0 where the unit has no value."""
    gaps: Array
    """(units,): what comes of comparing over the unit's known rules only, with the weights that these have there."""
    rounding: Array
    """(units,): what the rounding of dimensions adds; 0 where only the score is rounded."""


class Against(NamedTuple):
    """One unit's score less that of the average country, in plain numbers; None where there is none."""

    average: float | None
    parts: dict[str, float | None]
    """Of each rule."""
    gaps: float | None
    rounding: float | None


def each_against_average(scores: Scores, units: Sequence[int]) -> list[Against]:
    """Of each of these units what lifts and lowers it, all worked out at once."""
    found, rules = against_average(scores, units), scores.tree.rules
    parts = [dict(zip(rules, map(exact, column.tolist()), strict=True)) for column in found.parts.T]
    others = zip(parts, found.gaps.tolist(), found.rounding.tolist(), strict=True)
    return [Against(exact(found.average), of, exact(gaps), exact(rest)) for of, gaps, rest in others]


def against_average(scores: Scores, units: Sequence[int]) -> AgainstAverage:
    """What lifts and lowers the exact scores of these units against the average of the ranked countries."""
    tree, at = scores.tree, np.asarray(units, np.int64)
    mean, average, smooth_average = _mean_country(scores)
    end = scores.values[: len(tree.rules), at]
    # With what nobody ranked has a value for there is nothing to compare.
    start = np.where(np.isnan(end) | np.isnan(mean)[:, None], end, mean[:, None])
    gated = thin(tree, scores.coverage[:, at])
    weights = [np.repeat(np.asarray(node.weights)[:, None], len(at), axis=1) for node in tree.nodes]
    if scores.counted is not None:
        weights, start, end = _with_shares(tree, weights, start, end, scores.counted[:, at])
    path = _Path(tree._replace(every_node=False), weights, gated, start, end)
    size = max(1, _BLOCK // (len(_MESH) * (tree.root + 1)))
    blocks = [path.parts(np.arange(first, min(first + size, len(at)))) for first in range(0, len(at), size)]
    every = np.arange(len(at))
    first, last = (path.values(every, np.full(len(at), t))[tree.root] for t in (0.0, 1.0))
    rounding = scores.exact[at] - last - (average - smooth_average) if tree.every_node else 0 * last
    scored = ~np.isnan(last) & ~np.isnan(average)
    return AgainstAverage(
        average=average,
        parts=np.where(scored, np.concatenate([np.zeros((len(tree.rules), 0)), *blocks], axis=1), np.nan),
        gaps=first - smooth_average,
        rounding=rounding,
    )


def _with_shares(
    tree: Tree, weights: list[Array], start: Array, end: Array, counted: Array
) -> tuple[list[Array], Array, Array]:
    """The weights of each unit, and the ends of its way, where some rules count with a share of their weight."""
    of_units, out = [], np.zeros(end.shape, bool)
    for at, node in enumerate(tree.nodes):
        rows, made = lightened(tree, at, [np.zeros(counted.shape[1])] * len(node.children), weights[at], counted)
        of_units.append(made)
        for child, row in zip(node.children, rows, strict=True):
            if child < len(tree.rules):
                out[child] = np.isnan(row)
    return of_units, np.where(out, np.nan, start), np.where(out, np.nan, end)


def _mean_country(scores: Scores) -> tuple[Array, float, float]:
    """(rules,) mean known severities of the ranked countries, their score, and that without rounding inside."""
    tree, ranked = scores.tree, scores.ranked
    seen = np.asarray([scores.cells[name].x[ranked] for name in tree.rules]).reshape(len(tree.rules), -1)
    taken = scores.values[: len(tree.rules), ranked]
    # What none of them has a value for, and the rules take as worst or best, they all have in common.
    x = np.where(np.isnan(seen).all(axis=1, keepdims=True), taken, seen)
    count = (~np.isnan(x)).sum(axis=1)
    mean = np.where(count > 0, np.nansum(x, axis=1) / np.maximum(count, 1), np.nan)
    gated = thin(tree, coverage(tree, ~np.isnan(mean[:, None])))
    both = (evaluate(one, mean[:, None], gated)[tree.root, 0] for one in (tree, tree._replace(every_node=False)))
    average, smooth = map(float, both)
    return mean, average, smooth


@dataclass(frozen=True, eq=False)
class _Path:
    """Straight ways of (rules, units) severities from `start` to `end`; columns are units at a time 0 to 1 each."""

    tree: Tree
    weights: list[Array]
    gated: NDArray[np.bool_]
    start: Array
    end: Array

    def values(self, unit: NDArray[np.int64], t: Array) -> Array:
        """(rules + nodes, columns)."""
        leaves = (1 - t) * self.start[:, unit] + t * self.end[:, unit]
        return evaluate(self.tree, leaves, self.gated[:, unit], np.nan, [w[:, unit] for w in self.weights])

    def slopes(self, unit: NDArray[np.int64], t: Array) -> Array:
        """(rules, columns): how fast the score rises with each rule, from the root down."""
        tree, values = self.tree, self.values(unit, t)
        slope = np.zeros_like(values)
        slope[tree.root] = 1.0
        for at in range(len(tree.nodes) - 1, -1, -1):
            node = tree.nodes[at]
            children = list(node.children)
            by_child = slopes(values[children], self.weights[at][:, unit], node.method, node.floor, tree.scale)
            slope[children] = slope[len(tree.rules) + at] * by_child
        return slope[: len(tree.rules)]

    def parts(self, units: NDArray[np.int64]) -> Array:
        """(rules, units): each rule's part of the way, adding up to the score at its end less that at its start."""
        unit, low, high = self._steps(units)
        whole = self.values(unit, high)[self.tree.root] - self.values(unit, low)[self.tree.root]
        rise = np.zeros((len(self.start), len(unit)))
        for place, width in zip(_PLACES, _WIDTHS, strict=True):
            rise += width / 2 * self.slopes(unit, low + (high - low) * (place + 1) / 2)
        part = np.nan_to_num(rise * (high - low) * (self.end - self.start)[:, unit])
        # What the integration misses, most of it next to a pole, is of those that move the score most there.
        size = np.abs(part)
        total = size.sum(axis=0)
        part += np.where(total > 0, (whole - part.sum(axis=0)) / np.where(total > 0, total, 1.0), 0.0) * size
        result = np.zeros((len(units), len(part)))
        np.add.at(result, unit - units[0], part.T)
        return result.T

    def _steps(self, units: NDArray[np.int64]) -> tuple[NDArray[np.int64], Array, Array]:
        """(steps,) units with the start and end of each step, within which the score has no corner."""
        straight = all(node.method == "arithmetic" for node in self.tree.nodes)
        ends = np.asarray([0.0, 1.0]) if straight else _MESH
        unit = np.repeat(units, len(ends) - 1)
        low, high = np.tile(ends[:-1], len(units)), np.tile(ends[1:], len(units))
        done = []
        for _ in range(_MOST_TURNS):
            left = self._attaining(unit, low)
            turns = (left != self._attaining(unit, high)).any(axis=0)
            done.append((unit[~turns], low[~turns], high[~turns]))
            unit, low, high, left = unit[turns], low[turns], high[turns], left[:, turns]
            if not len(unit):
                break
            before, after = low, high
            for _ in range(_HALVINGS):
                middle = (before + after) / 2
                same = (self._attaining(unit, middle) == left).all(axis=0)
                before, after = np.where(same, middle, before), np.where(same, after, middle)
            done += [(unit, low, before), (unit, before, after)]
            low = after
        unit, low, high = (np.concatenate(column) for column in zip(*done, (unit, low, high), strict=True))
        return unit, low, high

    def _attaining(self, unit: NDArray[np.int64], t: Array) -> NDArray[np.bool_]:
        """(children of max and min nodes, columns): which of them give their node its value."""
        extreme = [(at, node) for at, node in enumerate(self.tree.nodes) if node.method in ("max", "min")]
        if not extreme:
            return np.zeros((0, len(unit)), bool)
        values = self.values(unit, t)
        attaining = [
            slopes(values[list(node.children)], self.weights[at][:, unit], node.method, node.floor, self.tree.scale)
            for at, node in extreme
        ]
        return np.concatenate(attaining) > 0
