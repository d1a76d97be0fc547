"""Where the answer goes: a dash is the screen, and no output is written over what was read, however it is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import small_project
from running import environment, exposure

from exposure.observations import files, loading

RULES = f"\n{small_project.TWO_RULES}"
CLAIMS = (
    "country,indicator,value,as_of\nSRB,debt,80,2020\nSRB,vendor,Huawei,2020\nMNE,debt,20,2020\nMNE,vendor,Nokia,2020\n"
)
OUTSIDE = "country,value\nSRB,1\nMNE,2\n"


@pytest.mark.parametrize(
    ("named", "unnamed"),
    [
        pytest.param(["rank", "-o", "-"], ["rank"], id="table"),
        pytest.param(["rank", "-f", "json:-", "-f", "csv:out.csv"], ["rank", "-f", "json"], id="format"),
        pytest.param(["rank", "-f", "json:-"], ["rank", "-f", "json"], id="format alone"),
        pytest.param(["fmt", "-i", "indicators.csv", "-o", "-"], ["fmt", "-i", "-", "-r", "rules.toml"], id="fmt"),
        pytest.param(["init", "--schema", "-o", "-"], ["init", "--schema"], id="schema"),
    ],
)
def test_a_dash_names_standard_output(folder: Path, named: list[str], unnamed: list[str]) -> None:
    code, out, err = exposure(*named, cwd=folder)
    assert (code, out) == exposure(*unnamed, cwd=folder, stdin=CLAIMS.encode())[:2], err
    assert (folder / "indicators.csv").read_text(encoding="utf-8") == CLAIMS
    assert not (folder / "-").exists()


@pytest.fixture
def full(folder: Path) -> Path:
    """A folder of claims and rules, with a second pair in `old`, an outside index, and other names of the claims."""
    (folder / "old").mkdir()
    for name, text in {
        "base.csv": CLAIMS,
        "old/base.csv": CLAIMS,
        "old/rules.toml": RULES,
        "other.csv": OUTSIDE,
    }.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "link.svg").symlink_to("indicators.csv")
    (folder / "old" / "hard.csv").hardlink_to(folder / "indicators.csv")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(asked: str, folder: Path, what: str) -> None:
    """Asserts that this is refused, since its output is `what`, and changes nothing."""
    before = contents(folder)
    words = [word.replace("HERE", str(folder)) for word in asked.split()]
    code, out, err = exposure(*words, cwd=folder)
    assert (code, out) == (2, ""), err
    assert err.splitlines()[-1].endswith(f": these are the {what}; write to another file")
    assert contents(folder) == before


VERBS = [
    *("rank", "explain SRB", "show", "trend", "robustness --draws 9", "audit", "levers SRB", "check"),
    *("what-if SRB.debt=1", "what-if --all", "what-if --list", "diff base.csv", "diff base.csv indicators.csv", "fmt"),
]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("file", "what"), [("indicators.csv", "observations"), ("./rules.toml", "rules")])
def test_what_a_verb_reads_is_not_written_over(full: Path, verb: str, file: str, what: str) -> None:
    # Both files are found and not named.
    refused(f"{verb} -o {file}", full, what)


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        pytest.param("rank -f json:indicators.csv", "observations", id="a format's own file"),
        pytest.param("rank -f json -f csv:rules.toml", "rules", id="a second format"),
        pytest.param("rank -i old/base.csv -o old/base.csv", "observations", id="-i"),
        pytest.param("rank -i old/base.csv -o old/rules.toml", "rules", id="rules beside -i"),
        pytest.param("rank -r old/rules.toml -o old/rules.toml", "rules", id="-r"),
        pytest.param("diff base.csv -o base.csv", "observations", id="base of diff"),
        pytest.param("diff base.csv old/base.csv -o old/base.csv", "observations", id="head of diff"),
        pytest.param("diff old/base.csv -o old/rules.toml", "rules", id="rules of the base of diff"),
        pytest.param("diff old/base.csv base.csv -o old/rules.toml", "rules", id="rules beside one side of two"),
        pytest.param("check --base base.csv -f csv:base.csv", "observations", id="base of check"),
        pytest.param("check --base old/base.csv -f sarif:old/rules.toml", "rules", id="rules of the base of check"),
        pytest.param("audit --against other.csv -o other.csv", "values of the outside index", id="outside index"),
        pytest.param("audit --against other.csv -f json:rules.toml", "rules", id="rules beside an outside index"),
        pytest.param("what-if SRB.debt=1 --save rules.toml", "rules", id="--save"),
        pytest.param("robustness --export indicators.csv", "observations", id="--export"),
        pytest.param("fmt -i base.csv -o base.csv", "observations", id="fmt elsewhere, and there"),
        pytest.param("report --picture bars -o link.svg", "observations", id="a picture"),
        pytest.param("rank -o link.svg", "observations", id="written through a link"),
        pytest.param("rank -i link.svg -o indicators.csv", "observations", id="read through a link"),
        pytest.param("rank -o old/hard.csv", "observations", id="a hard link"),
        pytest.param("rank -o HERE/indicators.csv", "observations", id="an absolute path"),
        pytest.param("rank -i HERE/indicators.csv -o indicators.csv", "observations", id="a relative path"),
        pytest.param("rank -o old/../indicators.csv", "observations", id="a way round"),
    ],
)
def test_nothing_that_was_read_is_written_over(full: Path, asked: str, what: str) -> None:
    refused(asked, full, what)


def test_the_report_is_not_written_over_what_it_reads(full: Path) -> None:
    (full / "claims.html").symlink_to("indicators.csv")
    refused("report -o claims.html", full, "observations")


def test_another_letter_case_is_the_same_file_where_the_disk_says_so(full: Path) -> None:
    if not (full / "INDICATORS.CSV").exists():
        # A disk that tells them apart: to it the other name is another file.
        assert exposure("rank", "-o", "INDICATORS.CSV", cwd=full)[0] == 0
    else:
        refused("rank -o INDICATORS.CSV", full, "observations")


@pytest.mark.parametrize("file", ["indicators.csv", "rules.toml"])
def test_the_packaged_copies_are_not_written_over(tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "indicators.csv").write_text(CLAIMS, encoding="utf-8")
    (package / "rules.toml").write_text(RULES, encoding="utf-8")
    monkeypatch.setattr(files, "PACKAGE", package)
    refused(f"rank -o HERE/package/{file}", tmp_path, "observations" if file == "indicators.csv" else "rules")
    named = "-i HERE/package/indicators.csv -r HERE/package/rules.toml"
    refused(f"rank {named} -o package/{file}", tmp_path, "observations" if file == "indicators.csv" else "rules")


@pytest.mark.parametrize("asked", ["diff v1 v2", "check --base v1 -i elsewhere.csv", "diff v1 elsewhere.csv"])
@pytest.mark.parametrize(("file", "what"), [("indicators.csv", "observations"), ("rules.toml", "rules")])
def test_of_a_revision_the_file_of_today_is_not_written_over(
    repository: Path, asked: str, file: str, what: str
) -> None:
    if "elsewhere" in asked:
        (repository / "elsewhere.csv").write_bytes((repository / "indicators.csv").read_bytes())
        file = file.replace("indicators", "elsewhere")
    refused(f"{asked} -o {file}", repository, what)


@pytest.mark.parametrize("verb", ["rank -i - -r rules.toml", "fmt -i -", "diff - base.csv", "audit --against -"])
def test_a_file_that_comes_in_by_standard_input_is_not_written_over(full: Path, verb: str) -> None:
    before = contents(full)
    name = "other.csv" if "--against" in verb else "old/base.csv"
    command = [sys.executable, "-m", "exposure", *verb.split(), "-o", name]
    with (full / name).open("rb") as stdin:
        run = subprocess.run(
            command, cwd=full, stdin=stdin, capture_output=True, encoding="utf-8", env=environment(), check=False
        )
    assert run.returncode == 2
    assert ": these are the " in run.stderr.splitlines()[-1]
    assert contents(full) == before


Spoil = Callable[[Path, pytest.MonkeyPatch], None]


def too_large(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loading, "LARGEST_FILE", 10)


def invalid_cell(folder: Path, patch: pytest.MonkeyPatch) -> None:
    (folder / "indicators.csv").write_text("country,indicator,value\nSRB,debt,x\n", encoding="utf-8")


def unreadable_rules(folder: Path, patch: pytest.MonkeyPatch) -> None:
    (folder / "rules.toml").write_text("[index\n", encoding="utf-8")


@pytest.mark.parametrize("spoil", [too_large, invalid_cell, unreadable_rules])
@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ("check -o indicators.csv", "observations"),
        ("check -o rules.toml", "rules"),
        ("check --base base.csv -o base.csv", "observations"),
    ],
)
def test_nor_is_it_by_an_answer_that_it_cannot_be_read(
    full: Path,
    spoil: Callable[[Path, pytest.MonkeyPatch], None],
    asked: str,
    what: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoil(full, monkeypatch)
    refused(asked, full, what)


@pytest.mark.parametrize(
    ("asked", "file"),
    [
        ("rank -i base.csv -o indicators.csv", "indicators.csv"),
        ("rank -f csv:other.csv", "other.csv"),
        ("diff base.csv -f json:old/base.csv", "old/base.csv"),
        ("fmt -i base.csv -o indicators.csv", "indicators.csv"),
    ],
)
def test_what_was_not_read_is_written_over(full: Path, asked: str, file: str) -> None:
    before = (full / file).read_bytes()
    code, _, err = exposure(*asked.split(), cwd=full)
    assert (code, (full / file).read_bytes() != before) == (0, True), err


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("rank -f csv:x -f json:x", "x: two formats cannot be written to one file"),
        ("rank -f csv:x -f json:./x", "x: two formats cannot be written to one file"),
        ("rank -f csv:x -f json:HERE/x", "two formats cannot be written to one file"),
        ("rank -f csv:there -f json:link", "link: two formats cannot be written to one file"),
        ("rank -f csv:x -f json -o x", "x: two formats cannot be written to one file"),
        ("robustness -o x --export x", "--export writes a file of its own"),
        ("robustness -o x --export HERE/x", "--export writes a file of its own"),
        ("robustness --export -", "--export writes a file of its own"),
        ("what-if SRB.debt=1 -f csv:there --save link", "--save writes a file of its own"),
    ],
)
def test_two_texts_are_not_written_to_one_file(folder: Path, asked: str, message: str) -> None:
    (folder / "there").write_bytes(b"")
    (folder / "link").symlink_to("there")
    words = [word.replace("HERE", str(folder)) for word in asked.split()]
    code, _, err = exposure(*words, cwd=folder)
    assert (code, message in err) == (2, True), err
    assert not (folder / "x").exists()
