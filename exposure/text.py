"""How numbers, lists and sentences are written, on every page and in every message."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from exposure.errors import printable

NOTHING = "–"
"""Printed where there is no number, so that no cell looks forgotten or like zero."""
NEARLY = 1e-9
"""Figures no further apart are equal: people write fewer digits, and sums of floats are off by less."""
_WHOLE = 2.0**53
"""Beyond this every float is a whole number, and nothing is left to round."""
_TO_BLANK = str.maketrans({"\n": " ", "\t": " ", "\r": " ", "\u00a0": " ", "\u202f": " "})


def number(value: float | None, decimals: int) -> str:
    """The value rounded as scores are published, or a dash where it is unknown."""
    if value is None or math.isnan(value):
        return NOTHING
    scaled = value * 10.0**decimals
    if abs(scaled) < _WHOLE:
        # Half up, after nine more decimals have cut what is binary noise: scoring does the same to a whole array.
        value = math.floor(round(scaled * 1e9) / 1e9 + 0.5) / 10.0**decimals + 0.0
    return f"{value:.{decimals}f}"


def signed(value: float | None, decimals: int) -> str:
    """A difference with its sign; what rounds to nothing has none."""
    text = number(value, decimals)
    return text if text == NOTHING or text.startswith("-") or not float(text) else f"+{text}"


def span(low: float | None, high: float | None, decimals: int) -> str:
    """Both ends, or one where they print the same."""
    ends = number(low, decimals), number(high, decimals)
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def percent(share: float | None) -> str:
    """Whole percent, rounded down: nearly all is not all. A dash where there is nothing to be known."""
    return NOTHING if share is None or math.isnan(share) else f"{math.floor(share * 100 + NEARLY)}%"


def part_of_whole(share: float | None) -> str:
    """Whole percent, rounded half up and possibly negative; a dash where there is none."""
    return NOTHING if share is None else f"{number(share * 100, 0)}%"


def chance(share: float) -> str:
    """A share of the draws: what is neither never nor always does not look so."""
    if math.isnan(share):
        return NOTHING
    text = f"{share:.0%}"
    return "<1%" if text == "0%" and share > 0 else ">99%" if text == "100%" and share < 1 else text


def correlation(coefficient: float | None) -> str:
    """A coefficient with its sign and two decimals, a dash where there is none."""
    return NOTHING if coefficient is None else signed(coefficient, 2)


def exact(value: float) -> float | None:
    """A plain number for a document, None where unknown."""
    return None if math.isnan(value) else float(value)


def plainly(value: object) -> str:
    """A value of the rules as a line of text, a dash where there is none."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {plainly(part)}' for key, part in value.items())} }}"
    if isinstance(value, list):
        return ", ".join(map(plainly, value))
    return str(value)


def joined(texts: Iterable[str], by: str = ", ") -> str:
    """The texts that say something, each once, in their order."""
    return by.join(dict.fromkeys(text for text in texts if text))


def listed(names: Sequence[str], most: int, count: int | None = None, by: str = ", ") -> str:
    """The first of the names, and how many more there are; `count` where not all are given."""
    count = len(names) if count is None else count
    return by.join(names[:most]) + (f" and {count - most} more" if count > most else "")


def counted(count: int, noun: str, plural: str = "") -> str:
    """So many of something, in words."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def capital(text: str) -> str:
    """The text with its first letter large and the others as they are."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends in one or the like."""
    text = text.rstrip()
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


def worded(value: str) -> str:
    """A claimed value for a page: a list with room to break between its words."""
    parts = [part.strip() for part in value.split(";")]
    return "; ".join([*parts[:-1], "others not known" if parts[1:] and parts[-1] == "?" else parts[-1]])


def plain(text: str) -> str:
    """The text on one line, fit for a screen and for a log that a CI runner reads."""
    return printable(text if text.isascii() and text.isprintable() else text.translate(_TO_BLANK))
