"""What runs in other people's CI: least permissions, nothing interpolated into a script, and verbs that exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from exposure.cli import VERBS

REPOSITORY = Path(__file__).parents[1]
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
CONFIG = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((REPOSITORY / ".github/actions/check/action.yml").read_text(encoding="utf-8"))
WORKFLOWS = {
    path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((REPOSITORY / ".github/workflows").glob("*.y*ml"))
}
EVERYTHING = {**WORKFLOWS, "action.yml": ACTION}
OWN = [hook for repo in CONFIG["repos"] for hook in repo["hooks"]]


def steps(tree: Any) -> Iterator[dict[str, Any]]:
    """Every step of a workflow or an action."""
    if isinstance(tree, dict):
        yield from tree.get("steps") or []
        for value in tree.values():
            yield from steps(value)


@pytest.mark.parametrize("name", EVERYTHING)
def test_no_script_is_put_together_from_what_others_write(name: str) -> None:
    found = list(steps(EVERYTHING[name]))
    assert found
    for step in found:
        assert "${{" not in step.get("run", "")
        assert "github-script" not in step.get("uses", "")


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_action_of_others_is_pinned_by_its_commit(name: str) -> None:
    for step in steps(EVERYTHING[name]):
        uses = step.get("uses", "./")
        assert uses.startswith("./") or re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", uses), uses


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_read_and_no_more(name: str) -> None:
    workflow = WORKFLOWS[name]
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    # YAML 1.1 takes the word `on` for a truth value.
    assert set(workflow[True]) <= {"push", "pull_request"}
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
    assert "secrets." not in str(workflow)
    assert "github.token" not in str(workflow) + str(ACTION)


def test_the_data_are_checked_against_the_base_of_the_pull_request() -> None:
    workflow = WORKFLOWS["data.yml"]
    checkout, check, _ = steps(workflow)
    assert checkout["with"]["fetch-depth"] == 0
    assert check == {
        "uses": "./.github/actions/check",
        "with": {"base": "${{ github.event.pull_request.base.sha }}"},
    }
    paths = workflow[True]["pull_request"]["paths"]
    # Every place where rules are looked for.
    assert {"rules.toml", "exposure/rules.toml"} <= set(paths)
    for path in set(paths) - {"rules.toml"}:
        assert (REPOSITORY / path.removesuffix("/**")).exists(), path


def test_the_hooks_read_both_files_whichever_of_them_changed() -> None:
    assert [hook["id"] for hook in HOOKS] == ["exposure-check", "exposure-fmt"]
    for hook in HOOKS:
        assert (hook["language"], hook["pass_filenames"]) == ("python", False)
        # Without it a repository whose data lie elsewhere has those of the package checked, and passes.
        assert hook["args"] == ["-i", "indicators.csv"]
        for name in ("indicators.csv", "data/indicators.csv", "rules.toml", "exposure/rules.toml"):
            assert re.search(hook["files"], name)
        assert not re.search(hook["files"], "old_indicators.csv")
    own = {hook["id"]: hook for hook in OWN}
    for hook in HOOKS:
        assert own[hook["id"]]["entry"] == hook["entry"]
        assert own[hook["id"]]["pass_filenames"] is False
        assert {name for name in ("indicators.csv", "exposure/rules.toml") if re.search(own[hook["id"]]["files"], name)}


@pytest.mark.parametrize(
    "entry",
    [pytest.param(hook["entry"]) for hook in HOOKS],
)
def test_a_hook_runs_a_verb_that_exists(entry: str) -> None:
    program, verb = entry.split()
    assert program == "exposure"
    assert verb in VERBS


# A program called exposure, as an installation would have put it there.
def installed(folder: Path) -> Path:
    folder.mkdir(parents=True)
    program = folder / "exposure"
    program.write_text(f"#!/bin/sh\nPYTHONPATH='{REPOSITORY}' exec '{sys.executable}' -m exposure \"$@\"\n")
    program.chmod(0o755)
    return folder


class Runner:
    """The part of a CI runner that a composite action sees."""

    def __init__(self, folder: Path, workspace: Path) -> None:
        self.temp, self.workspace = folder / "temp", workspace
        self.temp.mkdir()
        self.files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
        for path in self.files.values():
            path.touch()
        self.path = os.environ["PATH"]

    def run(self, name: str, inputs: dict[str, str], event_base: str = "") -> tuple[int, str, str]:
        """One step of the action, with its expressions worked out as they would be."""
        (step,) = [step for step in ACTION["runs"]["steps"] if step.get("name") == name]
        given = {key: value["default"] for key, value in ACTION["inputs"].items()} | inputs
        known = {f"inputs.{key}": value for key, value in given.items()}
        known["github.action_path"] = str(REPOSITORY / ".github/actions/check")
        known["github.event.pull_request.base.sha"] = event_base
        env = {key: self.expression(value, known) for key, value in step["env"].items()}
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("EXPOSURE_", "GITHUB_"))}
        files = {key: str(path) for key, path in self.files.items()}
        run = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace, capture_output=True, text=True, check=False,
            env={**kept, **files, "PATH": self.path, "RUNNER_TEMP": str(self.temp), **env},
        )  # fmt: skip
        return run.returncode, run.stdout, run.stderr

    @staticmethod
    def expression(text: str, known: dict[str, str]) -> str:
        alternatives = text.removeprefix("${{").removesuffix("}}").split("||")
        return next((known[name.strip()] for name in alternatives if known[name.strip()]), "")


@pytest.fixture
def runner(tmp_path: Path, repository: Path) -> Runner:
    return Runner(tmp_path, repository)


def test_the_action_installs_its_own_checkout(runner: Runner, tmp_path: Path) -> None:
    # What python was asked for is written down; it makes itself the environment's python.
    programs = tmp_path / "programs"
    programs.mkdir()
    fake = programs / "python"
    fake.write_text(
        f"#!/bin/sh\necho \"$@\" >> '{tmp_path}/asked'\n"
        'for last; do :; done\n[ "$3" = venv ] && mkdir -p "$last/bin" && cp "$0" "$last/bin/python"\nexit 0\n'
    )
    fake.chmod(0o755)
    runner.path = f"{programs}:{runner.path}"
    code, _, err = runner.run("Install exposure", {})
    assert (code, err) == (0, "")
    venv, pip = (tmp_path / "asked").read_text().splitlines()
    assert venv == f"-I -m venv {runner.temp}/exposure"
    assert pip.startswith("-I -m pip install ")
    assert Path(pip.split()[-1]).resolve() == REPOSITORY
    assert runner.files["GITHUB_PATH"].read_text() == f"{runner.temp}/exposure/bin\n"


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_action_hands_its_inputs_on_whole_and_the_exit_code_back(runner: Runner, code: int) -> None:
    program = installed(runner.temp / "exposure" / "bin") / "exposure"
    report = 'for each; do case "$each" in --format=markdown:*) echo found > "${each#*:}";; esac; done'
    program.write_text(f"#!/bin/sh\nprintf '%s|' \"$@\"\n{report if code < 2 else ''}\nexit {code}\n")
    inputs = {"indicators": "a b.csv", "rules": '$(touch x)"`', "fail-on": "warning"}
    found, out, _ = runner.run("Check", inputs, event_base="abc")
    markdown = runner.temp / "exposure-check.md"
    assert found == code
    assert out.split("|")[:-1] == [
        "check", "--fail-on=warning", "--format=github", f"--format=markdown:{markdown}", "--indicators=a b.csv",
        '--rules=$(touch x)"`', "--base=abc",
    ]  # fmt: skip
    # The summary of the step is written by check itself.
    written = (f"markdown={markdown}\n" if code < 2 else "", "")
    assert tuple(runner.files[name].read_text() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")) == written
    assert not (runner.workspace / "x").exists()


def test_outside_a_pull_request_there_is_nothing_to_compare_with(runner: Runner) -> None:
    program = installed(runner.temp / "exposure" / "bin") / "exposure"
    program.write_text('#!/bin/sh\necho "$@"\n')
    _, out, _ = runner.run("Check", {})
    formats = f"--format=github --format=markdown:{runner.temp}/exposure-check.md"
    assert out == f"check --fail-on=error {formats} --indicators=indicators.csv\n"


@pytest.mark.parametrize("base", ["main", "v1", "sha", "absent"])
def test_a_file_named_as_the_base_is_not_taken_for_it(runner: Runner, git: Callable[..., str], base: str) -> None:
    installed(runner.temp / "exposure" / "bin")
    # The sha of a commit that was never fetched is a revision all the same.
    name = {"sha": git(runner.workspace, "rev-parse", "main~1"), "absent": "0" * 40}.get(base, base)
    (runner.workspace / name).write_bytes((runner.workspace / "indicators.csv").read_bytes())
    code, out, _ = runner.run("Check", {}, event_base=name)
    assert (code, out[:8]) == (2, "::error ")
    assert "a file has its name" in out


def test_a_file_may_be_the_base(runner: Runner) -> None:
    installed(runner.temp / "exposure" / "bin")
    (runner.workspace / "old.csv").write_bytes((runner.workspace / "indicators.csv").read_bytes())
    code, out, err = runner.run("Check", {"base": "old.csv"})
    assert code in (0, 1), err
    assert "could not run" not in out
    assert "Nothing differs" in runner.files["GITHUB_STEP_SUMMARY"].read_text()


def test_observations_that_are_not_there_are_not_those_of_the_package(runner: Runner) -> None:
    installed(runner.temp / "exposure" / "bin")
    (runner.workspace / "indicators.csv").unlink()
    code, out, err = runner.run("Check", {})
    assert code == 2
    assert out == f"::error title=exposure check could not run::{err.splitlines()[-1].removeprefix('exposure: ')}\n"
    assert "indicators.csv: no such file" in out


def test_what_could_not_run_is_marked_in_one_line_and_commands_nothing(runner: Runner) -> None:
    installed(runner.temp / "exposure" / "bin")
    code, out, _ = runner.run("Check", {"base": "5% off\n::warning::x"})
    assert (code, out.count("\n"), "5%25 off" in out) == (2, 1, True)


def test_the_action_passes_what_is_fit_to_merge(runner: Runner) -> None:
    installed(runner.temp / "exposure" / "bin")
    code, _, err = runner.run("Check", {}, event_base="v1")
    assert code in (0, 1), err
    assert "Traceback" not in err
    path = Path(runner.files["GITHUB_OUTPUT"].read_text().removeprefix("markdown=").removesuffix("\n"))
    assert path.read_text() == runner.files["GITHUB_STEP_SUMMARY"].read_text() != ""


def test_the_action_fails_on_an_invalid_cell_and_says_where(runner: Runner) -> None:
    installed(runner.temp / "exposure" / "bin")
    (runner.workspace / "indicators.csv").write_text("country,indicator,value\nSRB,debt,lots\n")
    code, out, _ = runner.run("Check", {})
    assert code == 1
    assert re.search(r"^::error .*file=indicators\.csv.*line=2", out, re.MULTILINE)


@pytest.mark.parametrize("name", ["indicators", "rules", "base", "fail-on"])
@pytest.mark.parametrize(
    "hostile", ['$(touch pwned)"; touch pwned; #', "--help", "-o pwned", "`touch pwned`\ntouch pwned"]
)
def test_an_input_is_never_run_and_never_an_option(runner: Runner, name: str, hostile: str) -> None:
    installed(runner.temp / "exposure" / "bin")
    code, _, err = runner.run("Check", {name: hostile})
    assert code == 2, err
    assert not (runner.workspace / "pwned").exists()
    assert runner.files["GITHUB_OUTPUT"].read_text() == ""


@pytest.mark.parametrize(
    "hook",
    [pytest.param(hook, id=hook["id"]) for hook in HOOKS],
)
def test_a_hook_runs(hook: dict[str, Any], repository: Path, tmp_path: Path, git: Callable[..., str]) -> None:
    env = {**os.environ, "PATH": f"{installed(tmp_path / 'bin')}:{os.environ['PATH']}", "GIT_DIR": ".git"}
    run = subprocess.run(
        ["bash", "-c", " ".join([hook["entry"], *hook["args"]])],
        cwd=repository,
        env=env,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in run.stderr
    changed = git(repository, "status", "--porcelain")
    if hook["id"] == "exposure-fmt":
        # pre-commit fails a hook that changes a file.
        assert (run.returncode, changed) == (0, "M indicators.csv")
    else:
        assert (run.returncode in (0, 1), changed) == (True, "")
