"""The tables in the middle of `exposure explain`: a score as the tree of rules that makes it, entities side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from exposure.analysis.entities import Difference, Entities
from exposure.analysis.explain import Explanation, RuleLine
from exposure.output.page import Block, Cell, Field, Fields, Row, Shown, keys, recorded, table
from exposure.scoring.points import largest_remainder
from exposure.scoring.score import Part, Scores
from exposure.text import exact, joined, number, percent, signed, span, worded
from exposure.views.standing import banded


def contributions(scores: Scores, explanation: Explanation) -> Block:
    """The rules of one unit under their dimensions, with points that add up to the score."""
    decimals, coarse, unit = scores.tree.decimals, _coarse(scores), explanation.unit
    lines = {line.rule: line for line in explanation.rules}
    value, points = _figures(scores, explanation, "Value")

    def severity(part: Part) -> str:
        if not part.is_rule:
            return number(scores.values[scores.tree.row(part.name), unit], decimals)
        line = lines[part.name]
        bounds = "" if line.severity is None else span(line.low, line.high, coarse)
        return number(line.severity, coarse) + (f" ({bounds})" if "–" in bounds else "")

    def stated(name: str) -> Callable[[Part], str]:
        return lambda part: joined(getattr(claim, name) for claim in lines[part.name].claims) if part.is_rule else ""

    rule, weight = _fields(scores)
    fields = [
        rule,
        value,
        Field("", "Severity", severity, "right"),
        weight,
        points,
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
        unit = explanation.unit
        fields += _figures(scores, explanation, scores.selection.units[unit])
        total += [banded(scores, unit), number(scores.score[unit], scores.tree.decimals)]
    return _tree(scores, fields, *total)


def _coarse(scores: Scores) -> int:
    # Severities are read at a glance: whole on a scale of 100, as fine as the score on a smaller one.
    return 0 if scores.tree.scale >= 100 else scores.tree.decimals


def _fields(scores: Scores) -> tuple[Field[Part], Field[Part]]:
    def name(part: Part) -> str:
        return "  " * part.depth + scores.rulebook.label(part.name)

    return Field("", "Rule", name, wrap=True), Field("", "Weight", lambda part: f"{part.weight:.1%}", "right")


def _tree(scores: Scores, fields: Fields[Part], *total: Shown) -> Block:
    """The dimensions with their rules, and a last line."""
    block = table("", fields, scores.outline(), kind=lambda part: "" if part.is_rule else "section")
    return block._replace(rows=(*block.rows, Row(total, "total")))


def _figures(scores: Scores, explanation: Explanation, heading: str) -> tuple[Field[Part], Field[Part]]:
    """What a unit says of a rule, and the points it has by a rule or dimension."""
    decimals, printed = scores.tree.decimals, printed_points(scores, explanation.unit)
    lines = {line.rule: line for line in explanation.rules}

    def value(part: Part) -> Cell:
        if not part.is_rule:
            return Cell("")
        line = lines[part.name]
        taken = f", taken as {scores.rulebook.policy(line.rule)}" if line.imputed else ""
        return _value(line, ("open" if line.origin == "combination" else "unknown") + taken)

    def points(part: Part) -> str:
        if part.is_rule:
            line = lines[part.name]
            return number(printed[part.name] if line.severity is not None or line.imputed else None, decimals)
        return number(sum(printed.get(rule, 0.0) for rule in rules_under(scores, part.name)), decimals)

    return Field("", heading, value, wrap=True), Field("", "Points", points, "right")


def _value(line: RuleLine, unknown: str = "unknown") -> Cell:
    """What is claimed, or how it is said that this is unknown."""
    if not line.applies:
        return Cell("does not apply", "dim")
    if line.severity is None:
        # What is said and leaves the severity open is better than a word for nothing.
        said = worded(line.value) if line.origin in ("own", "country") else ""
        return Cell(unknown.replace("unknown", said, 1) if said else unknown, "dim")
    return Cell(worded(line.value) + (" (its country)" if line.origin == "country" else ""))


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


def rules_under(scores: Scores, name: str) -> set[str]:
    """The rules of a dimension and of those nested in it."""
    rulebook = scores.rulebook
    inside = {name}
    while more := {d for d, dimension in rulebook.dimensions.items() if dimension.parent in inside} - inside:
        inside |= more
    return {rule for rule, settings in rulebook.rules.items() if settings.dimension in inside}


def entities_block(scores: Scores, country: int, entities: Entities) -> Block:
    """What each says where they differ, and what the country would score if all of it were like one of them."""
    decimals, coarse = scores.tree.decimals, _coarse(scores)
    fields: list[Field[Difference]] = [
        Field("", "Where they differ", lambda one: scores.rulebook.label(one.rule), wrap=True)
    ]
    total: list[Shown] = ["Score"]

    def columns(at: int, name: str) -> Iterator[Field[Difference]]:
        yield Field("", name, lambda one: _value(one.lines[at]), wrap=True)
        yield Field("", "Severity", lambda one: number(one.lines[at].severity, coarse), "right")

    for at, entity in enumerate(entities.each):
        fields += columns(at, scores.selection.names[entity.unit])
        known = f"{percent(scores.coverage[scores.tree.root, entity.unit])} known"
        total += [joined((scores.band[entity.unit], known)), number(entity.score, decimals)]
    block = table("Its entities", fields, entities.differences, _notes(scores, country, entities))
    return block._replace(rows=(*block.rows, Row(tuple(total), "total")))


def _notes(scores: Scores, country: int, entities: Entities) -> Iterator[str]:
    decimals, names = scores.tree.decimals, scores.selection.names
    if len(entities.each) > 1:
        yield f"They are {number(entities.apart, decimals)} apart."
    for entity in entities.each:
        if not np.isnan(entity.move):
            rank = f"rank {entity.rank} of {int(scores.ranked.sum())}" if entity.rank else ""
            score = f"{number(entity.score, decimals)} ({signed(entity.move, decimals)})"
            said = joined((score, scores.band[entity.unit], rank))
            yield f"If the course of {names[entity.unit]} were that of all {names[country]}: {said}."


_LINE: tuple[Field[RuleLine], ...] = keys("value", "severity", "origin")


def entities_record(scores: Scores, entities: Entities) -> dict[str, Any]:
    """The same as JSON has it."""
    units = scores.selection.units
    courses = [
        {
            "entity": units[one.unit],
            "score": exact(one.score),
            "move": exact(np.round(one.move, scores.tree.decimals)),
            "rank": one.rank or None,
            "band": scores.band[one.unit] or None,
        }
        for one in entities.each
    ]
    differences = []
    for one in entities.differences:
        lines = [recorded(_LINE, line) for line in one.lines]
        said = {course["entity"]: line for course, line in zip(courses, lines, strict=True)}
        differences.append({"rule": one.rule, "entities": said})
    return {"apart": exact(entities.apart), "courses": courses, "differences": differences}
