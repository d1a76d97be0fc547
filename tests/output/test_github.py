"""Commands as the runner reads them, and summaries as large as it takes them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from exposure.errors import Finding, Level
from exposure.output.github import to_github, to_step_summary
from exposure.output.markdown import to_markdown
from exposure.output.page import Annotations, Block, Column, Page, Row

FOUND = Finding("unsourced", "no source", "indicators.csv", 12, 5, "name one", "SRB", "debt")
CHECKS = (("unsourced", "Every claim names its source."),)
SUMMED_UP = Block("Check", "edition 1", notes=("2 errors, 1 warning",))


def page(*found: Finding, unlisted: tuple[tuple[Level, int], ...] = (), blocks: tuple[Block, ...] = ()) -> Page:
    return Page({}, (), blocks, Annotations(found, CHECKS, unlisted))


def commands(*found: Finding, unlisted: tuple[tuple[Level, int], ...] = ()) -> list[str]:
    return to_github(page(*found, unlisted=unlisted)).splitlines()[1:]


AT = "file=indicators.csv,line=12,col=5"
TITLE = "title=unsourced%3A SRB debt"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param({}, f"::error {AT},{TITLE}::no source; name one", id="all that may be known"),
        pytest.param({"level": "warning"}, f"::warning {AT},{TITLE}::no source; name one", id="warning"),
        pytest.param({"level": "note"}, f"::notice {AT},{TITLE}::no source; name one", id="note"),
        pytest.param({"hint": ""}, f"::error {AT},{TITLE}::no source", id="no hint"),
        pytest.param(
            {"country": "", "indicator": ""}, f"::error {AT},title=unsourced::no source; name one", id="about nobody"
        ),
        pytest.param({"message": "", "hint": ""}, f"::error {AT},{TITLE}::unsourced: SRB debt", id="no message"),
        pytest.param(
            {"column": 0}, f"::error file=indicators.csv,line=12,{TITLE}::no source; name one", id="a whole line"
        ),
        pytest.param({"line": 0}, f"::error file=indicators.csv,{TITLE}::no source; name one", id="a whole file"),
        pytest.param({"file": ""}, f"::error {TITLE}::no source; name one", id="no file"),
        pytest.param(
            {"message": "50% of a,b:c\r\nd", "hint": ""},
            f"::error {AT},{TITLE}::50%25 of a,b:c  d",
            id="escapes in the text",
        ),
        pytest.param(
            {"file": "a,b:c%2C.csv", "line": 0, "country": "", "indicator": "x=y,z"},
            "::error file=a%2Cb%3Ac%252C.csv,title=unsourced%3A x=y%2Cz::no source; name one",
            id="escapes in the properties",
        ),
        pytest.param(
            {"message": "x\n::error::y ##[error]z", "hint": ""},
            f"::error {AT},{TITLE}::x \\x3a:error\\x3a:y \\x23#[error]z",
            id="commands in the text",
        ),
        pytest.param(
            {"country": "", "indicator": "x" * 300},
            f"::error {AT},title=unsourced%3A {'x' * 188}…::no source; name one",
            id="long title",
        ),
    ],
)
def test_a_finding_is_one_command(changes: dict[str, Any], line: str) -> None:
    assert commands(FOUND._replace(**changes)) == [line]


@pytest.mark.parametrize(
    ("count", "unlisted", "written", "last"),
    [
        (0, 0, 0, None),
        (1, 0, 1, None),
        (10, 0, 10, None),
        (11, 0, 10, "+2 more errors, see the summary"),
        (400, 0, 10, "+391 more errors, see the summary"),
        (0, 1, 1, "+1 more error, see the summary"),
        (9, 1, 10, "+1 more error, see the summary"),
        (10, 1, 10, "+2 more errors, see the summary"),
        (50, 70, 10, "+111 more errors, see the summary"),
    ],
)
def test_ten_commands_a_level_at_most(count: int, unlisted: int, written: int, last: str | None) -> None:
    lines = commands(*[FOUND] * count, unlisted=(("error", unlisted),))
    assert len(lines) == written
    assert [line for line in lines if "more" in line] == ([f"::error::{last}"] if last else [])


def test_each_level_has_its_own_ten_and_the_gravest_come_first() -> None:
    found = [FOUND._replace(level=level) for level in ("note", "warning", "error") for _ in range(12)]
    lines = commands(*found, unlisted=(("note", 1), ("warning", 5)))
    assert [line.split(" ")[0].split("+")[0].strip(":") for line in lines] == (
        ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    )
    assert [line for line in lines if "more" in line] == [
        "::error::+3 more errors, see the summary",
        "::warning::+8 more warnings, see the summary",
        "::notice::+4 more notes, see the summary",
    ]


def test_what_is_waived_is_no_annotation_and_takes_no_place() -> None:
    found = [FOUND._replace(waived="agreed")] * 20 + [FOUND] * 10
    assert commands(*found) == commands(*[FOUND] * 10)


@pytest.mark.parametrize(
    ("blocks", "line"),
    [
        ((SUMMED_UP,), "2 errors, 1 warning"),
        ((SUMMED_UP._replace(notes=()),), "edition 1"),
        ((Block("Check"), SUMMED_UP), "Check"),
        ((Block(), SUMMED_UP), "2 errors, 1 warning"),
        ((), "Checked."),
        ((Block(notes=("::error::x", "y")),), "\\x3a:error\\x3a:x"),
    ],
)
def test_a_plain_line_comes_first(blocks: tuple[Block, ...], line: str) -> None:
    first, marked = to_github(page(FOUND, blocks=blocks)).splitlines()
    assert first == line
    assert marked.startswith("::error ")


ROWS = tuple(Row((f"country {number}", "š" * 20)) for number in range(100))
TABLE = Block("Findings", "by country", (Column("Country"), Column("What")), ROWS, ("a note", "another"))


def test_a_summary_that_fits_is_the_whole_page() -> None:
    whole = page(blocks=(SUMMED_UP, TABLE))
    assert to_step_summary(whole) == to_markdown(whole)
    assert to_step_summary(whole, len(to_markdown(whole).encode())) == to_markdown(whole)


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize(
    ("room", "last"),
    [
        (5800, r"\d lines and 1 section"),
        (3000, r"5\d lines and 1 section"),
        (180, "2 sections"),
        (100, "3 sections"),
    ],
)
def test_a_summary_is_cut_after_a_row_or_a_block(folded: bool, room: int, last: str) -> None:
    whole = page(blocks=(SUMMED_UP, TABLE._replace(folded=folded), SUMMED_UP))
    text = to_step_summary(whole, room)
    assert len(text.encode()) <= room
    *kept, said = text.splitlines()
    assert re.fullmatch(f"Left out here, to fit into a step summary: {last}\\.", said)
    assert not kept or not kept[-1]
    assert set(kept) <= set(to_markdown(whole).splitlines())
    assert text.count("<details>") == text.count("</details>")


def test_a_summary_uses_its_room() -> None:
    whole = page(blocks=(TABLE,))
    size = len(to_markdown(whole).encode())
    for room in range(400, size, 97):
        assert room - len(to_step_summary(whole, room).encode()) < 80


@pytest.mark.parametrize("room", [0, 10, 60, 64])
def test_no_summary_where_there_is_no_room_to_say_what_is_missing(room: int) -> None:
    assert to_step_summary(page(blocks=(TABLE,)), room) == ""
