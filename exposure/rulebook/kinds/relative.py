"""A figure placed among those of the countries present."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from exposure.rulebook import normalise
from exposure.rulebook.base import Mistake, Pair
from exposure.rulebook.conditions import Array, Claims
from exposure.rulebook.kinds.rule import ClaimSeverities, Figures


class RelativeRule(Figures):
    """A figure placed among the countries present; adding a country moves the others."""

    kind: Literal["relative"]
    method: Literal["minmax", "percentile", "rank", "zscore"] = "minmax"
    range: Pair | None = None
    """Ends of the scale (minmax, percentile) or mean and standard deviation (zscore)."""
    direction: Literal["ascending", "descending"] = "ascending"

    def mistakes(self, scale: float) -> Iterator[Mistake]:
        yield from super().mistakes(scale)
        if self.range is None:
            return
        if self.method == "rank":
            yield ("range",), "rank has no range", "remove it"
        elif self.method == "zscore" and self.range[1] <= 0:
            yield ("range",), "the standard deviation must be above 0", "range = [mean, sd]"
        elif self.method != "zscore" and self.range[0] >= self.range[1]:
            yield ("range",), "the lower end must be below the upper", "write [lowest, highest]"

    @property
    def among_peers(self) -> bool:
        return True

    def may_leave(self, scale: float) -> tuple[bool, bool]:
        low, high = self.range or (0.0, scale)
        below = self.method == "zscore" or (self.method != "rank" and low < 0)
        return below, self.method in ("rank", "zscore") or high > scale

    def severities(self, indicator: str, claims: Claims, scale: float) -> ClaimSeverities:
        sign = 1.0 if self.direction == "ascending" else -1.0
        peers = sign * claims.peers(indicator)

        def formula(value: Array) -> Array:
            value = sign * value
            if self.method in ("zscore", "rank") and len(peers):
                # An open end reaches as far as the peers do.
                value = np.where(np.isinf(value), np.clip(value, peers.min(), peers.max()), value)
            match self.method:
                case "minmax":
                    return normalise.minmax(value, peers, *(self.range or (0.0, scale)))
                case "percentile":
                    return normalise.percentile(value, peers, *(self.range or (0.0, scale)))
                case "rank":
                    return normalise.rank(value, peers)
                case "zscore":
                    return normalise.zscore(value, peers, *(self.range or (0.0, 1.0)))

        return self.at_ends(claims, formula)

    def options(self, scale: float, figures: Array, severities: Array) -> dict[str, float]:
        # The figure of the least exposed country.
        if np.isnan(severities).all():
            return {}
        best = int(np.nanargmin(severities))
        return {} if np.isnan(figures[best]) else {f"{float(figures[best]):.15g}": float(severities[best])}

    def described(self, scale: float) -> str:
        return f"among the countries present: {self.method}, {self.direction}"
