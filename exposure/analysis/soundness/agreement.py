"""Does the ranking agree with an index that others publish: coefficients, and who stands elsewhere in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from exposure.analysis.soundness.correlations import Array, kendall, spearman
from exposure.analysis.soundness.figures import FEWEST
from exposure.observations.outside import Outside
from exposure.scoring.ranking import ranks
from exposure.scoring.score import Scores
from exposure.text import exact


class Compared(NamedTuple):
    """A country that has a rank here and a value there."""

    country: str
    score: float
    """As published."""
    value: float
    rank: int
    """Among the countries compared, ties sharing the best rank."""
    rank_there: int
    """The same by the value: 1 is the highest, or where the index is reversed the lowest."""

    @property
    def difference(self) -> int:
        """Ranks that the country stands lower there than here; negative where it stands higher."""
        return self.rank_there - self.rank


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far the scores and an outside index say the same of the countries they have in common."""

    file: str
    column: str
    reverse: bool
    """Whether low values there were taken as high exposure."""
    spearman: float | None
    """−1 to 1, ties at their mean rank; None of fewer than three countries, or where one side is constant."""
    kendall: float | None
    """Kendall's tau-b."""
    compared: tuple[Compared, ...]
    """Those that disagree most first; where the values there are all the same, by rank."""
    missing: tuple[str, ...]
    """Ranked here, and no row there."""
    unknown: tuple[str, ...]
    """Ranked here, and an empty cell there."""
    unranked: tuple[str, ...]
    """A row there, and too little known here to be ranked."""
    elsewhere: tuple[str, ...]
    """Countries and entities there that are not scored here as countries."""
    skipped: tuple[str, ...]
    """Texts there that name no country."""
    skipped_rows: int

    @property
    def n(self) -> int:
        """How many countries are compared."""
        return len(self.compared)

    @property
    def varies(self) -> bool:
        """Whether the values there differ: ranks by one value for all would say nothing."""
        return len({one.value for one in self.compared}) > 1


def agree(scores: Scores, outside: Outside, reverse: bool = False) -> Agreement:
    """How the published scores of ranked countries go together with the values of an outside index.

    `reverse` says that its low values mean high exposure.
    """
    units, values = scores.selection.units, outside.values
    countries = scores.selection.countries()
    ranked = np.flatnonzero(scores.ranked).tolist()
    both = [unit for unit in ranked if not np.isnan(values.get(units[unit], np.nan))]
    score, value = scores.score[both], np.asarray([values[units[unit]] for unit in both], float)
    there = -value if reverse else value
    columns = (score, value, ranks(score), ranks(there))
    varies = len({*value.tolist()}) > 1
    compared = [Compared(units[unit], *one) for unit, *one in zip(both, *(c.tolist() for c in columns), strict=True)]

    def codes(some: Iterable[int]) -> tuple[str, ...]:
        return tuple(units[unit] for unit in some)

    return Agreement(
        file=outside.file,
        column=outside.column,
        reverse=reverse,
        spearman=_coefficient(spearman, score, there),
        kendall=_coefficient(kendall, score, there),
        compared=tuple(sorted(compared, key=lambda one: (-abs(one.difference) * varies, one.rank, one.country))),
        missing=codes(unit for unit in ranked if units[unit] not in values),
        unknown=codes(unit for unit in ranked if np.isnan(values.get(units[unit], 0.0))),
        unranked=codes(unit for unit in countries if not scores.ranked[unit] and units[unit] in values),
        elsewhere=tuple(sorted(set(values) - {*codes(countries)})),
        skipped=outside.skipped,
        skipped_rows=outside.skipped_rows,
    )


def _coefficient(formula: Callable[[Array, Array], float], score: Array, there: Array) -> float | None:
    return exact(formula(score, there)) if len(score) >= FEWEST else None
