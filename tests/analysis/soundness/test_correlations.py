"""The formulas against figures worked out by hand, and against their definitions written out pair by pair."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exposure.analysis.soundness.correlations import kendall, mean_ranks, pearson, spearman, variance_shares

NAN = math.nan
# Few distinct values, so that ties are the rule.
tied = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=9)


def arrays(*columns: object) -> list[np.ndarray]:
    return [np.asarray(column, float) for column in columns]


@pytest.mark.parametrize(
    ("x", "y", "r", "rho", "tau"),
    [
        pytest.param([1, 2, 3], [10, 20, 30], 1, 1, 1, id="on a line"),
        pytest.param([1, 2, 3], [3, 2, 1], -1, -1, -1, id="on a falling line"),
        pytest.param([1, 2, 3], [1, 2, 9], 8 / math.sqrt(2 * 38), 1, 1, id="rising, not on a line"),
        pytest.param([0, 0, 1, 1], [0, 1, 0, 1], 0, 0, 0, id="independent"),
        pytest.param([1, 2, 2, 3], [1, 3, 2, 4], 3 / 10**0.5, 4.5 / 22.5**0.5, 5 / 30**0.5, id="one tie"),
        pytest.param([1, NAN, 2, 3], [1, 5, NAN, 2], 1, 1, 1, id="unknown on either side is left out"),
        pytest.param([7, 7, 7], [1, 2, 3], NAN, NAN, NAN, id="constant"),
        pytest.param([0.1 + 0.2, 0.3, 0.3], [1, 2, 3], NAN, NAN, None, id="constant but for rounding"),
        pytest.param([NAN, 1], [1, NAN], NAN, NAN, NAN, id="nothing in common"),
    ],
)  # fmt: skip
def test_coefficients(x: list[float], y: list[float], r: float, rho: float, tau: float | None) -> None:
    left, right = arrays(x, y)
    assert float(pearson(left, right)) == pytest.approx(r, nan_ok=True)
    if tau is not None:
        assert spearman(left, right) == pytest.approx(rho, nan_ok=True)
        assert kendall(left, right) == pytest.approx(tau, nan_ok=True)


def test_ranks_go_together_however_far_apart_the_numbers_are() -> None:
    x, y = arrays([1, 3, 2], [-1.7e308, 1.7e308, 5])
    assert (spearman(x, y), kendall(x, y)) == (1, 1)


@pytest.mark.parametrize(
    ("x", "places"),
    [([30, 10, 20], [3, 1, 2]), ([5, 5], [1.5, 1.5]), ([1, 2, 2, 2, 3], [1, 3, 3, 3, 5]), ([], [])],
)
def test_ties_share_the_mean_of_their_places(x: list[float], places: list[float]) -> None:
    assert mean_ranks(*arrays(x)).tolist() == places


@given(tied)
def test_kendall_is_its_definition(points: list[tuple[int, int]]) -> None:
    agree = against = tied_x = tied_y = 0
    for (a, b), (c, d) in combinations(points, 2):
        agree += (a - c) * (b - d) > 0
        against += (a - c) * (b - d) < 0
        tied_x += a == c
        tied_y += b == d
    count = math.comb(len(points), 2)
    untied = math.sqrt((count - tied_x) * (count - tied_y))
    wanted = (agree - against) / untied if untied else NAN
    assert kendall(*arrays(*zip(*points, strict=True))) == pytest.approx(wanted, nan_ok=True)


@given(tied)
def test_spearman_is_pearson_of_places_counted_one_by_one(points: list[tuple[int, int]]) -> None:
    def place(value: int, among: tuple[int, ...]) -> float:
        return sum(other < value for other in among) + (sum(other == value for other in among) + 1) / 2

    columns = [[place(value, column) for value in column] for column in zip(*points, strict=True)]
    means = [sum(column) / len(column) for column in columns]
    away = [[value - mean for value in column] for column, mean in zip(columns, means, strict=True)]
    spread = math.sqrt(math.prod(sum(value**2 for value in column) for column in away))
    wanted = sum(a * b for a, b in zip(*away, strict=True)) / spread if spread else NAN
    assert spearman(*arrays(*zip(*points, strict=True))) == pytest.approx(wanted, nan_ok=True)


@given(tied, st.integers(1, 5), st.integers(-3, 3))
def test_a_coefficient_does_not_depend_on_units_and_turns_its_sign_with_the_order(
    points: list[tuple[int, int]], factor: int, start: int
) -> None:
    x, y = arrays(*zip(*points, strict=True))
    for coefficient in (spearman, kendall, lambda a, b: float(pearson(a, b))):
        assert coefficient(factor * x + start, y) == pytest.approx(coefficient(x, y), nan_ok=True)
        assert coefficient(-x, y) == pytest.approx(-coefficient(x, y), nan_ok=True)


def test_many_rows_at_once() -> None:
    x, y = arrays([[1, 2, 3], [1, NAN, 2], [5, 5, 5]], [2, 4, 6])
    assert pearson(x, np.broadcast_to(y, x.shape)).tolist() == pytest.approx([1, 1, NAN], nan_ok=True)


@given(st.lists(st.lists(st.integers(0, 100), min_size=4, max_size=4), min_size=1, max_size=5))
def test_shares_of_the_variance_add_up(parts: list[list[int]]) -> None:
    (rows,) = arrays(parts)
    shares = variance_shares(rows, rows.sum(0))
    if np.ptp(rows.sum(0)):
        assert shares.sum() == pytest.approx(1)
    else:
        assert np.isnan(shares).all()
