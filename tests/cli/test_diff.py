"""`exposure diff`, run as a user runs it: sides, parts, and what cannot be compared."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from running import REPOSITORY, exposure
from small_project import CLAIMS, MOVED, RULES

SIDES = {
    "a revision and what is here": (["main"], b""),
    "a file and what is here": (["old.csv"], b""),
    "two files": (["old.csv", "indicators.csv"], b""),
    "standard input and a file": (["-", "indicators.csv"], CLAIMS.encode()),
    "a file and standard input": (["old.csv", "-"], MOVED.encode()),
    "two revisions": (["main~1", "main"], b""),
}


@pytest.mark.parametrize("name", SIDES)
def test_diff_of_any_two_sides(project: Path, name: str, commit: Callable[..., str]) -> None:
    arguments, stdin = SIDES[name]
    (project / "old.csv").write_text(CLAIMS, encoding="utf-8")
    if name == "two revisions":
        commit(project, {"indicators.csv": MOVED.encode()})
    (project / "indicators.csv").write_text(MOVED, encoding="utf-8")
    code, out, _ = exposure("diff", *arguments, "-f", "json", cwd=project, stdin=stdin)
    assert code == 0
    document = json.loads(out)
    assert [(one["kind"], one["country"], one["after"]["value"]) for one in document["observations"]] == [
        ("added", "MNE", "Huawei")
    ]
    (moved,) = document["countries"]
    assert (moved["country"], moved["move"], moved["before"]["score"], moved["after"]["score"]) == ("MNE", 50, 10, 60)
    assert [(part["kind"], part["what"], part["value"]) for part in moved["parts"]] == [("data", "MNE vendor", 50)]


def test_a_change_of_the_rules_is_told_apart(project: Path) -> None:
    (project / "rules.toml").write_text(RULES.replace("Nokia = 0", "Nokia = 40"), encoding="utf-8")
    code, out, _ = exposure("diff", "main", "-f", "json", cwd=project)
    document = json.loads(out)
    assert (code, document["observations"]) == (0, [])
    assert [one["what"] for one in document["rules"]] == ["rules.vendor.severity.Nokia"]
    assert [(part["kind"], part["what"]) for part in document["countries"][0]["parts"]] == [("rule", "vendor")]


def test_a_spreadsheet_can_add_the_parts_up(project: Path) -> None:
    moved = MOVED.replace("MNE,debt,20", "MNE,debt,30.3").replace("SRB,debt,80", "SRB,debt,70")
    (project / "indicators.csv").write_text(moved, encoding="utf-8")
    _, out, _ = exposure("diff", "main", "-f", "csv", cwd=project)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["country"], row["parts.what"]) for row in rows] == [
        ("MNE", "MNE vendor"),
        ("MNE", "MNE debt"),
        ("SRB", "SRB debt"),
    ]
    assert math.fsum(float(row["parts.value"]) for row in rows[:2]) == pytest.approx(float(rows[0]["move"]))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["diff"], "Missing argument 'BASE'", id="no base"),
        pytest.param(["diff", "-", "-"], "standard input", id="both from standard input"),
        pytest.param(["diff", "main", "-f", "sarif"], '"sarif" is not a format', id="a format of findings"),
    ],
)
def test_what_cannot_run(project: Path, arguments: list[str], message: str) -> None:
    code, out, err = exposure(*arguments, cwd=project)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_the_shipped_data_does_not_differ_from_itself(tmp_path: Path) -> None:
    indicators = str(REPOSITORY / "indicators.csv")
    code, out, _ = exposure("diff", indicators, indicators, "-f", "json", cwd=tmp_path)
    document = json.loads(out)
    assert (code, document["observations"], document["rules"], document["points"], document["countries"]) == (
        0, [], [], [], [],
    )  # fmt: skip
