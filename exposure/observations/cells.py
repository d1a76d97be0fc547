"""What one cell says: a date, a number, a list of words, or why it cannot be read."""

from __future__ import annotations

import calendar
import datetime
import math
import re
from collections.abc import Callable
from typing import NamedTuple

from exposure.errors import nearest, printable, quoted
from exposure.rulebook.indicators import Indicator

UNDATED = -(2**31)
"""The last day of a claim without a date: before every other."""

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_NOTHING = {"na", "n/a", "nan", "none", "null", "nil", "-", "–", "—", "?", "unknown", "missing", ".", "..", "tbd", "x"}


class Refused(Exception):
    """A cell that cannot be read: what was found and expected, and what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


class Day(NamedTuple):
    """A date that may be partial."""

    last: int
    """Its last day, in days since 1970-01-01."""
    precision: int
    """0 a year, 1 a month, 2 a day; -1 no date."""
    text: str


def read_date(text: str) -> Day:
    """The date written as YYYY, YYYY-MM or YYYY-MM-DD; an empty cell is undated.

    Raises Refused for anything else.
    """
    text = text.strip()
    if not text:
        return Day(UNDATED, -1, "")
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        last_month = month or 12
        last_day = day or calendar.monthrange(year, last_month)[1]
        last = datetime.date(year, last_month, last_day) - datetime.date(1970, 1, 1)
    except (ValueError, calendar.IllegalMonthError):
        raise Refused("unreadable-date", f"{quoted(text)} is not a date", "write YYYY, YYYY-MM or YYYY-MM-DD") from None
    return Day(last.days, sum(part is not None for part in (month, day)), text)


class Value(NamedTuple):
    """What a value cell says."""

    text: str
    """Canonical: the words in their declared spelling, a number as it was written; empty for unknown."""
    words: tuple[str, ...] = ()
    number: float = math.nan
    low: float = math.nan
    """The least and the most the number can be; infinite where it is open."""
    high: float = math.nan


UNKNOWN = Value("")


def value_reader(indicator: Indicator, about: float) -> Callable[[str], Value]:
    """The function that reads this indicator's values; it raises Refused.

    `about` is the half-width of `~20` as a share of the number.
    """

    def read(text: str) -> Value:
        text = text.strip()
        if not text:
            return UNKNOWN
        if indicator.kind == "number":
            return _number(text, indicator, about)
        if indicator.kind == "text":
            return Value(text)
        return _words(text, indicator)

    return read


def _empty_hint(text: str) -> str:
    if text.casefold() in _NOTHING:
        return "leave the cell empty where it is unknown, and say in the note what was looked for"
    return ""


def _words(text: str, indicator: Indicator) -> Value:
    allowed = indicator.words or (("yes", "no") if indicator.kind == "flag" else ())
    folded = {word.casefold(): word for word in allowed}
    words: list[str] = []
    for part in text.split(";"):
        word = folded.get(part.strip().casefold()) if allowed else part.strip()
        if not word:
            found = f"{quoted(part.strip())} is not one of {', '.join(map(printable, allowed))}"
            hint = _empty_hint(text) or nearest(part.strip(), list(allowed))
            if indicator.kind == "flag" and not hint:
                hint = "write yes or no"
            raise Refused("unknown-value", found, hint)
        if word not in words:
            words.append(word)
    if indicator.kind == "flag" and len(words) > 1:
        raise Refused("unknown-value", f"{quoted(text)} is both", "write yes or no")
    return Value(";".join(words), tuple(words))


def _number(text: str, indicator: Indicator, about: float) -> Value:
    start, _, end = text.partition("..")
    if end and not text.startswith((">=", "<=", "~")):
        low, high = _plain(start, text), _plain(end, text)
        if low > high:
            raise Refused("unreadable-number", f"{quoted(text)} ends below its start", f"write {end}..{start}")
        value = Value(text, (), (low + high) / 2, low, high)
    elif text.startswith(">="):
        low = _plain(text[2:], text)
        value = Value(text, (), low, low, math.inf)
    elif text.startswith("<="):
        high = _plain(text[2:], text)
        value = Value(text, (), high, -math.inf, high)
    elif text.startswith("~"):
        middle = _plain(text[1:], text)
        width = abs(middle) * about
        value = Value(text, (), middle, middle - width, middle + width)
    else:
        number = _plain(text, text)
        value = Value(text, (), number, number, number)
    _check(value, indicator)
    return value


def _plain(part: str, whole: str) -> float:
    if not _NUMBER.fullmatch(part.strip()):
        raise Refused("unreadable-number", f"{quoted(whole)} is not a number", _number_hint(whole.strip()))
    number = float(part)
    if math.isinf(number):
        raise Refused("unreadable-number", f"{quoted(whole)} is too large", "")
    return number + 0.0


def _number_hint(text: str) -> str:
    if hint := _empty_hint(text):
        return hint
    if text.startswith(">") or text.startswith("<"):
        return "write >= or <= before an inexact number"
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return f"write {text.replace(',', '.')} with a point, or {text.replace(',', '')} if the comma groups thousands"
    if re.fullmatch(r"[+-]?[\d ,_'’]+(\.\d+)?", text):
        return f"write {re.sub(r'[^0-9.+-]', '', text)} without separators"
    if text.endswith("%"):
        return f"write {text[:-1].strip()}; the rule's definition names the unit"
    return "digits with a point, or >=40, <=5, 10..15, ~20"


def _check(value: Value, indicator: Indicator) -> None:
    finite = [end for end in (value.number, value.low, value.high) if math.isfinite(end)]
    ends = [end for end in (value.low, value.high) if math.isfinite(end)]
    if indicator.whole and not value.text.startswith("~") and any(end != int(end) for end in ends):
        raise Refused("unreadable-number", f"{quoted(value.text)} is not a whole number", "this is a count")
    if indicator.valid and any(not indicator.valid[0] <= end <= indicator.valid[1] for end in finite):
        low, high = indicator.valid
        raise Refused("out-of-range", f"{quoted(value.text)} is outside {low:g} to {high:g}", "check the unit")
