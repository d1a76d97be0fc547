"""The JSON Schema of rules.toml, for editors."""

from __future__ import annotations

from typing import Any

from exposure.rulebook.base import core_schema
from exposure.rulebook.model import Rulebook


def rules_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) that every readable rules file meets."""
    from pydantic.json_schema import GenerateJsonSchema

    schema = GenerateJsonSchema(by_alias=True).generate(core_schema(Rulebook))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
