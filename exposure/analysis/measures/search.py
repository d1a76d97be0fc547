"""The fewest measures that reach a goal: every set is tried, size by size, as far as that many can be scored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations, islice, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.measures.single import Choice, Measure, Severities, controllable, newly, rank_with, readers_of
from exposure.analysis.measures.variants import AS_IS, Variants
from exposure.scoring.ranking import bands
from exposure.scoring.score import Scores
from exposure.scoring.tree import rounded
from exposure.text import NEARLY

MOST_TRIED = 400_000
"""Sets of measures that are scored in search of the smallest; beyond, the set found may not be it."""
_BLOCK = 1 << 14


@dataclass(frozen=True, kw_only=True)
class Plan:
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


def worth_trying(options: dict[str, Severities], apart: list[bool], singles: dict[Choice, Measure]) -> list[list[int]]:
    """For each indicator the choices that can be of use: all, or of one that stands apart the least severe.

    Of equals that which brings no contradiction.
    """
    worth = []
    for at, (values, alone) in enumerate(zip(options.values(), apart, strict=True)):
        harm = {
            choice: (min(by.values()), len(singles[at, choice].brings)) for choice, by in enumerate(values.values(), 1)
        }
        worth.append([min(harm, key=harm.__getitem__)] if alone else list(harm))
    return worth


class Search(NamedTuple):
    """The smallest set of measures, exactly where that many sets can be scored."""

    of: Variants
    singles: dict[Choice, Measure]
    worth: list[list[int]]
    """Of each indicator, the choices that can be of use."""
    apart: list[bool]
    """Whether the least severe choice of the indicator never does harm."""

    def plan(self, limit: float) -> Plan:
        """The fewest measures that bring the published score to the limit, or else as low as it goes."""
        as_it_is = np.full(len(self.worth), AS_IS)
        if self._published(as_it_is) <= limit:
            return self._plan(as_it_is, limit, True, True, 0)
        farthest, lowest, tried = self._farthest()
        goal = max(limit, self._published(farthest))
        fewest, more = self._fewest(goal)
        choices = self._thinned(farthest, goal) if fewest is None else fewest
        proven = fewest is not None and (lowest or goal == limit)
        return self._plan(choices, limit, proven, lowest, tried + more)

    def alone(self) -> tuple[tuple[str, float], ...]:
        """Who could change something, and the lowest published score by all that they could."""
        who = [controllable(self.of.scores.rulebook, name) for name in self.of.options]
        scores = []
        for one in dict.fromkeys(filter(None, who)):
            theirs = [choices if by == one else [] for choices, by in zip(self.worth, who, strict=True)]
            farthest, _, _ = self._replace(worth=theirs)._farthest()
            scores.append((one, self._published(farthest)))
        return tuple(scores)

    def _farthest(self) -> tuple[NDArray[np.int64], bool, int]:
        """The choices that bring the score lowest, whether no others can do more, and how many were tried."""
        pairs = zip(self.worth, self.apart, strict=True)
        ways = [choices if apart and choices else [AS_IS, *choices] for choices, apart in pairs]
        many = int(np.prod([float(len(way)) for way in ways]))
        if many > MOST_TRIED:
            return self._descended(ways)
        farthest = self._lowest(product(*ways), np.inf)
        assert farthest is not None
        return farthest, True, many

    def _descended(self, ways: list[list[int]]) -> tuple[NDArray[np.int64], bool, int]:
        """The same from what is best of each, by the best choice of one indicator after the other while that helps."""
        best = np.asarray([min(way, key=lambda choice: self._move(at, choice)) for at, way in enumerate(ways)])
        before, lowest, tried = np.inf, float(self.of.scored(best[None])[0]), 1
        while lowest < before:
            before = lowest
            for at, way in enumerate(ways):
                rows = np.repeat(best[None], len(way), axis=0)
                rows[:, at] = way
                exact = self.of.scored(rows)
                tried += len(rows)
                if exact.min() < lowest - NEARLY:
                    lowest, best = float(exact.min()), rows[int(np.argmin(exact))]
        return best, False, tried

    def _move(self, at: int, choice: int) -> float:
        """How far one choice by itself moves the score."""
        return self.singles[at, choice].move if choice != AS_IS else 0.0

    def _fewest(self, goal: float) -> tuple[NDArray[np.int64] | None, int]:
        """The smallest set that reaches the goal, of equals the lowest; None where too many would have to be tried."""
        tree = self.of.scores.tree
        if all(self.apart) and not tree.every_node and all(node.method == "arithmetic" for node in tree.nodes):
            # They lower the score by what each does alone: the largest are the fewest.
            order = sorted(range(len(self.worth)), key=lambda at: self._move(at, self.worth[at][0]))
            rows = np.full((len(order) + 1, len(order)), AS_IS)
            for size, at in enumerate(order, 1):
                rows[size:, at] = self.worth[at][0]
            return rows[np.flatnonzero(self.of.published(rows) <= goal)[0]], len(rows)
        # How many sets there are of each size: of every indicator one of its choices, or none.
        many = reduce(np.convolve, ([1.0, float(len(choices))] for choices in self.worth), np.ones(1)).cumsum()
        for size, tried in enumerate(many.tolist()):
            if tried > MOST_TRIED:
                return None, int(many[size - 1])
            if (choices := self._lowest(self._of_size(size), goal)) is not None:
                return choices, int(tried)
        return None, int(many[-1])

    def _of_size(self, size: int) -> Iterator[list[int]]:
        for which in combinations(range(len(self.worth)), size):
            for chosen in product(*(self.worth[at] for at in which)):
                row = [AS_IS] * len(self.worth)
                for at, choice in zip(which, chosen, strict=True):
                    row[at] = choice
                yield row

    def _lowest(self, rows: Iterator[Sequence[int]], goal: float) -> NDArray[np.int64] | None:
        """Of the choices whose published score reaches the goal the first of the lowest; in blocks, they are many."""
        best, lowest = None, np.inf
        while block := list(islice(rows, _BLOCK)):
            choices = np.asarray(block)
            exact = self._reaching(choices, goal)
            if exact.min() < lowest:
                best, lowest = choices[int(np.argmin(exact))], float(exact.min())
        return best

    def _reaching(self, choices: NDArray[np.int64], goal: float) -> NDArray[np.float64]:
        """(choices,): the exact scores of those that reach the goal as published, infinite for the others."""
        exact = self.of.scored(choices)
        return np.where(rounded(exact, self.of.scores.tree.decimals) <= goal, exact, np.inf)

    def _thinned(self, choices: NDArray[np.int64], goal: float) -> NDArray[np.int64]:
        """The choices without those that can be dropped one by one and the goal still be reached."""
        while len(taken := np.flatnonzero(choices != AS_IS)):
            rows = np.repeat(choices[None], len(taken), axis=0)
            rows[np.arange(len(taken)), taken] = AS_IS
            exact = self._reaching(rows, goal)
            if not np.isfinite(exact).any():
                break
            choices = rows[int(np.argmin(exact))]
        return choices

    def _published(self, choices: NDArray[np.int64]) -> float:
        return float(self.of.published(choices[None])[0])

    def _plan(self, choices: NDArray[np.int64], limit: float, proven: bool, lowest: bool, tried: int) -> Plan:
        score = self._published(choices)
        taken = [self.singles[at, choice] for at, choice in enumerate(choices.tolist()) if choice != AS_IS]
        return Plan(
            measures=tuple(sorted(taken, key=lambda one: one.move)),
            score=score,
            band=bands(np.asarray([score]), self.of.scores.rulebook.bands)[0],
            rank=rank_with(self.of.scores, self.of.unit, score),
            reached=score <= limit,
            proven=proven,
            lowest=lowest,
            tried=tried,
            brings=newly(self.of.contradictions(np.stack([np.full_like(choices, AS_IS), choices])), 1),
        )
