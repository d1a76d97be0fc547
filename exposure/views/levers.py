"""`exposure levers`: what would lower one country's score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from exposure.analysis.levers import Levers
from exposure.analysis.measures.search import Plan
from exposure.analysis.measures.single import Measure, controllable
from exposure.output.page import Block, Cell, Field, Page, Row, keys, recorded, table
from exposure.rulebook.model import Rulebook
from exposure.scoring.score import Standing
from exposure.text import joined, number, percent, signed, span, worded
from exposure.views.standing import banded, edition, heads


def levers_page(levers: Levers) -> Page:
    """The measures by their effect, then the fewest that reach the target; CSV has a row a measure."""
    one, fields, plan = levers.scores.standing(levers.unit), _fields(levers), levers.plan
    document = {
        **heads(levers.scores, "levers"),
        **recorded(keys("country", "name", "score"), one),
        "score_exact": one.exact,
        **recorded(keys("rank", "band"), one),
        "measures": [recorded(fields, measure) for measure in levers.measures],
        "without_effect_alone": [recorded(fields, measure) for measure in levers.idle],
        "cannot_be_undone": list(levers.fixed),
        "unknown": list(levers.unknown),
        "alone": dict(levers.alone),
        "target": plan and levers.limit,
        "plan": plan and _plan_record(plan, fields),
    }
    planned = {(measure.indicator, measure.value) for measure in plan.measures} if plan else set()
    records = []
    for measure in (*levers.measures, *levers.idle):
        in_plan = ("yes" if (measure.indicator, measure.value) in planned else "no") if plan else None
        records.append({"country": one.country, **recorded(fields, measure), "in_plan": in_plan})
    return Page(document, records, (_single(levers, one), *([_plan(levers, one, plan)] if plan else [])))


def _plan_record(plan: Plan, fields: list[Field[Measure]]) -> dict[str, Any]:
    return {
        "reached": plan.reached,
        "proven_smallest": plan.proven,
        "proven_lowest": plan.lowest,
        "score": plan.score,
        "rank": plan.rank or None,
        "band": plan.band or None,
        "measures": [recorded(fields, measure) for measure in plan.measures],
        "sets_tried": plan.tried,
        "brings": list(plan.brings),
    }


def _fields(levers: Levers) -> list[Field[Measure]]:
    scores, indicators = levers.scores, levers.scores.observations.indicators
    decimals, published = scores.tree.decimals, float(scores.score[levers.unit])
    brings = "!" if any(one.brings for one in levers.measures) else None

    def effect(one: Measure) -> Cell:
        move = one.score - published
        return Cell(signed(move, decimals), "good" if move < 0 else "")

    return [
        Field("indicator", "Measure", lambda one: indicators[one.indicator].label, wrap=True),
        Field("from", "From", lambda one: Cell(worded(one.was), "dim"), wrap=True, value=lambda one: one.was),
        Field("to", "To", lambda one: worded(one.value), wrap=True, value=lambda one: one.value),
        Field("controllable"),
        Field("move_exact", "Effect", effect, "right", value=lambda one: one.move),
        Field("score", "Score", lambda one: number(one.score, decimals), "right", 3),
        Field("rank", "Rank", align="right", drop=2, value=lambda one: one.rank or None),
        Field("band", "Band", lambda one: banded(scores, levers.unit, one.band), drop=1),
        Field("", "Who could", lambda one: one.controllable or "not said"),
        Field("brings", brings, lambda one: Cell("!" if one.brings else "", "warn"), "right"),
    ]


def _single(levers: Levers, one: Standing) -> Block:
    scores = levers.scores
    said = f"{one.name}: what would lower {number(one.score, scores.tree.decimals)} of {scores.tree.scale:g}"
    title = joined((said, banded(scores, levers.unit).text))
    subtitle, groups = f"{scores.rulebook.index.title}; {edition(scores)}", map(_as_one, _alike(levers.measures))
    return table(title, _fields(levers), groups, _notes(levers, one), subtitle=subtitle)


def _alike(measures: Sequence[Measure]) -> Iterator[list[Measure]]:
    """Values of one indicator that do the same, together."""

    def key(one: Measure) -> tuple[float, str]:
        return round(one.move, 9), one.indicator

    for _, group in groupby(sorted(measures, key=key), key=key):
        yield list(group)


def _as_one(group: Sequence[Measure]) -> Measure:
    """Measures that do the same, as a screen names them in one line."""
    brings = tuple(name for one in group for name in one.brings)
    return replace(group[0], value=joined((worded(one.value) for one in group), " or "), brings=brings)


def _notes(levers: Levers, country: Standing) -> Iterator[str]:
    scores, decimals = levers.scores, levers.scores.tree.decimals
    labels = {name: one.label for name, one in scores.observations.indicators.items()}
    if not levers.measures:
        yield "No single measure that the rules know lowers it."
    if reason := scores.why_unranked(country.unit):
        bounds = "" if country.low is None else f"; low–high is {span(country.low, country.high, decimals)}"
        yield f"Not ranked: {reason}. The score speaks of what is known{bounds}."
    yield "Each by itself, the rest as it is; together they can do more or less. Who could: as the rules say."
    if levers.alone:
        said = joined(f"{who} to {number(score, decimals)}" for who, score in levers.alone)
        yield f"Alone and with all that they could, each would bring it: {said}."
    for one in levers.measures:
        if one.brings:
            broken = joined(map(scores.rulebook.label, one.brings), "; ")
            yield f"! {labels[one.indicator]} to {worded(one.value)} would bring a contradiction: {broken}."
    if levers.idle:
        yield f"Without effect alone: {joined(labels[one.indicator] for one in levers.idle)}."
    for who, said in (("none", "Cannot be changed"), ("closed", "Closed to all who are not in it")):
        names = [labels[name] for name in levers.fixed if controllable(scores.rulebook, name) == who]
        if names:
            yield f"{said}: {joined(names, '; ')}."
    if levers.unknown:
        known = percent(country.coverage)
        said = joined((labels[name] for name in levers.unknown), "; ")
        yield f"Unknown, and so no lever: {said}. With {known} known, the rest carries their weight and looks larger."


def _plan(levers: Levers, one: Standing, plan: Plan) -> Block:
    scores, decimals = levers.scores, levers.scores.tree.decimals
    limit = number(levers.limit, decimals)
    title = f"The fewest measures to {limit} or less" if plan.reached else f"The best there is, short of {limit}"
    if not plan.measures and plan.reached:
        return Block(title, notes=(_there(levers, one, limit),))
    alike = {(each.indicator, each.value): group for group in _alike(levers.measures) for each in group}
    # Those that do the same and bring no contradiction that it does not stand beside each: no product is advised.
    groups = []
    for each in plan.measures:
        same = alike.get((each.indicator, each.value), [])
        groups.append(_as_one([each, *(one for one in same if {*one.brings} <= {*each.brings})]))
    fields = [field for field in _fields(levers) if field.heading in ("Measure", "From", "To", "Who could")]
    block = table(title, fields, groups, _plan_notes(scores.rulebook, plan))
    rank = f"rank {plan.rank} of {int(scores.ranked.sum())}" if plan.rank else ""
    together = joined((number(plan.score, decimals), banded(scores, levers.unit, plan.band).text, rank))
    return block._replace(rows=(*block.rows, Row(("Together", "", together, ""), "total")))


def _plan_notes(rulebook: Rulebook, plan: Plan) -> Iterator[str]:
    proof = "No smaller set does; others of the same size may, and this one goes lowest."
    if not plan.proven:
        proof = "Whether a smaller set does was not proven: there are too many."
    if not plan.reached and plan.lowest:
        proof = f"Out of reach of the measures that the rules know; this is as low as they bring it. {proof}"
    elif not plan.reached:
        proof = "No set that was tried reaches it; there are too many to try all, so that another may."
    yield f"{proof} The other countries as they are."
    if plan.brings:
        yield f"! Together they would bring a contradiction: {joined(map(rulebook.label, plan.brings), '; ')}."


def _there(levers: Levers, one: Standing, limit: str) -> str:
    """That the target is met, by what is known if not by what could be."""
    if one.high is None or levers.limit is None or one.high <= levers.limit:
        return f"It is at {limit} or less already."
    known, worst = percent(one.coverage), number(one.high, levers.scores.tree.decimals)
    return f"On what is known ({known}) it is there already; with what is unknown or contested at its worst, {worst}."
