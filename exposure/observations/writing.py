"""Observations in canonical form: the one text that says these claims, and what a file lacks of being it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.errors import printable, quoted
from exposure.observations.columns import Words
from exposure.observations.model import LONG, Observations
from exposure.observations.reading import KEYS, read_observations
from exposure.observations.structure import Table, read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.rulebook.model import Rulebook

NAMED = 10
"""How many changed cells are named one by one; all of them are counted."""
_BOM = b"\xef\xbb\xbf"


class Change(NamedTuple):
    """One thing in which a file is not in canonical form."""

    line: int
    """Physical line, from 1; 0 where the whole file is meant."""
    what: str
    """Printable: `"Serbia" -> SRB`, `line order: …`, `quotes …`."""


class Rewritten(NamedTuple):
    """The canonical form of a file, and what sets the file apart from it."""

    data: bytes
    changes: tuple[Change, ...]
    """Those of the whole file, then the first cells in the order of the file; empty if and only if nothing changes."""
    cells: int
    """How many cells change."""
    unnamed: int
    """How many of these are not among `changes`."""


class _Grid(NamedTuple):
    """Canonical cells in the order of the file they came from."""

    header: tuple[str, ...]
    columns: tuple[Words, ...]
    key: tuple[int, ...]
    """The columns that the rows are sorted by; what they leave even, the others decide."""


def long_bytes(observations: Observations) -> bytes:
    """Every claim as a line of the long shape, sorted by country, indicator, date and source."""
    grid = _long_grid(observations)
    return _text(grid.header, grid.columns, _order(grid))


def wide_bytes(observations: Observations, table: Table) -> bytes:
    """The wide file that these observations were read from, sorted by country and date, indicators as in the rules.

    `table` is the same file, whose rows without any value are no claims and are kept.
    """
    grid = _wide_grid(observations, table)
    return _text(grid.header, grid.columns, _order(grid))


def rewritten(data: bytes, rulebook: Rulebook, file: str = "indicators.csv", to_long: bool = False) -> Rewritten:
    """The file in canonical form, a wide one as long if wanted.

    Raises InvalidInput with every cell that cannot be read: what is not understood is not rewritten.
    """
    observations = read_observations(data, rulebook, file)
    table = read_table(data, file)
    is_long = {"indicator", "value"} <= {name.casefold() for name in table.header}
    grid = _long_grid(observations) if is_long or to_long else _wide_grid(observations, table)
    order = _order(grid)
    text = _text(grid.header, grid.columns, order)
    if text == data:
        return Rewritten(text, (), 0, 0)
    if to_long and not is_long:
        return Rewritten(text, (_turned_long(observations, table),), 0, 0)
    named, cells = _cell_changes(grid, table)
    whole = [*_byte_changes(data, table), *_column_changes(grid, table), *_order_changes(order, table)]
    return Rewritten(text, (*whole, *named), cells, cells - len(named))


def _long_grid(observations: Observations) -> _Grid:
    columns = tuple(observations.words(name) for name in LONG)
    return _Grid(LONG, columns, tuple(LONG.index(name) for name in ("country", "indicator", "as_of", "source")))


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
    indicator, value = observations.words("indicator"), observations.words("value")
    # Each record starts on a line of its own, so that the line of a claim tells its row.
    row = np.searchsorted(table.lines, observations.numbers("line"))
    for name in places.indicators:
        mine = indicator.rows(name)
        column = np.zeros(len(table.starts), np.int32)
        column[row[mine]] = value.codes[mine] + 1
        header.append(name)
        columns.append(Words(["", *value.texts], column))
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


def _names(observations: Observations, codes: Words, written: Words) -> Words:
    """The gazetteer's name in every row, unless it would not be understood beside its code: then what was there."""
    gazetteer = observations.gazetteer
    names = [gazetteer.name(code) for code in codes.texts]
    fits = np.asarray([gazetteer.agrees(code, name) for code, name in zip(codes.texts, names, strict=True)], bool)
    count = len(names)
    place = np.where(fits[codes.codes], codes.codes, written.codes + count) if count else codes.codes
    return Words([*names, *written.texts], place)


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


def _rank(words: Words) -> NDArray[np.int64]:
    """(rows,): the place of each row's text in the order of code points, the same for the same text."""
    place = {text: rank for rank, text in enumerate(sorted(set(words.texts)))}
    return np.asarray([place[text] for text in words.texts], np.int64)[words.codes] if place else np.zeros(0, np.int64)


