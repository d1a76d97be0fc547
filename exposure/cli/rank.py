"""`exposure rank`: who is most exposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from exposure.cli.inputs import Draws, Inputs, units_of
from exposure.cli.options import drawing, reading, writing
from exposure.cli.outputs import Outputs
from exposure.errors import nearest, quoted

if TYPE_CHECKING:
    from exposure.scoring.score import Scores


@click.command(short_help="Who is most exposed, how sure is it, what contradicts itself.")
@click.argument("countries", nargs=-1, metavar="[COUNTRY]...")
@reading
@drawing
@click.option("--top", metavar="N", type=click.IntRange(1), help="Only the first N ranked countries.")
@click.option("--by", type=click.Choice(["layer", "entity"]), help="Commitment beside practice, or entities apart.")
@click.option("--sort", metavar="KEY", help="score, name, low, high, coverage, gap, a layer or a dimension.")
@writing
def rank(
    countries: tuple[str, ...],
    inputs: Inputs,
    draws: Draws,
    top: int | None,
    by: str | None,
    sort: str | None,
    outputs: Outputs,
) -> None:
    """Who is most exposed, how sure is it, and what contradicts itself.

    \b
    Examples:
      exposure rank
      exposure rank Serbia BIH --by layer
      exposure rank --as-of 2022 -f csv -o ranking.csv
    """
    from exposure.views.rank import rank_page, sort_keys

    scores = inputs.scores(sparing=outputs)
    if sort is not None and sort not in sort_keys(scores):
        hint = nearest(sort, sort_keys(scores)) or f"one of {', '.join(sort_keys(scores))}"
        raise click.UsageError(f"--sort {quoted(sort)} is not a column; {hint}")
    units = units_of(scores, countries) or None
    outputs.emit(rank_page(scores, draws.ranges(scores), _drawn(scores, draws), units, top, by, sort))


def _drawn(scores: Scores, draws: Draws) -> str:
    settings = scores.rulebook.uncertainty
    number = settings.draws if draws.number is None else draws.number
    seed = settings.seed if draws.seed is None else draws.seed
    return f"over {number:,} draws of weights, confidence and unknowns, seed {seed}" if number else ""
