"""Columns: one declaration gives what documents and what screens have."""

from __future__ import annotations

from typing import NamedTuple

from exposure.output.page import Block, Cell, Column, Field, Row, filled, recorded, row, table


class Place(NamedTuple):
    name: str
    score: float | None
    note: str = ""


FIELDS: tuple[Field[Place], ...] = (
    Field("name", "Country"),
    Field("score", "Score", lambda one: Cell(f"{one.score:.1f}", "strong"), "right", 2),
    Field("note", "Note", wrap=True),
    Field("parts", value=lambda one: tuple(one.name.split())),
    Field("twice", value=lambda one: 2 * (one.score or 0.0)),
    Field("", "!", lambda one: "!" if one.note else ""),
)


def test_a_document_has_the_keys_in_order_full_figures_and_null_for_an_empty_text() -> None:
    record = recorded(FIELDS, Place("Serbia", 77.7653))
    assert list(record) == ["name", "score", "note", "parts", "twice"]
    assert list(record.values()) == ["Serbia", 77.7653, None, ["Serbia"], 155.5306]


def test_a_screen_has_the_headings_and_published_figures() -> None:
    block = table("Ranking", FIELDS, [Place("Serbia", 77.7653)], ["A note."], kind=lambda _: "total")
    assert block.columns == (
        Column("Country"),
        Column("Score", "right", 2),
        Column("Note", wrap=True),
        Column("!"),
    )
    assert block.rows == (Row(("Serbia", Cell("77.8", "strong"), "", ""), "total"),)
    assert (block.title, block.notes) == ("Ranking", ("A note.",))


def test_what_a_record_does_not_know_is_blank_on_a_screen() -> None:
    plain: tuple[Field[Place], ...] = (Field("score", "Score"),)
    assert row(plain, Place("Norway", None)).cells == ("",)
    assert recorded(plain, Place("Norway", None)) == {"score": None}


def test_a_row_is_blank_behind_its_last_cell() -> None:
    assert [Row(("a",)).at(column) for column in (0, 1)] == ["a", ""]


def test_a_block_without_rows_and_notes_says_nothing() -> None:
    said = Block("Kept", notes=("A note.",))
    assert filled(Block("Title alone"), said) == (said,)
