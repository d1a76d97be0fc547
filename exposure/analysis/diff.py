"""What a change changed: claims and rules, then points, then score, rank and band, each move with its causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from exposure.analysis.attribution.game import Attribution, Part, attributions
from exposure.analysis.attribution.pairing import AFTER, BEFORE, Pairing, side_by_side
from exposure.analysis.claims import ClaimChange, claim_changes
from exposure.analysis.renames import Renames, under_new_names
from exposure.analysis.rule_changes import RuleChange, rule_changes
from exposure.rulebook.wording import dotted
from exposure.scoring.points import largest_remainder
from exposure.scoring.score import Scores, Standing
from exposure.scoring.tree import rounded
from exposure.text import NEARLY, signed

NAMED = 3
"""Causes, movers and keys that a line names before it says how many more there are."""


class RankMove(NamedTuple):
    """Why a country's rank is another."""

    cause: Literal["own", "others", "both", "rules", "peers"]
    """`own`: its own score would have moved it among the others as they were; `others`: theirs alone did;
    `rules`: no claim on it, or on those it changed places with, says anything else; `peers`: its score moved
    among the others, by nothing but the figures of countries that it is measured against."""
    others: tuple[str, ...]
    """The countries that stand on another side of it than before, or came or went."""


class Move(NamedTuple):
    """One country or entity that does not stand where it stood."""

    country: str
    name: str
    part_of: str
    """Of an entity its country, else empty."""
    before: Standing | None
    """None where it was not there."""
    after: Standing | None
    parts: tuple[Part, ...]
    """What moved its score, the largest first; they add up to `exact`. Empty where a side has no score."""
    orders: int
    """0 where the parts are exact, else how many orders they were averaged over."""
    rank: RankMove | None
    """None where the rank is the same, or there is none on either side."""

    @property
    def score(self) -> float | None:
        """How far the published score moved."""
        ends = (self.before and self.before.score, self.after and self.after.score)
        return None if ends[0] is None or ends[1] is None else ends[1] - ends[0]

    @property
    def exact(self) -> float | None:
        """How far the score moved in full precision."""
        ends = (self.before and self.before.exact, self.after and self.after.exact)
        return None if ends[0] is None or ends[1] is None else ends[1] - ends[0]


class PointChange(NamedTuple):
    """A rule that adds other points to a country's score than before."""

    country: str
    rule: str
    before: float | None
    """None where the country or the rule was not there, or nothing was known."""
    after: float | None


@dataclass(frozen=True, eq=False, repr=False)
class Changes:
    """All that differs between two scorings."""

    base: Scores
    """Before the change, as it was."""
    before: Scores
    """The same with what is only called otherwise called as after it."""
    after: Scores
    renames: Renames
    claims: tuple[ClaimChange, ...]
    rules: tuple[RuleChange, ...]
    points: tuple[PointChange, ...]
    moves: tuple[Move, ...]
    """Countries and entities that do not stand where they stood, the largest move of the score first."""


def compare(before: Scores, after: Scores) -> Changes:
    """What is different in `after`, layer by layer, with the causes of every move."""
    base = before
    before, renames = under_new_names(base, after)
    claims = claim_changes(before, after)
    return Changes(
        base,
        before,
        after,
        renames,
        claims,
        (*(_renamed(*one) for one in renames.each()), *rule_changes(before.rulebook, after.rulebook)),
        _points(before, after),
        _moves(before, after, {f"{change.claim.country} {change.claim.indicator}" for change in claims}),
    )


def _renamed(section: str, old: str, new: str) -> RuleChange:
    return RuleChange(f"{dotted((section, old))} (its name)", old, new, False, False)


def _moves(before: Scores, after: Scores, edited: set[str]) -> tuple[Move, ...]:
    """The moves, with what is not the doing of an edited cell laid at the rules' door."""
    if before.fingerprint == after.fingerprint and before.selection.as_of == after.selection.as_of:
        return ()
    pairing = side_by_side(before, after)
    causes = attributions(pairing)
    touched = _touched(pairing, edited)
    touched |= {code for code, cause in causes.items() if any(part.kind == "peers" for part in cause.parts)}
    ranked = (_ranked(before), _ranked(after))
    moves = []
    for code in sorted({*before.selection.units, *after.selection.units}):
        old, new = standing(before, code), standing(after, code)
        cause = causes.get(code, Attribution((), 0))
        one = new or old
        if one and (cause.parts or not _same(old, new)):
            rank = _rank_move(ranked, code, old, new)
            parts = tuple(_by_order_of_sources(part, edited) for part in cause.parts) or _by_decimals(old, new)
            blamed = rank and _blamed(rank, code, cause, touched)
            moves.append(Move(code, one.name, one.part_of, old, new, parts, cause.orders, blamed))
    return tuple(sorted(moves, key=lambda move: (move.exact is not None, -abs(move.exact or 0.0), move.country)))


def _blamed(rank: RankMove, code: str, cause: Attribution, touched: set[str]) -> RankMove:
    """The move of a rank, laid at the door of the rules or the peers where no edited cell made it."""
    if not {code, *rank.others} & touched:
        return rank._replace(cause="rules")
    by_peers = rank.cause != "others" and {part.kind for part in cause.parts} == {"peers"}
    return rank._replace(cause="peers") if by_peers else rank


