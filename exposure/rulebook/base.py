"""What the tables of the rules file are made of: their base, and the types of what stands in them.

They are read by the core of pydantic and not by its models, which take longer to load and to build than a file of
ordinary size to be read and scored. A table is a class of annotations, as with pydantic: a type, with its limits in
the terms of the core, and a default where the key may be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Self,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic_core import SchemaSerializer, SchemaValidator

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

Path = tuple[str | int, ...]
"""Where something stands in the rules file, key by key."""
Mistake = tuple[Path, str, str]
"""Where, what was found, what to do."""

NOTHING: Any = {}
"""A table that may be left out; not written in the classes, where it would be one for all to change."""


class Limits:
    """What is asked of a value beside its type."""

    def __init__(self, **limits: object) -> None:
        self.limits = limits


class OneOf:
    """Types of which a key of the table says which it is, or a function of whatever stands there."""

    def __init__(self, by: str | Callable[[object], str], of: Mapping[str, Any]) -> None:
        self.by, self.of = by, of


Id = Annotated[str, Limits(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
Text = Annotated[str, Limits(max_length=4000)]
Line = Annotated[str, Limits(min_length=1, max_length=300)]
Number = Annotated[float, Limits(allow_inf_nan=False)]
Weight = Annotated[float, Limits(ge=0, le=1e9, allow_inf_nan=False)]
Pair = tuple[Number, Number]
Words = Annotated[tuple[Line, ...], Limits(min_length=1, max_length=1000)]

Missing = Literal["exclude", "worst", "best"]
Layer = Literal["practice", "commitment"]


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Part:
    """A table of the rules file: unknown keys and loose types are mistakes, and nothing changes once read."""

    # Where the core puts what it reads.
    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")
    if TYPE_CHECKING:
        __pydantic_extra__: dict[str, Any]
        __pydantic_fields_set__: set[str]
    model_config: ClassVar[dict[str, str]] = {"extra": "forbid"}
    """What pydantic's JSON Schema asks of a model."""

    def __init__(self, **values: object) -> None:
        self._core()[0].validate_python(values, self_instance=self)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} of a rulebook does not change")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other) and self.others == other.others

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    @classmethod
    def _core(cls) -> tuple[SchemaValidator, SchemaSerializer]:
        return _core_of(cls)  # type: ignore[arg-type]  # mypy takes the hash of instances for that of the class

    @classmethod
    def model_validate(cls, table: object) -> Self:
        """The part that is written in the table. Raises pydantic's ValidationError with every mistake."""
        return cls._core()[0].validate_python(table)

    @property
    def others(self) -> dict[str, Any]:
        """What stands beside its keys, in a table that may hold more."""
        return self.__pydantic_extra__

    @property
    def model_fields_set(self) -> set[str]:
        """What was written, as against left at its default."""
        return self.__pydantic_fields_set__

    def model_copy(self, update: Mapping[str, Any]) -> Self:
        """The same with other values, which are not checked."""
        copy = object.__new__(type(self))
        object.__setattr__(copy, "__dict__", {**vars(self), **update})
        object.__setattr__(copy, "__pydantic_extra__", self.others)
        object.__setattr__(copy, "__pydantic_fields_set__", self.model_fields_set | update.keys())
        return copy

    def model_dump(self, exclude_defaults: bool = False) -> dict[str, Any]:
        """As it would stand in JSON, by the keys of the file."""
        return self._core()[1].to_python(self, mode="json", by_alias=True, exclude_defaults=exclude_defaults)


def keys_of(part: type[Part]) -> list[str]:
    """The keys that may stand in such a table."""
    return [name.rstrip("_") for name in _keys(part)[0]]


def inside(kind: Any, step: int | str) -> Any:
    """The type of what stands under a key of a table, at a place of a list, or on a branch of a union."""
    parts = get_args(kind)
    if get_origin(kind) is Annotated:
        branches = next((limit.of for limit in parts[1:] if isinstance(limit, OneOf)), None)
        return branches[str(step)] if branches else inside(parts[0], step)
    if parts:
        return parts[1] if get_origin(kind) is dict else inside(parts[0], step) if NoneType in parts else parts[0]
    fields, others = _keys(kind)
    return next((of for name, of in fields.items() if name.rstrip("_") == step), None) or get_args(others)[1]


