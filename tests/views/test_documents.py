"""Documents for machines, as section 5 of the design lays them down, and sums that a reader can do."""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from exposure.analysis.audit import audit
from exposure.analysis.soundness.agreement import agree
from exposure.observations.countries import countries
from exposure.observations.outside import Outside
from exposure.observations.reading import read_observations
from exposure.output import render
from exposure.output.page import Page
from exposure.output.plain import shown
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.score import Scores, score
from exposure.text import number
from exposure.views.audit import audit_page
from exposure.views.explain import explain_page
from exposure.views.rank import rank_page
from exposure.views.show import show_page

GOLDEN = Path(__file__).parents[1] / "golden"
HEAD = ["schema", "title", "edition", "as_of", "fingerprint"]
RANKED = ["rank", "country", "name", "score", "score_exact", "low", "high", "likely_low", "likely_high"]
RANKED += ["rank_low", "rank_high", "rank_usual", "rank_settled", "band", "band_low", "band_high", "coverage"]
RANKED += ["contradictions", "dimensions", "layers"]
EXPLAINED = {"country", "score", "score_exact", "rank", "rules", "unknown", "contradictions"}
RULE = {"rule", "dimension", "layer", "value", "as_of", "source", "confidence", "severity", "weight", "points"}


@pytest.fixture(scope="module")
def scores() -> Scores:
    rulebook = load_rulebook((GOLDEN / "rules.toml").read_bytes())
    return score(read_observations((GOLDEN / "indicators.csv").read_bytes(), rulebook), rulebook)


def document(page: Page) -> Any:
    """The JSON as a strict reader has it, which knows no NaN."""

    def refuse(word: str) -> None:
        raise AssertionError(word)

    return json.loads(render(page, "json", io.StringIO()), parse_constant=refuse)


def rows(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(page, "csv", io.StringIO()))))


def flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in record.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {prefix + key: value}
    return found


def test_keys_of_rank(scores: Scores) -> None:
    found = document(rank_page(scores, scores.rank_range()))
    assert list(found)[:7] == [*HEAD, "countries", "unranked"]
    assert found["schema"] == "exposure/rank/1"
    for record in found["countries"]:
        assert list(record)[: len(RANKED)] == RANKED
        assert list(record["dimensions"]) == [node.name for node in scores.tree.nodes[:-1]]
        assert list(record["layers"]) == ["practice", "commitment"]
    assert [record["rank"] for record in found["countries"]] == [1, 2, 3, 4]
    (kosovo,) = found["unranked"]
    assert (kosovo["rank"], kosovo["rank_low"], kosovo["dimensions"]["finance"]) == (None, None, None)
    assert kosovo["reason"] == "26% known, 50% needed to be ranked"
    assert [record["part_of"] for record in found["entities"]] == ["BIH", "BIH"]


def test_rank_without_draws_has_no_range(scores: Scores) -> None:
    page = rank_page(scores, scores.rank_range(0))
    assert {record["rank_low"] for record in document(page)["countries"]} == {None}
    assert not any("Ranks:" in note for note in page.blocks[0].notes)


def test_a_selection_keeps_the_ranks(scores: Scores) -> None:
    whole = document(rank_page(scores, scores.rank_range()))["countries"]
    units = [scores.selection.units.index("NOR"), scores.selection.units.index("MNE")]
    assert document(rank_page(scores, scores.rank_range(), units))["countries"] == [whole[1], whole[3]]
    assert document(rank_page(scores, scores.rank_range(), top=2))["countries"] == whole[:2]


@pytest.mark.parametrize(
    ("sort", "order"),
    [("name", "BIH XKX MNE NOR SRB"), ("finance", "SRB MNE BIH NOR XKX"), ("gap", "SRB NOR BIH MNE XKX")],
)
def test_sorting(scores: Scores, sort: str, order: str) -> None:
    block = rank_page(scores, scores.rank_range(), sort=sort).blocks[0]
    names = dict(zip(scores.selection.names, scores.selection.units, strict=True))
    found = [names[shown(row.cells[1]).strip()] for row in block.rows]
    assert [code for code in found if code in order.split()] == order.split()


