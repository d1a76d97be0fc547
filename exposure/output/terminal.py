"""Pages as tables for a terminal, or in full for a pipe."""

from __future__ import annotations

import io
import os
from typing import IO, TYPE_CHECKING

from rich.box import ASCII2, Box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exposure.output.page import Bar, Cell
from exposure.output.text import plain

if TYPE_CHECKING:
    from rich.console import RenderableType

    from exposure.output.page import Block, Page, Row

_STYLES = {
    "": "",
    "strong": "bold",
    "dim": "dim",
    "good": "green",
    "fair": "yellow",
    "poor": "dark_orange",
    "bad": "bold red",
    "warn": "magenta",
}
_LINES = Box("    \n    \n ── \n    \n    \n ── \n    \n    \n")
_ENDLESS = 100_000
"""Width where nothing may wrap."""
_NARROWEST = 18
"""Least width of a column whose text may wrap."""
_GAP = 2
_BARS = (16, 8)
"""Lengths of a drawn score: the first where there is room."""


def to_terminal(page: Page, stream: IO[str], width: int | None = None) -> str:
    """The blocks as text for this stream: fitted to a terminal, in full where it is none.

    NO_COLOR, FORCE_COLOR and COLUMNS are honoured.
    """
    probe = Console(file=stream)
    live = probe.is_terminal
    if width is None:
        width = probe.width if live and stream.isatty() or os.environ.get("COLUMNS", "").isdigit() else _ENDLESS
    text = io.StringIO()
    console = Console(
        file=text,
        width=width,
        force_terminal=live,
        color_system=probe.color_system if live else None,  # type: ignore[arg-type]
        no_color=probe.no_color,
        emoji=False,
        markup=False,
        highlight=False,
        legacy_windows=False,
        soft_wrap=False,
    )
    drawn = (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")
    for number, block in enumerate(page.blocks):
        if number:
            console.print()
        for part in _block(block, width, drawn):
            console.print(part)
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    return "\n".join(lines) + "\n"


def _block(block: Block, width: int, drawn: bool) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if block.title:
        parts.append(Text(plain(block.title), style="bold"))
    hidden: list[str] = []
    if block.rows:
        kept = _fitting(block, width, drawn, _BARS[-1])
        length = next((n for n in _BARS if _fitting(block, width, drawn, n) == kept), _BARS[-1])
        hidden = [column.title for at, column in enumerate(block.columns) if at not in kept and column.title]
        parts.append(_table(block, kept, width, drawn, length))
    notes = list(block.notes)
    if hidden:
        notes.append(f"Not shown at this width: {', '.join(hidden)}.")
    for note in notes:
        parts.append(Padding(Text(plain(note), style="" if not block.rows else "dim"), (0, 0, 0, 1)))
    return parts


def _fitting(block: Block, width: int, drawn: bool, length: int) -> list[int]:
    """The columns that fit, those with the highest `drop` left out first."""
    kept = list(range(len(block.columns)))
    needs = [_needed(block, at, drawn, length) for at in kept]
    while sum(needs[at] + _GAP for at in kept) - _GAP > width:
        droppable = [at for at in kept if block.columns[at].drop]
        if not droppable:
            break
        kept.remove(max(droppable, key=lambda at: (block.columns[at].drop, at)))
    return kept


def _needed(block: Block, at: int, drawn: bool, length: int) -> int:
    column = block.columns[at]
    cells = [_text(row, at, drawn, length) for row in block.rows if row.kind != "section" or at]
    widest = max(cell_len(text) for text in [column.title, *cells])
    return min(widest, _NARROWEST) if column.wrap else widest


def _text(row: Row, at: int, drawn: bool, length: int) -> str:
    cell = row.cells[at] if at < len(row.cells) else ""
    if isinstance(cell, Bar):
        return bar(cell, drawn, length)
    return plain(cell.text if isinstance(cell, Cell) else cell)


def _table(block: Block, kept: list[int], width: int, drawn: bool, length: int) -> Table:
    table = Table(
        box=_LINES if drawn else ASCII2, show_edge=False, pad_edge=False, padding=(0, 1), header_style="bold"
    )
    for at in kept:
        column = block.columns[at]
        table.add_column(
            Text(plain(column.title)),
            justify=column.align,
            no_wrap=not column.wrap,
            overflow="fold",
            min_width=_NARROWEST if column.wrap and width < _ENDLESS and _needed(block, at, drawn, length) == _NARROWEST else None,
        )
    for row in block.rows:
        style = {"section": "bold", "total": "bold", "part": "dim", "": ""}[row.kind]
        if row.kind == "total":
            table.add_section()
        table.add_row(*(_styled(row, at, drawn, length) for at in kept), style=style or None)
    return table


def _styled(row: Row, at: int, drawn: bool, length: int) -> Text:
    cell = row.cells[at] if at < len(row.cells) else ""
    return Text(_text(row, at, drawn, length), style=_STYLES[cell.tone] if isinstance(cell, Cell) else "")


def bar(cell: Bar, drawn: bool, length: int) -> str:
    """The score drawn to scale: solid up to its low, then to itself, then light up to its high."""
    solid, middle, light, empty = "█▓░ " if drawn else "#+- "
    text = ""
    for step in range(length):
        at = (step + 0.5) / length
        text += solid if at <= cell.low else middle if at <= cell.value else light if at <= cell.high else empty
    return text

