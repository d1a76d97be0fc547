"""The whole at a glance: what to take away from a ranking, and what its pictures show, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from exposure.analysis.explain import contradictions
from exposure.output.page import Block, Cell, Column, Row
from exposure.text import NOTHING, joined, number, signed, span
from exposure.views.contributions import points_under
from exposure.views.pictures import in_order
from exposure.views.standing import banded, ends

if TYPE_CHECKING:
    from exposure.analysis.scenarios import Effect
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores

_NAMED = 8
"""Countries that a sentence names; of more it gives the number."""


def findings(scores: Scores, ranges: RankRange, effects: Sequence[Effect]) -> tuple[str, ...]:
    """What a reader of one page should know, a sentence each."""
    order = in_order(scores)
    ranked = [unit for unit in order if scores.ranked[unit]]
    said = [*_first_and_last(scores, ranked), *_by_band(scores, ranked), *_firmness(scores, ranked, ranges)]
    open_ = [unit for unit in order if not scores.ranked[unit]]
    if open_:
        names = [f"{scores.selection.names[unit]} ({scores.why_unranked(unit)})" for unit in open_]
        said.append(f"Not ranked, which is not the same as safe: {_listed(names, 'countries')}.")
    said += [*_torn(scores, order), *_strongest(scores, order, effects)]
    return tuple(said) or ("There are no countries to speak of.",)


def _listed(names: Sequence[str], what: str) -> str:
    return joined(names) if len(names) <= _NAMED else f"{len(names)} {what}"


def _first_and_last(scores: Scores, ranked: list[int]) -> list[str]:
    if not ranked:
        return []
    said = []
    for rank, word in ((scores.rank[ranked[0]], "Most"), (scores.rank[ranked[-1]], "Least")):
        units = [unit for unit in ranked if scores.rank[unit] == rank]
        names = joined((scores.selection.names[unit] for unit in units), " and ")
        score = number(float(scores.score[units[0]]), scores.tree.decimals)
        band = f", {scores.band[units[0]]}" if scores.band[units[0]] else ""
        reach = span(float(scores.low[units[0]]), float(scores.high[units[0]]), scores.tree.decimals)
        sure = f" ({reach} as the unknown turns out)" if len(units) == 1 and "–" in reach else ""
        said.append(f"{word} exposed of {len(ranked)} ranked: {names}, {score} of {scores.tree.scale:g}{band}{sure}.")
    return said[: 1 if scores.rank[ranked[0]] == scores.rank[ranked[-1]] else 2]


def _by_band(scores: Scores, ranked: list[int]) -> list[str]:
    edges = sorted(scores.rulebook.bands, key=lambda name: -scores.rulebook.bands[name])
    found = [(band, [scores.selection.names[unit] for unit in ranked if scores.band[unit] == band]) for band in edges]
    said = ". ".join(f"{band[:1].upper()}{band[1:]}: {_listed(names, 'countries')}" for band, names in found if names)
    return [f"By band. {said}."] * bool(said)


def _firmness(scores: Scores, ranked: list[int], ranges: RankRange) -> list[str]:
    loose = [unit for unit in ranked if ranges.low[unit] and ranges.low[unit] != ranges.high[unit]]
    if not ranked or not any(ranges.low[unit] for unit in ranked):
        return []
    if not loose:
        return ["Every rank is the same in nine of ten draws of weights, confidence and unknowns."]
    names = [f"{scores.selection.names[unit]} (rank {scores.rank[unit]}, {ends(ranges, unit)})" for unit in loose]
    others = " The other ranks hold." if len(loose) < len(ranked) else ""
    return [f"A rank depends on judgement, or on what is unknown, for {_listed(names, 'countries')}.{others}"]


def _torn(scores: Scores, order: list[int]) -> list[str]:
    flags = contradictions(scores)
    torn = [
        f"{scores.selection.names[unit]} ({joined((scores.rulebook.label(name) for name in flags[unit]), '; ')})"
        for unit in order
        if flags[unit]
    ]
    return [f"Contradictions: {_listed(torn, 'countries')}."] * bool(torn)


def _strongest(scores: Scores, order: list[int], effects: Sequence[Effect]) -> list[str]:
    """The scenario that lowers a score most, and the one that raises one most."""
    moves = []
    for effect in effects:
        units = {code: at for at, code in enumerate(effect.after.selection.units)}
        for unit in order:
            after = float(effect.after.score[units[scores.selection.units[unit]]])
            move = after - float(scores.score[unit])
            if not np.isnan(move) and scores.ranked[unit]:
                moves.append((move, effect.scenario.label or effect.scenario.id, scores.selection.names[unit]))
    said = []
    for pick, word in ((min, "lowers"), (max, "raises")):
        move, name, country = pick(moves, key=lambda one: one[0], default=(0.0, "", ""))
        if (move < 0) == (word == "lowers") and move:
            said.append(
                f"Of the scenarios, the one that {word} a score most: {name}, {country} "
                f"{signed(move, scores.tree.decimals)}."
            )
    return said


def points_block(scores: Scores) -> Block:
    """What each dimension at the top adds to every score: the bars as a table."""
    tree, decimals = scores.tree, scores.tree.decimals
    top = [name for name, one in scores.rulebook.dimensions.items() if one.parent is None]
    top = [name for name in top if any(node.name == name for node in tree.nodes)]
    columns = (Column("Country"), *(Column(scores.rulebook.label(name), "right") for name in top))
    rows = []
    for unit in in_order(scores):
        score = float(scores.score[unit])
        points = points_under(scores, unit, top)
        printed = [NOTHING if np.isnan(score) else number(part, decimals) for part in points]
        rows.append(
            Row((scores.selection.names[unit], *printed, Cell(number(score, decimals), "strong"), banded(scores, unit)))
        )
    note = "Points of the score by dimension. They add up to the score; in brackets: too little is known to rank it."
    return Block("", "", (*columns, Column("Score", "right"), Column("Band")), tuple(rows), (note,))


def severities_block(scores: Scores) -> Block:
    """What each weighted rule makes of every country: the heat map as a table."""
    decimals = 0 if scores.tree.scale >= 100 else scores.tree.decimals
    order, weights = in_order(scores), scores.tree.leaf_weights()
    columns = (Column("Rule", wrap=True), *(Column(scores.selection.units[unit], "right") for unit in order))
    rows = []
    for dimension in scores.rulebook.dimensions:
        inside = [
            (at, name)
            for at, name in enumerate(scores.tree.rules)
            if scores.rulebook.rules[name].dimension == dimension and weights[at] > 0
        ]
        if inside:
            rows.append(Row((scores.rulebook.label(dimension),), "section"))
        for _, name in inside:
            cells = [number(float(scores.cells[name].x[unit]), decimals) for unit in order]
            rows.append(Row(("  " + scores.rulebook.label(name), *cells)))
    note = f"0 is no exposure, {scores.tree.scale:g} full; a dash is unknown, which is neither."
    named = codes(scores, [scores.selection.units[unit] for unit in order])
    return Block("", "", columns, tuple(rows), (joined((note, named), " "),))


def codes(scores: Scores, heads: Sequence[str]) -> str:
    """Which country is meant by each code at the head of a column."""
    said = joined(f"{code} {scores.observations.gazetteer.name(code)}" for code in heads)
    return f"{said}." if said else ""
