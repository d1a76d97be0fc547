"""Why a country scores what it scores: every rule with its claim, and every claim that says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.analysis.claims import Claim, claims_at
from exposure.scoring.selection import NO_LINE
from exposure.scoring.severity import COMBINED, DERIVED, INHERITED, OWN

if TYPE_CHECKING:
    from exposure.scoring.score import Scores


class RuleLine(NamedTuple):
    """What one rule makes of one country."""

    rule: str
    value: str
    """As claimed; for a combination `holds`, `does not hold` or `open`; empty where unknown."""
    claims: tuple[Claim, ...]
    """Those that count: one, none, or for a country made of its entities one each."""
    origin: str
    """`own`, `country` (an entity taking its country's line), `entities`, `combination` or `none`."""
    severity: float | None
    low: float
    high: float
    weight: float
    """Share of the whole index, 0 to 1."""
    points: float
    imputed: bool
    """Unknown, and taken at its worst or best because the rules say so."""


class Explanation(NamedTuple):
    """One country's or entity's score, taken apart."""

    unit: int
    """Place in `scores.selection.units`."""
    rules: tuple[RuleLine, ...]
    contradictions: tuple[str, ...]
    """Combination rules that hold and are marked as contradictions."""
    others: tuple[Claim, ...]
    """Claims that do not count: contesting ones first, then earlier ones, in the order of the rules, latest first."""
    context: tuple[RuleLine, ...]
    """Indicators that are carried and not scored."""

    @property
    def unknown(self) -> tuple[RuleLine, ...]:
        """Weighted rules without a severity."""
        return tuple(line for line in self.rules if line.severity is None and line.weight > 0)


def contradictions(scores: Scores) -> list[tuple[str, ...]]:
    """For each unit the contradiction rules that hold, in an entity if not in the whole country."""
    marked = [name for name, rule in scores.rulebook.rules.items() if rule.is_contradiction]
    return [
        tuple(name for name in marked if scores.cells[name].x[unit] > 0) for unit in range(len(scores.selection.units))
    ]


def explain(scores: Scores, unit: int) -> Explanation:
    """The score of one unit taken apart."""
    weights = scores.tree.leaf_weights()
    lines = []
    for at, name in enumerate(scores.tree.rules):
        lines.append(_rule_line(scores, name, unit, float(weights[at]), float(scores.points[at, unit])))
    context = [
        _context_line(scores, name, unit)
        for name, indicator in scores.observations.indicators.items()
        if indicator.context
    ]
    return Explanation(unit, tuple(lines), contradictions(scores)[unit], tuple(_others(scores, unit)), tuple(context))


def _rule_line(scores: Scores, name: str, unit: int, weight: float, points: float) -> RuleLine:
    cells, rule = scores.cells[name], scores.rulebook.rules[name]
    known = not np.isnan(cells.x[unit])
    leaf = float(scores.values[scores.tree.rules.index(name), unit])
    origin = {OWN: "own", INHERITED: "country", DERIVED: "entities", COMBINED: "combination"}.get(
        int(cells.origin[unit]), "none"
    )
    claims = tuple(_claims(scores, rule.reads(name), unit))
    value = _said(scores, claims, origin)
    if rule.conditions:
        value = ("holds" if cells.x[unit] > 0 else "does not hold") if known else "open"
    return RuleLine(
        name,
        value,
        claims,
        origin,
        float(cells.x[unit]) if known else None,
        float(cells.low[unit]),
        float(cells.high[unit]),
        weight,
        points,
        not known and not np.isnan(leaf),
    )


def _context_line(scores: Scores, name: str, unit: int) -> RuleLine:
    claims = tuple(_claims(scores, [name], unit))
    origin = "none"
    if claims:
        is_part = scores.selection.parent[unit] >= 0
        origin = "own" if claims[0].country == scores.selection.units[unit] else "country" if is_part else "entities"
    return RuleLine(name, _said(scores, claims, origin), claims, origin, None, 0.0, 0.0, 0.0, 0.0, False)


def _said(scores: Scores, claims: tuple[Claim, ...], origin: str) -> str:
    if origin != "entities":
        return claims[0].value if claims else ""
    return "; ".join(
        f"{scores.observations.gazetteer.name(claim.country)}: {claim.value or 'unknown'}" for claim in claims
    )


def _claims(scores: Scores, indicators: Sequence[str], unit: int) -> list[Claim]:
    """The claims that count for the unit; where it has no line of its own, its entities'."""
    found: list[int] = []
    parts = np.flatnonzero(scores.selection.parent == unit)
    for indicator in indicators:
        row = int(scores.selection.effective(indicator)[unit])
        found += [row] if row != NO_LINE else [int(r) for r in scores.selection.line(indicator)[parts] if r != NO_LINE]
    return claims_at(scores, np.asarray(found, np.int64))


def _others(scores: Scores, unit: int) -> list[Claim]:
    """Claims of the unit, and of its country or entities where it takes their lines, that do not count."""
    selection = scores.selection
    of, about, day = selection.unit_of, selection.indicator_of, scores.observations.numbers("day")
    kin = (selection.parent == unit) | (np.arange(len(selection.units)) == selection.parent[unit])
    without_line = selection.own[:, unit] == NO_LINE
    counts, contested = np.zeros(len(day), bool), np.zeros(len(day), bool)
    counts[selection.own[selection.own != NO_LINE]] = True
    contested[selection.contested] = True
    mine = (of == unit) | (kin[of] & without_line[about])
    rows = np.flatnonzero(mine & ~counts & (day <= _last_day(scores))).tolist()
    rows.sort(key=lambda row: (not contested[row], about[row], of[row] != unit, of[row], -day[row]))
    return claims_at(scores, np.asarray(rows, np.int64))


def _last_day(scores: Scores) -> int:
    from exposure.observations.cells import read_date

    return read_date(scores.selection.as_of).last if scores.selection.as_of else 2**62