def test_keys_of_explain(scores: Scores) -> None:
    found = document(explain_page(scores, range(len(scores.selection.units)), scores.rank_range()))
    assert list(found) == [*HEAD, "countries"]
    assert found["schema"] == "exposure/explain/1"
    for record in found["countries"]:
        assert record.keys() >= EXPLAINED
        for rule in record["rules"]:
            assert rule.keys() >= RULE
            if rule["severity"] is None:
                assert rule["points"] == 0 or rule["imputed"]
        if record["score_exact"] is not None:
            assert math.fsum(rule["points"] for rule in record["rules"]) == pytest.approx(record["score_exact"])


@pytest.mark.parametrize("verb", ["rank", "explain", "show", "audit"])
def test_columns_are_the_keys_with_dots(scores: Scores, verb: str) -> None:
    ranges = scores.rank_range()
    pages = {
        "rank": rank_page(scores, ranges),
        "explain": explain_page(scores, [0, 5], ranges),
        "show": show_page(scores),
        "audit": audit_page(audit(scores), scores),
    }
    found = document(pages[verb])
    if verb == "rank":
        records = [*found["countries"], *found["unranked"], *found["entities"]]
    elif verb == "explain":
        records = [{"country": one["country"], **rule} for one in found["countries"] for rule in one["rules"]]
    else:
        records = found["weights" if verb == "audit" else "countries"]
    for row, record in zip(rows(pages[verb]), records, strict=True):
        for key, value in flat(record).items():
            if isinstance(value, list):
                assert row[key] == ";".join(value)
            elif isinstance(value, bool):
                assert row[key] == str(value).lower()
            elif isinstance(value, int | float):
                assert float(row[key]) == value
            else:
                assert row[key] == (value or "")
        assert all(text == "" for key, text in row.items() if key not in flat(record))


def test_keys_of_audit(scores: Scores) -> None:
    there = Outside("o.csv", "v", {"SRB": 3.0, "MNE": 2.0, "NOR": 2.0, "XKX": math.nan}, ("World",), 1)
    alone = audit_page(audit(scores), scores)
    page = audit_page(audit(scores), scores, agree(scores, there))
    found = document(page)
    keys = [
        "remarks",
        "weights",
        "dimensions",
        "correlations",
        "ranks",
        "support",
        "methods",
        "coverage",
        "edges",
        "compensation",
        "against",
    ]
    assert list(found) == [*HEAD, "countries", "ranked", *keys]
    assert found["schema"] == "exposure/audit/1"
    assert [list(remark) for remark in found["remarks"]] == [["code", "about", "message", "advice"]] * 7
    assert [one["rule"] for one in found["weights"]] == list(scores.tree.rules)
    assert [one["name"] for one in found["dimensions"]] == [node.name for node in scores.tree.nodes[:-1]]
    assert (found["correlations"], found["ranks"]) == ([], {})
    assert {one["method"]: len(one["countries"]) for one in found["methods"]} == dict.fromkeys(
        ("geometric", "worst", "best", "equal", "minmax"), 5
    )
    against = found["against"]
    assert (against["file"], against["column"], against["n"], against["missing"]) == ("o.csv", "v", 3, ["BIH"])
    assert against["countries"][0] == {
        "country": "NOR", "score": 0.0, "value": 2.0, "rank": 3, "rank_there": 2, "difference": -1
    }  # fmt: skip
    # What a script reads of the weights is the same whatever they are compared with.
    assert page.records == alone.records and document(alone) == {**found, "against": None}


