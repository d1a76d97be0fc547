"""indicators.csv to Observations: every distinct text read once, every mistake with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.errors import SHOWN, ExposureError, Finding, InvalidInput, closest, nearest, quoted
from exposure.observations.cells import UNDATED, UNKNOWN, Refused, Value, plain_number, read_date, value_reader
from exposure.observations.columns import TextColumn, joined, numbered, repeated
from exposure.observations.countries import Gazetteer, countries
from exposure.observations.model import CONFIDENCE, KEY, LONG, Observations, Places
from exposure.observations.spelling import looks_garbled, mended
from exposure.observations.table import Table, read_table
from exposure.rulebook.indicators import indicators

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from exposure.rulebook.model import Rulebook

OTHER_NAMES = {
    **dict.fromkeys(("iso3", "iso", "code", "iso_code", "country_code"), "country"),
    **dict.fromkeys(("variable", "metric", "measure"), "indicator"),
    **dict.fromkeys(("year", "date", "period"), "as_of"),
    **dict.fromkeys(("comment", "comments", "remark", "remarks"), "note"),
}
"""What the columns of the long shape are called elsewhere: suggested, never taken for them."""
LONGEST_NAME = 80
"""More of a name is not compared with others: it would cost time and is no slip."""
KEYS = ("iso3", "code", "country")
"""What the country column of the wide shape may be called, the first found counting."""
WRITE_CODE = (
    "write the three-letter code of ISO 3166-1, as SRB for Serbia; a part of a country is declared under [entities] in"
    " the rules"
)
SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def read_observations(data: bytes, rulebook: Rulebook, file: str = "indicators.csv") -> Observations:
    """The claims in `data`, long or wide, checked against the rulebook.

    Raises InvalidInput with every cell that cannot be read, the first fifty of them in full.
    """
    table = read_table(data, file)
    names = [name.casefold() for name in table.header]
    reader = _Reader(table, rulebook)
    known = {name.casefold() for name in reader.indicators}
    # A file with one of the two, or something like it, is a long one with a mistake, unless that is an indicator.
    meant = {"indicator", "value"} & {name if name in LONG else _long_name(name) for name in names if name not in known}
    if meant and ({"indicator", "value"} & set(names) or not known & set(names)):
        return reader.long(names)
    return reader.wide(names)


def _long_name(name: str, missing: Sequence[str] = LONG) -> str:
    """Which of these columns of the long shape the name seems to mean, or nothing."""
    meant = OTHER_NAMES.get(name) or closest(name[:LONGEST_NAME], missing)
    return meant if meant in missing else ""


@dataclass(eq=False, repr=False)
class _Reader:
    table: Table
    rulebook: Rulebook
    problems: list[tuple[int, int, Finding]] = field(default_factory=list)
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
        everything = np.arange(self.rows, dtype=np.int32)
        words = {
            "country": self._each(cells["country"], place["country"], self._country, self._no_country),
            "indicator": self._each(cells["indicator"], place["indicator"], self._indicator, self._no_indicator),
            "source": self._each(cells["source"], place.get("source", 0), self._source, self._no_source),
            "confidence": self._each(
                cells["confidence"], place.get("confidence", 0), self._confidence, self._no_confidence
            ),
            "note": cells["note"],
        }
        dates = self._dates(cells["as_of"], place.get("as_of", 0))
        at = np.broadcast_to(np.int32(place["value"]), self.rows)
        return self._finished(words, dates, cells["value"], Places(self.table, place, everything, at))

    def wide(self, names: list[str]) -> Observations:
        key = next((names.index(name) for name in KEYS if name in names), None)
        if key is None:
            self._refuse_headless()
            hint = "a long file has country,indicator,value; a wide one country and a column an indicator"
            self._refuse(-1, 0, "missing-column", 'no column "country" in the first line', hint)
            raise self._invalid()
        columns = self._wide_columns(names, key)
        country = self._each(self._column(key), key, self._country, self._no_country)
        for named in [at for at, name in enumerate(names) if name in ("country", "name") and at != key]:
            self._agreeing(country, self._column(named), named)
        as_of = names.index("as_of") if "as_of" in names else None
        dates = self._dates(repeated("", self.rows) if as_of is None else self._column(as_of), as_of or 0)
        order = np.sort(np.asarray(list(columns.values()), np.int32))
        row, which = self._filled(order)
        at = order[which]
        claims = {
            "country": country.taken(row),
            "indicator": TextColumn(sorted(columns, key=lambda name: columns[name]), which.astype(np.int32)),
            **{name: repeated("", len(row)) for name in ("source", "confidence", "note")},
        }
        dated = _Dates(dates.text.taken(row), dates.day[row], dates.precision[row])
        found = {"country": key} | ({} if as_of is None else {"as_of": as_of})
        places = Places(self.table, found, row.astype(np.int32), at)
        return self._finished(claims, dated, self._gathered(row, at), places)

    def _column(self, at: int) -> TextColumn:
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
            elif not name:
                self._refuse_nameless(at)
            else:
                meant = _long_name(name, missing)
                suggested.add(meant)
                hint = f"did you mean {quoted(meant)}?" if meant else f"the columns are {', '.join(LONG)}"
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
            if not name:
                self._refuse_nameless(at)
                continue
            if at == key or (name in ("country", "name", "as_of") and name not in known):
                continue
            if name not in known:
                hint = (
                    nearest(name[:LONGEST_NAME], [*known, "country", "as_of"])
                    or "declare it in the rules, or remove it"
                )
                if name in LONG:
                    hint = f"remove it, or write one claim a line under {','.join(LONG)}"
                self._refuse(-1, at, "unknown-indicator", f"{self._named(at)} is not an indicator of the rules", hint)
            else:
                columns[known[name]] = at
        if not columns and not self.problems:
            self._refuse(-1, 0, "missing-column", "no column with an indicator", "name the columns after indicators")
        return columns

    def _named(self, at: int) -> str:
        return f"column {quoted(self.table.header[at])}"

    def _refuse_nameless(self, at: int) -> None:
        """Refuses a column without a name, unless it is one of those that spreadsheets leave beside a table."""
        filled = np.flatnonzero(~self._column(at).rows(""))
        if len(filled):
            line = int(self.table.lines[filled[0]])
            found = f"a column without a name, in which line {line} has a cell"
            self._refuse(-1, at, "unknown-column", found, "name the column in the first line, or remove it")

    def _refuse_headless(self) -> None:
        """Refuses a file whose first line is a claim, or stands above the names of the columns."""
        header = self.table.header
        if self.gazetteer.find(header[0]):
            hint = f"put a line above it that names the columns, as {','.join(LONG[: max(3, len(header))])}"
            found = f"the first line, {quoted(','.join(header))}, is data and not the names of the columns"
            self._refuse(-1, 0, "missing-header", found, hint)
            raise self._invalid()
        first = [words.texts[words.codes[0]].casefold() for words in self.table.cells] if self.rows else []
        if set(first) & set(KEYS):
            found = f"{quoted(header[0])} stands where the names of the columns should"
            hint = f"remove all that is above line {int(self.table.lines[0])}, where they are"
            self._refuse(-1, 0, "not-a-header", found, hint)
            raise self._invalid()

    def _filled(self, order: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Record, and place in `order`, of every cell that is not empty, record by record."""
        if not len(order) or not self.rows:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        row, which = np.nonzero(np.column_stack([~self._column(at).rows("") for at in order.tolist()]))
        return row, which

    def _gathered(self, row: NDArray[np.int64], at: NDArray[np.int32]) -> TextColumn:
        """The texts of these cells as one column."""
        place: dict[str, int] = {}
        codes = np.zeros(len(row), np.int32)
        for column in np.unique(at).tolist():
            words, here = self._column(column), at == column
            shared = np.asarray([place.setdefault(text, len(place)) for text in words.texts], np.int32)
            codes[here] = shared[words.codes[row[here]]]
        return TextColumn(list(place), codes)

    def _each(
        self, words: TextColumn, column: int, read: Callable[[str], str | None], why: Callable[[str], Refused]
    ) -> TextColumn:
        """The column with every distinct text read; those refused are reported at each row."""
        texts = [read(text) for text in words.texts]
        wrong = [code for code, text in enumerate(texts) if text is None]
        # Texts come in the order of their first rows, so only the first can be among those shown.
        refused = {code: why(words.texts[code]) if place < SHOWN else None for place, code in enumerate(wrong)}
        self._refuse_rows(words.codes, refused, np.arange(self.rows), column)
        return words.mapped(texts)

    def _country(self, text: str) -> str | None:
        match = self.gazetteer.find(text)
        if match is None:
            return None
        if not match.exact:
            self.remarks.append(f"{quoted(text)} is read as {match.code}")
        return match.code

    def _no_country(self, text: str) -> Refused:
        found = f"{quoted(text)} is not a country or declared entity" if text else "no country"
        hint = self.gazetteer.suggest(text) or WRITE_CODE
        return Refused("unknown-country", found, hint)

    def _agreeing(self, country: TextColumn, names: TextColumn, column: int) -> None:
        """Refuses the rows whose name denotes another country than their code."""
        pairs, distinct = _pairs(country, names)
        refused: dict[int, Refused | None] = {}
        for place, (code, name) in enumerate(distinct):
            if code and name and not self.gazetteer.agrees(code, name):
                found = f"{quoted(name)} is not {code} ({self.gazetteer.name(code)})"
                no = Refused("name-disagrees", found, "correct the code or the name")
                refused[place] = no if len(refused) < SHOWN else None
        self._refuse_rows(pairs, refused, np.arange(self.rows), column)

    def _indicator(self, text: str) -> str | None:
        return text if text in self.indicators else None

    def _no_indicator(self, text: str) -> Refused:
        if not text:
            return Refused("unknown-indicator", "no indicator", "write the name of one that the rules declare")
        found = f"{quoted(text)} is not an indicator of the rules"
        return Refused("unknown-indicator", found, nearest(text, self.indicators) or "declare it in the rules first")

    def _source(self, text: str) -> str | None:
        return text if not text or text in self.rulebook.sources else None

    def _no_source(self, text: str) -> Refused:
        found = f"{quoted(text)} is not a source of the rules"
        return Refused("unknown-source", found, nearest(text, self.rulebook.sources) or self._source_hint(text))

    def _source_hint(self, text: str) -> str:
        return f"add [sources.{text}] to the rules" if SOURCE.fullmatch(text) else "write the id of one of the sources"

    def _confidence(self, text: str) -> str | None:
        text = text.casefold()
        return text if not text or text in CONFIDENCE else None

    def _no_confidence(self, text: str) -> Refused:
        return Refused("unknown-confidence", f"{quoted(text)} is not a confidence", "write high, medium or low")

    def _dates(self, words: TextColumn, column: int) -> _Dates:
        days: dict[str, tuple[int, int]] = {}
        wrong: dict[str, Refused] = {}

        def read(text: str) -> str | None:
            try:
                day = read_date(text)
            except Refused as no:
                if len(wrong) < SHOWN:
                    wrong[text] = no
                return None
            days[text] = (day.last, day.precision)
            return day.text

        text = self._each(words, column, read, wrong.__getitem__)
        table = np.asarray([days.get(text, (UNDATED, -1)) for text in words.texts], np.int64).reshape(-1, 2)
        return _Dates(text, table[:, 0][words.codes], table[:, 1].astype(np.int8)[words.codes])

    def _values(self, indicator: TextColumn, texts: TextColumn, places: Places) -> _Values:
        """What the cells say: plain figures whole columns at a time, of all else each distinct pair once."""
        number, good = self._plain_figures(indicator, texts)
        number[~good] = np.nan
        low, high = number.copy(), number.copy()
        good |= texts.rows("")
        good |= indicator.codes < 0
        rest = np.flatnonzero(~good)
        if not len(rest):
            return _Values(texts, number, low, high)
        pairs, distinct = _pairs(indicator.taken(rest), texts.taken(rest))
        read = self._read_each(pairs, distinct, places.row[rest], places.value[rest])
        for column, ends in zip((number, low, high), zip(*(value[2:] for value in read), strict=True), strict=True):
            column[rest] = np.asarray(ends, float)[pairs]
        canonical = [value.text for value in read]
        if canonical != [text for _, text in distinct]:
            texts = _rewritten(texts, rest, pairs, canonical)
        return _Values(texts, number, low, high)

    def _plain_figures(self, indicator: TextColumn, texts: TextColumn) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """(claims,): the figure each text is, and whether its indicator is a number that may be that figure."""
        about = [self.indicators[name] for name in indicator.texts]
        # One more at the end, for claims whose indicator was refused.
        is_number = np.asarray([*(one.kind == "number" for one in about), False])
        least, most = (
            np.asarray([*(one.valid[end] if one.valid else reach for one in about), 0.0])
            for end, reach in ((0, -np.inf), (1, np.inf))
        )
        whole = np.asarray([*(one.whole for one in about), False])
        figures = np.fromiter(map(plain_number, texts.texts), float, len(texts.texts))
        number, of = figures[texts.codes], indicator.codes
        good = is_number[of] & (least[of] <= number) & (number <= most[of])
        if whole.any():
            good &= ~whole[of] | (number == np.floor(number))
        return number, good

    def _read_each(
        self,
        pairs: NDArray[np.int32],
        distinct: list[tuple[str, str]],
        row: NDArray[np.int32],
        at: NDArray[np.int32],
    ) -> list[Value]:
        """The value of each distinct pair of indicator and text; those refused are reported at each row."""
        about = self.rulebook.uncertainty.about
        readers = {name: value_reader(one, about) for name, one in self.indicators.items()}
        read: list[Value] = []
        refused: dict[int, Refused | None] = {}
        for place, (name, text) in enumerate(distinct):
            try:
                read.append(readers[name](text))
            except Refused as no:
                read.append(UNKNOWN._replace(text=text))
                refused[place] = no if len(refused) < SHOWN else None
        names = {place: distinct[place][0] for place, no in refused.items() if no}
        self._refuse_rows(pairs, refused, row, at, names)
        return read

    def _refuse(self, row: int, column: int, code: str, message: str, hint: str = "", indicator: str = "") -> None:
        self.problems.append((row, column, Finding(code, message, self.table.file, hint=hint, indicator=indicator)))

    def _refuse_rows(
        self,
        codes: NDArray[np.integer[Any]],
        refused: dict[int, Refused | None],
        row: NDArray[np.integer[Any]],
        columns: NDArray[np.int32] | int,
        indicators: dict[int, str] | None = None,
    ) -> None:
        """Counts every cell whose code was refused and keeps the first ones, which have their reasons."""
        if not refused:
            return
        # Rows without anything in them are gone, but their texts are still there.
        bad = np.zeros(max(int(codes.max(initial=0)), *refused) + 1, bool)
        bad[list(refused)] = True
        where = np.flatnonzero(bad[codes])
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
        self, words: dict[str, TextColumn], dates: _Dates, values: TextColumn, places: Places
    ) -> Observations:
        read = self._values(words["indicator"], values, places)
        words = {**words, "value": read.text, "as_of": dates.text}
        # Under a header that is wrong, claims may look alike only for want of their source or date.
        if not any(row < 0 for row, _, _ in self.problems):
            self._refuse_duplicates([words[name] for name in KEY], words["value"], places)
        if self.problems:
            raise self._invalid()
        order = {text: place for place, text in enumerate(CONFIDENCE)}
        sure = np.asarray([order.get(text, -1) for text in words["confidence"].texts], np.int8)
        columns: dict[str, TextColumn | NDArray[Any]] = {
            **{name: words[name] for name in LONG},
            "number": read.number,
            "low": read.low,
            "high": read.high,
            "day": dates.day,
            "precision": dates.precision,
            "sure": sure[words["confidence"].codes],
            "line": self.table.lines[places.row],
        }
        doubts = tuple(self._garbled(words, places))
        remarks = (*doubts, *dict.fromkeys(self.remarks))
        return Observations(columns, self.indicators, self.gazetteer, self.table.file, remarks, doubts, places)

    def _garbled(self, words: dict[str, TextColumn], places: Places) -> list[str]:
        """A remark on text that was saved in one encoding and opened in another, with the first such cell."""
        if not looks_garbled(self.table.data):
            return []
        found: list[tuple[int, int, str]] = []
        count = 0
        for name in ("value", "note"):
            texts, codes = words[name]
            garbled = np.fromiter((mended(text) is not None for text in texts), bool, len(texts))
            rows = np.flatnonzero(garbled[codes]) if len(texts) else np.zeros(0, np.int64)
            count += len(rows)
            for claim in rows[:1].tolist():
                column = int(places.value[claim]) if name == "value" else places.columns[name]
                found.append((int(places.row[claim]), column, texts[codes[claim]]))
        if not found:
            return []
        row, column, text = min(found)
        line, character = self.table.place(row, column)
        others = f", and so do {count - 1} more cells" if count > 1 else ""
        remark = f"line {line}, character {character}: {quoted(text)} looks garbled by a change of encoding{others}"
        return [f"{remark}; was it {quoted(mended(text))}?"]

    def _refuse_duplicates(self, key: Sequence[TextColumn], values: TextColumn, places: Places) -> None:
        read = np.flatnonzero(np.logical_and.reduce([column.codes >= 0 for column in key]))
        joint = joined([column.codes[read] for column in key], [len(column.texts) + 1 for column in key])
        ordered = np.sort(joint)
        if not (ordered[1:] == ordered[:-1]).any():
            return
        _, first, inverse = np.unique(joint, return_index=True, return_inverse=True)
        again = np.flatnonzero(first[inverse] != np.arange(len(joint)))
        self.unlisted += max(0, len(again) - SHOWN)
        for claim, original in zip(
            read[again[:SHOWN]].tolist(), read[first[inverse[again[:SHOWN]]]].tolist(), strict=True
        ):
            line = int(self.table.lines[places.row[original]])
            country, indicator, *_ = (column.texts[column.codes[claim]] for column in key)
            here, there = (values.texts[values.codes[place]] for place in (claim, original))
            if here == there:
                found, hint = f"the same claim as on line {line}", "remove one of them"
            else:
                found = f"{quoted(here)} here and {quoted(there)} on line {line}, of one source and date"
                hint = "correct or remove one of them"
            problem = Finding("duplicate", found, self.table.file, 0, 0, hint, country, indicator)
            self.problems.append((int(places.row[claim]), int(places.value[claim]), problem))


