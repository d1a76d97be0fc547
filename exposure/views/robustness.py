"""`exposure robustness`: how far scores and ranks depend on judgement."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.analysis.diff import NAMED
from exposure.output.page import Block, Cell, Column, Page, Row
from exposure.text import NOTHING, chance, exact, joined, listed, number, percent, span
from exposure.views.dependence import swapping, unstable, weight_of, within_spread, without
from exposure.views.head import edition, heads
from exposure.views.standing import banded, ends, unsettled, upset

if TYPE_CHECKING:
    from exposure.analysis.robustness import Robustness
    from exposure.analysis.sensitivity.left_out import LeftOut
    from exposure.analysis.sensitivity.swaps import Swap

_ROUNDING = 1e-9
_MATRIX = 12
"""Most countries that are shown as a matrix of all with all."""


def robustness_page(found: Robustness) -> Page:
    """The answer; CSV has a row a country with how often it has each rank and band."""
    order = found.scores.in_order(entities=True)
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
    if len(ranked) > 1 and found.draws:
        blocks += [_rank_chances(found, ranked)] if len(ranked) <= _MATRIX else []
        blocks.append(_outranking(found, ranked))
    if found.sensitivity and found.sensitivity.shares:
        blocks.append(unstable(found))
    return Page(document, records, (*blocks, without(found), swapping(found)))


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
    bands = scores.rulebook.band_names()
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
            for unit in scores.selection.countries()
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
        "weight": weight_of(found, swap) if known else None,
        "new_weight": weight_of(found, swap) * swap.factor if known else None,
        "factor": swap.factor if known else None,
        "share": swap.share if known else None,
        "new_share": swap.new_share if known else None,
        "within_spread": within_spread(found, swap) if known else None,
    }


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
        *((Column("Band"), Column("Holds", "right", drop=1)) if scores.rulebook.bands else ()),
    )
    rows = []
    names = scores.rulebook.band_names()
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
                    *((banded(scores, unit), chance(in_band)) if names else ()),
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
    holds = " Holds: how often the published band." if scores.rulebook.bands else ""
    yield f"5–95%: the score in nine of ten draws. Ranks: the rank, stretched to hold the published one.{holds}"
    yield from unsettled(scores, found.ranges, order)
    yield from upset(scores, found.ranges, order)
    yield from _other_bands(found, order)
    yield from _outside(found, order)
    if "weights" in found.vary and scores.rulebook.index.min_coverage and (scores.coverage[scores.tree.root] < 1).any():
        yield "Who is ranked is held as published, whatever the weights drawn make of what is known."
    firsts = found.rank_shares[scores.ranked, 0].sum() if scores.ranked.any() else 0
    if firsts > 1 + _ROUNDING:
        yield "Countries that tie are each first: the column First adds up to more than 100%."
    for unit in order:
        if reason := scores.why_unranked(unit):
            yield f"{names[unit]} is not ranked: {reason}."


def _other_bands(found: Robustness, order: list[int]) -> Iterator[str]:
    """A note on each ranked country that is in another band in most draws."""
    scores = found.scores
    names = scores.rulebook.band_names()
    for unit in order:
        if not scores.ranked[unit] or not names:
            continue
        usual = int(found.band_shares[unit].argmax())
        if names[usual] != scores.band[unit] and found.band_shares[unit, usual] > 0.5:
            often = chance(float(found.band_shares[unit, usual]))
            yield (
                f"{scores.selection.names[unit]} is published as {scores.band[unit]} and comes out {names[usual]} in "
                f"{often} of the draws."
            )


def _outside(found: Robustness, order: list[int]) -> Iterator[str]:
    """A note on the scores that their own intervals leave out, and why that can be."""
    scores = found.scores
    out = [
        scores.selection.names[unit]
        for unit in order
        if scores.score[unit] < found.score_low[unit] or scores.score[unit] > found.score_high[unit]
    ]
    if out:
        why = "at an end of the scale an error can only go inward"
        if "unknowns" in found.vary:
            why = "it takes what is unknown to be like what is known, the draws take it to be anything on the scale"
        yield f"The published score lies outside the interval for {listed(out, NAMED)}: {why}."


def drawn_words(found: Robustness) -> str:
    """What was drawn, and how."""
    settings, said = found.settings, []
    if "weights" in found.vary and settings.spread:
        how = f"up or down by at most {settings.spread * 100:.3g}%"
        if settings.weights == "dirichlet":
            how = f"by a Dirichlet about as wide as ±{settings.spread * 100:.3g}%"
        said.append(f"each weight at every level, {how}")
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
    pairs = above[np.ix_(ranked, ranked)]
    whole = pairs + pairs.T + np.eye(len(ranked))
    ties = " What a pair lacks of 100% are ties." if (whole < 1 - _ROUNDING).any() else ""
    if len(ranked) <= _MATRIX:
        columns = (Column("Country"), *(Column(selection.units[unit], "right") for unit in ranked))
        rows = [Row((selection.names[a], *("" if a == b else chance(above[a, b]) for b in ranked))) for a in ranked]
        return Block(title, columns=columns, rows=tuple(rows), notes=(note + ties,))
    columns = (Column("Country"), Column("Next"), Column("Above it", "right"), Column("Below it", "right"))
    rows = [
        Row((selection.names[a], selection.names[b], chance(above[a, b]), chance(above[b, a])))
        for a, b in pairwise(ranked)
    ]
    note = "In how many of the draws. -f json has all pairs, and how often each rank comes up."
    return Block(title, columns=columns, rows=tuple(rows), notes=(note + ties,), folded=True)
