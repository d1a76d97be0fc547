"""How numbers, lists and sentences are written."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exposure.scoring.tree import rounded
from exposure.text import (
    chance,
    correlation,
    counted,
    joined,
    listed,
    number,
    part_of_whole,
    percent,
    sentence,
    signed,
    span,
)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        *((82.02, 1, "82.0"), (0.15, 1, "0.2"), (-0.01, 1, "0.0"), (float("nan"), 1, "–"), (1.0, 3, "1.000")),
        *((0.25, 1, "0.3"), (0.35, 1, "0.4"), (2.5, 0, "3"), (-0.04, 1, "0.0"), (-0.0, 1, "0.0")),
        *((1.005, 2, "1.01"), (99.95, 1, "100.0"), (-18.6, 1, "-18.6")),
    ],
)
def test_numbers_are_rounded_as_scores_are(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


def test_nearly_all_is_not_all() -> None:
    assert [percent(share) for share in (1.0, 0.9999, 0.29, 0.0)] == ["100%", "99%", "29%", "0%"]
    assert [chance(share) for share in (1.0, 0.9999, 0.5, 0.0001, 0.0, math.nan)] == [
        *("100%", ">99%", "50%", "<1%", "0%", "–")
    ]


def test_shares_and_coefficients_of_nothing_are_dashes_and_no_zero_has_a_sign() -> None:
    assert [part_of_whole(share) for share in (0.125, -0.004, None)] == ["13%", "0%", "–"]
    assert [correlation(r) for r in (0.955, -1.0, 0.0, None)] == ["+0.96", "-1.00", "0.00", "–"]


@pytest.mark.parametrize(("text", "ended"), [("a", "a."), ("a.", "a."), ("a?", "a?"), ("a ", "a."), ("", "")])
def test_a_sentence_ends_once(text: str, ended: str) -> None:
    assert sentence(text) == ended


def test_a_span_that_prints_alike_is_one_number() -> None:
    assert [span(1.01, 1.02, 1), span(1.0, 2.0, 1)] == ["1.0", "1.0–2.0"]


@given(value=st.floats(-1e6, 1e6), decimals=st.integers(0, 9))
def test_a_printed_number_is_the_published_one(value: float, decimals: int) -> None:
    published = float(rounded(np.asarray(value), decimals))
    assert number(value, decimals) == f"{published:.{decimals}f}"


def test_what_is_unknown_is_a_dash_with_or_without_a_sign() -> None:
    assert [number(None, 1), signed(float("nan"), 1), span(None, None, 1), signed(-0.04, 1)] == ["–", "–", "–", "0.0"]


def test_of_a_long_list_the_rest_is_counted() -> None:
    names = ["Serbia", "Montenegro", "Norway"]
    assert [listed(names, 3), listed(names, 2), listed(names, 2, 9, "; ")] == [
        "Serbia, Montenegro, Norway",
        "Serbia, Montenegro and 1 more",
        "Serbia; Montenegro and 7 more",
    ]
    assert joined(["a", "", "b", "a"]) == "a, b"


def test_one_has_no_plural() -> None:
    assert [counted(1, "rank"), counted(0, "rank"), counted(2, "country", "countries")] == [
        "1 rank",
        "0 ranks",
        "2 countries",
    ]
