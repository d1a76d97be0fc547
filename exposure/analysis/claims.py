"""Lines of indicators.csv as records, and how two files of them differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from exposure.analysis.sides import unified
from exposure.observations.reading import CONFIDENCE
from exposure.scoring.selection import NO_LINE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exposure.scoring.score import Scores

KEY = ("country", "indicator", "as_of", "source")
"""What makes a claim this claim and not another."""
_SAID = ("country", "indicator", "value", "as_of", "source", "confidence", "note")


class Claim(NamedTuple):
    """One line of indicators.csv, seen from the country that it is about or that inherits it."""

    country: str
    indicator: str
    value: str
    """Empty: looked for and not found."""
    as_of: str
    source: str
    confidence: str
    note: str
    line: int
    standing: str
    """`counts`, `contests` (another source, the same date) or `earlier`."""


class ClaimChange(NamedTuple):
    """One claim that came, went, or says something else of the same source and date."""

    kind: Literal["added", "removed", "changed"]
    before: Claim | None
    after: Claim | None
    fields: tuple[str, ...]
    """Of a changed one, which of value, confidence and note differ."""
    row: int
    """Its row in the claims after the change; of a removed one, in those before."""

    @property
    def claim(self) -> Claim:
        """The claim as it stands now, or as it stood before it went."""
        claim = self.after or self.before
        assert claim is not None
        return claim


def claims_at(scores: Scores, rows: NDArray[np.int64]) -> list[Claim]:
    """The claims in these rows, each with its standing."""
    lines = scores.selection.claims.iloc[rows]
    standing = np.full(len(scores.selection.claims), "earlier", object)
    standing[scores.selection.contested] = "contests"
    standing[scores.selection.own[scores.selection.own != NO_LINE]] = "counts"
    columns = [lines[name].astype(str).tolist() for name in _SAID]
    return [Claim(*said) for said in zip(*columns, lines["line"].tolist(), standing[rows].tolist(), strict=True)]


def sureness(claim: Claim) -> int:
    """The place of a claim's confidence in CONFIDENCE, -1 where none is given."""
    return CONFIDENCE.index(claim.confidence) if claim.confidence else -1


def claim_changes(before: Scores, after: Scores) -> tuple[ClaimChange, ...]:
    """Every claim that differs, by country, indicator, date and source; 64.80 is 64.8, and order is nothing."""
    frames = before.observations.claims, after.observations.claims
    codes = {name: unified(frames[0][name], frames[1][name])[:2] for name in (*KEY, "value", "confidence", "note")}
    sizes = [int(max(old.max(initial=0), new.max(initial=0))) + 1 for old, new in (codes[name] for name in KEY)]
    old_key, new_key = (np.ravel_multi_index(tuple(codes[name][side] for name in KEY), sizes) for side in (0, 1))
    order = np.argsort(old_key)
    at = np.searchsorted(old_key[order], new_key)
    found = order[np.minimum(at, len(order) - 1)] if len(order) else np.zeros(len(new_key), np.int64)
    kept = (old_key[found] == new_key) if len(order) else np.zeros(len(new_key), bool)
    new, old = np.flatnonzero(kept), found[kept]
    differs = _differing(frames, codes, old, new)
    changed = np.logical_or.reduce([*differs.values()]) if len(new) else np.zeros(0, bool)
    gone = np.ones(len(old_key), bool)
    gone[old] = False
    removed, added = np.flatnonzero(gone), np.flatnonzero(~kept)
    result = [
        *(ClaimChange("removed", claim, None, (), row) for claim, row in _listed(before, removed)),
        *(ClaimChange("added", None, claim, (), row) for claim, row in _listed(after, added)),
    ]
    pairs = zip(
        _listed(before, old[changed]), _listed(after, new[changed]), np.flatnonzero(changed).tolist(), strict=True
    )
    for (was, _), (is_now, row), place in pairs:
        fields = tuple(name for name, different in differs.items() if different[place])
        result.append(ClaimChange("changed", was, is_now, fields, row))
    return tuple(sorted(result, key=_order))


def _order(change: ClaimChange) -> tuple[str, ...]:
    claim = change.claim
    return claim.country, claim.indicator, claim.as_of, claim.source, change.kind


def _listed(scores: Scores, rows: NDArray[np.int64]) -> list[tuple[Claim, int]]:
    return list(zip(claims_at(scores, rows), rows.tolist(), strict=True))


def _differing(
    frames: tuple[pd.DataFrame, pd.DataFrame],
    codes: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]],
    old: NDArray[np.int64],
    new: NDArray[np.int64],
) -> dict[str, NDArray[np.bool_]]:
    """For each field that can differ, where it does among claims of the same key."""
    found = {name: codes[name][0][old] != codes[name][1][new] for name in ("value", "confidence", "note")}
    numbers = []
    for frame, rows in zip(frames, (old, new), strict=True):
        number, low, high = (frame[name].to_numpy()[rows] for name in ("number", "low", "high"))
        numbers.append(np.where((low == number) & (high == number), number, np.nan))
    found["value"] &= ~(numbers[0] == numbers[1])
    return found
