"""Columns as distinct texts and their places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exposure.observations import columns
from exposure.observations.columns import TextColumn, joined, read_column

# Lengths on both sides of the eight bytes that are compared together.
CELLS = st.lists(st.text(alphabet="ab", max_size=26) | st.text(alphabet="aé\U0001f600", max_size=6), max_size=40)


@pytest.fixture(params=[0, columns._MANY], ids=["of very many rows", "of few rows"], autouse=True, scope="module")
def _way_of_numbering(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every column is numbered both ways, each of which another number of rows would take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "_MANY", request.param)
        yield


def column(cells: list[str], before: str = "", after: str = "\n") -> TextColumn:
    """The cells as a column of a file that has nothing else but what stands before and after them."""
    encoded = [cell.encode() for cell in cells]
    sizes = np.asarray([len(cell) for cell in encoded], np.int32)
    ends = (np.cumsum(sizes + 1) - 1 + len(before)).astype(np.int32)
    return read_column((before + ",".join(cells) + after).encode(), ends - sizes, ends)


def texts(words: TextColumn) -> list[str]:
    return [words.texts[code] for code in words.codes.tolist()]


@given(CELLS, st.sampled_from(["h,", "before,"]), st.sampled_from(["", "\n", "\nafter the end of it"]))
def test_every_row_has_its_text_and_every_text_is_there_once(cells: list[str], before: str, after: str) -> None:
    words = column(cells, before, after)
    assert texts(words) == cells
    assert list(words.texts) == list(dict.fromkeys(cells))


def test_quotes_and_blanks_around_a_text_are_not_its_own() -> None:
    cells = ['"a ""b"""', '" c "', "c", "\u00a0c\u2003", '""', "", " "]
    assert texts(column(cells)) == ['a "b"', "c", "c", "c", "", "", ""]


@given(CELLS)
def test_what_is_asked_of_a_column_is_what_its_cells_say(cells: list[str]) -> None:
    words = column(cells)
    rows = np.arange(len(cells))[::-2]
    for text in ("", "a", "b" * 9):
        assert words.rows(text).tolist() == [cell == text for cell in cells]
    some = words.taken(rows)
    assert some.each() == texts(some.used()) == cells[::-2]
    assert set(some.used().texts) == set(cells[::-2])


@pytest.mark.parametrize("size", [4, 2**31, 2**61], ids=["small", "large", "more than fits together"])
def test_joined_columns_order_rows_as_their_parts_do(size: int) -> None:
    parts = [np.asarray([3, 0, 3, 1, 0]), np.asarray([0, 2, 0, 1, 1]), np.asarray([1, 1, 0, 3, 3])]
    key = joined(parts, [size] * 3)
    rows = list(zip(*(part.tolist() for part in parts), strict=True))
    assert np.argsort(key).tolist() == sorted(range(5), key=lambda row: rows[row])


def test_keys_are_numbered_as_they_first_appear() -> None:
    codes, firsts = columns.numbered(np.asarray([7, 3, 7, -1, 3, 7], np.int64))
    assert (codes.tolist(), firsts.tolist()) == ([0, 1, 0, 2, 1, 0], [0, 1, 3])


def test_texts_replaced_by_one_become_one() -> None:
    words = TextColumn(["a", "A", "b"], np.asarray([0, 1, 2, 1], np.int32))
    assert texts(words.mapped(["a", "a", "c"])) == ["a", "a", "c", "a"]
    assert words.mapped(["a", None, "a"]).codes.tolist() == [0, -1, 0, -1]
