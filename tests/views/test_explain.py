"""What a page says of a rule whose value is not known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exposure.scoring.score import Scores
from exposure.views.explain import explain_page

RULES = """
[index]
title = "T"
edition = "1"
missing = "{missing}"
[dimensions.d]
[rules.seen]
dimension = "d"
kind = "flag"
[rules.unseen]
dimension = "d"
kind = "flag"
[rules.both]
dimension = "d"
kind = "combination"
when = {{ seen = "yes", unseen = "yes" }}
[sources.s]
title = "S"
[entities.BA-SRP]
name = "Srpska"
part_of = "BIH"
share = 0.5
"""
CLAIMS = "country,indicator,value,as_of,source,note\nSRB,seen,yes,,,\nBIH,seen,yes,,,\n"


@pytest.mark.parametrize(
    ("missing", "heading", "taken"),
    [
        ("exclude", "Unknown, and counted neither as safe nor as exposed", ""),
        ("worst", "Unknown, and counted as the rules say", " Taken as worst."),
    ],
)
@pytest.mark.parametrize(
    ("country", "claim", "said"),
    [
        pytest.param("SRB", "", "nobody has looked.", id="no claim"),
        pytest.param("SRB", "SRB,unseen,,,,\n", "looked for and not found.", id="a claim of nothing"),
        pytest.param("SRB", "SRB,unseen,,2020,s,Asked twice.\n", "Asked twice (s, 2020).", id="with a note"),
        pytest.param(
            "BIH", "BA-SRP,unseen,,2020,s,\n", "Srpska: looked for and not found (s, 2020).", id="of a part of it"
        ),
    ],
)  # fmt: skip
def test_what_is_unknown_says_who_looked_and_what_it_counts_as(
    scored: Callable[..., Scores], missing: str, heading: str, taken: str, country: str, claim: str, said: str
) -> None:
    scores = scored(RULES.format(missing=missing), CLAIMS + claim)
    page = explain_page(scores, [scores.selection.units.index(country)], scores.rank_range(0))
    (block,) = [block for block in page.blocks if block.title.startswith("Unknown")]
    assert block.title == heading
    assert block.notes == (f"Unseen: {said}{taken}", f"Both: not all of its conditions are known.{taken}")
