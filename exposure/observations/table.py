"""The bytes of a CSV file as a table of text cells, each of which knows its physical line and column.

Where cells and records end is settled on whole arrays of byte positions and not byte by byte.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from exposure.errors import MERGE_MARKS, SHOWN, UNRESOLVED, Finding, InvalidInput, quoted
from exposure.observations.columns import TextColumn, read_column
from exposure.observations.loading import BOM, LONGEST_CELL, MOST_COLUMNS, other_format, refuse_too_large

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int32]

MOST_CELLS = 64_000_000
"""Cells and lines: each costs memory beyond its bytes. More than 512 MB of ordinary claims have."""
_BLOCK = 1 << 18
"""Bytes looked at together: as many as stay near the processor."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Table:
    """A header and its records, all cells as text."""

    file: str
    header: tuple[str, ...]
    cells: tuple[TextColumn, ...]
    """One column a header cell."""
    data: bytes
    top: int
    """Byte at which the header starts."""
    top_line: int
    starts: Places
    """Byte at which each record starts."""
    lines: Places
    """Physical line, from 1, on which each record starts."""

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Physical line and character, both from 1, at which a cell starts; row -1 is the header."""
        start, line = (self.top, self.top_line) if row < 0 else (int(self.starts[row]), int(self.lines[row]))
        before = re.compile(rb'(?:(?:"[^"]*"|[^",]+)*+,){%d}' % column).match(self.data, start)
        assert before
        return _place(self.data, start, line, before.end())


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class _Records:
    """The records of a file that are not blank lines."""

    starts: Places
    ends: Places
    lines: Places
    commas: Places
    """How many stand between its cells."""
    marks: Places
    """The bytes that end cells: the commas and the end of every record, one after another."""


def read_table(data: bytes, file: str) -> Table:
    """The table in `data`: UTF-8 CSV with commas, quotes doubled inside quotes, any line ends.

    Raises InvalidInput for what is not that: another format or encoding, quotes that do not close,
    rows with more or fewer cells than the header, cells or headers beyond the limits.
    """
    refuse_too_large(len(data), file)
    if other := other_format(data):
        raise InvalidInput([Finding("not-csv", other[0], file, hint=other[1])])
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    _refuse_other_text(data, file)
    if data in (b"", BOM) or data.removeprefix(BOM).isspace():
        raise InvalidInput([Finding("empty-file", "nothing in it", file, hint="the first line names the columns")])
    records = _records(data, file)
    header = _header(data, records, file)
    _refuse_ragged(data, records, len(header), file)
    starts, lines = records.starts[1:], records.lines[1:]
    ends = records.marks[len(header) :].reshape(-1, len(header))
    cells = tuple(
        read_column(data, ends[:, at - 1] + np.int32(1) if at else starts, np.ascontiguousarray(ends[:, at]))
        for at in range(len(header))
    )
    # Lines of nothing but commas are what spreadsheets leave below a table.
    filled = ~np.logical_and.reduce([column.rows("") for column in cells])
    if not filled.all():
        cells, starts, lines = tuple(column.taken(filled) for column in cells), starts[filled], lines[filled]
    top, top_line = int(records.starts[0]), int(records.lines[0])
    return Table(
        file=file, header=header, cells=cells, data=data, top=top, top_line=top_line, starts=starts, lines=lines
    )


def _refusal(data: bytes, file: str, at: int, code: str, message: str, hint: str) -> InvalidInput:
    """The one mistake that stands at this byte of the file."""
    return InvalidInput([Finding(code, message, file, *_place(data, _first(data), 1, at), hint)])


def _refuse_other_text(data: bytes, file: str) -> None:
    """Refuses what is not UTF-8, holds a NUL or is an unresolved merge conflict."""
    if (at := data.find(b"\0")) >= 0:
        hint = "save it as UTF-8, in a spreadsheet as “CSV UTF-8”" if data[:200].count(0) > 20 else "remove it"
        raise _refusal(data, file, at, "nul-byte", "a NUL character, which no text holds", hint)
    if not data.isascii() and (at := _first_not_utf8(data)) >= 0:
        hint = "save the file as UTF-8, in a spreadsheet as “CSV UTF-8”"
        raise _refusal(data, file, at, "not-utf-8", f"byte 0x{data[at]:02x} is not UTF-8", hint)
    for mark in map(str.encode, MERGE_MARKS):
        if mark[:1] in data and mark in data and (data.startswith(mark) or b"\n" + mark in data):
            at = 0 if data.startswith(mark) else data.find(b"\n" + mark) + 1
            raise _refusal(data, file, at, *UNRESOLVED)


def _first_not_utf8(data: bytes) -> int:
    """The first byte that no UTF-8 text could have here, or -1. The whole as text would take four times its size."""
    at = 0
    while at < len(data):
        try:
            at += codecs.utf_8_decode(data[at : at + _BLOCK], "strict", at + _BLOCK >= len(data))[1]
        except UnicodeDecodeError as error:
            return at + error.start
    return -1


def _first(data: bytes) -> int:
    """The byte at which the text starts: a byte order mark is no character."""
    return len(BOM) if data.startswith(BOM) else 0


def _records(data: bytes, file: str) -> _Records:
    """Every record that is not a blank line."""
    marks, last, quotes, inner = _scanned(data, file)
    _refuse_stray_quotes(data, quotes, file)
    ends = marks[last]
    starts = np.concatenate([[np.int32(_first(data))], ends[:-1] + np.int32(1)])
    lines = np.arange(1, len(ends) + 1, dtype=np.int32)
    lines += np.searchsorted(inner, starts).astype(np.int32)
    commas = np.diff(last, prepend=np.int32(-1)) - np.int32(1)
    # Of the other records only short ones without a comma can be nothing but blanks.
    blank = starts >= ends
    for row in np.flatnonzero((commas == 0) & ~blank & (ends - starts < 1000)).tolist():
        blank[row] = data[starts[row] : ends[row]].isspace()
    if blank.any():
        marks = marks[~np.repeat(blank, commas + 1)]
        starts, ends, lines, commas = (column[~blank] for column in (starts, ends, lines, commas))
    return _Records(starts=starts, ends=ends, lines=lines, commas=commas, marks=marks)


def _scanned(data: bytes, file: str) -> tuple[Places, Places, Places, Places]:
    """The bytes that end cells, which of them end records, all quotes, and the line ends inside of quotes."""
    byte = np.frombuffer(data, np.uint8)
    parts: tuple[list[Places], ...] = ([], [], [], [])
    count, inside = 0, False
    for first in range(0, len(data), _BLOCK):
        block = byte[first : first + _BLOCK]
        marks = np.flatnonzero((block == 44) | (block == 10) | (block == 34)).astype(np.int32)
        kind = block[marks]
        marks += np.int32(first)
        quote = kind == 34
        # Between an odd number of quotes and the next one, commas and line ends are text.
        outside = (np.cumsum(quote, dtype=np.uint8) & 1) == inside
        inside ^= bool(np.count_nonzero(quote) & 1)
        parts[2].append(marks[quote])
        parts[3].append(marks[~outside & (kind == 10)])
        outside &= ~quote
        parts[0].append(marks[outside])
        parts[1].append((np.flatnonzero(kind[outside] == 10) + count).astype(np.int32))
        count += len(parts[0][-1])
        if count > MOST_CELLS:
            hint = "leave out what the rules do not read, or split the file"
            raise InvalidInput([Finding("too-large", f"more than {MOST_CELLS:,} cells and lines", file, hint=hint)])
    # The last record need not have a line end.
    parts[0].append(np.asarray([len(data)], np.int32))
    parts[1].append(np.asarray([count], np.int32))
    marks, last, quotes, inner = map(np.concatenate, parts)
    return marks, last, quotes, inner


def _refuse_stray_quotes(data: bytes, quotes: Places, file: str) -> None:
    opening, closing = quotes[0::2], quotes[1::2]
    byte = np.frombuffer(data, np.uint8)
    before = np.where(opening > _first(data), byte[opening - 1], 10)
    after = np.where(closing + 1 < len(byte), byte.take(closing + 1, mode="clip"), 10)
    stray = opening[~np.isin(before, (10, 44, 34))]
    loose = closing[~np.isin(after, (10, 44, 34))]
    # Where a quote stands before another, both are one inside the cell.
    cells = opening[before != 34]
    hint = "put the whole cell in quotes and double the quotes inside it"
    if len(stray) and (not len(loose) or stray[0] < loose[0]):
        if re.search(rb"[,\n][ \t]+$", data[max(0, int(stray[0]) - 100) : int(stray[0])]):
            hint = "remove the blank before the quote"
        message = "a quote inside a cell that is not quoted"
        raise _refusal(data, file, int(stray[0]), "stray-quote", message, hint)
    if len(loose):
        line, column = _place(data, _first(data), 1, int(cells[np.searchsorted(cells, loose[0]) - 1]))
        message = f"text after the quote that closes the cell opened at {line}:{column}"
        raise _refusal(data, file, int(loose[0]), "stray-quote", message, hint)
    if len(quotes) % 2:
        message, hint = "a quote that is opened here and never closed", "close the cell with a quote"
        raise _refusal(data, file, int(cells[-1]), "unclosed-quote", message, hint)


def _header(data: bytes, records: _Records, file: str) -> tuple[str, ...]:
    start, commas = int(records.starts[0]), int(records.commas[0])
    if commas >= MOST_COLUMNS:
        hint = f"at most {MOST_COLUMNS:,} columns; write one claim a line, under country,indicator,value"
        raise InvalidInput([Finding("too-wide", f"{commas + 1:,} columns", file, int(records.lines[0]), 1, hint)])
    cells = []
    for mark, last in pairwise([start - 1, *records.marks[: commas + 1].tolist()]):
        first = mark + 1
        if last - first > LONGEST_CELL:
            message = f"a cell of more than {LONGEST_CELL:,} bytes"
            raise _refusal(data, file, first, "cell-too-long", message, "shorten it")
        text = data[first:last].decode()
        cells.append((text[1:-1].replace('""', '"') if text.startswith('"') else text).strip())
    if cells[0].startswith("#") or cells[0].casefold().startswith("sep="):
        message = f"{quoted(cells[0])} where the names of the columns should be"
        raise _refusal(data, file, start, "not-a-header", message, "remove this line")
    for mark, named in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(cells) == 1 and mark in cells[0]:
            hint = "save the table as CSV with commas, and with a point in decimals"
            raise _refusal(data, file, start, "not-commas", f"the columns are separated by {named}", hint)
    return tuple(cells)


def _refuse_ragged(data: bytes, records: _Records, expected: int, file: str) -> None:
    starts, ends, lines, commas = records.starts, records.ends, records.lines, records.commas
    ragged = np.flatnonzero(commas != expected - 1)
    at = np.flatnonzero(np.diff(records.marks) > LONGEST_CELL) + 1
    # Between one record and the next there may be blank lines.
    firsts = np.maximum(records.marks[at - 1] + 1, starts[np.searchsorted(ends, records.marks[at])])
    long = firsts[records.marks[at] - firsts > LONGEST_CELL]
    problems = []
    for row in ragged[:SHOWN].tolist():
        count = int(commas[row]) + 1
        first = data[int(starts[row]) : min(int(starts[row]) + 200, int(ends[row]))].decode("utf-8", "replace")
        hint = _ragged_hint(first, count, expected)
        cells = "1 cell" if count == 1 else f"{count} cells"
        message = f"{cells}, the header has {expected}: {quoted(first)}"
        problems.append(Finding("ragged-row", message, file, int(lines[row]), 1, hint))
    for start in long[:SHOWN].tolist():
        row = np.searchsorted(ends, start)
        line, column = _place(data, int(starts[row]), int(lines[row]), start)
        message = f"a cell of more than {LONGEST_CELL:,} bytes"
        problems.append(Finding("cell-too-long", message, file, line, column, "shorten it"))
    if problems:
        problems.sort(key=lambda problem: (problem.line, problem.column))
        raise InvalidInput(problems, ragged.size + long.size)


def _ragged_hint(row: str, count: int, expected: int) -> str:
    """What to do about a row of too many or too few cells, by how it begins."""
    if row.startswith("#"):
        return "remove this line; what is to be said of a claim goes into its note"
    if count == 1 and (";" in row or "\t" in row):
        return "put commas between the cells, as in the first line"
    if count < expected:
        return "add the missing commas"
    if "“" in row or ",'" in row:
        return 'a cell that holds a comma needs straight double quotes, as in "a, b"'
    if re.search(r"(^|,)[+-]?\d+,\d{1,3}(,|$)", row):
        return "write decimals with a point; a cell that holds a comma needs quotes"
    if row.rstrip().endswith("," * (count - expected)):
        return "remove the commas at the end of the line; a cell that holds a comma needs quotes"
    return "a cell that holds a comma needs quotes"


def _place(data: bytes, start: int, line: int, at: int) -> tuple[int, int]:
    """Physical line and character of a byte in the text that starts on this line."""
    before = data[max(start, data.rfind(b"\n", start, at) + 1) : at]
    return line + data.count(b"\n", start, at), len(before.decode("utf-8", "replace")) + 1
