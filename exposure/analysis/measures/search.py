"""The fewest measures that reach a goal, exactly where that many sets can be scored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.analysis.measures.single import (
    Measure,
    Severities,
    controllable,
    newly,
    rank_with,
    readers_of,
)
from exposure.analysis.measures.variants import AS_IS
from exposure.scoring.ranking import bands
from exposure.scoring.tree import rounded
from exposure.text import NEARLY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.analysis.measures.variants import Variants
    from exposure.scoring.score import Scores

MOST_TRIED = 400_000
"""Sets of measures that are scored in search of the smallest; beyond, the set found may not be it."""
_BLOCK = 1 << 14


class Plan(NamedTuple):
    """Measures taken together."""

    measures: tuple[Measure, ...]
    score: float
    band: str
    rank: int
    reached: bool
    """Whether it reaches the target; else it is the lowest that all measures can reach."""
    proven: bool
    """Whether no smaller set does as much."""
    lowest: bool
    """Whether it is known how low all measures can bring it; else a target out of reach may not be."""
    tried: int
    """Sets that were scored."""
    brings: tuple[str, ...]
    """Contradictions that all of them together would bring."""


def stands_apart(scores: Scores, unit: int, indicator: str) -> bool:
    """Whether less severity of this indicator never does harm, whatever the others are: one rule alone reads it."""
    rulebook = scores.rulebook
    combined = {read for rule in rulebook.rules.values() if rule.weight for read in rule.conditions}
    readers = readers_of(rulebook)[indicator]
    # What was known through entities in part becomes known in full, and may let its dimension count.
    gated = any(node.min_coverage for node in scores.tree.nodes)
    partly = any(float(scores.cells[name].known[unit]) < 1 - NEARLY for name in readers)
    return indicator not in combined and len(readers) == 1 and not (gated and partly)


def worth_trying(options: dict[str, Severities], apart: list[bool], singles: list[Measure]) -> list[list[int]]:
    """For each indicator the choices that can be of use: all, or of one that stands apart the least severe.

    Of equals that which brings no contradiction.
    """
    brings = {(one.indicator, one.value): len(one.brings) for one in singles}
    found = []
    for (name, values), alone in zip(options.items(), apart, strict=True):
        every = list(range(1, len(values) + 1))
        severity = [(min(by.values()), brings[name, value]) for value, by in values.items()]
        found.append([1 + severity.index(min(severity))] if alone else every)
    return found


class Search(NamedTuple):
    """The smallest set of measures, exactly where that many sets can be scored."""

    of: Variants
    singles: list[Measure]
    worth: list[list[int]]
    """Of each indicator, the choices that can be of use."""
    apart: list[bool]
    """Whether the least severe choice of the indicator never does harm."""

    def plan(self, limit: float) -> Plan:
        """The fewest measures that bring the published score to the limit, or else as low as it goes."""
        as_it_is = np.full(len(self.worth), AS_IS)
        if not self.worth or self.of.published(as_it_is[None])[0] <= limit:
            return self._plan(as_it_is, limit, True, True, 0)
        far, complete, tried = self._farthest()
        goal = max(limit, float(self.of.published(far[None])[0]))
        if self.of.published(as_it_is[None])[0] <= goal:
            return self._plan(as_it_is, limit, complete, complete, tried)
        fewest, more = self._fewest(goal)
        proven = fewest is not None and (complete or goal == limit)
        found = fewest if fewest is not None else self._thinned(far, goal)
        return self._plan(found, limit, proven, complete, tried + more)

    def _farthest(self) -> tuple[NDArray[np.int64], bool, int]:
        """The choices that bring the score lowest, whether no others can do more, and how many were tried."""
        ways = [choices if apart else [AS_IS, *choices] for choices, apart in zip(self.worth, self.apart, strict=True)]
        many = int(np.prod([float(len(way)) for way in ways]))
        if many > MOST_TRIED:
            return self._descended(ways)
        found = self._lowest(product(*ways), np.inf)
        assert found is not None
        return found, True, many

    def _descended(self, ways: list[list[int]]) -> tuple[NDArray[np.int64], bool, int]:
        """The same from what is best of each, by the best choice of one indicator after the other while that helps."""
        best = np.asarray([way[0] if len(way) == 1 else self._best(at) for at, way in enumerate(ways)])
        lowest, tried = float(self.of.scored(best[None])[0]), 1
        while True:
            before = lowest
            for at, way in enumerate(ways):
                rows = np.repeat(best[None], len(way), axis=0)
                rows[:, at] = way
                exact = self.of.scored(rows)
                tried += len(rows)
                if exact.min() < lowest - NEARLY:
                    lowest, best = float(exact.min()), rows[int(np.argmin(exact))]
            if lowest >= before:
                return best, False, tried

    def _best(self, at: int) -> int:
        """The choice of an indicator that lowers the score most by itself."""
        name = list(self.of.options)[at]
        moves = {self.of.options[name].index(one.value) + 1: one.move for one in self.singles if one.indicator == name}
        return min(moves, key=lambda choice: moves[choice])

    def _fewest(self, goal: float) -> tuple[NDArray[np.int64] | None, int]:
        """The smallest set that reaches the goal, of equals the lowest; None where too many would have to be tried."""
        if self._adds_up():
            order = sorted(range(len(self.worth)), key=lambda at: self._move(at))
            rows = np.full((len(order), len(order)), AS_IS)
            for size, at in enumerate(order):
                rows[size:, at] = self.worth[at][0]
            reached = np.flatnonzero(self.of.published(rows) <= goal)
            return rows[reached[0]], len(rows)
        always = self._always(goal)
        others = [[] if at in always else choices for at, choices in enumerate(self.worth)]
        tried = 0
        for size in range(0 if always else 1, len(self.worth) - len(always) + 1):
            tried += _sets(others, size)
            if tried > MOST_TRIED:
                return None, tried - _sets(others, size)
            found = self._lowest(self._of_size(always, others, size), goal)
            if found is not None:
                return found, tried
        return None, tried

    def _lowest(self, rows: Iterator[Sequence[int]], goal: float) -> NDArray[np.int64] | None:
        """Of the choices whose published score reaches the goal the first of the lowest; in blocks, they are many."""
        best, lowest = None, np.inf
        while block := list(islice(rows, _BLOCK)):
            choices = np.asarray(block)
            exact = self.of.scored(choices)
            exact = np.where(rounded(exact, self.of.scores.tree.decimals) <= goal, exact, np.inf)
            if exact.min() < lowest:
                best, lowest = choices[int(np.argmin(exact))], float(exact.min())
        return best

    def _adds_up(self) -> bool:
        """Whether the measures lower the score by what each does alone, so that the largest are the fewest."""
        tree = self.of.scores.tree
        plain = all(node.method == "arithmetic" for node in tree.nodes) and not tree.every_node
        return plain and all(self.apart)

    def _move(self, at: int) -> float:
        name = list(self.of.options)[at]
        value = self.of.options[name][self.worth[at][0] - 1]
        return next(one.move for one in self.singles if (one.indicator, one.value) == (name, value))

    def _always(self, goal: float) -> set[int]:
        """Indicators without which all the others together fall short, so that every set that does not has them."""
        if not all(self.apart):
            return set()
        rows = np.repeat(np.asarray([[choice for (choice,) in self.worth]]), len(self.worth), axis=0)
        np.fill_diagonal(rows, AS_IS)
        return set(np.flatnonzero(self.of.published(rows) > goal).tolist())

    def _of_size(self, always: set[int], worth: list[list[int]], size: int) -> Iterator[list[int]]:
        for which in combinations([at for at, choices in enumerate(worth) if choices], size):
            for chosen in product(*(worth[at] for at in which)):
                row = [self.worth[at][0] if at in always else AS_IS for at in range(len(self.worth))]
                for at, choice in zip(which, chosen, strict=True):
                    row[at] = choice
                yield row

    def _thinned(self, choice: NDArray[np.int64], goal: float) -> NDArray[np.int64]:
        """The choices without those that can be dropped one by one and the goal still be reached."""
        while True:
            taken = np.flatnonzero(choice != AS_IS)
            rows = np.repeat(choice[None], len(taken), axis=0)
            rows[np.arange(len(taken)), taken] = AS_IS
            exact = np.where(self.of.published(rows) <= goal, self.of.scored(rows), np.inf)
            if not len(taken) or not np.isfinite(exact).any():
                return choice
            choice = rows[int(np.argmin(exact))]

    def _plan(self, choice: NDArray[np.int64], limit: float, proven: bool, lowest: bool, tried: int) -> Plan:
        score = float(self.of.published(choice[None])[0])
        names = list(self.of.options)
        by_value = {(one.indicator, one.value): one for one in self.singles}
        taken = [by_value[names[at], self.of.options[names[at]][c - 1]] for at, c in enumerate(choice.tolist()) if c]
        return Plan(
            tuple(sorted(taken, key=lambda one: one.move)),
            score,
            bands(np.asarray([score]), self.of.scores.rulebook.bands)[0],
            rank_with(self.of.scores, self.of.unit, score),
            score <= limit,
            proven,
            lowest,
            tried,
            newly(self.of.contradictions(np.stack([np.full_like(choice, AS_IS), choice])), 1),
        )

    def alone(self) -> tuple[tuple[str, float], ...]:
        """Who could change something, and the lowest published score by all that they could."""
        rulebook, names = self.of.scores.rulebook, list(self.of.options)
        who = [controllable(rulebook, name) for name in names]
        found = []
        for one in dict.fromkeys(filter(None, who)):
            theirs = [choices if by == one else [AS_IS] for choices, by in zip(self.worth, who, strict=True)]
            choice, _, _ = Search(self.of, self.singles, theirs, self.apart)._farthest()
            found.append((one, float(self.of.published(choice[None])[0])))
        return tuple(found)


def _sets(worth: list[list[int]], size: int) -> int:
    """How many sets of so many measures there are."""
    ways = [1] + [0] * size
    for choices in worth:
        for at in range(size, 0, -1):
            ways[at] += ways[at - 1] * len(choices)
    return ways[size]
