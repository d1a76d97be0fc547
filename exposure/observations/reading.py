"""indicators.csv to Observations: every distinct text read once, every mistake with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exposure.errors import SHOWN, ExposureError, InvalidInput, Problem, nearest, quoted
from exposure.observations.cells import UNDATED, UNKNOWN, Refused, read_date, value_reader
from exposure.observations.countries import Gazetteer, countries
from exposure.observations.structure import Table, Words, read_table, repeated
from exposure.rulebook.indicators import Indicator, indicators

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.rulebook.model import Rulebook

LONG = ("country", "indicator", "value", "as_of", "source", "confidence", "note")
"""The columns of the long shape, in canonical order; the first three are required."""
KEYS = ("iso3", "country", "code")
"""What the country column of the wide shape may be called, the first found counting."""
SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
CONFIDENCE = ("low", "medium", "high")
"""Weakest first: a claim's confidence is kept as its place in this order, -1 where none is given."""


@dataclass(frozen=True, eq=False, repr=False)
class Observations:
    """What is claimed: one claim a row, and where it stands in the file."""

    claims: pd.DataFrame
    """Columns country, indicator, value, as_of, source, confidence, note (categories of text; "" is
    none); number, low, high (float, NaN unless a number); day (last day of as_of, days since 1970),
    precision (0 year, 1 month, 2 day, -1 undated), sure (place in CONFIDENCE), line."""
    indicators: dict[str, Indicator]
    gazetteer: Gazetteer
    file: str
    remarks: tuple[str, ...] = ()
    """What was accepted but is not in canonical form."""


def read_observations(data: bytes, rulebook: Rulebook, file: str = "indicators.csv") -> Observations:
    """The claims in `data`, long or wide, checked against the rulebook.

    Raises InvalidInput with every cell that cannot be read, the first fifty of them in full.
    """
    table = read_table(data, file)
    names = [name.casefold() for name in table.header]
    reader = _Reader(table, rulebook)
    # A file with one of the two is a long one with a mistake, unless that is what an indicator is called.
    meant = ({"indicator", "value"} & set(names)) - {name.casefold() for name in reader.indicators}
    return reader.long(names) if meant or {"indicator", "value"} <= set(names) else reader.wide(names)


