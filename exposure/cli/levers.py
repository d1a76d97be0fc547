"""`exposure levers`: which measures would lower a country's score."""

from __future__ import annotations

import click

from exposure.cli.inputs import Inputs, units_of
from exposure.cli.options import reading, writing
from exposure.cli.outputs import Outputs
from exposure.output.progress import waiting


@click.command(short_help="Which measures would lower a country's score most.")
@click.argument("country")
@click.option("--target", metavar="BAND|SCORE", help="Also the fewest measures that bring it there.")
@reading
@writing
def levers(country: str, target: str | None, inputs: Inputs, outputs: Outputs) -> None:
    """Every single measure that the rules know, by how far it lowers a country's score, and who could take it.

    A target that cannot be reached is said so, with exit code 0.

    \b
    Examples:
      exposure levers Serbia
      exposure levers MNE --target low
      exposure levers SRB --target 60 -f json
    """
    from exposure.analysis import levers as question
    from exposure.views.levers import levers_page

    scores = inputs.scores(sparing=outputs)
    (unit,) = units_of(scores, (country,))
    with waiting("Searching"):
        answer = question.levers(scores, unit, target)
    outputs.emit(levers_page(answer))
