"""`exposure trend`: how it came to this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from exposure.cli.inputs import Inputs, units_of
from exposure.cli.options import reading, writing
from exposure.cli.outputs import Outputs
from exposure.output.progress import waiting

if TYPE_CHECKING:
    from exposure.analysis.trend import Every


@click.command(short_help="How it came to this: scores and ranks over the years.")
@click.argument("countries", nargs=-1, metavar="[COUNTRY]...")
@click.option("--from", "start", metavar="DATE", help="First period. [that of the first dated observation]")
@click.option("--to", "end", metavar="DATE", help="Last period. [that of the scored day]")
@click.option("--every", type=click.Choice(["year", "month"]), default="year", show_default=True, help="Length of one.")
@reading
@writing
def trend(
    countries: tuple[str, ...], start: str | None, end: str | None, every: Every, inputs: Inputs, outputs: Outputs
) -> None:
    """How it came to this: score, rank and band at the end of each year, and the observation behind every step.

    \b
    Examples:
      exposure trend
      exposure trend Serbia MNE --from 2015
      exposure trend BIH --every month --from 2023
    """
    from exposure.analysis import trend as question
    from exposure.views.trend import trend_page

    scores = inputs.scores(sparing=outputs)
    units = units_of(scores, countries) or scores.in_order()
    with waiting("Scoring") as show:
        answer = question.trend(scores, start, end, every, show, units)
    outputs.emit(trend_page(answer, units))
