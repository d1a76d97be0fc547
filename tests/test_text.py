"""How numbers, lists and sentences are written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exposure.scoring.tree import rounded
from exposure.text import number, percent, span


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(82.02, 1, "82.0"), (0.15, 1, "0.2"), (-0.01, 1, "0.0"), (float("nan"), 1, "–"), (1.0, 3, "1.000")],
)
def test_numbers_are_rounded_as_scores_are(value: float, decimals: int, text: str) -> None:
    assert number(value, decimals) == text


def test_nearly_all_is_not_all() -> None:
    assert [percent(share) for share in (1.0, 0.9999, 0.29, 0.0)] == ["100%", "99%", "29%", "0%"]


def test_a_span_that_prints_alike_is_one_number() -> None:
    assert [span(1.01, 1.02, 1), span(1.0, 2.0, 1)] == ["1.0", "1.0–2.0"]


@given(value=st.floats(-1e6, 1e6), decimals=st.integers(0, 9))
def test_a_printed_number_is_the_published_one(value: float, decimals: int) -> None:
    published = float(rounded(np.asarray(value), decimals))
    assert number(value, decimals) == f"{published:.{decimals}f}"
