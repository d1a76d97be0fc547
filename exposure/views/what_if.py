"""`exposure what-if`: before and after something that is only supposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from exposure.analysis.diff import Move
from exposure.analysis.scenarios import Effect, of_scenario
from exposure.analysis.what_if import AssumedClaim, WhatIf
from exposure.observations.overlay import Assumption
from exposure.output.page import Block, Cell, Field, Page, filled, keys, recorded, table
from exposure.rulebook.conditions import WITHDRAWN
from exposure.rulebook.model import Scenario
from exposure.scoring.score import Scores, Standing
from exposure.text import NOTHING, joined, number, percent, sentence, signed, worded
from exposure.views.diff import cause_blocks, change_document, change_records, effects_said, movers
from exposure.views.standing import edition, heads


def whatif_page(
    what_if: WhatIf, scenarios: Sequence[Scenario], weights: dict[str, float], saved: str | None = None
) -> Page:
    """What is supposed, what it moves and why; CSV has a row for each part of a move, as `diff` has.

    `saved` names the file that the observations as they would be were written to.
    """
    changes = what_if.changes
    document = {
        **heads(changes.base, "what-if"),
        "scenarios": [recorded(SCENARIO, scenario) for scenario in scenarios],
        "assumed": [recorded(_ASSUMED, one) for one in what_if.assumed],
        "weights": weights,
        "contradictions": {
            "gone": [{"country": country, "rule": rule} for country, rule in what_if.gone],
            "new": [{"country": country, "rule": rule} for country, rule in what_if.new],
        },
        **change_document(changes),
    }
    supposed = [f"{one.country} {one.indicator} = {worded(one.value) or 'unknown'}" for one in what_if.assumed]
    supposed += [f"weight of {name} = {weight:g}" for name, weight in weights.items()]
    notes = (
        f"What if: {sentence('; '.join(supposed))}",
        effects_said(changes),
        f"Written to {saved}; what was read is untouched." if saved else "Nothing is written.",
    )
    name, label = changes.after.observations.gazetteer.name, changes.after.rulebook.label
    turned = [f"Gone: {name(country)}: {label(rule)}." for country, rule in what_if.gone]
    turned += [f"New: {name(country)}: {label(rule)}." for country, rule in what_if.new]
    about: list[Field[Scenario]] = [Field("id", "Scenario"), Field("", "What it is", _about, wrap=True)]
    blocks = (
        Block(changes.before.rulebook.index.title, edition(changes.before), notes=notes),
        table("Scenarios", about, scenarios),
        table("What is supposed", _ASSUMED, what_if.assumed),
        movers(changes),
        Block("Contradictions", notes=tuple(turned)),
    )
    return Page(document, change_records(changes), filled(*blocks, *cause_blocks(changes)))


_SET: tuple[Field[Assumption], ...] = keys("country", "indicator", "value")


def _level(scenario: Scenario) -> str:
    return f"{scenario.level} ({'stated' if scenario.stated else 'ours'})" if scenario.level else "none given"


def _set_together(scenario: Scenario) -> str:
    """What it sets, the countries of which it sets the same named together."""
    countries: dict[str, list[str]] = {}
    for one in of_scenario(scenario):
        countries.setdefault(f"{one.indicator} = {worded(one.value)}", []).append(one.country)
    return joined((f"{joined(codes)}: {what}" for what, codes in countries.items()), "; ")


SCENARIO: tuple[Field[Scenario], ...] = (
    Field("id", "Scenario"),
    Field("label", "What", wrap=True),
    Field("set", value=lambda scenario: [recorded(_SET, one) for one in of_scenario(scenario)]),
    Field("level", "Level", _level, wrap=True),
    Field("", "Sets", _set_together, drop=1, wrap=True),
    Field("stated"),
    Field("reacts", "Reacts", lambda scenario: joined(scenario.reacts), drop=2, wrap=True),
    Field("source", "After", lambda scenario: scenario.source or NOTHING, drop=3),
    *keys("where", "purpose", "expected", "why"),
)
"""A scenario as it stands in the rules."""


def described_block(scenarios: Sequence[Scenario]) -> Block:
    """What the sources say of the scenarios that they describe."""
    fields: list[Field[Scenario]] = [
        Field("", "Scenario", lambda one: one.label or one.id, wrap=True),
        Field("where", "Where", wrap=True),
        Field("purpose", "Purpose", wrap=True),
        Field("expected", "Expected", wrap=True),
    ]
    described = [one for one in scenarios if one.where or one.purpose or one.expected]
    return table("What the sources say of each scenario", fields, described, folded=True)


def _as_it_is(one: AssumedClaim) -> Cell:
    was = one.was
    said = f"{worded(was.value) or 'unknown'} ({joined((was.source, was.as_of))})" if was else "nobody looked"
    return Cell(said, "dim")


def _remark(one: AssumedClaim) -> Cell:
    known = one.was and one.was.value
    remark = "from unknown" if not known else "already so" if known == one.value else ""
    if one.replaces:
        remark = "in place of the claim of the same day"
    elif one.new:
        remark = "no other observation of this country: a partial row"
    elif one.value == WITHDRAWN:
        remark = "made unknown"
    return Cell(remark, "warn")


_ASSUMED: tuple[Field[AssumedClaim], ...] = (
    Field("country", "Country"),
    Field("indicator", "Indicator"),
    Field("", "As it is", _as_it_is, wrap=True),
    Field("value", "Supposed", lambda one: Cell(worded(one.value) or "unknown", "strong"), wrap=True),
    Field("", "", _remark, drop=1, wrap=True),
    Field("was", value=lambda one: (one.was and one.was.value) or None),
    Field("source", value=lambda one: (one.was and one.was.source) or None),
    Field("as_of", value=lambda one: (one.was and one.was.as_of) or None),
    Field("from_unknown", value=lambda one: not (one.was and one.was.value)),
    Field("new_country", value=lambda one: one.new),
)


def _about(scenario: Scenario) -> str:
    whose = "stated by the source" if scenario.stated else "ours"
    level = f"Level: {scenario.level} ({whose})" if scenario.level else ""
    reacts = f"Reacts: {joined(scenario.reacts)}" if scenario.reacts else ""
    told = (("Where", scenario.where), ("Purpose", scenario.purpose), ("Expected", scenario.expected))
    said = [f"{word}: {text}" for word, text in told if text]
    source = f"After: {scenario.source}" if scenario.source else ""
    return " ".join(map(sentence, filter(None, (scenario.label, level, reacts, *said, source, scenario.why))))


def scenarios_page(scores: Scores) -> Page:
    """The scenarios of the rules; CSV has a row for each value that one sets."""
    scenarios = scores.rulebook.scenarios
    records = [recorded(SCENARIO, scenario) for scenario in scenarios]
    note = (
        "Level: as the source states it, or ours. What a scenario sets is the reading of whoever wrote the rules, "
        "after the source and not in it. exposure what-if --scenario ID shows what one does."
    )
    if not scenarios:
        note = "The rules have no [[scenarios]]."
    block = table(scores.rulebook.index.title, SCENARIO, scenarios, [note], subtitle=edition(scores))
    rows = []
    for record in records:
        about = {key: value for key, value in record.items() if key not in ("set", "reacts")}
        rows += [{**about, "reacts": record["reacts"], **cell} for cell in record["set"]]
    return Page({**heads(scores, "what-if"), "scenarios": records}, rows, (block,))


class _Outcome(NamedTuple):
    """What one scenario does to each country; without one, where each stands."""

    scenario: Scenario | None
    moves: list[Move]


def _standings(scores: Scores) -> dict[str, Standing]:
    return {one.country: one for one in map(scores.standing, scores.selection.countries())}


def effects_page(scores: Scores, effects: Sequence[Effect]) -> Page:
    """Every scenario by itself; CSV has a row for each scenario and country."""
    now, then = _standings(scores), [_standings(effect.after) for effect in effects]
    codes = {*now}.union(*then)
    order = sorted(codes, key=lambda code: ((code in now and now[code].rank) or len(codes) + 1, code))

    def moves(before: dict[str, Standing], after: dict[str, Standing]) -> list[Move]:
        return [Move(code, "", "", before.get(code), after.get(code), (), 0, None) for code in order]

    outcomes = [_Outcome(effect.scenario, moves(now, after)) for effect, after in zip(effects, then, strict=True)]
    note = (
        "Each scenario by itself: how far the published score moves; a rise is more exposure. Scenarios set different "
        "things, more or fewer of them: --list says what, --scenario ID why, and several can be combined. In brackets: "
        "too little is known to rank it."
    )
    if not effects:
        note = "The rules have no [[scenarios]]."
    lines = [_Outcome(None, moves({}, now)), *outcomes] if effects else []
    block = table(scores.rulebook.index.title, _effect_fields(scores, order), lines, [note], subtitle=edition(scores))
    records, scenarios = list[dict[str, Any]](), list[dict[str, Any]]()
    for effect, outcome in zip(effects, outcomes, strict=True):
        countries = [_effect_record(effect, move, scores.tree.decimals) for move in outcome.moves]
        scenarios.append({**recorded(SCENARIO, effect.scenario), "countries": countries})
        records += countries
    return Page({**heads(scores, "what-if"), "scenarios": scenarios}, records, (block,))


def _effect_fields(scores: Scores, order: Sequence[str]) -> list[Field[_Outcome]]:
    decimals = scores.tree.decimals

    def moved(outcome: _Outcome, at: int) -> Cell:
        return _moved(outcome.moves[at], decimals)

    def besides(outcome: _Outcome) -> str:
        if outcome.scenario is None:
            return ""
        still = all(_moved(move, decimals).text in ("", NOTHING) for move in outcome.moves)
        turns = [*_turns(outcome.moves), *_unknown_before(scores, outcome.scenario)]
        return joined([*turns, "moves nothing" if still else ""])

    return [
        Field("", "Scenario", lambda one: one.scenario.id if one.scenario else Cell("as it is", "strong")),
        *(Field("", code, partial(moved, at=at), "right") for at, code in enumerate(order)),
        Field("", "Besides", besides, wrap=True),
    ]


def _turns(moves: Sequence[Move]) -> Iterator[str]:
    """Bands and ranks that are others, and who comes in."""
    for code, before, after in ((move.country, move.before, move.after) for move in moves):
        if after and not before:
            yield f"{code} comes in, {percent(after.coverage)} known"
        if not after or not before:
            continue
        if after.band != before.band and after.rank and before.rank:
            yield f"{code} {before.band} → {after.band}"
        if after.rank != before.rank:
            yield f"{code} rank {before.rank or NOTHING} → {after.rank or NOTHING}"


def _unknown_before(scores: Scores, scenario: Scenario) -> list[str]:
    """How many values of each country it sets of which nothing is known."""
    unknown: Counter[str] = Counter()
    observations, units = scores.observations, scores.selection.units
    for one in of_scenario(scenario):
        match = observations.gazetteer.find(one.country)
        if match is None or match.code not in units:
            continue
        row = int(scores.selection.effective(one.indicator)[units.index(match.code)])
        blank = row < 0 or not observations.text("value").at(row)
        unknown[match.code] += blank and (row < 0 or bool(np.isnan(observations.numbers("number")[row])))
    return [f"{code}: {count} from unknown" for code, count in unknown.items() if count]


def _moved(move: Move, decimals: int) -> Cell:
    """How far the score moves; of a country without one on a side, where it comes to stand."""
    if move.score is not None:
        return Cell(signed(move.score, decimals), "bad" if move.score > 0 else "good") if move.score else Cell("")
    if move.after is None or move.after.score is None:
        return Cell(NOTHING, "dim")
    score = number(move.after.score, decimals)
    return Cell(score, "strong") if move.after.rank else Cell(f"({score})", "dim")


def _effect_record(effect: Effect, move: Move, decimals: int) -> dict[str, Any]:
    old, new = move.before, move.after
    return {
        "scenario": effect.scenario.id,
        "country": move.country,
        "before": old and old.score,
        "after": new and new.score,
        "move": move.score and round(move.score, decimals),
        "move_exact": move.exact,
        "rank_before": old and old.rank,
        "rank_after": new and new.rank,
        "band_before": (old and old.band) or None,
        "band_after": (new and new.band) or None,
        "coverage": new and new.coverage,
    }
