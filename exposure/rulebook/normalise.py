"""Formulas from a value to a severity. Arrays in, arrays of the same shape out; NaN stays NaN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def between_goalposts(value: Array, low: float, high: float, curve: str, scale: float) -> Array:
    """Severity 0 at `low` and `scale` at `high`, clipped; curve linear, log or sqrt (UNDP, HDI technical note 1)."""
    bends: dict[str, Callable[..., Any]] = {"linear": np.asarray, "log": np.log, "sqrt": np.sqrt}
    bend = bends[curve]
    start, end = min(low, high), max(low, high)
    share = (bend(np.clip(value, start, end)) - bend(start)) / (bend(end) - bend(start))
    return np.asarray((share if low < high else 1 - share) * scale, float)


def along_steps(value: Array, steps: tuple[tuple[float, float], ...]) -> Array:
    """Severity by straight lines between (value, severity) points, level beyond the ends."""
    values, severities = zip(*steps, strict=True)
    return np.asarray(np.where(np.isnan(value), np.nan, np.interp(value, values, severities)), float)


def minmax(value: Array, peers: Array, low: float, high: float) -> Array:
    """`low` at the least of the peers and `high` at the most (OECD/JRC handbook, step 5); constant: the middle."""
    least, most = _ends(peers)
    if not most > least:
        return np.where(np.isnan(value), np.nan, (low + high) / 2)
    return np.clip((value - least) / (most - least), 0, 1) * (high - low) + low


def percentile(value: Array, peers: Array, low: float, high: float) -> Array:
    """(rank − 1) / (n − 1) of `low` to `high`, ties sharing the lowest rank; constant or alone: the middle."""
    count, (least, most) = len(peers), _ends(peers)
    if count < 2 or not most > least:
        return np.where(np.isnan(value), np.nan, (low + high) / 2)
    return np.clip((rank(value, peers) - 1) / (count - 1), 0, 1) * (high - low) + low


def rank(value: Array, peers: Array) -> Array:
    """1 for the lowest, ties sharing the lowest rank; one above the peers for what is above them all."""
    return np.where(np.isnan(value), np.nan, np.searchsorted(np.sort(peers), value) + 1.0)


def zscore(value: Array, peers: Array, mean: float, deviation: float) -> Array:
    """Standard deviations from the peers' mean, set to a new mean and deviation; sample deviation."""
    least, most = _ends(peers)
    # Not the deviation itself: that of 0.1, 0.1, 0.1 is a rounding error above 0.
    if not most > least:
        return np.where(np.isnan(value), np.nan, mean)
    spread = float(np.std(peers, ddof=1))
    return mean + deviation * (value - float(np.mean(peers))) / spread


def _ends(peers: Array) -> tuple[float, float]:
    return (float(np.min(peers)), float(np.max(peers))) if len(peers) else (0.0, 0.0)
