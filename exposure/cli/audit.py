"""`exposure audit`: is the index sound."""

from __future__ import annotations

import click

from exposure.cli.inputs import Inputs
from exposure.cli.options import PATH, reading, writing
from exposure.cli.outputs import Outputs
from exposure.output.progress import waiting


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
def audit(against: str | None, column: str | None, reverse: bool, inputs: Inputs, outputs: Outputs) -> None:
    """Is the index sound: what each weight carries, what is missing, what misleads, and what to do.

    \b
    Examples:
      exposure audit
      exposure audit --against other-index.csv --column 2022
      exposure audit -f json:audit.json -f csv:weights.csv
    """
    if against is None and (column is not None or reverse):
        raise click.UsageError("--column and --reverse are about an outside index; --against names its file")
    from exposure.analysis import audit as question
    from exposure.analysis.soundness.agreement import agree
    from exposure.observations.files import find_outside
    from exposure.observations.outside import read_outside
    from exposure.views.audit import audit_page

    other = find_outside(against, inputs.indicators) if against is not None else None
    if other is not None:
        outputs.spare(other.origin, "values of the outside index")
    scores = inputs.scores(sparing=outputs)
    agreement = None
    if other is not None:
        outside = read_outside(other.data, scores.observations.gazetteer, other.name, column)
        agreement = agree(scores, outside, reverse)
    with waiting("Auditing"):
        answer = question.audit(scores)
    outputs.emit(audit_page(answer, scores, agreement))
