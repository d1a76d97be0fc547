"""What a command shows, before anybody decides how: a document for machines, blocks for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from exposure.errors import Finding, Level

Tone = Literal["", "strong", "dim", "good", "fair", "poor", "bad", "warn"]
"""Meaning of a cell's looks; a renderer without colours ignores it."""


class Column(NamedTuple):
    """One column of a table."""

    title: str
    align: Literal["left", "right"] = "left"
    drop: int = 0
    """Columns with the highest number go first where the screen is narrow; 0 always stays."""
    wrap: bool = False
    """Long text that may run over several lines."""


class Cell(NamedTuple):
    """A text with a tone."""

    text: str
    tone: Tone = ""


class Bar(NamedTuple):
    """A score between its bounds, each a share of the scale from 0 to 1."""

    low: float
    value: float
    high: float


class Spark(NamedTuple):
    """Values one after another, each a share of the scale from 0 to 1."""

    values: tuple[float | None, ...]
    """None where there is none."""
    thin: tuple[bool, ...]
    """Which of them too little is known of to be drawn."""


Shown = Cell | Bar | Spark | str
"""What a cell of a table can hold."""
Kind = Literal["", "section", "total", "part"]
"""What a row is among the others; a section row titles those below it."""


class Row(NamedTuple):
    """The cells of one line."""

    cells: tuple[Shown, ...]
    kind: Kind = ""

    def at(self, column: int) -> Shown:
        """The cell in this column, blank behind the last."""
        return self.cells[column] if column < len(self.cells) else ""


class Block(NamedTuple):
    """A titled table, a list of notes, or both."""

    title: str = ""
    subtitle: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    """Lines of text below the table."""
    folded: bool = False
    """Detail that a page which can fold shows closed."""


class Annotations(NamedTuple):
    """What a check found, and what it looked for."""

    found: tuple[Finding, ...]
    """Errors first."""
    checks: tuple[tuple[str, str], ...]
    """Every code that was looked for, with a sentence on what it means."""
    unlisted: tuple[tuple[Level, int], ...] = ()
    """By level, how many more were counted and are not in `found`."""
    fail_on: Level = "error"
    """The mildest level that fails."""


T = TypeVar("T")


class Field(NamedTuple, Generic[T]):
    """One column of a table of records: under its key for machines, under its heading for people."""

    key: str
    """What documents and CSV call it; empty where only a screen has it."""
    heading: str | None = None
    """What stands above it on a screen; None where only documents have it."""
    shown: Callable[[T], Shown] | None = None
    """How a screen writes it, by default the value as it is."""
    align: Literal["left", "right"] = "left"
    drop: int = 0
    """As of a column."""
    wrap: bool = False
    value: Callable[[T], Any] | None = None
    """What documents have: plain and in full precision; by default what the record has under the key, None if empty."""

    def of(self, record: T) -> Any:
        """The value that documents have."""
        value = self.value(record) if self.value else getattr(record, self.key)
        if isinstance(value, tuple):
            return list(value)
        return None if value == "" and not self.value else value

    def cell(self, record: T) -> Shown:
        """What a screen has."""
        if self.shown:
            return self.shown(record)
        value = self.of(record)
        return "" if value is None else str(value)


Fields = Sequence[Field[T]]


def keys(*names: str) -> tuple[Field[Any], ...]:
    """Columns that documents alone have, under the names that the record has."""
    return tuple(Field(name) for name in names)


def recorded(fields: Fields[T], record: T) -> dict[str, Any]:
    """The record as documents have it."""
    return {field.key: field.of(record) for field in fields if field.key}


def row(fields: Fields[T], record: T, kind: Kind = "") -> Row:
    """The record as one line of a table."""
    return Row(tuple(field.cell(record) for field in fields if field.heading is not None), kind)


def columns(fields: Fields[Any]) -> tuple[Column, ...]:
    """What stands above the lines of a table."""
    return tuple(
        Column(field.heading, field.align, field.drop, field.wrap) for field in fields if field.heading is not None
    )


def table(
    title: str,
    fields: Fields[T],
    records: Iterable[T],
    notes: Iterable[str] = (),
    *,
    subtitle: str = "",
    kind: Callable[[T], Kind] | None = None,
    folded: bool = False,
) -> Block:
    """The records as a table, a line each; `kind` says what a line is among the others."""
    rows = tuple(row(fields, record, kind(record) if kind else "") for record in records)
    return Block(title, subtitle, columns(fields), rows, tuple(notes), folded)


def filled(*blocks: Block) -> tuple[Block, ...]:
    """Those of the blocks that say something."""
    return tuple(block for block in blocks if block.rows or block.notes)


class Page(NamedTuple):
    """A finished answer."""

    document: Mapping[str, Any]
    """As JSON shows it: plain values only, None for unknown."""
    records: Sequence[Mapping[str, Any]] = ()
    """As CSV shows it: one mapping a row, nested ones become dotted columns."""
    blocks: tuple[Block, ...] = ()
    """As tables and Markdown show it."""
    annotations: Annotations | None = None
    """As annotations, SARIF and JUnit show it, where the answer is one of findings."""
