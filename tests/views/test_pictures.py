"""What the pictures show: the numbers of the tables, and what is not known as such."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_indices import Cells, books, claims, scores_of

from exposure.errors import ExposureError
from exposure.observations.reading import read_observations
from exposure.output import PICTURES, SIZES
from exposure.output.charts import Bars, Heatmap, Intervals, Lines, Regions
from exposure.output.picture import drawn
from exposure.scoring.score import Scores, score
from exposure.views.pictures import chart_of

Scored = Callable[..., Scores]

RULES = """
[bands]
low = 0
high = 50
[dimensions.d]
[dimensions.e]
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.arms]
dimension = "e"
kind = "flag"
"""


def test_parts_add_up_to_the_printed_score(shipped: Scores) -> None:
    chart = chart_of("bars", shipped)
    assert isinstance(chart.body, Bars)
    assert chart.body.parts == ("Digital", "Finance", "Military", "Politics")
    for row in chart.body.rows:
        assert sum(row.parts) == pytest.approx(row.whole)
        assert row.entry.said.strip("()") == f"{row.whole:.1f}"


def test_the_unranked_come_last_and_without_a_tone(shipped: Scores) -> None:
    chart = chart_of("bars", shipped)
    assert isinstance(chart.body, Bars)
    assert [row.entry.ranked for row in chart.body.rows] == [True] * 5 + [False]
    last = chart.body.rows[-1].entry
    assert (last.label, last.rank, last.tone, last.said, last.band) == ("Kosovo", "–", "", "(47.9)", "(moderate)")
    assert last.remark == "35% known"


def test_the_heat_map_has_every_rule_that_weighs_and_tells_unknown_from_none(shipped: Scores) -> None:
    chart = chart_of("heatmap", shipped)
    assert isinstance(chart.body, Heatmap)
    weighing = sum(rule.weight > 0 for rule in shipped.rulebook.rules.values())
    assert len(chart.body.rows) == weighing
    debt = next(row for row in chart.body.rows if row.label == "Chinese debt")
    names = [column.label for column in chart.body.columns]
    assert debt.group == "Finance" and debt.aside == "25.0%"
    assert debt.values[names.index("Albania")] == pytest.approx(1.34)
    assert debt.values[names.index("Kosovo")] is None


def test_ranks_are_those_of_the_draws(shipped: Scores) -> None:
    ranges = shipped.rank_range(200, 3)
    chart = chart_of("ranks", shipped, ranges=ranges)
    assert isinstance(chart.body, Intervals)
    for row in chart.body.rows[:-1]:
        unit = shipped.selection.names.index(row.entry.label)
        assert (row.at, row.low, row.high) == (shipped.rank[unit], ranges.low[unit], ranges.high[unit])
    assert chart.body.rows[-1].at == 0 and chart.body.rows[-1].entry.remark.startswith("35% known")
    without = chart_of("ranks", shipped, ranges=shipped.rank_range(0))
    assert without.title == "The ranks, as published"


def test_a_trend_marks_what_was_too_little_known(shipped: Scores) -> None:
    chart = chart_of("trend", shipped)
    assert isinstance(chart.body, Lines)
    serbia = chart.body.rows[0]
    assert serbia.thin[0] and not serbia.thin[-1]
    assert all(chart.body.rows[-1].thin)


def test_a_map_holds_the_ranked_and_the_unranked(shipped: Scores) -> None:
    chart = chart_of("map", shipped)
    assert isinstance(chart.body, Regions)
    assert {region.code: region.tone for region in chart.body.rows} == {
        "SRB": "bad", "BIH": "poor", "MNE": "poor", "MKD": "fair", "ALB": "good", "XKX": "",
    }  # fmt: skip
    assert any("1244" in note for note in chart.notes)


def test_every_description_names_the_countries(shipped: Scores) -> None:
    for kind in PICTURES:
        if kind != "heatmap":
            assert "Serbia" in chart_of(kind, shipped).description, kind


def test_what_cannot_be_drawn_says_why(shipped: Scores, scored: Scored) -> None:
    with pytest.raises(ExposureError, match='did you mean "bars"'):
        chart_of("bar", shipped)
    with pytest.raises(ExposureError, match="no country"):
        chart_of("bars", scored(RULES, "country,indicator,value\n"))
    with pytest.raises(ExposureError, match="dates"):
        chart_of("trend", scored(RULES, "country,indicator,value\nSRB,debt,1\n"))


ODD = {
    "one country, nothing known": (RULES, "country,indicator,value,as_of\nSRB,debt,,2020\n"),
    "one country, full": (RULES, "country,indicator,value,as_of\nSRB,debt,100,2020\n"),
    "all at nothing": (RULES, "country,indicator,value,as_of\nSRB,debt,0,2020\nALB,debt,0,2020\n"),
    "no bands": (
        RULES.replace("[bands]\nlow = 0\nhigh = 50\n", ""),
        "country,indicator,value,as_of\nSRB,debt,9,2020\n",
    ),
    "a name with a dollar": (
        RULES.replace("[dimensions.d]", '[dimensions.d]\nlabel = "$\\\\bad$ <b>"'),
        "country,indicator,value,as_of\nSRB,debt,9,2020\n",
    ),
    "twelve dimensions": (
        "".join(
            f'[dimensions.d{at}]\n[rules.r{at}]\ndimension = "d{at}"\nkind = "number"\ngoalposts = [0, 9]\n'
            for at in range(12)
        ),
        "country,indicator,value,as_of\n" + "".join(f"SRB,r{at},{at % 9},2020\n" for at in range(12)),
    ),
    "below nothing": (
        RULES.replace('kind = "number"\ngoalposts = [0, 100]', 'kind = "relative"\nmethod = "zscore"\nrange = [0, 40]')
        .replace("[dimensions.e]\n", "")
        .replace('dimension = "e"', 'dimension = "d"\nweight = 0'),
        "country,indicator,value,as_of\nSRB,debt,9,2020\nALB,debt,1,2020\nMNE,debt,2,2020-05\n",
    ),
}


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("case", ODD)
def test_odd_indices_are_drawn(case: str, kind: str, scored: Scored) -> None:
    scores = scored(*ODD[case])
    chart = chart_of(kind, scores)
    for size in ("slide", "column"):
        assert drawn(chart, "svg", size).startswith(b"<?xml")  # type: ignore[arg-type]


def test_of_many_dimensions_the_lightest_are_taken_together(scored: Scored) -> None:
    chart = chart_of("bars", scored(*ODD["twelve dimensions"]))
    assert isinstance(chart.body, Bars)
    assert len(chart.body.parts) == 8 and chart.body.parts[-1] == "5 others"
    assert sum(chart.body.rows[0].parts) == pytest.approx(chart.body.rows[0].whole)


def test_the_order_of_the_file_does_not_reach_the_picture(shipped: Scores) -> None:
    with (Path(__file__).parents[2] / "indicators.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    text = io.StringIO()
    csv.writer(text).writerows([header, *reversed(lines)])
    again = score(read_observations(text.getvalue().encode(), shipped.rulebook), shipped.rulebook)
    for kind in ("bars", "heatmap", "map"):
        assert chart_of(kind, again) == chart_of(kind, shipped)


@settings(max_examples=15)
@given(books(), claims(), st.sampled_from([kind for kind in PICTURES if kind != "trend"]), st.sampled_from(SIZES))
def test_whatever_the_index_it_is_drawn(book: dict[str, Any], cells: Cells, kind: str, size: Any) -> None:
    scores = scores_of(book, cells)
    bars = chart_of("bars", scores)
    assert isinstance(bars.body, Bars)
    for row in bars.body.rows:
        assert row.whole is None or sum(row.parts) == pytest.approx(row.whole, abs=1e-6)
    assert drawn(chart_of(kind, scores), "svg", size).startswith(b"<?xml")
