"""What an audit finds: small indices whose answers are known before they are computed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

from exposure.analysis.audit import CODES, Audit, Remark, audit
from exposure.analysis.average import against_average
from exposure.analysis.soundness.correlations import variance_shares
from exposure.analysis.soundness.figures import FEW, without_compensation
from exposure.scoring.score import Scores
from exposure.views.remarks import KINDS, advice, message

COUNTRIES = [
    "ALB",
    "AUT",
    "BEL",
    "BGR",
    "BIH",
    "CHE",
    "CYP",
    "CZE",
    "DEU",
    "DNK",
    "ESP",
    "EST",
    "FIN",
    "FRA",
    "GRC",
    "HRV",
]
GOAL = 'dimension = "d"\nkind = "number"\ngoalposts = [0, 100]\n'
Build = Callable[..., Scores]


def index(weights: dict[str, float], head: str = "", bands: str = "") -> str:
    """Rules of numbers from 0 to 100, one a weight, all in one dimension."""
    rules = "".join(f"[rules.{name}]\nweight = {weight}\n{GOAL}" for name, weight in weights.items())
    return f'[index]\ntitle = "T"\nedition = "1"\n{head}\n{bands}\n[dimensions.d]\n{rules}'


def table(*columns: str, **rows: Any) -> str:
    """Claims in the wide shape; None is no line."""
    lines = [",".join(("country", *columns))]
    lines += [",".join([code, *("" if x is None else str(x) for x in row)]) for code, row in rows.items()]
    return "\n".join(lines) + "\n"


def factorial(a: tuple[float, float], b: tuple[float, float], times: int = 1) -> str:
    """Every pair of values equally often: two independent columns."""
    made = list(product(a, b)) * times
    return table("a", "b", **dict(zip(COUNTRIES, made, strict=False)))


def of(found: Audit, name: str) -> Any:
    return next(one for one in (*found.weights, *found.dimensions) if one.name == name)


def remarks(found: Audit, code: str) -> list[Remark]:
    return [remark for remark in found.remarks if remark.code == code]


@pytest.mark.parametrize(
    ("weights", "claims", "effective"),
    [
        pytest.param((1, 1), factorial((0, 100), (0, 100)), (0.5, 0.5), id="independent, equal weight and spread"),
        pytest.param((1, 1), factorial((40, 60), (20, 40)), (0.5, 0.5), id="whatever their level"),
        pytest.param((3, 1), factorial((0, 100), (0, 100)), (0.9, 0.1), id="weights count squared"),
        pytest.param((1, 1), factorial((0, 90), (0, 30)), (0.9, 0.1), id="and so do spreads"),
        pytest.param((1, 1), factorial((0, 100), (50, 50)), (1, 0), id="what never varies carries nothing"),
        pytest.param((3, 1), table("a", "b", ALB=(0, 100), SRB=(100, 0), MNE=(50, 50)), (1.5, -0.5), id="opposed"),
        pytest.param((1, 0), factorial((0, 100), (0, 100)), (1, 0), id="without a weight"),
    ],
)
def test_effective_weights(
    scored: Build, weights: tuple[float, float], claims: str, effective: tuple[float, float]
) -> None:
    found = audit(scored(index({"a": weights[0], "b": weights[1]}), claims))
    assert (of(found, "a").effective, of(found, "b").effective) == pytest.approx(effective)
    assert of(found, "d").effective == pytest.approx(1)
    assert of(found, "a").nominal == pytest.approx(weights[0] / sum(weights))


def test_effective_weights_of_the_shipped_index_add_up(shipped: Scores) -> None:
    found = audit(shipped)
    whole = sum(one.effective or 0 for one in found.weights)
    # The rest is what comes of comparing each country over what is known of it.
    gaps = against_average(shipped, np.flatnonzero(shipped.ranked).tolist()).gaps
    assert whole + variance_shares(gaps[None], shipped.exact[shipped.ranked])[0] == pytest.approx(1)
    assert sum(one.effective or 0 for one in found.dimensions if one.dimension is None) == pytest.approx(whole)
    assert sum(one.nominal for one in found.weights) == pytest.approx(1)


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        pytest.param(table("a", "b", ALB=(0, 9), SRB=(1, 2)), "2 of 2 countries ranked, and 3 needed", id="two"),
        pytest.param(table("a", "b", ALB=(7, 7), SRB=(7, 7), MNE=(7, 7)), "all 3 ranked countries score", id="equal"),
        pytest.param("country,a\nALB,\n", "0 of 1 country ranked", id="nothing known"),
    ],
)
def test_where_nothing_can_be_shared_out_no_number_is_given(scored: Build, claims: str, said: str) -> None:
    made = scored(index({"a": 1, "b": 1}), claims)
    found = audit(made)
    assert {(one.effective, one.correlation) for one in (*found.weights, *found.dimensions)} == {(None, None)}
    (remark,) = remarks(found, "not-measured")
    assert message(remark, found, made).startswith(said) and remarks(found, "few-countries") == []


@pytest.mark.parametrize(
    ("weights", "claims", "code", "about"),
    [
        pytest.param(
            (3, 1), table("a", "b", ALB=(0, 100), SRB=(100, 0), MNE=(50, 50)), "pulls-against", "b", id="against"
        ),
        pytest.param((1, 1), factorial((0, 90), (0, 30)), "carries-less", "b", id="less"),
        pytest.param((1, 3), factorial((0, 100), (40, 60)), "carries-more", "a", id="more"),
        pytest.param((1, 1), factorial((0, 100), (50, 51)), "apart", "b", id="nothing, and yet it decides ranks"),
        pytest.param(
            (1, 1), table("a", "b", ALB=(0, 50), SRB=(50, 51), MNE=(100, 50)), "carries-nothing", "b", id="nothing"
        ),
    ],
)
def test_remarks_on_weights(scored: Build, weights: tuple[float, float], claims: str, code: str, about: str) -> None:
    found = audit(scored(index({"a": weights[0], "b": weights[1]}), claims))
    assert [remark.about for remark in remarks(found, code)] == [(about,)]
    assert "so few countries" in advice(remarks(found, code)[0], found)


@pytest.mark.parametrize(
    ("b", "code"),
    [
        pytest.param((7, 3, 5), "pulls-against", id="by more than two percent"),
        pytest.param((5.5, 4.5, 5), "carries-nothing", id="by less, which chance does as well"),
    ],
)
def test_pulling_against_by_a_percent_is_noise(scored: Build, b: tuple[float, ...], code: str) -> None:
    found = audit(scored(index({"a": 1, "b": 1}), table("a", "b", ALB=(0, b[0]), SRB=(100, b[1]), MNE=(50, b[2]))))
    assert (of(found, "b").effective < 0) and [
        one.code for one in found.remarks if one.about == ("b",) and one.code in ("pulls-against", "carries-nothing")
    ] == [code]


def test_what_never_varies_is_not_also_said_to_carry_nothing(scored: Build) -> None:
    found = audit(scored(index({"a": 1, "b": 1}), factorial((0, 100), (50, 50))))
    assert [remark.about for remark in remarks(found, "never-varies")] == [("b",)]
    assert remarks(found, "carries-nothing") == []


def test_a_rule_without_a_weight_is_not_remarked_on(scored: Build) -> None:
    rules = (
        index({"a": 1, "b": 0})
        .replace(GOAL, GOAL + 'definition = "x"\nwhy = "y"\n')
        .replace("[dimensions.d]", '[dimensions.d]\nwhy = "z"')
    )
    found = audit(scored(rules, table("a", "b", ALB=(0, None), SRB=(60, None), MNE=(100, 3))))
    assert {remark.code for remark in found.remarks} == {"few-countries"}


def test_rules_that_say_the_same_are_told_from_ten_countries_on(scored: Build) -> None:
    def found(times: int) -> Audit:
        pairs = zip(COUNTRIES, [0, 30, 60, 90] * times, strict=False)
        return audit(scored(index({"a": 1, "b": 1}), table("a", "b", **{c: (x, 90 - x) for c, x in pairs})))

    assert (found(2).pairs, found(2).ranks) == ((), {})
    (pair,) = found(3).pairs
    assert (pair.first, pair.second, pair.n, pair.r) == ("a", "b", 12, pytest.approx(-1))
    assert [one.about for one in remarks(found(3), "redundant")] == [("a", "b")]


def test_ranks_by_dimension(scored: Build) -> None:
    rules = "[dimensions.d]\n[dimensions.e]\n" + "".join(
        f'[rules.{name}]\ndimension = "{at}"\nkind = "number"\ngoalposts = [0, 100]\n' for name, at in ("ad", "be")
    )
    claims = table("a", "b", **{c: (at * 10, 100 - at * 10) for at, c in enumerate(COUNTRIES[:10])})
    found = audit(scored(rules, claims)).ranks
    assert found["d"] == {c: 10 - at for at, c in enumerate(COUNTRIES[:10])}
    assert found["e"] == {c: 1 + at for at, c in enumerate(COUNTRIES[:10])}


def test_the_index_by_other_methods(scored: Build) -> None:
    rules = index({"a": 3, "b": 1}) + GOAL.join(("[dimensions.e]\nweight = 1\n[rules.c]\n", "")).replace('"d"', '"e"')
    made = scored(rules, table("a", "b", "c", ALB=(40, 80, 10), SRB=(60, None, 90)))
    found = {one.name: one.score.tolist() for one in audit(made).methods}
    assert {name: [round(x, 6) for x in xs] for name, xs in found.items()} == {
        # d is (3 · 40 + 80) / 4 = 50 and 60; the index (d + c) / 2 = 30 and 75.
        "geometric": pytest.approx([(50 * 10) ** 0.5, (60 * 90) ** 0.5], abs=0.051),
        "worst": pytest.approx([30, 80]),
        "best": pytest.approx([30, 67.5]),
        "equal": pytest.approx([35, 75]),
        # b has one figure alone, and keeps its goalposts.
        "minmax": pytest.approx([80 / 4 / 2, 100]),
    }
    assert audit(made).methods[0].rank.tolist() == [2, 1]


def test_how_many_stand_at_the_goalposts(scored: Build) -> None:
    found = of(audit(scored(index({"a": 1}), table("a", ALB=(-5,), SRB=(0,), MNE=(120,), MKD=(50,)))), "a")
    assert (found.at_none, found.at_full, found.distinct) == (2, 1, 3)


def test_what_the_missing_policy_fills_in_is_no_observation(scored: Build) -> None:
    rules = index({"a": 1, "b": 1}, head='missing = "worst"')
    found = audit(scored(rules, table("a", "b", ALB=(10, 20), SRB=(60, 30), MNE=(90, None), MKD=(None, None))))
    assert (found.pairs, of(found, "b").known) == ((), 2)


def test_what_is_said_of_few_countries_is_not_said_of_many(scored: Build) -> None:
    made = [scored(index({"a": 1, "b": 1}), factorial((0, 100), (0, 100), times)) for times in (2, 4)]
    few, many = map(audit, made)
    assert [len(remarks(found, "few-countries")) for found in (few, many)] == [1, 0]
    assert few.ranked < FEW <= many.ranked
    said = [
        f"{message(remark, found, scores)} {advice(remark, found)}"
        for found, scores in zip((few, many), made, strict=True)
        for remark in found.remarks
    ]
    assert not [text for text in said if "p-value" in text or "significant" in text]


BANDS = "[bands]\nlow = 0\nmoderate = 25\nhigh = 50\nsevere = 75"


@pytest.mark.parametrize(
    ("score", "edge", "distance", "beyond", "near"),
    [
        (49.5, 50, -0.5, "high", True),
        (50, 50, 0, "moderate", True),
        (52, 50, 2, "moderate", True),
        (52.1, 50, 2.1, "moderate", False),
        (3, 25, -22, "moderate", False),
        (100, 75, 25, "high", False),
    ],
)
def test_the_nearest_edge(scored: Build, score: float, edge: float, distance: float, beyond: str, near: bool) -> None:
    found = audit(scored(index({"a": 1}, bands=BANDS), f"country,a\nSRB,{score}\n"))
    (one,) = found.edges
    assert (one.edge, one.distance, one.beyond) == (edge, distance, beyond)
    assert [remark.about for remark in remarks(found, "near-edge")] == ([("SRB",)] if near else [])


@pytest.mark.parametrize("bands", ["", "[bands]\nall = 0"])
def test_without_edges_none_is_near(scored: Build, bands: str) -> None:
    assert audit(scored(index({"a": 1}, bands=bands), "country,a\nSRB,1\n")).edges == ()


def test_a_score_below_every_band_has_the_lowest_edge_above_it(scored: Build) -> None:
    rules = f"[bands]\nsome = 0\n[dimensions.d]\n[rules.a]\n{GOAL.splitlines()[0]}\n"
    rules += 'kind = "relative"\nmethod = "zscore"\nrange = "raw"\n'
    made = scored(rules, table("a", ALB=(1,), SRB=(2,), MNE=(3,)))
    found = audit(made)
    (one,) = found.edges
    assert (one.country, one.band, one.edge, one.distance, one.beyond) == ("ALB", None, 0, -1, "some")
    (remark,) = remarks(found, "near-edge")
    assert message(remark, found, made) == "Albania: -1.0 is in no band, 1.0 below the edge at 0.0; beyond it lies some"


@pytest.mark.parametrize(
    ("bands", "values", "severe"),
    [
        pytest.param(BANDS, (75, 20, 20, 20), ("a",), id="from the edge of the highest band"),
        pytest.param(BANDS, (74, 20, 20, 20), None, id="not below it"),
        pytest.param(BANDS, (100, 80, 20, 10), None, id="two severe and a score one band lower"),
        pytest.param(BANDS, (80, 80, 20, 20), None, id="at the lowest of that band"),
        pytest.param("", (75, 0, 90, 0), ("a", "c"), id="without bands three quarters, and below half"),
        pytest.param("", (75, 75, 75, 0), None, id="without bands above half"),
        pytest.param("[bands]\nlow = 0\nhigh = 60", (60, 20, 20, 20), ("a",), id="two bands"),
    ],
)
def test_a_severe_rule_bought_off(scored: Build, bands: str, values: tuple[float, ...], severe: Any) -> None:
    found = audit(scored(index(dict.fromkeys("abce", 1), bands=bands), table(*"abce", SRB=values)))
    assert [one.severe for one in found.offsets] == ([severe] if severe else [])
    assert [remark.about for remark in remarks(found, "bought-off")] == ([("SRB", *severe)] if severe else [])


def test_of_many_severe_rules_the_remark_names_three(scored: Build) -> None:
    rules = index({**dict.fromkeys("abce", 1), "f": 9}, bands=BANDS)
    made = scored(rules, table(*"abcef", SRB=(90, 90, 90, 90, 0)))
    (remark,) = remarks(audit(made), "bought-off")
    assert "with 4 severe (A; B; C and 1 more)" in message(remark, audit(made), made)
    assert remark.about == ("SRB", *"abce")


def test_a_severe_rule_without_a_weight_is_none(scored: Build) -> None:
    assert audit(scored(index({"a": 0, "b": 1}, bands=BANDS), table("a", "b", SRB=(100, 20)))).offsets == ()


def test_what_would_be_without_compensation(scored: Build) -> None:
    rules = index({"a": 1, "b": 1}, bands=BANDS)
    made = scored(rules, table("a", "b", SRB=(80, 0)))
    # 1 − √((0.1 + 0.9 × 0.2) × 1), lifted back by 0.9: 52.3 in place of 40.
    wanted = 100 * (1 - (0.1 + 0.9 * 0.2) ** 0.5) / 0.9
    assert without_compensation(made)[0] == pytest.approx(wanted, abs=0.05)
    (one,) = audit(made).offsets
    assert (one.score, one.without) == (40, pytest.approx(wanted, abs=0.05))
    worst = scored(rules.replace("[dimensions.d]", '[dimensions.d]\naggregation = "max"'), table("a", "b", SRB=(80, 0)))
    assert without_compensation(worst)[0] == 80


def test_severities_that_leave_the_scale_have_no_such_score(scored: Build) -> None:
    raw = '[rules.{0}]\ndimension = "d"\nkind = "relative"\nmethod = "zscore"\nrange = [30, 50]\n'
    rules = BANDS + "\n[dimensions.d]\n" + raw.format("a") + raw.format("b")
    made = scored(rules, table("a", "b", SRB=(80, 0), MNE=(0, 0), ALB=(1, 1)))
    assert {one.without for one in audit(made).offsets} == {None}


def test_a_dimension_that_carries_nothing_is_said_once(scored: Build) -> None:
    rules = (
        index({"a": 1})
        + "[dimensions.e]\n"
        + "".join(f"[rules.{x}]\n{GOAL.replace(chr(34) + 'd', chr(34) + 'e')}" for x in "bc")
    )
    found = audit(scored(rules, table("a", "b", "c", ALB=(0, 50, 9), SRB=(50, 51, 9.5), MNE=(100, 50, 9))))
    assert [remark.about for remark in remarks(found, "carries-nothing")] == [("e",)]


@pytest.mark.parametrize(("policy", "said"), [("exclude", True), ("worst", False)])
def test_where_the_weight_of_the_unknown_goes(scored: Build, policy: str, said: bool) -> None:
    rules = index({"a": 1, "b": 1}, head=f'missing = "{policy}"')
    made = scored(rules, table("a", "b", ALB=(1, 2), SRB=(3, None), MNE=(4, None)))
    (remark,) = remarks(audit(made), "mostly-unknown")
    assert ("its weight goes to the rules beside it" in message(remark, audit(made), made)) is said


def test_what_is_unknown(scored: Build) -> None:
    rules = (
        index({"a": 1, "b": 2}, head="min_coverage = 0.1")
        + '[dimensions.e]\n[rules.c]\ndimension = "e"\nkind = "flag"\n'
    )
    found = audit(scored(rules, table("a", "b", "c", ALB=(1, 2, "yes"), SRB=(3, None, "no"), MNE=(5, None, None))))
    assert [remark.about for remark in remarks(found, "mostly-unknown")] == [("b",)]
    assert {remark.about for remark in remarks(found, "thin-dimension")} == {("d", "MNE", "SRB"), ("e", "MNE")}
    least = found.coverage[0]
    assert (least.country, least.whole, least.dimensions) == (
        "MNE",
        pytest.approx(1 / 6),
        {"d": pytest.approx(1 / 3), "e": 0},
    )


def test_what_is_not_written_down(scored: Build) -> None:
    rules = '[dimensions.d]\nwhy = "w"\n[dimensions.e]\n[rules.a]\ndimension = "d"\nkind = "flag"\ndefinition = "x"\n'
    rules += '[rules.b]\ndimension = "e"\nkind = "flag"\nwhy = " "\n'
    found = audit(scored(rules, "country,a\nSRB,yes\n"))
    assert [remark.about for remark in remarks(found, "undefined")] == [("b",)]
    assert [remark.about for remark in remarks(found, "unreasoned")] == [("e", "a", "b")]


def test_entities_are_left_out(scored: Build) -> None:
    rules = index({"a": 1}) + '[entities.BA-SRP]\nname = "RS"\npart_of = "BIH"\nshare = 0.5\n'
    found = audit(scored(rules, "country,a\nBA-SRP,90\nBIH,20\nSRB,30\nMNE,40\n"))
    assert (found.countries, found.ranked, of(found, "a").known) == (3, 3, 3)
    assert {one.country for one in (*found.coverage, *found.edges)} == {"BIH", "SRB", "MNE"}


def test_every_remark_has_a_heading_an_order_and_an_advice(shipped: Scores) -> None:
    assert tuple(KINDS) == CODES
    found = audit(shipped)
    places = [CODES.index(remark.code) for remark in found.remarks]
    assert places == sorted(places) and len(places) > 8
    assert all(message(one, found, shipped) and advice(one, found).endswith(".") for one in found.remarks)


@pytest.mark.parametrize(
    ("both", "a", "about"),
    [
        pytest.param(2, 1, [("both", "a")], id="scored over a scored indicator"),
        pytest.param(0, 1, [], id="flagged, not scored"),
        pytest.param(2, 0, [], id="over an indicator that is not scored itself"),
    ],
)
def test_a_combination_that_scores_what_is_scored(
    scored: Build, both: float, a: float, about: list[tuple[str, ...]]
) -> None:
    rules = index({"a": a, "b": 1}) + '[context.c]\nvalues = ["x"]\n'
    rules += f'[rules.both]\ndimension = "d"\nkind = "combination"\nweight = {both}\n'
    made = scored(rules + 'when = { a = { at_least = 50 }, c = "x" }\n', table("a", "b", SRB=(1, 2), ALB=(60, 3)))
    found = audit(made)
    assert [one.about for one in remarks(found, "scored-twice")] == about
    assert [message(one, found, made) for one in remarks(found, "scored-twice")] == [
        "Both scores once more what A scores" for _ in about
    ]


def test_rounding_at_every_node_and_a_tree_of_no_weight(scored: Build) -> None:
    found = audit(scored(index({"a": 1, "b": 2}, head='rounding = "every-node"'), factorial((0, 33), (0, 41))))
    assert sum(one.effective or 0 for one in found.weights) == pytest.approx(1, abs=0.01)
