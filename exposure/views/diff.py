"""`exposure diff`: what changed, and what that moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from exposure.analysis.attribution.game import Part
from exposure.analysis.claims import Claim, ClaimChange
from exposure.analysis.diff import NAMED, Changes, Move, PointChange, RankMove, causes, named, published_parts
from exposure.analysis.rule_changes import RuleChange
from exposure.output.page import Block, Cell, Column, Field, Page, Row, filled, keys, recorded, table
from exposure.scoring.score import Standing
from exposure.text import NOTHING, capital, counted, listed, number, percent, plainly, signed, worded
from exposure.views.standing import STANDS, edition, heads, tone

_POINTS = 20
"""Changed points that a page lists; a changed weight changes nearly all of them."""


def diff_page(changes: Changes) -> Page:
    """The layers of a change, those that a reader wants first above."""
    base = {key: value for key, value in heads(changes.base, "diff").items() if key != "schema"}
    document = {**heads(changes.after, "diff"), "base": base, **change_document(changes)}
    sides = " → ".join(f"{side.observations.file} ({edition(side)})" for side in (changes.base, changes.after))
    summary = Block(changes.after.rulebook.index.title, sides, notes=(headline(changes),))
    return Page(document, change_records(changes), (summary, *filled(movers(changes)), *detail_blocks(changes)))


def detail_blocks(changes: Changes) -> tuple[Block, ...]:
    """What stands behind the moves: every part, claim and rule, and the points between them."""
    causes, *others = cause_blocks(changes)
    return filled(causes, table("Observations", _CLAIMS, changes.claims, folded=True), *others)


def cause_blocks(changes: Changes) -> tuple[Block, ...]:
    """The same without the claims, where these are told otherwise."""
    return _causes(changes), table("Rules", _RULES, changes.rules, folded=True), _points(changes)


def change_document(changes: Changes) -> dict[str, Any]:
    """The layers as JSON has them."""
    points, moves = _point_fields(changes), _move_fields(changes)
    return {
        "observations": [recorded(_CLAIMS, one) for one in changes.claims],
        "rules": [recorded(_RULES, one) for one in changes.rules],
        "points": [recorded(points, one) for one in changes.points],
        "countries": [recorded(moves, one) for one in changes.moves],
    }


def change_records(changes: Changes) -> list[dict[str, Any]]:
    """The moves as CSV has them, a row a part, so that a spreadsheet can add them up."""
    records: list[dict[str, Any]] = []
    fields = _move_fields(changes)
    for move in changes.moves:
        whole = recorded(fields, move)
        rank = whole.pop("rank_move")
        whole["rank_cause"] = rank and rank["cause"]
        # An empty side gives way to the columns of one that is there.
        whole = {key: {} if value is None and key != "part_of" else value for key, value in whole.items()}
        parts: list[dict[str, Any]] = whole["parts"] or [{}]
        records += [{**whole, "parts": part} for part in parts]
    return records


def headline(changes: Changes) -> str:
    """The whole change in a few sentences."""
    kinds = Counter(change.kind for change in changes.claims)
    said = [f"{counted(count, 'claim')} {kind}" for kind, count in sorted(kinds.items())]
    scored = sum(change.scored for change in changes.rules)
    for count, key in ((scored, "scoring key"), (len(changes.rules) - scored, "other key")):
        said += [f"{counted(count, key)} of the rules changed"] if count else []
    return f"{capital(', '.join(said))}. {effects_said(changes)}" if said else "Nothing differs."


def effects_said(changes: Changes) -> str:
    """What the change does to the countries, in a few sentences."""
    countries = [move for move in changes.moves if not move.part_of]
    stayed = [move for move in countries if move.before and move.after]
    moved = [f"{move.name} {signed(move.score, changes.after.tree.decimals)}" for move in stayed if move.score]
    said = [f"{listed(moved, NAMED)}." if moved else "No country's score moves.", *_came_and_went(countries)]
    ranks = sum(move.rank is not None for move in stayed)
    bands = sum(_band(move.before) != _band(move.after) for move in stayed)
    turned = [counted(count, noun) for count, noun in ((ranks, "rank"), (bands, "band")) if count]
    return " ".join([*said, *([f"{capital(' and '.join(turned))} changed."] if turned else [])])


def _came_and_went(countries: list[Move]) -> Iterator[str]:
    for what, names in (
        ("No claim is left on", [move.name for move in countries if not move.after]),
        ("New:", [move.name for move in countries if not move.before]),
        ("Without a score now:", [move.name for move in countries if _lost(move)]),
    ):
        if names:
            yield f"{what} {listed(names, NAMED)}."


def _lost(move: Move) -> bool:
    return bool(move.before and move.after and move.before.score is not None and move.after.score is None)


def _band(side: Standing | None) -> str:
    return side.band if side else ""


def _banded(side: Standing | None) -> str:
    """The band, in brackets where too little is known to rank the country."""
    if side is None or not side.band:
        return NOTHING
    return side.band if side.rank or side.part_of else f"({side.band})"


def _move_fields(changes: Changes) -> list[Field[Move]]:
    decimals = changes.after.tree.decimals

    def both(said: Callable[[Standing | None], str]) -> Callable[[Move], str]:
        return lambda move: _ends(said(move.before), said(move.after))

    def size(move: Move) -> Cell:
        return Cell(signed(move.score, decimals), "" if not move.score else "bad" if move.score > 0 else "good")

    def band(move: Move) -> Cell:
        turned = _band(move.before) != _band(move.after)
        return Cell(both(_banded)(move), tone(_band(move.after), changes.after.rulebook) if turned else "dim")

    def parts(move: Move) -> list[dict[str, Any]]:
        return [
            {"kind": part.kind, "what": part.what, "value": value, "value_exact": part.value}
            for part, value in _parts(move, decimals)
        ]

    rank = both(lambda side: str(side.rank) if side and side.rank else NOTHING)
    return [
        Field("country"),
        Field("name", "Country", lambda move: f"  {move.name}" if move.part_of else move.name),
        Field("part_of"),
        Field("before", value=lambda move: move.before and recorded(STANDS, move.before)),
        Field("after", value=lambda move: move.after and recorded(STANDS, move.after)),
        Field("", "Score", both(lambda side: number(side and side.score, decimals)), "right"),
        Field("move", "Move", size, "right", value=lambda move: move.score and round(move.score, decimals + 6)),
        Field("move_exact", value=lambda move: move.exact),
        Field("parts", value=parts),
        Field("orders", value=lambda move: move.orders or None),
        Field("rank_move", "Rank", rank, "right", 2, value=lambda move: move.rank and recorded(_RANK_MOVE, move.rank)),
        Field("", "Band", band, drop=1),
        Field("", "Known", both(lambda side: percent(side.coverage) if side else NOTHING), "right", 3),
        Field("", "Why", lambda move: "; ".join([*_why(changes, move), *_why_rank(move)]), wrap=True),
    ]


_RANK_MOVE: tuple[Field[RankMove], ...] = keys("cause", "others")


def _parts(move: Move, decimals: int) -> list[tuple[Part, float]]:
    return list(zip(move.parts, published_parts(move, decimals), strict=True))


def movers(changes: Changes) -> Block:
    """Every country whose score, rank or band is another, with the causes that moved it most."""
    moves = _in_families(changes)
    note = "A rise is more exposure. The parts of a move add up to it, in whatever order they are made."
    notes = [note] if moves else []
    return table("What moved", _move_fields(changes), moves, notes, kind=lambda move: "part" if move.part_of else "")


def _in_families(changes: Changes) -> list[Move]:
    """The moves that show, with each entity below its country."""
    parts: dict[str, list[Move]] = {}
    for move in changes.moves:
        if _shows(changes, move):
            parts.setdefault(move.part_of, []).append(move)
    ordered = [one for move in parts.pop("", []) for one in (move, *parts.pop(move.country, []))]
    return [*ordered, *(one for entities in parts.values() for one in entities)]


def _shows(changes: Changes, move: Move) -> bool:
    """Whether anything of it is left where numbers are rounded; parts that undo one another are something."""
    if move.before is None or move.after is None or any(published_parts(move, changes.after.tree.decimals)):
        return True
    ends = [(one.score, one.rank, one.band, percent(one.coverage)) for one in (move.before, move.after)]
    return ends[0] != ends[1]


def _ends(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _why(changes: Changes, move: Move) -> list[str]:
    if move.before is None or move.after is None:
        return ["no claim before" if move.before is None else "no claim left"]
    if move.score is None:
        return ["nothing known before" if move.before.score is None else "nothing known any more"]
    if not move.parts and move.before.coverage != move.after.coverage:
        return [f"{'less' if move.after.coverage < move.before.coverage else 'more'} is known"]
    return causes(changes, move)


def _why_rank(move: Move) -> list[str]:
    if move.rank is None or move.rank.cause == "own":
        return []
    by = {"others": "others", "both": "its own and others", "rules": "the rules", "peers": "its peers"}[move.rank.cause]
    who = listed(move.rank.others, NAMED)
    return [f"rank by {by}{f': {who}' if who else ''}"]


def _causes(changes: Changes) -> Block:
    """Every part of every move; left out where the movers have said it all."""
    if all(len(move.parts) <= NAMED for move in changes.moves):
        return Block()
    decimals, rows, notes = changes.after.tree.decimals, list[Row](), list[str]()
    for move in (move for move in changes.moves if move.parts):
        rows.append(Row((move.name, "", signed(move.score or 0.0, decimals)), "section"))
        for part, value in _parts(move, decimals):
            rows.append(Row((f"  {named(changes, part)}", part.kind, signed(value, decimals))))
        if move.orders:
            notes.append(f"{move.name}: {len(move.parts)} parts, averaged over {move.orders} orders of a fixed seed.")
    columns = (Column("Part", wrap=True), Column("Kind", drop=1), Column("Points", "right"))
    return Block("Every part of every move", columns=columns, rows=tuple(rows), notes=tuple(notes), folded=True)


def _said(claim: Claim | None, change: ClaimChange) -> str:
    """What a claim says; of one that changed, what of it did."""
    if claim is None:
        return NOTHING
    value = worded(claim.value) or "empty"
    if change.kind != "changed":
        return f"{value}, {claim.confidence}" if claim.confidence else value
    parts = {"value": value, "confidence": claim.confidence or "no confidence", "note": claim.note or "no note"}
    return "; ".join(parts[name] for name in change.fields)


CLAIM: tuple[Field[Claim], ...] = keys(*Claim._fields)
"""A claim as JSON has it; country and indicator come first."""


def _claim(claim: Claim | None) -> dict[str, Any] | None:
    return claim and recorded(CLAIM[2:], claim)


_CLAIMS: tuple[Field[ClaimChange], ...] = (
    Field("country", "Country", value=lambda change: change.claim.country),
    Field("indicator", "Indicator", value=lambda change: change.claim.indicator),
    Field("kind", "Change"),
    Field("fields"),
    Field("before", "Before", lambda change: _said(change.before, change), wrap=True, value=lambda c: _claim(c.before)),
    Field("after", "After", lambda change: _said(change.after, change), wrap=True, value=lambda c: _claim(c.after)),
    Field("", "As of", lambda change: change.claim.as_of, drop=2),
    Field("", "Source", lambda change: change.claim.source, drop=1),
    Field("", "Standing", lambda c: _ends(*(one.standing if one else NOTHING for one in (c.before, c.after))), drop=3),
)


def _bears_on(change: RuleChange) -> str:
    section = change.what.partition(".")[0]
    if section == "bands" or change.what == "index.min_coverage":
        return "bands" if section == "bands" else "ranks"
    said = [word for word, does in (("scores", change.scored), ("checks", change.gate)) if does]
    return ", ".join(said) or {"uncertainty": "rank ranges", "scenarios": "what-if"}.get(section, "words")


_RULES: tuple[Field[RuleChange], ...] = (
    Field("what", "Key", wrap=True),
    Field("before", "Before", lambda change: plainly(change.before), wrap=True),
    Field("after", "After", lambda change: plainly(change.after), wrap=True),
    *keys("scored", "gate"),
    Field("", "Bears on", _bears_on),
)


def _point_fields(changes: Changes) -> list[Field[PointChange]]:
    decimals = changes.after.tree.decimals

    def name(one: PointChange) -> str:
        side = changes.after if one.rule in changes.after.rulebook.rules else changes.before
        return side.rulebook.label(one.rule)

    return [
        Field("country", "Country"),
        Field("rule", "Rule", name, wrap=True),
        Field("before", "Before", lambda one: number(one.before, decimals), "right"),
        Field("after", "After", lambda one: number(one.after, decimals), "right"),
    ]


def _points(changes: Changes) -> Block:
    """How the points of each rule changed, the layer between claims and scores: the largest changes first."""
    decimals = changes.after.tree.decimals
    turned = [one for one in changes.points if number(one.before, decimals) != number(one.after, decimals)]
    turned.sort(key=lambda one: -abs((one.after or 0.0) - (one.before or 0.0)))
    notes = ["Where a rule gains weight, or becomes known, the others have less."] if turned else []
    more = len(turned) - _POINTS
    notes += [f"{more} smaller changes are not shown; -f json has them."] if more > 0 else []
    return table("Points", _point_fields(changes), turned[:_POINTS], notes, folded=True)
