"""Every formula from a value to a severity, as a table."""

from __future__ import annotations

import numpy as np
import pytest

from exposure.rulebook import normalise


@pytest.mark.parametrize(
    ("value", "low", "high", "curve", "expected"),
    [
        pytest.param(0, 0, 25, "linear", 0, id="at the low goalpost"),
        pytest.param(25, 0, 25, "linear", 100, id="at the high goalpost"),
        pytest.param(12.5, 0, 25, "linear", 50, id="half way"),
        pytest.param(-3, 0, 25, "linear", 0, id="clipped below"),
        pytest.param(40, 0, 25, "linear", 100, id="clipped above"),
        pytest.param(np.inf, 0, 25, "linear", 100, id="open above"),
        pytest.param(-np.inf, 0, 25, "linear", 0, id="open below"),
        pytest.param(5, 25, 0, "linear", 80, id="reversed"),
        pytest.param(1000, 100, 10_000, "log", 50, id="logarithm"),
        pytest.param(100, 10_000, 100, "log", 100, id="logarithm reversed"),
        pytest.param(25, 0, 100, "sqrt", 50, id="square root"),
    ],
)
def test_goalposts(value: float, low: float, high: float, curve: str, expected: float) -> None:
    assert normalise.between_goalposts(np.array([value]), low, high, curve, 100.0) == pytest.approx([expected])


@pytest.mark.parametrize(
    ("value", "expected"),
    [(-1, 0), (0, 0), (0.5, 20), (1, 40), (3, 70), (5, 100), (9, 100), (np.inf, 100), (np.nan, np.nan)],
)
def test_steps(value: float, expected: float) -> None:
    steps = ((0, 0), (1, 40), (5, 100))
    assert normalise.along_steps(np.array([value]), steps) == pytest.approx([expected], nan_ok=True)


PEERS = np.array([10.0, 20.0, 20.0, 50.0])


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(normalise.minmax(PEERS, PEERS, 0, 100), [0, 25, 25, 100], id="minmax"),
        pytest.param(normalise.minmax(PEERS, PEERS, 10, 90), [10, 30, 30, 90], id="minmax into a range"),
        pytest.param(
            normalise.percentile(PEERS, PEERS, 0, 90), [0, 30, 30, 90], id="percentile, ties share the lowest"
        ),
        pytest.param(normalise.rank(PEERS, PEERS), [1, 2, 2, 4], id="rank, ties share the lowest"),
        pytest.param(
            normalise.zscore(PEERS, PEERS, 50, 10),
            50 + 10 * (PEERS - 25) / np.std(PEERS, ddof=1),
            id="zscore with the sample deviation",
        ),
        pytest.param(normalise.minmax(np.array([7.0]), np.array([7.0]), 0, 100), [50], id="minmax alone"),
        pytest.param(
            normalise.percentile(np.full(3, 7.0), np.full(3, 7.0), 0, 100), [50] * 3, id="percentile constant"
        ),
        pytest.param(normalise.zscore(np.full(3, 7.0), np.full(3, 7.0), 40, 9), [40] * 3, id="zscore constant"),
        pytest.param(normalise.rank(np.full(3, 7.0), np.full(3, 7.0)), [1, 1, 1], id="rank constant"),
    ],
)
def test_relative(found: np.ndarray, expected: list[float]) -> None:
    assert found == pytest.approx(np.asarray(expected, float))
