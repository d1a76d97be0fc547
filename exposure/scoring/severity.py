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
    """Severity; NaN is unknown, or the rule does not apply."""
    filled: Array
    """What is scored: the same, with what is unknown taken as the rules say; NaN is left out."""
    counted: Array
    """Share of its weight with which it is scored: less than 1 for a country of whose entities some are unknown."""
    low: Array
    high: Array
    """The least and the most it can be, contested claims included; 0 and scale where nothing is claimed, NaN where
    the rule does not apply."""
    known: Array
    """Share known: 1, 0, or for a country made of its entities the share of those with a severity; NaN where the
    rule does not apply."""
    optional: NDArray[np.bool_]
    """Whether it is contested that the rule applies."""
    claim: NDArray[np.int64]
    """The claim that counts, or NO_LINE."""
    origin: NDArray[np.int8]
    bounded: bool = True
    """Whether severities stay within 0 and scale; those of a relative rule with a range of its own need not."""


def severities(selection: Selection, rulebook: Rulebook) -> dict[str, Cells]:
    """Every rule's cells, in the order of the rulebook."""
    scale = rulebook.index.scale
    # The claims that count or contest are few, whatever the file holds of earlier years.
    latest = selection.latest()
    of_rules: dict[str, Cells] = {}
    for name, rule in rulebook.rules.items():
        read = [
            read_cells(rule, one, latest, scale, latest.severities_by(rule, one, scale)) for one in rule.reads(name)
        ]
        cells = _joined(read) if rule.conditions or len(read) > 1 else read[0]
        cells = _rolled_up(cells, latest, rulebook.entities.rollup, scale)
        counts = cells.claim != NO_LINE
        claim = np.full(len(counts), NO_LINE)
        claim[counts] = selection.contested[cells.claim[counts]]
        of_rules[name] = _filled(replace(cells, claim=claim), rulebook.policy(name), rulebook.entities.rollup, scale)
    return of_rules


def read_cells(rule: Rule, indicator: str, selection: Selection, scale: float, of_claims: ClaimSeverities) -> Cells:
    """The cells of a rule, or of one condition of it, before entities are rolled up, from what it makes of claims."""
    own, claim = selection.line(indicator), selection.effective(indicator)

    def at_claim(column: NDArray[Any], nobody: float) -> Array:
        return np.where(claim == NO_LINE, nobody, column[claim]) if len(column) else np.full(len(claim), nobody)

    x, applies = at_claim(of_claims.x, np.nan), np.asarray(at_claim(selection.applies, 1) > 0)
    bounded = not any(rule.may_leave(scale))
    # What may leave the scale and is not known is as far out as what is known.
    bottom, top = (0.0, scale) if bounded or np.isnan(x).all() else (float(np.nanmin(x)), float(np.nanmax(x)))
    inherited = (own == NO_LINE) & (claim != NO_LINE)
    source = np.where(inherited, selection.parent, np.arange(len(claim)))
    least, most, some, none = _contested(of_claims, selection, indicator, (bottom, top))
    least, most, some, none = least[source], most[source], some[source], none[source]
    x = np.where(applies, x, np.nan)
    origin = np.where(claim == NO_LINE, NOBODY, np.where(inherited, INHERITED, OWN))
    gone = ~applies & ~some
    return Cells(
        x=x,
        filled=x,
        counted=np.ones(len(x)),
        low=np.where(gone, np.nan, least),
        high=np.where(gone, np.nan, most),
        known=np.where(applies, ~np.isnan(x), np.nan),
        optional=some & none,
        claim=claim,
        origin=origin.astype(np.int8),
        bounded=bounded,
    )


def _joined(parts: list[Cells]) -> Cells:
    """All of several together: as low as the least of them; where none is 0 and one does not apply, neither does it."""
    x, low, high = (np.asarray([getattr(part, of) for part in parts]) for of in ("x", "low", "high"))
    applies = ~np.isnan([part.known for part in parts])
    never = np.isnan(low)
    false, maybe = (x == 0).any(axis=0), (low == 0).any(axis=0)
    out = ~applies.all(axis=0) & ~false
    x = np.where(false, 0.0, np.where(out, np.nan, x.min(axis=0)))
    # One part that cannot apply leaves nothing but 0, where another can be false, or to be left out.
    low, high = (np.where(never, 0.0, end).min(axis=0) for end in (low, high))
    gone = out & never.any(axis=0) & ~maybe
    unknown = np.isnan(x) & ~out
    complete = np.asarray([part.claim != NO_LINE for part in parts]).all(axis=0)
    # Open because nobody looked at a part: a country then takes its entities' combinations. Open although all was
    # looked at: that is its own answer.
    origin = np.where(complete | ~unknown, COMBINED, NOBODY)
    perhaps = np.asarray([part.optional for part in parts]).any(axis=0) | never.any(axis=0)
    return Cells(
        x=x,
        filled=x,
        counted=np.ones(len(x)),
        low=np.where(gone, np.nan, low),
        high=np.where(gone, np.nan, high),
        known=np.where(out, np.nan, ~np.isnan(x)),
        optional=perhaps & ~gone & ((high > 0) | out),
        claim=np.full(len(x), NO_LINE),
        origin=origin.astype(np.int8),
    )


