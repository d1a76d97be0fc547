"""audit: how far the scores can be trusted."""

from __future__ import annotations

import click

from exposure.cli.options import reading, writing
from exposure.cli.sides import here, scores_of
from exposure.cli.streams import emit, targets_of

# pandas and rich take most of a second to import: only the verbs that use them do, and --help does not.


@click.command(short_help="Is the index sound, and does it agree with an outside one.")
@click.option(
    "--against", metavar="FILE", help="Compare with an outside index: a CSV with a country and a value a row."
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
    exposure audit
    exposure audit --against other-index.csv --column 2022
    exposure audit -f json:audit.json -f csv:weights.csv
    """
    targets = targets_of(formats, output)
    if against is None and (column is not None or reverse):
        raise click.UsageError("--column and --reverse are about an outside index; --against names its file")
    from exposure.analysis import audit as question
    from exposure.analysis.agreement import agree
    from exposure.observations.files import find_outside
    from exposure.observations.outside import read_outside
    from exposure.views.audit import audit_page

    other = find_outside(against, indicators) if against is not None else None
    scores = scores_of(here(indicators, rules), as_of)
    agreement = None
    if other is not None:
        outside = read_outside(other.data, scores.observations.gazetteer, other.name, column)
        agreement = agree(scores, outside, reverse)
    emit(audit_page(question.audit(scores), scores, agreement), targets)
