"""A word, or a list of words, out of those that the rule knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from exposure.rulebook.base import Line, Mistake, Number
from exposure.rulebook.conditions import Array, Claims
from exposure.rulebook.kinds.rule import ClaimSeverities, Fixed, Form, Reading, by_word, off_the_scale, unreadable


class CategoryRule(Fixed, Reading):
    """Each allowed word has a severity; a list takes its worst or mean."""

    kind: Literal["category"]
    severity: Annotated[dict[Line, Number], Field(min_length=1, max_length=1000)]
    combine: Literal["max", "mean"] = "max"

    def mistakes(self, scale: float) -> Iterator[Mistake]:
        yield from off_the_scale(self.severity, scale)
        yield from ((("severity", *path), found, hint) for path, found, hint in unreadable(self.severity))

    @property
    def form(self) -> Form:
        return Form("category", tuple(self.severity))

    def severities(self, indicator: str, claims: Claims, scale: float) -> ClaimSeverities:
        return by_word(claims, self.severity, worst=self.combine == "max")

    def options(self, scale: float, figures: Array, severities: Array) -> dict[str, float]:
        return dict(self.severity)

    def described(self, scale: float) -> str:
        several = "the worst" if self.combine == "max" else "the mean"
        said = ", ".join(f"{word} {severity:g}" for word, severity in self.severity.items())
        return f"{said}; of several {several}"
