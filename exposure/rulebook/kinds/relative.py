"""A figure placed among those of the countries present."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
from pydantic import Discriminator, Tag

from exposure.rulebook import normalise
from exposure.rulebook.base import Mistake, Pair
from exposure.rulebook.conditions import Array, Claims
from exposure.rulebook.kinds.rule import ClaimSeverities, Figures


def _form(value: object) -> str:
    return "word" if isinstance(value, str) else "pair"


Ends = Annotated[Annotated[Pair, Tag("pair")] | Annotated[Literal["raw"], Tag("word")], Discriminator(_form)]


class RelativeRule(Figures):
    """A figure placed among the countries present; adding a country moves the others."""

    kind: Literal["relative"]
    method: Literal["minmax", "percentile", "rank", "zscore"] = "minmax"
    range: Ends | None = None
    """By default the severities end at 0 and the scale: a zscore has its mean in the middle, two standard deviations
    reach the ends, and what lies further out is clipped.

    A pair sets other ends, or the mean and the standard deviation of a zscore, which is then not clipped. `raw` is
    1 to n for a rank, and mean 0 and standard deviation 1 for a zscore.
    """
    direction: Literal["ascending", "descending"] = "ascending"

    def mistakes(self, scale: float) -> Iterator[Mistake]:
        yield from super().mistakes(scale)
        if self.range == "raw":
            if self.method not in ("rank", "zscore"):
                yield ("range",), f"{self.method} has no raw form", "write the ends, as in range = [0, 1]"
        elif self.range is None:
            return
        elif self.method == "zscore" and self.range[1] <= 0:
            yield ("range",), "the standard deviation must be above 0", "range = [mean, sd]"
        elif self.method != "zscore" and self.range[0] >= self.range[1]:
            yield ("range",), "the lower end must be below the upper", "write [lowest, highest]"

    @property
    def among_peers(self) -> bool:
        return True

    def may_leave(self, scale: float) -> tuple[bool, bool]:
        if self.range is None:
            return False, False
        if self.method == "zscore" or self.range == "raw":
            # What has no raw form is a mistake of its own.
            return self.method == "zscore", True
        return self.range[0] < 0, self.range[1] > scale

    def severities(self, indicator: str, claims: Claims, scale: float) -> ClaimSeverities:
        sign = 1.0 if self.direction == "ascending" else -1.0
        peers = sign * claims.peers(indicator)

        def formula(value: Array) -> Array:
            value = sign * value
            if self.range is not None and self.method in ("zscore", "rank") and len(peers):
                # An open end reaches as far as the peers do.
                value = np.where(np.isinf(value), np.clip(value, peers.min(), peers.max()), value)
            return self._placed(value, peers, scale)

        return self.at_ends(claims, formula)

    def _placed(self, value: Array, peers: Array, scale: float) -> Array:
        """(…): the severity of figures among the peers."""
        if self.method == "zscore":
            mean, deviation = (0.0, 1.0) if self.range == "raw" else self.range or (scale / 2, scale / 4)
            score = normalise.zscore(value, peers, mean, deviation)
            return score if self.range else np.clip(score, 0, scale)
        if self.range == "raw":
            return normalise.rank(value, peers)
        place = normalise.minmax if self.method == "minmax" else normalise.percentile
        return place(value, peers, *(self.range or (0.0, scale)))

    def options(self, scale: float, figures: Array, severities: Array) -> dict[str, float]:
        # The figure of the least exposed country.
        if np.isnan(severities).all():
            return {}
        best = int(np.nanargmin(severities))
        return {} if np.isnan(figures[best]) else {f"{float(figures[best]):.15g}": float(severities[best])}

    def described(self, scale: float) -> str:
        ends = ""
        if isinstance(self.range, tuple):
            between = "mean {:g} and standard deviation {:g}" if self.method == "zscore" else "{:g} to {:g}"
            ends = f", {between.format(*self.range)}"
        elif self.range or self.method == "zscore":
            ends = ", raw" if self.range else f", {scale / 2:g} at the mean, two standard deviations to 0 and {scale:g}"
        return f"among the countries present: {self.method}, {self.direction}{ends}"
