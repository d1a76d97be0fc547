"""The severities of every rule in a block of draws: which claims hold, which figures, and what the unknown is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.rulebook.kinds.rule import Rule
from exposure.rulebook.model import Rulebook, Uncertainty
from exposure.scoring.aggregate import Array
from exposure.scoring.candidates import NOTHING, Candidates, candidates
from exposure.scoring.inexact import Inexact, inexact, severity_of
from exposure.scoring.selection import NO_LINE, Selection
from exposure.scoring.severity import COMBINED, DERIVED, INHERITED, NOBODY, OWN, Cells, read_cells
from exposure.scoring.tree import Tree
from exposure.scoring.urn import Urn
from exposure.text import NEARLY

Places = NDArray[np.int64]


class Uniforms(NamedTuple):
    """Numbers from 0 to 1 behind a block of draws, (…, draws); every choice apart, so that one can be exchanged."""

    claims: Array
    """(cells with candidates, draws)"""
    inexact: Array
    """(inexact claims, draws)"""
    unknowns: Array
    """(open cells, draws)"""
    undecided: Array
    """The same again, for combinations."""


class Read(NamedTuple):
    """One indicator as one rule reads it, before entities are rolled up."""

    rule: Rule
    indicator: str
    cells: Cells
    at: Places
    """The indicator's cells among those with candidates."""
    inexact: Places
    """The indicator's claims among the inexact."""
    x: Array
    low: Array
    high: Array
    """(claims + 1,) severity, and the ends of one that is unknown; the last is that of no claim."""
    narrow: bool
    """Whether any of these ends is inside the scale."""


class Made(NamedTuple):
    """Countries made of their entities."""

    country: Places
    part: Places
    """Entities with lines, country by country."""
    first: Places
    """(countries,): where the parts of each begin."""
    share: Array
    """(parts, 1)"""
    there: Array
    """(countries, 1): share of the entities that the rule applies to."""


