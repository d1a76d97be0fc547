"""What makes a page of a document: addresses, drawn cells, and what is said where a part is missing."""

from __future__ import annotations

import base64
import hashlib
import re
import sys

import pytest

from exposure.errors import ExposureError
from exposure.output.html import Document, Picture, Reference, Section, require, to_html, web_address
from exposure.output.page import Bar, Block, Cell, Column, Row, Spark


def page_of(*sections: Section, **changed: object) -> str:
    document = Document("Title", "Subtitle", (("Edition", "1"),), ("Said.",), sections, {}, ("Foot.",))
    return to_html(document._replace(**changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    ["https://e.example/a?b=c&d=%20#e", "http://e.example", "HTTPS://E.example/", "https://münchen.example/ü"],
)
def test_addresses_of_the_web_are_links(address: str) -> None:
    assert web_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        *("", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x"),
        *("//e.example", "/a", "e.example", "ftp://e.example", "https:", "https://", "https:/e.example", "http://[x"),
        *(" https://e.example", "https://e.example/a b", "https://e.example/\n", "java\tscript:x", "https://e\u202e.x"),
        *('https://e.example/"onclick="x', "https://e.example/'x", "https://e.example/<b>", "https://e\\@x.example"),
    ],
)
def test_any_other_address_is_text(address: str) -> None:
    assert web_address(address) == ""
    page = page_of(Section("s", "S", references=(Reference("k", "Title", address),)))
    assert re.findall(r'href="([^"]*)"', page) == ["#content", "#findings", "#s"]


def test_a_source_is_a_link_that_gives_nothing_away() -> None:
    page = page_of(Section("s", "S", references=(Reference("k", "Title", "https://e.example/?a=1&b=2"),)))
    assert 'href="https://e.example/?a=1&amp;b=2" rel="noopener noreferrer">https://e.example/?a=1&amp;b=2</a>' in page


def test_the_policy_allows_the_script_that_is_there() -> None:
    page = page_of()
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{allowed}'" in page
    assert "default-src 'none'" in page


def test_cells_are_drawn() -> None:
    columns = (Column("A"), Column("", "right"), Column("B"))
    rows = (
        Row((Cell("  in", "dim"), Bar(0.2, 0.5, 1.5), Spark((0.0, None, 1.0, 0.5), (False, False, False, True)))),
        Row(("<b>x</b>\x1b[31m",), "section"),
    )
    page = page_of(Section("s", "S", blocks=(Block(columns=columns, rows=rows),)))
    assert '<rect class="light" width="100"' in page
    assert '<rect class="solid" width="20"' in page
    assert page.count("<circle") == 3
    assert "<polyline" not in page
    assert "&lt;b&gt;x&lt;/b&gt;\\x1b[31m" in page
    assert '<th scope="row" class="in1 dim">' in page
    assert "data-sortable" not in page.split("<table", 1)[1].split(">", 1)[0]


def test_a_table_says_once_how_its_columns_look() -> None:
    columns = tuple(Column(f"c{at}", "left" if at in (0, 13) else "right", wrap=at in (0, 13)) for at in range(15))
    page = page_of(Section("s", "S", blocks=(Block(columns=columns, rows=(Row(("a",) * 15),)),)))
    rights = " ".join(f"r{at}" for at in range(2, 13))
    assert f'<table class="wide {rights} w1 rest">' in page
    assert page.count("<td>a") == 13
    assert '<td class="left wrap">a' in page
    assert ".rest tr > :nth-child(n+13) { text-align: right; }" in page


def test_only_flat_tables_can_be_sorted() -> None:
    flat = Block(columns=(Column("A"),), rows=(Row(("a",)), Row(("  b",), "part"), Row(("c",))))
    tree = flat._replace(rows=(*flat.rows, Row(("d",), "total")))
    tags = [
        page_of(Section("s", "S", blocks=(block,))).split("<table", 1)[1].split(">", 1)[0] for block in (flat, tree)
    ]
    assert ["data-sortable" in tag for tag in tags] == [True, False]


def test_a_picture_is_an_image_with_its_words() -> None:
    page = page_of(Section("s", "S", pictures=(Picture(b"<svg onload='x'/>", 'a "b" <c>', b"<svg/>"),)))
    assert 'alt="a &#34;b&#34; &lt;c&gt;"' in page
    assert "<svg onload" not in page
    assert page.count("data:image/svg+xml;base64,") == 2


def test_without_jinja2_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ExposureError, match=r"pip install jinja2 matplotlib"):
        require()
