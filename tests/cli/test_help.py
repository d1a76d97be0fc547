"""What a user is told at the prompt: help, completion, and the module run as a program."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from running import environment, exposure, process

from exposure import __version__, load_rulebook
from exposure.cli import VERBS, cli

COMMANDS = {verb: cli.get_command(click.Context(cli), verb) for verb in VERBS}
HEAVY = {"pandas", "numpy", "rich", "pydantic", "matplotlib"}


def helped(verb: str) -> str:
    """The help of a verb on a terminal of eighty columns."""
    command = COMMANDS[verb] if verb else cli
    return command.get_help(click.Context(command, info_name=f"exposure {verb}".strip(), terminal_width=80))


def examples(verb: str) -> list[str]:
    lines = helped(verb).split("\n  Examples:\n")[1].split("\n\n")[0].splitlines()
    assert all(line.startswith("    exposure ") for line in lines)
    return [line.strip() for line in lines]


@pytest.mark.parametrize("verb", ["", *COMMANDS])
def test_help_fits_eighty_columns_and_every_option_says_what_it_is(verb: str) -> None:
    text = helped(verb)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "INTEGER RANGE" not in text and "FLOAT RANGE" not in text
    command = COMMANDS[verb] if verb else cli
    assert [option.name for option in command.params if isinstance(option, click.Option) and not option.help] == []


@pytest.mark.parametrize(("verb", "example"), [(verb, line) for verb in COMMANDS for line in examples(verb)])
def test_an_example_is_a_command_that_can_be_given(verb: str, example: str) -> None:
    program, named, *arguments = shlex.split(example)
    assert (program, named) == ("exposure", verb)
    context = COMMANDS[verb].make_context(verb, arguments)
    shipped = load_rulebook((Path(__file__).parents[2] / "exposure" / "rules.toml").read_bytes())
    assert set(context.params.get("scenarios") or ()) <= {scenario.id for scenario in shipped.scenarios}


@pytest.mark.parametrize("verb", ["check", "diff", "fmt", "init", "levers"])
def test_help_says_the_exit_code_where_it_is_no_matter_of_course(verb: str) -> None:
    assert re.search(r"exit(s|\s+code)?\s+(is|with|code)?\s*[012]", helped(verb))


def test_the_help_of_all_names_the_exit_codes_and_every_variable() -> None:
    text = " ".join(helped("").split())
    assert "0 fine, 1 the data says no" in text and "130 interrupted" in text
    options = [option for command in COMMANDS.values() for option in command.params]
    variables = {option.envvar for option in options if option.envvar}
    assert [name for name in variables if str(name) not in text] == []


# As the installed program: its name is what the variable of the completion is called by.
PROGRAM = "import sys; sys.argv[0] = 'exposure'; from exposure.cli import main\ntry:\n    main()\nfinally:\n"
PROGRAM += "    print(' '.join(sys.modules), file=sys.stderr)"


def completed(*words: str, shell: str = "bash") -> tuple[list[str], set[str]]:
    """What a shell offers for the last of these words, and the modules that were loaded for it."""
    asked = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1 if shell == "bash" else words[-1])}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment(_EXPOSURE_COMPLETE=f"{shell}_complete", **asked), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout.split(), set(run.stderr.split())


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        pytest.param(["exposure", "ra"], ["plain,rank"], id="verb"),
        pytest.param(["exposure", "what-if", "--sc"], ["plain,--scenario"], id="option"),
        pytest.param(["exposure", "rank", "--by", "l"], ["plain,layer"], id="choice"),
        pytest.param(["exposure", "rank", "-f", "j"], ["plain,json"], id="format"),
        pytest.param(["exposure", "check", "-f", "s"], ["plain,sarif"], id="format of check"),
        pytest.param(["exposure", "rank", "-i", "da"], ["file,da"], id="file"),
        pytest.param(["exposure", "diff", "ol"], ["file,ol"], id="side"),
        pytest.param(["exposure", "init", "my"], ["dir,my"], id="folder"),
    ],
)
def test_completion_offers_what_fits_and_loads_nothing_heavy(words: list[str], offered: list[str]) -> None:
    found, modules = completed(*words)
    assert found == offered
    assert not modules & HEAVY


@pytest.mark.parametrize("option", ["--indicators", "--rules", "--output", "--save", "--export", "--against", "--base"])
def test_an_option_that_takes_a_file_is_completed_with_files(option: str) -> None:
    found = [one for command in COMMANDS.values() for one in command.params if option in one.opts]
    assert found
    assert all(isinstance(one.type, click.Path) for one in found)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_line_for_the_shell_defines_a_completion(shell: str) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment(_EXPOSURE_COMPLETE=f"{shell}_source"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0
    assert f"_EXPOSURE_COMPLETE={shell}_complete" in run.stdout
    assert not set(run.stderr.splitlines()[-1].split()) & HEAVY


def test_the_line_in_the_help_works_in_bash(tmp_path: Path) -> None:
    (line,) = [line.strip() for line in helped("").splitlines() if "_EXPOSURE_COMPLETE" in line]
    program = tmp_path / "exposure"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{tmp_path}/program.py' \"$@\"\n")
    program.chmod(0o755)
    (tmp_path / "program.py").write_text(
        "import sys\nsys.argv[0] = 'exposure'\nfrom exposure.cli import main\nmain()\n"
    )
    script = f"{line}\nCOMP_WORDS=(exposure expl); COMP_CWORD=1; _exposure_completion exposure\necho ${{COMPREPLY[*]}}"
    run = subprocess.run(
        ["bash", "-c", script],
        env=environment(PATH=f"{tmp_path}:{os.environ['PATH']}"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.stdout, run.returncode) == ("explain\n", 0), run.stderr


def test_the_module_is_a_program(tmp_path: Path) -> None:
    assert process("--version", cwd=tmp_path) == (0, f"exposure, version {__version__}\n", "")
    code, out, _ = process("--help", cwd=tmp_path)
    assert (code, out.splitlines()[0].endswith("-m exposure [OPTIONS] COMMAND [ARGS]...")) == (0, True)
    code, out, err = process("nothing", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert "No such command 'nothing'" in err


def test_without_a_verb_it_helps_and_could_not_run(tmp_path: Path) -> None:
    code, out, err = exposure(cwd=tmp_path)
    assert (code, out) == (2, "")
    assert "Examples:" in err
