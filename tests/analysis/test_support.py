"""What a score rests on: one source alone, low confidence, our own compilations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from random_indices import Cells, books, claims, scores_of

from exposure.analysis.support import Support, support
from exposure.scoring.score import Scores

RULES = """
[dimensions.d]
[rules.a]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.b]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[entities.BA-SRP]
name = "Republika Srpska"
part_of = "BIH"
share = 0.5
[entities.BA-BIH]
name = "Federation"
part_of = "BIH"
share = 0.5
[sources.p]
title = "P"
[sources.q]
title = "Q"
[sources.ours]
title = "Ours"
compiled_from = ["p", "q"]
"""
HEAD = "country,indicator,value,as_of,source,confidence\n"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            "SRB,a,60,2020,p,high\nSRB,b,20,2020,q,low\n", (1.0, "p", 0.75, 0.25, 0.0), id="each says one thing"
        ),
        pytest.param(
            "SRB,a,60,2020,p,high\nSRB,a,60.0,2020,q,low\nSRB,b,20,2020,q,high\n",
            (0.25, "q", 0.25, 0.0, 0.0),
            id="two say the same",
        ),
        pytest.param(
            "SRB,a,60,2020,p,high\nSRB,a,61,2020,q,low\n", (1.0, "p", 1.0, 0.0, 0.0), id="who contests is no support"
        ),
        pytest.param(
            "SRB,a,60,2020,p,high\nSRB,a,60,2019,q,high\n", (1.0, "p", 1.0, 0.0, 0.0), id="an earlier one is no support"
        ),
        pytest.param(
            "SRB,a,60,2020,p,high\nSRB,a,60,2020-03,p,high\n", (1.0, "p", 1.0, 0.0, 0.0), id="twice the same source"
        ),
        pytest.param("SRB,a,60,2020,p,high\nSRB,b,,2020,q,low\n", (1.0, "p", 1.0, 0.0, 0.0), id="a search is nothing"),
        pytest.param(
            "SRB,a,60,2020,ours,medium\nSRB,b,60,2020,p,low\n", (1.0, "p", 0.5, 0.5, 0.5), id="half is compiled"
        ),
        pytest.param("SRB,a,60,2020,,\nSRB,b,20,2020,p,high\n", (1.0, "p", 0.25, 0.0, 0.0), id="one without a source"),
    ],
)
def test_shares_of_the_points(
    scored: Callable[..., Scores], lines: str, expected: tuple[float, str, float, float, float]
) -> None:
    (found,) = support(scored(RULES, HEAD + lines), [0])
    assert found is not None
    assert (found.most, found.country) == (expected[1], "SRB")
    assert (found.alone, found.on_most, found.low, found.compiled) == pytest.approx(
        (expected[0], expected[2], expected[3], expected[4])
    )


def test_a_country_made_of_its_entities_rests_on_their_claims(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES, f"{HEAD}BA-SRP,a,60,2020,p,high\nBA-BIH,a,20,2020,q,low\n")
    (found,) = support(scores, [scores.selection.units.index("BIH")])
    assert found == Support("BIH", 1.0, "q", 0.5, 0.5, 0.0)


def test_without_points_or_sources_there_is_nothing_to_rest_on(scored: Callable[..., Scores]) -> None:
    scores = scored(RULES, f"{HEAD}SRB,a,0,2020,p,high\nMNE,a,,2020,p,low\nALB,a,60,2020,,\n")
    assert support(scores, [0, 1, 2]) == [None, None, None]


@settings(max_examples=40, deadline=None)
@given(books(), claims())
def test_every_share_is_a_share(rules: dict[str, Any], cells: Cells) -> None:
    scores = scores_of(rules, cells)
    for one in support(scores, range(len(scores.selection.units))):
        if one is not None:
            assert 0 <= one.on_most <= one.alone + 1e-9 <= 1 + 2e-9
            assert 0 <= one.low <= 1 + 1e-9 and 0 <= one.compiled <= 1 + 1e-9
