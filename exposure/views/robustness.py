"""`exposure robustness`: how far scores and ranks depend on judgement."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.analysis.words import NOTHING, exact, joined, label, number, percent, span, unranked
from exposure.output.page import Block, Cell, Column, Page, Row
from exposure.views.words import banded, chance, edition, ends, heads, unsettled, upset

if TYPE_CHECKING:
    from exposure.analysis.left_out import LeftOut
    from exposure.analysis.robustness import Robustness
    from exposure.analysis.sensitivity import Share
    from exposure.analysis.swaps import Swap

_MATRIX = 12
"""Most countries that are shown as a matrix of all with all."""
_CHOICES = 10
"""Single choices that a table shows; the document has all."""
_MOVED = 50
"""Draws that must move a rank before their variance is shared out: of fewer the shares are noise."""


def robustness_page(found: Robustness) -> Page:
    """The answer; CSV has a row a country with how often it has each rank and band."""
    order = _ordered(found)
    records = [_record(found, unit) for unit in order]
    ranked = [unit for unit in order if found.scores.ranked[unit]]
    codes = found.scores.selection.units
    document = {
        **heads(found.scores, "robustness"),
        "draws": found.draws,
        "seed": found.seed,
        "vary": list(found.vary),
        "uncertainty": _settings(found),
        "countries": records,
        "above": {codes[a]: {codes[b]: float(found.above[a, b]) for b in ranked if b != a} for a in ranked},
        "left_out": [_left_out_record(found, one) for one in found.left_out],
        "sensitivity": _sensitivity_record(found),
        "swaps": [_swap_record(found, swap) for swap in found.swaps],
    }
    blocks = [_standing(found, order)]
    if ranked and found.draws:
        blocks += [_rank_chances(found, ranked)] if len(ranked) <= _MATRIX else []
        blocks.append(_outranking(found, ranked))
    if found.sensitivity and found.sensitivity.shares:
        blocks.append(_unstable(found))
    return Page(document, records, (*blocks, _without(found), _turning(found)))


def _ordered(found: Robustness) -> list[int]:
    """The ranked by rank, then the other countries; each with its entities behind it."""
    scores, order = found.scores, []
    names = scores.selection.names

    def key(unit: int) -> tuple[bool, int, str]:
        return not scores.ranked[unit], int(scores.rank[unit]), names[unit]

    for country in sorted(np.flatnonzero(scores.selection.is_country).tolist(), key=key):
        parts = np.flatnonzero(scores.selection.parent == country).tolist()
        order += [country, *sorted(parts, key=lambda unit: names[unit])]
    return order


def _settings(found: Robustness) -> dict[str, Any]:
    settings = found.settings
    return {
        "spread": settings.spread,
        "weights": settings.weights,
        "confidence": {name: getattr(settings.confidence, name) for name in ("high", "medium", "low")},
        "aggregations": list(settings.aggregations),
    }


def _record(found: Robustness, unit: int) -> dict[str, Any]:
    scores = found.scores
    ranked, drawn = bool(scores.ranked[unit]), found.draws > 0
    parent = int(scores.selection.parent[unit])
    bands = sorted(scores.rulebook.bands, key=lambda name: scores.rulebook.bands[name])
    shares = found.rank_shares[unit].tolist()
    return {
        "rank": int(scores.rank[unit]) if ranked else None,
        "country": scores.selection.units[unit],
        "name": scores.selection.names[unit],
        "part_of": scores.selection.units[parent] if parent >= 0 else None,
        "score": exact(scores.score[unit]),
        "score_low": exact(found.score_low[unit]),
        "score_median": exact(found.score_median[unit]),
        "score_high": exact(found.score_high[unit]),
        "rank_low": int(found.ranges.low[unit]) if ranked and drawn else None,
        "rank_median": int(found.median_rank[unit]) if ranked and drawn else None,
        "rank_high": int(found.ranges.high[unit]) if ranked and drawn else None,
        "rank_usual": int(found.ranges.usual[unit]) if ranked and drawn else None,
        "rank_settled": bool(found.ranges.settled[unit]) if ranked and drawn else None,
        "first": shares[0] if ranked and drawn else None,
        "ranks": {str(at + 1): share for at, share in enumerate(shares)} if ranked and drawn else {},
        "band": scores.band[unit] or None,
        "bands": dict(zip(bands, found.band_shares[unit].tolist(), strict=True)) if drawn else {},
    }


def _left_out_record(found: Robustness, one: LeftOut) -> dict[str, Any]:
    scores = found.scores
    return {
        "kind": "dimension" if one.dimension else "rule",
        "name": one.name,
        "mean_shift": None if math.isnan(one.shift) else one.shift,
        "countries": {
            scores.selection.units[unit]: {
                "score": exact(one.score[unit]),
                "rank": int(one.rank[unit]) or None,
            }
            for unit in np.flatnonzero(scores.selection.is_country).tolist()
        },
    }


def _sensitivity_record(found: Robustness) -> dict[str, Any] | None:
    if found.sensitivity is None:
        return None
    return {
        "base_draws": found.sensitivity.base,
        "mean_shift": found.sensitivity.mean_shift,
        "variance": found.sensitivity.variance,
        "moved": found.sensitivity.moved,
        "shares": [{**share._asdict(), "name": share.name or None} for share in found.sensitivity.shares],
    }


def _swap_record(found: Robustness, swap: Swap) -> dict[str, Any]:
    codes, known = found.scores.selection.units, bool(swap.name)
    return {
        "above": codes[swap.above],
        "below": codes[swap.below],
        "kind": ("dimension" if swap.dimension else "rule") if known else None,
        "name": swap.name or None,
        "weight": _weight(found, swap) if known else None,
        "new_weight": _weight(found, swap) * swap.factor if known else None,
        "factor": swap.factor if known else None,
        "share": swap.share if known else None,
        "new_share": swap.new_share if known else None,
        "within_spread": _within(found, swap) if known else None,
    }


def _within(found: Robustness, swap: Swap) -> bool:
    """Whether the weights drawn reach that far; those of a Dirichlet have no bound."""
    uniform = "weights" in found.vary and found.settings.weights == "uniform"
    return uniform and abs(swap.factor - 1) <= found.settings.spread


def _weight(found: Robustness, swap: Swap) -> float:
    rulebook = found.scores.rulebook
    return (rulebook.dimensions if swap.dimension else rulebook.rules)[swap.name].weight


def _standing(found: Robustness, order: list[int]) -> Block:
    scores, decimals = found.scores, found.scores.tree.decimals
    columns = (
        Column("#", "right"),
        Column("Country"),
        Column("Score", "right"),
        Column("Median", "right", drop=2),
        Column("5–95%", "right"),
        Column("Ranks", "right"),
        Column("Median rank", "right", drop=3),
        Column("First", "right", drop=1),
        Column("Band"),
        Column("In it", "right", drop=1),
    )
    rows = []
    names = sorted(scores.rulebook.bands, key=lambda name: scores.rulebook.bands[name])
    for unit in order:
        ranked, part = bool(scores.ranked[unit]), scores.selection.parent[unit] >= 0
        band = scores.band[unit]
        in_band = found.band_shares[unit, names.index(band)] if band and found.draws else math.nan
        interval = span(float(found.score_low[unit]), float(found.score_high[unit]), decimals)
        rows.append(
            Row(
                (
                    str(scores.rank[unit]) if ranked else "" if part else NOTHING,
                    "  " * bool(part) + scores.selection.names[unit],
                    Cell(number(float(scores.score[unit]), decimals), "strong" if ranked else ""),
                    number(float(found.score_median[unit]), decimals),
                    interval,
                    ends(found.ranges, unit),
                    str(found.median_rank[unit]) if ranked and found.draws else "",
                    chance(found.rank_shares[unit, 0]) if ranked and found.draws else "",
                    banded(scores, unit),
                    chance(in_band),
                ),
                "part" if part else "",
            )
        )
    return Block(scores.rulebook.index.title, edition(scores), columns, tuple(rows), tuple(_notes(found, order)))


def _notes(found: Robustness, order: list[int]) -> Iterator[str]:
    scores, names = found.scores, found.scores.selection.names
    if not found.draws:
        yield "Nothing was drawn: --draws says how often."
        return
    yield f"Over {found.draws:,} draws, seed {found.seed}. {drawn_words(found)}"
    yield (
        "5–95%: the score in nine of ten draws, Ranks: the rank, stretched to hold the published one. In it: share of "
        "draws in the published band. An unknown is drawn over the whole scale, so that the "
        "interval can leave out the score, which speaks of what is known alone."
    )
    yield from unsettled(scores, found.ranges, order)
    yield from upset(scores, found.ranges, order)
    for unit in order:
        if reason := unranked(scores, unit):
            yield f"{names[unit]} is not ranked: {reason}."


def drawn_words(found: Robustness) -> str:
    """What was drawn, and how."""
    settings, said = found.settings, []
    if "weights" in found.vary and settings.spread:
        how = (
            f"U(1 ± {settings.spread:g})"
            if settings.weights == "uniform"
            else f"Dirichlet, as wide as ±{settings.spread:g}"
        )
        said.append(f"each weight at every level ({how})")
    if "confidence" in found.vary:
        widths = ", ".join(
            f"{name} ±{percent(getattr(settings.confidence, name))}" for name in ("high", "medium", "low")
        )
        said.append(f"errors by confidence ({widths} of the scale)")
    if "unknowns" in found.vary:
        said.append("unknown values over the whole scale, inexact ones over their interval")
    if "aggregation" in found.vary and settings.aggregations:
        said.append(f"the aggregation of the index ({joined(settings.aggregations)} beside its own)")
    if not said and found.vary == ("aggregation",):
        return "Nothing varies: the rules list no other aggregations under [uncertainty]."
    return f"Drawn: {'; '.join(said)}." if said else "Nothing varies."


def _rank_chances(found: Robustness, ranked: list[int]) -> Block:
    names, shares = found.scores.selection.names, found.rank_shares
    columns = (Column("Country"), *(Column(str(at + 1), "right") for at in range(len(ranked))))
    rows = []
    for unit in ranked:
        cells = [Cell(chance(share), "strong" if share >= 0.5 else "") if share else "" for share in shares[unit]]
        rows.append(Row((names[unit], *cells)))
    return Block("How often each rank comes up", columns=columns, rows=tuple(rows))


def _outranking(found: Robustness, ranked: list[int]) -> Block:
    selection, above = found.scores.selection, found.above
    title, note = "Who outranks whom", "In how many of the draws the country of the line is above that of the column."
    if len(ranked) <= _MATRIX:
        columns = (Column("Country"), *(Column(selection.units[unit], "right") for unit in ranked))
        rows = [Row((selection.names[a], *("" if a == b else chance(above[a, b]) for b in ranked))) for a in ranked]
        return Block(title, columns=columns, rows=tuple(rows), notes=(note,))
    columns = (Column("Country"), Column("Next"), Column("Above it", "right"), Column("Below it", "right"))
    rows = [
        Row((selection.names[a], selection.names[b], chance(above[a, b]), chance(above[b, a])))
        for a, b in pairwise(ranked)
    ]
    note = "In how many of the draws. -f json has all pairs, and how often each rank comes up."
    return Block(title, columns=columns, rows=tuple(rows), notes=(note,), folded=True)


_KINDS = {
    "weights": "Weights",
    "confidence": "Confidence of claims",
    "unknowns": "Unknown and inexact values",
    "aggregation": "Aggregation",
}


def _unstable(found: Robustness) -> Block:
    sensitivity = found.sensitivity
    assert sensitivity is not None
    title = "What makes the ranks unstable"
    if sensitivity.moved < _MOVED:
        of = f"{sensitivity.moved} of {2 * sensitivity.base:,}"
        said = f"Somebody is not at its rank in {of} draws: too few to share out."
        return Block(title, notes=(said,))
    columns = (
        Column("Choice", wrap=True),
        Column("Alone", "right"),
        Column("With others", "right"),
        Column("±", "right", drop=1),
    )
    kinds = [share for share in sensitivity.shares if not share.name]
    single = [share for share in sensitivity.shares if share.name]
    rows = [_share_row(_KINDS[share.kind], share, "strong") for share in kinds]
    if single:
        rows.append(Row(("One by one", "", "", ""), "section"))
    for share in single[:_CHOICES]:
        what = {"weights": "weight", "confidence": "confidence", "unknowns": "unknown"}[share.kind]
        rows.append(_share_row(f"{label(found.scores.rulebook, share.name)}: {what}", share))
    notes = [
        f"A country is {sensitivity.mean_shift:.2f} places from its rank on average. Alone: the share of the "
        "variance of that which would go if this were settled. With others: what would be left if all else were. "
        f"From {sensitivity.base:,} draws for each choice; ± is a standard error."
    ]
    if len(single) > _CHOICES:
        notes.append(f"-f json has the {len(single) - _CHOICES} smaller ones.")
    return Block(title, columns=columns, rows=tuple(rows), notes=tuple(notes))


def _share_row(name: str, share: Share, tone: Any = "") -> Row:
    first, total = (f"{min(max(part, 0.0), 1.0):.0%}" for part in (share.first, share.total))
    return Row((Cell(name, tone), first, Cell(total, tone), f"{share.error:.0%}"))


def _without(found: Robustness) -> Block:
    scores, names = found.scores, found.scores.selection.names
    columns = (Column("Without"), Column("Mean shift", "right"), Column("Who moves", wrap=True))
    rows, still = [], []
    for one in sorted(found.left_out, key=lambda one: -np.nan_to_num(one.shift)):
        moved = [
            f"{names[unit]} {scores.rank[unit] or NOTHING} → {one.rank[unit] or NOTHING}"
            for unit in np.flatnonzero(one.rank != scores.rank).tolist()
        ]
        what = label(scores.rulebook, one.name)
        if moved:
            shift = NOTHING if math.isnan(one.shift) else f"{one.shift:.2f}"
            rows.append(Row((Cell(what, "strong" if one.dimension else ""), shift, joined(moved))))
        else:
            still.append(what)
    notes = ["As if it were struck out of the rules; a dash is unranked. Mean shift: places a country moves."] * bool(
        rows
    )
    if still:
        notes.append(
            f"No rank depends on any other alone: {joined(still, '; ')}." if rows else "No single one moves a rank."
        )
    return Block("Without one rule or dimension", columns=columns if rows else (), rows=tuple(rows), notes=tuple(notes))


def _turning(found: Robustness) -> Block:
    from exposure.analysis.swaps import MOST

    scores, names = found.scores, found.scores.selection.names
    columns = (
        Column("Neighbours", wrap=True),
        Column("Weight", wrap=True),
        Column("From", "right"),
        Column("To", "right"),
        Column("Times", "right"),
        Column("Share", "right", drop=1),
        Column("", drop=2),
    )
    rows = []
    for swap in found.swaps:
        pair = f"{names[swap.above]}, {names[swap.below]}"
        if not swap.name:
            rows.append(Row((pair, Cell("none", "dim"), "", "", "", "", "")))
            continue
        weight = _weight(found, swap)
        rows.append(
            Row(
                (
                    pair,
                    label(scores.rulebook, swap.name),
                    f"{weight:g}",
                    _beyond(weight * swap.factor, weight),
                    f"{swap.factor:.2f}",
                    f"{swap.share:.1%} → {swap.new_share:.1%}",
                    Cell("within the spread", "warn") if _within(found, swap) else "",
                )
            )
        )
    notes = (
        "The smallest relative change of one weight, the others as they are, at which the lower reaches the higher. "
        f"none: no single weight from nothing to {MOST:g} times what it is.",
    )
    if not rows:
        return Block("What would swap two neighbours", notes=("There are no two ranked countries.",))
    return Block("What would swap two neighbours", columns=columns, rows=tuple(rows), notes=notes)


def _beyond(value: float, start: float) -> str:
    """Three figures, rounded away from where it came from, so that the printed weight does turn the two."""
    if not value:
        return "0"
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    return f"{(math.ceil if value > start else math.floor)(value / unit) * unit:.6g}"
