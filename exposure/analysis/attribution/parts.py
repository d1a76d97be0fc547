"""The parts of a change: cells, weights, rules, settings and figures of peers, and what each can reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.analysis.attribution.pairing import AFTER, BEFORE, Pairing
from exposure.analysis.rule_changes import rule_changes, scored_part
from exposure.rulebook.kinds.rule import Rule
from exposure.scoring.tree import Tree, grown

Array = NDArray[np.float64]

Kind = Literal["data", "weight", "rule", "settings", "peers"]


class Player(NamedTuple):
    """A part of a change that can be made without the others."""

    kind: Kind
    """`data` is one cell; `settings` all that the rules change beside single rules and weights."""
    what: str
    """The cell as `SRB five_g_vendor`, the rule or dimension by its name, the indicator of the peers."""


class Family(NamedTuple):
    """A country with its entities, and the parts beside the rules that may reach them: first cells, then peers."""

    units: tuple[int, ...]
    cells: tuple[tuple[int, int], ...]
    """(indicator, unit): what says something else."""
    peers: tuple[int, ...]
    """Indicators of which some country outside the family has another figure."""

    def on(self, indicator: int) -> list[tuple[int, int]]:
        """(part, unit) of the cells on an indicator."""
        return [(at, unit) for at, (of_cell, unit) in enumerate(self.cells) if of_cell == indicator]


@dataclass(eq=False)
class Change:
    """What two scorings differ in."""

    pairing: Pairing

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """The rules of either side that can bear on a score, by name, those without any weight left out."""
        books = self.pairing.rulebooks
        return tuple(sorted({name for book in books for name, rule in book.rules.items() if rule.weight}))

    @cached_property
    def reads(self) -> dict[str, frozenset[int]]:
        """The indicators that each rule reads, on either side."""
        place = {name: at for at, name in enumerate(self.pairing.indicators)}
        return {
            name: frozenset(place[read] for rule in self.either(name) for read in rule.reads(name) if read in place)
            for name in self.rules
        }

    def either(self, name: str) -> list[Rule]:
        """The rule as it is before and after, where it is there."""
        return [book.rules[name] for book in self.pairing.rulebooks if name in book.rules]

    @cached_property
    def among_peers(self) -> set[str]:
        """Rules that normalise over the countries present, on either side."""
        return {name for name in self.rules if any(rule.among_peers for rule in self.either(name))}

    @cached_property
    def rule_players(self) -> tuple[Player, ...]:
        """Weights, rules and settings that differ, in the order of their names."""
        old, new = self.pairing.rulebooks
        players: list[Player] = []
        for name in self.rules:
            both = name in old.rules and name in new.rules
            if not both or scored_part(old.rules[name]) != scored_part(new.rules[name]):
                players.append(Player("rule", name))
            if both and old.rules[name].weight != new.rules[name].weight:
                players.append(Player("weight", name))
        for name in sorted({*old.dimensions} & {*new.dimensions}):
            if old.dimensions[name].weight != new.dimensions[name].weight:
                players.append(Player("weight", name))
        if settings := self._settings():
            players.append(Player("settings", ", ".join(settings)))
        return tuple(players)

    def _settings(self) -> list[str]:
        """The scored keys that differ and belong to no single rule or weight."""
        old, new = self.pairing.rulebooks
        alone = {*old.dimensions} ^ {*new.dimensions}

        def settles(section: str, name: str = "", key: str = "") -> bool:
            if section == "dimensions":
                return key != "weight" and name not in alone
            # min_coverage takes a rank away, and leaves the score.
            return section in ("index", "entities") and (section, name) != ("index", "min_coverage")

        return [one.what for one in rule_changes(old, new) if one.scored and settles(*one.what.split(".", 2))]

    def stands(self, side: int, name: str, dimension: str) -> bool:
        """Whether the rule stands in this dimension on one side."""
        rule = self.pairing.rulebooks[side].rules.get(name)
        return rule is not None and rule.dimension == dimension

    def differing(self, kind: Kind) -> tuple[int, ...]:
        """The sides that have to be told apart for parts of this kind."""
        return (BEFORE, AFTER) if any(player.kind == kind for player in self.rule_players) else (AFTER,)

    @cached_property
    def leaves(self) -> list[tuple[str, str]]:
        """(rule, dimension): a rule that moved stands twice, each time without weight on one side."""
        return sorted({(name, rule.dimension) for name in self.rules for rule in self.either(name)})

    @cached_property
    def trees(self) -> tuple[Tree, ...]:
        """The tree in which every rule and dimension of both sides has its place, under the settings of either."""
        books, trees = self.pairing.rulebooks, []
        for under, other in (books, books[::-1]):
            dimensions = {**other.dimensions, **under.dimensions}
            # Weights are those of either side: here every leaf and dimension has its place.
            leaves = [(*leaf, 1.0) for leaf in self.leaves]
            trees.append(grown(leaves, dimensions, dict.fromkeys(dimensions, 1.0), under.index))
        return tuple(trees)

    def weights(self, tree: Tree) -> list[tuple[str, tuple[float, float]]]:
        """Every row but the root with its weight before and after; what stands on one side has that one's on both."""
        named = [("rules", name) for name in tree.rules] + [("dimensions", node.name) for node in tree.nodes[:-1]]
        pairs = []
        for section, name in named:
            old, new = (getattr(book, section).get(name) for book in self.pairing.rulebooks)
            pairs.append((name, ((old or new).weight, (new or old).weight)))
        return pairs

    @cached_property
    def peer_figures(self) -> dict[int, Array]:
        """Indicator → (sides, units): the figures that countries are measured against; entities are nobody's peers."""
        figures, number = {}, self.pairing.claims.numbers("number")
        entities = {code for rulebook in self.pairing.rulebooks for code in rulebook.entities.parts}
        for row in {row for name in self.among_peers for row in self.reads[name]}:
            # NO_LINE is the place of the last, which is unknown.
            figures[row] = np.append(number, np.nan)[self.pairing.own[:, row]]
            figures[row][:, [unit in entities for unit in self.pairing.units]] = np.nan
        return figures

    def families(self, codes: set[str]) -> Iterator[Family]:
        """The families of these units that something may have moved."""
        moved = {
            row: {*np.flatnonzero((old != new) & ~(np.isnan(old) & np.isnan(new))).tolist()}
            for row, (old, new) in self.peer_figures.items()
        }
        read = np.zeros(len(self.pairing.indicators), bool)
        read[[row for rows in self.reads.values() for row in rows]] = True
        for units in self.pairing.families:
            if codes.isdisjoint(self.pairing.units[unit] for unit in units):
                continue
            places, rows = np.nonzero(self.pairing.changed[:, units].T & read)
            cells = tuple((row, units[at]) for row, at in zip(rows.tolist(), places.tolist(), strict=True))
            peers = tuple(row for row, countries in moved.items() if countries - {*units})
            if cells or peers or self.rule_players:
                yield Family(units, cells, peers)

    def reaching(self, family: Family, unit: int) -> dict[str, tuple[int, ...]]:
        """For each rule that any part of the family can reach, the parts on which its severity of the unit depends."""
        near: dict[int, list[int]] = {}
        kin = self.pairing.kin[unit]
        for part, (row, other) in enumerate(family.cells):
            if other in kin:
                near.setdefault(row, []).append(part)
        reached = {}
        for name, rows in self.reads.items():
            if name in self.among_peers:
                parts = [part for row in rows for part, _ in family.on(row)]
                parts += [len(family.cells) + at for at, moved in enumerate(family.peers) if moved in rows]
            else:
                parts = [part for row in rows for part in near.get(row, ())]
            if parts:
                reached[name] = tuple(sorted(parts))
        return reached
