"""`exposure init`: the starter project passes its own gate, and nothing that is there is written over."""

from __future__ import annotations

import csv
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml
from running import exposure

from exposure import ExposureError, __version__, load_rulebook
from exposure.cli import cli
from exposure.cli.init import plant, starter_files

REPOSITORY = Path(__file__).parents[2]
FILES = ["indicators.csv", "rules.toml", ".github/workflows/data.yml", ".pre-commit-config.yaml"]
STARTER = starter_files()
RULES = STARTER["rules.toml"]


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    plant(tmp_path / "my-index")
    return tmp_path / "my-index"


def below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_it_says_what_it_wrote_and_what_to_do_next(tmp_path: Path) -> None:
    code, out, err = exposure("init", "new folder/my-index", cwd=tmp_path)
    assert code == 0
    written, commands = out.split("\nNext:\n")
    assert written.splitlines() == [f"new folder/my-index/{name}" for name in FILES]
    assert commands == "  cd 'new folder/my-index' && exposure check\n  exposure rank\n  exposure what-if --all\n"
    assert err == "exposure: <ACCOUNT> in the two YAML files stands for the account whose exposure you use\n"
    assert below(tmp_path / "new folder" / "my-index") == sorted(FILES)


def test_the_commands_it_names_run_in_the_folder_that_is_here(tmp_path: Path) -> None:
    code, out, _ = exposure("init", ".", cwd=tmp_path)
    commands = [line.split() for line in out.split("\nNext:\n")[1].splitlines()]
    assert (code, [command[0] for command in commands]) == (0, ["exposure"] * 3)
    for command in commands:
        code, out, err = exposure(*command[1:], cwd=tmp_path)
        assert (code, "Switzerland" in out or "CHE" in out) == (0, True), err


def test_the_starter_passes_its_check_at_once(starter: Path) -> None:
    code, out, _ = exposure("check", "--fail-on", "warning", "-f", "json", cwd=starter)
    findings = json.loads(out)["findings"]
    assert (code, {finding["level"] for finding in findings}) == (0, {"note"})
    code, _, err = exposure("fmt", "--check", cwd=starter)
    assert (code, err.splitlines()[-1]) == (0, "exposure: indicators.csv: in canonical form, nothing to do")


def test_the_starter_is_ranked(starter: Path) -> None:
    code, out, _ = exposure("rank", "-f", "json", cwd=starter)
    assert (code, json.loads(out)["unranked"]) == (0, [])
    assert [(one["country"], one["band"]) for one in json.loads(out)["countries"]] == [
        ("LSO", "severe"),
        ("CHE", "high"),
        ("PRT", "low"),
    ]


@pytest.mark.parametrize(
    "command", ["explain LSO CHE PRT", "show", "trend", "audit", "levers CHE", "robustness --shares 0 --draws 50"]
)
def test_every_question_has_an_answer(starter: Path, command: str) -> None:
    code, out, err = exposure(*command.split(), cwd=starter)
    assert (code, out != "") == (0, True), err


def test_each_scenario_moves_a_score_and_one_raises_a_contradiction(starter: Path) -> None:
    _, out, _ = exposure("what-if", "--list", "-f", "json", cwd=starter)
    names = [scenario["id"] for scenario in json.loads(out)["scenarios"]]
    pages = [exposure("what-if", "--scenario", name, cwd=starter)[1] for name in names]
    assert len(pages) == 2
    assert all("CHE" in page or "Switzerland" in page for page in pages)
    assert "Transit promised, one country holds it" in pages[1]


