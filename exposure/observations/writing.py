"""Observations in canonical form: the one text that says these claims, and what a file lacks of being it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from io import StringIO
from operator import ne
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exposure.errors import printable
from exposure.observations.columns import TextColumn
from exposure.observations.model import KEY, LONG, Observations, Places
from exposure.observations.reading import read_observations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.rulebook.model import Rulebook

_PIECE = 500
"""Lines compared together: finding what they share takes time with the square of their number."""


class Rewritten(NamedTuple):
    """The canonical form of a file, and what sets the file apart from it."""

    data: bytes
    """The file in canonical form."""
    before: str
    """The file as it was."""
    cells: int
    """How many cells change; 0 where a wide file becomes a long one."""

    @property
    def changed(self) -> bool:
        """Whether the file is in another form than the canonical one."""
        return self.data.decode() != self.before

    def diff(self, name: str) -> Iterator[str]:
        """Yield the unified diff from the file to its canonical form: printable lines without their ends, or none."""
        if not self.changed:
            return
        yield f"--- {printable(name)}"
        yield f"+++ {printable(name)} (canonical)"
        # Only these line ends end a line: there are others that a note may hold.
        old, new = (list(StringIO(text, newline="")) for text in (self.before, self.data.decode()))
        for hunk in _Pieces(old, new).get_grouped_opcodes():
            (_, i_first, _, j_first, _), (_, _, i_last, _, j_last) = hunk[0], hunk[-1]
            yield f"@@ -{_range(i_first, i_last)} +{_range(j_first, j_last)} @@"
            for tag, i_first, i_last, j_first, j_last in hunk:
                if tag == "equal":
                    yield from _marked(" ", old[i_first:i_last])
                else:
                    yield from _marked("-", old[i_first:i_last])
                    yield from _marked("+", new[j_first:j_last])


class _Pieces(SequenceMatcher[str]):
    """What two files share, looked for piece by piece: a canonical line is seldom far from where it was."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__()
        self._old, self._new = old, new

    def get_opcodes(self) -> list[tuple[Any, int, int, int, int]]:
        opcodes: list[tuple[Any, int, int, int, int]] = []
        for at in range(0, max(len(self._old), len(self._new)), _PIECE):
            here = slice(at, at + _PIECE)
            matcher = SequenceMatcher(None, self._old[here], self._new[here], autojunk=False)
            opcodes += [(tag, at + i, at + j, at + k, at + m) for tag, i, j, k, m in matcher.get_opcodes()]
        return opcodes


def _range(first: int, last: int) -> str:
    """Line numbers as a hunk names them: an empty range by the line before it."""
    return f"{first + (last > first)},{last - first}"


def _marked(mark: str, lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield mark + printable(line.removesuffix("\n"))
        if not line.endswith(("\r", "\n")):
            yield "\\ No newline at end of file"


def long_bytes(observations: Observations) -> bytes:
    """Every claim as a line of the long shape, sorted by country, indicator, date and source."""
    return _text({name: observations.text(name) for name in LONG}, KEY)


def rewritten(data: bytes, rulebook: Rulebook, file: str = "indicators.csv", to_long: bool = False) -> Rewritten:
    """The file in canonical form, a wide one as long if wanted.

    Raises InvalidInput with every cell that cannot be read: what is not understood is not rewritten.
    """
    observations = read_observations(data, rulebook, file)
    assert observations.places
    header = [name.casefold() for name in observations.places.table.header]
    is_long = {"indicator", "value"} <= set(header)
    if to_long and not is_long:
        return Rewritten(long_bytes(observations), data.decode(), 0)
    columns = {name: observations.text(name) for name in LONG} if is_long else _wide(observations, observations.places)
    old = observations.places.table.cells
    cells = sum(
        sum(map(ne, old[header.index(name.casefold())].each(), new.each()))
        for name, new in columns.items()
        if name.casefold() in header
    )
    key = KEY if is_long else [name for at, name in enumerate(columns) if at == 0 or name == "as_of"]
    return Rewritten(_text(columns, key), data.decode(), cells)


def _wide(observations: Observations, places: Places) -> dict[str, TextColumn]:
    """The canonical columns of a wide file in their order: the country, its names, the date, the indicators."""
    table, gazetteer = places.table, observations.gazetteer
    header = [name.casefold() for name in table.header]
    written = table.cells[places.columns["country"]]
    matches = [gazetteer.find(text) for text in written.texts]
    country = written.mapped([match.code if match else None for match in matches])
    columns = {header[places.columns["country"]]: country}
    # A name that would not be understood beside its code is left as it was written.
    names = {code: gazetteer.name(code) for code in country.texts if gazetteer.agrees(code, gazetteer.name(code))}
    for name in ("country", "name"):
        if name in header and name not in columns:
            cells = zip(country.each(), table.cells[header.index(name)].each(), strict=True)
            texts = [names.get(code, text) for code, text in cells]
            columns[name] = TextColumn(texts, np.arange(len(texts), dtype=np.int32))
    if "as_of" in places.columns:
        columns["as_of"] = table.cells[places.columns["as_of"]]
    indicator, value = observations.text("indicator"), observations.text("value")
    for name in observations.indicators:
        if name.casefold() in header and name not in columns:
            of_rows = np.full(len(table.starts), len(value.texts), np.int32)
            of_rows[places.row[indicator.rows(name)]] = value.codes[indicator.rows(name)]
            columns[name] = TextColumn([*value.texts, ""], of_rows)
    return columns


def _text(columns: dict[str, TextColumn], key: Sequence[str]) -> bytes:
    """The table as CSV, sorted by the key: a cell is quoted only where it must be, a line ends with LF."""
    # No order of the file decides: what the key leaves even, the other columns do.
    names = [*key, *(name for name in columns if name not in key)]
    order = np.lexsort([_rank(columns[name]) for name in reversed(names)])
    lines = [",".join(map(_cell, columns))]
    cells = [TextColumn(list(map(_cell, one.texts)), one.codes[order]).each() for one in columns.values()]
    lines.extend(map(",".join, zip(*cells, strict=True)))
    return "".join([line + "\n" for line in lines]).encode()


def _rank(words: TextColumn) -> NDArray[np.int64]:
    """(rows,): the place of each row's text in the order of code points, the same for the same text."""
    place = {text: rank for rank, text in enumerate(sorted(set(words.texts)))}
    return np.asarray([place[text] for text in words.texts], np.int64)[words.codes]


def _cell(text: str) -> str:
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text
