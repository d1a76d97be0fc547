"""What may stand in the cells of each indicator, as the rules have it."""

from __future__ import annotations

import pytest

from exposure.rulebook.indicators import indicators
from exposure.rulebook.loading import load_rulebook

RULES = """\
[index]
title = "T"
edition = "1"
{index}
[dimensions.a]
[rules.debt]
dimension = "a"
kind = "number"
goalposts = [0, 25]
{debt}
[rules.debt_steps]
dimension = "a"
kind = "number"
indicator = "debt"
goalposts = [0, 50]
{steps}
[context.size]
kind = "number"
"""


@pytest.mark.parametrize(
    ("index", "debt", "steps", "expected"),
    [
        pytest.param("", "", "", (None, None), id="nowhere"),
        pytest.param("10y", "", "", ("10y", "10y"), id="of the index, for what is not scored too"),
        pytest.param("10y", "18m", "", ("18m", "10y"), id="the rule's own"),
        pytest.param("", "", "5y", ("5y", None), id="of one of two that read the indicator"),
        pytest.param("10y", "5y", "5y", ("5y", "10y"), id="of both"),
    ],
)
def test_the_age_above_which_a_claim_does_not_count(
    index: str, debt: str, steps: str, expected: tuple[str | None, str | None]
) -> None:
    ages = {
        name: f'max_age = "{age}"' if age else "" for name, age in (("index", index), ("debt", debt), ("steps", steps))
    }
    found = indicators(load_rulebook(RULES.format(**ages).encode()))
    assert (found["debt"].max_age, found["size"].max_age) == expected
