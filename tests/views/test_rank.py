"""The ranking."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exposure.output.plain import shown
from exposure.scoring.score import Scores
from exposure.views.rank import rank_page, sort_keys


def test_a_dimension_called_like_a_column_does_not_take_over_the_order(scored: Callable[..., Scores]) -> None:
    rules = """
[dimensions.score]
weight = 0.1
[dimensions.b]
[rules.x]
dimension = "score"
kind = "flag"
[rules.y]
dimension = "b"
kind = "flag"
"""
    scores = scored(rules, "country,x,y\nALB,yes,no\nSRB,no,yes\n")
    page = rank_page(scores, scores.rank_range(0))
    assert [record["country"] for record in page.records] == ["SRB", "ALB"]
    assert sort_keys(scores)["score"] is scores.score


LAYERS = """
[dimensions.d]
[rules.does]
dimension = "d"
kind = "number"
goalposts = [0, 100]
layer = "practice"
[rules.signs]
dimension = "d"
kind = "number"
goalposts = [0, 100]
layer = "commitment"
"""


@pytest.mark.parametrize(
    ("does", "signs", "reading"),
    [
        ("50", "45.1", "about the same"),
        ("50", "45", "more exposed in practice"),
        ("45", "50", "more exposed on paper"),
        ("50", "", "one layer is unknown"),
        ("", "50", "one layer is unknown"),
    ],
)
def test_the_gap_between_the_layers_is_read(scored: Callable[..., Scores], does: str, signs: str, reading: str) -> None:
    scores = scored(LAYERS, f"country,does,signs\nSRB,{does},{signs}\n")
    (row,) = rank_page(scores, scores.rank_range(0), by="layer").blocks[0].rows
    assert row.cells[-1] == reading


def test_rules_of_one_layer_leave_nothing_to_compare(scored: Callable[..., Scores]) -> None:
    scores = scored(LAYERS.replace("commitment", "practice"), "country,does,signs\nSRB,1,2\n")
    block = rank_page(scores, scores.rank_range(0), by="layer").blocks[0]
    assert any("do not have both layers" in note for note in block.notes)


LATER = """
[dimensions.d]
[rules.a]
label = "Debt"
dimension = "d"
kind = "relative"
[rules.b]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.nobody]
label = "What nobody knows"
dimension = "d"
kind = "flag"
"""


def notes_of(scored: Callable[..., Scores], rules: str, claims: str) -> str:
    scores = scored(rules, claims)
    return " ".join(rank_page(scores, scores.rank_range(50)).blocks[0].notes)


def test_a_scored_rule_without_any_value_is_named(scored: Callable[..., Scores]) -> None:
    said = notes_of(scored, LATER, "country,a,b\nSRB,1,2\nMNE,3,4\n")
    assert "No country has a value for What nobody knows: no score holds it." in said
    assert "No country has a value" not in notes_of(scored, LATER, "country,a,b,nobody\nSRB,1,2,yes\nMNE,3,4,\n")


def test_that_gaps_of_others_can_move_a_fully_known_country_is_said_once(scored: Callable[..., Scores]) -> None:
    rules = LATER.replace("[rules.nobody]", "[rules.nobody]\nweight = 0")
    said = notes_of(scored, rules, "country,a,b\nSRB,1,2\nMNE,3,4\nALB,,5\n")
    assert "Some countries have no exact figure for Debt" in said
    assert "no exact figure" not in notes_of(scored, rules, "country,a,b\nSRB,1,2\nMNE,3,4\nALB,9,5\n")


def test_what_is_drawn_is_said_in_one_sentence(scored: Callable[..., Scores]) -> None:
    rules = LATER + "[uncertainty]\nspread = 0\nunknowns = 'anything'\nwrong = { high = 0, medium = 0.5, low = 1 }\n"
    assert (
        "Likely, ranks and bands: nine of ten of 50 draws (seed 1), where a claim may be wrong (by its confidence: "
        "high 0%, medium 50%, low 100%) and one that contests it right, inexact figures lie anywhere within "
        "their range and what is unknown is anything."
    ) in notes_of(scored, rules, "country,a,b\nSRB,1,2\nMNE,3,4\n")


def test_a_band_that_its_own_interval_leaves_is_a_range(scored: Callable[..., Scores]) -> None:
    rules = '[bands]\nlow = 0\nhigh = 50\n[dimensions.d]\n[rules.a]\ndimension = "d"\nkind = "number"\n'
    scores = scored(rules + "goalposts = [0, 100]\n", "country,a\nSRB,30..90\nMNE,5\n")
    page = rank_page(scores, scores.rank_range(400))
    serbia, montenegro = page.document["countries"]
    assert (serbia["band"], serbia["band_low"], serbia["band_high"]) == ("high", "low", "high")
    assert 30 <= serbia["likely_low"] < 40 < 80 < serbia["likely_high"] <= 90
    assert (montenegro["band_low"], montenegro["band_high"]) == ("low", "low")
    at = [column.title for column in page.blocks[0].columns].index("Band")
    assert [shown(row.cells[at]) for row in page.blocks[0].rows] == ["low–high", "low"]
