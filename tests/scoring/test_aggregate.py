"""Every formula from children to a node, and the shares that take it apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exposure.scoring.aggregate import aggregate, shares

METHODS = ("arithmetic", "geometric", "harmonic", "inverted-geometric", "max", "min")
NAN = np.nan


@pytest.mark.parametrize(
    ("method", "floor", "x", "w", "expected"),
    [
        pytest.param("arithmetic", 0, [10, 40], [1, 2], 30, id="weighted mean"),
        pytest.param("arithmetic", 0, [10, NAN], [1, 2], 10, id="unknown leaves and weights are rescaled"),
        pytest.param("arithmetic", 0, [10, 40], [1, 0], 10, id="weight 0 does not count"),
        pytest.param("arithmetic", 0, [NAN, 40], [1, 0], NAN, id="only weight 0 known"),
        pytest.param("arithmetic", 0, [NAN, NAN], [1, 1], NAN, id="nothing known"),
        pytest.param("arithmetic", 0, [-20, 40], [1, 1], 10, id="below zero"),
        pytest.param("arithmetic", 0.1, [10, 40], [1, 2], 30, id="a floor changes no arithmetic mean"),
        pytest.param("geometric", 0, [20, 80], [1, 1], 40, id="geometric"),
        pytest.param("geometric", 0, [0, 80], [1, 1], 0, id="geometric with a zero"),
        pytest.param("geometric", 0, [0, 80], [0, 1], 80, id="geometric with a zero of weight 0"),
        pytest.param("geometric", 0, [NAN, 80], [1, 1], 80, id="geometric with an unknown"),
        pytest.param("geometric", 0.1, [0, 100], [1, 1], (0.1**0.5 - 0.1) / 0.9 * 100, id="floored geometric"),
        pytest.param("harmonic", 0, [20, 80], [1, 1], 32, id="harmonic"),
        pytest.param("harmonic", 0, [0, 80], [1, 1], 0, id="harmonic with a zero"),
        pytest.param("harmonic", 0, [0, 80], [0, 1], 80, id="harmonic with a zero of weight 0"),
        pytest.param("inverted-geometric", 0, [20, 80], [1, 1], 60, id="inverted pulls to the worst"),
        pytest.param("inverted-geometric", 0, [100, 0], [1, 1], 100, id="inverted with full exposure"),
        pytest.param("inverted-geometric", 0.1, [100, 0], [1, 1], (1 - 0.1**0.5) / 0.9 * 100, id="floored inverted"),
        pytest.param("max", 0, [10, 40, NAN], [3, 1, 9], 40, id="worst, whatever the weights"),
        pytest.param("max", 0, [10, 40], [1, 0], 10, id="worst ignores weight 0"),
        pytest.param("min", 0, [10, 40, NAN], [1, 3, 9], 10, id="best"),
    ],
)
def test_aggregation(method: str, floor: float, x: list[float], w: list[float], expected: float) -> None:
    found = aggregate(np.array(x, float), np.array(w, float), method, floor)
    assert float(found) == pytest.approx(expected, nan_ok=True)


ends = st.lists(st.sampled_from([0.0, 50.0, 100.0, NAN]), min_size=1, max_size=5)
values = st.lists(st.floats(0, 100) | st.just(NAN), min_size=1, max_size=6)


@st.composite
def nodes(draw: st.DrawFn, extremes: bool = False) -> tuple[np.ndarray, np.ndarray]:
    x = draw(
        st.lists(st.sampled_from([0.0, 100.0, 50.0, NAN]), min_size=1, max_size=5) | values if extremes else values
    )
    w = draw(st.lists(st.floats(0.01, 10), min_size=len(x), max_size=len(x)))
    return np.array(x), np.array(w)


@given(nodes(), st.sampled_from(METHODS), st.sampled_from([0.0, 0.1, 0.5]))
def test_a_mean_lies_between_its_children(node: tuple[np.ndarray, np.ndarray], method: str, floor: float) -> None:
    x, w = node
    found = float(aggregate(x, w, method, floor))
    known = x[~np.isnan(x)]
    if not len(known):
        assert np.isnan(found)
    else:
        assert known.min() <= found <= known.max()


@given(
    st.floats(0, 100),
    st.lists(st.floats(0.01, 10), min_size=1, max_size=6),
    st.sampled_from(METHODS),
    st.sampled_from([0.0, 0.1, 0.5]),
)
def test_of_equal_children_it_is_their_value(value: float, w: list[float], method: str, floor: float) -> None:
    assert float(aggregate(np.full(len(w), value), np.array(w), method, floor)) == value


def test_a_dimension_at_full_exposure_makes_a_light_one_count_in_full() -> None:
    """Three thirds are one: a rounding error less, and an inverted geometric mean of it and a heavy 0 is 84.1."""
    third = np.full((3, 1), 1 / 3)
    mean = aggregate(np.full((3, 1), 100.0), third, "arithmetic")
    assert aggregate(np.array([mean, [0.0]]), np.array([[0.05], [0.95]]), "inverted-geometric").tolist() == [100.0]
    drawn = aggregate(np.full((3, 1, 1), 100.0), third[:, None] * (1 + np.arange(9) / 90), "arithmetic")
    inverted = aggregate([drawn, np.zeros((1, 1))], np.array([[[0.05]], [[0.95]]]), "inverted-geometric")
    assert inverted == pytest.approx(np.full((1, 9), 100.0))


@given(nodes(), st.sampled_from(METHODS), st.sampled_from([0.0, 0.1]), st.integers(0, 5), st.floats(0, 50))
def test_raising_a_child_never_lowers_the_node(
    node: tuple[np.ndarray, np.ndarray], method: str, floor: float, at: int, more: float
) -> None:
    x, w = node
    at %= len(x)
    higher = x.copy()
    higher[at] = min(x[at] + more, 100)
    if not np.isnan(x[at]):
        assert float(aggregate(higher, w, method, floor)) >= float(aggregate(x, w, method, floor)) - 1e-9


@given(nodes(extremes=True), st.sampled_from(METHODS), st.sampled_from([0.0, 0.1]))
def test_shares_sum_to_one_and_none_is_negative(node: tuple[np.ndarray, np.ndarray], method: str, floor: float) -> None:
    x, w = node
    found = shares(x, w, method, floor)
    value = float(aggregate(x, w, method, floor))
    assert (found >= -1e-12).all()
    assert (found[np.isnan(x)] == 0).all()
    assert found.sum() == pytest.approx(0 if np.isnan(value) or value == 0 else 1)


@pytest.mark.parametrize(
    ("method", "floor", "x", "w", "expected"),
    [
        pytest.param("arithmetic", 0, [10, 30], [1, 1], [0.25, 0.75], id="arithmetic by w·x"),
        pytest.param("geometric", 0, [10, 90], [1, 3], [0.25, 0.75], id="geometric by w"),
        pytest.param("harmonic", 0, [10, 30], [1, 1], [0.75, 0.25], id="harmonic by w/x"),
        pytest.param("max", 0, [10, 30, 30], [1, 1, 5], [0, 0.5, 0.5], id="max equally among the worst"),
        pytest.param("max", 0, [70 - 2e-14, 70], [1, 1], [0.5, 0.5], id="max of equals but for a rounding error"),
        pytest.param("min", 0, [10, 10, 30], [1, 9, 5], [0.5, 0.5, 0], id="min equally among the best"),
        pytest.param("geometric", 0, [0, 90], [1, 1], [0, 0], id="a node worth nothing gives nothing"),
        pytest.param("arithmetic", 0, [NAN, 30], [1, 1], [0, 1], id="unknown has no share"),
        pytest.param("inverted-geometric", 0, [40, 40], [1, 3], [0.25, 0.75], id="alike children by weight"),
        pytest.param("inverted-geometric", 0, [100, 0], [1, 1], [1, 0], id="all to full exposure"),
        pytest.param("inverted-geometric", 0, [0, 100], [5, 1], [0, 1], id="of whatever weight"),
        pytest.param("inverted-geometric", 0, [0, 100], [1e6, 1], [0, 1], id="however small"),
        pytest.param("inverted-geometric", 0, [100, 100], [3, 1], [0.75, 0.25], id="two at full exposure by weight"),
    ],
)
def test_shares(method: str, floor: float, x: list[float], w: list[float], expected: list[float]) -> None:
    assert shares(np.array(x, float), np.array(w, float), method, floor) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("method", ["geometric", "harmonic", "inverted-geometric"])
@pytest.mark.parametrize("x", [[20.0, 70.0, 100.0], [5.0, 5.0, 90.0], [100.0, 100.0, 1.0]])
@pytest.mark.parametrize("floor", [0.1, 0.0])
def test_shares_agree_with_a_fine_walk_along_the_path(method: str, x: list[float], floor: float) -> None:
    """Aumann–Shapley by brute force: small steps from 0 to x, each child's part by central differences."""
    w, steps = np.array([1.0, 2.0, 1.0]), 4000
    at = np.array(x)
    part = np.zeros(3)
    middle = at[:, None] * (np.arange(steps) + 0.5) / steps
    for child in range(3):
        # Half a step of this child on either side of the middle of each step.
        reach = np.zeros((3, 1))
        reach[child] = at[child] / steps / 2
        above, below = (aggregate(middle + side * reach, w[:, None], method, floor) for side in (1, -1))
        part[child] = (above - below).sum()
    # The walk is coarse where the inverted mean turns steep; ours must agree as far as the walk is right.
    assert shares(at, w, method, floor) == pytest.approx(part / part.sum(), abs=0.01)
