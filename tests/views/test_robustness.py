"""The page of robustness: matrices of a few countries, lists of many, and what is said where nothing is to be shown."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from exposure.analysis.robustness import robustness
from exposure.output.page import Block
from exposure.output.plain import shown
from exposure.scoring.score import Scores
from exposure.views.robustness import robustness_page

Scored = Callable[..., Scores]

RULE = '[rules.{}]\ndimension = "all"\nkind = "number"\ngoalposts = [0, 100]\n'
RULES = "[dimensions.all]\n" + "".join(map(RULE.format, "ab"))
CODES = ("ALB", "AUT", "BEL", "BGR", "BIH", "CHE", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN")


def blocks(scores: Scores, draws: int = 60, base: int = 32, **asked: object) -> dict[str, Block]:
    """The blocks of the page by their titles."""
    page = robustness_page(robustness(scores, draws, 1, base=base, **asked))  # type: ignore[arg-type]
    return {block.title: block for block in page.blocks}


def texts(block: Block) -> list[list[str]]:
    return [[shown(cell) for cell in row.cells] for row in block.rows]


@pytest.mark.parametrize("count", [12, 13])
def test_more_countries_than_a_matrix_holds_are_listed_each_beside_the_next(scored: Scored, count: int) -> None:
    claims = "country,a,b\n" + "".join(f"{code},{90 - at},{50 - at}\n" for at, code in enumerate(CODES[:count]))
    scores = scored(RULES, claims)
    found = robustness(scores, 60, 1, base=0)
    page = robustness_page(found)
    named = {block.title: block for block in page.blocks}
    outranking = named["Who outranks whom"]
    # The page cuts; the document never does.
    assert [len(others) for others in page.document["above"].values()] == [count - 1] * count
    if count == 12:
        assert len(named["How often each rank comes up"].rows) == 12
        assert [len(row.cells) for row in outranking.rows] == [13] * 12 and not outranking.folded
        return
    assert "How often each rank comes up" not in named
    assert [column.title for column in outranking.columns] == ["Country", "Next", "Above it", "Below it"]
    names = [scores.selection.names[scores.selection.units.index(code)] for code in CODES]
    for at, (row, pair) in enumerate(zip(texts(outranking), pairwise(names), strict=True)):
        above, below = (found.above[two] for two in ((at, at + 1), (at + 1, at)))
        assert row[:2] == list(pair)
        assert [int(cell.strip("%<")) for cell in row[2:]] == pytest.approx([100 * above, 100 * below], abs=1)
    assert outranking.folded
    assert outranking.notes[0].startswith("In how many of the draws. -f json has all pairs, and how often each rank")


@pytest.mark.parametrize(
    ("claims", "draws", "titles"),
    [
        pytest.param("SRB,90,90\nMNE,1,1\n", 60, True, id="two countries"),
        pytest.param("SRB,90,90\n", 60, False, id="one country outranks nobody"),
        pytest.param("SRB,90,90\nMNE,1,1\n", 0, False, id="without draws nothing is a chance"),
    ],
)
def test_nobody_is_compared_with_nobody(scored: Scored, claims: str, draws: int, titles: bool) -> None:
    found = blocks(scored(RULES, f"country,a,b\n{claims}"), draws)
    assert [title in found for title in ("How often each rank comes up", "Who outranks whom")] == [titles, titles]
    assert (found["Test"].notes == ("Nothing was drawn: --draws says how often.",)) == (not draws)


@pytest.mark.parametrize(
    ("claims", "rules", "asked", "note"),
    [
        pytest.param(
            "SRB,50,50\nMNE,50,50\n",
            "",
            {"vary": ("weights",)},
            "Countries that tie are each first: the column First adds up to more than 100%.",
            id="a tie at the top",
        ),
        pytest.param(
            "SRB,90,90\nMNE,10,\n",
            "min_coverage = 0.6\n",
            {},
            "Montenegro is not ranked: 50% known, 60% needed to be ranked.",
            id="who is not ranked",
        ),
        pytest.param(
            "SRB,90,90\nMNE,10,\n",
            "min_coverage = 0.6\n",
            {},
            "Who is ranked is held as published, whatever the weights drawn make of what is known.",
            id="that ranks are held",
        ),
        pytest.param(
            "SRB,<=60,9\nMNE,1,1\n",
            "[bands]\nlow = 0\nhigh = 30\n",
            {"vary": ("inexact",)},
            "Serbia is published as high and comes out low in ",
            id="mostly in another band",
        ),
    ],
)
def test_notes(scored: Scored, claims: str, rules: str, asked: dict[str, object], note: str) -> None:
    index = f'[index]\ntitle = "Test"\nedition = "1"\n{rules}'
    notes = blocks(scored(index + RULES, f"country,a,b\n{claims}"), 200, 0, **asked)["Test"].notes
    assert [one for one in notes if one.startswith(note)], notes


def test_a_score_outside_what_is_likely_is_named(scored: Scored) -> None:
    # Of six claims, each wrong as often as right, none is in 1 of 64 draws: not even the 95th of a hundred is at 100.
    rules = RULES + "".join(map(RULE.format, "cdef")) + "[uncertainty]\nwrong = { low = 0.9 }\nunknowns = 'anything'\n"
    claims = "".join(f"{code},{rule},{x},2020,,low\n" for code, x in (("SRB", 100), ("MNE", 50)) for rule in "abcdef")
    scores = scored(rules, f"country,indicator,value,as_of,source,confidence\n{claims}")
    assert "The published score is outside what is likely for Serbia: nearly all that is in doubt" in (
        " ".join(blocks(scores, 400, 0, vary=("claims",))["Test"].notes)
    )


@pytest.mark.parametrize("weights", ["uniform", "dirichlet"])
def test_how_weights_were_drawn_is_said(scored: Scored, weights: str) -> None:
    rules = f'{RULES}[uncertainty]\nweights = "{weights}"\nspread = 0.125\n'
    notes = blocks(scored(rules, "country,a,b\nSRB,90,90\nMNE,1,1\n"), base=0, vary=("weights",))["Test"].notes
    how = {"uniform": "by up to 12.5% either way", "dirichlet": "by a Dirichlet about as wide as ±12.5%"}[weights]
    assert notes[0] == f"Over 60 draws, seed 1. In each, weights change {how}."
