"""The scores as pictures: what each kind of picture shows, in words that a screen reader can say."""

from __future__ import annotations

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
    Change,
    Chart,
    End,
    Heatmap,
    HeatRow,
    Interval,
    Intervals,
    Lines,
    Region,
    Regions,
    Series,
    Slope,
)
from exposure.scoring.points import largest_remainder
from exposure.text import joined, number, percent, signed
from exposure.views.head import edition
from exposure.views.standing import ends, tone

if TYPE_CHECKING:
    from exposure.analysis.trend import Trend
    from exposure.rulebook.model import Rulebook
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores

KINDS = PICTURES
_PARTS = 8
"""Dimensions that a bar shows apart; of more the lightest are taken together."""
_SAID = 12
"""Countries that an alternative text names."""


def chart_of(
    kind: str,
    scores: Scores,
    *,
    ranges: RankRange | None = None,
    trend: Trend | None = None,
    base: Scores | None = None,
) -> Chart:
    """The chart of one of KINDS. Rank ranges and the trend are computed where they are not given.

    Raises ExposureError for another kind, for a slope without a base, and where there is no country to draw.
    """
    if kind not in KINDS:
        raise ExposureError(f"{quoted(kind)} is no picture; {nearest(kind, KINDS) or f'one of {joined(KINDS)}'}")
    if not scores.selection.is_country.any():
        raise ExposureError("there is no country to draw; the file holds no observations of one")
    if kind == "bars":
        return _bars(scores)
    if kind == "heatmap":
        return _heatmap(scores)
    if kind == "ranks":
        return _ranks(scores, ranges if ranges is not None else scores.rank_range())
    if kind == "trend":
        from exposure.analysis.trend import trend as over_time

        return _trend(scores, trend if trend is not None else over_time(scores))
    if kind == "map":
        return _map(scores)
    if base is None:
        raise ExposureError("a slope needs what was before: name a file or git revision with --base")
    return _slope(base, scores)


def in_order(scores: Scores) -> list[int]:
    """The countries by rank, then those without one by name."""
    return scores.in_order()


def _subtitle(scores: Scores, *more: str) -> str:
    return ". ".join(part for part in (f"{scores.rulebook.index.title}; {edition(scores)}", *more) if part)


def _bands(rulebook: Rulebook) -> tuple[Band, ...]:
    ordered = sorted(rulebook.bands.items(), key=lambda item: item[1])
    return tuple(Band(name, low, tone(name, rulebook)) for name, low in ordered)


def _said(scores: Scores, unit: int) -> str:
    """The score as printed, in brackets where too little is known to rank the country."""
    text = number(float(scores.score[unit]), scores.tree.decimals)
    return f"({text})" if scores.why_unranked(unit) and not np.isnan(scores.score[unit]) else text


def _place(scores: Scores, unit: int) -> str:
    return str(scores.rank[unit]) if scores.ranked[unit] else "–"


def _band(scores: Scores, unit: int) -> str:
    band = scores.band[unit]
    return f"({band})" if band and not scores.ranked[unit] else band


def _known(scores: Scores, unit: int) -> str:
    return f"{percent(float(scores.coverage[scores.tree.root, unit]))} known"


def footnotes(scores: Scores) -> tuple[str, ...]:
    """What must be said of a country wherever it is shown."""
    known = countries()
    codes = [scores.selection.units[unit] for unit in in_order(scores)]
    noted = [known[code] for code in codes if code in known and known[code].note]
    return tuple(f"{country.name}: {country.note}" for country in noted)


def _listed(scores: Scores, units: Sequence[int]) -> str:
    """The countries with rank, score and band, as a sentence."""
    said = []
    for unit in units[:_SAID]:
        name, score = scores.selection.names[unit], number(float(scores.score[unit]), scores.tree.decimals)
        band = f", {scores.band[unit]}" if scores.band[unit] else ""
        why = scores.why_unranked(unit)
        said.append(f"{name}: not ranked, {why}" if why else f"{scores.rank[unit]} {name} {score}{band}")
    more = f"; and {len(units) - _SAID} more" if len(units) > _SAID else ""
    return "; ".join(said) + more + "."


