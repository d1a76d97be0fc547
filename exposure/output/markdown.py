"""Pages as Markdown for a pull-request comment."""

from __future__ import annotations

import re
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


def to_markdown(page: Page) -> str:
    """The blocks as headings, tables and lists, folded ones behind their title."""
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
