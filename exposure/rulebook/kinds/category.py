"""A word, or a list of words, out of those that the rule knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from exposure.rulebook.kinds.rule import Form, Reading, by_word, off_the_scale, unreadable
from exposure.rulebook.parts import Limits, Line, Number

if TYPE_CHECKING:
    from exposure.rulebook.conditions import Claims
    from exposure.rulebook.kinds.rule import Array, OfClaims
    from exposure.rulebook.parts import Mistake


class CategoryRule(Reading):
    """Each allowed word has a severity; a list takes its worst or mean."""

    kind: Literal["category"]
    severity: Annotated[dict[Line, Number], Limits(min_length=1, max_length=1000)]
    combine: Literal["max", "mean"] = "max"

    def mistakes(self, scale: float) -> Iterator[Mistake]:
        """Severities off the scale, and words that no cell could hold."""
        yield from off_the_scale(self.severity, scale)
        yield from ((("severity", *path), found, hint) for path, found, hint in unreadable(self.severity))

    @property
    def form(self) -> Form:
        """Its words."""
        return Form("category", tuple(self.severity))

    @property
    def among_peers(self) -> bool:
        """Its severities are written in the rule."""
        return False

    def may_leave(self, scale: float) -> tuple[bool, bool]:
        """Neither way: its severities are checked."""
        return False, False

    def severities(self, indicator: str, claims: Claims, scale: float) -> OfClaims:
        """That of the word; of several words the worst or the mean."""
        return by_word(claims, self.severity, worst=self.combine == "max")

    def options(self, scale: float, figures: Array, severities: Array) -> dict[str, float]:
        """Each word."""
        return dict(self.severity)

    def described(self, scale: float) -> str:
        """The words with their severities."""
        several = "the worst" if self.combine == "max" else "the mean"
        said = ", ".join(f"{word} {severity:g}" for word, severity in self.severity.items())
        return f"{said}; of several {several}"
