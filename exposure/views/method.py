"""How a score is made, in plain words, with every weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exposure.output.page import Block, Cell, Column, Row
from exposure.rulebook.model import method_and_floor
from exposure.text import percent, sentence
from exposure.views.standing import tone, what_is_drawn

if TYPE_CHECKING:
    from exposure.scoring.score import Scores

_METHODS = {
    "arithmetic": "the weighted mean of its parts",
    "geometric": "the weighted geometric mean of its parts, which a low part pulls down",
    "harmonic": "the weighted harmonic mean of its parts, which a low part pulls down hard",
    "inverted-geometric": "a weighted geometric mean that the worst part pulls up",
    "max": "its worst part",
    "min": "its best part",
}
_UNKNOWN = {
    "exclude": "left out, and the weights of the rest are scaled up: it counts neither as safe nor as exposed",
    "worst": "taken as full exposure",
    "best": "taken as no exposure",
}


def method_words(scores: Scores) -> tuple[str, ...]:
    """Paragraphs for a reader who has never seen a rules file."""
    index, scale = scores.rulebook.index, f"{scores.tree.scale:g}"
    said = [
        f"Every claim is an observation of one country with its date and its source. A rule turns the claim that "
        f"counts, the latest, into a severity from 0 (no exposure) to {scale} (full exposure). Rules belong to "
        f"dimensions; a dimension is {_METHODS[method_and_floor(index.aggregation)[0]]}, and so is the index, unless "
        "the rules say otherwise of a dimension.",
        f"What is unknown is {_UNKNOWN[index.missing]}.",
    ]
    if index.min_coverage:
        said.append(
            f"A country of which less than {percent(index.min_coverage)} of the weight is known gets a score but no "
            "rank."
        )
    said.append(
        "Low–high is an outer bound: every unknown, inexact or contested claim at its best and at its worst. The "
        "ranges of scores and ranks come from many draws, from a fixed seed, in which "
        f"{what_is_drawn(scores.rulebook.uncertainty) or 'nothing varies'}."
    )
    if index.judgement:
        said.append(sentence(index.judgement))
    return tuple(said)


def method_blocks(scores: Scores) -> tuple[Block, ...]:
    """Bands, weights with their reasons, and how each rule reads a claim."""
    return (*_bands(scores), _weights(scores), _readings(scores), *_contradictions(scores))


def _bands(scores: Scores) -> list[Block]:
    order = scores.rulebook.band_names()
    edges = [*(scores.rulebook.bands[name] for name in order), scores.tree.scale]
    rows = [
        Row((Cell(name, tone(name, scores.rulebook)), f"{edges[at]:g}", f"{edges[at + 1]:g}"))
        for at, name in enumerate(order)
    ]
    columns = (Column("Band"), Column("From", "right"), Column("To below", "right"))
    return [Block("Bands", columns=columns, rows=tuple(rows))] * bool(rows)


def _weights(scores: Scores) -> Block:
    columns = (Column("Part", wrap=True), Column("Share of the index", "right"), Column("Why so", wrap=True))
    rulebook, rows = scores.rulebook, []
    for part in scores.outline():
        why = (rulebook.rules if part.is_rule else rulebook.dimensions)[part.name].why
        cells = ("  " * part.depth + rulebook.label(part.name), f"{part.weight:.1%}", why)
        rows.append(Row(cells, "" if part.is_rule else "section"))
    return Block("Weights", columns=columns, rows=tuple(rows))


def _readings(scores: Scores) -> Block:
    scale = scores.tree.scale
    columns = (Column("Rule", wrap=True), Column("What it measures", wrap=True), Column("How it is read", wrap=True))
    leaves = dict(zip(scores.tree.rules, scores.tree.leaf_weights().tolist(), strict=True))
    rows = [
        Row((scores.rulebook.label(name), sentence(rule.definition) or "not defined", rule.described(scale)))
        for name, rule in scores.rulebook.rules.items()
        if leaves.get(name, 0) > 0
    ]
    return Block("What each rule measures", columns=columns, rows=tuple(rows), folded=True)


def _contradictions(scores: Scores) -> list[Block]:
    marked = {n: r for n, r in scores.rulebook.rules.items() if r.is_contradiction}
    notes = tuple(f"{scores.rulebook.label(n)}: {sentence(r.definition or 'not defined')}" for n, r in marked.items())
    return [Block("What counts as a contradiction", notes=notes)] * bool(notes)
