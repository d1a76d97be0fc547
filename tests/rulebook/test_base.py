"""Tables of the rules file: read strictly, never changed, written by the keys of the file."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import ValidationError

from exposure.rulebook.base import NOTHING, Part, keys_of
from exposure.rulebook.model import Index, Require, Rulebook, Target, Uncertainty
from exposure.rulebook.wording import inside

TARGET = {"id": "a", "for": {"debt": {"at_least": 1.5}, "law": ["yes", "no"]}, "require": {"max_score": 50}}


@pytest.mark.parametrize(
    ("change", "mistakes"),
    [
        pytest.param({}, [], id="whole numbers for numbers, lists for tuples"),
        pytest.param({"for_": {}}, [("extra_forbidden", ("for_",))], id="the name in Python"),
        pytest.param({"require": {"max_score": "50"}}, [("float_type", ("require", "max_score"))], id="loose types"),
        pytest.param(
            {"id": 1, "level": "fatal"}, [("string_type", ("id",)), ("literal_error", ("level",))], id="all at once"
        ),
        pytest.param(
            {"for": {"debt": {"at_lest": 1}}}, [("extra_forbidden", ("for", "debt", "bounds", "at_lest"))], id="unknown"
        ),
    ],
)
def test_a_table_is_read_strictly(change: dict[str, object], mistakes: list[tuple[str, tuple[object, ...]]]) -> None:
    try:
        Target.model_validate(TARGET | change)
        found = []
    except ValidationError as error:
        found = [(one["type"], one["loc"]) for one in error.errors()]
    assert found == mistakes


@pytest.mark.parametrize(
    "change",
    [lambda index: setattr(index, "title", "b"), lambda index: setattr(index, "new", 1)],
    ids=["a key", "another"],
)
def test_what_is_read_does_not_change(change: Callable[[Index], None]) -> None:
    index = Index(title="a", edition="1")
    with pytest.raises(ValidationError):
        change(index)
    assert index == Index.model_validate({"title": "a", "edition": "1"}) != Index(title="b", edition="1")
    assert index.model_copy(update={"title": "b"}).title == "b"
    assert hash(index) == hash(Index(title="a", edition="1"))


class Table(Part):
    """Tables that may be left out."""

    named: dict[str, float] = NOTHING
    uncertainty: Uncertainty = NOTHING


def test_tables_left_out_are_not_shared() -> None:
    one, other = Table(), Table()
    assert one.named == {} and one.named is not other.named
    assert one.uncertainty == Uncertainty()


def test_a_table_is_written_by_the_keys_of_the_file() -> None:
    target = Target.model_validate(TARGET)
    assert target.model_dump(mode="json", by_alias=True, exclude_defaults=True) == TARGET
    assert list(target.model_dump(by_alias=True)) == keys_of(Target)


def test_what_stands_beside_the_keys_is_kept_apart() -> None:
    require = Require.model_validate({"max_score": 1, "other": ["a"]})
    assert (require.max_score, require.others) == (1, {"other": ("a",)})
    with pytest.raises(ValidationError):
        Require.model_validate({"other": 5})


@pytest.mark.parametrize(
    ("steps", "first"),
    [
        (("index",), "title"),
        (("rules", "x", "number"), "kind"),
        (("rules", "x", "combination", "when", "debt", "bounds"), "at_least"),
        (("dimensions", "d", "aggregation", "floored"), "method"),
        (("entities", "BA-SRP"), "name"),
        (("targets", 3, "for"), "min_band"),
        (("uncertainty", "wrong"), "high"),
    ],
)
def test_the_type_at_a_place_is_found(steps: tuple[str | int, ...], first: str) -> None:
    kind: object = Rulebook
    for step in steps:
        kind = inside(kind, step)
    assert keys_of(kind)[0] == first  # type: ignore[arg-type]
