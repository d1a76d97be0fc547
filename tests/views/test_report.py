"""The report: whole in itself, in order, the same each time, and complete."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from exposure.analysis.explain import contradictions
from exposure.scoring.score import Scores
from exposure.views.report import report_html

VOID = {"meta", "img", "source", "rect", "circle", "polyline", "br", "link", "input"}


class Read(HTMLParser):
    """A page as a strict reader finds it: whatever is opened is closed, in turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[tuple[str, str]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def end(self, *tags: str) -> None:
        """Ends a cell or a row whose end HTML does not ask for."""
        while self.open and self.open[-1] in tags:
            self.open.pop()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        if tag in ("td", "th", "tr"):
            self.end("td", "th", *([tag] if tag == "tr" else []))
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("thead", "tbody"):
            self.end("td", "th", "tr")
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append((self.open[-1], data.strip()) if self.open else ("", data.strip()))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


@pytest.fixture(scope="module")
def page(shipped_report: str) -> str:
    return shipped_report


@pytest.fixture(scope="module")
def read(page: str) -> Read:
    return Read(page)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty picture wherever one is drawn, for what is about the rest of the page."""
    monkeypatch.setattr("exposure.views.report.drawn", lambda *_: b"<svg/>")


@pytest.mark.usefixtures("no_pictures")
def test_the_same_scores_make_the_same_bytes(page: str, shipped: Scores) -> None:
    """That a picture does is held where they are drawn."""
    assert report_html(shipped) == re.sub(r"(?<=;base64,)[\w+/=]+", "PHN2Zy8+", page)


def test_it_is_well_formed(read: Read) -> None:
    """Every id once, every reference inside the page leads somewhere, headings go down a step at a time."""
    ids = [attributes["id"] for _, attributes in read.tags if "id" in attributes]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    inside = {a["href"][1:] for a in read.all("a") if a["href"] and a["href"].startswith("#")}
    labels = {attributes["aria-labelledby"] for _, attributes in read.tags if "aria-labelledby" in attributes}
    assert inside | labels <= set(ids)
    levels = [int(tag[1]) for tag, _ in read.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_is_fetched(read: Read, page: str) -> None:
    """The only addresses of the web are links to sources, which the reader may follow."""
    for tag, attributes in read.tags:
        for name, value in attributes.items():
            if name in ("src", "srcset", "action", "data", "poster", "background", "xlink:href", "ping", "formaction"):
                assert (value or "").startswith("data:image/svg+xml;base64,"), (tag, name)
            if name == "href":
                assert tag == "a"
            assert not name.startswith("on")
            assert name != "style"
    away = [a for a in read.all("a") if not (a["href"] or "").startswith("#")]
    assert away
    assert all((a["href"] or "").startswith(("http://", "https://")) for a in away)
    assert all(a["rel"] == "noopener noreferrer" for a in away)
    assert not re.search(r"url\(|@import|@font-face|<link|<base|<iframe|<object|<embed|<form", page)


def test_a_reader_who_sees_nothing_is_told_everything(read: Read) -> None:
    assert read.all("html")[0]["lang"] == "en"
    assert [len(read.all(name)) for name in ("header", "nav", "main", "footer", "title")] == [1] * 5
    assert read.tags[[tag for tag, _ in read.tags].index("body") + 1] == ("a", {"class": "skip", "href": "#content"})
    assert all(len(one["alt"] or "") > 40 for one in read.all("img"))
    assert all(one.get("aria-hidden") == "true" for one in read.all("svg"))
    assert all(one["scope"] in ("col", "row") for one in read.all("th"))
    assert len(read.all("caption")) == len(read.all("table"))
    assert len(read.all("img")) == 5


def test_everything_asked_for_is_there(page: str, read: Read, shipped: Scores) -> None:
    texts = {text for _, text in read.text}
    ids = {attributes["id"] for _, attributes in read.tags if "id" in attributes}
    for name in ("ranking", "map", "severities", "sureness", "trend", "scenarios", "countries", "method", "sources"):
        assert name in ids
    selection = shipped.selection
    for code, name, country in zip(selection.units, selection.names, selection.is_country, strict=True):
        assert name in texts
        assert not country or f"country-{code}" in ids
    for unit, flags in enumerate(contradictions(shipped)):
        for flag in flags if selection.is_country[unit] else ():
            assert page.count(shipped.rulebook.label(flag)) >= 3
    for scenario in shipped.rulebook.scenarios:
        assert scenario.label in texts
    for name in shipped.tree.rules:
        assert any(shipped.rulebook.label(name) in text for text in texts), name
    assert shipped.fingerprint in texts
    assert shipped.rulebook.index.edition in texts
    used = {key for key in shipped.selection.observations.claims["source"].unique() if key}
    assert {f"source-{key}" for key in used} <= ids


HEAD = "country,indicator,value,as_of,source,confidence,note\n"
RULES = '[dimensions.d]\n[rules.debt]\ndimension = "d"\nkind = "number"\ngoalposts = [0, 100]\n'


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize("draws", [0, 20])
def test_without_draws_there_is_no_rank_range(scored: Callable[..., Scores], draws: int) -> None:
    page = report_html(scored(RULES, "country,debt\nSRB,5\nMNE,9\n"), draws=draws)
    assert ('id="sureness"' in page) == (draws > 0)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param(HEAD, id="no observation at all"),
        pytest.param("country,debt\nSRB,\n", id="a country of which nothing is known"),
        pytest.param("country,debt\nSRB,5\n", id="one country, undated and unsourced"),
        pytest.param("country,debt\nSRB,5\nMNE,5\n", id="a tie"),
        pytest.param(
            "country,debt\n" + "".join(f"{c},5\n" for c in ["AUT", "BEL", "CHE", "CZE", "DEU", "DNK", "ESP"]),
            id="seven",
        ),
    ],
)
def test_thin_files_have_a_report(scored: Callable[..., Scores], claims: str) -> None:
    Read(report_html(scored(RULES, claims), draws=20))
