"""The bytes of a CSV file as a table of text cells, each of which knows its physical line and column.

pandas splits the cells. What it forgives or forgets (ragged rows, stray quotes, the line a record
starts on) is settled here first, on whole arrays of byte positions and not byte by byte.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.errors import SHOWN, InvalidInput, Problem, quoted

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_FILE = 512_000_000
MOST_COLUMNS = 1_000
LONGEST_CELL = 32_000

_NOT_CSV = (
    (b"PK\x03\x04", "a spreadsheet workbook, not CSV", "save it as “CSV UTF-8” and use that file"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet workbook, not CSV", "save it as “CSV UTF-8” and use that file"),
    (b"%PDF", "a PDF document, not CSV", "export the table as CSV"),
    (b"\x1f\x8b", "a gzip archive, not CSV", "unpack it first"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file it stands for", "run git lfs pull"),
    (b"\xff\xfe", "UTF-16 text", "save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "save it as UTF-8"),
)


class Words(NamedTuple):
    """A column of text that repeats itself: country, indicator and source are read once a word, not once a row."""

    texts: list[str]
    """The distinct texts."""
    codes: NDArray[np.int64]
    """(rows,): the place of each row's text in `texts`; -1 where it was refused."""

    def mapped(self, texts: Sequence[str | None]) -> Words:
        """The same column with each distinct text replaced; None refuses it."""
        place: dict[str, int] = {}
        new = np.asarray([-1 if text is None else place.setdefault(text, len(place)) for text in texts], np.int64)
        return Words(list(place), new[self.codes] if len(new) else self.codes)

    def rows(self, text: str) -> NDArray[np.bool_]:
        """(rows,): where the text is this one."""
        return self.codes == (self.texts.index(text) if text in self.texts else -2)


def repeated(text: str, rows: int) -> Words:
    """A column that says the same in every row."""
    return Words([text], np.zeros(rows, np.int64))


