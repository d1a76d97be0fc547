"""Where things are written in a TOML file; tomllib gives values but no positions."""

import re
from collections.abc import Iterator, Mapping
from itertools import count

Path = tuple[str | int, ...]

# Possessive repeats keep the scan linear; tokens that may be absent match the empty string.
_GAP = re.compile(r"(?:[ \t\n,]++|#[^\n]*+)*+")
_KEY = re.compile(
    r"""[ \t]*+ (?: ([A-Za-z0-9_-]++) | '([^'\n]*+)' | "((?:[^"\\\n]++|\\.)*+)" ) [ \t]*+ (\.?)""",
    re.VERBOSE,
)
_EQUALS = re.compile(r"=[ \t]*+")
_HEADER = re.compile(r"\[{0,2}")
_HEADER_END = re.compile(r"\]{1,2}")
_OPEN = re.compile(r"[\[{]?")
_CLOSE = re.compile(r"[\]}]?")
# A multi-line string may end in one or two quotes of its own, hence five.
_SCALAR = re.compile(
    r'''  """ (?: [^"\\]++ | \\. | "{1,2}(?!") )*+ "{3,5}
        | \'\'\' .*? '{3,5}
        | " (?: [^"\\\n]++ | \\. )*+ "
        | ' [^'\n]*+ '
        | [^,\]}\#\n]++''',
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u(.{4})|U(.{8})|(.))")
_CONTROL = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r"}


class TooDeep(ValueError):
    """A path of more keys and indices than the caller allows."""


def key_lines(text: str, deepest: int | None = None) -> dict[Path, int]:
    """Return the 1-based line on which each table, key and array element of a TOML text is written.

    Paths are as in the parsed document. A table has the line of its own header, or of its first mention where
    it has none; an array of tables that of its first entry. The text must be one that tomllib accepts: another
    gives lines without meaning or a ValueError. Raises TooDeep, a ValueError too, for a path
    of more than `deepest` parts: all paths of a long a.a.a… together take space with the square of its length.
    """
    # As tomllib does; the number of line feeds, and so every line number, stays the same.
    return _Scanner(text.replace("\r\n", "\n"), deepest).document()


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of the longest prefix of the path that has one, else 1."""
    prefixes = (path[:length] for length in range(len(path), 0, -1))
    return next((lines[prefix] for prefix in prefixes if prefix in lines), 1)


class _Scanner:
    def __init__(self, text: str, deepest: int | None) -> None:
        self.text = text
        self.deepest = deepest
        self.at = 0
        self.line = 1
        self.lines: dict[Path, int] = {}
        self.latest: dict[Path, int] = {}  # index of the last entry of each array of tables

    def take(self, token: re.Pattern[str]) -> re.Match[str]:
        found = token.match(self.text, self.at)
        if found is None:
            raise ValueError(f"line {self.line}: not TOML")
        self.line += self.text.count("\n", self.at, found.end())
        self.at = found.end()
        return found

    def document(self) -> dict[Path, int]:
        table: Path = ()
        self.take(_GAP)
        while self.at < len(self.text):
            header = self.take(_HEADER)[0]
            if header:
                table = self.key(())
                if header == "[[":
                    self.latest[table] = self.latest.get(table, -1) + 1
                    table = (*table, self.latest[table])
                # Overrides the mention of a table whose subtable came first.
                self.lines[table] = self.line
                self.take(_HEADER_END)
            else:
                path = self.key(table)
                self.take(_EQUALS)
                self.value(path)
            self.take(_GAP)
        return self.lines

    def key(self, path: Path) -> Path:
        dot = "."
        while dot:
            if path in self.latest:
                path = (*path, self.latest[path])
            bare, literal, basic, dot = self.take(_KEY).groups()
            path = self.deeper(path, bare or literal or _ESCAPE.sub(_unescaped, basic or ""))
            self.lines.setdefault(path, self.line)
        return path

    def deeper(self, path: Path, part: str | int) -> Path:
        if self.deepest is not None and len(path) >= self.deepest:
            raise TooDeep(f"line {self.line}: more than {self.deepest} parts")
        return (*path, part)

    def value(self, path: Path) -> None:
        # A stack, not recursion: the caller may already be deep where tomllib was not. A table has no indices.
        unclosed: list[tuple[Path, Iterator[int] | None]] = []
        while True:
            bracket = self.take(_OPEN)[0]
            if bracket:
                unclosed.append((path, count() if bracket == "[" else None))
            else:
                self.take(_SCALAR)
            while unclosed:
                self.take(_GAP)
                if not self.take(_CLOSE)[0]:
                    break
                unclosed.pop()
            else:
                return
            parent, indices = unclosed[-1]
            if indices is None:
                path = self.key(parent)
                self.take(_EQUALS)
            else:
                path = self.deeper(parent, next(indices))
                self.lines[path] = self.line


def _unescaped(escape: re.Match[str]) -> str:
    short, long, control = escape.groups()
    return _CONTROL.get(control, control) if control else chr(int(short or long, 16))
