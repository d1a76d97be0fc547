"""What all pages write alike: their head, and where a country stands, with its band and the range of its ranks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from exposure.output.page import Cell, Field, Kind, Tone, keys
from exposure.rulebook.model import Rulebook, Uncertainty
from exposure.scoring.drawing import KINDS
from exposure.scoring.ranking import RankRange
from exposure.scoring.score import Scores, Standing
from exposure.text import NOTHING, chance, joined, percent, span

_NAMED = 5
"""Countries that a note names; more are counted."""


def edition(scores: Scores) -> str:
    """Edition, day and fingerprint: what makes the page reproducible."""
    as_of = f"as of {scores.selection.as_of}" if scores.selection.as_of else "undated"
    return f"edition {scores.rulebook.index.edition}, {as_of}, fingerprint {scores.fingerprint}"


def heads(scores: Scores, verb: str, version: int = 1) -> dict[str, object]:
    """The first keys of every document."""
    index = scores.rulebook.index
    return {
        "schema": f"exposure/{verb}/{version}",
        "title": index.title,
        "edition": index.edition,
        "as_of": scores.selection.as_of or None,
        "fingerprint": scores.fingerprint,
    }


def rank_of(one: Standing) -> str:
    """The rank; nothing for an entity, a dash for a country without one."""
    return str(one.rank) if one.rank else "" if one.part_of else NOTHING


def not_ranked(scores: Scores, standings: Sequence[Standing]) -> list[str]:
    """Who has no rank and why: a sentence each, or of many countries one for all."""
    reasons = {one.name: reason for one in standings if (reason := scores.why_unranked(one.unit))}
    if len(reasons) <= _NAMED:
        return [f"{name} is not ranked: {reason}." for name, reason in reasons.items()]
    least = percent(scores.rulebook.index.min_coverage)
    said = joined(
        f"{name} ({reason.removesuffix(f', {least} needed to be ranked')})" for name, reason in reasons.items()
    )
    return [f"Not ranked, for which {least} must be known: {said}."]


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


def banded(scores: Scores, unit: int, other: str | None = None, ranges: RankRange | None = None) -> Cell:
    """The band of a unit, or another it would have; in brackets and pale where too little is known to rank it.

    The score speaks of what is known: a green word for the rest would make the unknown look safe. With `ranges` it is
    a range where nine of ten draws do not stay in the band.
    """
    band = scores.band[unit] if other is None else other
    if ranges and ranges.band_low[unit] != ranges.band_high[unit]:
        low, high = ranges.band_low[unit], ranges.band_high[unit]
        said = f"{low}–{high}"
        return Cell(f"({said})", "dim") if scores.why_unranked(unit) else Cell(said, tone(high, scores.rulebook))
    if scores.why_unranked(unit):
        return Cell(f"({band})" if band else "", "dim")
    return Cell(band, tone(band, scores.rulebook))


def ends(ranges: RankRange, unit: int) -> str:
    """Both ends of a rank range, one where they are the same; with a question mark where more draws may move them."""
    low, high = int(ranges.low[unit]), int(ranges.high[unit])
    return "" if not low else (str(low) if low == high else f"{low}–{high}") + "?" * (not ranges.settled[unit])


def likely(ranges: RankRange, unit: int, decimals: int) -> str:
    """Both ends of the score in nine of ten draws; nothing where nothing was drawn."""
    return span(ranges.likely_low[unit], ranges.likely_high[unit], decimals) if ranges.draws else ""


def what_is_drawn(settings: Uncertainty, vary: Collection[str] = KINDS) -> str:
    """What is drawn, and how, as the end of a sentence; nothing where nothing is."""
    said = []
    if "weights" in vary and settings.spread:
        how = f"by up to {settings.spread * 100:.3g}% either way"
        if settings.weights == "dirichlet":
            how = f"by a Dirichlet about as wide as ±{settings.spread * 100:.3g}%"
        said.append(f"weights change {how}")
    if "claims" in vary:
        wrong = ", ".join(f"{level} {getattr(settings.wrong, level) * 100:.3g}%" for level in ("high", "medium", "low"))
        said.append(f"a claim may be wrong (by its confidence: {wrong}) and one that contests it right")
    if "inexact" in vary:
        said.append("inexact figures lie anywhere within their range")
    if "unknowns" in vary:
        like = (
            "like something known of the same country, or anything" if settings.unknowns == "like-known" else "anything"
        )
        said.append(f"what is unknown is {like}")
    if "aggregation" in vary and settings.aggregations:
        said.append(f"the index is aggregated otherwise ({joined(settings.aggregations)})")
    return joined(said[:-1]) + " and " * (len(said) > 1) + joined(said[-1:])


def rank_notes(ranges: RankRange, standings: Sequence[Standing]) -> Iterator[str]:
    """Notes on rank ranges that more draws may move, and on ranks that are not those of most draws."""
    names = [one.name for one in standings if ranges.low[one.unit] and not ranges.settled[one.unit]]
    if names:
        said = joined(names) if len(names) <= _NAMED else f"{len(names)} countries"
        yield f"Not settled, and marked with ?: {said}. More --draws narrow it down."
    for one in standings:
        usual, often = int(ranges.usual[one.unit]), float(ranges.shares[one.unit].max(initial=0))
        if often > 0.5 and usual not in (0, one.rank):
            yield f"{one.name} is ranked {one.rank} and comes out {usual} in {chance(often)} of the draws."
