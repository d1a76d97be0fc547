"""What people and machines put into a file called indicators.csv: each is read for what it plainly is, or refused.

Every refusal has its physical line and character, and tells somebody who knows spreadsheets what to do.
"""

from __future__ import annotations

import csv
import gzip
import io
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from reading_files import ALB, BOM, HEADER, RULES, SHORT, SRB, TWO, claims, reading, refusal

from exposure.errors import InvalidInput, printable
from exposure.observations import loading
from exposure.observations.model import LONG

ACCEPTED = {
    "a byte order mark": (BOM + (HEADER + SRB + ALB).encode(), TWO),
    "a byte order mark before a quote": (BOM + ('"country"' + HEADER[7:] + SRB + ALB).encode(), TWO),
    "CRLF": ((HEADER + SRB + ALB).replace("\n", "\r\n"), TWO),
    "CR": ((HEADER + SRB + ALB).replace("\n", "\r"), TWO),
    "mixed line ends": (HEADER.replace("\n", "\r\n") + SRB.replace("\n", "\r") + ALB, TWO),
    "blank lines": (
        "\n\n" + HEADER + "\n" + SRB + "   \n\t\n" + ALB + "\n\n",
        [("SRB", "vendor", "Huawei", 5), ("ALB", "vendor", "ZTE", 8)],
    ),
    "a form feed on a line of its own": (
        HEADER + SRB + "\f\n" + ALB,
        [("SRB", "vendor", "Huawei", 2), ("ALB", "vendor", "ZTE", 4)],
    ),
    "rows of only commas": (
        HEADER + ",,,,,,\n" + SRB + ",,,,,,\n" + ALB + ",,,,,,\n,,,,,,",
        [("SRB", "vendor", "Huawei", 3), ("ALB", "vendor", "ZTE", 5)],
    ),
    "rows of commas, blanks and empty quotes": (
        HEADER + ' , ,,,,,\n"","","","","","",""\n' + SRB,
        [("SRB", "vendor", "Huawei", 4)],
    ),
    "quoted newlines, commas and quotes": (
        HEADER + 'SRB,vendor,"Huawei",2022,,,"a, b\n""c""\n\nd"\n' + ALB,
        [("SRB", "vendor", "Huawei", 2), ("ALB", "vendor", "ZTE", 6)],
    ),
    "a header in capitals, with blanks": (" Country , INDICATOR,Value\n SRB , vendor , Huawei \n", [TWO[0]]),
    "Namibia": ("country,indicator,value\nNAM,debt,3\n", [("NAM", "debt", "3", 2)]),
    "text that looks like nothing": ("country,indicator,value\nSRB,memo,NA\n", [("SRB", "memo", "NA", 2)]),
    "a header and nothing else": (HEADER, []),
    "a header without an end": (HEADER.strip(), []),
    "a wide header and nothing else": ("iso3,debt\n", []),
    "columns without a name and without a cell": (
        SHORT.replace("\n", ",,,\n") + "SRB,debt,1,,,\n",
        [("SRB", "debt", "1", 2)],
    ),
    "a wide column without a name and without a cell": (
        "iso3,debt,\nSRB,1,\n",
        [("SRB", "debt", "1", 2)],
    ),
    "every cell in quotes": (
        '"country","indicator","value"\r\n"SRB","debt","1"\r\n',
        [("SRB", "debt", "1", 2)],
    ),
    "blanks of every kind around a key": (
        SHORT + "\u00a0SRB\u2003,\tdebt , 1\u3000\n",
        [("SRB", "debt", "1", 2)],
    ),
    "a flag in any letters": (
        SHORT + "SRB,law,YES\nALB,law,No\n",
        [("SRB", "law", "yes", 2), ("ALB", "law", "no", 3)],
    ),
    "words in any letters": (
        SHORT + "SRB,vendor,huawei ; ZTE\n",
        [("SRB", "vendor", "Huawei;ZTE", 2)],
    ),
    "an accent as one character and as two": (
        SHORT + "Co\u0302te d’Ivoire,debt,1\nC\u00f4te d’Ivoire,law,yes\nCIV,memo,cafe\u0301\n",
        [("CIV", "debt", "1", 2), ("CIV", "law", "yes", 3), ("CIV", "memo", "café", 4)],
    ),
    "places by all their names": (
        SHORT + "XKX,debt,1\n"
        "Kosovo*,law,yes\n"
        "Kosovo,memo,x\n"
        "Kosovo (UNSCR 1244),vendor,ZTE\n"
        "Taiwan,debt,2\n"
        '"Taiwan, Province of China",law,no\n'
        "Chinese Taipei,memo,x\n"
        "Palestine,debt,3\n"
        "State of Palestine,law,no\n"
        "West Bank and Gaza,memo,x\n"
        "Vatican,debt,4\n"
        "Holy See,law,no\n"
        "Vatican City,memo,x\n",
        [
            ("XKX", "debt", "1", 2),
            ("XKX", "law", "yes", 3),
            ("XKX", "memo", "x", 4),
            ("XKX", "vendor", "ZTE", 5),
            ("TWN", "debt", "2", 6),
            ("TWN", "law", "no", 7),
            ("TWN", "memo", "x", 8),
            ("PSE", "debt", "3", 9),
            ("PSE", "law", "no", 10),
            ("PSE", "memo", "x", 11),
            ("VAT", "debt", "4", 12),
            ("VAT", "law", "no", 13),
            ("VAT", "memo", "x", 14),
        ],
    ),
    "Namibia's code as a word": (
        SHORT + "NAM,memo,NA\nNAM,debt,2\n",
        [("NAM", "memo", "NA", 2), ("NAM", "debt", "2", 3)],
    ),
    "words for nothing where any text may stand": (
        SHORT + "SRB,memo,None\nALB,memo,N/A\nMNE,memo,-\nXKX,memo,?\nMKD,memo,nan\n",
        [
            ("SRB", "memo", "None", 2),
            ("ALB", "memo", "N/A", 3),
            ("MNE", "memo", "-", 4),
            ("XKX", "memo", "?", 5),
            ("MKD", "memo", "nan", 6),
        ],
    ),
    "formulas, markup and commands where any text may stand": (
        SHORT + "SRB,memo,=1+1\n"
        "ALB,memo,[bold]x[/bold]\n"
        "MNE,memo,<b>x</b>\n"
        "XKX,memo,**x** @user\n"
        "MKD,memo,::error::x\n",
        [
            ("SRB", "memo", "=1+1", 2),
            ("ALB", "memo", "[bold]x[/bold]", 3),
            ("MNE", "memo", "<b>x</b>", 4),
            ("XKX", "memo", "**x** @user", 5),
            ("MKD", "memo", "::error::x", 6),
        ],
    ),
    "figures at the ends of what may be": (
        SHORT + "SRB,debt,0\nALB,debt,300\nMNE,debt,1e-400\nXKX,debt,+5\nMKD,debt,3E2\n",
        [
            ("SRB", "debt", "0", 2),
            ("ALB", "debt", "300", 3),
            ("MNE", "debt", "1e-400", 4),
            ("XKX", "debt", "+5", 5),
            ("MKD", "debt", "3E2", 6),
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_file_is_read_for_what_it_plainly_is(text: str | bytes, expected: list[tuple[object, ...]]) -> None:
    assert claims(text) == expected


LONG_HINT = "a long file has country,indicator,value; a wide one country and a column an indicator"
COMMAS = "save the table as CSV with commas, and with a point in decimals"
DOUBLE = "put the whole cell in quotes and double the quotes inside it"
COUNTRY = (
    "write the three-letter code of ISO 3166-1, as SRB for Serbia;"
    " a part of a country is declared under [entities] in the rules"
)
NOTHING = "leave the cell empty where it is unknown, and say in the note what was looked for"
WORKBOOK = "save it as “CSV UTF-8” and use that file"

REFUSED = {
    "an empty file": ("", ["empty-file: nothing in it; the first line names the columns"]),
    "blanks only": (" \n\t\r\n ", ["empty-file: nothing in it; the first line names the columns"]),
    "a byte order mark only": (BOM, ["empty-file: nothing in it; the first line names the columns"]),
    "a two-letter code, that of Namibia": (
        "country,debt\nNA,1\n",
        [
            '2:1: unknown-country: "NA" is not a country or declared entity;'
            " NA is the two-letter code of NAM (Namibia); write NAM"
        ],
    ),
    "a number out of range": (
        HEADER + "SRB,debt,1320,,,,\n",
        ['2:10: out-of-range: debt: "1320" is outside 0 to 300; check the unit'],
    ),
    "the same claim twice": (
        HEADER + SRB + ALB + SRB,
        ["4:12: duplicate: SRB vendor: the same claim as on line 2; remove one of them"],
    ),
    "two values of one claim": (
        HEADER + SRB + SRB.replace("Huawei", "ZTE"),
        [
            '3:12: duplicate: SRB vendor: "ZTE" here and "Huawei" on line 2, of one source and date;'
            " correct or remove one of them"
        ],
    ),
    "the same claim under an alias and in other capitals": (
        HEADER + SRB + SRB.replace("SRB", "Serbia").replace("Huawei", "HUAWEI"),
        ["3:15: duplicate: SRB vendor: the same claim as on line 2; remove one of them"],
    ),
    "no header": (
        SRB + ALB,
        [
            '1:1: missing-header: the first line, "SRB,vendor,Huawei,2022,birn-2021,high,", is data and not the names'
            " of the columns; put a line above it that names the columns, as " + ",".join(LONG)
        ],
    ),
    "a header without a country": (
        "place,debt\nSRB,1\n",
        [f'1:1: missing-column: no column "country" in the first line; {LONG_HINT}'],
    ),
    "no country column": (
        "indicator,value\ndebt,1\n",
        ['1:1: missing-column: no column "country" in the first line; add it'],
    ),
    "no value column": (
        "country,indicator\nSRB,debt\n",
        ['1:1: missing-column: no column "value" in the first line; add it'],
    ),
    "a misspelt value column": (
        "country,indicator,vlaue\nSRB,debt,1\n",
        ['1:19: unknown-column: column "vlaue" is not known; did you mean "value"?'],
    ),
    "a misspelt country column below blank lines": (
        "\n\ncountri,indicator,value\nSRB,debt,1\n",
        ['3:1: unknown-column: column "countri" is not known; did you mean "country"?'],
    ),
    "a misspelt source column, and a cell": (
        "country,indicator,value,sorce\nSRB,debt,1,birn-2021\nSRB,debt,2,miral-2025\nSRB,law,maybe,\n",
        [
            '1:25: unknown-column: column "sorce" is not known; did you mean "source"?',
            '4:9: unknown-value: law: "maybe" is not one of yes, no; write yes or no',
        ],
    ),
    "a column twice": (
        "country,indicator,value,Value\nSRB,debt,1,2\n",
        ['1:25: duplicate-column: column "Value" a second time; keep one of them'],
    ),
    "a wide column without a name": (
        "iso3,debt,,law\nSRB,3,x,yes\n",
        [
            "1:11: unknown-column: a column without a name, in which line 2 has a cell; name the column in the first"
            " line, or remove it"
        ],
    ),
    "a column without a name": (
        "country,,indicator,value\n\nSRB,,debt,1\nSRB,x,debt,1\n",
        [
            "1:9: unknown-column: a column without a name, in which line 4 has a cell; name the column in the first"
            " line, or remove it",
        ],
    ),
    "a misspelt wide column": (
        "iso3,debbt,law\nSRB,3,yes\n",
        ['1:6: unknown-indicator: column "debbt" is not an indicator of the rules; did you mean "debt"?'],
    ),
    "a wide column twice": (
        "iso3,debt,law,DEBT\nSRB,3,yes,4\n",
        ['1:15: duplicate-column: column "DEBT" a second time; keep one of them'],
    ),
    "a name that disagrees with its code": (
        "iso3,country,debt\nSRB,Serbia,3\nALB,Croatia,4\n",
        ['3:5: name-disagrees: "Croatia" is not ALB (Albania); correct the code or the name'],
    ),
    "ragged rows after quoted newlines": (
        HEADER + 'SRB,vendor,Huawei,2022,,,"a\nb\nc"\nALB,vendor,ZTE\nMNE,vendor,ZTE,2020,,,x,y\n',
        [
            '5:1: ragged-row: 3 cells, the header has 7: "ALB,vendor,ZTE"; add the missing commas',
            '6:1: ragged-row: 8 cells, the header has 7: "MNE,vendor,ZTE,2020,,,x,y";'
            " a cell that holds a comma needs quotes",
        ],
    ),
    "a quote that is never closed": (
        HEADER + SRB + 'ALB,vendor,ZTE,,,"abc\nMNE,vendor,ZTE,,,,\n',
        ["3:18: unclosed-quote: a quote that is opened here and never closed; close the cell with a quote"],
    ),
    "a quote that is never closed, with doubled ones after it": (
        HEADER + 'ALB,vendor,ZTE,,,,"say ""so""\nMNE,vendor,ZTE,,,,\n',
        ["2:19: unclosed-quote: a quote that is opened here and never closed; close the cell with a quote"],
    ),
    "a quote inside a cell": (
        HEADER + 'SRB,vendor,Huawei,,,,a "b" c\n',
        [f"2:24: stray-quote: a quote inside a cell that is not quoted; {DOUBLE}"],
    ),
    "text after a closing quote": (
        HEADER + 'SRB,vendor,Huawei,,,,"a\n" b\n',
        [f"3:1: stray-quote: text after the quote that closes the cell opened at 2:22; {DOUBLE}"],
    ),
    "a NUL": (
        HEADER + "SRB,vendor,Hua\0wei,,,,\n",
        ["2:15: nul-byte: a NUL character, which no text holds; remove it"],
    ),
    "UTF-16": ((HEADER + SRB).encode("utf-16"), ["not-csv: UTF-16 text; save it as UTF-8"]),
    "UTF-16 without a mark": (
        (HEADER + SRB).encode("utf-16-le"),
        ["1:2: nul-byte: a NUL character, which no text holds; save it as UTF-8, in a spreadsheet as “CSV UTF-8”"],
    ),
    "Latin-1, after CR and CRLF": (
        (HEADER.replace("\n", "\r\n") + SRB.replace("\n", "\r") + "MNE,memo,café,,,,\n").encode("latin-1"),
        ["3:13: not-utf-8: byte 0xe9 is not UTF-8; save the file as UTF-8, in a spreadsheet as “CSV UTF-8”"],
    ),
    "semicolons": (
        (HEADER + "SRB;debt;16,5\n").replace(",", ";", 6),
        [f"1:1: not-commas: the columns are separated by semicolons; {COMMAS}"],
    ),
    "tabs": ((HEADER + SRB).replace(",", "\t"), [f"1:1: not-commas: the columns are separated by tabs; {COMMAS}"]),
    "a remark above the header": (
        "# ours\n" + HEADER + SRB,
        ['1:1: not-a-header: "# ours" where the names of the columns should be; remove this line'],
    ),
    "a line for spreadsheets above the header": (
        "sep=,\n" + HEADER + SRB,
        ['1:1: not-a-header: "sep=" where the names of the columns should be; remove this line'],
    ),
    "a workbook": (b"PK\x03\x04rest", [f"not-csv: a spreadsheet workbook, not CSV; {WORKBOOK}"]),
    "an old workbook": (b"\xd0\xcf\x11\xe0rest", [f"not-csv: an old spreadsheet workbook, not CSV; {WORKBOOK}"]),
    "a web page": (
        "\n<!DOCTYPE html><html>",
        ["not-csv: a web page, not CSV; download the file itself, not the page that shows it"],
    ),
    "JSON": (
        '[{"country": "SRB"}]',
        ["not-csv: JSON or TOML, not CSV; export the table as CSV; -i names the observations, -r the rules"],
    ),
    "gzip": (gzip.compress(b"x"), ["not-csv: a gzip archive, not CSV; unpack it first"]),
    "a pointer of Git LFS": (
        "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        ["not-csv: a Git LFS pointer, not the file it stands for; run git lfs pull"],
    ),
    "a merge conflict": (
        HEADER + SRB + "<<<<<<< HEAD\n" + ALB + "=======\n" + ALB + ">>>>>>> theirs\n",
        ["3:1: merge-conflict: an unresolved merge conflict; keep one side and remove the marks"],
    ),
    "too many columns": (
        "country" + ",x" * 1000 + "\n",
        ["1:1: too-wide: 1,001 columns; at most 1,000 columns; write one claim a line, under country,indicator,value"],
    ),
    "a cell over 32 kB": (
        HEADER + SRB + f"ALB,memo,x,,,,{'é' * 16_001}\n",
        ["3:15: cell-too-long: a cell of more than 32,000 bytes; shorten it"],
    ),
    "a quoted cell over 32 kB, full of quotes": (
        HEADER + 'ALB,memo,"' + '""x' * 20_000 + '",,,,\n',
        ["2:10: cell-too-long: a cell of more than 32,000 bytes; shorten it"],
    ),
    "a header cell over 32 kB": (
        HEADER.strip() + "," + "x" * 32_001 + "\n" + SRB,
        ["1:54: cell-too-long: a cell of more than 32,000 bytes; shorten it"],
    ),
    "escapes, turns and nothings in every cell": (
        HEADER + "\x1b[31mSRB,ven\u202edor,1,\u2066,\u200bx,\x9b,\n",
        [
            f'2:1: unknown-country: "\\x1b[31mSRB" is not a country or declared entity; {COUNTRY}',
            '2:10: unknown-indicator: "ven\\u202edor" is not an indicator of the rules; did you mean "vendor"?',
            '2:20: unreadable-date: "\\u2066" is not a date; write YYYY, YYYY-MM or YYYY-MM-DD',
            '2:22: unknown-source: "\\u200bx" is not a source of the rules; write the id of one of the sources',
            '2:25: unknown-confidence: "\\x9b" is not a confidence; write high, medium or low',
        ],
    ),
    "escapes in a header and a ragged row": (
        "country,debt\nSRB,\x1b]8;;http://x\x07,1\n",
        [
            '2:1: ragged-row: 3 cells, the header has 2: "SRB,\\x1b]8;;http://x\\x07,1";'
            " a cell that holds a comma needs quotes"
        ],
    ),
    "a European export, semicolons and decimal commas": (
        "country;indicator;value\r\nSRB;debt;16,5\r\n",
        [
            "1:1: not-commas: the columns are separated by semicolons; save the table as CSV with commas, and"
            " with a point in decimals",
        ],
    ),
    "semicolons under a header of commas": (
        SHORT + "SRB;debt;16.5\n",
        [
            '2:1: ragged-row: 1 cell, the header has 3: "SRB;debt;16.5"; put commas between the cells, as in'
            " the first line",
        ],
    ),
    "bars, as in Markdown": (
        "| country | indicator | value |\n|---|---|---|\n| SRB | debt | 1 |\n",
        [
            "1:1: not-commas: the columns are separated by bars; save the table as CSV with commas, and with"
            " a point in decimals",
        ],
    ),
    "blanks between the columns": (
        "country indicator value\nSRB debt 1\n",
        [
            '1:1: missing-column: no column "country" in the first line; a long file has'
            " country,indicator,value; a wide one country and a column an indicator",
        ],
    ),
    "a decimal comma that splits the cell": (
        SHORT + "SRB,debt,16,5\n",
        [
            '2:1: ragged-row: 4 cells, the header has 3: "SRB,debt,16,5"; write decimals with a point; a cell'
            " that holds a comma needs quotes",
        ],
    ),
    "a decimal comma": (
        SHORT + 'SRB,debt,"16,5"\n',
        [
            '2:10: unreadable-number: debt: "16,5" is not a number; write 16.5 with a point',
        ],
    ),
    "Windows-1252": (
        (SHORT + "SRB,memo,5 €\n").encode("cp1252"),
        [
            "2:12: not-utf-8: byte 0x80 is not UTF-8; save the file as UTF-8, in a spreadsheet as “CSV UTF-8”",
        ],
    ),
    "UTF-16, the other end first": (
        (HEADER + SRB).encode("utf-16-be"),
        [
            "1:1: nul-byte: a NUL character, which no text holds; save it as UTF-8, in a spreadsheet as “CSV UTF-8”",
        ],
    ),
    "UTF-32": (
        (HEADER + SRB).encode("utf-32"),
        [
            "not-csv: UTF-32 text; save it as UTF-8",
        ],
    ),
    "a name garbled by a change of encoding": (
        SHORT + "CÃ´te dâ€™Ivoire,debt,1\nRepublika SrpskÃ¡,debt,1\n",
        [
            '2:1: unknown-country: "CÃ´te dâ€™Ivoire" is not a country or declared entity; its letters were'
            " garbled by a change of encoding: write CIV",
            '3:1: unknown-country: "Republika SrpskÃ¡" is not a country or declared entity; its letters were'
            " garbled by a change of encoding: write BA-SRP",
        ],
    ),
    "a header of other words": (
        "iso3,variable,value,year,comment\nSRB,debt,1,2020,x\n",
        [
            '1:1: unknown-column: column "iso3" is not known; did you mean "country"?',
            '1:6: unknown-column: column "variable" is not known; did you mean "indicator"?',
            '1:21: unknown-column: column "year" is not known; did you mean "as_of"?',
            '1:26: unknown-column: column "comment" is not known; did you mean "note"?',
        ],
    ),
    "a header in the plural": (
        "country,indicators,values\nSRB,debt,1\n",
        [
            '1:9: unknown-column: column "indicators" is not known; did you mean "indicator"?',
            '1:20: unknown-column: column "values" is not known; did you mean "value"?',
        ],
    ),
    "a header with an invisible character": (
        "country\u200b,indicator,value\nSRB,debt,1\n",
        [
            '1:1: unknown-column: column "country\\u200b" is not known; did you mean "country"?',
        ],
    ),
    "a header with letters that only look alike": (
        "сountry,indicator,value\nSRB,debt,1\n",
        [
            '1:1: unknown-column: column "сountry" is not known; did you mean "country"?',
        ],
    ),
    "no header, wide": (
        "SRB,3,yes\nALB,4,no\n",
        [
            '1:1: missing-header: the first line, "SRB,3,yes", is data and not the names of the columns; put'
            " a line above it that names the columns, as country,indicator,value",
        ],
    ),
    "no header, by name, after a byte order mark": (
        BOM + b"\nSerbia,debt,3\n",
        [
            '2:1: missing-header: the first line, "Serbia,debt,3", is data and not the names of the columns;'
            " put a line above it that names the columns, as country,indicator,value",
        ],
    ),
    "a title above the header": (
        "Exposure 2026,,\n,,\n" + SHORT + "SRB,debt,1\n",
        [
            '1:1: not-a-header: "Exposure 2026" stands where the names of the columns should; remove all that'
            " is above line 3, where they are",
        ],
    ),
    "a remark between the claims": (
        SHORT + "# checked until here\nSRB,debt,1\n",
        [
            '2:1: ragged-row: 1 cell, the header has 3: "# checked until here"; remove this line; what is to'
            " be said of a claim goes into its note",
        ],
    ),
    "an unquoted comma in a note": (
        HEADER + "SRB,debt,1,2020,,,a, b\n",
        [
            '2:1: ragged-row: 8 cells, the header has 7: "SRB,debt,1,2020,,,a, b"; a cell that holds a comma'
            " needs quotes",
        ],
    ),
    "an unquoted comma in a country": (
        SHORT + "Taiwan, Province of China,debt,1\n",
        [
            '2:1: ragged-row: 4 cells, the header has 3: "Taiwan, Province of China,debt,1"; a cell that'
            " holds a comma needs quotes",
        ],
    ),
    "curly quotes around a comma": (
        SHORT + "SRB,memo,“a, b”\n",
        [
            '2:1: ragged-row: 4 cells, the header has 3: "SRB,memo,“a, b”"; a cell that holds a comma needs'
            ' straight double quotes, as in "a, b"',
        ],
    ),
    "single quotes around a comma": (
        SHORT + "SRB,memo,'a, b'\n",
        [
            "2:1: ragged-row: 4 cells, the header has 3: \"SRB,memo,'a, b'\"; a cell that holds a comma needs"
            ' straight double quotes, as in "a, b"',
        ],
    ),
    "commas at the end of a line": (
        SHORT + "SRB,debt,1,,\n",
        [
            '2:1: ragged-row: 5 cells, the header has 3: "SRB,debt,1,,"; remove the commas at the end of the'
            " line; a cell that holds a comma needs quotes",
        ],
    ),
    "too few cells after quoted line ends": (
        SHORT + 'SRB,memo,"a\r\nb\rc"\nALB,memo\n',
        [
            '5:1: ragged-row: 2 cells, the header has 3: "ALB,memo"; add the missing commas',
        ],
    ),
    "an inch mark": (
        SHORT + 'SRB,memo,5" screen\n',
        [
            "2:11: stray-quote: a quote inside a cell that is not quoted; put the whole cell in quotes and"
            " double the quotes inside it",
        ],
    ),
    "a blank before a quote": (
        SHORT + 'SRB,memo, "a, b"\n',
        [
            "2:11: stray-quote: a quote inside a cell that is not quoted; remove the blank before the quote",
        ],
    ),
    "a quote that swallows the rest": (
        SHORT + 'SRB,memo,"a\nALB,memo,b\n',
        [
            "2:10: unclosed-quote: a quote that is opened here and never closed; close the cell with a quote",
        ],
    ),
    "the same claim after quoted line ends": (
        SHORT + 'SRB,memo,"a\n\nb"\nALB,law,no\nalb,law,no\n',
        [
            "6:9: duplicate: ALB law: the same claim as on line 5; remove one of them",
        ],
    ),
    "another value under an alias": (
        SHORT + "SRB,debt,1\nSerbia,debt,2\n",
        [
            '3:13: duplicate: SRB debt: "2" here and "1" on line 2, of one source and date; correct or remove'
            " one of them",
        ],
    ),
    "one date written twice": (
        HEADER + "SRB,debt,1,2022,,,\nSRB,debt,1.0,2022 ,,,\n",
        [
            '3:10: duplicate: SRB debt: "1.0" here and "1" on line 2, of one source and date; correct or'
            " remove one of them",
        ],
    ),
    "words for nothing where a number belongs": (
        SHORT + "SRB,debt,NA\n"
        "ALB,debt,None\n"
        "MNE,debt,N/A\n"
        "XKX,debt,-\n"
        "MKD,debt,?\n"
        "HRV,debt,NaN\n"
        "SVN,debt,inf\n"
        "BGR,debt,#DIV/0!\n",
        [
            '2:10: unreadable-number: debt: "NA" is not a number; ' + NOTHING,
            '3:10: unreadable-number: debt: "None" is not a number; ' + NOTHING,
            '4:10: unreadable-number: debt: "N/A" is not a number; ' + NOTHING,
            '5:10: unreadable-number: debt: "-" is not a number; ' + NOTHING,
            '6:10: unreadable-number: debt: "?" is not a number; ' + NOTHING,
            '7:10: unreadable-number: debt: "NaN" is not a number; ' + NOTHING,
            '8:10: unreadable-number: debt: "inf" is not a number; ' + NOTHING,
            '9:10: unreadable-number: debt: "#DIV/0!" is not a number; ' + NOTHING,
        ],
    ),
    "figures as others write them": (
        SHORT + "SRB,debt,1_000\n"
        "ALB,debt,1 000\n"
        "MNE,debt,٣٤\n"
        "XKX,debt,1e400\n"
        "MKD,debt,5 %\n"
        "HRV,debt,$5\n"
        "SVN,debt,12-15\n"
        "BGR,debt,−5\n"
        "ROU,debt,0x10\n"
        "GRC,debt,=1+1\n",
        [
            '2:10: unreadable-number: debt: "1_000" is not a number; write 1000 without separators',
            '3:10: unreadable-number: debt: "1 000" is not a number; write 1000 without separators',
            '4:10: unreadable-number: debt: "٣٤" is not a number; write 34 in plain digits',
            '5:10: unreadable-number: debt: "1e400" is too large; check the figure',
            '6:10: unreadable-number: debt: "5 %" is not a number; write 5; the rule\'s definition names the unit',
            '7:10: unreadable-number: debt: "$5" is not a number; write 5; the rule\'s definition names the unit',
            '8:10: unreadable-number: debt: "12-15" is not a number; write 12..15 for a range',
            '9:10: unreadable-number: debt: "−5" is not a number; write -5 in plain digits',
            '10:10: unreadable-number: debt: "0x10" is not a number; write digits with a point, or >=40, <=5,'
            " 10..15, ~20",
            '11:10: unreadable-number: debt: "=1+1" is not a number; write the figure itself, not a formula',
        ],
    ),
    "figures out of range": (
        SHORT + "SRB,debt,-1\nALB,debt,300.01\nMNE,debt,>=301\n",
        [
            '2:10: out-of-range: debt: "-1" is outside 0 to 300; check the unit',
            '3:10: out-of-range: debt: "300.01" is outside 0 to 300; check the unit',
            '4:10: out-of-range: debt: ">=301" is outside 0 to 300; check the unit',
        ],
    ),
    "flags as others write them": (
        SHORT + "SRB,law,TRUE\nALB,law,1\nMNE,law,maybe\nXKX,law,n\nMKD,law,yes;no\nHRV,law,NA\n",
        [
            '2:9: unknown-value: law: "TRUE" is not one of yes, no; write yes',
            '3:9: unknown-value: law: "1" is not one of yes, no; write yes',
            '4:9: unknown-value: law: "maybe" is not one of yes, no; write yes or no',
            '5:9: unknown-value: law: "n" is not one of yes, no; write no',
            '6:9: unknown-value: law: "yes;no" is both; write yes or no',
            '7:9: unknown-value: law: "NA" is not one of yes, no; ' + NOTHING,
        ],
    ),
    "vendors with mistakes": (
        SHORT + "SRB,vendor,Hauwei\n"
        "ALB,vendor,Huawei/ZTE\n"
        "MNE,vendor,Huawei and ZTE\n"
        "XKX,vendor,Huawei Technologies\n"
        "MKD,vendor,Huawei;\n"
        "HRV,vendor,Huаwei\n"
        "SVN,vendor,Hua\u200bwei\n"
        "BGR,vendor,Samsung\n",
        [
            '2:12: unknown-value: vendor: "Hauwei" is not one of Huawei, ZTE, Ericsson; did you mean "Huawei"?',
            '3:12: unknown-value: vendor: "Huawei/ZTE" is not one of Huawei, ZTE, Ericsson; write Huawei;ZTE,'
            " with ; between the words of a list",
            '4:12: unknown-value: vendor: "Huawei and ZTE" is not one of Huawei, ZTE, Ericsson; write'
            " Huawei;ZTE, with ; between the words of a list",
            '5:12: unknown-value: vendor: "Huawei Technologies" is not one of Huawei, ZTE, Ericsson; did you'
            ' mean "Huawei"?',
            '6:12: unknown-value: vendor: "Huawei;" has an empty place in its list; remove a ; or write the'
            " missing word",
            '7:12: unknown-value: vendor: "Huаwei" is not one of Huawei, ZTE, Ericsson; did you mean'
            ' "Huawei"?; some of its letters are not Latin, so type it anew',
            '8:12: unknown-value: vendor: "Hua\\u200bwei" is not one of Huawei, ZTE, Ericsson; did you mean'
            ' "Huawei"?; it holds a character that cannot be seen, so type it anew',
            '9:12: unknown-value: vendor: "Samsung" is not one of Huawei, ZTE, Ericsson; write one of these,'
            " or add the word to the rules",
        ],
    ),
    "days as others write them": (
        HEADER + "SRB,debt,1,05.06.2022,,,\n"
        "ALB,debt,1,2022-13,,,\n"
        "MNE,debt,1,2023-02-29,,,\n"
        "XKX,debt,1,44562,,,\n"
        "MKD,debt,1,n/a,,,\n"
        "HRV,debt,1,２０２２,,,\n",
        [
            '2:12: unreadable-date: "05.06.2022" is not a date; write YYYY, YYYY-MM or YYYY-MM-DD',
            '3:12: unreadable-date: "2022-13" is not a date; write YYYY, YYYY-MM or YYYY-MM-DD',
            '4:12: unreadable-date: "2023-02-29" is not a date; write YYYY, YYYY-MM or YYYY-MM-DD',
            '5:12: unreadable-date: "44562" is not a date; if it is a spreadsheet\'s number for a day, write'
            " 2022-01-01",
            '6:12: unreadable-date: "n/a" is not a date; ' + NOTHING,
            '7:12: unreadable-date: "２０２２" is not a date; write YYYY, YYYY-MM or YYYY-MM-DD',
        ],
    ),
    "places by the codes of other lists": (
        SHORT + "XK,debt,1\nKOS,debt,1\nUNK,debt,1\nTW,debt,1\nPS,debt,1\nVA,debt,1\nRS,debt,1\nFYROM,debt,1\n",
        [
            '2:1: unknown-country: "XK" is not a country or declared entity; XK is the two-letter code of XKX'
            " (Kosovo); write XKX",
            '3:1: unknown-country: "KOS" is not a country or declared entity; did you mean XKX (Kosovo)?',
            '4:1: unknown-country: "UNK" is not a country or declared entity; did you mean XKX (Kosovo)?',
            '5:1: unknown-country: "TW" is not a country or declared entity; TW is the two-letter code of TWN'
            " (Taiwan); write TWN",
            '6:1: unknown-country: "PS" is not a country or declared entity; PS is the two-letter code of PSE'
            " (Palestine); write PSE",
            '7:1: unknown-country: "VA" is not a country or declared entity; VA is the two-letter code of VAT'
            " (Vatican City); write VAT",
            '8:1: unknown-country: "RS" is not a country or declared entity; RS is the two-letter code of SRB'
            " (Serbia); write SRB",
            '9:1: unknown-country: "FYROM" is not a country or declared entity; did you mean MKD (North Macedonia)?',
        ],
    ),
    "places that are no country": (
        SHORT + "Vojvodina,debt,1\nBA-BIH,debt,1\nEU,debt,1\nWorld,debt,1\nRepublic of China,debt,1\n",
        [
            '2:1: unknown-country: "Vojvodina" is not a country or declared entity; ' + COUNTRY,
            '3:1: unknown-country: "BA-BIH" is not a country or declared entity; BA-BIH is not declared under'
            " [entities] in the rules",
            '4:1: unknown-country: "EU" is not a country or declared entity; ' + COUNTRY,
            '5:1: unknown-country: "World" is not a country or declared entity; ' + COUNTRY,
            '6:1: unknown-country: "Republic of China" is not a country or declared entity; ' + COUNTRY,
        ],
    ),
    "a code and the name of another": (
        "code,country,debt\nSRB,Kosovo,1\nXKX,Serbia,2\nPRK,Korea,3\nKOR,North Korea,4\n",
        [
            '2:5: name-disagrees: "Kosovo" is not SRB (Serbia); correct the code or the name',
            '3:5: name-disagrees: "Serbia" is not XKX (Kosovo); correct the code or the name',
            '5:5: name-disagrees: "North Korea" is not KOR (South Korea); correct the code or the name',
        ],
    ),
    "invisible characters in keys": (
        SHORT + "SR\u200bB,debt,1\n\u2060SRB,law,yes\nSRB,me\u200bmo,x\n\u202eBRS,debt,1\n",
        [
            '2:1: unknown-country: "SR\\u200bB" is not a country or declared entity; it holds a character'
            " that cannot be seen: type SRB anew",
            '3:1: unknown-country: "\\u2060SRB" is not a country or declared entity; it holds a character'
            " that cannot be seen: type SRB anew",
            '4:5: unknown-indicator: "me\\u200bmo" is not an indicator of the rules; did you mean "memo"?',
            '5:1: unknown-country: "\\u202eBRS" is not a country or declared entity; ' + COUNTRY,
        ],
    ),
    "formulas where they mean nothing": (
        SHORT + "\"=cmd|' /C calc'!A0\",debt,1\nSRB,debt,=HYPERLINK(1)\n+SRB,law,yes\n",
        [
            "2:1: unknown-country: \"=cmd|' /C calc'!A0\" is not a country or declared entity; " + COUNTRY,
            '3:10: unreadable-number: debt: "=HYPERLINK(1)" is not a number; write the figure itself, not a formula',
            '4:1: unknown-country: "+SRB" is not a country or declared entity; ' + COUNTRY,
        ],
    ),
    "markup and commands in keys": (
        SHORT + "[bold]SRB[/bold],debt,1\n<b>SRB</b>,debt,1\n**SRB**,debt,1\n::error::x,debt,1\n##[error]x,debt,1\n",
        [
            '2:1: unknown-country: "[bold]SRB[/bold]" is not a country or declared entity; ' + COUNTRY,
            '3:1: unknown-country: "<b>SRB</b>" is not a country or declared entity; ' + COUNTRY,
            '4:1: unknown-country: "**SRB**" is not a country or declared entity; ' + COUNTRY,
            '5:1: unknown-country: "\\x3a:error\\x3a:x" is not a country or declared entity; ' + COUNTRY,
            '6:1: unknown-country: "\\x23#[error]x" is not a country or declared entity; ' + COUNTRY,
        ],
    ),
    "a part of a web page": (
        "<table><tr><td>country</td></tr></table>",
        [
            "not-csv: a web page, not CSV; download the file itself, not the page that shows it",
        ],
    ),
    "a rules file": (
        RULES,
        [
            "not-csv: JSON or TOML, not CSV; export the table as CSV; -i names the observations, -r the rules",
        ],
    ),
    "a picture": (
        b"\x89PNG\r\n\x1a\n\0\0",
        [
            "not-csv: a picture, not CSV; export the table it shows as CSV",
        ],
    ),
    "a formatted document": (
        b"{\\rtf1 country}",
        [
            "not-csv: a formatted document, not CSV; export the table as CSV",
        ],
    ),
    "a merge conflict, CRLF": (
        (SHORT + "SRB,debt,1\n||||||| base\nSRB,debt,2\n").replace("\n", "\r\n"),
        [
            "3:1: merge-conflict: an unresolved merge conflict; keep one side and remove the marks",
        ],
    ),
    "a merge conflict, CR": (
        (SHORT + "<<<<<<< ours\nSRB,debt,1\n=======\n").replace("\n", "\r"),
        [
            "2:1: merge-conflict: an unresolved merge conflict; keep one side and remove the marks",
        ],
    ),
    "a NUL after quoted line ends": (
        (SHORT + 'SRB,memo,"a\r\nb\rc\0"\n'),
        [
            "4:2: nul-byte: a NUL character, which no text holds; remove it",
        ],
    ),
    "a million columns": (
        "country" + "," * 1_000_000 + "\n",
        [
            "1:1: too-wide: 1,000,001 columns; at most 1,000 columns; write one claim a line, under"
            " country,indicator,value",
        ],
    ),
    "a long cell after quoted line ends": (
        SHORT + 'SRB,memo,"a\n\nb"\nALB,memo,' + "x" * 32_001 + "\n",
        [
            "5:10: cell-too-long: a cell of more than 32,000 bytes; shorten it",
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_file_is_refused_with_the_place_and_what_to_do(text: str | bytes, expected: list[str]) -> None:
    assert refusal(text) == expected


UNSEEN = "\x1b[31mred \u202ea\u2066b\u200bc\ufeff\x9b"


def test_what_cannot_be_seen_is_kept_in_a_note_and_shown_as_what_it_is() -> None:
    ((note,),) = claims(HEADER + f"SRB,debt,1,,,,{UNSEEN}\n", "note")
    assert note == UNSEEN
    assert printable(str(note)) == "\\x1b[31mred \\u202ea\\u2066b\\u200bc\\ufeff\\x9b"


@pytest.mark.parametrize(
    ("text", "remarks"),
    [
        pytest.param("x,SrpskÃ¡", ['line 2, character 12: "SrpskÃ¡" {}; was it "Srpská"?'], id="a note"),
        pytest.param("dâ€™Ivoire,", ['line 2, character 10: "dâ€™Ivoire" {}; was it "d’Ivoire"?'], id="a value"),
        pytest.param(
            "x,\nALB,memo,“CAFÉ” — Århus,\nMNE,memo,x,KoÅ¡tunica\nXKX,memo,â‚¬ 5,Ã©",
            ['line 4, character 12: "KoÅ¡tunica" {}, and so do 2 more cells; was it "Koštunica"?'],
            id="the first of several, and what only looks so",
        ),
        pytest.param("x,“CAFÉ” Ñandú Ämter Ångström", [], id="what is sound"),
    ],
)
def test_garbled_text_is_read_with_a_remark(text: str, remarks: list[str]) -> None:
    said = "looks garbled by a change of encoding"
    observations = reading(f"country,indicator,value,note\nSRB,memo,{text}\n")
    assert observations.remarks == observations.garbled == tuple(remark.replace("{}", said) for remark in remarks)


BAD_ROWS = {
    "unknown countries": "Atlantis{0},debt,1,{1},,,\n",
    "unknown indicators": "SRB,debts{0},1,{1},,,\n",
    "bad figures": "SRB,debt,1x{0},{1},,,\n",
    "bad dates": "SRB,debt,1,{1}x,,,\n",
    "unknown sources": "SRB,debt,1,{1},ours{0},,\n",
    "unknown confidences": "SRB,debt,1,{1},,sure{0},\n",
    "ragged rows": "SRB,debt,{0}\n",
    "the same row": "SRB,debt,1,2020,,,\n",
}


@pytest.mark.parametrize("row", BAD_ROWS.values(), ids=BAD_ROWS)
def test_many_bad_rows_are_counted_and_the_first_shown(row: str) -> None:
    days = (date(1950, 1, 1) + timedelta(at) for at in range(20_000))
    text = HEADER + "SRB,debt,1,2020,,,\n" + "".join(row.format(at, day) for at, day in enumerate(days))
    with pytest.raises(InvalidInput) as caught:
        reading(text)
    assert caught.value.total == 20_000
    assert [problem.line for problem in caught.value.findings[:50]] == list(range(3, 53))


CHILD = """
import sys
from pathlib import Path
from exposure.errors import InvalidInput
from exposure.observations.loading import load
from exposure.observations.table import read_table
try:
    with open(sys.argv[1], "rb") as file:
        read_table(load(file, "indicators.csv"), "indicators.csv")
except InvalidInput as error:
    print(error)
status = Path("/proc/self/status")
peaks = [int(line.split()[1]) for line in status.read_text().splitlines() if "VmHWM" in line] if status.exists() else []
print("pandas" in sys.modules, all(peak < 100_000 for peak in peaks))
"""


def test_a_cell_of_a_hundred_megabytes_is_refused_before_it_is_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "indicators.csv"
    with path.open("wb") as file:
        file.write((HEADER + SRB + "ALB,memo,").encode())
        file.writelines([b"x" * 1_000_000] * 100)
    said = subprocess.run([sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, check=True).stdout
    cell = f"indicators.csv:3:10: cell-too-long: a cell of more than {loading.LONGEST_CELL:,} bytes; shorten it"
    assert said.splitlines()[1:] == [cell, "False True"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_mistake_stands_where_the_csv_module_finds_it(mark: str, end: str) -> None:
    rows = [list(LONG), ["SRB", "memo", 'a\n"b"\n, c', "2020", "", "", "é\n"], ["ALB", "debt", "x", "", "", "low", ""]]
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    text = mark + out.getvalue().replace("\n", end)
    reader = csv.reader(io.StringIO(text.removeprefix(mark), newline=""))
    next(reader), next(reader)
    line = reader.line_num + 1
    (said,) = refusal(text)
    assert said.startswith(f"{line}:10: unreadable-number: debt: ")
