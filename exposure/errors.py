"""What can go wrong, said so that a person can mend it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import ClassVar, NamedTuple

SHOWN = 50
"""How many problems of one file are printed; all of them are counted."""


_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters and marks that print nothing, which their Unicode category does not say."""
_COMMANDS = re.compile(r":(?=:)|#(?=#\[)")
"""What a CI runner takes for a command: :: at the start of a line, which wrapping may move anywhere, and ##[."""


def printable(text: str) -> str:
    """The text with every control, escape, bidi and invisible character written as an escape sequence.

    Cells and keys come from strangers: nothing of them may move a cursor, hide text, open a link, or be
    taken for a command by the runner that reads the log (of :: and ##[ the first character is escaped).
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(character if _shows(character) else _escaped(character) for character in text)
    if "::" in text or "##[" in text:
        text = _COMMANDS.sub(lambda found: _escaped(found[0]), text)
    return text


def _shows(character: str) -> bool:
    # Space separators (Zs) but the plain blank look like one and are not.
    category = unicodedata.category(character)
    hidden = category[0] in "CZ" or (category == "Mn" and character >= "\ufe00") or character in _UNSEEN
    return character == " " or not hidden


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quoted(text: object, limit: int = 60) -> str:
    """The value in double quotes, printable and cut to `limit` characters, for use inside a message."""
    plain = str(text)
    cut = plain[:limit]
    return f'"{printable(cut)}{"…" if len(plain) > limit else ""}"'


def nearest(word: str, known: Iterable[str]) -> str:
    """A question naming the known word closest to this one, or nothing where none is close."""
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean {quoted(close[0])}?" if close else ""


class Problem(NamedTuple):
    """One thing wrong at one place of a file."""

    code: str
    """What kind of thing, in words: `unknown-country`, `unreadable-number`."""
    message: str
    """What was found and what was expected."""
    file: str = ""
    line: int = 0
    """Physical line, from 1; 0 where the whole file is meant."""
    column: int = 0
    """Character in that line, from 1; 0 where the whole line is meant."""
    hint: str = ""
    """What to do."""
    country: str = ""
    indicator: str = ""

    def __str__(self) -> str:
        place = ":".join([printable(self.file), *(str(n) for n in (self.line, self.column) if n)])
        about = " ".join(printable(part) for part in (self.country, self.indicator) if part)
        return (
            f"{place}: {self.code}: {about + ': ' if about else ''}{self.message}"
            f"{'; ' + self.hint if self.hint else ''}"
        )


class ExposureError(Exception):
    """The command could not run, for a reason its user can act on."""

    exit_code: ClassVar[int] = 2


class InvalidInput(ExposureError):
    """A file that says something it must not, with every place where it does."""

    def __init__(self, problems: Iterable[Problem], total: int | None = None) -> None:
        self.problems = tuple(problems)
        self.total = len(self.problems) if total is None else total
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:SHOWN]]
        if self.total > len(lines):
            lines.append(f"… and {self.total - len(lines)} more problems, {self.total} in all")
        return "\n".join(lines)
