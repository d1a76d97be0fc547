"""The command line: parse, call, print, exit. Nothing below this module prints or exits."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from exposure import __version__
from exposure.errors import ExposureError, nearest, printable, quoted
from exposure.output import FORMATS

if TYPE_CHECKING:
    from exposure.observations.writing import Rewritten
    from exposure.output.page import Page
    from exposure.scoring.score import Scores

# pandas and rich take most of a second to import: only the verbs that use them do, and --help does not.

FINE, DATA_SAYS_NO, COULD_NOT_RUN, OUR_DEFECT, INTERRUPTED = 0, 1, 2, 3, 130

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
        envvar="EXPOSURE_INDICATORS",
        help="Observations to read, or - for standard input. [./indicators.csv, else the packaged ones]",
    ),
    click.option(
        "-r",
        "--rules",
        metavar="PATH",
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
writing = _options(
    click.option(
        "-f",
        "--format",
        "formats",
        metavar="FORMAT[:FILE]",
        multiple=True,
        envvar="EXPOSURE_FORMAT",
        help=f"{', '.join(FORMATS)}; with :FILE into a file, and several at once. [table]",
    ),
    click.option("-o", "--output", metavar="PATH", envvar="EXPOSURE_OUTPUT", help="Write there and not to the screen."),
    debug,
)
drawing = _options(
    click.option(
        "--draws",
        type=click.IntRange(0, 1_000_000),
        envvar="EXPOSURE_DRAWS",
        help="Draws behind the rank range; 0 turns it off. [the rules say, 1000]",
    ),
    click.option("--seed", type=click.IntRange(0), envvar="EXPOSURE_SEED", help="Seed of the draws. [the rules say]"),
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`exposure VERB --help` shows a verb's options and an example.",
)
@click.version_option(__version__, prog_name="exposure")
@debug
def cli() -> None:
    """Score how exposed countries are to another state's leverage, and say why.

    Reads sourced observations (indicators.csv) and weighted rules (rules.toml).
    """


@cli.command()
@click.argument("countries", nargs=-1, metavar="[COUNTRY]...")
@reading
@drawing
@click.option("--top", type=click.IntRange(1), help="Only the first N ranked countries.")
@click.option("--by", type=click.Choice(["layer", "entity"]), help="Commitment beside practice, or entities apart.")
@click.option("--sort", metavar="KEY", help="score, name, low, high, coverage, gap, a layer or a dimension.")
@writing
def rank(
    countries: tuple[str, ...],
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    draws: int | None,
    seed: int | None,
    top: int | None,
    by: str | None,
    sort: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """Who is most exposed, how sure is it, and what contradicts itself.

    \b
    exposure rank
    exposure rank Serbia BIH --by layer
    exposure rank --as-of 2022 -f csv -o ranking.csv
    """
    targets = _targets(formats, output)
    from exposure.views.rank import rank_page, sort_keys

    scores = _score(indicators, rules, as_of)
    if sort is not None and sort not in sort_keys(scores):
        hint = nearest(sort, sort_keys(scores)) or f"one of {', '.join(sort_keys(scores))}"
        raise click.UsageError(f"--sort {quoted(sort)} is not a column; {hint}")
    units = _units(scores, countries) if countries else None
    ranges, drawn = _ranges(scores, draws, seed)
    _emit(rank_page(scores, ranges, drawn, units, top, by, sort), targets)


@cli.command()
@click.argument("countries", nargs=-1, required=True, metavar="COUNTRY...")
@reading
@drawing
@writing
def explain(
    countries: tuple[str, ...],
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    draws: int | None,
    seed: int | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """Why a country scores what it scores: each rule's value, severity, weight, points and source.

    \b
    exposure explain Serbia
    exposure explain SRB MNE
    exposure explain BA-SRP -f markdown
    """
    targets = _targets(formats, output)
    from exposure.views.explain import explain_page

    scores = _score(indicators, rules, as_of)
    units = _units(scores, countries)
    ranges, _ = _ranges(scores, draws, seed)
    _emit(explain_page(scores, units, ranges), targets)


@cli.command()
@click.argument("countries", nargs=-1, metavar="[COUNTRY]...")
@reading
@writing
def show(
    countries: tuple[str, ...],
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    formats: tuple[str, ...],
    output: str | None,
) -> None:
    """The observations that count, as a matrix of indicators and countries.

    \b
    exposure show
    exposure show Kosovo --as-of 2020
    exposure show -f csv -o wide.csv
    """
    targets = _targets(formats, output)
    from exposure.views.show import show_page

    scores = _score(indicators, rules, as_of)
    _emit(show_page(scores, _units(scores, countries) if countries else None), targets)


@cli.command()
@files
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where there is something to do, and say what.")
@click.option("--long", "to_long", is_flag=True, help="Turn a wide file into a long one, one claim a line.")
@click.option("-o", "--output", metavar="PATH", help="Write there and leave the file as it is.")
@debug
def fmt(indicators: str | None, rules: str | None, check: bool, to_long: bool, output: str | None) -> None:
    """Rewrite the observations in canonical form: order, quotes, codes for names, declared spelling.

    \b
    exposure fmt
    exposure fmt --check
    exposure fmt -i wide.csv --long -o indicators.csv
    """
    if check and output:
        raise click.UsageError("--check writes nothing, so -o has nothing to write")
    from exposure.observations.files import STDIN, find_here
    from exposure.observations.writing import rewritten
    from exposure.rulebook.loading import load_rulebook

    here = find_here(indicators, rules)
    if here.remarks:
        _remark("; ".join(here.remarks))
    data, name, _, path = here.indicators
    if path is None and name != STDIN and not (check or output):
        raise ExposureError("the observations packaged with exposure are never rewritten; name a file of yours with -i")
    if path is not None and not path.is_file() and not (check or output):
        raise ExposureError(
            f"{printable(name)}: a pipe or device cannot be rewritten; -i - filters, -o writes elsewhere"
        )
    result = rewritten(data, load_rulebook(here.rules.data, here.rules.name), name, to_long)
    if check:
        _print("".join(f"{line}\n" for line in _differences(result, name)))
    elif output is not None:
        _write(result.data, Path(output))
    elif path is None:
        _print(result.data)
    elif result.changes:
        _write(result.data, path)
    done = "would be rewritten" if check else f"written to {printable(output)}" if output else "rewritten"
    counted = f"; {result.cells} {'cell changes' if result.cells == 1 else 'cells change'}" if result.cells else ""
    _remark(f"{printable(name)}: {done + counted if result.changes or output else 'in canonical form, nothing to do'}")
    if check and result.changes:
        raise click.exceptions.Exit(DATA_SAYS_NO)


def _differences(result: Rewritten, name: str) -> list[str]:
    """What is not in canonical form, each with its place."""
    lines = [f"{printable(name)}:{f'{line}:' if line else ''} {what}" for line, what in result.changes]
    return [*lines, f"{printable(name)}: … and {result.unnamed} more cells"] if result.unnamed else lines


@cli.command()
@click.option("--schema", is_flag=True, required=True, expose_value=False, help="The JSON Schema of rules.toml.")
@click.option("-o", "--output", metavar="PATH", help="Write there and not to the screen.")
@debug
def init(output: str | None) -> None:
    """Print the JSON Schema of rules.toml, for editors that check and complete TOML.

    \b
    exposure init --schema -o rules.schema.json
    """
    import json

    from exposure.rulebook.schema import rules_schema

    text = json.dumps(rules_schema(), indent=2) + "\n"
    if output:
        _write(text, Path(output))
    else:
        _print(text)


def _score(indicators: str | None, rules: str | None, as_of: str | None) -> Scores:
    """The scores of the chosen files; which files these are goes to stderr where the user left it open."""
    from exposure.observations.files import find_here
    from exposure.observations.reading import read_observations
    from exposure.rulebook.loading import load_rulebook
    from exposure.scoring.score import score

    here = find_here(indicators, rules)
    if here.remarks:
        _remark("; ".join(here.remarks))
    rulebook = load_rulebook(here.rules.data, here.rules.name)
    indicators_input = here.indicators
    observations = read_observations(indicators_input.data, rulebook, indicators_input.name)
    for remark in observations.remarks[:5]:
        _remark(f"{printable(indicators_input.name)}: {remark}")
    if len(observations.remarks) > 5:
        _remark(f"{printable(indicators_input.name)}: {len(observations.remarks) - 5} more such remarks")
    if not len(observations.claims):
        _remark(f"{printable(indicators_input.name)}: holds no observations")
    return score(observations, rulebook, as_of)


def _units(scores: Scores, countries: tuple[str, ...]) -> list[int]:
    units, problems = [], []
    for text in countries:
        match = scores.observations.gazetteer.find(text)
        if match is None:
            hint = scores.observations.gazetteer.suggest(text) or "write a three-letter code or a name"
            problems.append(f"{quoted(text)} is not a country or declared entity; {hint}")
        elif match.code not in scores.selection.units:
            known = ", ".join(scores.selection.units[:30])
            problems.append(f"{quoted(text)}: no observations of {match.code}; there are those of {known}")
        elif (unit := scores.selection.units.index(match.code)) not in units:
            units.append(unit)
    if problems:
        raise click.UsageError("\n".join(problems))
    return units


def _ranges(scores: Scores, draws: int | None, seed: int | None) -> tuple[Any, str]:
    settings = scores.rulebook.uncertainty
    draws = settings.draws if draws is None else draws
    seed = settings.seed if seed is None else seed
    drawn = f"over {draws:,} draws of weights, confidence and unknowns, seed {seed}" if draws else ""
    return scores.rank_range(draws, seed), drawn


def _targets(formats: tuple[str, ...], output: str | None) -> list[tuple[str, Path | None]]:
    """What to write where; None is standard output."""
    targets: list[tuple[str, Path | None]] = []
    for text in formats or ("table",):
        form, _, file = text.partition(":")
        if form not in FORMATS:
            hint = nearest(form, FORMATS) or f"one of {', '.join(FORMATS)}"
            raise click.UsageError(f"-f {quoted(form)} is not a format; {hint}")
        targets.append((form, Path(file) if file else None))
    screens = [at for at, (_, file) in enumerate(targets) if file is None]
    if len(screens) > 1:
        raise click.UsageError("only one format can go to the screen; give the others a file, as in -f json:out.json")
    if output is not None:
        if not screens:
            raise click.UsageError("-o has nothing to write: every format has a file of its own")
        targets[screens[0]] = (targets[screens[0]][0], Path(output))
    return targets


def _emit(page: Page, targets: list[tuple[str, Path | None]]) -> None:
    from exposure.output import render

    for form, path in targets:
        if path is None:
            _print(render(page, form, sys.stdout))
        else:
            _write(render(page, form, io.StringIO()), path)


def _print(text: str | bytes) -> None:
    # A pipe gets UTF-8 whatever the locale; a terminal what it can show.
    encoding = (sys.stdout.encoding or "utf-8") if sys.stdout.isatty() else "utf-8"
    sys.stdout.flush()
    try:
        sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode(encoding, "replace"))
        sys.stdout.buffer.flush()
    except OSError as error:
        # Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # A closed pipe means that the reader has had enough (| head): that is no failure.
        if not isinstance(error, BrokenPipeError):
            raise ExposureError(f"the output cannot be written: {error.strerror}") from None


def _write(text: str | bytes, path: Path) -> None:
    """The whole file or none of it; a link stays a link, and a pipe or device is written to and not replaced."""
    import tempfile

    data = text if isinstance(text, bytes) else text.encode()
    temporary = None
    try:
        target = path.resolve()
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        temporary.replace(target)
        temporary = None
    except (OSError, RuntimeError) as error:  # before Python 3.13 links in a circle are a RuntimeError
        reason = getattr(error, "strerror", None) or "its symbolic links go in a circle"
        raise ExposureError(f"{printable(str(path))}: cannot be written: {reason}") from None
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remark(text: str) -> None:
    click.echo(f"exposure: {text}", err=True)


def main() -> NoReturn:
    """Run, and turn whatever happens into an exit code and a message of one voice."""
    # Nothing here lives long enough to need the cycle collector, which costs a tenth of the start-up.
    gc.disable()
    debugging = "--debug" in sys.argv
    try:
        code = cli.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        _complain(error)
        code = COULD_NOT_RUN
    except ExposureError as error:
        _fail(str(error))
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _fail("interrupted")
        code = INTERRUPTED
    except Exception as error:
        if debugging:
            raise
        _fail(f"defect: {type(error).__name__}: {printable(str(error))[:300]}; --debug shows where, please report it")
        code = OUR_DEFECT
    sys.exit(code if isinstance(code, int) else FINE)


def _complain(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    for line in error.format_message().splitlines():
        _fail(printable(line))
    if isinstance(error, click.UsageError) and context is not None:
        click.echo(f"Try: {context.command_path} --help", err=True)


def _fail(text: str) -> None:
    for line in text.splitlines():
        click.echo(f"exposure: {line}", err=True)
