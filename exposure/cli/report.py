"""`exposure report`: the whole as one page, or one picture of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from exposure import __version__
from exposure.cli.inputs import Draws, Inputs
from exposure.cli.options import debug, drawing, file_of, reading
from exposure.cli.outputs import Outputs, place
from exposure.cli.streams import write
from exposure.errors import quoted
from exposure.output import PICTURE_FORMS, PICTURES, SIZES
from exposure.output.progress import waiting

if TYPE_CHECKING:
    from exposure.output.sheet import Form, Size


@click.command(short_help="The whole as one page to read and to print, or a picture of it.")
@reading
@drawing
@click.option("--picture", type=click.Choice(PICTURES), help="This picture alone.")
@click.option("--size", type=click.Choice(SIZES), default="slide", show_default=True, help="16:9, or 3.5 inches wide.")
@file_of("-o", "--output", help="File to write: .html; of a picture .svg, .png or .pdf.")
@debug
def report(inputs: Inputs, draws: Draws, picture: str | None, size: Size, output: str | None) -> None:
    """The whole as one page that asks the network for nothing: ranking, pictures, every country, scenarios, method.

    With --picture one picture, as SVG, PNG or PDF by the ending of the file. bars: the ranking, stacked by
    dimension; heatmap: severities by country and rule; ranks: with their intervals; trend: the scores over
    time; map: the region by band.

    \b
    Examples:
      exposure report -o report.html
      exposure report --picture bars -o ranking.svg
      exposure report --picture map --size column -o map.pdf
    """
    if picture is None:
        return _whole(inputs, draws, output)
    if output is None:
        raise click.UsageError("-o names the file to draw: one that ends in .svg, .png or .pdf")
    form = Path(output).suffix.lower().removeprefix(".")
    if form not in PICTURE_FORMS:
        raise click.UsageError(f"-o {quoted(output)}: a picture is .svg, .png or .pdf by the ending of its file")
    from exposure.output.picture import drawn
    from exposure.views.pictures import chart_of

    scores = inputs.scores(sparing=Outputs.of(output))
    ranges = draws.ranges(scores) if picture == "ranks" else None
    with waiting("Drawing"):
        image = drawn(chart_of(picture, scores, ranges=ranges), cast("Form", form), size)
    write(image, Path(output))


def _whole(inputs: Inputs, draws: Draws, output: str | None) -> None:
    if output is None:
        raise click.UsageError("-o names the page to write: -o report.html")
    if output != "-" and Path(output).suffix.lower() not in (".html", ".htm"):
        hint = f"for a picture say which: --picture {', '.join(PICTURES)}"
        raise click.UsageError(f"-o {quoted(output)}: the report is a page and ends in .html; {hint}")
    from exposure.output.html import require
    from exposure.views.report import report_html

    require()
    scores = inputs.scores(sparing=Outputs.of(output))
    with waiting("Writing the report") as show:
        page = report_html(scores, draws.number, draws.seed, __version__, show)
    write(page, place(output))
