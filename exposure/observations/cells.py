"""What one cell says: a date, a number, a list of words, or why it cannot be read."""

from __future__ import annotations

import calendar
import datetime
import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from exposure.errors import nearest, printable, quoted
from exposure.observations.spelling import alike, composed, seen, typed_anew
from exposure.rulebook.conditions import NOT_APPLICABLE, OTHERS, WITHDRAWN
from exposure.rulebook.indicators import Indicator

UNDATED = -(2**31)
"""The last day of a claim without a date: before every other."""

_EPOCH = datetime.date(1970, 1, 1)
_SHOWN_WORDS = 40
_FLAGS = {"true": "yes", "1": "yes", "y": "yes", "t": "yes", "false": "no", "0": "no", "n": "no", "f": "no"}
_BETWEEN = re.compile(r"[,;/&+|]|\band\b")
_SERIAL = re.compile(r"[34]\d{4}", re.ASCII)
"""A day as spreadsheets count them, between 1982 and 2036."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_NOTHING = {
    *("na", "n/a", "nan", "none", "null", "nil", "unknown", "missing", "tbd", "x", "-", "–", "—", "?", ".", ".."),
    *("inf", "+inf", "-inf", "infinity", "-infinity"),
    *("#n/a", "#name?", "#value!", "#ref!", "#div/0!"),
}


class Refused(Exception):
    """A cell that cannot be read: what was found and expected, and what to do.

    Both may be given as functions: most of a million mistakes are counted and never shown.
    """

    def __init__(self, code: str, message: str | Callable[[], str], hint: str | Callable[[], str] = "") -> None:
        super().__init__(code)
        self.code, self._message, self._hint = code, message, hint

    @property
    def message(self) -> str:
        """What was found, and what was expected."""
        return self._message if isinstance(self._message, str) else self._message()

    @property
    def hint(self) -> str:
        """What to do."""
        return self._hint if isinstance(self._hint, str) else self._hint()


class Day(NamedTuple):
    """A date that may be partial."""

    first: int
    """Its first and its last day, in days since 1970-01-01."""
    last: int
    precision: int
    """0 a year, 1 a month, 2 a day; -1 no date."""
    text: str


def read_date(text: str) -> Day:
    """The date written as YYYY, YYYY-MM or YYYY-MM-DD; an empty cell is undated.

    Raises Refused for anything else.
    """
    text = text.strip()
    if not text:
        return Day(UNDATED, UNDATED, -1, "")
    parts = [int(part) for part in text.split("-")] if _DATE.fullmatch(text) else []
    try:
        first = datetime.date(*parts, *[1] * (3 - len(parts)))
        month = parts[1] if len(parts) > 1 else 12
        day = parts[2] if len(parts) > 2 else calendar.monthrange(parts[0], month)[1]
        last = datetime.date(parts[0], month, day)
    except (IndexError, TypeError, ValueError):
        raise Refused("unreadable-date", lambda: f"{quoted(text)} is not a date", partial(_date_hint, text)) from None
    return Day((first - _EPOCH).days, (last - _EPOCH).days, len(parts) - 1, text)


def days_before(day: int, age: str) -> int:
    """The day so many years or months (`10y`, `18m`) before another, in days since 1970-01-01."""
    date, count = _EPOCH + datetime.timedelta(day), int(age[:-1]) * (12 if age[-1] == "y" else 1)
    months = date.year * 12 + date.month - 1 - count
    if months < 12:
        return UNDATED
    year, month = months // 12, months % 12 + 1
    return (datetime.date(year, month, min(date.day, calendar.monthrange(year, month)[1])) - _EPOCH).days


def _date_hint(text: str) -> str:
    if _SERIAL.fullmatch(text):
        day = datetime.date(1899, 12, 30) + datetime.timedelta(int(text))
        return f"if it is a spreadsheet's number for a day, write {day}"
    return _empty_hint(text) or "write YYYY, YYYY-MM or YYYY-MM-DD"


@dataclass(frozen=True, kw_only=True)
class Value:
    """What a value cell says."""

    text: str
    """Canonical: the words in their declared spelling, a number as it was written; empty for unknown."""
    words: tuple[str, ...] = ()
    number: float = math.nan
    low: float = math.nan
    """The least and the most the number can be: an open end reaches to the end of `valid`, else it is infinite."""
    high: float = math.nan


UNKNOWN = Value(text="")


def value_reader(indicator: Indicator, about: float) -> Callable[[str], Value]:
    """The function that reads this indicator's values; it raises Refused.

    `about` is the half-width of `~20` as a share of the number.
    """
    known = {alike(word): word for word in indicator.allowed}

    def read(text: str) -> Value:
        text = composed(text.strip())
        if not text:
            return UNKNOWN
        if text in (WITHDRAWN, NOT_APPLICABLE):
            return Value(text=text)
        if indicator.kind == "number":
            return _number(text, indicator, about)
        if indicator.kind == "text":
            return Value(text=text)
        return _words(text, indicator, known)

    return read


def plain_number(text: str) -> float:
    """The number that plain digits say, which most values are; NaN for all else."""
    if _NUMBER.fullmatch(text):
        number = float(text)
        return number + 0.0 if math.isfinite(number) else math.nan
    return math.nan


def _empty_hint(text: str) -> str:
    if text.casefold() in _NOTHING:
        return "leave the cell empty where it is unknown, and say in the note what was looked for"
    return ""


def _words(text: str, indicator: Indicator, known: Mapping[str, str]) -> Value:
    words: list[str] = []
    parts = text.split(";")
    others = [parts.pop()] if parts[1:] and parts[-1].strip() == OTHERS and indicator.kind == "category" else []
    for part in parts:
        word = known.get(alike(part.strip())) if known else part.strip()
        if not word:
            if not part.strip():
                message = f"{quoted(text)} has an empty place in its list"
                raise Refused("unknown-value", message, "remove a ; or write the missing word")
            hint = partial(_word_hint, text, part.strip(), known, indicator.kind)
            raise Refused("unknown-value", partial(_not_one_of, part.strip(), tuple(known.values())), hint)
        if word not in words:
            words.append(word)
    if indicator.kind == "flag" and len(words) > 1:
        raise Refused("unknown-value", f"{quoted(text)} is both", "write yes or no")
    return Value(text=";".join([*words, *(OTHERS for _ in others)]), words=tuple(words))


def _not_one_of(word: str, allowed: tuple[str, ...]) -> str:
    shown = ", ".join(map(printable, allowed[:_SHOWN_WORDS])) + (", …" if len(allowed) > _SHOWN_WORDS else "")
    return f"{quoted(word)} is not one of {shown}"


def _word_hint(text: str, word: str, known: Mapping[str, str], kind: str) -> str:
    if hint := _empty_hint(text):
        return hint
    if kind == "flag" and (meant := _FLAGS.get(word.casefold())):
        return f"write {meant}"
    parts = [known.get(alike(part.strip())) for part in _BETWEEN.split(text)]
    if len(parts) > 1 and all(parts):
        return f"write {printable(';'.join(map(str, parts)))}, with ; between the words of a list"
    inside = [known[part] for part in alike(word).split() if part in known]
    if hint := nearest(seen(word), known.values()) or (f"did you mean {quoted(inside[0])}?" if inside else ""):
        return hint + typed_anew(word, hint)
    return "write yes or no" if kind == "flag" else "write one of these, or add the word to the rules"


def _number(text: str, indicator: Indicator, about: float) -> Value:
    least, most = indicator.valid or (-math.inf, math.inf)
    start, _, end = text.partition("..")
    if end and not text.startswith((">", "<", "~")):
        low, high = _plain(start, text), _plain(end, text)
        if low > high:
            raise Refused("unreadable-number", f"{quoted(text)} ends below its start", f"write {end}..{start}")
        number = low / 2 + high / 2
    elif text.startswith((">", "<")):
        strictly = not text[1:].startswith("=")
        number = _plain(text[2 - strictly :], text)
        # Of a count more than 40 is 41 or more.
        number += strictly * indicator.whole * (1 if text[0] == ">" else -1)
        low, high = (number, most) if text[0] == ">" else (least, number)
    elif text.startswith("~"):
        number = _plain(text[1:], text)
        width = abs(number) * about
        # What ~ allows beyond the valid ends is our doing, and no mistake of the claim.
        low, high = max(number - width, least), min(number + width, most)
    else:
        number = low = high = _plain(text, text)
    value = Value(text=text, number=number, low=low, high=high)
    _check(value, indicator)
    return value


def _plain(part: str, whole: str) -> float:
    if not _NUMBER.fullmatch(part.strip()):
        raise Refused("unreadable-number", lambda: f"{quoted(whole)} is not a number", partial(_number_hint, whole))
    if math.isnan(number := plain_number(part.strip())):
        raise Refused("unreadable-number", f"{quoted(whole)} is too large", "check the figure")
    return number


def _number_hint(text: str) -> str:
    """What to write instead; only text made of figures is repeated, and that in plain digits."""
    if hint := _empty_hint(text):
        return hint
    if text.startswith(("=", "@")):
        return "write the figure itself, not a formula"
    if text.startswith((">", "<", "≥", "≤")):
        return "write >, >=, < or <= before an inexact number"
    plain = "".join(_western(character) for character in text)
    unit, figure = ("%", plain[:-1].rstrip()) if plain.endswith("%") else ("", plain)
    if unit and _NUMBER.fullmatch(_pointed(figure)):
        return f"write {_pointed(figure)}; the rule's definition names the unit"
    for pattern, worded in _FIGURES:
        if match := re.fullmatch(pattern, figure, re.ASCII):
            return f"write {worded(match)}"
    if text.casefold().replace(" ", "-") in (WITHDRAWN, NOT_APPLICABLE):
        return f"write {text.casefold().replace(' ', '-')}"
    return "write digits with a point, or >=40, <=5, 10..15, ~20"


def _grouped(match: re.Match[str]) -> str:
    figure, pointed = match[0].replace(",", ""), match[0].replace(",", ".")
    return f"{pointed} with a point{f', or {figure} if the comma groups thousands' if match[1] else ''}"


def _bare(match: re.Match[str]) -> str:
    figure = re.sub(r"[ ,_'’]", "", match[0])
    return f"{figure} {'in plain digits' if figure == match[0] else 'without separators'}"


_FIGURES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"(\d+(?:\.\d+)?) ?[-–—] ?(\d+(?:\.\d+)?)", lambda match: f"{match[1]}..{match[2]} for a range"),
    (r"[+-]?\d+,(?:(\d{3})|\d+)", _grouped),
    (
        r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?",
        lambda match: f"{_pointed(match[0].replace('.', ''))} without separators",
    ),
    (r"[+-]?\d[\d ,_'’]*(\.\d+)?", _bare),
    (r"[+-]?\d+\.", lambda match: match[0][:-1]),
    (
        r"[$€£] ?(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?) ?[$€£]",
        lambda match: f"{match[1] or match[2]}; the rule's definition names the unit",
    ),
    (r"[+-]?\.\d+", lambda match: match[0].replace(".", "0.")),
)
"""Figures as they are written elsewhere, and what to write instead."""


def _pointed(figure: str) -> str:
    return figure.replace(",", ".") if figure.count(",") == 1 and "." not in figure else figure


def _western(character: str) -> str:
    if character in "−–‐‑":  # the minus sign and hyphens that word processors put for a -
        return "-"
    if character in "\u00a0\u202f\u2009":
        return " "
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def _check(value: Value, indicator: Indicator) -> None:
    finite = [end for end in (value.number, value.low, value.high) if math.isfinite(end)]
    ends = (value.low, value.high) if ".." in value.text else (value.number,)
    if indicator.whole and not value.text.startswith("~") and any(end != int(end) for end in ends):
        raise Refused(
            "unreadable-number", f"{quoted(value.text)} is not a whole number", "this is a count: write digits only"
        )
    if indicator.valid and any(not indicator.valid[0] <= end <= indicator.valid[1] for end in finite):
        low, high = indicator.valid
        raise Refused("out-of-range", f"{quoted(value.text)} is outside {low:g} to {high:g}", "check the unit")
