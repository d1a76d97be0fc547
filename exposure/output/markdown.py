"""Pages as Markdown for a pull-request comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exposure.output.page import Bar, Cell
from exposure.output.text import plain

if TYPE_CHECKING:
    from exposure.output.page import Block, Page, Row

# A mention (@), a reference (#), emphasis, links, HTML and table bars must all stay text.
_MEANINGFUL = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]()<>#+-!|~&@:$^="})


def to_markdown(page: Page) -> str:
    """The blocks as headings, tables and lists."""
    return "\n".join(_block(block) for block in page.blocks)


def escaped(text: str) -> str:
    """The text as Markdown that reads as that text and does nothing else."""
    # A zero-width joiner would hide; a backslash does not stop GitHub from linking @name or #1, an entity does.
    safe = plain(text).translate(_MEANINGFUL)
    return safe.replace("\\@", "&#64;").replace("\\#", "&#35;").replace("\\<", "&lt;").replace("\\:", "&#58;")


def _block(block: Block) -> str:
    lines = [f"### {_readable(block.title)}", ""] if block.title else []
    lines += [_readable(block.subtitle), ""] if block.subtitle else []
    kept = [at for at, _ in enumerate(block.columns) if not any(_is_bar(row, at) for row in block.rows)]
    if block.rows:
        columns = [block.columns[at] for at in kept]
        lines.append("| " + " | ".join(_readable(column.title) for column in columns) + " |")
        lines.append("|" + "|".join("---:" if column.align == "right" else "---" for column in columns) + "|")
        lines += [_row(row, kept) for row in block.rows]
        lines.append("")
    lines += [f"- {_readable(note)}" for note in block.notes]
    return "\n".join(lines) + "\n"


def _is_bar(row: Row, at: int) -> bool:
    return at < len(row.cells) and isinstance(row.cells[at], Bar)


def _row(row: Row, kept: list[int]) -> str:
    texts = []
    for at in kept:
        cell = row.cells[at] if at < len(row.cells) else ""
        text = _readable(cell.text if isinstance(cell, Cell) else cell if isinstance(cell, str) else "")
        if row.kind in ("section", "total") and text:
            text = f"**{text.strip()}**"
        texts.append(text)
    return "| " + " | ".join(texts) + " |"


def _readable(text: str) -> str:
    """Escaped, but without a backslash before what only matters at the start of a line or in pairs."""
    safe = escaped(text)
    for character in "()+-!=.":
        safe = safe.replace(f"\\{character}", character)
    return safe.replace("](", "]\\(")
