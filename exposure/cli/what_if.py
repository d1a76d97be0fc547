"""`exposure what-if`: before and after something that is only supposed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure.cli.inputs import Inputs
from exposure.cli.options import PATH, reading, writing
from exposure.cli.outputs import Outputs
from exposure.cli.streams import remark, write
from exposure.errors import printable, quoted
from exposure.output.progress import waiting

if TYPE_CHECKING:
    from exposure.observations.overlay import Assumption


@click.command("what-if", short_help="Before and after something that is only supposed.")
@click.argument("assumptions", nargs=-1, metavar="[COUNTRY.INDICATOR=VALUE]...")
@click.option("--weight", "weights", multiple=True, metavar="NAME=WEIGHT", help="Weight of a rule or dimension.")
@click.option("--scenario", "scenarios", multiple=True, metavar="ID", help="A scenario of the rules; repeatable.")
@click.option("--list", "listing", is_flag=True, help="List the scenarios of the rules.")
@click.option("--all", "everything", is_flag=True, help="Every scenario by itself, in one table.")
@click.option("--save", metavar="FILE", type=PATH, help="Write the observations as they would be to a CSV.")
@reading
@writing
def what_if(
    assumptions: tuple[str, ...],
    weights: tuple[str, ...],
    scenarios: tuple[str, ...],
    listing: bool,
    everything: bool,
    save: str | None,
    inputs: Inputs,
    outputs: Outputs,
) -> None:
    """Scores, ranks and bands before and after something that is only supposed; nothing is written.

    \b
    Examples:
      exposure what-if SRB.five_g_vendor=Ericsson ALB.indirect_ties=none
      exposure what-if --weight finance=40
      exposure what-if --scenario law-amended --scenario hybrid-drill
      exposure what-if --all
    """
    assumed = bool(assumptions or weights or scenarios)
    if listing + everything + assumed != 1 or (save and not (assumptions or scenarios)):
        raise click.UsageError(
            "say what to suppose, as SRB.five_g_vendor=Ericsson, --scenario ID or --weight NAME=WEIGHT; or ask for "
            "--list or --all by itself; --save goes with values or scenarios"
        )
    outputs = outputs.beside("--save", save)
    said, wanted = [_assumption(text) for text in assumptions], _weights(weights)
    from exposure.analysis import scenarios as named
    from exposure.analysis import what_if as question
    from exposure.observations.writing import long_bytes
    from exposure.views.what_if import effects_page, scenarios_page, whatif_page

    scores = inputs.scores(sparing=outputs)
    if listing:
        return outputs.emit(scenarios_page(scores))
    if everything:
        with waiting("Scoring"):
            each = named.effects(scores)
        return outputs.emit(effects_page(scores, each))
    chosen = named.chosen(scores.rulebook, scenarios)
    together, overruled = named.assumptions(chosen, said, scores)
    for stands, other in overruled:
        remark(printable(f"{stands.said} stands before {other.said}"))
    with waiting("Comparing"):
        answer = question.what_if(scores, together, wanted)
    if save is not None:
        write(long_bytes(answer.changes.after.observations), Path(save))
        unsaid = f"; score it with --as-of {inputs.as_of}" if inputs.as_of else ""
        unsaid += "; weights live in the rules and were not saved" if wanted else ""
        remark(f"the observations as they would be were written to {printable(save)}{unsaid}")
    outputs.emit(whatif_page(answer, chosen, wanted, save))


def _assumption(text: str) -> Assumption:
    from exposure.observations.overlay import Assumption

    cell, equals, value = text.partition("=")
    country, dot, indicator = cell.rpartition(".")
    if not (equals and dot and country.strip() and indicator.strip()):
        raise click.UsageError(f"{quoted(text)} is not COUNTRY.INDICATOR=VALUE, as SRB.five_g_vendor=Ericsson")
    return Assumption(country.strip(), indicator.strip(), value.strip(), text, "what-if")


def _weights(texts: tuple[str, ...]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for text in texts:
        name, equals, figure = text.partition("=")
        name = name.strip()
        try:
            weight = float(figure)
        except ValueError:
            weight = math.nan
        if not equals or not name or not 0 <= weight <= 1e9:
            raise click.UsageError(f"--weight {quoted(text)} is not NAME=WEIGHT with a weight of 0 or more")
        if name in weights:
            raise click.UsageError(f"--weight {quoted(name)} is given twice")
        weights[name] = weight
    return weights
