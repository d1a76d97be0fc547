"""The severities of every rule in a block of draws: which claims hold, which figures, and what the unknown is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from exposure.scoring.aggregate import Array
from exposure.scoring.doubts import Doubts, Leaf, Made, Places, Read, Uniforms
from exposure.scoring.inexact import severity_of
from exposure.scoring.selection import NO_LINE
from exposure.scoring.severity import INHERITED
from exposure.scoring.urn import Urn
from exposure.text import NEARLY


def drawn_leaves(doubts: Doubts, uniforms: Uniforms) -> list[Array]:
    """The severities of every rule in the order of the tree: (units, draws), or (units, 1) where nothing is drawn."""
    result = [x[:, None] for x in doubts.published]
    if not doubts.any:
        return result
    taken = doubts.candidates.taken(uniforms.claims)
    known = [_known(doubts, leaf, taken, uniforms) for leaf in doubts.leaves]
    urn = _urn(doubts, known, uniforms.claims.shape[1]) if doubts.open and doubts.like_known else None
    # All that is unknown before any of it is settled: countries made of entities take what was drawn of these.
    found = [_unknown(doubts, *one, taken, uniforms, urn) for one in zip(doubts.leaves, known, strict=True)]
    for leaf, value, cells in zip(doubts.leaves, known, found, strict=True):
        result[leaf.row] = _settled(doubts, leaf, value, cells, uniforms.claims.shape[1])
    return result


def _known(doubts: Doubts, leaf: Leaf, taken: Places, uniforms: Uniforms) -> Array:
    """(units, draws or 1): the severities that claims give, NaN where none does; of entities those of their country."""
    parts = [_part(doubts, read, taken, uniforms.inexact) for read in leaf.reads]
    value = parts[0]
    if leaf.reads[0].rule.conditions:
        false, value = parts[0] == 0, parts[0]
        for part in parts[1:]:
            false, value = false | (part == 0), np.minimum(value, part)
        value = np.where(false, 0.0, value)
    elif leaf.copies.size:
        value = value.copy()
    value[leaf.copies] = value[doubts.selection.parent[leaf.copies]]
    return value


def _part(doubts: Doubts, read: Read, taken: Places, within: Array) -> Array:
    """(units, draws or 1): what a rule makes of one indicator."""
    value = read.cells.x[:, None]
    if not len(read.at) and not len(read.inexact):
        return value
    value = np.repeat(value, taken.shape[1], axis=1)
    value[doubts.candidates.unit[read.at]] = read.x[taken[read.at]]
    if len(read.inexact):
        claims = doubts.inexact
        at, low, high = read.inexact, claims.low[read.inexact][:, None], claims.high[read.inexact][:, None]
        figures = low + (high - low) * within[at]
        severity = severity_of(read.rule, read.indicator, figures, doubts.selection, doubts.tree.scale)
        cell, counts = claims.cell[at], np.ones(figures.shape, bool)
        varies = cell != NO_LINE
        counts[varies] = taken[cell[varies]] == claims.claim[at][varies][:, None]
        which, draw = np.nonzero(counts)
        value[claims.unit[at][which], draw] = severity[which, draw]
    inherits = np.flatnonzero(read.cells.origin == INHERITED)
    value[inherits] = value[doubts.selection.parent[inherits]]
    return value


def _urn(doubts: Doubts, known: Sequence[Array], draws: int) -> Urn:
    """The urns, of what is known after the claims are drawn."""
    width = max(value.shape[1] for value in known)
    shape = (len(known), len(doubts.selection.units), width)
    values, shares = np.empty(shape), np.empty(shape)
    for at, (leaf, value) in enumerate(zip(doubts.leaves, known, strict=True)):
        values[at], shares[at] = value, ~np.isnan(value)
        if leaf.made:
            mean, share = _mean(doubts, leaf.made, value)
            values[at, leaf.made.country], shares[at, leaf.made.country] = mean, share
    return Urn(doubts.tree, [leaf.row for leaf in doubts.leaves], values, shares, draws)


def _mean(doubts: Doubts, made: Made, value: Array) -> tuple[Array, Array]:
    """(countries, …) each: what the entities with a value make of their countries, and their share."""
    parts = value[made.part]
    weight = made.share * ~np.isnan(parts)
    total = np.add.reduceat(weight, made.first)
    with np.errstate(divide="ignore", invalid="ignore"):
        if doubts.rollup == "max":
            mean = np.maximum.reduceat(np.where(np.isnan(parts), -np.inf, parts), made.first)
        else:
            mean = np.add.reduceat(weight * np.nan_to_num(parts), made.first) / total
    return np.where(total > 0, mean, np.nan), np.minimum(total / made.there, 1.0)


def _unknown(
    doubts: Doubts, leaf: Leaf, value: Array, taken: Places, uniforms: Uniforms, urn: Urn | None
) -> tuple[Places, Places, Array]:
    """Units, draws and severities of the cells of one rule that are drawn because they are unknown."""
    draws = taken.shape[1]
    made = np.isin(leaf.open, leaf.made.country)[:, None] if leaf.made else False
    unknown = np.broadcast_to(np.isnan(value[leaf.open]) | made, (len(leaf.open), draws))
    which, draw = np.nonzero(unknown)
    unit, number = leaf.open[which], uniforms.unknowns[leaf.first + which, draw]
    cell = unit * draws + draw
    least, most = leaf.reach
    found = urn.drawn(leaf.row, leaf.reach, unit, cell, number) if urn else least + number * (most - least)
    if leaf.reads[0].narrow:
        found = np.clip(found, *_ends(doubts, leaf, unit, draw, taken))
    if urn is not None:
        urn.join(cell, found)
    if leaf.reads[0].rule.conditions:
        # A combination holds or it does not.
        scale = doubts.tree.scale
        found = np.where(uniforms.undecided[leaf.first + which, draw] * scale < found, scale, 0.0)
    return unit, draw, found


def _ends(doubts: Doubts, leaf: Leaf, unit: Places, draw: Places, taken: Places) -> tuple[Array, Array]:
    """(cells,), (cells,): the least and the most that unknown cells can be by the claim that holds there."""
    read = leaf.reads[0]
    claim, cell = read.cells.claim[unit], np.full(len(doubts.selection.units), NO_LINE)
    cell[doubts.candidates.unit[read.at]] = read.at
    varies = cell[unit] != NO_LINE
    claim[varies] = taken[cell[unit[varies]], draw[varies]]
    return read.low[claim], read.high[claim]


def _settled(doubts: Doubts, leaf: Leaf, value: Array, found: tuple[Places, Places, Array], draws: int) -> Array:
    """(units, draws or 1): the severities with all that was drawn."""
    unit, draw, severity = found
    if not (len(unit) or leaf.made or leaf.copies.size) and np.isnan(leaf.fill).all():
        return value
    value = np.repeat(value, draws, axis=1) if len(unit) and value.shape[1] < draws else value.copy()
    rest = np.repeat(leaf.fill[:, None], value.shape[1], axis=1)
    rest[unit, draw] = severity
    value = np.where(np.isnan(value) & leaf.applies[:, None], rest, value)
    if leaf.made:
        mean, share = _mean(doubts, leaf.made, value)
        left = rest[leaf.made.country]
        if doubts.rollup == "max":
            filled = np.where(share < 1 - NEARLY, np.fmax(mean, left), mean)
        else:
            filled = np.where(share < 1 - NEARLY, np.nan_to_num(mean) * share + left * (1 - share), mean)
        value[leaf.made.country] = np.where(np.isnan(left), mean, filled)
    value[leaf.copies] = value[doubts.selection.parent[leaf.copies]]
    return value
