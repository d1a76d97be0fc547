"""`exposure audit`: is the index sound, and does it agree with an outside one."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from exposure.analysis.soundness.figures import FLOOR, HALF
from exposure.analysis.soundness.remarks import same
from exposure.output.page import Block, Cell, Column, Page, Row
from exposure.text import counted, number, part_of_whole, percent, sentence, signed
from exposure.views.agreement import agreement_block, agreement_record, coefficient, in_brackets
from exposure.views.head import edition, heads
from exposure.views.remarks import KINDS, TABLED, advice, by_chance, countries, message, names
from exposure.views.standing import banded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from exposure.analysis.audit import Audit
    from exposure.analysis.soundness.agreement import Agreement
    from exposure.analysis.soundness.figures import Weight
    from exposure.analysis.soundness.remarks import Remark
    from exposure.output.page import Tone
    from exposure.scoring.score import Scores

SHOWN = 20
"""Rows that a table lists; JSON has all."""
REMARKED = 10
"""Remarks of one kind that are listed."""
_BELOW = ("near-edge", "bought-off")
"""Kinds that have a table of their own, which need not be said twice."""
NEARLY_ALL = 1 - 1e-9
_GRAVE = ("scored-twice", "pulls-against")


def audit_page(found: Audit, scores: Scores, against: Agreement | None = None) -> Page:
    """The remarks with what to do, the figures behind them, and where an outside index agrees.

    The records of CSV are the weights, one a rule, with and without an outside index: columns that change under an
    option would break whoever reads them. JSON has everything.
    """
    document = _document(found, scores, against)
    blocks = [_head(found, scores)]
    if against is not None:
        blocks.append(agreement_block(against, scores))
    blocks += [_remarks(found, scores), _weights(found, scores), _pairs(found, scores), _coverage(found, scores)]
    blocks += [_edges(found, scores), _offsets(found, scores)]
    kept = tuple(block for block in blocks if block.rows or block.notes)
    return Page(document, document["weights"], kept)


def _document(found: Audit, scores: Scores, against: Agreement | None) -> dict[str, Any]:
    return {
        **heads(scores, "audit"),
        "countries": found.countries,
        "ranked": found.ranked,
        "remarks": [_remark_record(remark, found, scores) for remark in found.remarks],
        "weights": [_weight_record(one, "rule") for one in found.weights],
        "dimensions": [_weight_record(one, "name") for one in found.dimensions],
        "correlations": [pair._asdict() for pair in found.pairs],
        "coverage": [
            {"country": one.country, "coverage": one.whole, "dimensions": one.dimensions} for one in found.coverage
        ],
        "edges": [edge._asdict() for edge in found.edges],
        "compensation": [one._asdict() | {"severe": list(one.severe)} for one in found.offsets],
        "against": agreement_record(against) if against is not None else None,
    }


def _remark_record(remark: Remark, found: Audit, scores: Scores) -> dict[str, Any]:
    said = {"message": message(remark, found, scores), "advice": advice(remark, found)}
    return {"code": remark.code, "about": list(remark.about), **said}


def _weight_record(one: Weight, called: str) -> dict[str, Any]:
    record = one._asdict()
    return {called: record.pop("name"), **record}


def _head(found: Audit, scores: Scores) -> Block:
    scored = counted(sum(one.nominal > 0 for one in found.weights), "scored rule")
    remarks = f"{counted(len(found.remarks), 'remark')} on {countries(found.countries)}"
    notes = (f"{remarks}, {found.ranked} of them ranked, and {scored}.",)
    return Block(scores.rulebook.index.title, edition(scores), notes=notes)


def _remarks(found: Audit, scores: Scores) -> Block:
    """The remarks under their headings, each kind with what to do, said once where it is the same for all."""
    rows: list[Row] = []
    for code, group in groupby(found.remarks, key=lambda remark: remark.code):
        rows += _of_a_kind(code, list(group), found, scores)
    return Block("Remarks", columns=(Column("What was found, and what to do about it", wrap=True),), rows=tuple(rows))


def _of_a_kind(code: str, remarks: list[Remark], found: Audit, scores: Scores) -> Iterator[Row]:
    yield Row((Cell(KINDS[code].heading, "bad" if code in _GRAVE else "warn"),), "section")
    most = TABLED if code in _BELOW else REMARKED
    for remark in remarks[:most]:
        yield Row((f"  {sentence(message(remark, found, scores))}",))
    if len(remarks) > most:
        where = "see below" if code in _BELOW else "all are in -f json"
        yield Row((Cell(f"  {len(remarks) - most} more; {where}.", "dim"),))
    yield Row((f"  To do: {advice(remarks[0], found)}",))


def _weights(found: Audit, scores: Scores) -> Block:
    title = "What each weight says and carries"
    if not found.ranked:
        return Block(title, notes=("No country is ranked, so no weight carries anything yet; weights are in -f json.",))
    columns = (
        Column("Part"),
        Column("Weight", "right"),
        Column("Carries", "right"),
        Column("r with score", "right", drop=1),
        Column("of", "right", drop=2),
        Column("Known", "right", drop=3),
        Column("Varies", drop=4),
    )
    ranked = counted(found.ranked, "ranked country", "ranked countries")
    notes = [
        f"Carries: the share of the variance of the score over the {ranked}, by the points that each "
        "gives; the rules add up to 100%. r: Pearson's, with the score, of so many ranked countries where it is "
        f"known. Known: of {countries(found.countries)}."
    ]
    notes += _beyond(found)
    notes += in_brackets(*((one.correlation, one.n) for one in _shown(found)))
    few = "So few countries: all this describes them, and nothing else." if found.few else by_chance(found.ranked)
    notes += [few] if few else []
    rows = tuple(_weight_rows(found, scores, None, 0))
    return Block(title, columns=columns, rows=rows, notes=tuple(notes))


def _shown(found: Audit) -> list[Weight]:
    return [one for one in (*found.dimensions, *found.weights) if one.nominal]


def _beyond(found: Audit) -> Iterator[str]:
    """What a share that is none, printed below 0 or above 100 %, says."""
    printed = [float(number(one.effective * 100, 0)) for one in _shown(found) if one.effective is not None]
    said = []
    if printed and min(printed) < 0:
        said.append("Carries below 0%: where this is high the score tends to be low.")
    if printed and max(printed) > 100:
        said.append("Carries above 100%: the others pull against it.")
    if said:
        yield " ".join(said)


def _weight_rows(found: Audit, scores: Scores, dimension: str | None, depth: int) -> Iterator[Row]:
    """The dimensions in this one, each above its own parts, then its rules; those without a weight are not scored."""
    off = {remark.about[0]: remark.code for remark in found.remarks if remark.code.startswith(("carries", "pulls"))}
    for group, kind in ((found.dimensions, "section"), (found.weights, "")):
        for one in group:
            if one.dimension == dimension and one.nominal:
                code = off.get(one.name, "")
                tone: Tone = "bad" if code in _GRAVE else "warn" if code else ""
                yield Row(
                    (
                        "  " * depth + scores.rulebook.label(one.name),
                        part_of_whole(one.nominal),
                        Cell(part_of_whole(one.effective), tone),
                        coefficient(one.correlation, one.n),
                        str(one.n),
                        str(one.known),
                        "–" if one.varies is None else "yes" if one.varies else "no",
                    ),
                    "section" if kind else "",
                )
                if kind:
                    yield from _weight_rows(found, scores, one.name, depth + 1)


def _pairs(found: Audit, scores: Scores) -> Block:
    columns = (Column("Rule", wrap=True), Column("and rule", wrap=True), Column("r", "right"), Column("of", "right"))
    close = [pair for pair in found.pairs if same(pair)]
    rows = tuple(
        Row(
            (
                scores.rulebook.label(pair.first),
                scores.rulebook.label(pair.second),
                coefficient(pair.r, pair.n),
                str(pair.n),
            )
        )
        for pair in close[:SHOWN]
    )
    notes = ["r: Pearson's, of the severities, over so many countries where both are known. -f json has every pair."]
    notes += in_brackets(*((pair.r, pair.n) for pair in close[:SHOWN]))
    notes += [f"{len(close) - SHOWN} more pairs go together as far."] if len(close) > SHOWN else []
    return Block("Rules that go together", "", columns if rows else (), rows, tuple(notes) if rows else (), folded=True)


def _coverage(found: Audit, scores: Scores) -> Block:
    top = [one.name for one in found.dimensions if one.dimension is None]
    order = [*top, *(one.name for one in found.dimensions if one.dimension is not None)]
    columns = (
        Column("Country"),
        Column("Known", "right"),
        *(Column(scores.rulebook.label(name), "right", drop=1 if name in top else 2) for name in order),
    )
    rows = tuple(
        Row(
            (
                scores.observations.gazetteer.name(one.country),
                percent(one.whole),
                *(_part_known(one.dimensions[name]) for name in order),
            )
        )
        for one in found.coverage
        if one.whole < NEARLY_ALL
    )
    notes = ["Known: the share of the weight whose value is known, whole and by dimension."] if rows else []
    full = [one.country for one in found.coverage if one.whole >= NEARLY_ALL]
    if full:
        notes.append(f"Known in full: {names([scores.observations.gazetteer.name(code) for code in full])}.")
    return Block("How much is known", columns=columns if rows else (), rows=rows, notes=tuple(notes), folded=True)


def _part_known(share: float) -> Cell:
    return Cell(percent(share), "warn" if share < HALF else "")


def _edges(found: Audit, scores: Scores) -> Block:
    decimals, units = scores.tree.decimals, scores.selection.units
    columns = (
        Column("Country"),
        Column("Score", "right"),
        Column("Band"),
        Column("Edge", "right"),
        Column("Away", "right"),
        Column("Beyond"),
    )
    rows = tuple(
        Row(
            (
                scores.observations.gazetteer.name(edge.country),
                number(edge.score, decimals),
                banded(scores, units.index(edge.country)),
                number(edge.edge, decimals),
                signed(edge.distance, decimals),
                edge.beyond or "–",
            )
        )
        for edge in found.edges[:SHOWN]
    )
    notes = ["Away: the score less the nearest edge. Beyond: the band on its other side."] if rows else []
    notes += [f"{len(found.edges) - SHOWN} more lie farther from an edge."] if len(found.edges) > SHOWN else []
    return Block("How near the edge of a band", "", columns if rows else (), rows, tuple(notes), folded=True)


def _offsets(found: Audit, scores: Scores) -> Block:
    decimals = scores.tree.decimals
    columns = (
        Column("Country"),
        Column("Score", "right"),
        Column("Uncompensated", "right"),
        Column("Severe rules", wrap=True),
    )
    rows = tuple(
        Row(
            (
                scores.observations.gazetteer.name(one.country),
                number(one.score, decimals),
                number(float("nan") if one.without is None else one.without, decimals),
                names([scores.rulebook.label(name) for name in one.severe]),
            )
        )
        for one in found.offsets[:SHOWN]
    )
    notes = [
        f"Uncompensated: the score with inverted-geometric means (floor {FLOOR:g}) wherever the rules take a mean that "
        "lets a mild rule make up for a severe one."
    ]
    notes += [f"{len(found.offsets) - SHOWN} more; all are in -f json."] if len(found.offsets) > SHOWN else []
    return Block("Severe, and bought off", "", columns, rows, tuple(notes) if rows else (), folded=True)
