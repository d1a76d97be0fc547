"""From the text of a rules file to a Rulebook, or to every mistake in it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from exposure.errors import ExposureError, InvalidInput, Problem, nearest, printable, quoted
from exposure.rulebook.consistency import inconsistencies
from exposure.rulebook.model import Rulebook

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

LARGEST = 4_000_000
"""Bytes of a rules file; far above any real one, and small enough to refuse at once."""

Path = tuple[str | int, ...]


def load_rulebook(data: bytes, file: str = "rules.toml") -> Rulebook:
    """The rulebook written in `data`, UTF-8 TOML.

    Raises InvalidInput with every unknown key, wrong type and contradiction, each at its line.
    """
    text = _decoded(data, file)
    raw = _parsed(text, file)
    from pydantic import ValidationError

    mistakes: list[tuple[Path, str, str]] = []
    rulebook: Rulebook | None = None
    try:
        rulebook = Rulebook.model_validate(raw)
    except ValidationError as error:
        mistakes += _mistakes(error, raw)
        try:
            # The rest is checked too, so that a mistake in one rule does not hide those in others.
            rulebook = Rulebook.model_validate(_without(raw, [path for path, _, _ in mistakes]))
        except ValidationError:
            rulebook = None
    if rulebook is not None:
        mistakes += inconsistencies(rulebook, raw)
    if mistakes or rulebook is None:
        raise InvalidInput(_placed(mistakes, text, file))
    return rulebook


def _decoded(data: bytes, file: str) -> str:
    if len(data) > LARGEST:
        raise ExposureError(f"{printable(file)}: {len(data):,} bytes; a rules file holds at most {LARGEST:,}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problem = Problem("not-utf-8", f"byte 0x{data[error.start]:02x}", file, line, hint="save the file as UTF-8")
        raise InvalidInput([problem]) from None


def _parsed(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).partition(" (at ")
        numbers = [int(word) for word in place.replace(",", " ").replace(")", " ").split() if word.isdigit()]
        line, column = (*numbers[:2], 0)[:2] if numbers else (text.count("\n") + 1, 0)
        raise InvalidInput([Problem("not-toml", printable(message), file, line, column)]) from None
    except RecursionError:
        raise ExposureError(f"{printable(file)}: nested too deeply to be a rules file") from None


def _placed(mistakes: list[tuple[Path, str, str]], text: str, file: str) -> list[Problem]:
    from exposure.rulebook.lines import key_lines, line_of

    lines = key_lines(text)
    problems = [
        Problem("rules", f"{dotted(path)}: {message}" if path else message, file, line_of(lines, path), hint=hint)
        for path, message, hint in dict.fromkeys(mistakes)
    ]
    return sorted(problems, key=lambda problem: problem.line)


def dotted(path: Path) -> str:
    """The path as a person would write it: `rules.five_g_vendor.severity.Huawei`, `targets[0].id`."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if text else ''}{printable(part)}"
    return text


def _mistakes(error: ValidationError, raw: dict[str, Any]) -> Iterator[tuple[Path, str, str]]:
    for details in error.errors(include_url=False):
        path, container = _written(details["loc"], raw)
        message, hint = _worded(details, path, container)
        yield path, message, hint


def _written(location: tuple[int | str, ...], raw: dict[str, Any]) -> tuple[Path, object]:
    """The path as it stands in the file: pydantic adds the names of union branches, which are not."""
    path: list[str | int] = []
    here: Any = raw
    container: Any = raw
    for index, part in enumerate(location):
        last = index == len(location) - 1
        inside = part in here if isinstance(here, Mapping) else isinstance(here, list) and isinstance(part, int)
        if inside:
            container, here = here, here[part]
        elif last and isinstance(here, Mapping) and part != "[key]":
            container = here
        else:
            continue
        path.append(part)
    return tuple(path), container


def _worded(details: ErrorDetails, path: Path, container: object) -> tuple[str, str]:
    kind, context = details["type"], details.get("ctx", {})
    found = quoted(details["input"]) if not isinstance(details["input"], dict | list) else "a table or list"
    key = str(path[-1]) if path else ""
    match kind:
        case "missing":
            return "missing", "add it"
        case "extra_forbidden":
            return "unknown key", nearest(key, _allowed_keys(path, container))
        case "union_tag_invalid":
            return f"unknown kind {quoted(context['tag'])}; one of {_plain(context['expected_tags'])}", nearest(
                str(context["tag"]), str(context["expected_tags"]).replace("'", "").split(", ")
            )
        case "union_tag_not_found":
            return 'no kind; one of "category", "flag", "number", "relative", "combination"', "add kind = …"
        case "literal_error":
            words = str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
            return f"found {found}, expected one of {', '.join(words)}", nearest(str(details["input"]), words)
        case "string_pattern_mismatch":
            if "[key]" in details["loc"]:
                return "not usable as a name", "letters, digits, - and _ only, at most 64"
            return f"found {found}", _pattern_hint(str(context["pattern"]))
        case "tuple_type" | "list_type":
            return f"found {found}, expected a list", "write it in square brackets"
        case "string_type":
            return f"found {found}, expected text", "write it in quotes"
        case "float_type" | "int_type" | "bool_type":
            names = {"float_type": "a number", "int_type": "a whole number", "bool_type": "true or false"}
            return f"found {found}, expected {names[kind]}", "write it without quotes"
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"found {found}, expected a table", ""
        case _:
            text = details["msg"]
            return f"found {found}: {text[:1].lower()}{text[1:]}", ""


def _plain(text: object) -> str:
    return str(text).replace("'", '"')


def _pattern_hint(pattern: str) -> str:
    if r"\d{4}" in pattern:
        return "write a date as YYYY, YYYY-MM or YYYY-MM-DD, in quotes"
    return "write a country as its three-letter code" if "{3}" in pattern else "letters, digits, - and _ only"


def _allowed_keys(path: Path, container: object) -> list[str]:
    """The keys that may stand where an unknown one was found."""
    from exposure.rulebook import model as m

    kinds: dict[object, type[m.Part]] = {
        "category": m.CategoryRule,
        "flag": m.FlagRule,
        "number": m.NumberRule,
        "relative": m.RelativeRule,
        "combination": m.CombinationRule,
    }
    tables: dict[object, type[m.Part]] = {
        "index": m.Index,
        "dimensions": m.Dimension,
        "context": m.Context,
        "sources": m.Source,
        "entities": m.Entity,
        "uncertainty": m.Uncertainty,
        "checks": m.Checks,
        "targets": m.Target,
        "waivers": m.Waiver,
        "scenarios": m.Scenario,
    }
    table: type[m.Part] | None
    if len(path) == 1:
        table = m.Rulebook
    elif path[0] == "rules" and isinstance(container, Mapping):
        table = kinds.get(container.get("kind"))
    else:
        table = tables.get(path[0])
    return [field.alias or name for name, field in table.model_fields.items()] if table else []


def _without(raw: dict[str, Any], paths: list[Path]) -> dict[str, Any]:
    """The document less the parts that could not be read: a whole rule, target or section each."""
    kept = {key: dict(value) if isinstance(value, dict) else value for key, value in raw.items()}
    for path in paths:
        section = kept.get(str(path[0])) if path else None
        if isinstance(section, dict) and len(path) > 1 and path[0] != "index":
            section.pop(str(path[1]), None)
        elif path and path[0] != "index":
            kept.pop(str(path[0]), None)
    return kept
