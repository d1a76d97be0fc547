"""What every kind of rule has, and every question that it must answer.

A kind is a file beside this one and a place in the list of kinds. Whatever the rest of the house needs to know of it
is an abstract method here, so that mypy refuses a kind in that list which leaves one unanswered.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from exposure.errors import quoted
from exposure.rulebook.base import Age, Id, Layer, Line, Missing, Mistake, Pair, Part, Text, Weight
from exposure.rulebook.conditions import NOT_APPLICABLE, OTHERS, WITHDRAWN, Array, Claims, Condition, by_text


class Form(NamedTuple):
    """What may stand in a cell."""

    kind: Literal["category", "flag", "number", "text"]
    words: tuple[str, ...] = ()
    """Allowed words of a category; empty for the other kinds, and where any are."""
    valid: tuple[float, float] | None = None
    whole: bool = False


class ClaimSeverities(NamedTuple):
    """Severity of the claims as one rule reads them, each array (claims,); NaN is unknown."""

    x: Array
    low: Array
    """The least and the most it can be; known where the claim has a value, even if `x` is not."""
    high: Array


class Rule(Part):
    """What the kinds of rules have in common."""

    kind: str
    label: Line | None = None
    definition: Text = ""
    dimension: Id
    weight: Weight = 1.0
    layer: Layer | None = None
    """`practice` is deployed, owed or done; `commitment` is signed, joined or enacted."""
    missing: Missing | None = None
    controllable: Literal["government", "operator", "creditor", "none", "closed"] | None = None
    """Who could change it; `closed` is a door that opens to nobody any more."""
    why: Text = ""

    @abstractmethod
    def mistakes(self, scale: float) -> Iterator[Mistake]:
        """What is wrong with it by itself; the paths begin at the rule."""

    @abstractmethod
    def reads(self, rule_id: str) -> tuple[str, ...]:
        """The indicators that it reads; the rule is called `rule_id`."""

    @property
    @abstractmethod
    def form(self) -> Form | None:
        """What may stand in the cells of its indicator; None where it says nothing of those that it reads."""

    @property
    @abstractmethod
    def oldest(self) -> str | None:
        """The age above which a claim on its indicator does not count; None where the rule gives none."""

    @property
    def ends(self) -> tuple[float, float] | None:
        """The least and the most figure between which its severity moves; None where nothing fixed says."""
        return None

    @property
    @abstractmethod
    def conditions(self) -> Mapping[str, Condition]:
        """For each of the indicators that it combines what must hold; empty for a rule that reads one by itself."""

    @property
    @abstractmethod
    def is_contradiction(self) -> bool:
        """Whether it is flagged wherever the country is shown."""

    @property
    @abstractmethod
    def among_peers(self) -> bool:
        """Whether its severities depend on which countries are present."""

    @abstractmethod
    def may_leave(self, scale: float) -> tuple[bool, bool]:
        """Whether its severities can be below 0, and above the scale."""

    @abstractmethod
    def severities(self, indicator: str, claims: Claims, scale: float) -> ClaimSeverities:
        """Severity of the claims, all taken to be on this indicator; 0 is no exposure and `scale` full."""

    @abstractmethod
    def options(self, scale: float, figures: Array, severities: Array) -> dict[str, float]:
        """Values that its indicator could be given, each with its severity.

        `figures` and `severities` are those of the countries as they are, (countries,).
        """

    @abstractmethod
    def described(self, scale: float) -> str:
        """How a claim becomes a severity, in plain words."""


class Fixed:
    """Of a rule whose severities are between 0 and the scale, whoever else is present."""

    @property
    def among_peers(self) -> bool:
        return False

    def may_leave(self, scale: float) -> tuple[bool, bool]:
        return False, False


class Reading(Rule):
    """A rule that reads one indicator."""

    indicator: Line | None = None
    """The rule's own id unless given, so two rules may read one indicator."""
    max_age: Age | None = None
    """A claim older than this on the scored day does not count; the index's unless given."""

    def reads(self, rule_id: str) -> tuple[str, ...]:
        return (self.indicator or rule_id,)

    @property
    def oldest(self) -> str | None:
        return self.max_age

    @property
    def conditions(self) -> Mapping[str, Condition]:
        return {}

    @property
    def is_contradiction(self) -> bool:
        # It takes two indicators to contradict each other.
        return False


