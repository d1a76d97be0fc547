"""Why a score moved: the move shared out among the cells, weights, rules and peers that changed.

The score of a country is a function of the parts that are taken from after the change while the rest
is taken from before; each part has its Shapley share of it. A severity depends on few parts, so the
severities of a rule are worked out once for each way in which those few can stand, and the tree is then
evaluated for all subsets of parts at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from exposure.analysis.attribution.pairing import AFTER, BEFORE, Sides
from exposure.analysis.attribution.shapley import Subsets, shapley, subsets, summing_to
from exposure.analysis.attribution.union import Union
from exposure.analysis.attribution.union import union as union_of
from exposure.analysis.rule_changes import rule_changes, scored_part
from exposure.rulebook.model import Rulebook
from exposure.scoring.selection import NO_LINE
from exposure.scoring.severity import severities
from exposure.scoring.tree import coverage, evaluate, thin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Bits = NDArray[np.bool_]

Kind = Literal["data", "weight", "rule", "settings", "peers"]


class Player(NamedTuple):
    """A part of a change that can be made without the others."""

    kind: Kind
    """`data` is one cell; `settings` all that the rules change beside single rules and weights."""
    what: str
    """The cell as `SRB five_g_vendor`, the rule or dimension by its name, the indicator of the peers."""


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
    """0 where every subset of the parts was valued, else how many orders were drawn."""


def attributions(sides: Sides) -> dict[str, Attribution]:
    """For every unit that has a score on both sides, and that something may have moved, why it moved."""
    game = _Game(sides)
    found: dict[str, Attribution] = {}
    for family in game.families():
        of = subsets(len(family.players))
        values = family.values(of)
        for unit, value in zip(family.units, values.T, strict=True):
            code = sides.units[unit]
            absent = any(code not in one.selection.units for one in sides.scores)
            if absent or np.isnan(value[0]) or np.isnan(value[-1]):
                continue
            # Parts that leave nothing known leave no score: then nothing has moved yet.
            shared = shapley(np.where(np.isnan(value), value[0], value), of)
            found[code] = Attribution(_named(family.players, shared, _move(sides, code)), _orders(of))
    return found


def _move(sides: Sides, code: str) -> float:
    before, after = (one.exact[one.selection.units.index(code)] for one in sides.scores)
    return float(after - before)


def _orders(of: Subsets) -> int:
    return 0 if of.orders is None else len(of.orders)


def _named(players: Sequence[Player], shared: Array, move: float) -> tuple[Part, ...]:
    shared = np.where(np.abs(shared) < 1e-12, 0.0, shared)
    if not shared.any():
        # What is left of a move that no part made is rounding, and nobody's doing.
        return ()
    shared = summing_to(shared, move)
    parts = [Part(*player, float(value)) for player, value in zip(players, shared, strict=True) if value]
    return tuple(sorted(parts, key=lambda part: (-abs(part.value), part.kind, part.what)))


@dataclass(eq=False)
class _Game:
    """What all families share: the parts that the rules bring, and the severities of every way the cells can stand."""

    sides: Sides

    @cached_property
    def scored(self) -> tuple[dict[str, object], ...]:
        """By side, the rules that can bear on a score, those without any weight left out."""
        books = self.sides.rulebooks
        weightless = {
            name for name in {*books[0].rules, *books[1].rules} if all(not _weight(book, name) for book in books)
        }
        return tuple({name: rule for name, rule in book.rules.items() if name not in weightless} for book in books)

    @cached_property
    def rule_players(self) -> tuple[Player, ...]:
        """Weights, rules and settings that differ, in the order of their names."""
        old, new = self.sides.rulebooks
        found: list[Player] = []
        for name in sorted({*self.scored[BEFORE], *self.scored[AFTER]}):
            both = name in old.rules and name in new.rules
            if not both or scored_part(old.rules[name]) != scored_part(new.rules[name]):
                found.append(Player("rule", name))
            if both and old.rules[name].weight != new.rules[name].weight:
                found.append(Player("weight", name))
        for name in sorted({*old.dimensions} & {*new.dimensions}):
            if old.dimensions[name].weight != new.dimensions[name].weight:
                found.append(Player("weight", name))
        if changed := self.settings:
            found.append(Player("settings", ", ".join(changed)))
        return tuple(found)

    @cached_property
    def settings(self) -> list[str]:
        """The scored keys that differ and belong to no single rule or weight."""
        old, new = self.sides.rulebooks
        changes = [change.what for change in rule_changes(old, new) if change.scored]
        alone = {*old.dimensions} ^ {*new.dimensions}

        def settles(what: str) -> bool:
            section, _, rest = what.partition(".")
            if section == "dimensions":
                name, _, key = rest.partition(".")
                return key != "weight" and name not in alone
            # min_coverage takes a rank away, and leaves the score.
            return section in ("index", "entities") and what != "index.min_coverage"

        return [what for what in changes if settles(what)]

    @cached_property
    def relative(self) -> dict[str, str]:
        """Rules that normalise over peers on either side, and what they read."""
        return {
            name: rule.reads(name)[0]
            for book in self.sides.rulebooks
            for name, rule in book.rules.items()
            if rule.among_peers and name in {*self.scored[BEFORE], *self.scored[AFTER]}
        }

    def reads(self, name: str) -> set[str]:
        """The indicators that a rule reads, on either side."""
        books = self.sides.rulebooks
        return {read for book in books if name in book.rules for read in book.rules[name].reads(name)}

    def families(self) -> Iterator[_Family]:
        """The families that something may have moved, each with its parts."""
        every = sorted({*self.scored[BEFORE], *self.scored[AFTER]})
        reads = {name: self.reads(name) for name in every}
        read = {indicator for names in reads.values() for indicator in names}
        kept = np.asarray([name in read for name in self.sides.indicators], bool)
        peers = {name: self._moved(name) for name in dict.fromkeys(self.relative.values())}
        for units in self.sides.families:
            cells = [(int(row), unit) for unit in units for row in np.flatnonzero(self.sides.changed[:, unit] & kept)]
            others = [name for name, moved in peers.items() if moved - {*units}]
            players = [
                *(Player("data", f"{self.sides.units[unit]} {self.sides.indicators[row]}") for row, unit in cells),
                *(Player("peers", name) for name in others),
                *self.rule_players,
            ]
            if players:
                yield _Family(self, units, tuple(players), cells, reads)

    def _moved(self, indicator: str) -> set[int]:
        """The countries whose figure is another after the change; entities are nobody's peers."""
        old, new = (self.sides.numbers(side, indicator) for side in (BEFORE, AFTER))
        moved = np.flatnonzero(~((old == new) | (np.isnan(old) & np.isnan(new)))).tolist()
        return {*moved} - self.sides.entities

    def stands(self, side: int, name: str, dimension: str) -> bool:
        """Whether the rule stands in this dimension on one side."""
        rule = self.sides.rulebooks[side].rules.get(name)
        return rule is not None and rule.dimension == dimension

    def variant(self, rules: int, settings: int, names: Sequence[str]) -> Rulebook:
        """The rulebook with these rules of one side under the settings of another."""
        book = self.sides.rulebooks[rules]
        under = self.sides.rulebooks[settings]
        chosen = {name: book.rules[name] for name in names if name in book.rules}
        return under.model_copy(update={"rules": chosen})


