"""The scores as pictures: what each kind of picture shows, in words that a screen reader can say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exposure.errors import ExposureError, nearest, quoted
from exposure.observations.countries import countries
from exposure.output import PICTURES
from exposure.output.charts import (
    Band,
    Bar,
    Bars,
    Chart,
    Entry,
    Heatmap,
    HeatRow,
    Interval,
    Intervals,
    Lines,
    Regions,
    Series,
)
from exposure.text import joined, number, percent
from exposure.views.contributions import points_under
from exposure.views.standing import edition, ends, rank_of, tone

if TYPE_CHECKING:
    from exposure.analysis.trend import Trend
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores

_PARTS = 8
"""Dimensions that a bar shows apart; of more the lightest are taken together."""
_SAID = 12
"""Countries, or rules, that an alternative text names."""


def chart_of(kind: str, scores: Scores, *, ranges: RankRange | None = None, trend: Trend | None = None) -> Chart:
    """The chart of one of PICTURES. Rank ranges and the trend are computed where they are not given.

    Raises ExposureError for another kind, and where there is no country to draw.
    """
    if kind not in PICTURES:
        raise ExposureError(f"{quoted(kind)} is no picture; {nearest(kind, PICTURES) or f'one of {joined(PICTURES)}'}")
    if not scores.selection.is_country.any():
        raise ExposureError("there is no country to draw; the file holds no observations of one")
    if kind == "ranks":
        return _ranks(scores, ranges if ranges is not None else scores.rank_range())
    if kind == "trend":
        from exposure.analysis.trend import trend as over_time

        return _trend(scores, trend if trend is not None else over_time(scores))
    return {"bars": _bars, "heatmap": _heatmap, "map": _map}[kind](scores)


def footnotes(scores: Scores) -> tuple[str, ...]:
    """What must be said of a country wherever it is shown."""
    known = countries()
    codes = [scores.selection.units[unit] for unit in scores.in_order()]
    noted = [known[code] for code in codes if code in known and known[code].note]
    return tuple(f"{country.name}: {country.note}" for country in noted)


def _chart(
    scores: Scores,
    title: str,
    description: str,
    body: Bars | Heatmap | Intervals | Lines | Regions,
    *,
    subtitle: str = "",
    notes: Sequence[str] = (),
    decimals: int | None = None,
) -> Chart:
    """The chart with what every chart of these scores has."""
    rulebook, tree = scores.rulebook, scores.tree
    return Chart(
        title,
        joined((f"{rulebook.index.title}; {edition(scores)}", subtitle), ". "),
        description,
        body,
        tree.scale,
        tree.decimals if decimals is None else decimals,
        tuple(Band(name, rulebook.bands[name], tone(name, rulebook)) for name in rulebook.band_names()),
        (*notes, *footnotes(scores)),
    )


def _entry(scores: Scores, unit: int) -> Entry:
    """The country as a picture shows it; its score and band in brackets where too little is known to rank it."""
    one = scores.standing(unit)
    score = number(one.score, scores.tree.decimals)
    return Entry(
        one.country,
        one.name,
        rank_of(one),
        score if one.rank or one.score is None else f"({score})",
        one.band if one.rank or not one.band else f"({one.band})",
        tone(one.band, scores.rulebook) if one.rank else "",
        one.rank is not None,
        scores.why_unranked(unit),
    )


def _some(said: Sequence[str]) -> str:
    """The first of what is said of each, and how many there are more, as a sentence."""
    more = f"; and {len(said) - _SAID} more" if len(said) > _SAID else ""
    return "; ".join(said[:_SAID]) + more + "."


def _listed(scores: Scores, units: Sequence[int]) -> str:
    """The countries with rank, score and band, as a sentence."""
    entries = [_entry(scores, unit) for unit in units]
    return _some(
        [
            f"{one.rank} {joined((f'{one.label} {one.said}', one.band))}"
            if one.ranked
            else f"{one.label}: not ranked, {one.remark}"
            for one in entries
        ]
    )


def _first(scores: Scores) -> str:
    """Who is most exposed, as a headline."""
    first = [one for one in map(scores.standing, scores.in_order()) if one.rank == 1]
    if not first:
        return "No country is ranked: too little is known"
    of = f"{number(first[0].score, scores.tree.decimals)} of {scores.tree.scale:g}"
    *others, last = [one.name for one in first]
    if len(first) > 3:
        return f"{len(first)} countries are the most exposed: {of}"
    return (
        f"{', '.join(others)} and {last} are the most exposed: {of}" if others else f"{last} is the most exposed: {of}"
    )


def _bars(scores: Scores) -> Chart:
    tree, units = scores.tree, scores.in_order()
    top = sorted((part for part in scores.dimensions() if not part.depth), key=lambda part: -part.weight)
    labels = [scores.rulebook.label(part.name) for part in top if part.weight]
    several = len(labels) - _PARTS + 1 if len(labels) > _PARTS else 0
    shown = len(labels) - several
    rows = []
    for unit in units:
        one, entry = scores.standing(unit), _entry(scores, unit)
        if not entry.ranked:
            entry = entry._replace(remark=f"{percent(one.coverage)} known")
        points = points_under(scores, unit, [part.name for part in top])
        # Without bounds the bar ends at the score.
        bounds = [one.score or 0.0 if end is None else end for end in (one.low, one.high)]
        parts = (*points[:shown], *([sum(points[shown:])] if several else []))
        rows.append(Bar(entry, parts, one.score, *bounds))
    labels = [*labels[:shown], *([f"{several} others"] if several else [])]
    interval = "low–high: every unknown and contested claim at its best and at its worst"
    return _chart(
        scores,
        _first(scores),
        f"Bar chart of the scores, stacked by {joined(labels)}. {_listed(scores, units)}",
        Bars(tuple(labels), tuple(rows), interval),
        subtitle=f"0 is no exposure, {tree.scale:g} full",
    )


def _heatmap(scores: Scores) -> Chart:
    tree, units, names = scores.tree, scores.in_order(), scores.selection.names
    rows, said, group = [], [], ""
    for part in scores.outline():
        label = scores.rulebook.label(part.name)
        if not part.is_rule:
            group = group if part.depth else label
            continue
        cells = scores.cells[part.name]
        unknown_at = np.isnan(cells.x[units]) & ~np.isnan(cells.known[units])
        severities = zip(cells.x[units].tolist(), unknown_at.tolist(), strict=True)
        # One and the same NaN, so that two charts of the same are equal.
        values = tuple(None if unknown else math.nan if math.isnan(one) else one for one, unknown in severities)
        rows.append(HeatRow(group, label, f"{part.weight:.1%}", values))
        gaps = sum(value is None for value in values)
        full = [names[u] for u, v in zip(units, values, strict=True) if v == tree.scale]
        missing = f", unknown in {gaps}" if gaps else ""
        said.append(f"{label}: full in {joined(full[:_SAID]) or 'none'}{missing}")
    bracketed = "In brackets: too little known to be ranked. " if not scores.ranked[units].all() else ""
    elsewhere = " Empty: does not apply." * any(
        value is not None and math.isnan(value) for row in rows for value in row.values
    )
    return _chart(
        scores,
        "What makes each country exposed",
        f"Heat map of severities, {len(rows)} rules by {len(units)} countries. {_some(said)}",
        Heatmap(tuple(_entry(scores, unit) for unit in units), tuple(rows), "weight"),
        subtitle="Severity of each rule",
        notes=(f"{bracketed}Hatched: unknown, and counted neither as safe nor as exposed.{elsewhere}",),
        decimals=0 if tree.scale >= 100 else tree.decimals,
    )


def _ranks(scores: Scores, ranges: RankRange) -> Chart:
    units, count = scores.in_order(), int(scores.ranked.sum())
    rows, said = [], []
    for unit in units:
        entry, at = _entry(scores, unit), int(scores.rank[unit])
        rows.append(Interval(entry, at, int(ranges.low[unit]), int(ranges.high[unit]), int(ranges.usual[unit])))
        likely = ends(ranges, unit).replace("–", " to ")
        place = joined((f"{entry.label} {at}", likely and f"likely {likely}"))
        said.append(place if entry.ranked else f"{entry.label} not ranked")
    drawn = bool((ranges.low > 0).any())
    sure = sum(bool(row.at and row.low == row.high) for row in rows)
    notes = ["Bar: where a country stands in nine of ten draws of all that is in doubt."] if drawn else []
    if any(row.usual not in (0, row.at) for row in rows):
        notes.append("Diamond: the rank that comes up most, where it is another.")
    return _chart(
        scores,
        f"{sure} of {count} ranks hold in nine of ten draws" if drawn else "The ranks, as published",
        f"Ranks with the interval that nine of ten draws allow, of {count}. {_some(said)}",
        Intervals(tuple(rows), count, "Rank; 1 is the most exposed"),
        notes=[" ".join(notes)] if notes else [],
    )


def _trend(scores: Scores, over_time: Trend) -> Chart:
    last = over_time.scores[-1]
    series, said = [], []
    for unit in scores.in_order():
        entry, history = _entry(scores, unit), [one.standing(unit) for one in over_time.scores]
        thin = tuple(not one.rank for one in history)
        series.append(Series(entry, tuple(one.score for one in history), thin))
        first = next((day for day, faint in zip(over_time.periods, thin, strict=True) if not faint), None)
        said.append(f"{entry.label} {entry.said}, " + (f"first ranked {first}" if first else "never ranked"))
    least = percent(scores.rulebook.index.min_coverage)
    note = (
        f"Dotted, with hollow marks: less than {least} is known, too little for a rank; a move there may only be that "
        "something became known. Each period on its last day, by the rules of today."
    )
    return _chart(
        last,
        "How the scores came about",
        f"Lines of the scores from {over_time.periods[0]} to {over_time.periods[-1]}. {_some(said)}",
        Lines(over_time.periods, tuple(series)),
        notes=(note,),
    )


def _map(scores: Scores) -> Chart:
    units = scores.in_order()
    chart = _chart(
        scores,
        _first(scores),
        f"Map of the countries coloured by band. {_listed(scores, units)}",
        Regions(tuple(_entry(scores, unit) for unit in units)),
        notes=("Hatched and in brackets: too little is known to rank the country; its score speaks of what is known.",),
    )
    outlines = "Outlines: Natural Earth, public domain. Borders imply no view on the status of any territory."
    return chart._replace(notes=(*chart.notes, outlines))
