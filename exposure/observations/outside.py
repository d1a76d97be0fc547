"""An index that others publish, as one figure a country: read with the care that observations are read with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from exposure.errors import Finding, InvalidInput, nearest, quoted
from exposure.observations.cells import value_reader
from exposure.observations.mistakes import Mistakes, attempted
from exposure.observations.reading import LONGEST_NAME, name_clashes
from exposure.observations.table import Table, read_table
from exposure.rulebook.indicators import Indicator
from exposure.text import listed

if TYPE_CHECKING:
    from exposure.observations.countries import Gazetteer

_KEYS = ("iso3", "code", "country code", "country_code", "country", "country name", "country_name")
"""What the column of the countries may be called, the first found counting: as in the observations, and as the World
Bank and what follows it call theirs."""
_TOP = 10
"""Lines among which the names of the columns are looked for, where the first does not hold them."""
_TOP_BYTES = 1 << 16
"""More than ten lines of names and titles have."""
_ABOUT = 0.2
"""Half-width of ~20; only its middle is compared."""
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
        names = [name.casefold() for name in table.header]
        key = next((names.index(name) for name in _KEYS if name in names), -1)
        if key < 0:
            hint = "name the column of the countries iso3, code or country, and that of the figures value"
            raise _refused(table, 0, "missing-column", "no column of countries in the first line", hint)
    except InvalidInput as error:
        # Of a file with a preamble every line that is right would be said to have too many cells.
        if error.findings[0].code in ("ragged-row", "missing-column") and (buried := _buried(data, file)):
            raise buried from None
        raise
    others = [at for at, name in enumerate(names) if name and at != key and name not in (*_KEYS, "name")]
    return _figures(table, gazetteer, names, key, _value_column(table, others, column))


def _buried(data: bytes, file: str) -> InvalidInput | None:
    """The one mistake of a file that says something else above the names of its columns; None where it does not."""
    first = 0
    top = data[:_TOP_BYTES].decode("utf-8-sig", "replace").splitlines()[:_TOP]
    for number, line in enumerate(top, 1):
        cells = [cell.strip().strip('"').casefold() for cell in line.split(",")]
        if any(cell in _KEYS for cell in cells):
            if not first:
                return None
            message = f"not the names of the columns: line {number} looks like them"
            return InvalidInput([Finding("not-a-header", message, file, first, hint="delete the lines above it")])
        first = first or (number if any(cells) else 0)
    return None


def _refused(table: Table, column: int, code: str, message: str, hint: str) -> InvalidInput:
    """One mistake of the header."""
    mistakes = Mistakes(table)
    mistakes.add(-1, column, code, message, hint)
    return mistakes.error()


def _value_column(table: Table, others: Sequence[int], wanted: str | None) -> int:
    """The place of the column of values among these. Raises InvalidInput where it is open which that is."""
    names = [name.casefold() for name in table.header]
    name = "value" if wanted is None else wanted.strip().casefold()
    exact = [at for at in others if table.header[at] == wanted]
    chosen = exact or [at for at in others if names[at] == name] or (others if wanted is None else [])
    if not chosen:
        raise _no_column(table, others, wanted)
    if len({names[at] for at in chosen}) > 1:
        message, hint = f"{len(chosen)} columns could hold the values", f"--column names one: {_listed(table, chosen)}"
        raise _refused(table, chosen[0], "which-column", message, hint)
    if len(chosen) > 1:
        message = f"column {quoted(table.header[chosen[1]])} a second time"
        raise _refused(table, chosen[1], "duplicate-column", message, "keep one")
    return chosen[0]


def _no_column(table: Table, others: Sequence[int], wanted: str | None) -> InvalidInput:
    message, hint = "no column of values beside that of the countries", "add one called value, with a figure a country"
    if wanted is not None:
        message = f"no column {quoted(wanted)} in the first line"
        hint = nearest(wanted[:LONGEST_NAME], [table.header[at] for at in others]) or _listed(table, others)
    return _refused(table, 0, "missing-column", message, hint)


def _listed(table: Table, columns: Sequence[int]) -> str:
    return listed([quoted(table.header[at]) for at in columns], _NAMED)


def _figures(table: Table, gazetteer: Gazetteer, names: Sequence[str], key: int, at: int) -> Outside:
    """The figures by country. Raises InvalidInput with all that cannot be read, comes twice or contradicts itself."""
    mistakes = Mistakes(table)
    written, cells = table.cells[key], table.cells[at]
    matches = [gazetteer.find(text) for text in written.texts]
    country = written.mapped([match.code if match else None for match in matches])
    rows = np.flatnonzero(country.codes >= 0)
    read = value_reader(Indicator(table.header[at], "number", table.header[at]), _ABOUT)
    # Only of rows that name a country: what stands beside "World" is no mistake.
    of_countries = cells.taken(rows).used()
    values, refused = attempted(of_countries.texts, lambda text: read(text).number)
    for place, no in mistakes.first(of_countries.codes, refused):
        row = int(rows[place])
        mistakes.add(row, at, no.code, no.message, _without_notes(no.hint), country.at(row))
    readable = ~np.isin(of_countries.codes, list(refused))
    rows, codes = rows[readable], of_countries.codes[readable]
    for place, original in mistakes.again(country.codes[rows]):
        row, first = int(rows[place]), int(rows[original])
        message = f"a second row, the first is on line {int(table.lines[first])}"
        hint = "keep one row a country; of several years, one"
        mistakes.add(row, key, "duplicate", message, hint, country.at(row))
    for column in [place for place, name in enumerate(names) if name in (*_KEYS, "name") and place not in (key, at)]:
        pairs, clashing = name_clashes(gazetteer, country, table.cells[column], spelt_freely=True)
        for row, no in mistakes.first(pairs, clashing):
            mistakes.add(row, column, no.code, no.message, no.hint, country.at(row))
    if mistakes:
        raise mistakes.error()
    if not len(rows):
        hint = "write three-letter codes of ISO 3166-1 or English names in it"
        raise _refused(table, key, "no-country", f"no row of column {quoted(table.header[key])} names a country", hint)
    skipped = country.codes < 0
    return Outside(
        file=table.file,
        column=table.header[at],
        values=dict(zip(country.taken(rows).each(), [values[code] for code in codes.tolist()], strict=True)),
        skipped=tuple(written.taken(skipped).used().texts),
        skipped_rows=int(skipped.sum()),
    )


def _without_notes(hint: str) -> str:
    """What to do, less what is said of observations alone: this file has neither notes nor rules."""
    for part in (", and say in the note", "; the rule's definition"):
        hint = hint.partition(part)[0]
    return hint
