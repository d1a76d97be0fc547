"""The engine says what the published indices say, from rules files in our own format."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from exposure.errors import InvalidInput
from exposure.observations.reading import read_observations
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.score import Scores, score

HERE = Path(__file__).parent
REFERENCE = HERE.parents[2] / "shared" / "reference"

pytestmark = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the published indices are not in the repository: no shared/reference beside it"
)

# Two names of the HDI file were damaged by a wrong re-encoding before it reached us.
DAMAGED = {"C魌e d'Ivoire": "Côte d'Ivoire", "T黵kiye": "Türkiye"}


def scored(rules: str, data: bytes) -> Scores:
    rulebook = load_rulebook((HERE / rules).read_bytes(), rules)
    return score(read_observations(data, rulebook), rulebook)


def rows(path: str) -> list[dict[str, str]]:
    with (REFERENCE / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hdi_inputs() -> bytes:
    text = (REFERENCE / "hdi-2022" / "inputs.csv").read_text(encoding="utf-8")
    for damaged, name in DAMAGED.items():
        text = text.replace(damaged, name)
    return text.encode()


def test_all_193_hdi_values_ranks_and_tiers_of_2022() -> None:
    scores = scored("hdi.toml", hdi_inputs())
    place = {code: at for at, code in enumerate(scores.selection.units)}
    compared = 0
    for row in rows("hdi-2022/expected.csv"):
        at = place[row["iso3"]]
        if not row["hdi"]:
            assert scores.rank[at] == 0, row["iso3"]
            continue
        found = (f"{scores.score[at]:.3f}", str(scores.rank[at]), scores.band[at])
        assert found == (row["hdi"].ljust(5, "0"), row["rank"], row["tier"]), row["iso3"]
        compared += 1
    assert compared == 193


def test_all_192_hdi_values_of_2021() -> None:
    records = rows("hdi-2022/previous_year_2021.csv")
    published = {row["iso3"]: row.pop("hdi") for row in records}
    lines = [",".join(records[0]), *(",".join(row.values()) for row in records)]
    scores = scored("hdi.toml", "\n".join(lines).encode())
    ranked = {code: scores.score[at] for at, code in enumerate(scores.selection.units) if scores.rank[at]}
    assert len(ranked) == 192
    assert {code: f"{value:.3f}" for code, value in ranked.items()} == {
        code: value.ljust(5, "0") for code, value in published.items() if value
    }


def test_a_damaged_country_name_is_refused_where_it_stands() -> None:
    with pytest.raises(InvalidInput) as caught:
        scored("hdi.toml", (REFERENCE / "hdi-2022" / "inputs.csv").read_bytes())
    assert [(p.code, p.line, p.column) for p in caught.value.findings] == [
        ("name-disagrees", 43, 5),
        ("name-disagrees", 181, 5),
    ]


@pytest.fixture(scope="module")
def inform() -> Scores:
    return scored("inform.toml", (REFERENCE / "inform-risk-2020" / "inputs.csv").read_bytes())


def test_all_191_inform_risks_ranks_and_classes(inform: Scores) -> None:
    place = {code: at for at, code in enumerate(inform.selection.units)}
    expected = rows("inform-risk-2020/expected.csv")
    assert len(expected) == 191
    for row in expected:
        at = place[row["ISO3"]]
        found = (inform.score[at], inform.rank[at], inform.band[at])
        assert found == (float(row["INFORM RISK"]), int(row["Rank"]), row["RISK CLASS"]), row["ISO3"]


@pytest.mark.parametrize(
    "node",
    [
        "Natural",
        "Human",
        "HAZARD & EXPOSURE",
        "Socio-Economic Vulnerability",
        "Other Vulnerable Groups",
        "Vulnerable Groups",
        "VULNERABILITY",
        "Institutional",
        "Infrastructure",
        "LACK OF COPING CAPACITY",
    ],
)
def test_every_intermediate_node_of_inform(inform: Scores, node: str) -> None:
    labels = {name: dimension.label for name, dimension in inform.rulebook.dimensions.items()}
    name = next(name for name, label in labels.items() if label == node)
    found = dict(zip(inform.selection.units, inform.values[inform.tree.row(name)].tolist(), strict=True))
    assert found == {row["ISO3"]: float(row[node]) for row in rows("inform-risk-2020/expected.csv")}


@pytest.mark.parametrize("rules", ["hdi.toml", "inform.toml"])
def test_points_add_up_to_the_exact_score(rules: str, inform: Scores) -> None:
    scores = inform if rules == "inform.toml" else scored(rules, hdi_inputs())
    total = scores.points[: len(scores.tree.rules)].sum(axis=0)
    assert np.allclose(total[scores.ranked], scores.exact[scores.ranked], rtol=0, atol=1e-9)


@pytest.mark.parametrize("rules", ["hdi.toml", "inform.toml"])
def test_bounds_hold_the_score(rules: str, inform: Scores) -> None:
    scores = inform if rules == "inform.toml" else scored(rules, hdi_inputs())
    ranked = scores.ranked
    assert (scores.low[ranked] <= scores.score[ranked]).all()
    assert (scores.score[ranked] <= scores.high[ranked]).all()
