"""What is unknown, drawn like what is known: a Pólya urn for every country and draw."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exposure.scoring.aggregate import Array
from exposure.scoring.tree import Tree
from exposure.text import NEARLY

Places = NDArray[np.int64]


class Urn:
    """The urns of a block of draws.

    An unknown of a rule comes from the nearest dimension upwards of which the country has a known rule, else from all.
    With k known there, it takes the severity of one of them, by their weights and all together with a chance of
    k/(k + 1), or any on the scale with one of 1/(k + 1); what was drawn joins what the next one may take, with a
    weight of 1. That is the Bayesian bootstrap with one observation more, which may be anything.
    """

    def __init__(self, tree: Tree, rules: list[int], values: Array, shares: Array, draws: int) -> None:
        """`rules` are leaves in the order in which they are drawn, `values` (rules, units, draws or 1) their
        severities, NaN unknown, and `shares` what share of each is known."""
        self.tree, self.rules, self.values, self.shares, self.draws = tree, rules, values, shares, draws
        self.weights = tree.leaf_weights()
        self.pools: dict[int, _Pool] = {}
        self.places: list[tuple[_Pool, Places]] = []
        """Where the cells that were drawn last came from."""

    @cached_property
    def above(self) -> dict[int, list[int]]:
        """Leaf → the rows of the dimensions that it is in, from its own to the root."""
        parent = {
            child: len(self.tree.rules) + at for at, node in enumerate(self.tree.nodes) for child in node.children
        }
        chains = {}
        for rule in self.rules:
            chains[rule] = chain = [parent[rule]]
            while chain[-1] != self.tree.root:
                chain.append(parent[chain[-1]])
        return chains

    def drawn(self, rule: int, reach: tuple[float, float], unit: Places, cell: Places, uniform: Array) -> Array:
        """(cells,): severities of a rule that is unknown there, by numbers from 0 to 1; to be told to `join`.

        `reach` are the ends of what may be anything; `cell` is the place of the unit times the number of draws, plus
        that of the draw.
        """
        result, left = np.empty(len(unit)), np.arange(len(unit))
        self.places = []
        # The known may be the same in all draws.
        known_at = cell if self.values.shape[2] > 1 else unit
        for row in self.above[rule]:
            pool = self._pool(row)
            enough = pool.known[known_at[left]] >= 1 - NEARLY
            whole = row == self.tree.root or bool(enough.all())
            take = left if whole else left[enough]
            if len(take):
                result[take] = pool.draw(reach, cell[take], known_at[take], uniform[take])
                self.places.append((pool, take))
            if whole:
                break
            left = left[~enough]
        return result

    def join(self, cell: Places, severity: Array) -> None:
        """What was drawn last, as it came out, joins what the next may take."""
        for pool, take in self.places:
            pool.put(cell[take], severity[take])

    def _pool(self, row: int) -> _Pool:
        if row not in self.pools:
            inside = [at for at, rule in enumerate(self.rules) if row in self.above[rule]]
            weights = self.weights[[self.rules[at] for at in inside]]
            self.pools[row] = _Pool(self.values[inside], self.shares[inside], weights, self.draws)
        return self.pools[row]


class _Pool:
    """What the unknown of one dimension may take; its arrays are flat over units and draws."""

    def __init__(self, values: Array, shares: Array, weights: Array, draws: int) -> None:
        rules, units, _ = values.shape
        self.values = values.reshape(rules, -1)
        self.known = shares.sum(axis=0).ravel()
        self.sums = np.cumsum(weights[:, None] * shares.reshape(rules, -1), axis=0)
        self.count = np.zeros(units * draws, np.int64)
        self.joined = np.empty((rules, units * draws))

    def draw(self, reach: tuple[float, float], cell: Places, known_at: Places, uniform: Array) -> Array:
        """(cells,): one severity each."""
        known, joined = self.known[known_at], self.count[cell]
        place = uniform * (known + joined + 1)
        result = reach[0] + place * (reach[1] - reach[0])
        place -= 1
        earlier = np.flatnonzero((place >= 0) & (place < joined))
        result[earlier] = self.joined[place[earlier].astype(np.int64), cell[earlier]]
        ours = np.flatnonzero((place >= joined) & (known > 0))
        at, place = known_at[ours], (place - joined)[ours] / known[ours]
        # A rounding error must not lead beyond the last that has a weight.
        target = np.minimum(place, 1 - 1e-12) * self.sums[-1, at]
        result[ours] = self.values[self._first_above(target, at), at]
        return result

    def _first_above(self, target: Array, at: Places) -> Places:
        """(cells,): the first place at which the sum of weights is above the target."""
        found, step = np.zeros(len(target), np.int64), 1 << (len(self.sums) - 1).bit_length()
        while step := step >> 1:
            further = np.minimum(found + step, len(self.sums) - 1)
            found = np.where(self.sums[further - 1, at] <= target, further, found)
        return found

    def put(self, cell: Places, severity: Array) -> None:
        """What was drawn joins."""
        place = self.count[cell]
        self.joined[place, cell] = severity
        self.count[cell] = place + 1
