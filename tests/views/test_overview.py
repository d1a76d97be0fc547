"""What a report says in short, and the tables beside its pictures."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exposure.analysis.scenarios import effects
from exposure.scoring.score import Scores
from exposure.views.contributions import printed_points
from exposure.views.overview import findings, points_block, severities_block

RULES = """
[index]
title = "T"
edition = "1"
min_coverage = 0.6
[bands]
low = 0
high = 50
[dimensions.money]
weight = 1
[dimensions.arms]
weight = 1
[rules.debt]
dimension = "money"
kind = "number"
goalposts = [0, 100]
[rules.drill]
dimension = "arms"
kind = "flag"
[rules.both]
label = "Says and does"
dimension = "arms"
weight = 0
kind = "combination"
contradiction = true
when = { drill = "yes", debt = { at_least = 90 } }
[[scenarios]]
id = "less"
label = "Debt repaid"
set = { SRB = { debt = 0 }, MNE = { debt = 0 } }
[[scenarios]]
id = "more"
set = { ALB = { drill = true } }
"""
CLAIMS = "country,debt,drill\nSRB,90,yes\nMNE,60,yes\nALB,33.3,no\nXKX,10,\n"


@pytest.fixture
def scores(scored: Callable[..., Scores]) -> Scores:
    return scored(RULES, CLAIMS)


def test_what_to_take_away(scores: Scores) -> None:
    assert findings(scores, scores.rank_range(200, 1), effects(scores)) == (
        "Most exposed of 3 ranked: Serbia, 95.0 of 100, high.",
        "Least exposed of 3 ranked: Albania, 16.7 of 100, low.",
        "By band. High: Serbia, Montenegro. Low: Albania.",
        "Every rank is the same in nine of ten draws of all that is in doubt.",
        "Not ranked, which is not the same as safe: Kosovo (50% known, 60% needed to be ranked).",
        "Contradictions: Serbia (Says and does).",
        "Of the scenarios, the one that lowers a score most: Debt repaid, Serbia -45.0.",
        "Of the scenarios, the one that raises a score most: more, Albania +50.0.",
    )


def test_without_draws_nothing_is_said_of_ranks(scores: Scores) -> None:
    assert not any("draws" in said for said in findings(scores, scores.rank_range(0, 1), ()))


def test_a_tie_names_both(scored: Callable[..., Scores]) -> None:
    said = findings(found := scored(RULES, "country,debt,drill\nSRB,90,yes\nMNE,90,yes\n"), found.rank_range(0, 1), ())
    assert said[:2] == (
        "Most exposed of 2 ranked: Montenegro and Serbia, 95.0 of 100, high.",
        "By band. High: Montenegro, Serbia.",
    )


def test_of_nobody_there_is_nothing_to_say(scored: Callable[..., Scores]) -> None:
    found = scored(RULES, "country,debt\n")
    assert findings(found, found.rank_range(0, 1), ()) == ("There are no countries to speak of.",)


def test_points_of_dimensions_add_up_as_those_of_rules_do(shipped: Scores) -> None:
    block = points_block(shipped)
    for row in block.rows:
        name, *points, score, _ = (cell if isinstance(cell, str) else cell.text for cell in row.cells)  # type: ignore[union-attr]
        unit = shipped.selection.names.index(name)
        assert sum(map(float, points)) == pytest.approx(float(score))
        assert sum(printed_points(shipped, unit).values()) == pytest.approx(float(score))


def test_severities_leave_the_unknown_open(scores: Scores) -> None:
    rows = [[getattr(cell, "text", cell) for cell in row.cells] for row in severities_block(scores).rows]
    assert rows == [
        ["Money"],
        ["  Debt", "90", "60", "33", "10"],
        ["Arms"],
        ["  Drill", "100", "100", "0", "–"],
    ]
