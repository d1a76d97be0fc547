"""`exposure robustness`: how far scores and ranks depend on judgement."""

from __future__ import annotations

import math
from pathlib import Path

import click

from exposure.cli.inputs import Draws, Inputs
from exposure.cli.options import PATH, drawing, reading, writing
from exposure.cli.outputs import Outputs
from exposure.cli.streams import remark, write
from exposure.errors import printable
from exposure.output.progress import waiting

_KINDS = ("weights", "claims", "unknowns", "inexact", "aggregation")


def _a_number(_: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    # To a range nan is neither too little nor too much.
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is not a number.", param=parameter)
    return value


@click.command(short_help="How far scores and ranks depend on judgement.")
@reading
@drawing
@click.option(
    "--vary",
    type=click.Choice(_KINDS),
    multiple=True,
    help="Draw this alone; repeatable. [all, aggregation where the rules list others]",
)
@click.option(
    "--spread",
    metavar="SHARE",
    type=click.FloatRange(0, 1, max_open=True),
    callback=_a_number,
    help="Weights × 1 ± this. [the rules say, 0.25]",
)
@click.option("--weights", type=click.Choice(["uniform", "dirichlet"]), help="How weights are drawn. [the rules say]")
@click.option(
    "--shares",
    metavar="N",
    type=click.IntRange(0, 100_000),
    default=1000,
    show_default=True,
    help="Draws behind each Sobol share, which JSON has, and from 30 countries on the page; 0 leaves them out.",
)
@click.option(
    "--export", metavar="FILE", type=PATH, help="Write every draw with its weights, scores and ranks to a CSV."
)
@writing
def robustness(
    vary: tuple[str, ...],
    spread: float | None,
    weights: str | None,
    shares: int,
    export: str | None,
    inputs: Inputs,
    draws: Draws,
    outputs: Outputs,
) -> None:
    """How far scores and ranks depend on judgement and on what is not certain.

    Who comes out where over many seeded draws of weights, claims, unknown and inexact values; what each kind of doubt
    and each rule does to scores and ranks; and the smallest change of a weight that turns two neighbours.

    \b
    Examples:
      exposure robustness
      exposure robustness --draws 10000 --spread 0.5
      exposure robustness --vary weights --export draws.csv
    """
    outputs = outputs.beside("--export", export)
    from exposure.analysis import robustness as question
    from exposure.views.draws import draws_csv
    from exposure.views.robustness import robustness_page

    scores = inputs.scores(sparing=outputs)
    asked = {"spread": spread, "weights": weights}
    changed = {name: value for name, value in asked.items() if value is not None}
    settings = scores.rulebook.uncertainty.model_copy(update=changed)
    kinds = vary or _KINDS
    with waiting("Drawing") as show:
        shown = "json" in [form for form, _ in outputs.targets] or scores.ranked.sum() >= question.MANY
        answer = question.robustness(scores, draws.number, draws.seed, kinds, settings, shares * bool(shown), show)
    if export is not None:
        with waiting("Writing the draws"):
            write(draws_csv(scores, answer.draws, answer.seed, kinds, settings), Path(export))
        remark(f"{answer.draws:,} draws written to {printable(export)}")
    outputs.emit(robustness_page(answer))
