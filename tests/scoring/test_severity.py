"""From the claims that count to severities: kinds, bounds, combinations, entities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exposure.observations.reading import read_observations
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.score import Scores, score

NAN = np.nan
SOURCES = '[sources.a]\ntitle = "A"\n[sources.b]\ntitle = "B"\n'
HEAD = "country,indicator,value,as_of,source,confidence\n"

VENDOR = """
[rules.vendor]
dimension = "d"
kind = "category"
severity = { Huawei = 100, Nokia = 0, Samsung = 20 }
"""
COUNT = """
[rules.contracts]
dimension = "d"
kind = "number"
goalposts = [0, 50]
valid = [0, 80]
"""


def cell(scores: Scores, rule: str, unit: str = "SRB") -> tuple[float, float, float]:
    at = scores.selection.units.index(unit)
    cells = scores.cells[rule]
    return float(cells.x[at]), float(cells.low[at]), float(cells.high[at])


@pytest.mark.parametrize(
    ("rules", "values", "expected"),
    [
        pytest.param(VENDOR, ["Huawei"], (100, 100, 100), id="category"),
        pytest.param(VENDOR, ["Nokia;Samsung"], (20, 20, 20), id="a list takes its worst"),
        pytest.param(
            VENDOR.replace('"category"', '"category"\ncombine = "mean"'),
            ["Nokia;Huawei"], (50, 50, 50), id="or its mean",
        ),
        pytest.param(VENDOR, [""], (NAN, 0, 100), id="unknown is neither end"),
        pytest.param(VENDOR, ["Nokia", "Huawei"], (0, 0, 100), id="a contested claim stretches the bounds"),
        pytest.param(VENDOR, ["Nokia", ""], (0, 0, 0), id="a contesting not found stretches nothing"),
        pytest.param(VENDOR, ["", "Huawei"], (100, 100, 100), id="a surer not found counts nothing"),
        pytest.param(VENDOR, ["withdrawn", "Nokia"], (NAN, 0, 100), id="a surer withdrawal does"),
        pytest.param(VENDOR, ["Nokia", "withdrawn"], (0, 0, 100), id="a less sure one stretches to both ends"),
        pytest.param(VENDOR, ["Samsung;?"], (NAN, 20, 100), id="others may be worse"),
        pytest.param(VENDOR, ["Huawei;?"], (100, 100, 100), id="nothing is worse"),
        pytest.param(VENDOR + 'combine = "mean"\n', ["Huawei;?"], (NAN, 0, 100), id="the mean with others"),
        pytest.param(VENDOR, ["not-applicable"], (NAN, NAN, NAN), id="it does not apply"),
        pytest.param(VENDOR, ["not-applicable", "Samsung"], (NAN, 20, 20), id="and if it does"),
        pytest.param(COUNT, ["withdrawn"], (NAN, 0, 100), id="a figure withdrawn"),
        pytest.param(COUNT, [">25"], (50, 50, 100), id="more than"),
        pytest.param(COUNT, ["25"], (50, 50, 50), id="number"),
        pytest.param(COUNT, [">=25"], (50, 50, 100), id="open above"),
        pytest.param(COUNT, ["<=25"], (50, 0, 50), id="open below"),
        pytest.param(COUNT, ["10..20"], (30, 20, 40), id="a range scores as its middle"),
        pytest.param(COUNT, ["~20"], (40, 32, 48), id="about"),
        pytest.param(COUNT.replace("[0, 80]", "[0, 40]"), [">=25"], (50, 50, 80), id="open to the end of valid"),
        pytest.param(COUNT, ["10..20", "45"], (30, 20, 90), id="inexact and contested"),
        pytest.param('[rules.f]\ndimension = "d"\nkind = "flag"\n', ["yes"], (100, 100, 100), id="flag"),
        pytest.param(
            '[rules.f]\ndimension = "d"\nkind = "flag"\nseverity = { yes = 0, no = 60 }\n', ["no"], (60, 60, 60),
            id="flag turned round",
        ),
        pytest.param(
            '[rules.s]\ndimension = "d"\nkind = "number"\nsteps = [[0, 0], [5, 100], [10, 20]]\n',
            ["4..9"], (76, 36, 100),
            id="steps that fall again peak inside the interval",
        ),
    ],
)  # fmt: skip
def test_severity_and_bounds(
    scored: Callable[..., Scores], rules: str, values: list[str], expected: tuple[float, float, float]
) -> None:
    name = rules.split("[rules.")[1].split("]")[0]
    # The first claim is the surer one.
    lines = [
        f"SRB,{name},{value},2020,{source},{sure}\n"
        for value, source, sure in zip(values, "ab", ("high", "low"), strict=False)
    ]
    scores = scored(f"[dimensions.d]\n{rules}{SOURCES}", HEAD + "".join(lines))
    assert cell(scores, name) == pytest.approx(expected, nan_ok=True)


COMBINED = f"""
[dimensions.d]
{VENDOR}{COUNT}
[rules.both]
dimension = "d"
kind = "combination"
weight = 0
when = {{ vendor = ["Huawei"], contracts = {{ at_least = 10, at_most = 60 }} }}
{SOURCES}
"""


@pytest.mark.parametrize(
    ("vendor", "contracts", "expected"),
    [
        pytest.param("Huawei", "20", (100, 100, 100), id="both hold"),
        pytest.param("Nokia;Huawei", "20", (100, 100, 100), id="one word of a list is enough"),
        pytest.param("Nokia", "20", (0, 0, 0), id="one fails"),
        pytest.param("Nokia", None, (0, 0, 0), id="one fails, the other unknown"),
        pytest.param("Huawei", None, (NAN, 0, 100), id="one holds, nobody looked at the other"),
        pytest.param("Huawei", "", (NAN, 0, 100), id="one holds, the other not found"),
        pytest.param("Huawei", "5..8", (0, 0, 0), id="an interval wholly outside"),
        pytest.param("Huawei", "12..40", (100, 100, 100), id="an interval wholly inside"),
        pytest.param("Huawei", "5..40", (NAN, 0, 100), id="an interval across the bound"),
        pytest.param("Huawei", ">=20", (NAN, 0, 100), id="an open interval across the other bound"),
        pytest.param("Nokia;?", "20", (NAN, 0, 100), id="others may meet it"),
        pytest.param("Huawei;?", "20", (100, 100, 100), id="one known does"),
        pytest.param("withdrawn", "20", (NAN, 0, 100), id="one withdrawn"),
        pytest.param("not-applicable", "20", (NAN, NAN, NAN), id="one does not apply"),
        pytest.param("not-applicable", "5", (0, 0, 0), id="one does not apply and the other fails"),
        pytest.param("not-applicable", "5..20", (NAN, 0, 0), id="one does not apply and the other may fail"),
    ],
)
def test_combination(
    scored: Callable[..., Scores], vendor: str, contracts: str | None, expected: tuple[float, float, float]
) -> None:
    claims = f"SRB,vendor,{vendor},2020,a,high\n"
    if contracts is not None:
        claims += f"SRB,contracts,{contracts},2020,a,high\n"
    assert cell(scored(COMBINED, HEAD + claims), "both") == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [
        pytest.param("Nokia;Ericsson", 100, id="two of them"),
        pytest.param("Nokia", 0, id="one of them"),
        pytest.param("Huawei;ZTE", 0, id="two others"),
        pytest.param("Huawei;Nokia;ZTE", 0, id="one of them among others"),
        pytest.param("Nokia;?", NAN, id="one of them and others unknown"),
        pytest.param("Huawei;Nokia;Ericsson;?", 100, id="two of them and others unknown"),
    ],
)
def test_a_bound_may_count_some_words_only(scored: Callable[..., Scores], vendor: str, expected: float) -> None:
    words = "severity = { Huawei = 100, ZTE = 100, Nokia = 0, Ericsson = 0 }"
    rules = f"""
