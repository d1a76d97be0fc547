"""`exposure explain`: why a country scores what it scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exposure.analysis.average import Against, each_against_average
from exposure.analysis.claims import STANDINGS, Claim, claims_at, sureness
from exposure.analysis.entities import Entities, entities
from exposure.analysis.explain import Explanation, RuleLine, explain
from exposure.analysis.support import support
from exposure.output.page import Block, Cell, Field, Page, filled, keys, recorded, table
from exposure.rulebook.model import Rulebook, Source
from exposure.scoring.ranking import RankRange
from exposure.scoring.score import Scores
from exposure.scoring.selection import CONTESTS, SEARCHED
from exposure.text import exact, joined, number, percent, sentence, signed, span, worded
from exposure.views.backing import rests_on, support_fields
from exposure.views.contributions import compared, contributions, entities_block, entities_record
from exposure.views.diff import CLAIM
from exposure.views.standing import STANDS, edition, ends, heads, likely

_MOST = 3
"""Rules that are named for lifting a score, and for lowering it."""


def explain_page(scores: Scores, units: Sequence[int], ranges: RankRange) -> Page:
    """One unit in full, or several side by side."""
    explanations = [explain(scores, unit) for unit in units]
    parts = [entities(scores, unit) for unit in units]
    against = each_against_average(scores, units)
    records = [_record(scores, *one) for one in zip(explanations, parts, against, strict=True)]
    rows = [{"country": record["country"], **rule} for record in records for rule in record["rules"]]
    blocks = [_side_by_side(scores, explanations, ranges)]
    if len(explanations) == 1:
        blocks = explained(scores, explanations[0], ranges, parts[0], against[0])
    blocks += [_definitions(scores.rulebook), _sources(scores, explanations)]
    return Page({**heads(scores, "explain"), "countries": records}, rows, filled(*blocks))


def _record(scores: Scores, explanation: Explanation, parts: Entities | None, against: Against) -> dict[str, Any]:
    (rests,) = support(scores, [explanation.unit])
    one, rulebook, rules = scores.standing(explanation.unit), scores.rulebook, _rule_fields(scores.rulebook)
    return {
        **recorded((*keys("country", "name"), *STANDS), one),
        "layers": {layer: exact(values[one.unit]) for layer, values in scores.layers.items()},
        "entities": parts and entities_record(scores, parts),
        "rules": [recorded(rules, line) for line in explanation.rules],
        "unknown": [line.rule for line in explanation.unknown],
        "contradictions": [
            {"rule": name, "label": rulebook.label(name), "definition": rulebook.rules[name].definition}
            for name in explanation.contradictions
        ],
        "against_average": against._asdict(),
        "support": rests and recorded(support_fields(scores)[1:], rests),
        "other_claims": [recorded(CLAIM, claim) for claim in explanation.others],
        "context": [
            {"indicator": line.rule, **recorded(CLAIM, claim)} for line in explanation.context for claim in line.claims
        ],
    }


def _rule_fields(rulebook: Rulebook) -> list[Field[RuleLine]]:
    def ruled(name: str) -> Field[RuleLine]:
        return Field(name, value=lambda line: getattr(rulebook.rules[line.rule], name))

    def claimed(name: str, by: str = ", ") -> Field[RuleLine]:
        return Field(name, value=lambda line: joined((getattr(claim, name) for claim in line.claims), by) or None)

    return [
        Field("rule"),
        Field("label", value=lambda line: rulebook.label(line.rule)),
        *map(ruled, ("definition", "why", "dimension", "layer")),
        Field("value"),
        *map(claimed, ("as_of", "source", "confidence")),
        claimed("note", " | "),
        *keys("origin", "severity"),
        Field("severity_low", value=lambda line: line.low),
        Field("severity_high", value=lambda line: line.high),
        *keys("applies", "imputed", "weight", "points"),
    ]


def _summary(scores: Scores, explanation: Explanation, ranges: RankRange) -> Block:
    one, decimals = scores.standing(explanation.unit), scores.tree.decimals
    unranked = scores.why_unranked(one.unit)
    title = f"{one.name}: {number(one.score, decimals)} of {scores.tree.scale:g}"
    title += f", {one.band}" if one.band and not unranked else ""
    if one.rank:
        places = ends(ranges, one.unit).replace("–", " to ")
        title += f", rank {one.rank} of {int(scores.ranked.sum())}" + f", likely {places}" * bool(places)
    notes = [f"Not ranked: {unranked}."] if unranked else []
    if one.part_of:
        notes = [f"Part of {scores.observations.gazetteer.name(one.part_of)}; described, not ranked."]
    bounds = f"Bounds {span(one.low, one.high, decimals)}: every unknown and contested claim at its ends. "
    notes.append(bounds * (one.low is not None) + f"{percent(one.coverage)} of the weight is known.")
    if ranges.draws:
        notes.append(f"In nine of ten draws the score is {likely(ranges, one.unit, decimals)}.")
    (rests,) = support(scores, [one.unit])
    notes += [rests_on(rests)] if rests else []
    if scores.layers:
        layers = ", ".join(f"{name} {number(values[one.unit], decimals)}" for name, values in scores.layers.items())
        notes.append(f"By layer: {layers}.")
    context = [
        f"{scores.observations.indicators[line.rule].label}: {worded(line.value) or 'unknown'}"
        for line in explanation.context
        if line.claims
    ]
    if context:
        notes.append(sentence(f"Context, not scored. {'; '.join(context)}"))
    return Block(title, f"{scores.rulebook.index.title}; {edition(scores)}", notes=tuple(notes))


def explained(
    scores: Scores, explanation: Explanation, ranges: RankRange, parts: Entities | None, against: Against
) -> list[Block]:
    """All that is said of one unit and its entities, some of it perhaps nothing; the first block sums it up."""
    lines = {line.rule: line for line in explanation.rules}
    flagged = tuple(_flagged(scores, lines[name], explanation) for name in explanation.contradictions)
    unknown = [(line.imputed, _unknown_note(scores, line, explanation)) for line in explanation.unknown]
    left_out, taken = (tuple(note for imputed, note in unknown if imputed is taken) for taken in (False, True))
    return [
        _summary(scores, explanation, ranges),
        _against_average(scores, explanation, against),
        contributions(scores, explanation),
        *([entities_block(scores, explanation.unit, parts)] if parts else []),
        Block("Contradictions", notes=flagged),
        Block("Unknown, and counted neither as safe nor as exposed", notes=left_out),
        Block("Unknown, and counted as the rules say", notes=taken),
        table("Claims that do not count", _claim_fields(scores, explanation), explanation.others),
        _notes_on_claims(scores, explanation),
    ]


def _against_average(scores: Scores, explanation: Explanation, against: Against) -> Block:
    """The rules that lift the score most above that of the average country, and those that lower it most."""
    score = exact(scores.exact[explanation.unit])
    if score is None or against.average is None or int(scores.ranked.sum()) < 2:
        return Block()
    decimals, label = scores.tree.decimals, scores.rulebook.label
    least = 10.0**-decimals / 2
    parts = sorted((value or 0.0, name) for name, value in against.parts.items())
    lowering = [f"{label(name)} {signed(value, decimals)}" for value, name in parts[:_MOST] if value <= -least]
    lifting = [f"{label(name)} {signed(value, decimals)}" for value, name in parts[: -_MOST - 1 : -1] if value >= least]
    said = [f"{word} most: {joined(names)}." for word, names in (("Lift", lifting), ("Lower", lowering)) if names]
    away, average = signed(score - against.average, decimals), number(against.average, decimals)
    return Block("Against the average", notes=(f"{away} against the {average} of the average country.", *said))


def _flagged(scores: Scores, line: RuleLine, explanation: Explanation) -> str:
    said = [
        f"{_subject(scores, claim, explanation)} is {worded(claim.value) or 'unknown'}"
        f"{_stated(claim.source, claim.as_of, claim.confidence)}"
        for claim in line.claims
    ]
    rulebook = scores.rulebook
    return f"{rulebook.label(line.rule)}: {sentence(rulebook.rules[line.rule].definition)} {'; '.join(said)}."


def _subject(scores: Scores, claim: Claim, explanation: Explanation) -> str:
    """What a claim is about; whom too, where that is not the unit explained."""
    about = scores.observations.indicators[claim.indicator].label
    if claim.country == scores.selection.units[explanation.unit]:
        return about
    return f"{about} ({scores.observations.gazetteer.name(claim.country)})"


def _stated(*parts: str) -> str:
    """Source, date and the like behind a statement; nothing where none is given."""
    given = ", ".join(filter(None, parts))
    return f" ({given})" if given else ""


def _unknown_note(scores: Scores, line: RuleLine, explanation: Explanation) -> str:
    name = scores.rulebook.label(line.rule)
    taken = f" Taken as {scores.rulebook.policy(line.rule)}." if line.imputed else ""
    if scores.rulebook.rules[line.rule].conditions:
        return f"{name}: not all of its conditions are known.{taken}"
    read, home = scores.rulebook.rules[line.rule].reads(line.rule), scores.selection.units[explanation.unit]
    searched = [
        claim for claim in explanation.others if claim.indicator in read and claim.standing == STANDINGS[SEARCHED]
    ]
    said = [
        ("" if claim.country == home else f"{scores.observations.gazetteer.name(claim.country)}: ")
        + (claim.note.rstrip(" .") or worded(claim.value) or "looked for and not found")
        + _stated(claim.source, claim.as_of)
        for claim in (*line.claims, *searched)
    ]
    return f"{name}: {sentence('; '.join(said) or 'nobody has looked')}{taken}"


def _claim_fields(scores: Scores, explanation: Explanation) -> list[Field[Claim]]:
    def why_not(claim: Claim) -> Cell:
        if claim.standing != STANDINGS[CONTESTS]:
            return Cell(claim.standing, "dim")
        unit = scores.selection.units.index(claim.country)
        (winner,) = claims_at(scores, scores.selection.line(claim.indicator)[[unit]])
        less = "contests, less sure" if sureness(claim) < sureness(winner) else "contests, as sure"
        return Cell("agrees" if winner.value == claim.value else less, "warn")

    return [
        Field("indicator", "Indicator", lambda claim: _subject(scores, claim, explanation), wrap=True),
        Field("value", "Says", lambda claim: worded(claim.value) or "not found", wrap=True),
        Field("as_of", "As of"),
        Field("source", "Source", drop=1),
        Field("confidence", "Sure", drop=2),
        Field("standing", "Why not", why_not),
        Field("note", "Note", wrap=True, drop=3),
    ]


def _notes_on_claims(scores: Scores, explanation: Explanation) -> Block:
    notes = [
        f"{_subject(scores, claim, explanation)}: {sentence(claim.note)}{f' [{claim.source}]' if claim.source else ''}"
        for line in explanation.rules
        if line.severity is not None and not scores.rulebook.rules[line.rule].conditions
        for claim in line.claims
        if claim.note
    ]
    return Block("Notes on the claims that count", notes=tuple(dict.fromkeys(notes)))


def _side_by_side(scores: Scores, explanations: Sequence[Explanation], ranges: RankRange) -> Block:
    notes = []
    for explanation in explanations:
        summary, name = _summary(scores, explanation, ranges), scores.selection.names[explanation.unit]
        notes.append(" ".join((f"{summary.title}.", *summary.notes)))
        notes += [f"! {name}: {scores.rulebook.label(rule)}." for rule in explanation.contradictions]
    return compared(scores, explanations)._replace(
        title=scores.rulebook.index.title, subtitle=edition(scores), notes=tuple(notes)
    )


def _definitions(rulebook: Rulebook) -> Block:
    notes = [
        f"{rulebook.label(name)}: {sentence(rule.definition or 'not defined')}"
        for name, rule in rulebook.rules.items()
        if not rule.is_contradiction
    ]
    return Block("What each rule measures", notes=tuple(filter(None, (*notes, rulebook.index.judgement))))


def sources_behind(rulebook: Rulebook, explanations: Sequence[Explanation]) -> set[str]:
    """The keys of the sources behind them and their compilations, empty for claims that state none."""
    used = {claim.source for explanation in explanations for line in explanation.rules for claim in line.claims}
    if len(explanations) == 1:
        used |= {claim.source for claim in explanations[0].others}
    compiled = (rulebook.sources[key].compiled_from for key in used if key in rulebook.sources)
    return used.union(*compiled)


def context_block(scores: Scores, explanation: Explanation) -> Block:
    """What is carried and not scored, with its sources."""
    fields = [field._replace(drop=0) for field in _claim_fields(scores, explanation)[:4]]
    claims = [claim for line in explanation.context for claim in line.claims]
    return table("Context, which is not scored", fields, claims)


def cited(source: Source) -> str:
    """Title, publisher and year."""
    return ", ".join(filter(None, (source.title, source.publisher, str(source.year or ""))))


def _sources(scores: Scores, explanations: Sequence[Explanation]) -> Block:
    used = sources_behind(scores.rulebook, explanations)
    notes = [
        f"{key}: {', '.join(filter(None, (cited(source), source.url)))}{f'. {source.note}' if source.note else ''}"
        for key, source in scores.rulebook.sources.items()
        if key in used
    ]
    if used - set(scores.rulebook.sources):
        notes.append("Some claims state no source.")
    return Block("Sources", notes=tuple(notes))