def _first(scores: Scores) -> str:
    """Who is most exposed, as a headline."""
    first = [scores.selection.names[unit] for unit in in_order(scores) if scores.rank[unit] == 1]
    if not first:
        return "No country is ranked: too little is known"
    score = number(float(scores.score[np.flatnonzero(scores.rank == 1)[0]]), scores.tree.decimals)
    of = f"{score} of {scores.tree.scale:g}"
    if len(first) == 1:
        return f"{first[0]} is the most exposed: {of}"
    who = f"{', '.join(first[:-1])} and {first[-1]}" if len(first) < 4 else f"{len(first)} countries"
    return f"{who} are the most exposed: {of}"


def _bars(scores: Scores) -> Bars:
    tree, decimals = scores.tree, scores.tree.decimals
    parts = _parts(scores)
    units = in_order(scores)
    rows = []
    for unit in units:
        score = float(scores.score[unit])
        known = not np.isnan(score)
        # Rule by rule, as `explain` rounds them: the parts here are the sums of the points there.
        points = scores.points[: len(tree.rules), unit]
        points = largest_remainder(points, score, decimals) if known else points
        rows.append(
            Bar(
                _place(scores, unit),
                scores.selection.names[unit],
                tuple(float(points[list(of)].sum()) for _, of in parts),
                score if known else None,
                float(scores.low[unit]),
                float(scores.high[unit]),
                _said(scores, unit),
                _band(scores, unit),
                tone(scores.band[unit], scores.rulebook) if scores.ranked[unit] else "",
                bool(scores.ranked[unit]),
                "" if scores.ranked[unit] else _known(scores, unit),
            )
        )
    labels = tuple(name for name, _ in parts)
    return Bars(
        _first(scores),
        _subtitle(scores, f"0 is no exposure, {tree.scale:g} full"),
        f"Bar chart of the scores, stacked by {joined(labels)}. {_listed(scores, units)}",
        labels,
        tuple(rows),
        tree.scale,
        decimals,
        _bands(scores.rulebook),
        "low–high: every unknown and contested claim at its best and at its worst",
        footnotes(scores),
    )


def _parts(scores: Scores) -> list[tuple[str, tuple[int, ...]]]:
    """What the score is shared out among, the top dimensions that weigh, each with the rows of its rules."""
    tree = scores.tree
    share = tree.shares()
    nodes = {tree.row(node.name): node for node in tree.nodes[:-1]}

    def rules(row: int) -> list[int]:
        return [row] if row not in nodes else [rule for child in nodes[row].children for rule in rules(child)]

    weighing = sorted((row for row in tree.nodes[-1].children if share[row] > 0), key=lambda row: (-share[row], row))
    found = [(scores.rulebook.label(nodes[row].name), tuple(rules(row))) for row in weighing]
    if len(found) > _PARTS:
        rest = tuple(rule for _, below in found[_PARTS - 1 :] for rule in below)
        found[_PARTS - 1 :] = [(f"{len(found) - _PARTS + 1} others", rest)]
    return found


