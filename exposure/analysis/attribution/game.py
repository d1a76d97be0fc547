"""Why a score moved: the move shared out among the cells, weights, rules and peers that changed.

The score of a country is a function of the parts that are taken from after the change while the rest is taken from
before; each part has its Shapley share of it. A severity depends on few parts: the severities of a rule are worked out
once for each way in which those few can stand, those of all countries together. Where the score is a sum of severities
with fixed weights, so are the shares; else the tree is evaluated for every subset of the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.attribution.copies import Block, Packing, Table, table_of
from exposure.analysis.attribution.pairing import AFTER, BEFORE, Pairing
from exposure.analysis.attribution.parts import Change, Kind, Player
from exposure.analysis.attribution.shapley import MOST_EXACT, Subsets, shapley, subsets, summing_to
from exposure.errors import ExposureError
from exposure.scoring.tree import Tree, coverage, evaluate, thin

Array = NDArray[np.float64]
Bits = NDArray[np.bool_]

MOST_PARTS = 3_000
"""Parts among which one move is shared out at most: a country whose thousand entities differ in three indicators."""
_NOTHING = 1e-12
"""Points that are no part's doing: less than NEARLY, since a thousand parts of so little are a move still."""


class Part(NamedTuple):
    """What one part of a change did to one score."""

    kind: Kind
    what: str
    value: float
    """Points of score, full precision."""


class Attribution(NamedTuple):
    """A move of one score, shared out."""

    parts: tuple[Part, ...]
    """The largest first; they add up to the move exactly."""
    orders: int
    """0 where the shares are exact, else how many orders they were averaged over."""


def attributions(pairing: Pairing, codes: Collection[str] | None = None) -> dict[str, Attribution]:
    """For every unit that has a score on both sides, and that something may have moved, why it moved.

    Of these units alone, if any are given.
    """
    before, after = (dict(zip(one.selection.units, one.exact.tolist(), strict=True)) for one in pairing.scores)
    moves = {code: after[code] - old for code, old in before.items() if not np.isnan(after.get(code, np.nan) - old)}
    games = games_of(pairing, {*moves} if codes is None else moves.keys() & {*codes})
    return {(code := pairing.units[game.unit]): _shared_out(game, moves[code]) for game in games}


def _shared_out(game: Game, move: float) -> Attribution:
    shares, orders = game.by_weights(), 0
    if shares is None:
        value = game.values(game.subsets.made)
        # Parts that leave nothing known leave no score: then nothing has moved yet.
        shares = shapley(np.where(np.isnan(value), value[0], value), game.subsets)
        orders = 0 if game.subsets.orders is None else len(game.subsets.orders)
    shares = np.where(np.abs(shares) < _NOTHING, 0.0, shares)
    if not shares.any():
        # What is left of a move that no part made is rounding, and nobody's doing.
        return Attribution((), orders)
    shares = summing_to(shares, move)
    parts = [Part(*player, float(share)) for player, share in zip(game.players, shares, strict=True) if share]
    return Attribution(tuple(sorted(parts, key=lambda part: (-abs(part.value), part.kind, part.what))), orders)


def games_of(pairing: Pairing, codes: set[str]) -> list[Game]:
    """A game for each of these units that something may have moved."""
    change = Change(pairing)
    linear, games, blocks, start = _Linear(change), list[Game](), list[Block](), 0
    for family in change.families(codes):
        packing = Packing(len(family.cells) + len(family.peers))
        cells = (Player("data", f"{pairing.units[unit]} {pairing.indicators[row]}") for row, unit in family.cells)
        named = [*cells, *(Player("peers", pairing.indicators[row]) for row in family.peers)]
        mine = []
        for place, unit in enumerate(family.units):
            if pairing.units[unit] not in codes:
                continue
            reached = change.reaching(family, unit)
            parts = sorted({part for of_rule in reached.values() for part in of_rule})
            number = {part: at for at, part in enumerate(parts)}
            rules = {name: tuple(number[part] for part in of_rule) for name, of_rule in reached.items()}
            game = Game(change, linear, unit, (*(named[part] for part in parts), *change.rule_players), rules)
            if game.players:
                game.pack(packing, parts)
                game.columns = (start + place, len(family.units))
                mine.append(game)
        if mine:
            blocks.append(Block(family, packing.made))
            start += len(packing.made) * len(family.units)
            games += mine
    table = table_of(change, blocks)
    for game in games:
        game.table = table
    return games


