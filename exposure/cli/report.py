"""report: the whole to look at."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from exposure import __version__
from exposure.cli.options import debug, drawing, reading
from exposure.cli.sides import here, scores_of
from exposure.cli.streams import write


@click.command(short_help="The whole as one page to read and to print.")
@reading
@drawing
@click.option("-o", "--output", metavar="PATH", required=True, envvar="EXPOSURE_OUTPUT", help="File to write.")
@debug
def report(
    indicators: str | None, rules: str | None, as_of: str | None, draws: int | None, seed: int | None, output: str
) -> None:
    """The whole as one offline page: ranking, pictures, every country, scenarios, method and sources.

    \b
    exposure report -o report.html
    """
    from exposure.output.progress import progress
    from exposure.views.report import report_html

    scores = scores_of(here(indicators, rules, [Path(output)]), as_of)
    with progress(sys.stderr, "Writing") as show:
        page = report_html(scores, draws, seed, __version__, show)
    write(page, Path(output))
