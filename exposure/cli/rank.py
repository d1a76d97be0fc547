"""`exposure rank`: who is most exposed."""

from __future__ import annotations

import click

from exposure.cli.inputs import Draws, Inputs, units_of
from exposure.cli.options import drawing, reading, writing
from exposure.cli.outputs import Outputs
from exposure.errors import nearest, quoted


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
    top: int | None,
    by: str | None,
    sort: str | None,
    inputs: Inputs,
    draws: Draws,
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
    outputs.emit(rank_page(scores, draws.ranges(scores), units, top, by, sort))
