"""What the ranks of `exposure robustness` depend on: choices, rules and weights."""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np

from exposure.analysis.diff import NAMED
from exposure.analysis.robustness import Robustness
from exposure.analysis.sensitivity.left_out import LeftOut
from exposure.analysis.sensitivity.shifts import Doubt, Shift
from exposure.analysis.sensitivity.sobol import Sensitivity, Share
from exposure.analysis.sensitivity.swaps import MOST, Swap
from exposure.output.page import Block, Cell, Field, Row, Shown, columns, row, table
from exposure.scoring.score import Scores
from exposure.text import NOTHING, joined, listed, number

_CHOICES = 10
"""Single choices that a table shows; the document has all."""
MOVED = 50
"""Draws that must move a rank before their variance is shared out: of fewer the shares are noise."""
_KINDS = {
    "weights": "Weights",
    "claims": "Claims that may be wrong",
    "unknowns": "Unknown values",
    "inexact": "Inexact figures",
    "aggregation": "Aggregation",
}


def doubted(robustness: Robustness) -> Block:
    """What each kind of doubt, and each rule, does to ranks and scores."""
    decimals, label = robustness.scores.tree.decimals, robustness.scores.rulebook.label

    def name(doubt: Doubt) -> str:
        return _KINDS[doubt.kind] if doubt.kind else label(doubt.rule or "")

    def places(shift: Shift) -> str:
        return number(shift.rank, 2)

    def points(shift: Shift) -> str:
        return number(shift.score, decimals)

    fields: list[Field[Doubt]] = [
        Field("", "Drawn", name, wrap=True),
        Field("", "Places, alone", lambda one: places(one.alone), "right"),
        Field("", "without it", lambda one: places(one.without), "right"),
        Field("", "Points, alone", lambda one: points(one.alone), "right"),
        Field("", "without it", lambda one: points(one.without), "right"),
    ]
    kinds = [doubt for doubt in robustness.doubts if doubt.kind]
    rules = [doubt for doubt in robustness.doubts if doubt.rule]
    whole = robustness.doubts[0].all
    rows = [Row(("Everything", Cell(places(whole), "strong"), "", Cell(points(whole), "strong"), ""))]
    rows += [row(fields, doubt) for doubt in kinds]
    rows += [Row(("What is said of one rule", "", "", "", ""), "section")] if rules else []
    rows += [row(fields, doubt) for doubt in rules[:_CHOICES]]
    notes = [
        "How far a country is from its published rank (places) and score (points), on average over ranked countries "
        "and draws: with this alone drawn, and with all drawn but this."
    ]
    if len(rules) > _CHOICES:
        notes.append(f"-f json has the {len(rules) - _CHOICES} other rules.")
    return Block("What the ranks depend on", columns=columns(fields), rows=tuple(rows), notes=tuple(notes))


def unstable(robustness: Robustness, sensitivity: Sensitivity) -> Block:
    """Which uncertain choices the variance of the rank shift is shared out among."""

    def part(share: float) -> str:
        return f"{min(max(share, 0.0), 1.0):.0%}"

    fields: list[Field[Share]] = [
        Field("", "Choice", lambda one: Cell(_choice(robustness.scores, one), "" if one.name else "strong"), wrap=True),
        Field("", "By itself", lambda one: part(one.first), "right"),
        Field("", "In combination", lambda one: Cell(part(one.total), "" if one.name else "strong"), "right"),
        Field("", "±", lambda one: f"{one.error:.0%}", "right", 1),
    ]
    single = [share for share in sensitivity.shares if share.name]
    rows = [row(fields, share) for share in sensitivity.shares if not share.name]
    rows += [Row(("One by one", "", "", ""), "section")] if single else []
    rows += [row(fields, share) for share in single[:_CHOICES]]
    notes = [
        "Measured: how many places a country is from its rank, averaged over the countries "
        f"({sensitivity.mean_shift:.2f}). By itself: how much less that would vary if this alone were settled. In "
        "combination: how much of it would still vary if all but this were. Where choices act together the second is "
        f"larger, and neither column adds up. From {sensitivity.base:,} draws a choice; ± is a standard error: what "
        "differs by less is noise."
    ]
    if len(single) > _CHOICES:
        notes.append(f"-f json has the {len(single) - _CHOICES} smaller ones.")
    return Block("What makes the ranks unstable", columns=columns(fields), rows=tuple(rows), notes=tuple(notes))


def _choice(scores: Scores, share: Share) -> str:
    """A kind of choice, or which one of a rule."""
    if not share.name:
        return _KINDS[share.kind]
    name = scores.rulebook.label(share.name)
    return f"{name}: {share.kind}"


