"""What scores rest on, in a line and as a table."""

from __future__ import annotations

from collections.abc import Sequence

from exposure.analysis.support import Support
from exposure.output.page import Block, Field, table
from exposure.scoring.score import Scores
from exposure.text import NOTHING, joined, percent

SUPPORT = "What each score rests on"
SHARES = (
    "Shares of the points of each score. One source: no other says the same of that time; most: how much of that one "
    "and the same source carries. Ours: compiled by the project from other sources."
)


def rests_on(one: Support) -> str:
    """What the points of one country rest on, in a sentence."""
    most = f" ({percent(one.on_most)} on {one.most})" if one.most else ""
    said = [f"{percent(one.alone)} rest on one source alone{most}"]
    said += [f"{percent(one.low)} on claims of low confidence"] if one.low else []
    said += [f"{percent(one.compiled)} on our own compilations"] if one.compiled else []
    return f"Of the points, {joined(said)}."


def support_fields(scores: Scores) -> tuple[Field[Support], ...]:
    """What is said of one country: codes and shares from 0 to 1 in documents."""
    return (
        Field("country", "Country", lambda one: scores.observations.gazetteer.name(one.country)),
        Field("alone", "One source", lambda one: percent(one.alone), "right"),
        Field("on_most", "Most", lambda one: percent(one.on_most) if one.most else NOTHING, "right"),
        Field("most", "of it on", lambda one: one.most or NOTHING),
        Field("low", "Low confidence", lambda one: percent(one.low), "right"),
        Field("compiled", "Ours", lambda one: percent(one.compiled), "right"),
    )


def support_block(scores: Scores, supports: Sequence[Support]) -> Block:
    """What the points of each country rest on."""
    return table(SUPPORT, support_fields(scores), supports, [SHARES] if supports else [])