@dataclass(eq=False)
class Game:
    """The score of one unit as a function of the parts of a change that are made."""

    change: Change
    linear: _Linear
    unit: int
    players: tuple[Player, ...]
    """The parts that can move it, those of the rules last."""
    rules: dict[str, tuple[int, ...]]
    """For each rule that is reached by players beside the rules, which these are."""
    table: Table = field(init=False)
    columns: tuple[int, int] = field(init=False)
    """Where the unit's first copy stands in the table, and how far on the next."""
    copies: dict[tuple[int, ...], NDArray[np.int64]] = field(init=False)
    """For such players the copy of each way in which they can stand, see `ways`."""

    @cached_property
    def subsets(self) -> Subsets:
        """The subsets of the players that are valued where the weights do not do.

        Raises ExposureError where they are too many for the memory.
        """
        if len(self.players) > MOST_PARTS:
            count = f"{len(self.players):,} cells and rules behind its score differ"
            most = f"a move is shared out among at most {MOST_PARTS:,}"
            raise ExposureError(f"{self.change.pairing.units[self.unit]}: {count}; {most}")
        return subsets(len(self.players))

    def ways(self, players: tuple[int, ...]) -> Bits:
        """(ways, players): how these can stand, all ways or, of too many, those that come up in `subsets`."""
        if len(players) <= MOST_EXACT:
            return subsets(len(players)).made.T
        stand = self.subsets.made[list(players)]
        return stand[:, np.unique(_numbered(stand), return_index=True)[1]].T

    def pack(self, packing: Packing, parts: Sequence[int]) -> None:
        """Gives every rule the copies that it needs; `parts` are those of the players in the family."""
        self.copies = {(): np.zeros(1, np.int64)}
        for players in sorted({*self.rules.values()}, key=len):
            if len(players) == 1:
                self.copies[players] = np.arange(2)
            else:
                self.copies[players] = packing.place(tuple(parts[at] for at in players), self.ways(players))

    def _at(self, copies: NDArray[np.int64]) -> NDArray[np.int64]:
        """The columns of the table of these copies."""
        return self.columns[0] + self.columns[1] * copies

    def by_weights(self) -> Array | None:
        """(players,): the shares, where the score is a sum of severities with weights that no part changes; else None.

        A share of a sum is the sum of the shares, and a severity that one part alone can move is that part's.
        """
        if not self.linear.holds:
            return None
        columns_of = {name: self._at(self.copies[players]) for name, players in self.rules.items()}
        names = [(at, name) for at, name in enumerate(self.change.rules) if name in columns_of]
        reached = [(at, self.rules[name], columns_of[name]) for at, name in names]
        # The table is that of all families: what is not of this one is not looked at.
        x, known, counted = self.table.x[0, 0], self.table.known[0, 0], self.table.counted[0, 0]
        for at, players, columns in reached:
            # What a rule does not apply to is told from what is not known.
            unknown, shares_known = np.isnan(x[at, columns]), np.nan_to_num(known[at, columns], nan=-1)
            if len(players) > MOST_EXACT or unknown.any() != unknown.all() or shares_known.min() != shares_known.max():
                return None
        first = self.columns[0]
        slopes = self.linear.slopes(np.isnan(x[:, first]), np.nan_to_num(known[:, first], nan=-1), counted[:, first])
        shares = np.zeros(len(self.players))
        for at, players, columns in reached:
            if slopes[at]:
                # The share of one part alone is the whole move, and there are many such.
                alone = len(players) == 1
                share = np.diff(x[at, columns]) if alone else shapley(x[at, columns], subsets(len(players)))
                shares[list(players)] += slopes[at] * share
        return shares

    def values(self, made: Bits) -> Array:
        """(subsets,): the exact score for subsets (players, subsets) of the players."""
        result = np.full(made.shape[1], np.nan)
        settings = np.broadcast_to(self._side(made, "settings"), made.shape[1:])
        columns = {players: self._at(copies[self._way(made, players)]) for players, copies in self.copies.items()}
        for side in (BEFORE, AFTER):
            chosen = np.flatnonzero(settings == side)
            if len(chosen):
                of = {players: at if len(at) == 1 else at[chosen] for players, at in columns.items()}
                result[chosen] = self._root(side, made[:, chosen], of)
        return result

    def _way(self, made: Bits, players: tuple[int, ...]) -> NDArray[np.int64]:
        """(subsets,): in which of their ways these players stand; (1,) where there are none."""
        if not players:
            return np.zeros(1, np.int64)
        stand = made[list(players)]
        return (1 << np.arange(len(players))) @ stand if len(players) <= MOST_EXACT else _numbered(stand)

    def _side(self, made: Bits, kind: Kind, what: str | None = None) -> NDArray[np.int64]:
        """(subsets,) the side from which this part is taken, or (1,) AFTER where both sides are the same in it."""
        for at, player in enumerate(self.players):
            if player.kind == kind and what in (None, player.what):
                return made[at].astype(np.int64)
        return np.full(1, AFTER)

    def _root(self, settings: int, made: Bits, columns: dict[tuple[int, ...], NDArray[np.int64]]) -> Array:
        """(subsets,): the value of the root under one side's settings."""
        tree = self.change.trees[settings]
        weights = _weights(self.change, tree, partial(self._side, made))
        leaves, known, counted = (np.empty((len(tree.rules), 1, made.shape[1])) for _ in range(3))
        for at, name in enumerate(tree.rules):
            # A side that is not told apart from the other has the place 0 alone.
            rules = np.minimum(self._side(made, "rule", name), len(self.table.x) - 1)
            of = min(settings, self.table.x.shape[1] - 1)
            where = (rules, of, self.change.rules.index(name), columns[self.rules.get(name, ())])
            leaves[at, 0], known[at, 0], counted[at, 0] = (column[where] for column in self.table)
        gated = thin(tree, coverage(tree, known, weights))
        return evaluate(tree, leaves, gated, weights=weights, counted=counted)[tree.root, 0]


