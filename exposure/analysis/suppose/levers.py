"""What would lower a country's score: single measures, and the fewest that reach a target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.analysis.suppose.variants import AS_IS, variants
from exposure.errors import ExposureError, nearest, quoted
from exposure.rulebook.indicators import indicator_of
from exposure.rulebook.model import CategoryRule, CombinationRule, FlagRule, NumberRule, Reading, RelativeRule
from exposure.scoring.ranking import bands, rank_among
from exposure.scoring.selection import NO_LINE
from exposure.scoring.severity import placed
from exposure.scoring.tree import NEARLY, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.analysis.suppose.variants import Variants
    from exposure.rulebook.model import Rulebook
    from exposure.scoring.score import Scores

    Array = NDArray[np.float64]

Severities = dict[str, dict[str, float]]
"""Value → rule that reads it → severity."""
MOST_TRIED = 400_000
"""Sets of measures that are scored in search of the smallest; beyond, the set found may not be it."""
_BLOCK = 1 << 14
NOBODY = "none"
"""Of `controllable`: what happened cannot be undone."""


class Measure(NamedTuple):
    """One indicator given another value."""

    indicator: str
    value: str
    was: str
    controllable: str
    """government, operator or creditor; empty where the rules do not say."""
    score: float
    """As it would be published with this alone."""
    move: float
    """Of the exact score; negative is less exposure."""
    band: str
    rank: int
    """Among the ranked as they are; 0 where the country has none."""
    brings: tuple[str, ...]
    """Contradictions that it would bring with it."""


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


@dataclass(frozen=True, eq=False, repr=False)
class Levers:
    """What could be done about one country's score."""

    scores: Scores
    unit: int
    measures: tuple[Measure, ...]
    """Those that lower it, the furthest first."""
    idle: tuple[Measure, ...]
    """Those that by themselves do not."""
    fixed: tuple[str, ...]
    """Exposed indicators that nobody can change."""
    unknown: tuple[str, ...]
    """Indicators of which nothing is known: what is not known to be there cannot be taken away."""
    alone: tuple[tuple[str, float], ...]
    """Who could change something, and how low the published score goes by all that they could alone."""
    limit: float | None
    """Highest score that meets the target, as published; None without a target."""
    plan: Plan | None


def levers(scores: Scores, unit: int, target: str | None = None) -> Levers:
    """Every single measure that the rules know for this country or entity, and with a target the fewest that reach it.

    A measure gives an indicator a value of less severity by some rule that reads it. `target` is a band or a
    score. Raises ExposureError for another target.
    """
    if np.isnan(scores.score[unit]):
        raise ExposureError(f"{scores.selection.names[unit]} has no score; there is nothing to lower")
    limit = _limit(scores, target) if target is not None else None
    severities, fixed, unknown = _options(scores, unit)
    of = variants(scores, unit, {name: list(values) for name, values in severities.items()})
    singles = _singles(of)
    measures = [one for one in singles if one.move < -NEARLY]
    measures.sort(key=lambda one: (round(one.move, 9), one.indicator, one.value))
    idle = tuple(one for one in singles if one.move >= -NEARLY)
    apart = [_apart(scores, unit, name) for name in severities]
    search = _Search(of, singles, _worth(severities, apart, singles), apart)
    plan = search.plan(limit) if limit is not None else None
    return Levers(scores, unit, tuple(measures), idle, fixed, unknown, search.alone(), limit, plan)


def _limit(scores: Scores, target: str) -> float:
    """The highest published score within the target."""
    rulebook, decimals, scale = scores.rulebook, scores.tree.decimals, scores.tree.scale
    step = 10.0**-decimals
    if target in rulebook.bands:
        above = [edge for edge in rulebook.bands.values() if edge > rulebook.bands[target]]
        # Relative rules may leave the scale; every score is within the top band.
        highest = max(scale, float(np.nanmax(scores.score)))
        return float(np.round(np.ceil(min(above) / step - NEARLY) * step - step, decimals)) if above else highest
    try:
        found = float(target)
    except ValueError:
        found = np.nan
    if not 0 <= found <= scale:
        known = ", ".join(rulebook.bands)
        hint = nearest(target, rulebook.bands) or f"a band{f' ({known})' if known else ''} or a score"
        raise ExposureError(f"target {quoted(target)}: neither a band nor a score of 0 to {scale:g}; {hint}")
    return float(np.round(np.floor(found / step + NEARLY) * step, decimals))


