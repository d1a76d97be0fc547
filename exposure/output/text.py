"""Cells as text: fit for one line of a screen or a log, whoever wrote them."""

from __future__ import annotations

import re

from exposure.errors import printable
from exposure.output.page import Bar, Cell

widest_bar = 16
"""Characters of a drawn score where there is room."""
_TO_BLANK = str.maketrans({"\n": " ", "\t": " ", "\r": " ", "\u00a0": " ", "\u202f": " "})
_COMMANDS = re.compile(r":(?=:)|#(?=#\[)")
"""What a CI runner takes for a command: :: at the start of a line, which wrapping may move anywhere, and ##[."""


def plain(text: str) -> str:
    """The text on one line, with every character that is not simply seen written as an escape.

    No runner takes a command from it: of :: and ##[ the first character is written as an escape too.
    """
    if not (text.isascii() and text.isprintable()):
        text = printable(text.translate(_TO_BLANK))
    if "::" in text or "##[" in text:
        text = _COMMANDS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
    return text


def shown(cell: Cell | Bar | str, length: int = widest_bar, drawn: bool = True) -> str:
    """The cell as plain text; `drawn` is False where the screen has ASCII only."""
    if isinstance(cell, Bar):
        return _bar(cell, length, drawn)
    return plain(cell.text if isinstance(cell, Cell) else cell)


def _bar(cell: Bar, length: int, drawn: bool) -> str:
    """The score to scale: solid up to its low, then to itself, then light up to its high."""
    solid, middle, light, empty = "█▓░ " if drawn else "#+- "
    text = ""
    for step in range(length):
        at = (step + 0.5) / length
        text += solid if at <= cell.low else middle if at <= cell.value else light if at <= cell.high else empty
    return text
