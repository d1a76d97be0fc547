"""What one cell says, and what its writer is told where it cannot be read."""

from __future__ import annotations

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exposure.observations.cells import UNDATED, UNKNOWN, Refused, Value, days_before, read_date, value_reader
from exposure.rulebook.conditions import NOT_APPLICABLE, WITHDRAWN
from exposure.rulebook.indicators import Indicator

CATEGORY = Indicator("vendor", "category", "Vendor", words=("Huawei", "ZTE", "Ericsson", "in-use"))
FLAG = Indicator("law", "flag", "Law")
TEXT = Indicator("memo", "text", "Memo")
NUMBER = Indicator("debt", "number", "Debt")
SHARE = Indicator("share", "number", "Share", valid=(0.0, 300.0))
COUNT = Indicator("count", "number", "Count", valid=(0.0, 200.0), whole=True)


def read(text: str, indicator: Indicator = NUMBER) -> Value:
    return value_reader(indicator, 0.2)(text)


def refusal(text: str, indicator: Indicator = NUMBER) -> tuple[str, str, str]:
    with pytest.raises(Refused) as caught:
        read(text, indicator)
    return caught.value.code, caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    ("day", "age", "expected"),
    [
        ("2026-01-30", "10y", "2016-01-30"),
        ("2024-02-29", "1y", "2023-02-28"),
        ("2026-03-31", "1m", "2026-02-28"),
        ("2026-01-31", "13m", "2024-12-31"),
    ],
)
def test_how_far_back_an_age_reaches(day: str, age: str, expected: str) -> None:
    assert days_before(read_date(day).last, age) == read_date(expected).last


def test_an_age_reaches_no_further_back_than_dates_do() -> None:
    assert days_before(read_date("2020").last, "3000y") == UNDATED


@pytest.mark.parametrize(
    ("text", "last", "precision"),
    [
        pytest.param("2022", "2022-12-31", 0, id="a year ends on its last day"),
        pytest.param("2022-04", "2022-04-30", 1, id="a month ends on its last day"),
        pytest.param("2024-02", "2024-02-29", 1, id="February of a leap year"),
        pytest.param("2022-12", "2022-12-31", 1, id="December"),
        pytest.param("2022-12-31", "2022-12-31", 2, id="a day"),
        pytest.param(" 2022 ", "2022-12-31", 0, id="blanks around it"),
        pytest.param("1969", "1969-12-31", 0, id="before the epoch"),
        pytest.param("9999", "9999-12-31", 0, id="the last year there is"),
    ],
)
def test_a_date_counts_on_its_last_day(text: str, last: str, precision: int) -> None:
    day = read_date(text)
    assert day.last == (datetime.date.fromisoformat(last) - datetime.date(1970, 1, 1)).days
    assert (day.precision, day.text) == (precision, text.strip())


def test_an_empty_date_is_before_all_others() -> None:
    assert read_date("  ") == (UNDATED, UNDATED, -1, "")
    assert read_date("0001").last > UNDATED


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("22", id="a year of two digits"),
        pytest.param("0000", id="the year nought"),
        pytest.param("2022-1", id="a month of one digit"),
        pytest.param("2022-00", id="the month nought"),
        pytest.param("2022-13", id="a thirteenth month"),
        pytest.param("2022-05-00", id="the day nought"),
        pytest.param("2022-02-30", id="the thirtieth of February"),
        pytest.param("2023-02-29", id="a leap day in a common year"),
        pytest.param("2022-", id="a dash left over"),
        pytest.param("12/03/2022", id="slashes"),
        pytest.param("March 2022", id="a month in words"),
        pytest.param("2022-03-12T00:00", id="a time of day"),
        pytest.param("٢٠٢٢", id="Arabic digits"),
        pytest.param("-2022", id="before our era"),
    ],
)
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        read_date(text)
    assert (caught.value.code, caught.value.message) == ("unreadable-date", f'"{text}" is not a date')
    assert caught.value.hint == "write YYYY, YYYY-MM or YYYY-MM-DD"


