"""What a change may do: how far it may move scores, ranks and bands, and what it must say with it."""

from __future__ import annotations

from math import inf

from exposure.analysis.diff import NAMED, Changes, Move, causes
from exposure.analysis.rule_changes import waiver_names
from exposure.analysis.verdict.ledger import Ledger
from exposure.rulebook.model import Rulebook
from exposure.rulebook.wording import dotted
from exposure.scoring.score import Scores
from exposure.scoring.selection import NO_LINE
from exposure.text import listed, number, plainly, signed

_BY = {
    "own": "by its own score",
    "others": "by the scores of others",
    "both": "by its own score and others'",
    "rules": "by the rules",
    "peers": "by the figures of its peers",
}


def check_change(ledger: Ledger, changes: Changes) -> None:
    """Judges what differs from the base."""
    left = {*changes.after.selection.units}
    for unit in changes.before.selection.countries():
        country, name = changes.before.selection.units[unit], changes.before.selection.names[unit]
        if country not in left:
            ledger.add("country-removed", f"no claim is left on {name}", "keep its claims", (country, ""))
    _rules(ledger, changes)
    moved = {move.country: move for move in changes.moves}
    for move in changes.moves:
        for code, name, far, said in (
            ("score-moved", "max_score_move", _distance, _score),
            ("band-changed", "max_band_move", _steps, _band),
            ("rank-moved", "max_rank_move", _places, _rank),
        ):
            limit, whole = ledger.limit(name), moved.get(move.part_of)
            # Where its country is reported for the same, an entity is not.
            if limit is not None and far(changes, move) > limit and not (whole and far(changes, whole) > limit):
                _report(ledger, changes, code, said(changes, move, limit), move)


def _rules(ledger: Ledger, changes: Changes) -> None:
    old, new = changes.before.rulebook.index, changes.after.rulebook.index
    # How sure a score is said to be is published with it.
    scored = [one.what for one in changes.rules if one.scored or one.what.startswith("uncertainty.")]
    if scored and old.edition == new.edition:
        said = f"{listed(scored, NAMED)} changed, and the edition is still {new.edition}"
        ledger.add("edition-unchanged", said, "give the rules another index.edition", rules=("index", "edition"))
    for section, was, name in changes.renames.each():
        said = f"{section.removesuffix('s')} {was} is called {name} now, and says what it said"
        ledger.add("renamed", said, rules=(section, name))
    told: dict[str, list[str]] = {}
    for change in changes.rules:
        section, *rest = change.what.split(".")
        if section == "sources" and len(rest) > 1:
            told.setdefault(rest[0], []).append(f"{rest[-1]} {plainly(change.before)} → {plainly(change.after)}")
    for source, each in told.items():
        hint = "see that its claims still come from there"
        ledger.add("re-sourced", f"{source}: {listed(each, NAMED)}", hint, rules=("sources", source))
    gates = [change for change in changes.rules if change.gate]
    if gates:
        each = [f"{one.what} {plainly(one.before)} → {plainly(one.after)}" for one in gates]
        hint = "review this apart from the data; of limits and levels the stricter of both sides judges this change"
        ledger.add("gate-changed", listed(each, NAMED), hint, rules=_place(changes.after.rulebook, gates[0].what))


def _place(rulebook: Rulebook, what: str) -> tuple[str | int, ...]:
    """Where a changed key stands in the rules: targets and waivers are lists of tables."""
    section = what.partition(".")[0]
    lists = {"targets": [target.id for target in rulebook.targets], "waivers": waiver_names(rulebook)}
    if section not in lists:
        return tuple(what.split("."))
    starts = [dotted((section, name)) for name in lists[section]]
    places = [at for at, start in enumerate(starts) if what == start or what.startswith(f"{start}.")]
    return (section, *places[:1])


def _report(ledger: Ledger, changes: Changes, code: str, said: str, move: Move) -> None:
    """Where the part that moved it most stands: the claim that counts now, or the key of the rules."""
    hint = f'if it is right, add [[waivers]] with code = "{code}", the country and the reason, in a change of its own'
    kind, what = (move.parts[0].kind, move.parts[0].what) if move.parts else ("", "")
    row: int | None = None
    path: tuple[str, ...] | None = None
    if kind == "data":
        row = _counting(changes.after, what)
    elif kind == "settings":
        path = tuple(what.split(", ")[0].split("."))
    elif kind in ("weight", "rule"):
        section = "dimensions" if what in changes.after.rulebook.dimensions else "rules"
        path = (section, what, "weight") if kind == "weight" else (section, what)
    ledger.add(code, said, hint, (move.country, ""), row=row, rules=path)


def _counting(scores: Scores, cell: str) -> int | None:
    """The claim that counts in a cell named by its country and indicator, None where there is none."""
    country, _, indicator = cell.partition(" ")
    selection = scores.selection
    if country not in selection.units or indicator not in selection.indicators:
        return None
    row = int(selection.line(indicator)[selection.units.index(country)])
    return None if row == NO_LINE else row


def _because(changes: Changes, move: Move) -> str:
    said = ", ".join(causes(changes, move))
    return f": {said}" if said else ""


def _distance(_: Changes, move: Move) -> float:
    """How far a score moved; one that is lost is beyond any limit."""
    if move.before and move.after and move.before.score is not None and move.after.score is None:
        return inf
    return abs(round(move.score or 0.0, 9))


def _score(changes: Changes, move: Move, limit: float) -> str:
    decimals = changes.after.tree.decimals
    ends = [side and side.score for side in (move.before, move.after)]
    was, is_now = ("unknown" if score is None else number(score, decimals) for score in ends)
    far = f" ({signed(move.score, decimals)}), more than {limit:g}" if move.score is not None else ""
    return f"{was} → {is_now}{far}{_because(changes, move)}"


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


def _band(changes: Changes, move: Move, _: float) -> str:
    was, is_now = (side.band if side else "" for side in (move.before, move.after))
    why = ": the bands of the rules" if move.score == 0 else ""
    return f"{was} → {is_now or 'no band'}{_because(changes, move) or why}"


def _places(_: Changes, move: Move) -> float:
    """How many places lie between before and after; a rank lost is beyond any limit."""
    old, new = (side.rank if side else None for side in (move.before, move.after))
    # Who comes into the ranking was unknown, and moves others if anybody.
    return 0 if move.rank is None or old is None else inf if new is None else abs(old - new)


def _rank(_: Changes, move: Move, __: float) -> str:
    assert move.rank is not None
    old, new = (side.rank if side else None for side in (move.before, move.after))
    others = f" ({listed(move.rank.others, NAMED)})" if move.rank.others else ""
    return f"{old} → {new or 'no rank'}, {_BY[move.rank.cause]}{others}"
