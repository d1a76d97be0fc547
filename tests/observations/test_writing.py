"""Canonical text: the same claims give the same bytes, and those bytes give the same claims."""

from __future__ import annotations

import csv
import io
import random
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exposure.errors import InvalidInput
from exposure.observations.model import LONG, Observations
from exposure.observations.reading import read_observations
from exposure.observations.table import read_table
from exposure.observations.writing import long_bytes, rewritten
from exposure.rulebook.loading import load_rulebook

RULES = """\
[index]
title = "T"
edition = "1"
[dimensions.a]
[rules.vendor]
dimension = "a"
kind = "category"
severity = { Huawei = 100, ZTE = 100, "two words" = 0 }
[rules.debt]
dimension = "a"
kind = "number"
goalposts = [0, 25]
[rules.law]
dimension = "a"
kind = "flag"
[context.memo]
[sources.birn-2021]
title = "B"
[sources.Miral]
title = "M"
[entities.BA-SRP]
name = "Republika Srpska"
part_of = "BIH"
share = 0.35
[entities.BA-X]
name = "Serbia"
part_of = "BIH"
share = 0.1
"""
RULEBOOK = load_rulebook(RULES.encode())
HEADER = ",".join(LONG) + "\n"


def reading(data: bytes) -> Observations:
    return read_observations(data, RULEBOOK)


def claims(observations: Observations) -> list[tuple[str, ...]]:
    """The claims without where they stand, in one order."""
    frame = observations.claims
    return sorted(zip(*(map(str, frame[name].tolist()) for name in frame.columns if name != "line"), strict=True))


def canonical(text: str, to_long: bool = False) -> str:
    return rewritten(text.encode(), RULEBOOK, to_long=to_long).data.decode()


LONG_CASES = {
    "names become codes": ("Serbia,debt,1,,,,\nkosovo,debt,1,,,,\n", "SRB,debt,1,,,,\nXKX,debt,1,,,,\n"),
    "words in declared spelling": ("SRB,vendor,huawei; zte;HUAWEI,,,,\n", "SRB,vendor,Huawei;ZTE,,,,\n"),
    "a flag": ("SRB,law,YES,,,,\n", "SRB,law,yes,,,,\n"),
    "confidence in lower case": ("SRB,debt,1,,,High,\n", "SRB,debt,1,,,high,\n"),
    "numbers as written": (
        "SRB,debt,+1.50e1,2020,,,\nSRB,debt,>=40.00,2021,,,\nSRB,debt,1..2,2022,,,\nSRB,debt,~0020,2023,,,\n",
        "SRB,debt,+1.50e1,2020,,,\nSRB,debt,>=40.00,2021,,,\nSRB,debt,1..2,2022,,,\nSRB,debt,~0020,2023,,,\n",
    ),
    "an empty value stays": ("SRB,debt,,2020,,,looked for\n", "SRB,debt,,2020,,,looked for\n"),
    "no more quotes than needed": ('"SRB","debt","1","","","","a ""b"", c"\n', 'SRB,debt,1,,,,"a ""b"", c"\n'),
    "no blanks around a cell": (" SRB , debt ,1,,,, a b \n", "SRB,debt,1,,,,a b\n"),
    "sorted by country, indicator, date, source": (
        "SRB,debt,1,2021-01,,,\nSRB,debt,1,2021,birn-2021,,\nSRB,debt,1,2021,Miral,,\nALB,vendor,ZTE,,,,\nALB,debt,1,,,,\n",
        "ALB,debt,1,,,,\nALB,vendor,ZTE,,,,\nSRB,debt,1,2021,Miral,,\nSRB,debt,1,2021,birn-2021,,\nSRB,debt,1,2021-01,,,\n",
    ),
    "CR inside a note": ('SRB,debt,1,,,,"a\r\nb\rc"\r\n', 'SRB,debt,1,,,,"a\nb\nc"\n'),
    "empty lines and lines of commas": ("\nSRB,debt,1,,,,\n,,,,,,\n  \n", "SRB,debt,1,,,,\n"),
    "no end to the last line": ("SRB,debt,1,,,,", "SRB,debt,1,,,,\n"),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), LONG_CASES.values(), ids=LONG_CASES)
def test_the_long_shape(body: str, expected: str) -> None:
    assert canonical(HEADER + body) == HEADER + expected
    assert canonical(HEADER + expected) == HEADER + expected


