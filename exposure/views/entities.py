"""The entities of a country side by side, in `exposure explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.output.page import Block, Cell, Column, Row
from exposure.scoring.ranking import bands
from exposure.text import NOTHING, exact, joined, number, percent, signed, worded

if TYPE_CHECKING:
    from exposure.analysis.entities import Entities
    from exposure.analysis.explain import RuleLine
    from exposure.scoring.score import Scores


def entities_block(scores: Scores, country: int, found: Entities) -> Block:
    """What each says where they differ, and what the country would score if all of it were like one of them."""
    selection, decimals = scores.selection, scores.tree.decimals
    columns = [Column("Where they differ", wrap=True)]
    for entity in found.each:
        columns += [Column(selection.names[entity.unit], wrap=True), Column("Severity", "right")]
    rows = []
    for difference in found.differences:
        cells: list[Cell | str] = [scores.rulebook.label(difference.rule)]
        for line in difference.lines:
            cells += [_value(line), _severity(scores, line)]
        rows.append(Row(tuple(cells)))
    total: list[Cell | str] = ["Score"]
    for entity in found.each:
        known = percent(float(scores.coverage[scores.tree.root, entity.unit]))
        total += [Cell(f"{scores.band[entity.unit]}, {known} known".removeprefix(", ")), number(entity.score, decimals)]
    rows.append(Row(tuple(total), "total"))
    return Block("Its entities", columns=tuple(columns), rows=tuple(rows), notes=tuple(_notes(scores, country, found)))


def _value(line: RuleLine) -> Cell:
    if line.severity is None:
        return Cell("unknown", "dim")
    return Cell(worded(line.value) + (" (its country)" if line.origin == "country" else ""))


def _severity(scores: Scores, line: RuleLine) -> str:
    decimals = 0 if scores.tree.scale >= 100 else scores.tree.decimals
    return NOTHING if line.severity is None else number(line.severity, decimals)


def _notes(scores: Scores, country: int, found: Entities) -> list[str]:
    decimals, names = scores.tree.decimals, scores.selection.names
    notes = []
    if len(found.each) > 1:
        apart = NOTHING if np.isnan(found.apart) else number(found.apart, decimals)
        notes.append(f"They are {apart} apart.")
    for entity in found.each:
        if np.isnan(entity.move):
            continue
        band = bands(np.asarray([entity.score]), scores.rulebook.bands)[0]
        rank = f"rank {entity.rank} of {int(scores.ranked.sum())}" if entity.rank else ""
        said = joined((f"{number(entity.score, decimals)} ({signed(entity.move, decimals)})", band, rank))
        notes.append(f"If the course of {names[entity.unit]} were that of all {names[country]}: {said}.")
    return notes


def entities_record(scores: Scores, found: Entities) -> dict[str, Any]:
    """The same as JSON has it."""
    units = scores.selection.units
    return {
        "apart": exact(found.apart),
        "courses": [
            {
                "entity": units[entity.unit],
                "score": exact(entity.score),
                "move": exact(np.round(entity.move, scores.tree.decimals)),
                "rank": entity.rank or None,
                "band": scores.band[entity.unit] or None,
            }
            for entity in found.each
        ],
        "differences": [
            {
                "rule": difference.rule,
                "entities": {
                    units[entity.unit]: {"value": line.value or None, "severity": line.severity, "origin": line.origin}
                    for entity, line in zip(found.each, difference.lines, strict=True)
                },
            }
            for difference in found.differences
        ],
    }