class Figures(Reading):
    """A rule that reads a figure."""

    valid: Pair | None = None
    """Outside is an error, not a score."""
    whole: bool = False
    """Counts: a fraction is an error."""

    @property
    def form(self) -> Form:
        return Form("number", (), self.valid, self.whole)

    def mistakes(self, scale: float) -> Iterator[Mistake]:
        return disordered(self.valid)

    def at_ends(
        self, claims: Claims, formula: Callable[[Array], Array], corners: Sequence[tuple[float, float]] = ()
    ) -> ClaimSeverities:
        """The severity by `formula`, and at the ends of inexact figures.

        The formula rises or falls all the way, but for `corners`: (value, severity) where it may turn.
        """
        x = formula(claims.numbers["number"])
        least, most = self.valid or (-np.inf, np.inf)
        low, high = (np.clip(claims.numbers[end], least, most) for end in ("low", "high"))
        ends = [x, formula(low), formula(high)]
        ends += [np.where((low <= at) & (at <= high), severity, x) for at, severity in corners]
        return ClaimSeverities(x, np.minimum.reduce(ends), np.maximum.reduce(ends))


def by_word(claims: Claims, severity: Mapping[str, float], worst: bool) -> ClaimSeverities:
    """The worst, or else the mean, of the words of each claim; words that are not in the table count nothing.

    Where others are not known the worst is known only if none can be worse, and the mean lies anywhere.
    """
    least, most, unknown = min(severity.values()), max(severity.values()), float("nan")

    def one(text: str) -> tuple[float, float, float]:
        # Most of the texts are one word, or another rule's figure.
        if ";" not in text:
            return (severity.get(text, unknown),) * 3
        words = text.split(";")
        found = [severity[word] for word in words if word in severity]
        if words[-1] == OTHERS:
            known = max(found, default=least) if worst else least
            return (most, most, most) if known >= most and worst else (unknown, known, most)
        x = unknown if not found else max(found) if worst else sum(found) / len(found)
        return x, x, x

    read = np.asarray([one(text) for text in claims.texts[0]], float).reshape(-1, 3)
    return ClaimSeverities(*(by_text(claims, column.tolist()) for column in read.T))


def off_the_scale(severities: Mapping[str, float], scale: float) -> Iterator[Mistake]:
    """Words whose severity is outside 0 to the scale."""
    for word, severity in severities.items():
        if not 0 <= severity <= scale:
            yield ("severity", word), f"{severity:g} is outside 0 to {scale:g}", "the scale is set under [index]"


def unreadable(words: Iterable[str]) -> Iterator[Mistake]:
    """Words that no cell could hold: it is split at ; and read whatever its capitals, and some say something else."""
    seen: dict[str, str] = {}
    for word in words:
        if word in (WITHDRAWN, NOT_APPLICABLE, OTHERS):
            yield (word,), "a word that may stand in every cell and has no severity of its own", "call it otherwise"
        if ";" in word or word != word.strip():
            yield (word,), "a word may not hold ; or outer blanks", "; separates a list"
        first = seen.setdefault(word.casefold(), word)
        if first != word:
            yield (word,), f"the same word as {quoted(first)} but for its capitals", "keep one of them"


def disordered(valid: tuple[float, float] | None) -> Iterator[Mistake]:
    """Ends that are the wrong way round."""
    if valid and valid[0] > valid[1]:
        yield ("valid",), "the lower end is above the upper", "write [lowest, highest]"
