"""Why a country scores what it scores: every rule with its claim, and every claim that says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from exposure.analysis.claims import Claim, claims_at
from exposure.scoring.score import Scores
from exposure.scoring.selection import CONTESTS, NO_LINE, SEARCHED, SUPERSEDED, TOO_OLD
from exposure.scoring.severity import COMBINED, DERIVED, INHERITED, OWN
from exposure.text import exact

_ORIGINS = {OWN: "own", INHERITED: "country", DERIVED: "entities", COMBINED: "combination"}
_NOT_COUNTING = (SUPERSEDED, CONTESTS, SEARCHED, TOO_OLD)


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """What one rule makes of one country."""

    rule: str
    value: str
    """As claimed; for a combination `holds`, `does not hold` or `open`; empty where unknown."""
    claims: tuple[Claim, ...]
    """Those that count: one, none, or for a country made of its entities one each."""
    origin: str
    """`own`, `country` (an entity taking its country's line), `entities`, `combination` or `none`."""
    severity: float | None = None
    low: float | None = 0
    high: float | None = 0
    weight: float = 0
    """Share of the whole index, 0 to 1."""
    points: float = 0
    applies: bool = True
    """Whether the rule concerns the unit."""
    imputed: bool = False
    """Unknown, and taken at its worst or best because the rules say so."""


class Explanation(NamedTuple):
    """One country's or entity's score, taken apart."""

    unit: int
    """Place in `scores.selection.units`."""
    rules: tuple[RuleLine, ...]
    contradictions: tuple[str, ...]
    """Combination rules that hold and are marked as contradictions."""
    others: tuple[Claim, ...]
    """Claims that do not count: superseded, contesting, not found, too old; each in the order of the rules, latest
    first."""
    context: tuple[RuleLine, ...]
    """Indicators that are carried and not scored."""

    @property
    def unknown(self) -> tuple[RuleLine, ...]:
        """Weighted rules without a severity, of those that apply."""
        return tuple(line for line in self.rules if line.applies and line.severity is None and line.weight > 0)


def contradictions(scores: Scores) -> list[tuple[str, ...]]:
    """For each unit the contradiction rules that hold, in an entity if not in the whole country."""
    return [contradicting(scores, unit) for unit in range(len(scores.selection.units))]


def contradicting(scores: Scores, unit: int) -> tuple[str, ...]:
    """The contradiction rules that hold for one unit."""
    rules = scores.rulebook.rules
    return tuple(name for name, rule in rules.items() if rule.is_contradiction and scores.cells[name].x[unit] > 0)


def explain(scores: Scores, unit: int) -> Explanation:
    """The score of one unit taken apart."""
    selection = scores.selection
    behind = dict(zip(selection.indicators, selection.behind(unit), strict=True))
    other_rows = _others(scores, unit)
    rows = [row for of_indicator in behind.values() for row in of_indicator] + other_rows
    claims = dict(zip(rows, claims_at(scores, np.asarray(rows, np.int64)), strict=True))
    weights = scores.tree.leaf_weights()
    lines = []
    for at, name in enumerate(scores.tree.rules):
        read = tuple(claims[row] for one in scores.rulebook.rules[name].reads(name) for row in behind[one])
        lines.append(_rule_line(scores, at, unit, read, float(weights[at])))
    context = [
        _context_line(scores, name, unit, tuple(claims[row] for row in behind[name]))
        for name, indicator in scores.observations.indicators.items()
        if indicator.context
    ]
    others = tuple(claims[row] for row in other_rows)
    return Explanation(unit, tuple(lines), contradicting(scores, unit), others, tuple(context))


def _rule_line(scores: Scores, at: int, unit: int, claims: tuple[Claim, ...], weight: float) -> RuleLine:
    name = scores.tree.rules[at]
    cells, rule = scores.cells[name], scores.rulebook.rules[name]
    known = not np.isnan(cells.x[unit])
    origin = _ORIGINS.get(int(cells.origin[unit]), "none")
    value = _value(scores, claims, origin)
    if rule.conditions:
        value = ("holds" if cells.x[unit] > 0 else "does not hold") if known else "open"
    return RuleLine(
        rule=name,
        value=value,
        claims=claims,
        origin=origin,
        severity=float(cells.x[unit]) if known else None,
        low=exact(cells.low[unit]),
        high=exact(cells.high[unit]),
        weight=weight,
        points=float(scores.points[at, unit]),
        applies=not np.isnan(cells.known[unit]),
        imputed=not known and not np.isnan(scores.values[at, unit]),
    )


def _context_line(scores: Scores, name: str, unit: int, claims: tuple[Claim, ...]) -> RuleLine:
    origin = "none"
    if claims:
        is_part = scores.selection.parent[unit] >= 0
        origin = "own" if claims[0].country == scores.selection.units[unit] else "country" if is_part else "entities"
    return RuleLine(rule=name, value=_value(scores, claims, origin), claims=claims, origin=origin)


def _value(scores: Scores, claims: tuple[Claim, ...], origin: str) -> str:
    if origin != "entities":
        return claims[0].value if claims else ""
    return "; ".join(
        f"{scores.observations.gazetteer.name(claim.country)}: {claim.value or 'unknown'}" for claim in claims
    )


def _others(scores: Scores, unit: int) -> list[int]:
    """Claims on the unit, and on its country or entities where it takes their lines, that do not count."""
    selection, day = scores.selection, scores.observations.numbers("day")
    about, standing = selection.indicator_of, selection.standing
    kin = np.flatnonzero((selection.parent == unit) | (np.arange(len(selection.units)) == selection.parent[unit]))
    without_line = selection.own[:, unit] == NO_LINE
    mine = [selection.claims_of(unit)]
    for other in kin.tolist():
        theirs = selection.claims_of(other)
        mine.append(theirs[without_line[about[theirs]]])
    rows = np.concatenate(mine)
    rows = rows[np.isin(standing[rows], _NOT_COUNTING)]
    of, place = selection.unit_of[rows], np.argsort(_NOT_COUNTING)[standing[rows] - 1]
    return rows[np.lexsort((rows, -day[rows], of, of != unit, about[rows], place))].tolist()
