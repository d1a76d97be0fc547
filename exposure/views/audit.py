"""`exposure audit`: is the index sound, and does it agree with an outside one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from exposure.analysis.audit import Audit, Remark, same
from exposure.analysis.soundness.agreement import Agreement
from exposure.analysis.soundness.figures import FLOOR, HALF, Covered, Edge, Offset, Pair, Weight
from exposure.analysis.soundness.methods import Method
from exposure.output.page import Block, Cell, Column, Field, Fields, Page, Row, T, filled, recorded, table
from exposure.scoring.score import Scores, Standing
from exposure.text import NEARLY, NOTHING, counted, exact, joined, number, part_of_whole, percent, sentence, signed
from exposure.views.agreement import agreement_block, agreement_record, coefficient, in_brackets
from exposure.views.backing import SHARES, SUPPORT, support_fields
from exposure.views.remarks import KINDS, TABLED, advice, by_chance, countries, message, names
from exposure.views.standing import banded, edition, heads, rank_of

SHOWN = 20
"""Rows that a table lists; JSON has all."""
REMARKED = 10
"""Remarks of one kind that are listed."""
_BELOW = ("near-edge", "bought-off")
"""Kinds that have a table of their own, which need not be said twice."""
_GRAVE = ("scored-twice", "pulls-against")


def audit_page(audit: Audit, scores: Scores, against: Agreement | None = None) -> Page:
    """The remarks with what to do, the figures behind them, and where an outside index agrees.

    The records of CSV are the weights, one a rule, with and without an outside index: columns that change under an
    option would break whoever reads them. JSON has everything.
    """
    weights = [_weight_record(one, "rule") for one in audit.weights]
    document: dict[str, Any] = {
        **heads(scores, "audit"),
        "countries": audit.countries,
        "ranked": audit.ranked,
        "remarks": [
            {"code": remark.code, "about": list(remark.about), "message": message(remark, audit, scores)}
            | {"advice": advice(remark, audit)}
            for remark in audit.remarks
        ],
        "weights": weights,
        "dimensions": [_weight_record(one, "name") for one in audit.dimensions],
        "correlations": [pair._asdict() for pair in audit.pairs],
        "ranks": audit.ranks,
        "support": [recorded(support_fields(scores), one) for one in audit.support],
        "methods": [_method_record(method, scores) for method in audit.methods],
        "coverage": [
            {"country": one.country, "coverage": one.whole, "dimensions": one.dimensions} for one in audit.coverage
        ],
        "edges": [dict(vars(edge)) for edge in audit.edges],
        "compensation": [vars(one) | {"severe": list(one.severe)} for one in audit.offsets],
        "against": against and agreement_record(against, scores),
    }
    scored = counted(sum(one.nominal > 0 for one in audit.weights), "scored rule")
    remarks = f"{counted(len(audit.remarks), 'remark')} on {countries(audit.countries)}"
    notes = (f"{remarks}, {audit.ranked} of them ranked, and {scored}.",)
    blocks = (
        Block(scores.rulebook.index.title, edition(scores), notes=notes),
        agreement_block(against, scores) if against else Block(),
        _remarks(audit, scores),
        _weights(audit, scores),
        _first(support_fields(scores), audit.support, SUPPORT, [SHARES], "more countries; all are in -f json."),
        _methods(audit, scores),
        _ranks(audit, scores),
        _pairs(audit, scores),
        _coverage(audit, scores),
        _edges(audit, scores),
        _offsets(audit, scores),
    )
    return Page(document, weights, filled(*blocks))


def _weight_record(one: Weight, called: str) -> dict[str, Any]:
    return {called if key == "name" else key: value for key, value in vars(one).items()}


def _remarks(audit: Audit, scores: Scores) -> Block:
    """The remarks under their headings, each kind with what to do, said once where it is the same for all."""
    kinds = groupby(audit.remarks, key=lambda remark: remark.code)
    rows = [row for code, group in kinds for row in _of_a_kind(code, list(group), audit, scores)]
    return Block("Remarks", columns=(Column("What was found, and what to do about it", wrap=True),), rows=tuple(rows))


def _of_a_kind(code: str, remarks: list[Remark], audit: Audit, scores: Scores) -> Iterator[Row]:
    yield Row((Cell(KINDS[code].heading, "bad" if code in _GRAVE else "warn"),), "section")
    most = TABLED if code in _BELOW else REMARKED
    for remark in remarks[:most]:
        yield Row((f"  {sentence(message(remark, audit, scores))}",))
    if len(remarks) > most:
        where = "see below" if code in _BELOW else "all are in -f json"
        yield Row((Cell(f"  {len(remarks) - most} more; {where}.", "dim"),))
    yield Row((f"  To do: {advice(remarks[0], audit)}",))


def _weights(audit: Audit, scores: Scores) -> Block:
    title = "What each weight says and carries"
    if not audit.ranked:
        return Block(title, notes=("No country is ranked, so no weight carries anything yet; weights are in -f json.",))
    off = {one.about[0]: one.code for one in audit.remarks if one.code.startswith(("carries", "pulls", "apart"))}
    nested = list(_nested(audit, None, 0))
    # Not by name: a rule may be called as a dimension is.
    depths, dimensions = {id(one): depth for depth, one in nested}, set(map(id, audit.dimensions))

    def carries(one: Weight) -> Cell:
        code = off.get(one.name, "")
        return Cell(part_of_whole(one.effective), "bad" if code in _GRAVE else "warn" if code else "")

    fields: list[Field[Weight]] = [
        Field("", "Part", lambda one: "  " * depths[id(one)] + scores.rulebook.label(one.name)),
        Field("", "Weight", lambda one: part_of_whole(one.nominal), "right"),
        Field("", "Carries", carries, "right"),
        Field("", "r with score", lambda one: coefficient(one.correlation, one.n), "right", 1),
        Field("n", "of", align="right", drop=2),
        Field("known", "Known", align="right", drop=3),
        Field("distinct", "Values", align="right", drop=4),
        Field("", "At ends", lambda one: "" if one.at_none is None else f"{one.at_none} / {one.at_full}", "right", 5),
    ]
    ranked = counted(audit.ranked, "ranked country", "ranked countries")
    notes = [
        f"Carries: the share of the variance of the score over the {ranked}, by what each adds to the score of the "
        f"average country{_short(audit)}. r: Pearson's, with the score, of so many ranked countries where it is known. "
        f"Known: of {countries(audit.countries)}; values: how many different ones. At ends: countries at or "
        "beyond the goalpost of no exposure, and of full."
    ]
    shown = [one for _, one in nested]
    printed = [float(number(one.effective * 100, 0)) for one in shown if one.effective is not None]
    low = "Carries below 0%: where this is high the score tends to be low." if min(printed, default=0) < 0 else ""
    high = "Carries above 100%: the others pull against it." if max(printed, default=0) > 100 else ""
    few = "So few countries: all this describes them, and nothing else." if audit.few else by_chance(audit.ranked)
    notes += filter(None, (joined((low, high), " "), *in_brackets(*((one.correlation, one.n) for one in shown)), few))
    return table(title, fields, shown, notes, kind=lambda one: "section" if id(one) in dimensions else "")


def _short(audit: Audit) -> str:
    """What the rules carry together, where that is not all."""
    whole = sum(one.effective or 0.0 for one in audit.weights)
    if abs(whole - 1) < 0.005:
        return "; the rules add up to 100%"
    return f"; the rules add up to {part_of_whole(whole)}, and the rest is that other rules are known of each country"


def _nested(audit: Audit, dimension: str | None, depth: int) -> Iterator[tuple[int, Weight]]:
    """The dimensions in this one, each above its own parts, then its rules; those without a weight are not scored."""
    for one in audit.dimensions:
        if one.dimension == dimension and one.nominal:
            yield depth, one
            yield from _nested(audit, one.name, depth + 1)
    yield from ((depth, one) for one in audit.weights if one.dimension == dimension and one.nominal)


_METHODS = {
    "geometric": "Geometric",
    "arithmetic": "Arithmetic",
    "worst": "Unknown: worst",
    "best": "Unknown: best",
    "equal": "Equal weights",
    "minmax": "Min–max",
}


def _method_record(method: Method, scores: Scores) -> dict[str, Any]:
    units, countries = scores.selection.units, scores.selection.countries()
    results = {units[at]: {"score": exact(method.score[at]), "rank": int(method.rank[at]) or None} for at in countries}
    return {"method": method.name, "countries": results}


def _methods(audit: Audit, scores: Scores) -> Block:
    decimals = scores.tree.decimals

    def by(method: Method) -> Field[Standing]:
        def said(one: Standing) -> Cell:
            place = int(method.rank[one.unit])
            moved = place != (one.rank or 0)
            rank = f" ({place or NOTHING}{'*' * moved})" if place or moved else ""
            return Cell(number(method.score[one.unit], decimals) + rank, "warn" if moved else "")

        return Field("", _METHODS[method.name], said, "right")

    fields: list[Field[Standing]] = [
        Field("", "Country", lambda one: one.name),
        Field("", "As it is", lambda one: number(one.score, decimals) + f" ({one.rank})" * bool(one.rank), "right"),
        *map(by, audit.methods),
    ]
    notes = [
        "Score and, in brackets, rank; * a rank that changes. Geometric, arithmetic: the mean of the dimensions. "
        "Unknown: every unknown value taken as the worst, or as the best. Equal weights: of the rules of a dimension, "
        "and of dimensions. Min–max: figures between the least and the most of these countries, not between goalposts."
    ]
    standings = [scores.standing(unit) for unit in scores.in_order()]
    return _first(fields, standings, "If the method were another", notes, "more countries; all are in -f json.")


def _ranks(audit: Audit, scores: Scores) -> Block:
    if not audit.ranks:
        return Block()
    top = [one.name for one in audit.dimensions if one.dimension is None and one.nominal]

    def within(name: str) -> Field[Standing]:
        return Field(
            "", scores.rulebook.label(name), lambda one: str(audit.ranks[name].get(one.country, NOTHING)), "right"
        )

    fields: list[Field[Standing]] = [Field("", "#", rank_of, "right"), Field("", "Country", lambda one: one.name)]
    standings = [scores.standing(unit) for unit in scores.in_order() if scores.ranked[unit]]
    more = "more countries; all are in -f json."
    return _first([*fields, *map(within, top)], standings, "Rank by dimension", [], more)


def _pairs(audit: Audit, scores: Scores) -> Block:
    close = [pair for pair in audit.pairs if same(pair)]
    fields: list[Field[Pair]] = [
        Field("", "Rule", lambda pair: scores.rulebook.label(pair.first), wrap=True),
        Field("", "and rule", lambda pair: scores.rulebook.label(pair.second), wrap=True),
        Field("", "r", lambda pair: coefficient(pair.r, pair.n), "right"),
        Field("n", "of", align="right"),
    ]
    notes = ["r: Pearson's, of the severities, over so many countries where both are known. -f json has every pair."]
    notes += in_brackets(*((pair.r, pair.n) for pair in close[:SHOWN]))
    return _first(fields, close, "Rules that go together", notes, "more pairs go together as far.")


def _first(fields: Fields[T], records: Sequence[T], title: str, notes: Sequence[str], more: str) -> Block:
    """The first of the records as a folded table; of none, nothing."""
    said = [*notes, f"{len(records) - SHOWN} {more}"] if len(records) > SHOWN else notes
    return table(title, fields, records[:SHOWN], said if records else [], folded=True)


def _coverage(audit: Audit, scores: Scores) -> Block:
    name = scores.observations.gazetteer.name

    def known(share: float | None) -> Cell:
        return Cell(percent(share), "warn" if share is not None and share < HALF else "")

    def part(one: Weight) -> Field[Covered]:
        label, drop = scores.rulebook.label(one.name), 1 if one.dimension is None else 2
        return Field("", label, lambda country: known(country.dimensions[one.name]), "right", drop)

    fields: list[Field[Covered]] = [
        Field("", "Country", lambda one: name(one.country)),
        Field("", "Known", lambda one: percent(one.whole), "right"),
        *map(part, sorted(audit.dimensions, key=lambda one: one.dimension is not None)),
    ]
    open_ = [one for one in audit.coverage if one.whole < 1 - NEARLY]
    full = [name(one.country) for one in audit.coverage if one.whole >= 1 - NEARLY]
    notes = ["Known: the share of the weight whose value is known, whole and by dimension."] if open_ else []
    notes += [f"Known in full: {names(full)}."] if full else []
    return table("How much is known", fields, open_, notes, folded=True)


def _edges(audit: Audit, scores: Scores) -> Block:
    decimals, units = scores.tree.decimals, scores.selection.units
    fields: list[Field[Edge]] = [
        Field("", "Country", lambda edge: scores.observations.gazetteer.name(edge.country)),
        Field("", "Score", lambda edge: number(edge.score, decimals), "right"),
        Field("", "Band", lambda edge: banded(scores, units.index(edge.country))),
        Field("", "Edge", lambda edge: number(edge.edge, decimals), "right"),
        Field("", "Away", lambda edge: signed(edge.distance, decimals), "right"),
        Field("", "Beyond", lambda edge: edge.beyond or NOTHING),
    ]
    note = "Away: the score less the nearest edge. Beyond: the band on its other side."
    return _first(fields, audit.edges, "How near the edge of a band", [note], "more lie farther from an edge.")


def _offsets(audit: Audit, scores: Scores) -> Block:
    decimals = scores.tree.decimals
    fields: list[Field[Offset]] = [
        Field("", "Country", lambda one: scores.observations.gazetteer.name(one.country)),
        Field("", "Score", lambda one: number(one.score, decimals), "right"),
        Field("", "Uncompensated", lambda one: number(one.without, decimals), "right"),
        Field("", "Severe rules", lambda one: names([*map(scores.rulebook.label, one.severe)]), wrap=True),
    ]
    note = (
        f"Uncompensated: the score with inverted-geometric means (floor {FLOOR:g}) wherever the rules take a mean that "
        "lets a mild rule make up for a severe one."
    )
    return _first(fields, audit.offsets, "Severe, and bought off", [note], "more; all are in -f json.")
