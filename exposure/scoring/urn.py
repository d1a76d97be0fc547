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

    def drawn(self, rule: int, unit: Places, draw: Places, uniform: Array, low: Array, high: Array) -> Array:
        """(cells,): severities of a rule that is unknown there, by numbers from 0 to 1, and kept within bounds."""
        result, left = np.empty(len(unit)), np.arange(len(unit))
        for row in self.above[rule]:
            pool = self._pool(row)
            enough = np.asarray(pool.known[unit[left], self._known_at(draw[left])] >= 1 - NEARLY)
            take = left if row == self.tree.root else left[enough]
            if len(take):
                at = unit[take], draw[take], self._known_at(draw[take])
                found = np.clip(pool.draw(*at, uniform[take]), low[take], high[take])
                pool.put(unit[take], draw[take], found)
                result[take] = found
            left = left[~enough]
            if not len(left):
                break
        return result

    def _known_at(self, draw: Places) -> Places:
        """Where the known of these draws stand; they may be the same in all."""
        return draw if self.values.shape[2] > 1 else np.zeros_like(draw)

    def _pool(self, row: int) -> _Pool:
        if row not in self.pools:
            inside = [at for at, rule in enumerate(self.rules) if row in self.above[rule]]
            weights = self.weights[[self.rules[at] for at in inside]]
            self.pools[row] = _Pool(self.values[inside], self.shares[inside], weights, self.draws, self.tree.scale)
        return self.pools[row]


class _Pool:
    """What the unknown of one dimension may take."""

    def __init__(self, values: Array, shares: Array, weights: Array, draws: int, scale: float) -> None:
        self.values, self.scale = values, scale
        self.known = shares.sum(axis=0)
        self.sums = np.cumsum(weights[:, None, None] * shares, axis=0)
        units = values.shape[1]
        self.count = np.zeros((units, draws), np.int64)
        self.joined = np.empty((len(values), units, draws))

    def draw(self, unit: Places, draw: Places, at: Places, uniform: Array) -> Array:
        """(cells,): one severity each."""
        known, joined = self.known[unit, at], self.count[unit, draw]
        place = uniform * (known + joined + 1)
        result = place * self.scale
        place -= 1
        earlier = np.flatnonzero((place >= 0) & (place < joined))
        result[earlier] = self.joined[place[earlier].astype(np.int64), unit[earlier], draw[earlier]]
        ours = np.flatnonzero((place >= joined) & (known > 0))
        unit, at, place = unit[ours], at[ours], (place - joined)[ours] / known[ours]
        # A rounding error must not lead beyond the last that has a weight.
        target = np.clip(place, 0.0, 1 - 1e-12) * self.sums[-1, unit, at]
        result[ours] = self.values[self._first_above(target, unit, at), unit, at]
        return result

    def _first_above(self, target: Array, unit: Places, at: Places) -> Places:
        """(cells,): the first place at which the sum of weights is above the target."""
        low, high = np.zeros(len(target), np.int64), np.full(len(target), len(self.sums) - 1)
        for _ in range(len(self.sums).bit_length()):
            middle = (low + high) // 2
            above = self.sums[middle, unit, at] > target
            high, low = np.where(above, middle, high), np.where(above, low, np.minimum(middle + 1, high))
        return high

    def put(self, unit: Places, draw: Places, severity: Array) -> None:
        """What was drawn joins."""
        place = self.count[unit, draw]
        self.joined[place, unit, draw] = severity
        self.count[unit, draw] = place + 1
