"""A tree with the rules and dimensions of both sides of a change, in which weights say what is there."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from exposure.rulebook.model import method_and_floor
from exposure.scoring.tree import ROOT, Node, Tree

if TYPE_CHECKING:
    from exposure.rulebook.model import Rulebook


class Union(NamedTuple):
    """A tree with the rules and dimensions of both sides, under the settings of one."""

    tree: Tree
    leaves: tuple[tuple[str, str], ...]
    """(rule, dimension): a rule that moved stands twice, each time without weight on one side."""
    names: tuple[str, ...]
    """Of every row of the tree, the root's empty."""
    weights: tuple[tuple[float, float], ...]
    """Of every row, before and after."""


def union(books: tuple[Rulebook, Rulebook], scored: tuple[Collection[str], ...], settings: int) -> Union:
    """The tree in which every rule of `scored`, by side, and every dimension of both rulebooks has its place."""
    under, other = books[settings], books[1 - settings]
    leaves = sorted({(name, book.rules[name].dimension) for side, book in enumerate(books) for name in scored[side]})
    dimensions = {**other.dimensions, **under.dimensions}
    weights = [_pair(books, "rules", name) for name, _ in leaves]
    names = [name for name, _ in leaves]
    children: dict[str | None, list[tuple[str, int | None]]] = {}
    for at, (name, dimension) in enumerate(leaves):
        children.setdefault(dimension, []).append((name, at))
    for name, settings_of in dimensions.items():
        children.setdefault(settings_of.parent, []).append((name, None))
    nodes: list[Node] = []

    def place(name: str | None) -> int | None:
        rows = []
        for child, leaf in sorted(children.get(name, []), key=lambda item: (item[0], item[1] or 0)):
            row = leaf if leaf is not None else place(child)
            if row is not None:
                rows.append(row)
        if not rows:
            return None
        part = under.index if name is None else dimensions[name]
        method, floor = method_and_floor(part.aggregation)
        gate = 0.0 if name is None else dimensions[name].min_coverage
        nodes.append(Node(name or ROOT, tuple(rows), (1.0 / len(rows),) * len(rows), method, floor, gate))
        names.append(name or "")
        weights.append((1.0, 1.0) if name is None else _pair(books, "dimensions", name))
        return len(leaves) + len(nodes) - 1

    place(None)
    index = under.index
    tree = Tree(
        tuple(name for name, _ in leaves), tuple(nodes), index.scale, index.decimals, index.rounding == "every-node"
    )
    return Union(tree, tuple(leaves), tuple(names), tuple(weights))


def _pair(books: tuple[Rulebook, Rulebook], section: str, name: str) -> tuple[float, float]:
    """A weight before and after; what stands on one side only has that one's weight throughout."""
    old, new = (getattr(book, section).get(name) for book in books)
    return (old or new).weight, (new or old).weight
