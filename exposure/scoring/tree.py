"""The rulebook as a tree of numbers, and the one pass that evaluates it from the leaves to the root."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.rulebook.model import Dimension, Index, Rulebook, method_and_floor
from exposure.scoring.aggregate import Array, aggregate
from exposure.text import NEARLY

ROOT = "index"
"""Name of the root in results; a dimension may bear it too, the root is always the last row."""
_HALF = 0.5 - NEARLY
SNAP = 9
"""Decimals beyond the published ones at which binary noise is cut before rounding half up."""


def rounded(value: Array, decimals: int) -> Array:
    """Half up, after snapping at nine more decimals, so that 0.15 rounds as a person would."""
    factor = 10.0**decimals
    return np.floor(np.round(value * factor, SNAP) + 0.5) / factor + 0.0


class Node(NamedTuple):
    """A dimension, or the root."""

    name: str
    children: tuple[int, ...]
    """Rows of leaves or earlier nodes."""
    weights: tuple[float, ...]
    """Of the children, summing to 1."""
    method: str
    floor: float
    min_coverage: float


class Tree(NamedTuple):
    """Rules as leaves 0…R−1, then the nodes, each after its children, the root last."""

    rules: tuple[str, ...]
    nodes: tuple[Node, ...]
    scale: float
    decimals: int
    every_node: bool

    @property
    def root(self) -> int:
        """Row of the root."""
        return len(self.rules) + len(self.nodes) - 1

    def dimension_rows(self) -> dict[str, int]:
        """The dimensions, each after those in it, with their rows."""
        return {node.name: row for row, node in enumerate(self.nodes[:-1], len(self.rules))}

    def row(self, name: str) -> int:
        """Row of a dimension."""
        return self.dimension_rows()[name]

    def shares(self) -> Array:
        """(rules + nodes,): each row's nominal share of the whole, the product of the weights down to it."""
        share = np.zeros(self.root + 1)
        share[self.root] = 1.0
        for at in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[at]
            for child, weight in zip(node.children, node.weights, strict=True):
                share[child] = share[len(self.rules) + at] * weight
        return share

    def leaf_weights(self) -> Array:
        """(rules,): the rules' shares."""
        return self.shares()[: len(self.rules)]

    def node_weights(self) -> dict[str, float]:
        """The dimensions' shares."""
        shares = self.shares().tolist()
        return {name: shares[row] for name, row in self.dimension_rows().items()}


def build_tree(rulebook: Rulebook, only: Collection[str] | None = None) -> Tree:
    """The tree of the rulebook, or of some of its rules with the dimensions that these leave empty cut out."""
    leaves = [
        (name, rule.dimension, rule.weight) for name, rule in rulebook.rules.items() if only is None or name in only
    ]
    weights = {name: dimension.weight for name, dimension in rulebook.dimensions.items()}
    return grown(leaves, rulebook.dimensions, weights, rulebook.index)


def grown(
    leaves: Sequence[tuple[str, str, float]],
    dimensions: Mapping[str, Dimension],
    weights: Mapping[str, float],
    index: Index,
) -> Tree:
    """The tree of leaves (name, dimension, weight) under dimensions of these weights; empty ones are cut out."""
    children: dict[str | None, list[tuple[str, float, int]]] = {}
    for at, (name, dimension, weight) in enumerate(leaves):
        children.setdefault(dimension, []).append((name, weight, at))
    for name, settings in dimensions.items():
        children.setdefault(settings.parent, []).append((name, weights[name], -1))
    nodes: list[Node] = []

    def place(name: str | None, settings: Index | Dimension, min_coverage: float) -> int | None:
        rows: list[tuple[int, float]] = []
        # By name: the order of the file must not reach a floating-point sum.
        for child, weight, leaf in sorted(children.get(name, [])):
            row = leaf if leaf >= 0 else place(child, dimensions[child], dimensions[child].min_coverage)
            if row is not None:
                rows.append((row, weight))
        total = sum(weight for _, weight in rows)
        if not total:
            return None
        of, shares = tuple(row for row, _ in rows), tuple(weight / total for _, weight in rows)
        nodes.append(Node(name or ROOT, of, shares, *method_and_floor(settings.aggregation), min_coverage))
        return len(leaves) + len(nodes) - 1

    if place(None, index, 0.0) is None:
        # All the weight is under a dimension of weight 0: these rules make no index.
        nodes.clear()
    names = tuple(name for name, _, _ in leaves)
    return Tree(names, tuple(nodes), index.scale, index.decimals, index.rounding == "every-node")


