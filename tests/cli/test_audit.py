"""`exposure audit`, run as a user runs it: alone, and against an outside index."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import small_project
from running import environment, exposure

RULES = f"\n{small_project.DEBT}"
CLAIMS = "country,indicator,value\nSRB,debt,80\nMNE,debt,20\nALB,debt,50\n"
OTHER = "country,value\nSerbia,3\nALB,2\nMNE,2\nWorld,9\n"


@pytest.fixture
def folder(folder: Path) -> Path:
    (folder / "other.csv").write_text(OTHER, encoding="utf-8")
    return folder


def test_what_is_wrong_with_an_index_does_not_fail(folder: Path) -> None:
    code, out, err = exposure("audit", cwd=folder)
    assert code == 0
    assert "Without a definition\n" in out and "To do: Write a definition" in out
    assert err == "exposure: observations: ./indicators.csv; rules: rules.toml\n"


def test_against_a_file(folder: Path) -> None:
    code, out, _ = exposure("audit", "--against", "other.csv", "-f", "json", cwd=folder)
    against = json.loads(out)["against"]
    assert (code, against["file"], against["column"], against["n"]) == (0, "other.csv", "value", 3)
    assert against["spearman"] == pytest.approx(0.866, abs=1e-3)
    assert against["kendall"] == pytest.approx(0.816, abs=1e-3)
    assert (against["skipped"], against["skipped_rows"]) == (["World"], 1)


def test_against_standard_input_and_the_other_way_round(folder: Path) -> None:
    asked = ("audit", "--against", "-", "--reverse", "-f", "json")
    code, out, _ = exposure(*asked, cwd=folder, stdin=OTHER.encode())
    against = json.loads(out)["against"]
    assert (code, against["file"]) == (0, "<stdin>")
    assert against["spearman"] == pytest.approx(-0.866, abs=1e-3)


def test_nothing_in_common_is_an_answer_and_no_mistake(folder: Path) -> None:
    code, out, _ = exposure("audit", "--against", "-", cwd=folder, stdin=b"country,value\nDEU,1\nFRA,2\n")
    assert code == 0
    assert "0 countries in common, and 3 needed for a coefficient" in out
    assert "Not in the file: Albania; Montenegro; Serbia." in out
    assert "2 countries there are not scored here: Germany; France." in out


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        pytest.param(["--against", "none.csv"], b"", "none.csv: no such file; --against names", id="no file"),
        pytest.param(["--against", "."], b"", ".: a folder; --against names a file", id="a folder"),
        pytest.param(["--against", "-"], b"\x00\x01", "<stdin>:1:1: nul-byte", id="garbage"),
        pytest.param(["--against", "-"], b"country,value\nSRB,1\nSerbia,2\n", "<stdin>:3:1: duplicate", id="twice"),
        pytest.param(["--against", "-"], b"country,value\nWorld,1\n", "<stdin>:1:1: no-country", id="no country"),
        pytest.param(["--against", "-"], b"country,a,b\nSRB,1,2\n", "--column names one: \"a\", \"b\"", id="which"),
        pytest.param(["--against", "-", "-i", "-"], b"", "-i and --against cannot both come from", id="two of stdin"),
        pytest.param(["--column", "a"], b"", "--against names its file", id="a column of nothing"),
        pytest.param(["-f", "sarif"], b"", '"sarif" is not a format', id="no format of findings"),
    ],
)  # fmt: skip
def test_what_cannot_run_says_why_and_exits_with_2(
    folder: Path, arguments: list[str], stdin: bytes, message: str
) -> None:
    code, out, err = exposure("audit", *arguments, cwd=folder, stdin=stdin)
    assert (code, out) == (2, "")
    assert message in err and "Traceback" not in err


def test_a_reader_who_has_had_enough_is_no_failure(folder: Path) -> None:
    command = f'"{sys.executable}" -m exposure audit --against other.csv | head -n 1; exit "${{PIPESTATUS[0]}}"'
    run = subprocess.run(["bash", "-c", command], cwd=folder, env=environment(), capture_output=True, check=False)
    assert (run.returncode, run.stdout) == (0, b"Test\n")
    assert b"Error" not in run.stderr


def test_several_formats_at_once(folder: Path) -> None:
    code, out, _ = exposure("audit", "-f", "json:audit.json", "-f", "csv", cwd=folder)
    assert (code, out.splitlines()[0]) == (
        0,
        "rule,dimension,nominal,effective,correlation,n,known,varies,distinct,at_none,at_full,idle",
    )
    assert json.loads((folder / "audit.json").read_text(encoding="utf-8"))["schema"] == "exposure/audit/1"
