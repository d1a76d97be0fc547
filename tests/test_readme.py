"""The README says what the tool prints. EXPOSURE_UPDATE=1 rewrites its output blocks."""

from __future__ import annotations

import html
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from running import exposure

from exposure.cli import VERBS
from exposure.cli.streams import write
from exposure.scoring.score import Scores
from exposure.views.pictures import chart_of

REPOSITORY = Path(__file__).parents[1]
README = REPOSITORY / "README.md"
CONSOLE = re.compile(r"```console\n\$ (?P<command>.*)\n(?P<output>(?:.*\n)*?)```")

# Which files were chosen differs with the folder, so that remark is left out.
CHOSEN = ("exposure: observations: ", "exposure: rules: ")


def blocks() -> list[tuple[str, str]]:
    return [(m["command"], m["output"]) for m in CONSOLE.finditer(README.read_text(encoding="utf-8"))]


def printed(command: str) -> str:
    """What a terminal of a hundred columns shows: both streams."""
    alone = re.fullmatch(r"exposure (?P<arguments>[^|&$]*?)( \| head -n (?P<lines>\d+))?", command)
    if alone:
        _, out, err = exposure(*shlex.split(alone["arguments"]), cwd=REPOSITORY, COLUMNS="100")
        remarks = [line for line in err.splitlines(keepends=True) if not line.startswith(CHOSEN)]
        return "".join([*remarks, *out.splitlines(keepends=True)[: int(alone["lines"] or 0) or None]])
    kept = {k: v for k, v in os.environ.items() if not k.startswith("EXPOSURE_")}
    env = {**kept, "PYTHONPATH": str(REPOSITORY), "COLUMNS": "100", "NO_COLOR": "1"}
    quiet = f'grep -v "^{CHOSEN[0]}\\|^{CHOSEN[1]}"'
    script = f'exposure() {{ "{sys.executable}" -m exposure "$@" 2> >({quiet}); }}\n{command}'
    run = subprocess.run(
        ["bash", "-c", script], cwd=REPOSITORY, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return run.stdout.decode()


def show(command: str, output: str) -> None:
    """The README shows this output from now on; two workers that change it at once do so in turn."""
    # Windows has none, and nobody updates the README there.
    import fcntl

    folder = os.open(REPOSITORY, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        text = README.read_text(encoding="utf-8")
        shown = f"```console\n$ {command}\n{output}```"
        write(CONSOLE.sub(lambda block: shown if block["command"] == command else block[0], text), README)
    finally:
        os.close(folder)


@pytest.mark.parametrize("command", [command for command, _ in blocks()])
def test_a_command_prints_what_the_readme_shows(command: str) -> None:
    found = printed(command)
    if os.environ.get("EXPOSURE_UPDATE"):
        show(command, found)
    assert dict(blocks())[command] == found


def test_there_are_two_commands_to_start_with() -> None:
    commands = re.findall(r"```sh\n(.*)\n```", README.read_text(encoding="utf-8"))
    assert [command.split(" && ")[0].split()[:3] for command in commands] == [["python3", "-m", "venv"]] * 2
    assert commands[0].endswith("exposure rank")
    assert commands[1].endswith("-m pytest")


def test_the_python_example_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    run = subprocess.run([sys.executable, "-c", example], cwd=REPOSITORY, env=env, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    assert "SRB" in run.stdout.decode()


def test_the_yaml_examples_are_yaml_and_pin_the_version() -> None:
    import yaml

    from exposure import __version__

    workflow, hooks = re.findall(r"```yaml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (_, action) = yaml.safe_load(workflow)["jobs"]["check"]["steps"]
    assert action["uses"].endswith(f"/.github/actions/check@v{__version__}")
    assert (REPOSITORY / ".github" / "actions" / "check" / "action.yml").is_file()
    (repo,) = yaml.safe_load(hooks)["repos"]
    shipped = {hook["id"] for hook in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())}
    assert (repo["rev"], {hook["id"] for hook in repo["hooks"]}) == (f"v{__version__}", shipped)


def test_the_csv_example_is_read(tmp_path: Path) -> None:
    (example,) = re.findall(r"```csv\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "indicators.csv").write_text(example, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    run = subprocess.run(
        [sys.executable, "-m", "exposure", "show"], cwd=tmp_path, env=env, capture_output=True, check=False
    )
    assert run.returncode == 0, run.stderr.decode()
    assert ">40" in run.stdout.decode()


def test_the_waiver_waives(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    rules = (REPOSITORY / "exposure" / "rules.toml").read_text(encoding="utf-8")
    claims = (REPOSITORY / "indicators.csv").read_text(encoding="utf-8")
    changed = re.sub("(?m)^(SRB,five_g_vendor,)Huawei", r"\1Ericsson", claims)
    for folder, text in ((tmp_path, changed), (tmp_path / "base", claims)):
        folder.mkdir(exist_ok=True)
        (folder / "rules.toml").write_text(f"{rules}\n{example}", encoding="utf-8")
        (folder / "indicators.csv").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "exposure", "check", "--base", "base/indicators.csv", "-f", "csv"]
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, check=False, text=True)
    (moved,) = [line for line in run.stdout.splitlines() if line.startswith("score-moved,")]
    assert "the move is meant" in moved


def test_every_verb_is_mentioned() -> None:
    text = README.read_text(encoding="utf-8")
    assert [verb for verb in VERBS if f"exposure {verb}" not in text] == []


def test_the_picture_in_the_readme_shows_the_shipped_scores(shipped: Scores) -> None:
    """`exposure report --picture bars -o .github/ranking.svg` draws it anew."""
    picture = (REPOSITORY / ".github" / "ranking.svg").read_text(encoding="utf-8")
    assert f">{html.escape(chart_of('bars', shipped).description, quote=False)}</desc>" in picture
    assert "(.github/ranking.svg)" in README.read_text(encoding="utf-8")