def _pairs(first: TextColumn, second: TextColumn) -> tuple[NDArray[np.int32], list[tuple[str, str]]]:
    """Which distinct pair of texts each row has, numbered as they first appear, and these; "" where one is refused."""
    width = len(second.texts) + 1
    codes, rows = numbered((first.codes + np.int64(1)) * width + second.codes + 1)
    texts, others = ["", *first.texts], ["", *second.texts]
    distinct = zip((first.codes[rows] + 1).tolist(), (second.codes[rows] + 1).tolist(), strict=True)
    return codes, [(texts[one], others[other]) for one, other in distinct]


def _rewritten(words: TextColumn, rows: NDArray[np.int64], which: NDArray[np.int32], texts: list[str]) -> TextColumn:
    """The column with these rows saying texts[which] instead."""
    place = dict.fromkeys(texts, -1)
    for code, text in enumerate(words.texts):
        if text in place:
            place[text] = code
    everything = list(words.texts)
    for text, code in place.items():
        if code < 0:
            place[text] = len(everything)
            everything.append(text)
    codes = words.codes.copy()
    codes[rows] = np.asarray([place[text] for text in texts], np.int32)[which]
    used = np.bincount(codes, minlength=len(everything)) > 0
    if used.all():
        return TextColumn(everything, codes)
    return TextColumn(list(compress(everything, used.tolist())), (np.cumsum(used, dtype=np.int32) - 1)[codes])


@dataclass(eq=False, repr=False)
class _Dates:
    text: TextColumn
    day: NDArray[np.int64]
    precision: NDArray[np.int8]


@dataclass(eq=False, repr=False)
class _Values:
    text: TextColumn
    number: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
