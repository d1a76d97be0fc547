"""The options that verbs share, and the exit codes that all have in common.

What they say reaches a verb as one value each: `inputs`, `draws`, `outputs`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
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


def settable(*names: str, **more: Any) -> Callable[[F], F]:
    """An option that can be set in the environment too: --as-of by EXPOSURE_AS_OF."""
    (name,) = (name for name in names if name.startswith("--"))
    return click.option(*names, envvar=f"EXPOSURE_{name[2:].replace('-', '_').upper()}", **more)


file_of = partial(settable, metavar="PATH", type=PATH)
# What it is for stands in main, which must know it before an option is read.
debug = click.option("--debug", is_flag=True, expose_value=False, help="Print the traceback of a defect.")
_CLAIMS = "Observations to read, or - for standard input. [./indicators.csv, else the packaged ones]"
_RULES = "Rules to score by. [rules.toml or exposure/rules.toml beside the observations, else the packaged ones]"
_FILES = {"indicators": file_of("-i", "--indicators", help=_CLAIMS), "rules": file_of("-r", "--rules", help=_RULES)}
_DAY = "Day to score: YYYY, YYYY-MM or YYYY-MM-DD. [the latest claim]"
files = _as_one("inputs", Inputs, **_FILES)
reading = _as_one("inputs", Inputs, **_FILES, as_of=settable("--as-of", metavar="DATE", help=_DAY))
_drawn = partial(settable, metavar="N")
_MANY = "Draws behind the rank range; 0 turns it off. [the rules say, 1000]"
_number = _drawn("--draws", "number", type=click.IntRange(0, 1_000_000), help=_MANY)
_seed = _drawn("--seed", type=click.IntRange(0), help="Seed of the draws. [the rules say]")
drawing = _as_one("draws", Draws, number=_number, seed=_seed)


def _writing(known: tuple[str, ...]) -> Callable[[F], F]:
    formats = settable(
        *("-f", "--format", "formats"),
        metavar="FORMAT[:FILE]",
        multiple=True,
        shell_complete=lambda _, __, typed: [name for name in known if name.startswith(typed)],
        help=f"{', '.join(known)}; with :FILE into a file, and several at once. [table]",
    )
    output = file_of("-o", "--output", help="Write there and not to the screen.")
    asked = _as_one("outputs", partial(Outputs.named, known=known), formats=formats, output=output)
    return lambda verb: asked(debug(verb))


writing, writing_findings = _writing(FORMATS), _writing(FINDING_FORMATS)
