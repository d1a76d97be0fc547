"""Text from strangers made fit for one line of a screen or a log."""

from __future__ import annotations

from exposure.errors import printable

_TO_BLANK = str.maketrans({"\n": " ", "\t": " ", "\r": " ", "\u00a0": " ", "\u202f": " "})


def plain(text: str) -> str:
    """The text on one line, with every character that is not simply seen written as an escape."""
    if text.isascii() and text.isprintable():
        return text
    return printable(text.translate(_TO_BLANK))
