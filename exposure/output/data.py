"""Pages for machines: JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exposure.output.page import Page


def to_json(page: Page) -> str:
    """The document, indented by two; control, bidi and non-ASCII characters escaped, never NaN."""
    # Escaping all beyond ASCII keeps terminal escapes and direction marks of a stranger's cell inert.
    return json.dumps(page.document, indent=2, allow_nan=False, ensure_ascii=True) + "\n"


def to_csv(page: Page) -> str:
    """One row a record under the JSON keys, nested ones dotted; text that a spreadsheet would run is quoted with '."""
    rows = [_flat(record) for record in page.records]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
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
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + value
    return "" if value is None else value
