"""From the text of a rules file to a Rulebook, or to every mistake in it at once."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pydantic import ValidationError, create_model

from exposure.errors import MERGE_MARKS, UNRESOLVED, ExposureError, Finding, InvalidInput, printable
from exposure.rulebook.base import Id, Mistake, Path
from exposure.rulebook.consistency import inconsistencies
from exposure.rulebook.kinds import AnyRule
from exposure.rulebook.lines import TooDeep, key_lines, line_of
from exposure.rulebook.model import Dimension, Rulebook
from exposure.rulebook.wording import dotted, worded_mistakes

LARGEST = 4_000_000
"""Bytes of a rules file; far above any real one, and small enough to refuse at once."""

DEEPEST = 100
"""Keys and indices on the way to one value; far above any real file's."""

DOTS = 50
"""Dots in one line from which its keys are counted before anything else is done with them."""

# What tomllib says, and what to do about it.
_TOML_HINTS = {
    "Invalid value": "text needs quotes, a list square brackets",
    "Cannot overwrite a value": "each key stands once",
    "Cannot declare": "each table stands once",
    "Expected '=' after a key": "write key = value",
    "Expected newline or end of document": "one key = value a line; text needs quotes",
    "Unterminated string": "close the text with a quote",
    "Illegal character": "remove it, or close the text that should end before it",
}


def load_rulebook(data: bytes, file: str = "rules.toml") -> Rulebook:
    """The rulebook written in `data`, UTF-8 TOML.

    Raises InvalidInput with every unknown key, wrong type and contradiction, each at its line.
    """
    text = _decoded(data, file)
    _refuse_conflicts(text, file)
    raw = _parsed(text, file)
    mistakes: list[Mistake] = []
    places: dict[str, list[int]] = {}
    try:
        rulebook = Rulebook.model_validate(raw)
    except ValidationError as error:
        mistakes = worded_mistakes(error, raw)
        # The rest is checked too, so that a mistake in one rule does not hide those in others.
        readable, places = _without(raw, [path for path, _, _ in mistakes])
        rulebook = _rest().model_validate(readable)
    mistakes += [(_restored(path, places), found, hint) for path, found, hint in inconsistencies(rulebook, raw)]
    if mistakes:
        raise InvalidInput(_placed(mistakes, text, file))
    return rulebook


def _rest() -> type[Rulebook]:
    """The model of what is left of a rulebook without the parts that could not be read, which may be nothing."""
    return create_model("Rest", __base__=Rulebook, dimensions=(dict[Id, Dimension], {}), rules=(dict[Id, AnyRule], {}))


def _decoded(data: bytes, file: str) -> str:
    if len(data) > LARGEST:
        raise ExposureError(f"{printable(file)}: {len(data):,} bytes; a rules file holds at most {LARGEST:,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x} is not UTF-8"
        problem = Finding("not-utf-8", found, file, line, hint="save the file as UTF-8")
        raise InvalidInput([problem]) from None


def _refuse_conflicts(text: str, file: str) -> None:
    """Raises InvalidInput at every line that a merge left marked."""
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith(MERGE_MARKS)]
    code, message, hint = UNRESOLVED
    if lines:
        raise InvalidInput([Finding(code, message, file, line, hint=hint) for line in lines])


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        if any(line.count(".") > DOTS for line in text.split("\n")):
            _refuse_endless_keys(text)
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).partition(" (at ")
        numbers = [int(word) for word in place.replace(",", " ").replace(")", " ").split() if word.isdigit()]
        line, column = (*numbers[:2], 0)[:2] if numbers else (text.count("\n") + 1, 0)
        message = re.sub(r"\('(.*)',?\)", lambda names: '"' + names[1].replace("', '", ".") + '"', message)
        hint = next((hint for start, hint in _TOML_HINTS.items() if message.startswith(start)), "")
        raise InvalidInput([Finding("not-toml", printable(message[:300]), file, line, column, hint)]) from None
    except (RecursionError, TooDeep):
        raise _too_deep(file) from None
    except ValueError:
        # Python reads no decimal integer of more digits than this.
        numbered = enumerate(text.split("\n"), 1)
        line = next((line for line, content in numbered if re.search(r"[0-9_]{4300}", content)), 0)
        raise InvalidInput([Finding("not-toml", "a number of thousands of digits", file, line)]) from None


def _too_deep(file: str) -> ExposureError:
    return ExposureError(f"{printable(file)}: nested too deeply to be a rules file")


def _refuse_endless_keys(text: str) -> None:
    """Raises TooDeep for a.a.a.a…, on which tomllib would spend time and memory with the square of its length."""
    try:
        key_lines(text, DEEPEST)
    except TooDeep:
        raise
    except ValueError:
        # Not TOML, which tomllib finds at the same place or before, and says better.
        return


def _placed(mistakes: list[Mistake], text: str, file: str) -> list[Finding]:
    try:
        lines = key_lines(text, DEEPEST)
    except TooDeep:
        raise _too_deep(file) from None
    problems = [
        Finding("rules", f"{dotted(path)}: {message}" if path else message, file, line_of(lines, path), hint=hint)
        for path, message, hint in dict.fromkeys(mistakes)
    ]
    return sorted(problems, key=lambda problem: problem.line)


def _without(raw: dict[str, Any], paths: list[Path]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """The document less what could not be read: a whole rule, target or key each; and which targets are left."""
    kept = {key: dict(value) if isinstance(value, dict) else value for key, value in raw.items()}
    dropped: dict[str, set[int]] = {}
    for path in paths:
        match kept.get(str(path[0])), path:
            case list(), (str(section), int(index), *_):
                dropped.setdefault(section, set()).add(index)
            case dict() as table, (str(section), key, *_) if section != "bands":
                table.pop(str(key), None)
            case _:
                kept.pop(str(path[0]), None)
    places = {section: [at for at in range(len(raw[section])) if at not in gone] for section, gone in dropped.items()}
    kept |= {section: [raw[section][at] for at in left] for section, left in places.items()}
    kept["index"] = {"title": "?", "edition": "?", **kept.get("index", {})}
    if not isinstance(raw.get("index"), dict) or ("index", "scale") in paths:
        # Nothing can be said of severities without their scale: the widest refuses the fewest.
        kept["index"]["scale"] = 1e6
    return kept, places


def _restored(path: Path, places: dict[str, list[int]]) -> Path:
    """The path in the document as written, from that in what was left of it."""
    match path:
        case (str(section), int(index), *rest) if section in places:
            return (section, places[section][index], *rest)
    return path
