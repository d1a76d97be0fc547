"""What must always hold of a score."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exposure.scoring.score import Scores

METHODS = ("arithmetic", "geometric", "harmonic", "inverted-geometric", "max", "min")
COUNTRIES = ("ALB", "BIH", "MNE", "SRB", "BA-SRP", "BA-BIH")
many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def rulebooks(draw: st.DrawFn) -> str:
    method = st.sampled_from(METHODS)
    rounding = draw(st.sampled_from(["final", "every-node"]))
    missing = draw(st.sampled_from(["exclude", "exclude", "worst", "best"]))
    gate = draw(st.sampled_from([0.0, 0.5, 1.0]))
    rollup = draw(st.sampled_from(["mean", "max"]))
    floor = draw(st.sampled_from([0.0, 0.1]))
    return f"""
[index]
title = "Any"
edition = "1"
rounding = "{rounding}"
missing = "{missing}"
aggregation = "{draw(method)}"
[dimensions.a]
weight = {draw(st.integers(1, 5))}
aggregation = {{ method = "{draw(method)}", floor = {floor} }}
[dimensions.b]
min_coverage = {gate}
aggregation = "{draw(method)}"
[dimensions.c]
parent = "b"
aggregation = "{draw(method)}"
[rules.number]
dimension = "a"
kind = "number"
goalposts = [0, 50]
layer = "practice"
[rules.count]
dimension = "a"
kind = "number"
steps = [[0, 0], [1, 40], [5, 100]]
weight = {draw(st.integers(0, 3))}
layer = "commitment"
[rules.vendor]
dimension = "c"
kind = "category"
severity = {{ Huawei = 100, Nokia = 0, Samsung = 30 }}
layer = "practice"
[rules.pledge]
dimension = "b"
kind = "flag"
layer = "commitment"
[rules.broken]
dimension = "c"
kind = "combination"
when = {{ pledge = "yes", vendor = ["Huawei"] }}
[sources.one]
title = "One"
[sources.two]
title = "Two"
[entities]
rollup = "{rollup}"
[entities.BA-SRP]
name = "Republika Srpska"
part_of = "BIH"
share = 0.35
[entities.BA-BIH]
name = "Federation of BiH"
part_of = "BIH"
share = 0.63
"""


VALUES = {
    "number": st.sampled_from(["", "0", "12.5", "50", "70", ">=20", "<=7", "10..30", "~20"]),
    "count": st.sampled_from(["", "0", "1", "3", "9", ">=2"]),
    "vendor": st.sampled_from(["", "Huawei", "Nokia", "Nokia;Samsung", "Huawei;Nokia"]),
    "pledge": st.sampled_from(["", "yes", "no"]),
}


@st.composite
def claims(draw: st.DrawFn) -> list[str]:
    keys = draw(
        st.lists(
            st.tuples(
                st.sampled_from(COUNTRIES),
                st.sampled_from(sorted(VALUES)),
                st.sampled_from(["2019", "2020", "2020-12"]),
                st.sampled_from(["one", "two"]),
            ),
            unique=True,
            max_size=30,
        )
    )
    sure = st.sampled_from(["high", "medium", "low"])
    return [f"{c},{i},{draw(VALUES[i])},{d},{s},{draw(sure)}" for c, i, d, s in keys]


def text(lines: list[str]) -> str:
    return "\n".join(["country,indicator,value,as_of,source,confidence", *lines]) + "\n"


@given(rules=rulebooks(), lines=claims())
@many
def test_bounds_hold_the_score_and_the_scale_holds_the_bounds(
    scored: Callable[..., Scores], rules: str, lines: list[str]
) -> None:
    scores = scored(rules, text(lines))
    known = ~np.isnan(scores.score)
    assert (scores.low >= 0).all()
    assert (scores.high <= 100).all()
    assert (scores.low <= scores.high).all()
    assert (scores.low[known] <= scores.score[known] + 1e-9).all()
    assert (scores.score[known] <= scores.high[known] + 1e-9).all()


@given(rules=rulebooks(), lines=claims())
@many
def test_points_add_up_to_the_exact_score(scored: Callable[..., Scores], rules: str, lines: list[str]) -> None:
    scores = scored(rules, text(lines))
    total = scores.points[: len(scores.tree.rules)].sum(axis=0)
    assert total == pytest.approx(np.nan_to_num(scores.exact), abs=1e-9)
    assert (scores.points >= -1e-9).all()


@given(rules=rulebooks(), lines=claims(), seed=st.randoms(use_true_random=False))
@many
def test_row_order_never_matters(scored: Callable[..., Scores], rules: str, lines: list[str], seed: object) -> None:
    turned = list(lines)
    seed.shuffle(turned)  # type: ignore[attr-defined]
    first, second = scored(rules, text(lines)), scored(rules, text(turned))
    assert first.frame().equals(second.frame())
    assert first.fingerprint == second.fingerprint
    assert first.selection.units == second.selection.units


@given(rules=rulebooks(), lines=claims())
@many
def test_a_country_alone_scores_what_it_scores_among_all(
    scored: Callable[..., Scores], rules: str, lines: list[str]
) -> None:
    together = scored(rules, text(lines)).frame()
    for group in (["ALB"], ["MNE"], ["SRB"], ["BIH", "BA-SRP", "BA-BIH"]):
        own = [line for line in lines if line.split(",")[0] in group]
        if not own:
            continue
        # The day is that of the latest claim of all.
        alone = scored(rules, text(own), "2020").frame().drop(columns="rank")
        rest = together.drop(columns="rank").loc[alone.index]
        assert alone.equals(rest)


@given(rules=rulebooks(), lines=claims(), layer=st.sampled_from(["practice", "commitment"]))
@many
def test_a_layer_is_the_tree_with_its_rules_alone(
    scored: Callable[..., Scores], rules: str, lines: list[str], layer: str
) -> None:
    scores = scored(rules, text(lines))
    for value in scores.layers.get(layer, np.array([])):
        assert np.isnan(value) or 0 <= value <= 100


@given(rules=rulebooks(), lines=claims(), at=st.integers(0, 29))
@many
def test_raising_a_severity_never_lowers_a_score(
    scored: Callable[..., Scores], rules: str, lines: list[str], at: int
) -> None:
    """One exact figure made the worst: no score of its country or entities falls."""
    numbers = [n for n, line in enumerate(lines) if line.split(",")[1] == "number" and line.split(",")[2]]
    if not numbers:
        return
    place = numbers[at % len(numbers)]
    cells = lines[place].split(",")
    raised = [*lines[:place], ",".join([*cells[:2], "50", *cells[3:]]), *lines[place + 1 :]]
    before, after = scored(rules, text(lines)).exact, scored(rules, text(raised)).exact
    known = ~np.isnan(before)
    assert (after[known] >= before[known] - 1e-9).all()


def test_layers_of_the_shipped_data_see_only_their_rules(shipped: Scores) -> None:
    place = {unit: at for at, unit in enumerate(shipped.selection.units)}
    # Kosovo has joined what there is to join against it, and has Chinese cameras.
    assert shipped.layers["practice"][place["XKX"]] > shipped.layers["commitment"][place["XKX"]] > 0
    assert shipped.layers["practice"][place["ALB"]] < shipped.layers["commitment"][place["ALB"]]


def test_the_fingerprint_sees_values_and_rules_and_not_spelling(scored: Callable[..., Scores]) -> None:
    rules = '[dimensions.d]\n[rules.x]\ndimension = "d"\nkind = "number"\ngoalposts = [0, 100]\n'
    base = scored(rules, "country,x\nSRB,64.8\nMNE,1\n").fingerprint
    assert scored(rules, "country,x\nMNE,1\nSRB,64.80\n").fingerprint == base
    assert scored(rules + "# a comment\n", "country,x\nSRB,64.8\nMNE,1\n").fingerprint == base
    assert scored(rules, "country,x\nSRB,64.9\nMNE,1\n").fingerprint != base
    assert scored(rules.replace("100]", "99]"), "country,x\nSRB,64.8\nMNE,1\n").fingerprint != base


UNRANKED = """
[index]
title = "Test"
edition = "1"
min_coverage = {least}
[dimensions.a]
min_coverage = {gate}
[rules.x]
dimension = "a"
kind = "flag"
[rules.y]
dimension = "a"
kind = "flag"
weight = 3
"""


@pytest.mark.parametrize(
    ("least", "gate", "claims", "reason"),
    [
        (0.5, 0, "SRB,yes,yes", ""),
        (0.5, 0, "SRB,yes,", "25% known, 50% needed to be ranked"),
        (0.5, 0, "SRB,,", "nothing is known"),
        (0, 0, "SRB,,", "nothing is known"),
        (0, 0, "SRB,yes,", ""),
        (0, 0.5, "SRB,yes,", "too little is known of every dimension"),
    ],
)
def test_why_a_country_has_no_rank(
    scored: Callable[..., Scores], least: float, gate: float, claims: str, reason: str
) -> None:
    scores = scored(UNRANKED.format(least=least, gate=gate), f"country,x,y\n{claims}\n")
    assert scores.why_unranked(0) == reason
    assert bool(scores.ranked[0]) == (not reason)


NESTED = """
[dimensions.b]
weight = 3
[dimensions.inside]
parent = "b"
[dimensions.a]
[rules.x]
dimension = "a"
kind = "flag"
[rules.y]
dimension = "inside"
kind = "flag"
[rules.z]
dimension = "b"
kind = "flag"
[rules.unweighted]
dimension = "b"
kind = "flag"
weight = 0
[entities.BA-SRP]
name = "Srpska"
part_of = "BIH"
share = 0.4
[entities.BA-BIH]
name = "Federation"
part_of = "BIH"
share = 0.6
"""
NESTED_CLAIMS = (
    "country,x,y,z\nSRB,no,no,no\nBIH,yes,yes,yes\nBA-SRP,yes,yes,no\nBA-BIH,yes,yes,yes\nALB,,,\nMNE,no,no,no\n"
)


def test_a_reader_goes_through_the_dimensions_in_the_order_of_the_file(scored: Callable[..., Scores]) -> None:
    scores = scored(NESTED, NESTED_CLAIMS)
    outline = [(part.depth, part.name) for part in scores.outline()]
    assert outline == [(0, "b"), (1, "z"), (1, "inside"), (2, "y"), (0, "a"), (1, "x")]
    assert [part.name for part in scores.dimensions()] == ["b", "inside", "a"]
    assert sum(part.weight for part in scores.outline() if part.is_rule) == pytest.approx(1)


def test_countries_come_by_rank_and_entities_below_theirs_by_name(scored: Callable[..., Scores]) -> None:
    scores = scored(NESTED, NESTED_CLAIMS)
    names = scores.selection.units
    assert [names[unit] for unit in scores.in_order()] == ["BIH", "MNE", "SRB", "ALB"]
    assert [names[unit] for unit in scores.in_order(entities=True)][:3] == ["BIH", "BA-BIH", "BA-SRP"]


def test_a_standing_knows_what_is_not_known(scored: Callable[..., Scores]) -> None:
    scores = scored(NESTED, NESTED_CLAIMS)
    standings = {one.country: one for one in map(scores.standing, range(len(scores.selection.units)))}
    assert standings["ALB"][4:9] == (None, None, 0.0, 100.0, None)
    assert (standings["BIH"].score, standings["BIH"].rank) == (100.0, 1)
    assert (standings["BA-SRP"].part_of, standings["BA-SRP"].rank) == ("BIH", None)


WHOLE = """
[dimensions.d]
[rules.a]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.b]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[sources.s]
title = "S"
[sources.t]
title = "T"
[entities.BA-SRP]
name = "RS"
part_of = "BIH"
share = 0.03
"""


@pytest.mark.parametrize(
    ("claims", "rules", "score", "bounds", "known"),
    [
        pytest.param("BA-SRP,a,100\nBIH,b,0", "", 3 / 1.03, (1.5, 50), 0.515, id="three percent of the people"),
        pytest.param(
            "BA-SRP,a,100\nBIH,b,0", 'missing = "worst"\n', 50, (1.5, 50), 0.515, id="the rest taken as the worst"
        ),
        pytest.param("BA-SRP,a,100\nBIH,b,0", 'missing = "best"\n', 1.5, (1.5, 50), 0.515, id="or as the best"),
        pytest.param("BIH,a,not-applicable\nBIH,b,40", "", 40, (40, 40), 1, id="a rule that does not apply leaves"),
        pytest.param("BIH,a,not-applicable\nBIH,b,", "", None, (0, 100), 0, id="and nothing is known of the other"),
        pytest.param("BIH,a,not-applicable\nBIH,b,not-applicable", "", None, (None, None), 0, id="none applies"),
    ],
)
def test_what_is_known_of_a_part_and_what_does_not_apply(
    scored: Callable[..., Scores],
    claims: str,
    rules: str,
    score: float | None,
    bounds: tuple[float | None, float | None],
    known: float,
) -> None:
    text = WHOLE.replace("[rules.a]\n", f"[rules.a]\n{rules}")
    scores = scored(
        '[index]\ntitle = "T"\nedition = "1"\ndecimals = 3\n' + text, f"country,indicator,value\n{claims}\n"
    )
    found = scores.standing(scores.selection.units.index("BIH"))
    assert (found.exact, found.coverage) == (None if score is None else pytest.approx(score), pytest.approx(known))
    assert (found.low, found.high) == bounds


def test_the_bounds_hold_the_score_with_and_without_a_rule_of_which_it_is_contested_that_it_applies(
    scored: Callable[..., Scores],
) -> None:
    head = "country,indicator,value,as_of,source,confidence\nBIH,b,40,2020,s,high\n"
    one = scored(WHOLE, head + "BIH,a,not-applicable,2020,s,high\nBIH,a,90,2020,t,low\n")
    other = scored(WHOLE, head + "BIH,a,90,2020,s,high\nBIH,a,not-applicable,2020,t,low\n")
    at = one.selection.units.index("BIH")
    assert [(each.score[at], each.low[at], each.high[at]) for each in (one, other)] == [(40, 40, 65), (65, 40, 65)]


def test_in_a_maximum_a_part_counts_from_a_half_on(scored: Callable[..., Scores]) -> None:
    def worst(share: float) -> float:
        rules = WHOLE.replace("[dimensions.d]", '[dimensions.d]\naggregation = "max"').replace("0.03", str(share))
        made = scored(rules, "country,indicator,value\nBA-SRP,a,100\nBIH,b,20\n")
        return float(made.score[made.selection.units.index("BIH")])

    assert (worst(0.49), worst(0.5)) == (20, 100)
