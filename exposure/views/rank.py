"""`exposure rank`: who is most exposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.analysis.explain import contradictions
from exposure.output.page import Bar, Block, Cell, Column, Page, Row
from exposure.text import NOTHING, exact, number, percent, span
from exposure.views.head import edition, heads
from exposure.views.standing import banded, ends, unsettled, upset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores


def rank_page(
    scores: Scores,
    ranges: RankRange,
    drawn: str,
    units: Sequence[int] | None = None,
    top: int | None = None,
    by: str | None = None,
    sort: str | None = None,
) -> Page:
    """The ranking; `units` and `top` choose rows without changing a rank.

    `ranges` are the ends of each rank range and `drawn` says how they came about, empty for none.
    """
    order = _ordered(scores, sort)
    if units is not None:
        chosen = set(units)
        order = [unit for unit in order if unit in chosen or int(scores.selection.parent[unit]) in chosen]
    if by == "entity":
        split = {int(at) for at in scores.selection.parent if at >= 0}
        order = [unit for unit in order if unit in split or scores.selection.parent[unit] in split]
    if top is not None:
        leading = [unit for unit in order if scores.ranked[unit]][:top]
        order = [unit for unit in order if unit in leading or int(scores.selection.parent[unit]) in leading]
    flags = contradictions(scores)
    records = [_record(scores, unit, ranges, bool(drawn), flags[unit]) for unit in order]
    groups: dict[str, list[dict[str, Any]]] = {"countries": [], "unranked": [], "entities": []}
    for unit, record in zip(order, records, strict=True):
        is_entity = scores.selection.parent[unit] >= 0
        groups["entities" if is_entity else "countries" if scores.ranked[unit] else "unranked"].append(record)
    if by == "layer":
        block = _by_layer(scores, order)
    elif by == "entity":
        block = _by_entity(scores, order)
    else:
        block = _ranking(scores, order, ranges, drawn, flags)
    document = {**heads(scores, "rank"), **groups}
    return Page(document, [*groups["countries"], *groups["unranked"], *groups["entities"]], (block,))


def _ordered(scores: Scores, sort: str | None) -> list[int]:
    """Countries, each followed by its entities."""
    selection = scores.selection
    value = np.nan_to_num(scores.score if sort in (None, "name") else sort_keys(scores)[str(sort)], nan=-np.inf)

    def key(unit: int) -> tuple[bool, float, str]:
        if sort == "name":
            return False, 0.0, selection.names[unit]
        return sort is None and not scores.ranked[unit], -float(value[unit]), selection.names[unit]

    order: list[int] = []
    for country in sorted(np.flatnonzero(selection.is_country).tolist(), key=key):
        parts = np.flatnonzero(selection.parent == country).tolist()
        order += [country, *sorted(parts, key=lambda unit: selection.names[unit])]
    return order


def sort_keys(scores: Scores) -> dict[str, NDArray[np.float64]]:
    """What `--sort` accepts and the column it sorts by; a dimension that is called like a column gives way to it."""
    dimensions = {node.name: scores.values[scores.tree.row(node.name)] for node in scores.tree.nodes[:-1]}
    columns = {
        "score": scores.score,
        "name": scores.score,
        "low": scores.low,
        "high": scores.high,
        "coverage": scores.coverage[scores.tree.root],
        "gap": _gap(scores),
    }
    return columns | scores.layers | {name: value for name, value in dimensions.items() if name not in columns}


def _gap(scores: Scores) -> NDArray[np.float64]:
    missing = np.full(len(scores.selection.units), np.nan)
    gap = scores.layers.get("practice", missing) - scores.layers.get("commitment", missing)
    return np.round(gap, scores.tree.decimals + 6)


def _record(
    scores: Scores,
    unit: int,
    ranges: RankRange,
    drawn: bool,
    flags: tuple[str, ...],
) -> dict[str, Any]:
    ranked = bool(scores.ranked[unit])
    parent = int(scores.selection.parent[unit])
    record: dict[str, Any] = {
        "rank": int(scores.rank[unit]) if ranked else None,
        "country": scores.selection.units[unit],
        "name": scores.selection.names[unit],
        "score": exact(scores.score[unit]),
        "score_exact": exact(scores.exact[unit]),
        "low": exact(scores.low[unit]),
        "high": exact(scores.high[unit]),
        "rank_low": int(ranges.low[unit]) if ranked and drawn else None,
        "rank_high": int(ranges.high[unit]) if ranked and drawn else None,
        "rank_usual": int(ranges.usual[unit]) if ranked and drawn else None,
        "rank_settled": bool(ranges.settled[unit]) if ranked and drawn else None,
        "band": scores.band[unit] or None,
        "coverage": float(scores.coverage[scores.tree.root, unit]),
        "contradictions": list(flags),
        "dimensions": {
            node.name: exact(scores.values[scores.tree.row(node.name), unit]) for node in scores.tree.nodes[:-1]
        },
        "layers": {layer: exact(values[unit]) for layer, values in scores.layers.items()},
    }
    if parent >= 0:
        record["part_of"] = scores.selection.units[parent]
    elif not ranked:
        record["reason"] = scores.why_unranked(unit)
    return record


def _first_cells(scores: Scores, unit: int) -> tuple[Cell, Cell]:
    rank = Cell(
        str(scores.rank[unit]) if scores.ranked[unit] else "" if scores.selection.parent[unit] >= 0 else NOTHING
    )
    name = scores.selection.names[unit]
    return rank, Cell("  " + name if scores.selection.parent[unit] >= 0 else name)


def _kind(scores: Scores, unit: int) -> Any:
    return "part" if scores.selection.parent[unit] >= 0 else ""


def _ranking(
    scores: Scores,
    order: list[int],
    ranges: RankRange,
    drawn: str,
    flags: list[tuple[str, ...]],
) -> Block:
    rulebook, decimals, scale = scores.rulebook, scores.tree.decimals, scores.tree.scale
    top = [name for name, dimension in rulebook.dimensions.items() if dimension.parent is None]
    nested = [name for name, dimension in rulebook.dimensions.items() if dimension.parent is not None]
    present = {node.name for node in scores.tree.nodes}
    dimensions = [name for name in (*top, *nested) if name in present]
    columns = [
        Column("#", "right"),
        Column("Country"),
        Column("Score", "right"),
        Column("", drop=2),
        Column("Low–high", "right", drop=3),
        Column("Ranks", "right", drop=1),
        Column("Band", drop=4),
        Column("Known", "right", drop=1),
        Column("!", "right"),
        *(Column(rulebook.label(name), "right", drop=5 if name in top else 6) for name in dimensions),
    ]
    rows = []
    for unit in order:
        score = float(scores.score[unit])
        rows.append(
            Row(
                (
                    *_first_cells(scores, unit),
                    Cell(number(score, decimals), "strong" if scores.ranked[unit] else ""),
                    Bar(*(float(np.nan_to_num(v[unit])) / scale for v in (scores.low, scores.score, scores.high))),
                    span(float(scores.low[unit]), float(scores.high[unit]), decimals),
                    ends(ranges, unit),
                    banded(scores, unit),
                    percent(float(scores.coverage[scores.tree.root, unit])),
                    Cell(str(len(flags[unit])) if flags[unit] else "", "warn"),
                    *(number(float(scores.values[scores.tree.row(name), unit]), decimals) for name in dimensions),
                ),
                _kind(scores, unit),
            )
        )
    return Block(
        scores.rulebook.index.title,
        edition(scores),
        tuple(columns),
        tuple(rows),
        tuple(_notes(scores, order, ranges, drawn, flags)),
    )


def _notes(scores: Scores, order: list[int], ranges: RankRange, drawn: str, flags: list[tuple[str, ...]]) -> list[str]:
    selection, scale = scores.selection, f"{scores.tree.scale:g}"
    notes = [
        f"Score: 0 is no exposure, {scale} full. Low–high: every unknown and contested claim at its best and at its "
        "worst; the bar is solid up to the low and light from the score to the high. Known: the share of the weight "
        "whose value is known; the score speaks of that share."
    ]
    if drawn:
        notes.append(f"Ranks: where the country stands in nine of ten cases, {drawn}.")
        notes += [*unsettled(scores, ranges, order), *upset(scores, ranges, order)]
    for unit in order:
        if reason := scores.why_unranked(unit):
            band = " Its band, in brackets, speaks of what is known alone." if scores.band[unit] else ""
            notes.append(f"{selection.names[unit]} is not ranked: {reason}.{band}")
    for unit in order:
        if flags[unit]:
            said = "; ".join(scores.rulebook.label(name) for name in flags[unit])
            notes.append(f"! {selection.names[unit]}: {said}.")
    relative = [name for name, rule in scores.rulebook.rules.items() if rule.kind == "relative"]
    if relative:
        notes.append(f"Adding a country moves the others: {', '.join(scores.rulebook.label(n) for n in relative)}.")
    return notes


def _by_layer(scores: Scores, order: list[int]) -> Block:
    gap, decimals = _gap(scores), scores.tree.decimals
    columns = (
        Column("#", "right"),
        Column("Country"),
        Column("Score", "right"),
        *(Column(layer.capitalize(), "right") for layer in scores.layers),
        Column("Gap", "right"),
        Column("Reading", wrap=True, drop=1),
    )
    rows = []
    for unit in order:
        difference = float(gap[unit])
        sign = "+" if difference > 0 else ""
        layers = [Cell(number(float(values[unit]), decimals)) for values in scores.layers.values()]
        rows.append(
            Row(
                (
                    *_first_cells(scores, unit),
                    number(float(scores.score[unit]), decimals),
                    *layers,
                    Cell(sign + number(difference, decimals), "warn" if difference > 0 else ""),
                    _reading(difference, scores.tree.scale) if len(scores.layers) > 1 else "",
                ),
                _kind(scores, unit),
            )
        )
    notes: tuple[str, ...] = (
        "Practice: what is deployed, owed or done. Commitment: what is signed, joined or enacted, for the exposure or "
        "against it. Each is the same tree with that layer's rules alone.",
        "Gap: practice less commitment. Above 0, a country is more exposed than its signatures say.",
    )
    if len(scores.layers) < 2:
        notes = ("The rules do not have both layers, practice and commitment: there is nothing to compare.",)
    return Block(scores.rulebook.index.title, edition(scores), columns, tuple(rows), notes)


def _reading(gap: float, scale: float) -> str:
    if np.isnan(gap):
        return "one layer is unknown"
    if abs(gap) < scale / 20:
        return "about the same"
    return "more exposed in practice" if gap > 0 else "more exposed on paper"


def _by_entity(scores: Scores, order: list[int]) -> Block:
    decimals, tree = scores.tree.decimals, scores.tree
    dimensions = [name for name, dimension in scores.rulebook.dimensions.items() if dimension.parent is None]
    columns = (
        Column("#", "right"),
        Column("Country"),
        Column("Score", "right"),
        Column("Low–high", "right", drop=1),
        Column("Known", "right"),
        *(Column(scores.rulebook.label(name), "right", drop=2) for name in dimensions),
    )
    rows, notes = [], []
    for unit in order:
        cells = [number(float(scores.values[tree.row(name), unit]), decimals) for name in dimensions]
        known = percent(float(scores.coverage[tree.root, unit]))
        bounds = span(float(scores.low[unit]), float(scores.high[unit]), decimals)
        first = (*_first_cells(scores, unit), number(float(scores.score[unit]), decimals))
        rows.append(Row((*first, bounds, known, *cells), _kind(scores, unit)))
        parts = np.flatnonzero(scores.selection.parent == unit)
        if len(parts) > 1:
            apart = float(np.max(scores.score[parts]) - np.min(scores.score[parts]))
            far = "cannot be compared" if np.isnan(apart) else f"are {number(apart, decimals)} apart"
            notes.append(f"{scores.selection.names[unit]}: its entities {far}.")
    rollup = {"mean": "the mean of its entities by their share", "max": "the worst of its entities"}
    notes.append(
        "An entity takes its country's line where it has none; a country without a line takes "
        f"{rollup[scores.rulebook.entities.rollup]}. Entities are not ranked."
    )
    if not rows:
        notes = ["No country here has entities."]
    return Block(scores.rulebook.index.title, edition(scores), columns, tuple(rows), tuple(notes))
