"""`exposure check`, run as a reviewer and as CI run it: exit codes, formats, and what GitHub is told."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from running import REPOSITORY, exposure
from small_project import CLAIMS, MOVED, RULES

from exposure.observations import loading

Git = Callable[..., str]


def findings(text: str) -> list[tuple[str, str]]:
    return [(one["code"], one["country"] or "") for one in json.loads(text)["findings"]]


def test_what_is_fit_passes(project: Path) -> None:
    code, out, err = exposure("check", "--base", "main", cwd=project)
    assert (code, err) == (0, "exposure: observations: ./indicators.csv; rules: rules.toml\n")
    assert out.splitlines()[2:4] == [" Passes: nothing found.", " Nothing differs."]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param([], 1, id="an error fails"),
        pytest.param(["--exit-zero"], 0, id="unless it must not"),
        pytest.param(["--fail-on", "warning"], 1, id="a graver one too"),
        pytest.param(["--fail-on", "note"], 1, id="and the gravest"),
    ],
)
def test_a_limit_that_is_crossed(project: Path, options: list[str], expected: int) -> None:
    (project / "indicators.csv").write_text(MOVED, encoding="utf-8")
    code, out, _ = exposure("check", "--base", "main", "-f", "json", *options, cwd=project)
    assert (code, findings(out)) == (expected, [("score-moved", "MNE")])
    assert json.loads(out)["summary"]["fails"] is True
    assert exposure("check", cwd=project)[0] == 0


def test_a_warning_fails_only_where_it_is_told_to(project: Path) -> None:
    (project / "indicators.csv").write_text(CLAIMS.replace("MNE,debt,20,2020", "MNE,debt,20,"), encoding="utf-8")
    assert exposure("check", cwd=project)[0] == 0
    assert exposure("check", "--fail-on", "warning", cwd=project)[0] == 1


def test_an_invalid_cell_is_a_finding_here_and_no_run_elsewhere(project: Path) -> None:
    (project / "indicators.csv").write_text(CLAIMS.replace("Huawei", "Hauwei"), encoding="utf-8")
    code, out, _ = exposure("check", "--base", "main", "-f", "json", cwd=project)
    (found,) = json.loads(out)["findings"]
    assert code == 1
    assert (found["code"], found["line"], found["column"]) == ("unknown-value", 5, 12)
    assert 'did you mean "Huawei"?' in found["hint"]
    assert exposure("rank", cwd=project)[0] == 2


def test_bad_rules_cannot_judge_but_their_places_are_told(project: Path) -> None:
    (project / "rules.toml").write_text(RULES.replace("Nokia = 0", "Nokia = 900"), encoding="utf-8")
    code, out, _ = exposure("check", "-f", "github", cwd=project)
    assert code == 2
    assert "::error file=rules.toml,line=12,title=rules::rules.vendor.severity.Nokia: 900 is outside" in out


def test_a_base_that_cannot_be_read_is_mended_by_whoever_may_override(
    project: Path, commit: Callable[..., str]
) -> None:
    commit(project, {"indicators.csv": CLAIMS.replace("Nokia", "Nokja").encode()})
    (project / "indicators.csv").write_text(CLAIMS, encoding="utf-8")
    code, out, _ = exposure("check", "--base", "main", "-f", "json", cwd=project)
    (found,) = json.loads(out)["findings"]
    assert (code, found["code"], found["level"]) == (1, "base-missing", "error")
    assert "the base cannot be read: indicators.csv at main:3:12: unknown-value" in found["message"]
    assert "only who may override this check can merge it" in found["hint"]


@pytest.mark.parametrize("verb", [["check", "--base"], ["diff"]])
def test_a_file_cannot_pass_for_the_revision_it_is_called_by(
    project: Path, verb: list[str], git: Callable[..., str]
) -> None:
    commit = git(project, "rev-parse", "HEAD")
    (project / "indicators.csv").write_text(MOVED, encoding="utf-8")
    for name in ("main", commit):
        (project / name).write_text(MOVED, encoding="utf-8")
        code, out, err = exposure(*verb, name, cwd=project)
        assert (code, out) == (2, "")
        assert f"both a file and a revision; write ./{name} for the file" in err
    assert exposure("diff", "./main", cwd=project)[0] == 0


def test_a_whole_object_id_is_called_by_its_first_digits(project: Path, git: Callable[..., str]) -> None:
    commit = git(project, "rev-parse", "HEAD")
    (project / "indicators.csv").write_text(CLAIMS.replace("MNE,debt,20,2020,a", "MNE,debt,20,2020,"), encoding="utf-8")
    git(project, "commit", "-qam", "x")
    (project / "indicators.csv").write_text(CLAIMS, encoding="utf-8")
    broken = git(project, "rev-parse", "HEAD")
    _, out, _ = exposure("check", "--base", broken, "-f", "json", cwd=project)
    assert {one["file"] for one in json.loads(out)["gone"]} == {f"indicators.csv at {broken[:12]}"}
    assert commit != broken


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["check", "--base", "nowhere"], "nowhere", id="no such revision"),
        pytest.param(["check", "--base", "--exec=x"], "--exec=x", id="an option for git"),
        pytest.param(["check", "--fail-on", "all"], "'all' is not one of 'error', 'warning', 'note'", id="no level"),
        pytest.param(["check", "-f", "sarf"], 'did you mean "sarif"?', id="no format"),
        pytest.param(["check", "-i", "none.csv"], "none.csv: no such file", id="no file"),
        pytest.param(["check", "-i", "-", "--base", "-"], "standard input", id="standard input twice"),
    ],
)
def test_what_cannot_run(project: Path, arguments: list[str], message: str) -> None:
    code, out, err = exposure(*arguments, cwd=project)
    assert (code, out) == (2, "")
    assert message in err
    assert "Traceback" not in err


def test_several_formats_at_once(project: Path) -> None:
    (project / "indicators.csv").write_text(MOVED, encoding="utf-8")
    files = {
        "json": "a.json",
        "csv": "a.csv",
        "markdown": "a.md",
        "github": "a.log",
        "sarif": "a.sarif",
        "junit": "a.xml",
    }
    options = [word for form, file in files.items() for word in ("-f", f"{form}:{file}")]
    code, out, _ = exposure("check", "--base", "main", *options, "-f", "table", cwd=project)
    assert code == 1
    assert " Fails: 1 error." in out
    assert json.loads((project / "a.json").read_bytes())["changes"]["countries"][0]["country"] == "MNE"
    assert next(csv.DictReader(io.StringIO((project / "a.csv").read_text())))["code"] == "score-moved"
    assert "- Fails: 1 error." in (project / "a.md").read_text()
    assert "::error file=indicators.csv,line=4,col=12" in (project / "a.log").read_text()
    (result,) = json.loads((project / "a.sarif").read_bytes())["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("score-moved", "error")
    assert ElementTree.parse(project / "a.xml").getroot().find(".//failure") is not None


def test_what_stood_before_is_told_apart_in_every_format(
    project: Path, commit: Callable[..., str], tmp_path: Path
) -> None:
    stood = CLAIMS.replace("MNE,debt,20,2020,a", "MNE,debt,20,2020,")
    commit(project, {"indicators.csv": stood.encode()})
    (project / "indicators.csv").write_text(stood.replace("SRB,debt,80,2020,a", "SRB,debt,80,2020,"), encoding="utf-8")
    files = ("github:a.log", "sarif:a.sarif", "junit:a.xml", "json:a.json")
    assert exposure("check", "--base", "main", *[word for each in files for word in ("-f", each)], cwd=project)[0] == 1
    findings = json.loads((project / "a.json").read_bytes())["findings"]
    assert {(one["country"], one["stood"]) for one in findings if one["code"] == "unsourced"} == {
        ("SRB", False),
        ("MNE", True),
    }
    log = (project / "a.log").read_text()
    assert "unsourced%3A SRB debt" in log
    assert "unsourced%3A MNE debt" not in log
    results = json.loads((project / "a.sarif").read_bytes())["runs"][0]["results"]
    assert {(one["baselineState"], one["locations"][0]["physicalLocation"]["region"]["startLine"])
            for one in results if one["ruleId"] == "unsourced"} == {("new", 4), ("unchanged", 2)}  # fmt: skip
    cases = ElementTree.parse(project / "a.xml").getroot().iter("testcase")
    failed = {case.attrib["name"].split(":")[0]: case.find("failure") is not None
              for case in cases if case.attrib["classname"] == "unsourced"}  # fmt: skip
    assert failed == {"SRB debt": True, "MNE debt": False}
    (project / "indicators.csv").write_text(stood, encoding="utf-8")
    assert exposure("check", "--base", "main", "--fail-on", "note", cwd=project)[0] == 0


def test_in_github_actions_it_marks_and_sums_up_by_itself(project: Path, tmp_path: Path) -> None:
    (project / "indicators.csv").write_text(MOVED, encoding="utf-8")
    summary = tmp_path / "summary.md"
    summary.write_text("begun by another command\n")
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    code, out, _ = exposure("check", "--base", "main", cwd=project, **actions)
    assert code == 1
    assert next(line for line in out.splitlines() if line.startswith("::")).startswith("::error file=indicators.csv")
    text = summary.read_text()
    assert text.startswith("begun by another command\n")
    assert "Fails: 1 error." in text
    assert "| Montenegro |" in text
    before = text
    assert "::error" not in exposure("check", "--base", "main", "-f", "table", cwd=project, **actions)[1]
    assert summary.read_text() == before


def test_the_packaged_data_is_nobodys_work_to_be_judged(tmp_path: Path) -> None:
    code, out, err = exposure("check", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert "no indicators.csv in this folder; name the observations to check with -i" in err


def test_a_summary_that_cannot_be_written_is_no_verdict(project: Path, tmp_path: Path) -> None:
    actions = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "none" / "x.md")}
    code, _, err = exposure("check", cwd=project, **actions)
    assert code == 0
    assert "the summary cannot be written: No such file" in err


def test_the_shipped_data_passes(tmp_path: Path) -> None:
    indicators = str(REPOSITORY / "indicators.csv")
    code, out, _ = exposure("check", "-i", indicators, "-f", "json", cwd=tmp_path)
    assert code == 0
    assert json.loads(out)["summary"]["error"] == 0


def test_a_file_larger_than_is_read_is_a_finding(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LARGEST_FILE", 50)
    code, out, err = exposure("check", "-f", "json", cwd=project)
    (found,) = json.loads(out)["findings"]
    assert (code, found["code"], found["level"], found["file"]) == (1, "too-large", "error", "indicators.csv")
    assert "defect" not in err


def test_what_others_merged_since_is_not_this_changes(project: Path, git: Git, commit: Git) -> None:
    git(project, "checkout", "-q", "-b", "change")
    commit(project, {"note.txt": b"nothing of the data"})
    git(project, "checkout", "-q", "main")
    commit(project, {"indicators.csv": MOVED.encode()})
    git(project, "checkout", "-q", "change")
    code, out, err = exposure("check", "--base", "main", cwd=project)
    assert (code, "Nothing differs." in out) == (0, True)
    assert "where HEAD parted from main" in err


def test_an_edit_that_then_merges_main_stays_an_edit(project: Path, git: Git, commit: Git) -> None:
    git(project, "checkout", "-q", "-b", "change")
    commit(project, {"indicators.csv": MOVED.encode()})
    git(project, "checkout", "-q", "main")
    commit(project, {"note.txt": b"others' work"})
    git(project, "checkout", "-q", "change")
    git(project, "merge", "-q", "--no-edit", "main")
    assert exposure("check", "--base", "main", cwd=project)[0] == 1
