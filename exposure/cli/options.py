"""The options that verbs share, and the exit codes that all have in common.

What they say reaches a verb as one value each: `inputs`, `draws`, `outputs`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from exposure.cli.inputs import Draws, Inputs
from exposure.cli.outputs import Outputs
from exposure.output import FINDING_FORMATS, FORMATS

FINE, DATA_SAYS_NO, COULD_NOT_RUN, OUR_DEFECT, INTERRUPTED = 0, 1, 2, 3, 130

# For completion alone: shells offer files. What a path may be is said where it is opened.
PATH = click.Path(readable=False)

F = TypeVar("F", bound=Callable[..., Any])


def _as_one(name: str, value: Callable[..., object], **options: Callable[[F], F]) -> Callable[[F], F]:
    """A decorator that hands the verb, as `name`, what `value` makes of these options."""

    def decorate(verb: F) -> F:
        @wraps(verb)
        def called(**given: Any) -> Any:
            given[name] = value(**{option: given.pop(option) for option in options})
            return verb(**given)

        decorated: Any = called
        for option in reversed(options.values()):
            decorated = option(decorated)
        return decorated

    return decorate


# What it is for stands in main, which must know it before an option is read.
debug = click.option("--debug", is_flag=True, expose_value=False, help="Print the traceback of a defect.")
_indicators = click.option(
    "-i",
    "--indicators",
    metavar="PATH",
    type=PATH,
    envvar="EXPOSURE_INDICATORS",
    help="Observations to read, or - for standard input. [./indicators.csv, else the packaged ones]",
)
_rules = click.option(
    "-r",
    "--rules",
    metavar="PATH",
    type=PATH,
    envvar="EXPOSURE_RULES",
    help="Rules to score by. [rules.toml or exposure/rules.toml beside the observations, else the packaged ones]",
)
_as_of = click.option(
    "--as-of",
    metavar="DATE",
    envvar="EXPOSURE_AS_OF",
    help="Day to score: YYYY, YYYY-MM or YYYY-MM-DD. [the latest claim]",
)
files = _as_one("inputs", Inputs, indicators=_indicators, rules=_rules)
reading = _as_one("inputs", Inputs, indicators=_indicators, rules=_rules, as_of=_as_of)
drawing = _as_one(
    "draws",
    Draws,
    number=click.option(
        "--draws",
        "number",
        metavar="N",
        type=click.IntRange(0, 1_000_000),
        envvar="EXPOSURE_DRAWS",
        help="Draws behind the rank range; 0 turns it off. [the rules say, 1000]",
    ),
    seed=click.option(
        "--seed", metavar="N", type=click.IntRange(0), envvar="EXPOSURE_SEED", help="Seed of the draws. [the rules say]"
    ),
)


def _writing(known: tuple[str, ...]) -> Callable[[F], F]:
    def outputs(formats: tuple[str, ...], output: str | None) -> Outputs:
        # A step of GitHub Actions that asks for nothing else marks its findings in the pull request.
        if "github" in known and not formats and output is None and os.environ.get("GITHUB_ACTIONS") == "true":
            formats = ("github",)
        return Outputs.named(formats, output, known)

    asked = _as_one(
        "outputs",
        outputs,
        formats=click.option(
            "-f",
            "--format",
            "formats",
            metavar="FORMAT[:FILE]",
            multiple=True,
            envvar="EXPOSURE_FORMAT",
            shell_complete=lambda _, __, typed: [name for name in known if name.startswith(typed)],
            help=f"{', '.join(known)}; with :FILE into a file, and several at once. [table]",
        ),
        output=click.option(
            "-o",
            "--output",
            metavar="PATH",
            type=PATH,
            envvar="EXPOSURE_OUTPUT",
            help="Write there and not to the screen.",
        ),
    )
    return lambda verb: asked(debug(verb))


writing, writing_findings = _writing(FORMATS), _writing(FINDING_FORMATS)
