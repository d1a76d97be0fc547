"""From the claims that count to a severity, with its bounds, for every unit and rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exposure.rulebook.kinds.rule import ClaimSeverities, Rule
from exposure.rulebook.model import Rulebook
from exposure.scoring.aggregate import Array
from exposure.scoring.selection import NO_LINE, Selection
from exposure.text import NEARLY

OWN, INHERITED, DERIVED, COMBINED, NOBODY = 0, 1, 2, 3, 4
"""Where a severity comes from: the unit's line, its country's, its entities', several indicators, nowhere."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Cells:
    """One rule's severities, each array (units,)."""

    x: Array
    """Severity; NaN is unknown."""
    low: Array
    high: Array
    """The least and the most it can be, contested claims included; 0 and scale where unknown."""
    inexact_low: Array
    inexact_high: Array
    """The same for the claim that counts alone."""
    known: Array
    """Share known: 1, 0, or for a country made of its entities the share of those with a severity."""
    sure: NDArray[np.int8]
    """Place in CONFIDENCE of the least sure claim behind it; -1 none given."""
    claim: NDArray[np.int64]
    """The claim that counts, or NO_LINE."""
    origin: NDArray[np.int8]
    bounded: bool = True
    """Whether severities stay within 0 and scale; those by zscore or rank need not."""


def severities(selection: Selection, rulebook: Rulebook) -> dict[str, Cells]:
    """Every rule's cells, in the order of the rulebook."""
    scale = rulebook.index.scale
    # The claims that count or contest are few, whatever the file holds of earlier years.
    latest = selection.latest()
    of_rules: dict[str, Cells] = {}
    for name, rule in rulebook.rules.items():
        read = [_read(rule, indicator, latest, scale) for indicator in rule.reads(name)]
        cells = _joined(read) if rule.conditions or len(read) > 1 else read[0]
        cells = _rolled_up(cells, latest, rulebook.entities.rollup, scale)
        counts = cells.claim != NO_LINE
        claim = np.full(len(counts), NO_LINE)
        claim[counts] = selection.contested[cells.claim[counts]]
        of_rules[name] = replace(cells, claim=claim)
    return of_rules


def _read(rule: Rule, indicator: str, selection: Selection, scale: float) -> Cells:
    of_claims = selection.severities_by(rule, indicator, scale)
    own, claim = selection.line(indicator), selection.effective(indicator)

    def at_claim(column: NDArray[Any], nobody: float) -> Array:
        return np.where(claim == NO_LINE, nobody, column[claim]) if len(column) else np.full(len(claim), nobody)

    x = at_claim(of_claims.x, np.nan)
    unknown = np.isnan(x)
    least, most = _contested(of_claims, selection, indicator, scale)
    inherited = (own == NO_LINE) & (claim != NO_LINE)
    source = np.where(inherited, selection.parent, np.arange(len(claim)))
    origin = np.where(claim == NO_LINE, NOBODY, np.where(inherited, INHERITED, OWN))
    return Cells(
        x=x,
        low=np.where(unknown, 0.0, least[source]),
        high=np.where(unknown, scale, most[source]),
        inexact_low=np.where(unknown, 0.0, at_claim(of_claims.low, np.nan)),
        inexact_high=np.where(unknown, scale, at_claim(of_claims.high, np.nan)),
        known=np.asarray(~unknown, float),
        sure=at_claim(selection.numbers["sure"], -1).astype(np.int8),
        claim=claim,
        origin=origin.astype(np.int8),
        bounded=not any(rule.may_leave(scale)),
    )


