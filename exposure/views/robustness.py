"""`exposure robustness`: how far scores and ranks depend on judgement."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.analysis.diff import NAMED
from exposure.analysis.robustness import MANY, Robustness
from exposure.analysis.sensitivity.left_out import LeftOut
from exposure.analysis.sensitivity.shifts import Doubt
from exposure.analysis.sensitivity.sobol import Sensitivity
from exposure.output.page import Block, Cell, Column, Field, Page, Row, keys, recorded, table
from exposure.rulebook.model import Uncertainty
from exposure.scoring.score import Scores, Standing
from exposure.text import NEARLY, chance, exact, listed, number, span
from exposure.views.dependence import MOVED, doubted, swap_fields, swapping, unstable, without
from exposure.views.standing import WHO, banded, edition, ends, heads, not_ranked, rank_notes, row_kind, what_is_drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MATRIX = 12
"""Most countries that are shown as a matrix of all with all."""
_LEVELS = ("high", "medium", "low")


def robustness_page(robustness: Robustness) -> Page:
    """The answer; CSV has a row a country with how often it has each rank and band."""
    scores, fields, sensitivity = robustness.scores, _fields(robustness), robustness.sensitivity
    standings = [scores.standing(unit) for unit in scores.in_order(entities=True)]
    ranked = [one.unit for one in standings if one.rank]
    records = [recorded(fields, one) for one in standings]
    document = {
        **heads(scores, "robustness", 2),
        "draws": robustness.draws,
        "seed": robustness.seed,
        "vary": list(robustness.vary),
        "uncertainty": recorded(_SETTINGS, robustness.settings),
        "countries": records,
        "above": _above_record(robustness, ranked),
        "kinds": [recorded(_DOUBT, doubt) for doubt in robustness.doubts],
        "left_out": [_left_out_record(scores, one) for one in robustness.left_out],
        "sensitivity": sensitivity and recorded(_SENSITIVITY, sensitivity),
        "swaps": [recorded(swap_fields(robustness), swap) for swap in robustness.swaps],
    }
    notes = _notes(robustness, standings)
    blocks = [table(scores.rulebook.index.title, fields, standings, notes, subtitle=edition(scores), kind=row_kind)]
    if len(ranked) > 1 and robustness.draws:
        blocks += [_rank_chances(robustness, ranked)] if len(ranked) <= _MATRIX else []
        blocks.append(_outranking(robustness, ranked))
    if robustness.doubts:
        blocks.append(doubted(robustness))
    if sensitivity and sensitivity.moved >= MOVED and len(ranked) >= MANY:
        blocks.append(unstable(robustness, sensitivity))
    return Page(document, records, (*blocks, without(robustness), swapping(robustness)))


_SETTINGS: tuple[Field[Uncertainty], ...] = (
    *keys("spread", "weights"),
    Field("wrong", value=lambda of: {level: getattr(of.wrong, level) for level in _LEVELS}),
    *keys("unknowns", "aggregations"),
)
_DOUBT: tuple[Field[Doubt], ...] = (
    *keys("kind", "rule"),
    Field("all", value=lambda one: one.all._asdict()),
    Field("alone", value=lambda one: one.alone._asdict()),
    Field("without", value=lambda one: one.without._asdict()),
)
_SENSITIVITY: tuple[Field[Sensitivity], ...] = (
    Field("base_draws", value=lambda one: one.base),
    *keys("mean_shift", "variance", "moved"),
    Field("shares", value=lambda one: [{**vars(share), "name": share.name or None} for share in one.shares]),
)


def _above_record(robustness: Robustness, ranked: list[int]) -> dict[str, dict[str, float]]:
    codes, above = robustness.scores.selection.units, robustness.above.tolist()
    return {codes[a]: {codes[b]: above[a][b] for b in ranked if b != a} for a in ranked}


def _left_out_record(scores: Scores, one: LeftOut) -> dict[str, Any]:
    code, countries = scores.selection.units, scores.selection.countries()
    results = {code[at]: {"score": exact(one.score[at]), "rank": int(one.rank[at]) or None} for at in countries}
    kind = "dimension" if one.dimension else "rule"
    return {"kind": kind, "name": one.name, "mean_shift": exact(one.shift), "countries": results}


def _fields(robustness: Robustness) -> list[Field[Standing]]:
    scores, ranges = robustness.scores, robustness.ranges
    bands, decimals = scores.rulebook.band_names(), scores.tree.decimals
    low, median, high = ranges.likely_low, robustness.score_median, ranges.likely_high
    rank_shares, band_shares = ranges.shares, robustness.band_shares

    def middle(one: Standing) -> str:
        return number(median[one.unit], decimals)

    def interval(one: Standing) -> str:
        return span(low[one.unit], high[one.unit], decimals)

    def drawn(values: NDArray[Any]) -> Callable[[Standing], Any]:
        return lambda one: values[one.unit].tolist() if one.rank and robustness.draws else None

    def ranks(one: Standing) -> dict[str, float]:
        return {str(at): share for at, share in enumerate(drawn(rank_shares)(one) or (), 1)}

    def first(one: Standing) -> str:
        return chance(rank_shares[one.unit, 0]) if one.rank and robustness.draws else ""

    def holds(one: Standing) -> str:
        return chance(band_shares[one.unit, bands.index(one.band)] if one.band and robustness.draws else math.nan)

    def band_chances(one: Standing) -> dict[str, float]:
        return dict(zip(bands, band_shares[one.unit].tolist(), strict=True)) if robustness.draws else {}

    return [
        *WHO,
        Field("part_of"),
        Field("score", "Score", lambda one: Cell(number(one.score, decimals), "strong" if one.rank else ""), "right"),
        Field("score_low", value=lambda one: exact(low[one.unit])),
        Field("score_median", "Median", middle, "right", 2, value=lambda one: exact(median[one.unit])),
        Field("score_high", "Likely", interval, "right", value=lambda one: exact(high[one.unit])),
        Field("rank_low", "Ranks", lambda one: ends(ranges, one.unit), "right", value=drawn(ranges.low)),
        Field("rank_median", "Median rank", align="right", drop=3, value=drawn(robustness.median_rank)),
        Field("rank_high", value=drawn(ranges.high)),
        Field("rank_usual", value=drawn(ranges.usual)),
        Field("rank_settled", value=drawn(ranges.settled)),
        Field("first", "First", first, "right", 1, value=lambda one: ranks(one).get("1")),
        Field("ranks", value=ranks),
        Field("band", "Band" if bands else None, lambda one: banded(scores, one.unit, ranges=ranges)),
        Field("bands", "Holds" if bands else None, holds, "right", 1, value=band_chances),
    ]


def _notes(robustness: Robustness, standings: list[Standing]) -> Iterator[str]:
    scores = robustness.scores
    if not robustness.draws:
        yield "Nothing was drawn: --draws says how often."
        return
    yield f"Over {robustness.draws:,} draws, seed {robustness.seed}. {_drawn(robustness)}"
    holds = " Holds: how often the published band." if scores.rulebook.bands else ""
    yield f"Likely: the score in nine of ten draws. Ranks: the rank, stretched to hold the published one.{holds}"
    yield from rank_notes(robustness.ranges, standings)
    yield from _apart(robustness, standings)
    gaps = scores.rulebook.index.min_coverage and (scores.coverage[scores.tree.root] < 1).any()
    if gaps and "weights" in robustness.vary:
        yield "Who is ranked is held as published, whatever the weights drawn make of what is known."
    firsts = robustness.ranges.shares[scores.ranked, 0].sum() if scores.ranked.any() else 0
    if firsts > 1 + NEARLY:
        yield "Countries that tie are each first: the column First adds up to more than 100%."
    yield from not_ranked(scores, standings)


def _apart(robustness: Robustness, standings: list[Standing]) -> Iterator[str]:
    """Notes on published bands that are not those of most draws, and on scores that their own intervals leave out."""
    scores, bands = robustness.scores, robustness.scores.rulebook.band_names()
    for one in standings if bands else ():
        shares = robustness.band_shares[one.unit]
        usual, often = bands[int(shares.argmax())], float(shares.max())
        if one.rank and usual != one.band and often > 0.5:
            yield f"{one.name} is published as {one.band} and comes out {usual} in {chance(often)} of the draws."
    outside = (scores.score < robustness.ranges.likely_low) | (scores.score > robustness.ranges.likely_high)
    if names := [one.name for one in standings if outside[one.unit]]:
        why = "nearly all that is in doubt there could only move it one way"
        yield f"The published score is outside what is likely for {listed(names, NAMED)}: {why}."


def _drawn(robustness: Robustness) -> str:
    """What was drawn, and how."""
    said = what_is_drawn(robustness.settings, robustness.vary)
    if not said and robustness.vary == ("aggregation",):
        return "Nothing varies: the rules list no other aggregations under [uncertainty]."
    return f"In each, {said}." if said else "Nothing varies."


def _rank_chances(robustness: Robustness, ranked: list[int]) -> Block:
    names, shares = robustness.scores.selection.names, robustness.ranges.shares
    columns = (Column("Country"), *(Column(str(at + 1), "right") for at in range(len(ranked))))
    rows = []
    for unit in ranked:
        cells = [Cell(chance(share), "strong" if share >= 0.5 else "") if share else "" for share in shares[unit]]
        rows.append(Row((names[unit], *cells)))
    return Block("How often each rank comes up", columns=columns, rows=tuple(rows))


def _outranking(robustness: Robustness, ranked: list[int]) -> Block:
    selection, above = robustness.scores.selection, robustness.above
    title, note = "Who outranks whom", "In how many of the draws the country of the line is above that of the column."
    pairs = above[np.ix_(ranked, ranked)]
    whole = pairs + pairs.T + np.eye(len(ranked))
    ties = " What a pair lacks of 100% are ties." if (whole < 1 - NEARLY).any() else ""
    if len(ranked) <= _MATRIX:
        columns = (Column("Country"), *(Column(selection.units[unit], "right") for unit in ranked))
        rows = [Row((selection.names[a], *("" if a == b else chance(above[a, b]) for b in ranked))) for a in ranked]
        return Block(title, columns=columns, rows=tuple(rows), notes=(note + ties,))
    fields: list[Field[tuple[int, int]]] = [
        Field("", "Country", lambda pair: selection.names[pair[0]]),
        Field("", "Next", lambda pair: selection.names[pair[1]]),
        Field("", "Above it", lambda pair: chance(above[pair]), "right"),
        Field("", "Below it", lambda pair: chance(above[pair[::-1]]), "right"),
    ]
    note = "In how many of the draws. -f json has all pairs, and how often each rank comes up."
    return table(title, fields, pairwise(ranked), [note + ties], folded=True)
