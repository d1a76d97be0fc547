"""Files that are read, files that are refused, and what their author is told."""

from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading_files import ALB, BOM, HEADER, RULEBOOK, RULES, SRB, TWO, claims, reading, refusal

from exposure.errors import ExposureError, InvalidInput
from exposure.observations import loading, table
from exposure.observations.cells import UNDATED
from exposure.observations.model import LONG
from exposure.observations.reading import read_observations
from exposure.rulebook.loading import load_rulebook

GOOD = {
    "as it should be": (HEADER + SRB + ALB, TWO),
    "no end to the last line": ((HEADER + SRB + ALB).strip(), TWO),
    "blanks that a cell may not be": ("country,indicator,value\n,,\x0c\n", []),
    "columns in another order": ("note,value,indicator,country\nn,Huawei,vendor,SRB\n", [TWO[0]]),
    "an empty value": (HEADER + "XKX,debt,,2022,birn-2021,low,None found\n", [("XKX", "debt", "", 2)]),
    "a number keeps its noughts": ("country,indicator,value\nSRB,debt,64.80\n", [("SRB", "debt", "64.80", 2)]),
    "one claim a date and a source": (
        HEADER + SRB + SRB.replace("2022", "2021") + SRB.replace("2022", "2022-12") + SRB.replace("birn-2021", ""),
        [("SRB", "vendor", "Huawei", line) for line in (2, 3, 4, 5)],
    ),
    "wide": (
        "iso3,country,as_of,vendor,debt\nSRB,Serbia,2022,Huawei;ZTE,16.5\nNAM,Namibia,,,3\nMNE,Montenegro,2021,,\n",
        [("SRB", "vendor", "Huawei;ZTE", 2), ("SRB", "debt", "16.5", 2), ("NAM", "debt", "3", 3)],
    ),
    "wide by name": ("country,law\nSerbia,yes\n", [("SRB", "law", "yes", 2)]),
    "wide by a code column and a name": ("code,name,law\nKOR,Korea,no\n", [("KOR", "law", "no", 2)]),
    "wide with a year a line": (
        "iso3,as_of,debt\nSRB,2020,3\nSRB,2021,4\n",
        [("SRB", "debt", "3", 2), ("SRB", "debt", "4", 3)],
    ),
}


@pytest.mark.parametrize(("text", "expected"), GOOD.values(), ids=GOOD)
def test_a_file_is_read(text: str | bytes, expected: list[tuple[object, ...]]) -> None:
    assert claims(text) == expected


def test_a_claim_has_all_that_its_line_says() -> None:
    text = HEADER + 'MNE,debt,10..15,2022-03,birn-2021,Medium,"a, ""b"""\n'
    frame = reading(text).claims
    assert frame.iloc[0].to_dict() == {
        "country": "MNE",
        "indicator": "debt",
        "value": "10..15",
        "as_of": "2022-03",
        "source": "birn-2021",
        "confidence": "medium",
        "note": 'a, "b"',
        "number": 12.5,
        "low": 10.0,
        "high": 15.0,
        "day": 19082,
        "precision": 1,
        "sure": 1,
        "line": 2,
    }


def test_wide_claims_are_unsourced_and_undated_ones_before_all_others() -> None:
    assert claims("iso3,debt\nSRB,3\n", "source", "confidence", "sure", "as_of", "day", "precision") == [
        ("", "", -1, "", UNDATED, -1)
    ]


def test_unknown_is_not_a_number() -> None:
    ((number, low, high),) = claims(HEADER + "SRB,debt,,2022,,,\n", "number", "low", "high")
    assert all(isinstance(end, float) and math.isnan(end) for end in (number, low, high))


@pytest.mark.parametrize(
    ("written", "code", "remark"),
    [
        pytest.param("SRB", "SRB", (), id="a code"),
        pytest.param("srb", "SRB", ('"srb" is read as SRB',), id="a code in small letters"),
        pytest.param("Kosovo*", "XKX", ('"Kosovo*" is read as XKX',), id="an alias"),
        pytest.param("Côte d’Ivoire", "CIV", ('"Côte d’Ivoire" is read as CIV',), id="a name with an accent"),
        pytest.param("Republika Srpska", "BA-SRP", ('"Republika Srpska" is read as BA-SRP',), id="an entity by name"),
        pytest.param("BA-SRP", "BA-SRP", (), id="an entity by code"),
    ],
)
def test_a_country_by_another_name_is_accepted_with_a_remark(written: str, code: str, remark: tuple[str, ...]) -> None:
    observations = reading(f"country,indicator,value\n{written},debt,1\n{written},law,yes\n")
    assert set(observations.claims["country"]) == {code}
    assert observations.remarks == remark


