"""The entities of a country side by side, in `exposure explain`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from exposure.analysis.entities import Difference, Entities
from exposure.analysis.explain import RuleLine
from exposure.output.page import Block, Cell, Field, Row, Shown, table
from exposure.scoring.ranking import bands
from exposure.scoring.score import Scores
from exposure.text import exact, joined, number, percent, signed, worded


def entities_block(scores: Scores, country: int, entities: Entities) -> Block:
    """What each says where they differ, and what the country would score if all of it were like one of them."""
    decimals = scores.tree.decimals
    fields: list[Field[Difference]] = [
        Field("", "Where they differ", lambda one: scores.rulebook.label(one.rule), wrap=True)
    ]
    total: list[Shown] = ["Score"]
    for at, entity in enumerate(entities.each):
        fields += _columns(scores, at, scores.selection.names[entity.unit])
        band, known = scores.band[entity.unit], percent(scores.coverage[scores.tree.root, entity.unit])
        total += [joined((band, f"{known} known")), number(entity.score, decimals)]
    block = table("Its entities", fields, entities.differences, _notes(scores, country, entities))
    return block._replace(rows=(*block.rows, Row(tuple(total), "total")))


def _columns(scores: Scores, at: int, name: str) -> tuple[Field[Difference], Field[Difference]]:
    decimals = 0 if scores.tree.scale >= 100 else scores.tree.decimals
    return (
        Field("", name, lambda one: _value(one.lines[at]), wrap=True),
        Field("", "Severity", lambda one: number(one.lines[at].severity, decimals), "right"),
    )


def _value(line: RuleLine) -> Cell:
    if line.severity is None:
        return Cell("unknown", "dim")
    return Cell(worded(line.value) + (" (its country)" if line.origin == "country" else ""))


def _notes(scores: Scores, country: int, entities: Entities) -> Iterator[str]:
    decimals, names = scores.tree.decimals, scores.selection.names
    if len(entities.each) > 1:
        yield f"They are {number(entities.apart, decimals)} apart."
    for entity in entities.each:
        if not np.isnan(entity.move):
            band = bands(np.asarray([entity.score]), scores.rulebook.bands)[0]
            rank = f"rank {entity.rank} of {int(scores.ranked.sum())}" if entity.rank else ""
            said = joined((f"{number(entity.score, decimals)} ({signed(entity.move, decimals)})", band, rank))
            yield f"If the course of {names[entity.unit]} were that of all {names[country]}: {said}."


def entities_record(scores: Scores, entities: Entities) -> dict[str, Any]:
    """The same as JSON has it."""
    codes = [scores.selection.units[entity.unit] for entity in entities.each]
    each = [
        {
            "entity": scores.selection.units[entity.unit],
            "score": exact(entity.score),
            "move": exact(np.round(entity.move, scores.tree.decimals)),
            "rank": entity.rank or None,
            "band": scores.band[entity.unit] or None,
        }
        for entity in entities.each
    ]
    differences = [
        {"rule": one.rule, "entities": dict(zip(codes, map(_line_record, one.lines), strict=True))}
        for one in entities.differences
    ]
    return {"apart": exact(entities.apart), "courses": each, "differences": differences}


def _line_record(line: RuleLine) -> dict[str, Any]:
    return {"value": line.value or None, "severity": line.severity, "origin": line.origin}
