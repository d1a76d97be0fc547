"""A tree with the rules and dimensions of both sides of a change, in which weights say what is there."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from exposure.rulebook.model import Rulebook
from exposure.scoring.tree import Tree, grown


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
    # Weights are those of either side: here every leaf and dimension has its place.
    tree = grown([(*leaf, 1.0) for leaf in leaves], dimensions, dict.fromkeys(dimensions, 1.0), under.index)
    inner = [node.name for node in tree.nodes[:-1]]
    weights = [_pair(books, "rules", name) for name, _ in leaves] + [_pair(books, "dimensions", name) for name in inner]
    names = (*(name for name, _ in leaves), *inner, "")
    return Union(tree, tuple(leaves), names, (*weights, (1.0, 1.0)))


def _pair(books: tuple[Rulebook, Rulebook], section: str, name: str) -> tuple[float, float]:
    """A weight before and after; what stands on one side only has that one's weight throughout."""
    old, new = (getattr(book, section).get(name) for book in books)
    return (old or new).weight, (new or old).weight
