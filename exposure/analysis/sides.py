"""Two scorings laid side by side: one numbering of countries, indicators and claims for both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from exposure.scoring.selection import NO_LINE, Selection

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exposure.rulebook.model import Rulebook
    from exposure.scoring.score import Scores

BEFORE, AFTER = 0, 1


@dataclass(frozen=True, eq=False, repr=False)
class Sides:
    """The claims that count before and after, and the rules of either."""

    scores: tuple[Scores, Scores]
    units: tuple[str, ...]
    """Codes of the countries and entities of either side, sorted."""
    indicators: tuple[str, ...]
    claims: pd.DataFrame
    """The claims that count on either side, one after the other."""
    own: NDArray[np.int64]
    """(sides, indicators, units): the row of `claims` that counts, or NO_LINE."""

    @property
    def rulebooks(self) -> tuple[Rulebook, Rulebook]:
        """The rules of both sides."""
        return self.scores[BEFORE].rulebook, self.scores[AFTER].rulebook

    @cached_property
    def changed(self) -> NDArray[np.bool_]:
        """(indicators, units): where what counts says something else; 64.80 says what 64.8 says."""
        old, new = self.own
        values = self.claims["value"].array.codes
        number, low, high = (self.claims[name].to_numpy() for name in ("number", "low", "high"))
        if not len(values):
            return np.zeros(old.shape, bool)
        exact = (number == low) & (number == high)
        same = (values[old] == values[new]) | (exact[old] & exact[new] & (number[old] == number[new]))
        both = (old != NO_LINE) & (new != NO_LINE)
        return np.where(both, ~same, old != new)

    @cached_property
    def families(self) -> list[tuple[int, ...]]:
        """The units whose values can reach one another: a country with its entities, by either side's rules."""
        place = {unit: at for at, unit in enumerate(self.units)}
        head = list(range(len(self.units)))

        def top(at: int) -> int:
            while head[at] != at:
                at = head[at]
            return at

        for rulebook in self.rulebooks:
            for code, entity in rulebook.entities.parts.items():
                if code in place and entity.part_of in place:
                    head[top(place[code])] = top(place[entity.part_of])
        found: dict[int, list[int]] = {}
        for at in range(len(self.units)):
            found.setdefault(top(at), []).append(at)
        return [tuple(members) for members in found.values()]

    def parents(self, side: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(units,), (units,): the place of each entity's country, or -1, and its share of it, by one side's rules."""
        parts = self.rulebooks[side].entities.parts
        place = {unit: at for at, unit in enumerate(self.units)}
        parent = [place.get(parts[unit].part_of, -1) if unit in parts else -1 for unit in self.units]
        share = [parts[unit].share if unit in parts else 1.0 for unit in self.units]
        return np.asarray(parent, np.int64), np.asarray(share, float)

    def numbers(self, side: int, indicator: str) -> NDArray[np.float64]:
        """(units,): the figure that counts, NaN where there is none."""
        rows = self.own[side, self.indicators.index(indicator)]
        column = self.claims["number"].to_numpy()
        return np.where(rows == NO_LINE, np.nan, column[rows]) if len(column) else np.full(len(rows), np.nan)

    def selection(self, own: NDArray[np.int64], parent: NDArray[np.int64], share: NDArray[np.float64]) -> Selection:
        """A selection that never was: these claims counting, for units without names and contested by nobody."""
        units = tuple(map(str, range(own.shape[1])))
        return Selection(self.claims, units, units, parent, share, self.indicators, own, np.zeros(0, np.int64), "")


def side_by_side(before: Scores, after: Scores) -> Sides:
    """Both scorings in one numbering."""
    import pandas as pd

    scores = (before, after)
    units = tuple(sorted({unit for one in scores for unit in one.selection.units}))
    indicators = tuple(dict.fromkeys(name for one in (after, before) for name in one.selection.indicators))
    own = np.full((2, len(indicators), len(units)), NO_LINE)
    frames, start = [], 0
    for side, one in enumerate(scores):
        selection = one.selection
        rows = np.unique(selection.own[selection.own != NO_LINE])
        place = np.searchsorted(rows, selection.own) + start
        at = np.ix_(
            [indicators.index(name) for name in selection.indicators], [units.index(unit) for unit in selection.units]
        )
        own[side][at] = np.where(selection.own == NO_LINE, NO_LINE, place)
        frames.append(selection.claims.iloc[rows])
        start += len(rows)
    columns: dict[str, object] = {
        name: np.concatenate([frame[name].to_numpy() for frame in frames]) for name in ("number", "low", "high", "sure")
    }
    old, new, texts = unified(frames[BEFORE]["value"], frames[AFTER]["value"])
    columns["value"] = pd.Categorical.from_codes(np.concatenate([old, new]), texts)  # type: ignore[call-overload]
    # Whom and what a claim is about is said by its place in `own`.
    for name, word in (("country", "0"), ("indicator", indicators[0] if indicators else "")):
        columns[name] = pd.Categorical.from_codes(np.zeros(start, np.int8), [word])  # type: ignore[call-overload]
    return Sides(scores, units, indicators, pd.DataFrame(columns), own)


def unified(old: pd.Series, new: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.int64], list[str]]:
    """The codes of two columns of text, equal for equal texts, and the texts that they stand for."""
    first, second = old.array, new.array
    texts = first.categories.tolist()
    if not len(second.categories):
        return first.codes.astype(np.int64), np.zeros(len(second), np.int64), texts
    place = first.categories.astype(object).get_indexer(second.categories.astype(object))
    fresh = np.flatnonzero(place < 0)
    place[fresh] = len(texts) + np.arange(len(fresh))
    return first.codes.astype(np.int64), place[second.codes], [*texts, *second.categories[fresh].tolist()]