LONG_HINT = "a long file has country,indicator,value; a wide one country and a column an indicator"
COMMAS = "save the table as CSV with commas, and with a point in decimals"
DOUBLE = "put the whole cell in quotes and double the quotes inside it"
COUNTRY = (
    "write the three-letter code of ISO 3166-1, as SRB for Serbia;"
    " a part of a country is declared under [entities] in the rules"
)
WORKBOOK = "save it as “CSV UTF-8” and use that file"

BAD = {
    "an unknown country": (
        HEADER + SRB + "Serbai,debt,1,,,,\n",
        ['3:1: unknown-country: "Serbai" is not a country or declared entity; did you mean SRB (Serbia)?'],
    ),
    "a country like no other": (
        HEADER + "QQQ,debt,1,,,,\n",
        [f'2:1: unknown-country: "QQQ" is not a country or declared entity; {COUNTRY}'],
    ),
    "no country": (HEADER + ",debt,1,,,,\n", [f"2:1: unknown-country: no country; {COUNTRY}"]),
    "an unknown indicator": (
        HEADER + "SRB,debbt,1,,,,\n",
        ['2:5: unknown-indicator: "debbt" is not an indicator of the rules; did you mean "debt"?'],
    ),
    "no indicator": (
        HEADER + "SRB,,1,,,,\n",
        ["2:5: unknown-indicator: no indicator; write the name of one that the rules declare"],
    ),
    "an unknown word": (
        HEADER + "SRB,vendor,Hauwei,,,,\nALB,vendor,Samsung,,,,\n",
        [
            '2:12: unknown-value: vendor: "Hauwei" is not one of Huawei, ZTE, Ericsson; did you mean "Huawei"?',
            '3:12: unknown-value: vendor: "Samsung" is not one of Huawei, ZTE, Ericsson;'
            " write one of these, or add the word to the rules",
        ],
    ),
    "an unreadable number": (
        HEADER + 'SRB,debt,"16,5",,,,\n',
        ['2:10: unreadable-number: debt: "16,5" is not a number; write 16.5 with a point'],
    ),
    "two unreadable values of one claim": (
        HEADER + "SRB,debt,a,,,,\nSRB,debt,b,,,,\n",
        [
            '2:10: unreadable-number: debt: "a" is not a number; write digits with a point, or >=40, <=5, 10..15, ~20',
            '3:10: unreadable-number: debt: "b" is not a number; write digits with a point, or >=40, <=5, 10..15, ~20',
            '3:10: duplicate: SRB debt: "b" here and "a" on line 2, of one source and date;'
            " correct or remove one of them",
        ],
    ),
    "a wide country twice": (
        "iso3,debt\nSRB,3\nsrb,4\n",
        ['3:5: duplicate: SRB debt: "4" here and "3" on line 2, of one source and date; correct or remove one of them'],
    ),
    "a wide key twice": (
        "iso3,iso3,debt\nSRB,SRB,3\n",
        ['1:6: duplicate-column: column "iso3" a second time; keep one of them'],
    ),
    "a wide file with a source that is none": (
        "iso3,debt,source\nSRB,3,birn-1066\n",
        ['2:7: unknown-source: "birn-1066" is not a source of the rules; did you mean "birn-2021"?'],
    ),
    "a wide file with a year": (
        "iso3,debt,year\nSRB,3,2021\n",
        ['1:11: unknown-indicator: column "year" is not an indicator of the rules; did you mean "as_of"?'],
    ),
    "a wide file without an indicator": (
        "iso3,country\nSRB,Serbia\n",
        ["1:1: missing-column: no column with an indicator; name the columns after indicators"],
    ),
    "an unknown source": (
        HEADER + "SRB,debt,1,,birn-2012,,\nSRB,law,yes,,Our Own,,\nSRB,memo,x,,ours,,\n",
        [
            '2:13: unknown-source: "birn-2012" is not a source of the rules; did you mean "birn-2021"?',
            '3:14: unknown-source: "Our Own" is not a source of the rules; write the id of one of the sources',
            '4:13: unknown-source: "ours" is not a source of the rules; add [sources.ours] to the rules',
        ],
    ),
    "an unknown confidence": (
        HEADER + "SRB,debt,1,,,sure,\n",
        ['2:14: unknown-confidence: "sure" is not a confidence; write high, medium or low'],
    ),
    "a bad date": (
        HEADER + "SRB,debt,1,12/03/2022,,,\n",
        ['2:12: unreadable-date: "12/03/2022" is not a date; write YYYY, YYYY-MM or YYYY-MM-DD'],
    ),
    "several mistakes in one row": (
        BOM + (HEADER + '"SRBB","vendor","Hu",22,x,y,z\n').encode(),
        [
            f'2:1: unknown-country: "SRBB" is not a country or declared entity; {COUNTRY}',
            '2:17: unknown-value: vendor: "Hu" is not one of Huawei, ZTE, Ericsson;'
            " write one of these, or add the word to the rules",
            '2:22: unreadable-date: "22" is not a date; write YYYY, YYYY-MM or YYYY-MM-DD',
            '2:25: unknown-source: "x" is not a source of the rules; add [sources.x] to the rules',
            '2:27: unknown-confidence: "y" is not a confidence; write high, medium or low',
        ],
    ),
    "a mistake in the header after a byte order mark": (
        BOM + b"country,indicator,vlaue\n",
        ['1:19: unknown-column: column "vlaue" is not known; did you mean "value"?'],
    ),
}


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_a_file_is_refused_with_the_place_and_what_to_do(text: str | bytes, expected: list[str]) -> None:
    assert refusal(text) == expected


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_every_refusal_says_what_to_do_in_characters_that_print(text: str | bytes, expected: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        reading(text)
    assert all(problem.hint for problem in caught.value.findings)
    assert str(caught.value).replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("text", "total", "last"),
    [
        pytest.param(
            HEADER + "".join(f"SRB,vendor,bad{n},{1900 + n},,,\n" for n in range(75)), 75, 51, id="each another text"
        ),
        pytest.param(
            HEADER + "".join(f"SRB,vendor,bad,{1900 + n},,,\n" for n in range(75)), 75, 51, id="the same text"
        ),
        pytest.param(HEADER + "".join(f"Q{n:03},debt,1,,,,\n" for n in range(300)), 300, 51, id="another column"),
        pytest.param(HEADER + SRB + "x\n" * 75, 75, 52, id="ragged rows"),
        pytest.param(HEADER + SRB * 76, 75, 52, id="duplicates"),
    ],
)
def test_fifty_problems_are_shown_and_all_are_counted(text: str, total: int, last: int) -> None:
    with pytest.raises(InvalidInput) as caught:
        reading(text)
    problems = caught.value.findings
    assert (len(problems), caught.value.total) == (50, total)
    assert [problem.line for problem in problems] == list(range(last - 49, last + 1))
    assert str(caught.value).endswith(f"… and {total - 50} more problems, {total} in all")


