"""A score as the tree of rules that makes it: the table in the middle of `exposure explain`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from exposure.analysis.explain import Explanation, RuleLine
from exposure.output.page import Block, Cell, Field, Fields, Row, Shown, table
from exposure.scoring.points import largest_remainder
from exposure.scoring.score import Part, Scores
from exposure.text import NOTHING, joined, number, span, worded
from exposure.views.standing import banded


def contributions(scores: Scores, explanation: Explanation) -> Block:
    """The rules of one unit under their dimensions, with points that add up to the score."""
    decimals, unit = scores.tree.decimals, explanation.unit
    lines = {line.rule: line for line in explanation.rules}
    value, points = _figures(scores, explanation)

    def severity(part: Part) -> str:
        if part.is_rule:
            return _severity(scores, lines[part.name])
        return number(scores.values[scores.tree.row(part.name), unit], decimals)

    def stated(name: str) -> Callable[[Part], str]:
        return lambda part: joined(getattr(claim, name) for claim in lines[part.name].claims) if part.is_rule else ""

    rule, weight = _fields(scores)
    fields = [
        rule,
        Field("", "Value", value, wrap=True),
        Field("", "Severity", severity, "right"),
        weight,
        Field("", "Points", points, "right"),
        Field("", "As of", stated("as_of"), drop=1),
        Field("", "Source", stated("source"), drop=2),
        Field("", "Sure", stated("confidence"), drop=3),
    ]
    return _tree(scores, fields, "Score", "", "", "100.0%", number(scores.score[unit], decimals))


def compared(scores: Scores, explanations: Sequence[Explanation]) -> Block:
    """The rules of several units side by side, with what each says and its points."""
    rule, weight = _fields(scores)
    fields, total = [rule, weight._replace(drop=1)], list[Shown](("Score", "100.0%"))
    for explanation in explanations:
        value, points = _figures(scores, explanation)
        fields.append(Field("", scores.selection.units[explanation.unit], value, wrap=True))
        fields.append(Field("", "Points", points, "right"))
        score = number(scores.score[explanation.unit], scores.tree.decimals)
        total += [banded(scores, explanation.unit), score]
    return _tree(scores, fields, *total)


def _fields(scores: Scores) -> tuple[Field[Part], Field[Part]]:
    def name(part: Part) -> str:
        return "  " * part.depth + scores.rulebook.label(part.name)

    return Field("", "Rule", name, wrap=True), Field("", "Weight", lambda part: f"{part.weight:.1%}", "right")


def _tree(scores: Scores, fields: Fields[Part], *total: Shown) -> Block:
    """The dimensions with their rules, and a last line."""
    block = table("", fields, scores.outline(), kind=lambda part: "" if part.is_rule else "section")
    return block._replace(rows=(*block.rows, Row(total, "total")))


def _figures(scores: Scores, explanation: Explanation) -> tuple[Callable[[Part], Cell], Callable[[Part], str]]:
    """What a unit says of a rule, and the points it has by a rule or dimension."""
    decimals, printed = scores.tree.decimals, printed_points(scores, explanation.unit)
    lines = {line.rule: line for line in explanation.rules}

    def value(part: Part) -> Cell:
        return _value(scores, lines[part.name]) if part.is_rule else Cell("")

    def points(part: Part) -> str:
        if part.is_rule:
            line = lines[part.name]
            return number(printed[part.name] if line.severity is not None or line.imputed else None, decimals)
        return number(sum(printed.get(rule, 0.0) for rule in rules_under(scores, part.name)), decimals)

    return value, points


def points_under(scores: Scores, unit: int, dimensions: Sequence[str]) -> list[float]:
    """The points of these dimensions as the unit's own table adds them up: no figure differs between two places."""
    points = printed_points(scores, unit)
    parts = (sum(points.get(rule, 0.0) for rule in rules_under(scores, name)) for name in dimensions)
    return [float(np.round(part, scores.tree.decimals)) for part in parts]


def printed_points(scores: Scores, unit: int) -> dict[str, float]:
    """Points of each weighted rule rounded so that the column adds up to the printed score."""
    weighted = np.flatnonzero(scores.tree.leaf_weights() > 0)
    score = float(scores.score[unit])
    if np.isnan(score):
        return {scores.tree.rules[at]: 0.0 for at in weighted}
    parts = largest_remainder(scores.points[weighted, unit], score, scores.tree.decimals)
    return {scores.tree.rules[at]: float(part) for at, part in zip(weighted, parts, strict=True)}


def _severity(scores: Scores, line: RuleLine) -> str:
    if line.severity is None:
        return NOTHING
    # Severities are read at a glance: whole on a scale of 100, as fine as the score on a smaller one.
    decimals = 0 if scores.tree.scale >= 100 else scores.tree.decimals
    bounds = span(line.low, line.high, decimals)
    return number(line.severity, decimals) + (f" ({bounds})" if "–" in bounds else "")


def _value(scores: Scores, line: RuleLine) -> Cell:
    if line.severity is None:
        said = "open" if line.origin == "combination" else "unknown"
        return Cell(said + (f", taken as {scores.rulebook.policy(line.rule)}" if line.imputed else ""), "dim")
    return Cell(worded(line.value) + (" (its country)" if line.origin == "country" else ""))


def rules_under(scores: Scores, name: str) -> set[str]:
    """The rules of a dimension and of those nested in it."""
    rulebook = scores.rulebook
    inside = {name}
    while more := {d for d, dimension in rulebook.dimensions.items() if dimension.parent in inside} - inside:
        inside |= more
    return {rule for rule, settings in rulebook.rules.items() if settings.dimension in inside}
