"""An index that others publish, as one figure a country: read with the care that observations are read with."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.errors import SHOWN, Finding, InvalidInput, nearest, quoted
from exposure.observations.cells import Refused, value_reader
from exposure.observations.reading import LONGEST_NAME
from exposure.observations.table import Table, read_table
from exposure.rulebook.indicators import Indicator

if TYPE_CHECKING:
    from exposure.observations.countries import Gazetteer

_KEYS = ("iso3", "code", "country code", "country_code", "country", "country name", "country_name")
"""What the column of the countries may be called, the first found counting: as in the observations, and as the World
Bank and what follows it call theirs."""
_TOP = 10
"""Lines among which the names of the columns are looked for, where the first does not hold them."""
_TOP_BYTES = 1 << 16
"""More than ten lines of names and titles have, and less than the longest cell that csv reads."""
_ABOUT = 0.2
"""Half-width of ~20; only its middle is compared."""
_KEPT = 2 * SHOWN
"""Mistakes of one kind that are kept with their reasons; they come in the order of the rows, and all are counted."""
_NAMED = 20
"""Columns that a message names."""


class Outside(NamedTuple):
    """An outside index: its figures, and what of the file holds none."""

    file: str
    column: str
    """The column that was read, as the file names it."""
    values: dict[str, float]
    """By code of the country or declared entity; NaN where its cell is empty."""
    skipped: tuple[str, ...]
    """Texts in place of a country that name none, each once: regions, groups, slips."""
    skipped_rows: int


def read_outside(data: bytes, gazetteer: Gazetteer, file: str, column: str | None = None) -> Outside:
    """The index in `data`: a column of countries, which _KEYS names, and the column of values.

    That is `column`, else the one called value, else the only one left. Rows that name no country are skipped and
    kept by name. Raises InvalidInput with every value that cannot be read, every country that comes twice, and where
    no row names a country.
    """
    try:
        table = read_table(data, file)
    except InvalidInput as error:
        # Of a file with a preamble every line that is right would be said to have too many cells.
        if error.findings[0].code == "ragged-row" and (buried := _buried(data, file)):
            raise buried from None
        raise
    return _Reader(table, gazetteer).read(column)


def _buried(data: bytes, file: str) -> InvalidInput | None:
    """The one mistake of a file that says something else above the names of its columns; None where it does not."""
    reader = csv.reader(io.StringIO(data[:_TOP_BYTES].decode("utf-8-sig", "replace"), newline=""))
    first = 0
    for row in reader:
        if reader.line_num > _TOP:
            break
        named = any(cell.strip().casefold() in _KEYS for cell in row)
        if named and first:
            message = f"not the names of the columns: line {reader.line_num} looks like them"
            return InvalidInput([Finding("not-a-header", message, file, first, hint="delete the lines above it")])
        if named:
            break
        first = first or (reader.line_num if any(row) else 0)
    return None


def _hint(refused: Refused) -> str:
    """What to do, less what is said of observations alone: this file has neither notes nor rules."""
    hint = refused.hint
    for part in (", and say in the note", "; the rule's definition"):
        hint = hint.partition(part)[0]
    return hint


@dataclass(eq=False, repr=False)
class _Reader:
    table: Table
    gazetteer: Gazetteer
    problems: list[tuple[int, int, Finding]] = field(default_factory=list)
    """(record, column, problem), record -1 for the header."""
    unlisted: int = 0
    """Problems counted and not kept."""

    def read(self, column: str | None) -> Outside:
        names = [name.casefold() for name in self.table.header]
        key = next((names.index(name) for name in _KEYS if name in names), None)
        if key is None:
            if buried := _buried(self.table.data, self.table.file):
                raise buried
            hint = "name the column of the countries iso3, code or country, and that of the figures value"
            raise self._refused(0, "missing-column", "no column of countries in the first line", hint)
        at = self._value_column(names, key, column)
        codes = self._codes(key)
        found = self._values(codes, at, key)
        self._refuse_disagreeing(names, codes, key, at)
        if self.problems:
            raise self._invalid()
        words = self.table.cells[key]
        unknown = np.asarray([code is None for code in codes], bool)
        rows = unknown[words.codes] if len(unknown) else np.zeros(0, bool)
        if not found:
            hint = "write three-letter codes of ISO 3166-1 or English names in it"
            raise self._refused(key, "no-country", f"no row of column {self._named(key)} names a country", hint)
        skipped = tuple(words.texts[code] for code in np.unique(words.codes[rows]).tolist())
        return Outside(self.table.file, self.table.header[at], found, skipped, int(rows.sum()))

    def _codes(self, key: int) -> list[str | None]:
        """What each distinct text of the column means, None where no country."""
        matches = (self.gazetteer.find(text) for text in self.table.cells[key].texts)
        return [match.code if match else None for match in matches]

    def _value_column(self, names: Sequence[str], key: int, wanted: str | None) -> int:
        """The place of the column of values. Raises InvalidInput where it is open which that is."""
        others = [at for at, name in enumerate(names) if name and at != key and name not in (*_KEYS, "name")]
        if wanted is not None:
            exact = [at for at in others if self.table.header[at] == wanted]
            found = exact or [at for at in others if names[at] == wanted.strip().casefold()]
            if not found:
                hint = nearest(wanted[:LONGEST_NAME], [self.table.header[at] for at in others]) or self._choices(others)
                raise self._refused(0, "missing-column", f"no column {quoted(wanted)} in the first line", hint)
        else:
            found = [at for at in others if names[at] == "value"] or others
        if not found:
            hint = "add one called value, with a figure a country"
            raise self._refused(0, "missing-column", "no column of values beside that of the countries", hint)
        if len({names[at] for at in found}) > 1:
            message = f"{len(found)} columns could hold the values"
            raise self._refused(found[0], "which-column", message, f"--column names one: {self._choices(found)}")
        if len(found) > 1:
            raise self._refused(
                found[1], "duplicate-column", f"column {self._named(found[1])} a second time", "keep one"
            )
        return found[0]

    def _named(self, at: int) -> str:
        return quoted(self.table.header[at])

    def _choices(self, columns: Sequence[int]) -> str:
        more = f" and {len(columns) - _NAMED} more" if len(columns) > _NAMED else ""
        return f"{', '.join(self._named(at) for at in columns[:_NAMED])}{more}"

    def _values(self, codes: Sequence[str | None], at: int, key: int) -> dict[str, float]:
        """The figures by country; what cannot be read or comes twice is noted down."""
        read = value_reader(Indicator(self.table.header[at], "number", self.table.header[at]), _ABOUT)
        figures: dict[int, float | Refused | None] = {}
        countries, cells = self.table.cells[key], self.table.cells[at]
        found: dict[str, float] = {}
        lines: dict[str, int] = {}
        for row, (place, text) in enumerate(zip(countries.codes.tolist(), cells.codes.tolist(), strict=True)):
            code = codes[place]
            if code is None:
                continue
            if text not in figures:
                try:
                    figures[text] = read(cells.texts[text]).number
                except Refused as no:
                    # Of a million reasons those that nobody will read are not kept.
                    figures[text] = no if len(self.problems) < _KEPT else None
            figure = figures[text]
            if figure is None or len(self.problems) >= _KEPT:
                self.unlisted += figure is None or isinstance(figure, Refused) or code in found
            elif isinstance(figure, Refused):
                self._refuse(row, at, figure.code, figure.message, _hint(figure), code)
            elif code in found:
                hint = "keep one row a country; of several years, one"
                self._refuse(row, key, "duplicate", f"a second row, the first is on line {lines[code]}", hint, code)
            else:
                found[code], lines[code] = figure, int(self.table.lines[row])
        return found

    def _refuse_disagreeing(self, names: Sequence[str], codes: Sequence[str | None], key: int, at: int) -> None:
        """Notes down the rows whose name denotes another country than their code."""
        keys, before = self.table.cells[key], len(self.problems)
        for column in [
            place for place, name in enumerate(names) if name in (*_KEYS, "name") and place not in (key, at)
        ]:
            words = self.table.cells[column]
            # What is no name of a country at all is their spelling, and no contradiction.
            meant = [match.code if (match := self.gazetteer.find(text)) else None for text in words.texts]
            for row, (one, other) in enumerate(zip(keys.codes.tolist(), words.codes.tolist(), strict=True)):
                code = codes[one]
                if not code or meant[other] in (code, None) or self.gazetteer.agrees(code, words.texts[other]):
                    continue
                if len(self.problems) - before >= _KEPT:
                    self.unlisted += 1
                    continue
                said = f"{quoted(words.texts[other])} is not {code} ({self.gazetteer.name(code)})"
                self._refuse(row, column, "name-disagrees", said, "correct the code or the name", code)

    def _refuse(self, row: int, column: int, code: str, message: str, hint: str, country: str) -> None:
        self.problems.append((row, column, Finding(code, message, self.table.file, hint=hint, country=country)))

    def _refused(self, column: int, code: str, message: str, hint: str) -> InvalidInput:
        """One mistake of the header."""
        return InvalidInput([Finding(code, message, self.table.file, *self.table.place(-1, column), hint)])

    def _invalid(self) -> InvalidInput:
        first = sorted(self.problems, key=lambda item: item[:2])[:SHOWN]
        placed = []
        for row, column, problem in first:
            line, character = self.table.place(row, column)
            placed.append(problem._replace(line=line, column=character))
        return InvalidInput(placed, len(self.problems) + self.unlisted)