def _text(header: Sequence[str], columns: Sequence[Words], order: NDArray[np.int64]) -> bytes:
    """The table as CSV: a cell is quoted only where it must be, a line ends with LF."""
    lines = [",".join(map(_cell, header))]
    cells = [np.asarray([*map(_cell, words.texts), ""], object)[words.codes[order]].tolist() for words in columns]
    lines.extend(map(",".join, zip(*cells, strict=True)))
    return "".join([line + "\n" for line in lines]).encode()


def _cell(text: str) -> str:
    if '"' in text or "," in text or "\n" in text or "\r" in text:
        return '"' + text.replace('"', '""') + '"'
    return text


def _turned_long(observations: Observations, table: Table) -> Change:
    lines = observations.numbers("line")
    rows = len(table.starts) - len(np.unique(lines))
    without = f"; {rows} without any value have none" if rows else ""
    return Change(0, f"wide: {len(table.starts)} rows become {len(lines)} lines, one a claim{without}")


def _byte_changes(data: bytes, table: Table) -> Iterable[Change]:
    if data.startswith(_BOM):
        yield Change(0, "byte order mark: none is needed, UTF-8 is expected")
    ends = [name for name, found in (("CRLF", b"\r\n" in data), ("CR", b"\r" in data.replace(b"\r\n", b""))) if found]
    if ends:
        yield Change(0, f"line ends: {' and '.join(ends)} become LF")
    if not data.endswith((b"\n", b"\r")):
        yield Change(0, "line ends: the last line has none")
    plain = table.data.removeprefix(_BOM)
    plain += b"" if plain.endswith(b"\n") else b"\n"
    same = _text(table.header, table.cells, np.arange(len(table.starts)))
    if plain != same:
        length = min(len(plain), len(same))
        differs = np.frombuffer(plain, np.uint8, length) != np.frombuffer(same, np.uint8, length)
        at = int(np.argmax(differs)) if differs.any() else length
        yield Change(plain.count(b"\n", 0, at) + 1, "quotes, blanks around a cell, or empty lines that are not needed")


def _column_changes(grid: _Grid, table: Table) -> Iterable[Change]:
    header = [name.casefold() for name in table.header]
    canonical = [name.casefold() for name in grid.header]
    for name, found in zip(grid.header, canonical, strict=True):
        if found in header and table.header[header.index(found)] != name:
            yield Change(0, f"column name: {quoted(table.header[header.index(found)])} -> {printable(name)}")
    if added := [name for name in grid.header if name.casefold() not in header]:
        yield Change(0, f"columns: without {', '.join(map(printable, added))}")
    if header != [name for name in canonical if name in header]:
        yield Change(0, f"column order: {', '.join(map(printable, grid.header))}")


def _order_changes(order: NDArray[np.int64], table: Table) -> Iterable[Change]:
    moved = np.flatnonzero(order != np.arange(len(order)))
    if len(moved):
        early, late = table.lines[[order[moved[0]], moved[0]]].tolist()
        yield Change(early, f"line order: this belongs before line {late}")


def _cell_changes(grid: _Grid, table: Table) -> tuple[list[Change], int]:
    """The first cells that change, in the order of the file, and how many there are."""
    header = [name.casefold() for name in table.header]
    first: list[tuple[int, int, str]] = []
    count = 0
    for name, new in zip(grid.header, grid.columns, strict=True):
        if name.casefold() not in header:
            continue
        at = header.index(name.casefold())
        before, after = (np.asarray([*words.texts, ""], object)[words.codes] for words in (table.cells[at], new))
        rows = np.flatnonzero(before != after)
        count += len(rows)
        for row in rows[:NAMED].tolist():
            first.append((row, at, f"{quoted(before[row])} -> {_shown(after[row])}"))
    first = sorted(first)[:NAMED]
    lines = table.lines[[row for row, _, _ in first]].tolist()
    return [Change(line, what) for line, (_, _, what) in zip(lines, first, strict=True)], count


def _shown(text: str) -> str:
    """A short plain text as it will stand, another in quotes."""
    plain = text.isascii() and text.isprintable() and text == printable(text)
    return text if plain and 0 < len(text) < 60 else quoted(text)
