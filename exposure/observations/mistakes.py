"""What is wrong in the cells of a table: all of it is counted, and what is shown has its exact place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from exposure.errors import SHOWN, Finding, InvalidInput
from exposure.observations.cells import Refused
from exposure.observations.columns import numbered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.observations.table import Table

T = TypeVar("T")
R = TypeVar("R")


class Mistakes:
    """The mistakes of one table, which are raised together."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._kept: list[tuple[int, int, Finding]] = []
        self._uncounted = 0

    def __bool__(self) -> bool:
        return bool(self._kept)

    @property
    def in_header(self) -> bool:
        """Whether one of them is in the first line."""
        return any(row < 0 for row, _, _ in self._kept)

    def add(
        self, row: int, column: int, code: str, message: str, hint: str = "", country: str = "", indicator: str = ""
    ) -> None:
        """Note down a mistake in a cell of the table; row -1 is the header."""
        finding = Finding(code, message, self._table.file, hint=hint, country=country, indicator=indicator)
        self._kept.append((row, column, finding))

    def first(
        self, codes: NDArray[np.integer[Any]], refused: Mapping[int, Refused | None]
    ) -> Iterator[tuple[int, Refused]]:
        """Yield the first cells with a code that was refused, each with its reason; count the others."""
        if not refused:
            return
        # Rows without anything in them are gone, but their texts are still there.
        bad = np.zeros(max(int(codes.max(initial=0)), *refused) + 1, bool)
        bad[list(refused)] = True
        where = np.flatnonzero(bad[codes] & (codes >= 0))
        self._uncounted += max(0, len(where) - SHOWN)
        for at in where[:SHOWN].tolist():
            if reason := refused[int(codes[at])]:
                yield at, reason

    def again(self, keys: NDArray[np.integer[Any]]) -> Iterator[tuple[int, int]]:
        """Yield the first rows with the key of an earlier one, each with that one; count the others."""
        if (np.diff(np.sort(keys)) > 0).all():
            return
        codes, firsts = numbered(keys)
        rows = np.flatnonzero(firsts[codes] != np.arange(len(codes)))
        self._uncounted += max(0, len(rows) - SHOWN)
        for row in rows[:SHOWN].tolist():
            yield row, int(firsts[codes[row]])

    def error(self) -> InvalidInput:
        """All of them, the first in the order of the file."""
        placed = []
        for row, column, finding in sorted(self._kept, key=lambda item: item[:2])[:SHOWN]:
            line, character = self._table.place(row, column)
            placed.append(finding._replace(line=line, column=character))
        return InvalidInput(placed, len(self._kept) + self._uncounted)


def attempted(values: Iterable[T], read: Callable[[T], R]) -> tuple[list[R | None], dict[int, Refused | None]]:
    """What is read of each value, None where it is refused, and the reasons by place: only the first can be shown."""
    results: list[R | None] = []
    refused: dict[int, Refused | None] = {}
    for place, value in enumerate(values):
        try:
            results.append(read(value))
        except Refused as no:
            results.append(None)
            refused[place] = no if len(refused) < SHOWN else None
    return results, refused
