"""Is the data fit to merge: evidence, contradictions, targets, and with a base what the change may do."""

from __future__ import annotations

import datetime
from functools import partial

import numpy as np

from exposure.analysis.claims import Claim, claims_at
from exposure.analysis.diff import compare
from exposure.analysis.explain import contradictions
from exposure.analysis.verdict.changed_claims import check_claims
from exposure.analysis.verdict.evidence import check_countries, check_dates, check_figures, check_standing
from exposure.analysis.verdict.ledger import Findings, Ledger
from exposure.analysis.verdict.limits import check_change
from exposure.analysis.verdict.targets import check_targets
from exposure.observations.cells import UNDATED
from exposure.observations.columns import same_figure
from exposure.rulebook.conditions import WITHDRAWN
from exposure.scoring.score import Scores
from exposure.scoring.selection import NO_LINE, UNSTATED
from exposure.text import joined, worded


def check(
    scores: Scores, base: Scores | None = None, rules_file: str = "rules.toml", rules_text: str = "", missing: str = ""
) -> Findings:
    """What a reviewer should see in these scores, and in what they changed from the base.

    `rules_text` gives findings about the rules their lines. `missing` says why there is no base although one was
    asked for.
    """
    changes = compare(base, scores) if base is not None else None
    before = changes.before if changes else None
    rules = before.rulebook if before else None
    had = check(before) if before is not None else None
    ledger = Ledger(scores, rules_file, rules_text, changes is not None or bool(missing), rules, had)
    if missing:
        hint = "only who may override this check can merge it; --first is for a repository that never had such a file"
        ledger.add("base-missing", f"nothing is compared: {missing}", hint)
    for look in (_evidence, _stale, _disagreements, check_figures, _contradictions, _coverage):
        look(ledger)
    check_standing(ledger, changes)
    check_dates(ledger, changes)
    check_countries(ledger, changes)
    check_targets(ledger, changes)
    if changes is not None:
        check_change(ledger, changes)
        check_claims(ledger, changes)
    return ledger.closed(changes)


def _evidence(ledger: Ledger) -> None:
    """What each claim owes its reader: a source, a date, a confidence, and where it is empty a reason."""
    observations = ledger.scores.observations
    if not len(observations.numbers("line")):
        ledger.add("no-claims", "nothing is claimed of anybody", "put the claims back, one a line")
    sources = observations.text("source")
    values = observations.text("value")
    silent = (values.rows("") | values.rows(WITHDRAWN)) & observations.text("note").rows("")
    undated = observations.numbers("day") == UNDATED
    for code, column, rows, wanting, hint in (
        ("unsourced", "source", sources.rows(""), "source", "name a key of [sources] in the rules"),
        ("undated", "as_of", undated, "date", "write as_of as YYYY, YYYY-MM or YYYY-MM-DD"),
        ("unrated", "confidence", observations.numbers("sure") < 0, "confidence", "write high, medium or low"),
        ("unexplained", "note", silent, "note", "say in the note what was looked for and where, or what ended"),
    ):
        ledger.add_rows(code, np.flatnonzero(rows), partial(_without, wanting), hint, column)
    rulebook = ledger.rulebook
    named = {sources.texts[code] for code in np.unique(sources.codes).tolist()}
    named |= {scenario.source or "" for scenario in rulebook.scenarios}
    named |= {page for key in named & set(rulebook.sources) for page in rulebook.sources[key].compiled_from}
    for source in rulebook.sources:
        if source not in named:
            ledger.add("unused-source", f"no claim names {source}", "remove it", rules=("sources", source))
    for remark in observations.remarks:
        if remark in observations.garbled:
            ledger.add("garbled", remark, "write it as it should read")
        else:
            ledger.add("not-canonical", remark, "rewrite it with exposure fmt")


def _without(wanting: str, claim: Claim, _: int) -> str:
    return f"{worded(claim.value) or 'an empty value'} without a {wanting}"


def _stale(ledger: Ledger) -> None:
    books = [book for book in (ledger.rulebook, ledger.base) if book is not None]
    # Of two dates written so the later text is the later day.
    limit = max((book.checks.stale_before for book in books if book.checks.stale_before), default=None)
    if limit is None:
        return
    first = datetime.date.fromisoformat(f"{limit}-01-01"[:10] if len(limit) == 4 else f"{limit}-01"[:10])
    day = ledger.scores.observations.numbers("day")
    scored = [not ledger.scores.observations.indicators[name].context for name in ledger.scores.selection.indicators]
    own = ledger.scores.selection.own[scored]
    counting = np.unique(own[own != NO_LINE])
    old = day[counting] < (first - datetime.date(1970, 1, 1)).days
    rows = counting[old & (day[counting] != UNDATED)]

    def said(claim: Claim, _: int) -> str:
        return f"counts, and is of {claim.as_of}, before {limit}"

    ledger.add_rows("stale", rows, said, "look for a newer source", "as_of")


def _disagreements(ledger: Ledger) -> None:
    """Claims that no later period supersedes, and that say something else than the one that counts."""
    selection = ledger.scores.selection
    rows = selection.contested
    winner = selection.own[selection.indicator_of[rows], selection.unit_of[rows]]
    _, codes = selection.texts
    number = selection.numbers["number"]
    differs = (codes[rows] != codes[winner]) & ~same_figure(number[rows], number[winner])
    sure = selection.numbers["sure"]
    sure = np.where(sure < 0, UNSTATED, sure)
    equal = sure[rows] == sure[winner]
    counts = dict(zip(rows.tolist(), winner.tolist(), strict=True))

    def against(claim: Claim, row: int) -> str:
        (other,) = claims_at(ledger.scores, np.asarray([counts[row]]))
        by = f" by {other.source}" if other.source else ""
        return f"{worded(claim.value)}, where {worded(other.value) or 'nothing'} counts{by}"

    def disputed(claim: Claim, row: int) -> str:
        return f"{against(claim, row)}, equally sure"

    hint = "settle which is surer; until then the more precise date decides, then the order of [sources]"
    ledger.add_rows("disputed", rows[differs & equal], disputed, hint)
    ledger.add_rows("contested", rows[differs & ~equal], against, "both are shown; a surer source would settle it")


def _contradictions(ledger: Ledger) -> None:
    scores, selection = ledger.scores, ledger.scores.selection
    hint = "correct what is wrong, or let both stand and be shown"
    flags = contradictions(scores)
    for unit, names in enumerate(flags):
        parent = int(selection.parent[unit])
        behind = dict(zip(selection.indicators, selection.behind(unit), strict=True)) if names else {}
        # An entity inherits its country's contradiction; once is enough.
        for name in (name for name in names if parent < 0 or name not in flags[parent]):
            rows = [row for read in scores.rulebook.rules[name].reads(name) for row in behind[read]]
            said = "; ".join(map(_named, claims_at(scores, np.asarray(rows, np.int64))))
            message, row = f"{scores.rulebook.label(name)}: {said}", rows[0] if rows else None
            ledger.add("contradiction", message, hint, (selection.units[unit], name), row=row, known_by=name)


def _named(claim: Claim) -> str:
    by = f" ({joined((claim.source, claim.confidence))})" if claim.source else ""
    return f"{claim.indicator} is {worded(claim.value) or 'unknown'}{by}"


def _coverage(ledger: Ledger) -> None:
    for unit in ledger.scores.selection.countries():
        if reason := ledger.scores.why_unranked(unit):
            hint = "see what is unknown with exposure explain"
            country = ledger.scores.selection.units[unit]
            ledger.add("low-coverage", f"not ranked: {reason}", hint, (country, ""), known_by="not ranked")
