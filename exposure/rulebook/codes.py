"""What `check` can find: the codes that levels and waivers may name.

What finds them is in analysis: check.py and verdict/evidence.py in the data, verdict/changed_claims.py and
verdict/limits.py in what a change does.
"""

from __future__ import annotations

from typing import NamedTuple

from exposure.rulebook.model import Level


class Code(NamedTuple):
    """A kind of finding."""

    level: Level
    """Its level unless `[checks.levels]` says otherwise."""
    meaning: str
    needs_base: bool = False
    """Whether it can only be found in comparison with a base."""
    brought: Level | None = None
    """Its level where the change brings it, if another; None is the same."""
    settled: bool = False
    """Whether no rules may set its level and no waiver covers it."""


CODES = {
    "no-claims": Code("error", "the file holds no claim at all"),
    "unsourced": Code("error", "a claim names no source"),
    "undated": Code("warning", "a claim has no date"),
    "unrated": Code("warning", "a claim states no confidence"),
    "unexplained": Code("warning", "an empty value, or one withdrawn, whose note does not say why"),
    "stale": Code("warning", "a claim that counts is older than stale_before"),
    "disputed": Code("warning", "equally sure claims of one time differ"),
    "contested": Code("note", "a less sure claim of the same time says something else"),
    "weaker-newer": Code(
        "warning", "a claim counts in place of a surer and earlier one that says something else", brought="error"
    ),
    "dated-after-source": Code("error", "a claim is dated after its source, or long after all others"),
    "new-country": Code("error", "a country that the index does not list, or that the base has not"),
    "too-old": Code("warning", "all claims of a value are older than max_age allows"),
    "beyond-goalposts": Code("warning", "figures beyond the goalposts, or that look like a code for a missing one"),
    "not-canonical": Code("note", "a cell is accepted, but exposure fmt would write it otherwise"),
    "garbled": Code("warning", "text that looks damaged by a change of encoding"),
    "unused-source": Code("note", "a source that no claim names"),
    "low-coverage": Code("warning", "too little is known of a country to rank it"),
    "contradiction": Code("warning", "a commitment and a practice that cannot both be meant"),
    "unused-waiver": Code("note", "a waiver that nothing needs"),
    "expired-waiver": Code("warning", "a waiver whose last day is over"),
    "score-moved": Code("error", "a score moved by more than max_score_move", True),
    "rank-moved": Code("error", "a rank moved by more than max_rank_move, or was lost", True),
    "band-changed": Code("error", "a band changed by more than max_band_move", True),
    "country-removed": Code("error", "no claim is left on a country that had some", True),
    "claim-removed": Code("error", "a claim is gone, and its evidence with it", True),
    "became-unknown": Code("error", "a value was known before the change, and is not after it", True),
    "value-switched": Code("error", "another value counts, and no claim that the change brings says it", True),
    "source-unchanged": Code("error", "a value changed while its source and date did not", True),
    "re-dated": Code("warning", "a claim says the same of another date", True),
    "re-sourced": Code("warning", "a claim names another source, or its source is said to be another", True),
    "re-rated": Code("warning", "a claim is held to be surer or less sure, with the same source and date", True),
    "edition-unchanged": Code("error", "rules that score changed, and the edition did not", True),
    "gate-changed": Code(
        "warning", "the change alters checks, targets, waivers or contradictions, which judge it", True
    ),
    "proposed-waiver": Code("note", "a waiver that counts once it is in the base", True),
    "renamed": Code("note", "something is called otherwise, and says what it said", True),
    "base-missing": Code("error", "there is no base to compare with", True, settled=True),
}
