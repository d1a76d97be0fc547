"""Which files are read, for one side and for two."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from exposure.errors import ExposureError, InvalidInput
from exposure.observations import files, loading
from exposure.observations.files import (
    STDIN,
    InputFiles,
    find_base_and_head,
    find_counterpart,
    find_files,
    find_indicators,
)

OLD, NEW = b"country,indicator,value\nSRB,debt,1\n", b"country,indicator,value\nSRB,debt,2\n"


@pytest.fixture
def here(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository, gone into; its indicators say 1 at v1 and 2 at v2 and so do the editions of its rules."""
    monkeypatch.chdir(repository)
    return repository


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"from stdin")))


def names(side: InputFiles) -> tuple[str, str, tuple[str, ...]]:
    return side.indicators.name, side.rules.name, side.remarks


def edition(side: InputFiles) -> bytes:
    return side.rules.data.split(b'edition = "')[1][:1]


def refusal(*arguments: str | None) -> str:
    with pytest.raises(ExposureError) as caught:
        find_base_and_head(*arguments)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_file_knows_where_it_lies_and_a_packaged_one_does_not(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = find_files(None, None)
    assert (side.indicators.path, side.rules.path) == (Path("indicators.csv"), Path("rules.toml"))
    assert side.remarks == ("observations: ./indicators.csv", "rules: rules.toml")
    monkeypatch.chdir(tmp_path)
    side = find_files(None, None)
    assert (side.indicators.path, side.rules.path) == (None, None)


def test_naming_the_packaged_copy_does_not_make_it_writable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "indicators.csv").write_bytes(OLD)
    monkeypatch.setattr(files, "PACKAGE", tmp_path)
    assert find_indicators(str(tmp_path / "indicators.csv")).path is None


def test_a_revision_is_both_files_as_they_stood(here: Path) -> None:
    side = find_counterpart("v1", find_files(None, None))
    assert names(side) == ("indicators.csv at v1", "rules.toml at v1", ())
    assert (side.indicators.data, edition(side), side.indicators.path, side.rules.path) == (OLD, b"1", None, None)


def test_what_changed_since_two_revisions_parted(
    here: Path, git: Callable[..., str], commit: Callable[..., str]
) -> None:
    git(here, "checkout", "-q", "-b", "feature", "v1")
    commit(here, {"indicators.csv": NEW.replace(b"2", b"3")})
    for given in ("main...feature", "main..."):
        before, after = find_base_and_head(given, None, None, None)
        assert (before.indicators.data, after.indicators.data) == (OLD, NEW.replace(b"2", b"3"))
    assert "parted from main" in before.remarks[0]


def test_what_is_a_file_and_a_revision_is_neither(here: Path) -> None:
    (here / "v1").write_bytes(b"a file")
    assert refusal("v1", None, None, None).startswith("v1: both a file and a revision; write ./v1 for the file")
    assert find_counterpart("./v1", find_files(None, None)).indicators.data == b"a file"
    (here / "main").mkdir()
    assert refusal("main", None, None, None) == (
        "main: a folder; name a file in it, or write refs/heads/main for a branch of that name"
    )


def test_a_file_takes_the_rules_beside_it_else_the_other_sides(here: Path, tmp_path: Path) -> None:
    alone, beside = tmp_path / "alone", tmp_path / "beside"
    for folder in (alone, beside):
        folder.mkdir()
        (folder / "x.csv").write_bytes(OLD)
    (beside / "exposure").mkdir()
    (beside / "exposure" / "rules.toml").write_text("beside")
    other = find_files(None, None)
    assert find_counterpart(str(alone / "x.csv"), other).rules.data == other.rules.data
    assert find_counterpart(str(beside / "x.csv"), other).rules.data == b"beside"
    assert find_counterpart(str(beside / "x.csv"), other, "rules.toml").rules.data == other.rules.data
    for pair in ((alone, beside), (beside, alone)):
        before, after = find_base_and_head(*(str(folder / "x.csv") for folder in pair), None, None)
        assert before.rules.data == after.rules.data == b"beside"


def test_standard_input_takes_the_other_sides_rules(here: Path, stdin: None) -> None:
    before, after = find_base_and_head("v1", "-", None, None)
    assert (edition(before), edition(after), after.indicators.data) == (b"1", b"1", b"from stdin")
    assert names(after) == (STDIN, "rules.toml at v1", ())


