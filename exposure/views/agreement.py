"""Where an outside index agrees: the part of `exposure audit` that --against asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from exposure.analysis.soundness.figures import FEW, FEWEST
from exposure.output.page import Block, Cell, Column, Row
from exposure.text import correlation, joined, listed, number
from exposure.views.remarks import LISTED, by_chance, countries, names

if TYPE_CHECKING:
    from exposure.analysis.soundness.agreement import Agreement, Compared
    from exposure.scoring.score import Scores

THIN = 5
"""Below so many countries a coefficient is printed in brackets: of two unrelated columns of three values more than a
quarter have |r| above 0.9, of four a tenth."""
SHOWN = 30
"""Countries that the table lists; JSON has all."""
_IN_BRACKETS = f"In brackets: over fewer than {THIN} countries, where even unrelated figures often go together."
_QUOTED = 40
"""Characters of a text from the file that a note repeats."""


def agreement_record(found: Agreement) -> dict[str, Any]:
    """As JSON shows it."""
    return {
        "file": found.file,
        "column": found.column,
        "reverse": found.reverse,
        "n": found.n,
        "spearman": found.spearman,
        "kendall": found.kendall,
        "countries": [one._asdict() | {"difference": one.difference} for one in found.compared],
        "missing": list(found.missing),
        "unknown": list(found.unknown),
        "unranked": list(found.unranked),
        "elsewhere": list(found.elsewhere),
        "skipped": list(found.skipped),
        "skipped_rows": found.skipped_rows,
    }


def coefficient(r: float | None, n: int) -> Cell:
    """A coefficient over n countries; in brackets and pale over so few that chance alone makes it high."""
    text = correlation(r)
    return Cell(text) if r is None or n >= THIN else Cell(f"({text})", "dim")


def in_brackets(*of: tuple[float | None, int]) -> list[str]:
    """A note where any of these coefficients, each with its n, stands in brackets."""
    return [_IN_BRACKETS] if any(r is not None and n < THIN for r, n in of) else []


def agreement_block(found: Agreement, scores: Scores) -> Block:
    """The coefficients, and the countries in the order of how far their ranks are apart.

    Of an index that does not vary there are no ranks to show.
    """
    columns = (
        Column("Country"),
        Column("Score", "right", drop=1),
        Column("Value there", "right", drop=2),
        *((Column(name, "right") for name in ("Rank here", "Rank there", "Apart")) if found.varies else ()),
    )
    rows = tuple(
        Row(
            (
                scores.observations.gazetteer.name(one.country),
                number(one.score, scores.tree.decimals),
                f"{one.value:.10g}",
                *(_ranks(one) if found.varies else ()),
            )
        )
        for one in found.compared[:SHOWN]
    )
    title = f"Against column {found.column} of {found.file}"
    return Block(title, _headline(found), columns if rows else (), rows, tuple(_notes(found, scores)))


def _ranks(one: Compared) -> tuple[str, str, Cell]:
    apart = Cell(f"{one.difference:+d}", "warn") if one.difference else Cell("0")
    return str(one.rank), str(one.rank_there), apart


def _notes(found: Agreement, scores: Scores) -> Iterator[str]:
    yield from _cautions(found)
    if found.n > 1 and not found.varies:
        yield f"Column {found.column} does not vary over these {found.n}: it ranks nobody."
    elif found.n > 1:
        which = "lowest" if found.reverse else "highest"
        yield (
            f"Ranks are among the {found.n} compared, 1 the most exposed here and the {which} there. Apart: rank there "
            "less rank here; a plus stands lower there."
        )
    if len(found.compared) > SHOWN:
        yield f"{len(found.compared) - SHOWN} more are compared; all are in -f json."
    name = scores.observations.gazetteer.name
    for codes, said in (
        (found.missing, "Not in the file"),
        (found.unknown, "Without a value there"),
        (found.unranked, "Not compared, too little is known here to rank them"),
    ):
        if codes:
            yield f"{said}: {names([name(code) for code in codes])}."
    if found.elsewhere:
        there = f"{countries(len(found.elsewhere))} there {'is' if len(found.elsewhere) == 1 else 'are'}"
        yield f"{there} not scored here: {names([name(code) for code in found.elsewhere])}."
    if found.skipped_rows:
        rows = "1 row names" if found.skipped_rows == 1 else f"{found.skipped_rows} rows name"
        yield f"{rows} no country and {'is' if found.skipped_rows == 1 else 'are'} left out: {_named(found, scores)}."


def _headline(found: Agreement) -> str:
    """The coefficients, or why there are none."""
    many = countries(found.n)
    if found.n < FEWEST:
        return f"{many} in common, and {FEWEST} needed for a coefficient"
    if found.spearman is None:
        return f"{many} in common, all with one {'score here' if found.varies else 'value there'}: no coefficient"
    both = [coefficient(r, found.n).text for r in (found.spearman, found.kendall)]
    return f"Spearman {both[0]}, Kendall {both[1]}, over {many}"


def _cautions(found: Agreement) -> Iterator[str]:
    """What the coefficients do not say."""
    if found.spearman is None:
        return
    if found.n < FEW:
        yield f"So few countries: this describes these {found.n}, and nothing else; no test of significance is made."
    else:
        yield joined(["No test of significance is made: the countries are no sample.", by_chance(found.n)], " ")
    yield from in_brackets((found.spearman, found.n))
    if found.spearman < 0:
        hint = "leave --reverse away" if found.reverse else "--reverse ranks it from its lowest value"
        way = "Lower" if found.reverse else "Higher"
        yield f"{way} there goes with lower here. If it counts the other way, {hint}."


def _named(found: Agreement, scores: Scores) -> str:
    """The texts that name no country, cut, each with the country that may be meant."""
    questions = [_question(text, scores) for text in found.skipped[:LISTED]]
    return listed(questions, LISTED, len(found.skipped), by="; ")


def _question(text: str, scores: Scores) -> str:
    if not text:
        return "an empty cell"
    meant = scores.observations.gazetteer.suggest(text)
    cut = text[:_QUOTED] + ("…" if len(text) > _QUOTED else "")
    return f"{cut} ({meant})" if meant else cut