@given(st.dates())
def test_every_day_of_the_calendar_is_read(day: datetime.date) -> None:
    assert read_date(day.isoformat()).last == (day - datetime.date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("text", "number", "low", "high"),
    [
        pytest.param("16.5", 16.5, 16.5, 16.5, id="a number"),
        pytest.param(" 16.5 ", 16.5, 16.5, 16.5, id="blanks around it"),
        pytest.param("+5", 5, 5, 5, id="a plus"),
        pytest.param("-5", -5, -5, -5, id="a minus"),
        pytest.param("1e3", 1000, 1000, 1000, id="an exponent"),
        pytest.param("007", 7, 7, 7, id="leading noughts"),
        pytest.param(">=40", 40, 40, math.inf, id="at least"),
        pytest.param(">= 40", 40, 40, math.inf, id="at least, with a blank"),
        pytest.param("<=5", 5, -math.inf, 5, id="at most"),
        pytest.param(">40", 40, 40, math.inf, id="more than"),
        pytest.param("< 5", 5, -math.inf, 5, id="less than, with a blank"),
        pytest.param("10..15", 12.5, 10, 15, id="a range"),
        pytest.param("10 .. 15", 12.5, 10, 15, id="a range with blanks"),
        pytest.param("-3..-1", -2, -3, -1, id="a negative range"),
        pytest.param("5..5", 5, 5, 5, id="a range of one number"),
        pytest.param("1e308..1.6e308", 1.3e308, 1e308, 1.6e308, id="a range too large to add up"),
        pytest.param("~20", 20, 16, 24, id="about"),
        pytest.param("~-20", -20, -24, -16, id="about a negative number"),
        pytest.param("1e-400", 0, 0, 0, id="too small to tell from nought"),
    ],
)
def test_a_number_and_the_least_and_most_that_it_can_be(text: str, number: float, low: float, high: float) -> None:
    value = read(text)
    assert (value.number, value.low, value.high) == (pytest.approx(number), low, high)
    assert (value.text, value.words) == (text.strip(), ())


def test_minus_nought_is_nought() -> None:
    assert math.copysign(1, read("-0").number) == 1


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        pytest.param("16,5", "write 16.5 with a point", id="a decimal comma"),
        pytest.param(
            "1,320", "write 1.320 with a point, or 1320 if the comma groups thousands", id="a comma that may be either"
        ),
        pytest.param("1,320,500", "write 1320500 without separators", id="commas that group thousands"),
        pytest.param("1.320,5", "write 1320.5 without separators", id="points that group thousands"),
        pytest.param("1_000", "write 1000 without separators", id="an underscore"),
        pytest.param("1 000", "write 1000 without separators", id="a blank"),
        pytest.param("1\u202f000", "write 1000 without separators", id="a narrow blank"),
        pytest.param("1'000", "write 1000 without separators", id="a Swiss apostrophe"),
        pytest.param("16.5%", "write 16.5; the rule's definition names the unit", id="a per cent sign"),
        pytest.param("16,5 %", "write 16.5; the rule's definition names the unit", id="a comma and a per cent sign"),
        pytest.param("−5", "write -5 in plain digits", id="a Unicode minus"),
        pytest.param("١٢", "write 12 in plain digits", id="Arabic digits"),
        pytest.param("１２", "write 12 in plain digits", id="full-width digits"),
        pytest.param("10-15", "write 10..15 for a range", id="a range with a hyphen"),
        pytest.param("10–15", "write 10..15 for a range", id="a range with a dash"),
        pytest.param(".5", "write 0.5", id="no digit before the point"),
        pytest.param("≥40", "write >, >=, < or <= before an inexact number", id="at least, in one character"),
        pytest.param("5.", "write 5", id="no digit after the point"),
        pytest.param("0x10", "write digits with a point, or >=40, <=5, 10..15, ~20", id="hexadecimal"),
        pytest.param(
            "inf", "leave the cell empty where it is unknown, and say in the note what was looked for", id="infinity"
        ),
        pytest.param("=1+1", "write the figure itself, not a formula", id="a formula"),
        pytest.param("€5", "write 5; the rule's definition names the unit", id="a currency"),
        pytest.param("10..", "write digits with a point, or >=40, <=5, 10..15, ~20", id="a range without an end"),
        pytest.param("..15", "write digits with a point, or >=40, <=5, 10..15, ~20", id="a range without a start"),
        pytest.param("10...15", "write digits with a point, or >=40, <=5, 10..15, ~20", id="three dots"),
        pytest.param("~10..15", "write digits with a point, or >=40, <=5, 10..15, ~20", id="about a range"),
    ],
)
def test_what_is_not_a_number_is_refused_with_what_to_write(text: str, hint: str) -> None:
    code, message, told = refusal(text)
    assert (code, told) == ("unreadable-number", hint)
    assert message.endswith(" is not a number")


def test_more_than_so_many_is_one_more_at_least() -> None:
    read = value_reader(NUMBER._replace(whole=True), 0.2)
    assert [(read(text).number, read(text).low) for text in (">40", ">=40", ">0")] == [(41, 41), (40, 40), (1, 1)]
    assert (read("<1").number, read("<1").high, read("<1").text) == (0, 0, "<1")


