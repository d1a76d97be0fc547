"""What pydantic found wrong, in the words of the file's author and not of the library that reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from exposure.errors import nearest, printable, quoted
from exposure.rulebook.base import Mistake, Part, Path, keys_of
from exposure.rulebook.kinds import KINDS
from exposure.rulebook.model import Require, Rulebook, Subject

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

MOST_HINTS = 200
"""Unknown keys for which a near one is sought; a file of more has something else wrong with it."""

_LISTS_OF_TABLES = ("targets", "waivers", "scenarios")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TOO_FEW = "too few"


def dotted(path: Path) -> str:
    """The path as a person would write it: `rules.five_g_vendor.severity.Huawei`, `targets[1].id` of the first."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            text += f"{'.' if text else ''}{part if _BARE.fullmatch(part) and len(part) <= 64 else quoted(part)}"
    return text


def worded_mistakes(error: ValidationError, raw: dict[str, Any]) -> list[Mistake]:
    """One mistake a place: pydantic reports each branch of a union, and a list as short of what it could not read."""
    found: dict[Path, Mistake] = {}
    for details in error.errors(include_url=False):
        path = _written(details["loc"], raw)
        if details["type"] == "union_tag_invalid":
            path = (*path, "kind")
        if path not in found:
            found[path] = (path, *_worded(details, path, hints=len(found) < MOST_HINTS))
    inner = {path[:length] for path in found for length in range(1, len(path))}
    short = {path for path, message, _ in found.values() if message.startswith(_TOO_FEW)}
    return [mistake for path, mistake in found.items() if not (path in short and path in inner)]


def _written(location: tuple[int | str, ...], raw: dict[str, Any]) -> Path:
    """The path as it stands in the file: pydantic adds the names of union branches, which are not."""
    path: list[str | int] = []
    here: Any = raw
    for index, part in enumerate(location):
        last = index == len(location) - 1
        if isinstance(part, int):
            inside = isinstance(here, list) and part < len(here)
        else:
            inside = isinstance(here, Mapping) and part in here
        if inside:
            here = here[part]
        elif not (last and isinstance(here, Mapping) and part != "[key]"):
            continue
        path.append(part)
    return tuple(path)


def _found(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a number of too many digits"
    return printable(str(value))


_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("below", "lt"),
}
_NUMBERS = {"float_type": "a number", "int_type": "a whole number", "int_from_float": "a whole number"}
_NUMBERS |= {"bool_type": "true or false"}
_WORDS = {
    "missing": ("missing", "add it"),
    "string_pattern_mismatch": ("found {found}", ""),
    "value_error": ("found {found}, which is not in the calendar", "write a date as YYYY, YYYY-MM or YYYY-MM-DD"),
    "string_type": ("found {found}, expected text", "write it in quotes"),
    "finite_number": ("found {found}, expected a finite number", ""),
    "string_too_short": ("is empty", "write something, or remove the line"),
    "string_too_long": ("longer than {max_length:,} characters", "shorten it"),
    "too_short": (f"{_TOO_FEW} entries: {{actual_length}}, at least {{min_length}}", "add what is missing"),
    "too_long": ("too many entries, at most {max_length:,}", "remove some"),
}
_WORDS_OF_NAMES = {
    "string_pattern_mismatch": ("not usable as a name", "letters, digits, - and _ only, at most 64"),
    "string_too_short": ("an empty name", ""),
}
_PATTERN_HINTS = {
    "{4}": "write a date as YYYY, YYYY-MM or YYYY-MM-DD, in quotes",
    "{3}": "write a country as its three-letter code",
    "[ym]": 'write years or months, as "10y" or "18m"',
    "": "letters, digits, - and _ only",
}
_LISTS = ("tuple_type", "list_type")
_TABLES = ("model_type", "dict_type", "model_attributes_type")


