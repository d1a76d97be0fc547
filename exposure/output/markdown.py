"""Pages as Markdown for a pull-request comment."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from exposure.output.page import Bar, Block, Kind, Page
from exposure.output.plain import shown
from exposure.text import plain

_MEANINGFUL = str.maketrans(
    {character: f"\\{character}" for character in "\\`*_{}[]>#~"}
    # Inside a table a backslash before a bar is read twice, and before a dollar it does not stop a formula.
    | {"|": "&#124;", "<": "&lt;", "&": "&amp;", "$": "&#36;"}
)
_ADDRESS = re.compile(r":(?=\S)|(?<=www)\.", re.IGNORECASE)
"""What makes a link of an address, or a picture of an emoji's name."""
_MENTION = re.compile(r"(@|#|\bgh-)(?=\w)", re.IGNORECASE)
_OPENING = re.compile(r"([-+](?=\s|$)|-(?=-)|=|\d{1,9}(?=[.)](?:\s|$)))")
"""What starts a list, a rule or a heading where it starts a line."""
_MEANINGFUL_IN_HTML = str.maketrans({character: f"&#{ord(character)};" for character in "\\`*_{}[]>#~|<&$"})
"""By entities alone: between tags a backslash is no escape but a backslash."""


LARGEST_COMMENT = 65_536
"""Characters that GitHub takes of a comment, counted in bytes; it refuses a longer one whole."""


def to_markdown(page: Page) -> str:
    """The blocks as headings, tables and lists, folded ones behind their title; of findings no more than a comment."""
    if page.annotations is not None:
        return cut_to_fit(page, LARGEST_COMMENT, "a comment", " The summary of the run has all, and so has -f json.")
    return _whole(page)


def cut_to_fit(page: Page, room: int, what: str, elsewhere: str = "") -> str:
    """The page in at most `room` bytes, cut after a row or a block; a last line says what is left out.

    `what` is what it is to fit into, and `elsewhere` a sentence on where all of it is.
    """
    whole = _whole(page)
    if _bytes(whole) <= room:
        return whole
    blocks = [written(block) for block in page.blocks]
    # Written with the largest numbers, the last line is as long as it can be.
    left = room - _bytes(_left_out(sum(block.lines() for block in blocks), len(blocks), what)) - _bytes(elsewhere) - 1
    text, lines, sections = "", 0, len(blocks)
    for block in blocks:
        kept = _fitting(block, left - _bytes(text))
        if kept < min(1, block.lines()):
            break
        text += block.text(kept) + "\n"
        lines, sections = block.lines() - kept, sections - 1
        if lines:
            break
    last = f"{_left_out(lines, sections, what)}{elsewhere}\n"
    return text + last if left >= 0 else ""


def _fitting(block: Written, room: int) -> int:
    """How many lines of the block there is room for, with what opens and closes it; -1 where not even for that."""
    return bisect_right(range(block.lines() + 1), room - 1, key=lambda kept: _bytes(block.text(kept))) - 1


def _left_out(lines: int, sections: int, what: str) -> str:
    counts = ((lines, "line"), (sections, "section"))
    parts = [f"{count:,} {noun}{'s' if count > 1 else ''}" for count, noun in counts if count]
    return f"Left out here, to fit into {what}: {' and '.join(parts)}."


def _bytes(text: str) -> int:
    return len(text.encode())


def _whole(page: Page) -> str:
    return "\n".join(written(block).text() for block in page.blocks)


class Written(NamedTuple):
    """A block as lines of Markdown, which may be cut after any row or note."""

    head: tuple[str, ...]
    """Title and subtitle."""
    columns: tuple[str, ...]
    """What opens a table."""
    rows: tuple[str, ...]
    notes: tuple[str, ...]
    foot: str
    """What closes a folded block."""

    def text(self, kept: int | None = None) -> str:
        """The block with the first `kept` of its rows and notes, by default with all; it ends in a line end."""
        kept = self.lines() if kept is None else kept
        rows, notes = self.rows[:kept], self.notes[: max(0, kept - len(self.rows))]
        table = (*self.columns, *rows, "") if rows else ()
        return "\n".join((*self.head, *table, *notes)).rstrip("\n") + "\n" + self.foot

    def lines(self) -> int:
        """How many rows and notes there are."""
        return len(self.rows) + len(self.notes)


def written(block: Block) -> Written:
    """The block as lines of Markdown."""
    kept = [at for at, _ in enumerate(block.columns) if not any(isinstance(row.at(at), Bar) for row in block.rows)]
    columns = [block.columns[at] for at in kept]
    return Written(
        tuple(line for text in (_title(block), escaped(block.subtitle)) if text for line in (text, "")),
        (
            "| " + " | ".join(escaped(column.title) for column in columns) + " |",
            "|" + "|".join("---:" if column.align == "right" else "---" for column in columns) + "|",
        ),
        tuple("| " + " | ".join(_cell(shown(row.at(at)), row.kind) for at in kept) + " |" for row in block.rows),
        tuple(f"- {escaped(note)}" for note in block.notes),
        "\n</details>\n" if block.folded else "",
    )


def _title(block: Block) -> str:
    if block.folded:
        # Without the blank lines what is inside would be taken for HTML, and its tables would not be drawn.
        return f"<details><summary>{_inert(block.title, _MEANINGFUL_IN_HTML) or 'Details'}</summary>"
    return f"### {escaped(block.title)}" if block.title else ""


def escaped(text: str) -> str:
    """The text as Markdown that reads as that text and does nothing else, wherever in a line it stands."""
    safe = _inert(text, _MEANINGFUL)
    if opening := _OPENING.match(safe):
        safe = f"\\{safe}" if opening[1] in "-+=" else f"{opening[1]}\\{safe[opening.end() :]}"
    return safe


def _inert(text: str, meaningful: dict[int, str]) -> str:
    # GitHub looks for @name, #1 and GH-1 in the rendered text, where only a character between them helps.
    text = _MENTION.sub("\\1\u200b", plain(text).strip())
    return _ADDRESS.sub(lambda sign: f"&#{ord(sign[0])};", text.translate(meaningful)).replace("\u200b", "&#8203;")


def _cell(text: str, kind: Kind) -> str:
    safe = escaped(text)
    if not safe:
        return ""
    # Blanks are lost in a table, and what is inside what with them.
    indent = "&emsp;" * ((len(text) - len(text.lstrip(" "))) // 2)
    return indent + (f"**{safe}**" if kind in ("section", "total") else safe)