class Table(NamedTuple):
    """A header and its records, all cells as text."""

    file: str
    header: tuple[str, ...]
    cells: tuple[Words, ...]
    """One column a header cell."""
    data: bytes
    top: int
    """Byte at which the header starts."""
    starts: NDArray[np.int64]
    """Byte at which each record starts."""

    def lines(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Physical line, from 1, on which each record starts."""
        newlines = np.flatnonzero(np.frombuffer(self.data, np.uint8) == 10)
        return np.searchsorted(newlines, self.starts[rows]) + 1

    def place(self, row: int, column: int) -> tuple[int, int]:
        """Physical line and character, both from 1, at which a cell starts; row -1 is the header."""
        return _line_column(self.data, _cell_start(self.data, self.top if row < 0 else int(self.starts[row]), column))


def read_table(data: bytes, file: str) -> Table:
    """The table in `data`: UTF-8 CSV with commas, quotes doubled inside quotes, any line ends.

    Raises InvalidInput for what is not that: another format or encoding, quotes that do not close,
    rows with more or fewer cells than the header, cells or headers beyond the limits.
    """
    _refuse_other_formats(data, file)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not data.removeprefix(b"\xef\xbb\xbf").strip():
        raise InvalidInput([Problem("empty-file", "nothing in it", file, hint="the first line names the columns")])
    starts, ends, commas = _records(data, file)
    header = _header(data, int(starts[0]), int(ends[0]), int(commas[0]), file)
    _refuse_ragged(data, starts, ends, commas, header, file)
    # Lines of nothing but commas are what spreadsheets leave below a table.
    kept = ends - starts > commas
    kept[0] = False
    top, starts, ends = int(starts[0]), starts[kept], ends[kept]
    if len(starts) and bool((starts[1:] == ends[:-1] + 1).all()):
        body = data[int(starts[0]) : int(ends[-1])]
    else:
        # What pandas takes for a blank line is not quite what we do, so it gets none to judge.
        body = b"\n".join(data[s:e] for s, e in zip(starts.tolist(), ends.tolist(), strict=True))
    cells = _split(body, len(header))
    empty = np.logical_and.reduce([column.rows("") for column in cells])
    if empty.any():
        cells = tuple(column._replace(codes=column.codes[~empty]) for column in cells)
    return Table(file, header, cells, data, top, starts[~empty])


def _refuse_other_formats(data: bytes, file: str) -> None:
    def refuse(code: str, message: str, hint: str, line: int = 0, column: int = 0) -> None:
        raise InvalidInput([Problem(code, message, file, line, column, hint)])

    if len(data) > LARGEST_FILE:
        refuse("too-large", f"{len(data):,} bytes", f"at most {LARGEST_FILE:,}")
    for magic, message, hint in _NOT_CSV:
        if data.startswith(magic):
            refuse("not-csv", message, hint)
    if data[:200].lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        refuse("not-csv", "a web page, not CSV", "download the file itself, not the page that shows it")
    if data[:200].lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
        refuse("not-csv", "JSON, not CSV", "export the table as CSV")
    if (at := data.find(b"\0")) >= 0:
        hint = "save it as UTF-8" if data[:200].count(0) > 20 else "remove it"
        refuse("nul-byte", "a NUL character", hint, *_line_column(data, at))
    if not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            found = f"byte 0x{data[error.start]:02x} is not UTF-8"
            refuse(
                "not-utf-8",
                found,
                "save the file as UTF-8, in a spreadsheet as “CSV UTF-8”",
                *_line_column(data, error.start),
            )
    for mark in (b"<<<<<<< ", b">>>>>>> "):
        at = 0 if data.startswith(mark) else data.find(b"\n" + mark) + 1
        if at or data.startswith(mark):
            refuse(
                "merge-conflict",
                "an unresolved merge conflict",
                "keep one side and remove the marks",
                *_line_column(data, at),
            )


def _line_column(data: bytes, at: int) -> tuple[int, int]:
    """Physical line and character, both from 1; a byte order mark is no character."""
    start = max(data.rfind(b"\n", 0, at), data.rfind(b"\r", 0, at)) + 1
    lines = data.count(b"\n", 0, start) + data.count(b"\r", 0, start) - data.count(b"\r\n", 0, start)
    before = data[start:at].removeprefix(b"\xef\xbb\xbf") if start == 0 else data[start:at]
    return lines + 1, len(before.decode("utf-8", "replace")) + 1


def _records(data: bytes, file: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """First byte, end and number of commas of every record that is not a blank line."""
    byte = np.frombuffer(data, np.uint8)
    newlines, commas = np.flatnonzero(byte == 10), np.flatnonzero(byte == 44)
    quotes = np.flatnonzero(byte == 34)
    if quotes.size:
        _refuse_stray_quotes(data, byte, quotes, file)
        # Between an odd number of quotes and the next one, commas and line ends are text.
        newlines = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
        commas = commas[np.searchsorted(quotes, commas) % 2 == 0]
    first = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    starts = np.concatenate([[first], newlines + 1])
    ends = np.concatenate([newlines, [len(data)]])
    counts = np.searchsorted(commas, ends) - np.searchsorted(commas, starts)
    length = ends - starts
    blank = length <= 0
    # Blanks alone make a blank line too; only short comma-free records can be that.
    for row in np.flatnonzero((counts == 0) & (length > 0) & (length < 1000)).tolist():
        blank[row] = not data[starts[row] : ends[row]].strip()
    return starts[~blank], ends[~blank], counts[~blank]


def _refuse_stray_quotes(data: bytes, byte: NDArray[np.uint8], quotes: NDArray[np.int64], file: str) -> None:
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, byte[opening - 1], 10)
    before[(opening == 3) & data.startswith(b"\xef\xbb\xbf")] = 10
    after = np.where(closing + 1 < len(byte), byte[np.minimum(closing + 1, len(byte) - 1)], 10)
    doubled = np.zeros(len(opening), bool)
    doubled[1:] = opening[1:] == closing[: len(opening) - 1] + 1
    stray = opening[~doubled & ~np.isin(before, (10, 44))]
    loose = closing[~np.isin(after, (10, 44, 34))]
    cells = opening[~doubled]
    hint = "put the whole cell in quotes and double the quotes inside it"
    if len(stray) and (not len(loose) or stray[0] < loose[0]):
        line, column = _line_column(data, int(stray[0]))
        message = "a quote inside a cell that is not quoted"
        raise InvalidInput([Problem("stray-quote", message, file, line, column, hint)])
    if len(loose):
        line, column = _line_column(data, int(loose[0]))
        opened = _line_column(data, int(cells[np.searchsorted(cells, loose[0]) - 1]))
        message = f"text after the quote that closes the cell opened at {opened[0]}:{opened[1]}"
        raise InvalidInput([Problem("stray-quote", message, file, line, column, hint)])
    if len(quotes) % 2:
        line, column = _line_column(data, int(cells[-1]))
        message = "a quote that is opened here and never closed"
        raise InvalidInput([Problem("unclosed-quote", message, file, line, column, "close the cell with a quote")])


def _header(data: bytes, start: int, end: int, commas: int, file: str) -> tuple[str, ...]:
    def refuse(code: str, message: str, hint: str, at: int = start) -> None:
        raise InvalidInput([Problem(code, message, file, *_line_column(data, at), hint)])

    if commas >= MOST_COLUMNS:
        refuse("too-wide", f"{commas + 1:,} columns", f"at most {MOST_COLUMNS:,} columns")
    cells = []
    for first, last in _cells(data, start, end):
        if last - first > LONGEST_CELL:
            refuse("cell-too-long", f"a cell of more than {LONGEST_CELL:,} bytes", "shorten it", first)
        text = data[first:last].decode("utf-8").removeprefix("\ufeff" if first == 0 else "")
        cells.append((text[1:-1].replace('""', '"') if text.startswith('"') else text).strip())
    if cells[0].startswith("#") or cells[0].casefold().startswith("sep="):
        refuse("not-a-header", f"{quoted(cells[0])} where the names of the columns should be", "remove this line")
    for mark, named in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(cells) == 1 and mark in cells[0]:
            hint = "export the table as CSV with commas, or replace them (and quote cells that hold a comma)"
            refuse("not-commas", f"the columns are separated by {named}", hint)
    return tuple(cells)


def _cells(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """First byte and end of each cell of one record."""
    byte = np.frombuffer(data, np.uint8, end - start, start)
    commas, quotes = np.flatnonzero(byte == 44), np.flatnonzero(byte == 34)
    commas = commas[np.searchsorted(quotes, commas) % 2 == 0] + start
    return list(zip([start, *(commas + 1).tolist()], [*commas.tolist(), end], strict=True))


def _refuse_ragged(
    data: bytes,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    commas: NDArray[np.int64],
    header: tuple[str, ...],
    file: str,
) -> None:
    ragged = np.flatnonzero(commas != len(header) - 1)
    long = np.flatnonzero(ends - starts > LONGEST_CELL)
    problems = []
    for row in ragged[:SHOWN].tolist():
        line, column = _line_column(data, int(starts[row]))
        found, expected = int(commas[row]) + 1, len(header)
        hint = "a cell that holds a comma needs quotes" if found > expected else "add the missing commas"
        first = data[int(starts[row]) : min(int(starts[row]) + 200, int(ends[row]))].decode("utf-8", "replace")
        cells = "1 cell" if found == 1 else f"{found} cells"
        message = f"{cells}, the header has {expected}: {quoted(first)}"
        problems.append(Problem("ragged-row", message, file, line, column, hint))
    too_long = 0
    for row in long.tolist():
        for first_byte, last in _cells(data, int(starts[row]), int(ends[row])):
            if last - first_byte <= LONGEST_CELL:
                continue
            too_long += 1
            if too_long <= SHOWN:
                line, column = _line_column(data, first_byte)
                message = f"a cell of more than {LONGEST_CELL:,} bytes"
                problems.append(Problem("cell-too-long", message, file, line, column, "shorten it"))
    if problems:
        problems.sort(key=lambda problem: (problem.line, problem.column))
        raise InvalidInput(problems, ragged.size + too_long)


def _split(body: bytes, width: int) -> tuple[Words, ...]:
    import pandas as pd

    if not body.strip():
        return tuple(Words([], np.zeros(0, np.int64)) for _ in range(width))
    cells = pd.read_csv(
        io.BytesIO(body),
        header=None,
        names=range(width),
        # Not dtype="category": that would turn 64.80 into the number 64.8 before we have seen it.
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        skip_blank_lines=False,
        encoding="utf-8",
        index_col=False,
        low_memory=False,
    )
    columns = []
    for at in range(width):
        codes, texts = pd.factorize(cells.pop(at).to_numpy(object))  # type: ignore[arg-type]
        words = Words([str(text) for text in texts], codes.astype(np.int64))
        columns.append(words.mapped([text.strip() for text in words.texts]))
    return tuple(columns)


def _cell_start(data: bytes, start: int, column: int) -> int:
    at, inside, seen = start, False, 0
    while seen < column and at < len(data):
        character = data[at]
        if character == 34:
            inside = not inside
        elif character == 44 and not inside:
            seen += 1
        elif character == 10 and not inside:
            break
        at += 1
    return at
