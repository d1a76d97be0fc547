"""robustness, audit: how far the scores can be trusted."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import click

from exposure.cli.inputs import here, scores_of
from exposure.cli.options import PATH, drawing, reading, writing
from exposure.cli.streams import emit, remark, targets_of, write, written
from exposure.errors import printable

# pandas and rich take most of a second to import: only the verbs that use them do, and --help does not.

_KINDS = ("weights", "confidence", "unknowns", "aggregation")


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
    help="Draws behind each Sobol share of the rank shift; 0 leaves them out.",
)
@click.option(
    "--export", metavar="FILE", type=PATH, help="Write every draw with its weights, scores and ranks to a CSV."
)
@writing
def robustness(
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    draws: int | None,
    seed: int | None,
    vary: tuple[str, ...],
    spread: float | None,
    weights: str | None,
    shares: int,
    export: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """How far scores and ranks depend on judgement: weights, confidence, unknown values, aggregation.

    Who comes out where over many seeded draws, which choice makes ranks unstable, what every rule does to them, and
    the smallest change of a weight that turns two neighbours.

    \b
    Examples:
      exposure robustness
      exposure robustness --draws 10000 --spread 0.5
      exposure robustness --vary weights --export draws.csv
    """
    targets = targets_of(formats, output)
    if export is not None and (export == "-" or any(path == Path(export) for _, path in targets)):
        raise click.UsageError("--export writes a file of its own; name one that nothing else is written to")
    from exposure.analysis.robustness import robustness as measured
    from exposure.output.progress import progress, waiting
    from exposure.views.draws import draws_csv
    from exposure.views.robustness import robustness_page

    scores = scores_of(here(indicators, rules, [*written(targets), *([Path(export)] if export else [])]), as_of)
    changed = {"spread": spread, "weights": weights}
    settings = scores.rulebook.uncertainty.model_copy(
        update={name: value for name, value in changed.items() if value is not None}
    )
    kinds = vary or _KINDS
    with progress(sys.stderr, "Drawing") as show:
        found = measured(scores, draws, seed, kinds, settings, shares, show)
    if export is not None:
        with waiting(sys.stderr, "Writing the draws"):
            write(draws_csv(scores, found.draws, found.seed, kinds, settings), Path(export))
        remark(f"{found.draws:,} draws written to {printable(export)}")
    emit(robustness_page(found), targets)


@click.command(short_help="Is the index sound, and does it agree with an outside one.")
@click.option(
    "--against",
    metavar="FILE",
    type=PATH,
    help="Compare with an outside index: a CSV with a country and a value a row.",
)
@click.option("--column", metavar="NAME", help="Column of that file to compare with. [value, or the only other one]")
@click.option("--reverse", is_flag=True, help="Low values there mean high exposure.")
@reading
@writing
def audit(
    against: str | None,
    column: str | None,
    reverse: bool,
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """Is the index sound: what each weight carries, what is missing, what misleads, and what to do.

    \b
    Examples:
      exposure audit
      exposure audit --against other-index.csv --column 2022
      exposure audit -f json:audit.json -f csv:weights.csv
    """
    targets = targets_of(formats, output)
    if against is None and (column is not None or reverse):
        raise click.UsageError("--column and --reverse are about an outside index; --against names its file")
    from exposure.analysis import audit as question
    from exposure.analysis.soundness.agreement import agree
    from exposure.observations.files import find_outside
    from exposure.observations.outside import read_outside
    from exposure.output.progress import waiting
    from exposure.views.audit import audit_page

    other = find_outside(against, indicators) if against is not None else None
    scores = scores_of(here(indicators, rules, written(targets)), as_of)
    agreement = None
    if other is not None:
        outside = read_outside(other.data, scores.observations.gazetteer, other.name, column)
        agreement = agree(scores, outside, reverse)
    with waiting(sys.stderr, "Auditing"):
        found = question.audit(scores)
    emit(audit_page(found, scores, agreement), targets)
