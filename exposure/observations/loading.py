"""The bytes of a file, refused as soon as they are seen to be too many or no CSV: before the whole is in memory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from exposure.errors import Finding, InvalidInput

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_FILE = 512_000_000
MOST_COLUMNS = 1_000
LONGEST_CELL = 32_000
BOM = b"\xef\xbb\xbf"
_PIECE = 1 << 20
"""Bytes of a file read together."""

_NOT_CSV = (
    (b"PK\x03\x04", "a spreadsheet workbook, not CSV", "save it as “CSV UTF-8” and use that file"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet workbook, not CSV", "save it as “CSV UTF-8” and use that file"),
    (b"%PDF", "a PDF document, not CSV", "export the table as CSV"),
    (b"\x1f\x8b", "a gzip archive, not CSV", "unpack it first"),
    (b"7z\xbc\xaf", "an archive, not CSV", "unpack it first"),
    (b"\xfd7zXZ", "an archive, not CSV", "unpack it first"),
    (b"\x28\xb5\x2f\xfd", "an archive, not CSV", "unpack it first"),
    (b"\x89PNG", "a picture, not CSV", "export the table it shows as CSV"),
    (b"PAR1", "a Parquet file, not CSV", "export the table as CSV"),
    (b"SQLite format", "a database, not CSV", "export the table as CSV"),
    (b"{\\rtf", "a formatted document, not CSV", "export the table as CSV"),
    (b"\xff\xfe\x00\x00", "UTF-32 text", "save it as UTF-8"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file it stands for", "run git lfs pull"),
    (b"\xff\xfe", "UTF-16 text", "save it as UTF-8"),
    (b"\xfe\xff", "UTF-16 text", "save it as UTF-8"),
)


def load(file: BinaryIO, name: str) -> bytes:
    """All bytes of an open file or pipe.

    Raises InvalidInput as soon as it is seen to be too large, no CSV, too wide, or to hold a cell without an end:
    before the whole is in memory.
    """
    start, known = 0, 0
    if file.seekable():
        start = file.tell()
        known = file.seek(0, os.SEEK_END) - start
        file.seek(start)
    refuse_too_large(known, name)
    pieces: list[bytes] = []
    size, inside = 0, False
    for piece in _pieces(file):
        if not size:
            refuse_other_formats(piece, name)
            _refuse_wide(piece, name)
        # A cell that ends soon is the rule, and saves looking at the rest.
        if len(piece) >= _PIECE and not (_cell_ends(piece[:4096], inside).size or _cell_ends(piece, inside).size):
            if known:
                file.seek(start)
            _refuse_endless(_pieces(file, size) if known else iter(pieces), name)
        inside ^= piece.count(b'"') % 2 == 1
        size += len(piece)
        refuse_too_large(size, name)
        # What can be read again in one go needs no second copy while its pieces are joined.
        if not known:
            pieces.append(piece)
    if known:
        file.seek(start)
        return file.read(LARGEST_FILE + 1)
    return b"".join(pieces)


def refuse_too_large(size: int, file: str) -> None:
    """Raises InvalidInput where a file has more bytes than are read."""
    if size <= LARGEST_FILE:
        return
    hint = f"at most {LARGEST_FILE:,}; leave out what the rules do not read, or split the file"
    raise InvalidInput([Finding("too-large", f"{size:,} bytes", file, hint=hint)])


def _refuse_wide(piece: bytes, file: str) -> None:
    """Refuses a header of too many columns by the first piece of the file."""
    text = piece.removeprefix(BOM)
    header = text.lstrip()
    above = text[: len(text) - len(header)]
    header = header.partition(b"\n")[0].partition(b"\r")[0]
    if b'"' not in header and (commas := header.count(b",")) >= MOST_COLUMNS:
        refuse_columns(commas + 1, file, _line_ends(above) + 1)


def refuse_columns(columns: int, file: str, line: int) -> None:
    """Raises InvalidInput for a header of so many columns."""
    hint = f"at most {MOST_COLUMNS:,} columns; write one claim a line, under country,indicator,value"
    raise InvalidInput([Finding("too-wide", f"{columns:,} columns", file, line, 1, hint)])


def _pieces(file: BinaryIO, size: int = LARGEST_FILE + _PIECE) -> Iterator[bytes]:
    """The next bytes of the file, piece by piece; no line end is cut in two."""
    while size > 0 and (piece := file.read(_PIECE)):
        if piece.endswith(b"\r"):
            piece += file.read(1)
        size -= len(piece)
        yield piece


def _cell_ends(piece: bytes, inside: bool) -> NDArray[np.int64]:
    """Where cells end in this piece, which may begin inside a quoted one."""
    byte = np.frombuffer(piece, np.uint8)
    outside = (np.cumsum(byte == 34, dtype=np.uint8) & 1) == inside
    return np.flatnonzero(outside & ((byte == 44) | (byte == 10) | (byte == 13)))


def _refuse_endless(pieces: Iterable[bytes], file: str) -> None:
    """Refuses the cell that begins at the end of these pieces."""
    line, inside, last = 1, False, b""
    for piece in pieces:
        line, inside = line + _line_ends(last), inside ^ (last.count(b'"') % 2 == 1)
        last = piece
    ends = _cell_ends(last, inside)
    start = int(ends[-1]) + 1 if ends.size else 0
    line += _line_ends(last[:start])
    newline = max(last.rfind(b"\n", 0, start), last.rfind(b"\r", 0, start))
    # Without a line end in this piece the line began before it, and only the line is certain.
    column = len(last[newline + 1 : start].decode("utf-8", "replace")) + 1 if newline >= 0 or line == 1 else 0
    found, hint = f"a cell of more than {LONGEST_CELL:,} bytes", "shorten it"
    if last[start : start + 1] == b'"':
        hint = "close it with a quote, or shorten it"
    raise InvalidInput([Finding("cell-too-long", found, file, line, column, hint)])


def _line_ends(data: bytes) -> int:
    return data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")


def refuse_other_formats(data: bytes, file: str) -> None:
    """Raises InvalidInput where the first bytes are those of another format than CSV."""

    def refuse(code: str, message: str, hint: str, line: int = 0, column: int = 0) -> None:
        raise InvalidInput([Finding(code, message, file, line, column, hint)])

    for magic, message, hint in _NOT_CSV:
        if data.startswith(magic):
            refuse("not-csv", message, hint)
    start = data[:200].lstrip(BOM + b" \r\n\t").lower()
    if re.match(rb"<[!?a-z]", start):
        refuse("not-csv", "a web page, not CSV", "download the file itself, not the page that shows it")
    if start.startswith((b"{", b"[")):
        refuse("not-csv", "JSON or TOML, not CSV", "export the table as CSV; -i names the observations, -r the rules")
