"""Yes or no."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from exposure.rulebook.base import Mistake, Number
from exposure.rulebook.conditions import Array, Claims
from exposure.rulebook.kinds.rule import ClaimSeverities, Fixed, Form, Reading, by_word, off_the_scale


class FlagRule(Fixed, Reading):
    """Yes or no; yes is full exposure unless `severity` says otherwise."""

    kind: Literal["flag"]
    severity: Annotated[dict[Literal["yes", "no"], Number], Field(min_length=2)] | None = None

    def mistakes(self, scale: float) -> Iterator[Mistake]:
        return off_the_scale(self._severity(scale), scale)

    @property
    def form(self) -> Form:
        return Form("flag")

    def severities(self, indicator: str, claims: Claims, scale: float) -> ClaimSeverities:
        return by_word(claims, self._severity(scale), worst=True)

    def options(self, scale: float, figures: Array, severities: Array) -> dict[str, float]:
        return self._severity(scale)

    def described(self, scale: float) -> str:
        return ", ".join(f"{word} {self._severity(scale)[word]:g}" for word in ("yes", "no"))

    def _severity(self, scale: float) -> dict[str, float]:
        return {str(word): x for word, x in (self.severity or {"yes": scale, "no": 0.0}).items()}
