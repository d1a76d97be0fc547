"""Many choices at once score what each scores by itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_indices import UNITS, VALUES, Cells, books, claims, scores_of

from exposure.analysis.measures.variants import AS_IS, variants
from exposure.observations.overlay import Assumption, overlaid
from exposure.scoring.score import Scores, score


def assert_alike(
    scores: Scores, unit: int, options: dict[str, tuple[str, ...]], choices: list[tuple[int, ...]]
) -> None:
    found = variants(scores, unit, options).scored(np.asarray(choices).reshape(len(choices), len(options)))
    code = scores.selection.units[unit]
    for choice, exact in zip(choices, found.tolist(), strict=True):
        said = [
            Assumption(code, name, values[which - 1], "x")
            for (name, values), which in zip(options.items(), choice, strict=True)
            if which != AS_IS
        ]
        as_of = scores.selection.as_of
        observations = overlaid(scores.observations, scores.rulebook, said, as_of) if said else scores.observations
        after = score(observations, scores.rulebook, as_of or None)
        expected = after.exact[after.selection.units.index(code)]
        assert exact == pytest.approx(float(expected), abs=1e-9, nan_ok=True), choice


def test_of_the_shipped_rules(shipped: Scores) -> None:
    options = {"five_g_vendor": ("Ericsson", "Huawei"), "chinese_debt": ("0", "10..20"), "clean_network": ("member",)}
    choices = list(itertools.product(range(3), range(3), range(2)))
    for code in ("SRB", "BIH", "BA-SRP", "XKX"):
        assert_alike(shipped, shipped.selection.units.index(code), options, choices)


def test_a_relative_figure_known_through_a_part_of_the_country(scored: Callable[..., Scores]) -> None:
    rules = """
[dimensions.d]
min_coverage = 0.5
[rules.gdp]
dimension = "d"
kind = "relative"
[dimensions.e]
[rules.flag]
dimension = "e"
kind = "flag"
[entities.BA-SRP]
name = "RS"
part_of = "BIH"
share = 0.35
"""
    scores = scored(rules, "country,indicator,value\nBA-SRP,gdp,9\nSRB,gdp,1\nMNE,gdp,9\nBIH,flag,yes\n")
    assert_alike(
        scores, scores.selection.units.index("BIH"), {"gdp": ("1",), "flag": ("no",)}, [(0, 1), (1, 0), (0, 0)]
    )


@settings(max_examples=60)
@given(books(), claims(), st.sampled_from(UNITS), st.data())
def test_of_any_rules(book: dict[str, Any], said: Cells, code: str, data: st.DataObject) -> None:
    scores = scores_of(book, said)
    read = [name for name in VALUES if name in scores.observations.indicators and name in book["rules"]]
    options = {name: tuple(value for value in VALUES[name] if value and "?" not in value) for name in read}
    choice = tuple(data.draw(st.integers(0, len(values))) for values in options.values())
    assert_alike(scores, scores.selection.units.index(code), options, [choice, (AS_IS,) * len(options)])