@pytest.mark.parametrize("text", [WITHDRAWN, NOT_APPLICABLE])
@pytest.mark.parametrize("indicator", [NUMBER, CATEGORY, FLAG], ids=lambda indicator: indicator.kind)
def test_every_indicator_may_be_withdrawn_or_not_apply(text: str, indicator: Indicator) -> None:
    read = value_reader(indicator, 0.2)(text)
    assert (read.text, read.words, math.isnan(read.number)) == (text, (), True)


def test_a_number_that_nearly_says_so_is_told_how() -> None:
    assert refusal("Not applicable")[2] == "write not-applicable"


@pytest.mark.parametrize(("text", "canonical"), [("huawei;?", "Huawei;?"), ("Huawei ; ? ", "Huawei;?")])
def test_a_list_may_leave_others_open(text: str, canonical: str) -> None:
    assert value_reader(CATEGORY, 0.2)(text).text == canonical


@pytest.mark.parametrize(("indicator", "text"), [(CATEGORY, "?"), (CATEGORY, "?;Huawei"), (FLAG, "yes;?")])
def test_others_are_said_last_and_beside_a_word(indicator: Indicator, text: str) -> None:
    with pytest.raises(Refused):
        value_reader(indicator, 0.2)(text)


@pytest.mark.parametrize("text", ["NA", "n/a", "nan", "None", "null", "-", "—", "?", "unknown", "..", "x"])
@pytest.mark.parametrize("indicator", [NUMBER, CATEGORY, FLAG], ids=lambda indicator: indicator.kind)
def test_a_word_for_nothing_is_refused_and_the_empty_cell_named(text: str, indicator: Indicator) -> None:
    hint = "leave the cell empty where it is unknown, and say in the note what was looked for"
    assert refusal(text, indicator)[2] == hint


@pytest.mark.parametrize(
    ("text", "indicator", "code", "message", "hint"),
    [
        pytest.param("1e400", NUMBER, "unreadable-number", '"1e400" is too large', "check the figure", id="infinite"),
        pytest.param(
            "15..10",
            NUMBER,
            "unreadable-number",
            '"15..10" ends below its start',
            "write 10..15",
            id="a range reversed",
        ),
        pytest.param(
            "300.1", SHARE, "out-of-range", '"300.1" is outside 0 to 300', "check the unit", id="above the valid"
        ),
        pytest.param("-1", SHARE, "out-of-range", '"-1" is outside 0 to 300', "check the unit", id="below the valid"),
        pytest.param(
            ">=301", SHARE, "out-of-range", '">=301" is outside 0 to 300', "check the unit", id="at least too much"
        ),
        pytest.param(
            "290..310", SHARE, "out-of-range", '"290..310" is outside 0 to 300', "check the unit", id="a range too far"
        ),
        pytest.param(
            "~301", SHARE, "out-of-range", '"~301" is outside 0 to 300', "check the unit", id="about too much"
        ),
        pytest.param(
            "1.5",
            COUNT,
            "unreadable-number",
            '"1.5" is not a whole number',
            "this is a count: write digits only",
            id="half a contract",
        ),
        pytest.param(
            "1..2.5",
            COUNT,
            "unreadable-number",
            '"1..2.5" is not a whole number',
            "this is a count: write digits only",
            id="a range to half a contract",
        ),
    ],
)
def test_a_number_that_cannot_be_meant_is_refused(
    text: str, indicator: Indicator, code: str, message: str, hint: str
) -> None:
    assert refusal(text, indicator) == (code, message, hint)


@pytest.mark.parametrize(
    ("text", "number", "low", "high"),
    [
        pytest.param("300", 300, 300, 300, id="the highest valid"),
        pytest.param(">=40", 40, 40, 300, id="open to the end of the valid"),
        pytest.param("~290", 290, 232, 300, id="about, clipped to the valid"),
    ],
)
def test_valid_ends_are_valid(text: str, number: float, low: float, high: float) -> None:
    value = read(text, SHARE)
    assert (value.number, value.low, value.high) == (number, low, high)


