"""A chart as a picture: SVG, PNG or PDF."""

from __future__ import annotations

from typing import Any, cast

from exposure.output.charts import Bars, Chart, Heatmap, Intervals, Lines, Regions
from exposure.output.frame import framed, inner, left_out
from exposure.output.heatmap import heatmap, shortened
from exposure.output.maps import not_shown, regions
from exposure.output.plots import bars, intervals, lines
from exposure.output.sheet import Form, Sheet, Size, paint


def drawn(chart: Chart, form: Form, size: Size = "slide") -> bytes:
    """The picture as the bytes of a file; the same chart gives the same bytes.

    A slide is 16:9, a column 3.5 inches wide and as high as it needs. Raises ExposureError where matplotlib is not
    installed, and for a map on which none of the countries is.
    """
    return paint(size, form, lambda sheet: draw(chart, sheet), chart.title, chart.description)


def draw(chart: Chart, sheet: Sheet) -> None:
    """Draws the chart on the sheet: as much of it as can be read, with a note on what is left out."""
    body = chart.body
    if isinstance(body, Heatmap):
        # Room for both of its notes, before it is known whether it needs them.
        readable, columns, notes = shortened(body, inner(chart, ("rules", "countries"), sheet.look), sheet.look)
        framed(chart, notes, sheet, lambda area: heatmap(chart, readable, columns, sheet, area))
    elif isinstance(body, Regions):
        framed(chart, not_shown(body), sheet, lambda area: regions(chart, body, sheet, area))
    else:
        # Of more than twelve lines none could be followed.
        most = 12 if isinstance(body, Lines) else 20 if sheet.look.height else 40
        few = cast("Any", body)._replace(rows=body.rows[:most])
        rows: Any = {Bars: bars, Intervals: intervals, Lines: lines}[type(body)]
        framed(chart, left_out(most, len(body.rows)), sheet, lambda area: rows(chart, few, sheet, area))