def test_the_schema_holds_for_its_rules(tmp_path: Path) -> None:
    assert exposure("init", "--schema", "-o", "rules.schema.json", cwd=tmp_path) == (0, "", "")
    schema = json.loads((tmp_path / "rules.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(tomllib.loads(RULES))


def test_its_rules_show_what_rules_can_say() -> None:
    rules = load_rulebook(RULES.encode())
    assert {rule.kind for rule in rules.rules.values()} == {"flag", "number", "category", "combination"}
    assert {rule.layer for rule in rules.rules.values()} == {"practice", "commitment", None}
    assert [getattr(rule, "contradiction", False) for rule in rules.rules.values()].count(True) == 1
    for part in (rules.bands, rules.context, rules.sources, rules.checks.levels, rules.targets, rules.scenarios):
        assert part
    assert all(rule.why and rule.definition for rule in rules.rules.values())
    assert all(dimension.why for dimension in rules.dimensions.values())


@pytest.mark.parametrize(
    ("there", "offered"),
    [
        pytest.param('kind = "flag"', "severity = { yes = 0, no = 100 }", id="flag the other way round"),
        pytest.param("goalposts = [6, 1]", "steps = [[1, 100], [3, 40], [6, 0]]", id="steps"),
    ],
)
def test_what_a_comment_offers_can_be_written(there: str, offered: str) -> None:
    assert f"`{offered}`" in RULES
    # Steps stand in place of goalposts; a severity stands beside its kind.
    kept = f"{there}\n" if there.startswith("kind") else ""
    changed = RULES.replace(f"\n{there}\n", f"\n{kept}{offered}\n")
    assert changed != RULES
    load_rulebook(changed.encode())


def test_the_waiver_is_one_without_its_signs() -> None:
    changed = re.sub(r"(?m)^# (\[\[waivers|code|country|reason|until)", r"\1", RULES)
    assert [waiver.country for waiver in load_rulebook(changed.encode()).waivers] == ["CHE"]


def test_every_claim_is_marked_as_an_example() -> None:
    claims = list(csv.DictReader(STARTER["indicators.csv"].splitlines()))
    assert {claim["source"] for claim in claims} == {"example-2026"}
    assert load_rulebook(RULES.encode()).sources["example-2026"].title == "An example; replace it"
    # No claim stands in for somebody else's finding: what a map does not show is left unknown.
    (unknown,) = [claim for claim in claims if not claim["value"]]
    assert "Placeholder" in unknown["note"]


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(STARTER[".github/workflows/data.yml"])["jobs"]["check"]["steps"]
    return found


def test_the_workflow_may_read_and_no_more() -> None:
    workflow = yaml.safe_load(STARTER[".github/workflows/data.yml"])
    assert workflow["permissions"] == {"contents": "read"}
    # YAML 1.1 takes the word `on` for a truth value. Without `paths`: a change that touches none is checked too.
    assert workflow[True] == {"pull_request": None, "merge_group": None, "push": {"branches": ["main"]}}
    (job,) = workflow["jobs"].values()
    assert set(job) == {"runs-on", "timeout-minutes", "steps"}
    assert not any("${{" in step.get("run", "") for step in steps())


def test_the_workflow_pins_the_version_that_wrote_it() -> None:
    checkout, check, fmt = steps()
    own = yaml.safe_load((REPOSITORY / ".github/workflows/data.yml").read_text(encoding="utf-8"))
    starter = yaml.safe_load(STARTER[".github/workflows/data.yml"])
    assert checkout == own["jobs"]["check"]["steps"][0]
    assert [starter[key] for key in (True, "concurrency")] == [own[key] for key in (True, "concurrency")]
    # The action finds the base itself.
    assert "with" not in check
    assert check["uses"] == f"<ACCOUNT>/exposure/.github/actions/check@v{__version__}"
    assert (REPOSITORY / ".github/actions/check/action.yml").is_file()
    program, verb, *arguments = shlex.split(fmt["run"])
    assert program == "exposure"
    cli.get_command(click.Context(cli), verb).make_context(verb, arguments)


def test_the_pre_commit_entry_names_hooks_that_exist_at_this_version() -> None:
    (repo,) = yaml.safe_load(STARTER[".pre-commit-config.yaml"])["repos"]
    shipped = [hook["id"] for hook in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())]
    assert repo["rev"] == f"v{__version__}"
    assert sorted(hook["id"] for hook in repo["hooks"]) == sorted(shipped)


def test_no_template_is_left_behind_and_no_placeholder_but_one() -> None:
    folder = REPOSITORY / "exposure" / "starter"
    assert len([path for path in folder.iterdir() if path.is_file()]) == len(STARTER) == len(FILES)
    assert "VERSION" not in "".join(STARTER.values())
    assert [name for name, text in STARTER.items() if "<ACCOUNT>" in text] == FILES[2:]
    assert not any("\r" in text for text in STARTER.values())


def test_it_writes_the_same_bytes_every_time(tmp_path: Path) -> None:
    written = [[path.read_bytes() for path in plant(tmp_path / name)] for name in ("a", "b")]
    assert written[0] == written[1] == [text.encode() for text in STARTER.values()]


@pytest.mark.parametrize("there", [FILES[:1], FILES[2:3], [FILES[1], FILES[3]], FILES])
def test_nothing_is_written_over(tmp_path: Path, there: list[str]) -> None:
    for name in there:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("mine")
    code, out, err = exposure("init", ".", cwd=tmp_path)
    assert (code, out) == (2, "")
    *named, last = err.splitlines()
    assert named == [f"exposure: {name}: is there already" for name in FILES if name in there]
    it = "it" if len(there) == 1 else "them"
    assert last == f"exposure: nothing was written; move {it} away, or name another folder"
    assert below(tmp_path) == sorted(there)
    assert {(tmp_path / name).read_text() for name in there} == {"mine"}


def test_a_link_to_nowhere_is_there_too(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").symlink_to("elsewhere.toml")
    with pytest.raises(ExposureError, match=r"rules\.toml: is there already"):
        plant(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["rules.toml"]


def test_a_folder_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / ".github").write_text("mine")
    code, out, err = exposure("init", ".", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert re.fullmatch(r"exposure: \.github\S*: cannot be written: .*; nothing was kept\n", err)
    assert below(tmp_path) == [".github"]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), KeyboardInterrupt()])
