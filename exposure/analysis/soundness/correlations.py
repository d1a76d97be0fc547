"""How two columns of numbers go together: naked formulas, unknown values left out pair by pair."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NOISE = 1e-12
"""Spread, as a share of the largest value, that is a rounding error and no difference."""


def pearson(x: Array, y: Array) -> Array:
    """(…,): Pearson's r of (…, n) with (…, n) where both are known, −1 to 1; NaN where either is constant there."""
    both = ~(np.isnan(x) | np.isnan(y))
    dx, dy = _centred(x, both), _centred(y, both)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = (dx * dy).sum(-1) / np.sqrt((dx**2).sum(-1) * (dy**2).sum(-1))
    return np.clip(r, -1.0, 1.0)


def _centred(x: Array, known: NDArray[np.bool_]) -> Array:
    """x less the mean of its known part, 0 elsewhere; all 0 where that part is constant but for rounding."""
    x = np.where(known, x, 0.0)
    count = np.maximum(known.sum(-1, keepdims=True), 1)
    away = np.where(known, x - x.sum(-1, keepdims=True) / count, 0.0)
    level = np.abs(away).max(-1, keepdims=True, initial=0.0) <= NOISE * np.abs(x).max(-1, keepdims=True, initial=0.0)
    return np.where(level, 0.0, away)


def spearman(x: Array, y: Array) -> float:
    """Pearson's r of the ranks of (n,) with those of (n,), ties at the mean of their places; NaN if constant."""
    both = ~(np.isnan(x) | np.isnan(y))
    return float(pearson(mean_ranks(x[both]), mean_ranks(y[both])))


def mean_ranks(x: Array) -> Array:
    """(n,): the place of each value from 1, the lowest, those that tie at the mean of their places."""
    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2)[place], float)


def kendall(x: Array, y: Array) -> float:
    """Kendall's tau-b of (n,) with (n,), −1 to 1: pairs in order less those against it, ties left out of the count
    on their own side (Kendall 1945, “The treatment of ties in ranking problems”); NaN if either is constant."""
    both = ~(np.isnan(x) | np.isnan(y))
    # Compared and not subtracted: a difference of the largest numbers is none.
    up_x, up_y = (np.subtract(v[:, None] > v, v[:, None] < v, dtype=float) for v in (x[both], y[both]))
    untied = float(np.sqrt(np.abs(up_x).sum() * np.abs(up_y).sum()))
    return float((up_x * up_y).sum()) / untied if untied else float("nan")


def variance_shares(parts: Array, whole: Array) -> Array:
    """(rows,): cov(part, whole) / var(whole) of (rows, n) in (n,); they add up to 1 where the parts make the whole.

    The first-order share of a linear sum (Paruolo, Saisana, Saltelli 2013, “Ratings and rankings: voodoo or
    science?”, say why a nominal weight is not it). All NaN where the whole is constant but for rounding.
    """
    away = _centred(whole, np.ones(whole.shape, bool))
    variance = float((away**2).sum())
    if not variance:
        return np.full(len(parts), np.nan)
    shares = (parts * away).sum(-1) / variance
    return np.where(np.abs(shares) < NOISE, 0.0, shares)
