"""Markdown as GitHub draws it: folded blocks, and blocks cut short."""

from __future__ import annotations

import re

import pytest

from exposure.output.markdown import LARGEST_COMMENT, to_markdown, written
from exposure.output.page import Annotations, Block, Column, Page, Row

TABLE = Block("Stale", "since 2019", (Column("Country"), Column("Year", "right")), (Row(("SRB", "2018")),), ("a note",))

OPEN = """\
### Stale

since 2019

| Country | Year |
|---|---:|
| SRB | 2018 |

- a note
"""
FOLDED = """\
<details><summary>Stale</summary>

since 2019

| Country | Year |
|---|---:|
| SRB | 2018 |

- a note

</details>
"""


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        pytest.param((TABLE,), OPEN, id="open"),
        pytest.param((TABLE._replace(folded=True),), FOLDED, id="folded"),
        pytest.param((TABLE._replace(folded=True), TABLE), f"{FOLDED}\n{OPEN}", id="a blank line before what follows"),
        pytest.param((Block("A", folded=True),), "<details><summary>A</summary>\n\n</details>\n", id="nothing inside"),
        pytest.param(
            (Block(notes=("x",), folded=True),),
            "<details><summary>Details</summary>\n\n- x\n\n</details>\n",
            id="no title",
        ),
    ],
)
def test_folded_blocks(blocks: tuple[Block, ...], text: str) -> None:
    assert to_markdown(Page({}, (), blocks)) == text


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("a*b", "a&#42;b"),
        ("</summary><b>", "&#60;/summary&#62;&#60;b&#62;"),
        ("AT&T", "AT&#38;T"),
        ("@octocat", "@&#8203;octocat"),
        ("12 findings, by code", "12 findings, by code"),
    ],
)
def test_a_summary_has_no_backslash_which_html_would_show(title: str, shown: str) -> None:
    text = to_markdown(Page({}, (), (Block(title, folded=True),)))
    assert text.startswith(f"<details><summary>{shown}</summary>\n")


@pytest.mark.parametrize(
    ("kept", "ending"),
    [(0, "since 2019\n"), (1, "| SRB | 2018 |\n"), (2, "| MNE | 2017 |\n"), (3, "- a note\n"), (9, "- a note\n")],
)
def test_a_block_is_cut_after_a_row_or_a_note(kept: int, ending: str) -> None:
    block = TABLE._replace(rows=(*TABLE.rows, Row(("MNE", "2017"))))
    assert written(block).text(kept).endswith(ending)
    assert written(block._replace(folded=True)).text(kept).endswith(f"{ending}\n</details>\n")


def test_findings_fit_into_a_comment_and_other_pages_are_whole() -> None:
    """GitHub refuses a comment of more than 65,536 characters whole."""
    rows = tuple(Row((f"country {number}", "2018")) for number in range(9000))
    page = Page({}, (), (Block(notes=("Fails: 9 errors.",)), TABLE._replace(rows=rows), TABLE))
    whole, cut = to_markdown(page), to_markdown(page._replace(annotations=Annotations((), (), (), "error")))
    assert len(whole) > LARGEST_COMMENT >= len(cut) > LARGEST_COMMENT - 200
    *kept, last = cut.splitlines()
    assert set(kept) <= set(whole.splitlines())
    assert kept[0] == "- Fails: 9 errors."
    assert re.fullmatch(
        r"Left out here, to fit into a comment: \d,\d{3} lines and 1 section\. The summary of the run has all, and so"
        r" has -f json\.", last
    )  # fmt: skip