def test_all_is_written_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, error: BaseException
) -> None:
    replaced = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if target == (tmp_path / "deep" / "er" / name).resolve():
            raise error
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises((ExposureError, KeyboardInterrupt), match=r"denied; nothing was kept|^$"):
        plant(tmp_path / "deep" / "er")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_comes_meanwhile_stays_and_nothing_else_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = Path.replace

    def come(self: Path, target: Path) -> Path:
        (tmp_path / "rules.toml").write_text("theirs", encoding="utf-8")
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", come)
    with pytest.raises(ExposureError, match=r"rules\.toml: is there already; nothing was kept$"):
        plant(tmp_path)
    assert below(tmp_path) == ["rules.toml"]
    assert (tmp_path / "rules.toml").read_text(encoding="utf-8") == "theirs"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param([], "name the folder for the project, as in exposure init my-index", id="nothing asked"),
        pytest.param([""], "name the folder for the project", id="no name"),
        pytest.param(["here", "--schema"], "ask for one at a time", id="both"),
        pytest.param(["--like", "europe", "--schema"], "ask for one at a time", id="both, without a folder"),
        pytest.param(["here", "--like", "asia"], "'asia' is not 'europe'", id="no such example"),
        pytest.param(["here", "-o", "there"], "-o goes with --schema", id="-o"),
        pytest.param(["taken"], "Directory 'taken' is a file", id="a file"),
        pytest.param(["taken/here"], "cannot be written", id="below a file"),
    ],
)
def test_what_cannot_be_done_says_why(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "taken").write_text("mine")
    code, out, err = exposure("init", *arguments, cwd=tmp_path)
    assert (code, out) == (2, "")
    assert message in err
    assert below(tmp_path) == ["taken"]
