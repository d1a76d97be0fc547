"""`exposure levers`: what would lower one country's score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from exposure.analysis.words import joined, number, percent, signed, worded
from exposure.output.page import Block, Cell, Column, Page, Row
from exposure.views.words import edition, heads, tone

if TYPE_CHECKING:
    from exposure.analysis.levers import Levers, Measure, Plan


def levers_page(found: Levers) -> Page:
    """The measures by their effect, then the fewest that reach the target; CSV has a row a measure."""
    scores, unit = found.scores, found.unit
    selection = scores.selection
    document = {
        **heads(scores, "levers"),
        "country": selection.units[unit],
        "name": selection.names[unit],
        "score": float(scores.score[unit]),
        "score_exact": float(scores.exact[unit]),
        "rank": int(scores.rank[unit]) or None,
        "band": scores.band[unit] or None,
        "measures": [_record(one) for one in found.measures],
        "without_effect_alone": [_record(one) for one in found.idle],
        "cannot_be_undone": list(found.fixed),
        "unknown": list(found.unknown),
        "target": None if found.plan is None else found.limit,
        "plan": found.plan and _plan_record(found.plan),
    }
    records = [{"country": selection.units[unit], **_record(one)} for one in found.measures]
    blocks = [_single(found)] + ([_plan(found, found.plan)] if found.plan else [])
    return Page(document, records, tuple(blocks))


def _record(one: Measure) -> dict[str, Any]:
    return {
        "indicator": one.indicator,
        "from": one.was,
        "to": one.value,
        "controllable": one.controllable or None,
        "move_exact": one.move,
        "score": one.score,
        "rank": one.rank or None,
        "band": one.band or None,
    }


def _plan_record(plan: Plan) -> dict[str, Any]:
    return {
        "reached": plan.reached,
        "proven_smallest": plan.proven,
        "proven_lowest": plan.lowest,
        "score": plan.score,
        "rank": plan.rank or None,
        "band": plan.band or None,
        "measures": [_record(one) for one in plan.measures],
        "sets_tried": plan.tried,
    }


def _single(found: Levers) -> Block:
    scores, unit = found.scores, found.unit
    columns = (
        Column("Measure", wrap=True),
        Column("From", wrap=True),
        Column("To", wrap=True),
        Column("Effect", "right"),
        Column("Score", "right"),
        Column("Rank", "right", drop=2),
        Column("Band", drop=1),
        Column("Who could"),
    )
    decimals = scores.tree.decimals
    name = scores.selection.names[unit]
    title = f"{name}: what would lower {number(float(scores.score[unit]), decimals)} of {scores.tree.scale:g}"
    rows = [_row(found, group) for group in _alike(found.measures)]
    return Block(title, f"{scores.rulebook.index.title}; {edition(scores)}", columns, tuple(rows), tuple(_notes(found)))


def _alike(measures: Sequence[Measure]) -> Iterator[list[Measure]]:
    """Values of one indicator that do the same, together."""
    ordered = sorted(measures, key=lambda one: (round(one.move, 9), one.indicator))
    for _, group in groupby(ordered, key=lambda one: (round(one.move, 9), one.indicator)):
        yield list(group)


def _row(found: Levers, group: list[Measure]) -> Row:
    scores, one = found.scores, group[0]
    decimals = scores.tree.decimals
    move = float(one.score - scores.score[found.unit])
    return Row(
        (
            scores.observations.indicators[one.indicator].label,
            Cell(worded(one.was), "dim"),
            joined((worded(each.value) for each in group), " or "),
            Cell(signed(move, decimals), "good" if move < 0 else ""),
            number(one.score, decimals),
            str(one.rank) if one.rank else "",
            Cell(one.band, tone(one.band, scores.rulebook)),
            one.controllable or "not said",
        )
    )


def _notes(found: Levers) -> Iterator[str]:
    scores = found.scores
    labels = {name: one.label for name, one in scores.observations.indicators.items()}
    if not found.measures:
        yield "No single measure that the rules know lowers it."
    yield "Each by itself, the rest as it is; together they can do more or less. Who could: as the rules say."
    idle = joined(labels[one.indicator] for one in found.idle)
    if idle:
        yield f"Without effect alone: {idle}."
    if found.fixed:
        yield f"Cannot be undone: {joined(labels[name] for name in found.fixed)}."
    if found.unknown:
        known = percent(float(scores.coverage[scores.tree.root, found.unit]))
        said = joined((labels[name] for name in found.unknown), "; ")
        yield f"Unknown, and so no lever, {known} of the weight being known: {said}."


def _plan(found: Levers, plan: Plan) -> Block:
    scores, decimals = found.scores, found.scores.tree.decimals
    limit = number(float(found.limit or 0.0), decimals)
    goal = f"to {limit} or less"
    if not plan.measures and plan.reached:
        return Block(f"The fewest measures {goal}", notes=("It is there already.",))
    columns = (Column("Measure", wrap=True), Column("From", wrap=True), Column("To", wrap=True), Column("Who could"))
    rows = [
        Row(
            (
                scores.observations.indicators[one.indicator].label,
                Cell(worded(one.was), "dim"),
                worded(one.value),
                one.controllable or "not said",
            )
        )
        for one in plan.measures
    ]
    rank = f", rank {plan.rank} of {int(scores.ranked.sum())}" if plan.rank else ""
    score, band = number(plan.score, decimals), f", {plan.band}" if plan.band else ""
    rows.append(Row(("Together", "", f"{score}{band}{rank}", ""), "total"))
    proof = "No smaller set does." if plan.proven else "Whether a smaller set does was not proven: there are too many."
    if not plan.reached:
        if plan.lowest:
            proof = f"Out of reach of the measures that the rules know; this is as low as they bring it. {proof}"
        else:
            proof = "No set that was tried reaches it; there are too many to try all, so that another may."
    notes = (f"{proof} The other countries as they are.",)
    title = f"The fewest measures {goal}" if plan.reached else f"The best there is, short of {limit}"
    return Block(title, columns=columns, rows=tuple(rows), notes=notes)
