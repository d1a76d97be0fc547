"""Which claim a cell takes in a draw."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from drawn_severities import about, drawn, often

from exposure.scoring.drawing import drawn_scores
from exposure.scoring.score import Scores

RULES = """
[dimensions.d]
[rules.v]
dimension = "d"
kind = "category"
severity = { good = 0, fair = 40, bad = 100 }
[rules.anchor]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.again]
dimension = "d"
weight = 2
indicator = "v"
kind = "category"
severity = { good = 10, fair = 50, bad = 90 }
[rules.both]
dimension = "d"
kind = "combination"
when = { v = ["bad"], anchor = { at_least = 50 } }
[sources.a]
title = "A"
[sources.b]
title = "B"
[sources.c]
title = "C"
[sources.e]
title = "E"
[uncertainty]
spread = 0
"""
HEAD = "country,indicator,value,as_of,source,confidence\nSRB,anchor,77,2020,a,\n"


def lines(*said: tuple[str, str]) -> str:
    return HEAD + "".join(
        f"SRB,v,{word},2020,{source},{sure}\n" for source, (word, sure) in zip("abce", said, strict=False)
    )


@pytest.mark.parametrize(
    ("said", "chances"),
    [
        # Odds of high 49, medium 11.5, low 3, against 1 that none is right.
        pytest.param([("bad", "high")], {100: 49 / 50}, id="high"),
        pytest.param([("bad", "medium")], {100: 11.5 / 12.5}, id="medium"),
        pytest.param([("bad", "low")], {100: 3 / 4}, id="low"),
        pytest.param([("bad", "")], {100: 1}, id="unstated, and nobody disagrees"),
        pytest.param([("bad", ""), ("bad", "")], {100: 1}, id="two unstated that agree"),
        pytest.param([("bad", ""), ("good", "")], {100: 11.5 / 24, 0: 11.5 / 24}, id="two unstated that differ"),
        pytest.param([("bad", ""), ("bad", "medium")], {100: 23 / 24}, id="unstated beside one stated is medium"),
        pytest.param([("bad", "high"), ("good", "high")], {100: 49 / 99, 0: 49 / 99}, id="equally sure: even"),
        pytest.param([("bad", "high"), ("good", "low")], {100: 49 / 53, 0: 3 / 53}, id="by their odds"),
        pytest.param(
            [("bad", "low"), ("good", "low"), ("good", "low")], {100: 3 / 10, 0: 6 / 10}, id="those that agree add up"
        ),
        pytest.param([("bad", "low"), ("withdrawn", "low")], {100: 3 / 7}, id="withdrawn is as if none were right"),
        pytest.param([("bad", "high"), ("not-applicable", "low")], {100: 49 / 50}, id="what says that it is not asked"),
    ],
)
def test_the_chances_of_claims(
    scored: Callable[..., Scores], said: list[tuple[str, str]], chances: dict[float, float]
) -> None:
    x = drawn(scored(RULES, lines(*said)), "v", vary=("claims", "unknowns"))
    assert {value: often(x, value) for value in chances} == {value: about(p) for value, p in chances.items()}


def test_of_two_that_are_never_wrong_each_holds_in_half_of_the_draws(scored: Callable[..., Scores]) -> None:
    rules = RULES.replace("spread = 0", "spread = 0\nwrong = { high = 0 }")
    x = drawn(scored(rules, lines(("bad", "high"), ("good", "high"), ("fair", "low"))), "v", vary=("claims",))
    assert (often(x, 100), often(x, 0), often(x, 40)) == (about(1 / 2), about(1 / 2), 0)


def test_one_draw_is_shared_by_all_rules_that_read_the_indicator(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES, lines(("bad", "high"), ("good", "high")))
    v, again, both = (drawn(scores, name, vary=("claims",)) for name in ("v", "again", "both"))
    assert ((v == 100) == (again == 90)).mean() > 0.99
    assert (both[v == 100] == 100).all() and (both[v == 0] == 0).all()


def test_the_two_sources_of_the_issue_reach_the_draws(scored: Callable[..., Scores]) -> None:
    rules = '[dimensions.d]\n[rules.v]\ndimension = "d"\nkind = "category"\nseverity = { Huawei = 100, Ericsson = 0 }\n'
    rules += '[rules.debt]\ndimension = "d"\nkind = "number"\ngoalposts = [0, 100]\n'
    rules += '[sources.a]\ntitle = "A"\n[sources.b]\ntitle = "B"\n[uncertainty]\nspread = 0\n'
    claims = "country,indicator,value,as_of,source,confidence\nSRB,v,Huawei,2024,a,high\nSRB,v,Ericsson,2024,b,high\n"
    scores = scored(rules, claims + "SRB,debt,40,2024,a,high\nMNE,v,Ericsson,2024,a,high\nMNE,debt,90,2024,a,high\n")
    found = scores.rank_range(2000)
    assert (scores.low[1], scores.high[1]) == (20, 70)
    assert (found.likely_low[1], found.likely_high[1]) == (20, 70)
    assert (found.low[1], found.high[1]) == (1, 2)


def test_the_contest_over_serbia_by_hand(shipped: Scores) -> None:
    """Clean Network 2020: pledged (high, and medium), not a member (medium, twice), a member (low); or none of these.

    Odds 49 + 11.5 to 2 · 11.5 to 3 to 1; where none holds it is drawn like something known of Serbia.
    """
    x, whole = drawn(shipped, "clean_network", vary=("claims",)), 60.5 + 23 + 3 + 1
    for severity, odds in ((50, 60.5), (100, 23), (0, 3)):
        assert odds / whole - 0.01 <= often(x, severity) <= (odds + 1) / whole + 0.01
    assert x.mean() == pytest.approx((50 * 60.5 + 100 * 23) / whole, abs=1.5)


def test_nothing_in_doubt_gives_what_is_published_in_every_draw(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES, HEAD + "SRB,v,bad,2020,a,\nMNE,v,fair,2020,a,\nMNE,anchor,5,2020,a,\n")
    drawn_all = drawn_scores(scores.uncertain_inputs(), 50, 1)
    assert (drawn_all == scores.score[:, None]).all()


def test_high_confidence_and_no_spread_give_narrow_ranges(scored: Callable[..., Scores]) -> None:
    """Of eight claims, each wrong in 2 of 100 draws, all hold in 85: most likely ends are the score itself."""
    names = "abcefghi"
    rules = "[dimensions.d]\n" + "".join(
        f'[rules.{name}]\ndimension = "d"\nkind = "number"\ngoalposts = [0, 100]\n' for name in names
    )
    rules += '[sources.a]\ntitle = "A"\n[uncertainty]\nspread = 0\n'
    generator = np.random.default_rng(4)
    rows = [
        f"{code},{name},{generator.integers(20, 80)},2020,a,high\n"
        for code in ("SRB", "MNE", "ALB", "NOR", "BIH", "MKD")
        for name in names
    ]
    scores = scored(rules, "country,indicator,value,as_of,source,confidence\n" + "".join(rows))
    found = scores.rank_range(2000)
    assert (found.likely_low <= scores.score).all() and (scores.score <= found.likely_high).all()
    assert (found.likely_high - found.likely_low).max() < 100 / 8
