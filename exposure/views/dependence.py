"""What the ranks of `exposure robustness` depend on: choices, rules and weights."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.analysis.diff import NAMED
from exposure.analysis.sensitivity.swaps import MOST
from exposure.output.page import Block, Cell, Column, Row
from exposure.text import NOTHING, joined, listed

if TYPE_CHECKING:
    from exposure.analysis.robustness import Robustness
    from exposure.analysis.sensitivity.left_out import LeftOut
    from exposure.analysis.sensitivity.sobol import Share
    from exposure.analysis.sensitivity.swaps import Swap

_CHOICES = 10
"""Single choices that a table shows; the document has all."""
_MOVED = 50
"""Draws that must move a rank before their variance is shared out: of fewer the shares are noise."""


def within_spread(found: Robustness, swap: Swap) -> bool:
    """Whether the weights drawn reach that far; those of a Dirichlet have no bound."""
    uniform = "weights" in found.vary and found.settings.weights == "uniform"
    return uniform and abs(swap.factor - 1) <= found.settings.spread


def weight_of(found: Robustness, swap: Swap) -> float:
    """The weight that would change, as the rules have it."""
    rulebook = found.scores.rulebook
    return (rulebook.dimensions if swap.dimension else rulebook.rules)[swap.name].weight


_KINDS = {
    "weights": "Weights",
    "confidence": "Confidence of claims",
    "unknowns": "Unknown and inexact values",
    "aggregation": "Aggregation",
}


def unstable(found: Robustness) -> Block:
    """Which uncertain choices the variance of the rank shift is shared out among."""
    sensitivity = found.sensitivity
    assert sensitivity is not None
    title = "What makes the ranks unstable"
    if sensitivity.moved < _MOVED:
        of = f"{sensitivity.moved} of {2 * sensitivity.base:,}"
        said = f"Somebody is not at its rank in {of} draws: too few to share out."
        return Block(title, notes=(said,))
    columns = (
        Column("Choice", wrap=True),
        Column("By itself", "right"),
        Column("In combination", "right"),
        Column("±", "right", drop=1),
    )
    kinds = [share for share in sensitivity.shares if not share.name]
    single = [share for share in sensitivity.shares if share.name]
    rows = [_share_row(_KINDS[share.kind], share, "strong") for share in kinds]
    if single:
        rows.append(Row(("One by one", "", "", ""), "section"))
    for share in single[:_CHOICES]:
        rows.append(_share_row(f"{found.scores.rulebook.label(share.name)}: {_what(found, share)}", share))
    notes = [
        "Measured: how many places a country is from its rank, averaged over the countries "
        f"({sensitivity.mean_shift:.2f}). By itself: how much less that would vary if this alone were settled. In "
        "combination: how much of it would still vary if all but this were. Where choices act together the second is "
        f"larger, and neither column adds up. From {sensitivity.base:,} draws a choice; ± is a standard error: what "
        "differs by less is noise."
    ]
    if len(single) > _CHOICES:
        notes.append(f"-f json has the {len(single) - _CHOICES} smaller ones.")
    return Block(title, columns=columns, rows=tuple(rows), notes=tuple(notes))


def _what(found: Robustness, share: Share) -> str:
    """Which doubt about a rule this is."""
    if share.kind != "unknowns":
        return {"weights": "weight", "confidence": "confidence"}[share.kind]
    cells = found.scores.cells[share.name]
    drawn = cells.inexact_low < cells.inexact_high
    unknown = bool(np.isnan(cells.x[drawn]).any())
    inexact = bool((~np.isnan(cells.x[drawn])).any())
    return joined(("unknown" if unknown else "", "inexact" if inexact else ""), " or ")


def _share_row(name: str, share: Share, tone: Any = "") -> Row:
    first, total = (f"{min(max(part, 0.0), 1.0):.0%}" for part in (share.first, share.total))
    return Row((Cell(name, tone), first, Cell(total, tone), f"{share.error:.0%}"))


def without(found: Robustness) -> Block:
    """Rules and dimensions left out one at a time; those that move the same countries alike stand together."""
    scores = found.scores
    columns = (Column("Without", wrap=True), Column("Mean shift", "right"), Column("Who moves", wrap=True))
    moving = [one for one in found.left_out if (one.rank != scores.rank).any()]
    moving.sort(key=lambda one: (-np.nan_to_num(one.shift), one.rank.tolist()))
    rows = []
    for _, group in groupby(moving, key=lambda one: one.rank.tolist()):
        alike = list(group)
        shift = NOTHING if math.isnan(alike[0].shift) else f"{alike[0].shift:.2f}"
        names = joined((scores.rulebook.label(one.name) for one in alike), "; ")
        rows.append(Row((names, shift, _moves(found, alike[0]))))
    still = [scores.rulebook.label(one.name) for one in found.left_out if (one.rank == scores.rank).all()]
    notes = []
    if rows:
        notes.append(
            "Each by itself, as if it were struck out of the rules; a dash is unranked. Mean shift: places a country "
            "moves, over those ranked both times."
        )
    if still:
        notes.append(
            f"No rank depends on any other alone: {joined(still, '; ')}." if rows else "No single one moves a rank."
        )
    return Block("Without one rule or dimension", columns=columns if rows else (), rows=tuple(rows), notes=tuple(notes))


def _moves(found: Robustness, one: LeftOut) -> str:
    """Who moves, the furthest first; who comes in or goes before all."""
    scores, names = found.scores, found.scores.selection.names
    moved = np.flatnonzero(one.rank != scores.rank).tolist()

    def far(unit: int) -> tuple[float, str]:
        both = one.rank[unit] and scores.rank[unit]
        return -abs(int(one.rank[unit]) - int(scores.rank[unit])) if both else -math.inf, names[unit]

    return listed(
        [f"{names[u]} {scores.rank[u] or NOTHING} → {one.rank[u] or NOTHING}" for u in sorted(moved, key=far)], NAMED
    )


def swapping(found: Robustness) -> Block:
    """For each two neighbours the smallest change of one weight that turns them."""
    scores, names = found.scores, found.scores.selection.names
    columns = (
        Column("Neighbours", wrap=True),
        Column("Weight", wrap=True),
        Column("From", "right"),
        Column("To", "right"),
        Column("Times", "right"),
        Column("Share", "right", drop=1),
        Column("As drawn", drop=2),
    )
    rows = []
    for swap in found.swaps:
        pair = f"{names[swap.above]}, {names[swap.below]}"
        if not swap.name:
            rows.append(Row((pair, Cell("none", "dim"), "", "", "", "", "")))
            continue
        weight = weight_of(found, swap)
        rows.append(
            Row(
                (
                    pair,
                    scores.rulebook.label(swap.name),
                    f"{weight:g}",
                    rounded_away(weight * swap.factor, weight),
                    f"{swap.factor:.2f}",
                    f"{swap.share:.1%} → {swap.new_share:.1%}",
                    Cell("within the spread", "warn") if within_spread(found, swap) else "",
                )
            )
        )
    notes = (
        "The smallest relative change of one weight, the others as they are, with which the published scores swap, "
        f"both still known well enough to be ranked. none: no single weight does, from nothing to {MOST:g} times it.",
    )
    if not rows:
        return Block("What would swap two neighbours", notes=("There are no two ranked countries.",))
    return Block("What would swap two neighbours", columns=columns, rows=tuple(rows), notes=notes)


def rounded_away(value: float, start: float) -> str:
    """Three figures, rounded away from where it came from, so that the printed weight does turn the two."""
    if not value:
        return "0"
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    return f"{(math.ceil if value > start else math.floor)(value / unit) * unit:.6g}"
