"""Several indicators at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from exposure.rulebook.base import Line, Mistake
from exposure.rulebook.conditions import Array, Claims, Condition, by_text, truth_of_claims
from exposure.rulebook.kinds.rule import ClaimSeverities, Fixed, Rule


class CombinationRule(Fixed, Rule):
    """Full exposure where all conditions hold, none where one fails, else unknown."""

    kind: Literal["combination"]
    when: Annotated[dict[Line, Condition], Field(min_length=1, max_length=100)]
    contradiction: bool = False
    """A pledge and a practice that cannot both be meant: flagged wherever the country is shown."""

    def mistakes(self, scale: float) -> Iterator[Mistake]:
        # What its conditions may say depends on the other rules.
        return iter(())

    def reads(self, rule_id: str) -> tuple[str, ...]:
        return tuple(self.when)

    @property
    def form(self) -> None:
        return

    @property
    def oldest(self) -> None:
        return

    @property
    def conditions(self) -> Mapping[str, Condition]:
        return self.when

    @property
    def is_contradiction(self) -> bool:
        return self.contradiction

    def severities(self, indicator: str, claims: Claims, scale: float) -> ClaimSeverities:
        x = scale * truth_of_claims(claims, self.when[indicator])
        # An empty claim says nothing; an inexact one may lie on either side of the condition.
        filled = by_text(claims, [float(bool(text)) for text in claims.texts[0]]) > 0
        open_to = np.isnan(x) & filled
        return ClaimSeverities(x, np.where(open_to, 0.0, x), np.where(open_to, scale, x))

    def options(self, scale: float, figures: Array, severities: Array) -> dict[str, float]:
        # What it reads is given other values where it is read by itself.
        return {}

    def described(self, scale: float) -> str:
        return f"{scale:g} where all of its conditions hold"
