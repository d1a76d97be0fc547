"""What lifts and lowers a score against that of the average country."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from random_indices import Cells, books, claims, scores_of

from exposure.analysis.audit import audit
from exposure.analysis.average import against_average
from exposure.observations.reading import read_observations
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.score import Scores, score

HDI = Path(__file__).parents[1] / "reference" / "hdi.toml"
INPUTS = Path(__file__).parents[3] / "shared" / "reference" / "hdi-2022" / "inputs.csv"
RULES = """
[index]
title = "Test"
edition = "1"
aggregation = "{method}"
[dimensions.d]
[dimensions.e]
[rules.a]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.b]
dimension = "e"
kind = "number"
goalposts = [0, 100]
"""


@pytest.mark.parametrize(
    ("method", "parts"),
    [
        # The average country has 50 and 40.
        pytest.param("arithmetic", (15, -10), id="half of each difference"),
        pytest.param("max", (30, 0), id="the highest all the way"),
        # From 50 down to 40, where b takes over and goes on to 20.
        pytest.param("min", (0, -20), id="the lowest all the way"),
    ],
)
def test_parts_by_hand(scored: Callable[..., Scores], method: str, parts: tuple[float, float]) -> None:
    scores = scored(RULES.format(method=method), "country,a,b\nSRB,80,20\nALB,20,60\n")
    found = against_average(scores, [scores.selection.units.index("SRB")])
    assert found.parts[:, 0] == pytest.approx(parts)


def test_a_child_that_takes_over_on_the_way(scored: Callable[..., Scores]) -> None:
    # SRB goes from (50, 40) to (20, 60): the highest is a down to 46.67 - no: 50 - 30t meets 40 + 20t at t = 0.2.
    scores = scored(RULES.format(method="max"), "country,a,b\nSRB,20,60\nALB,80,20\n")
    found = against_average(scores, [scores.selection.units.index("SRB")])
    assert found.parts[:, 0] == pytest.approx((-6, 16))


@settings(max_examples=60)
@given(books(), claims())
def test_parts_add_up_to_the_score_less_the_average(book: dict[str, Any], said: Cells) -> None:
    scores = scores_of(book, said)
    if not scores.ranked.any():
        return
    units = np.flatnonzero(~np.isnan(scores.exact)).tolist()
    found = against_average(scores, units)
    whole = found.average + found.parts.sum(axis=0) + found.gaps + found.rounding
    known = ~np.isnan(whole)
    assert whole[known] == pytest.approx(scores.exact[units][known], abs=1e-6)
    assert (found.parts[:, known][np.isnan(scores.values[: len(scores.tree.rules), units])[:, known]] == 0).all()


def test_what_the_hdi_carries() -> None:
    """In a geometric mean of three alike the weight says a third each; the differences between countries do not."""
    if not INPUTS.is_file():
        pytest.skip("the published indices are not in the repository: no shared/reference beside it")
    text = INPUTS.read_text(encoding="utf-8").replace("C魌e d'Ivoire", "Côte d'Ivoire").replace("T黵kiye", "Türkiye")
    rulebook = load_rulebook(HDI.read_bytes())
    found = audit(score(read_observations(text.encode(), rulebook), rulebook))
    carries = {one.name: round(100 * (one.effective or 0)) for one in found.dimensions}
    assert carries == {"health": 21, "education": 40, "income": 39}