[dimensions.d]
[rules.vendor]
dimension = "d"
kind = "category"
{words}
[rules.two]
dimension = "d"
kind = "combination"
weight = 0
when = {{ vendor = {{ at_least = 2, of = ["Nokia", "Ericsson"] }} }}
"""
    found = cell(scored(rules, f"country,indicator,value\nSRB,vendor,{vendor}\n"), "two")
    assert found[0] == pytest.approx(expected, nan_ok=True)


def test_a_contested_condition_stretches_a_combination(scored: Callable[..., Scores]) -> None:
    claims = "SRB,vendor,Huawei,2020,a,high\nSRB,vendor,Nokia,2020,b,low\nSRB,contracts,20,2020,a,high\n"
    assert cell(scored(COMBINED, HEAD + claims), "both") == (100, 0, 100)


ENTITIES = """
[entities]
rollup = "{rollup}"
[entities.BA-SRP]
name = "Republika Srpska"
part_of = "BIH"
share = 0.25
[entities.BA-BIH]
name = "Federation of BiH"
part_of = "BIH"
share = 0.75
"""


def entity_rules(rollup: str = "mean") -> str:
    return COMBINED + ENTITIES.format(rollup=rollup)


@pytest.mark.parametrize(
    ("rollup", "lines", "country", "known"),
    [
        pytest.param("mean", {"BA-SRP": "Huawei", "BA-BIH": "Nokia"}, (25, 25, 25), 1, id="mean by share"),
        pytest.param("max", {"BA-SRP": "Huawei", "BA-BIH": "Nokia"}, (100, 100, 100), 1, id="worst"),
        pytest.param("mean", {"BA-SRP": "Huawei"}, (100, 25, 100), 0.25, id="a missing entity lowers coverage"),
        pytest.param("max", {"BA-BIH": "Samsung"}, (20, 20, 100), 0.75, id="worst with one missing"),
        pytest.param("mean", {"BA-SRP": "Huawei", "BA-BIH": ""}, (100, 25, 100), 0.25, id="not found is missing too"),
        pytest.param("mean", {"BIH": "Nokia", "BA-SRP": "Huawei"}, (0, 0, 0), 1, id="its own line counts"),
        pytest.param("mean", {"BIH": "", "BA-SRP": "Huawei"}, (100, 25, 100), 0.25, id="an empty one is none"),
        pytest.param("mean", {"BIH": "withdrawn", "BA-SRP": "Huawei"}, (NAN, 0, 100), 0, id="one withdrawn is its own"),
        pytest.param(
            "mean", {"BA-SRP": "Huawei", "BA-BIH": "not-applicable"}, (100, 100, 100), 1, id="an entity that is out"
        ),
        pytest.param(
            "mean", {"BA-SRP": "not-applicable", "BA-BIH": "not-applicable"}, (NAN, NAN, NAN), NAN, id="both are out"
        ),
    ],
)
def test_a_country_takes_its_entities(
    scored: Callable[..., Scores], rollup: str, lines: dict[str, str], country: tuple[float, float, float], known: float
) -> None:
    claims = "".join(f"{code},vendor,{value},2020,a,high\n" for code, value in lines.items())
    scores = scored(entity_rules(rollup), HEAD + claims)
    assert cell(scores, "vendor", "BIH") == pytest.approx(country, nan_ok=True)
    found = scores.cells["vendor"].known[scores.selection.units.index("BIH")]
    assert found == pytest.approx(known, nan_ok=True)


def test_an_entity_takes_its_countrys_own_line_and_no_derived_one(scored: Callable[..., Scores]) -> None:
    claims = "BIH,contracts,25,2020,a,high\nBA-SRP,vendor,Huawei,2020,a,high\nBA-BIH,contracts,50,2020,a,high\n"
    scores = scored(entity_rules(), HEAD + claims)
    assert cell(scores, "contracts", "BA-SRP") == (50, 50, 50)
    assert cell(scores, "contracts", "BA-BIH") == (100, 100, 100)
    assert cell(scores, "contracts", "BIH") == (50, 50, 50)
    # The Federation does not get Republika Srpska's vendor by way of the country.
    assert cell(scores, "vendor", "BA-BIH") == pytest.approx((NAN, 0, 100), nan_ok=True)
    assert cell(scores, "both", "BA-SRP") == (100, 100, 100)


def test_an_inexact_entity_keeps_its_interval_in_the_mean(scored: Callable[..., Scores]) -> None:
    claims = "BA-SRP,contracts,10..20,2020,a,high\nBA-BIH,contracts,0,2020,a,high\n"
    scores = scored(entity_rules(), HEAD + claims)
    assert cell(scores, "contracts", "BIH") == pytest.approx((7.5, 5, 10))


def test_what_no_entity_covers_is_unknown(scored: Callable[..., Scores]) -> None:
    rules = entity_rules().replace("share = 0.75", "share = 0.65")
    claims = "BA-SRP,vendor,Samsung,2020,a,high\nBA-BIH,vendor,Samsung,2020,a,high\n"
    scores = scored(rules, HEAD + claims)
    assert cell(scores, "vendor", "BIH") == pytest.approx((20, 18, 28))
    assert scores.cells["vendor"].known[scores.selection.units.index("BIH")] == pytest.approx(0.9)


def test_a_contesting_not_found_stretches_no_combination(scored: Callable[..., Scores]) -> None:
    claims = "SRB,vendor,Huawei,2020,a,high\nSRB,vendor,,2020,b,low\nSRB,contracts,20,2020,a,high\n"
    assert cell(scored(COMBINED, HEAD + claims), "both") == (100, 100, 100)


def test_an_open_interval_of_a_condition_reaches_to_valid(scored: Callable[..., Scores]) -> None:
    rules = COMBINED.replace("at_most = 60", "at_most = 80")
    claims = "SRB,vendor,Huawei,2020,a,high\nSRB,contracts,>=20,2020,a,high\n"
    assert cell(scored(rules, HEAD + claims), "both") == (100, 100, 100)


def test_bounds_of_steps_stay_within_valid(scored: Callable[..., Scores]) -> None:
    rules = """[dimensions.d]\n[rules.s]\ndimension = "d"\nkind = "number"
