"""The bytes of a file, of which no more are read than it takes to see that they are no table."""

from __future__ import annotations

import os
import re
from typing import BinaryIO

from exposure.errors import Finding, InvalidInput

LARGEST_FILE = 512_000_000
MOST_COLUMNS = 1_000
LONGEST_CELL = 32_000
BOM = b"\xef\xbb\xbf"
_PIECE = 1 << 20
"""Bytes of a file read together: more than a cell may have."""
_ENDS_CELL = re.compile(rb"[,\r\n]")

_NOT_CSV: tuple[tuple[bytes | tuple[bytes, ...], str, str], ...] = (
    (b"PK\x03\x04", "a spreadsheet workbook, not CSV", "save it as “CSV UTF-8” and use that file"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet workbook, not CSV", "save it as “CSV UTF-8” and use that file"),
    (b"%PDF", "a PDF document, not CSV", "export the table as CSV"),
    (b"\x1f\x8b", "a gzip archive, not CSV", "unpack it first"),
    ((b"7z\xbc\xaf", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"), "an archive, not CSV", "unpack it first"),
    (b"\x89PNG", "a picture, not CSV", "export the table it shows as CSV"),
    (b"PAR1", "a Parquet file, not CSV", "export the table as CSV"),
    (b"SQLite format", "a database, not CSV", "export the table as CSV"),
    (b"{\\rtf", "a formatted document, not CSV", "export the table as CSV"),
    (b"\xff\xfe\x00\x00", "UTF-32 text", "save it as UTF-8"),
    (b"version https://git-lfs", "a Git LFS pointer, not the file it stands for", "run git lfs pull"),
    ((b"\xff\xfe", b"\xfe\xff"), "UTF-16 text", "save it as UTF-8"),
)


def load(file: BinaryIO, name: str) -> bytes:
    """All bytes of an open file or pipe, or as many as `read_table` needs to refuse it.

    Raises InvalidInput where there are more than may be read.
    """
    if file.seekable():
        start = file.tell()
        refuse_too_large(file.seek(0, os.SEEK_END) - start, name)
        file.seek(start)
    pieces: list[bytes] = []
    size = 0
    while piece := file.read(_PIECE):
        hopeless = not _ENDS_CELL.search(piece) if pieces else _is_no_table(piece)
        pieces.append(piece)
        size += len(piece)
        refuse_too_large(size, name)
        if hopeless and len(piece) == _PIECE:
            break
    return b"".join(pieces)


def _is_no_table(piece: bytes) -> bool:
    """Whether the first bytes of a file are no CSV, or a header of too many columns."""
    header = piece.removeprefix(BOM).lstrip().partition(b"\n")[0].partition(b"\r")[0]
    wide = b'"' not in header and header.count(b",") >= MOST_COLUMNS
    return wide or not _ENDS_CELL.search(piece) or other_format(piece) is not None


def refuse_too_large(size: int, file: str) -> None:
    """Raises InvalidInput where a file has more bytes than are read."""
    if size <= LARGEST_FILE:
        return
    hint = f"at most {LARGEST_FILE:,}; leave out what the rules do not read, or split the file"
    raise InvalidInput([Finding("too-large", f"{size:,} bytes", file, hint=hint)])


def other_format(data: bytes) -> tuple[str, str] | None:
    """What a file is that begins so, and what to do, where that is no CSV."""
    for magic, message, hint in _NOT_CSV:
        if data.startswith(magic):
            return message, hint
    start = data[:200].lstrip(BOM + b" \r\n\t").lower()
    if re.match(rb"<[!?a-z]", start):
        return "a web page, not CSV", "download the file itself, not the page that shows it"
    if start.startswith((b"{", b"[")):
        return "JSON or TOML, not CSV", "export the table as CSV; -i names the observations, -r the rules"
    return None
