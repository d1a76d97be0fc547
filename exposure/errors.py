"""What can go wrong, said so that a person can mend it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from heapq import nlargest
from operator import eq
from typing import ClassVar, Literal, NamedTuple, get_args

MERGE_MARKS = ("<<<<<<< ", "||||||| ", ">>>>>>> ")
"""What git writes at the start of a line where both sides of a merge changed the same."""
UNRESOLVED = ("merge-conflict", "an unresolved merge conflict", "keep one side and remove the marks")
"""Code, message and hint of a file that has them."""
SHOWN = 50
"""How many problems of one file are printed; all of them are counted."""
_COMPARED = 20
"""Words that a hint is chosen from: to compare two takes the square of their length, and a file may name thousands."""


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
        text = _COMMANDS.sub(lambda match: _escaped(match[0]), text)
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


def closest(word: str, known: Iterable[str], alike: float = 0.6) -> str:
    """The known word that is spelt most like this one, `alike` of 1 at least, or nothing."""
    # Only a mistake needs it.
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), 1, alike)), "")


def nearest(word: str, known: Iterable[str]) -> str:
    """A question naming the known word closest to this one, or nothing where none is close."""
    import difflib

    alike = nlargest(_COMPARED, dict.fromkeys(known), key=lambda other: _letters_in_place(word, other))
    close = difflib.get_close_matches(word, alike, n=1, cutoff=0.6)
    return f"did you mean {quoted(close[0])}?" if close else ""


def _letters_in_place(word: str, other: str) -> int:
    """How many letters stand where they stand in the other word, counted from the front and from the back."""
    return sum(map(eq, word, other)) + sum(map(eq, reversed(word), reversed(other)))


Level = Literal["error", "warning", "note"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""The gravest first."""


class Finding(NamedTuple):
    """One thing that is wrong, or that a reviewer should see, at one place of a file."""

    code: str
    """What kind of thing, in words: `unknown-country`, `unsourced`, or the id of a target."""
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
    """Code of the country or entity; empty where none is meant."""
    indicator: str = ""
    """What it concerns: an indicator, or of a contradiction the rule."""
    level: Level = "error"
    waived: str = ""
    """The reason of the waiver that covers it; empty where it counts."""
    stood: bool = False
    """Whether the base has it too, so that this change is not what brought it."""
    known_by: tuple[str, ...] = ()
    """What it is known again by beside code, country and indicator: date and source of a claim, or a place in the
    rules; empty where the message alone tells."""

    @property
    def what(self) -> tuple[str, ...]:
        """The finding without its place and level, by which it is known again on another line."""
        return self.code, self.country, self.indicator, *(self.known_by or (self.message,))

    @property
    def about(self) -> str:
        """Whom and what it concerns: `SRB five_g_vendor`."""
        return " ".join(part for part in (self.country, self.indicator) if part)

    @property
    def place(self) -> str:
        """Where it was found: `indicators.csv:12:5`, without what is not known."""
        numbers = (self.line, self.column if self.line else 0)
        return ":".join([self.file, *(str(number) for number in numbers if number)]) if self.file else ""

    def __str__(self) -> str:
        about = f"{printable(self.about)}: " if self.about else ""
        return f"{printable(self.place)}: {self.code}: {about}{self.message}{'; ' + self.hint if self.hint else ''}"


class ExposureError(Exception):
    """The command could not run, for a reason its user can act on."""

    exit_code: ClassVar[int] = 2


class InvalidInput(ExposureError):
    """A file that says something it must not, with every place where it does."""

    def __init__(self, findings: Iterable[Finding], total: int | None = None) -> None:
        self.findings = tuple(findings)
        self.total = len(self.findings) if total is None else total
        super().__init__(self.findings)

    def __str__(self) -> str:
        lines = [str(finding) for finding in self.findings[:SHOWN]]
        if self.total > len(lines):
            lines.append(f"… and {self.total - len(lines)} more problems, {self.total} in all")
        return "\n".join(lines)
