"""A change shared out among the parts that made it, whatever the order in which they are told.

Shapley (1953): a part's share is what it adds, averaged over all orders in which the parts can be
made. The shares add up to the whole change. Up to MOST_EXACT parts all subsets are valued; beyond,
some orders, each with its reverse, drawn with a fixed seed.
"""

from __future__ import annotations

from functools import cache
from math import factorial, fsum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST_EXACT = 12
"""Parts up to which every subset is valued: 4,096 of them."""
VALUED = 4096
"""Subsets that are valued, about, where not all are."""
MOST_CELLS = 4_000_000
"""Parts × parts up to which one order with its reverse more is drawn."""
SEED = 1


class Subsets(NamedTuple):
    """The subsets of the parts that must be valued."""

    made: NDArray[np.bool_]
    """(parts, subsets): whether the part is made in that subset; the first subset is empty, the last is whole."""
    orders: NDArray[np.int64] | None
    """(orders, parts): the orders drawn, each a row of part numbers; None where all subsets are there."""


@cache
def subsets(parts: int) -> Subsets:
    """All subsets of the parts, or those on the way along some orders where they are too many."""
    if parts <= MOST_EXACT:
        return Subsets((np.arange(2**parts)[None, :] >> np.arange(parts)[:, None]) & 1 == 1, None)
    generator = np.random.Generator(np.random.PCG64(SEED))
    # Eight orders with their reverses, but two where thousands of parts would fill the memory with subsets.
    half = max(VALUED // (parts + 1) // 2, min(8, MOST_CELLS // parts**2), 2)
    drawn = generator.permuted(np.tile(np.arange(parts), (half, 1)), axis=1)
    orders = np.concatenate([drawn, drawn[:, ::-1]])
    position = np.argsort(orders, axis=1)
    made = position.T[:, :, None] < np.arange(parts + 1)[None, None, :]
    return Subsets(made.reshape(parts, -1), orders)


def shapley(value: Array, of: Subsets) -> Array:
    """(parts, …): each part's share of value[-1] − value[0], from (subsets, …) the value of each subset."""
    parts = len(of.made)
    if of.orders is None:
        return _over_all(value, parts)
    count = len(of.orders)
    steps = np.diff(value.reshape(count, parts + 1, *value.shape[1:]), axis=1)
    total = np.zeros((parts, *value.shape[1:]))
    np.add.at(total, of.orders, steps)
    return total / count


def _over_all(value: Array, parts: int) -> Array:
    number = np.arange(2**parts)
    size = np.zeros(2**parts, int)
    for part in range(parts):
        size += number >> part & 1
    weights = np.asarray([factorial(s) * factorial(parts - s - 1) / factorial(parts) for s in range(parts)])
    shares = []
    for part in range(parts):
        without = number[number >> part & 1 == 0]
        weight = weights[size[without]].reshape(-1, *([1] * (value.ndim - 1)))
        shares.append((weight * (value[without | 1 << part] - value[without])).sum(axis=0))
    return np.asarray(shares).reshape(parts, *value.shape[1:])


def summing_to(parts: Array, total: float) -> Array:
    """The parts with the rounding error of their sum put on them: they add up as nearly as floats can say."""
    parts = np.array(parts, float)
    # The largest first: the correction of a large part is itself rounded, that of a small one finer.
    for at in sorted(np.flatnonzero(parts).tolist(), key=lambda at: -abs(parts[at])):
        error = fsum([total, *-parts])
        if not error:
            break
        parts[at] += error
    return parts