steps = [[0, 0], [350, 100]]\nvalid = [0, 300]\n"""
    assert cell(scored(rules + SOURCES, HEAD + "SRB,s,>=40,2020,a,high\n"), "s")[2] == pytest.approx(300 / 3.5)


def test_zscore_bounds_depend_on_no_other_claim(scored: Callable[..., Scores]) -> None:
    rules = """[dimensions.d]\n[rules.z]\ndimension = "d"\nkind = "relative"\nmethod = "zscore"\nrange = "raw"
[rules.y]\nweight = 0\ndimension = "d"\nkind = "number"\ngoalposts = [0, 9]\n"""
    claims = HEAD + "ALB,z,10..30,2020,a,high\nSRB,z,5,2020,a,high\nMNE,z,7,2020,a,high\n"
    alone = cell(scored(rules + SOURCES, claims), "z", "ALB")
    assert cell(scored(rules + SOURCES, claims + "SRB,y,>=3,2024,a,high\n", "2020"), "z", "ALB") == alone


def test_a_constant_column_has_the_mean_as_its_zscore(scored: Callable[..., Scores]) -> None:
    rules = """[dimensions.d]\n[rules.z]\ndimension = "d"\nkind = "relative"\nmethod = "zscore"\nrange = [50, 10]\n"""
    scores = scored(rules, "country,z\nSRB,0.1\nMNE,0.1\nALB,0.1\n")
    assert scores.cells["z"].x.tolist() == [50, 50, 50]


def test_entities_are_not_peers(scored: Callable[..., Scores]) -> None:
    relative = '[dimensions.d]\n[rules.contracts]\ndimension = "d"\nkind = "relative"\n' + ENTITIES.format(
        rollup="mean"
    )
    scores = scored(relative, "country,contracts\nSRB,10\nMNE,20\nBA-SRP,90\nBA-BIH,15\n")
    found = {unit: cell(scores, "contracts", unit)[0] for unit in scores.selection.units}
    # BIH has no line of its own, so it is no peer either; its entities stand where they would among the peers.
    assert found == pytest.approx({"SRB": 0, "MNE": 100, "BA-SRP": 100, "BA-BIH": 50, "BIH": 62.5})


def test_descending_turns_a_relative_rule_round(scored: Callable[..., Scores]) -> None:
    rules = '[dimensions.d]\n[rules.c]\ndimension = "d"\nkind = "relative"\nmethod = "rank"\n'
    rules += 'range = "raw"\ndirection = "descending"\n'
    scores = scored(rules, "country,c\nSRB,10\nMNE,20\nALB,20\n")
    assert dict(zip(scores.selection.units, scores.cells["c"].x.tolist(), strict=True)) == {
        "SRB": 3,
        "MNE": 1,
        "ALB": 1,
    }


def relative_index(method: str, range_: str = "", extra: str = "") -> str:
    """The rules of an index of one relative indicator."""
    table = f'kind = "relative"\nmethod = "{method}"\n' + (f"range = {range_}\n" if range_ else "")
    return f'{extra}[dimensions.d]\n[rules.a]\ndimension = "d"\n{table}'


FIGURES = "country,a\nSRB,10\nALB,50\nMNE,90\nBIH,30\nMKD,20\n"
DEVIATION = 1000**0.5
"""Sample standard deviation of the figures; their mean is 40."""


@pytest.mark.parametrize(
    ("method", "range_", "expected"),
    [
        # Albania, Bosnia, North Macedonia, Montenegro, Serbia.
        pytest.param("rank", "", [75, 50, 25, 100, 0], id="rank"),
        pytest.param("percentile", "", [75, 50, 25, 100, 0], id="percentile, the same"),
        pytest.param("rank", "[0, 10]", [7.5, 5, 2.5, 10, 0], id="rank into a range"),
        pytest.param("rank", '"raw"', [4, 3, 2, 5, 1], id="raw rank"),
        pytest.param("minmax", "", [50, 25, 12.5, 100, 0], id="minmax"),
        pytest.param("zscore", "", [50 + 25 * (x - 40) / DEVIATION for x in (50, 30, 20, 90, 10)], id="zscore"),
        pytest.param("zscore", '"raw"', [(x - 40) / DEVIATION for x in (50, 30, 20, 90, 10)], id="raw zscore"),
        pytest.param(
            "zscore", "[0, 1]", [(x - 40) / DEVIATION for x in (50, 30, 20, 90, 10)], id="the same in numbers"
        ),
        pytest.param(
            "zscore", "[50, 50]", [50 + 50 * (x - 40) / DEVIATION for x in (50, 30, 20, 90, 10)], id="unclipped"
        ),
    ],
)
def test_relative_methods(scored: Callable[..., Scores], method: str, range_: str, expected: list[float]) -> None:
    cells = scored(relative_index(method, range_), FIGURES).cells["a"]
    assert cells.x.tolist() == pytest.approx(expected)
    assert cells.bounded == (range_ in ("", "[0, 10]"))


def test_a_zscore_further_out_than_two_deviations_is_clipped(scored: Callable[..., Scores]) -> None:
    codes = ["ALB", "AUT", "BEL", "BGR", "BIH", "CHE", "CYP", "CZE", "DEU", "DNK"]
    text = "country,a\n" + "".join(f"{code},0\n" for code in codes) + "SRB,1\n"
    scores = scored(relative_index("zscore"), text)
    assert scores.cells["a"].x.max() == 100
    assert 0 < scores.cells["a"].x.min() < 50
    assert scored(relative_index("zscore", '"raw"'), text).cells["a"].x.max() == pytest.approx(10 / 11**0.5)


@pytest.mark.parametrize(
    ("method", "range_", "middle"),
    [
        *((method, "", 50) for method in ("minmax", "percentile", "rank", "zscore")),
        *((method, "[20, 40]", 30) for method in ("minmax", "percentile", "rank")),
        ("zscore", "[20, 40]", 20),
        ("zscore", '"raw"', 0),
        ("rank", '"raw"', 1),
    ],
)
@pytest.mark.parametrize("text", ["country,a\nSRB,0.1\nMNE,0.1\nALB,0.1\n", "country,a\nSRB,7\n"])
def test_a_constant_column_takes_the_middle(
    scored: Callable[..., Scores], method: str, range_: str, middle: float, text: str
) -> None:
    assert set(scored(relative_index(method, range_), text).cells["a"].x.tolist()) == {middle}


@given(
    st.dictionaries(
        st.sampled_from(["ALB", "AUT", "BEL", "BGR", "BIH", "SRB"]),
        st.sampled_from(["", "0", "3.5", ">=2", "<=4", "1..9", "-7", "~5"]),
        min_size=1,
    ),
    st.sampled_from(["minmax", "percentile", "rank", "zscore"]),
    st.sampled_from(["ascending", "descending"]),
)
def test_every_method_ends_on_the_scale_and_its_bounds_hold_the_score(
    said: dict[str, str], method: str, direction: str
) -> None:
    rules = relative_index(method) + f'direction = "{direction}"\n'
    book = load_rulebook(f'[index]\ntitle = "T"\nedition = "1"\n{rules}'.encode())
    text = "country,a\n" + "".join(f"{code},{value}\n" for code, value in said.items())
    scores = score(read_observations(text.encode(), book), book)
    known = ~np.isnan(scores.exact)
    assert (scores.low >= 0).all() and (scores.high <= 100).all()
    assert (scores.low[known] <= scores.score[known]).all() and (scores.score[known] <= scores.high[known]).all()


@pytest.mark.parametrize(("weight", "bounded"), [(1, False), (0, True)])
def test_what_may_leave_the_scale_has_no_bounds(scored: Callable[..., Scores], weight: int, bounded: bool) -> None:
    rules = relative_index("zscore", '"raw"') + f"weight = {weight}\n"
    if not weight:
        rules += '[rules.b]\ndimension = "d"\nkind = "relative"\n'
    text = "country,a,b\nSRB,1,1\nMNE,2,5\nALB,,3\n" if not weight else "country,a\nSRB,1\nMNE,2\nALB,\n"
    scores = scored(rules, text)
    assert np.isnan(scores.low).all() == np.isnan(scores.high).all() == (not bounded)
    assert [(one.low is None, one.high is None) for one in map(scores.standing, scores.in_order())] == [
        (not bounded, not bounded)
    ] * 3


def test_an_unknown_that_may_leave_the_scale_is_as_far_out_as_its_peers(scored: Callable[..., Scores]) -> None:
    cells = scored(relative_index("zscore", '"raw"'), FIGURES + "XKX,\n").cells["a"]
    assert (cells.low[-1], cells.high[-1]) == pytest.approx((-30 / DEVIATION, 50 / DEVIATION))
