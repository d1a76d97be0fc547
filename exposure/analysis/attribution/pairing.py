"""Two scorings laid side by side: one numbering of countries, indicators and claims for both."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exposure.observations.cells import Refused, value_reader
from exposure.observations.columns import TextColumn, same_figure, stacked
from exposure.observations.model import Observations
from exposure.rulebook.model import Rulebook
from exposure.scoring.score import Scores
from exposure.scoring.selection import NO_LINE

BEFORE, AFTER = 0, 1


@dataclass(frozen=True, eq=False, repr=False)
class Pairing:
    """The claims that count before and after, and the rules of either."""

    scores: tuple[Scores, Scores]
    units: tuple[str, ...]
    """Codes of the countries and entities of either side, sorted."""
    indicators: tuple[str, ...]
    claims: Observations
    """The claims that count on either side, one after the other."""
    own: NDArray[np.int64]
    """(sides, indicators, units): the row of `claims` that counts, or NO_LINE."""
    reread: NDArray[np.bool_]
    """(claims,): read as a figure by the rules of the other side alone."""

    @cached_property
    def rulebooks(self) -> tuple[Rulebook, Rulebook]:
        """The rules of both sides."""
        old, new = self.scores
        return old.rulebook, new.rulebook

    @cached_property
    def changed(self) -> NDArray[np.bool_]:
        """(indicators, units): where what counts says something else; 64.80 says what 64.8 says."""
        old, new = self.own
        values = self.claims.text("value").codes
        number, low, high = (self.claims.numbers(name) for name in ("number", "low", "high"))
        if not len(values):
            return np.zeros(old.shape, bool)
        # By the rules of either side: what only one of them reads as a figure is a word to the other.
        exact = (number == low) & (number == high) & ~self.reread
        same = (values[old] == values[new]) | (exact[old] & exact[new] & same_figure(number[old], number[new]))
        return np.where((old != NO_LINE) & (new != NO_LINE), ~same, old != new)

    @cached_property
    def kin(self) -> list[set[int]]:
        """For each unit itself, its country and its entities, by either side's rules."""
        kin = [{unit} for unit in range(len(self.units))]
        for side in (BEFORE, AFTER):
            for unit, parent in enumerate(self.parents(side)[0].tolist()):
                if parent >= 0:
                    kin[unit].add(parent)
                    kin[parent].add(unit)
        return kin

    @cached_property
    def families(self) -> list[tuple[int, ...]]:
        """The units whose values can reach one another: a country with its entities, by either side's rules."""
        of = [[unit] for unit in range(len(self.units))]
        for unit, kin in enumerate(self.kin):
            for joining in (of[other] for other in kin):
                if joining is not of[unit]:
                    of[unit] += joining
                    for member in joining:
                        of[member] = of[unit]
        return [tuple(sorted(family)) for family in {id(family): family for family in of}.values()]

    def parents(self, side: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(units,), (units,): the place of each entity's country, or -1, and its share of it, by one side's rules."""
        parts = self.rulebooks[side].entities.parts
        place = {unit: at for at, unit in enumerate(self.units)}
        parent = [place.get(parts[unit].part_of, -1) if unit in parts else -1 for unit in self.units]
        share = [parts[unit].share if unit in parts else 1.0 for unit in self.units]
        return np.asarray(parent, np.int64), np.asarray(share, float)


def side_by_side(before: Scores, after: Scores) -> Pairing:
    """Both scorings in one numbering."""
    scores = (before, after)
    units = tuple(sorted({unit for one in scores for unit in one.selection.units}))
    place = {unit: at for at, unit in enumerate(units)}
    indicators = tuple(dict.fromkeys(name for one in (after, before) for name in one.selection.indicators))
    own = np.full((2, len(indicators), len(units)), NO_LINE)
    kept, start = [], 0
    for side, one in enumerate(scores):
        selection = one.selection
        rows = np.unique(selection.own[selection.own != NO_LINE])
        at = np.ix_(
            [indicators.index(name) for name in selection.indicators], [place[unit] for unit in selection.units]
        )
        own[side][at] = np.where(selection.own == NO_LINE, NO_LINE, np.searchsorted(rows, selection.own) + start)
        kept.append(rows)
        start += len(rows)
    # Whom and what a claim is about is said by its place in `own`.
    sides = [(one.observations, rows) for one, rows in zip(scores, kept, strict=True)]
    columns: dict[str, TextColumn | NDArray[Any]] = {
        name: np.concatenate([side.numbers(name)[rows] for side, rows in sides])
        for name in ("number", "low", "high", "sure")
    }
    columns["value"] = stacked([side.text("value").taken(rows).used() for side, rows in sides])
    claims = replace(after.observations, columns=columns, places=None)
    return Pairing(scores, units, indicators, claims, own, _reread(claims, scores, indicators, own))


def _reread(
    claims: Observations, scores: tuple[Scores, Scores], indicators: tuple[str, ...], own: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(claims,): which have been given the figures that the other side's rules read and their own do not.

    A rule of one side is tried on the claims of the other, and these may have been read as words.
    """
    done = np.zeros(len(claims.numbers("number")), bool)
    words = claims.text("value")
    for side, other in ((BEFORE, scores[AFTER]), (AFTER, scores[BEFORE])):
        for row, name in enumerate(indicators):
            here, there = (one.observations.indicators.get(name) for one in (scores[side], other))
            if here is None or there is None or here.kind == "number" or there.kind != "number":
                continue
            read = value_reader(there, other.rulebook.uncertainty.about)
            for claim in own[side, row][own[side, row] != NO_LINE].tolist():
                # What is no figure is unknown to a rule that asks for one.
                with suppress(Refused):
                    value = read(words.texts[words.codes[claim]])
                    for column, figure in (("number", value.number), ("low", value.low), ("high", value.high)):
                        claims.numbers(column)[claim] = figure
                    done[claim] = True
    return done
