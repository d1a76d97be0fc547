"""`exposure rank`: who is most exposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.analysis.explain import contradictions
from exposure.output.page import Bar, Cell, Field, Page, keys, recorded, table
from exposure.scoring.ranking import RankRange
from exposure.scoring.score import Part, Scores, Standing
from exposure.text import NEARLY, exact, listed, number, percent, span
from exposure.views.standing import (
    WHO,
    banded,
    edition,
    ends,
    heads,
    likely,
    not_ranked,
    rank_notes,
    row_kind,
    what_is_drawn,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rank_page(
    scores: Scores,
    ranges: RankRange,
    units: Sequence[int] | None = None,
    top: int | None = None,
    by: str | None = None,
    sort: str | None = None,
) -> Page:
    """The ranking; `units` and `top` choose rows without changing a rank."""
    order = _chosen(scores, _ordered(scores, sort), units, top, split=by == "entity")
    standings, flags = [scores.standing(unit) for unit in order], contradictions(scores)
    fields = _fields(scores, ranges, flags)
    countries = [recorded(fields, one) for one in standings if one.rank]
    others = [one for one in standings if not one.rank and not one.part_of]
    unranked = [{**recorded(fields, one), "reason": scores.why_unranked(one.unit)} for one in others]
    entities = [{**recorded(fields, one), "part_of": one.part_of} for one in standings if one.part_of]
    if by == "layer":
        fields, notes = _layers(scores)
    elif by == "entity":
        fields, notes = _entities(scores, order)
    else:
        notes = _notes(scores, standings, ranges, flags)
    block = table(scores.rulebook.index.title, fields, standings, notes, subtitle=edition(scores), kind=row_kind)
    document = {**heads(scores, "rank"), "countries": countries, "unranked": unranked, "entities": entities}
    return Page(document, [*countries, *unranked, *entities], (block,))


def _chosen(scores: Scores, order: list[int], units: Sequence[int] | None, top: int | None, split: bool) -> list[int]:
    """Of the units in this order those asked for, entities with their countries; `split` leaves those that have any."""
    parent = scores.selection.parent
    family = np.where(parent < 0, np.arange(len(parent)), parent).tolist()
    if units is not None:
        order = [unit for unit in order if {unit, family[unit]} & {*units}]
    if split:
        parted = {family[unit] for unit in order if family[unit] != unit}
        order = [unit for unit in order if family[unit] in parted]
    if top is not None:
        leading = set([unit for unit in order if scores.ranked[unit]][:top])
        order = [unit for unit in order if family[unit] in leading]
    return order


def _ordered(scores: Scores, sort: str | None) -> list[int]:
    """Countries, each followed by its entities."""
    selection = scores.selection
    value = np.nan_to_num(scores.score if sort in (None, "name") else sort_keys(scores)[str(sort)], nan=-np.inf)

    def key(unit: int) -> tuple[bool, float, str]:
        if sort == "name":
            return False, 0.0, selection.names[unit]
        return sort is None and not scores.ranked[unit], -float(value[unit]), selection.names[unit]

    countries = sorted(selection.countries(), key=key)
    return [unit for country in countries for unit in (country, *selection.entities(country))]


def sort_keys(scores: Scores) -> dict[str, NDArray[np.float64]]:
    """What `--sort` accepts and the column it sorts by; a dimension that is called like a column gives way to it."""
    columns = {
        "score": scores.score,
        "name": scores.score,
        "low": scores.low,
        "high": scores.high,
        "coverage": scores.coverage[scores.tree.root],
        "gap": _gap(scores),
    }
    return columns | scores.layers | {name: value for name, value in _nodes(scores).items() if name not in columns}


def _nodes(scores: Scores) -> dict[str, NDArray[np.float64]]:
    return {name: scores.values[row] for name, row in scores.tree.dimension_rows().items()}


def _gap(scores: Scores) -> NDArray[np.float64]:
    missing = np.full(len(scores.selection.units), np.nan)
    gap = scores.layers.get("practice", missing) - scores.layers.get("commitment", missing)
    return np.round(gap, scores.tree.decimals + 6)


def _fields(scores: Scores, ranges: RankRange, flags: list[tuple[str, ...]]) -> list[Field[Standing]]:
    decimals, scale, nodes = scores.tree.decimals, scores.tree.scale, _nodes(scores)
    shown = ranges.draws > 0

    def drawn(values: NDArray[Any]) -> Callable[[Standing], Any]:
        return lambda one: values[one.unit].item() if one.rank and ranges.draws else None

    def spread(values: NDArray[Any]) -> Callable[[Standing], Any]:
        return lambda one: exact(values[one.unit])

    def places(one: Standing) -> str:
        return ends(ranges, one.unit)

    def probable(one: Standing) -> str:
        return likely(ranges, one.unit, decimals)

    def bar(one: Standing) -> Bar:
        return Bar(*((value or 0.0) / scale for value in (one.low, one.score, one.high)))

    def flag(one: Standing) -> Cell:
        return Cell(str(len(flags[one.unit])) if flags[one.unit] else "", "warn")

    return [
        *WHO,
        Field("score", "Score", lambda one: Cell(number(one.score, decimals), "strong" if one.rank else ""), "right"),
        Field("score_exact", "", bar, drop=3, value=lambda one: one.exact),
        *keys("low", "high"),
        Field("likely_low", value=spread(ranges.likely_low)),
        Field("likely_high", "Likely" if shown else None, probable, "right", value=spread(ranges.likely_high)),
        Field("rank_low", value=drawn(ranges.low)),
        Field("rank_high", "Ranks" if shown else None, places, "right", 1, value=drawn(ranges.high)),
        Field("rank_usual", value=drawn(ranges.usual)),
        Field("rank_settled", value=drawn(ranges.settled)),
        Field("band", "Band", lambda one: banded(scores, one.unit, ranges=ranges), drop=1),
        Field("band_low", value=lambda one: ranges.band_low[one.unit] or None),
        Field("band_high", value=lambda one: ranges.band_high[one.unit] or None),
        Field("", "Bounds", lambda one: span(one.low, one.high, decimals), "right", 4),
        Field("coverage", "Known", lambda one: percent(one.coverage), "right", 2),
        Field("contradictions", "!", flag, "right", value=lambda one: flags[one.unit]),
        *_dimensions(scores, drop=5),
        Field("dimensions", value=lambda one: {name: exact(values[one.unit]) for name, values in nodes.items()}),
        Field("layers", value=lambda one: {name: exact(values[one.unit]) for name, values in scores.layers.items()}),
    ]


def _dimensions(scores: Scores, drop: int, nested: bool = True) -> list[Field[Standing]]:
    """A column a dimension, those at the top first."""
    decimals = scores.tree.decimals

    def field(part: Part) -> Field[Standing]:
        values, label = scores.values[scores.tree.row(part.name)], scores.rulebook.label(part.name)
        return Field("", label, lambda one: number(values[one.unit], decimals), "right", drop + (part.depth > 0))

    parts = sorted(scores.dimensions(), key=lambda part: part.depth > 0)
    return [field(part) for part in parts if nested or not part.depth]


def _notes(scores: Scores, standings: list[Standing], ranges: RankRange, flags: list[tuple[str, ...]]) -> list[str]:
    label = scores.rulebook.label
    notes = [
        f"Score: 0 is no exposure, {scores.tree.scale:g} full; what is unknown is taken to be like what is known. "
        "Bounds: every unknown and contested claim at its best and at its worst; the bar is solid up to the lower and "
        "light from the score to the upper. Known: the share of the weight whose value is known."
    ]
    if standings and all(one.low is None for one in standings):
        notes = [
            "Score: higher is more exposed. The rules set their own range, so that a score may be below 0 or above "
            f"{scores.tree.scale:g}, and bounds cannot be given. Known: the share of the weight whose value is known."
        ]
    if ranges.draws:
        drawn = what_is_drawn(scores.rulebook.uncertainty)
        how = f", where {drawn}" if drawn else ""
        notes.append(f"Likely, ranks and bands: nine of ten of {ranges.draws:,} draws (seed {ranges.seed}){how}.")
        notes += rank_notes(ranges, standings)
    if unknown := scores.never_known():
        named = listed(list(map(label, unknown)), 5)
        notes.append(f"No country has a value for {named}: no score holds it.")
    notes += not_ranked(scores, standings)
    if any(one.band and scores.why_unranked(one.unit) for one in standings):
        notes.append("A band in brackets speaks of what is known alone.")
    notes += [f"! {one.name}: {'; '.join(map(label, flags[one.unit]))}." for one in standings if flags[one.unit]]
    relative = [label(name) for name, rule in scores.rulebook.rules.items() if rule.among_peers]
    notes += [f"Adding a country moves the others: {', '.join(relative)}."] if relative else []
    return notes + _gaps_of_others(scores, standings)


def _gaps_of_others(scores: Scores, standings: list[Standing]) -> list[str]:
    """That a country may move although all is known of it, where that is so."""
    rules, cells, countries = scores.rulebook.rules, scores.cells, scores.selection.is_country
    weights = zip(scores.tree.rules, scores.tree.leaf_weights().tolist(), strict=True)
    relative = [name for name, weight in weights if weight and rules[name].among_peers]
    gaps = [name for name in relative if (cells[name].low < cells[name].high)[countries].any()]
    known = [one for one in standings if one.coverage >= 1 - NEARLY and not one.part_of]
    if not (gaps and known):
        return []
    of = listed(list(map(scores.rulebook.label, gaps)), 3)
    return [
        f"Some countries have no exact figure for {of}, and these rules compare countries with one another: a country "
        "of which all is known can still move, beyond its bounds and what is likely, when others become known."
    ]


def _layers(scores: Scores) -> tuple[list[Field[Standing]], list[str]]:
    gap, decimals = _gap(scores), scores.tree.decimals

    def layer(name: str) -> Field[Standing]:
        return Field("", name.capitalize(), lambda one: number(scores.layers[name][one.unit], decimals), "right")

    def difference(one: Standing) -> Cell:
        size = float(gap[one.unit])
        return Cell(("+" if size > 0 else "") + number(size, decimals), "warn" if size > 0 else "")

    def reading(one: Standing) -> str:
        size = float(gap[one.unit])
        if scores.why_unranked(one.unit):
            return "too little is known"
        if np.isnan(size):
            return "one layer is unknown" if len(scores.layers) > 1 else ""
        if abs(size) < scores.tree.scale / 20:
            return "about the same"
        return "more exposed in practice" if size > 0 else "more exposed on paper"

    fields: list[Field[Standing]] = [
        *WHO,
        Field("score", "Score", lambda one: number(one.score, decimals), "right"),
        *map(layer, scores.layers),
        Field("", "Gap", difference, "right"),
        Field("", "Reading", reading, drop=1, wrap=True),
    ]
    if len(scores.layers) < 2:
        return fields, ["The rules do not have both layers, practice and commitment: there is nothing to compare."]
    return fields, [
        "Practice: what is deployed, owed or done. Commitment: what is signed, joined or enacted, for the exposure or "
        "against it. Each is the same tree with that layer's rules alone.",
        "Gap: practice less commitment. Above 0, a country is more exposed than its signatures say.",
    ]


def _entities(scores: Scores, order: list[int]) -> tuple[list[Field[Standing]], list[str]]:
    decimals, notes = scores.tree.decimals, []
    fields: list[Field[Standing]] = [
        *WHO,
        Field("score", "Score", lambda one: number(one.score, decimals), "right"),
        Field("high", "Low–high", lambda one: span(one.low, one.high, decimals), "right", 1),
        Field("coverage", "Known", lambda one: percent(one.coverage), "right"),
        *_dimensions(scores, drop=2, nested=False),
    ]
    for unit in order:
        parts = scores.selection.entities(unit)
        if len(parts) > 1:
            apart = float(np.max(scores.score[parts]) - np.min(scores.score[parts]))
            far = "cannot be compared" if np.isnan(apart) else f"are {number(apart, decimals)} apart"
            notes.append(f"{scores.selection.names[unit]}: its entities {far}.")
    rollup = {"mean": "the mean of its entities by their share", "max": "the worst of its entities"}
    notes.append(
        "An entity takes its country's line where it has none; a country without a line takes "
        f"{rollup[scores.rulebook.entities.rollup]}. Entities are not ranked."
    )
    return fields, notes if order else ["No country here has entities."]
