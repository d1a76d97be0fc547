"""report: the whole as one page, or one picture of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from exposure import __version__
from exposure.cli.inputs import here, remark_on, scores_of, spare
from exposure.cli.options import PATH, debug, drawing, reading
from exposure.cli.streams import write
from exposure.errors import quoted
from exposure.output import PICTURE_FORMS, PICTURES, SIZES

if TYPE_CHECKING:
    from exposure.analysis.trend import Trend
    from exposure.output.sheet import Form, Size
    from exposure.scoring.ranking import RankRange
    from exposure.scoring.score import Scores

# pandas and matplotlib take more than a second to import: only a picture does, and --help does not.


@click.command(short_help="The whole as one page to read and to print, or a picture of it.")
@reading
@drawing
@click.option("--picture", type=click.Choice(PICTURES), help="This picture alone.")
@click.option("--base", type=PATH, metavar="BASE", help="For slope: what was before, a file or git revision.")
@click.option("--size", type=click.Choice(SIZES), default="slide", show_default=True, help="16:9, or 3.5 inches wide.")
@click.option(
    "-o",
    "--output",
    type=PATH,
    metavar="PATH",
    envvar="EXPOSURE_OUTPUT",
    help="File to write: .html; of a picture .svg, .png or .pdf.",
)
@debug
def report(
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    draws: int | None,
    seed: int | None,
    picture: str | None,
    base: str | None,
    size: str,
    output: str | None,
) -> None:
    """The whole as one page that asks the network for nothing: ranking, pictures, every country, scenarios, method.

    With --picture one picture, as SVG, PNG or PDF by the ending of the file. bars: the ranking, stacked by
    dimension; heatmap: severities by country and rule; ranks: with their intervals; trend: the scores over
    time; map: the region by band; slope: before and after.

    \b
    Examples:
      exposure report -o report.html
      exposure report --picture bars -o ranking.svg
      exposure report --picture map --size column -o map.pdf
      exposure report --picture slope --base origin/main -o change.png
    """
    if picture is None:
        if base is not None:
            raise click.UsageError("--base is for --picture slope alone; exposure diff says what a change moves")
        _whole(indicators, rules, as_of, draws, seed, output)
        return
    if output is None:
        raise click.UsageError("-o names the file to draw: one that ends in .svg, .png or .pdf")
    path = Path(output)
    form = path.suffix.lower().removeprefix(".")
    if form not in PICTURE_FORMS:
        raise click.UsageError(f"-o {quoted(output)}: a picture is .svg, .png or .pdf by the ending of its file")
    if (picture == "slope") != (base is not None):
        raise click.UsageError("slope needs --base, what was before" if base is None else "--base is for slope alone")
    _picture(
        path, picture, cast("Form", form), cast("Size", size), _read(indicators, rules, as_of, base, path), draws, seed
    )


def _whole(
    indicators: str | None,
    rules: str | None,
    as_of: str | None,
    draws: int | None,
    seed: int | None,
    output: str | None,
) -> None:
    """The whole report as one page."""
    if output is None:
        raise click.UsageError("-o names the page to write: -o report.html")
    if Path(output).suffix.lower() not in (".html", ".htm"):
        hint = f"for a picture say which: --picture {', '.join(PICTURES)}"
        raise click.UsageError(f"-o {quoted(output)}: the report is a page and ends in .html; {hint}")
    from exposure.output.html import require
    from exposure.output.progress import progress
    from exposure.views.report import report_html

    require()
    scores = scores_of(here(indicators, rules, [Path(output)]), as_of)
    with progress(sys.stderr, "Writing the report") as show:
        page = report_html(scores, draws, seed, __version__, show)
    write(page, Path(output))


def _read(
    indicators: str | None, rules: str | None, as_of: str | None, base: str | None, path: Path
) -> tuple[Scores, Scores | None]:
    """The scores, and those of the base where there is one."""
    from exposure.observations.files import find_side

    side = here(indicators, rules, [path])
    if base is None:
        return scores_of(side, as_of), None
    other = find_side(base, side, rules)
    spare(other, [path])
    remark_on(other, side)
    return scores_of(side, as_of), scores_of(other, as_of)


def _picture(
    path: Path,
    kind: str,
    form: Form,
    size: Size,
    sides: tuple[Scores, Scores | None],
    draws: int | None,
    seed: int | None,
) -> None:
    from exposure.output.charts import drawn
    from exposure.output.progress import progress
    from exposure.views.pictures import chart_of

    scores, before = sides
    ranges: RankRange | None = None
    over_time: Trend | None = None
    if kind == "ranks":
        with progress(sys.stderr, "Drawing ranks") as show:
            ranges = scores.rank_range(draws, seed, show)
    elif kind == "trend":
        from exposure.analysis.trend import trend

        with progress(sys.stderr, "Scoring") as show:
            over_time = trend(scores, progress=show)
    write(drawn(chart_of(kind, scores, ranges=ranges, trend=over_time, base=before), form, size), path)
