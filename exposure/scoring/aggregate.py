"""Formulas from the children of a node to its value, and from its value back to the children's shares.

`x` is (children, …) with NaN for unknown, `w` weights of the same or a broadcasting shape. Unknown
children and those of weight 0 are left out and the other weights rescaled; the result is (…), NaN
where nothing is known. Values are 0 to `scale` (negative ones only for arithmetic, max and min).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from exposure.text import NEARLY

Array = NDArray[np.float64]

LIFTED = ("geometric", "harmonic", "inverted-geometric")
"""The methods that a floor changes."""
_NODES = 32


def aggregate(x: Array | Sequence[Array], w: Array, method: str, floor: float = 0.0, scale: float = 100.0) -> Array:
    """The value of a node by one of the six methods.

    With a floor φ, x/scale ↦ φ + (1 − φ)·x/scale first and back afterwards (INFORM uses 0.1).
    """
    if method == "arithmetic":
        value = _mean(x, w)
        # Among draws a rounding error is cut before a rank is read, and the two ends of the children cost time.
        return value if w.ndim == 3 else _between(value, _known(np.asarray(np.broadcast_arrays(*x)), w)[0])
    x, w = _known(np.asarray(np.broadcast_arrays(*x)), w)
    if method in ("max", "min"):
        return _extreme(x, w, method)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        y = _snapped(x / scale)
        if method == "inverted-geometric":
            lifted = _geometric(floor + (1 - floor) * (1 - y), w)
            return _between((1 - lifted) / (1 - floor) * scale, x)
        lifted = (_geometric if method == "geometric" else _harmonic)(floor + (1 - floor) * y, w)
        return _between((lifted - floor) / (1 - floor) * scale, x)


def _between(value: Array, x: Array) -> Array:
    """A mean kept between its known children: of equal ones it is their value, and no rounding error away from it."""
    return np.clip(value, np.fmin.reduce(x), np.fmax.reduce(x))


def _snapped(share: Array) -> Array:
    """0 and 1 where a rounding error away from it: a geometric mean would make much of 1e-17.

    Nearer than NEARLY, because a share may truly be 1e-9 and its root is then no small thing.
    """
    share = np.where(np.abs(share) < 1e-12, 0.0, share)
    return np.where(np.abs(share - 1) < 1e-12, 1.0, share)


def _known(x: Array, w: Array) -> tuple[Array, Array]:
    w = np.where(np.isnan(x), 0.0, w)
    return np.where(w > 0, x, np.nan), w


def _total(w: Array) -> Array:
    total = w.sum(axis=0)
    return np.where(total > 0, total, np.nan)


def _mean(x: Array | Sequence[Array], w: Array) -> Array:
    if w.ndim == 3 and w.shape[1] == 1 and all(one.shape[-1] == 1 for one in x):
        # The same values under many weights are a product of matrices.
        whole = np.concatenate(list(x), axis=-1)
        gaps = np.isnan(whole)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((np.where(gaps, 0.0, whole) @ w[:, 0]) / ((1.0 - gaps) @ w[:, 0]))
    # Child by child, in place, and not as one block: a million draws of it must pass through the cache.
    value = np.zeros(np.broadcast_shapes(*(one.shape for one in x), w.shape[1:]))
    total = np.zeros(())
    for one, weight in zip(x, w, strict=True):
        # The least is NaN where any is, and found faster.
        if one.size and np.isnan(one.min()):
            gaps = np.isnan(one)
            one, weight = np.where(gaps, 0.0, one), weight * ~gaps
        value += weight * one
        total = total + weight
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.divide(value, total, out=value))


def _geometric(x: Array, w: Array) -> Array:
    return np.where(w > 0, np.maximum(x, 0.0) ** (w / _total(w)), 1.0).prod(axis=0) + 0 * _total(w)


def _harmonic(x: Array, w: Array) -> Array:
    return _total(w) / np.where(w > 0, w / x, 0.0).sum(axis=0)


def _extreme(x: Array, w: Array, method: str) -> Array:
    away = -np.inf if method == "max" else np.inf
    filled = np.where(w > 0, x, away)
    value = filled.max(axis=0) if method == "max" else filled.min(axis=0)
    return np.where(np.isinf(value), np.nan, value)


def shares(x: Array, w: Array, method: str, floor: float = 0.0, scale: float = 100.0) -> Array:
    """How much of the node's value each child accounts for: (children, …), summing to 1, or all 0.

    Aumann–Shapley shares of the node's own formula on the path from 0 to x. A node worth 0 gives 0.
    """
    x, w = _known(x, w)
    value = aggregate(x, w, method, floor, scale)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        raw = np.where(w > 0, _raw_shares(x, w, method, floor, scale), 0.0)
        total = raw.sum(axis=0)
        return np.where((value != 0) & ~np.isnan(value) & (total != 0), raw / total, 0.0)


def _raw_shares(x: Array, w: Array, method: str, floor: float, scale: float) -> Array:
    if method == "arithmetic":
        return w * x
    if method in ("max", "min"):
        # Means of equals differ by rounding errors and still tie.
        return np.asarray(np.abs(x - _extreme(x, w, method)) <= NEARLY * scale, float)
    if not floor and method == "geometric":
        return w + 0 * x
    if not floor and method == "harmonic":
        return w / x
    y, w = np.where(w > 0, x, 0.0) / scale, w / _total(w)
    return _inverted_path(y, w, floor) if method == "inverted-geometric" else _floored_path(y, w, method, floor)


@cache
def _nodes() -> tuple[Array, Array]:
    """Places and widths of Gauss–Legendre on 0 to 1."""
    node, width = np.polynomial.legendre.leggauss(_NODES)
    return (node + 1) / 2, width / 2


def _floored_path(y: Array, w: Array, method: str, floor: float) -> Array:
    """∫₀¹ yᵢ ∂ᵢF(t·y) dt of the floored geometric or harmonic mean F, weights summing to 1."""
    return y * sum(width * slopes(t * y, w, method, floor, 1.0) for t, width in zip(*_nodes(), strict=True))


def slopes(x: Array, w: Array, method: str, floor: float, scale: float) -> Array:
    """(children, …): how fast the node's value rises with each child; 0 for what is left out.

    Children that tie in max and min share the slope. At 0 a geometric mean rises without bound: 0 is returned,
    which holds for a child that stays there.
    """
    x, w = _known(x, w)
    if method in ("max", "min"):
        attains = np.abs(x - _extreme(x, w, method)) <= NEARLY * scale
        return np.asarray(attains / np.maximum(attains.sum(axis=0), 1), float)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        w = w / _total(w)
        if method != "arithmetic":
            y = _snapped(x / scale)
            lifted = floor + (1 - floor) * (1 - y if method == "inverted-geometric" else y)
            mean, power = (_harmonic(lifted, w), 2) if method == "harmonic" else (_geometric(lifted, w), 1)
            w = np.where(lifted > 0, w * (mean / lifted) ** power, 0.0)
    return np.where(np.isfinite(w), w, 0.0)


def _inverted_path(y: Array, w: Array, floor: float) -> Array:
    """The same of 1 − geometric(1 − y), which without a floor rises without bound as a child nears full exposure.

    Substituting 1 − t = s^p with p = 1 / (weight at full exposure) takes that singularity out; in
    logarithms, because s^p underflows where that weight is small.
    """
    full = (y >= 1) & (w > 0) & (floor == 0)
    at_full = np.where(full, w, 0.0).sum(axis=0)
    p = np.where(at_full > 0, 1 / np.where(at_full > 0, at_full, 1), 1.0)
    total = np.zeros_like(y)
    for s, width in zip(*_nodes(), strict=True):
        lifted = floor + (1 - floor) * (1 - y + s**p * y)
        log = np.where(full, p * np.log(s), np.log(np.where(full, 1.0, lifted)))
        log_mean = np.where(w > 0, w * log, 0.0).sum(axis=0)
        total += width * w * p * np.exp((p - 1) * np.log(s) + log_mean - log)
    return y * total
