"""Points that add up, and columns that a reader can add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exposure.scoring.points import largest_remainder


@pytest.mark.parametrize(
    ("parts", "total", "decimals", "expected"),
    [
        pytest.param([3.33, 3.33, 3.34], 10.0, 1, [3.3, 3.3, 3.4], id="the largest remainder gets the rest"),
        pytest.param([0.05, 0.05, 0.0], 0.1, 1, [0.1, 0.0, 0.0], id="nothing stays nothing"),
        pytest.param([1.26, 1.26], 2.5, 1, [1.3, 1.2], id="equal remainders go in order"),
        pytest.param([], 0.0, 1, [], id="no parts"),
        pytest.param([-1.25, 3.75], 2.5, 1, [-1.2, 3.7], id="negative parts"),
    ],
)
def test_largest_remainder(parts: list[float], total: float, decimals: int, expected: list[float]) -> None:
    assert largest_remainder(np.array(parts), total, decimals).tolist() == pytest.approx(expected)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.integers(0, 3))
def test_the_printed_parts_add_up_to_the_printed_total(parts: list[float], decimals: int) -> None:
    total = round(sum(parts), decimals)
    printed = largest_remainder(np.array(parts), total, decimals)
    assert round(float(printed.sum()), decimals) == total
    assert (np.abs(printed - parts) <= 10.0**-decimals + 1e-9).all()
