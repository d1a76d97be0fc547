"""What the tests share: scores from a few lines of rules and claims.

`EXPOSURE_UPDATE=1 python -m pytest` rewrites what is printed: the files in tests/golden and the output in the README.
Read the difference before it is committed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import settings

from exposure.observations.reading import read_observations
from exposure.rulebook.loading import load_rulebook
from exposure.rulebook.model import Rulebook
from exposure.scoring.score import Scores, score

# The same commit is tried with the same examples, by whichever worker; --hypothesis-profile=explore tries others.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
settings.load_profile("same")

REPOSITORY = Path(__file__).parents[1]

Scored = Callable[..., Scores]


@pytest.fixture(scope="session", autouse=True)
def no_screen() -> Iterator[None]:
    """A pipe is a pipe, whatever the terminal of whoever runs the tests; a worker of xdist is given 80 columns."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def scored() -> Scored:
    """A function of (rules, claims, as_of) giving scores; rules may leave out the title."""

    def build(rules: str, claims: str, as_of: str | None = None) -> Scores:
        text = rules if "[index]" in rules else f'[index]\ntitle = "Test"\nedition = "1"\n{rules}'
        rulebook = loaded(text)
        return score(read_observations(claims.encode(), rulebook), rulebook, as_of)

    return build


@lru_cache(maxsize=64)
def loaded(rules: str) -> Rulebook:
    """The rulebook of this text; many examples share one."""
    return load_rulebook(rules.encode())


@pytest.fixture(scope="session")
def shipped() -> Scores:
    """The scores of the shipped observations by the shipped rules."""
    rulebook = load_rulebook((REPOSITORY / "exposure" / "rules.toml").read_bytes())
    return score(read_observations((REPOSITORY / "indicators.csv").read_bytes(), rulebook), rulebook)


@pytest.fixture(scope="session")
def shipped_report(shipped: Scores) -> str:
    """The report of them, which takes seconds to make."""
    from exposure.views.report import report_html

    return report_html(shipped)


@pytest.fixture
def git(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A function of (folder, arguments) giving what git prints, whatever the user's own configuration."""
    return git_without_configuration(monkeypatch)


def git_without_configuration(patch: pytest.MonkeyPatch) -> Callable[..., str]:
    # Whoever runs the tests may run them in a hook.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        patch.delenv(name)
    patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    settings = ("user.name=T", "user.email=t@example.org", "init.defaultBranch=main", "protocol.file.allow=always")

    def run(folder: Path, *arguments: str) -> str:
        command = ["git", *(word for setting in settings for word in ("-c", setting)), *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()

    return run


@pytest.fixture
def commit(git: Callable[..., str]) -> Callable[..., str]:
    """A function of (folder, {name: bytes}) that writes the files and commits all, giving the commit's id."""
    return committing_with(git)


def committing_with(git: Callable[..., str]) -> Callable[..., str]:
    def run(folder: Path, files: dict[str, bytes]) -> str:
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "x", "--allow-empty")
        return git(folder, "rev-parse", "HEAD")

    return run


@pytest.fixture
def repository(tmp_path: Path, repository_to_copy: Path, git: Callable[..., str]) -> Path:
    """Two commits of a country's debt on the branch main: 1, tagged v1, then 2."""
    return shutil.copytree(repository_to_copy, tmp_path / "repository", symlinks=True)


@pytest.fixture(scope="session")
def repository_to_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `repository` is a copy of."""
    folder = tmp_path_factory.mktemp("made") / "repository"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        git = git_without_configuration(patch)
        git(folder, "init", "-q")
        for debt in (1, 2):
            claims = f"country,indicator,value\nSRB,debt,{debt}\n"
            rules = f'[index]\ntitle = "T"\nedition = "{debt}"\n{DEBT}'
            committing_with(git)(folder, {"indicators.csv": claims.encode(), "rules.toml": rules.encode()})
            git(folder, "tag", f"v{debt}")
    return folder


DEBT = """
[dimensions.d]
[rules.debt]
dimension = "d"
kind = "number"
goalposts = [0, 100]
"""
