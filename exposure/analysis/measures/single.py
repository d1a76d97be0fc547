"""Measures: every other value that an indicator could be given, and what each does by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from exposure.analysis.measures.variants import AS_IS, Variants
from exposure.rulebook.model import Rulebook
from exposure.scoring.ranking import bands, rank_among
from exposure.scoring.score import Scores
from exposure.scoring.selection import NO_LINE, Selection
from exposure.text import NEARLY

Choice = tuple[int, int]
"""The place of an indicator among the options, and of one of its values, from 1."""
Severities = dict[str, dict[str, float]]
"""Value → rule that reads it → severity."""
NOBODY = ("none", "closed")
"""Of `controllable`: what nobody can change, and what nobody can join any more."""


@dataclass(frozen=True, kw_only=True)
class Measure:
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


def options_of(scores: Scores, unit: int) -> tuple[dict[str, Severities], tuple[str, ...], tuple[str, ...]]:
    """Values that each indicator could be given instead, and the indicators that cannot be changed or are unknown."""
    options: dict[str, Severities] = {}
    latest = scores.selection.latest()
    fixed, unknown = [], []
    for name, rules in readers_of(scores.rulebook).items():
        known = [rule for rule in rules if not np.isnan(scores.cells[rule].x[unit])]
        if not known:
            unknown += [name] if any(scores.cells[rule].known[unit] == 0 for rule in rules) else []
            continue
        mildest = {rule: _mildest(scores, latest, rule, name, unit) for rule in known}
        values = {
            value: by
            for value, by in _values(scores, name, rules)
            if any(rule in by and by[rule] < mildest[rule] - NEARLY for rule in known)
        }
        if not values:
            continue
        if controllable(scores.rulebook, name) in NOBODY:
            fixed.append(name)
        else:
            options[name] = values
    return options, tuple(fixed), tuple(unknown)


def _mildest(scores: Scores, latest: Selection, rule: str, indicator: str, unit: int) -> float:
    """The least that the claim that counts may mean: what lies within it would be better known, not better."""
    cells, row = scores.cells[rule], int(latest.effective(indicator)[unit])
    if row == NO_LINE:
        return float(min(cells.x[unit], cells.low[unit]))
    read = latest.severities_by(scores.rulebook.rules[rule], indicator, scores.tree.scale)
    return float(min(cells.x[unit], read.low[row]))


def readers_of(rulebook: Rulebook) -> dict[str, list[str]]:
    """Indicator → the rules that read it by themselves, if any of them or a combination over it has a weight."""
    readers: dict[str, list[str]] = {}
    weighted = set()
    for name, rule in rulebook.rules.items():
        read = rule.reads(name)
        if rule.form:
            readers.setdefault(read[0], []).append(name)
        weighted |= set(read) if rule.weight else set()
    return {name: rules for name, rules in readers.items() if name in weighted}


def controllable(rulebook: Rulebook, indicator: str) -> str:
    """Who could change the indicator, by the first rule that says."""
    said = [rulebook.rules[rule].controllable for rule in readers_of(rulebook).get(indicator, ())]
    return next((one for one in said if one), "")


def _values(scores: Scores, indicator: str, rules: list[str]) -> Iterator[tuple[str, dict[str, float]]]:
    """What the indicator could be, with the severity that each rule gives it."""
    countries = np.flatnonzero(scores.selection.is_country)
    row = scores.selection.effective(indicator)[countries]
    figures = np.where(row == NO_LINE, np.nan, scores.observations.numbers("number")[row])
    tables = {
        name: scores.rulebook.rules[name].options(scores.tree.scale, figures, scores.cells[name].x[countries])
        for name in rules
    }
    for value in dict.fromkeys(value for table in tables.values() for value in table):
        yield value, {name: table[value] for name, table in tables.items() if value in table}


def singles(of: Variants) -> dict[Choice, Measure]:
    """Each option by itself."""
    scores, unit = of.scores, of.unit
    each = [(at, choice) for at, values in enumerate(of.options.values()) for choice in range(1, len(values) + 1)]
    choices = np.full((len(each) + 1, len(of.options)), AS_IS)
    for row, (at, choice) in enumerate(each, 1):
        choices[row, at] = choice
    exact, published, holding = of.scored(choices), of.published(choices), of.contradictions(choices)
    names, in_band = list(of.options), bands(published, scores.rulebook.bands)
    return {
        (at, choice): Measure(
            indicator=names[at],
            value=of.options[names[at]][choice - 1],
            was=_was(scores, unit, names[at]),
            controllable=controllable(scores.rulebook, names[at]),
            score=float(published[row]),
            move=float(exact[row] - exact[0]),
            band=in_band[row],
            rank=rank_with(scores, unit, float(published[row])),
            brings=newly(holding, row),
        )
        for row, (at, choice) in enumerate(each, 1)
    }


def newly(holding: list[tuple[str, ...]], row: int) -> tuple[str, ...]:
    """The contradictions of a row that the first row has not."""
    return tuple(name for name in holding[row] if name not in holding[0])


def _was(scores: Scores, unit: int, indicator: str) -> str:
    row = int(scores.selection.effective(indicator)[unit])
    if row != NO_LINE:
        words = scores.observations.text("value")
        return words.texts[int(words.codes[row])]
    return " / ".join(sorted({_was(scores, part, indicator) for part in scores.selection.entities(unit)} - {""}))


def rank_with(scores: Scores, unit: int, score: float) -> int:
    """The rank that the unit would have with this published score; 0 where it has none."""
    return rank_among(scores.score, scores.ranked, unit, score) if scores.ranked[unit] else 0
