"""The JSON Schema of rules.toml, for editors."""

from __future__ import annotations

from typing import Any

from exposure.rulebook.model import Rulebook


def rules_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every readable rules file meets."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Rulebook.model_json_schema(by_alias=True)}
