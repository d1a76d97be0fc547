"""Combination rules that pay for the worse: each case a small index whose scores can be added up by hand."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exposure.analysis.audit import audit
from exposure.analysis.soundness.incentives import rewards

RULES = """
[dimensions.d]
[rules.pledge]
dimension = "d"
kind = "category"
severity = {{ member = 0, pledged = 50, none = 100 }}
[rules.vendor]
dimension = "d"
kind = "category"
severity = {{ Huawei = 100, Nokia = 0 }}
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
weight = {debt}
{more}
[rules.both]
dimension = "d"
kind = "combination"
weight = {weight}
when = {{ {when} }}
"""
CLAIMS = "country,indicator,value\nSRB,pledge,member\nSRB,vendor,Huawei\nMNE,vendor,Nokia\n"
PLEDGE = 'pledge = ["member", "pledged"], vendor = "Huawei"'


def found(
    scored: Any, when: str, weight: float = 2, debt: float = 0, more: str = "", claims: str = CLAIMS
) -> list[Any]:
    rules = RULES.format(when=when, weight=weight, debt=debt, more=more)
    return list(rewards(scored(rules, claims)))


def test_withdrawing_a_pledge_pays_where_the_combination_weighs_more_than_the_pledge(scored: Any) -> None:
    (one,) = found(scored, PLEDGE)
    # Serbia: (50 + 100 + 2 × 100) / 4 with the pledge, (100 + 100 + 0) / 4 without it; Montenegro falls as far.
    assert (one.rule, one.indicator, one.inside, one.outside) == ("both", "pledge", "pledged", "none")
    assert one.before - one.after == pytest.approx((50 + 2 * 100 - 100) / 4)


@pytest.mark.parametrize(
    ("when", "weight"),
    [
        pytest.param(PLEDGE, 0, id="flagged, not scored"),
        pytest.param(PLEDGE, 0.5, id="the pledge weighs as much"),
        pytest.param('pledge = "none", vendor = "Huawei"', 2, id="switched off by what is better alone"),
        pytest.param('vendor = "Huawei"', 2, id="on with the worst alone"),
        pytest.param("debt = { at_most = 50 }", 2, id="a figure that nobody scores"),
    ],
)
def test_nothing_pays(scored: Any, when: str, weight: float) -> None:
    assert found(scored, when, weight) == []


@pytest.mark.parametrize(
    ("when", "more", "inside", "outside", "fall"),
    [
        # Serbia alone: its pledge at 0, its vendor at 100, four equal weights.
        pytest.param("debt = { at_most = 50 }", "", "50", "51", (50 + 100 - 51) / 4, id="just beyond the bound"),
        pytest.param("debt = { at_most = 50 }", "whole = true", "50", "51", (50 + 100 - 51) / 4, id="whole figures"),
        pytest.param("debt = { at_least = 20, at_most = 50 }", "", "50", "51", (150 - 51) / 4, id="between two bounds"),
        pytest.param("debt = { at_most = 50 }", "valid = [0, 50.5]", "50", "50.5", (150 - 50.5) / 4, id="valid ends"),
    ],
)
def test_a_figure_beyond_its_bound(scored: Any, when: str, more: str, inside: str, outside: str, fall: float) -> None:
    claims = CLAIMS.replace("MNE,vendor,Nokia\n", "")
    (one,) = found(scored, when, 1, 1, more, claims)
    assert (one.inside, one.outside, one.country) == (inside, outside, "SRB")
    assert one.before - one.after == pytest.approx(fall)


def test_a_rising_bound_pays_nothing_and_a_reversed_scale_does(scored: Any) -> None:
    rising = "debt = { at_least = 50 }"
    assert found(scored, rising, 1, 1) == []
    rules = RULES.format(when=rising, weight=1, debt=1, more="").replace("[0, 100]", "[100, 0]")
    (one,) = rewards(scored(rules, CLAIMS))
    assert (one.inside, one.outside) == ("50", "49")


def test_of_a_relative_rule_what_is_observed_is_tried(scored: Any) -> None:
    rules = RULES.format(when="debt = { at_most = 50 }", weight=1, debt=1, more="")
    rules = rules.replace('kind = "number"\ngoalposts = [0, 100]', 'kind = "relative"')
    (one,) = rewards(scored(rules, CLAIMS + "SRB,debt,10\nMNE,debt,40\nALB,debt,60\n"))
    assert (one.inside, one.outside) == ("40", "60")


def test_every_country_is_tried_and_the_largest_fall_told(scored: Any) -> None:
    # Where nothing else is known the combination makes two thirds of the score, and a mere pledge costs little.
    claims = "country,indicator,value\nSRB,vendor,Huawei\nMNE,debt,\n"
    (one,) = found(scored, 'pledge = ["member"], vendor = "Huawei"', 2, claims=claims)
    assert one.country == "MNE" and (one.before, one.after) == pytest.approx((200 / 3, 50 / 3))


def test_the_remark_says_what_to_do(scored: Any) -> None:
    made = audit(scored(RULES.format(when=PLEDGE, weight=2, debt=0, more=""), CLAIMS))
    (remark,) = [one for one in made.remarks if one.code == "rewards-worse"]
    assert (
        "with Pledge at none instead of pledged, which is worse, it no longer holds and the score falls"
        in remark.message
    )
    assert remark.advice.startswith("Give it weight = 0")


WORDS = ("a", "b", "c")
METHODS = ["arithmetic", "geometric", "harmonic", "inverted-geometric", "max", "min"]


@given(
    severity=st.tuples(*[st.sampled_from([0, 20, 50, 80, 100])] * 3),
    inside=st.sets(st.sampled_from(WORDS), min_size=1, max_size=2),
    weight=st.sampled_from([0.5, 1, 3]),
    method=st.sampled_from(METHODS),
)
def test_the_fall_is_that_of_a_country_that_really_changes_its_value(
    scored: Any, severity: tuple[int, ...], inside: set[str], weight: float, method: str
) -> None:
    """Every word is claimed in a file of its own, and the worst pair of them found by trying all."""
    levels = ", ".join(f"{word} = {level}" for word, level in zip(WORDS, severity, strict=True))
    rules = f"""
[dimensions.d]
aggregation = "{method}"
[rules.vow]
dimension = "d"
kind = "category"
severity = {{ {levels} }}
[rules.other]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.both]
dimension = "d"
kind = "combination"
weight = {weight}
when = {{ vow = {sorted(inside)}, other = {{ at_least = 30 }} }}
"""
    made = {word: scored(rules, f"country,vow,other\nSRB,{word},40\n") for word in WORDS}
    level = dict(zip(WORDS, severity, strict=True))
    falls = [
        float(made[yes].exact[0] - made[no].exact[0])
        for yes, no in product(sorted(inside), sorted(set(WORDS) - inside))
        if level[no] > level[yes]
    ]
    largest = max((fall for fall in falls if fall > 1e-9), default=0.0)
    for start in made.values():
        one = next((one for one in rewards(start) if one.indicator == "vow"), None)
        assert (one.before - one.after if one else 0.0) == pytest.approx(largest)
