"""What all pages write alike: their head, and where a country stands, with its band and the range of its ranks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exposure.output.page import Cell, Field, Kind, Tone, keys
from exposure.rulebook.model import Rulebook
from exposure.scoring.ranking import RankRange
from exposure.scoring.score import Scores, Standing
from exposure.text import NOTHING, chance, joined

_NAMED = 5
"""Countries that a note names; more are counted."""


def edition(scores: Scores) -> str:
    """Edition, day and fingerprint: what makes the page reproducible."""
    as_of = f"as of {scores.selection.as_of}" if scores.selection.as_of else "undated"
    return f"edition {scores.rulebook.index.edition}, {as_of}, fingerprint {scores.fingerprint}"


def heads(scores: Scores, verb: str) -> dict[str, object]:
    """The first keys of every document."""
    index = scores.rulebook.index
    return {
        "schema": f"exposure/{verb}/1",
        "title": index.title,
        "edition": index.edition,
        "as_of": scores.selection.as_of or None,
        "fingerprint": scores.fingerprint,
    }


def rank_of(one: Standing) -> str:
    """The rank; nothing for an entity, a dash for a country without one."""
    return str(one.rank) if one.rank else "" if one.part_of else NOTHING


def row_kind(one: Standing) -> Kind:
    """How a line about it is set among the others."""
    return "part" if one.part_of else ""


WHO: tuple[Field[Standing], ...] = (
    Field("rank", "#", rank_of, "right"),
    Field("country"),
    Field("name", "Country", lambda one: f"  {one.name}" if one.part_of else one.name),
)
"""What opens every list of countries."""
STANDS: tuple[Field[Standing], ...] = (
    Field("score"),
    Field("score_exact", value=lambda one: one.exact),
    *keys("low", "high", "rank", "band", "coverage"),
)
"""Where a country stands, as documents have it."""


def tone(band: str, rulebook: Rulebook) -> Tone:
    """The looks of a band: the highest is bad whatever it is called."""
    order = rulebook.band_names()
    if band not in order or len(order) < 2:
        return ""
    tones: tuple[Tone, ...] = ("good", "fair", "poor", "bad")
    return tones[round(order.index(band) / (len(order) - 1) * 3)]


def banded(scores: Scores, unit: int, other: str | None = None) -> Cell:
    """The band of a unit, or another it would have; in brackets and pale where too little is known to rank it.

    The score speaks of what is known: a green word for the rest would make the unknown look safe.
    """
    band = scores.band[unit] if other is None else other
    if scores.why_unranked(unit):
        return Cell(f"({band})" if band else "", "dim")
    return Cell(band, tone(band, scores.rulebook))


def ends(ranges: RankRange, unit: int) -> str:
    """Both ends of a rank range, one where they are the same; with a question mark where more draws may move them."""
    low, high = int(ranges.low[unit]), int(ranges.high[unit])
    return "" if not low else (str(low) if low == high else f"{low}–{high}") + "?" * (not ranges.settled[unit])


def rank_notes(ranges: RankRange, standings: Sequence[Standing]) -> Iterator[str]:
    """Notes on rank ranges that more draws may move, and on ranks that are not those of most draws."""
    names = [one.name for one in standings if ranges.low[one.unit] and not ranges.settled[one.unit]]
    if names:
        said = joined(names) if len(names) <= _NAMED else f"{len(names)} countries"
        yield f"Not settled, and marked with ?: {said}. More --draws narrow it down."
    for one in standings:
        usual, often = int(ranges.usual[one.unit]), float(ranges.often[one.unit])
        if often > 0.5 and usual not in (0, one.rank):
            yield f"{one.name} is ranked {one.rank} and comes out {usual} in {chance(often)} of the draws."