def test_those_shown_are_the_first_of_the_file_whatever_their_kind() -> None:
    early = "".join(f"SRB,debt,1,{1900 + n},,sure,\n" for n in range(40))
    late = "".join(f"QQQ,debt,1,{1900 + n},,,\n" for n in range(40))
    with pytest.raises(InvalidInput) as caught:
        reading(HEADER + early + late)
    assert [problem.line for problem in caught.value.findings] == list(range(2, 52))
    assert caught.value.total == 80


def test_wide_rows_may_be_longer_than_a_cell_may() -> None:
    notes = ",".join(f"n{n}" for n in range(400))
    rulebook = load_rulebook((RULES + "".join(f"[context.n{n}]\n" for n in range(400))).encode())
    text = f"iso3,{notes}\nSRB," + ",".join("x" * 100 for _ in range(400)) + '\nALB,"q"' + ",y" * 399 + "\n"
    assert len(read_observations(text.encode(), rulebook).claims) == 800


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LARGEST_FILE", 1000)
    hint = "at most 1,000; leave out what the rules do not read, or split the file"
    assert refusal(HEADER + SRB * 50) == [f"too-large: {len(HEADER + SRB * 50):,} bytes; {hint}"]


def test_more_cells_than_memory_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_CELLS", 300)
    assert len(reading(HEADER + SRB).claims) == 1
    hint = "leave out what the rules do not read, or split the file"
    assert refusal(HEADER + SRB * 50) == [f"too-large: more than 300 cells and lines; {hint}"]


