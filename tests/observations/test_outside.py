"""An outside index: which column is read, which rows count, and what is refused where."""

from __future__ import annotations

import math

import pytest

from exposure.errors import InvalidInput
from exposure.observations.countries import Gazetteer
from exposure.observations.outside import Outside, read_outside

GAZETTEER = Gazetteer({"BA-SRP": "Republika Srpska"})


def read(text: str, column: str | None = None) -> Outside:
    return read_outside(text.encode(), GAZETTEER, "other.csv", column)


@pytest.mark.parametrize(
    ("text", "column", "named", "values"),
    [
        pytest.param(
            "country,value\nSRB,1\nMontenegro,2.5\n", None, "value", {"SRB": 1, "MNE": 2.5}, id="codes, names"
        ),
        pytest.param("iso3,Index 2022\nSRB,1\n", None, "Index 2022", {"SRB": 1}, id="the only other column"),
        pytest.param("iso3,value,rank\nSRB,1,9\n", None, "value", {"SRB": 1}, id="value beside others"),
        pytest.param("iso3,value,rank\nSRB,1,9\n", "Rank", "rank", {"SRB": 9}, id="the column asked for"),
        pytest.param("Country,ISO3,x\nSerbia,SRB,1\n", None, "x", {"SRB": 1}, id="a name beside the code"),
        pytest.param("country,iso3,x\nServia (UN),SRB,1\n", None, "x", {"SRB": 1}, id="a name of their own"),
        pytest.param("Country Name,Country Code,x\nServia,SRB,1\n", None, "x", {"SRB": 1}, id="as the World Bank"),
        pytest.param("country_code,country_name,x\nSRB,Serbia,1\n", None, "x", {"SRB": 1}, id="with underscores"),
        pytest.param("Country Name,x\nSerbia,1\n", None, "x", {"SRB": 1}, id="a name alone"),
        pytest.param(
            '"Country Name","Country Code","Indicator Name","2021","2022",\n"Serbia","SRB","Debt, % of GDP","1","2",\n',
            "2022",
            "2022",
            {"SRB": 2},
            id="a year of the World Bank",
        ),
        pytest.param("country,x\nSRB,-1e-3\nMNE,~20\n", None, "x", {"SRB": -0.001, "MNE": 20}, id="figures as ours"),
        pytest.param("country,x\nSRB,\nBA-SRP,1\n", None, "x", {"SRB": math.nan, "BA-SRP": 1}, id="empty is unknown"),
        pytest.param("\ufeffcountry,x\r\n\r\nSRB,1\r\n", None, "x", {"SRB": 1}, id="as spreadsheets save it"),
    ],
)
def test_what_is_read(text: str, column: str | None, named: str, values: dict[str, float]) -> None:
    found = read(text, column)
    assert (found.file, found.column, found.skipped) == ("other.csv", named, ())
    assert found.values == pytest.approx(values, nan_ok=True)


def test_rows_that_name_no_country_are_kept_by_name() -> None:
    found = read("country,x\nWorld,..\nSRB,1\n,3\nOECD,4\nWorld,5\n")
    assert (found.values, found.skipped, found.skipped_rows) == ({"SRB": 1}, ("World", "", "OECD"), 4)


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("x,value\nSRB,1\n", None, '1:1: missing-column: no column of countries in the first line; name the column of'),
        ("country\nSRB\n", None, "1:1: missing-column: no column of values beside that of the countries"),
        ("country,a,b\nSRB,1,2\n", None, '1:9: which-column: 2 columns could hold the values; --column names one: "a"'),
        ("country,score,b\nSRB,1,2\n", "scor", '1:1: missing-column: no column "scor" in the first line; did you mean'),
        ("country,a,b\nSRB,1,2\n", "year", '1:1: missing-column: no column "year" in the first line; "a", "b"'),
        ("country,x,X\nSRB,1,2\n", None, '1:11: duplicate-column: column "X" a second time'),
        ("country,x\nWorld,1\n", None, '1:1: no-country: no row of column "country" names a country'),
        ("country,x\n", None, "1:1: no-country"),
        ("country,x\nSRB,..\n", None, '2:5: unreadable-number: SRB: ".." is not a number; leave the cell empty'),
        ("country,x\nSRB,12%\n", None, '2:5: unreadable-number: SRB: "12%" is not a number; write 12'),
        ("country,x\nSRB,inf\n", None, "2:5: unreadable-number: SRB"),
        ("country,x\nSRB,1\n\nSerbia,2\n", None, "4:1: duplicate: SRB: a second row, the first is on line 2; keep one"),
        ("iso3,country,x\nSRB,Albania,2\n", None, '2:5: name-disagrees: SRB: "Albania" is not SRB (Serbia)'),
        ("country,x\nSRB,1,2\n", None, "2:1: ragged-row"),
        ("a,b\nSRB,1,2\n", None, "2:1: ragged-row"),
        ("Country Name,Country Code,x\nSerbia,ALB,1\n", None, '2:1: name-disagrees: ALB: "Serbia" is not ALB'),
        ("country;x\nSRB;1\n", None, "1:1: not-commas"),
        ("", None, "empty-file"),
        ("PK\x03\x04", None, "not-csv"),
    ],
)  # fmt: skip
def test_what_is_refused_says_where_and_what_to_do(text: str, column: str | None, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(text, column)
    assert f"other.csv:{' ' * (not said[0].isdigit())}{said}" in str(caught.value)
    assert "note" not in str(caught.value) and "rule" not in str(caught.value)


PREAMBLE = '\ufeff"Data Source","World Development Indicators",\n\n"Last Updated Date","2026-01-28",\n\n'


@pytest.mark.parametrize(
    "text",
    [
        PREAMBLE + '"Country Name","Country Code","2021","2022",\n"Serbia","SRB","1","2",\n',
        PREAMBLE.replace(",\n", ",,,\n").replace("\n", "\r\n")
        + "Country Name,Country Code,2021,2022,\r\nA,SRB,1,2,\r\n",
    ],
    ids=["as downloaded", "as a spreadsheet saves it again"],
)
def test_a_preamble_is_one_mistake(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(text, "2022")
    assert str(caught.value) == (
        "other.csv:1: not-a-header: not the names of the columns: line 5 looks like them; delete the lines above it"
    )


def test_names_far_down_are_not_looked_for() -> None:
    with pytest.raises(InvalidInput) as caught:
        read("Title,\n" * 10 + "country,x,y\nSRB,1,2\n")
    assert {problem.code for problem in caught.value.findings} == {"ragged-row"}


def test_every_mistake_comes_at_once_and_all_are_counted() -> None:
    with pytest.raises(InvalidInput) as caught:
        read("country,x\nSRB,a\nWorld,b\nALB,c\n" + "MNE,d\n" * 200)
    assert [problem.line for problem in caught.value.findings] == [2, *range(4, 53)]
    assert caught.value.total == 202
