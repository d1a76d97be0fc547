"""Pages for machines: JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

from exposure.output.page import Page
from exposure.text import plain

_FORMULA = re.compile(r"[\s\"]*[=+\-@＝＋－＠]")
"""What a spreadsheet runs; some do so behind blanks or a quotation mark, and take full-width signs too."""
_SEPARATOR = re.compile(r"([;,|\t])")
"""Where a spreadsheet may split a line, whatever it is told to: each part may become a cell."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?(\.\.[+-]?\d+(\.\d+)?([eE][+-]?\d+)?)?", re.ASCII)
"""A number, or two with .. between them, does nothing and must read back."""


def to_json(page: Page) -> str:
    """The document, indented by two; control, bidi and non-ASCII characters escaped, never NaN."""
    return dumped(page.document)


def dumped(document: object) -> str:
    """The document as JSON that is inert on a screen and in a log."""
    # Escaping all beyond ASCII keeps terminal escapes and direction marks of a stranger's cell inert.
    text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=True)
    # A CI runner takes ##[ for a command anywhere in a line; the same text can be written without.
    return text.replace("##[", "##\\u005b") + "\n"


def to_csv(page: Page) -> str:
    """One row a record under the JSON keys, nested ones dotted; text that a spreadsheet would run is quoted with '."""
    rows = [_flat(record) for record in page.records]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([_cell(column) for column in columns])
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def _flat(record: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _cell(value: object) -> object:
    if isinstance(value, list | tuple):
        value = ";".join(map(str, value))
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return "".join(map(_inert, _SEPARATOR.split(plain(value))))
    return "" if value is None else value


def _inert(part: str) -> str:
    return "'" + part if _FORMULA.match(part) and not _NUMBER.fullmatch(part.strip()) else part
