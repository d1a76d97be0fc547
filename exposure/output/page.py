"""What a command shows, before anybody decides how: a document for machines, blocks for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
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


class Row(NamedTuple):
    """The cells of one line; a section row titles those below it."""

    cells: tuple[Cell | Bar | Spark | str, ...]
    kind: Literal["", "section", "total", "part"] = ""


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
