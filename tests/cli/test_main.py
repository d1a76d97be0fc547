"""The command line: options, streams, files and exit codes, run as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import small_project
from running import environment, exposure, process

RULES = f"\n{small_project.TWO_RULES}"
CLAIMS = (
    "country,indicator,value,as_of\nSRB,debt,80,2020\nSRB,vendor,Huawei,2020\nMNE,debt,20,2020\nMNE,vendor,Nokia,2020\n"
)


def test_rank_prints_the_table_on_stdout_and_its_files_on_stderr(folder: Path) -> None:
    code, out, err = exposure("rank", cwd=folder)
    assert code == 0
    assert [line.split()[:3] for line in out.splitlines()[4:6]] == [
        ["1", "Serbia", "90.0"],
        ["2", "Montenegro", "10.0"],
    ]
    assert err == "exposure: observations: ./indicators.csv; rules: rules.toml\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["rank", "-i", "missing.csv"], "missing.csv: no such file; -i names the indicators", id="no file"),
        pytest.param(["rank", "-r", "missing.toml"], "missing.toml: no such file; -r names the rules", id="no rules"),
        pytest.param(["rank", "-i", "."], ".: a folder; -i names a file", id="a folder"),
        pytest.param(["rank", "-i", "loop.csv"], "loop.csv: cannot be read: Too many levels", id="a loop of links"),
        pytest.param(["rank", "-i", "empty.csv"], "empty.csv: empty-file: nothing in it", id="empty file"),
        pytest.param(["explain", "Serbija"], 'did you mean SRB (Serbia)?', id="country with a suggestion"),
        pytest.param(["explain", "France"], "no observations of FRA; there are those of MNE, SRB", id="no data"),
        pytest.param(["explain"], "Missing argument 'COUNTRY...'", id="no country"),
        pytest.param(["rank", "--as-of", "soon"], '--as-of: "soon" is not a date; write YYYY', id="no date"),
        pytest.param(["rank", "-f", "jsn"], '-f "jsn" is not a format; did you mean "json"?', id="no format"),
        pytest.param(["rank", "-f", "json", "-f", "csv"], "only one format can go to the screen", id="one screen"),
        pytest.param(["rank", "-f", "json:-", "-f", "csv"], "only one format can go to the screen", id="one, named"),
        pytest.param(["rank", "-f", "json:a.json", "-o", "b"], "-o has nothing to write", id="nothing for -o"),
        pytest.param(["rank", "-o", "none/x.txt"], "none/x.txt: cannot be written: No such file", id="no folder"),
        pytest.param(["rank", "--sort", "covrage"], '"covrage" is not a column; did you mean "coverage"?', id="sort"),
        pytest.param(["rank", "--draws", "-1"], "-1 is not in the range", id="negative draws"),
        pytest.param(["rnk"], "No such command 'rnk'", id="no verb"),
    ],
)  # fmt: skip
def test_what_cannot_run_says_why_and_exits_with_2(folder: Path, arguments: list[str], message: str) -> None:
    (folder / "empty.csv").write_bytes(b"")
    (folder / "loop.csv").symlink_to("loop.csv")
    code, out, err = exposure(*arguments, cwd=folder)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_every_mistake_of_a_file_comes_at_once_with_its_place(folder: Path) -> None:
    bad = CLAIMS + "Serbija,debt,1,2020\nMNE,vendor,Huawai,2021\nMNE,debt,12%,2021\nMNE,debt,20,2020\n"
    (folder / "indicators.csv").write_text(bad, encoding="utf-8")
    code, out, err = exposure("rank", cwd=folder)
    assert (code, out) == (2, "")
    lines = [line.removeprefix("exposure: ") for line in err.splitlines()[1:]]
    assert [line.split(": ")[0:2] for line in lines] == [
        ["indicators.csv:6:1", "unknown-country"],
        ["indicators.csv:7:12", "unknown-value"],
        ["indicators.csv:8:10", "unreadable-number"],
        ["indicators.csv:9:10", "duplicate"],
    ]
    assert 'did you mean "Huawei"?' in lines[1]
    assert "line 4" in lines[3]


def test_every_mistake_of_the_rules_comes_at_once_with_its_place(folder: Path) -> None:
    (folder / "rules.toml").write_text(
        RULES.replace('dimension = "d"\nkind = "number"', 'dimenson = "d"\nkind = "number"').replace(
            "Nokia = 0", "Nokia = 900"
        ),
        encoding="utf-8",
    )
    code, _, err = exposure("rank", cwd=folder)
    assert code == 2
    assert 'rules.toml:7: rules: rules.debt.dimenson: unknown key; did you mean "dimension"?' in err
    assert "rules.toml:13: rules: rules.vendor.severity.Nokia: 900 is outside 0 to 100" in err


def test_standard_input(folder: Path) -> None:
    code, out, _ = exposure("rank", "-i", "-", "-f", "json", cwd=folder, stdin=b"country,debt\nSRB,10\n")
    assert code == 0
    assert [country["country"] for country in json.loads(out)["countries"]] == ["SRB"]


@pytest.mark.parametrize("text", ["country,indicator,value\n", "country,debt\n", "country,debt\nSRB,\n"])
def test_a_file_without_observations_says_so(folder: Path, text: str) -> None:
    code, out, err = exposure("rank", "-i", "-", "-f", "json", cwd=folder, stdin=text.encode())
    assert (code, json.loads(out)["countries"]) == (0, [])
    assert "exposure: <stdin>: holds no observations\n" in err


def test_what_was_read_otherwise_than_written_is_said_and_after_five_counted(folder: Path) -> None:
    names = ("Serbia", "Montenegro", "Albania", "Kosovo", "North Macedonia", "Croatia", "Bulgaria")
    text = "country,debt\n" + "".join(f"{name},1\n" for name in names)
    code, _, err = exposure("rank", "-i", "-", cwd=folder, stdin=text.encode())
    lines = err.splitlines()[1:]
    assert (code, len(lines)) == (0, 6)
    assert lines[0] == 'exposure: <stdin>: "Serbia" is read as SRB'
    assert lines[-1] == "exposure: <stdin>: 2 more such remarks"


def test_rules_are_looked_for_beside_the_observations(tmp_path: Path, folder: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    code, out, err = exposure("rank", "-i", "../indicators.csv", "-f", "json", cwd=elsewhere)
    assert (code, json.loads(out)["title"]) == (0, "Test")
    assert err == "exposure: rules: ../rules.toml\n"
    (folder / "exposure").mkdir()
    (folder / "rules.toml").rename(folder / "exposure" / "rules.toml")
    assert exposure("rank", "-i", "../indicators.csv", cwd=elsewhere)[2] == "exposure: rules: ../exposure/rules.toml\n"


def test_without_any_file_the_packaged_observations_are_ranked(tmp_path: Path) -> None:
    code, out, err = exposure("rank", "-f", "json", cwd=tmp_path)
    assert (code, json.loads(out)["countries"][0]["country"]) == (0, "SRB")
    assert err == "exposure: observations: those packaged with exposure; rules: those packaged with exposure\n"


def test_options_come_from_the_environment_too(folder: Path) -> None:
    given = {"EXPOSURE_FORMAT": "csv", "EXPOSURE_DRAWS": "0", "EXPOSURE_INDICATORS": "indicators.csv"}
    code, out, err = exposure("rank", cwd=folder, **given)
    assert (code, out.splitlines()[0].split(",")[:3]) == (0, ["rank", "country", "name"])
    assert err == "exposure: rules: rules.toml\n"


def test_several_formats_at_once(folder: Path) -> None:
    code, out, _ = exposure("rank", "-f", "json:a.json", "-f", "csv:b.csv", "-f", "markdown", cwd=folder)
    assert code == 0
    assert json.loads((folder / "a.json").read_text())["schema"] == "exposure/rank/1"
    assert (folder / "b.csv").read_text().startswith("rank,country")
    assert out.startswith("### Test")


def test_a_failed_run_leaves_the_old_file(folder: Path) -> None:
    (folder / "out.json").write_text("old")
    assert exposure("rank", "-i", "none.csv", "-f", "json", "-o", "out.json", cwd=folder)[0] == 2
    assert (folder / "out.json").read_text() == "old"
    assert exposure("rank", "-f", "json", "-o", "out.json", cwd=folder)[0] == 0
    assert json.loads((folder / "out.json").read_text())["title"] == "Test"
    assert sorted(path.name for path in folder.iterdir()) == ["indicators.csv", "out.json", "rules.toml"]


def test_a_selection_keeps_the_ranks_of_all(folder: Path) -> None:
    _, out, _ = exposure("rank", "montenegro", "-f", "json", cwd=folder)
    assert [(c["country"], c["rank"]) for c in json.loads(out)["countries"]] == [("MNE", 2)]
    _, out, _ = exposure("rank", "--top", "1", "-f", "json", cwd=folder)
    assert [(c["country"], c["rank"]) for c in json.loads(out)["countries"]] == [("SRB", 1)]


def test_the_same_bytes_in_give_the_same_bytes_out(tmp_path: Path) -> None:
    first = process("explain", "SRB", "BIH", "-f", "json", cwd=tmp_path, PYTHONHASHSEED="1", LC_ALL="C")
    again = process("explain", "SRB", "BIH", "-f", "json", cwd=tmp_path, PYTHONHASHSEED="2")
    assert first == again


def test_nothing_in_the_working_folder_is_taken_for_a_library(folder: Path) -> None:
    for name in ("__future__", "click", "difflib", "numpy", "pandas", "pydantic", "re", "rich", "typing"):
        (folder / f"{name}.py").write_text("raise SystemExit('hijacked')\n", encoding="utf-8")
    code, _, err = process("rank", cwd=folder)
    assert code == 0
    assert "hijacked" not in err


def test_a_closed_pipe_is_quiet(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "exposure", "explain", "SRB"], cwd=tmp_path, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as run:  # fmt: skip
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        err = run.stderr.read().decode()
    assert run.returncode == 0
    assert "Traceback" not in err
    assert "Broken" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_not_our_defect(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "exposure", "rank"]
        run = subprocess.run(
            command, cwd=folder, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )
    assert run.returncode == 2
    assert run.stderr.endswith("exposure: the output cannot be written: No space left on device\n")


def test_an_interrupt_exits_with_130(folder: Path) -> None:
    # A rules file that never ends: the interrupt comes while it is read.
    os.mkfifo(folder / "slow.toml")
    with subprocess.Popen(
        [sys.executable, "-m", "exposure", "rank", "-r", "slow.toml"], cwd=folder, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A shell that runs the tests in the background has interrupts ignored, and so would what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as run:  # fmt: skip
        # Opening for writing waits for the reader.
        writer = os.open(folder / "slow.toml", os.O_WRONLY)
        run.send_signal(signal.SIGINT)
        try:
            _, err = run.communicate(timeout=30)
        finally:
            run.kill()
            os.close(writer)
    assert (run.returncode, err) == (130, b"\nexposure: interrupted\n")


def test_a_defect_is_one_line_and_3(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys, exposure.cli as c\ndef broken(*a, **k): raise RuntimeError('oh\\x1b[2J')\n"
    code += "c.inputs.Inputs.scores = broken\nsys.argv = ['exposure', 'rank']\nc.main()"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert run.returncode == 3
    said = run.stderr.splitlines()[-1]
    assert said == "exposure: defect: RuntimeError: oh\\x1b[2J; --debug shows where, please report it"


def test_init_prints_the_schema(tmp_path: Path) -> None:
    code, out, _ = exposure("init", "--schema", cwd=tmp_path)
    assert code == 0
    assert json.loads(out)["title"] == "Rulebook"


def shell(command: str, folder: Path) -> tuple[list[int], str]:
    """Exit codes of a pipeline that holds `exposure`, and what reached stderr."""
    script = f'exposure() {{ \'{sys.executable}\' -m exposure "$@"; }}\n{command}\necho "${{PIPESTATUS[@]}}" > codes'
    run = subprocess.run(["bash", "-c", script], cwd=folder, env=environment(), capture_output=True, check=False)
    return [int(code) for code in (folder / "codes").read_text().split()], run.stderr.decode()


@pytest.fixture
def fit(tmp_path: Path) -> Path:
    """A folder in which `check` finds nothing that fails."""
    (tmp_path / "rules.toml").write_text(small_project.RULES)
    (tmp_path / "indicators.csv").write_text(small_project.CLAIMS)
    return tmp_path


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("command", ["exposure --help", "exposure --version", "exposure check --help", "exposure rank"])
def test_help_on_a_full_disk_is_not_our_defect(command: str, fit: Path) -> None:
    codes, err = shell(f"{command} > /dev/full", fit)
    assert codes == [2]
    assert err.endswith("exposure: the output cannot be written: No space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize(
    ("command", "code"), [("exposure check", 0), ("exposure rank Nowhere", 2), ("exposure --bogus", 2), ("exposure", 2)]
)
def test_the_exit_code_stands_where_nobody_can_read_the_remarks(command: str, code: int, fit: Path) -> None:
    assert shell(f"{command} > /dev/null 2> /dev/full", fit)[0] == [code]
    assert shell(f"{command} > /dev/null 2>&-", fit)[0] == [code]


def test_a_closed_output_is_named(fit: Path) -> None:
    codes, err = shell("exposure check >&-", fit)
    assert (codes, err.splitlines()[-1]) == ([2], "exposure: standard output is closed; -o names a file to write")
    assert shell("exposure check -o page.txt >&-", fit)[0] == [0]


def test_a_reader_of_the_help_who_has_had_enough_is_no_failure(fit: Path) -> None:
    assert shell("exposure --help | true", fit)[0] == [0, 0]


def test_a_bare_call_prints_the_help_as_it_stands(fit: Path) -> None:
    codes, err = shell("exposure", fit)
    assert codes == [2]
    assert err.startswith("Usage: ")
    assert "exposure: " not in err
    # Every verb says what it does in a line of eighty columns.
    assert "..." not in err.partition("Commands:")[2]


def test_where_the_files_come_from_is_said_once(fit: Path) -> None:
    _, err = shell("exposure check -i - --base indicators.csv < indicators.csv", fit)
    assert err == "exposure: rules: rules.toml\n"


def test_the_jitter_of_older_rules_is_read_remarked_on_and_ignored(folder: Path) -> None:
    code, plain, _ = exposure("rank", cwd=folder)
    with (folder / "rules.toml").open("a", encoding="utf-8") as rules:
        rules.write("\n[uncertainty.confidence]\nhigh = 0.05\nlow = 1\n")
    again, out, err = exposure("rank", cwd=folder)
    assert (code, again, out) == (0, 0, plain)
    assert "exposure: rules.toml: uncertainty.confidence is not read any more; wrong = { … } is\n" in err
