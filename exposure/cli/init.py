"""`exposure init`: a project to start from, written into a folder, all of it or nothing."""

from __future__ import annotations

import json
import shlex
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import click

from exposure import __version__
from exposure.cli.options import PATH, debug
from exposure.cli.outputs import place
from exposure.cli.streams import refuse_closed, remark, say, write
from exposure.errors import ExposureError, printable

# Where each template of exposure/starter lands. As templates none has a leading dot, so that nobody overlooks them.
# An example to start from in place of the starter has its own rules and claims, in a folder of its name.
_PLACES = {
    "indicators.csv": "indicators.csv",
    "rules.toml": "rules.toml",
    ".github/workflows/data.yml": "workflow.yml",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
}
EXAMPLES = ("europe",)
"""What `--like` may name."""


@click.command(short_help="Write a project to start from, or print the JSON Schema of rules.toml.")
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(file_okay=False, readable=False))
@click.option("--like", metavar="NAME", type=click.Choice(EXAMPLES), help="Start from an example: europe.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of rules.toml, for editors that know TOML.")
@click.option("-o", "--output", metavar="PATH", type=PATH, help="Write the schema there and not to the screen.")
@debug
def init(folder: str | None, like: str | None, schema: bool, output: str | None) -> None:
    """Write a project into DIR: observations and rules that pass `check`, a CI workflow, pre-commit hooks.

    The starter has three countries and every kind of rule, with comments. `--like europe` writes a comparison of 44
    countries by eight indicators of telecommunications instead.

    DIR is made where it is missing. Nothing is overwritten: where one of the files is there already none is written,
    and the exit code is 2.

    \b
    Examples:
      exposure init my-index
      exposure init my-europe --like europe
      exposure init --schema -o rules.schema.json
    """
    if schema:
        if folder is not None or like is not None:
            raise click.UsageError("DIR gets a project and --schema prints the schema; ask for one at a time")
        from exposure.rulebook.model import rules_schema

        write(json.dumps(rules_schema(), indent=2) + "\n", place(output))
        return
    if not folder:
        raise click.UsageError("name the folder for the project, as in exposure init my-index; or say --schema")
    if output is not None:
        raise click.UsageError("-o goes with --schema; a project goes into DIR")
    # Asked before anything is written: a closed standard output is an error.
    refuse_closed()
    written = plant(Path(folder), like)
    # Three commands that show what was written.
    commands = ["exposure check", "exposure rank", "exposure audit" if like else "exposure what-if --all"]
    if Path(folder) != Path():
        commands[0] = f"cd {shlex.quote(printable(folder))} && {commands[0]}"
    lines = [*(printable(str(path)) for path in written), "", "Next:", *(f"  {command}" for command in commands)]
    say("".join(f"{line}\n" for line in lines))
    remark("<ACCOUNT> in the two YAML files stands for the account whose exposure you use")


def starter_files(like: str | None = None) -> dict[str, str]:
    """The text of every file by its path below the folder; what is pinned is the version that writes it.

    `like` is one of EXAMPLES, whose files stand in place of the starter's.
    """
    templates = files("exposure") / "starter"
    own = templates / like if like else templates
    return {
        path: (own / name if (own / name).is_file() else templates / name)
        .read_text(encoding="utf-8")
        .replace("vVERSION", f"v{__version__}")
        for path, name in _PLACES.items()
    }


def plant(folder: Path, like: str | None = None) -> list[Path]:
    """Writes the project and returns its files. Raises ExposureError where one is there already or cannot be made."""
    wanted = {folder / name: text for name, text in starter_files(like).items()}
    # A link to nowhere is there too.
    if there := [path for path in wanted if path.is_symlink() or path.exists()]:
        names = "\n".join(f"{printable(str(path))}: is there already" for path in there)
        them = "it" if len(there) == 1 else "them"
        raise ExposureError(f"{names}\nnothing was written; move {them} away, or name another folder")
    made: list[Path] = []
    try:
        for path, text in wanted.items():
            for parent in reversed(path.parents):
                if not parent.is_dir():
                    parent.mkdir()
                    made.append(parent)
            write(text, path, new=True)
            made.append(path)
    except BaseException as error:
        for path in reversed(made):
            # Where somebody has put something there meanwhile, it stays.
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        if isinstance(error, OSError):
            named = printable(str(error.filename or folder))
            raise ExposureError(f"{named}: cannot be written: {error.strerror}; nothing was kept") from None
        if isinstance(error, ExposureError):
            raise ExposureError(f"{error}; nothing was kept") from None
        raise
    return list(wanted)