def _options(scores: Scores, unit: int) -> tuple[dict[str, Severities], tuple[str, ...], tuple[str, ...]]:
    """Values that each indicator could be given instead, and the indicators that cannot be changed or are unknown."""
    options: dict[str, Severities] = {}
    fixed, unknown = [], []
    for name, rules in _readers(scores.rulebook).items():
        known = [rule for rule in rules if not np.isnan(scores.cells[rule].x[unit])]
        if not known:
            unknown.append(name)
            continue
        values = {value: by for value, by in _values(scores, rules) if _better(scores, unit, known, by)}
        if not values:
            continue
        if controllable(scores.rulebook, name) == NOBODY:
            fixed.append(name)
        else:
            options[name] = values
    return options, tuple(fixed), tuple(unknown)


def _readers(rulebook: Rulebook) -> dict[str, list[str]]:
    """Indicator → the rules that read it by themselves, if any of them or a combination over it has a weight."""
    readers: dict[str, list[str]] = {}
    weighted = set()
    for name, rule in rulebook.rules.items():
        read = [indicator_of(name, rule)] if isinstance(rule, Reading) else []
        if isinstance(rule, CombinationRule):
            read = list(rule.when)
        elif read:
            readers.setdefault(read[0], []).append(name)
        weighted |= set(read) if rule.weight else set()
    return {name: rules for name, rules in readers.items() if name in weighted}


def controllable(rulebook: Rulebook, indicator: str) -> str:
    """Who could change the indicator, by the first rule that says."""
    said = [rulebook.rules[rule].controllable for rule in _readers(rulebook).get(indicator, ())]
    return next((one for one in said if one), "")


def _values(scores: Scores, rules: list[str]) -> Iterator[tuple[str, dict[str, float]]]:
    """What the indicator could be, with the severity that each rule gives it."""
    scale = scores.tree.scale
    tables: dict[str, dict[str, float]] = {}
    for name in rules:
        rule = scores.rulebook.rules[name]
        if isinstance(rule, CategoryRule):
            tables[name] = dict(rule.severity)
        elif isinstance(rule, FlagRule):
            tables[name] = {str(k): v for k, v in (rule.severity or {"yes": scale, "no": 0.0}).items()}
        elif isinstance(rule, NumberRule):
            tables[name] = _figures(rule, scale)
        else:
            tables[name] = _of_peers(scores, name)
    for value in dict.fromkeys(value for table in tables.values() for value in table):
        yield value, {name: table[value] for name, table in tables.items() if value in table}


def _figures(rule: NumberRule, scale: float) -> dict[str, float]:
    """The goalposts or steps, or what is allowed next to them, each with the severity it has there."""
    points = [value for value, _ in rule.steps] if rule.steps else list(rule.goalposts or ())
    least, most = rule.valid or (-np.inf, np.inf)
    near = [min(max(value, least), most) for value in points]
    if rule.whole:
        near = [whole for value in near for whole in (np.floor(value), np.ceil(value)) if least <= whole <= most]
    texts = dict.fromkeys(f"{value:.15g}" for value in near)
    severity = placed(np.asarray([float(text) for text in texts]), rule, scale)
    return dict(zip(texts, severity.tolist(), strict=True))


def _of_peers(scores: Scores, name: str) -> dict[str, float]:
    """The figure of the least exposed country."""
    rule, selection = scores.rulebook.rules[name], scores.selection
    assert isinstance(rule, RelativeRule)
    x = np.where(selection.is_country, scores.cells[name].x, np.nan)
    if np.isnan(x).all():
        return {}
    best = int(np.nanargmin(x))
    row = int(selection.effective(indicator_of(name, rule))[best])
    if row == NO_LINE:
        return {}
    return {f"{float(scores.observations.numbers('number')[row]):.15g}": float(x[best])}


