"""From the claims that count to a severity, with its bounds, for every unit and rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exposure.rulebook.indicators import indicator_of
from exposure.rulebook.model import Bounds, CategoryRule, CombinationRule, FlagRule, NumberRule, RelativeRule
from exposure.scoring import normalise
from exposure.scoring.selection import NO_LINE
from exposure.text import NEARLY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.rulebook.model import Condition, Reading, Rulebook
    from exposure.scoring.selection import Selection

    Array = NDArray[np.float64]

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
    found: dict[str, Cells] = {}
    for name, rule in rulebook.rules.items():
        if isinstance(rule, CombinationRule):
            cells = _combined(rule, latest, scale)
        else:
            cells = _read(name, rule, latest, scale)
        cells = _rolled_up(cells, latest, rulebook.entities.rollup, scale)
        counts = cells.claim != NO_LINE
        claim = np.full(len(counts), NO_LINE)
        claim[counts] = selection.contested[cells.claim[counts]]
        found[name] = replace(cells, claim=claim)
    return found


class _Claims(NamedTuple):
    """Severity of the claims as one rule reads them, each array (claims,)."""

    x: Array
    low: Array
    high: Array


def _read(name: str, rule: Reading, selection: Selection, scale: float) -> Cells:
    indicator = indicator_of(name, rule)
    own, claim = selection.line(indicator), selection.effective(indicator)
    of_claims = _claims_by_kind(rule, selection, own, scale)
    x = np.where(claim == NO_LINE, np.nan, of_claims.x[claim]) if len(of_claims.x) else np.full(len(claim), np.nan)
    unknown = np.isnan(x)
    least, most = _contested(of_claims, selection, indicator, scale)
    inherited = (own == NO_LINE) & (claim != NO_LINE)
    source = np.where(inherited, selection.parent, np.arange(len(claim)))
    origin = np.where(claim == NO_LINE, NOBODY, np.where(inherited, INHERITED, OWN))
    inner_low = of_claims.low[claim] if len(of_claims.x) else x
    inner_high = of_claims.high[claim] if len(of_claims.x) else x
    return Cells(
        x=x,
        low=np.where(unknown, 0.0, least[source]),
        high=np.where(unknown, scale, most[source]),
        inexact_low=np.where(unknown, 0.0, inner_low),
        inexact_high=np.where(unknown, scale, inner_high),
        known=np.asarray(~unknown, float),
        sure=_sure(selection, claim),
        claim=claim,
        origin=origin.astype(np.int8),
        bounded=not (isinstance(rule, RelativeRule) and _leaves_scale(rule, scale)),
    )


def _leaves_scale(rule: RelativeRule, scale: float) -> bool:
    low, high = rule.range or (0.0, scale)
    return rule.method in ("zscore", "rank") or low < 0 or high > scale


def _sure(selection: Selection, claim: NDArray[np.int64]) -> NDArray[np.int8]:
    sure = selection.numbers["sure"]
    if not len(sure):
        return np.full(len(claim), -1, np.int8)
    return np.where(claim == NO_LINE, -1, sure[claim]).astype(np.int8)


def _contested(of_claims: _Claims, selection: Selection, indicator: str, scale: float) -> tuple[Array, Array]:
    """(units,): least and most severity among the claims on the latest date."""
    least, most = np.full(len(selection.units), np.inf), np.full(len(selection.units), -np.inf)
    rows = _contesting(selection, indicator)
    rows = rows[~np.isnan(of_claims.x[rows])]
    units = selection.unit_of[rows]
    np.minimum.at(least, units, of_claims.low[rows])
    np.maximum.at(most, units, of_claims.high[rows])
    return np.where(np.isinf(least), 0.0, least), np.where(np.isinf(most), scale, most)


def _contesting(selection: Selection, indicator: str) -> NDArray[np.int64]:
    """The claims on the latest date of this indicator."""
    rows = selection.contested
    of_this = np.equal(selection.indicator_of[rows], selection.indicators.index(indicator))
    return rows[of_this]


def _claims_by_kind(rule: Reading, selection: Selection, own: NDArray[np.int64], scale: float) -> _Claims:
    if isinstance(rule, CategoryRule):
        return _by_word(selection, rule.severity, rule.combine)
    if isinstance(rule, FlagRule):
        return _by_word(selection, {str(k): v for k, v in (rule.severity or {"yes": scale, "no": 0.0}).items()}, "max")
    if isinstance(rule, NumberRule):
        return _by_number(selection, rule, scale)
    assert isinstance(rule, RelativeRule)
    return _by_peers(rule, selection, own, scale)


def _by_word(selection: Selection, severity: Mapping[str, float], combine: str) -> _Claims:
    def one(text: str) -> float:
        found = [severity[word] for word in text.split(";") if word in severity]
        if not found:
            return float("nan")
        return max(found) if combine == "max" else sum(found) / len(found)

    texts, codes = selection.texts
    x = np.asarray([one(text) for text in texts], float)[codes] if texts else np.zeros(0)
    return _Claims(x, x, x)


def placed(value: Array, rule: NumberRule, scale: float) -> Array:
    """(…): the severity of figures, by the steps or between the goalposts of the rule."""
    if rule.steps is not None:
        return normalise.along_steps(value, rule.steps)
    assert rule.goalposts is not None
    return normalise.between_goalposts(value, *rule.goalposts, rule.curve, scale)


def _by_number(selection: Selection, rule: NumberRule, scale: float) -> _Claims:
    return _ends(selection, rule, lambda value: placed(value, rule, scale))


def _ends(selection: Selection, rule: NumberRule | RelativeRule, formula: Callable[[Array], Array]) -> _Claims:
    least, most = rule.valid or (-np.inf, np.inf)
    number = selection.numbers["number"]
    low, high = (np.clip(selection.numbers[name], least, most) for name in ("low", "high"))
    x = formula(number)
    ends = [formula(low), formula(high)]
    if isinstance(rule, NumberRule) and rule.steps is not None:
        # Steps may rise and fall: the severity between the ends can leave what the ends say.
        ends += [_between(low, high, at, severity, x) for at, severity in rule.steps]
    return _Claims(x, np.minimum.reduce([x, *ends]), np.maximum.reduce([x, *ends]))


def _between(low: Array, high: Array, at: float, severity: float, otherwise: Array) -> Array:
    return np.where((low <= at) & (at <= high), severity, otherwise)


def _by_peers(rule: RelativeRule, selection: Selection, own: NDArray[np.int64], scale: float) -> _Claims:
    rows = own[selection.is_country & (own != NO_LINE)]
    sign = 1.0 if rule.direction == "ascending" else -1.0
    peers = sign * selection.numbers["number"][rows]
    peers = peers[~np.isnan(peers)]
    low, high = rule.range or ((0.0, 1.0) if rule.method == "zscore" else (0.0, scale))

    def formula(value: Array) -> Array:
        value = sign * value
        if rule.method in ("zscore", "rank") and len(peers):
            # An open end reaches as far as the peers do.
            value = np.where(np.isinf(value), np.clip(value, peers.min(), peers.max()), value)
        match rule.method:
            case "minmax":
                return normalise.minmax(value, peers, low, high)
            case "percentile":
                return normalise.percentile(value, peers, low, high)
            case "rank":
                return normalise.rank(value, peers)
            case "zscore":
                return normalise.zscore(value, peers, low, high)

    return _ends(selection, rule, formula)


def _combined(rule: CombinationRule, selection: Selection, scale: float) -> Cells:
    """Full exposure where every condition holds; 0 where one fails; else unknown."""
    holds, may_hold, may_fail, sure, looked = [], [], [], [], []
    for indicator, condition in rule.when.items():
        truth = truth_of_claims(selection, condition)
        claim = selection.effective(indicator)
        own = selection.line(indicator)
        source = np.where((own == NO_LINE) & (claim != NO_LINE), selection.parent, np.arange(len(claim)))
        value = np.where(claim == NO_LINE, np.nan, truth[claim]) if len(truth) else np.full(len(claim), np.nan)
        rows = _contesting(selection, indicator)
        # Not found contests nothing, here as in a plain rule.
        rows = rows[_filled(selection)[rows]]
        can, cannot = _somewhere(truth, selection, rows)
        holds.append(value)
        may_hold.append(np.isnan(value) | can[source])
        may_fail.append(np.isnan(value) | cannot[source])
        sure.append(_sure(selection, claim))
        looked.append(claim != NO_LINE)
    values = np.asarray(holds)
    failed, unsettled = (values == 0).any(axis=0), np.isnan(values).any(axis=0)
    x = np.where(failed, 0.0, np.where(unsettled, np.nan, scale))
    low = np.where(np.asarray(may_fail).any(axis=0), 0.0, scale)
    high = np.where(np.asarray(may_hold).all(axis=0), scale, 0.0)
    unknown = np.isnan(x)
    complete = np.asarray(looked).all(axis=0)
    # Open because nobody looked at a part: a country then takes its entities' combinations. Open although all was
    # looked at: that is its own answer.
    origin = np.where(complete | ~unknown, COMBINED, NOBODY)
    return Cells(
        x=x,
        low=np.where(unknown, 0.0, low),
        high=np.where(unknown, scale, high),
        inexact_low=np.where(unknown, 0.0, x),
        inexact_high=np.where(unknown, scale, x),
        known=np.asarray(~unknown, float),
        sure=np.asarray(sure).min(axis=0).astype(np.int8),
        claim=np.full(len(x), NO_LINE),
        origin=origin.astype(np.int8),
    )


def _filled(selection: Selection) -> NDArray[np.bool_]:
    """(claims,): whether the claim has a value."""
    texts, codes = selection.texts
    return np.asarray([bool(text) for text in texts], bool)[codes] if texts else np.zeros(0, bool)


def _somewhere(
    truth: Array, selection: Selection, rows: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(units,): whether some claim on the latest date meets the condition, and whether some does not."""
    can, cannot = np.zeros(len(selection.units), bool), np.zeros(len(selection.units), bool)
    units = selection.unit_of[rows]
    can[units[truth[rows] != 0]] = True
    cannot[units[truth[rows] != 1]] = True
    return can, cannot


