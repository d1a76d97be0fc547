"""What of the severities may be drawn: claims that may be wrong, inexact figures, and what is unknown."""

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
from exposure.scoring.inexact import Inexact, inexact
from exposure.scoring.selection import Selection
from exposure.scoring.severity import COMBINED, DERIVED, INHERITED, NOBODY, OWN, Cells, read_cells
from exposure.scoring.tree import Tree
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
    fill: Array
    """(units,): what the unknown is taken as by the rules; NaN where it is drawn or left out."""


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
        applies = ~np.isnan([read.cells.known for read in reads]).any(axis=0) & ~np.isnan(cells[name].known)
        fill, copies = _fill(cells[name], rulebook.policy(name), tree.scale), _copies(cells[name], latest)
        opened = _open(cells[name], reads, latest, found, "unknowns" in vary) & applies & ~copies & np.isnan(fill)
        at = np.flatnonzero(opened)
        leaves.append(
            Leaf(
                row=row,
                reads=reads,
                copies=np.flatnonzero(copies),
                made=_made(cells[name], latest),
                applies=applies,
                open=at,
                first=first,
                reach=_reach(cells[name], tree.scale),
                fill=fill,
            )
        )
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
        cells=read_cells(rule, indicator, latest, scale, claims),
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


def _fill(cells: Cells, policy: str, scale: float) -> Array:
    """(units,): what is scored where nothing is known, which a claim may narrow; an end where a claim proves wrong."""
    if policy == "exclude":
        return np.full(len(cells.x), np.nan)
    return np.where(np.isnan(cells.x), cells.filled, scale if policy == "worst" else 0.0)


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
