"""Findings for GitHub: commands that mark them in the files of a pull request, and the summary of a step."""

from __future__ import annotations

from collections import Counter

from exposure.errors import LEVELS, Finding, Level
from exposure.output.findings import annotations_of, heading, statement
from exposure.output.markdown import cut_to_fit
from exposure.output.page import Page
from exposure.text import counted, plain

SHOWN_A_LEVEL = 10
"""Annotations of one level that GitHub keeps of a step; it drops the others without a word."""
LARGEST_SUMMARY = 1024 * 1024
"""Bytes that a step may write into its summary; the runner refuses a larger one whole."""
_LONGEST_TITLE = 200
"""Characters; GitHub's own limit is 255."""
_COMMANDS: dict[Level, str] = {"error": "error", "warning": "warning", "note": "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _DATA | str.maketrans({":": "%3A", ",": "%2C"})
"""What the runner decodes, in the text of a command and in its properties."""


def to_github(page: Page) -> str:
    """A plain line that sums up, then a workflow command for each finding that counts, ten a level at most.

    What stood before the change is left to the summary: it would take the places of what is new.
    """
    annotations = annotations_of(page)
    more = Counter(dict(annotations.unlisted))
    # What stands first on the page was put there because it sums up.
    texts = (text for block in page.blocks for text in (*block.notes, block.subtitle, block.title))
    lines = [next(filter(None, (plain(text).strip() for text in texts)), "Checked.")]
    for level in LEVELS:
        counting = [one for one in annotations.found if one.level == level and not (one.waived or one.stood)]
        kept = counting if len(counting) + bool(more[level]) <= SHOWN_A_LEVEL else counting[: SHOWN_A_LEVEL - 1]
        lines += map(_command, kept)
        if left := more[level] + len(counting) - len(kept):
            lines.append(f"::{_COMMANDS[level]}::+{counted(left, f'more {level}')}, see the summary")
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding) -> str:
    at = {"file": plain(finding.file)}
    if finding.file and finding.line:
        at |= {"line": str(finding.line), "col": str(finding.column or "")}
    title = heading(finding)
    at["title"] = title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
    properties = ",".join(f"{name}={text.translate(_PROPERTY)}" for name, text in at.items() if text)
    return f"::{_COMMANDS[finding.level]} {properties}::{statement(finding).translate(_DATA)}"


def to_step_summary(page: Page, room: int = LARGEST_SUMMARY) -> str:
    """The page as Markdown in at most `room` bytes."""
    return cut_to_fit(page, room, "a step summary")
