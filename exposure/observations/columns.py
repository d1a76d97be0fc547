"""A column of cells as its distinct texts and which of them each row has.

A million rows repeat themselves: cells are compared as eight bytes at a time, on whole columns, and only the distinct
ones become text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.int32]
    Keys = NDArray[np.uint64]

_WORD = 8
_BLOCK = 1 << 15
"""Cells looked at together: as many as stay near the processor."""
_MANY = 100_000
"""Rows from which a column is read whole arrays at a time, and pandas is worth its import."""
_KEPT = np.asarray([(1 << 8 * size) - 1 for size in range(_WORD + 1)], np.uint64)
"""What of a word belongs to a cell of so many bytes."""
_ODD = np.uint64(0x9E3779B97F4A7C15)
_MAY_BE_BLANK = np.asarray([byte <= 32 or byte >= 128 for byte in range(256)])
"""First or last bytes of characters that `str.strip` removes, and of others."""


class Spans(Sequence[str]):
    """Texts that stay bytes of the file until somebody asks for them; most notes nobody does."""

    def __init__(self, data: bytes, starts: Places, ends: Places) -> None:
        self._data, self._starts, self._ends = data, starts, ends

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self._data[start:end].decode() for start, end in self._bounds(place)]
        return self._data[self._starts[place] : self._ends[place]].decode()

    def __iter__(self) -> Iterator[str]:
        data = self._data
        return (data[start:end].decode() for start, end in self._bounds(slice(None)))

    def find(self, text: str) -> int:
        """The place of the text, -2 where it is none of these."""
        wanted = text.encode()
        for place in np.flatnonzero(self._ends - self._starts == len(wanted)).tolist():
            if self._data.startswith(wanted, self._starts[place]):
                return place
        return -2

    def joined(self, codes: NDArray[np.integer[Any]]) -> bytes:
        """These texts in UTF-8, one after another, a NUL between them."""
        data = self._data
        if len(self) > len(codes):
            return b"\0".join([data[start:end] for start, end in self._bounds(codes)])
        texts = [data[start:end] for start, end in self._bounds(slice(None))]
        return b"\0".join([texts[code] for code in codes.tolist()])

    def _bounds(self, places: slice | NDArray[np.integer[Any]]) -> Iterator[tuple[int, int]]:
        return zip(self._starts[places].tolist(), self._ends[places].tolist(), strict=True)


class TextColumn(NamedTuple):
    """A column of text that repeats itself: country, indicator and source are read once a word, not once a row."""

    texts: Sequence[str]
    """The distinct texts."""
    codes: NDArray[np.int32]
    """(rows,): the place of each row's text in `texts`; -1 where it was refused."""

    def mapped(self, texts: Sequence[str | None]) -> TextColumn:
        """The same column with each distinct text replaced; None refuses it."""
        place: dict[str, int] = {}
        new = np.asarray([-1 if text is None else place.setdefault(text, len(place)) for text in texts], np.int32)
        if len(place) == len(texts):
            return TextColumn(list(place), self.codes)
        return TextColumn(list(place), new[self.codes] if len(new) else self.codes)

    def rows(self, text: str) -> NDArray[np.bool_]:
        """(rows,): where the text is this one."""
        if isinstance(self.texts, Spans):
            return self.codes == self.texts.find(text)
        return self.codes == (self.texts.index(text) if text in self.texts else -2)

    def at(self, row: int) -> str:
        """The text of one row."""
        return self.texts[self.codes[row]]

    def each(self) -> list[str]:
        """The text of every row, "" where it was refused."""
        # Texts that are still bytes are best read all at once, but for a few rows.
        texts = self.texts if len(self.codes) < len(self.texts) else list(self.texts)
        return [texts[code] if code >= 0 else "" for code in self.codes.tolist()]

    def taken(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> TextColumn:
        """The same texts for some of the rows."""
        return TextColumn(self.texts, self.codes[rows])

    def used(self) -> TextColumn:
        """The same column without texts that no row has."""
        used = np.bincount(self.codes, minlength=len(self.texts)) > 0
        if used.all():
            return self
        texts = [self.texts[code] for code in np.flatnonzero(used).tolist()]
        return TextColumn(texts, (np.cumsum(used, dtype=np.int32) - np.int32(1))[self.codes])

    def joined(self, rows: NDArray[np.int64]) -> bytes:
        """The texts of these rows in UTF-8, a NUL between them, which no cell of a file holds."""
        if isinstance(self.texts, Spans):
            return self.texts.joined(self.codes[rows])
        texts = self.texts
        return "\0".join([texts[code] for code in self.codes[rows].tolist()]).encode("utf-8", "surrogatepass")


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
    parts = unified(*columns)
    codes = np.concatenate([np.zeros(0, np.int32), *(part.codes for part in parts)])
    return TextColumn(parts[0].texts if parts else [], codes)


def paired(first: TextColumn, second: TextColumn) -> tuple[NDArray[np.int32], list[tuple[str, str]]]:
    """Which distinct pair of texts each row has, numbered as they first appear, and these; "" where one is refused."""
    codes, rows = numbered((first.codes + np.int64(1)) * (len(second.texts) + 1) + second.codes)
    return codes, list(zip(first.taken(rows).each(), second.taken(rows).each(), strict=True))


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


def read_column(data: bytes, starts: Places, ends: Places, doubled: bool) -> TextColumn:
    """The column whose cells lie at these bytes of UTF-8 text, without quotes around them and blanks at their ends.

    `doubled`: whether two quotes may stand for one in a quoted cell.
    """
    if not len(starts):
        return TextColumn([], np.zeros(0, np.int32))
    byte = np.frombuffer(data, np.uint8)
    quoted = byte[np.minimum(starts, len(data) - 1)] == 34
    quoted &= starts < ends
    if quoted.any():
        starts, ends = starts + quoted, ends - quoted
    codes, firsts = _factorised(data, starts, ends)
    starts, ends = starts[firsts], ends[firsts]
    words = TextColumn(Spans(data, starts, ends), codes)
    filled = starts < ends
    outer = np.concatenate([byte[starts[filled]], byte[ends[filled] - 1]])
    if (doubled and quoted.any()) or _MAY_BE_BLANK[outer].any():
        return words.mapped([text.replace('""', '"').strip() for text in words.texts])
    return words


def _factorised(data: bytes, starts: Places, ends: Places) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Which distinct cell each one is, numbered as they first appear, and the first row of each."""
    if len(starts) >= _MANY:
        lengths = ends - starts
        blocks = [slice(first, first + _BLOCK) for first in range(0, len(starts), _BLOCK)]
        codes, firsts = numbered(np.concatenate([_keys(data, starts[block], lengths[block]) for block in blocks]))
        if all(_same(data, starts, lengths, block, firsts[codes[block]]) for block in blocks):
            return codes, firsts
        # Two cells share a key, by a chance of one in billions or because somebody sought them out.
    return numbered([data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)])


def numbered(keys: NDArray[Any] | list[bytes]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Which distinct key each one is, numbered as they first appear, and the first row of each."""
    if isinstance(keys, list) or len(keys) < _MANY:
        place: dict[object, int] = {}
        values = keys if isinstance(keys, list) else keys.tolist()
        codes = np.asarray([place.setdefault(key, len(place)) for key in values], np.int32)
    else:
        # Only so many are worth the import.
        import pandas as pd

        codes = pd.factorize(keys)[0].astype(np.int32)
    return codes, _firsts(codes)


def _firsts(codes: NDArray[np.int32]) -> NDArray[np.int64]:
    """The first row of each code, where codes are numbered as they first appear."""
    return np.flatnonzero(np.diff(np.maximum.accumulate(codes), prepend=-1))


def _keys(data: bytes, starts: Places, lengths: Places) -> Keys:
    """(cells,): up to eight bytes as they are, longer cells mixed into as much."""
    keys = _words(data, starts, lengths)
    long = np.flatnonzero(lengths > _WORD)
    mixed, at, left = keys[long], starts[long], lengths[long]
    mixed ^= left.astype(np.uint64) << np.uint64(56)
    while len(long):
        at, left = at + _WORD, left - _WORD
        mixed = _mixed(mixed) + _words(data, at, left)
        done = left <= _WORD
        if done.any():
            keys[long[done]] = _mixed(mixed[done])
            more = ~done
            long, at, left, mixed = long[more], at[more], left[more], mixed[more]
    return keys


def _mixed(keys: Keys) -> Keys:
    keys = (keys ^ (keys >> np.uint64(29))) * _ODD
    return keys ^ (keys >> np.uint64(32))


def _same(data: bytes, starts: Places, lengths: Places, block: slice, original: NDArray[np.int64]) -> bool:
    """Whether every cell of the block has the very bytes of its original."""
    here, there, left = starts[block], starts[original], lengths[block]
    if (lengths[original] != left).any():
        return False
    # The key of a short cell is its bytes, and all of them.
    copies = (here != there) & (left > _WORD)
    here, there, left = here[copies], there[copies], left[copies]
    while len(left):
        differ = _eight(data, here) ^ _eight(data, there)
        if (differ & np.take(_KEPT, left, mode="clip")).any():
            return False
        here, there, left = here + _WORD, there + _WORD, left - _WORD
        more = left > 0
        if not more.all():
            here, there, left = here[more], there[more], left[more]
    return True


def _words(data: bytes, starts: Places, left: Places) -> Keys:
    """(cells,): the next eight bytes of each cell, those beyond its end 0; no cell holds a NUL."""
    return _eight(data, starts) & np.take(_KEPT, left, mode="clip")


def _eight(data: bytes, starts: Places) -> Keys:
    """(cells,): the eight bytes from here on, 0 beyond the end of the data."""
    last = len(data) - _WORD
    if last < 0:
        data, last = data.ljust(_WORD, b"\0"), 0
    # A word at every byte: overlapping, so that no cell need be aligned.
    words: Keys = np.ndarray(last + 1, "<u8", data, strides=(1,))
    if starts.max(initial=0) <= last:
        return words[starts]
    inside = np.minimum(starts, last)
    # A shift of 64 or more, from a cell that starts at the very end, gives 0.
    return words[inside] >> (8 * (starts - inside)).astype(np.uint64)
