"""What a change may do: how far it may move scores, ranks and bands, and what it must say with it."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from exposure.analysis.diff import NAMED, Changes, Move, causes
from exposure.analysis.rule_changes import waiver_names
from exposure.rulebook.wording import dotted
from exposure.scoring.selection import NO_LINE
from exposure.text import listed, number, plainly, signed, worded

if TYPE_CHECKING:
    from exposure.analysis.verdict.ledger import Ledger
    from exposure.rulebook.model import Rulebook
    from exposure.scoring.score import Scores


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
            hint = "a new figure is a claim of its own, with its date; to mend a slip, say so in a waiver of the rules"
            same = f"with the same source and date ({about})" if about else "still without a source or a date"
            found = f"{was} → {is_now}, {same}"
            ledger.add("source-unchanged", found, hint, whom, row=change.row)


def _rules(ledger: Ledger, changes: Changes) -> None:
    old, new = changes.before.rulebook.index, changes.after.rulebook.index
    scored = [change.what for change in changes.rules if change.scored]
    if scored and old.edition == new.edition:
        found = f"{listed(scored, NAMED)} changed, and the edition is still {new.edition}"
        ledger.add("edition-unchanged", found, "give the rules another index.edition", rules=("index", "edition"))
    gates = [change for change in changes.rules if change.gate]
    if gates:
        said = [f"{one.what} {plainly(one.before)} → {plainly(one.after)}" for one in gates]
        hint = "review this apart from the data; of limits and levels the stricter of both sides judges this change"
        ledger.add("gate-changed", listed(said, NAMED), hint, rules=_place(changes.after.rulebook, gates[0].what))


def _place(rulebook: Rulebook, what: str) -> tuple[str | int, ...]:
    """Where a changed key stands in the rules: targets and waivers are lists of tables."""
    section = what.partition(".")[0]
    lists = {"targets": [target.id for target in rulebook.targets], "waivers": waiver_names(rulebook)}
    if section not in lists:
        return tuple(what.split("."))
    starts = [dotted((section, name)) for name in lists[section]]
    found = [at for at, start in enumerate(starts) if what == start or what.startswith(f"{start}.")]
    return (section, *found[:1])


def _because(changes: Changes, move: Move) -> str:
    said = ", ".join(causes(changes, move))
    return f": {said}" if said else ""


def _score(ledger: Ledger, changes: Changes, move: Move, whole: Move | None) -> None:
    limit = ledger.limit("max_score_move")
    # Where its country is reported for the same, an entity is not.
    if limit is None or _distance(move) <= limit or (whole is not None and _distance(whole) > limit):
        return
    assert move.before is not None
    assert move.after is not None
    decimals = changes.after.tree.decimals
    ends = [side.score for side in (move.before, move.after)]
    was, is_now = ("unknown" if score is None else number(score, decimals) for score in ends)
    far = f" ({signed(move.score, decimals)}), more than {limit:g}" if move.score is not None else ""
    _report(ledger, changes, "score-moved", f"{was} → {is_now}{far}{_because(changes, move)}", move)


def _distance(move: Move) -> float:
    """How far a score moved; one that is lost is beyond any limit."""
    if move.before and move.after and move.before.score is not None and move.after.score is None:
        return inf
    return abs(round(move.score or 0.0, 9))


def _report(ledger: Ledger, changes: Changes, code: str, found: str, move: Move) -> None:
    """Where the part that moved it most stands: the claim that counts now, or the key of the rules."""
    hint = f'if it is right, add [[waivers]] to the rules with code = "{code}", the country and the reason'
    row: int | None = None
    path: tuple[str, ...] | None = None
    if move.parts and move.parts[0].kind == "data":
        row = _counting(changes.after, move.parts[0].what)
    elif move.parts and move.parts[0].kind == "settings":
        path = tuple(move.parts[0].what.split(", ")[0].split("."))
    elif move.parts and move.parts[0].kind in ("weight", "rule"):
        name = move.parts[0].what
        section = "dimensions" if name in changes.after.rulebook.dimensions else "rules"
        path = (section, name, "weight") if move.parts[0].kind == "weight" else (section, name)
    ledger.add(code, found, hint, (move.country, ""), row=row, rules=path)


def _counting(scores: Scores, cell: str) -> int | None:
    """The claim that counts in a cell named by its country and indicator, None where there is none."""
    country, _, indicator = cell.partition(" ")
    selection = scores.selection
    if country not in selection.units or indicator not in selection.indicators:
        return None
    row = int(selection.line(indicator)[selection.units.index(country)])
    return None if row == NO_LINE else row


def _band(ledger: Ledger, changes: Changes, move: Move, whole: Move | None) -> None:
    limit = ledger.limit("max_band_move")
    if limit is None or _steps(changes, move) <= limit or (whole is not None and _steps(changes, whole) > limit):
        return
    assert move.before is not None
    assert move.after is not None
    why = ": the bands of the rules" if move.score == 0 else ""
    found = f"{move.before.band} → {move.after.band or 'no band'}{_because(changes, move) or why}"
    _report(ledger, changes, "band-changed", found, move)


def _steps(changes: Changes, move: Move) -> float:
    """How many bands lie between before and after, by the edges after the change; a band lost is beyond any limit."""
    if move.before is None or move.after is None or not move.before.band:
        return 0
    if not move.after.band:
        return inf
    old, new = (book.band_names() for book in (changes.before.rulebook, changes.after.rulebook))
    # A band of another name is known by its place.
    place = (new if move.before.band in new else old).index(move.before.band)
    return abs(place - new.index(move.after.band))


def _rank(ledger: Ledger, changes: Changes, move: Move) -> None:
    limit = ledger.limit("max_rank_move")
    if limit is None or move.rank is None:
        return
    old, new = (side.rank if side else None for side in (move.before, move.after))
    # Who comes into the ranking was unknown, and moves others if anybody.
    if old is None or (new is not None and abs(old - new) <= limit):
        return
    ends = f"{old} → {new or 'no rank'}"
    because = {
        "own": "by its own score",
        "others": "by the scores of others",
        "both": "by its own score and others'",
        "rules": "by the rules",
        "peers": "by the figures of its peers",
    }
    others = f" ({listed(move.rank.others, NAMED)})" if move.rank.others else ""
    _report(ledger, changes, "rank-moved", f"{ends}, {because[move.rank.cause]}{others}", move)
