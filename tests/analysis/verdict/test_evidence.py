"""Claims that should not decide as they stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exposure.analysis.check import check
from exposure.scoring.score import Scores

Scored = Callable[..., Scores]
RULES = """
[dimensions.d]
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.vendor]
dimension = "d"
kind = "category"
severity = { Huawei = 100, Nokia = 0 }
[sources.a]
title = "A"
[sources.b]
title = "B"
"""
HEADER = "country,indicator,value,as_of,source,confidence,note\n"


def found(scored: Scored, claims: str, code: str, rules: str = RULES) -> list[tuple[int, str]]:
    findings = check(scored(rules, HEADER + claims))
    return [(one.line, one.message) for one in findings.found if one.code == code]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        pytest.param(
            "SRB,vendor,Huawei,2020,a,high,\nSRB,vendor,Nokia,2021,b,medium,\n",
            [(3, "Nokia (medium, 2021) counts in place of Huawei (high, 2020, a), which is surer")],
            id="surer and overtaken",
        ),
        pytest.param(
            "SRB,vendor,Huawei,2019,a,high,\nSRB,debt,5,2020,a,high,\nSRB,vendor,Huawei,2020,a,high,\n"
            "SRB,vendor,Nokia,2021,b,low,\n",
            [(5, "Nokia (low, 2021) counts in place of Huawei (high, 2020, a), which is surer")],
            id="the latest of several is named",
        ),
        pytest.param("SRB,vendor,Huawei,2020,a,high,\nSRB,vendor,Huawei,2021,b,low,\n", [], id="the same said again"),
        pytest.param("SRB,debt,5.0,2020,a,high,\nSRB,debt,5,2021,b,low,\n", [], id="the same figure"),
        pytest.param("SRB,vendor,Huawei,2020,a,,\nSRB,vendor,Nokia,2021,b,medium,\n", [], id="unstated is as medium"),
        pytest.param("SRB,vendor,Huawei,2020,a,high,\nSRB,vendor,Nokia,2020-05,b,low,\n", [], id="not overtaken"),
        pytest.param("SRB,vendor,Huawei,2020,a,high,\nSRB,vendor,,2021,b,low,x\n", [], id="by nothing found"),
    ],
)
def test_weaker_and_newer(scored: Scored, claims: str, expected: list[tuple[int, str]]) -> None:
    assert found(scored, claims, "weaker-newer") == expected


def test_a_value_of_which_all_is_too_old_is_found_at_its_latest_claim(scored: Scored) -> None:
    rules = RULES.replace('kind = "number"', 'kind = "number"\nmax_age = "5y"')
    claims = "SYR,debt,1,2005,a,high,\nSYR,debt,2,2007,a,high,\nSRB,debt,3,2010,a,high,\nSRB,debt,4,2016,a,high,\n"
    said = "2 is of 2007, over 5y before 2016, and counts no more"
    assert found(scored, claims, "too-old", rules) == [(3, said)]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        pytest.param("SRB,debt,0,2020,a,high,\nALB,debt,100,2020,a,high,\n", [], id="at the ends"),
        pytest.param(
            "SRB,debt,-3,2020,a,high,\nALB,debt,120,2020,a,high,\nMNE,debt,50,2020,a,high,\n",
            [(1, "2 figures lie beyond 0 to 100 and count as the end: SRB -3, ALB 120")],
            id="beyond them, one finding a rule",
        ),
        pytest.param("SRB,debt,120,2020,a,high,\nSRB,debt,90,2021,a,high,\n", [], id="one that does not count"),
        pytest.param(
            "SRB,debt,-999,2020,a,high,\nALB,debt,9999,2020,a,high,\n",
            [
                (2, "-999 looks like a code for a missing figure, and is scored as a figure"),
                (3, "9999 looks like a code for a missing figure, and is scored as a figure"),
            ],
            id="codes for nothing",
        ),
        pytest.param("SRB,debt,99,2020,a,high,\n", [], id="ninety-nine may be one"),
    ],
)
def test_beyond_the_goalposts(scored: Scored, claims: str, expected: list[tuple[int, str]]) -> None:
    assert found(scored, claims, "beyond-goalposts") == expected
