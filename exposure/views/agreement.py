"""Where an outside index agrees: the part of `exposure audit` that --against asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exposure.analysis.soundness.agreement import Agreement, Compared
from exposure.analysis.soundness.figures import FEW, FEWEST
from exposure.output.page import Block, Cell, Field, keys, recorded, table
from exposure.scoring.score import Scores
from exposure.text import correlation, counted, joined, listed, number
from exposure.views.remarks import LISTED, by_chance, countries, names

THIN = 5
"""Below so many countries a coefficient is printed in brackets: of two unrelated columns of three values more than a
quarter have |r| above 0.9, of four a tenth."""
SHOWN = 30
"""Countries that the table lists; JSON has all."""
_IN_BRACKETS = f"In brackets: over fewer than {THIN} countries, where even unrelated figures often go together."
_QUOTED = 40
"""Characters of a text from the file that a note repeats."""


def agreement_record(agreement: Agreement, scores: Scores) -> dict[str, Any]:
    """As JSON shows it."""
    fields = _fields(agreement, scores)
    return {
        **{key: getattr(agreement, key) for key in ("file", "column", "reverse", "n", "spearman", "kendall")},
        "countries": [recorded(fields, one) for one in agreement.compared],
        **recorded(keys("missing", "unknown", "unranked", "elsewhere", "skipped", "skipped_rows"), agreement),
    }


def coefficient(r: float | None, n: int) -> Cell:
    """A coefficient over n countries; in brackets and pale over so few that chance alone makes it high."""
    text = correlation(r)
    return Cell(text) if r is None or n >= THIN else Cell(f"({text})", "dim")


def in_brackets(*of: tuple[float | None, int]) -> list[str]:
    """A note where any of these coefficients, each with its n, stands in brackets."""
    return [_IN_BRACKETS] if any(r is not None and n < THIN for r, n in of) else []


def agreement_block(agreement: Agreement, scores: Scores) -> Block:
    """The coefficients, and the countries in the order of how far their ranks are apart."""
    title, fields = f"Against column {agreement.column} of {agreement.file}", _fields(agreement, scores)
    notes = _notes(agreement, scores)
    return table(title, fields, agreement.compared[:SHOWN], notes, subtitle=_headline(agreement))


def _fields(agreement: Agreement, scores: Scores) -> list[Field[Compared]]:
    """The countries compared; of an index that does not vary there are no ranks to show."""
    here, there, far = ("Rank here", "Rank there", "Apart") if agreement.varies else (None, None, None)

    def apart(one: Compared) -> Cell:
        return Cell(f"{one.difference:+d}", "warn") if one.difference else Cell("0")

    return [
        Field("country", "Country", lambda one: scores.observations.gazetteer.name(one.country)),
        Field("score", "Score", lambda one: number(one.score, scores.tree.decimals), "right", 1),
        Field("value", "Value there", lambda one: f"{one.value:.10g}", "right", 2),
        Field("rank", here, align="right"),
        Field("rank_there", there, align="right"),
        Field("difference", far, apart, "right"),
    ]


def _notes(agreement: Agreement, scores: Scores) -> Iterator[str]:
    yield from _cautions(agreement)
    if agreement.n > 1 and not agreement.varies:
        yield f"Column {agreement.column} does not vary over these {agreement.n}: it ranks nobody."
    elif agreement.n > 1:
        which = "lowest" if agreement.reverse else "highest"
        yield (
            f"Ranks are among the {agreement.n} compared, 1 the most exposed here and the {which} there. Apart: rank "
            "there less rank here; a plus stands lower there."
        )
    if len(agreement.compared) > SHOWN:
        yield f"{len(agreement.compared) - SHOWN} more are compared; all are in -f json."
    is_or_are = "is" if len(agreement.elsewhere) == 1 else "are"
    for said, codes in (
        ("Not in the file", agreement.missing),
        ("Without a value there", agreement.unknown),
        ("Not compared, too little is known here to rank them", agreement.unranked),
        (f"{countries(len(agreement.elsewhere))} there {is_or_are} not scored here", agreement.elsewhere),
    ):
        if codes:
            yield f"{said}: {names([*map(scores.observations.gazetteer.name, codes)])}."
    if agreement.skipped_rows:
        verb, is_ = ("names", "is") if agreement.skipped_rows == 1 else ("name", "are")
        texts = [_question(text, scores) for text in agreement.skipped[:LISTED]]
        which = listed(texts, LISTED, len(agreement.skipped), by="; ")
        yield f"{counted(agreement.skipped_rows, 'row')} {verb} no country and {is_} left out: {which}."


def _headline(agreement: Agreement) -> str:
    """The coefficients, or why there are none."""
    many = countries(agreement.n)
    if agreement.n < FEWEST:
        return f"{many} in common, and {FEWEST} needed for a coefficient"
    if agreement.spearman is None:
        return f"{many} in common, all with one {'score here' if agreement.varies else 'value there'}: no coefficient"
    both = [coefficient(r, agreement.n).text for r in (agreement.spearman, agreement.kendall)]
    return f"Spearman {both[0]}, Kendall {both[1]}, over {many}"


def _cautions(agreement: Agreement) -> Iterator[str]:
    """What the coefficients do not say."""
    if agreement.spearman is None:
        return
    if agreement.n < FEW:
        these = f"this describes these {agreement.n}, and nothing else"
        yield f"So few countries: {these}; no test of significance is made."
    else:
        yield joined(["No test of significance is made: the countries are no sample.", by_chance(agreement.n)], " ")
    yield from in_brackets((agreement.spearman, agreement.n))
    if agreement.spearman < 0:
        hint = "leave --reverse away" if agreement.reverse else "--reverse ranks it from its lowest value"
        way = "Lower" if agreement.reverse else "Higher"
        yield f"{way} there goes with lower here. If it counts the other way, {hint}."


def _question(text: str, scores: Scores) -> str:
    """A text that names no country, cut, with the country that may be meant."""
    if not text:
        return "an empty cell"
    meant = scores.observations.gazetteer.suggest(text)
    cut = text[:_QUOTED] + ("…" if len(text) > _QUOTED else "")
    return f"{cut} ({meant})" if meant else cut
