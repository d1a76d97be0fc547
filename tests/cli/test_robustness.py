"""`exposure robustness`, run as a user runs it: what is drawn, said and exported."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
import small_project
from running import exposure

from exposure.cli import robustness
from exposure.scoring.drawing import KINDS

RULES = f"\n{small_project.DEBT}"
CLAIMS = "country,indicator,value\nSRB,debt,80\nMNE,debt,20\nALB,debt,50\n"


def robust(folder: Path, *asked: str) -> dict[str, Any]:
    code, out, _ = exposure("robustness", *asked, "-f", "json", cwd=folder)
    assert code == 0
    found: dict[str, Any] = json.loads(out)
    return found


def test_robustness_says_what_was_drawn_and_how(folder: Path) -> None:
    found = robust(folder, "--draws", "50", "--seed", "7", "--shares", "0", "--spread", "0.5", "--weights", "dirichlet")
    assert (found["schema"], found["draws"], found["seed"]) == ("exposure/robustness/2", 50, 7)
    assert (found["uncertainty"]["spread"], found["uncertainty"]["weights"]) == (0.5, "dirichlet")
    assert found["vary"] == ["weights", "claims", "unknowns", "inexact", "aggregation"]
    assert found["sensitivity"] is None
    assert robust(folder, "--draws", "50", "--seed", "7", "--shares", "0") != robust(
        folder, "--draws", "50", "--seed", "8", "--shares", "0"
    )


def test_what_is_not_varied_is_not_drawn(folder: Path) -> None:
    found = robust(folder, "--vary", "weights", "--draws", "20")
    assert found["vary"] == ["weights"]
    # One rule: its weight moves nothing, and its errors were not drawn.
    assert [(one["score_low"], one["score"], one["score_high"]) for one in found["countries"]] == [
        (80.0, 80.0, 80.0),
        (50.0, 50.0, 50.0),
        (20.0, 20.0, 20.0),
    ]


def test_draws_are_exported_beside_the_page(folder: Path) -> None:
    asked = ("robustness", "--draws", "30", "--export", "draws.csv", "-o", "page.txt")
    code, out, err = exposure(*asked, cwd=folder)
    assert (code, out) == (0, "")
    assert "30 draws written to draws.csv" in err
    rows = list(csv.DictReader(io.StringIO((folder / "draws.csv").read_text(encoding="utf-8"))))
    assert [row["draw"] for row in rows] == [str(at + 1) for at in range(30)]
    assert rows[0].keys() == {
        *("draw", "aggregation", "rules.debt", "dimensions.d"),
        *("scores.ALB", "scores.MNE", "scores.SRB", "ranks.ALB", "ranks.MNE", "ranks.SRB"),
    }


@pytest.mark.parametrize("asked", [("--export", "-"), ("--export", "x.csv", "-o", "x.csv")])
def test_an_export_is_a_file_of_its_own(folder: Path, asked: tuple[str, ...]) -> None:
    code, out, err = exposure("robustness", *asked, cwd=folder)
    assert (code, out) == (2, "")
    assert "--export writes a file of its own" in err
    assert not (folder / "x.csv").exists()


def test_an_export_does_not_write_over_the_observations(folder: Path) -> None:
    code, _, err = exposure("robustness", "--export", "indicators.csv", cwd=folder)
    assert (code, (folder / "indicators.csv").read_text(encoding="utf-8")) == (2, CLAIMS)
    assert "these are the observations" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_an_export_to_a_full_disk_is_not_our_defect(folder: Path) -> None:
    code, _, err = exposure("robustness", "--export", "/dev/full", cwd=folder)
    assert code == 2
    assert "cannot be written" in err


def test_the_kinds_of_the_command_are_those_that_can_be_drawn() -> None:
    assert robustness._KINDS == KINDS


@pytest.mark.parametrize("spread", ["nan", "1", "-0.1", "much"])
def test_a_spread_that_is_none_exits_with_2(folder: Path, spread: str) -> None:
    code, out, err = exposure("robustness", "--spread", spread, cwd=folder)
    assert (code, out) == (2, "")
    assert "Invalid value for '--spread'" in err and "defect" not in err
