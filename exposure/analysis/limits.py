"""What a change may do: how far it may move scores, ranks and bands, and what it must say with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exposure.analysis.changes import NAMED, Changes, Move, causes
from exposure.analysis.words import number, signed, worded

if TYPE_CHECKING:
    from exposure.analysis.findings import Ledger


def check_change(ledger: Ledger, changes: Changes) -> None:
    """Judges what differs from the base."""
    _claims(ledger, changes)
    _rules(ledger, changes)
    moved = {move.country: move for move in changes.moves}
    for move in changes.moves:
        _score(ledger, changes, move, moved.get(move.part_of))
        _band(ledger, changes, move, moved.get(move.part_of))
        _rank(ledger, changes, move)


def _claims(ledger: Ledger, changes: Changes) -> None:
    left = {*changes.after.selection.units}
    gone = [
        unit
        for at, unit in enumerate(changes.before.selection.units)
        if unit not in left and changes.before.selection.is_country[at]
    ]
    for country in gone:
        name = changes.before.observations.gazetteer.name(country)
        ledger.add("country-removed", f"no claim is left on {name}", "keep its claims", (country, ""))
    for change in changes.claims:
        claim = change.claim
        whom = (claim.country, claim.indicator)
        about = ", ".join(part for part in (claim.source, claim.as_of) if part)
        said = f"{worded(claim.value) or 'an empty value'}{f' ({about})' if about else ''}"
        if change.kind == "removed":
            ledger.add("claim-removed", f"{said} is gone", "keep it; a later claim supersedes it", whom)
        elif "value" in change.fields and change.before and change.after:
            was, is_now = (worded(one.value) or "empty" for one in (change.before, change.after))
            hint = "correct the source or the date too, or add a claim of its own"
            found = f"{was} → {is_now}, with the same source and date" + (f" ({about})" if about else "")
            ledger.add("source-unchanged", found, hint, whom, row=change.row)


def _rules(ledger: Ledger, changes: Changes) -> None:
    old, new = changes.before.rulebook.index, changes.after.rulebook.index
    scored = [change.what for change in changes.rules if change.scored]
    if scored and old.edition == new.edition:
        found = f"{_some(scored)} changed, and the edition is still {new.edition}"
        ledger.add("edition-unchanged", found, "bump it", rules=("index", "edition"))
    gates = [change.what for change in changes.rules if change.gate]
    if gates:
        path = tuple(gates[0].split(".")[:2])
        ledger.add("gate-changed", f"{_some(gates)} changed", "review this apart from the data", rules=path)


def _some(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _because(changes: Changes, move: Move) -> str:
    said = ", ".join(causes(changes, move))
    return f": {said}" if said else ""


def _score(ledger: Ledger, changes: Changes, move: Move, whole: Move | None) -> None:
    limit = changes.after.rulebook.checks.max_score_move
    if limit is None or move.score is None or abs(round(move.score, 9)) <= limit:
        return
    if whole is not None and whole.score is not None and abs(whole.score) > limit:
        # Its country is reported for the same.
        return
    decimals = changes.after.tree.decimals
    assert move.before is not None
    assert move.after is not None
    ends = " → ".join(number(float(side.score or 0.0), decimals) for side in (move.before, move.after))
    found = f"{ends} ({signed(move.score, decimals)}), more than {limit:g}{_because(changes, move)}"
    _report(ledger, changes, "score-moved", found, move)


def _report(ledger: Ledger, changes: Changes, code: str, found: str, move: Move) -> None:
    """At the claim that moved it most, where a claim did."""
    cell = next((part.what for part in move.parts if part.kind == "data"), "")
    row = next(
        (
            change.row
            for change in changes.claims
            if change.after and f"{change.after.country} {change.after.indicator}" == cell
        ),
        None,
    )
    hint = "if it is right, say why in a waiver of the rules"
    ledger.add(code, found, hint, (move.country, ""), row=row)


def _band(ledger: Ledger, changes: Changes, move: Move, whole: Move | None) -> None:
    limit = changes.after.rulebook.checks.max_band_move
    steps = _steps(changes, move)
    if limit is None or steps is None or steps <= limit:
        return
    if whole is not None and (_steps(changes, whole) or 0) > limit:
        return
    assert move.before is not None
    assert move.after is not None
    found = f"{move.before.band} → {move.after.band}{_because(changes, move)}"
    _report(ledger, changes, "band-changed", found, move)


def _steps(changes: Changes, move: Move) -> int | None:
    """How many bands lie between before and after, by the edges after the change."""
    edges = changes.after.rulebook.bands
    if move.before is None or move.after is None or not (move.before.band and move.after.band):
        return None
    if move.before.band not in edges:
        return None
    order = sorted(edges, key=lambda name: edges[name])
    return abs(order.index(move.before.band) - order.index(move.after.band))


def _rank(ledger: Ledger, changes: Changes, move: Move) -> None:
    limit = changes.after.rulebook.checks.max_rank_move
    if limit is None or move.rank is None:
        return
    old, new = (side.rank if side else None for side in (move.before, move.after))
    if old is not None and new is not None and abs(old - new) <= limit:
        return
    ends = f"{old or 'no rank'} → {new or 'no rank'}"
    because = {"own": "by its own score", "others": "by the scores of others", "both": "by its own score and others'"}
    others = f" ({', '.join(move.rank.others)})" if move.rank.others else ""
    _report(ledger, changes, "rank-moved", f"{ends}, {because[move.rank.cause]}{others}", move)