def _contested(
    of_claims: ClaimSeverities, selection: Selection, indicator: str, ends: tuple[float, float]
) -> tuple[Array, Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """(units,) each: least and most severity among the claims that stand, whether one says that the rule applies, and
    whether one says that it does not."""
    rows = selection.contested
    rows = rows[np.equal(selection.indicator_of[rows], selection.indicators.index(indicator))]
    units, count, applies = selection.unit_of[rows], len(selection.units), selection.applies[rows]
    some, none = (np.bincount(units[which], minlength=count) > 0 for which in (applies, ~applies))
    low, high = (
        np.where(np.isnan(end[rows]), limit, end[rows]) for end, limit in zip(of_claims[1:3], ends, strict=True)
    )
    least = _extremes(low[applies], units[applies], count)[0]
    most = _extremes(high[applies], units[applies], count)[1]
    return np.where(some, least, ends[0]), np.where(some, most, ends[1]), some, none


def _rolled_up(cells: Cells, selection: Selection, rollup: str, scale: float) -> Cells:
    """The cells with countries that have no line of their own taking their entities' severities.

    What no known entity covers, declared or not, lies anywhere between 0 and scale. Entities that the rule does not
    apply to leave the country.
    """
    parts = np.flatnonzero(selection.parent >= 0)
    origin = cells.origin[parts]
    parts = parts[(origin == OWN) | (origin == COMBINED)]
    if not len(parts):
        return cells
    count, parent, weight = len(selection.units), selection.parent[parts], selection.share[parts]
    known = cells.known[parts]

    def covered(which: NDArray[np.bool_]) -> Array:
        return np.asarray(np.bincount(parent[which], weight[which], count), float)

    of, gone = covered(known > 0), covered(np.isnan(known))
    there = np.where(gone < 1.0 - NEARLY, 1.0 - gone, 0.0)
    takes = (cells.origin == NOBODY) & selection.is_country & ((of > 0) | (there == 0))
    if not takes.any():
        return cells
    x = _mixed(cells.x[parts], weight, parent, count, rollup)
    low, high = _ends(cells, parts, selection, rollup, scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(there > 0, np.minimum(of / there, 1.0), np.nan)
    applies = there > 0
    return replace(
        cells,
        x=np.where(takes, x, cells.x),
        low=np.where(takes, np.where(applies, np.fmin(low, x), np.nan), cells.low),
        high=np.where(takes, np.where(applies, np.fmax(high, x), np.nan), cells.high),
        known=np.where(takes, share, cells.known),
        origin=np.where(takes, DERIVED, cells.origin).astype(np.int8),
    )


def _mixed(x: Array, weight: Array, parent: NDArray[np.int64], count: int, rollup: str) -> Array:
    """(units,): of each the mean, or the most, of what is known of its entities; NaN where nothing is."""
    has = ~np.isnan(x)
    x, weight, parent = x[has], weight[has], parent[has]
    least, most = _extremes(x, parent, count)
    if rollup == "max":
        return np.where(np.isinf(most), np.nan, most)
    with np.errstate(divide="ignore", invalid="ignore"):
        # A mean of equals must not leave them by a rounding error.
        return np.clip(np.bincount(parent, weight * x, count) / np.bincount(parent, weight, count), least, most)


def _ends(
    cells: Cells, parts: NDArray[np.int64], selection: Selection, rollup: str, scale: float
) -> tuple[Array, Array]:
    """(units,), (units,): the least and the most that entities with lines make of their countries."""
    parts = parts[~np.isnan(cells.low[parts])]
    count, parent, weight = len(selection.units), selection.parent[parts], selection.share[parts]
    gone = np.flatnonzero((selection.parent >= 0) & np.isnan(cells.known) & np.isnan(cells.low))
    there = np.clip(1.0 - np.bincount(selection.parent[gone], selection.share[gone], count), NEARLY, None)
    missing = np.clip(there - np.bincount(parent, weight, count), 0.0, None)
    if rollup == "mean":
        low = np.bincount(parent, weight * cells.low[parts], count) / there
        return low, (np.bincount(parent, weight * cells.high[parts], count) + missing * scale) / there
    low, high = _extremes(cells.low[parts], parent, count)[1], _extremes(cells.high[parts], parent, count)[1]
    partial = missing > NEARLY
    return np.where(partial, np.maximum(low, 0), low), np.where(partial, np.maximum(high, scale), high)


def _filled(cells: Cells, policy: str, rollup: str, scale: float) -> Cells:
    """The cells with what is unknown taken as the rules say."""
    if policy == "exclude":
        partial = (cells.origin == DERIVED) & (cells.known > 0)
        return replace(cells, filled=cells.x, counted=np.where(partial, cells.known, 1.0))
    fill = cells.high if policy == "worst" else cells.low
    unknown = np.where(np.isnan(cells.x), fill, cells.x)
    taken = {"worst": scale, "best": 0.0}[policy]
    partial = (cells.origin == DERIVED) & (cells.known < 1)
    if rollup == "mean":
        unknown = np.where(partial, cells.known * cells.x + (1 - cells.known) * taken, unknown)
    else:
        unknown = np.where(partial, np.maximum(cells.x, taken), unknown)
    return replace(cells, filled=np.where(np.isnan(cells.known), np.nan, unknown))


def _extremes(values: NDArray[Any], of: NDArray[np.int64], count: int) -> tuple[Array, Array]:
    """(units,), (units,): the least and the most of the values of each unit; infinite where it has none."""
    least, most = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(least, of, values)
    np.maximum.at(most, of, values)
    return least, most