def test_a_table_lists_the_first_of_many_and_says_how_many_more(scored: Any) -> None:
    codes = ["ALB", "AUT", "BEL", "BGR", "BIH", "CHE", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC"]
    codes += ["HRV", "HUN", "IRL", "ISL", "ITA", "LTU", "LUX"]
    rules = '[bands]\nlow=0\nhigh=50\n[dimensions.d]\n[rules.r]\ndimension="d"\nkind="number"\ngoalposts=[0,100]'
    made = scored(rules, "country,r\n" + "".join(f"{code},{50 + at / 10}\n" for at, code in enumerate(codes[:12])))
    page = audit_page(audit(made), made)
    text = render(page, "table", io.StringIO())
    assert "  9 more; see below." in text and text.count("beyond it lies") == 3
    caution = "With 12 countries a share of a few percent, or a correlation below about 0.5, can be chance."
    assert caution in text and "In brackets" not in text
    assert len([one for one in document(page)["remarks"] if one["code"] == "near-edge"]) == 12
    made = scored(rules, "country,r\n" + "".join(f"{code},{at}\n" for at, code in enumerate(codes)))
    text = render(audit_page(audit(made), made), "table", io.StringIO())
    assert "2 more lie farther from an edge." in text
    assert "Known in full: Albania; Austria; Belgium; Bulgaria; Bosnia and Herzegovina; Switzerland; Cyprus; " in text


def test_an_audit_of_nothing_is_null_and_dashes(scored: Any) -> None:
    made = scored('[dimensions.d]\n[rules.r]\ndimension="d"\nkind="flag"', "country,indicator,value\nSRB,r,\n")
    page = audit_page(audit(made), made, agree(made, Outside("o.csv", "v", {"SRB": 1.0}, (), 0)))
    (weight,) = document(page)["weights"]
    assert (weight["effective"], weight["correlation"], weight["varies"]) == (None, None, None)
    text = render(page, "table", io.StringIO())
    assert "0 countries in common, and 3 needed for a coefficient" in text
    assert "0 of 1 country ranked, and 3 needed" in text
    assert "on 1 country, 0 of them ranked" in text
    assert "No country is ranked, so no weight carries anything yet" in text and "r with score" not in text


def numbers(scored: Any, *rows: str) -> Any:
    rules = "[dimensions.d]\n" + "".join(
        f'[rules.{name}]\nweight={weight}\ndimension="d"\nkind="number"\ngoalposts=[0,100]\n'
        for name, weight in (("a", 3), ("b", 1))
    )
    return scored(rules, "\n".join(("country,a,b", *rows, "")))


def test_shares_that_are_none_and_coefficients_of_few_are_explained(scored: Any) -> None:
    made = numbers(scored, "ALB,0,100", "SRB,100,0", "MNE,50,50")
    text = render(audit_page(audit(made), made), "table", io.StringIO())
    assert "Carries below 0%: where this is high the score tends to be low. Carries above 100%: the others" in text
    assert "(+1.00)" in text and "In brackets: over fewer than 5 countries" in text
    assert "over the 3 ranked countries" in text
    made = numbers(scored, "ALB,10,20", "SRB,90,80", "MNE,50,50", "MKD,20,30", "BIH,0,0")
    text = render(audit_page(audit(made), made), "table", io.StringIO())
    assert "Carries below" not in text and "Carries above" not in text and "In brackets" not in text


def test_of_a_long_comparison_the_first_are_listed_and_the_rest_counted(scored: Any) -> None:
    codes = [code for code in countries() if len(code) == 3][:33]
    made = numbers(scored, *(f"{code},{at},{at}" for at, code in enumerate(codes)))
    there = Outside("o.csv", "v", {code: float(100 - at) for at, code in enumerate(codes)}, (), 0)
    page = audit_page(audit(made), made, agree(made, there))
    text = render(page, "table", io.StringIO())
    assert len(document(page)["against"]["countries"]) == 33
    assert "3 more are compared; all are in -f json." in text
    assert "Higher there goes with lower here. If it counts the other way, --reverse ranks it from its lowest" in text


def test_one_country_is_not_said_to_be_several(scored: Any) -> None:
    made = numbers(scored, "SRB,90,80")
    text = render(audit_page(audit(made), made), "table", io.StringIO())
    assert "over the 1 ranked country, " in text and "1 countries" not in text


def test_an_outside_index_that_does_not_vary_ranks_nobody(scored: Any) -> None:
    made = numbers(scored, "ALB,10,20", "SRB,90,80", "MNE,50,50")
    there = {"ALB": 5.0, "SRB": 5.0, "MNE": 5.0, "DEU": 1.0}
    page = audit_page(audit(made), made, agree(made, Outside("o.csv", "v", there, (), 0)))
    text = render(page, "table", io.StringIO())
    assert "3 countries in common, all with one value there: no coefficient" in text
    assert "Column v does not vary over these 3: it ranks nobody." in text
    assert "Rank there" not in text and "Apart" not in text
    assert "1 country there is not scored here: Germany." in text


def test_show_reads_back_as_a_wide_file(scores: Scores) -> None:
    text = render(show_page(scores), "csv", io.StringIO())
    again = read_observations(text.encode(), scores.rulebook).claims
    selection = scores.selection
    kept = {
        (selection.units[unit], name): selection.observations.claims["value"].iloc[row]
        for name in selection.indicators
        for unit, row in enumerate(selection.line(name).tolist())
        if row >= 0 and selection.observations.claims["value"].iloc[row]
    }
    assert len(kept) == 28
    assert dict(zip(zip(again["country"], again["indicator"], strict=True), again["value"], strict=True)) == kept


def test_negative_numbers_read_back(scored: Any) -> None:
    rules = '[dimensions.d]\n[rules.r]\ndimension="d"\nkind="number"\ngoalposts=[-10,10]'
    made = scored(rules, "country,indicator,value\nSRB,r,-5\nMNE,r,-7..-2\nALB,r,+3\nNOR,r,-1e-2\n")
    again = read_observations(render(show_page(made), "csv", io.StringIO()).encode(), made.rulebook)
    assert sorted(again.claims["value"]) == ["+3", "-1e-2", "-5", "-7..-2"]


def test_nothing_known_is_null_and_a_dash(scored: Any) -> None:
    made = scored('[dimensions.d]\n[rules.r]\ndimension="d"\nkind="flag"', "country,indicator,value\nSRB,r,\n")
    ranges = made.rank_range()
    found = document(rank_page(made, ranges))
    assert found["as_of"] is None and found["countries"] == []
    record = found["unranked"][0]
    assert (record["score"], record["score_exact"], record["band"]) == (None, None, None)
    (explained,) = document(explain_page(made, [0], ranges))["countries"]
    assert (explained["score"], explained["unknown"]) == (None, ["r"])
    assert "Serbia: – of 100" in render(explain_page(made, [0], ranges), "table", io.StringIO())
    assert "undated" in render(rank_page(made, ranges, by="layer"), "table", io.StringIO())


AGGREGATIONS = ["arithmetic", "geometric", "harmonic", "inverted-geometric", "max", "min"]


@pytest.mark.parametrize("rounding", ["final", "every-node"])
@pytest.mark.parametrize("aggregation", AGGREGATIONS)
@pytest.mark.parametrize("decimals", [0, 1, 3])
def test_the_points_column_adds_up_to_the_printed_score(
    scored: Any, aggregation: str, rounding: str, decimals: int
) -> None:
    rules = (
        f'[index]\ntitle="t"\nedition = "1"\ndecimals={decimals}\naggregation="{aggregation}"\nrounding="{rounding}"\n'
    )
    for at, (name, weight) in enumerate(itertools.product("ab", (1, 2, 4))):
        if at % 3 == 0:
            rules += f'[dimensions.{name}]\nweight={weight + at}\naggregation="{aggregation}"\n'
        rules += f'[rules.{name}{weight}]\ndimension="{name}"\nweight={weight}\nkind="number"\ngoalposts=[0,7]\n'
    values = [
        (f"{name}{weight}", value)
        for (name, weight), value in zip(itertools.product("ab", (1, 2, 4)), (1, 2, 3, 4, 5, 6.1), strict=True)
    ]
    made = scored(rules, "country,indicator,value\n" + "".join(f"SRB,{name},{value}\n" for name, value in values))
    table = explain_page(made, [0], made.rank_range()).blocks[1]
    leaves = [row for row in table.rows if not row.kind]
    parts = [row for row in table.rows if row.kind == "section"]
    assert len(leaves) == 6 and len(parts) == 2
    total = table.rows[-1].cells[4]
    for group in (leaves, parts):
        assert number(math.fsum(float(str(row.cells[4])) for row in group), decimals) == total
    assert total == number(float(made.score[0]), decimals)
