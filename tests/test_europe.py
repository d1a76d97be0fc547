"""The comparison across Europe that `init --like europe` writes: it keeps the promises of the shipped index."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from running import exposure

from exposure.cli.init import plant
from exposure.observations.reading import read_observations
from exposure.output.maps import atlas
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.score import Scores, score

STATE_MEDIA = ("Xinhua", "TASS", "state media", "Chinese list", "Chinese partner list", "Chinese state")
FOLDER = Path(__file__).parents[1] / "exposure" / "starter" / "europe"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("europe")
    plant(folder, "europe")
    return folder


@pytest.fixture(scope="module")
def europe() -> Scores:
    rulebook = load_rulebook((FOLDER / "rules.toml").read_bytes())
    return score(read_observations((FOLDER / "indicators.csv").read_bytes(), rulebook), rulebook)


@pytest.fixture(scope="module")
def claims() -> list[dict[str, str]]:
    with (FOLDER / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_says_what_it_wrote_and_what_to_do_next(tmp_path: Path) -> None:
    code, out, _ = exposure("init", "mine", "--like", "europe", cwd=tmp_path)
    assert (code, out.splitlines()[-3:]) == (
        0,
        ["  cd mine && exposure check", "  exposure rank", "  exposure audit"],
    )
    assert (tmp_path / "mine" / "rules.toml").read_bytes() == (FOLDER / "rules.toml").read_bytes()


@pytest.mark.parametrize("command", ["check", "fmt --check", "rank", "audit", "explain POL", "trend DEU --from 2020"])
def test_the_verbs_run_on_it(project: Path, command: str) -> None:
    code, out, err = exposure(*command.split(), cwd=project)
    assert (code, "defect" in err) == (0, False), out


def test_its_size_and_who_is_ranked(europe: Scores) -> None:
    assert len(europe.selection.countries()) == 44
    assert int((europe.tree.leaf_weights() > 0).sum()) == 8
    assert int(europe.ranked.sum()) == 31
    # Six of them are in the shipped index too, with other scores.
    assert {"ALB", "BIH", "MKD", "MNE", "SRB", "XKX"} < set(europe.selection.units)


def test_it_is_a_lean_index_of_telecommunications_and_says_so(europe: Scores, project: Path) -> None:
    assert "telecommunications" in europe.rulebook.index.title and "lean" in europe.rulebook.index.title
    why = "Its scores are not those of the index of the Western Balkans"
    assert why in europe.rulebook.index.judgement
    _, out, _ = exposure("explain", "SRB", cwd=project)
    assert why in " ".join(out.split())


def test_every_claim_has_a_source_a_date_and_a_confidence(europe: Scores, claims: list[dict[str, str]]) -> None:
    assert [claim for claim in claims if not (claim["source"] and claim["as_of"] and claim["confidence"])] == []
    assert set(europe.rulebook.sources) == {claim["source"] for claim in claims}
    assert [key for key, source in europe.rulebook.sources.items() if not source.url] == []


def test_what_state_media_relay_is_low_and_named(europe: Scores, claims: list[dict[str, str]]) -> None:
    relays = {
        key
        for key, source in europe.rulebook.sources.items()
        if any(word in f"{source.title} {source.publisher} {source.note}" for word in STATE_MEDIA)
    }
    assert {"strand-2024-tass", "patrol-2024", "patrol-rs-2023", "bri-147"} <= relays
    assert {claim["confidence"] for claim in claims if claim["source"] in relays} == {"low"}


def test_every_country_is_on_the_map(europe: Scores) -> None:
    assert set(europe.selection.units) <= set(atlas().shapes)


def test_the_audit_finds_pairs_and_ranks_by_dimension(project: Path) -> None:
    _, out, _ = exposure("audit", "-f", "json", cwd=project)
    found = json.loads(out)
    assert len(found["correlations"]) == 28 and len(found["support"]) == 44
    assert all(len(found["ranks"][name]) for name in ("networks", "safeguards", "state", "politics"))
    carried = {one["rule"]: one["effective"] for one in found["weights"]}
    telecommunications = ("five_g_chinese_share", "network_presence", "high_risk_vendor_rules", "clean_network")
    assert sum(carried[name] for name in telecommunications) > 0.8


def test_the_report_holds_every_country_and_says_what_it_is(europe: Scores) -> None:
    pytest.importorskip("matplotlib")
    from exposure.views.report import report_html

    page = report_html(europe, draws=50)
    assert [code for code in europe.selection.units if f'id="country-{code}"' not in page] == []
    assert "Its scores are not those of the index of the Western Balkans" in page
    assert "What each score rests on" in page and "Not on the map" not in page


def test_a_fully_known_country_lies_in_its_likely_range(europe: Scores) -> None:
    found = europe.rank_range(400)
    ranked = np.flatnonzero(europe.ranked)
    inside = (found.likely_low <= europe.score) & (europe.score <= found.likely_high)
    assert inside[ranked].all()