def _numbered(stand: Bits) -> NDArray[np.int64]:
    """(subsets,): which of the different columns of (players, subsets) each is, in the order in which they come up."""
    place: dict[bytes, int] = {}
    columns = np.ascontiguousarray(np.packbits(stand, axis=0).T)
    return np.asarray([place.setdefault(column.tobytes(), len(place)) for column in columns])


class _Linear:
    """The score as a sum of severities, where the tree and what is known allow it."""

    def __init__(self, change: Change) -> None:
        self.tree = change.trees[AFTER]
        arithmetic = all(node.method == "arithmetic" for node in self.tree.nodes)
        self.holds = arithmetic and not change.rule_players and not self.tree.every_node
        self.weights = _weights(change, self.tree, lambda *_: np.full(1, AFTER))
        self._slopes: dict[bytes, Array] = {}

    def slopes(self, unknown: Bits, known: Array, counted: Array) -> Array:
        """(rules,): how far the root moves with each severity, 0 where unknown: what is known decides the weights.

        Of `known` −1 is a rule that does not apply.
        """
        key = unknown.tobytes() + known.tobytes()
        if key not in self._slopes:
            unit = np.where(unknown[:, None], np.nan, np.eye(len(unknown)))[:, None]
            share = np.where(known < 0, np.nan, known)[:, None, None]
            gated = thin(self.tree, coverage(self.tree, share, self.weights))
            slopes = evaluate(self.tree, unit, gated, weights=self.weights, counted=counted[:, None, None])
            self._slopes[key] = np.nan_to_num(slopes[self.tree.root, 0])
        return self._slopes[key]


def _weights(change: Change, tree: Tree, side: Callable[[Kind, str], NDArray[np.int64]]) -> list[Array]:
    """For each node (children, 1, subsets or 1) weights that sum to 1, or are all 0 where nothing is in it.

    `side` says from which side a rule or a weight is taken, (subsets,) or (1,).
    """
    rows: list[Array] = [
        np.asarray([change.stands(one, *leaf) for one in (BEFORE, AFTER)], float)[side("rule", leaf[0])][None, :]
        for leaf in change.leaves
    ]
    weights = [np.asarray(pair)[side("weight", name)][None, :] for name, pair in change.weights(tree)]
    of_nodes: list[Array] = []
    for node in tree.nodes:
        raw = np.asarray(np.broadcast_arrays(*(weights[child] * (rows[child] > 0) for child in node.children)))
        total = raw.sum(axis=0)
        rows.append(np.asarray(total > 0, float))
        of_nodes.append(raw / np.where(total > 0, total, 1.0))
    return of_nodes