def test_columns_come_in_canonical_order_and_a_byte_order_mark_goes() -> None:
    assert canonical("\ufeffNote,VALUE,country,indicator\nn,1,SRB,debt\n") == HEADER + "SRB,debt,1,,,,n\n"


WIDE_CASES = {
    "rows by country and date, indicators as in the rules": (
        "Country,as_of,law,DEBT,vendor\nSerbia,2021,yes,,\nSRB,2020,,1,zte\nALB,,no,,\n",
        "country,as_of,vendor,debt,law\nALB,,,,no\nSRB,2020,ZTE,1,\nSRB,2021,,,yes\n",
    ),
    "the key keeps its heading": ("iso3,debt\nSRB,1\n", "iso3,debt\nSRB,1\n"),
    "names are those of the gazetteer": (
        "debt,name,code\n1,SERBIA,SRB\n2,,XKX\n",
        "code,name,debt\nSRB,Serbia,1\nXKX,Kosovo,2\n",
    ),
    "names before dates": (
        "as_of,iso3,debt,name\n2021,SRB,1,\n2020,SRB,2,\n",
        "iso3,name,as_of,debt\nSRB,Serbia,2020,2\nSRB,Serbia,2021,1\n",
    ),
    "a row of blanks between others": ('iso3,debt\nSRB,1\n ," "\nALB,2\n', "iso3,debt\nALB,2\nSRB,1\n"),
    "two columns of names": ("iso3,name,country,debt\nSRB,,,1\n", "iso3,country,name,debt\nSRB,Serbia,Serbia,1\n"),
    "a name that would mean another country is not written": ("iso3,name,debt\nBA-X,,1\n", "iso3,name,debt\nBA-X,,1\n"),
    "a row without values is kept": ("iso3,debt\nSRB,\nALB,\n", "iso3,debt\nALB,\nSRB,\n"),
    "even rows by their cells": (
        "iso3,debt,law\nSRB,,no\nSRB,1,\nSRB,,\nALB,,\n",
        "iso3,debt,law\nALB,,\nSRB,,\nSRB,,no\nSRB,1,\n",
    ),
    "a header and nothing else": ("debt,iso3\n", "iso3,debt\n"),
}


@pytest.mark.parametrize(("text", "expected"), WIDE_CASES.values(), ids=WIDE_CASES)
def test_the_wide_shape(text: str, expected: str) -> None:
    assert canonical(text) == expected
    assert canonical(expected) == expected


def test_wide_becomes_long() -> None:
    text = "iso3,as_of,vendor,debt\nSRB,2020,zte,1\nALB,,,\n"
    result = rewritten(text.encode(), RULEBOOK, to_long=True)
    assert result.data.decode() == HEADER + "SRB,debt,1,2020,,,\nSRB,vendor,ZTE,2020,,,\n"
    assert result.cells == 0
    assert not rewritten(result.data, RULEBOOK, to_long=True).changed


CELLS_CHANGED = {
    "none": ("SRB,debt,1,,,,\n", 0),
    "of a name, a word and a confidence": ("SRB,debt,1,2020,,HIGH,\nSerbia,vendor,huawei,,,,\n", 3),
    "none by another order": ("ALB,debt,1,,,,\nXKX,debt,1,,,,\nSRB,debt,1,,,,\n", 0),
    "none by quotes": ('"XKX",debt, 1,,,,\n', 0),
    "in every line": ("".join(f"SRB,debt,1,{year},,HIGH,\n" for year in range(2000, 2025)), 25),
}


@pytest.mark.parametrize(("body", "cells"), CELLS_CHANGED.values(), ids=CELLS_CHANGED)
def test_the_changed_cells_are_counted(body: str, cells: int) -> None:
    assert rewritten((HEADER + body).encode(), RULEBOOK).cells == cells