def _keys(part: type[Part]) -> tuple[dict[str, Any], Any]:
    """The type of each key, and of what may stand beside them, None where nothing may."""
    hints = get_type_hints(part, include_extras=True)
    others = hints.pop("__pydantic_extra__", None)
    return {name: hint for name, hint in hints.items() if get_origin(hint) is not ClassVar}, others


@cache
def _core_of(part: type[Part]) -> tuple[SchemaValidator, SchemaSerializer]:
    """What reads such a table, and what writes it."""
    schema = core_schema(part)
    return SchemaValidator(schema), SchemaSerializer(schema)


def core_schema(part: type[Part]) -> CoreSchema:
    """Such a table in the terms of pydantic's core."""
    tables: dict[str, Any] = {}
    schema = _schema(part, tables)
    return {"type": "definitions", "schema": schema, "definitions": list(tables.values())}


def _schema(kind: Any, tables: dict[str, Any]) -> dict[str, Any]:
    """A type in the terms of the core; `tables` takes up every table on the way."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _limited(parts[0], parts[1:], tables)
    if origin is Literal:
        return {"type": "literal", "expected": list(parts)}
    if origin is dict:
        keys, values = (_schema(part, tables) for part in parts)
        return {"type": "dict", "keys_schema": keys, "values_schema": values}
    if origin is tuple:
        items = [_schema(part, tables) for part in parts if part is not ...]
        # TOML arrays arrive as lists; tuples are kept so that a loaded rulebook cannot change.
        return {"type": "tuple", "items_schema": items, "strict": False} | (
            {"variadic_item_index": 0} if ... in parts else {}
        )
    if origin in (Union, UnionType):
        choices = [_schema(part, tables) for part in parts if part is not NoneType]
        found = choices[0] if len(choices) == 1 else {"type": "union", "choices": choices, "mode": "left_to_right"}
        return {"type": "nullable", "schema": found} if NoneType in parts else found
    return _table(kind, tables) if issubclass(kind, Part) else {"type": kind.__name__}


def _limited(kind: Any, limits: tuple[Any, ...], tables: dict[str, Any]) -> dict[str, Any]:
    for limit in limits:
        if isinstance(limit, OneOf):
            choices = {word: _schema(part, tables) for word, part in limit.of.items()}
            return {"type": "tagged-union", "discriminator": limit.by, "choices": choices}
    found = _schema(kind, tables)
    for limit in limits:
        if isinstance(limit, Limits):
            found |= limit.limits
        else:
            found = {"type": "function-after", "schema": found, "function": {"type": "no-info", "function": limit}}
    return found


def _table(part: type[Part], tables: dict[str, Any]) -> dict[str, Any]:
    name = part.__name__
    if name not in tables:
        fields, others = _keys(part)
        schema: dict[str, Any] = {
            "type": "model-fields",
            "fields": {key: _field(part, key, _schema(kind, tables)) for key, kind in fields.items()},
        }
        if others:
            keys, values = get_args(others)
            schema |= {"extras_keys_schema": _schema(keys, tables), "extras_schema": _schema(values, tables)}
        config = {"strict": True, "extra_fields_behavior": "allow" if others else "forbid"}
        tables[name] = {"type": "model", "cls": part, "ref": name, "config": config, "schema": schema}
    return {"type": "definition-ref", "schema_ref": name}


def _field(part: type[Part], key: str, schema: dict[str, Any]) -> dict[str, Any]:
    if hasattr(part, key):
        default = getattr(part, key)
        # What is left out is read as an empty table.
        schema = {"type": "default", "schema": schema, "default": default, "validate_default": default is NOTHING}
    written = key.rstrip("_")
    return {"type": "model-field", "schema": schema, "validation_alias": written, "serialization_alias": written}
