"""`exposure levers`: what would lower one country's score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from exposure.output.page import Block, Cell, Column, Page, Row
from exposure.text import joined, number, percent, signed, span, worded
from exposure.views.head import edition, heads
from exposure.views.standing import banded, tone

if TYPE_CHECKING:
    from exposure.analysis.levers import Levers
    from exposure.analysis.measures.search import Plan
    from exposure.analysis.measures.single import Measure


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
        "alone": dict(found.alone),
        "target": None if found.plan is None else found.limit,
        "plan": found.plan and _plan_record(found.plan),
    }
    planned = {(one.indicator, one.value) for one in found.plan.measures} if found.plan else set()
    records = [
        {
            "country": selection.units[unit],
            **{key: value for key, value in _record(one).items() if key != "brings"},
            "brings": ";".join(one.brings) or None,
            "in_plan": ("yes" if (one.indicator, one.value) in planned else "no") if found.plan else None,
        }
        for one in (*found.measures, *found.idle)
    ]
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
        "brings": list(one.brings),
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
        "brings": list(plan.brings),
    }


def _single(found: Levers) -> Block:
    scores, unit = found.scores, found.unit
    columns = (
        Column("Measure", wrap=True),
        Column("From", wrap=True),
        Column("To", wrap=True),
        Column("Effect", "right"),
        Column("Score", "right", drop=3),
        Column("Rank", "right", drop=2),
        Column("Band", drop=1),
        Column("Who could"),
        *([Column("!", "right")] if _any_brings(found) else []),
    )
    decimals = scores.tree.decimals
    name, band = scores.selection.names[unit], banded(scores, unit).text
    title = f"{name}: what would lower {number(float(scores.score[unit]), decimals)} of {scores.tree.scale:g}"
    title += f", {band}" if band else ""
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
            _banded(found, one.band),
            one.controllable or "not said",
            *([Cell("!" if any(each.brings for each in group) else "", "warn")] if _any_brings(found) else []),
        )
    )


def _any_brings(found: Levers) -> bool:
    return any(one.brings for one in found.measures)


def _banded(found: Levers, band: str) -> Cell:
    """The band; in brackets where too little is known of the country to rank it."""
    scores = found.scores
    if scores.why_unranked(found.unit):
        return Cell(f"({band})" if band else "", "dim")
    return Cell(band, tone(band, scores.rulebook))


def _notes(found: Levers) -> Iterator[str]:
    scores, unit = found.scores, found.unit
    decimals = scores.tree.decimals
    labels = {name: one.label for name, one in scores.observations.indicators.items()}
    if not found.measures:
        yield "No single measure that the rules know lowers it."
    bounds = span(float(scores.low[unit]), float(scores.high[unit]), decimals)
    if reason := scores.why_unranked(unit):
        yield f"Not ranked: {reason}. The score speaks of what is known; low–high is {bounds}."
    yield "Each by itself, the rest as it is; together they can do more or less. Who could: as the rules say."
    if found.alone:
        said = joined(f"{who} to {number(score, decimals)}" for who, score in found.alone)
        yield f"Alone and with all that they could, each would bring it: {said}."
    for one in found.measures:
        if one.brings:
            broken = joined((scores.rulebook.label(name) for name in one.brings), "; ")
            yield f"! {labels[one.indicator]} to {worded(one.value)} would bring a contradiction: {broken}."
    idle = joined(labels[one.indicator] for one in found.idle)
    if idle:
        yield f"Without effect alone: {idle}."
    if found.fixed:
        yield f"Cannot be undone: {joined((labels[name] for name in found.fixed), '; ')}."
    if found.unknown:
        known = percent(float(scores.coverage[scores.tree.root, unit]))
        said = joined((labels[name] for name in found.unknown), "; ")
        yield f"Unknown, and so no lever: {said}. With {known} known, the rest carries their weight and looks larger."


def _plan(found: Levers, plan: Plan) -> Block:
    scores, decimals = found.scores, found.scores.tree.decimals
    limit = number(float(found.limit or 0.0), decimals)
    goal = f"to {limit} or less"
    if not plan.measures and plan.reached:
        return Block(f"The fewest measures {goal}", notes=(_there(found, limit),))
    columns = (Column("Measure", wrap=True), Column("From", wrap=True), Column("To", wrap=True), Column("Who could"))
    alike = {(each.indicator, each.value): group for group in _alike(found.measures) for each in group}
    rows = [
        Row(
            (
                scores.observations.indicators[one.indicator].label,
                Cell(worded(one.was), "dim"),
                _or_alike(one, alike.get((one.indicator, one.value), [one])),
                one.controllable or "not said",
            )
        )
        for one in plan.measures
    ]
    rank = f", rank {plan.rank} of {int(scores.ranked.sum())}" if plan.rank else ""
    score, band = number(plan.score, decimals), _banded(found, plan.band).text
    rows.append(Row(("Together", "", f"{score}{f', {band}' if band else ''}{rank}", ""), "total"))
    proof = "No smaller set does; others of the same size may, and this one goes lowest."
    if not plan.proven:
        proof = "Whether a smaller set does was not proven: there are too many."
    if not plan.reached:
        if plan.lowest:
            proof = f"Out of reach of the measures that the rules know; this is as low as they bring it. {proof}"
        else:
            proof = "No set that was tried reaches it; there are too many to try all, so that another may."
    notes = [f"{proof} The other countries as they are."]
    if plan.brings:
        broken = joined((scores.rulebook.label(name) for name in plan.brings), "; ")
        notes.append(f"! Together they would bring a contradiction: {broken}.")
    title = f"The fewest measures {goal}" if plan.reached else f"The best there is, short of {limit}"
    return Block(title, columns=columns, rows=tuple(rows), notes=tuple(notes))


def _or_alike(one: Measure, group: list[Measure]) -> str:
    """The value, and those that do the same and bring no contradiction that it does not: no product is advised."""
    same = [each.value for each in group if set(each.brings) <= set(one.brings)]
    return joined(map(worded, dict.fromkeys([one.value, *same])), " or ")


def _there(found: Levers, limit: str) -> str:
    """That the target is met, by what is known if not by what could be."""
    scores, unit = found.scores, found.unit
    high = float(scores.high[unit])
    if high > (found.limit or 0.0):
        known = percent(float(scores.coverage[scores.tree.root, unit]))
        worst = number(high, scores.tree.decimals)
        return (
            f"On what is known ({known}) it is there already; with what is unknown or contested at its worst, {worst}."
        )
    return f"It is at {limit} or less already."
