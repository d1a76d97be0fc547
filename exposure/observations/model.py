"""Observations: the claims of a file as columns, as every later room reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.observations.columns import TextColumn

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from exposure.observations.countries import Gazetteer
    from exposure.observations.table import Table
    from exposure.rulebook.indicators import Indicator

LONG = ("country", "indicator", "value", "as_of", "source", "confidence", "note")
"""The columns of the long shape, in canonical order; the first three are required."""
NUMBERS = ("number", "low", "high", "day", "precision", "sure", "line")
"""What is read from them, and where."""
KEY = ("country", "indicator", "as_of", "source")
"""What no two claims have in common."""
CONFIDENCE = ("low", "medium", "high")
"""Weakest first: a claim's confidence is kept as its place in this order, -1 where none is given."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Observations:
    """What is claimed: one claim a row, and where it stands in the file."""

    columns: Mapping[str, TextColumn | NDArray[Any]]
    """The columns of `claims`, as the scoring reads them."""
    indicators: dict[str, Indicator]
    gazetteer: Gazetteer
    file: str
    remarks: tuple[str, ...] = ()
    """What was accepted but is not in canonical form, after what looks damaged."""
    garbled: tuple[str, ...] = ()
    """Those of the remarks that are about text which looks damaged, and which no other form would mend."""
    places: Places | None = None
    """Where the cells stand, if the claims come from a file."""

    def __len__(self) -> int:
        """How many claims there are, without making their frame."""
        return len(self.numbers("line"))

    @cached_property
    def claims(self) -> pd.DataFrame:
        """Columns country, indicator, value, as_of, source, confidence, note (categories of text; "" is
        none); number, low, high (float, NaN unless a number); day (last day of as_of, days since 1970),
        precision (0 year, 1 month, 2 day, -1 undated), sure (place in CONFIDENCE), line."""
        import pandas as pd

        frame: dict[str, object] = dict(self.columns)
        for name in LONG:
            words = self.text(name)
            frame[name] = pd.Categorical.from_codes(words.codes, list(words.texts))  # type: ignore[call-overload]
        return pd.DataFrame(frame, copy=False)

    def taken(self, rows: NDArray[np.int64]) -> Observations:
        """Some of the claims, in any order, with no place in the file."""
        columns = {
            name: column.taken(rows) if isinstance(column, TextColumn) else column[rows]
            for name, column in self.columns.items()
        }
        return replace(self, columns=columns, places=None)

    def text(self, name: str) -> TextColumn:
        """A column of text."""
        column = self.columns[name]
        assert isinstance(column, TextColumn)
        return column

    def numbers(self, name: str) -> NDArray[Any]:
        """A column of numbers."""
        column = self.columns[name]
        assert not isinstance(column, TextColumn)
        return column

    def place(self, claim: int, column: str) -> tuple[int, int]:
        """Physical line and character, both from 1, of a claim's cell; `claim` is a row number of the claims as read.

        `column` is one of LONG. A column that the file has not is where its row starts; in a wide file the value is
        the indicator's cell. Claims that come from no file are at 1, 1.
        """
        return self.places.find(claim, column) if self.places else (1, 1)


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Places:
    """Which cells of the table the claims were read from."""

    table: Table
    columns: Mapping[str, int]
    """Columns of the table by their name in LONG; value only if it is one for all claims."""
    row: NDArray[np.int32]
    """(claims,): the record of the table."""
    value: NDArray[np.int32]
    """(claims,): the column of the value."""

    def find(self, claim: int, column: str) -> tuple[int, int]:
        """Physical line and character, both from 1."""
        at = int(self.value[claim]) if column == "value" else self.columns.get(column, 0)
        return self.table.place(int(self.row[claim]), at)