def _weight(book: Rulebook, name: str) -> float:
    return book.rules[name].weight if name in book.rules else 0.0


class _Table(NamedTuple):
    """One rule's severities for every way in which its own parts can stand."""

    x: Array
    """(rules side, settings side, ways, units): NaN where unknown or the rule is not there."""
    known: Array
    way: NDArray[np.int64]
    """(subsets,): which way each subset of parts is."""


@dataclass(eq=False)
class _Family:
    """A country with its entities, and the parts of the change that can move them."""

    game: _Game
    units: tuple[int, ...]
    players: tuple[Player, ...]
    cells: list[tuple[int, int]]
    """(indicator, unit) of the first players, which are cells."""
    reads: dict[str, set[str]]

    def values(self, of: Subsets) -> Array:
        """(subsets, units): the exact score for every subset of the parts."""
        tables = self._tables(of.made)
        result = np.full((of.made.shape[1], len(self.units)), np.nan)
        settings = np.broadcast_to(self._side(of.made, "settings"), of.made.shape[1:])
        for side in (BEFORE, AFTER):
            chosen = np.flatnonzero(settings == side)
            if len(chosen):
                result[chosen] = self._root(side, of.made[:, chosen], tables, chosen)
        return result

    def _side(self, made: Bits, kind: Kind, what: str | None = None) -> NDArray[np.int64]:
        """(subsets,) the side from which this part is taken, or (1,) AFTER where both sides are the same in it."""
        for at, player in enumerate(self.players):
            if player.kind == kind and what in (None, player.what):
                return made[at].astype(np.int64)
        return np.full(1, AFTER)

    def _differing(self, kind: Kind) -> tuple[int, ...]:
        """The sides that have to be told apart for parts of this kind."""
        return (BEFORE, AFTER) if any(player.kind == kind for player in self.players) else (AFTER,)

    def _tables(self, made: Bits) -> dict[str, _Table]:
        ways: dict[str, tuple[list[int], list[frozenset[int]], NDArray[np.int64]]] = {}
        for name in self.reads:
            parts = self._parts_of(name)
            ways[name] = (parts, *_ways(made, parts))
        copies = list(dict.fromkeys(way for _, found, _ in ways.values() for way in found))
        place = {way: at for at, way in enumerate(copies)}
        x = {name: np.full((2, 2, len(found), len(self.units)), np.nan) for name, (_, found, _) in ways.items()}
        known = {name: np.zeros_like(table) for name, table in x.items()}
        for rules in self._differing("rule"):
            for settings in self._differing("settings"):
                cells = self._severities(rules, settings, copies)
                fill = self.game.sides.rulebooks[settings].index
                for name, (severity, share) in cells.items():
                    at = [place[way] for way in ways[name][1]]
                    rule = self.game.sides.rulebooks[rules].rules[name]
                    taken = {"exclude": np.nan, "worst": fill.scale, "best": 0.0}[rule.missing or fill.missing]
                    x[name][rules, settings] = np.where(np.isnan(severity[at]), taken, severity[at])
                    known[name][rules, settings] = share[at]
        return {name: _Table(x[name], known[name], way) for name, (_, _, way) in ways.items()}

    def _parts_of(self, name: str) -> list[int]:
        """The parts, beside the rules, that this rule's severities depend on."""
        read = self.reads[name]
        cells = [at for at, (row, _) in enumerate(self.cells) if self.game.sides.indicators[row] in read]
        if name in self.game.relative:
            cells += [at for at, player in enumerate(self.players) if player.kind == "peers" and player.what in read]
        return cells

    def _severities(self, rules: int, settings: int, copies: list[frozenset[int]]) -> dict[str, tuple[Array, Array]]:
        """Rule → (ways, units) severity and share known, with the family standing in each of these ways."""
        book = self.game.sides.rulebooks[rules]
        still = self._still()
        names = [name for name in self.reads if name in book.rules and name not in still]
        alone = [name for name in names if not book.rules[name].among_peers]
        blocks = [self._own(way) for way in copies]
        own = np.concatenate(blocks, axis=1)
        parent, share = self._kin(settings)
        count = len(self.units)
        starts = np.repeat(np.arange(len(copies)) * count, count)
        parents = np.tile(parent, len(copies))
        selection = self.game.sides.selection(
            own, np.where(parents < 0, -1, parents + starts), np.tile(share, len(copies))
        )
        cells = severities(selection, self.game.variant(rules, settings, alone))
        shape = (len(copies), count)
        found = {name: (np.broadcast_to(x, shape), np.broadcast_to(known, shape)) for name, (x, known) in still.items()}
        found |= {name: (one.x.reshape(shape), one.known.reshape(shape)) for name, one in cells.items()}
        return found | self._among_peers(rules, settings, copies, [name for name in names if name not in alone])

    def _still(self) -> dict[str, tuple[Array, Array]]:
        """Rules that no part of the change reaches, with the (units,) severity and share known that they have anyway.

        Most of them, where one cell of a large index changed.
        """
        after = self.game.sides.scores[AFTER]
        codes = [self.game.sides.units[unit] for unit in self.units]
        place = {code: at for at, code in enumerate(after.selection.units)}
        if any(player.kind in ("rule", "settings") for player in self.players) or not place.keys() >= {*codes}:
            return {}
        at = [place[code] for code in codes]
        still = [name for name in self.reads if name in after.cells and not self._parts_of(name)]
        return {name: (after.cells[name].x[at], after.cells[name].known[at]) for name in still}

    def _among_peers(
        self, rules: int, settings: int, copies: list[frozenset[int]], names: list[str]
    ) -> dict[str, tuple[Array, Array]]:
        """The same for rules that normalise over the countries present, each way with its own peers."""
        found = {name: (np.full((len(copies), len(self.units)), np.nan),) * 2 for name in names}
        found = {name: (x.copy(), known * 0.0) for name, (x, known) in found.items()}
        if not names:
            return found
        sides = self.game.sides
        parent, share = self._kin(settings)
        outside = [at for at in range(len(sides.units)) if at not in self.units and at not in sides.entities]
        # By rules that do not know it, an entity is no country and nobody's peer.
        undeclared = [at for at, unit in enumerate(self.units) if unit in sides.entities and parent[at] < 0]
        book = self.game.variant(rules, settings, names)
        for at, way in enumerate(copies):
            theirs = sides.own[BEFORE][:, outside].copy()
            for part in way:
                if self.players[part].kind == "peers":
                    row = sides.indicators.index(self.players[part].what)
                    theirs[row] = sides.own[AFTER][row, outside]
            own = np.concatenate([self._own(way), theirs], axis=1)
            own[:, undeclared] = NO_LINE
            selection = sides.selection(
                own,
                np.concatenate([parent, np.full(len(outside), -1)]),
                np.concatenate([share, np.ones(len(outside))]),
            )
            for name, one in severities(selection, book).items():
                found[name][0][at] = one.x[: len(self.units)]
                found[name][1][at] = one.known[: len(self.units)]
        return found

    def _own(self, way: frozenset[int]) -> NDArray[np.int64]:
        """(indicators, units): the claims that count where these cells are as after the change."""
        own = self.game.sides.own[BEFORE][:, list(self.units)].copy()
        # What counts and says the same may stand on another line: that moves nothing.
        for part in way:
            if part < len(self.cells):
                row, unit = self.cells[part]
                own[row, self.units.index(unit)] = self.game.sides.own[AFTER][row, unit]
        return own

    def _kin(self, settings: int) -> tuple[NDArray[np.int64], Array]:
        parent, share = self.game.sides.parents(settings)
        inside = {unit: at for at, unit in enumerate(self.units)}
        kin = [inside.get(int(parent[unit]), -1) for unit in self.units]
        return np.asarray(kin, np.int64), share[list(self.units)]

    def _root(self, settings: int, made: Bits, tables: dict[str, _Table], chosen: NDArray[np.int64]) -> Array:
        """(subsets, units): the value of the root under one side's settings."""
        union = union_of(self.game.sides.rulebooks, self.game.scored, settings)
        leaves, known, there = [], [], []
        for name, dimension in union.leaves:
            table, side = tables[name], self._side(made, "rule", name)
            leaves.append(table.x[side, settings, table.way[chosen]].T)
            known.append(table.known[side, settings, table.way[chosen]].T)
            there.append(np.asarray([self.game.stands(one, name, dimension) for one in (BEFORE, AFTER)])[side])
        weights = self._weights(union, made, there)
        tree = union.tree
        gated = thin(tree, coverage(tree, np.asarray(known), weights))
        return evaluate(tree, np.asarray(leaves), gated, weights=weights)[tree.root].T

    def _weights(self, union: Union, made: Bits, there: list[Bits]) -> list[Array]:
        """For each node (children, 1, subsets or 1) weights that sum to 1, or are all 0 where nothing is in it."""
        rows: list[Array] = [np.asarray(on, float)[None, :] for on in there]
        found: list[Array] = []
        for node in union.tree.nodes:
            children = []
            for child in node.children:
                side = self._side(made, "weight", union.names[child])
                children.append(np.asarray(union.weights[child])[side][None, :] * (rows[child] > 0))
            width = max(child.shape[1] for child in children)
            raw = np.asarray([np.broadcast_to(child, (1, width)) for child in children])
            total = raw.sum(axis=0)
            rows.append(np.asarray(total > 0, float))
            found.append(raw / np.where(total > 0, total, 1.0))
        return found


def _ways(made: Bits, parts: list[int]) -> tuple[list[frozenset[int]], NDArray[np.int64]]:
    """The ways in which these parts stand among the subsets, and which way each subset is."""
    if not parts:
        return [frozenset()], np.zeros(made.shape[1], np.int64)
    if len(parts) <= 62:
        code = (made[parts] * (1 << np.arange(len(parts), dtype=np.int64))[:, None]).sum(axis=0)
        _, first, way = np.unique(code, return_index=True, return_inverse=True)
    else:
        _, first, way = np.unique(made[parts], axis=1, return_index=True, return_inverse=True)
    ways = [frozenset(part for part in parts if made[part, at]) for at in first.tolist()]
    return ways, way.reshape(-1)
