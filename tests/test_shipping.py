"""What runs in other people's CI: least permissions, nothing interpolated into a script, and verbs that exist."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from evasions import BARE, CLAIMS, EVASIONS, EVIL, HONEST, RULES, Repo, after
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

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
LOCK = (REPOSITORY / ".github/actions/check/requirements.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
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
    assert set(workflow[True]) <= {"push", "pull_request", "merge_group"}
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
    assert "secrets." not in str(workflow)
    assert "github.token" not in str(workflow) + str(ACTION)


def test_the_data_are_checked_whatever_brings_a_change() -> None:
    workflow = WORKFLOWS["data.yml"]
    checkout, check, _ = steps(workflow)
    assert checkout["with"]["fetch-depth"] == 0
    # The action finds the base itself.
    assert check == {"uses": "./.github/actions/check"}
    # Without `paths`: of a very large pull request only the first files are looked at.
    assert workflow[True] == {"pull_request": None, "merge_group": None, "push": {"branches": ["main"]}}
    # What is not a pull request has a group of its own, in which nothing is stopped.
    assert workflow["concurrency"]["group"] == "data-${{ github.event.pull_request.number || github.run_id }}"


def test_the_readme_shows_the_workflow_of_the_starter() -> None:
    starter = yaml.safe_load((REPOSITORY / "exposure/starter/workflow.yml").read_text(encoding="utf-8"))
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    shown = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)[0])
    assert (shown[True], shown["permissions"]) == (starter[True], starter["permissions"])
    for one, other in zip(steps(shown), steps(starter), strict=False):
        assert one["uses"].split("@")[0] == other["uses"].split("@")[0]
        assert one.get("with") == other.get("with")


def test_the_tests_run_on_every_system() -> None:
    jobs = WORKFLOWS["ci.yml"]["jobs"]
    (tests,) = [job for job in jobs.values() if "system" in job.get("strategy", {}).get("matrix", {})]
    systems = [tests["runs-on"], *tests["strategy"]["matrix"]["system"], jobs["gate"]["runs-on"]]
    assert [re.sub(r"-[\d.]+$", "", system) for system in systems[1:]] == ["windows", "macos", "ubuntu"]
    assert tests["steps"][-1]["run"] == "python -m pytest"


LOCKED = [
    (Requirement(line.removesuffix(" \\")), hashes.split())
    for line, hashes in re.findall(r"(?m)^(\w.*)\n((?:    --hash=.*\n)*)", LOCK)
]


@pytest.mark.parametrize("required", [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]])
def test_the_action_installs_what_the_project_needs(required: str) -> None:
    wanted = Requirement(required)
    pins = [pin for pin, _ in LOCKED if canonicalize_name(pin.name) == canonicalize_name(wanted.name)]
    assert pins
    for pin in pins:
        ((operator, version),) = [(one.operator, one.version) for one in pin.specifier]
        assert operator == "=="
        assert wanted.specifier.contains(version)


def test_all_that_the_action_installs_is_held_by_its_hashes() -> None:
    lines = [line for line in LOCK.splitlines() if not line.startswith(("#", "    --hash="))]
    assert len(lines) == len(LOCKED) > 0
    for pin, hashes in LOCKED:
        found = [one for one in hashes if one != "\\"]
        assert found, pin
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in found)
    # A pull request that changes the lock must not change where its files come from.
    assert "://" not in LOCK
    assert not re.search(r"(?m)^\s*-(?!-hash=)", LOCK)


# Another project has the name `exposure` on the package index.
def test_nobody_is_told_to_install_another_project() -> None:
    assert PROJECT["project"]["name"] == "country-exposure"
    assert PROJECT["project"]["scripts"] == {"exposure": "exposure.cli:main"}
    told = re.compile(r"\b(?:install|add|uvx|pipx run)(?:\s+-\S+)*\s+[\"'`]?exposure(?![\w./-])")
    assert told.search("pip install -U exposure[report]")
    texts = [REPOSITORY / "README.md", *(REPOSITORY / ".github").rglob("*.yml"), *REPOSITORY.glob(".pre-commit-*.yaml")]
    texts += [path for path in (REPOSITORY / "exposure").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert [path for path in texts if told.search(path.read_text(encoding="utf-8"))] == []


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

    def run(
        self, name: str, inputs: dict[str, str] | None = None, event: dict[str, str] | None = None, **more: str
    ) -> tuple[int, str, str]:
        """One step of the action, with its expressions worked out as they would be; `event` is what `github` holds."""
        (step,) = [step for step in ACTION["runs"]["steps"] if step.get("name") == name]
        given = {key: value["default"] for key, value in ACTION["inputs"].items()} | (inputs or {})
        known = {f"inputs.{key}": value for key, value in given.items()}
        known |= {
            f"github.{key}": value for key, value in ({"event_name": "workflow_dispatch"} | (event or {})).items()
        }
        known["github.action_path"] = str(REPOSITORY / ".github/actions/check")
        env = {key: self.expression(value, known) for key, value in step["env"].items()}
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("EXPOSURE_", "GITHUB_"))}
        files = {key: str(path) for key, path in self.files.items()}
        files |= {"RUNNER_TEMP": str(self.temp), "GITHUB_WORKSPACE": str(self.workspace)}
        run = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace, capture_output=True, text=True, check=False,
            env={**kept, **files, "PATH": self.path, **more, **env},
        )  # fmt: skip
        return run.returncode, run.stdout, run.stderr

    @staticmethod
    def expression(text: str, known: dict[str, str]) -> str:
        """The value of an expression, or the text that is none; what the event does not hold is empty."""
        if not text.startswith("${{"):
            return text
        alternatives = text.removeprefix("${{").removesuffix("}}").split("||")
        return next((known[name.strip()] for name in alternatives if known.get(name.strip())), "")


def pull(base: str = "", head: str = "", merge: str = "") -> dict[str, str]:
    """What `github` holds in a pull request."""
    told = {"event.pull_request.base.sha": base, "event.pull_request.head.sha": head, "sha": merge}
    # The event has it where the head was pushed to, and it says nothing of the base.
    return {"event_name": "pull_request", "event.before": "f" * 40} | told


@pytest.fixture
def runner(tmp_path: Path, repository: Path) -> Runner:
    if os.name == "nt":
        pytest.skip("the programs that stand in for others are scripts of a POSIX shell")
    return Runner(tmp_path, repository)


# On Windows an environment has its programs in another folder.
@pytest.mark.parametrize("folder", ["bin", "Scripts"])
def test_the_action_installs_its_lock_and_its_own_checkout(runner: Runner, tmp_path: Path, folder: str) -> None:
    # What python was asked for is written down; it makes itself the environment's python.
    programs = tmp_path / "programs"
    programs.mkdir()
    fake = programs / "python"
    fake.write_text(
        f"#!/bin/sh\necho \"$@\" >> '{tmp_path}/asked'\nfor last; do :; done\n"
        f'[ "$3" = venv ] && mkdir -p "$last/{folder}" && cp "$0" "$last/{folder}/python"\nexit 0\n'
    )
    fake.chmod(0o755)
    runner.path = f"{programs}:{runner.path}"
    code, _, err = runner.run("Install exposure")
    assert (code, err) == (0, "")
    venv, lock, own = (tmp_path / "asked").read_text().splitlines()
    assert venv == f"-I -m venv {runner.temp}/exposure"
    for pip in (lock, own):
        assert pip.startswith("-I -m pip --isolated ")
    assert " --require-hashes --only-binary :all: -r " in lock
    assert Path(lock.split()[-1]).read_text(encoding="utf-8") == LOCK
    # Nothing is fetched to build it: the lock has brought what that takes.
    assert " --no-deps --no-build-isolation " in own
    assert Path(own.split()[-1]).resolve() == REPOSITORY
    assert runner.files["GITHUB_PATH"].read_text() == f"{runner.temp}/exposure/{folder}\n"


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_action_hands_its_inputs_on_whole_and_the_exit_code_back(runner: Runner, code: int) -> None:
    program = installed(runner.temp / "exposure" / ("Scripts" if code else "bin")) / "exposure"
    report = 'for each; do case "$each" in --format=markdown:*) echo found > "${each#*:}";; esac; done'
    program.write_text(f"#!/bin/sh\nprintf '%s|' \"$@\"\n{report if code < 2 else ''}\nexit {code}\n")
    inputs = {"indicators": "a b.csv", "rules": '$(touch x)"`', "fail-on": "warning"}
    found, out, _ = runner.run("Check", inputs, pull("abc"))
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


@pytest.fixture
def forked(tmp_path: Path, git: Callable[..., str]) -> tuple[Path, dict[str, str]]:
    """A repository of EVENTS, and the commits in it by their names."""
    repo = Repo(tmp_path / "forked", git)
    repo.folder.mkdir()
    git(repo.folder, "init", "-q", "-b", "main")
    repo.commit()
    commits = {"parted": git(repo.folder, "rev-parse", "HEAD")}
    for name, parents in {
        "main": ["parted"], "change": ["parted"], "merge": ["main", "change"], "evil": ["change", "main"],
        "octopus": ["main", "change", "parted"], "later": ["evil", "change"],
    }.items():  # fmt: skip
        named = [word for parent in parents for word in ("-p", commits[parent])]
        commits[name] = git(repo.folder, "commit-tree", "-m", name, *named, f"{commits['parted']}^{{tree}}")
    return repo.folder, commits


class Event(NamedTuple):
    """An event in the repository of `forked`, where a value that is a revision stands for its commit."""

    checked_out: str
    values: dict[str, str]
    base: str | None
    """What the command is told to compare with; empty for nothing, None where the action cannot run."""
    input: str = ""


def pushed(before: str, branch: str = "main", default: str = "main") -> dict[str, str]:
    told = {"event.before": before, "ref": f"refs/heads/{branch}", "event.repository.default_branch": default}
    return {"event_name": "push"} | told


def grouped(base: str) -> dict[str, str]:
    return {"event_name": "merge_group", "event.merge_group.base_sha": base}


ZEROS = "0" * 40
# main and change parted; `merge` is what GitHub makes of them, `evil` what the author of a change does.
EVENTS = {
    "the merge commit, and a base that is out of date": Event("merge", pull("parted", "change", "merge"), "main"),
    "the branch itself": Event("change", pull("parted", "change", "merge"), "parted"),
    "a branch that has merged main": Event("evil", pull("main", "evil", "merge"), "main"),
    "one that is called the merge commit": Event("evil", pull("main", "evil", "evil"), "main"),
    "a later push that merges the head": Event("later", pull("main", "change", "merge"), "main"),
    "the merge of another head": Event("merge", pull("parted", "evil", "merge"), "parted"),
    "a merge of three": Event("octopus", pull("parted", "change", "octopus"), "parted"),
    "a commit without parents": Event("parted", pull("main", "parted", "parted"), "main"),
    "no head is told": Event("parted", pull("main", "", "parted"), "main"),
    "no base is told": Event("merge", pull("", "change", "merge"), None),
    "with the rights of the base": Event(
        "main", pull("parted", "change", "main") | {"event_name": "pull_request_target"}, "parted"
    ),
    "an input goes first": Event("merge", pull("parted", "change", "merge"), "v0", "v0"),
    "an input where no base is told": Event("merge", pull(), "v0", "v0"),
    "a merge group": Event("merge", grouped("main"), "main"),
    "a merge group without a base": Event("merge", grouped(""), None),
    "a push": Event("main", pushed("parted"), "parted"),
    "a push to another branch": Event("change", pushed("parted", "change"), "parted"),
    "a new branch": Event("change", pushed(ZEROS, "change"), "refs/remotes/origin/main"),
    "a new branch, of long object ids": Event("change", pushed("0" * 64, "change"), "refs/remotes/origin/main"),
    "a new tag": Event("change", pushed(ZEROS) | {"ref": "refs/tags/v1"}, "refs/remotes/origin/main"),
    "the first push of all": Event("parted", pushed(ZEROS), ""),
    "a push on a commit that begins with noughts": Event("main", pushed("0000" + "f" * 36), "0000" + "f" * 36),
    "a push that names nothing before": Event("main", pushed(""), None),
    "a new branch where none is the default": Event("change", pushed(ZEROS, "change", ""), None),
    "by hand": Event("main", {"event_name": "workflow_dispatch"}, ""),
    "by the clock": Event("main", {"event_name": "schedule", "event.before": "parted"}, ""),
}


@pytest.mark.parametrize("name", EVENTS)
def test_what_an_event_is_compared_with(
    runner: Runner, forked: tuple[Path, dict[str, str]], git: Callable[..., str], name: str
) -> None:
    case = EVENTS[name]
    program = installed(runner.temp / "exposure" / "bin") / "exposure"
    program.write_text('#!/bin/sh\nfor each; do case "$each" in --base=*) echo "${each#--base=}";; esac; done\n')
    runner.workspace, commits = forked
    git(runner.workspace, "checkout", "-q", "--detach", commits[case.checked_out])
    event = {key: commits.get(value, value) if key.endswith("sha") else value for key, value in case.values.items()}
    event["event.before"] = commits.get(event.get("event.before", ""), event.get("event.before", ""))
    # A step before may have set what turns git to another repository.
    elsewhere = dict.fromkeys(("GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"), "elsewhere")
    code, out, err = runner.run("Check", {"base": case.input}, event, **elsewhere)
    if case.base is None:
        told = f"the event {event['event_name']} names no base to compare with; give one as the input base"
        assert (code, out) == (2, f"::error title=exposure check could not run::{told}\n"), err
    else:
        base = commits.get(case.base, case.base)
        assert (code, out, err) == (0, f"{base}\n" if base else "", "")


@pytest.fixture
def project(runner: Runner, tmp_path: Path, git: Callable[..., str]) -> Repo:
    """The repository that the evasions begin with, as the workspace of a runner with the real command."""
    installed(runner.temp / "exposure" / "bin")
    repo = Repo(tmp_path / "project", git)
    repo.folder.mkdir()
    git(repo.folder, "init", "-q", "-b", "main")
    repo.write(indicators_dot_csv=CLAIMS, rules_dot_toml=RULES)
    repo.commit("base")
    git(repo.folder, "checkout", "-q", "-b", "change")
    runner.workspace = repo.folder
    return repo


# Those that are about what git is asked, both as the merge commit and as the branch.
HOSTILE = (
    "a repository beside the data", "one whose files lie above", "one in the folder of the data",
    "a link for the folder", "a link for the file", "a submodule for the folder", "main merged into the edit",
    "it waives itself", "others' work on main", "files moved and not edited",
)  # fmt: skip


# What no event can ask for: another name for the base, a file as base, an option, a folder below.
UNFIT = {
    "a branch called as the base", "a tag called as the base", "a file called as the base", "an unrelated history",
    "a worktree below the repository", "said to be the first", "a base that is no table", "a base of nothing",
    "a base without claims", "a file renamed on both sides",
}  # fmt: skip
PULLS = [(name, merged) for name in HOSTILE for merged in (True, False)]
PULLS += [(name, False) for name in EVASIONS | HONEST if name not in UNFIT.union(HOSTILE)]


def checked_in(runner: Runner, repo: Repo, event: dict[str, str]) -> tuple[int, str]:
    """Exit code of the step, and all that it wrote."""
    names = {"-i": "indicators", "-r": "rules"}
    inputs = {names[option]: path for option, path in zip(repo.options[::2], repo.options[1::2], strict=True)}
    code, out, err = runner.run("Check", inputs, event)
    assert "Traceback" not in err
    return code, out + err + runner.files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "merged"), PULLS)
def test_what_becomes_of_a_pull_request(runner: Runner, project: Repo, name: str, merged: bool) -> None:
    case, git, folder = (EVASIONS | HONEST)[name], project.git, project.folder
    case.how(project)
    # A merge that the case ends with stays the last commit.
    if git(folder, "status", "--porcelain"):
        project.commit()
    # What the event tells may be older than main.
    base = git(folder, "merge-base", "main", "change")
    head = git(folder, "rev-parse", "change")
    tree = git(folder, "merge-tree", "--write-tree", "main", "change")
    merge = git(folder, "commit-tree", "-m", "merge", "-p", "main", "-p", "change", tree)
    git(folder, "checkout", "-q", "--detach")
    git(folder, "reset", "-q", "--hard", merge if merged else head)
    code, said = checked_in(runner, project, pull(base, head, merge))
    assert code == case.code, said
    assert case.said in said


def rewritten(repo: Repo) -> dict[str, str]:
    """A push that takes a commit away from main: the commit where they parted is what is left."""
    repo.git(repo.folder, "checkout", "-q", "main")
    repo.edit(*after("SRB,debt,62,2024,b,high,"))
    repo.commit()
    before = repo.git(repo.folder, "rev-parse", "HEAD")
    repo.git(repo.folder, "reset", "-q", "--hard", "HEAD~1")
    return pushed(before)


def forced(repo: Repo) -> dict[str, str]:
    """What stood before was never fetched."""
    return pushed("f" * 40)


def edited(repo: Repo) -> dict[str, str]:
    repo.git(repo.folder, "checkout", "-q", "main")
    before = repo.git(repo.folder, "rev-parse", "main")
    repo.edit(*EVIL)
    repo.commit()
    return pushed(before)


def new_branch(name: str) -> Callable[[Repo], dict[str, str]]:
    """A branch that is pushed for the first time, with an edit."""

    def push(repo: Repo) -> dict[str, str]:
        repo.git(repo.folder, "update-ref", "refs/remotes/origin/main", "main")
        repo.edit(*EVIL)
        repo.commit()
        repo.git(repo.folder, "checkout", "-q", "-b", name)
        return pushed(ZEROS, name)

    return push


def base_of_files(repo: Repo) -> dict[str, str]:
    """A file that has the name of the branch to compare with."""
    event = new_branch("another")(repo)
    repo.write(refs__remotes__origin__main=CLAIMS)
    return event


def queued(repo: Repo) -> dict[str, str]:
    """The group's base is no branch any more, and an ancestor all the same."""
    repo.edit(*EVIL)
    repo.commit()
    return grouped(repo.git(repo.folder, "rev-parse", "main"))


