"""What the tables of the rules file are made of: their base, and the types of what stands in them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Path = tuple[str | int, ...]
"""Where something stands in the rules file, key by key."""
Mistake = tuple[Path, str, str]
"""Where, what was found, what to do."""

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Text = Annotated[str, Field(max_length=4000)]
Line = Annotated[str, Field(min_length=1, max_length=300)]
Age = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}[ym]$")]
"""Years or months: `10y`, `18m`."""
Number = Annotated[float, Field(allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
# TOML arrays arrive as lists; tuples are kept so that a loaded rulebook cannot change.
Pair = Annotated[tuple[Number, Number], Field(strict=False)]
Words = Annotated[tuple[Line, ...], Field(strict=False, min_length=1, max_length=1000)]

Missing = Literal["exclude", "worst", "best"]
Layer = Literal["practice", "commitment"]

NOTHING: Any = Field(default={}, validate_default=True)
"""A table that may be left out."""


class Part(BaseModel):
    """A table of the rules file: unknown keys and loose types are mistakes, and nothing changes once read."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    @property
    def others(self) -> dict[str, Any]:
        """What stands beside its keys, in a table that may hold more."""
        return self.__pydantic_extra__ or {}


def keys_of(part: type[Part]) -> list[str]:
    """The keys that may stand in such a table."""
    return [field.alias or name for name, field in part.model_fields.items()]