def test_an_entity_of_no_country_is_refused() -> None:
    rulebook = load_rulebook(RULES.replace('"BIH"', '"BOS"').encode())
    with pytest.raises(ExposureError, match=r'entities\.BA-SRP\.part_of: "BOS" is not the code of a country; write'):
        read_observations((HEADER + SRB).encode(), rulebook)


def test_the_file_is_called_by_its_name() -> None:
    with pytest.raises(InvalidInput, match=r"^our\\x1b\.csv: empty-file: "):
        read_observations(b"", RULEBOOK, "our\x1b.csv")


CELL = st.one_of(
    st.sampled_from(["SRB", "Serbia", "debt", "vendor", "Huawei", "3", ">=4", "2022", "birn-2021", "", " ", "high"]),
    st.text(max_size=5),
    st.text(alphabet=',"\n\r;\t \x0c\ufeffé', max_size=5),
)
ROW = st.lists(CELL, min_size=1, max_size=8).map(",".join)
LINES = st.lists(ROW, max_size=6).map("\n".join)
START = st.sampled_from([HEADER, HEADER.replace("\n", "\r\n"), "country,indicator,value\r", "iso3,debt,law\n", "\n"])


def settles(data: bytes) -> None:
    try:
        lines = reading(data).claims["line"].tolist()
    except ExposureError as error:
        said = str(error)
    else:
        # Claims come in the order of the file, each from a line that there is, below the header.
        assert lines == sorted(lines)
        assert all(1 < line <= len(data.splitlines()) for line in lines)
        return
    assert said.startswith("indicators.csv:")
    assert said.replace("\n", "").isprintable()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    settles(data)


@given(START, st.binary(max_size=100))
def test_any_bytes_after_a_header_are_read_or_refused(start: str, data: bytes) -> None:
    settles(start.encode() + data)


@settings(max_examples=200)
@given(START, LINES)
def test_any_lines_after_a_header_are_read_or_refused(start: str, lines: str) -> None:
    settles((start + lines).encode("utf-8", "surrogatepass"))


NOTE = st.text(alphabet='ab,;"\n é\u2028\x0b', max_size=12)
KEY = st.tuples(
    st.sampled_from(["SRB", "ALB", "XKX", "BA-SRP"]),
    st.sampled_from(["debt", "memo"]),
    st.sampled_from(["", "2020", "2021-05", "2021-05-31"]),
    st.sampled_from(["", "birn-2021", "miral-2025"]),
)
ROWS = st.dictionaries(
    KEY, st.tuples(st.sampled_from(["1", "2.50", "~3", ""]), st.sampled_from(["", "low", "high"]), NOTE), max_size=8
).map(lambda rows: [(c, i, v, d, s, sure, note) for (c, i, d, s), (v, sure, note) in rows.items()])


def written(rows: list[tuple[str, ...]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([LONG, *rows])
    return out.getvalue().encode()


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: list[tuple[str, ...]], random: object) -> None:
    mixed = list(rows)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    columns = [*LONG, "low", "high", "day", "precision", "sure"]

    def known(text: bytes) -> set[tuple[str, ...]]:
        return {tuple(map(str, claim)) for claim in claims(text, *columns)}

    found = known(written(rows))
    assert found == known(written(mixed))
    assert len(found) == len(rows)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(ROWS, st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 8), max_size=4))
def test_a_claim_stands_on_the_line_where_csv_finds_it(
    rows: list[tuple[str, ...]], end: str, blanks: list[int]
) -> None:
    padded: list[tuple[str, ...]] = list(rows)
    for at in blanks:
        padded.insert(min(at, len(padded)), ("",) * len(LONG))
    text = written(padded)
    expected, before = [], 0
    reader = csv.reader(io.StringIO(text.decode(), newline=""))
    for row in reader:
        if before and any(row):
            expected.append((row[0], row[-1].strip(), before + 1))
        before = reader.line_num
    assert claims(text.replace(b"\n", end.encode()), "country", "note", "line") == expected


@given(ROWS)
def test_what_is_written_is_what_is_read(rows: list[tuple[str, ...]]) -> None:
    found = claims(written(rows), *LONG)
    assert found == [tuple(cell.strip() for cell in row) for row in rows]