def stale_and_planted(repo: Repo) -> dict[str, str]:
    """The top of the workspace looks like a repository of its own in every way that files can."""
    event = edited(repo)
    for name, data in {**BARE, "config": b"[core]\nbare = true\nfsmonitor = touch pwned\n"}.items():
        path = repo.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return event


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        pytest.param(edited, 1, "source-unchanged", id="an edit on main"),
        pytest.param(stale_and_planted, 1, "source-unchanged", id="an edit beside a repository of files"),
        pytest.param(rewritten, 2, "the push took commits away from main", id="commits that are taken away"),
        pytest.param(forced, 2, "is neither a file nor a revision of this repository", id="what was before is gone"),
        pytest.param(queued, 1, "source-unchanged", id="an edit in a merge group"),
        pytest.param(new_branch("another"), 1, "source-unchanged", id="a new branch"),
        pytest.param(new_branch("origin/main"), 1, "source-unchanged", id="one that is called origin/main"),
        pytest.param(
            new_branch("refs/remotes/origin/main"), 2, "the name of more than one branch", id="one called in full"
        ),
        pytest.param(base_of_files, 2, "a file has its name", id="a file called as the base"),
    ],
)
def test_what_becomes_of_a_push(
    runner: Runner, project: Repo, how: Callable[[Repo], dict[str, str]], code: int, said: str
) -> None:
    event = how(project)
    found, written = checked_in(runner, project, event)
    assert found == code, written
    assert said in written
    assert code == 1 or "::error title=exposure check could not run::" in written
    assert not (project.folder / "pwned").exists()


