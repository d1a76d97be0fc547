"""`exposure show`: the observations that count, as a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from exposure.output.page import Block, Cell, Column, Kind, Page, Row
from exposure.scoring.score import Scores
from exposure.scoring.selection import NO_LINE
from exposure.text import worded
from exposure.views.standing import edition, heads

NOT_FOUND = "?"
"""Looked for and not found; an empty cell is what nobody has looked for."""


def show_page(scores: Scores, units: Sequence[int] | None = None) -> Page:
    """Documents and CSV have one row a country and one column an indicator, so that they read back as a wide file.

    On a screen indicators are the rows: there are more of them than countries.
    """
    selection = scores.selection
    chosen = range(len(selection.units)) if units is None else units
    values = {
        name: [_value(scores, int(selection.line(name)[unit])) for unit in chosen] for name in selection.indicators
    }
    records: list[dict[str, Any]] = []
    for at, unit in enumerate(chosen):
        row = {name: column[at] or None for name, column in values.items()}
        records.append({"country": selection.units[unit], "name": selection.names[unit], **row})
    columns = (Column("Indicator"), *(Column(selection.units[unit], wrap=True) for unit in chosen))
    indicators, rows = scores.observations.indicators, list[Row]()
    # Indicators come with the context last.
    for context, names in groupby(values, key=lambda name: indicators[name].context):
        rows += [Row(("Context, not scored",), "section")] if context else []
        kind: Kind = "part" if context else ""
        rows += [Row((indicators[name].label, *map(_cell, values[name])), kind) for name in names]
    notes = (
        f"{NOT_FOUND} was looked for and not found; an empty cell nobody has looked for. Neither is a zero.",
        "`exposure explain` has the source, date and note of each.",
    )
    block = Block(scores.rulebook.index.title, edition(scores), columns, tuple(rows), notes)
    return Page({**heads(scores, "show"), "countries": records}, records, (block,))


def _value(scores: Scores, row: int) -> str | None:
    """The value; empty where looked for and not found; None where nobody looked."""
    return None if row == NO_LINE else scores.observations.text("value").at(row)


def _cell(text: str | None) -> Cell:
    return Cell("" if text is None else worded(text) or NOT_FOUND, "dim" if not text else "")
