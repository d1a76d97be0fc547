"""What ranks depend on: choices, rules left out, and weights that would swap two neighbours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exposure.analysis.robustness import robustness
from exposure.observations.countries import countries as known_countries
from exposure.output.page import Block
from exposure.output.plain import shown
from exposure.scoring.score import Scores
from exposure.views.dependence import doubted, rounded_away, swapping, unstable, without
from exposure.views.robustness import robustness_page

Scored = Callable[..., Scores]


def rules(names: str, more: str = "") -> str:
    each = '[rules.{}]\ndimension = "all"\nkind = "number"\ngoalposts = [0, 100]\n'
    return "[dimensions.all]\n" + "".join(map(each.format, names)) + more


def dependence(scores: Scores, base: int = 128, **asked: object) -> list[Block]:
    """The blocks on choices, on rules left out and on weights."""
    made = robustness(scores, 20, 1, base=base, **asked)  # type: ignore[arg-type]
    choices = [unstable(made, made.sensitivity)] if made.sensitivity and made.sensitivity.moved else []
    return [*choices, without(made), swapping(made)]


def texts(block: Block) -> list[list[str]]:
    return [[shown(cell) for cell in row.cells] for row in block.rows]


def test_choices_are_named_by_what_is_open_in_them(scored: Scored) -> None:
    scores = scored(rules("abc"), "country,a,b,c\nSRB,10,90,5..50\nMNE,60,41,9\nALB,5..95,,20\nXKX,,50,30\n")
    block, *_ = dependence(scores, 256)
    rows = texts(block)
    single = [row[0] for row in rows]
    at = single.index("One by one")
    assert block.rows[at].kind == "section"
    assert set(single[:at]) == {"Weights", "Unknown values", "Inexact figures"}
    assert {name for name in single[at + 1 :] if "weight" not in name} == {
        "A: unknowns",
        "A: inexact",
        "B: unknowns",
        "C: inexact",
    }
    for _, by_itself, combined, error in rows[:at]:
        first, total = (int(cell.rstrip("%")) for cell in (by_itself, combined))
        assert first <= total + int(error.rstrip("%"))


def test_of_many_choices_ten_are_shown_and_the_rest_counted(scored: Scored) -> None:
    names, random = "abcdefghijkl", np.random.default_rng(1)
    claims = f"country,{','.join(names)}\n"
    claims += "".join(f"{code},{','.join(map(str, random.integers(0, 101, 12)))}\n" for code in ("SRB", "MNE", "ALB"))
    scores = scored(rules(names, "[uncertainty]\nspread = 0.9\n"), claims)
    made = robustness(scores, 20, 1, base=128)
    assert made.sensitivity is not None
    single = [share for share in made.sensitivity.shares if share.name]
    block, *_ = dependence(scores)
    kinds = [row.kind for row in block.rows]
    assert len(kinds) - kinds.index("section") == 1 + 10
    assert len(single) > 10 and block.notes[-1] == f"-f json has the {len(single) - 10} smaller ones."


@pytest.mark.parametrize(
    ("claims", "swap"),
    [
        pytest.param(
            "SRB,10,10\nMNE,60,60\n", [["Montenegro, Serbia", "none", "", "", "", "", ""]], id="nothing turns them"
        ),
        pytest.param("SRB,10,10\n", [], id="one country"),
    ],
)
def test_where_nothing_moves_a_rank_it_is_said(scored: Scored, claims: str, swap: list[list[str]]) -> None:
    second, third = dependence(scored(rules("ab"), f"country,a,b\n{claims}"))
    assert (second.notes, second.rows) == (("No single one moves a rank.",), ())
    assert texts(third) == swap
    assert (third.notes == ("There are no two ranked countries.",)) == (not swap)


@pytest.mark.parametrize(("countries", "shown"), [(29, False), (30, True)])
def test_shares_of_variance_are_shown_from_thirty_countries_on(scored: Scored, countries: int, shown: bool) -> None:
    codes = sorted(known_countries())[:countries]
    claims = "".join(f"{code},{at % 7 * 10},{at % 11 * 9}\n" for at, code in enumerate(codes))
    page = robustness_page(robustness(scored(rules("ab"), f"country,a,b\n{claims}"), 20, 1, base=64))
    assert ("What makes the ranks unstable" in [block.title for block in page.blocks]) == shown


def test_rules_that_move_the_same_countries_alike_stand_together(scored: Scored) -> None:
    # 63.3 and 60: without a or c, which are alike, 50 and 70; without b 90 and 40.
    scores = scored(rules("abc"), "country,a,b,c\nSRB,90,10,90\nMNE,40,100,40\nALB,0,0,0\n")
    _, block, _ = dependence(scores)
    assert texts(block) == [["A; C", "0.67", "Montenegro 2 → 1, Serbia 1 → 2"]]
    assert block.notes[-1] == "No rank depends on any other alone: B."


def test_who_has_no_rank_without_a_rule_comes_first_with_a_dash(scored: Scored) -> None:
    scores = scored(rules("ab"), "country,a,b\nMNE,60,41\nSRB,10,90\nALB,50,\n")
    _, block, _ = dependence(scores)
    assert texts(block)[0] == ["A", "1.00", "Albania 2 → –, Montenegro 1 → 2, Serbia 2 → 1"]


@pytest.mark.parametrize(
    ("more", "vary", "as_drawn"),
    [
        pytest.param("[uncertainty]\nspread = 0.7\n", (), "within the spread", id="wide"),
        pytest.param("[uncertainty]\nspread = 0.25\n", (), "", id="narrow"),
        pytest.param('[uncertainty]\nspread = 0.7\nweights = "dirichlet"\n', (), "", id="Dirichlet has no bound"),
        pytest.param("[uncertainty]\nspread = 0.7\n", ("claims",), "", id="weights are not drawn"),
    ],
)
def test_the_weight_that_swaps_two_neighbours(scored: Scored, more: str, vary: tuple[str, ...], as_drawn: str) -> None:
    """With w for the weight of a, Serbia has 100 / (1 + w), Montenegro (100 w + 60) / (1 + w): they meet at 0.4.

    Published with one decimal, Serbia is above from 71.45 on: w = 0.3996, and half of the weight becomes 28.6%.
    """
    scores = scored(rules("ab", more), "country,a,b\nMNE,100,60\nSRB,0,100\n")
    asked = {"vary": vary} if vary else {}
    *_, swap = dependence(scores, 0, **asked)
    assert texts(swap) == [["Montenegro, Serbia", "A", "1", "0.399", "0.40", "50.0% → 28.6%", as_drawn]]


@pytest.mark.parametrize(
    ("value", "start", "text"),
    [(0.0, 1.0, "0"), (1.2301, 1.0, "1.24"), (0.8899, 1.0, "0.889"), (0.0012345, 1, "0.00123"), (1234.5, 1, "1240")],
)
def test_a_new_weight_is_rounded_away_from_the_old_one(value: float, start: float, text: str) -> None:
    assert rounded_away(value, start) == text


def test_what_each_doubt_does_by_itself_and_without(scored: Scored) -> None:
    # MNE is 30 to 50 by c alone: 5 points from its 40 on average, and above Serbia's 38 in 0.6 of the draws.
    rule = rules("c", "[uncertainty]\nspread = 0\n")
    made = robustness(scored(rule, "country,c\nMNE,30..50\nSRB,38\n"), 2000, 1, base=2000)
    kind, one = made.doubts
    assert (kind.kind, kind.rule, one.kind, one.rule) == ("inexact", None, None, "c")
    assert kind.all == kind.alone == one.all == one.alone
    assert kind.all.score == pytest.approx(2.5, abs=0.1)
    assert kind.all.rank == pytest.approx(0.4, abs=0.03)
    assert tuple(kind.without) == tuple(one.without) == (0, 0)
    assert texts(doubted(made)) == [
        ["Everything", f"{kind.all.rank:.2f}", "", "2.5", ""],
        ["Inexact figures", f"{kind.all.rank:.2f}", "0.00", "2.5", "0.0"],
        ["What is said of one rule", "", "", "", ""],
        ["C", f"{kind.all.rank:.2f}", "0.00", "2.5", "0.0"],
    ]
