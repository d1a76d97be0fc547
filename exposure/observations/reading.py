"""indicators.csv to Observations: every distinct text read once, every mistake with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exposure.errors import ExposureError, closest, nearest, quoted
from exposure.observations.cells import Refused, plain_number, read_date, value_reader
from exposure.observations.columns import TextColumn, joined, paired, repeated, stacked, unified
from exposure.observations.countries import Gazetteer, countries
from exposure.observations.mistakes import Mistakes, attempted
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
_OF_ROW = ("as_of", "source", "confidence")
"""Columns of the wide shape that speak of the whole row."""
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


class _Reader:
    def __init__(self, table: Table, rulebook: Rulebook) -> None:
        self.table, self.rulebook = table, rulebook
        self.mistakes = Mistakes(table)
        self.remarks: list[str] = []
        self.rows = len(table.starts)
        self.indicators = indicators(rulebook)
        entities = rulebook.entities.parts
        for code, entity in entities.items():
            if entity.part_of not in countries():
                message = f"entities.{code}.part_of: {quoted(entity.part_of)} is not the code of a country"
                raise ExposureError(f"the rules: {message}; write an ISO 3166-1 alpha-3 code")
        self.gazetteer = Gazetteer({code: entity.name for code, entity in entities.items()})

    def long(self, names: list[str]) -> Observations:
        place = self._long_columns(names)
        cells = {name: self._column(name, place) for name in LONG}
        everything = np.arange(self.rows, dtype=np.int32)
        at = np.broadcast_to(np.int32(place["value"]), self.rows)
        return self._finished(cells, Places(table=self.table, columns=place, row=everything, value=at))

    def wide(self, names: list[str]) -> Observations:
        key = next((names.index(name) for name in KEYS if name in names), None)
        if key is None:
            self._refuse_headless()
            hint = "a long file has country,indicator,value; a wide one country and a column an indicator"
            self.mistakes.add(-1, 0, "missing-column", 'no column "country" in the first line', hint)
            raise self.mistakes.error()
        columns = self._wide_columns(names, key)
        places = {"country": key} | {name: names.index(name) for name in _OF_ROW if name in names}
        country, as_of = self._column("country", places), self._column("as_of", places)
        for named in [at for at, name in enumerate(names) if name in ("country", "name") and at != key]:
            pairs, refused = name_clashes(self.gazetteer, country, self.table.cells[named])
            for at, no in self.mistakes.first(pairs, refused):
                self.mistakes.add(at, named, no.code, no.message, no.hint)
        ids, order = list(columns), np.asarray(list(columns.values()), np.int32)
        of_row = {name: self._column(name, places) for name in ("source", "confidence")}
        cells = stacked([self.table.cells[at] for at in order.tolist()])
        row, which = np.nonzero(~cells.rows("").reshape(len(order), self.rows).T)
        claims = {
            "country": country.taken(row),
            "indicator": TextColumn(ids, which.astype(np.int32)),
            "value": cells.taken(which * self.rows + row),
            "as_of": as_of.taken(row),
            **{name: column.taken(row) for name, column in of_row.items()},
            "note": repeated("", len(row)),
        }
        return self._finished(
            claims, Places(table=self.table, columns=places, row=row.astype(np.int32), value=order[which])
        )

    def _long_columns(self, names: list[str]) -> dict[str, int]:
        """Where each column of the long shape stands. Raises InvalidInput where a required one is missing."""
        place: dict[str, int] = {}
        missing = [known for known in LONG if known not in names]
        suggested: set[str] = set()
        for at, name in self._headings(names):
            if name in LONG:
                place[name] = at
            else:
                meant = _long_name(name, missing)
                suggested.add(meant)
                hint = f"did you mean {quoted(meant)}?" if meant else f"the columns are {', '.join(LONG)}"
                self.mistakes.add(-1, at, "unknown-column", f"{self._named(at)} is not known", hint)
        for name in LONG[:3]:
            if name not in place and name not in suggested:
                self.mistakes.add(-1, 0, "missing-column", f'no column "{name}" in the first line', "add it")
        if not set(LONG[:3]) <= set(place):
            raise self.mistakes.error()
        return place

    def _wide_columns(self, names: list[str], key: int) -> dict[str, int]:
        """Where the column of each indicator stands."""
        columns: dict[str, int] = {}
        known = {name.casefold(): name for name in self.indicators}
        labels = self._by_label()
        for at, name in self._headings(names):
            if at == key or (name in ("country", "name", *_OF_ROW) and name not in known):
                continue
            meant = [known[name]] if name in known else labels.get(name, [])
            if len(meant) == 1 and meant[0] not in columns:
                columns[meant[0]] = at
                continue
            if meant:
                message = f"{self._named(at)} is {' as well as '.join(meant)}"
                message += "" if len(meant) > 1 else ", which another column is too"
                self.mistakes.add(-1, at, "duplicate-column", message, "name columns by the ids of the indicators")
                continue
            hint = f"remove it, or write one claim a line under {','.join(LONG)}"
            if name not in LONG:
                others = [*known, *labels, "country", *_OF_ROW]
                column = OTHER_NAMES.get(name, "")
                hint = f"did you mean {quoted(column)}?" if column in others else nearest(name[:LONGEST_NAME], others)
                hint = hint or "declare it in the rules, or remove it"
            message = f"{self._named(at)} is not an indicator of the rules"
            self.mistakes.add(-1, at, "unknown-indicator", message, hint)
        if not columns and not self.mistakes:
            hint = "name the columns after indicators"
            self.mistakes.add(-1, 0, "missing-column", "no column with an indicator", hint)
        return columns

    def _by_label(self) -> dict[str, list[str]]:
        """Label in small letters → the indicators that bear it."""
        labels: dict[str, list[str]] = {}
        for name, indicator in self.indicators.items():
            labels.setdefault(indicator.label.casefold(), []).append(name)
        return labels

    def _headings(self, names: list[str]) -> Iterator[tuple[int, str]]:
        """The columns that have a name, each name once; the others are refused.

        Columns with neither a name nor a cell are what spreadsheets leave beside a table.
        """
        for at, name in enumerate(names):
            if name and name in names[:at]:
                self.mistakes.add(-1, at, "duplicate-column", f"{self._named(at)} a second time", "keep one of them")
            elif name:
                yield at, name
            elif len(filled := np.flatnonzero(~self.table.cells[at].rows(""))):
                message = f"a column without a name, in which line {int(self.table.lines[filled[0]])} has a cell"
                self.mistakes.add(-1, at, "unknown-column", message, "name the column in the first line, or remove it")

    def _named(self, at: int) -> str:
        return f"column {quoted(self.table.header[at])}"

    def _refuse_headless(self) -> None:
        """Refuses a file whose first line is a claim, or stands above the names of the columns."""
        header = self.table.header
        if self.gazetteer.find(header[0]):
            hint = f"put a line above it that names the columns, as {','.join(LONG[: max(3, len(header))])}"
            message = f"the first line, {quoted(','.join(header))}, is data and not the names of the columns"
            self.mistakes.add(-1, 0, "missing-header", message, hint)
            raise self.mistakes.error()
        first = [column.at(0).casefold() for column in self.table.cells] if self.rows else []
        if set(first) & set(KEYS):
            message = f"{quoted(header[0])} stands where the names of the columns should"
            hint = f"remove all that is above line {int(self.table.lines[0])}, where they are"
            self.mistakes.add(-1, 0, "not-a-header", message, hint)
            raise self.mistakes.error()

    def _column(self, name: str, place: dict[str, int]) -> TextColumn:
        """This column with every distinct text read, those refused reported at each row; empty where there is none."""
        if name not in place:
            return repeated("", self.rows)
        cells = self.table.cells[place[name]]
        readers: dict[str, Callable[[str], str]] = {
            "country": self._country,
            "indicator": self._indicator,
            "as_of": lambda text: read_date(text).text,
            "source": self._source,
            "confidence": _confidence,
        }
        if name not in readers:
            return cells
        texts, refused = attempted(cells.texts, readers[name])
        for row, no in self.mistakes.first(cells.codes, refused):
            self.mistakes.add(row, place[name], no.code, no.message, no.hint)
        return cells.mapped(texts)

    def _country(self, text: str) -> str:
        match = self.gazetteer.find(text)
        if match is None:
            raise Refused(
                "unknown-country",
                lambda: f"{quoted(text)} is not a country or declared entity" if text else "no country",
                lambda: self.gazetteer.suggest(text) or WRITE_CODE,
            )
        if not match.exact:
            self.remarks.append(f"{quoted(text)} is read as {match.code}")
        return match.code

    def _indicator(self, text: str) -> str:
        if not text:
            raise Refused("unknown-indicator", "no indicator", "write the name of one that the rules declare")
        return _declared(text, self.indicators, "an indicator", "declare it in the rules first")

    def _source(self, text: str) -> str:
        add = f"add [sources.{text}] to the rules" if SOURCE.fullmatch(text) else "write the id of one of the sources"
        return text and _declared(text, self.rulebook.sources, "a source", add)

    def _values(
        self, indicator: TextColumn, texts: TextColumn, places: Places
    ) -> tuple[TextColumn, dict[str, NDArray[np.float64]]]:
        """What the cells say: plain figures whole columns at a time, of all else each distinct pair once."""
        about = [self.indicators[name] for name in indicator.texts]
        number, of = np.fromiter(map(plain_number, texts.texts), float)[texts.codes], indicator.codes
        # Nothing is in the range of words, nor in the last one, for claims whose indicator was refused.
        every, none = (-np.inf, np.inf), (np.inf, -np.inf)
        least, most = np.asarray([*(one.valid or every if one.kind == "number" else none for one in about), none]).T
        whole = np.asarray([*(one.whole for one in about), False])
        good = (least[of] <= number) & (number <= most[of]) & (~whole[of] | (number == np.floor(number)))
        number[~good] = np.nan
        figures = {"number": number, "low": number.copy(), "high": number.copy()}
        rest = np.flatnonzero(~(good | texts.rows("") | (of < 0)))
        if not len(rest):
            return texts, figures
        pairs, distinct = paired(indicator.taken(rest), texts.taken(rest))
        half = self.rulebook.uncertainty.about
        readers = {name: value_reader(one, half) for name, one in self.indicators.items()}
        read, refused = attempted(distinct, lambda pair: readers[pair[0]](pair[1]))
        for at, no in self.mistakes.first(pairs, refused):
            row, column = int(places.row[rest[at]]), int(places.value[rest[at]])
            self.mistakes.add(row, column, no.code, no.message, no.hint, indicator=distinct[pairs[at]][0])
        for name, column_of in figures.items():
            column_of[rest] = np.asarray([np.nan if one is None else getattr(one, name) for one in read], float)[pairs]
        canonical = [text if one is None else one.text for (_, text), one in zip(distinct, read, strict=True)]
        texts, new = unified(texts, TextColumn(canonical, pairs))
        texts.codes[rest] = new.codes
        return texts.used(), figures

    def _finished(self, texts: dict[str, TextColumn], places: Places) -> Observations:
        """The claims in these columns. Raises InvalidInput with all that is wrong in the file."""
        texts["value"], figures = self._values(texts["indicator"], texts["value"], places)
        # Under a header that is wrong, claims may look alike only for want of their source or date.
        if not self.mistakes.in_header:
            self._refuse_duplicates([texts[name] for name in KEY], texts["value"], places)
        if self.mistakes:
            raise self.mistakes.error()
        days = [read_date(text) for text in texts["as_of"].texts]
        sure = [CONFIDENCE.index(text) if text else -1 for text in texts["confidence"].texts]
        columns: dict[str, TextColumn | NDArray[Any]] = {
            **{name: texts[name] for name in LONG},
            **figures,
            "day": np.asarray([day.last for day in days], np.int64)[texts["as_of"].codes],
            "precision": np.asarray([day.precision for day in days], np.int8)[texts["as_of"].codes],
            "sure": np.asarray(sure, np.int8)[texts["confidence"].codes],
            "line": self.table.lines[places.row],
        }
        garbled = self._garbled(texts, places)
        return Observations(
            columns=columns,
            indicators=self.indicators,
            gazetteer=self.gazetteer,
            file=self.table.file,
            remarks=(*garbled, *dict.fromkeys(self.remarks)),
            garbled=garbled,
            places=places,
        )

    def _garbled(self, texts: dict[str, TextColumn], places: Places) -> tuple[str, ...]:
        """A remark on text that was saved in one encoding and opened in another, with the first such cell."""
        first: list[tuple[int, int, str]] = []
        count = 0
        for name in ("value", "note") if looks_garbled(self.table.data) else ():
            column = texts[name]
            garbled = np.asarray([*(mended(text) is not None for text in column.texts), False])
            rows = np.flatnonzero(garbled[column.codes])
            count += len(rows)
            first += [(*places.find(claim, name), column.at(claim)) for claim in rows[:1].tolist()]
        if not first:
            return ()
        line, character, text = min(first)
        others = f", and so do {count - 1} more cells" if count > 1 else ""
        remark = f"line {line}, character {character}: {quoted(text)} looks garbled by a change of encoding{others}"
        return (f"{remark}; was it {quoted(mended(text))}?",)

    def _refuse_duplicates(self, key: Sequence[TextColumn], values: TextColumn, places: Places) -> None:
        read = np.flatnonzero(np.logical_and.reduce([column.codes >= 0 for column in key]))
        joint = joined([column.codes[read] for column in key], [len(column.texts) + 1 for column in key])
        for at, first in self.mistakes.again(joint):
            claim, original = int(read[at]), int(read[first])
            line = int(self.table.lines[places.row[original]])
            here, there = values.at(claim), values.at(original)
            message, hint = f"the same claim as on line {line}", "remove one of them"
            if here != there:
                message = f"{quoted(here)} here and {quoted(there)} on line {line}, of one source and date"
                hint = "correct or remove one of them"
            country, indicator, *_ = (column.at(claim) for column in key)
            row, column = int(places.row[claim]), int(places.value[claim])
            self.mistakes.add(row, column, "duplicate", message, hint, country, indicator)


def _declared(text: str, known: Mapping[str, object], what: str, otherwise: str) -> str:
    """The text, if the rules declare it. Raises Refused."""
    if text in known:
        return text
    raise Refused(
        f"unknown-{what.split()[1]}",
        lambda: f"{quoted(text)} is not {what} of the rules",
        lambda: nearest(text, known) or otherwise,
    )


def _confidence(text: str) -> str:
    confidence = text.casefold()
    if confidence and confidence not in CONFIDENCE:
        raise Refused("unknown-confidence", lambda: f"{quoted(text)} is not a confidence", "write high, medium or low")
    return confidence


def name_clashes(
    gazetteer: Gazetteer, country: TextColumn, names: TextColumn, spelt_freely: bool = False
) -> tuple[NDArray[np.int32], dict[int, Refused | None]]:
    """Which pair of code and name each row has, and those whose name denotes another country than their code.

    `spelt_freely`: a name that denotes no country at all is no contradiction.
    """
    pairs, distinct = paired(country, names)

    def agree(pair: tuple[str, str]) -> None:
        code, name = pair
        if not code or not name or gazetteer.agrees(code, name) or (spelt_freely and not gazetteer.find(name)):
            return
        message = f"{quoted(name)} is not {code} ({gazetteer.name(code)})"
        raise Refused("name-disagrees", message, "correct the code or the name")

    return pairs, attempted(distinct, agree)[1]
