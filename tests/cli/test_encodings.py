"""Consoles that know no UTF-8: a pipe gets UTF-8 all the same, and a terminal the nearest that it can show."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import small_project
from running import REPOSITORY, environment, process

CLAIMS = "country,indicator,value,as_of\nSRB,debt,80,2020\nMNE,debt,10..20,2020\n"
RULES = small_project.DEBT.replace('"Test"', '"Ţest ž – 国"')
CONSOLES = [
    pytest.param({"PYTHONIOENCODING": "cp1252"}, id="cp1252"),
    pytest.param({"PYTHONIOENCODING": "cp1251"}, id="cp1251"),
    pytest.param({"PYTHONIOENCODING": "ascii:strict"}, id="ascii"),
    pytest.param({"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}, id="the C locale"),
]
ASKED = [
    pytest.param(["rank"], 0, id="rank"),
    pytest.param(["check"], 1, id="check"),
    pytest.param(["robustness", "--help"], 0, id="help"),
    pytest.param(["rank", "-i", "none.csv"], 2, id="an error"),
    pytest.param(["rank", "-i", "bad.csv", "-r", "rules.toml"], 2, id="an error in the file"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose rules have a title that few code pages can write, and a file that is invalid in such signs."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "indicators.csv").write_text(CLAIMS, encoding="utf-8", newline="\n")
    (folder / "rules.toml").write_text(RULES, encoding="utf-8", newline="\n")
    (folder / "bad.csv").write_text("country,indicator,value\nŽŽ国,debt,1\n", encoding="utf-8", newline="\n")
    return folder


@pytest.mark.parametrize(("arguments", "code"), ASKED)
@pytest.mark.parametrize("variables", CONSOLES)
def test_a_pipe_gets_the_same_bytes_whatever_the_console(
    project: Path, arguments: list[str], code: int, variables: dict[str, str]
) -> None:
    found = process(*arguments, cwd=project, **variables)
    assert found == in_utf_8(project, *arguments)
    assert found[0] == code


@cache
def in_utf_8(folder: Path, *arguments: str) -> tuple[int, str, str]:
    return process(*arguments, cwd=folder, PYTHONIOENCODING="utf-8", PYTHONUTF8="1")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such terminals, and Python speaks UTF-8 to its own")
@pytest.mark.parametrize(("arguments", "code"), ASKED)
@pytest.mark.parametrize("variables", CONSOLES)
def test_a_terminal_is_shown_what_it_can_show(
    project: Path, arguments: list[str], code: int, variables: dict[str, str]
) -> None:
    found, screen = on_a_terminal(project, *arguments, **variables)
    assert found == code
    assert b"Traceback" not in screen
    assert b"exposure: defect" not in screen
    if arguments == ["rank"] and "ascii" in variables.get("PYTHONIOENCODING", ""):
        lines = screen.decode("ascii").splitlines()
        assert "?est ? - ?" in lines[1]
        # The end of a range is no question.
        assert not [line for line in lines[2:] if "?" in line]


def on_a_terminal(folder: Path, *arguments: str, **variables: str) -> tuple[int, bytes]:
    """Exit code, and all that a terminal is sent that both streams go to."""
    import pty

    reader, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "exposure", *arguments], cwd=folder, env=environment(TERM="xterm", **variables),
        stdin=terminal, stdout=terminal, stderr=terminal,
    ) as run:  # fmt: skip
        os.close(terminal)
        sent = b""
        # Linux says of a terminal that nobody writes to any more that it cannot be read.
        try:
            while piece := os.read(reader, 1 << 16):
                sent += piece
        except OSError:
            pass
        os.close(reader)
    return run.returncode, sent


def test_what_a_terminal_lacks_has_a_sign_in_its_place() -> None:
    script = "import sys\nfrom exposure.cli.streams import say\nsay('1–2 ≥3 ×4 ž…\\n')"
    encodings = {
        "ascii": b"1-2 >=3 x4 ?...\n",
        "cp1252": "1–2 >=3 ×4 ž…\n".encode("cp1252"),
        "utf-8": "1–2 ≥3 ×4 ž…\n".encode(),
    }
    for encoding, shown in encodings.items():
        env = environment(PYTHONIOENCODING=encoding)
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=REPOSITORY, env=env)
        assert run.stdout == shown
