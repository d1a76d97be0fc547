"""`exposure what-if`: before and after something that is only supposed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from exposure.analysis.claims import texts_at
from exposure.analysis.diff import standing
from exposure.analysis.scenarios import of_scenario
from exposure.output.page import Block, Cell, Column, Page, Row
from exposure.text import NOTHING, exact, joined, number, percent, sentence, signed, worded
from exposure.views.diff import cause_blocks, change_document, change_records, effects_said, movers
from exposure.views.head import edition, heads

if TYPE_CHECKING:
    from exposure.analysis.scenarios import Effect
    from exposure.analysis.what_if import AssumedClaim, WhatIf
    from exposure.output.page import Tone
    from exposure.rulebook.model import Scenario
    from exposure.scoring.score import Scores


def whatif_page(
    found: WhatIf, scenarios: Sequence[Scenario], weights: dict[str, float], saved: str | None = None
) -> Page:
    """What is supposed, what it moves and why; CSV has a row for each part of a move, as `diff` has.

    `saved` names the file that the observations as they would be were written to.
    """
    changes = found.changes
    document = {
        **heads(changes.before, "what-if"),
        "scenarios": [scenario_record(scenario) for scenario in scenarios],
        "assumed": [_assumed_record(one) for one in found.assumed],
        "weights": weights,
        "contradictions": {
            name: [{"country": country, "rule": rule} for country, rule in pairs]
            for name, pairs in (("gone", found.gone), ("new", found.new))
        },
        **change_document(changes),
    }
    moved = movers(changes)
    said = [_about(scenario) for scenario in scenarios]
    summary = Block(
        changes.before.rulebook.index.title,
        edition(changes.before),
        notes=(
            f"What if: {_supposed(found, weights)}",
            effects_said(changes),
            f"Written to {saved}; what was read is untouched." if saved else "Nothing is written.",
        ),
    )
    blocks = [summary, *(block for block in (_table_of(scenarios, said), _cells(found)) if block.rows)]
    blocks += [moved] if moved.rows else []
    blocks += [_turned(found)] if found.gone or found.new else []
    return Page(document, change_records(changes), (*blocks, *cause_blocks(changes)))


def _supposed(found: WhatIf, weights: dict[str, float]) -> str:
    cells = [f"{one.country} {one.indicator} = {worded(one.value) or 'unknown'}" for one in found.assumed]
    return sentence("; ".join(cells + [f"weight of {name} = {weight:g}" for name, weight in weights.items()]))


def scenario_record(scenario: Scenario) -> dict[str, Any]:
    """A scenario as JSON has it."""
    return {
        "id": scenario.id,
        "label": scenario.label,
        "set": _sets(scenario),
        "level": scenario.level or None,
        "stated": scenario.stated,
        "reacts": list(scenario.reacts),
        "source": scenario.source,
        "why": scenario.why or None,
    }


def _sets(scenario: Scenario) -> list[dict[str, str]]:
    return [{"country": one.country, "indicator": one.indicator, "value": one.value} for one in of_scenario(scenario)]


def _assumed_record(one: AssumedClaim) -> dict[str, Any]:
    return {
        "country": one.country,
        "indicator": one.indicator,
        "value": one.value or None,
        "was": (one.was.value or None) if one.was else None,
        "source": (one.was.source or None) if one.was else None,
        "as_of": (one.was.as_of or None) if one.was else None,
        "from_unknown": not (one.was and one.was.value),
        "new_country": one.new,
    }


def _cells(found: WhatIf) -> Block:
    columns = (
        Column("Country"),
        Column("Indicator"),
        Column("As it is", wrap=True),
        Column("Supposed", wrap=True),
        Column("", wrap=True, drop=1),
    )
    rows = []
    for one in found.assumed:
        was = one.was
        said = f"{worded(was.value) or 'unknown'} ({joined((was.source, was.as_of))})" if was else "nobody looked"
        value = Cell(worded(one.value) or "unknown", "strong")
        rows.append(Row((one.country, one.indicator, Cell(said, "dim"), value, Cell(_remark(one), "warn"))))
    return Block("What is supposed", columns=columns, rows=tuple(rows))


def _turned(found: WhatIf) -> Block:
    """Contradictions that come and go."""
    after = found.changes.after
    notes = []
    for said, pairs in (("Gone", found.gone), ("New", found.new)):
        for country, rule in pairs:
            name = after.observations.gazetteer.name(country)
            notes.append(f"{said}: {name}: {after.rulebook.label(rule)}.")
    return Block("Contradictions", notes=tuple(notes))


def _remark(one: AssumedClaim) -> str:
    if one.replaces:
        return "in place of the claim of the same day"
    if one.new:
        return "no other observation of this country: a partial row"
    if not one.value:
        return "made unknown"
    if not (one.was and one.was.value):
        return "from unknown"
    return "already so" if one.was.value == one.value else ""


def _table_of(scenarios: Sequence[Scenario], said: list[str]) -> Block:
    columns = (Column("Scenario"), Column("What it is", wrap=True))
    rows = [Row((scenario.id, text)) for scenario, text in zip(scenarios, said, strict=True)]
    return Block("Scenarios", columns=columns, rows=tuple(rows))


def _about(scenario: Scenario) -> str:
    reacts = f"Reacts: {joined(scenario.reacts)}" if scenario.reacts else ""
    source = f"After: {scenario.source}" if scenario.source else ""
    said = f"Level: {scenario.level} ({_whose(scenario)})" if scenario.level else ""
    parts = (scenario.label or "", said, reacts, source, scenario.why)
    return " ".join(sentence(part) for part in parts if part)


def _said_of_all(scenario: Scenario) -> str:
    """What it sets, the countries of which it sets the same named together."""
    found: dict[str, list[str]] = {}
    for one in of_scenario(scenario):
        found.setdefault(f"{one.indicator} = {worded(one.value)}", []).append(one.country)
    return joined((f"{joined(countries)}: {what}" for what, countries in found.items()), "; ")


def _whose(scenario: Scenario) -> str:
    return "stated by the source" if scenario.stated else "ours"


def scenarios_page(scores: Scores) -> Page:
    """The scenarios of the rules; CSV has a row for each value that one sets."""
    scenarios = scores.rulebook.scenarios
    records = [scenario_record(scenario) for scenario in scenarios]
    columns = (
        Column("Scenario"),
        Column("What", wrap=True),
        Column("Level", wrap=True),
        Column("Sets", wrap=True, drop=1),
        Column("Reacts", wrap=True, drop=2),
        Column("After", drop=3),
    )
    rows = []
    for scenario in scenarios:
        said = f"{scenario.level} ({'stated' if scenario.stated else 'ours'})" if scenario.level else "none given"
        what = (said, _said_of_all(scenario), joined(scenario.reacts), scenario.source or NOTHING)
        rows.append(Row((scenario.id, scenario.label or "", *what)))
    notes = (
        "Level: as the source states it, or ours. What a scenario sets is the reading of whoever wrote the rules, "
        "after the source and not in it. exposure what-if --scenario ID shows what one does.",
    )
    if not rows:
        notes = ("The rules have no [[scenarios]].",)
    block = Block(scores.rulebook.index.title, edition(scores), columns if rows else (), tuple(rows), notes)
    about = [{key: value for key, value in record.items() if key not in ("set", "reacts")} for record in records]
    flat = [
        {**said, "reacts": ";".join(one.reacts) or None, **cell}
        for one, said in zip(scenarios, about, strict=True)
        for cell in _sets(one)
    ]
    return Page({**heads(scores, "what-if"), "scenarios": records}, flat, (block,))


def effects_page(scores: Scores, effects: Sequence[Effect]) -> Page:
    """Every scenario by itself; CSV has a row for each scenario and country."""
    decimals = scores.tree.decimals
    order = sorted(
        {code for effect in effects for code in _countries(effect.after)} | set(_countries(scores)),
        key=lambda code: (_rank(scores, code) or len(scores.selection.units) + 1, code),
    )
    columns = (
        Column("Scenario"),
        *(Column(code, "right") for code in order),
        Column("Besides", wrap=True),
    )
    base = [_bracketed(scores, code, decimals) for code in order]
    rows = [Row((Cell("as it is", "strong"), *base, ""))]
    records = []
    for effect in effects:
        cells: list[Cell] = []
        turns = []
        for code in order:
            before, after = standing(scores, code), standing(effect.after, code)
            records.append(_effect_record(effect.scenario, code, scores, effect.after))
            cells.append(_moved(scores, effect.after, code, decimals))
            if after and before and after.band != before.band and after.rank and before.rank:
                turns.append(f"{code} {before.band} → {after.band}")
            if after and before and after.rank != before.rank:
                turns.append(f"{code} rank {before.rank or NOTHING} → {after.rank or NOTHING}")
            if after and not before:
                turns.append(f"{code} comes in, {percent(after.coverage)} known")
        turns += _unknown_before(scores, effect.scenario)
        if not any(cell.text and cell.text != NOTHING for cell in cells):
            turns.append("moves nothing")
        rows.append(Row((effect.scenario.id, *cells, joined(turns))))
    note = (
        "Each scenario by itself: how far the published score moves; a rise is more exposure. Scenarios set different "
        "things, more or fewer of them: --list says what, --scenario ID why, and several can be combined. In brackets: "
        "too little is known to rank it."
    )
    if not effects:
        rows, note = [], "The rules have no [[scenarios]]."
    block = Block(scores.rulebook.index.title, edition(scores), columns if rows else (), tuple(rows), (note,))
    document = {
        **heads(scores, "what-if"),
        "scenarios": [
            {
                **scenario_record(effect.scenario),
                "countries": [one for one in records if one["scenario"] == effect.scenario.id],
            }
            for effect in effects
        ],
    }
    return Page(document, records, (block,))


def _unknown_before(scores: Scores, scenario: Scenario) -> list[str]:
    """How many values of each country it sets of which nothing is known."""
    found: dict[str, int] = {}
    for one in of_scenario(scenario):
        match = scores.observations.gazetteer.find(one.country)
        if match is None or match.code not in scores.selection.units:
            continue
        row = int(scores.selection.effective(one.indicator)[scores.selection.units.index(match.code)])
        if row < 0 or (
            np.isnan(scores.observations.numbers("number")[row])
            and not texts_at(scores.observations.words("value"), np.asarray([row]))[0]
        ):
            found[match.code] = found.get(match.code, 0) + 1
    return [f"{code}: {count} from unknown" for code, count in found.items()]


def _countries(scores: Scores) -> list[str]:
    return [unit for unit, country in zip(scores.selection.units, scores.selection.is_country, strict=True) if country]


def _rank(scores: Scores, code: str) -> int:
    return int(scores.rank[scores.selection.units.index(code)]) if code in scores.selection.units else 0


def _of(scores: Scores, part: Literal["score", "exact"], code: str) -> float:
    units = scores.selection.units
    return float(getattr(scores, part)[units.index(code)]) if code in units else float(np.nan)


def _bracketed(scores: Scores, code: str, decimals: int) -> Cell:
    score = number(_of(scores, "score", code), decimals)
    return Cell(score, "strong") if _rank(scores, code) else Cell(f"({score})" if score != NOTHING else score, "dim")


def _moved(before: Scores, after: Scores, code: str, decimals: int) -> Cell:
    old, new = _of(before, "score", code), _of(after, "score", code)
    if np.isnan(new):
        return Cell(NOTHING, "dim")
    if np.isnan(old):
        return _bracketed(after, code, decimals)
    if old == new:
        return Cell("")
    rises: Tone = "bad" if new > old else "good"
    return Cell(signed(new - old, decimals), rises)


def _effect_record(scenario: Scenario, code: str, before: Scores, after: Scores) -> dict[str, Any]:
    old, new = standing(before, code), standing(after, code)
    moves = [_of(after, part, code) - _of(before, part, code) for part in ("score", "exact")]
    return {
        "scenario": scenario.id,
        "country": code,
        "before": old.score if old else None,
        "after": new.score if new else None,
        "move": exact(np.round(moves[0], before.tree.decimals)),
        "move_exact": exact(moves[1]),
        "rank_before": old.rank if old else None,
        "rank_after": new.rank if new else None,
        "band_before": old.band or None if old else None,
        "band_after": new.band or None if new else None,
        "coverage": new.coverage if new else None,
    }