class Leaf(NamedTuple):
    """One rule of some weight."""

    row: int
    """Its place in the tree."""
    reads: tuple[Read, ...]
    copies: Places
    """Entities that take what their country has."""
    made: Made | None
    applies: NDArray[np.bool_]
    """(units,)"""
    open: Places
    """Units that are drawn where they are unknown; of a country made of its entities what is left of it."""
    first: int
    """Where they begin among the open cells of all rules."""
    reach: tuple[float, float]
    """The least and the most that what is unknown may be: 0 and the scale, or as far out as what is known."""
    fill: float
    """What the unknown is taken as by the rules; NaN where it is drawn or left out."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Doubts:
    """What of the severities is drawn, and around what."""

    tree: Tree
    selection: Selection
    """Of the claims that stand."""
    leaves: tuple[Leaf, ...]
    """The dimensions deepest first and by name, in each the rules by name: no order of a file decides a draw."""
    published: Array
    """(rules, units): severities as scored."""
    candidates: Candidates
    inexact: Inexact
    open: int
    """Cells that may be unknown in a draw."""
    like_known: bool
    rollup: str

    @property
    def any(self) -> bool:
        """Whether anything of them is drawn."""
        return bool(self.open or len(self.candidates.unit) or len(self.inexact.claim))

    def uniforms(self, generator: np.random.Generator, count: int) -> Uniforms:
        """The numbers behind so many draws."""
        twice = self.open if any(leaf.reads[0].rule.conditions for leaf in self.leaves) else 0
        sizes = (len(self.candidates.unit), len(self.inexact.claim), self.open, twice)
        return Uniforms(*(generator.random((size, count)) for size in sizes))


def doubts(
    tree: Tree,
    cells: dict[str, Cells],
    published: Array,
    selection: Selection,
    rulebook: Rulebook,
    settings: Uncertainty,
    vary: Collection[str],
) -> Doubts:
    """What of the kinds `claims`, `unknowns` and `inexact` can be drawn of the severities."""
    latest = selection.latest()
    found = candidates(latest, settings) if "claims" in vary else NOTHING
    figures = inexact(latest, rulebook, found, "inexact" in vary)
    leaves: list[Leaf] = []
    first = 0
    for row in _in_order(tree):
        name, rule = tree.rules[row], rulebook.rules[tree.rules[row]]
        reads = tuple(_read(rule, one, latest, tree.scale, found, figures) for one in rule.reads(name))
        fill = {"exclude": np.nan, "worst": tree.scale, "best": 0.0}[rulebook.policy(name)]
        applies = ~np.isnan([read.cells.known for read in reads]).any(axis=0) & ~np.isnan(cells[name].known)
        copies = _copies(cells[name], latest)
        opened = _open(cells[name], reads, latest, found, "unknowns" in vary) & applies & ~copies & np.isnan(fill)
        at = np.flatnonzero(opened)
        made = _made(cells[name], latest)
        reach = _reach(cells[name], tree.scale)
        leaves.append(Leaf(row, reads, np.flatnonzero(copies), made, applies, at, first, reach, fill))
        first += len(at)
    return Doubts(
        tree=tree,
        selection=latest,
        leaves=tuple(leaves),
        published=published,
        candidates=found,
        inexact=figures,
        open=first,
        like_known=settings.unknowns == "like-known",
        rollup=rulebook.entities.rollup,
    )


def _in_order(tree: Tree) -> list[int]:
    depth = {tree.root: 0}
    place: dict[int, tuple[int, str]] = {}
    for at in range(len(tree.nodes) - 1, -1, -1):
        row = len(tree.rules) + at
        for child in tree.nodes[at].children:
            depth[child], place[child] = depth[row] + 1, (-depth[row], tree.nodes[at].name)
    weights = tree.leaf_weights()
    weighted = [row for row in range(len(tree.rules)) if weights[row] > 0]
    return sorted(weighted, key=lambda row: (place[row], tree.rules[row]))


def _read(rule: Rule, indicator: str, latest: Selection, scale: float, found: Candidates, figures: Inexact) -> Read:
    about, claims = latest.indicators.index(indicator), latest.severities_by(rule, indicator, scale)
    stated = np.isnan(claims.x) & ~np.isnan(claims.low) & (not rule.conditions)
    return Read(
        rule=rule,
        indicator=indicator,
        cells=read_cells(rule, indicator, latest, scale),
        at=np.flatnonzero(found.indicator == about),
        inexact=np.flatnonzero(figures.indicator == about),
        x=np.append(claims.x, np.nan),
        low=np.append(np.where(stated, claims.low, 0.0), 0.0),
        high=np.append(np.where(stated, claims.high, scale), scale),
        narrow=bool((stated & ((claims.low > 0) | (claims.high < scale)))[latest.indicator_of == about].any()),
    )


def _reach(cells: Cells, scale: float) -> tuple[float, float]:
    if cells.bounded or np.isnan(cells.x).all():
        return 0.0, scale
    return float(np.nanmin(cells.x)), float(np.nanmax(cells.x))


def _copies(cells: Cells, latest: Selection) -> NDArray[np.bool_]:
    """(units,): entities without an answer of their own, whose country has one or is drawn."""
    origin, nobody = cells.origin, cells.origin == NOBODY
    return np.asarray((origin == INHERITED) | (nobody & (latest.parent >= 0) & nobody[latest.parent]))


def _open(
    cells: Cells, reads: Sequence[Read], latest: Selection, found: Candidates, unknowns: bool
) -> NDArray[np.bool_]:
    """(units,): what is drawn where it is unknown: what no claim, or no right one, may say."""
    varies = np.zeros(len(cells.x), bool)
    for read in reads:
        own = np.zeros(len(varies), bool)
        own[found.unit[read.at]] = True
        varies |= np.where(read.cells.origin == INHERITED, own[latest.parent], own)
    unknown = np.isnan(cells.x)
    if unknowns:
        return np.where(cells.origin == DERIVED, cells.known < 1 - NEARLY, varies | unknown)
    return varies & ~unknown & (cells.origin != DERIVED)


def _made(cells: Cells, latest: Selection) -> Made | None:
    country = np.flatnonzero(cells.origin == DERIVED)
    if not len(country):
        return None
    parent, applies = latest.parent, ~np.isnan(cells.known)
    lined = np.isin(cells.origin, (OWN, COMBINED)) & np.isin(parent, country)
    part = np.flatnonzero(lined & applies)
    part = part[np.argsort(parent[part], kind="stable")]
    out = np.flatnonzero(lined & ~applies)
    gone = np.asarray(np.bincount(parent[out], latest.share[out], len(parent)), float)
    country = country[applies[country]]
    first = np.searchsorted(parent[part], country)
    there = 1.0 - gone[country]
    return Made(country, part, first, latest.share[part][:, None], there[:, None]) if len(country) else None


def drawn_leaves(doubts: Doubts, uniforms: Uniforms) -> list[Array]:
    """The severities of every rule in the order of the tree: (units, draws), or (units, 1) where nothing is drawn."""
    result = [x[:, None] for x in doubts.published]
    if not doubts.any:
        return result
    taken = doubts.candidates.taken(uniforms.claims)
    known = [_known(doubts, leaf, taken, uniforms) for leaf in doubts.leaves]
    urn = _urn(doubts, known, uniforms.claims.shape[1]) if doubts.open and doubts.like_known else None
    found = [_unknown(doubts, at, known[at], taken, uniforms, urn) for at in range(len(known))]
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
    doubts: Doubts, at: int, value: Array, taken: Places, uniforms: Uniforms, urn: Urn | None
) -> tuple[Places, Places, Array]:
    """Units, draws and severities of the cells of one rule that are drawn because they are unknown."""
    leaf, draws = doubts.leaves[at], taken.shape[1]
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
    if not (len(unit) or leaf.made or leaf.fill == leaf.fill or leaf.copies.size):
        return value
    value = np.repeat(value, draws, axis=1) if len(unit) and value.shape[1] < draws else value.copy()
    rest = np.full((len(value), value.shape[1]), leaf.fill)
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
