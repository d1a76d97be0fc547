"""A figure placed between fixed goalposts, or along steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from exposure.rulebook.base import Mistake, Pair
from exposure.rulebook.conditions import Array, Claims
from exposure.rulebook.kinds.rule import ClaimSeverities, Figures, Fixed
from exposure.rulebook.normalise import along_steps, between_goalposts


class NumberRule(Fixed, Figures):
    """A figure placed between fixed goalposts, or along steps, and clipped at their ends."""

    kind: Literal["number"]
    goalposts: Pair | None = None
    """No exposure, full exposure; low > high reverses."""
    curve: Literal["linear", "log", "sqrt"] = "linear"
    steps: Annotated[tuple[Pair, ...], Field(strict=False, min_length=2, max_length=1000)] | None = None
    """Points (value, severity), joined by straight lines."""

    def mistakes(self, scale: float) -> Iterator[Mistake]:
        if self.goalposts is None and self.steps is None:
            yield (), "needs either goalposts or steps", "goalposts = [0, 25] or steps = [[0, 0], [25, 100]]"
        elif self.goalposts is not None and self.steps is not None:
            yield ("steps",), "has goalposts as well as steps", "keep one of them"
        if self.goalposts is not None:
            yield from self._unusable(*sorted(self.goalposts))
        elif self.curve != "linear":
            yield ("curve",), "a curve goes with goalposts, not with steps", "remove it"
        for at, (value, severity) in enumerate(self.steps or ()):
            if self.steps and at and value <= self.steps[at - 1][0]:
                yield ("steps", at), "steps must rise in value", "put them in the order of their first number"
            if not 0 <= severity <= scale:
                yield ("steps", at), f"{severity:g} is outside 0 to {scale:g}", "the scale is set under [index]"
        yield from super().mistakes(scale)

    def _unusable(self, low: float, high: float) -> Iterator[Mistake]:
        if low == high:
            yield ("goalposts",), "both goalposts are the same", "the first is no exposure, the second full"
        if self.curve == "log" and low <= 0:
            yield ("goalposts",), f"{low:g} has no logarithm", "choose goalposts above 0"
        if self.curve == "sqrt" and low < 0:
            yield ("goalposts",), f"{low:g} has no square root", "choose goalposts of 0 or more"

    @property
    def ends(self) -> tuple[float, float]:
        figures = [value for value, _ in self.steps] if self.steps else self.goalposts or (0.0, 0.0)
        return min(figures), max(figures)

    def severities(self, indicator: str, claims: Claims, scale: float) -> ClaimSeverities:
        return self.at_ends(claims, lambda figures: self.placed(figures, scale), self.steps or ())

    def placed(self, figures: Array, scale: float) -> Array:
        """(…): the severity of figures."""
        if self.steps is not None:
            return along_steps(figures, self.steps)
        assert self.goalposts is not None
        return between_goalposts(figures, *self.goalposts, self.curve, scale)

    def options(self, scale: float, figures: Array, severities: Array) -> dict[str, float]:
        # The goalposts or steps, or what is allowed next to them.
        points = [value for value, _ in self.steps] if self.steps else list(self.goalposts or ())
        least, most = self.valid or (-np.inf, np.inf)
        near = [min(max(value, least), most) for value in points]
        if self.whole:
            near = [whole for value in near for whole in (np.floor(value), np.ceil(value)) if least <= whole <= most]
        texts = dict.fromkeys(f"{value:.15g}" for value in near)
        severity = self.placed(np.asarray([float(text) for text in texts]), scale)
        return dict(zip(texts, severity.tolist(), strict=True))

    def described(self, scale: float) -> str:
        if self.steps:
            return "; ".join(f"{value:g} is {severity:g}" for value, severity in self.steps) + "; straight in between"
        low, high = self.goalposts or (0.0, 0.0)
        curve = "" if self.curve == "linear" else f", along a {self.curve} curve"
        return f"{low:g} or what is beyond is 0, {high:g} is {scale:g}{curve}"