def without(robustness: Robustness) -> Block:
    """Rules and dimensions left out one at a time; those that move the same countries alike stand together."""
    scores = robustness.scores
    moving = [one for one in robustness.left_out if (one.rank != scores.rank).any()]
    moving.sort(key=lambda one: (-np.nan_to_num(one.shift), one.rank.tolist()))
    alike = [list(group) for _, group in groupby(moving, key=lambda one: one.rank.tolist())]
    still = [scores.rulebook.label(one.name) for one in robustness.left_out if (one.rank == scores.rank).all()]
    fields: list[Field[list[LeftOut]]] = [
        Field("", "Without", lambda g: joined((scores.rulebook.label(one.name) for one in g), "; "), wrap=True),
        Field("", "Mean shift", lambda group: number(group[0].shift, 2), "right"),
        Field("", "Who moves", lambda group: _moves(scores, group[0]), wrap=True),
    ]
    notes = [
        "Each by itself, as if it were struck out of the rules; a dash is unranked. Mean shift: places a country "
        "moves, over those ranked both times."
    ]
    others = f"No rank depends on any other alone: {joined(still, '; ')}." if alike else "No single one moves a rank."
    return table("Without one rule or dimension", fields, alike, [*notes * bool(alike), *[others] * bool(still)])


def _moves(scores: Scores, one: LeftOut) -> str:
    """Who moves, the furthest first; who comes in or goes before all."""
    names = scores.selection.names

    def far(unit: int) -> tuple[float, str]:
        both = one.rank[unit] and scores.rank[unit]
        return -abs(int(one.rank[unit]) - int(scores.rank[unit])) if both else -math.inf, names[unit]

    moved = sorted(np.flatnonzero(one.rank != scores.rank).tolist(), key=far)
    return listed([f"{names[u]} {scores.rank[u] or NOTHING} → {one.rank[u] or NOTHING}" for u in moved], NAMED)


def swap_fields(robustness: Robustness) -> list[Field[Swap]]:
    """How two neighbours change places; without a name no single weight turns them, and nothing else is known."""
    scores, drawn = robustness.scores, robustness.settings
    codes, names = scores.selection.units, scores.selection.names

    def weight(swap: Swap) -> float:
        return (scores.rulebook.dimensions if swap.dimension else scores.rulebook.rules)[swap.name].weight

    def new_weight(swap: Swap) -> float:
        return weight(swap) * swap.factor

    def within_spread(swap: Swap) -> bool:
        # Weights drawn by a Dirichlet have no bound.
        bounded = "weights" in robustness.vary and drawn.weights == "uniform"
        return bounded and abs(swap.factor - 1) <= drawn.spread

    def pair(swap: Swap) -> str:
        return f"{names[swap.above]}, {names[swap.below]}"

    def name(swap: Swap) -> Shown:
        return scores.rulebook.label(swap.name) if swap.name else Cell("none", "dim")

    def to(swap: Swap) -> str:
        return rounded_away(new_weight(swap), weight(swap))

    def inside(swap: Swap) -> Shown:
        return Cell("within the spread", "warn") if within_spread(swap) else ""

    def if_any(field: Field[Swap]) -> Field[Swap]:
        shown, value = field.cell, field.of
        return field._replace(
            shown=lambda swap: shown(swap) if swap.name else "", value=lambda swap: value(swap) if swap.name else None
        )

    return [
        Field("above", "Neighbours", pair, wrap=True, value=lambda swap: codes[swap.above]),
        Field("below", value=lambda swap: codes[swap.below]),
        if_any(Field("kind", value=lambda swap: "dimension" if swap.dimension else "rule")),
        Field("name", "Weight", name, wrap=True),
        if_any(Field("weight", "From", lambda swap: f"{weight(swap):g}", "right", value=weight)),
        if_any(Field("new_weight", "To", to, "right", value=new_weight)),
        if_any(Field("factor", "Times", lambda swap: f"{swap.factor:.2f}", "right")),
        if_any(Field("share", "Share", lambda swap: f"{swap.share:.1%} → {swap.new_share:.1%}", "right", 1)),
        if_any(Field("new_share")),
        if_any(Field("within_spread", "As drawn", inside, drop=2, value=within_spread)),
    ]


def swapping(robustness: Robustness) -> Block:
    """For each two neighbours the smallest change of one weight that turns them."""
    note = (
        "The smallest relative change of one weight, the others as they are, with which the published scores swap, "
        f"both still known well enough to be ranked. none: no single weight does, from nothing to {MOST:g} times it."
    )
    if not robustness.swaps:
        note = "There are no two ranked countries."
    return table("What would swap two neighbours", swap_fields(robustness), robustness.swaps, [note])


def rounded_away(value: float, start: float) -> str:
    """Three figures, rounded away from where it came from, so that the printed weight does turn the two."""
    if not value:
        return "0"
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    return f"{(math.ceil if value > start else math.floor)(value / unit) * unit:.6g}"
