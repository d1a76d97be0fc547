"""A column of cells as its distinct texts and which of them each row has.

A million rows repeat themselves: cells are compared as eight bytes at a time, on whole columns, and only the distinct
ones become text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import compress, count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int32]

_WORD = 8
_BLOCK = 1 << 15
"""Cells looked at together: what is made of them on the way stays small."""
_MANY = 100_000
"""Rows from which pandas is worth its import."""
_KEPT = np.asarray([(1 << 8 * size) - 1 for size in range(_WORD + 1)], np.uint64)
"""What of a word belongs to a cell of so many bytes."""


class TextColumn(NamedTuple):
    """A column of text that repeats itself: country, indicator and source are read once a word, not once a row."""

    texts: Sequence[str]
    """The distinct texts."""
    codes: NDArray[np.int32]
    """(rows,): the place of each row's text in `texts`; -1 where it was refused."""

    def mapped(self, texts: Sequence[str | None]) -> TextColumn:
        """The same column with each distinct text replaced; None refuses it."""
        place: dict[str, int] = {}
        new = [-1 if text is None else place.setdefault(text, len(place)) for text in texts]
        return TextColumn(list(place), np.asarray([*new, -1], np.int32)[self.codes])

    def rows(self, text: str) -> NDArray[np.bool_]:
        """(rows,): where the text is this one."""
        return self.codes == (self.texts.index(text) if text in self.texts else -2)

    def at(self, row: int) -> str:
        """The text of one row."""
        return self.texts[self.codes[row]]

    def each(self) -> list[str]:
        """The text of every row, "" where it was refused."""
        texts = [*self.texts, ""]
        return [texts[code] for code in self.codes.tolist()]

    def taken(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> TextColumn:
        """The same texts for some of the rows."""
        return TextColumn(self.texts, self.codes[rows])

    def used(self) -> TextColumn:
        """The same column without texts that no row has."""
        used = np.bincount(self.codes, minlength=len(self.texts)) > 0
        texts = list(compress(self.texts, used.tolist()))
        return TextColumn(texts, (np.cumsum(used, dtype=np.int32) - np.int32(1))[self.codes])


def repeated(text: str, rows: int) -> TextColumn:
    """A column that says the same in every row."""
    return TextColumn([text], np.zeros(rows, np.int32))


def unified(*columns: TextColumn) -> tuple[TextColumn, ...]:
    """The columns over the same texts, so that equal codes are equal texts."""
    place: dict[str, int] = {}
    codes = []
    for column in columns:
        of_texts = [place.setdefault(text, len(place)) for text in column.texts]
        codes.append(np.asarray([*of_texts, -1], np.int32)[column.codes])
    texts = list(place)
    return tuple(TextColumn(texts, one) for one in codes)


def stacked(columns: Sequence[TextColumn]) -> TextColumn:
    """One column below the other."""
    parts = unified(TextColumn([], np.zeros(0, np.int32)), *columns)
    return TextColumn(parts[0].texts, np.concatenate([part.codes for part in parts]))


def paired(first: TextColumn, second: TextColumn) -> tuple[NDArray[np.int32], list[tuple[str, str]]]:
    """Which distinct pair of texts each row has, numbered as they first appear, and these; "" where one is refused."""
    codes, rows = numbered((first.codes + np.int64(1)) * (len(second.texts) + 1) + second.codes)
    return codes, list(zip(first.taken(rows).each(), second.taken(rows).each(), strict=True))


def same_figure(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.bool_]:
    """Where two figures are one: they agree to twelve digits, so that 0.3 is 0.30000000000000004; NaN is like none."""
    return np.asarray((first == second) | (np.abs(first - second) <= 1e-12 * np.abs(first)))


def joined(columns: Sequence[NDArray[np.integer[Any]]], sizes: Sequence[int]) -> NDArray[np.int64]:
    """(rows,): a number for each row, equal where all its codes are and ordered as they are, the first column first.

    `sizes`: how many different codes, from 0, a column can have.
    """
    key, room = np.zeros(len(columns[0]), np.int64), 1
    for codes, size in zip(columns, sizes, strict=True):
        if room * size >= 2**62:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            room = len(key) + 1
        key *= size
        key += codes
        room *= size
    return key


def read_column(data: bytes, starts: Places, ends: Places) -> TextColumn:
    """The column whose cells lie at these bytes of UTF-8 text, without quotes around them and blanks at their ends."""
    quoted = (np.frombuffer(data, np.uint8).take(starts, mode="clip") == 34) & (starts < ends)
    starts, ends = starts + quoted, ends - quoted
    codes, firsts = _factorised(data, starts, ends)
    texts = [cell.decode() for cell in _cells(data, starts[firsts], ends[firsts])]
    read = [text.replace('""', '"').strip() for text in texts]
    words = TextColumn(texts, codes)
    return words if read == texts else words.mapped(read)


def _cells(data: bytes, starts: Places, ends: Places) -> Iterator[bytes]:
    return map(data.__getitem__, map(slice, starts.tolist(), ends.tolist()))


def _factorised(data: bytes, starts: Places, ends: Places) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Which distinct cell each one is, numbered as they first appear, and the first row of each."""
    if len(starts) < _MANY:
        return numbered(list(_cells(data, starts, ends)))
    codes = _numbers(_words(data, starts, ends))
    rows = np.flatnonzero(_going_on(codes, starts, ends))
    if not len(rows):
        return codes, _firsts(codes)
    starts, ends, room = starts[rows] + _WORD, ends[rows], int(codes.max()) + 1
    while len(rows):
        alike = _numbers(codes[rows].astype(np.int64) << 32 | _numbers(_words(data, starts, ends)))
        codes[rows] = room + alike
        room += int(alike.max()) + 1
        more = _going_on(alike, starts, ends)
        rows, starts, ends = rows[more], starts[more] + _WORD, ends[more]
    return numbered(codes)


def numbered(keys: NDArray[Any] | list[bytes]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Which distinct key each one is, numbered as they first appear, and the first row of each."""
    codes = _numbers(keys)
    return codes, _firsts(codes)


def _firsts(codes: NDArray[np.int32]) -> NDArray[np.int64]:
    return np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))


