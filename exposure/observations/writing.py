"""Observations in canonical form: the one text that says these claims, and what a file lacks of being it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from operator import ne
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from exposure.errors import printable
from exposure.observations.columns import TextColumn
from exposure.observations.model import KEY, LONG, Observations
from exposure.observations.reading import KEYS, read_observations

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.observations.table import Table
    from exposure.rulebook.model import Rulebook

_PIECE = 500
"""Lines compared together: finding what they share takes time with the square of their number."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


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
        old, new = _LINE.findall(self.before), _LINE.findall(self.data.decode())
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


class _Grid(NamedTuple):
    """Canonical cells in the order of the file they came from."""

    header: tuple[str, ...]
    columns: tuple[TextColumn, ...]
    key: tuple[int, ...]
    """The columns that the rows are sorted by; what they leave even, the others decide."""


def long_bytes(observations: Observations) -> bytes:
    """Every claim as a line of the long shape, sorted by country, indicator, date and source."""
    grid = _long_grid(observations)
    return _text(grid.header, grid.columns, _order(grid))


def rewritten(data: bytes, rulebook: Rulebook, file: str = "indicators.csv", to_long: bool = False) -> Rewritten:
    """The file in canonical form, a wide one as long if wanted.

    Raises InvalidInput with every cell that cannot be read: what is not understood is not rewritten.
    """
    observations = read_observations(data, rulebook, file)
    assert observations.places
    table = observations.places.table
    is_long = {"indicator", "value"} <= {name.casefold() for name in table.header}
    grid = _long_grid(observations) if is_long or to_long else _wide_grid(observations, table)
    cells = 0 if to_long and not is_long else _changed_cells(grid, table)
    return Rewritten(_text(grid.header, grid.columns, _order(grid)), data.decode(), cells)


def _long_grid(observations: Observations) -> _Grid:
    columns = tuple(observations.text(name) for name in LONG)
    return _Grid(LONG, columns, tuple(LONG.index(name) for name in KEY))


def _wide_grid(observations: Observations, table: Table) -> _Grid:
    places = _Places.of(table, observations)
    country = table.cells[places.country]
    codes = country.mapped([_code(observations, text) for text in country.texts])
    header, columns = [table.header[places.country].casefold()], [codes]
    for at in places.names:
        header.append(table.header[at].casefold())
        columns.append(_names(observations, codes, table.cells[at]))
    key: tuple[int, ...] = (0,)
    if places.as_of is not None:
        key = (0, len(header))
        header.append("as_of")
        columns.append(table.cells[places.as_of])
    indicator, value = observations.text("indicator"), observations.text("value")
    # Each record starts on a line of its own, so that the line of a claim tells its row.
    row = np.searchsorted(table.lines, observations.numbers("line"))
    for name in places.indicators:
        mine = indicator.rows(name)
        column = np.zeros(len(table.starts), np.int32)
        column[row[mine]] = value.codes[mine] + 1
        header.append(name)
        columns.append(TextColumn(["", *value.texts], column))
    return _Grid(tuple(header), tuple(columns), key)


class _Places(NamedTuple):
    """Which column of a wide file is what."""

    country: int
    names: tuple[int, ...]
    as_of: int | None
    indicators: dict[str, int]
    """In the order of the rules."""

    @staticmethod
    def of(table: Table, observations: Observations) -> _Places:
        header = [name.casefold() for name in table.header]
        country = next(header.index(name) for name in KEYS if name in header)
        at = {name: header.index(name.casefold()) for name in observations.indicators if name.casefold() in header}
        at = {name: place for name, place in at.items() if place != country}
        free = [place for place in range(len(header)) if place != country and place not in at.values()]
        named = tuple(place for name in ("country", "name") for place in free if header[place] == name)
        return _Places(country, named, next((place for place in free if header[place] == "as_of"), None), at)


def _code(observations: Observations, text: str) -> str:
    match = observations.gazetteer.find(text)
    assert match is not None
    return match.code


def _names(observations: Observations, codes: TextColumn, written: TextColumn) -> TextColumn:
    """The gazetteer's name in every row, unless it would not be understood beside its code: then what was there."""
    gazetteer = observations.gazetteer
    names = [gazetteer.name(code) for code in codes.texts]
    fits = np.asarray([gazetteer.agrees(code, name) for code, name in zip(codes.texts, names, strict=True)], bool)
    count = len(names)
    place = np.where(fits[codes.codes], codes.codes, written.codes + count) if count else codes.codes
    return TextColumn([*names, *written.texts], place)


def _order(grid: _Grid) -> NDArray[np.int64]:
    """The rows in canonical order, which no order of the file decides."""
    ranks = [_rank(grid.columns[at]) for at in grid.key]
    order = np.lexsort(ranks[::-1])
    even = np.logical_and.reduce([rank[order][1:] == rank[order][:-1] for rank in ranks])
    if even.any():
        # Rows that are still even after this are the same in every cell.
        ranks += [_rank(column) for at, column in enumerate(grid.columns) if at not in grid.key]
        order = np.lexsort(ranks[::-1])
    return order


def _rank(words: TextColumn) -> NDArray[np.int64]:
    """(rows,): the place of each row's text in the order of code points, the same for the same text."""
    place = {text: rank for rank, text in enumerate(sorted(set(words.texts)))}
    return np.asarray([place[text] for text in words.texts], np.int64)[words.codes] if place else np.zeros(0, np.int64)


def _text(header: Sequence[str], columns: Sequence[TextColumn], order: NDArray[np.int64]) -> bytes:
    """The table as CSV: a cell is quoted only where it must be, a line ends with LF."""
    lines = [",".join(map(_cell, header))]
    cells = [TextColumn(list(map(_cell, words.texts)), words.codes[order]).each() for words in columns]
    lines.extend(map(",".join, zip(*cells, strict=True)))
    return "".join([line + "\n" for line in lines]).encode()


def _cell(text: str) -> str:
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _changed_cells(grid: _Grid, table: Table) -> int:
    """How many cells of the file say the same in other words."""
    header = [name.casefold() for name in table.header]
    count = 0
    for name, new in zip(grid.header, grid.columns, strict=True):
        if name.casefold() in header:
            old = table.cells[header.index(name.casefold())]
            count += sum(map(ne, old.each(), new.each()))
    return count
