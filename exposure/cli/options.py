"""The options that verbs share, and the exit codes that all have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from exposure.output import FINDING_FORMATS, FORMATS

FINE, DATA_SAYS_NO, COULD_NOT_RUN, OUR_DEFECT, INTERRUPTED = 0, 1, 2, 3, 130

# For completion alone: shells offer files. What a path may be is said where it is opened.
PATH = click.Path(readable=False)

F = TypeVar("F", bound=Callable[..., Any])


def _options(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def _set_debug(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        context.find_root().meta["exposure.debug"] = True


debug = click.option(
    "--debug", is_flag=True, expose_value=False, callback=_set_debug, help="Print the traceback of a defect."
)
files = _options(
    click.option(
        "-i",
        "--indicators",
        metavar="PATH",
        type=PATH,
        envvar="EXPOSURE_INDICATORS",
        help="Observations to read, or - for standard input. [./indicators.csv, else the packaged ones]",
    ),
    click.option(
        "-r",
        "--rules",
        metavar="PATH",
        type=PATH,
        envvar="EXPOSURE_RULES",
        help="Rules to score by. [rules.toml or exposure/rules.toml beside the observations, else the packaged ones]",
    ),
)
reading = _options(
    files,
    click.option(
        "--as-of",
        metavar="DATE",
        envvar="EXPOSURE_AS_OF",
        help="Day to score: YYYY, YYYY-MM or YYYY-MM-DD. [the latest claim]",
    ),
)


def _writing(formats: tuple[str, ...]) -> Callable[[F], F]:
    return _options(
        click.option(
            "-f",
            "--format",
            "formats",
            metavar="FORMAT[:FILE]",
            multiple=True,
            envvar="EXPOSURE_FORMAT",
            shell_complete=lambda _, __, typed: [name for name in formats if name.startswith(typed)],
            help=f"{', '.join(formats)}; with :FILE into a file, and several at once. [table]",
        ),
        click.option(
            "-o",
            "--output",
            metavar="PATH",
            type=PATH,
            envvar="EXPOSURE_OUTPUT",
            help="Write there and not to the screen.",
        ),
        debug,
    )


writing, writing_findings = _writing(FORMATS), _writing(FINDING_FORMATS)
drawing = _options(
    click.option(
        "--draws",
        metavar="N",
        type=click.IntRange(0, 1_000_000),
        envvar="EXPOSURE_DRAWS",
        help="Draws behind the rank range; 0 turns it off. [the rules say, 1000]",
    ),
    click.option(
        "--seed", metavar="N", type=click.IntRange(0), envvar="EXPOSURE_SEED", help="Seed of the draws. [the rules say]"
    ),
)
