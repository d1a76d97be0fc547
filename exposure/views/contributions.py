"""A score as the tree of rules that makes it: the table in the middle of `exposure explain`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exposure.output.page import Block, Cell, Column, Row
from exposure.scoring.points import largest_remainder
from exposure.text import NOTHING, joined, number, span, worded
from exposure.views.standing import banded

if TYPE_CHECKING:
    from exposure.analysis.explain import Explanation, RuleLine
    from exposure.scoring.score import Part, Scores


def contributions(scores: Scores, explanation: Explanation) -> Block:
    """The rules of one unit under their dimensions, with points that add up to the score."""
    decimals, printed = scores.tree.decimals, printed_points(scores, explanation.unit)
    columns = (
        Column("Rule", wrap=True),
        Column("Value", wrap=True),
        Column("Severity", "right"),
        Column("Weight", "right"),
        Column("Points", "right"),
        Column("As of", drop=1),
        Column("Source", drop=2),
        Column("Sure", drop=3),
    )
    rows: list[Row] = []
    lines = {line.rule: line for line in explanation.rules}
    for part in scores.outline():
        if part.is_rule:
            rows.append(_rule_row(scores, lines[part.name], printed, part.depth))
            continue
        value = float(scores.values[scores.tree.row(part.name), explanation.unit])
        points = sum(printed.get(rule, 0.0) for rule in rules_under(scores, part.name))
        figures = (number(value, decimals), f"{part.weight:.1%}", number(points, decimals))
        rows.append(Row((_indented(scores, part), "", *figures), "section"))
    score = float(scores.score[explanation.unit])
    rows.append(Row(("Score", "", "", "100.0%", number(score, decimals)), "total"))
    return Block(columns=columns, rows=tuple(rows))


def compared(scores: Scores, found: Sequence[Explanation]) -> tuple[list[Column], list[Row]]:
    """The rules of several units side by side, with what each says and its points."""
    decimals = scores.tree.decimals
    columns = [Column("Rule", wrap=True), Column("Weight", "right", drop=1)]
    for explanation in found:
        columns += [Column(scores.selection.units[explanation.unit], wrap=True), Column("Points", "right")]
    printed = [printed_points(scores, explanation.unit) for explanation in found]
    rows: list[Row] = []
    places = {line.rule: at for at, line in enumerate(found[0].rules)}
    for part in scores.outline():
        cells: list[Cell | str] = [_indented(scores, part), f"{part.weight:.1%}"]
        for explanation, points in zip(found, printed, strict=True):
            if part.is_rule:
                line = explanation.rules[places[part.name]]
                shown = line.severity is not None or line.imputed
                cells += [
                    Cell(_value(scores, line), "" if line.severity is not None else "dim"),
                    number(points[line.rule], decimals) if shown else NOTHING,
                ]
            else:
                inside = rules_under(scores, part.name)
                cells += ["", number(sum(points.get(rule, 0.0) for rule in inside), decimals)]
        rows.append(Row(tuple(cells), "" if part.is_rule else "section"))
    total: list[Cell | str] = ["Score", "100.0%"]
    for explanation in found:
        unit = explanation.unit
        total += [
            banded(scores, unit),
            number(float(scores.score[unit]), decimals),
        ]
    rows.append(Row(tuple(total), "total"))
    return columns, rows


def _indented(scores: Scores, part: Part) -> str:
    return "  " * part.depth + scores.rulebook.label(part.name)


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


def _rule_row(scores: Scores, line: RuleLine, printed: dict[str, float], depth: int) -> Row:
    # Severities are read at a glance: whole on a scale of 100, as fine as the score on a smaller one.
    decimals = 0 if scores.tree.scale >= 100 else scores.tree.decimals
    severity = NOTHING
    if line.severity is not None:
        bounds = span(line.low, line.high, decimals)
        severity = number(line.severity, decimals) + (f" ({bounds})" if "–" in bounds else "")
    return Row(
        (
            "  " * depth + scores.rulebook.label(line.rule),
            Cell(_value(scores, line), "dim" if line.severity is None else ""),
            severity,
            f"{line.weight:.1%}",
            number(printed[line.rule], scores.tree.decimals) if line.severity is not None or line.imputed else NOTHING,
            joined(claim.as_of for claim in line.claims),
            joined(claim.source for claim in line.claims),
            joined(claim.confidence for claim in line.claims),
        )
    )


def _value(scores: Scores, line: RuleLine) -> str:
    if line.severity is None:
        said = "open" if line.origin == "combination" else "unknown"
        return said + (f", taken as {scores.rulebook.policy(line.rule)}" if line.imputed else "")
    return worded(line.value) + (" (its country)" if line.origin == "country" else "")


def rules_under(scores: Scores, name: str) -> set[str]:
    """The rules of a dimension and of those nested in it."""
    rulebook = scores.rulebook
    inside = {name}
    while more := {d for d, dimension in rulebook.dimensions.items() if dimension.parent in inside} - inside:
        inside |= more
    return {rule for rule, settings in rulebook.rules.items() if settings.dimension in inside}
