"""Inexact figures: which may count, and within what they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.rulebook.kinds.rule import Rule
from exposure.rulebook.model import Rulebook
from exposure.scoring.aggregate import Array
from exposure.scoring.candidates import Candidates
from exposure.scoring.selection import NO_LINE, Selection


class Figures(NamedTuple):
    """Figures, as a rule reads claims, and those that they are measured against."""

    numbers: dict[str, Array]
    texts: tuple[Sequence[str], NDArray[np.int32]]
    among: Array

    def peers(self, _: str) -> Array:
        """The same for every indicator: only one is asked for."""
        return self.among


class Inexact(NamedTuple):
    """Claims that state an interval and may count, each array (claims,)."""

    claim: NDArray[np.int64]
    indicator: NDArray[np.int64]
    unit: NDArray[np.int64]
    cell: NDArray[np.int64]
    """Place among the candidates' cells, or NO_LINE where the claim counts in every draw."""
    low: Array
    high: Array


def severity_of(rule: Rule, indicator: str, figures: Array, selection: Selection, scale: float) -> Array:
    """(…): what a rule makes of exact figures."""
    flat = figures.ravel()
    exact = dict.fromkeys(("number", "low", "high"), flat)
    read = Figures(exact, ([""], np.zeros(len(flat), np.int32)), selection.peers(indicator))
    return rule.severities(indicator, read, scale).x.reshape(figures.shape)


def inexact(selection: Selection, rulebook: Rulebook, found: Candidates, drawn: bool) -> Inexact:
    """The inexact claims among the candidates, and those that count in other cells; none unless they are drawn."""
    number, low, high = (selection.numbers[name] for name in ("number", "low", "high"))
    opened = ~np.isnan(number) & (low < high) & drawn
    cell = np.full(selection.own.shape, NO_LINE)
    cell[found.indicator, found.unit] = np.arange(len(found.unit))
    rows = np.unique(np.concatenate([found.claim, selection.own[(selection.own != NO_LINE) & (cell == NO_LINE)]]))
    rows = rows[opened[rows]]
    indicator, unit = selection.indicator_of[rows], selection.unit_of[rows]
    order = np.lexsort((high[rows], low[rows], unit, np.argsort(np.argsort(selection.indicators))[indicator]))
    rows, indicator, unit = rows[order], indicator[order], unit[order]
    ends = np.asarray([_reach(selection, rulebook, name) for name in selection.indicators]).reshape(-1, 2)[indicator]
    least, most = low[rows], high[rows]
    least = np.where(np.isinf(least), np.minimum(ends[:, 0], most), least)
    most = np.where(np.isinf(most), np.maximum(ends[:, 1], least), most)
    return Inexact(rows, indicator, unit, cell[indicator, unit], least, most)


def _reach(selection: Selection, rulebook: Rulebook, indicator: str) -> tuple[float, float]:
    """How far an open end reaches: what is valid, else the goalposts or steps, else the other countries."""
    if valid := selection.observations.indicators[indicator].valid:
        return valid
    ends = [rule.ends for name, rule in rulebook.rules.items() if rule.ends and indicator in rule.reads(name)]
    peers = selection.peers(indicator)
    figures = [end for pair in ends for end in pair] or peers.tolist() or [0.0]
    return min(figures), max(figures)
