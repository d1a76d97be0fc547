"""A score shared out among the rules that make it."""

from __future__ import annotations

import numpy as np

from exposure.scoring.aggregate import Array, shares
from exposure.scoring.tree import Tree, lightened


def points(tree: Tree, values: Array, counted: Array | None = None) -> Array:
    """(rules + nodes, units): the points of every row; the rules' add up to the root's value.

    From the top: a node's points go to its known children in proportion to their Aumann–Shapley
    shares in that node's own formula. Unknown rows have 0. `values` is what `evaluate` gave, with the same `counted`.
    """
    shared = np.zeros_like(values)
    shared[tree.root] = np.nan_to_num(values[tree.root])
    for at in range(len(tree.nodes) - 1, -1, -1):
        node = tree.nodes[at]
        children = list(node.children)
        weights = np.asarray(node.weights).reshape(-1, *([1] * (values.ndim - 1)))
        rows = [*values[children]]
        if counted is not None:
            rows, weights = lightened(tree, at, rows, weights, counted)
        split = shares(np.asarray(rows), weights, node.method, node.floor, tree.scale)
        shared[children] = shared[len(tree.rules) + at] * split
    return shared


def largest_remainder(parts: Array, total: float, decimals: int) -> Array:
    """The parts rounded so that they add up to the rounded total (Hamilton's method), in their order."""
    unit = 10.0**-decimals
    scaled = np.round(np.asarray(parts, float) / unit, 9)
    floors = np.floor(scaled)
    short = round(total / unit - floors.sum())
    order = np.argsort(-(scaled - floors), kind="stable")
    # A part of exactly nothing stays nothing as long as others can take the remainder.
    order = np.concatenate([order[scaled[order] != 0], order[scaled[order] == 0]])
    for step in range(abs(short)):
        floors[order[step % len(order)] if short > 0 else order[-1 - step % len(order)]] += 1 if short > 0 else -1
    return np.round(floors * unit, decimals) + 0.0
