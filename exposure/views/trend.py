"""`exposure trend`: how it came to this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.analysis.diff import NAMED
from exposure.output.page import Block, Cell, Column, Page, Row, Spark
from exposure.scoring.points import largest_remainder
from exposure.text import NEARLY, NOTHING, exact, joined, number, percent, signed, worded
from exposure.views.head import edition, heads
from exposure.views.standing import banded

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
                "became_known": cause.learned,
                "value_exact": cause.value,
                "was": cause.was or None,
                "value": (cause.claim.value or None) if cause.claim else None,
                "as_of": (cause.claim.as_of or None) if cause.claim else None,
                "source": (cause.claim.source or None) if cause.claim else None,
                "confidence": (cause.claim.confidence or None) if cause.claim else None,
            }
            for cause in step.causes
        ],
    }


def _thin(scores: Scores, unit: int) -> bool:
    """Whether nothing, or too little for a rank, is known; of an entity, as if it were a country."""
    known = float(scores.coverage[scores.tree.root, unit])
    return bool(np.isnan(scores.score[unit])) or known < scores.rulebook.index.min_coverage - NEARLY


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
        Column("Known", "right", drop=1),
        Column("Now", "right"),
        Column("Known", "right"),
        Column("Band"),
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
                    _known(found.scores[first], unit) if first is not None else "",
                    Cell(number(float(scores.score[unit]), decimals), "strong"),
                    _known(scores, unit),
                    banded(scores, unit),
                )
            )
        )
    least = scores.rulebook.index.min_coverage
    day = scores.selection.as_of
    dots = f"; a dot stands where less than {percent(least)} is known, and is no low score" if least else ""
    notes = [
        f"Each period on its last day{f', the last on {day}' if day else ''}, with the latest observations up to "
        f"then, by the rules of today. The line is to scale{dots}.",
        "First ranked: the first period with enough known; Then: its score, and how much was known. Where something "
        "becomes known the score moves because we know it: a fall is then no improvement, and a rise no decline.",
    ]
    return Block(scores.rulebook.index.title, edition(scores), columns, tuple(rows), tuple(notes))


def _known(scores: Scores, unit: int) -> str:
    known = float(scores.coverage[scores.tree.root, unit])
    return percent(known) if known else ""


def _matrix(found: Trend, units: Sequence[int]) -> Block:
    selection, decimals = found.scores[-1].selection, found.scores[-1].tree.decimals
    columns = [Column("")]
    for unit in units:
        columns.append(Column(selection.units[unit], "right"))
        columns += [Column("#", "right", drop=1), Column("Known", "right", drop=2)]
    rows: list[Row] = []
    since: list[str] = []
    for period, scores in zip(found.periods, found.scores, strict=True):
        cells: list[Cell | str] = []
        for unit in units:
            score = number(float(scores.score[unit]), decimals)
            thin = _thin(scores, unit) and score != NOTHING
            cells += [
                Cell(f"({score})" if thin else score, "dim" if thin else ""),
                f"{scores.rank[unit]} of {int(scores.ranked.sum())}" if scores.ranked[unit] else "",
                Cell(_known(scores, unit), "dim"),
            ]
        # Periods in which nothing moves stand together.
        same = bool(rows) and rows[-1].cells[1:] == tuple(cells)
        since = [*since, period] if same else [period]
        name = period if len(since) == 1 else f"{since[0]}–{period}"
        rows[-1 if same else len(rows) :] = [Row((name, *cells))]
    note = "In brackets: too little known to be ranked. #: rank, of those ranked then. Known: share of the weight."
    return Block("Period by period", columns=tuple(columns), rows=tuple(rows), notes=(note,))


def _steps(found: Trend, steps: Sequence[Step]) -> Block:
    scores = found.scores[-1]
    decimals = scores.tree.decimals
    columns = (
        Column("Period"),
        Column("Country"),
        Column("Move", "right"),
        Column("What changed", wrap=True),
        Column("What became known", wrap=True),
    )
    rows = []
    for step in steps:
        unit = scores.selection.units.index(step.country)
        thin = any(_thin(found.scores[at], unit) for at in (step.period - 1, step.period))
        move = "first score" if step.move is None else signed(step.move, decimals)
        cells = []
        points = _points(step, decimals)
        for learned in (False, True):
            causes = [(cause, of) for cause, of in zip(step.causes, points, strict=True) if cause.learned == learned]
            said = [_said(found, step, cause, of) for cause, of in causes[:NAMED]]
            more = [f"{len(causes) - NAMED} more"] if len(causes) > NAMED else []
            cells.append(joined([*said, *more], "; "))
        faint = Cell(f"({move})" if thin and step.move is not None else move, "dim" if thin else "")
        rows.append(Row((found.periods[step.period], step.country, faint, *cells)))
    note = (
        "With points, date and source. In brackets: before or after, too little was known to be ranked. What became "
        "known says nothing of when it came about."
    )
    return Block("Step by step", columns=columns, rows=tuple(rows), notes=(note,))


def _points(step: Step, decimals: int) -> list[str]:
    """The points of each cause as printed: a reader who adds them up gets the printed move."""
    if step.move is None:
        return ["" for _ in step.causes]
    total = float(np.round(step.move, decimals))
    parts = largest_remainder(np.asarray([cause.value for cause in step.causes]), total, decimals)
    return [f" {signed(float(part), decimals)}" for part in parts]


def _said(found: Trend, step: Step, cause: Cause, points: str) -> str:
    scores = found.scores[-1]
    if cause.claim is None:
        country, _, indicator = cause.what.partition(" ")
        known = scores.observations.indicators.get(indicator)
        if known:
            return f"{known.label} ({country}){points}"
        return f"peers' {scores.rulebook.label(cause.what)}{points}"
    claim = cause.claim
    name = scores.observations.indicators[claim.indicator].label
    whose = "" if claim.country == step.country else f" of {claim.country}"
    turned = worded(claim.value) or "unknown"
    if not cause.learned:
        turned = f"{worded(cause.was or '')} → {turned}"
    return f"{name}{whose}: {turned}{points} ({joined((claim.as_of, claim.source))})"