def _touched(pairing: Pairing, edited: set[str]) -> set[str]:
    """Codes of the countries, each with its entities, of which an edited cell that is scored says something else."""
    contexts = [{name for name, one in side.observations.indicators.items() if one.context} for side in pairing.scores]
    scored = {*pairing.indicators} - (contexts[BEFORE] & contexts[AFTER])
    cells = {
        unit
        for row, unit in np.argwhere(pairing.changed).tolist()
        if pairing.indicators[row] in scored and f"{pairing.units[unit]} {pairing.indicators[row]}" in edited
    }
    return {pairing.units[unit] for family in pairing.families if cells & {*family} for unit in family}


def _by_decimals(old: Standing | None, new: Standing | None) -> tuple[Part, ...]:
    """What moved a published score that nothing moved: that it is rounded in another way."""
    if not old or not new or None in (old.score, new.score) or old.score == new.score:
        return ()
    return (Part("settings", "index.decimals", (new.exact or 0.0) - (old.exact or 0.0)),)


def _by_order_of_sources(part: Part, edited: set[str]) -> Part:
    """The part; of a cell that nobody edited, another claim counts by the order in which sources are trusted."""
    if part.kind != "data" or part.what in edited:
        return part
    return part._replace(kind="settings", what=f"order of the sources: {part.what}")


def standing(scores: Scores, code: str) -> Standing | None:
    """Where a country or entity stands, None where it has no claim."""
    units = scores.selection.units
    return scores.standing(units.index(code)) if code in units else None


def _same(old: Standing | None, new: Standing | None) -> bool:
    if old is None or new is None:
        return old is new
    if (old.rank, old.band, old.score, old.low, old.high) != (new.rank, new.band, new.score, new.low, new.high):
        return False
    return abs((old.exact or 0.0) - (new.exact or 0.0)) < NEARLY and abs(old.coverage - new.coverage) < NEARLY


def _rank_move(
    ranked: tuple[dict[str, float], ...], code: str, old: Standing | None, new: Standing | None
) -> RankMove | None:
    """Why the rank is another; `ranked` are the published scores of the ranked countries, before and after."""
    was, is_now = (one.rank if one else None for one in (old, new))
    if was == is_now:
        return None
    if was is None or is_now is None:
        # It came or went: that is its own doing, and those below it feel it.
        return RankMove("own", ())
    mine = [scores[code] for scores in ranked]
    own = 1 + sum(score > mine[1] for score in ranked[0].values()) - (mine[0] > mine[1]) == is_now
    others = 1 + sum(score > mine[0] for score in ranked[1].values()) - (mine[1] > mine[0]) == is_now
    cause: Literal["own", "others", "both"] = "both" if own == others else "own" if own else "others"
    pairing = [
        {who: np.sign(score - at) for who, score in scores.items()} for at, scores in zip(mine, ranked, strict=True)
    ]
    passed = {who for who in pairing[0].keys() | pairing[1].keys() if pairing[0].get(who) != pairing[1].get(who)}
    return RankMove(cause, tuple(sorted(passed)))


def _ranked(scores: Scores) -> dict[str, float]:
    """The published scores of the ranked countries."""
    return {scores.selection.units[unit]: float(scores.score[unit]) for unit in np.flatnonzero(scores.ranked).tolist()}


def _points(before: Scores, after: Scores) -> tuple[PointChange, ...]:
    changes = []
    old, new = _points_of(before), _points_of(after)
    for code, rule in sorted({*old, *new}):
        was, is_now = old.get((code, rule)), new.get((code, rule))
        if was is None or is_now is None or abs(was - is_now) > NEARLY:
            changes.append(PointChange(code, rule, was, is_now))
    return tuple(changes)


def _points_of(scores: Scores) -> dict[tuple[str, str], float]:
    """The points of every weighted rule of every unit that has a severity by it."""
    weighted = [at for at, weight in enumerate(scores.tree.leaf_weights()) if weight > 0]
    return {
        (code, scores.tree.rules[at]): float(scores.points[at, unit])
        for unit, code in enumerate(scores.selection.units)
        for at in weighted
        if not np.isnan(scores.values[at, unit])
    }


def published_parts(move: Move, decimals: int) -> list[float]:
    """The parts of a move rounded so that the column a reader adds up gives the printed move."""
    if not move.parts or move.score is None:
        return []
    total = float(rounded(np.asarray(move.score), decimals))
    return [float(part) for part in largest_remainder(np.asarray([part.value for part in move.parts]), total, decimals)]


def causes(changes: Changes, move: Move) -> list[str]:
    """The parts that moved a score most, each with its points, and how many more there are."""
    decimals = changes.after.tree.decimals
    parts = list(zip(move.parts, published_parts(move, decimals), strict=True))
    said = [f"{named(changes, part)} {signed(points, decimals)}" for part, points in parts[:NAMED]]
    return said + ([f"{len(parts) - NAMED} more"] if len(parts) > NAMED else [])


def named(changes: Changes, part: Part) -> str:
    """A part as a reader of the rules calls it."""
    if part.kind == "data":
        country, _, indicator = part.what.partition(" ")
        known = (
            changes.after.observations.indicators.get(indicator) or changes.before.observations.indicators[indicator]
        )
        return f"{known.label} ({country})"
    if part.kind == "settings":
        return f"settings ({part.what})"
    rules, came, went = changes.after.rulebook, "", ""
    if part.kind == "rule":
        came = "new " if part.what not in changes.before.rulebook.rules else ""
        went = " taken out" if part.what not in rules.rules else ""
    if part.what not in rules.rules and part.what not in rules.dimensions:
        rules = changes.before.rulebook
    name = rules.label(part.what)
    return {"weight": f"weight of {name}", "rule": f"{came}rule {name}{went}", "peers": f"peers' {name}"}[part.kind]
