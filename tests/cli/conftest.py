"""What the tests of check and diff share: a project with a base."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_project import CLAIMS, RULES


@pytest.fixture
def project(tmp_path: Path, git: Callable[..., str], commit: Callable[..., str]) -> Path:
    """A repository whose branch main holds CLAIMS and RULES."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q")
    commit(folder, {"indicators.csv": CLAIMS.encode(), "rules.toml": RULES.encode()})
    return folder