def test_standard_input_before(here: Path, stdin: None) -> None:
    before, after = find_base_and_head("-", "v1", None, None)
    assert (edition(before), edition(after), before.indicators.data) == (b"1", b"1", b"from stdin")


def test_standard_input_against_what_lies_here(here: Path, stdin: None) -> None:
    before, after = find_base_and_head("-", None, None, None)
    assert (edition(before), before.indicators.data, after.indicators.data) == (b"2", b"from stdin", NEW)


def test_a_revision_for_standard_input_is_that_of_the_file_here(here: Path, stdin: None) -> None:
    side = find_counterpart("v1", find_files("-", None))
    assert side.indicators.data == OLD


@pytest.mark.parametrize("arguments", [("-", "-", None, None), ("-", None, "-", None)])
def test_both_sides_cannot_be_standard_input(
    here: Path, stdin: None, arguments: tuple[str, str | None, str | None, None]
) -> None:
    assert refusal(*arguments).startswith("both sides cannot come from standard input; name a file or a revision")


def test_two_revisions_of_a_file_that_is_gone(here: Path) -> None:
    (here / "indicators.csv").unlink()
    before, after = find_base_and_head("v1", "v2", "indicators.csv", None)
    assert (before.indicators.data, after.indicators.data) == (OLD, NEW)
    assert (edition(before), edition(after)) == (b"1", b"2")


def test_a_file_that_did_not_exist_is_empty_and_that_is_said(here: Path) -> None:
    (here / "new.csv").write_bytes(NEW)
    side = find_counterpart("v1", find_files("new.csv", None))
    assert side.indicators.data == b"country,indicator,value,as_of,source,confidence,note\n"
    assert side.remarks == ("new.csv does not exist at v1",)
    assert (side.missing, side.earlier) == ("new.csv does not exist at v1", "")


def test_rules_outside_the_repository_serve_both_sides_and_that_is_said(here: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("mine")
    name = str(tmp_path / "mine.toml")
    side = find_counterpart("v1", find_files(None, name), name)
    assert side.rules.data == b"mine"
    assert side.remarks == (f"{name} serve both sides: no rules of that place are in the repository at v1",)


def test_packaged_rules_serve_both_sides(here: Path, commit: Callable[..., str], git: Callable[..., str]) -> None:
    commit(here, {"data/indicators.csv": OLD})
    git(here, "tag", "v3")
    side = find_counterpart("v3", find_files("data/indicators.csv", None))
    assert side.indicators.data == OLD
    assert side.remarks[0].startswith("the rules packaged with exposure serve both sides")


def test_rules_that_lay_elsewhere_beside_the_observations_are_found(here: Path, commit: Callable[..., str]) -> None:
    (here / "exposure").mkdir()
    (here / "rules.toml").rename(here / "exposure" / "rules.toml")
    commit(here, {})
    side = find_counterpart("v1", find_files(None, None))
    assert names(side) == ("indicators.csv at v1", "rules.toml at v1", ("rules: rules.toml at v1",))


def test_from_a_folder_below(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "below").mkdir()
    monkeypatch.chdir(here / "below")
    before, after = find_base_and_head("v1", None, "../indicators.csv", None)
    assert (before.indicators.data, after.indicators.data, edition(before)) == (OLD, NEW, b"1")


def test_packaged_observations_have_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal("main", None, None, None).endswith("have no history here; name the file with -i")


def test_a_pipe_is_read_once(here: Path) -> None:
    os.mkfifo(here / "pipe")
    writer = threading.Thread(target=lambda: Path(here / "pipe").write_bytes(OLD))
    writer.start()
    before, after = find_base_and_head("pipe", "indicators.csv", None, None)
    writer.join()
    assert (before.indicators.data, after.indicators.data) == (OLD, NEW)


@pytest.mark.parametrize("what", ["read", "stdin"])
def test_reading_is_bounded(here: Path, stdin: None, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.setattr(loading, "LARGEST_FILE", 4)
    with pytest.raises(InvalidInput, match="too-large"):
        find_indicators("-" if what == "stdin" else "indicators.csv")


def test_closed_standard_input_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ExposureError, match="standard input is closed"):
        find_indicators("-")


def test_what_is_neither_is_said_with_what_to_do(here: Path) -> None:
    assert refusal("old.csv", None, None, None).startswith('"old.csv" is neither a file nor a revision')
    assert "no revision (with a colon)" in refusal("v1:indicators.csv", None, None, None)
    assert "no revision (too long)" in refusal("x" * 5000, None, None, None)
