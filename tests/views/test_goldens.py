"""What the commands print, byte for byte, for the small index in tests/golden.

EXPOSURE_UPDATE=1 rewrites the files; read the difference before it is committed.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

from exposure.analysis.audit import audit
from exposure.analysis.check import check
from exposure.analysis.diff import compare
from exposure.analysis.levers import levers
from exposure.analysis.robustness import robustness
from exposure.analysis.scenarios import assumptions, effects
from exposure.analysis.soundness.agreement import agree
from exposure.analysis.trend import trend
from exposure.analysis.what_if import what_if
from exposure.observations.outside import read_outside
from exposure.observations.overlay import Assumption
from exposure.observations.reading import read_observations
from exposure.output import render
from exposure.output.page import Page
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.score import Scores, score
from exposure.views.audit import audit_page
from exposure.views.check import check_page
from exposure.views.diff import diff_page
from exposure.views.explain import explain_page
from exposure.views.levers import levers_page
from exposure.views.rank import rank_page
from exposure.views.robustness import robustness_page
from exposure.views.show import show_page
from exposure.views.trend import trend_page
from exposure.views.what_if import effects_page, scenarios_page, whatif_page

GOLDEN = Path(__file__).parents[1] / "golden"
ENDINGS = {"table": "txt", "json": "json", "csv": "csv", "markdown": "md"}
MARKS = {"github": "log", "gitlab": "gitlab", "sarif": "sarif", "junit": "xml"}
PAGES = ("rank", "rank-layer", "rank-entity", "explain-SRB", "explain-BIH", "explain-BA-SRP", "explain-MNE")
PAGES += ("explain-SRB-BIH", "show", "diff", "check", "check-base", "audit", "audit-against", "robustness", "trend")
PAGES += ("what-if", "what-if-list", "what-if-all", "levers-SRB")


def scores_of(which: str, fingerprint: str) -> Scores:
    """The scores of one pair of golden files."""
    rulebook = load_rulebook((GOLDEN / f"rules{which}.toml").read_bytes())
    made = score(read_observations((GOLDEN / f"indicators{which}.csv").read_bytes(), rulebook), rulebook)
    # A new default in the rulebook changes every fingerprint, and nothing else that is printed here.
    vars(made)["fingerprint"] = fingerprint
    return made


@pytest.fixture(scope="module")
def scores() -> Scores:
    return scores_of("", "0123456789ab")


def page_of(scores: Scores, name: str) -> Page:
    """The page by its name: the verb, then what it is asked."""
    if name.startswith("what-if"):
        return supposed(scores, name)
    verb, _, asked = name.partition("-")
    if verb == "levers":
        return levers_page(levers(scores, scores.selection.units.index(asked), "low"))
    if verb == "trend":
        over_time = trend(scores)
        vars(over_time.scores[-1])["fingerprint"] = scores.fingerprint
        return trend_page(over_time, [scores.selection.units.index(code) for code in ("SRB", "MNE", "BIH")])
    if verb in ("diff", "check"):
        after = scores_of("-after", "ba9876543210")
        if verb == "diff":
            return diff_page(compare(scores, after))
        rules = (GOLDEN / "rules-after.toml").read_text(encoding="utf-8")
        return check_page(check(after, scores if asked else None, "rules.toml", rules), "error")
    if verb == "robustness":
        return robustness_page(robustness(scores, 200, 1, base=64))
    if verb == "audit":
        data = (GOLDEN / "outside.csv").read_bytes()
        outside = read_outside(data, scores.observations.gazetteer, "outside.csv")
        return audit_page(audit(scores), scores, agree(scores, outside) if asked else None)
    if verb == "show":
        return show_page(scores)
    if verb == "rank":
        return rank_page(scores, scores.rank_range(), by=asked or None)
    codes = re.findall(r"BA-\w+|\w+", asked)
    return explain_page(scores, [scores.selection.units.index(code) for code in codes], scores.rank_range())


def supposed(scores: Scores, name: str) -> Page:
    """A scenario with a value and a weight beside it, the list of scenarios, or all of them."""
    if name == "what-if-list":
        return scenarios_page(scores)
    if name == "what-if-all":
        return effects_page(scores, effects(scores))
    chosen = scores.rulebook.scenarios
    said, _ = assumptions(chosen, [Assumption("MNE", "trade", "30", "MNE.trade=30")], scores)
    return whatif_page(what_if(scores, said, {"finance": 3.0}), chosen, {"finance": 3.0})


def compare_with(text: str, file: str) -> None:
    """The text is that of the file, or becomes it where somebody asks for that."""
    path = GOLDEN / file
    if os.environ.get("EXPOSURE_UPDATE"):
        path.write_bytes(text.encode())
    assert text.encode() == path.read_bytes(), f"{file}: EXPOSURE_UPDATE=1 rewrites it"


# What the table of a ranking shows does not change its document.
IN_A_PIPE = [(name, form) for name in PAGES for form in ENDINGS if form in ("table", "markdown") or "rank-" not in name]


@pytest.mark.parametrize(("name", "form"), IN_A_PIPE)
def test_in_a_pipe(scores: Scores, name: str, form: str) -> None:
    compare_with(render(page_of(scores, name), form, io.StringIO()), f"{name}.{ENDINGS[form]}")


@pytest.mark.parametrize("name", ["check", "check-base"])
@pytest.mark.parametrize("form", MARKS)
def test_marks_of_findings(scores: Scores, name: str, form: str) -> None:
    compare_with(render(page_of(scores, name), form, io.StringIO()), f"{name}.{MARKS[form]}")


@pytest.mark.parametrize("by", ["rank-layer", "rank-entity"])
def test_what_a_table_shows_does_not_change_the_records(scores: Scores, by: str) -> None:
    whole = page_of(scores, "rank").records
    assert [record for record in whole if record in page_of(scores, by).records] == list(page_of(scores, by).records)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_on_a_screen(scores: Scores, name: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = render(page_of(scores, name), "table", io.StringIO())
    assert max(map(len, text.splitlines())) <= width
    compare_with(text, f"{name}-{width}.txt")


def test_in_colours(scores: Scores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLORTERM", raising=False)
    compare_with(render(page_of(scores, "rank"), "table", io.StringIO()), "rank-colours.txt")


WHOLE = ("rank", "explain-SRB", "explain-SRB-BIH", "show", "diff", "check-base", "audit-against", "robustness", "trend")


@pytest.mark.parametrize("name", WHOLE)
def test_a_screen_loses_no_word_of_what_it_shows(scores: Scores, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any width, every cell of a column that always stays is there to be read, if in pieces."""
    page = page_of(scores, name)
    for width in (30, 40, 50, 80):
        monkeypatch.setenv("COLUMNS", str(width))
        text = render(page, "table", io.StringIO())
        assert max(map(len, text.splitlines())) <= width
        shown = Counter(re.sub(r"\s", "", text))
        wanted: Counter[str] = Counter()
        for block in page.blocks:
            stays = [at for at, column in enumerate(block.columns) if not column.drop]
            cells = [row.cells[at] for row in block.rows for at in stays if at < len(row.cells)]
            wanted.update("".join(cell if isinstance(cell, str) else getattr(cell, "text", "") for cell in cells))
        del wanted[" "]
        assert wanted <= shown


def test_colours_are_off_where_the_user_says_so(scores: Scores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    plain = render(page_of(scores, "rank"), "table", io.StringIO())
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31m" not in plain
    assert "\x1b[" in render(page_of(scores, "rank"), "table", io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", render(page_of(scores, "rank"), "table", io.StringIO()))


@pytest.mark.parametrize("name", PAGES)
def test_a_document_holds_plain_values(scores: Scores, name: str) -> None:
    page = page_of(scores, name)
    assert json.loads(render(page, "json", io.StringIO())) == page.document
