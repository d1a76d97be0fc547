"""Which claims a cell may take in a draw, and how likely each is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.observations.columns import same_figure
from exposure.rulebook.model import Uncertainty
from exposure.scoring.aggregate import Array
from exposure.scoring.selection import NO_LINE, UNSTATED, Selection
from exposure.text import NEARLY


class Candidates(NamedTuple):
    """The (indicator, unit) cells that need not take the claim that counts, by the names of indicators and units.

    Those with one claim stand first. `claim` is a row of the selection's claims, cell after cell.
    """

    indicator: NDArray[np.int64]
    unit: NDArray[np.int64]
    """(cells,): places in the selection's indicators and units."""
    first: NDArray[np.int64]
    """(cells,): where its claims begin."""
    claim: NDArray[np.int64]
    """(claims,)"""
    until: Array
    """(claims,): place of the cell + the chances of its claims up to this one; beyond the last it takes none."""
    single: int
    """How many cells have one claim."""

    def taken(self, uniform: Array) -> NDArray[np.int64]:
        """(cells, draws): the claims taken by these numbers from 0 to 1; NO_LINE for none."""
        single, cells = self.single, len(self.unit)
        taken = np.empty(uniform.shape, np.int64)
        one = self.first[:single]
        chance = self.until[one] - np.arange(single)
        taken[:single] = np.where(uniform[:single] < chance[:, None], self.claim[one][:, None], NO_LINE)
        if single < cells:
            at = np.searchsorted(self.until, uniform[single:] + np.arange(single, cells)[:, None], side="right")
            last = np.append(self.first[single + 1 :], len(self.claim))[:, None]
            several = np.append(self.claim, NO_LINE)
            taken[single:] = np.where(at < last, several[at], NO_LINE)
        return taken


_NONE = np.zeros(0, np.int64)
NOTHING = Candidates(_NONE, _NONE, _NONE, _NONE, np.zeros(0), 0)
"""No cells: every claim that counts is taken to be right."""


def candidates(selection: Selection, settings: Uncertainty) -> Candidates:
    """The cells of which a claim may be wrong or others contest it.

    Each claim has the odds of being right that its confidence gives it, against odds of 1 that none of the cell's is.
    A cell whose claims state no confidence and agree is certain; one to which the rule does not apply stays out.
    """
    rows = selection.contested[selection.applies[selection.contested]]
    about, unit = selection.indicator_of[rows], selection.unit_of[rows]
    counts = selection.own[about, unit]
    # Where it counts that an indicator does not apply nothing is drawn.
    keep = np.isin(counts, rows)
    rows, about, unit, counts = rows[keep], about[keep], unit[keep], counts[keep]
    names = np.argsort(np.argsort(selection.indicators))
    cell = names[about] * len(selection.units) + unit
    order = np.lexsort((_by_content(selection, rows), cell))
    rows, cell = rows[order], cell[order]
    _, of, many = np.unique(cell, return_inverse=True, return_counts=True)
    sure = selection.numbers["sure"][rows].astype(int)
    same = _says(selection, rows, counts[order])
    certain = ~np.isin(np.arange(len(many)), of[(sure >= 0) | ~same])
    wrong = np.asarray([settings.wrong.low, settings.wrong.medium, settings.wrong.high])
    p = wrong[np.where(sure < 0, UNSTATED, sure)]
    with np.errstate(divide="ignore"):
        odds = (1 - p) / p
    always = np.bincount(of[np.isinf(odds)], minlength=len(many)) > 0
    odds = np.where(always[of], np.isinf(odds), odds)
    total = np.bincount(of, odds, len(many)) + ~always
    varies = ~certain & ~(always & (many == 1))
    place = np.lexsort((np.arange(len(many)), many > 1))
    place = place[varies[place]]
    new = np.full(len(many), -1)
    new[place] = np.arange(len(place))
    inside = np.flatnonzero(varies[of])
    inside = inside[np.argsort(new[of[inside]], kind="stable")]
    number = new[of[inside]]
    first = np.searchsorted(number, np.arange(len(place)))
    chance = odds[inside] / total[of[inside]]
    sums = np.cumsum(chance)
    within = sums - np.append(0.0, sums)[first][number]
    # A certain cell must not miss its last claim by a rounding error.
    within = np.where(within > 1 - NEARLY * 1e-3, 1.0, within)
    at = rows[inside][first] if len(place) else np.zeros(0, np.int64)
    return Candidates(
        indicator=selection.indicator_of[at],
        unit=selection.unit_of[at],
        first=first,
        claim=rows[inside],
        until=within + number,
        single=int((many[place] == 1).sum()),
    )


def _by_content(selection: Selection, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """(rows,): an order of claims that does not depend on that of the file."""
    keys = []
    for name in ("source", "as_of", "value"):
        column = selection.observations.text(name)
        place = np.empty(len(column.texts), np.int64)
        place[sorted(range(len(column.texts)), key=column.texts.__getitem__)] = np.arange(len(column.texts))
        keys.append(place[column.codes[rows]])
    order = np.empty(len(rows), np.int64)
    order[np.lexsort(keys)] = np.arange(len(rows))
    return order


def _says(selection: Selection, rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(rows,): whether each claim says what the other one says."""
    codes, number = selection.texts[1], selection.numbers["number"]
    return np.asarray((codes[rows] == codes[others]) | same_figure(number[rows], number[others]))
