"""What the tests of the verbs share: a folder with two files, and a project with a base."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_project import CLAIMS, RULES


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder that holds CLAIMS and RULES of the test's file."""
    (tmp_path / "indicators.csv").write_text(request.module.CLAIMS, encoding="utf-8")
    (tmp_path / "rules.toml").write_text(request.module.RULES, encoding="utf-8")
    return tmp_path


@pytest.fixture
def project(tmp_path: Path, git: Callable[..., str], commit: Callable[..., str]) -> Path:
    """A repository whose branch main holds CLAIMS and RULES."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, {"indicators.csv": CLAIMS.encode(), "rules.toml": RULES.encode()})
    return folder
