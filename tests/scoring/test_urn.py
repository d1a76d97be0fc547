"""What is unknown in a draw: closed forms of small urns, and who draws at all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from drawn_severities import about, drawn, often

from exposure.scoring.drawing import drawn_scores
from exposure.scoring.score import Scores

NUMBER = 'kind = "number"\ngoalposts = [0, 100]\n'
STEADY = "[uncertainty]\nspread = 0\n"


def rules(dimensions: dict[str, str], more: str = "", head: str = "") -> str:
    """Dimensions of figures, each with the names of its rules, and one around those that are called `in…`."""
    lines = [head, STEADY, "[dimensions.whole]\n"]
    for name, inside in dimensions.items():
        lines.append(f'[dimensions.{name}]\nparent = "whole"\n')
        lines += [f'[rules.{rule}]\ndimension = "{name}"\n{NUMBER}' for rule in inside]
    return "".join([*lines, more])


def test_one_known_half_like_it_and_half_anything(scored: Callable[..., Scores]) -> None:
    x = drawn(scored(rules({"d": "ab"}), "country,a,b\nSRB,30,\n"), "b")
    assert often(x, 30) == about(1 / 2)
    rest = x[np.abs(x - 30) > 1e-9]
    assert np.quantile(rest, [0.25, 0.5, 0.75]) == pytest.approx([25, 50, 75], abs=1.5)


def test_what_was_drawn_joins_what_the_next_may_take(scored: Callable[..., Scores]) -> None:
    # c: like a 1/3, like b 1/3, anything 1/3. b is a in half of the draws.
    scores = scored(rules({"d": "abc"}), "country,a,b,c\nSRB,30,,\n")
    b, c = drawn(scores, "b"), drawn(scores, "c")
    assert often(c, 30) == about(1 / 3 + 1 / 3 / 2)
    assert float((np.abs(b - c) < 1e-9).mean()) == about(1 / 2 * (1 / 3 + 1 / 3) + 1 / 2 * 1 / 3)


def test_the_known_are_taken_by_their_weights_which_add_up_to_their_number(scored: Callable[..., Scores]) -> None:
    text = rules({"d": "abc"}).replace("[rules.a]\n", "[rules.a]\nweight = 3\n")
    x = drawn(scored(text, "country,a,b,c\nSRB,30,70,\n"), "c")
    assert (often(x, 30), often(x, 70)) == (about(2 / 3 * 3 / 4), about(2 / 3 * 1 / 4))


def test_the_nearest_dimension_upwards_with_a_known_rule(scored: Callable[..., Scores]) -> None:
    scores = scored(rules({"d": "ab", "e": "cf"}), "country,a,b,c,f\nSRB,,,20,\nMNE,10,,20,\n")
    assert often(drawn(scores, "f"), 20) == about(1 / 2)
    # Nothing of d is known of Serbia, one rule of the whole; of Montenegro one of d, and no other is looked at.
    assert often(drawn(scores, "a"), 20) == about(1 / 2)
    assert (often(drawn(scores, "b", "MNE"), 10), often(drawn(scores, "b", "MNE"), 20)) == (about(1 / 2), 0)


def test_where_nothing_is_known_it_is_anything(scored: Callable[..., Scores]) -> None:
    scores = scored(rules({"d": "ab"}), "country,a,b\nSRB,,\nMNE,1,2\n")
    first, second = drawn(scores, "a"), drawn(scores, "b")
    assert np.quantile(first, [0.1, 0.9]) == pytest.approx([10, 90], abs=1.5)
    assert float((np.abs(first - second) < 1e-9).mean()) == about(1 / 2)


def test_anything_is_uniform(scored: Callable[..., Scores]) -> None:
    text = rules({"d": "ab"}).replace("spread = 0", 'spread = 0\nunknowns = "anything"')
    x = drawn(scored(text, "country,a,b\nSRB,30,\n"), "b")
    assert often(x, 30) == 0
    assert np.quantile(x, [0.1, 0.5, 0.9]) == pytest.approx([10, 50, 90], abs=1.5)


WORD = '[rules.v]\ndimension = "d"\nkind = "category"\nseverity = { good = 0, fair = 40, bad = 100 }\n'


@pytest.mark.parametrize(
    ("said", "ends", "chances"),
    [
        # Like a, 30, in half of the draws, and never better than what is known.
        pytest.param("fair;?", (40, 100), {40: 1 / 2 + 1 / 2 * 0.4}, id="others may be worse"),
        pytest.param("bad;?", (100, 100), {100: 1.0}, id="nothing is worse"),
        pytest.param("withdrawn", (0, 100), {30: 1 / 2}, id="withdrawn"),
        pytest.param("", (0, 100), {30: 1 / 2}, id="not found"),
    ],
)
def test_what_a_claim_leaves_open(
    scored: Callable[..., Scores], said: str, ends: tuple[float, float], chances: dict[float, float]
) -> None:
    scores = scored(rules({"d": "a"}, WORD), f"country,indicator,value\nSRB,a,30\nSRB,v,{said}\nMNE,v,bad\n")
    x = drawn(scores, "v", vary=("claims", "unknowns"))
    assert (x.min(), x.max()) == pytest.approx(ends, abs=1)
    assert {value: often(x, value) for value in chances} == {value: about(p) for value, p in chances.items()}


def test_what_does_not_apply_leaves_in_every_draw(scored: Callable[..., Scores]) -> None:
    text = "country,indicator,value,as_of,source,confidence\nSRB,a,30,2020,,low\nSRB,b,not-applicable,2020,,low\n"
    text += "SRB,b,90,2019,,high\nMNE,b,5,2020,,high\n"
    scores = scored(rules({"d": "ab"}), text)
    assert np.isnan(drawn(scores, "b", vary=("claims", "unknowns"))).all()


def test_a_rule_without_weight_neither_gives_nor_takes(scored: Callable[..., Scores]) -> None:
    text = rules({"d": "abc"}).replace("[rules.b]\n", "[rules.b]\nweight = 0\n")
    scores = scored(text, "country,a,b,c\nSRB,30,70,\nMNE,30,,70\n")
    assert (often(drawn(scores, "c"), 30), often(drawn(scores, "c"), 70)) == (about(1 / 2), 0)
    assert np.isnan(drawn(scores, "b", "MNE")).all()


@pytest.mark.parametrize(("missing", "value"), [("worst", 100), ("best", 0)])
def test_what_the_rules_take_as_an_end_stays_there_and_gives_nothing(
    scored: Callable[..., Scores], missing: str, value: float
) -> None:
    text = rules({"d": "abc"}).replace("[rules.b]\n", f'[rules.b]\nmissing = "{missing}"\n')
    scores = scored(text, "country,a,b,c\nSRB,30,,\n")
    assert often(drawn(scores, "b"), value) == 1
    assert often(drawn(scores, "c"), value) == 0


def test_a_dimension_that_is_gated_stays_so(scored: Callable[..., Scores]) -> None:
    text = rules({"d": "ab", "e": "c"}).replace("[dimensions.d]\n", "[dimensions.d]\nmin_coverage = 0.6\n")
    scores = scored(text, "country,a,b,c\nSRB,90,,20\n")
    assert set(drawn_scores(scores.uncertain_inputs(), 500, 1)[0].tolist()) == {20.0}


BOTH = '[rules.both]\ndimension = "d"\nkind = "combination"\nwhen = { v = ["bad"], w = ["yes"] }\n'
BOTH += '[rules.w]\ndimension = "d"\nweight = 0\nkind = "flag"\n' + WORD.replace('"d"\n', '"d"\nweight = 0\n')


@pytest.mark.parametrize(
    ("said", "chance"),
    [
        pytest.param("SRB,v,bad\nSRB,w,yes\n", 1, id="both hold"),
        pytest.param("SRB,v,good\n", 0, id="one fails"),
        # The urn: 30 in half of the draws, else anything: 0.3 and 0.5 on average.
        pytest.param("SRB,v,bad\n", 0.4, id="undecided"),
        pytest.param("SRB,v,fair;?\nSRB,w,yes\n", 0.4, id="others may meet it"),
    ],
)
def test_a_combination_holds_or_does_not(scored: Callable[..., Scores], said: str, chance: float) -> None:
    scores = scored(rules({"d": "a"}, BOTH), f"country,indicator,value\nSRB,a,30\nMNE,v,bad\nMNE,w,yes\n{said}")
    x = drawn(scores, "both")
    assert set(x.tolist()) <= {0.0, 100.0}
    assert often(x, 100) == (about(chance) if 0 < chance < 1 else chance)


PARTS = '[entities.BA-SRP]\nname = "RS"\npart_of = "BIH"\nshare = 0.25\n'
PARTS += '[entities.BA-BIH]\nname = "F"\npart_of = "BIH"\nshare = 0.75\n'


def test_a_country_of_entities_takes_what_is_known_of_them_and_draws_the_rest(scored: Callable[..., Scores]) -> None:
    text = "country,indicator,value\nBIH,a,40\nBA-SRP,b,80\n"
    scores = scored(rules({"d": "ab"}, PARTS), text)
    x = drawn(scores, "b", "BIH")
    # Known are a, and a quarter of b: the rest is 40 with 4/9 of the chances, 80 with 1/9 and anything with 4/9.
    assert often(x, 0.25 * 80 + 0.75 * 40) == about(1.25 / 2.25 * 1 / 1.25)
    assert often(x, 80) == about(1.25 / 2.25 * 0.25 / 1.25)
    assert (x.min(), x.max()) == pytest.approx((20, 95), abs=0.5)
    # The Federation has no line and the country none of its own: it draws for itself, like a, or anything.
    assert often(drawn(scores, "b", "BA-BIH"), 40) == about(1 / 2)
    assert often(drawn(scores, "b", "BA-SRP"), 80) == 1


def test_an_entity_takes_what_its_country_draws(scored: Callable[..., Scores]) -> None:
    scores = scored(rules({"d": "ab"}, PARTS), "country,indicator,value\nBIH,a,40\nBA-SRP,a,90\nMNE,b,1\n")
    assert (drawn(scores, "b", "BIH") == drawn(scores, "b", "BA-SRP")).all()
    assert often(drawn(scores, "b", "BA-SRP"), 40) == about(1 / 2)


def test_what_may_leave_the_scale_is_drawn_as_far_out_as_the_others(scored: Callable[..., Scores]) -> None:
    text = "[dimensions.d]\n" + "".join(
        f'[rules.{name}]\ndimension = "d"\nkind = "relative"\nmethod = "zscore"\nrange = "raw"\n' for name in "ab"
    )
    scores = scored(text + STEADY, "country,a,b\nSRB,1,\nMNE,2,5\nALB,9,7\nNOR,3,11\n")
    x, known = drawn(scores, "b"), scores.cells["b"].x
    assert (x.min(), x.max()) == pytest.approx((np.nanmin(known), np.nanmax(known)), abs=0.01)


@pytest.mark.parametrize(("missing", "value"), [("worst", 60), ("best", 40)])
def test_an_end_that_a_claim_narrows_is_in_the_draws_what_it_is_in_the_score(
    scored: Callable[..., Scores], missing: str, value: float
) -> None:
    """Of a list with others the worst is that of the table, and the best what is known of it."""
    rule = WORD.replace("bad = 100", "bad = 60") + f'missing = "{missing}"\n'
    scores = scored(rules({"d": "a"}, rule), "country,indicator,value\nSRB,a,10..30\nSRB,v,fair;?\nMNE,v,bad\n")
    assert scores.cells["v"].filled[scores.selection.units.index("SRB")] == value
    assert often(drawn(scores, "v", vary=("inexact",)), value) == 1
