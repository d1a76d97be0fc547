"""Pages as tables fitted to a terminal."""

from __future__ import annotations

from typing import IO

from rich.box import ASCII2, Box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exposure.output.page import Bar, Block, Cell, Page, Row, Spark
from exposure.output.plain import shown, widest_bar
from exposure.text import plain

_STYLES = {
    "": "",
    "strong": "bold",
    "dim": "dim",
    "warn": "magenta",
    "good": "green",
    "fair": "yellow",
    "poor": "dark_orange",
    "bad": "bold red",
}
_ROWS = {"section": "bold", "total": "bold", "part": "dim", "": ""}
_LINES = Box("    \n    \n ── \n    \n    \n ── \n    \n    \n")
_NARROWEST = 18
"""Least width of a column whose text may wrap."""
_GAP = 2
_BARS = (widest_bar, 8)
"""Lengths of a drawn score: the first where there is room."""


def to_terminal(page: Page, stream: IO[str]) -> str:
    """The blocks as text for this terminal. NO_COLOR, FORCE_COLOR and COLUMNS are honoured."""
    console = Console(file=stream, emoji=False, markup=False, highlight=False, legacy_windows=False)
    drawn = (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")
    with console.capture() as printed:
        for number, block in enumerate(page.blocks):
            if number:
                console.print()
            for part in _parts(block, console.width, drawn):
                console.print(part)
    return "".join(line.rstrip() + "\n" for line in printed.get().splitlines())


def _parts(block: Block, width: int, drawn: bool) -> list[RenderableType]:
    parts: list[RenderableType] = [Text(plain(block.title), style="bold")] if block.title else []
    parts += [Text(plain(block.subtitle), style="dim")] if block.subtitle else []
    notes = list(block.notes)
    if block.rows:
        kept, length = _chosen(block, width, drawn)
        needs = _needs(block, drawn, length)
        for number, panel in enumerate(_panels(kept, needs, width)):
            parts += [Text()] if number else []
            parts.append(_table(block, panel, needs, drawn, length, fits=_wide(panel, needs) <= width))
        hidden = dict.fromkeys(
            column.title for at, column in enumerate(block.columns) if at not in kept and column.title
        )
        if hidden:
            notes.append(f"Not shown at this width: {', '.join(hidden)}.")
    style = "dim" if block.rows else ""
    return parts + [Padding(Text(plain(note), style=style), (0, 0, 0, 1)) for note in notes]


def _chosen(block: Block, width: int, drawn: bool) -> tuple[list[int], int]:
    """The columns that fit, those with the highest `drop` left out first, and the longest bar that costs none."""
    fitting = [_fitting(block, _needs(block, drawn, length), width) for length in _BARS]
    return fitting[-1], _BARS[fitting.index(fitting[-1])]


def _fitting(block: Block, needs: list[int], width: int) -> list[int]:
    kept = list(range(len(block.columns)))
    droppable = sorted((at for at in kept if block.columns[at].drop), key=lambda at: block.columns[at].drop)
    while droppable and _wide(kept, needs) > width:
        kept.remove(droppable.pop())
    return kept


def _panels(kept: list[int], needs: list[int], width: int) -> list[list[int]]:
    """The columns as tables that fit, one below the other, each with the first column."""
    first, *rest = kept
    panels = [[first]]
    for at in rest:
        if len(panels[-1]) > 1 and _wide([*panels[-1], at], needs) > width:
            panels.append([first])
        panels[-1].append(at)
    return panels


def _wide(columns: list[int], needs: list[int]) -> int:
    return sum(needs[at] + _GAP for at in columns) - _GAP


def _needs(block: Block, drawn: bool, length: int) -> list[int]:
    """The width that each column cannot do without."""
    needs = []
    for at, column in enumerate(block.columns):
        cells = [shown(row.at(at), length, drawn) for row in block.rows if row.kind != "section" or at]
        widest = max(cell_len(text) for text in [plain(column.title), *cells])
        needs.append(min(widest, _NARROWEST) if column.wrap else widest)
    return needs


def _table(block: Block, kept: list[int], needs: list[int], drawn: bool, length: int, fits: bool) -> Table:
    box = _LINES if drawn else ASCII2
    table = Table(box=box, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for at in kept:
        column = block.columns[at]
        narrow = column.wrap and needs[at] == _NARROWEST
        table.add_column(
            Text(plain(column.title)),
            justify=column.align,
            # Where even this is too wide, a broken word is better than a lost one.
            no_wrap=fits and not column.wrap,
            overflow="fold",
            min_width=_NARROWEST if narrow and fits else None,
        )
    for row in block.rows:
        if row.kind == "total":
            table.add_section()
        table.add_row(*(_styled(row, at, drawn, length) for at in kept), style=_ROWS[row.kind] or None)
    return table


def _styled(row: Row, at: int, drawn: bool, length: int) -> RenderableType:
    cell = row.at(at)
    text, style = shown(cell, length, drawn), _STYLES[cell.tone] if isinstance(cell, Cell) else ""
    indent = 0 if isinstance(cell, Bar | Spark) else len(text) - len(text.lstrip(" "))
    # Padding, so that a second line stands below the first and not below its parent.
    return Padding(Text(text[indent:], style=style), (0, 0, 0, indent)) if indent else Text(text, style=style)
