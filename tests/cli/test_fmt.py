"""`exposure fmt`: rewriting in place, elsewhere and not at all, run as a user runs it."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from running import REPOSITORY, exposure, process

from exposure.observations import writing

HEADER = "country,indicator,value,as_of,source,confidence,note\n"
RULES = """
[index]
title = "T"
edition = "1"
[dimensions.d]
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
[rules.vendor]
dimension = "d"
kind = "category"
severity = { Huawei = 100, Nokia = 0 }
"""
UGLY = "\ufeffcountry,indicator,value\r\nSerbia,vendor,huawei\r\nALB,debt,1\r\n"
PRETTY = HEADER + "ALB,debt,1,,,,\nSRB,vendor,Huawei,,,,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "indicators.csv").write_text(UGLY, encoding="utf-8", newline="")
    (tmp_path / "rules.toml").write_text(RULES, encoding="utf-8")
    return tmp_path


def said(err: str) -> str:
    """What is said beside which files were chosen."""
    return "".join(line + "\n" for line in err.splitlines() if ": rules: " not in line and "observations: " not in line)


def test_a_file_is_rewritten_once(folder: Path) -> None:
    code, out, err = exposure("fmt", cwd=folder)
    assert (code, out) == (0, "")
    assert err == (
        "exposure: observations: ./indicators.csv; rules: rules.toml\n"
        "exposure: indicators.csv: rewritten; 2 cells change\n"
    )
    assert (folder / "indicators.csv").read_bytes() == PRETTY.encode()
    before = (folder / "indicators.csv").stat()
    code, out, err = exposure("fmt", cwd=folder)
    assert (code, out, said(err)) == (0, "", "exposure: indicators.csv: in canonical form, nothing to do\n")
    after = (folder / "indicators.csv").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_check_writes_nothing_and_says_what_there_is_to_do(folder: Path) -> None:
    code, out, err = exposure("fmt", "--check", cwd=folder)
    assert code == 1
    assert out.splitlines() == [
        "--- indicators.csv",
        "+++ indicators.csv (canonical)",
        "@@ -1,3 +1,3 @@",
        "-\\ufeffcountry,indicator,value\\x0d",
        "-Serbia,vendor,huawei\\x0d",
        "-ALB,debt,1\\x0d",
        "+country,indicator,value,as_of,source,confidence,note",
        "+ALB,debt,1,,,,",
        "+SRB,vendor,Huawei,,,,",
    ]
    assert said(err) == "exposure: indicators.csv: would be rewritten; 2 cells change\n"
    assert (folder / "indicators.csv").read_text(encoding="utf-8-sig").startswith("country,indicator,value\n")
    (folder / "indicators.csv").write_text(PRETTY)
    assert exposure("fmt", "--check", cwd=folder)[:2] == (0, "")


def test_standard_input_is_filtered(folder: Path) -> None:
    code, out, _ = exposure("fmt", "-i", "-", cwd=folder, stdin=UGLY.encode())
    assert (code, out) == (0, PRETTY)
    assert exposure("fmt", "-i", "-", cwd=folder, stdin=PRETTY.encode())[:2] == (0, PRETTY)


def test_elsewhere(folder: Path) -> None:
    code, out, err = exposure("fmt", "-o", "new.csv", cwd=folder)
    assert (code, out, said(err)) == (0, "", "exposure: indicators.csv: written to new.csv; 2 cells change\n")
    assert (folder / "new.csv").read_text() == PRETTY
    assert (folder / "indicators.csv").read_text(encoding="utf-8-sig").startswith("country,indicator,value\n")


def test_wide_becomes_long(folder: Path) -> None:
    (folder / "wide.csv").write_text("iso3,vendor,debt\nSRB,huawei,\nALB,,1\nXKX,,\n")
    code, _, _ = exposure("fmt", "-i", "wide.csv", "--long", "-o", "indicators.csv", cwd=folder)
    assert code == 0
    assert (folder / "indicators.csv").read_text() == PRETTY
    code, out, _ = exposure("fmt", "-i", "wide.csv", "--long", "--check", cwd=folder)
    assert code == 1
    assert out.splitlines()[3:] == [
        "-iso3,vendor,debt", "-SRB,huawei,", "-ALB,,1", "-XKX,,",
        "+country,indicator,value,as_of,source,confidence,note", "+ALB,debt,1,,,,", "+SRB,vendor,Huawei,,,,",
    ]  # fmt: skip
    exposure("fmt", "-i", "wide.csv", cwd=folder)
    assert (folder / "wide.csv").read_text() == "iso3,debt,vendor\nALB,1,\nSRB,,Huawei\nXKX,,\n"


def test_a_link_stays_and_the_mode_too(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "indicators.csv").rename(folder / "data" / "real.csv")
    (folder / "data" / "real.csv").chmod(0o640)
    (folder / "indicators.csv").symlink_to("data/real.csv")
    assert exposure("fmt", cwd=folder)[0] == 0
    assert (folder / "indicators.csv").is_symlink()
    assert (folder / "data" / "real.csv").read_text() == PRETTY
    assert stat.S_IMODE((folder / "data" / "real.csv").stat().st_mode) == 0o640
    assert [path.name for path in (folder / "data").iterdir()] == ["real.csv"]


def test_links_in_a_circle(folder: Path) -> None:
    (folder / "loop.csv").symlink_to("loop.csv")
    code, _, err = exposure("fmt", "-o", "loop.csv", cwd=folder)
    assert code == 2
    assert "loop.csv: cannot be written: " in err


def test_a_pipe_or_device_is_written_to_and_stays_one(folder: Path) -> None:
    code, out, _ = process("fmt", "-o", "/dev/stdout", cwd=folder)
    assert (code, out) == (0, PRETTY)
    assert Path("/dev/stdout").is_symlink()


def test_invalid_cells_are_all_said_and_nothing_is_written(folder: Path) -> None:
    text = "country,indicator,value\nSerbija,debt,1\nSRB,debt,x\n"
    (folder / "indicators.csv").write_text(text)
    for more in ([], ["--check"], ["-o", "new.csv"]):
        code, out, err = exposure("fmt", *more, cwd=folder)
        assert (code, out) == (2, "")
        assert "indicators.csv:2:1: unknown-country" in err
        assert "indicators.csv:3:10: unreadable-number" in err
    assert (folder / "indicators.csv").read_text() == text
    assert sorted(path.name for path in folder.iterdir()) == ["indicators.csv", "rules.toml"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(folder: Path) -> None:
    # No file may grow: a full disk, for root as well.
    script = f"ulimit -f 0; PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='{REPOSITORY}' exec '{sys.executable}' -m exposure fmt"
    run = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "exposure: indicators.csv: cannot be written: File too large" in run.stderr
    assert (folder / "indicators.csv").read_bytes() == UGLY.encode()
    assert sorted(path.name for path in folder.iterdir()) == ["indicators.csv", "rules.toml"]


def test_the_packaged_copy_is_never_written(tmp_path: Path) -> None:
    before = (REPOSITORY / "indicators.csv").read_bytes()
    code, out, err = exposure("fmt", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert said(err).endswith("are never rewritten; name a file of yours with -i\n")
    assert (REPOSITORY / "indicators.csv").read_bytes() == before
    assert exposure("fmt", "--check", cwd=tmp_path)[0] == 2


def test_a_pipe_cannot_be_rewritten(folder: Path) -> None:
    script = f"PYTHONPATH='{REPOSITORY}' '{sys.executable}' -m exposure fmt -r rules.toml -i <(cat indicators.csv)"
    run = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (2, "")
    assert "a pipe or device cannot be rewritten; -i - filters, -o writes elsewhere" in run.stderr


def test_what_was_saved_since_it_was_read_is_not_lost(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rewritten_while_somebody_saves(*arguments: Any) -> writing.Rewritten:
        (folder / "indicators.csv").write_text(UGLY + "MNE,debt,3\n", encoding="utf-8", newline="")
        return rewritten(*arguments)

    rewritten = writing.rewritten
    monkeypatch.setattr(writing, "rewritten", rewritten_while_somebody_saves)
    code, out, err = exposure("fmt", cwd=folder)
    assert (code, out) == (2, "")
    changed = "exposure: indicators.csv: changed since it was read; nothing was written; run it again\n"
    assert said(err) == changed
    assert (folder / "indicators.csv").read_text(encoding="utf-8").endswith("MNE,debt,3\n")
    assert sorted(path.name for path in folder.iterdir()) == ["indicators.csv", "rules.toml"]
    # Elsewhere nobody's edit is at stake.
    assert exposure("fmt", "-o", "new.csv", cwd=folder)[0] == 0


def test_an_output_without_a_name_is_not_the_file_itself(folder: Path) -> None:
    # As in -o "$NEW" where NEW is not set.
    code, _, err = exposure("fmt", "-o", "", cwd=folder)
    assert (code, "cannot be written" in err) == (2, True)
    assert (folder / "indicators.csv").read_text(encoding="utf-8").startswith(UGLY[:9])


def test_check_has_nothing_to_write(folder: Path) -> None:
    code, _, err = exposure("fmt", "--check", "-o", "x", cwd=folder)
    assert code == 2
    assert "--check writes nothing, so -o has nothing to write" in err


def test_the_shipped_observations_are_canonical() -> None:
    assert exposure("fmt", "--check", cwd=REPOSITORY)[:2] == (0, "")