def _heatmap(scores: Scores) -> Heatmap:
    tree, units = scores.tree, in_order(scores)
    weights = tree.leaf_weights()
    rows, worst = [], []
    for group, rules in _grouped(scores):
        for rule in rules:
            severity = scores.cells[rule].x[units]
            at = tree.rules.index(rule)
            values = tuple(None if np.isnan(value) else float(value) for value in severity)
            rows.append(HeatRow(group, scores.rulebook.label(rule), f"{weights[at]:.1%}", values))
            unknown = sum(value is None for value in values)
            full = [scores.selection.names[u] for u, v in zip(units, values, strict=True) if v == tree.scale]
            worst.append(
                f"{scores.rulebook.label(rule)}: full in {joined(full[:_SAID]) or 'none'}"
                + (f", unknown in {unknown}" if unknown else "")
            )
    names = scores.selection.names
    shown = [names[u] if scores.ranked[u] else f"({names[u]})" for u in units]
    codes = [scores.selection.units[u] for u in units]
    short = [code if scores.ranked[u] else f"({code})" for code, u in zip(codes, units, strict=True)]
    bracketed = "In brackets: too little known to be ranked. " if not scores.ranked[units].all() else ""
    return Heatmap(
        "What makes each country exposed",
        _subtitle(scores, "Severity of each rule"),
        f"Heat map of severities, {len(rows)} rules by {len(units)} countries. {'; '.join(worst)}.",
        tuple(shown),
        tuple(short),
        tuple(rows),
        tree.scale,
        0 if tree.scale >= 100 else tree.decimals,
        ("no exposure", "full"),
        "weight",
        (f"{bracketed}Hatched: unknown, and counted neither as safe nor as exposed.", *footnotes(scores)),
    )


def _grouped(scores: Scores) -> list[tuple[str, list[str]]]:
    """The rules that weigh under the top dimensions, both in the order of the file, nested ones after each other."""
    rulebook, tree = scores.rulebook, scores.tree
    weighing = {rule for rule, weight in zip(tree.rules, tree.leaf_weights(), strict=True) if weight > 0}
    found: list[tuple[str, list[str]]] = []

    def below(name: str) -> list[str]:
        rules = [rule for rule, settings in rulebook.rules.items() if settings.dimension == name and rule in weighing]
        nested = [child for child, dimension in rulebook.dimensions.items() if dimension.parent == name]
        return rules + [rule for child in nested for rule in below(child)]

    for name, dimension in rulebook.dimensions.items():
        if dimension.parent is None and (rules := below(name)):
            found.append((rulebook.label(name), rules))
    return found


def _ranks(scores: Scores, ranges: RankRange) -> Intervals:
    units = in_order(scores)
    rows, said = [], []
    for unit in units:
        name, why = scores.selection.names[unit], scores.why_unranked(unit)
        rows.append(
            Interval(
                name,
                int(scores.rank[unit]),
                int(ranges.low[unit]),
                int(ranges.high[unit]),
                int(ranges.usual[unit]),
                tone(scores.band[unit], scores.rulebook) if not why else "",
                f"not ranked: {why}" if why else "",
            )
        )
        likely = ends(ranges, unit).replace("–", " to ")
        said.append(
            f"{name} not ranked" if why else f"{name} {scores.rank[unit]}" + (f", likely {likely}" if likely else "")
        )
    more = f"; and {len(said) - _SAID} more" if len(said) > _SAID else ""
    count = int(scores.ranked.sum())
    drawn = bool((ranges.low > 0).any())
    sure = sum(bool(scores.ranked[unit] and ranges.low[unit] == ranges.high[unit]) for unit in units)
    title = f"{sure} of {count} ranks hold in nine of ten draws" if drawn else "The ranks, as published"
    notes = ["Bar: where a country stands in nine of ten draws of weights, confidence and unknowns."] if drawn else []
    if any(row.usual not in (0, row.at) for row in rows):
        notes.append("Diamond: the rank that comes up most, where it is another.")
    return Intervals(
        title,
        _subtitle(scores),
        f"Ranks with the interval that nine of ten draws allow, of {count}. {'; '.join(said[:_SAID])}{more}.",
        tuple(rows),
        count,
        "Rank; 1 is the most exposed",
        (" ".join(notes), *footnotes(scores)) if notes else footnotes(scores),
    )


