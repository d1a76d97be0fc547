"""Tables of the rules file as pydantic's core reads them."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic_core import ValidationError

from exposure.rulebook.base import NOTHING, Limits, Line, OneOf, Part, Words, inside, keys_of
from exposure.rulebook.model import Rulebook


class Leaf(Part):
    """A table in a table."""

    at_least: float | None = None


class Table(Part):
    """One of each type."""

    id: Annotated[str, Limits(max_length=3)]
    for_: Leaf = NOTHING
    words: Words = ("a",)
    pair: tuple[float, float] = (0.0, 1.0)
    choice: Literal["yes", "no"] = "yes"
    named: dict[
        Line,
        Annotated[
            str | Leaf, OneOf(lambda one: "word" if isinstance(one, str) else "leaf", {"word": Line, "leaf": Leaf})
        ],
    ] = NOTHING
    setting: str | bool | float = False


class Open(Part):
    """A table that may hold more."""

    known: bool = False
    __pydantic_extra__: dict[str, float]


@pytest.mark.parametrize(
    ("table", "mistakes"),
    [
        pytest.param({"id": "abc"}, [], id="what may be left out"),
        pytest.param(
            {"id": "a", "for": {"at_least": 1}, "words": ["b"], "pair": [1, 2], "named": {"x": "y"}}, [], id="lists"
        ),
        pytest.param({"id": "a", "named": {"x": {"at_least": 2.5}}, "setting": "yes"}, [], id="unions"),
        pytest.param({}, [("missing", ("id",))], id="what may not"),
        pytest.param({"id": "abcd"}, [("string_too_long", ("id",))], id="limits"),
        pytest.param({"id": "a", "for_": {}}, [("extra_forbidden", ("for_",))], id="the name in Python"),
        pytest.param({"id": "a", "for": {"at_lest": 1}}, [("extra_forbidden", ("for", "at_lest"))], id="unknown keys"),
        pytest.param(
            {"id": 1, "choice": "oui"}, [("string_type", ("id",)), ("literal_error", ("choice",))], id="all at once"
        ),
        pytest.param({"id": "a", "pair": ["1", 2]}, [("float_type", ("pair", 0))], id="loose types"),
        pytest.param(
            {"id": "a", "named": {"x": {"at": 2}}}, [("extra_forbidden", ("named", "x", "leaf", "at"))], id="branches"
        ),
    ],
)
def test_a_table_is_read_strictly(table: dict[str, object], mistakes: list[tuple[str, tuple[object, ...]]]) -> None:
    try:
        Table.model_validate(table)
        found = []
    except ValidationError as error:
        found = [(one["type"], one["loc"]) for one in error.errors()]
    assert found == mistakes


def test_what_is_read_does_not_change_and_is_equal_to_its_like() -> None:
    one, same = Table(id="a"), Table.model_validate({"id": "a"})
    assert one == same and hash(one.for_) == hash(same.for_)
    assert one != Table(id="b") and one != "a"
    with pytest.raises(AttributeError, match="does not change"):
        one.id = "b"  # type: ignore[misc]
    copy = one.model_copy(update={"id": "much longer"})
    assert (one.id, copy.id) == ("a", "much longer")
    assert (one.model_fields_set, copy.model_fields_set) == ({"id"}, {"id"})
    assert repr(one.for_) == "Leaf(at_least=None)"


def test_tables_left_out_are_not_shared() -> None:
    one, other = Table(id="a"), Table(id="a")
    assert one.named == {} and one.named is not other.named
    assert NOTHING == {}


def test_a_table_is_written_by_the_keys_of_the_file() -> None:
    table = Table.model_validate({"id": "a", "for": {"at_least": 1.5}, "words": ["b", "c"]})
    assert table.model_dump(exclude_defaults=True) == {"id": "a", "for": {"at_least": 1.5}, "words": ["b", "c"]}
    assert list(table.model_dump()) == keys_of(Table)


def test_what_stands_beside_the_keys_is_kept_apart() -> None:
    table = Open.model_validate({"known": True, "other": 1.5})
    assert (table.known, table.others) == (True, {"other": 1.5})
    with pytest.raises(ValidationError):
        Open.model_validate({"other": "text"})


@pytest.mark.parametrize(
    ("steps", "first"),
    [
        (("index",), "title"),
        (("rules", "x", "number"), "kind"),
        (("rules", "x", "combination", "when", "debt", "bounds"), "at_least"),
        (("dimensions", "d", "aggregation", "floored"), "method"),
        (("entities", "BA-SRP"), "name"),
        (("targets", 3, "for"), "min_band"),
        (("uncertainty", "confidence"), "high"),
    ],
)
def test_the_type_at_a_place_is_found(steps: tuple[str | int, ...], first: str) -> None:
    kind: object = Rulebook
    for step in steps:
        kind = inside(kind, step)
    assert keys_of(kind)[0] == first  # type: ignore[arg-type]
