"""`exposure explain`: why a country scores what it scores."""

from __future__ import annotations

import click

from exposure.cli.inputs import Draws, Inputs, units_of
from exposure.cli.options import drawing, reading, writing
from exposure.cli.outputs import Outputs


@click.command(short_help="Why a country scores what it scores, rule by rule.")
@click.argument("countries", nargs=-1, required=True, metavar="COUNTRY...")
@reading
@drawing
@writing
def explain(countries: tuple[str, ...], inputs: Inputs, draws: Draws, outputs: Outputs) -> None:
    """Why a country scores what it scores: each rule's value, severity, weight, points and source.

    \b
    Examples:
      exposure explain Serbia
      exposure explain SRB MNE
      exposure explain BA-SRP -f markdown
    """
    from exposure.views.explain import explain_page

    scores = inputs.scores(sparing=outputs)
    units = units_of(scores, countries)
    outputs.emit(explain_page(scores, units, draws.ranges(scores)))