def coverage(tree: Tree, known: Array, weights: list[Array] | None = None) -> Array:
    """(rules + nodes, …): the share of nominal leaf weight below each row that is known, 0 to 1.

    `known` is (rules, …), NaN where a rule does not apply: it leaves with its weight. `weights` holds, for each node,
    (children, …) weights summing to 1 in place of its own.
    """
    rows, gaps = [*known], bool(np.isnan(known).any())
    for at, node in enumerate(tree.nodes):
        w = node.weights if weights is None else weights[at]
        children = [rows[child] for child in node.children]
        if gaps:
            # Less what is gone, so that where nothing is the share is not off by a rounding error.
            applies = 1 - sum(share * np.isnan(row) for row, share in zip(children, w, strict=True))
            left = np.where(applies > NEARLY, applies, np.nan)
            children = [np.nan_to_num(row) / left for row in children]
        rows.append(sum(share * row for row, share in zip(children, w, strict=True)))
    covered = np.clip(np.asarray(rows, float), 0.0, 1.0)
    # Parts that make a whole may add up to a rounding error less.
    return np.where(covered > 1.0 - NEARLY, 1.0, covered)


def thin(tree: Tree, covered: Array) -> NDArray[np.bool_]:
    """(rules + nodes, …): dimensions known too little to count, by their min_coverage."""
    gates = np.asarray([0.0] * len(tree.rules) + [node.min_coverage for node in tree.nodes])
    return covered < gates.reshape(-1, *([1] * (covered.ndim - 1))) - NEARLY


def evaluate(
    tree: Tree,
    leaves: Array,
    replaced: NDArray[np.bool_] | None = None,
    by: float = np.nan,
    weights: list[Array] | None = None,
    counted: Array | None = None,
) -> Array:
    """(rules + nodes, …): the value of every row from severities (rules, …), NaN where unknown.

    Rows marked in `replaced` are worth `by` whatever is below them. `weights` holds, for each node,
    (children, …) weights to use in place of its own, and `counted` (rules, …) the share of its weight with which each
    severity counts. The root's own rounding is left to the caller.
    """
    rows = [*leaves]
    for at, node in enumerate(tree.nodes):
        w = weights[at] if weights is not None else np.asarray(node.weights).reshape(-1, *([1] * (leaves.ndim - 1)))
        value = valued(tree, at, rows, w, counted)
        if replaced is not None:
            value = np.where(replaced[len(rows)], by, value)
        rows.append(value)
    return np.asarray(rows)


def valued(tree: Tree, at: int, rows: Sequence[Array], weights: Array, counted: Array | None = None) -> Array:
    """(…): the value of one node from the rows before it and the weights (children, …) of its children."""
    node = tree.nodes[at]
    children = [rows[child] for child in node.children]
    if counted is not None:
        children, weights = lightened(tree, at, children, weights, counted)
    value = aggregate(children, weights, node.method, node.floor, tree.scale)
    root = at == len(tree.nodes) - 1
    return rounded(value, tree.decimals) if tree.every_node and not root else value


def lightened(
    tree: Tree, at: int, children: Sequence[Array], weights: Array, counted: Array
) -> tuple[list[Array], Array]:
    """The children of a node, and their weights (children, …), each rule with the share that counts of it.

    Where a node takes the highest or the lowest and weights do nothing, a rule counts from a half on.
    """
    node = tree.nodes[at]
    whole = np.ones(counted.shape[1:])
    shares = [counted[child] if child < len(tree.rules) else whole for child in node.children]
    if node.method in ("max", "min"):
        return [np.where(share < _HALF, np.nan, row) for row, share in zip(children, shares, strict=True)], weights
    return list(children), weights * np.asarray(shares)


def path(tree: Tree, row: int) -> tuple[Tree, list[int], list[int]]:
    """The tree of the nodes above a row, with all else as leaves; the rows of its leaves, and the numbers of its nodes.

    What changes in one row reaches the root through these alone.
    """
    above: list[int] = []
    at = row
    while at != tree.root:
        parent = next(n for n, node in enumerate(tree.nodes) if at in node.children)
        above.append(parent)
        at = len(tree.rules) + parent
    inside = {len(tree.rules) + parent for parent in above}
    leaves = [child for parent in above for child in tree.nodes[parent].children if child not in inside]
    new = {old: number for number, old in enumerate([*leaves, *(len(tree.rules) + parent for parent in above)])}
    nodes = [tree.nodes[p]._replace(children=tuple(new[c] for c in tree.nodes[p].children)) for p in above]
    return tree._replace(rules=tuple(map(str, leaves)), nodes=tuple(nodes)), leaves, above
