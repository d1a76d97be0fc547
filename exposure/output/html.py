"""A document of titled sections, tables and pictures as one HTML file that asks the network for nothing.

Whatever a cell or label says is text: jinja2 escapes all of it, what cannot be seen is written out, and the
page's own policy lets the browser run the one script below and fetch nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from exposure.errors import ExposureError
from exposure.output.page import Bar, Block, Cell, Column, Shown, Spark
from exposure.text import plain

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup

STYLED = 12
"""Columns whose looks the table has and not each of their cells."""


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
    require()
    return _template().render(document=document, styled=STYLED) + "\n"


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    def printed(value: object) -> object:
        # Every text that is put in passes here, so that none can be forgotten; markup comes from the template itself.
        return plain(value) if isinstance(value, str) and not hasattr(value, "__html__") else value

    environment = Environment(
        loader=PackageLoader("exposure", "output"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "table": _table,
        "web": web_address,
        "digest": lambda text: hashlib.sha256(text.encode()).digest(),
        "base64": lambda data: base64.b64encode(data).decode(),
    }
    return environment.get_template("report.html")


def require() -> None:
    """Raises ExposureError where jinja2 is not installed: before a long computation rather than after it."""
    try:
        import jinja2  # noqa: F401
    except ImportError:
        message = "a report needs jinja2, which is not installed; pip install jinja2 matplotlib"
        raise ExposureError(message) from None


def web_address(text: str) -> str:
    """The address if a browser may follow it, else nothing: only http and https, with a host and nothing unseen."""
    if plain(text) != text or re.search(r"[\s<>\"'`\\{}|^]", text):
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.hostname else ""


def _table(block: Block, name: str, anchors: Mapping[str, str]) -> Markup:
    """The rows of a block as markup: made here, since a template takes ten times as long for a cell.

    The ends of cells and rows, which HTML does not ask for, would be a fifth of the page.
    """
    from markupsafe import Markup

    columns = block.columns
    naming = next((at for at, column in enumerate(columns) if column.align == "left"), 0)
    rows = []
    for row in block.rows:
        cells = [_cell(row.at(at), column, at == naming, at >= STYLED, anchors) for at, column in enumerate(columns)]
        rows.append(f"<tr{_class(row.kind)}>{''.join(cells)}\n")
    # A tree of rules, or what a total closes, says nothing any more in another order.
    flat = all(row.kind in ("", "part") for row in block.rows)
    sortable = " data-sortable" if flat and len(rows) > 2 else ""
    markup = (
        f"<table{sortable}{_class('wide' if len(columns) > 8 else 'plain', *_styles(columns))}>\n"
        f'<caption class="unseen">{_text(name)}</caption>\n'
        f"<thead><tr>{''.join(map(_head, columns))}</thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table>"
    )
    # Every text in it has gone through `_text`.
    return Markup(markup)  # noqa: S704


def _text(text: str) -> str:
    """The text as nothing but text, whoever wrote it."""
    return escape(plain(text))


def _class(*names: str) -> str:
    said = " ".join(filter(None, names))
    return f' class="{said}"' if said else ""


def _head(column: Column) -> str:
    right = "right" if column.align == "right" else ""
    if not column.title:
        return f"<td{_class(right)}>"
    return f'<th scope="col"{_class(right, "wrap" if column.wrap else "")}>{_text(column.title)}'


def _styles(columns: Sequence[Column]) -> list[str]:
    """What the table says of its first columns, so that their cells need not: those to the right and those that wrap.

    All beyond are to the right, unless a cell says something else.
    """
    first = list(enumerate(columns[:STYLED], 1))
    right = [f"r{at}" for at, column in first if column.align == "right"]
    return [*right, *(f"w{at}" for at, column in first if column.wrap), *["rest"] * (len(columns) > STYLED)]


def _cell(cell: Shown, column: Column, naming: bool, beyond: bool, anchors: Mapping[str, str]) -> str:
    """One cell; the one that names its row heads it."""
    depth, tone = 0, ""
    if isinstance(cell, Bar):
        inside, naming = _bar(cell), False
    elif isinstance(cell, Spark):
        inside, naming = _spark(cell), False
    else:
        text, tone = (cell.text, cell.tone) if isinstance(cell, Cell) else (cell, "")
        depth = min((len(text) - len(text.lstrip(" "))) // 2, 6)
        # Dates and keys do not break where they have a hyphen.
        inside = _words(text.strip(" "), not column.wrap and not naming and not tone, anchors)
        if tone in ("good", "fair", "poor", "bad"):
            inside, tone = f'<span class="tag {tone}">{inside}</span>' if inside else "", ""
    looks = ("left" * (column.align == "left"), "wrap" * column.wrap) if beyond else ()
    opening = 'th scope="row"' if naming else "td"
    return f"<{opening}{_class(*looks, f'in{depth}' if depth else '', tone)}>{inside}"


def _words(text: str, unbroken: bool, anchors: Mapping[str, str]) -> str:
    """What a cell says, with links to the places that say more."""
    parts = [text] if text in anchors else text.split(", ")
    if all(part in anchors for part in parts):
        return ", ".join(f'<a href="#{_text(anchors[part])}">{_text(part)}</a>' for part in parts)
    if unbroken and "-" in text:
        return ", ".join(f'<span class="nb">{_text(part)}</span>' for part in parts)
    return _text(text)


def _bar(cell: Bar) -> str:
    """A score to scale: solid up to its low, then to itself, then light up to its high."""
    low, value, high = (round(min(max(part, 0.0), 1.0) * 100, 1) for part in (cell.low, cell.value, cell.high))
    parts = (("rail", 100.0), ("light", max(value, high)), ("half", value), ("solid", min(low, value)))
    drawn = "".join(f'<rect class="{name}" width="{width:g}" height="10"/>' for name, width in parts)
    return f'<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'


def _spark(cell: Spark) -> str:
    """A line through what is known well enough, dots where too little is known."""
    width, height = 96, 20
    step = width / max(len(cell.values) - 1, 1)
    lines: list[list[tuple[float, float]]] = [[]]
    dots = []
    for at, (value, thin) in enumerate(zip(cell.values, cell.thin, strict=True)):
        point = round(at * step, 1), round(height * (1 - min(max(value or 0.0, 0.0), 1.0)), 1)
        if value is not None and not thin:
            lines[-1].append(point)
            continue
        lines.append([])
        dots += [point] if value is not None else []
    # A line of one point would not be seen.
    dots += [line[0] for line in lines if len(line) == 1]
    drawn = [" ".join(f"{x:g},{y:g}" for x, y in line) for line in lines if len(line) > 1]
    strokes = [f'<polyline points="{points}"/>' for points in drawn]
    strokes += [f'<circle cx="{x:g}" cy="{y:g}" r="1.2"/>' for x, y in sorted(dots)]
    return f'<svg class="spark" viewBox="-2 -2 100 24" aria-hidden="true">{"".join(strokes)}</svg>'