@dataclass(eq=False, repr=False)
class _Reader:
    table: Table
    rulebook: Rulebook
    problems: list[tuple[int, int, Problem]] = field(default_factory=list)
    """(record, column, problem), record -1 for the header; exact places are looked up at the end."""
    unlisted: int = 0
    """Problems counted and not kept: more of one kind than are ever shown."""
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rows = len(self.table.starts)
        self.indicators = indicators(self.rulebook)
        entities = self.rulebook.entities.parts
        for code, entity in entities.items():
            if entity.part_of not in countries():
                found = f"entities.{code}.part_of: {quoted(entity.part_of)} is not the code of a country"
                raise ExposureError(f"the rules: {found}; write an ISO 3166-1 alpha-3 code")
        self.gazetteer = Gazetteer({code: entity.name for code, entity in entities.items()})

    def long(self, names: list[str]) -> Observations:
        place = self._long_columns(names)
        cells = {name: self._column(place[name]) if name in place else repeated("", self.rows) for name in LONG}
        columns = {name: np.full(self.rows, at) for name, at in place.items()}
        everything = np.arange(self.rows)
        words = {
            "country": self._each(cells["country"], place["country"], self._country),
            "indicator": self._each(cells["indicator"], place["indicator"], self._indicator),
            "source": self._each(cells["source"], place.get("source", 0), self._source),
            "confidence": self._each(cells["confidence"], place.get("confidence", 0), self._confidence),
            "note": cells["note"],
        }
        dates = self._dates(cells["as_of"], place.get("as_of", 0))
        return self._finished(words, dates, cells["value"], everything, columns["value"])

    def wide(self, names: list[str]) -> Observations:
        key = next((names.index(name) for name in KEYS if name in names), None)
        if key is None:
            hint = "a long file has country,indicator,value; a wide one country and a column an indicator"
            self._refuse(-1, 0, "missing-column", 'no column "country" in the first line', hint)
            raise self._invalid()
        columns = self._wide_columns(names, key)
        country = self._each(self._column(key), key, self._country)
        for named in [at for at, name in enumerate(names) if name in ("country", "name") and at != key]:
            self._agreeing(country, self._column(named), named)
        as_of = names.index("as_of") if "as_of" in names else None
        dates = self._dates(repeated("", self.rows) if as_of is None else self._column(as_of), as_of or 0)
        order = np.sort(np.asarray(list(columns.values()), np.int64))
        row, which = self._filled(order)
        at = order[which]
        claims = {
            "country": Words(country.texts, country.codes[row]),
            "indicator": Words(sorted(columns, key=lambda name: columns[name]), which),
            **{name: repeated("", len(row)) for name in ("source", "confidence", "note")},
        }
        dated = _Dates(Words(dates.text.texts, dates.text.codes[row]), dates.day[row], dates.precision[row])
        return self._finished(claims, dated, self._gathered(row, at), row, at)

    def _column(self, at: int) -> Words:
        return self.table.cells[at]

    def _long_columns(self, names: list[str]) -> dict[str, int]:
        place: dict[str, int] = {}
        missing = [known for known in LONG if known not in names]
        suggested: set[str] = set()
        for at, name in enumerate(names):
            if name in place:
                self._refuse(-1, at, "duplicate-column", f"{self._named(at)} a second time", "keep one of them")
            elif name in LONG:
                place[name] = at
            else:
                hint = nearest(name, missing) or f"the columns are {', '.join(LONG)}"
                suggested |= {known for known in missing if quoted(known) in hint and hint.endswith("?")}
                self._refuse(-1, at, "unknown-column", f"{self._named(at)} is not known", hint)
        for name in LONG[:3]:
            if name not in place and name not in suggested:
                self._refuse(-1, 0, "missing-column", f'no column "{name}" in the first line', "add it")
        if not set(LONG[:3]) <= set(place):
            raise self._invalid()
        return place

    def _wide_columns(self, names: list[str], key: int) -> dict[str, int]:
        columns: dict[str, int] = {}
        known = {name.casefold(): name for name in self.indicators}
        for at, name in enumerate(names):
            if name and name in names[:at]:
                self._refuse(-1, at, "duplicate-column", f"{self._named(at)} a second time", "keep one of them")
                continue
            if at == key or (name in ("country", "name", "as_of") and name not in known):
                continue
            if name not in known:
                hint = nearest(name, [*known, "country", "as_of"]) or "declare it in the rules, or remove it"
                if name in LONG:
                    hint = f"remove it, or write one claim a line under {','.join(LONG)}"
                self._refuse(-1, at, "unknown-indicator", f"{self._named(at)} is not an indicator of the rules", hint)
            else:
                columns[known[name]] = at
        if not columns and not self.problems:
            self._refuse(-1, 0, "missing-column", "no column with an indicator", "name the columns after indicators")
        return columns

    def _named(self, at: int) -> str:
        header = self.table.header[at]
        return f"column {quoted(header)}" if header else "a column without a name"

    def _filled(self, order: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Record, and place in `order`, of every cell that is not empty, record by record."""
        if not len(order) or not self.rows:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        row, which = np.nonzero(np.column_stack([~self._column(at).rows("") for at in order.tolist()]))
        return row, which

    def _gathered(self, row: NDArray[np.int64], at: NDArray[np.int64]) -> Words:
        """The texts of these cells as one column."""
        place: dict[str, int] = {}
        codes = np.zeros(len(row), np.int64)
        for column in np.unique(at).tolist():
            words, here = self._column(column), at == column
            shared = np.asarray([place.setdefault(text, len(place)) for text in words.texts], np.int64)
            codes[here] = shared[words.codes[row[here]]]
        return Words(list(place), codes)

    def _each(self, words: Words, column: int, read: Callable[[str], str]) -> Words:
        """The column with every distinct text read; those refused are reported at each row."""
        texts: list[str | None] = []
        refused: dict[int, Refused | None] = {}
        for code, text in enumerate(words.texts):
            try:
                texts.append(read(text))
            except Refused as no:
                texts.append(None)
                # Texts come in the order of their first rows, so only the first can be among those shown.
                refused[code] = no if len(refused) < SHOWN else None
        self._refuse_rows(words.codes, refused, np.arange(self.rows), column)
        return words.mapped(texts)

    def _country(self, text: str) -> str:
        match = self.gazetteer.find(text)
        if match is None:
            found = f"{quoted(text)} is not a country or declared entity" if text else "no country"
            write = "write the three-letter code of ISO 3166-1, as SRB for Serbia"
            raise Refused("unknown-country", found, lambda: self.gazetteer.suggest(text) or write)
        if not match.exact:
            self.remarks.append(f"{quoted(text)} is read as {match.code}")
        return match.code

    def _agreeing(self, country: Words, names: Words, column: int) -> None:
        """Refuses the rows whose name denotes another country than their code."""
        pairs = country.codes * len(names.texts) + names.codes
        refused: dict[int, Refused | None] = {}
        _, first = np.unique(pairs, return_index=True)
        for pair in pairs[np.sort(first)].tolist():
            if pair < 0:
                continue
            code, name = country.texts[pair // len(names.texts)], names.texts[pair % len(names.texts)]
            if name and not self.gazetteer.agrees(code, name):
                found = f"{quoted(name)} is not {code} ({self.gazetteer.name(code)})"
                refused[pair] = (
                    Refused("name-disagrees", found, "correct one of them") if len(refused) < SHOWN else None
                )
        self._refuse_rows(pairs, refused, np.arange(self.rows), column)

    def _indicator(self, text: str) -> str:
        if text in self.indicators:
            return text
        if not text:
            raise Refused("unknown-indicator", "no indicator", "write the name of one that the rules declare")
        found = f"{quoted(text)} is not an indicator of the rules"
        hint = "declare it in the rules first"
        raise Refused("unknown-indicator", found, lambda: nearest(text, self.indicators) or hint)

    def _source(self, text: str) -> str:
        if not text or text in self.rulebook.sources:
            return text
        hint = f"add [sources.{text}] to the rules" if SOURCE.fullmatch(text) else "write the id of one of the sources"
        found = f"{quoted(text)} is not a source of the rules"
        raise Refused("unknown-source", found, lambda: nearest(text, self.rulebook.sources) or hint)

    def _confidence(self, text: str) -> str:
        if not text or text.casefold() in CONFIDENCE:
            return text.casefold()
        raise Refused("unknown-confidence", f"{quoted(text)} is not a confidence", "write high, medium or low")

    def _dates(self, words: Words, column: int) -> _Dates:
        days: dict[str, tuple[int, int]] = {}

        def read(text: str) -> str:
            day = read_date(text)
            days[text] = (day.last, day.precision)
            return day.text

        text = self._each(words, column, read)
        table = np.asarray([days.get(text, (UNDATED, -1)) for text in words.texts], np.int64).reshape(-1, 2)
        return _Dates(text, table[words.codes, 0], table[words.codes, 1])

    def _values(self, indicator: Words, texts: Words, row: NDArray[np.int64], at: NDArray[np.int64]) -> _Values:
        """Each distinct pair of indicator and text read once."""
        about, width = self.rulebook.uncertainty.about, max(len(texts.texts), 1)
        readers = [value_reader(self.indicators[name], about) for name in indicator.texts]
        together = indicator.codes * width + texts.codes
        pairs, first, inverse = np.unique(together, return_index=True, return_inverse=True)
        read = [UNKNOWN] * len(pairs)
        refused: dict[int, Refused | None] = {}
        names: dict[int, str] = {}
        for place in np.argsort(first).tolist():
            pair = int(pairs[place])
            if pair >= 0:
                text = texts.texts[pair % width]
                try:
                    read[place] = readers[pair // width](text)
                except Refused as no:
                    read[place] = UNKNOWN._replace(text=text)
                    refused[place] = no if len(refused) < SHOWN else None
                    names[place] = indicator.texts[pair // width]
        self._refuse_rows(inverse, refused, row, at, names)
        words = Words([], inverse.astype(np.int64)).mapped([value.text for value in read])
        numbers = np.asarray([(value.number, value.low, value.high) for value in read], float).reshape(-1, 3)
        return _Values(words, *numbers[inverse].T)

    def _refuse(self, row: int, column: int, code: str, message: str, hint: str = "", indicator: str = "") -> None:
        self.problems.append((row, column, Problem(code, message, self.table.file, hint=hint, indicator=indicator)))

    def _refuse_rows(
        self,
        codes: NDArray[np.int64],
        refused: dict[int, Refused | None],
        row: NDArray[np.int64],
        columns: NDArray[np.int64] | int,
        indicators: dict[int, str] | None = None,
    ) -> None:
        """Counts every cell whose code was refused and keeps the first ones, which have their reasons."""
        if not refused:
            return
        where = np.flatnonzero(np.isin(codes, list(refused)))
        self.unlisted += max(0, len(where) - SHOWN)
        at = np.broadcast_to(columns, row.shape)
        for claim in where[:SHOWN].tolist():
            code = int(codes[claim])
            if no := refused[code]:
                name = (indicators or {}).get(code, "")
                self._refuse(int(row[claim]), int(at[claim]), no.code, no.message, no.hint, name)

    def _invalid(self) -> InvalidInput:
        """The first problems in the order of the file: only what is shown is worth an exact place."""
        first = sorted(self.problems, key=lambda item: item[:2])[:SHOWN]
        placed = []
        for row, column, problem in first:
            line, character = self.table.place(row, column)
            placed.append(problem._replace(line=line, column=character))
        return InvalidInput(placed, len(self.problems) + self.unlisted)

    def _finished(
        self,
        words: dict[str, Words],
        dates: _Dates,
        values: Words,
        row: NDArray[np.int64],
        at: NDArray[np.int64],
    ) -> Observations:
        read = self._values(words["indicator"], values, row, at)
        words = {**words, "value": read.text, "as_of": dates.text}
        # Under a header that is wrong, claims may look alike only for want of their source or date.
        if not any(row < 0 for row, _, _ in self.problems):
            self._refuse_duplicates(
                [words[name] for name in ("country", "indicator", "as_of", "source")], words, row, at
            )
        if self.problems:
            raise self._invalid()
        order = {text: place for place, text in enumerate(CONFIDENCE)}
        sure = np.asarray([order.get(text, -1) for text in words["confidence"].texts], np.int64)
        frame = pd.DataFrame(
            {
                **{name: pd.Categorical.from_codes(words[name].codes, words[name].texts) for name in LONG},  # type: ignore[call-overload]
                "number": read.number,
                "low": read.low,
                "high": read.high,
                "day": dates.day,
                "precision": dates.precision,
                "sure": sure[words["confidence"].codes],
                "line": self.table.lines(row),
            }
        )
        remarks = tuple(dict.fromkeys(self.remarks))
        return Observations(frame, self.indicators, self.gazetteer, self.table.file, remarks)

    def _refuse_duplicates(
        self, key: Sequence[Words], words: dict[str, Words], row: NDArray[np.int64], at: NDArray[np.int64]
    ) -> None:
        if not len(row):
            return
        codes = np.asarray([column.codes for column in key])
        joint = np.ravel_multi_index(tuple(np.maximum(codes, 0)), [len(column.texts) + 1 for column in key])
        _, first, inverse = np.unique(joint, return_index=True, return_inverse=True)
        again = np.flatnonzero((first[inverse] != np.arange(len(row))) & (codes >= 0).all(axis=0))
        self.unlisted += max(0, len(again) - SHOWN)
        for claim in again[:SHOWN].tolist():
            original = int(first[inverse[claim]])
            line = int(self.table.lines(row[[original]])[0])
            country, indicator, *_ = (column.texts[column.codes[claim]] for column in key)
            values = [words["value"].texts[words["value"].codes[place]] for place in (claim, original)]
            if values[0] == values[1]:
                found, hint = f"the same claim as on line {line}", "remove one of them"
            else:
                found = f"{quoted(values[0])} here and {quoted(values[1])} on line {line}, of one source and date"
                hint = "correct or remove one of them"
            problem = Problem("duplicate", found, self.table.file, 0, 0, hint, country, indicator)
            self.problems.append((int(row[claim]), int(at[claim]), problem))


@dataclass(eq=False, repr=False)
class _Dates:
    text: Words
    day: NDArray[np.int64]
    precision: NDArray[np.int64]


@dataclass(eq=False, repr=False)
class _Values:
    text: Words
    number: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
