"""`exposure what-if`, run as a user runs it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from running import REPOSITORY, exposure
from small_scenarios import CLAIMS, RULES


def test_nothing_is_written_and_what_moves_adds_up(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    asked = ("what-if", "Serbia.vendor=Ericsson", "ALB.vendor=Huawei", "--weight", "e=3", "-f", "json")
    code, out, _ = exposure(*asked, cwd=folder)
    found = json.loads(out)
    assert (code, found["schema"]) == (0, "exposure/what-if/1")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert [(one["country"], one["was"], one["from_unknown"]) for one in found["assumed"]] == [
        ("ALB", None, True),
        ("SRB", "Huawei", False),
    ]
    (serbia,) = [one for one in found["countries"] if one["country"] == "SRB"]
    assert (serbia["before"]["score"], serbia["after"]["score"], serbia["move"]) == (90.0, 60.0, -30.0)
    assert sum(part["value"] for part in serbia["parts"]) == pytest.approx(-30.0)


def test_save_writes_a_file_that_scores_the_same(folder: Path) -> None:
    code, out, err = exposure(
        "what-if", "SRB.debt=10", "--scenario", "drill", "--save", "new.csv", "-f", "json", cwd=folder
    )
    assert code == 0
    assert "SRB.debt=10 stands before drill: SRB.debt=90" in err
    scores = {one["country"]: one["after"]["score"] for one in json.loads(out)["countries"]}
    code, out, _ = exposure("rank", "-i", "new.csv", "--draws", "0", "-f", "json", cwd=folder)
    ranked = json.loads(out)
    assert {c["country"]: c["score"] for c in ranked["countries"] + ranked["unranked"]} == {
        "SRB": 55.0,
        "MNE": 20.0,
        "HUN": 5.0,
        "ALB": None,
    }
    assert scores == {"SRB": 55.0, "HUN": 5.0}
    assert exposure("diff", "indicators.csv", "new.csv", cwd=folder)[0] == 0


def test_a_scenario_says_what_it_is_and_what_was_unknown(folder: Path) -> None:
    code, out, _ = exposure("what-if", "--scenario", "drill", cwd=folder)
    assert code == 0
    assert "A drill. Level: low (stated by the source). Reacts: NATO. After: a. Because." in out
    assert "no other observation of this country: a partial row" in out
    assert "Nothing is written." in out


def test_the_observations_themselves_are_never_written_over(folder: Path) -> None:
    code, _, err = exposure("what-if", "SRB.debt=10", "--save", "indicators.csv", cwd=folder)
    assert (code, (folder / "indicators.csv").read_text(encoding="utf-8")) == (2, CLAIMS)
    assert "these are the observations" in err


def test_list_and_all(folder: Path) -> None:
    _, out, _ = exposure("what-if", "--list", "-f", "json", cwd=folder)
    assert [(one["id"], one["stated"], one["level"]) for one in json.loads(out)["scenarios"]] == [
        ("drill", True, "low")
    ]
    _, out, _ = exposure("what-if", "--all", "-f", "csv", cwd=folder)
    rows = {row["country"]: row for row in csv.DictReader(io.StringIO(out))}
    assert (rows["SRB"]["before"], rows["SRB"]["after"], rows["SRB"]["move"]) == ("90.0", "95.0", "5.0")
    assert (rows["HUN"]["before"], rows["HUN"]["after"]) == ("", "5.0")
    _, out, _ = exposure("what-if", "--all", cwd=folder)
    assert "HUN comes in, 50% known" in out
    _, out, _ = exposure("what-if", "--list", "-f", "csv", cwd=folder)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["id"], row["level"], row["stated"], row["reacts"], row["country"]) for row in rows] == [
        ("drill", "low", "true", "NATO", "SRB"),
        ("drill", "low", "true", "NATO", "HUN"),
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "say what to suppose"),
        (("--list", "--all"), "say what to suppose"),
        (("--all", "SRB.debt=1"), "say what to suppose"),
        (("--weight", "d=2", "--save", "x.csv"), "--save goes with values or scenarios"),
        (("SRB.debt=1", "--save", "-"), "--save writes a file of its own"),
        (("SRB.debt=1", "--save", "out.txt"), "--save writes a file of its own"),
        (("SRB",), '"SRB" is not COUNTRY.INDICATOR=VALUE'),
        (("SRB.debt",), "is not COUNTRY.INDICATOR=VALUE"),
        ((".debt=1",), "is not COUNTRY.INDICATOR=VALUE"),
        (("SRB.debt=many",), "SRB.debt=many: unreadable-number:"),
        (("SRB.vendor=Erikson",), 'did you mean "Ericsson"?'),
        (("SRB.vendr=Huawei",), 'did you mean "vendor"?'),
        (("Serbija.debt=1",), "did you mean SRB (Serbia)?"),
        (("SRB.debt=1", "Serbia.debt=2"), "set one cell"),
        (("--scenario", "dril"), 'did you mean "drill"?'),
        (("--weight", "debts=1"), 'did you mean "debt"?'),
        (("--weight", "debt=-1"), "is not NAME=WEIGHT"),
        (("--weight", "debt"), "is not NAME=WEIGHT"),
        (("--weight", "debt=nan"), "is not NAME=WEIGHT"),
        (("--weight", "debt=1", "--weight", "debt=2"), "is given twice"),
        (("--weight", "d=0", "--weight", "e=0"), "nothing is left"),
    ],
)
def test_what_cannot_be_supposed(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    code, out, err = exposure("what-if", *arguments, "-o", "out.txt", cwd=folder)
    assert code == 2
    assert message in err
    assert not out
    assert not (folder / "out.txt").exists()


@pytest.mark.parametrize(
    "asked", [("what-if", "--all"), ("what-if", "--list"), ("trend",), ("levers", "SRB", "--target", "moderate")]
)
def test_of_the_shipped_data(tmp_path: Path, asked: tuple[str, ...]) -> None:
    code, out, _ = exposure(*asked, "-i", str(REPOSITORY / "indicators.csv"), cwd=tmp_path)
    assert code == 0
    assert out.startswith(("Exposure to Chinese leverage", "Serbia: what would lower"))


@pytest.mark.parametrize("asked", ["--list", "--all"])
def test_rules_without_scenarios_say_so(folder: Path, asked: str) -> None:
    (folder / "rules.toml").write_text(RULES.split("[[scenarios]]")[0], encoding="utf-8")
    code, out, _ = exposure("what-if", asked, cwd=folder)
    assert code == 0
    assert "The rules have no [[scenarios]]." in out


def test_what_is_supposed_beside_what_is_known_is_marked(folder: Path) -> None:
    (folder / "indicators.csv").write_text(f"{CLAIMS}MNE,debt,20,2022\n", encoding="utf-8")
    asked = ("SRB.vendor=", "SRB.debt=80", "HUN.debt=5", "ALB.vendor=Huawei", "MNE.debt=30")
    code, out, _ = exposure("what-if", *asked, cwd=folder, COLUMNS="200")
    rows = out.split("What is supposed\n")[1].split("\n\n")[0].splitlines()[2:]
    found = {tuple(row.split()[:2]): row.split("  ")[-1].strip() for row in rows}
    assert code == 0
    assert found == {
        ("ALB", "vendor"): "from unknown",
        ("HUN", "debt"): "no other observation of this country: a partial row",
        ("MNE", "debt"): "in place of the claim of the same day",
        ("SRB", "debt"): "already so",
        ("SRB", "vendor"): "made unknown",
    }
