"""indicators.csv to Observations: every cell read once a distinct text, every mistake with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from exposure.errors import SHOWN, InvalidInput, Problem, nearest, printable, quoted
from exposure.observations.cells import UNKNOWN, Refused, read_date, value_reader
from exposure.observations.countries import Gazetteer
from exposure.observations.structure import Table, read_table
from exposure.rulebook.indicators import Indicator, indicators

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.rulebook.model import Rulebook

LONG = ("country", "indicator", "value", "as_of", "source", "confidence", "note")
"""The columns of the long shape, in canonical order; the first three are required."""
CONFIDENCE = ("low", "medium", "high")
"""Weakest first: a claim's confidence is kept as its place in this order, -1 where none is given."""


@dataclass(frozen=True, eq=False, repr=False)
class Observations:
    """What is claimed: one claim a row, and where it stands in the file."""

    claims: pd.DataFrame
    """Columns country, indicator, value, as_of, source, confidence, note (categories of text; "" is
    none); number, low, high (float, NaN unless a number); day (last day of as_of, days since 1970),
    precision (0 year, 1 month, 2 day, -1 undated), sure (place in CONFIDENCE), line, column."""
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
    names = [_folded(name) for name in table.header]
    reader = _Reader(table, rulebook)
    return reader.long(names) if {"indicator", "value"} <= set(names) else reader.wide(names)


def _folded(name: str) -> str:
    return name.strip().casefold()