def spelt(cell: str) -> str:
    """The cell as the csv module writes it among others."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow([cell, ""])
    return out.getvalue()[:-2]


def laid_out(rows: list[tuple[str, ...]], end: str, mark: str) -> tuple[str, list[list[tuple[int, int]]]]:
    """The rows as CSV, and the line and character of every cell, counted in the text itself."""
    text, places = mark, []
    for row in rows:
        places.append([])
        for at, cell in enumerate(row):
            text += "," * bool(at)
            before = text.removeprefix(mark).replace("\r\n", "\n").replace("\r", "\n").split("\n")
            places[-1].append((len(before), len(before[-1]) + 1))
            text += spelt(cell).replace("\n", end)
        text += end
    return text, places


ENDS, MARKS = st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["", "\ufeff"])


@given(ROWS, ENDS, MARKS, st.permutations(range(len(LONG))), st.integers(0, 3))
def test_every_cell_of_a_claim_has_its_place(
    rows: list[tuple[str, ...]], end: str, mark: str, order: list[int], blanks: int
) -> None:
    shuffled = [tuple(row[at] for at in order) for row in [LONG, *rows]]
    shuffled[1:1] = [("",) * len(LONG)] * blanks
    text, places = laid_out(shuffled, end, mark)
    assert [tuple(row) for row in csv.reader(io.StringIO(text.removeprefix(mark), newline=""))] == [
        tuple(cell.replace("\n", end) for cell in row) for row in shuffled
    ]
    observations = reading(text)
    for claim, expected in enumerate(places[1 + blanks :]):
        assert [observations.place(claim, LONG[at]) for at in order] == expected
        assert observations.claims["line"][claim] == expected[0][0]


@given(
    st.lists(st.tuples(st.sampled_from(["", "1", "~2"]), NOTE, st.sampled_from(["", "no"])), min_size=1, max_size=5),
    ENDS,
    MARKS,
)
def test_the_value_of_a_wide_claim_is_the_cell_of_its_indicator(
    rows: list[tuple[str, str, str]], end: str, mark: str
) -> None:
    header = ("name", "debt", "memo", "iso3", "as_of", "law")
    years = range(2000, 2000 + len(rows))
    lines = [("Serbia", debt, memo, "SRB", str(year), law) for (debt, memo, law), year in zip(rows, years, strict=True)]
    text, places = laid_out([header, *lines], end, mark)
    observations = reading(text)
    expected = [
        (row[0], row[at], row[3], row[4], row[0])
        for cells, row in zip(lines, places[1:], strict=True)
        for at in (1, 2, 5)
        if cells[at].strip()
    ]
    found = [
        tuple(observations.place(claim, name) for name in ("note", "value", "country", "as_of", "indicator"))
        for claim in range(len(observations))
    ]
    assert found == expected


def test_a_column_that_the_file_has_not_is_where_the_row_starts() -> None:
    observations = reading(BOM + b'\nvalue,indicator,country\n\n"3",debt,SRB\n')
    assert [observations.place(0, name) for name in LONG] == [(4, 10), (4, 5), (4, 1), *[(4, 1)] * 4]


LABELS = """
[index]
title = "T"
edition = "1"
[dimensions.d]
[rules.debt]
label = "Chinese debt"
dimension = "d"
kind = "number"
goalposts = [0, 1]
[rules.arms]
label = "Weapons"
dimension = "d"
kind = "flag"
[rules.drills]
label = "Weapons"
dimension = "d"
kind = "flag"
[sources.a]
title = "A"
"""


def test_a_wide_file_names_columns_by_labels_and_a_source_and_confidence_for_the_row() -> None:
    text = "country,Chinese DEBT,drills,source,confidence,as_of\nSRB,3,yes,a,High,2020\nMNE,,no,,,\n"
    claims = read_observations(text.encode(), load_rulebook(LABELS.encode())).claims
    assert claims[["country", "indicator", "value", "source", "confidence", "as_of"]].to_numpy().tolist() == [
        ["SRB", "debt", "3", "a", "high", "2020"],
        ["SRB", "drills", "yes", "a", "high", "2020"],
        ["MNE", "drills", "no", "", "", ""],
    ]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        pytest.param("country,Weapons", 'column "Weapons" is arms as well as drills', id="two indicators of one label"),
        pytest.param("country,debt,Chinese debt", "is debt, which another column is too", id="twice"),
    ],
)
def test_a_label_that_does_not_name_one_column_is_refused(head: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_observations(f"{head}\nSRB{',1' * head.count(',')}\n".encode(), load_rulebook(LABELS.encode()))