@pytest.mark.parametrize("base", ["main", "v1", "sha", "absent"])
def test_a_file_named_as_the_base_is_not_taken_for_it(runner: Runner, git: Callable[..., str], base: str) -> None:
    installed(runner.temp / "exposure" / "bin")
    # The sha of a commit that was never fetched is a revision all the same.
    name = {"sha": git(runner.workspace, "rev-parse", "main~1"), "absent": "0" * 40}.get(base, base)
    (runner.workspace / name).write_bytes((runner.workspace / "indicators.csv").read_bytes())
    code, out, _ = runner.run("Check", event=pull(name))
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
    code, out, err = runner.run("Check")
    assert code == 2
    assert out == f"::error title=exposure check could not run::{err.splitlines()[-1].removeprefix('exposure: ')}\n"
    assert "indicators.csv: no such file" in out


def test_what_could_not_run_is_marked_in_one_line_and_commands_nothing(runner: Runner) -> None:
    installed(runner.temp / "exposure" / "bin")
    code, out, _ = runner.run("Check", {"base": "5% off\n::warning::x"})
    assert (code, out.count("\n"), "5%25 off" in out) == (2, 1, True)


def test_the_action_passes_what_is_fit_to_merge(runner: Runner) -> None:
    installed(runner.temp / "exposure" / "bin")
    code, _, err = runner.run("Check", event=pull("v1"))
    assert code in (0, 1), err
    assert "Traceback" not in err
    path = Path(runner.files["GITHUB_OUTPUT"].read_text().removeprefix("markdown=").removesuffix("\n"))
    assert path.read_text() == runner.files["GITHUB_STEP_SUMMARY"].read_text() != ""


def test_the_action_fails_on_an_invalid_cell_and_says_where(runner: Runner) -> None:
    installed(runner.temp / "exposure" / "bin")
    (runner.workspace / "indicators.csv").write_text("country,indicator,value\nSRB,debt,lots\n")
    code, out, _ = runner.run("Check")
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
