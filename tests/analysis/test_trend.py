"""A trend is the scores as of each period, and each step has its observation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exposure.analysis.trend import trend
from exposure.errors import ExposureError
from exposure.scoring.score import Scores, score
from exposure.views.trend import trend_page

RULES = """
[dimensions.d]
[rules.vendor]
dimension = "d"
kind = "category"
severity = { Huawei = 100, Nokia = 0 }
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[sources.a]
title = "A"
"""
CLAIMS = """country,indicator,value,as_of,source
SRB,vendor,Nokia,2018-05,a
SRB,vendor,Huawei,2020-03-01,a
SRB,debt,20,2020-06,a
SRB,debt,40,2021,a
MNE,debt,10,,a
"""


def test_by_year(scored: Callable[..., Scores]) -> None:
    found = trend(scored(RULES, CLAIMS))
    assert found.periods == ("2018", "2019", "2020", "2021")
    serbia = found.scores[0].selection.units.index("SRB")
    assert [one.score[serbia] for one in found.scores] == [0.0, 0.0, 60.0, 70.0]
    assert [(found.periods[s.period], s.country, s.move) for s in found.steps] == [
        ("2020", "SRB", 60.0),
        ("2021", "SRB", 10.0),
    ]
    first, second = found.steps
    assert [(cause.was, cause.learned) for cause in (*first.causes, *second.causes)] == [
        ("Nokia", False),
        (None, True),
        ("20", False),
    ]
    assert [(c.what, c.claim and c.claim.as_of) for c in first.causes] == [
        ("SRB vendor", "2020-03-01"),
        ("SRB debt", "2020-06"),
    ]
    assert sum(cause.value for cause in first.causes) == pytest.approx(60)
    assert second.causes[0].claim is not None
    assert (second.causes[0].claim.value, second.causes[0].claim.source) == ("40", "a")


def test_what_is_claimed_after_the_scored_day_does_not_count(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES, CLAIMS, "2020-05")
    serbia = scores.selection.units.index("SRB")
    found = trend(scores, end="2020")
    assert [one.score[serbia] for one in found.scores] == [0.0, 0.0, 100.0]
    assert found.scores[-1].selection.as_of == "2020-05"


def test_before_the_first_dated_claim(scored: Callable[..., Scores]) -> None:
    with pytest.raises(ExposureError, match="no observation is dated up to 2017"):
        trend(scored(RULES, CLAIMS, "2017"))


def test_a_period_without_a_score_has_no_rank(scored: Callable[..., Scores]) -> None:
    # Without a least coverage nothing is thin, and what is not known has no score all the same.
    scores = scored(RULES, CLAIMS + "ALB,vendor,Huawei,2019,a\n")
    lines, *_ = trend_page(trend(scores), [scores.selection.units.index("ALB")]).blocks
    (row,) = lines.rows
    assert [row.cells[at] for at in (3, 4)] == ["2019", "100.0"]
    assert "less than" not in lines.notes[0]


def test_a_country_that_becomes_known(scored: Callable[..., Scores]) -> None:
    found = trend(scored(RULES, CLAIMS + "ALB,vendor,Huawei,2019,a\n"))
    (step,) = [step for step in found.steps if step.country == "ALB"]
    assert (found.periods[step.period], step.move, [c.what for c in step.causes]) == ("2019", None, ["ALB vendor"])


def test_by_month_and_within_bounds(scored: Callable[..., Scores]) -> None:
    found = trend(scored(RULES, CLAIMS), "2020-02", "2020-07", "month")
    assert found.periods == ("2020-02", "2020-03", "2020-04", "2020-05", "2020-06", "2020-07")
    serbia = found.scores[0].selection.units.index("SRB")
    assert [one.score[serbia] for one in found.scores] == [0, 100, 100, 100, 60, 60]
    assert [found.periods[step.period] for step in found.steps] == ["2020-03", "2020-06"]
    assert trend(scored(RULES, CLAIMS), "2021", "2021", "month").periods[0] == "2021-01"
    assert trend(scored(RULES, CLAIMS), every="month").periods[0] == "2018-05"


def test_the_last_period_ends_on_the_scored_day(scored: Callable[..., Scores]) -> None:
    found = trend(scored(RULES, CLAIMS, "2020-04"))
    assert found.periods == ("2018", "2019", "2020")
    assert found.scores[-1].selection.as_of == "2020-04"
    assert found.scores[-1].score[found.scores[-1].selection.units.index("SRB")] == 100


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("2022", "2020", "--from 2022 is after --to 2020"),
        ("20x", None, "--from"),
        (None, "2020-13", "--to"),
        ("", None, "--from: no date"),
        (None, "2022", "--to 2022 is after 2021, the day that is scored"),
        ("0001", "2020-12", "more than"),
    ],
)
def test_bounds_that_are_none(scored: Callable[..., Scores], start: str | None, end: str | None, message: str) -> None:
    with pytest.raises(ExposureError, match=message):
        trend(scored(RULES, CLAIMS), start, end, "month" if start == "0001" else "year")


def test_without_any_date(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES, "country,vendor\nSRB,Nokia\n")
    with pytest.raises(ExposureError, match="no observation has a date"):
        trend(scores)
    assert trend(scores, "2019", "2020").periods == ("2019", "2020")


def test_each_period_of_the_shipped_data_is_its_score_as_of_then(shipped: Scores) -> None:
    found = trend(shipped)
    for period, one in zip(found.periods[:-1], found.scores[:-1], strict=True):
        again = score(shipped.observations, shipped.rulebook, period)
        assert np.array_equal(one.score, again.score, equal_nan=True)
        assert one.rank.tolist() == again.rank.tolist()
    assert np.array_equal(found.scores[-1].score, shipped.score)
    for step in found.steps:
        if step.move is not None:
            code = shipped.selection.units.index(step.country)
            exact = found.scores[step.period].exact[code] - found.scores[step.period - 1].exact[code]
            assert sum(cause.value for cause in step.causes) == pytest.approx(exact)


def test_moves_that_cancel_out_are_steps_and_what_was_not_found_is_no_cause(scored: Callable[..., Scores]) -> None:
    claims = (
        "country,indicator,value,as_of,source\nSRB,vendor,Huawei,2019,a\nSRB,debt,,2019,a\nMNE,vendor,Huawei,2018,a\n"
    )
    claims += "MNE,debt,0,2018,a\nMNE,vendor,Nokia,2019,a\nMNE,debt,100,2019,a\n"
    montenegro, serbia = trend(scored(RULES, claims)).steps
    assert (montenegro.move, [cause.value for cause in montenegro.causes]) == (0.0, [50.0, -50.0])
    assert (serbia.move, [cause.what for cause in serbia.causes]) == (None, ["SRB vendor"])
