"""The command line: parse, call, print, exit. Nothing below this room prints or exits."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from exposure import __version__
from exposure.cli.options import COULD_NOT_RUN, FINE, INTERRUPTED, OUR_DEFECT, debug
from exposure.cli.streams import remark, settle, tell
from exposure.errors import ExposureError, printable

VERBS = (
    *("rank", "explain", "show", "trend", "robustness", "audit", "what-if", "levers", "diff", "check"),  # answers
    *("report", "fmt", "init"),  # files
)
_EPILOG = """
`exposure VERB --help` shows a verb's options and examples. Options can be set in the environment too:
EXPOSURE_INDICATORS, EXPOSURE_RULES, EXPOSURE_AS_OF, EXPOSURE_FORMAT, EXPOSURE_OUTPUT, EXPOSURE_DRAWS, EXPOSURE_SEED
and, for check, EXPOSURE_BASE.

Exit codes: 0 fine, 1 the data says no (check, fmt --check), 2 could not run, 3 a defect of ours, 130 interrupted.

Completion for bash, in ~/.bashrc (zsh_source and fish_source for those):

\b
  eval "$(_EXPOSURE_COMPLETE=bash_source exposure)"
"""


class _Verbs(click.Group):
    """Each verb from the file of its name, loaded where it is asked for."""

    def list_commands(self, _: click.Context) -> list[str]:
        return sorted(VERBS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        file = name.replace("-", "_")
        verb: click.Command = getattr(import_module(f"exposure.cli.{file}"), file)
        return verb


@click.group(
    cls=_Verbs, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="exposure")
@debug
def cli() -> None:
    """Score how exposed countries are to another state's leverage, and say why.

    Reads sourced observations (indicators.csv) and weighted rules (rules.toml); in a folder without them, those that
    come with it.

    \b
    Examples:
      exposure rank
      exposure explain Serbia
      exposure init my-index
    """


def main() -> NoReturn:
    """Run, and turn whatever happens into an exit code and a message of one voice."""
    # Nothing here lives long enough to need the cycle collector, which costs a tenth of the start-up; nor has anybody
    # to wait for what it would do once more at the end.
    gc.disable()
    atexit.register(gc.freeze)
    # Nor are the plugins wanted that pydantic would look for among all that is installed, and load.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    debugging = "--debug" in sys.argv
    settle()
    try:
        code = cli.main(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        _complain(error)
        code = COULD_NOT_RUN
    except ExposureError as error:
        remark(str(error))
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        remark("interrupted")
        code = INTERRUPTED
    except SystemExit:
        # Click's answer to a reader of --help who has had enough (| head), which is no failure.
        code = FINE
    except Exception as error:
        if debugging:
            raise
        if isinstance(error, OSError) and error.filename is None and error.strerror and sys.stdout is not None:
            # What a verb writes has messages of its own: this is --help or --version on a full disk.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            remark(f"the output cannot be written: {error.strerror}")
            sys.exit(COULD_NOT_RUN)
        remark(f"defect: {type(error).__name__}: {printable(str(error))[:300]}; --debug shows where, please report it")
        code = OUR_DEFECT
    sys.exit(code if isinstance(code, int) else FINE)


def _complain(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        # A bare `exposure`: help, as it stands.
        tell(error.format_message())
        return
    for line in error.format_message().splitlines():
        remark(printable(line))
    if isinstance(error, click.UsageError) and context is not None:
        tell(f"Try: {context.command_path} --help")