def _trend(scores: Scores, found: Trend) -> Lines:
    units = in_order(scores)
    last = found.scores[-1]
    series, said = [], []
    for unit in units:
        code = scores.selection.units[unit]
        places = [one.selection.units.index(code) if code in one.selection.units else None for one in found.scores]
        values, thin = [], []
        for one, place in zip(found.scores, places, strict=True):
            value = float("nan") if place is None else float(one.score[place])
            values.append(None if np.isnan(value) else value)
            thin.append(place is None or not bool(one.ranked[place]))
        name = scores.selection.names[unit]
        now = places[-1]
        series.append(Series(name, tuple(values), tuple(thin), _said(last, now) if now is not None else ""))
        first = next((period for period, faint in zip(found.periods, thin, strict=True) if not faint), None)
        told = f"{name} {_said(last, now)}" if now is not None else name
        said.append(f"{told}, first ranked {first}" if first else f"{told}, never ranked")
    least = percent(scores.rulebook.index.min_coverage)
    more = f"; and {len(said) - _SAID} more" if len(said) > _SAID else ""
    note = (
        f"Dotted, with hollow marks: less than {least} is known, too little for a rank; a move there may only be that "
        "something became known. Each period on its last day, by the rules of today."
    )
    return Lines(
        "How the scores came about",
        _subtitle(last),
        f"Lines of the scores from {found.periods[0]} to {found.periods[-1]}. {'; '.join(said[:_SAID])}{more}.",
        found.periods,
        tuple(series),
        last.tree.scale,
        _bands(last.rulebook),
        (note, *footnotes(scores)),
    )


def _map(scores: Scores) -> Regions:
    units = in_order(scores)
    regions = tuple(
        Region(
            scores.selection.units[unit],
            _place(scores, unit),
            scores.selection.names[unit],
            _said(scores, unit),
            _band(scores, unit),
            tone(scores.band[unit], scores.rulebook) if scores.ranked[unit] else "",
            bool(scores.ranked[unit]),
        )
        for unit in units
    )
    return Regions(
        _first(scores),
        _subtitle(scores),
        f"Map of the countries coloured by band. {_listed(scores, units)}",
        regions,
        _bands(scores.rulebook),
        (
            "Hatched and in brackets: too little is known to rank the country; its score speaks of what is known.",
            *footnotes(scores),
            "Outlines: Natural Earth, public domain. Borders imply no view on the status of any territory.",
        ),
    )


def _slope(before: Scores, after: Scores) -> Slope:
    sides = (before, after)
    codes = {one.selection.units[unit]: None for one in (after, before) for unit in in_order(one)}
    rows, said = [], []
    for code in codes:
        told = [_end(one, code) for one in sides]
        old, new = told
        name = after.observations.gazetteer.name(code)
        if old is None and new is None:
            continue
        decimals = after.tree.decimals
        move = ""
        if old and new:
            move = signed(new.value - old.value, decimals)
            move = "" if not float(move) else move
        else:
            move = "new" if new else "gone"
        rows.append(Change(name, old, new, move))
        if move:
            said.append(f"{name}: {old.said if old else 'none'} to {new.said if new else 'none'}, {move}")
    moved = sum(bool(row.move) for row in rows)
    return Slope(
        f"{moved} of {len(rows)} countries moved" if moved else "No score moved",
        _subtitle(after),
        f"Scores before and after. {'; '.join(said[:_SAID]) or 'No score moved'}.",
        (_side(before, "Before"), _side(after, "After")),
        tuple(rows),
        after.tree.scale,
        _bands(after.rulebook),
        (
            "Orange rises, blue falls, grey stays. Dotted, with a hollow mark: too little known to be ranked.",
            *footnotes(after),
        ),
    )


def _end(scores: Scores, code: str) -> End | None:
    if code not in scores.selection.units:
        return None
    unit = scores.selection.units.index(code)
    value = float(scores.score[unit])
    if np.isnan(value):
        return None
    ranked = bool(scores.ranked[unit])
    return End(
        _place(scores, unit),
        value,
        _said(scores, unit),
        tone(scores.band[unit], scores.rulebook) if ranked else "",
        ranked,
    )


def _side(scores: Scores, word: str) -> str:
    day = f", {scores.selection.as_of}" if scores.selection.as_of else ""
    return f"{word}: edition {scores.rulebook.index.edition}{day}"
