"""Severities of families as they stand when only some parts of a change are made, all of them worked out at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.attribution.pairing import AFTER, BEFORE
from exposure.analysis.attribution.parts import Change, Family
from exposure.observations.cells import UNDATED
from exposure.rulebook.kinds.rule import ClaimSeverities, Rule
from exposure.scoring.inexact import Figures
from exposure.scoring.selection import NO_LINE, Selection
from exposure.scoring.severity import severities

Array = NDArray[np.float64]
Bits = NDArray[np.bool_]

_CELLS = 1 << 20
"""Cells of copies that are worked out together: bounds the memory."""


class Block(NamedTuple):
    """Copies of one family."""

    family: Family
    made: Bits
    """(copies, parts): which parts of the change are made in each."""


class Packing:
    """The copies of one family in which every rule finds the ways its own parts can stand.

    What one rule does not depend on is free for others, so that rules of other parts share their copies.
    """

    def __init__(self, parts: int) -> None:
        self._rows = [np.zeros(parts, bool), np.ones(parts, bool)]
        self._taken = np.zeros(parts, bool)
        self._placed: dict[tuple[tuple[int, ...], bytes], NDArray[np.int64]] = {}

    @property
    def made(self) -> Bits:
        """(copies, parts): which parts are made in each copy, none in the first and all in the second."""
        return np.asarray(self._rows)

    def place(self, parts: tuple[int, ...], ways: Bits) -> NDArray[np.int64]:
        """(ways,): the copy in which these parts stand in each of the ways (ways, parts)."""
        if (key := (parts, ways.tobytes())) not in self._placed:
            at = list(parts)
            start = len(self._rows) if self._taken[at].any() else 2
            self._taken[at] = True
            self._rows += [np.zeros(len(self._taken), bool) for _ in range(start + len(ways) - len(self._rows))]
            for row, way in zip(self._rows[start:], ways, strict=False):
                row[at] = way
            self._placed[key] = start + np.arange(len(ways))
        return self._placed[key]


@dataclass(frozen=True, eq=False, repr=False)
class Copies(Selection):
    """A selection that never was: copies of families one after another, each measured against its own peers."""

    blocks: tuple[Block, ...]
    figures: Mapping[int, Array]
    """Indicator of those kept → (sides, units): as `Change.peer_figures`."""

    @cached_property
    def unit_of(self) -> NDArray[np.int64]:
        """(claims,): each cell with a claim has one of its own."""
        return np.nonzero(self.own != NO_LINE)[1]

    @cached_property
    def indicator_of(self) -> NDArray[np.int64]:
        """(claims,): as `unit_of`."""
        return np.nonzero(self.own != NO_LINE)[0]

    def latest(self) -> Selection:
        """Itself: it holds no other claims."""
        return self

    def severities_by(self, rule: Rule, indicator: str, scale: float) -> ClaimSeverities:
        """Severity of the claims, those of every copy among the peers that it has."""
        if not rule.among_peers:
            return super().severities_by(rule, indicator, scale)
        row = self.indicators.index(indicator)
        x, start = np.full(len(self.unit_of), np.nan), 0
        for family, made in self.blocks:
            on = family.on(row)
            of_peers = [len(family.cells) + at for at, moved in enumerate(family.peers) if moved == row]
            done: dict[bytes, Array] = {}
            for copy in made:
                claims = self.own[row, start : start + len(family.units)]
                claims = claims[claims != NO_LINE]
                way = copy[[*(part for part, _ in on), *of_peers]].tobytes()
                if way not in done and len(claims):
                    peers = self.figures[row][int(copy[of_peers].any())].copy()
                    peers[list(family.units)] = self.figures[row][BEFORE, list(family.units)]
                    for part, unit in on:
                        peers[unit] = self.figures[row][int(copy[part]), unit]
                    figures = {name: column[claims] for name, column in self.numbers.items()}
                    among = Figures(figures, ([], np.zeros(0, np.int32)), peers[~np.isnan(peers)])
                    done[way] = rule.severities(indicator, among, scale).x
                if len(claims):
                    x[claims] = done[way]
                start += len(family.units)
        return ClaimSeverities(x, x, x)


class Table(NamedTuple):
    """The severities of all copies, with the shares of them that are known and that count.

    Each (rules sides, settings sides, rules, units).

    A side that need not be told apart from the other has no place of its own.
    """

    x: Array
    """As scored; NaN where left out or the rule is not there."""
    known: Array
    counted: Array


def table_of(change: Change, blocks: Sequence[Block]) -> Table:
    """The severities of these copies, block after block and copy after copy, in the order of `change.rules`."""
    sides = (change.differing("rule"), change.differing("settings"))
    total = sum(len(block.made) * len(block.family.units) for block in blocks)
    x = np.full((len(sides[0]), len(sides[1]), len(change.rules), total), np.nan)
    known, counted = np.zeros_like(x), np.ones_like(x)
    for at_settings, settings in enumerate(sides[1]):
        start = 0
        for chunk in _chunks(change, blocks):
            selection = _copies(change, settings, chunk)
            end = start + len(selection.units)
            for at_rules, rules in enumerate(sides[0]):
                book, under = change.pairing.rulebooks[rules], change.pairing.rulebooks[settings]
                kept = {name: book.rules[name] for name in change.rules if name in book.rules}
                of_both = under.model_copy(update={"rules": kept})
                cells = severities(selection, of_both)
                for at, name in enumerate(change.rules):
                    if name in cells:
                        where = (at_rules, at_settings, at, slice(start, end))
                        one = cells[name]
                        x[where], known[where], counted[where] = one.filled, one.known, one.counted
            start = end
    return Table(x, known, counted)


def _chunks(change: Change, blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """The same copies in the same order, as many at a time as the memory bears."""
    room, chunk, units = max(1, _CELLS // len(change.pairing.indicators)), list[Block](), 0
    for family, made in blocks:
        most = max(1, room // len(family.units))
        for piece in (made[at : at + most] for at in range(0, len(made), most)):
            if chunk and units + len(piece) * len(family.units) > room:
                yield chunk
                chunk, units = [], 0
            chunk.append(Block(family, piece))
            units += len(piece) * len(family.units)
    if chunk:
        yield chunk


def _copies(change: Change, settings: int, blocks: Sequence[Block]) -> Copies:
    pairing = change.pairing
    parent, share = pairing.parents(settings)
    owns, parents, shares, start = [], [], [], 0
    for family, made in blocks:
        units, count = list(family.units), len(made)
        place = {unit: at for at, unit in enumerate(units)}
        own = np.repeat(pairing.own[BEFORE][:, None, units], count, axis=1)
        if family.cells:
            rows, at = (np.asarray(column) for column in zip(*family.cells, strict=True))
            after = pairing.own[AFTER][rows, at][:, None]
            inside = [place[unit] for unit in at.tolist()]
            # What counts and says the same may stand on another line: that moves nothing.
            own[rows, :, inside] = np.where(made.T[: len(rows)], after, own[rows, :, inside])
        kin = np.asarray([place.get(int(parent[unit]), -1) for unit in units])
        starts = start + np.arange(count)[:, None] * len(units)
        parents.append(np.where(kin < 0, -1, kin + starts).ravel())
        shares.append(np.tile(share[units], count))
        owns.append(own.reshape(len(own), -1))
        start += count * len(units)
    own = np.concatenate(owns, axis=1)
    there = own != NO_LINE
    numbered = np.where(there, there.cumsum().reshape(there.shape) - 1, NO_LINE)
    return Copies(
        observations=pairing.claims.taken(own[there]),
        units=("",) * start,
        names=("",) * start,
        parent=np.concatenate(parents),
        share=np.concatenate(shares),
        indicators=pairing.indicators,
        own=numbered,
        contested=numbered[there],
        as_of="",
        limit=UNDATED,
        blocks=tuple(blocks),
        figures=change.peer_figures,
    )