def truth_of_claims(selection: Selection, condition: Condition) -> Array:
    """(claims,): 1 where the claim's value meets the condition, 0 where not, NaN where that is open.

    One of a list of words is enough; an interval must lie wholly inside, or wholly outside. Bounds on
    words are bounds on how many there are.
    """
    texts, codes = selection.texts
    if isinstance(condition, Bounds):
        words = np.asarray([text.count(";") + 1 if text else np.nan for text in texts], float)
        many = words[codes] if texts else np.zeros(0)
        low, high = (
            np.where(np.isnan(selection.numbers["number"]), many, selection.numbers[name]) for name in ("low", "high")
        )
        least = -np.inf if condition.at_least is None else condition.at_least
        most = np.inf if condition.at_most is None else condition.at_most
        inside, outside = (low >= least) & (high <= most), (high < least) | (low > most)
        return np.where(inside, 1.0, np.where(outside, 0.0, np.nan))
    wanted = {condition} if isinstance(condition, str) else set(condition)
    by_text = np.asarray([float(bool(wanted & {text, *text.split(";")})) if text else np.nan for text in texts], float)
    return by_text[codes] if texts else np.zeros(0)


def _rolled_up(cells: Cells, selection: Selection, rollup: str, scale: float) -> Cells:
    """The cells with countries that have no line of their own taking their entities' severities.

    What no known entity covers, declared or not, lies anywhere between 0 and scale.
    """
    parts = np.flatnonzero(selection.parent >= 0)
    parts = parts[np.isin(cells.origin[parts], (OWN, COMBINED))]
    parts = parts[~np.isnan(cells.x[parts])]
    if not len(parts):
        return cells
    count, parent, weight = len(selection.units), selection.parent[parts], selection.share[parts]
    share = np.bincount(parent, weight, count)
    takes = (cells.origin == NOBODY) & selection.is_country & (share > 0)
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
