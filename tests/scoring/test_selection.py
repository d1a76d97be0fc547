"""Which claim counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exposure.analysis.claims import STANDINGS
from exposure.errors import ExposureError
from exposure.scoring.score import Scores
from exposure.scoring.selection import NO_LINE

RULES = """
[dimensions.d]
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[sources.first]
title = "First"
[sources.second]
title = "Second"
"""
HEAD = "country,indicator,value,as_of,source,confidence\n"


@pytest.mark.parametrize(
    ("claims", "as_of", "value", "contested"),
    [
        pytest.param("2020,first,high:10|2021,first,low:20", None, "20", 1, id="a later period counts, however unsure"),
        pytest.param("2020,first,high:10|2021,first,low:20", "2020", "10", 1, id="the latest not after the day"),
        pytest.param("2020,first,high:10|2021,first,low:", None, "10", 1, id="an empty claim says nothing against one"),
        pytest.param("2021,first,low:", None, None, 0, id="nor for anything"),
        pytest.param("2020,first,low:10|2020,second,high:20", None, "20", 2, id="in one period the surer counts"),
        pytest.param("2020,second,low:20|2020,first,low:10", None, "10", 2, id="equally sure: the order of sources"),
        pytest.param(
            "2020,first,medium:1|2020-08-12,second,high:2", None, "2", 2, id="a year is no later than its days"
        ),
        pytest.param("2020,first,high:10|2020-12,second,low:20", None, "10", 2, id="nor a month than its year"),
        pytest.param("2020,first,low:1|2020-12,second,low:2", None, "2", 2, id="equally sure: the more precise"),
        pytest.param("2020-03,first,low:1|2020-02-28,second,low:2", None, "1", 1, id="later than a day before"),
        pytest.param(
            "2020-03,first,low:1|2020-03-05,second,low:2|2020-03-01,second,high:3", None, "2", 2, id="in a month"
        ),
        pytest.param("2020,first,high:10", "2020-12-30", None, 0, id="not before its last day"),
        pytest.param("2020,first,high:10", "2020-12", "10", 1, id="the scored month ends on its last day too"),
        pytest.param(",first,high:10|2001,second,low:20", None, "20", 1, id="undated loses to any date"),
        pytest.param(",first,high:10", "1950", "10", 1, id="undated counts on every day"),
        pytest.param("2020,first,:10|2020,second,low:20", None, "10", 2, id="unstated is as sure as medium"),
        pytest.param("2020,second,:10|2020,first,medium:20", None, "20", 2, id="and no surer"),
        pytest.param("2020,,low:10|2020,second,low:20", None, "20", 2, id="no source comes after every source"),
        pytest.param("2020,first,high:10|2021,first,low:withdrawn", None, "withdrawn", 1, id="one withdraws it"),
    ],
)
def test_the_claim_that_counts(
    scored: Callable[..., Scores], claims: str, as_of: str | None, value: str | None, contested: int
) -> None:
    lines = [f"SRB,debt,{said},{about}" for about, said in (claim.rsplit(":", 1) for claim in claims.split("|"))]
    for order in (lines, lines[::-1]):
        scores = scored(RULES, HEAD + "\n".join(order) + "\n", as_of)
        row = int(scores.selection.line("debt")[0])
        assert (None if row == NO_LINE else scores.selection.observations.claims["value"].iloc[row]) == value
        assert len(scores.selection.contested) == contested


@pytest.mark.parametrize(
    ("rules", "claims", "as_of", "standing"),
    [
        pytest.param("10y", "2016:1|2026-01:", "2026-01-30", ["counts", "later"], id="as old as it may be"),
        pytest.param("10y", "2015:1|2026:2", None, ["too old", "counts"], id="by the last day"),
        pytest.param("9y", "2015:1|2026-01:", "2026-01-30", ["too old", "later"], id="too old"),
        pytest.param("1y", ":1|2026:", "2026", ["counts", "not found"], id="a claim without a date has no age"),
        pytest.param("", "1950:1|2026:", None, ["counts", "not found"], id="no limit"),
        pytest.param(
            "", "2020:1|2020-05:2|2021:3|2022:", "2020", ["contests", "counts", "later", "later"], id="the day"
        ),
    ],
)
def test_how_claims_stand(
    scored: Callable[..., Scores], rules: str, claims: str, as_of: str | None, standing: list[str]
) -> None:
    lines = [f"SRB,debt,{value},{day},first,low" for day, value in (said.split(":") for said in claims.split("|"))]
    age = f'kind = "number"\nmax_age = "{rules}"' if rules else 'kind = "number"'
    scores = scored(RULES.replace('kind = "number"', age), HEAD + "\n".join(lines) + "\n", as_of)
    assert [STANDINGS[at] for at in scores.selection.standing] == standing


def test_the_day_is_that_of_the_latest_claim(scored: Callable[..., Scores]) -> None:
    claims = HEAD + "SRB,debt,1,2020-06,first,low\nMNE,debt,1,2021,first,low\n"
    assert scored(RULES, claims).selection.as_of == "2021"
    assert scored(RULES, claims, "2020-07").selection.as_of == "2020-07"


@pytest.mark.parametrize("day", ["yesterday", "2020-13", "20", "2020/01/01", "2020-02-30"])
def test_a_day_that_is_none_is_refused(scored: Callable[..., Scores], day: str) -> None:
    with pytest.raises(ExposureError, match=r"--as-of.*YYYY-MM-DD"):
        scored(RULES, HEAD + "SRB,debt,1,2020,first,low\n", day)


def test_no_claims_at_all(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES, HEAD)
    assert (scores.selection.units, scores.selection.as_of) == ((), "")
    assert scores.frame().empty
