"""`exposure show`: the observations that count."""

from __future__ import annotations

import click

from exposure.cli.inputs import Inputs, units_of
from exposure.cli.options import reading, writing
from exposure.cli.outputs import Outputs


@click.command(short_help="The observations that count, as a matrix.")
@click.argument("countries", nargs=-1, metavar="[COUNTRY]...")
@reading
@writing
def show(countries: tuple[str, ...], inputs: Inputs, outputs: Outputs) -> None:
    """The observations that count, as a matrix of indicators and countries.

    \b
    Examples:
      exposure show
      exposure show Kosovo --as-of 2020
      exposure show -f csv -o wide.csv
    """
    from exposure.views.show import show_page

    scores = inputs.scores(sparing=outputs)
    outputs.emit(show_page(scores, units_of(scores, countries) or None))
