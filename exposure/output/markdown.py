"""Pages as Markdown for a pull-request comment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from exposure.output.page import Bar, Cell
from exposure.output.text import plain

if TYPE_CHECKING:
    from exposure.output.page import Block, Page, Row

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


def to_markdown(page: Page) -> str:
    """The blocks as headings, tables and lists."""
    return "\n".join(_block(block) for block in page.blocks)


def escaped(text: str) -> str:
    """The text as Markdown that reads as that text and does nothing else, wherever in a line it stands."""
    text = plain(text).strip()
    # GitHub looks for @name, #1 and GH-1 in the rendered text, where only a character between them helps.
    text = _MENTION.sub("\\1\u200b", text)
    safe = _ADDRESS.sub(lambda found: f"&#{ord(found[0])};", text.translate(_MEANINGFUL))
    if opening := _OPENING.match(safe):
        safe = f"\\{safe}" if opening[1] in "-+=" else f"{opening[1]}\\{safe[opening.end() :]}"
    return safe.replace("\u200b", "&#8203;")


def _block(block: Block) -> str:
    lines = [f"### {escaped(block.title)}", ""] if block.title else []
    lines += [escaped(block.subtitle), ""] if block.subtitle else []
    kept = [at for at, _ in enumerate(block.columns) if not any(_is_bar(row, at) for row in block.rows)]
    if block.rows:
        columns = [block.columns[at] for at in kept]
        lines.append("| " + " | ".join(escaped(column.title) for column in columns) + " |")
        lines.append("|" + "|".join("---:" if column.align == "right" else "---" for column in columns) + "|")
        lines += [_row(row, kept) for row in block.rows]
        lines.append("")
    lines += [f"- {escaped(note)}" for note in block.notes]
    return "\n".join(lines).rstrip("\n") + "\n"


def _is_bar(row: Row, at: int) -> bool:
    return at < len(row.cells) and isinstance(row.cells[at], Bar)


def _row(row: Row, kept: list[int]) -> str:
    return "| " + " | ".join(_cell(row, at) for at in kept) + " |"


def _cell(row: Row, at: int) -> str:
    cell = row.cells[at] if at < len(row.cells) else ""
    text = cell.text if isinstance(cell, Cell) else cell if isinstance(cell, str) else ""
    safe = escaped(text)
    if not safe:
        return ""
    # Blanks are lost in a table, and what is inside what with them.
    indent = "&emsp;" * ((len(text) - len(text.lstrip(" "))) // 2)
    return indent + (f"**{safe}**" if row.kind in ("section", "total") else safe)
