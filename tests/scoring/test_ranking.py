"""Ranks, bands and rank ranges."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exposure.scoring.ranking import bands, percentiles, rank_counts, rank_range, ranks
from exposure.scoring.score import Scores


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([10, 30, 20], [3, 1, 2]),
        ([10, 10, 20], [2, 2, 1]),
        ([5, 5, 5], [1, 1, 1]),
        ([np.nan, 1, 2], [0, 2, 1]),
        ([], []),
    ],
)
def test_ranks_highest_first_ties_share_the_best(scores: list[float], expected: list[int]) -> None:
    assert ranks(np.array(scores, float)).tolist() == expected


@pytest.mark.parametrize(
    ("score", "band"), [(0, "low"), (24.9, "low"), (25, "high"), (100, "high"), (np.nan, ""), (-1, "")]
)
def test_bands_start_at_their_edge(score: float, band: str) -> None:
    assert bands(np.array([score]), {"high": 25, "low": 0}) == [band]


RULES = """
[index]
title = "Test"
edition = "1"
min_coverage = 0.4
[dimensions.d]
[rules.x]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.y]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[sources.a]
title = "A"
[uncertainty]
spread = {spread}
wrong = {{ high = {doubt}, medium = {doubt}, low = {doubt} }}
"""
CLAIMS = "country,indicator,value,as_of,source,confidence\n"


def claims(**countries: tuple[object, object]) -> str:
    return CLAIMS + "".join(
        f"{code},{name},{value},2020,a,high\n"
        for code, pair in countries.items()
        for name, value in zip("xy", pair, strict=True)
    )


def ranges(scores: Scores, draws: int = 4000) -> dict[str, tuple[int, int]]:
    found = scores.rank_range(draws, 7)
    return {unit: (int(found.low[at]), int(found.high[at])) for at, unit in enumerate(scores.selection.units)}


def test_without_any_doubt_the_range_is_the_rank(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES.format(spread=0, doubt=0), claims(SRB=(90, 80), MNE=(50, 40), ALB=(10, 10)))
    assert ranges(scores, 50) == {"SRB": (1, 1), "MNE": (2, 2), "ALB": (3, 3)}


def test_an_unknown_can_be_like_the_known_or_anything(scored: Callable[..., Scores]) -> None:
    # y of SRB is 40 like x, or anything: above MNE's 40 in a quarter of the draws, below it in another.
    scores = scored(RULES.format(spread=0, doubt=0), claims(SRB=(40, ""), MNE=(40, 40)))
    assert ranges(scores) == {"SRB": (1, 2), "MNE": (1, 2)}


@pytest.mark.parametrize(("value", "expected"), [("38..62", (1, 2)), ("45..55", (2, 2))])
def test_an_inexact_value_is_drawn_over_its_interval(
    scored: Callable[..., Scores], value: str, expected: tuple[int, int]
) -> None:
    # Against 55.5: the wide interval passes it in (62-55.5)/24 = 27 percent of the draws, the narrow one never.
    scores = scored(RULES.format(spread=0, doubt=0), claims(SRB=(value, value), MNE=("55.5", "55.5")))
    assert ranges(scores)["SRB"] == expected


@pytest.mark.parametrize(("doubt", "expected"), [(0.2, (1, 2)), (0.05, (1, 1))])
def test_a_claim_may_be_wrong(scored: Callable[..., Scores], doubt: float, expected: tuple[int, int]) -> None:
    # Then it is anything, nothing else being known: below MNE's 50 in half of these draws.
    rules = RULES.format(spread=0, doubt=doubt).replace(
        '[rules.y]\ndimension = "d"', '[rules.y]\ndimension = "d"\nweight = 0'
    )
    assert ranges(scored(rules, claims(SRB=(59, 0), MNE=("50..50", 0))), 20000)["SRB"] == expected


def test_weights_spread(scored: Callable[..., Scores]) -> None:
    # SRB leads by x, MNE by y; equal but for 1 point. With w·U(0.75, 1.25) both orders are common.
    scores = scored(RULES.format(spread=0.25, doubt=0), claims(SRB=(81, 20), MNE=(20, 80)))
    assert ranges(scores)["SRB"] == (1, 2)
    steady = scored(RULES.format(spread=0, doubt=0), claims(SRB=(81, 20), MNE=(20, 80)))
    assert ranges(steady)["SRB"] == (1, 1)


def test_the_same_seed_gives_the_same_range_in_any_row_order(scored: Callable[..., Scores], shipped: Scores) -> None:
    text = claims(SRB=(60, ""), MNE=("40..60", 50), ALB=(45, 55))
    head, *rows = text.strip().splitlines()
    turned = "\n".join([head, *reversed(rows)]) + "\n"
    first, second = (scored(RULES.format(spread=0.3, doubt=0.2), t) for t in (text, turned))
    assert ranges(first) == ranges(second)
    once, again = (vars(shipped.rank_range()) for _ in range(2))
    for name, part in once.items():
        assert np.array_equal(part, again[name]), name


def test_no_draws_no_range_and_the_range_holds_the_rank(shipped: Scores) -> None:
    found = shipped.rank_range(0)
    assert not found.low.any()
    assert not found.high.any()
    found = shipped.rank_range(30)
    assert ((found.low <= shipped.rank) & (shipped.rank <= found.high)).all()


def test_the_order_of_the_rules_in_the_file_does_not_decide_the_draws(scored: Callable[..., Scores]) -> None:
    rules = RULES.format(spread=0.3, doubt=0.2)
    head, x, rest = rules.partition("[rules.x]")
    table, y, tail = rest.partition("[rules.y]")
    end, sources, more = tail.partition("[sources.a]")
    turned = head + y + end + x + table + sources + more
    text = claims(SRB=(60, ""), MNE=("40..60", 50), ALB=(45, 55), XKX=("", 50))
    assert [ranges(scored(r, text), 101) for r in (rules, turned)] == [ranges(scored(rules, text), 101)] * 2


def test_rank_counts_of_a_few_draws() -> None:
    drawn = np.array([[1, 2, 3], [1, 3, 2], [2, 1, 3], [1, 1, 3]])
    assert rank_counts(drawn).tolist() == [[3, 1, 0], [2, 1, 1], [0, 1, 3]]


@pytest.mark.parametrize(
    ("counts", "ends", "settled"),
    [
        pytest.param([1000, 0, 0], (1, 1), True, id="always"),
        pytest.param([100, 800, 100], (1, 3), True, id="a tenth at each end"),
        pytest.param([20, 960, 20], (2, 2), True, id="a fiftieth at each end is outside"),
        pytest.param([50, 900, 50], (1, 2), False, id="on the edge"),
        pytest.param([55, 900, 45], (1, 2), False, id="near the edge more draws decide"),
        pytest.param([0, 40, 0], (2, 2), False, id="too few to say even of what always happened"),
    ],
)
def test_the_ends_of_a_range_and_whether_they_have_settled(
    counts: list[int], ends: tuple[int, int], settled: bool
) -> None:
    drawn = scores_with(counts)
    found = rank_range(drawn, drawn[:, 0], np.array([2 if counts[1] else 1, 1, 3, 0]), {}, 1)
    assert (found.low[0], found.high[0], found.settled[0]) == (*ends, settled)
    assert (found.low[3], found.high[3], found.settled[3], found.usual[3]) == (0, 0, True, 0)
    assert found.usual[0] == np.argmax(counts) + 1
    assert found.shares[0].tolist() == [count / sum(counts) for count in counts]


def scores_with(counts: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """(4, draws): the first so often first, second and third of three, beside one without a rank."""
    first = np.repeat([30.0, 15.0, 5.0], counts)
    return np.asarray([first, np.full_like(first, 20), np.full_like(first, 10), np.full_like(first, 99)])


def test_among_many_a_place_more_or_less_is_settled() -> None:
    generator = np.random.default_rng(1)
    drawn = np.asarray([generator.permutation(40) for _ in range(4000)], float).T
    rank = np.arange(1, 41)
    assert rank_range(drawn, drawn[:, 0], rank, {}, 1).settled.all()
    assert not rank_range(drawn[:, :80], drawn[:, 0], rank, {}, 1).settled.any()


def test_percentiles_are_values_that_came_up() -> None:
    drawn = np.asarray([np.arange(20.0)[::-1], np.full(20, np.nan)])
    found = percentiles(drawn, (0.05, 0.5, 0.95))
    assert found[:, 0].tolist() == [0, 9, 18]
    assert np.isnan(found[:, 1]).all()


@pytest.mark.parametrize(
    ("score", "expected"),
    [(30.0, ("low", "high")), (10.0, ("low", "high")), (np.nan, ("", "")), (60.0, ("low", "high"))],
)
def test_the_band_range_holds_what_is_likely_and_the_band(score: float, expected: tuple[str, str]) -> None:
    drawn = np.asarray([[20.0] * 10 + [40.0] * 10])
    found = rank_range(drawn, np.asarray([score]), np.asarray([1]), {"low": 0, "high": 25}, 1)
    assert (found.band_low[0], found.band_high[0]) == expected
    assert (found.likely_low[0], found.likely_high[0]) == (20, 40)
