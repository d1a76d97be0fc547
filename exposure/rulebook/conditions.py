"""Conditions on an indicator, as combinations and targets set them, and which claims meet them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Discriminator, Tag

from exposure.rulebook.base import Line, Number, Part, Words

Array = NDArray[np.float64]

WITHDRAWN = "withdrawn"
"""The value of an indicator of which what was said before no longer holds, and nothing has taken its place."""
NOT_APPLICABLE = "not-applicable"
"""The value of an indicator that cannot hold for the country."""
OTHERS = "?"
"""The last place of a list whose other words are not known."""


class Bounds(Part):
    """A condition on a number, or on how many words a list has."""

    at_least: Number | None = None
    at_most: Number | None = None
    of: Words | None = None
    """Of a list, the words that are counted; all of them unless given."""


def _form(value: object) -> str:
    return "bounds" if isinstance(value, dict | Bounds) else "word" if isinstance(value, str) else "words"


Condition = Annotated[
    Annotated[Line, Tag("word")] | Annotated[Words, Tag("words")] | Annotated[Bounds, Tag("bounds")],
    Discriminator(_form),
]


class Claims(Protocol):
    """The claims that count or contest, as scoring selects them."""

    @property
    def texts(self) -> tuple[Sequence[str], NDArray[np.int32]]:
        """The distinct values, and (claims,) the place of each claim's value among them."""

    @property
    def numbers(self) -> Mapping[str, Array]:
        """(claims,) number, low and high; NaN where the claim has none."""

    def peers(self, indicator: str) -> Array:
        """The figures of the countries that have one of their own."""


def by_text(claims: Claims, of_text: Sequence[float]) -> Array:
    """(claims,): what each claim's text is worth, given what each of the distinct texts is."""
    return np.asarray(of_text, float)[claims.texts[1]] if len(of_text) else np.zeros(0)


def truth_of_claims(claims: Claims, condition: Condition) -> Array:
    """(claims,): 1 where the claim's value meets the condition, 0 where not, NaN where that is open.

    One of a list of words is enough; an interval must lie wholly inside, or wholly outside. Bounds on
    words are bounds on how many there are. What a list does not name may meet the condition.
    """
    lists = [[] if text in ("", WITHDRAWN, NOT_APPLICABLE) else text.split(";") for text in claims.texts[0]]
    others = [words[-1:] == [OTHERS] for words in lists]
    if isinstance(condition, Bounds):
        counted = [[word for word in words if word in (condition.of or words)] for words in lists]
        few = [
            len(those) - (those[-1:] == [OTHERS]) if words else np.nan
            for words, those in zip(lists, counted, strict=True)
        ]
        many = [np.inf if more else count for count, more in zip(few, others, strict=True)]
        is_word = np.isnan(claims.numbers["number"])
        counts = {"low": by_text(claims, few), "high": by_text(claims, many)}
        low, high = (np.where(is_word, count, claims.numbers[end]) for end, count in counts.items())
        least = -np.inf if condition.at_least is None else condition.at_least
        most = np.inf if condition.at_most is None else condition.at_most
        inside, outside = (low >= least) & (high <= most), (high < least) | (low > most)
        return np.where(inside, 1.0, np.where(outside, 0.0, np.nan))
    wanted = {condition} if isinstance(condition, str) else set(condition)
    met = [
        1.0 if wanted & {text, *words} else np.nan if more or not words else 0.0
        for text, words, more in zip(claims.texts[0], lists, others, strict=True)
    ]
    return by_text(claims, met)
