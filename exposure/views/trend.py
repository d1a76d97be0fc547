"""`exposure trend`: how it came to this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.analysis.changes import NAMED
from exposure.analysis.words import NOTHING, exact, joined, label, number, percent, signed, worded
from exposure.output.page import Block, Cell, Column, Page, Row, Spark
from exposure.views.words import banded, edition, heads

if TYPE_CHECKING:
    from exposure.analysis.trend import Cause, Step, Trend
    from exposure.scoring.score import Scores

_DRAWN = 40
"""Periods of a sparkline at most; of more every second, third, … is drawn, the last always."""


def trend_page(found: Trend, units: Sequence[int]) -> Page:
    """The countries and entities of `units`; CSV has a row for each and period."""
    scores = found.scores[-1]
    codes = [scores.selection.units[unit] for unit in units]
    records = [_record(found, at, unit) for unit in units for at in range(len(found.periods))]
    steps = [step for step in found.steps if step.country in codes]
    document = {
        **heads(scores, "trend"),
        "periods": list(found.periods),
        "countries": [
            {
                "country": scores.selection.units[unit],
                "name": scores.selection.names[unit],
                "periods": [_at(found, at, unit) for at in range(len(found.periods))],
            }
            for unit in units
        ],
        "steps": [_step_record(found, step) for step in steps],
    }
    blocks = [_lines(found, units), _matrix(found, units)]
    return Page(document, records, (*blocks, *([_steps(found, steps)] if steps else [])))


def _at(found: Trend, at: int, unit: int) -> dict[str, Any]:
    scores = found.scores[at]
    return {
        "period": found.periods[at],
        "score": exact(scores.score[unit]),
        "score_exact": exact(scores.exact[unit]),
        "low": exact(scores.low[unit]),
        "high": exact(scores.high[unit]),
        "rank": int(scores.rank[unit]) or None,
        "band": scores.band[unit] or None,
        "coverage": float(scores.coverage[scores.tree.root, unit]),
    }


def _record(found: Trend, at: int, unit: int) -> dict[str, Any]:
    selection = found.scores[-1].selection
    return {"country": selection.units[unit], "name": selection.names[unit], **_at(found, at, unit)}


def _step_record(found: Trend, step: Step) -> dict[str, Any]:
    return {
        "period": found.periods[step.period],
        "country": step.country,
        "move": step.move and float(np.round(step.move, found.scores[-1].tree.decimals)),
        "causes": [
            {
                "what": cause.what,
                "value_exact": cause.value,
                "value": (cause.claim.value or None) if cause.claim else None,
                "as_of": (cause.claim.as_of or None) if cause.claim else None,
                "source": (cause.claim.source or None) if cause.claim else None,
                "confidence": (cause.claim.confidence or None) if cause.claim else None,
            }
            for cause in step.causes
        ],
    }


def _thin(scores: Scores, unit: int) -> bool:
    """Whether too little is known for a rank; of an entity, as if it were a country."""
    return float(scores.coverage[scores.tree.root, unit]) < scores.rulebook.index.min_coverage - 1e-9


def _lines(found: Trend, units: Sequence[int]) -> Block:
    scores = found.scores[-1]
    decimals, scale = scores.tree.decimals, scores.tree.scale
    periods = f"{found.periods[0]}–{found.periods[-1]}"
    columns = (
        Column("#", "right"),
        Column("Country"),
        Column(periods),
        Column("First ranked", drop=2),
        Column("Then", "right", drop=1),
        Column("Now", "right"),
        Column("Band"),
        Column("Known", "right"),
    )
    every = -(-len(found.periods) // _DRAWN)
    drawn = list(range(len(found.periods) - 1, -1, -every))[::-1]
    rows = []
    for unit in units:
        line = [float(found.scores[at].score[unit]) / scale for at in drawn]
        thin = tuple(_thin(found.scores[at], unit) for at in drawn)
        spark = Spark(tuple(None if np.isnan(value) else value for value in line), thin)
        scored = [not np.isnan(one.score[unit]) and not _thin(one, unit) for one in found.scores]
        first = scored.index(True) if any(scored) else None
        part = scores.selection.parent[unit] >= 0
        rows.append(
            Row(
                (
                    str(scores.rank[unit]) if scores.ranked[unit] else "" if part else NOTHING,
                    scores.selection.names[unit],
                    spark,
                    found.periods[first] if first is not None else "never",
                    number(float(found.scores[first].score[unit]), decimals) if first is not None else NOTHING,
                    Cell(number(float(scores.score[unit]), decimals), "strong"),
                    banded(scores, unit),
                    percent(float(scores.coverage[scores.tree.root, unit])),
                )
            )
        )
    least = scores.rulebook.index.min_coverage
    dots = f"; a dot stands where less than {percent(least)} is known, and is no low score" if least else ""
    notes = [
        "Each period on its last day, with the latest observations up to then, by the rules of today. The line is to "
        f"scale{dots}.",
        "First ranked: the first period with enough known; Then: its score. A move can be news of the world or news "
        "of what was there before: an observation counts from its date on.",
    ]
    return Block(scores.rulebook.index.title, edition(scores), columns, tuple(rows), tuple(notes))


def _matrix(found: Trend, units: Sequence[int]) -> Block:
    selection, decimals = found.scores[-1].selection, found.scores[-1].tree.decimals
    columns = [Column("")]
    for unit in units:
        columns.append(Column(selection.units[unit], "right"))
        columns += [Column("#", "right", drop=1), Column("Known", "right", drop=2)]
    rows = []
    for period, scores in zip(found.periods, found.scores, strict=True):
        cells: list[Cell | str] = [period]
        for unit in units:
            score, thin = number(float(scores.score[unit]), decimals), _thin(scores, unit)
            known = float(scores.coverage[scores.tree.root, unit])
            cells += [
                Cell(f"({score})" if thin and score != NOTHING else score, "dim" if thin else ""),
                str(scores.rank[unit]) if scores.ranked[unit] else "",
                Cell(percent(known) if known else "", "dim"),
            ]
        rows.append(Row(tuple(cells)))
    note = "In brackets: too little known to be ranked. #: rank among the ranked. Known: share of the weight."
    return Block("Period by period", columns=tuple(columns), rows=tuple(rows), notes=(note,))


def _steps(found: Trend, steps: Sequence[Step]) -> Block:
    scores = found.scores[-1]
    columns = (
        Column("Period"),
        Column("Country"),
        Column("Move", "right"),
        Column("By", wrap=True),
    )
    rows = []
    for step in steps:
        move = Cell("first score", "dim") if step.move is None else signed(step.move, scores.tree.decimals)
        said = [_said(found, step, cause) for cause in step.causes[:NAMED]]
        more = [f"{len(step.causes) - NAMED} more"] if len(step.causes) > NAMED else []
        rows.append(Row((found.periods[step.period], step.country, move, joined([*said, *more], "; "))))
    notes = ("By: what came to count, with its points, value, date and source.",)
    return Block("Step by step", columns=columns, rows=tuple(rows), notes=notes)


def _said(found: Trend, step: Step, cause: Cause) -> str:
    scores = found.scores[-1]
    decimals = scores.tree.decimals
    points = f" {signed(cause.value, decimals)}" if step.move is not None else ""
    if cause.claim is None:
        country, _, indicator = cause.what.partition(" ")
        known = scores.observations.indicators.get(indicator)
        if known:
            return f"{known.label} ({country}){points}"
        return f"peers' {label(scores.rulebook, cause.what)}{points}"
    claim = cause.claim
    name = scores.observations.indicators[claim.indicator].label
    whose = "" if claim.country == step.country else f"{claim.country} "
    evidence = joined((claim.as_of, claim.source))
    return f"{name}{points} ({whose}{worded(claim.value) or 'unknown'}; {evidence})"
