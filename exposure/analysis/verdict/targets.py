"""Targets: what the rules demand of some countries, tested against observations and scores."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import isnan
from typing import NamedTuple

from exposure.analysis.diff import Changes, standing
from exposure.analysis.verdict.ledger import Ledger
from exposure.rulebook.conditions import Bounds, Condition, truth_of_claims
from exposure.rulebook.model import Require, Target
from exposure.scoring.score import Scores
from exposure.text import joined, number, worded

Truths = dict["Condition", list[float]]
"""Condition → whether each claim meets it: 1, 0, or NaN where that is open."""


class _Missed(NamedTuple):
    """One demand that is not met, or not known to be."""

    known: bool
    said: str
    """What was found, in words."""
    asked: str = ""
    row: int | None = None
    """The claim that says so."""
    indicator: str = ""


def check_targets(ledger: Ledger, changes: Changes | None) -> None:
    """Tests every target on every country it is about; what is not known is not met, and said in a note."""
    # Many targets ask the same of every country, and the claims may be many.
    truths: Truths = {}
    countries = [_Country(ledger.scores, unit, truths, changes) for unit in ledger.scores.selection.countries()]
    for target in ledger.targets:
        if ledger.looks_for(target.id):
            for country in countries:
                _test(ledger, target, country)


def _test(ledger: Ledger, target: Target, country: _Country) -> None:
    applies = country.is_in(target)
    if applies is False:
        return
    for missed in country.missed(target.require):
        if applies is None:
            said = f"whether it applies to {country.name} is not known: {country.open_of(target)}"
            ledger.add(target.id, said, "unknown excuses nobody; look for a source", (country.code, ""), at_most="note")
            return
        about = (country.code, missed.indicator)
        said = f"{missed.said}; asked: {missed.asked}" if missed.asked else missed.said
        # What was found may be another today, and still not what is asked.
        if missed.known:
            ledger.add(target.id, said, target.why, about, row=missed.row, known_by=missed.asked)
        else:
            hint = "unknown does not meet it; look for a source"
            ledger.add(target.id, said, hint, about, row=missed.row, at_most="note", known_by=f"{missed.asked}?")


class _Country:
    """What one country says to the demands of the targets."""

    def __init__(self, scores: Scores, unit: int, truths: Truths, changes: Changes | None) -> None:
        self.scores, self.truths, self.changes = scores, truths, changes
        self.code, self.name = scores.selection.units[unit], scores.selection.names[unit]
        self.score, self.band = float(scores.score[unit]), scores.band[unit]
        self.rows = dict(zip(scores.selection.indicators, scores.selection.behind(unit), strict=True))
        """Indicator → the claims that count: its own, or where it has none its entities'."""

    def is_in(self, target: Target) -> bool | None:
        """Whether all conditions of `for` hold; None where none fails and one is unknown."""
        truths = [self.holds(name, condition, any_part=True) for name, condition in target.for_.others.items()]
        if target.for_.min_band is not None:
            edges, least = self.scores.rulebook.bands, target.for_.min_band
            # A target of the base may name what is no more.
            truths.append(edges[self.band] >= edges[least] if self.band and least in edges else None)
        return False if False in truths else None if None in truths else True

    def open_of(self, target: Target) -> str:
        """What of `for` is unknown, in words."""
        conditions = sorted(target.for_.others.items())
        names = [name for name, condition in conditions if self.holds(name, condition, any_part=True) is None]
        return " and ".join(f"{name} is {self.values(name)}" for name in names) or "it has no band"

    def holds(self, indicator: str, condition: Condition, any_part: bool = False) -> bool | None:
        """Whether the claims that count meet the condition, all or any of them; None where that is not known."""
        if condition not in self.truths:
            self.truths[condition] = truth_of_claims(self.scores.selection, condition).tolist()
        rows = self.rows.get(indicator, [])
        truths = [self.truths[condition][row] for row in rows]
        if rows and not self.scores.selection.applies[rows].any():
            # Nothing is asked of what it does not apply to.
            return not any_part
        if (1.0 if any_part else 0.0) in truths:
            return any_part
        return None if not truths or any(map(isnan, truths)) else not any_part

    def missed(self, require: Require) -> Iterator[_Missed]:
        """What of the demands is not met, or not known to be."""
        for name, condition in sorted(require.others.items()):
            met, rows = self.holds(name, condition), self.rows.get(name, [])
            if not met:
                row = rows[0] if rows else None
                yield _Missed(met is False, f"{name} is {self.values(name)}", _asked(condition), row, name)
        if require.max_score is not None and not self.score <= require.max_score:
            said = f"the score is {number(self.score, self.scores.tree.decimals)}"
            yield _Missed(not isnan(self.score), said, f"at most {require.max_score:g}")
        edges = self.scores.rulebook.bands
        most = edges.get(require.max_band or "")
        if require.max_band is not None and not (self.band and most is not None and edges[self.band] <= most):
            yield _Missed(
                bool(self.band) and most is not None,
                f"the band is {self.band or 'unknown'}",
                f"at most {require.max_band}",
            )
        if require.not_rising and self.changes is not None:
            yield from self.rise

    @cached_property
    def rise(self) -> tuple[_Missed, ...]:
        """That the score rises, or that it is not known whether it does."""
        assert self.changes is not None
        old, decimals = standing(self.changes.before, self.code), self.scores.tree.decimals
        if old is None or old.score is None or isnan(self.score):
            since = "there is none now" if isnan(self.score) else "the base has none"
            return (_Missed(False, f"whether the score rises is not known: {since}"),)
        said = f"the score rises from {number(old.score, decimals)} to {number(self.score, decimals)}"
        return (_Missed(True, said),) if self.score > old.score else ()

    def values(self, indicator: str) -> str:
        """What the claims that count say."""
        column = self.scores.observations.text("value")
        texts = [worded(column.texts[column.codes[row]]) or "unknown" for row in self.rows.get(indicator, [])]
        return " and ".join(dict.fromkeys(texts)) or "unknown"


def _asked(condition: Condition) -> str:
    if isinstance(condition, Bounds):
        ends = (("at least", condition.at_least), ("at most", condition.at_most))
        said = " and ".join(f"{word} {end:g}" for word, end in ends if end is not None)
        return f"{said} of {joined(condition.of)}" if condition.of else said
    return condition if isinstance(condition, str) else " or ".join(condition)
