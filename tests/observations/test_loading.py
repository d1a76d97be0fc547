"""Files and pipes: loaded whole, or no further than it takes to refuse them."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from exposure.errors import InvalidInput
from exposure.observations import loading
from exposure.observations.table import read_table

HEADER = "country,indicator,value,as_of,source,confidence,note\n"
SRB = "SRB,vendor,Huawei,2022,birn-2021,high,\n"


class Pipe(io.RawIOBase):
    """Bytes that come in small pieces and only once."""

    def __init__(self, data: bytes) -> None:
        self.left = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        size = min(len(buffer), len(self.left), 50_000)
        buffer[:size], self.left = self.left[:size], self.left[size:]
        return size


@pytest.fixture(params=["a file", "bytes", "a pipe"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[bytes], BinaryIO]:
    """Something to read the bytes from."""

    def opener(data: bytes) -> BinaryIO:
        if request.param == "bytes":
            return io.BytesIO(data)
        if request.param == "a pipe":
            return io.BufferedReader(Pipe(data))
        path = tmp_path / "indicators.csv"
        path.write_bytes(data)
        return path.open("rb")

    return opener


LARGE = {
    "nothing": b"",
    "a line": SRB.encode(),
    "many lines": (HEADER + SRB * 100_000).encode(),
    "CRLF across pieces": (HEADER + "SRB,memo,xyz,,,,\r\n" * 150_000).encode(),
    "quoted line ends": (HEADER + 'SRB,memo,"x\ny, z",,,,\n' * 120_000).encode(),
    "only quotes": b'"' * 1_000_000,
    "rows that are long": (HEADER + "," * 2_500_000).encode(),
}


@pytest.mark.parametrize("data", LARGE.values(), ids=LARGE)
def test_a_file_is_loaded_as_it_is(data: bytes, opened: Callable[[bytes], BinaryIO]) -> None:
    with opened(data) as file:
        assert loading.load(file, "indicators.csv") == data


ENDLESS = f"a cell of more than {loading.LONGEST_CELL:,} bytes"
REFUSED_EARLY = {
    "a cell without an end": (
        HEADER.encode() + SRB.encode() + b"ALB,memo," + b"x" * 4_200_000,
        ["3:1: ragged-row: 3 cells", f"3:10: cell-too-long: {ENDLESS}; shorten it"],
    ),
    "a cell without an end from the first byte": (
        b"x" * 4_200_000,
        [f"1:1: cell-too-long: {ENDLESS}; shorten it"],
    ),
    "a quoted cell without an end, after CRLF and quoted line ends": (
        (HEADER + 'SRB,memo,"a\n,b",,,,\n' * 60_000).replace("\n", "\r\n").encode() + 'é,"'.encode() + b"x" * 4_200_000,
        ["120002:3: unclosed-quote: a quote that is opened here and never closed; close the cell with a quote"],
    ),
    "a cell without an end on a line that began long before": (
        HEADER.encode() + b"SRB," * 300_000 + b"x" * 4_200_000,
        ["2:1: ragged-row: 300001 cells", f"2:1200001: cell-too-long: {ENDLESS}; shorten it"],
    ),
    "too many columns": (
        b"\r\n\ncountry" + b",x" * 1000 + b"\n" + b"SRB,\n" * 2_000_000,
        ["3:1: too-wide: 1,001 columns; at most 1,000 columns; write one claim a line, under country,indicator,value"],
    ),
    "a workbook": (
        b"PK\x03\x04" + b"x" * 4_000_000,
        ["not-csv: a spreadsheet workbook, not CSV; save it as “CSV UTF-8” and use that file"],
    ),
}


@pytest.mark.parametrize(("data", "expected"), REFUSED_EARLY.values(), ids=REFUSED_EARLY)
def test_what_cannot_be_read_is_loaded_no_further_than_it_takes_to_refuse_it(
    data: bytes, expected: list[str], opened: Callable[[bytes], BinaryIO]
) -> None:
    with opened(data) as file:
        loaded = loading.load(file, "indicators.csv")
    assert data.startswith(loaded) and len(loaded) < len(data) - 1_000_000
    with pytest.raises(InvalidInput) as caught:
        read_table(loaded, "indicators.csv")
    for line, start in zip(str(caught.value).splitlines(), expected, strict=True):
        assert line.removeprefix("indicators.csv:").strip().startswith(start)


def test_more_than_the_limit_is_refused_while_it_is_loaded(
    opened: Callable[[bytes], BinaryIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "LARGEST_FILE", 1000)
    with opened((HEADER + SRB * 50).encode()) as file, pytest.raises(InvalidInput, match="too-large"):
        loading.load(file, "indicators.csv")