def _joined(parts: list[Cells]) -> Cells:
    """All of several together: as low as the least of them, and unknown only while none is 0."""
    x = np.asarray([part.x for part in parts])
    x = np.where((x == 0).any(axis=0), 0.0, x.min(axis=0))
    ends = ("low", "high", "inexact_low", "inexact_high")
    unknown = np.isnan(x)
    complete = np.asarray([part.claim != NO_LINE for part in parts]).all(axis=0)
    # Open because nobody looked at a part: a country then takes its entities' combinations. Open although all was
    # looked at: that is its own answer.
    origin = np.where(complete | ~unknown, COMBINED, NOBODY)
    return Cells(
        x=x,
        **{end: np.asarray([getattr(part, end) for part in parts]).min(axis=0) for end in ends},
        known=np.asarray(~unknown, float),
        sure=np.asarray([part.sure for part in parts]).min(axis=0),
        claim=np.full(len(x), NO_LINE),
        origin=origin.astype(np.int8),
    )


def _contested(of_claims: ClaimSeverities, selection: Selection, indicator: str, scale: float) -> tuple[Array, Array]:
    """(units,): least and most severity among the claims on the latest date."""
    rows = selection.contested
    rows = rows[np.equal(selection.indicator_of[rows], selection.indicators.index(indicator))]
    # Not found contests nothing.
    rows = rows[~np.isnan(of_claims.low[rows])]
    units, count = selection.unit_of[rows], len(selection.units)
    least, most = _extremes(of_claims.low[rows], units, count)[0], _extremes(of_claims.high[rows], units, count)[1]
    return np.where(np.isinf(least), 0.0, least), np.where(np.isinf(most), scale, most)


def _rolled_up(cells: Cells, selection: Selection, rollup: str, scale: float) -> Cells:
    """The cells with countries that have no line of their own taking their entities' severities.

    What no known entity covers, declared or not, lies anywhere between 0 and scale.
    """
    parts = np.flatnonzero(selection.parent >= 0)
    origin = cells.origin[parts]
    parts = parts[((origin == OWN) | (origin == COMBINED)) & ~np.isnan(cells.x[parts])]
    if not len(parts):
        return cells
    count, parent, weight = len(selection.units), selection.parent[parts], selection.share[parts]
    share = np.bincount(parent, weight, count)
    takes = (cells.origin == NOBODY) & selection.is_country & (share > 0)
    if not takes.any():
        return cells
    missing = np.clip(1.0 - share, 0.0, None)
    least, most = _extremes(cells.x[parts], parent, count)
    if rollup == "mean":
        with np.errstate(divide="ignore", invalid="ignore"):
            # A mean of equals must not leave them by a rounding error.
            x = np.clip(np.bincount(parent, weight * cells.x[parts], count) / share, least, most)
    else:
        x = most

    def bounds(low: Array, high: Array) -> tuple[Array, Array]:
        if rollup == "mean":
            low = np.asarray(np.bincount(parent, weight * low[parts], count), float)
            high = np.bincount(parent, weight * high[parts], count) + missing * scale
        else:
            low, high = _extremes(low[parts], parent, count)[1], _extremes(high[parts], parent, count)[1]
            partial = missing > NEARLY
            low, high = np.where(partial, np.maximum(low, 0), low), np.where(partial, np.maximum(high, scale), high)
        return np.minimum(low, x), np.maximum(high, x)

    low, high = bounds(cells.low, cells.high)
    inexact_low, inexact_high = bounds(cells.inexact_low, cells.inexact_high)
    return replace(
        cells,
        x=np.where(takes, x, cells.x),
        low=np.where(takes, low, cells.low),
        high=np.where(takes, high, cells.high),
        inexact_low=np.where(takes, inexact_low, cells.inexact_low),
        inexact_high=np.where(takes, inexact_high, cells.inexact_high),
        known=np.where(takes, np.minimum(share, 1.0), cells.known),
        sure=np.where(takes, _extremes(cells.sure[parts], parent, count)[0], cells.sure).astype(np.int8),
        origin=np.where(takes, DERIVED, cells.origin).astype(np.int8),
    )


def _extremes(values: NDArray[Any], of: NDArray[np.int64], count: int) -> tuple[Array, Array]:
    """(units,), (units,): the least and the most of the values of each unit; infinite where it has none."""
    least, most = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(least, of, values)
    np.maximum.at(most, of, values)
    return least, most
