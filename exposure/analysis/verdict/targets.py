"""Targets: what the rules demand of some countries, tested against observations and scores."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.analysis.diff import standing
from exposure.rulebook.conditions import Bounds, truth_of_claims
from exposure.scoring.selection import NO_LINE
from exposure.text import number, worded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.analysis.diff import Changes
    from exposure.analysis.verdict.ledger import Ledger
    from exposure.rulebook.conditions import Condition
    from exposure.rulebook.model import Target
    from exposure.rulebook.parts import Part
    from exposure.scoring.score import Scores
    from exposure.scoring.selection import Selection


class Verdict(NamedTuple):
    """Whether one demand is met."""

    met: bool | None
    """None where that is not known."""
    said: str
    """What was found, in words."""
    row: int | None = None
    """The claim that says so."""
    indicator: str = ""


def check_targets(ledger: Ledger, changes: Changes | None) -> None:
    """Tests every target on every country it is about; what is not known is not met, and said in a note."""
    for target in ledger.rulebook.targets:
        if ledger.looks_for(target.id):
            for unit in ledger.scores.selection.countries():
                _test(ledger, target, unit, changes)
    # What is remembered holds all claims of the file.
    _truth.cache_clear()


def _test(ledger: Ledger, target: Target, unit: int, changes: Changes | None) -> None:
    scores, is_about = ledger.scores, _is_about(target, ledger.scores, unit)
    missed = [verdict for verdict in _verdicts(target, scores, unit, changes) if not verdict.met]
    country = scores.selection.units[unit]
    if is_about is None and missed:
        said = f"whether it applies to {scores.selection.names[unit]} is not known: {_open(target, scores, unit)}"
        ledger.add(target.id, said, "unknown excuses nobody; look for a source", (country, ""), level="note")
    for verdict in missed if is_about else ():
        about = (country, verdict.indicator)
        # What was found may be another today, and still not what is asked.
        asked = verdict.said.partition("; asked: ")[2]
        if verdict.met is None:
            hint = "unknown does not meet it; look for a source"
            ledger.add(target.id, verdict.said, hint, about, row=verdict.row, level="note", known_by=f"{asked}?")
        else:
            ledger.add(target.id, verdict.said, target.why, about, row=verdict.row, known_by=asked)


def _is_about(target: Target, scores: Scores, unit: int) -> bool | None:
    """Whether all conditions of `for` hold; None where none fails and one is unknown."""
    truths = [_holds(scores, name, condition, unit, any_part=True) for name, condition in _conditions(target.for_)]
    if target.for_.min_band is not None:
        truths.append(_in_band(scores, unit, target.for_.min_band))
    return False if False in truths else None if None in truths else True


def _open(target: Target, scores: Scores, unit: int) -> str:
    """What of `for` is unknown, in words."""
    names = [
        name
        for name, condition in _conditions(target.for_)
        if _holds(scores, name, condition, unit, any_part=True) is None
    ]
    return " and ".join(f"{name} is {_values(scores, _rows(scores, name, unit))}" for name in names) or "it has no band"


def _conditions(part: Part) -> list[tuple[str, Condition]]:
    return sorted(part.others.items())


def _in_band(scores: Scores, unit: int, least: str) -> bool | None:
    edges, band = scores.rulebook.bands, scores.band[unit]
    return edges[band] >= edges[least] if band else None


def _rows(scores: Scores, indicator: str, unit: int) -> list[int]:
    """The claims that count for a unit: its own, or where it has none its entities'."""
    row = int(scores.selection.effective(indicator)[unit])
    if row != NO_LINE:
        return [row]
    parts = np.flatnonzero(scores.selection.parent == unit)
    return [int(row) for row in scores.selection.line(indicator)[parts] if row != NO_LINE]


def _holds(scores: Scores, indicator: str, condition: Condition, unit: int, any_part: bool = False) -> bool | None:
    """Whether the claims that count meet the condition, all or any of them; None where that is not known."""
    truths = [_truth(scores.selection, condition)[row] for row in _rows(scores, indicator, unit)]
    if not truths:
        return None
    decisive = 1.0 if any_part else 0.0
    if decisive in truths:
        return any_part
    return None if any(np.isnan(truth) for truth in truths) else not any_part


@lru_cache(maxsize=16)
def _truth(selection: Selection, condition: Condition) -> NDArray[np.float64]:
    # A target asks the same of every country; the claims may be many.
    return truth_of_claims(selection, condition)


def _verdicts(target: Target, scores: Scores, unit: int, changes: Changes | None) -> list[Verdict]:
    require, found = target.require, []
    for indicator, condition in _conditions(require):
        rows = _rows(scores, indicator, unit)
        met = _holds(scores, indicator, condition, unit)
        said = f"{indicator} is {_values(scores, rows)}; asked: {_asked(condition)}"
        found.append(Verdict(met, said, rows[0] if rows else None, indicator))
    score, decimals = float(scores.score[unit]), scores.tree.decimals
    if require.max_score is not None:
        met = None if np.isnan(score) else score <= require.max_score
        found.append(Verdict(met, f"the score is {number(score, decimals)}; asked: at most {require.max_score:g}"))
    if require.max_band is not None:
        edges = scores.rulebook.bands
        band = scores.band[unit]
        met = edges[band] <= edges[require.max_band] if band else None
        found.append(Verdict(met, f"the band is {band or 'unknown'}; asked: at most {require.max_band}"))
    if require.not_rising and changes is not None:
        found += _rising(scores, unit, changes)
    return found


def _rising(scores: Scores, unit: int, changes: Changes) -> list[Verdict]:
    old = standing(changes.before, scores.selection.units[unit])
    new = float(scores.score[unit])
    if old is None or old.score is None or np.isnan(new):
        since = "there is none now" if np.isnan(new) else "the base has none"
        return [Verdict(None, f"whether the score rises is not known: {since}")]
    decimals = scores.tree.decimals
    rise = f"{number(old.score, decimals)} to {number(new, decimals)}"
    return [Verdict(new <= old.score, f"the score rises from {rise}")]


def _values(scores: Scores, rows: list[int]) -> str:
    texts = scores.observations.text("value").taken(np.asarray(rows, np.int64)).each()
    values = [worded(text) or "unknown" for text in texts]
    return " and ".join(dict.fromkeys(values)) or "unknown"


def _asked(condition: Condition) -> str:
    if isinstance(condition, Bounds):
        ends = (("at least", condition.at_least), ("at most", condition.at_most))
        return " and ".join(f"{word} {end:g}" for word, end in ends if end is not None)
    return condition if isinstance(condition, str) else " or ".join(condition)