@dataclass(eq=False, repr=False)
class _Reader:
    table: Table
    rulebook: Rulebook
    problems: list[tuple[int, int, Problem]] = field(default_factory=list)
    total: int = 0
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.indicators = indicators(self.rulebook)
        entities = self.rulebook.entities.parts
        self.gazetteer = Gazetteer({code: entity.name for code, entity in entities.items()})

    def long(self, names: list[str]) -> Observations:
        place = self._columns(names, LONG, required=LONG[:3])
        rows = len(self.table.cells)
        cells = {name: self._texts(place.get(name), rows) for name in LONG}
        country = self._countries(cells["country"], place["country"])
        indicator = self._each(cells["indicator"], place["indicator"], self._indicator)
        claims = {
            "country": country,
            "indicator": indicator,
            **self._dates(cells["as_of"], place.get("as_of", 0)),
            "source": self._each(cells["source"], place.get("source", 0), self._source),
            "confidence": self._each(cells["confidence"], place.get("confidence", 0), self._confidence),
            "note": cells["note"],
            **self._values(indicator, cells["value"], np.full(rows, place["value"])),
        }
        return self._finished(claims, np.arange(rows), np.full(rows, place["value"]))

    def wide(self, names: list[str]) -> Observations:
        key = next((names.index(name) for name in ("iso3", "country", "code") if name in names), None)
        if key is None:
            hint = nearest("country", names) or "long: country,indicator,value,…; wide: country, then a column an indicator"
            self._refuse(-1, 0, "missing-column", 'no column "country" or "iso3"', hint)
            self._raise()
            raise AssertionError
        columns: dict[str, int] = {}
        known = {_folded(name): name for name in self.indicators}
        for at, name in enumerate(names):
            if at == key or name in ("country", "name", "as_of") and name not in known:
                continue
            if name in known and known[name] not in columns:
                columns[known[name]] = at
            else:
                what = "unknown-indicator" if name not in known else "duplicate-column"
                self._refuse(-1, at, what, self._named(self.table.header[at]), nearest(name, known))
        rows = len(self.table.cells)
        country = self._countries(self._texts(key, rows), key)
        named = [at for at, name in enumerate(names) if name in ("country", "name") and at != key]
        for at in named:
            self._agreeing(country, self._texts(at, rows), at)
        as_of = names.index("as_of") if "as_of" in names else None
        dates = self._dates(self._texts(as_of, rows), as_of or 0)
        row, at = self._filled(list(columns.values()), rows)
        indicator = pd.Categorical.from_codes(
            np.searchsorted(sorted(columns.values()), at), categories=sorted(columns, key=lambda name: columns[name])
        )
        nothing = pd.Categorical.from_codes(np.zeros(len(row), int), categories=[""])
        claims: dict[str, Any] = {
            "country": country[row],
            "indicator": indicator,
            **{name: column[row] for name, column in dates.items()},
            "source": nothing,
            "confidence": nothing,
            "note": nothing,
            **self._values(indicator, self._joined(row, at), at),
        }
        return self._finished(claims, row, at)

    def _filled(self, columns: list[int], rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Record and column of every cell that is not empty, record by record."""
        if not columns or not rows:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        order = np.sort(columns)
        filled = np.column_stack([self._texts(at, rows) != "" for at in order])
        row, which = np.nonzero(filled)
        return row, order[which]

    def _joined(self, row: NDArray[np.int64], at: NDArray[np.int64]) -> pd.Categorical:
        texts = np.empty(len(row), object)
        for column in np.unique(at):
            here = at == column
            texts[here] = np.asarray(self._texts(int(column), len(self.table.cells)))[row[here]]
        return pd.Categorical(texts)

    def _texts(self, column: int | None, rows: int) -> pd.Categorical:
        if column is None:
            return pd.Categorical.from_codes(np.zeros(rows, int), categories=[""])
        found: pd.Categorical = self.table.cells.iloc[:, column].array
        stripped = [text.strip() for text in found.categories]
        if list(found.categories) == stripped:
            return found
        codes, unique = pd.factorize(np.asarray(stripped, object))
        return pd.Categorical.from_codes(codes[found.codes], categories=unique)

    def _columns(self, names: list[str], known: Iterable[str], required: Iterable[str]) -> dict[str, int]:
        place: dict[str, int] = {}
        for at, name in enumerate(names):
            if name in place:
                self._refuse(-1, at, "duplicate-column", self._named(self.table.header[at]), "keep one of them")
            elif name in known:
                place[name] = at
            else:
                hint = nearest(name, [k for k in known if k not in names]) or f"the columns are {', '.join(known)}"
                self._refuse(-1, at, "unknown-column", self._named(self.table.header[at]), hint)
        for name in required:
            if name not in place:
                self._refuse(-1, 0, "missing-column", f"no column {quoted(name)}", "add it to the first line")
        if self.problems:
            self._raise()
        return place

    def _named(self, header: str) -> str:
        return f"column {quoted(header)}" if header else "a column without a name"

    def _countries(self, texts: pd.Categorical, column: int) -> pd.Categorical:
        def read(text: str) -> str:
            match = self.gazetteer.find(text)
            if match is None:
                found = f"{quoted(text)} is not a country or declared entity" if text else "no country"
                raise Refused("unknown-country", found, self.gazetteer.suggest(text) or "use an ISO 3166-1 alpha-3 code")
            if not match.exact:
                self.remarks.append(f"{quoted(text)} is read as {match.code}")
            return match.code

        return self._each(texts, column, read)

    def _agreeing(self, country: pd.Categorical, names: pd.Categorical, column: int) -> None:
        pairs = country.codes.astype(np.int64) * len(names.categories) + names.codes
        for pair in np.unique(pairs[(names != "") & (country.codes >= 0)]).tolist():
            code = country.categories[pair // len(names.categories)]
            name = names.categories[pair % len(names.categories)]
            if not self.gazetteer.agrees(code, name):
                rows = np.flatnonzero(pairs == pair)
                found = f"{quoted(name)} is not {code} ({self.gazetteer.name(code)})"
                self._refuse_rows(rows, np.full(len(rows), column), "name-disagrees", found, "correct one of them")

    def _indicator(self, text: str) -> str:
        if text in self.indicators:
            return text
        found = f"{quoted(text)} is not an indicator of the rules" if text else "no indicator"
        raise Refused("unknown-indicator", found, nearest(text, self.indicators) or "declare it in the rules first")

    def _source(self, text: str) -> str:
        if not text or text in self.rulebook.sources:
            return text
        hint = nearest(text, self.rulebook.sources) or f"add [sources.{printable(text)[:40]}] to the rules"
        raise Refused("unknown-source", f"{quoted(text)} is not a source of the rules", hint)

    def _confidence(self, text: str) -> str:
        if not text or text.casefold() in CONFIDENCE:
            return text.casefold()
        raise Refused("unknown-confidence", quoted(text), "write high, medium or low")

    def _dates(self, texts: pd.Categorical, column: int) -> dict[str, Any]:
        days = {}

        def read(text: str) -> str:
            days[text] = read_date(text)
            return days[text].text

        as_of = self._each(texts, column, read)
        last = np.asarray([days[text].last if text in days else 0 for text in texts.categories], np.int64)
        precision = np.asarray([days[text].precision if text in days else 0 for text in texts.categories], np.int8)
        return {"as_of": as_of, "day": last[texts.codes], "precision": precision[texts.codes]}

    def _values(
        self, indicator: pd.Categorical, texts: pd.Categorical, columns: NDArray[np.int64]
    ) -> dict[str, Any]:
        """Each distinct pair of indicator and text is read once."""
        width = len(texts.categories)
        pairs, inverse = np.unique(indicator.codes.astype(np.int64) * width + texts.codes, return_inverse=True)
        about = self.rulebook.uncertainty.about
        readers = {name: value_reader(self.indicators[name], about) for name in indicator.categories if name in self.indicators}
        read = []
        for at, pair in enumerate(pairs.tolist()):
            value = UNKNOWN
            if pair >= 0:
                try:
                    value = readers[indicator.categories[pair // width]](texts.categories[pair % width])
                except Refused as no:
                    rows = np.flatnonzero(inverse == at)
                    self._refuse_rows(rows, columns[rows], no.code, no.message, no.hint, indicator)
            read.append(value)
        codes, unique = pd.factorize(np.asarray([value.text for value in read], object))
        numbers = np.asarray([(value.number, value.low, value.high) for value in read], float).reshape(-1, 3)
        return {
            "value": pd.Categorical.from_codes(codes[inverse], categories=unique),
            "number": numbers[inverse, 0],
            "low": numbers[inverse, 1],
            "high": numbers[inverse, 2],
        }

    def _each(self, texts: pd.Categorical, column: int, read: Callable[[str], str]) -> pd.Categorical:
        """The column with every distinct text replaced by what it is read as; -1 codes where refused."""
        used = np.unique(texts.codes)
        result: list[str | None] = [None] * len(texts.categories)
        for code in used.tolist():
            try:
                result[code] = read(texts.categories[code])
            except Refused as no:
                rows = np.flatnonzero(texts.codes == code)
                self._refuse_rows(rows, np.full(len(rows), column), no.code, no.message, no.hint)
        codes, unique = pd.factorize(np.asarray(result, object))
        return pd.Categorical.from_codes(codes[texts.codes], categories=unique)

    def _refuse_rows(
        self,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        code: str,
        message: str,
        hint: str,
        indicator: pd.Categorical | None = None,
    ) -> None:
        self.total += len(rows) - min(len(rows), SHOWN)
        for at, (row, column) in enumerate(zip(rows[:SHOWN].tolist(), columns[:SHOWN].tolist(), strict=True)):
            name = str(indicator[rows[at]]) if indicator is not None else ""
            self._refuse(row, column, code, message, hint, name)

    def _refuse(self, row: int, column: int, code: str, message: str, hint: str = "", indicator: str = "") -> None:
        self.total += 1
        self.problems.append((row, column, Problem(code, message, self.table.file, 0, 0, hint, "", indicator)))

    def _raise(self) -> None:
        """The first problems in the order of the file; only these need the cost of an exact place."""
        first = sorted(self.problems, key=lambda item: item[:2])[:SHOWN]
        placed = []
        for row, column, problem in first:
            line, character = self.table.place(row, column)
            placed.append(problem._replace(line=line, column=character))
        raise InvalidInput(placed, self.total)

    def _finished(
        self, claims: dict[str, Any], row: NDArray[np.int64], column: NDArray[np.int64]
    ) -> Observations:
        frame = pd.DataFrame(claims)
        sure = {text: CONFIDENCE.index(text) for text in CONFIDENCE}
        levels = np.asarray([sure.get(text, -1) for text in frame["confidence"].cat.categories], np.int8)
        frame["sure"] = levels[frame["confidence"].cat.codes] if len(levels) else np.zeros(len(frame), np.int8)
        frame["line"] = self.table.lines(row)
        self._refuse_duplicates(frame, row, column)
        if self.problems:
            self._raise()
        return Observations(frame, self.indicators, self.gazetteer, self.table.file, tuple(dict.fromkeys(self.remarks)))

    def _refuse_duplicates(
        self, frame: pd.DataFrame, row: NDArray[np.int64], column: NDArray[np.int64]
    ) -> None:
        key = ["country", "indicator", "as_of", "source"]
        codes = np.column_stack([frame[name].cat.codes.to_numpy(np.int64) for name in key])
        read = (codes >= 0).all(axis=1)
        sizes = [len(frame[name].cat.categories) + 1 for name in key]
        joint = np.ravel_multi_index(tuple(np.maximum(codes, 0).T), sizes) if len(frame) else np.zeros(0, np.int64)
        _, first, inverse = np.unique(joint, return_index=True, return_inverse=True)
        again = np.flatnonzero((first[inverse] != np.arange(len(frame))) & read)
        self.total += len(again) - min(len(again), SHOWN)
        for at in again[:SHOWN].tolist():
            original, claim = frame.iloc[first[inverse[at]]], frame.iloc[at]
            same = original["value"] == claim["value"]
            what = f"the same claim as line {original['line']}" if same else (
                f"{quoted(claim['value'])} against {quoted(original['value'])} on line {original['line']}, "
                "with the same country, indicator, date and source"
            )
            hint = "remove one of them" if same else "one claim a source and date: correct or remove one of them"
            about = f"{claim['country']} {claim['indicator']}: "
            self._refuse(int(row[at]), int(column[at]) if not same else 0, "duplicate", about + what, hint)
