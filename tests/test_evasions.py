"""The gate, attacked: changes that must be stopped, honest ones that must pass, and repositories without a base."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from evasions import CANNOT_RUN, CLAIMS, EVASIONS, HONEST, RULES, Case, Repo
from running import exposure

ALL = EVASIONS | HONEST | CANNOT_RUN


@pytest.fixture
def repo(tmp_path: Path, git: Callable[..., str]) -> Repo:
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    made = Repo(folder, git)
    made.write(indicators_dot_csv=CLAIMS, rules_dot_toml=RULES)
    made.commit("base")
    git(folder, "checkout", "-q", "-b", "change")
    return made


def test_the_base_itself_is_fit(repo: Repo) -> None:
    (found,) = [one for one in checked(repo)[1] if one["level"] == "error"]
    assert (found["code"], found["stood"]) == ("unsourced", True)


def checked(repo: Repo) -> tuple[int, list[dict[str, str]], str]:
    """Exit code, findings and all that was said, in the folder and to the base that the case left."""
    folder = repo.folder / repo.where
    code, out, err = exposure("check", "--base", repo.base, "-f", "json", *repo.options, cwd=folder)
    said = exposure("check", "--base", repo.base, *repo.options, cwd=folder)[1]
    return code, json.loads(out)["findings"] if out else [], said + err


@pytest.mark.parametrize("name", ALL)
def test_what_becomes_of_a_change(repo: Repo, name: str) -> None:
    case: Case = ALL[name]
    case.how(repo)
    code, found, said = checked(repo)
    new = {one["code"]: one["level"] for one in found if not one["stood"] and not one["waived"]}
    assert code == case.code, said
    assert case.said in new or case.said in said, said
    if case.code == 1 and case.said in new:
        assert new[case.said] == "error"
    assert "Traceback" not in said


def test_enough_is_tried() -> None:
    assert len(EVASIONS) >= 40