DIFFS = {
    "nothing": (HEADER + "SRB,debt,1,,,,\n", []),
    "a cell among its neighbours": (
        HEADER + "ALB,debt,1,,,,\nBIH,debt,1,,,,\nMKD,debt,1,,,,\nMNE,debt,1,,,,\nSerbia,debt,1,,,,\nXKX,debt,1,,,,\n",
        [
            "@@ -3,5 +3,5 @@",
            *(" BIH,debt,1,,,,", " MKD,debt,1,,,,", " MNE,debt,1,,,,"),
            *("-Serbia,debt,1,,,,", "+SRB,debt,1,,,,", " XKX,debt,1,,,,"),
        ],
    ),
    "a line that moves": (
        HEADER + "ALB,debt,1,,,,\nXKX,debt,1,,,,\nSRB,debt,1,,,,\n",
        [
            "@@ -1,4 +1,4 @@",
            *(" " + HEADER.strip(), " ALB,debt,1,,,,", "+SRB,debt,1,,,,", " XKX,debt,1,,,,", "-SRB,debt,1,,,,"),
        ],
    ),
    "line ends, and none": (
        "iso3,debt\r\nSRB,1",
        ["@@ -1,2 +1,2 @@", "-iso3,debt\\x0d", "-SRB,1", "\\ No newline at end of file", "+iso3,debt", "+SRB,1"],
    ),
    "a line end that only CR makes": (
        "iso3,debt\rSRB,1\r",
        ["@@ -1,2 +1,2 @@", "-iso3,debt\\x0d", "-SRB,1\\x0d", "+iso3,debt", "+SRB,1"],
    ),
    "a byte order mark": ("\ufeffiso3,debt\n", ["@@ -1,1 +1,1 @@", "-\\ufeffiso3,debt", "+iso3,debt"]),
    "an empty line": ("iso3,debt\n\n", ["@@ -1,2 +1,1 @@", " iso3,debt", "-"]),
    "what is not printable": (
        "iso3,memo\nSe\u200brbia\u202e,::error::\n",
        [
            "@@ -1,2 +1,2 @@",
            *(" iso3,memo", "-Se\\u200brbia\\u202e,\\x3a:error\\x3a:", "+SRB,\\x3a:error\\x3a:"),
        ],
    ),
}


@pytest.mark.parametrize(("text", "hunks"), DIFFS.values(), ids=DIFFS)
def test_the_diff(text: str, hunks: list[str]) -> None:
    head = ["--- x.csv", "+++ x.csv (canonical)"] if hunks else []
    assert list(rewritten(text.encode(), RULEBOOK).diff("x.csv")) == [*head, *hunks]


def test_a_long_diff_leads_from_one_file_to_the_other() -> None:
    rows = [
        f"{code},debt,1,{year}-{month:02},,,\n"
        for code in ("ALB", "SRB")
        for year in range(1950, 2020)
        for month in range(1, 13)
    ]
    swapped = [rows[at ^ 1] for at in range(len(rows))]
    old = (HEADER + "".join(swapped)).splitlines()
    result = rewritten((HEADER + "".join(swapped)).encode(), RULEBOOK)
    new, at = [], 0
    for line in result.diff("x.csv"):
        if line.startswith("@@"):
            start = int(line.split(",")[0].removeprefix("@@ -")) - 1
            new += old[at:start]
            at = start
        elif line.startswith((" ", "+")) and not line.startswith("+++"):
            new.append(line[1:])
        at += line.startswith((" ", "-")) and not line.startswith("---")
    assert [*new, *old[at:]] == result.data.decode().splitlines()


def test_a_file_with_an_invalid_cell_is_not_rewritten() -> None:
    with pytest.raises(InvalidInput) as caught:
        rewritten((HEADER + "SRB,debt,x,,,,\nXXX,debt,1,,,,\n").encode(), RULEBOOK)
    assert caught.value.total == 2


HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
    st.lists(
        st.sampled_from(
            [
                '"',
                '""',
                ",",
                "\n",
                "\r\n",
                "\r",
                "=1+1",
                "@x",
                "'",
                "::error::",
                "\u202e",
                "\u200b",
                "e\u0301",
                "é",
                "\x1b[2J",
                "\x85",
                "\u2028",
                "\ufeff",
                " ",
                "\t",
                "NA",
                "#",
                "|",
                "\x1c",
                "\x0b",
                "<<<<<<<",
            ]
        ),
        max_size=6,
    ).map("".join),
).map(lambda text: text.replace("\n<<<<<<< ", "").replace("\n>>>>>>> ", ""))
CELLS = st.tuples(
    st.sampled_from(["SRB", "Serbia", "xkx", "BA-SRP", "Republika Srpska", "ALB"]),
    st.one_of(
        st.tuples(st.just("vendor"), st.sampled_from(["", "huawei", "ZTE;Huawei", "Two Words", " zte ; ZTE"])),
        st.tuples(st.just("debt"), st.sampled_from(["", "1", "01.50", ">=3", "<= 4", "1..2", "~7", "+2e1"])),
        st.tuples(st.just("law"), st.sampled_from(["", "YES", "no"])),
        st.tuples(st.just("memo"), HOSTILE),
    ),
    st.sampled_from(["", "2020", "2020-12", "2020-12-31", "2019"]),
    st.sampled_from(["", "birn-2021", "Miral"]),
    st.sampled_from(["", "high", "LOW", "Medium"]),
    HOSTILE,
)


