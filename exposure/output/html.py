"""A document of titled sections, tables and pictures as one HTML file that asks the network for nothing.

Whatever a cell or label says is text: jinja2 escapes all of it, what cannot be seen is written out, and the
page's own policy lets the browser run the one script below and fetch nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from exposure.errors import ExposureError
from exposure.output.page import Bar, Cell, Spark
from exposure.text import plain

if TYPE_CHECKING:
    from jinja2 import Environment

    from exposure.output.page import Block, Column, Shown

_TEMPLATE = "report.html"
_MISSING = "a report needs jinja2, which is not installed; pip install 'exposure[report]'"
_SPARK = (96, 20)
"""Width and height of a drawn line, in its own units."""


class Picture(NamedTuple):
    """A drawing with what it shows in words."""

    svg: bytes
    alt: str
    narrow: bytes = b""
    """The same for a screen on which the first would be too small to read."""


class Reference(NamedTuple):
    """A work that is cited."""

    key: str
    text: str
    """Title, publisher, year."""
    address: str = ""
    """A link if it is one of the web, else text."""
    note: str = ""
    see: str = ""
    """Id of the entry that has the address; empty where this is the entry."""


class Section(NamedTuple):
    """A titled part of a document, down to its own parts."""

    id: str
    title: str
    lead: tuple[str, ...] = ()
    """Paragraphs before everything else."""
    pictures: tuple[Picture, ...] = ()
    blocks: tuple[Block, ...] = ()
    references: tuple[Reference, ...] = ()
    parts: tuple[Section, ...] = ()
    own_page: bool = False
    """Whether it starts a page of paper."""


class Document(NamedTuple):
    """What is to be read from the first line to the last."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    """What and how much, at a glance."""
    findings: tuple[str, ...]
    """What to take away, a sentence each."""
    sections: tuple[Section, ...]
    anchors: Mapping[str, str]
    """What a cell says → id of the place that says more of it."""
    foot: tuple[str, ...]
    """What closes it, a paragraph each."""


def to_html(document: Document) -> str:
    """The document as one file. Raises ExposureError where jinja2 is not installed."""
    return _environment().get_template(_TEMPLATE).render(document=document) + "\n"


def require() -> None:
    """Raises ExposureError where jinja2 is not installed: before a long computation rather than after it."""
    try:
        import jinja2  # noqa: F401
    except ImportError:
        raise ExposureError(_MISSING) from None


def _environment() -> Environment:
    require()
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("exposure", "output"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Every text that is put in passes here, so that none can be forgotten.
        finalize=_printable,
    )
    environment.filters |= {"table": _table, "source": _source, "web": web_address, "digest": _digest}
    return environment


def _printable(value: Any) -> Any:
    # What is markup already comes from the template itself.
    return value if hasattr(value, "__html__") or not isinstance(value, str) else plain(value)


def _digest(script: str) -> str:
    """What the page's policy knows its script by: the hash of exactly what stands between the tags."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def web_address(text: str) -> str:
    """The address if a browser may follow it, else nothing: only http and https, with a host and nothing unseen."""
    if plain(text) != text or re.search(r"[\s<>\"'`\\{}|^]", text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.hostname else ""


def _source(svg: bytes) -> str:
    """The drawing as an address of its own: as an image it can run nothing, and its ids stay its own."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode()}"


class _Drawn(NamedTuple):
    """A cell as the template needs it."""

    text: str
    tone: str = ""
    indent: int = 0
    head: bool = False
    """Whether it names its row."""
    bar: tuple[float, float, float] | None = None
    """Ends of what is drawn solid, half and light, from 0 to 100."""
    line: tuple[str, ...] = ()
    """Points of unbroken lines."""
    dots: tuple[tuple[float, float], ...] = ()


class _Head(NamedTuple):
    title: str
    align: str
    wrap: bool


class _Line(NamedTuple):
    kind: str
    cells: tuple[_Drawn, ...]


class _Table(NamedTuple):
    heads: tuple[_Head, ...]
    rows: tuple[_Line, ...]
    sortable: bool
    wide: bool


def _table(block: Block) -> _Table:
    """The rows of a block, cell for cell."""
    naming = next((at for at, column in enumerate(block.columns) if column.align == "left"), 0)
    rows = tuple(
        _Line(row.kind, tuple(_drawn(row.at(at), at == naming) for at in range(len(block.columns))))
        for row in block.rows
    )
    # A tree of rules, or what a total closes, says nothing any more in another order.
    flat = all(row.kind in ("", "part") for row in block.rows)
    return _Table(tuple(_head(c) for c in block.columns), rows, flat and len(rows) > 2, len(block.columns) > 8)


def _head(column: Column) -> _Head:
    return _Head(column.title, column.align, column.wrap)


def _drawn(cell: Shown, head: bool) -> _Drawn:
    if isinstance(cell, Bar):
        low, value, high = (round(min(max(part, 0.0), 1.0) * 100, 2) for part in (cell.low, cell.value, cell.high))
        return _Drawn("", bar=(min(low, value), value, max(value, high)))
    if isinstance(cell, Spark):
        return _spark(cell)
    text, tone = (cell.text, cell.tone) if isinstance(cell, Cell) else (cell, "")
    return _Drawn(text.strip(" "), tone, min((len(text) - len(text.lstrip(" "))) // 2, 6), head)


def _spark(cell: Spark) -> _Drawn:
    """A line through what is known well enough, dots where too little is known."""
    width, height = _SPARK
    step = width / max(len(cell.values) - 1, 1)
    lines: list[list[str]] = [[]]
    dots = []
    for at, (value, thin) in enumerate(zip(cell.values, cell.thin, strict=True)):
        x, y = round(at * step, 1), round(height * (1 - min(max(value or 0.0, 0.0), 1.0)), 1)
        if value is None or thin:
            lines.append([])
            dots += [(x, y)] if value is not None else []
        else:
            lines[-1].append(f"{x:g},{y:g}")
    # A line of one point would not be seen.
    dots += [(float(points[0].split(",")[0]), float(points[0].split(",")[1])) for points in lines if len(points) == 1]
    return _Drawn("", line=tuple(" ".join(points) for points in lines if len(points) > 1), dots=tuple(sorted(dots)))