def _worded(details: ErrorDetails, path: Path, hints: bool) -> tuple[str, str]:
    """What was found and what to do, in the words of the file's author and not of the library that reads it."""
    kind, context, location, value = details["type"], details.get("ctx", {}), details["loc"], details["input"]
    found = _found(value)
    if said := _in_its_section(kind, path, location, value) or _not_one_of(details, hints):
        return said
    if kind in _BOUNDS:
        word, end = _BOUNDS[kind]
        bound = context[end]
        return f"found {found}, must be {word} {int(bound) if bound == int(bound) else bound}", ""
    if kind in _NUMBERS:
        return f"found {found}, expected {_NUMBERS[kind]}", "write it without quotes" if isinstance(value, str) else ""
    if kind in _LISTS:
        section = f"[[{path[-1]}]]" if path[-1] in _LISTS_OF_TABLES else ""
        return (
            f"found {found}, expected a list{' of tables' * bool(section)}",
            f"write {section or 'it in square brackets'}",
        )
    if kind in _TABLES:
        header = f"[[{path[0]}]]" if path[0] in _LISTS_OF_TABLES and len(path) == 2 else f"[{dotted(path)}]"
        return f"found {found}, expected a table", f"write {header} above its keys"
    return _short(kind, context, location, value)


def _in_its_section(kind: str, path: Path, location: tuple[int | str, ...], value: object) -> tuple[str, str] | None:
    """The words for what may be several things in its section."""
    found = _found(value)
    match path:
        case ("entities", str(key)) if kind in ("string_pattern_mismatch", "model_type"):
            if value == key and not nearest(key, ["rollup"]):
                return "not usable as an entity", "use an ISO 3166-2 code, as in [entities.BA-SRP]"
            return "unknown key", nearest(key, ["rollup"]) or "an entity is a table, as [entities.BA-SRP]"
        case ("scenarios", int(), "set", *_) if kind in ("string_type", "bool_type", "float_type"):
            return f"found {found}, expected a word, a number, true or false", 'a list is written "Huawei;ZTE"'
    if "words" not in location or kind not in _LISTS:
        return None
    expected = f"found {found}, expected a word, a list of words or {{ at_least = … }}"
    settings = Require if "require" in path else Subject if "for" in path else None
    return expected, nearest(str(path[-1]), keys_of(settings)) if settings else ""


def _not_one_of(details: ErrorDetails, hints: bool) -> tuple[str, str] | None:
    """The words for a key, kind or word that is not one of those that may stand there."""
    context, value = details.get("ctx", {}), details["input"]
    match details["type"]:
        case "extra_forbidden":
            *above, key = details["loc"]
            return "unknown key", nearest(str(key), keys_of(reduce(inside, above, Rulebook))) if hints else ""
        case "union_tag_invalid":
            tag = str(context["tag"])
            return f"unknown kind {quoted(tag)}; one of {', '.join(map(quoted, KINDS))}", nearest(tag, KINDS)
        case "union_tag_not_found":
            return f"no kind; one of {', '.join(map(quoted, KINDS))}", "add kind = …"
        case "literal_error":
            words = str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
            near = nearest(value, words) if isinstance(value, str) else ""
            return f"found {_found(value)}, expected one of {', '.join(words)}", near
    return None


def _short(kind: str, context: dict[str, Any], location: tuple[int | str, ...], value: object) -> tuple[str, str]:
    """The words for what is missing, out of bounds, or text that is not of its form."""
    if "[key]" in location and kind in _WORDS_OF_NAMES:
        return _WORDS_OF_NAMES[kind]
    found, hint = _WORDS.get(kind, ("found {found}, which cannot be read here", ""))
    if kind == "missing" and isinstance(location[-1], int):
        found, hint = f"{_TOO_FEW} numbers, expected two", "as [0, 25]"
    elif kind == "string_type" and isinstance(value, dict | list):
        hint = ""
    elif kind == "string_pattern_mismatch":
        hint = next(hint for part, hint in _PATTERN_HINTS.items() if part in context["pattern"])
    return found.format(found=_found(value), **context), hint


def inside(kind: Any, step: int | str) -> Any:
    """The type of what stands under a key of a table, at a place of a list, or on a branch of a union."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, Part):
        fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        return fields[step] if step in fields else inside(kind.__annotations__["__pydantic_extra__"], step)
    *_, inner = (part for part in get_args(kind) if part is not ...)
    # Of the branches of a union one is a table, but for the rules, whose branches are called by their kind.
    return KINDS.get(str(step), inner) if get_origin(kind) not in (dict, tuple) else inner
