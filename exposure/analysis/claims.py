"""Lines of indicators.csv as records, and how two files of them differ."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from exposure.observations.columns import TextColumn, joined, same_figure, unified
from exposure.observations.model import CONFIDENCE, KEY, LONG, Observations
from exposure.scoring.score import Scores
from exposure.scoring.selection import UNSTATED

STANDINGS = ("counts", "contests", "superseded", "too old", "not found", "later")
"""What the standings of a selection are called, COUNTS to LATER."""


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
    """One of STANDINGS."""


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
    def key(self) -> tuple[str, ...]:
        """What no two claims of one file have in common, in the order of KEY."""
        return tuple(getattr(self.claim, name) for name in KEY)

    @property
    def says_anew(self) -> bool:
        """Whether it came, or says another value or says it more or less surely."""
        return self.kind == "added" or not {"value", "confidence"}.isdisjoint(self.fields)

    @property
    def sides(self) -> tuple[Claim, ...]:
        """The claim before and after; of one that came or went the one there is."""
        return tuple(claim for claim in (self.before, self.after) if claim is not None)

    @property
    def claim(self) -> Claim:
        """The claim as it stands now, or as it stood before it went."""
        claim = self.after or self.before
        assert claim is not None
        return claim


def claims_at(scores: Scores, rows: NDArray[np.int64]) -> list[Claim]:
    """The claims in these rows, each with its standing."""
    selection, observations = scores.selection, scores.observations
    columns = [observations.text(name).taken(rows).each() for name in LONG]
    lines = observations.numbers("line")[rows].tolist()
    standing = [STANDINGS[at] for at in selection.standing[rows].tolist()]
    return [Claim(*said) for said in zip(*columns, lines, standing, strict=True)]


def sureness(claim: Claim) -> int:
    """The place of a claim's confidence in CONFIDENCE, that of medium where none is given."""
    return CONFIDENCE.index(claim.confidence) if claim.confidence else UNSTATED


def claim_changes(before: Scores, after: Scores) -> tuple[ClaimChange, ...]:
    """Every claim that differs, by country, indicator, date and source; 64.80 is 64.8, and order is nothing."""
    was, is_now = before.observations, after.observations
    old, new, removed, added = _matched(was, is_now)
    differs = {"value": _other_values(was, is_now, old, new)}
    for name in ("confidence", "note"):
        differs[name] = _other_texts(was.text(name), is_now.text(name), old, new)
    changed = np.flatnonzero(differs["value"] | differs["confidence"] | differs["note"])
    result = [
        *(ClaimChange("removed", claim, None, (), row) for claim, row in _listed(before, removed)),
        *(ClaimChange("added", None, claim, (), row) for claim, row in _listed(after, added)),
    ]
    both = (_listed(before, old[changed]), _listed(after, new[changed]))
    for (first, _), (second, row), place in zip(*both, changed.tolist(), strict=True):
        fields = tuple(name for name, different in differs.items() if different[place])
        result.append(ClaimChange("changed", first, second, fields, row))
    return tuple(sorted(result, key=lambda one: (*one.claim[:2], one.claim.as_of, one.claim.source, one.kind)))


def _matched(old: Observations, new: Observations) -> tuple[NDArray[np.int64], ...]:
    """Rows of the claims on both sides, before and after, then those that went and those that came."""
    columns = [unified(old.text(name), new.text(name)) for name in KEY]
    count = len(columns[0][0].codes)
    both = [np.concatenate([first.codes, second.codes]) for first, second in columns]
    key = joined(both, [len(first.texts) for first, _ in columns])
    before, after = key[:count], key[count:]
    order = np.argsort(before, kind="stable")
    at = np.minimum(np.searchsorted(before[order], after), max(count - 1, 0))
    match = order[at] if count else np.zeros(len(after), np.int64)
    kept = before[match] == after if count else np.zeros(len(after), bool)
    gone = np.ones(count, bool)
    gone[match[kept]] = False
    return match[kept], np.flatnonzero(kept), np.flatnonzero(gone), np.flatnonzero(~kept)


def _listed(scores: Scores, rows: NDArray[np.int64]) -> list[tuple[Claim, int]]:
    return list(zip(claims_at(scores, rows), rows.tolist(), strict=True))


def _other_values(
    before: Observations, after: Observations, old: NDArray[np.int64], new: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Where the value is another; exact figures are compared as numbers."""
    numbers = []
    for side, rows in ((before, old), (after, new)):
        number, low, high = (side.numbers(name)[rows] for name in ("number", "low", "high"))
        numbers.append(np.where((low == number) & (high == number), number, np.nan))
    differs = ~same_figure(numbers[0], numbers[1])
    differs[differs] = _other_texts(before.text("value"), after.text("value"), old[differs], new[differs])
    return differs


def _other_texts(
    before: TextColumn, after: TextColumn, old: NDArray[np.int64], new: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Where the text is another."""
    if 4 * len(before.texts) < len(old):
        first, second = unified(before, after)
        return first.codes[old] != second.codes[new]
    # With as many texts as rows it costs less to read them than to number them.
    pairs = zip(before.taken(old).each(), after.taken(new).each(), strict=True)
    return np.fromiter((first != second for first, second in pairs), bool, len(old))
