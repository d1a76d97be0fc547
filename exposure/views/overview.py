"""The whole at a glance: what to take away from a ranking, and what its pictures show, as tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from exposure.analysis.explain import contradictions
from exposure.output.page import Block, Cell, Column, Field, Row, table
from exposure.text import NOTHING, capital, joined, number, sentence, signed, span
from exposure.views.contributions import points_under
from exposure.views.standing import banded, ends

if TYPE_CHECKING:
    from exposure.analysis.scenarios import Effect
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores, Standing

_NAMED = 8
"""Countries that a sentence names; of more it gives the number."""


def findings(scores: Scores, ranges: RankRange, effects: Sequence[Effect]) -> tuple[str, ...]:
    """What a reader of one page should know, a sentence each."""
    standings = [scores.standing(unit) for unit in scores.in_order()]
    ranked = [one for one in standings if one.rank]
    bands = [f"{capital(band)}: {_listed(names)}" for band, names in by_band(scores, ranked).items() if names]
    said = [*_first_and_last(scores, ranked), *([f"By band. {'. '.join(bands)}."] if bands else [])]
    said += _firmness(ranked, ranges)
    if unranked := [f"{one.name} ({scores.why_unranked(one.unit)})" for one in standings if not one.rank]:
        said.append(f"Not ranked, which is not the same as safe: {_listed(unranked)}.")
    flags = contradictions(scores)
    if torn := [
        f"{one.name} ({joined(map(scores.rulebook.label, flags[one.unit]), '; ')})"
        for one in standings
        if flags[one.unit]
    ]:
        said.append(f"Contradictions: {_listed(torn)}.")
    said += _strongest(scores, ranked, effects)
    if scores.rulebook.index.judgement:
        said.append(sentence(scores.rulebook.index.judgement))
    return tuple(said) if standings else ("There are no countries to speak of.",)


def _listed(names: Sequence[str]) -> str:
    return joined(names) if len(names) <= _NAMED else f"{len(names)} countries"


def _first_and_last(scores: Scores, ranked: Sequence[Standing]) -> list[str]:
    said, decimals = [], scores.tree.decimals
    for end, word in ((0, "Most"), (-1, "Least")) if ranked else ():
        one = ranked[end]
        names = joined((other.name for other in ranked if other.rank == one.rank), " and ")
        band, reach = f", {one.band}" * bool(one.band), span(one.low, one.high, decimals)
        sure = f" ({reach} as the unknown turns out)" if names == one.name and one.low != one.high else ""
        score = f"{number(one.score, decimals)} of {scores.tree.scale:g}"
        said.append(f"{word} exposed of {len(ranked)} ranked: {names}, {score}{band}{sure}.")
    return said[: 1 if ranked and ranked[0].rank == ranked[-1].rank else 2]


def by_band(scores: Scores, ranked: Sequence[Standing]) -> dict[str, list[str]]:
    """The ranked countries of each band, the most exposed one first."""
    bands = reversed(scores.rulebook.band_names())
    return {band: [one.name for one in ranked if one.rank and one.band == band] for band in bands}


def _firmness(ranked: Sequence[Standing], ranges: RankRange) -> list[str]:
    if not any(ranges.low[one.unit] for one in ranked):
        return []
    loose = [one for one in ranked if ranges.low[one.unit] and ranges.low[one.unit] != ranges.high[one.unit]]
    if not loose:
        return ["Every rank is the same in nine of ten draws of all that is in doubt."]
    names = [f"{one.name} (rank {one.rank}, {ends(ranges, one.unit)})" for one in loose]
    others = " The other ranks hold." if len(loose) < len(ranked) else ""
    return [f"A rank depends on judgement, or on what is unknown, for {_listed(names)}.{others}"]


def _strongest(scores: Scores, ranked: Sequence[Standing], effects: Sequence[Effect]) -> list[str]:
    """The scenario that lowers a score most, and the one that raises one most."""
    moves = []
    for effect in effects:
        after = dict(zip(effect.after.selection.units, effect.after.score.tolist(), strict=True))
        name = effect.scenario.label or effect.scenario.id
        moves += [(after[one.country] - one.score, name, one.name) for one in ranked if one.score is not None]
    moves = [move for move in moves if not math.isnan(move[0])]
    said = []
    for pick, word in ((min, "lowers"), (max, "raises")):
        move, name, country = pick(moves, key=lambda one: one[0], default=(0.0, "", ""))
        if move and (move < 0) == (word == "lowers"):
            moved = signed(move, scores.tree.decimals)
            said.append(f"Of the scenarios, the one that {word} a score most: {name}, {country} {moved}.")
    return said


def points_block(scores: Scores) -> Block:
    """What each dimension at the top adds to every score: the bars as a table."""
    decimals = scores.tree.decimals
    top = [part.name for part in scores.dimensions() if not part.depth]
    standings = [scores.standing(unit) for unit in scores.in_order()]
    points = {one.unit: points_under(scores, one.unit, top) for one in standings}

    def under(at: int) -> Callable[[Standing], str]:
        return lambda one: NOTHING if one.score is None else number(points[one.unit][at], decimals)

    fields: list[Field[Standing]] = [
        Field("", "Country", lambda one: one.name),
        *(Field("", scores.rulebook.label(name), under(at), "right") for at, name in enumerate(top)),
        Field("", "Score", lambda one: Cell(number(one.score, decimals), "strong"), "right"),
        Field("", "Band", lambda one: banded(scores, one.unit)),
    ]
    note = "Points of the score by dimension. They add up to the score; in brackets: too little is known to rank it."
    return table("", fields, standings, [note])


def severities_block(scores: Scores) -> Block:
    """What each weighted rule makes of every country: the heat map as a table."""
    decimals, order = 0 if scores.tree.scale >= 100 else scores.tree.decimals, scores.in_order()
    codes = [scores.selection.units[unit] for unit in order]
    rows = []
    for part in scores.outline():
        units = order if part.is_rule else []
        applies = [not math.isnan(scores.cells[part.name].known[unit]) for unit in units]
        cells = [
            number(scores.cells[part.name].x[unit], decimals) if counts else "n/a"
            for unit, counts in zip(units, applies, strict=True)
        ]
        name = "  " * part.depth + scores.rulebook.label(part.name)
        rows.append(Row((name, *cells), "" if part.is_rule else "section"))
    missing = ", n/a does not apply" * any("n/a" in row.cells for row in rows)
    note = f"0 is no exposure, {scores.tree.scale:g} full; a dash is unknown, which is neither{missing}."
    columns = (Column("Rule", wrap=True), *(Column(code, "right") for code in codes))
    return Block("", "", columns, tuple(rows), (joined((note, named(scores, codes)), " "),))


def named(scores: Scores, codes: Sequence[str]) -> str:
    """Which country is meant by each code at the head of a column."""
    said = joined(f"{code} {scores.observations.gazetteer.name(code)}" for code in codes)
    return f"{said}." if said else ""
