"""Robustness as a whole: its parts agree with each other, with `rank`, and with scoring draw by draw."""

from __future__ import annotations

import csv
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from random_indices import Cells, books, claims, scores_of

from exposure.analysis.robustness import Robustness, robustness
from exposure.rulebook.model import Floored, Rulebook
from exposure.scoring.score import Scores, score
from exposure.views.draws import draws_csv

Records = list[dict[str, str]]


def exported(scores: Scores, draws: int, *vary: str) -> Records:
    text = b"".join(draws_csv(scores, draws, 5, vary)).decode()
    return list(csv.DictReader(io.StringIO(text)))


def with_weights(rulebook: Rulebook, record: dict[str, str]) -> Rulebook:
    """The rulebook with the weights of one exported draw."""
    sections: dict[str, Any] = {}
    for section in ("rules", "dimensions"):
        parts = dict(getattr(rulebook, section))
        for name in parts:
            if value := record.get(f"{section}.{name}"):
                parts[name] = parts[name].model_copy(update={"weight": float(value)})
        sections[section] = parts
    index = rulebook.index.model_copy(update={"aggregation": record["aggregation"]})
    return rulebook.model_copy(update={**sections, "index": index})


def assert_replays(scores: Scores, draws: int) -> None:
    records = exported(scores, draws, "weights", "aggregation")
    assert len(records) == draws
    for record in records:
        again = score(scores.observations, with_weights(scores.rulebook, record))
        for at, unit in enumerate(scores.selection.units):
            said = float(record[f"scores.{unit}"] or "nan")
            assert said == pytest.approx(again.score[at], nan_ok=True, abs=1e-9)
            if scores.ranked[at]:
                assert int(record[f"ranks.{unit}"]) == again.rank[at]


def test_exported_weights_give_the_same_ranks_again(shipped: Scores) -> None:
    assert_replays(shipped, 40)


def test_so_do_exported_aggregations(shipped: Scores) -> None:
    uncertainty = shipped.rulebook.uncertainty.model_copy(update={"aggregations": ("geometric", "max")})
    rulebook = shipped.rulebook.model_copy(update={"uncertainty": uncertainty})
    scores = score(shipped.observations, rulebook)
    assert {record["aggregation"] for record in exported(scores, 40, "aggregation")} == {
        "arithmetic",
        "geometric",
        "max",
    }
    assert_replays(scores, 40)


def test_an_exported_aggregation_with_a_floor_is_told_from_the_one_without(shipped: Scores) -> None:
    uncertainty = shipped.rulebook.uncertainty.model_copy(update={"aggregations": ("geometric",)})
    index = shipped.rulebook.index.model_copy(update={"aggregation": Floored(method="geometric", floor=0.1)})
    scores = score(
        shipped.observations, shipped.rulebook.model_copy(update={"uncertainty": uncertainty, "index": index})
    )
    assert {record["aggregation"] for record in exported(scores, 40, "aggregation")} == {
        "geometric with a floor of 0.1",
        "geometric",
    }


@settings(max_examples=25)
@given(books(), claims())
def test_of_any_rules(book: dict[str, Any], said: Cells) -> None:
    # Gates and who is ranked depend on the weights; a draw leaves both as they are.
    dimensions = {name: {**part, "min_coverage": 0.0} for name, part in book["dimensions"].items()}
    index = {**book["index"], "min_coverage": 0.0, "aggregation": "arithmetic"}
    scores = scores_of({**book, "index": index, "dimensions": dimensions}, said)
    if scores.tree.nodes:
        assert_replays(scores, 3)


@pytest.fixture(scope="module")
def found(shipped: Scores) -> Robustness:
    return robustness(shipped, 400, 5, base=32)


def test_it_is_what_its_own_export_says(shipped: Scores, found: Robustness) -> None:
    records = exported(shipped, 400, *found.vary)
    for at, unit in enumerate(shipped.selection.units):
        said = np.sort([float(record[f"scores.{unit}"]) for record in records])
        low, high = found.ranges.likely_low[at], found.ranges.likely_high[at]
        assert [low, found.score_median[at], high] == said[[19, 199, 379]].tolist()
        edges = [*sorted(shipped.rulebook.bands.values()), np.inf]
        shares = np.histogram(said, edges)[0] / 400
        assert found.band_shares[at].tolist() == shares.tolist()
    codes = [unit for unit, ranked in zip(shipped.selection.units, shipped.ranked, strict=True) if ranked]
    places = [shipped.selection.units.index(code) for code in codes]
    drawn = np.asarray([[int(record[f"ranks.{code}"]) for code in codes] for record in records])
    for column, at in enumerate(places):
        shares = np.bincount(drawn[:, column], minlength=len(codes) + 1)[1:] / 400
        assert found.ranges.shares[at].tolist() == shares.tolist()
        assert found.median_rank[at] == np.sort(drawn[:, column])[199]
        for other, beside in enumerate(places):
            assert found.above[at, beside] == (drawn[:, column] < drawn[:, other]).mean()


def test_its_ranges_are_those_of_rank(shipped: Scores, found: Robustness) -> None:
    for name, part in vars(shipped.rank_range(400, 5)).items():
        assert np.array_equal(part, getattr(found.ranges, name)), name


def test_the_same_seed_gives_the_same_and_another_does_not(shipped: Scores, found: Robustness) -> None:
    again, other = robustness(shipped, 400, 5, base=32), robustness(shipped, 400, 6, base=32)
    assert again.sensitivity == found.sensitivity
    assert again.score_median.tolist() == found.score_median.tolist()
    assert other.sensitivity != found.sensitivity


def test_nothing_drawn_and_nothing_ranked(shipped: Scores) -> None:
    none = robustness(shipped, 0, base=0)
    assert np.isnan(none.score_median).all()
    assert none.sensitivity is None
    assert not none.ranges.low.any()
    index = shipped.rulebook.index.model_copy(update={"min_coverage": 1.0})
    alone = score(shipped.observations, shipped.rulebook.model_copy(update={"index": index}))
    assert robustness(alone, 50).ranges.low.sum() == alone.ranked.sum()


def test_progress_reaches_the_end(shipped: Scores) -> None:
    told: list[float] = []
    robustness(shipped, 50_000, base=32, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1, abs=0.2)


def test_no_block_of_many_is_lost(shipped: Scores, found: Robustness) -> None:
    more = robustness(shipped, 20_000, 5, base=0)
    assert more.ranges.shares.sum(axis=1)[shipped.ranked] == pytest.approx(1)
    assert np.abs(more.ranges.shares - found.ranges.shares).max() < 0.05