def _going_on(codes: NDArray[np.int32], starts: Places, ends: Places) -> NDArray[np.bool_]:
    """Which cells go on and are like another so far; the others keep a number that no later one is given."""
    return (ends - starts > _WORD) & (np.bincount(codes) > 1)[codes]


def _numbers(keys: NDArray[Any] | list[bytes]) -> NDArray[np.int32]:
    if isinstance(keys, list) or len(keys) < _MANY:
        place: dict[object, int] = defaultdict(count().__next__)
        return np.fromiter(map(place.__getitem__, keys if isinstance(keys, list) else keys.tolist()), np.int32)
    # Only so many are worth the import.
    import pandas as pd

    return pd.factorize(keys)[0].astype(np.int32)


def _words(data: bytes, starts: Places, ends: Places) -> NDArray[np.uint64]:
    """(cells,): the next eight bytes of each cell, those beyond its end 0; no cell holds a NUL."""
    # A word at every byte: overlapping, so that no cell need be aligned.
    words: NDArray[np.uint64] = np.ndarray(max(len(data) - 7, 1), "<u8", data.ljust(_WORD, b"\0"), strides=(1,))
    keys = np.empty(len(starts), np.uint64)
    for at in range(0, len(starts), _BLOCK):
        block = slice(at, at + _BLOCK)
        inside = np.minimum(starts[block], len(words) - 1)
        # A shift of 64, from a cell that starts at the very end, gives 0.
        keys[block] = words[inside] >> (starts[block] - inside).astype(np.uint8) * 8
        keys[block] &= _KEPT.take(ends[block] - starts[block], mode="clip")
    return keys