@pytest.mark.parametrize("text", ["0", "12", "1e2", "10..15", "~7", ">=3"])
def test_a_count_is_whole_but_its_estimate_need_not_be(text: str) -> None:
    assert read(text, COUNT).text == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Huawei", ("Huawei",), id="a word"),
        pytest.param("huawei", ("Huawei",), id="in small letters"),
        pytest.param(" ZTE ; Huawei ", ("ZTE", "Huawei"), id="a list, in its own order"),
        pytest.param("ZTE;zte;ZTE", ("ZTE",), id="a word repeated"),
        pytest.param("in-use", ("in-use",), id="a word with a hyphen"),
    ],
)
def test_words_are_kept_in_their_declared_spelling(text: str, words: tuple[str, ...]) -> None:
    value = read(text, CATEGORY)
    assert (value.words, value.text) == (words, ";".join(words))
    assert math.isnan(value.number)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        pytest.param(
            "Hauwei",
            '"Hauwei" is not one of Huawei, ZTE, Ericsson, in-use',
            'did you mean "Huawei"?',
            id="a misspelt word",
        ),
        pytest.param(
            "ZTE;Samsung",
            '"Samsung" is not one of Huawei, ZTE, Ericsson, in-use',
            "write one of these, or add the word to the rules",
            id="a word that is not declared",
        ),
        pytest.param(
            "ZTE;", '"ZTE;" has an empty place in its list', "remove a ; or write the missing word", id="a ; left over"
        ),
        pytest.param(
            ";", '";" has an empty place in its list', "remove a ; or write the missing word", id="nothing but a ;"
        ),
        pytest.param(
            "Huawei,ZTE",
            '"Huawei,ZTE" is not one of Huawei, ZTE, Ericsson, in-use',
            "write Huawei;ZTE, with ; between the words of a list",
            id="a list with commas",
        ),
        pytest.param(
            "Hua\u200bwei",
            '"Hua\\u200bwei" is not one of Huawei, ZTE, Ericsson, in-use',
            'did you mean "Huawei"?; it holds a character that cannot be seen, so type it anew',
            id="a word with an invisible character",
        ),
    ],
)
def test_an_unknown_word_is_refused_with_those_allowed(text: str, message: str, hint: str) -> None:
    assert refusal(text, CATEGORY) == ("unknown-value", message, hint)


def test_a_thousand_allowed_words_are_not_all_listed() -> None:
    many = Indicator("many", "category", "Many", words=tuple(f"w{n}" for n in range(1000)))
    message = refusal("nothing like it", many)[1]
    assert "w39, …" in message
    assert "w40" not in message


@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param("yes", "yes", id="yes"),
        pytest.param("NO", "no", id="no in capitals"),
        pytest.param("yes;yes", "yes", id="yes twice"),
    ],
)
def test_a_flag_is_yes_or_no(text: str, word: str) -> None:
    assert read(text, FLAG).words == (word,)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        pytest.param("TRUE", '"TRUE" is not one of yes, no', "write yes", id="a truth value"),
        pytest.param("0", '"0" is not one of yes, no', "write no", id="a digit"),
        pytest.param("perhaps", '"perhaps" is not one of yes, no', "write yes or no", id="another word"),
        pytest.param("yes;no", '"yes;no" is both', "write yes or no", id="both"),
    ],
)
def test_a_flag_is_nothing_else(text: str, message: str, hint: str) -> None:
    assert refusal(text, FLAG) == ("unknown-value", message, hint)


def test_the_two_ways_to_write_an_accent_are_one_word() -> None:
    for declared in ("Génie", "Ge\u0301nie"):
        indicator = CATEGORY._replace(words=(declared,))
        for written in ("génie", "GE\u0301NIE"):
            assert read(written, indicator).words == (declared,)
    assert read("cafe\u0301", TEXT).text == "café"


@pytest.mark.parametrize("indicator", [NUMBER, COUNT, CATEGORY, FLAG, TEXT], ids=lambda indicator: indicator.name)
@pytest.mark.parametrize("text", ["", "  ", "\t"])
def test_an_empty_cell_is_unknown_and_never_nought(text: str, indicator: Indicator) -> None:
    assert read(text, indicator) is UNKNOWN
    assert math.isnan(UNKNOWN.number)


def test_text_is_kept_as_it_stands() -> None:
    assert read(" anything; at all, NA ", TEXT).text == "anything; at all, NA"


CELL = st.text(max_size=30) | st.text(alphabet="0123456789.,~<>=-+e% ", max_size=12)


@pytest.mark.parametrize("indicator", [NUMBER, SHARE, COUNT, CATEGORY, FLAG], ids=lambda indicator: indicator.name)
@given(text=CELL)
def test_any_text_is_read_or_refused_in_characters_that_print(indicator: Indicator, text: str) -> None:
    try:
        value = read(text, indicator)
    except Refused as no:
        message, hint = no.message, no.hint
    else:
        assert not math.isinf(value.number)
        assert math.isnan(value.number) or value.low <= value.number <= value.high
        return
    assert (message + hint).isprintable()
    assert hint
