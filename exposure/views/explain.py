"""`exposure explain`: why a country scores what it scores."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from exposure.analysis.claims import Claim, claims_at, sureness
from exposure.analysis.entities import entities
from exposure.analysis.explain import Explanation, RuleLine, explain
from exposure.output.page import Block, Cell, Column, Page, Row
from exposure.text import exact, joined, number, percent, sentence, span, worded
from exposure.views.contributions import compared, contributions
from exposure.views.entities import entities_block, entities_record
from exposure.views.head import edition, heads
from exposure.views.standing import ends

if TYPE_CHECKING:
    from exposure.rulebook.model import Source
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores


def explain_page(scores: Scores, units: Sequence[int], ranges: RankRange) -> Page:
    """One unit in full, or several side by side."""
    found = [explain(scores, unit) for unit in units]
    records = [_record(scores, explanation) for explanation in found]
    rows = [{"country": record["country"], **rule} for record in records for rule in record["rules"]]
    document = {**heads(scores, "explain"), "countries": records}
    blocks = explained(scores, found[0], ranges) if len(found) == 1 else [_side_by_side(scores, found, ranges)]
    blocks += [_definitions(scores, found), _sources(scores, found)]
    return Page(document, rows, tuple(block for block in blocks if block.rows or block.notes))


def _record(scores: Scores, explanation: Explanation) -> dict[str, Any]:
    unit, rulebook = explanation.unit, scores.rulebook
    parts = entities(scores, unit)
    return {
        "country": scores.selection.units[unit],
        "name": scores.selection.names[unit],
        "score": exact(scores.score[unit]),
        "score_exact": exact(scores.exact[unit]),
        "rank": int(scores.rank[unit]) if scores.ranked[unit] else None,
        "low": exact(scores.low[unit]),
        "high": exact(scores.high[unit]),
        "band": scores.band[unit] or None,
        "coverage": float(scores.coverage[scores.tree.root, unit]),
        "layers": {layer: exact(values[unit]) for layer, values in scores.layers.items()},
        "entities": parts and entities_record(scores, parts),
        "rules": [_rule_record(scores, line) for line in explanation.rules],
        "unknown": [line.rule for line in explanation.unknown],
        "contradictions": [
            {"rule": name, "label": rulebook.label(name), "definition": rulebook.rules[name].definition}
            for name in explanation.contradictions
        ],
        "other_claims": [_claim_record(claim) for claim in explanation.others],
        "context": [
            {"indicator": line.rule, **_claim_record(claim)} for line in explanation.context for claim in line.claims
        ],
    }


def _rule_record(scores: Scores, line: RuleLine) -> dict[str, Any]:
    rule = scores.rulebook.rules[line.rule]
    return {
        "rule": line.rule,
        "label": scores.rulebook.label(line.rule),
        "definition": rule.definition,
        "why": rule.why,
        "dimension": rule.dimension,
        "layer": rule.layer,
        "value": line.value or None,
        "as_of": joined(claim.as_of for claim in line.claims) or None,
        "source": joined(claim.source for claim in line.claims) or None,
        "confidence": joined(claim.confidence for claim in line.claims) or None,
        "note": joined((claim.note for claim in line.claims), " | ") or None,
        "origin": line.origin,
        "severity": line.severity,
        "severity_low": line.low,
        "severity_high": line.high,
        "imputed": line.imputed,
        "weight": line.weight,
        "points": line.points,
    }


def _claim_record(claim: Claim) -> dict[str, Any]:
    return {
        "country": claim.country,
        "indicator": claim.indicator,
        "value": claim.value or None,
        "as_of": claim.as_of or None,
        "source": claim.source or None,
        "confidence": claim.confidence or None,
        "note": claim.note or None,
        "line": claim.line,
        "standing": claim.standing,
    }


def _summary(scores: Scores, explanation: Explanation, ranges: RankRange) -> Block:
    unit, decimals = explanation.unit, scores.tree.decimals
    score, band = float(scores.score[unit]), scores.band[unit]
    parent = int(scores.selection.parent[unit])
    title = f"{scores.selection.names[unit]}: {number(score, decimals)} of {scores.tree.scale:g}"
    title += f", {band}" if band and not scores.why_unranked(unit) else ""
    if scores.ranked[unit]:
        likely = ends(ranges, unit).replace("–", " to ")
        title += f", rank {scores.rank[unit]} of {int(scores.ranked.sum())}" + f", likely {likely}" * bool(likely)
    lines = []
    if parent >= 0:
        lines.append(f"Part of {scores.selection.names[parent]}; described, not ranked.")
    elif scores.why_unranked(unit):
        lines.append(f"Not ranked: {scores.why_unranked(unit)}.")
    bounds = span(float(scores.low[unit]), float(scores.high[unit]), decimals)
    known = percent(float(scores.coverage[scores.tree.root, unit]))
    lines.append(f"Low–high {bounds}: every unknown and contested claim at its ends. {known} of the weight is known.")
    if scores.layers:
        layers = ", ".join(f"{name} {number(float(v[unit]), decimals)}" for name, v in scores.layers.items())
        lines.append(f"By layer: {layers}.")
    context = [
        f"{scores.observations.indicators[line.rule].label}: {worded(line.value) or 'unknown'}"
        for line in explanation.context
        if line.claims
    ]
    if context:
        lines.append(sentence(f"Context, not scored. {'; '.join(context)}"))
    return Block(title, f"{scores.rulebook.index.title}; {edition(scores)}", notes=tuple(lines))


def explained(scores: Scores, explanation: Explanation, ranges: RankRange) -> list[Block]:
    """All that is said of one unit, some of it perhaps nothing; the first block sums it up."""
    names = scores.rulebook
    flagged = [
        f"{names.label(name)}: {sentence(names.rules[name].definition)}{_evidence(scores, name, explanation)}"
        for name in explanation.contradictions
    ]
    unknown = [(line, _unknown_note(scores, line, explanation)) for line in explanation.unknown]
    parts = entities(scores, explanation.unit)
    return [
        _summary(scores, explanation, ranges),
        contributions(scores, explanation),
        *([entities_block(scores, explanation.unit, parts)] if parts else []),
        Block("Contradictions", notes=tuple(flagged)),
        Block(
            "Unknown, and counted neither as safe nor as exposed",
            notes=tuple(note for line, note in unknown if not line.imputed),
        ),
        Block(
            "Unknown, and counted as the rules say",
            notes=tuple(note for line, note in unknown if line.imputed),
        ),
        _claims_table(scores, "Claims that do not count", explanation),
        _notes_on_claims(scores, explanation),
    ]


def _evidence(scores: Scores, name: str, explanation: Explanation) -> str:
    line = next(line for line in explanation.rules if line.rule == name)
    said = [
        f"{_subject(scores, claim, explanation)} is {worded(claim.value) or 'unknown'}"
        f"{_stated((claim.source, claim.as_of, claim.confidence))}"
        for claim in line.claims
    ]
    return f" {'; '.join(said)}."


def _subject(scores: Scores, claim: Claim, explanation: Explanation) -> str:
    """What a claim is about; whom too, where that is not the unit explained."""
    about = scores.observations.indicators[claim.indicator].label
    if claim.country == scores.selection.units[explanation.unit]:
        return about
    return f"{about} ({scores.observations.gazetteer.name(claim.country)})"


def _stated(parts: Iterable[str]) -> str:
    """Source, date and the like behind a statement; nothing where none is given."""
    given = ", ".join(part for part in parts if part)
    return f" ({given})" if given else ""


def _unknown_note(scores: Scores, line: RuleLine, explanation: Explanation) -> str:
    name, taken = (
        scores.rulebook.label(line.rule),
        f" Taken as {scores.rulebook.policy(line.rule)}." if line.imputed else "",
    )
    if scores.rulebook.rules[line.rule].conditions:
        return f"{name}: not all of its conditions are known.{taken}"
    own = [claim for claim in line.claims if claim.country == scores.selection.units[explanation.unit]]
    said = [
        ("" if own else f"{scores.observations.gazetteer.name(claim.country)}: ")
        + (claim.note.rstrip(" .") or "looked for and not found")
        + _stated((claim.source, claim.as_of))
        for claim in line.claims
    ]
    return f"{name}: {sentence('; '.join(said) or 'nobody has looked')}{taken}"


def _claims_table(scores: Scores, title: str, explanation: Explanation) -> Block:
    columns = (
        Column("Indicator", wrap=True),
        Column("Says", wrap=True),
        Column("As of"),
        Column("Source", drop=1),
        Column("Sure", drop=2),
        Column("Why not"),
        Column("Note", wrap=True, drop=3),
    )
    rows = [
        Row(
            (
                _subject(scores, claim, explanation),
                worded(claim.value) or "not found",
                claim.as_of,
                claim.source,
                claim.confidence,
                Cell(_why_not(scores, claim), "warn" if claim.standing == "contests" else "dim"),
                claim.note,
            )
        )
        for claim in explanation.others
    ]
    return Block(title, columns=columns, rows=tuple(rows))


def _why_not(scores: Scores, claim: Claim) -> str:
    if claim.standing != "contests":
        return claim.standing
    selection = scores.selection
    unit = selection.units.index(claim.country)
    (winner,) = claims_at(scores, selection.line(claim.indicator)[[unit]])
    if winner.value == claim.value:
        return "agrees"
    return "contested, less sure" if sureness(claim) < sureness(winner) else "disputed, source order"


def _notes_on_claims(scores: Scores, explanation: Explanation) -> Block:
    notes = []
    for line in explanation.rules:
        if line.severity is not None and not scores.rulebook.rules[line.rule].conditions:
            for claim in line.claims:
                if claim.note:
                    source = f" [{claim.source}]" if claim.source else ""
                    notes.append(f"{_subject(scores, claim, explanation)}: {sentence(claim.note)}{source}")
    return Block("Notes on the claims that count", notes=tuple(dict.fromkeys(notes)))


def _side_by_side(scores: Scores, found: Sequence[Explanation], ranges: RankRange) -> Block:
    columns, rows = compared(scores, found)
    notes = []
    for explanation in found:
        summary = _summary(scores, explanation, ranges)
        notes.append(" ".join((f"{summary.title}.", *summary.notes)))
        notes += [
            f"! {scores.selection.names[explanation.unit]}: {scores.rulebook.label(n)}."
            for n in explanation.contradictions
        ]
    return Block(scores.rulebook.index.title, edition(scores), tuple(columns), tuple(rows), tuple(notes))


def _definitions(scores: Scores, found: Sequence[Explanation]) -> Block:
    notes = []
    for line in found[0].rules:
        rule = scores.rulebook.rules[line.rule]
        if not rule.is_contradiction:
            notes.append(f"{scores.rulebook.label(line.rule)}: {sentence(rule.definition or 'not defined')}")
    judgement = (scores.rulebook.index.judgement,) if scores.rulebook.index.judgement else ()
    return Block("What each rule measures", notes=(*notes, *judgement))


def sources_behind(found: Sequence[Explanation]) -> set[str]:
    """The keys of the sources behind them, empty for claims that state none."""
    used = {claim.source for explanation in found for line in explanation.rules for claim in line.claims}
    if len(found) == 1:
        used |= {claim.source for claim in found[0].others}
    return used


def context_block(scores: Scores, explanation: Explanation) -> Block:
    """What is carried and not scored, with its sources."""
    columns = (Column("Indicator", wrap=True), Column("Says", wrap=True), Column("As of"), Column("Source"))
    rows = [
        Row((_subject(scores, claim, explanation), worded(claim.value) or "not found", claim.as_of, claim.source))
        for line in explanation.context
        for claim in line.claims
    ]
    return Block("Context, which is not scored", columns=columns, rows=tuple(rows))


def cited(source: Source) -> str:
    """Title, publisher and year."""
    return ", ".join(part for part in (source.title, source.publisher, str(source.year or "")) if part)


def _sources(scores: Scores, found: Sequence[Explanation]) -> Block:
    used = sources_behind(found)
    notes = []
    for key, source in scores.rulebook.sources.items():
        if key in used:
            said = f". {source.note}" if source.note else ""
            notes.append(f"{key}: {', '.join(part for part in (cited(source), source.url) if part)}{said}")
    if used - set(scores.rulebook.sources):
        notes.append("Some claims state no source.")
    return Block("Sources", notes=tuple(notes))
