"""fmt, init: verbs that write files for people to keep."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from exposure.cli.inputs import here
from exposure.cli.options import DATA_SAYS_NO, PATH, debug, files
from exposure.cli.streams import remark, say, write
from exposure.errors import ExposureError, printable


@click.command(short_help="Rewrite the observations in canonical form, or --check them.")
@files
@click.option(
    "--check", is_flag=True, help="Write nothing; print a unified diff of what would change, and exit with 1."
)
@click.option("--long", "to_long", is_flag=True, help="Turn a wide file into a long one, one claim a line.")
@click.option("-o", "--output", metavar="PATH", type=PATH, help="Write there and leave the file as it is.")
@debug
def fmt(indicators: str | None, rules: str | None, check: bool, to_long: bool, output: str | None) -> None:
    """Rewrite the observations in canonical form: order, quotes, codes for names, declared spelling.

    \b
    Examples:
      exposure fmt
      exposure fmt --check
      exposure fmt -i wide.csv --long -o indicators.csv
    """
    if check and output:
        raise click.UsageError("--check writes nothing, so -o has nothing to write")
    from exposure.observations.files import STDIN
    from exposure.observations.writing import rewritten
    from exposure.output.progress import waiting
    from exposure.rulebook.loading import load_rulebook

    side = here(indicators, rules)
    data, name, _, path = side.indicators
    if path is None and name != STDIN and not output:
        raise ExposureError("the observations packaged with exposure are never rewritten; name a file of yours with -i")
    if path is not None and not path.is_file() and not (check or output):
        raise ExposureError(
            f"{printable(name)}: a pipe or device cannot be rewritten; -i - filters, -o writes elsewhere"
        )
    with waiting(sys.stderr, "Reading"):
        result = rewritten(data, load_rulebook(side.rules.data, side.rules.name), name, to_long)
    if check:
        say("".join(f"{line}\n" for line in result.diff(name)))
    elif output is not None:
        write(result.data, Path(output))
    elif path is None:
        say(result.data)
    elif result.changed:
        write(result.data, path)
    done = "would be rewritten" if check else f"written to {printable(output)}" if output else "rewritten"
    counted = f"; {result.cells} {'cell changes' if result.cells == 1 else 'cells change'}" if result.cells else ""
    remark(f"{printable(name)}: {done + counted if result.changed or output else 'in canonical form, nothing to do'}")
    if check and result.changed:
        raise click.exceptions.Exit(DATA_SAYS_NO)


@click.command(short_help="Write a starter project, or print the JSON Schema of rules.toml.")
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(file_okay=False, readable=False))
@click.option("--schema", is_flag=True, help="Print the JSON Schema of rules.toml, for editors that know TOML.")
@click.option("-o", "--output", metavar="PATH", type=PATH, help="Write the schema there and not to the screen.")
@debug
def init(folder: str | None, schema: bool, output: str | None) -> None:
    """Write a starter project into DIR: observations and rules that pass `check`, a CI workflow, pre-commit hooks.

    DIR is made where it is missing. Nothing is overwritten: where one of the files is there already none is written,
    and the exit code is 2.

    \b
    Examples:
      exposure init my-index
      exposure init .
      exposure init --schema -o rules.schema.json
    """
    if schema:
        if folder is not None:
            raise click.UsageError("DIR gets a starter project and --schema prints the schema; ask for one at a time")
        _say_schema(output)
        return
    if not folder:
        raise click.UsageError("name the folder for a starter project, as in exposure init my-index; or say --schema")
    if output is not None:
        raise click.UsageError("-o goes with --schema; a starter project goes into DIR")
    from exposure.cli.starter import plant

    # Asked before anything is written: a closed standard output is an error.
    say("")
    written = plant(Path(folder))
    lines = [*(printable(str(path)) for path in written), "", "Next:", *(f"  {text}" for text in _next(Path(folder)))]
    say("".join(f"{line}\n" for line in lines))
    remark("OWNER in the two YAML files stands for the account whose exposure you use")


def _next(folder: Path) -> list[str]:
    """Three commands that show what was written."""
    commands = ["exposure check", "exposure rank", "exposure what-if --all"]
    if folder != Path():
        commands[0] = f"cd {shlex.quote(printable(str(folder)))} && {commands[0]}"
    return commands


def _say_schema(output: str | None) -> None:
    import json

    from exposure.rulebook.schema import rules_schema

    text = json.dumps(rules_schema(), indent=2) + "\n"
    if output:
        write(text, Path(output))
    else:
        say(text)
