"""Pages as tables in plain text, whole: for a pipe or a file, where nothing is fitted, wrapped or coloured.

Without rich, which takes a tenth of a short run to import and would have nothing to do here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from exposure.output.page import Bar, Block, Cell, Page, Spark
from exposure.text import plain

widest_bar = 16
"""Characters of a drawn score where there is room."""
_RULED = 60
"""Characters of a column of long text that a rule goes below."""


def to_plain(page: Page) -> str:
    """The blocks one below the other, columns padded with blanks."""
    return "\n".join("".join(line.rstrip() + "\n" for line in _lines(block)) for block in page.blocks)


def _lines(block: Block) -> list[str]:
    head = [shown(text) for text in (block.title, block.subtitle) if text]
    return [*head, *(_table(block) if block.rows else ()), *(f" {shown(note)}" for note in block.notes)]


def _table(block: Block) -> Iterator[str]:
    texts = [[shown(row.at(at)) for at in range(len(block.columns))] for row in block.rows]
    heads = [shown(column.title) for column in block.columns]
    widths = [max(map(_width, column)) for column in zip(heads, *texts, strict=True)]
    # A rule as long as the longest text would be all that a narrow screen shows of the page.
    ruled = [min(w, _RULED) if c.wrap else w for w, c in zip(widths, block.columns, strict=True)]
    rule = "─" * (sum(ruled) + 2 * (len(ruled) - 1))
    aligns = [column.align for column in block.columns]
    for kind, line in zip(["", *(row.kind for row in block.rows)], [heads, *texts], strict=True):
        if kind == "total":
            yield rule
        yield "  ".join(map(_padded, line, widths, aligns))
        if line is heads:
            yield rule


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) > 0 for character in text)


def _padded(text: str, width: int, align: str) -> str:
    blanks = " " * (width - _width(text))
    return blanks + text if align == "right" else text + blanks


def shown(cell: Cell | Bar | Spark | str, length: int = widest_bar, drawn: bool = True) -> str:
    """The cell as plain text; `drawn` is False where the screen has ASCII only."""
    if isinstance(cell, Bar):
        return _bar(cell, length, drawn)
    if isinstance(cell, Spark):
        return _spark(cell, drawn)
    return plain(cell.text if isinstance(cell, Cell) else cell)


def _bar(cell: Bar, length: int, drawn: bool) -> str:
    """The score to scale: solid up to its low, then to itself, then light up to its high."""
    solid, middle, light, empty = "█▓░ " if drawn else "#+- "
    steps = ((step + 0.5) / length for step in range(length))
    ends = ((cell.low, solid), (cell.value, middle), (cell.high, light))
    return "".join(next((sign for end, sign in ends if at <= end), empty) for at in steps)


def _spark(cell: Spark, drawn: bool) -> str:
    """A column a value, as high as it is; a dot where too little is known, a blank where nothing is."""
    steps, dot = ("▁▂▃▄▅▆▇█", "·") if drawn else ("0123456789", ".")
    text = ""
    for value, thin in zip(cell.values, cell.thin, strict=True):
        step = " " if value is None else steps[min(max(int(value * len(steps)), 0), len(steps) - 1)]
        text += dot if thin and value is not None else step
    return text