Cell = tuple[str, tuple[str, str], str, str, str, str]
GAZETTEER = reading(HEADER.encode()).gazetteer


def _key(cell: Cell) -> tuple[str | None, ...]:
    match = GAZETTEER.find(cell[0])
    return (match.code if match else None, cell[1][0], cell[2], cell[3])


LISTS = st.lists(CELLS, max_size=8, unique_by=_key)


def csv_of(rows: list[tuple[str, ...]], always: bool = False) -> bytes:
    """The rows, quoted where a line end, quote or comma asks for it, or always (csv.writer leaves a lone CR bare)."""
    quoted = [
        ['"' + cell.replace('"', '""') + '"' if always or set(cell) & set('\r\n",') else cell for cell in row]
        for row in rows
    ]
    return "".join(",".join(row) + "\n" for row in quoted).encode()


def written(cells: list[Cell], names: list[str] | None = None, always: bool = False) -> bytes:
    rows = [tuple(LONG)]
    rows += [(country, indicator, value, *rest) for country, (indicator, value), *rest in cells]  # type: ignore[misc]
    order = [LONG.index(name) for name in names or LONG]
    return csv_of([tuple(row[at] for at in order) for row in rows], always)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(LISTS)
def test_what_is_written_reads_back_and_is_written_the_same(
    cells: list[Cell],
) -> None:
    observations = reading(written(cells))
    data = long_bytes(observations)
    again = reading(data)
    assert claims(again) == claims(observations)
    assert long_bytes(again) == data
    assert again.remarks == again.garbled
    assert not rewritten(data, RULEBOOK).changed


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(LISTS, st.randoms(use_true_random=False))
def test_neither_rows_nor_columns_nor_quotes_matter(cells: list[Cell], chance: random.Random) -> None:
    data = written(cells)
    names = chance.sample(LONG, len(LONG))
    other = written(chance.sample(cells, len(cells)), names, always=True)
    result = rewritten(other, RULEBOOK)
    assert result.data == rewritten(data, RULEBOOK).data
    assert result.changed == (result.data != other)


def test_python_reads_the_same_cells() -> None:
    notes = ['a "b", c\nd', "=1+1", "e\u0301", "\u202e", "plain"]
    cells = [("SRB", ("memo", note), str(2000 + at), "", "", note) for at, note in enumerate(notes)]
    rows = list(csv.reader(io.StringIO(long_bytes(reading(written(cells))).decode(), newline="")))
    # A value is read in one form of its letters (NFC); a note is kept as it was written.
    assert [row[2] for row in rows[1:]] == [unicodedata.normalize("NFC", note) for note in notes]
    assert [row[6] for row in rows[1:]] == notes
    assert [row[6] for row in rows[1:]] == notes


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["SRB", "Albania", "XKX"]),
            st.sampled_from(["", "2020", "2021"]),
            st.sampled_from(["", "huawei", "zte"]),
            st.sampled_from(["", "1", "~2"]),
            HOSTILE,
        ),
        max_size=6,
        unique_by=lambda row: (row[0], row[1]),
    ),
    st.randoms(use_true_random=False),
)
def test_a_wide_file_reads_back_and_no_order_matters(
    rows: list[tuple[str, str, str, str, str]], chance: random.Random
) -> None:
    names = ["country", "as_of", "vendor", "debt", "memo"]

    def table(rows: list[tuple[str, ...]], order: list[int]) -> bytes:
        return csv_of([tuple(row[at] for at in order) for row in [tuple(names), *rows]])

    given_bytes = table(list(rows), [0, 1, 2, 3, 4])
    observations = reading(given_bytes)
    data = rewritten(given_bytes, RULEBOOK).data
    assert claims(reading(data)) == claims(observations)
    shuffled = table(chance.sample(list(rows), len(rows)), chance.sample(range(5), 5))
    assert rewritten(shuffled, RULEBOOK).data == data
    assert not rewritten(data, RULEBOOK).changed
    assert len(read_table(data, "x").starts) == len(rows)
    assert claims(reading(long_bytes(observations))) == claims(observations)
