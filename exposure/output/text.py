"""Cells as text: fit for one line of a screen or a log, whoever wrote them."""

from __future__ import annotations

from exposure.errors import printable
from exposure.output.page import Bar, Cell, Spark

widest_bar = 16
"""Characters of a drawn score where there is room."""
_TO_BLANK = str.maketrans({"\n": " ", "\t": " ", "\r": " ", "\u00a0": " ", "\u202f": " "})


def plain(text: str) -> str:
    """The text on one line, fit for a screen and for a log that a CI runner reads."""
    return printable(text if text.isascii() and text.isprintable() else text.translate(_TO_BLANK))


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
    text = ""
    for step in range(length):
        at = (step + 0.5) / length
        text += solid if at <= cell.low else middle if at <= cell.value else light if at <= cell.high else empty
    return text


def _spark(cell: Spark, drawn: bool) -> str:
    """A column a value, as high as it is; a dot where too little is known, a blank where nothing is."""
    steps, dot = ("▁▂▃▄▅▆▇█", "·") if drawn else ("0123456789", ".")
    text = ""
    for value, thin in zip(cell.values, cell.thin, strict=True):
        step = " " if value is None else steps[min(max(int(value * len(steps)), 0), len(steps) - 1)]
        text += dot if thin and value is not None else step
    return text
