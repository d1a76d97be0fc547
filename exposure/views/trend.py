"""`exposure trend`: how it came to this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

import numpy as np

from exposure.analysis.diff import NAMED
from exposure.analysis.trend import Cause, Step, Trend
from exposure.output.page import Block, Cell, Column, Field, Page, Row, Shown, Spark, filled, recorded, table
from exposure.scoring.points import largest_remainder
from exposure.scoring.score import Scores, Standing
from exposure.text import NEARLY, NOTHING, joined, number, percent, signed, worded
from exposure.views.standing import STANDS, banded, edition, heads, rank_of

_DRAWN = 40
"""Periods of a sparkline at most; of more every second, third, … is drawn, the last always."""


def trend_page(trend: Trend, units: Sequence[int]) -> Page:
    """The countries and entities of `units`; CSV has a row for each and period."""
    scores = trend.scores[-1]
    histories = [[one.standing(unit) for one in trend.scores] for unit in units]
    codes = [scores.selection.units[unit] for unit in units]
    steps, step_fields = [step for step in trend.steps if step.country in codes], _step_fields(trend)
    countries, records = [], []
    for history in histories:
        who = {"country": history[-1].country, "name": history[-1].name}
        periods = [{"period": at, **recorded(STANDS, one)} for at, one in zip(trend.periods, history, strict=True)]
        countries.append({**who, "periods": periods})
        records += [{**who, **period} for period in periods]
    document = {
        **heads(scores, "trend"),
        "periods": list(trend.periods),
        "countries": countries,
        "steps": [recorded(step_fields, step) for step in steps],
    }
    note = (
        "With points, date and source. In brackets: before or after, too little was known to be ranked. What became "
        "known says nothing of when it came about."
    )
    step_by_step = table("Step by step", step_fields, steps, [note] if steps else [])
    return Page(document, records, filled(_lines(trend, histories), _matrix(trend, histories), step_by_step))


def _thin(scores: Scores, one: Standing) -> bool:
    """Whether nothing, or too little for a rank, is known; of an entity, as if it were a country."""
    return one.score is None or one.coverage < scores.rulebook.index.min_coverage - NEARLY


def _known(one: Standing) -> str:
    return percent(one.coverage) if one.coverage else ""


def _lines(trend: Trend, histories: Sequence[list[Standing]]) -> Block:
    scores = trend.scores[-1]
    decimals, scale, day = scores.tree.decimals, scores.tree.scale, scores.selection.as_of
    every = -(-len(trend.periods) // _DRAWN)
    drawn = slice((len(trend.periods) - 1) % every, None, every)

    def spark(history: list[Standing]) -> Spark:
        values = tuple(None if one.score is None else one.score / scale for one in history[drawn])
        return Spark(values, tuple(_thin(scores, one) for one in history[drawn]))

    def first(history: list[Standing]) -> tuple[str, Standing] | None:
        return next((both for both in zip(trend.periods, history, strict=True) if not _thin(scores, both[1])), None)

    fields: list[Field[list[Standing]]] = [
        Field("", "#", lambda history: rank_of(history[-1]), "right"),
        Field("", "Country", lambda history: history[-1].name),
        Field("", f"{trend.periods[0]}–{trend.periods[-1]}", spark),
        Field("", "First ranked", lambda line: at[0] if (at := first(line)) else "never", drop=2),
        Field("", "Then", lambda line: number(at[1].score, decimals) if (at := first(line)) else NOTHING, "right", 1),
        Field("", "Known", lambda line: _known(at[1]) if (at := first(line)) else "", "right", 1),
        Field("", "Now", lambda history: Cell(number(history[-1].score, decimals), "strong"), "right"),
        Field("", "Known", lambda history: _known(history[-1]), "right"),
        Field("", "Band", lambda history: banded(scores, history[-1].unit)),
    ]
    least = scores.rulebook.index.min_coverage
    dots = f"; a dot stands where less than {percent(least)} is known, and is no low score" if least else ""
    notes = [
        f"Each period on its last day{f', the last on {day}' if day else ''}, with the latest observations up to "
        f"then, by the rules of today. The line is to scale{dots}.",
        "First ranked: the first period with enough known; Then: its score, and how much was known. Where something "
        "becomes known the score moves because we know it: a fall is then no improvement, and a rise no decline.",
    ]
    return table(scores.rulebook.index.title, fields, histories, notes, subtitle=edition(scores))


def _matrix(trend: Trend, histories: Sequence[list[Standing]]) -> Block:
    decimals = trend.scores[-1].tree.decimals
    columns = [Column("")]
    for history in histories:
        columns += [Column(history[0].country, "right"), Column("#", "right", 1), Column("Known", "right", 2)]
    lines = []
    for period, scores, *line in zip(trend.periods, trend.scores, *histories, strict=True):
        ranked, cells = int(scores.ranked.sum()), list[Shown]()
        for one in line:
            score = number(one.score, decimals)
            thin = _thin(scores, one) and one.score is not None
            cells.append(Cell(f"({score})" if thin else score, "dim" if thin else ""))
            cells += [f"{one.rank} of {ranked}" if one.rank else "", Cell(_known(one), "dim")]
        lines.append((cells, period))
    # Periods in which nothing moves stand together.
    alike = [(cells, [period for _, period in group]) for cells, group in groupby(lines, key=lambda line: line[0])]
    rows = (Row((joined((periods[0], periods[-1]), "–"), *cells)) for cells, periods in alike)
    note = "In brackets: too little known to be ranked. #: rank, of those ranked then. Known: share of the weight."
    return Block("Period by period", columns=tuple(columns), rows=tuple(rows), notes=(note,))


def _step_fields(trend: Trend) -> list[Field[Step]]:
    scores = trend.scores[-1]
    decimals = scores.tree.decimals

    def move(step: Step) -> Cell:
        unit = scores.selection.units.index(step.country)
        thin = any(_thin(one, one.standing(unit)) for one in trend.scores[step.period - 1 : step.period + 1])
        if step.move is None:
            return Cell("first score", "dim" if thin else "")
        return Cell(f"({signed(step.move, decimals)})", "dim") if thin else Cell(signed(step.move, decimals))

    def of(learned: bool) -> Callable[[Step], str]:
        def causes(step: Step) -> str:
            parts = zip(step.causes, _points(step, decimals), strict=True)
            said = [_said(scores, step, cause, points) for cause, points in parts if cause.learned == learned]
            more = [f"{len(said) - NAMED} more"] if len(said) > NAMED else []
            return joined([*said[:NAMED], *more], "; ")

        return causes

    return [
        Field("period", "Period", value=lambda step: trend.periods[step.period]),
        Field("country", "Country"),
        Field("move", "Move", move, "right", value=lambda step: step.move and round(step.move, decimals)),
        Field("", "What changed", of(learned=False), wrap=True),
        Field("", "What became known", of(learned=True), wrap=True),
        Field("causes", value=lambda step: [recorded(_CAUSE, cause) for cause in step.causes]),
    ]


def _claimed(name: str) -> Field[Cause]:
    return Field(name, value=lambda cause: (cause.claim and getattr(cause.claim, name)) or None)


_CAUSE: tuple[Field[Cause], ...] = (
    Field("what"),
    Field("became_known", value=lambda cause: cause.learned),
    Field("value_exact", value=lambda cause: cause.value),
    Field("was"),
    *map(_claimed, ("value", "as_of", "source", "confidence")),
)


def _points(step: Step, decimals: int) -> list[str]:
    """The points of each cause as printed: a reader who adds them up gets the printed move."""
    if step.move is None:
        return [""] * len(step.causes)
    total = float(np.round(step.move, decimals))
    parts = largest_remainder(np.asarray([cause.value for cause in step.causes]), total, decimals)
    return [f" {signed(float(part), decimals)}" for part in parts]


def _said(scores: Scores, step: Step, cause: Cause, points: str) -> str:
    claim, indicators = cause.claim, scores.observations.indicators
    if claim is None:
        country, _, indicator = cause.what.partition(" ")
        known = indicators.get(indicator)
        return (f"{known.label} ({country})" if known else f"peers' {scores.rulebook.label(cause.what)}") + points
    whose = "" if claim.country == step.country else f" of {claim.country}"
    was = "" if cause.learned else f"{worded(cause.was or '')} → "
    turned = f"{was}{worded(claim.value) or 'unknown'}{points}"
    return f"{indicators[claim.indicator].label}{whose}: {turned} ({joined((claim.as_of, claim.source))})"
