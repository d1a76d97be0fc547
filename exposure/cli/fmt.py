"""`exposure fmt`: the observations in canonical form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure.cli.inputs import Inputs
from exposure.cli.options import DATA_SAYS_NO, PATH, debug, files
from exposure.cli.outputs import Outputs, place
from exposure.cli.streams import remark, say, write
from exposure.errors import ExposureError, printable
from exposure.observations.files import STDIN, Input
from exposure.output.progress import waiting
from exposure.text import counted

if TYPE_CHECKING:
    from exposure.observations.writing import Rewritten


@click.command(short_help="Rewrite the observations in canonical form, or --check them.")
@files
@click.option(
    "--check", is_flag=True, help="Write nothing; print a unified diff of what would change, and exit with 1."
)
@click.option("--long", "to_long", is_flag=True, help="Turn a wide file into a long one, one claim a line.")
@click.option("-o", "--output", metavar="PATH", type=PATH, help="Write there and leave the file as it is.")
@debug
def fmt(inputs: Inputs, check: bool, to_long: bool, output: str | None) -> None:
    """Rewrite the observations in canonical form: order, quotes, codes for names, declared spelling.

    \b
    Examples:
      exposure fmt
      exposure fmt --check
      exposure fmt -i wide.csv --long -o indicators.csv
    """
    if check and output is not None:
        raise click.UsageError("--check writes nothing, so -o has nothing to write")
    from exposure.observations.writing import rewritten
    from exposure.rulebook.loading import load_rulebook

    here = inputs.here(sparing=Outputs.of(output))
    file = here.indicators
    target = _itself(file, check) if output is None else place(output)
    with waiting("Reading"):
        result = rewritten(file.data, load_rulebook(here.rules.data, here.rules.name), file.name, to_long)
    if check:
        say("".join(f"{line}\n" for line in result.diff(file.name)))
    elif target is None or output is not None or result.changed:
        # What somebody has saved since it was read is not written over.
        write(result.data, target, expected=file.data if output is None else None)
    remark(f"{printable(file.name)}: {_done(result, check, output)}")
    if check and result.changed:
        raise click.exceptions.Exit(DATA_SAYS_NO)


def _done(result: Rewritten, check: bool, output: str | None) -> str:
    if not (result.changed or output):
        return "in canonical form, nothing to do"
    where = "standard output" if output == "-" else printable(output or "")
    done = "would be rewritten" if check else f"written to {where}" if output else "rewritten"
    return f"{done}; {counted(result.cells, 'cell changes', 'cells change')}" if result.cells else done


def _itself(file: Input, check: bool) -> Path | None:
    """The file to rewrite, None for standard output. Raises ExposureError where it cannot or must not be rewritten."""
    if file.path is None and file.name != STDIN:
        raise ExposureError("the observations packaged with exposure are never rewritten; name a file of yours with -i")
    if file.path is not None and not file.path.is_file() and not check:
        what = "a pipe or device cannot be rewritten; -i - filters, -o writes elsewhere"
        raise ExposureError(f"{printable(file.name)}: {what}")
    return file.path
