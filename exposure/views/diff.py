"""`exposure diff`: what changed, and what that moved."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from exposure.analysis.diff import NAMED, Move, causes, named, published_parts
from exposure.output.page import Block, Cell, Column, Page, Row
from exposure.text import NOTHING, listed, number, percent, plainly, signed, worded
from exposure.views.head import edition, heads
from exposure.views.standing import tone

if TYPE_CHECKING:
    from exposure.analysis.attribution.game import Part
    from exposure.analysis.claims import Claim, ClaimChange
    from exposure.analysis.diff import Changes
    from exposure.analysis.rule_changes import RuleChange
    from exposure.output.page import Tone
    from exposure.scoring.score import Standing

_POINTS = 20
"""Changed points that a page lists; a changed weight changes nearly all of them."""


def diff_page(changes: Changes) -> Page:
    """The layers of a change, those that a reader wants first above."""
    document = {**heads(changes.after, "diff"), "base": _base(changes), **change_document(changes)}
    summary = Block(changes.after.rulebook.index.title, _sides(changes), notes=(headline(changes),))
    moved = movers(changes)
    return Page(document, change_records(changes), (summary, *([moved] if moved.rows else []), *detail_blocks(changes)))


def detail_blocks(changes: Changes) -> tuple[Block, ...]:
    """What stands behind the moves: every part, claim and rule, and the points between them."""
    return _said_something(_causes(changes), _claims(changes), _rules(changes), _points(changes))


def cause_blocks(changes: Changes) -> tuple[Block, ...]:
    """The same without the claims, where these are told otherwise."""
    return _said_something(_causes(changes), _rules(changes), _points(changes))


def _said_something(*blocks: Block) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block.rows or block.notes)


def change_records(changes: Changes) -> list[dict[str, Any]]:
    """The moves as CSV has them, a row a part."""
    return [record for move in changes.moves for record in _records(changes, move)]


def change_document(changes: Changes) -> dict[str, Any]:
    """The layers as JSON has them."""
    return {
        "observations": [_claim_change(change) for change in changes.claims],
        "rules": [
            {"what": one.what, "before": one.before, "after": one.after, "scored": one.scored, "gate": one.gate}
            for one in changes.rules
        ],
        "points": [
            {"country": one.country, "rule": one.rule, "before": one.before, "after": one.after}
            for one in changes.points
        ],
        "countries": [_move(changes, move) for move in changes.moves],
    }


def headline(changes: Changes) -> str:
    """The whole change in a few sentences."""
    kinds = Counter(change.kind for change in changes.claims)
    said = [f"{_counted(count, 'claim')} {kind}" for kind, count in sorted(kinds.items())]
    scored = sum(change.scored for change in changes.rules)
    said += [f"{_counted(scored, 'scoring key')} of the rules changed"] if scored else []
    other = len(changes.rules) - scored
    said += [f"{_counted(other, 'other key')} of the rules changed"] if other else []
    if not said:
        return "Nothing differs."
    return f"{_capital(', '.join(said))}. {effects_said(changes)}"


def effects_said(changes: Changes) -> str:
    """What the change does to the countries, in a few sentences."""
    countries = [move for move in changes.moves if not move.part_of]
    stayed = [move for move in countries if move.before and move.after]
    decimals = changes.after.tree.decimals
    moved = [f"{move.name} {signed(move.score, decimals)}" for move in stayed if move.score]
    said = [f"{listed(moved, NAMED)}." if moved else "No country's score moves."]
    for what, moves in (
        ("No claim is left on", [move for move in countries if not move.after]),
        ("New:", [move for move in countries if not move.before]),
        ("Without a score now:", [move for move in stayed if _lost(move)]),
    ):
        said += [f"{what} {listed([move.name for move in moves], NAMED)}."] if moves else []
    bands = sum(_band(move.before) != _band(move.after) for move in stayed)
    ranks = sum(move.rank is not None for move in stayed)
    turned = [_counted(count, noun) for count, noun in ((ranks, "rank"), (bands, "band")) if count]
    return " ".join(said + ([f"{_capital(' and '.join(turned))} changed."] if turned else []))


def _lost(move: Move) -> bool:
    return bool(move.before and move.after and move.before.score is not None and move.after.score is None)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sides(changes: Changes) -> str:
    return " → ".join(f"{side.observations.file} ({edition(side)})" for side in (changes.before, changes.after))


def _base(changes: Changes) -> dict[str, Any]:
    head = heads(changes.before, "diff")
    return {key: head[key] for key in ("title", "edition", "as_of", "fingerprint")}


def _band(side: Standing | None) -> str:
    return side.band if side else ""


def _banded(move: Move, side: Standing | None) -> str:
    """The band, in brackets where too little is known to rank the country."""
    if side is None or not side.band:
        return NOTHING
    return side.band if side.rank or move.part_of else f"({side.band})"


def _standing(side: Standing | None) -> dict[str, Any] | None:
    if side is None:
        return None
    return {
        "score": side.score,
        "score_exact": side.exact,
        "low": side.low,
        "high": side.high,
        "rank": side.rank,
        "band": side.band or None,
        "coverage": side.coverage,
    }


def _move(changes: Changes, move: Move) -> dict[str, Any]:
    decimals = changes.after.tree.decimals
    return {
        "country": move.country,
        "name": move.name,
        "part_of": move.part_of or None,
        "before": _standing(move.before),
        "after": _standing(move.after),
        "move": None if move.score is None else round(move.score, decimals + 6),
        "move_exact": move.exact,
        "parts": [
            {"kind": part.kind, "what": part.what, "value": value, "value_exact": part.value}
            for part, value in _parts(move, decimals)
        ],
        "orders": move.orders or None,
        "rank_move": move.rank and {"cause": move.rank.cause, "others": list(move.rank.others)},
    }


def _parts(move: Move, decimals: int) -> list[tuple[Part, float]]:
    return list(zip(move.parts, published_parts(move, decimals), strict=True))


def _records(changes: Changes, move: Move) -> list[dict[str, Any]]:
    """One row a part, so that a spreadsheet can add them up."""
    whole = _move(changes, move)
    rank = whole.pop("rank_move")
    whole["rank_cause"] = rank and rank["cause"]
    whole = {key: value if value is not None else {} for key, value in whole.items()} | {"part_of": whole["part_of"]}
    return [{**whole, "parts": part} for part in whole["parts"]] or [{**whole, "parts": {}}]


def _claim_change(change: ClaimChange) -> dict[str, Any]:
    claim = change.claim
    return {
        "country": claim.country,
        "indicator": claim.indicator,
        "kind": change.kind,
        "fields": list(change.fields),
        "before": change.before and _claim(change.before),
        "after": change.after and _claim(change.after),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    said = ("value", "as_of", "source", "confidence", "note")
    return {name: getattr(claim, name) or None for name in said} | {"line": claim.line, "standing": claim.standing}


def movers(changes: Changes) -> Block:
    """Every country whose score, rank or band is another, with the causes that moved it most."""
    decimals = changes.after.tree.decimals
    columns = (
        Column("Country"),
        Column("Score", "right"),
        Column("Move", "right"),
        Column("Rank", "right", drop=2),
        Column("Band", drop=1),
        Column("Known", "right", drop=3),
        Column("Why", wrap=True),
    )
    rows = []
    for move in _in_families(changes):
        name = f"  {move.name}" if move.part_of else move.name
        why = "; ".join([*_why(changes, move), *_why_rank(move)])
        rows.append(
            Row(
                (
                    name,
                    _ends(*(_score(side, decimals) for side in (move.before, move.after))),
                    Cell(NOTHING if move.score is None else signed(move.score, decimals), _rises(move)),
                    _ends(*(str(side.rank) if side and side.rank else NOTHING for side in (move.before, move.after))),
                    Cell(_ends(*(_banded(move, side) for side in (move.before, move.after))), _tone(changes, move)),
                    _ends(*(percent(side.coverage) if side else NOTHING for side in (move.before, move.after))),
                    why,
                ),
                "part" if move.part_of else "",
            )
        )
    notes = ("A rise is more exposure. The parts of a move add up to it, in whatever order they are made.",)
    return Block("What moved", columns=columns, rows=tuple(rows), notes=notes if rows else ())


def _in_families(changes: Changes) -> list[Move]:
    """The moves that show, with each entity below its country."""
    found: list[Move] = []
    left = [move for move in changes.moves if _shows(changes, move)]
    for move in [one for one in left if not one.part_of]:
        found += [move, *(one for one in left if one.part_of == move.country)]
    return found + [one for one in left if one not in found]


def _shows(changes: Changes, move: Move) -> bool:
    """Whether anything of it is left where numbers are rounded; parts that undo one another are something."""
    if move.before is None or move.after is None or any(published_parts(move, changes.after.tree.decimals)):
        return True
    ends = [(one.score, one.rank, one.band, percent(one.coverage)) for one in (move.before, move.after)]
    return ends[0] != ends[1]


def _score(side: Standing | None, decimals: int) -> str:
    return NOTHING if side is None or side.score is None else number(side.score, decimals)


def _ends(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _rises(move: Move) -> Tone:
    return "" if not move.score else "bad" if move.score > 0 else "good"


def _tone(changes: Changes, move: Move) -> Tone:
    return tone(_band(move.after), changes.after.rulebook) if _band(move.before) != _band(move.after) else "dim"


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
    decimals = changes.after.tree.decimals
    columns = (Column("Part", wrap=True), Column("Kind", drop=1), Column("Points", "right"))
    rows, notes = [], []
    for move in changes.moves:
        if not move.parts:
            continue
        rows.append(Row((move.name, "", signed(move.score or 0.0, decimals)), "section"))
        rows += [
            Row((f"  {named(changes, part)}", part.kind, signed(value, decimals)))
            for part, value in _parts(move, decimals)
        ]
        if move.orders:
            notes.append(f"{move.name}: {len(move.parts)} parts, averaged over {move.orders} orders of a fixed seed.")
    return Block("Every part of every move", columns=columns, rows=tuple(rows), notes=tuple(notes), folded=True)


def _claims(changes: Changes) -> Block:
    columns = (
        Column("Country"),
        Column("Indicator"),
        Column("Change"),
        Column("Before", wrap=True),
        Column("After", wrap=True),
        Column("As of", drop=2),
        Column("Source", drop=1),
        Column("Standing", drop=3),
    )
    rows = []
    for change in changes.claims:
        claim = change.claim
        before, after = (_said(side, change) for side in (change.before, change.after))
        standing = _ends(*(side.standing if side else NOTHING for side in (change.before, change.after)))
        cells = (claim.country, claim.indicator, change.kind, before, after, claim.as_of, claim.source, standing)
        rows.append(Row(cells))
    return Block("Observations", columns=columns, rows=tuple(rows), folded=True)


def _said(claim: Claim | None, change: ClaimChange) -> str:
    """What a claim says; of one that changed, what of it did."""
    if claim is None:
        return NOTHING
    value = worded(claim.value) or "empty"
    if change.kind != "changed":
        return f"{value}, {claim.confidence}" if claim.confidence else value
    parts = {"value": value, "confidence": claim.confidence or "no confidence", "note": claim.note or "no note"}
    return "; ".join(parts[name] for name in change.fields)


def _rules(changes: Changes) -> Block:
    columns = (Column("Key", wrap=True), Column("Before", wrap=True), Column("After", wrap=True), Column("Bears on"))
    rows = [Row((one.what, plainly(one.before), plainly(one.after), _bears_on(one))) for one in changes.rules]
    return Block("Rules", columns=columns, rows=tuple(rows), folded=True)


def _bears_on(change: RuleChange) -> str:
    section = change.what.partition(".")[0]
    if section == "bands" or change.what == "index.min_coverage":
        return "bands" if section == "bands" else "ranks"
    said = [word for word, does in (("scores", change.scored), ("checks", change.gate)) if does]
    return ", ".join(said) or {"uncertainty": "rank ranges", "scenarios": "what-if"}.get(section, "words")


def _points(changes: Changes) -> Block:
    """How the points of each rule changed, the layer between claims and scores: the largest changes first."""
    decimals = changes.after.tree.decimals
    columns = (Column("Country"), Column("Rule", wrap=True), Column("Before", "right"), Column("After", "right"))
    rows = []
    for one in sorted(changes.points, key=lambda one: -abs((one.after or 0.0) - (one.before or 0.0))):
        rules = changes.after.rulebook if one.rule in changes.after.rulebook.rules else changes.before.rulebook
        ends = [NOTHING if value is None else number(value, decimals) for value in (one.before, one.after)]
        if ends[0] != ends[1]:
            rows.append(Row((one.country, rules.label(one.rule), *ends)))
    notes = ["Where a rule gains weight, or becomes known, the others have less."] if rows else []
    notes += [f"{len(rows) - _POINTS} smaller changes are not shown; -f json has them."] if len(rows) > _POINTS else []
    return Block("Points", columns=columns, rows=tuple(rows[:_POINTS]), notes=tuple(notes), folded=True)
