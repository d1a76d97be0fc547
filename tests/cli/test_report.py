"""report --picture, run as a user runs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import small_project
from running import exposure, process

pytest.importorskip("matplotlib", reason="pictures need the report extra")

RULES = f"\n{small_project.DEBT}"
CLAIMS = "country,indicator,value,as_of\nSRB,debt,80,2020\nMNE,debt,20,2020\nALB,debt,50,2021\n"


@pytest.mark.parametrize(
    ("kind", "file", "magic"),
    [
        ("bars", "a.svg", b"<?xml"),
        ("heatmap", "a.png", b"\x89PNG"),
        ("ranks", "a.PDF", b"%PDF"),
        ("trend", "a.svg", b"<?xml"),
        ("map", "a.svg", b"<?xml"),
    ],
)
def test_a_picture_is_written_by_the_ending_of_its_file(folder: Path, kind: str, file: str, magic: bytes) -> None:
    code, out, err = exposure("report", "--picture", kind, "-o", file, cwd=folder)
    assert (code, out) == (0, "")
    assert err == "exposure: observations: ./indicators.csv; rules: rules.toml\n"
    assert (folder / file).read_bytes().startswith(magic)


def test_a_dash_writes_the_page_to_standard_output(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exposure.views.report.drawn", lambda *_: b"<svg/>")
    code, out, err = exposure("report", "-o", "-", cwd=folder)
    assert (code, out[:15], (folder / "-").exists()) == (0, "<!DOCTYPE html>", False), err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "-o names the page to write"),
        (("-o", "x.pdf"), "the report is a page and ends in .html"),
        (("-o", "no/where/x.html"), "cannot be written"),
        (("--picture", "bars"), "-o names the file to draw"),
        (("--picture", "bars", "-o", "a.gif"), 'a picture is .svg, .png or .pdf'),
        (("--picture", "bars", "-o", "svg"), 'a picture is .svg, .png or .pdf'),
        (("--picture", "pie", "-o", "a.svg"), "'pie' is not one of"),
        (("--picture", "bars", "-o", "no/where/a.svg"), "cannot be written"),
    ],
)  # fmt: skip
def test_what_could_not_run_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], said: str
) -> None:
    monkeypatch.setattr("exposure.views.report.drawn", lambda *_: b"<svg/>")
    code, out, err = exposure("report", *asked, cwd=folder)
    assert (code, out) == (2, "")
    assert said in err and "Traceback" not in err
    assert not list(folder.glob("a.*"))


def test_without_matplotlib_it_says_what_to_install(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    hiding = tmp_path_factory.mktemp("hiding")
    (hiding / "matplotlib.py").write_text("raise ImportError('hidden')\n", encoding="utf-8")
    path = f"{hiding}:{Path(__file__).parents[2]}"
    code, _, err = process("report", "--picture", "bars", "-o", "a.svg", cwd=folder, PYTHONPATH=path)
    assert code == 2
    assert "exposure: pictures need matplotlib: pip install jinja2 matplotlib" in err
    assert not (folder / "a.svg").exists()


def test_a_failed_picture_leaves_the_old_one(folder: Path, commit: Callable[..., str]) -> None:
    (folder / "a.svg").write_text("old", encoding="utf-8")
    (folder / "indicators.csv").write_text("country,indicator,value\nTWN,debt,5\n", encoding="utf-8")
    code, _, err = exposure("report", "--picture", "map", "-o", "a.svg", cwd=folder)
    assert code == 2 and "on the map" in err
    assert (folder / "a.svg").read_text(encoding="utf-8") == "old"


def test_the_whole_is_one_page(folder: Path) -> None:
    code, out, err = exposure("report", "-o", "report.html", "--draws", "20", cwd=folder)
    assert (code, out) == (0, ""), err
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and page.endswith("</html>\n")