def _better(scores: Scores, unit: int, rules: list[str], by: dict[str, float]) -> bool:
    """Whether some rule is less severe of this value than of the unit's, at its mildest where that is inexact.

    What lies within an inexact value would be better known, not better.
    """
    mildest = {name: min(float(scores.cells[name].x[unit]), _least(scores, unit, name)) for name in rules}
    return any(name in by and by[name] < mildest[name] - NEARLY for name in rules)


def _least(scores: Scores, unit: int, rule: str) -> float:
    return float(scores.cells[rule].inexact_low[unit])


def _apart(scores: Scores, unit: int, indicator: str) -> bool:
    """Whether less severity of this indicator never does harm, whatever the others are: one rule alone reads it."""
    rulebook = scores.rulebook
    combined = {
        read
        for rule in rulebook.rules.values()
        if isinstance(rule, CombinationRule) and rule.weight
        for read in rule.when
    }
    readers = _readers(rulebook)[indicator]
    # What was known through entities in part becomes known in full, and may let its dimension count.
    gated = any(node.min_coverage for node in scores.tree.nodes)
    partly = any(float(scores.cells[name].known[unit]) < 1 - NEARLY for name in readers)
    return indicator not in combined and len(readers) == 1 and not (gated and partly)


def _worth(options: dict[str, Severities], apart: list[bool], singles: list[Measure]) -> list[list[int]]:
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


def _singles(of: Variants) -> list[Measure]:
    """Each option by itself."""
    names = list(of.options)
    each = [(at, option) for at, name in enumerate(names) for option in range(len(of.options[name]))]
    choices = np.full((len(each) + 1, len(names)), AS_IS)
    for row, (at, option) in enumerate(each, 1):
        choices[row, at] = option + 1
    exact, published, holding = of.scored(choices), of.published(choices), of.contradictions(choices)
    return [
        _measure(of, names[at], option, float(published[row]), float(exact[row] - exact[0]), _new(holding, row))
        for row, (at, option) in enumerate(each, 1)
    ]


def _new(holding: list[tuple[str, ...]], row: int) -> tuple[str, ...]:
    """The contradictions of a row that the first row has not."""
    return tuple(name for name in holding[row] if name not in holding[0])


def _measure(of: Variants, name: str, option: int, score: float, move: float, brings: tuple[str, ...]) -> Measure:
    scores, unit = of.scores, of.unit
    return Measure(
        name,
        of.options[name][option],
        _was(scores, unit, name),
        controllable(scores.rulebook, name),
        score,
        move,
        bands(np.asarray([score]), scores.rulebook.bands)[0],
        _rank(scores, unit, score),
        brings,
    )


def _was(scores: Scores, unit: int, indicator: str) -> str:
    row = int(scores.selection.effective(indicator)[unit])
    if row != NO_LINE:
        words = scores.observations.words("value")
        return words.texts[int(words.codes[row])]
    parts = np.flatnonzero(scores.selection.parent == unit)
    said = {_was(scores, int(part), indicator) for part in parts}
    return " / ".join(sorted(said - {""}))


def _rank(scores: Scores, unit: int, score: float) -> int:
    return rank_among(scores.score, scores.ranked, unit, score) if scores.ranked[unit] else 0


class _Search(NamedTuple):
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
            _rank(self.of.scores, self.of.unit, score),
            score <= limit,
            proven,
            lowest,
            tried,
            _new(self.of.contradictions(np.stack([np.full_like(choice, AS_IS), choice])), 1),
        )

    def alone(self) -> tuple[tuple[str, float], ...]:
        """Who could change something, and the lowest published score by all that they could."""
        rulebook, names = self.of.scores.rulebook, list(self.of.options)
        who = [controllable(rulebook, name) for name in names]
        found = []
        for one in dict.fromkeys(filter(None, who)):
            theirs = [choices if by == one else [AS_IS] for choices, by in zip(self.worth, who, strict=True)]
            choice, _, _ = _Search(self.of, self.singles, theirs, self.apart)._farthest()
            found.append((one, float(self.of.published(choice[None])[0])))
        return tuple(found)


def _sets(worth: list[list[int]], size: int) -> int:
    """How many sets of so many measures there are."""
    ways = [1] + [0] * size
    for choices in worth:
        for at in range(size, 0, -1):
            ways[at] += ways[at - 1] * len(choices)
    return ways[size]
