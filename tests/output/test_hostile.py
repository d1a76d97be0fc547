"""Whatever a stranger writes in a cell or a label is text in every output, and nothing else.

What that means, format by format, is said at each test.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from exposure.analysis.audit import audit
from exposure.analysis.check import check
from exposure.analysis.diff import compare
from exposure.analysis.levers import levers
from exposure.analysis.robustness import robustness
from exposure.analysis.scenarios import assumptions, effects
from exposure.analysis.soundness.agreement import agree
from exposure.analysis.trend import trend
from exposure.analysis.what_if import what_if
from exposure.errors import LEVELS, Finding
from exposure.observations.outside import Outside, read_outside
from exposure.observations.reading import read_observations
from exposure.output import FORMATS, render
from exposure.output.data import to_csv
from exposure.output.github import to_step_summary
from exposure.output.page import Annotations, Block, Cell, Column, Page, Row
from exposure.rulebook.loading import load_rulebook
from exposure.scoring.score import Scores, score
from exposure.text import plain
from exposure.views.audit import audit_page
from exposure.views.check import check_page
from exposure.views.diff import diff_page
from exposure.views.explain import explain_page
from exposure.views.levers import levers_page
from exposure.views.rank import rank_page
from exposure.views.report import report_html
from exposure.views.robustness import robustness_page
from exposure.views.show import show_page
from exposure.views.trend import trend_page
from exposure.views.what_if import effects_page, scenarios_page, whatif_page

FRAGMENTS = (
    *("[bold red]x[/]", "[link=https://e.example]x[/link]", ":smile:", "{{ x }}", "%s{0}"),
    *("\x1b[31mx", "\x1b]8;;https://e.example\x07x", "\x9b31m", "\x85", "\x00", "\x07", "\x7f", "\x08"),
    *("\u202ex", "\u2066", "\u200b", "\ufeff", "\u2028", "\u00ad", "\U000e0041", "\u00a0", "\u3000"),
    *("::error::x", " ::warning file=a::x", "##[error]x", "a\n::error::x", ":::", "###[x", "\r\n", "\n\n", "\t"),
    *("| a | b |", "# h", "- x", "+ x", "1. x", "1) x", "> q", "```", "~~~", "***", "---", "===", "    x", "|---|"),
    *(
        "[x](https://e.example)",
        "![x](y)",
        "[x][1]",
        "<b>x</b>",
        "<img src=x onerror=y>",
        "<!--",
        "&lt;",
        "&#60;",
        "[^1]",
    ),
    *("@octocat", "@org/team", "#1", "GH-1", "o/r#1", "$x$", "__x__", "~~x~~", "\\", "\\|", "- [ ] x", "(", ")", "!["),
    *("https://e.example", "www.e.example", "a@b.example", "<https://e.example>", "mailto:a@b.example"),
    *("=1+1", "+1", "-1", "-x", "@SUM(A1)", "\t=1", "\r=1", " =1", '"=1', "'=1", "＝1", "=cmd|'/c x'!A1"),
)
hostile = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), min_size=1, max_size=4).map("".join)
SGR = re.compile(r"\x1b\[[0-9;]*m")
FIELDS = ("title", "label", "dimension", "entity", "source", "value", "note", "edition")
HARMLESS = dict.fromkeys(FIELDS, "word")
texts = st.fixed_dictionaries(dict.fromkeys(FIELDS, hostile))
KINDS = (
    "::error::x [bold red]x[/][link=https://e.example]y[/link]:smile:",
    "# h \x1b[31mx\x1b]8;;https://e.example\x07y\x9b32m\x7f\x08",
    "=1+1 a\n ::add-mask::x\n##[error]y",
    "| a | b | `x` **x** __x__ ~~x~~ $x$ \\| [x](https://e.example) ![x](y) www.e.example",
    "@octocat @org/team #1 GH-1 o/r#1 a@b.example",
    "<b>x</b><img src=x onerror=y><!--{{ x }}</script>&#60;&lt;",
    "\t+1x\u202ex\u2066y\u200b\ufeff\u00ad\u00a0\u3000\U000e0041",
    "\r@SUM(A1)\r\n\n- y\u2028\x85z",
    ' "-x',
    "＝cmd|'/c x'!A1",
    "- [ ] x",
)
"""A text or more of each kind: markup, escapes, commands to a runner, Markdown within and at the start of a line,
mentions, HTML, a formula after each blank or mark that may stand before it, directions and odd blanks, line ends."""


def with_each_kind_in_each_field(test: Callable[..., None]) -> Callable[..., None]:
    """Tries the test with each of these texts once in each field, whatever else is drawn."""
    for at in range(len(KINDS)):
        test = example(said={name: KINDS[(at + place) % len(KINDS)] for place, name in enumerate(FIELDS)})(test)
    return test


RULES = """
[index]
title = {title}
edition = {edition}
judgement = {note}
[dimensions.part]
label = {dimension}
[rules.known]
label = {label}
definition = {note}
dimension = "part"
kind = "flag"
layer = "practice"
[rules.open]
label = {label}
dimension = "part"
kind = "flag"
layer = "commitment"
[rules.both]
label = {label}
definition = {note}
dimension = "part"
kind = "combination"
contradiction = true
when = {{ known = "yes" }}
[context.remark]
label = {label}
[sources.s-1]
title = {source}
publisher = {note}
url = {value}
[entities.BA-SRP]
name = {entity}
part_of = "BIH"
share = 1.0
[uncertainty]
draws = 5
[checks]
stale_before = "2021"
max_score_move = 0
max_band_move = 0
[bands]
{band} = 0
[[targets]]
id = "t"
label = {label}
why = {note}
require = {{ known = "no", remark = {asked} }}
[[waivers]]
code = "undated"
reason = {note}
[[waivers]]
code = "stale"
country = "SRB"
reason = {note}
"""


def test_a_doubt_about_a_cell_is_plain_text() -> None:
    rulebook = load_rulebook(rules_of(HARMLESS).encode())
    text = HEADS + "SRB,remark,::error::\u00c3\u00a9[x](y)\x1b[31m@octocat,2020,s-1,low,\n"
    page = check_page(check(score(read_observations(text.encode(), rulebook), rulebook)), "error")
    for form in ("table", "json", "markdown", "csv"):
        printed_page = render(page, form, io.StringIO())
        assert safe(printed_page)
        assert commands(printed_page) == []


HEADS = "country,indicator,value,as_of,source,confidence,note\n"


def toml(text: str) -> str:
    """The text as a TOML string."""
    return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in text) + '"'


def rules_of(said: dict[str, str]) -> str:
    """A rules file that holds these texts wherever text is free."""
    texts = {name: toml(text[:300] or "x") for name, text in said.items()}
    return RULES.format_map(texts | {"band": texts["label"], "asked": toml(f"not {said['value'][:200]}")})


def scores_of(said: dict[str, str], srb: str = "yes") -> Scores:
    """Scores of rules and claims that hold these texts wherever text is free."""
    rulebook = load_rulebook(rules_of(said).encode())
    # The reader refuses a file with a NUL; rules may have one.
    said = {name: text.replace("\0", "") for name, text in said.items()}
    claims = io.StringIO()
    writer = csv.writer(claims, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(("country", "indicator", "value", "as_of", "source", "confidence", "note"))
    for country, value in (("SRB", srb), ("BA-SRP", "no"), ("BIH", "")):
        writer.writerow((country, "known", value, "2022", "s-1", "low", said["note"]))
    writer.writerow(("SRB", "known", "no", "2020", "s-1", "low", said["note"]))
    writer.writerow(("SRB", "open", "", "2020", "s-1", "low", said["note"]))
    writer.writerow(("SRB", "remark", said["value"], "2020", "s-1", "low", ""))
    # A doubt about the encoding is one more finding: what it says is tried by itself.
    observations = replace(read_observations(claims.getvalue().encode(), rulebook), remarks=(), garbled=())
    return score(observations, rulebook)


@cache
def other_scores() -> Scores:
    """Scores of texts that are neither harmless nor hostile."""
    return scores_of(dict.fromkeys(FIELDS, "other"), srb="no")


@cache
def harmless_pages(form: str) -> list[str]:
    """Every page of harmless texts in one format."""
    return [render(page, form, io.StringIO()) for page in pages_of(scores_of(HARMLESS))]


def pages_of(scores: Scores) -> Iterator[Page]:
    """Every page that a command can show of them."""
    ranges = scores.rank_range()
    for by in (None, "layer", "entity"):
        yield rank_page(scores, ranges, by=by)
    for units in ([0], [1], [2], [0, 2]):
        yield explain_page(scores, units, ranges)
    yield show_page(scores)
    yield robustness_page(robustness(scores, 20, 1, base=4))
    yield trend_page(trend(scores), [0, 1])
    yield levers_page(levers(scores, 0, "0"))
    yield scenarios_page(scores)
    yield effects_page(scores, effects(scores))
    chosen = scores.rulebook.scenarios
    yield whatif_page(what_if(scores, assumptions(chosen, (), scores)[0]), chosen, {})
    # Against texts that are neither harmless nor hostile, so that there is as much to say of either.
    before = other_scores()
    yield diff_page(compare(before, scores))
    yield check_page(check(scores, before, "rules.toml"), "error")
    yield check_page(check(scores), "error")
    yield audit_page(audit(scores), scores, agree(scores, outside_of(scores.rulebook.index.title)))


def outside_of(text: str) -> Outside:
    """An outside index that has this text for its column, its file and a country."""
    gazetteer = other_scores().observations.gazetteer
    # What a reader gives of hostile cells; that the text names no country is what skips it.
    return read_outside(b"country,x\nSRB,1\nBIH,2\n", gazetteer, text)._replace(
        column=text, skipped=(f"x {text} x",), skipped_rows=1
    )


def safe(text: str) -> bool:
    """Whether a screen shows nothing but the characters: no control, direction, joining or odd blank."""
    # To Python all but a blank of the categories C and Z does not print.
    return text.replace("\n", "").isprintable()


def commands(text: str) -> list[str]:
    """The lines that a CI runner would take for a command."""
    lines = SGR.sub("", text).splitlines()
    return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize("text", ["::error::x", "  ::add-mask::x", "x ##[error]y"])
def test_commands_are_recognised(text: str) -> None:
    assert commands(f"fine\n{text}") == [text]


@with_each_kind_in_each_field
@settings(deadline=None, max_examples=4)
@given(said=texts)
def test_pages_of_hostile_texts_are_inert_in_every_format(said: dict[str, str]) -> None:
    """What each format must not do with a text is said below, one function a format."""
    scores = scores_of(said)
    pages = list(pages_of(scores))
    written = {form: [render(page, form, io.StringIO()) for page in pages] for form in FORMATS}
    # The page that is on a wide screen for one text is on a narrow one for another, and for others on none.
    screens = on_screens(pages, len(said["title"] + said["entity"]))
    only_plain_characters_and_no_runner_commands([*itertools.chain(*written.values()), *screens])
    a_spreadsheet_runs_nothing(written["csv"])
    every_line_of_markdown_is_inert(written["markdown"])
    for page, text in zip(pages, written["json"], strict=True):
        # Inert as it is written, and whoever reads it gets back every character of the original.
        assert json.loads(text) == page.document
        assert page.document["title"] == (said["title"][:300] or "x")


def on_screens(pages: list[Page], first: int) -> Iterator[str]:
    """Every other page on a wide or a narrow screen, where a line may be broken at any place, less the colours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORCE_COLOR", "1")
        for at, page in enumerate(pages, first):
            if at % 2:
                continue
            patch.setenv("COLUMNS", ("20", "80")[at // 2 % 2])
            yield SGR.sub("", render(page, "table", io.StringIO()))


def only_plain_characters_and_no_runner_commands(written: list[str]) -> None:
    """All formats: no character but visible ones, blanks and line ends; no line that a CI runner obeys.

    On a screen colours are the only escapes.
    """
    for text in written:
        assert safe(text)
        assert commands(text) == []


def a_spreadsheet_runs_nothing(written: list[str]) -> None:
    """CSV: no cell, heads included, begins with a formula sign, also after blanks or quotation marks, but numbers."""
    number = re.compile(r"[-+]?[0-9.]+([eE][-+]?[0-9]+)?")
    for text in written:
        head, *rows = csv.reader(io.StringIO(text, newline=""))
        for row in rows:
            assert len(row) == len(head)
        # A spreadsheet may split at another sign, and heed the quotation marks or not.
        split = [row for by in ";|\t" for row in csv.reader(io.StringIO(text, newline=""), delimiter=by)]
        split += [re.split("[;,|\t]", line) for line in text.splitlines()]
        for cell in {*head, *(cell for row in (*rows, *split) for cell in row)}:
            assert not cell.lstrip(' \t\r\n"').startswith(tuple("=+-@＝＋－＠")) or number.fullmatch(cell.strip(' "'))


def every_line_of_markdown_is_inert(written: list[str]) -> None:
    """Markdown: less the marks that are ours, no line of a page has a mark left, whatever is joined in it."""
    for text in written:
        assert active_lines(text) == []


@with_each_kind_in_each_field
@settings(deadline=None, max_examples=8)
@given(said=texts)
def test_pages_keep_the_shape_of_harmless_ones(said: dict[str, str]) -> None:
    """Plain tables: a text adds no line, so that none can pass for a row of ours.

    Markdown: the page has the headings, tables, rows, cells and items of a harmless one.
    """
    pages = list(pages_of(scores_of({name: f"x{text}x" for name, text in said.items()})))
    for form, shape in (("table", lambda text: text.count("\n")), ("markdown", skeleton)):
        found = [shape(render(page, form, io.StringIO())) for page in pages]
        assert found == [shape(text) for text in harmless_pages(form)]


@with_each_kind_in_each_field
@settings(deadline=None, max_examples=15)
@given(said=texts)
def test_the_findings_of_hostile_files_are_inert_in_their_own_formats(said: dict[str, str]) -> None:
    """GitHub, SARIF, JUnit: the only commands are ours, and nothing else has a meaning."""
    page = check_page(check(scores_of(said), other_scores()), "error")
    assert page.annotations is not None
    log, sarif, junit, gitlab = (render(page, form, io.StringIO()) for form in ("github", "sarif", "junit", "gitlab"))
    found = commands(log)
    assert all(re.match(r"::(error|warning|notice) (?:[a-z]+=[^,:\n]*,?)+::", line) for line in found)
    assert len(found) <= 30
    for text in (log, sarif, junit, gitlab):
        assert safe(text)
    assert commands(sarif) == commands(junit) == commands(gitlab) == []


@pytest.mark.parametrize("text", ["[bold red]x[/]", "[link=https://e.example]x[/link]", ":smile:", "[/]", "\\[b]x[/b]"])
def test_markup_is_printed_as_it_stands(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    block = Block(text, text, (Column(text),), (Row((Cell(text),)),), (text,))
    assert render(Page({}, (), (block,)), "table", io.StringIO()).count(text) == 5


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        (" @SUM(A1)", "' @SUM(A1)"),
        ('"-x', "'\"-x"),
        ("\t+x", "' +x"),
        ("-5", "-5"),
        ("+5.5e3", "+5.5e3"),
        ("-5..10", "-5..10"),
        ("-5..x", "'-5..x"),
        ("1-2", "1-2"),
        (";=1+1", ";'=1+1"),
        ("Nokia; @SUM(A1)", "Nokia;' @SUM(A1)"),
        ("a,b|=x", "a,b|'=x"),
        ("-5;+6", "-5;+6"),
        ("Ericsson;Nokia", "Ericsson;Nokia"),
        ("a - b, more", "a - b, more"),
        ("\x1b[1mx", "\\x1b[1mx"),
        ("a\n::error::x", "a \\x3a:error\\x3a:x"),
    ],
)
def test_cells_of_a_spreadsheet(text: str, written: str) -> None:
    assert list(csv.reader(io.StringIO(to_csv(Page({}, [{"a": text, text: 1}]))))) == [["a", written], [written, "1"]]


def tokens(markdown: str) -> Iterator[tuple[str, str]]:
    """The Markdown as (kind, character): `text` for one that is escaped or an entity, else `raw`."""
    named = {"lt": "<", "amp": "&", "emsp": "\u2003"}
    for found in re.finditer(r"\\([!-/:-@\[-`{-~])|&(?:#(\d+)|(\w+));|(.)", markdown, re.DOTALL):
        character, code, name, raw = found.groups()
        yield ("raw", raw) if raw is not None else ("text", character or (chr(int(code)) if code else named[name]))


def read(markdown: str) -> str:
    """What a reader sees of Markdown that has nothing but escapes."""
    return "".join(character for _, character in tokens(markdown)).replace("\u200b", "")


def active(markdown: str) -> list[str]:
    """What in a line of Markdown would be more than text, by CommonMark, GFM and GitHub's own filters."""
    parts = list(tokens(markdown))
    raw = "".join(character if kind == "raw" else "\x00" for kind, character in parts)
    seen = "".join(character for _, character in parts)
    inside = r"[`*_\[\]<>&~|$\\{}]|:(?=[^ ])|www\.|^ {4}"
    opening = r"^ {0,3}(?:#|[-+] |[-+]$|\d{1,9}[.)](?: |$)|-{2}|=)"
    # GitHub's filters look at the text as it is seen, whatever made it so.
    linked = r"@\w|#\w|\bgh-\w"
    found = re.findall(inside, raw, re.IGNORECASE) + re.findall(opening, raw)
    return found + re.findall(linked, seen, re.IGNORECASE) + re.findall(r"##\[|^\s*::", markdown)


@pytest.mark.parametrize(
    "text",
    [
        *("a | b", "[x](y)", "<b>", "*x*", "a_b", "`x", "- x", "1. x", "# x", "---", "@me", "&#64;me", "#1", "GH-1"),
        *("https://e.example", "www.e.example", ":smile:", "$x$", "~~x~~", "    x", "\\", "::error::x"),
    ],
)
def test_activity_is_recognised(text: str) -> None:
    assert active(text)


@pytest.mark.parametrize("text", ["word", "a - b", "-5.5", "3.5", "a: b", "100%", "U.S.", "(x)", "!", "Cost # 1"])
def test_harmless_text_stays_readable_markdown(text: str) -> None:
    from exposure.output.markdown import escaped

    assert escaped(text) == text if "#" not in text else read(escaped(text)) == text
    assert active(escaped(text)) == []


@settings(deadline=None)
@given(text=hostile)
def test_markdown_says_the_text_and_does_nothing(text: str) -> None:
    """Markdown: read back, it is the text of a screen; no character of it has a meaning left."""
    from exposure.output.markdown import escaped

    assert read(escaped(text)) == plain(text).strip()
    assert active(escaped(text)) == []


MARKS = {"### ": "heading", "- ": "item"}


def skeleton(markdown: str) -> list[str]:
    """Each line without its texts: what it is, and how many cells a row of a table has."""
    found = []
    for line in markdown.splitlines():
        if line.startswith("|"):
            found.append(line if re.fullmatch(r"[-:|]+", line) else f"row of {line.count('|')}")
        else:
            found.append(
                next((kind for mark, kind in MARKS.items() if line.startswith(mark)), "paragraph" * bool(line))
            )
    return found


def active_lines(markdown: str) -> list[str]:
    """The lines of a page of Markdown in which something is left when the marks that are ours are taken away."""
    found = []
    for line in markdown.splitlines():
        folded = re.fullmatch(r"<details><summary>(.*)</summary>", line)
        if folded:
            # Not at the start of a line; and this one is HTML, where a backslash is no escape.
            cells = [f"x {folded[1]}"]
        elif line.startswith("|"):
            cells = re.split(r" ?\| ?", line.strip("| "))
        else:
            cells = [re.sub(r"^(### |- )", "", line)]
        bare = [
            re.sub(r"^((?:&emsp;)*)\*\*(.*)\*\*$", r"\1\2", cell) for cell in cells if not re.fullmatch(r"[-:]*", cell)
        ]
        if line != "</details>" and (any(active(cell) for cell in bare) or (folded and "\\" in line)):
            found.append(line)
    return found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("<details><summary>a &#60;b</summary>", False),
        ("<details><summary>a\\*b</summary>", True),
        ("<details><summary>a*b</summary>", True),
        ("<details><summary>a</summary></summary>", True),
        ("</details>", False),
        ("a</details>", True),
        ("| a | b |", False),
        ("- a", False),
        ("- - a", True),
    ],
)
def test_active_lines_are_recognised(line: str, found: bool) -> None:
    assert active_lines(line) == [line] * found


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    """A block of hostile texts, with a table, notes, both or neither."""
    text = st.sampled_from(("", "word")) | hostile
    columns = draw(st.integers(0, 3))
    rows = draw(st.lists(st.lists(text, min_size=columns, max_size=columns), max_size=6 * bool(columns)))
    return Block(
        draw(text),
        draw(text),
        tuple(Column(draw(text)) for _ in range(columns)),
        tuple(Row(tuple(cells)) for cells in rows),
        tuple(draw(st.lists(text, max_size=3))),
        draw(st.booleans()),
    )


def misshapen(markdown: str) -> list[str]:
    """Lines of tables that lack a head or have another number of cells than it, and folds that nest or stay open."""
    found, above, open_folds = [], [], 0
    for line in markdown.splitlines():
        above = [*above, line] if line.startswith("|") else []
        if len(above) == 2 and not re.fullmatch(r"\|[-:|]+\|", line):
            found.append(line)
        if above and line.count("|") != above[0].count("|"):
            found.append(line)
        open_folds += line.startswith("<details>") - (line == "</details>")
        if open_folds not in (0, 1):
            found.append(line)
    return found + ["</details>"] * open_folds + [line for line in markdown.splitlines()[-1:] if len(above) == 1]


@pytest.mark.parametrize(
    "text",
    ["| a |", "| a |\n| b |", "| a |\n|---|\n| b | c |", "<details><summary>a</summary>", "</details>"],
)
def test_bad_shapes_are_recognised(text: str) -> None:
    assert misshapen(text)


@settings(deadline=None, max_examples=50)
@given(shown=st.lists(blocks(), max_size=4), share=st.floats(0, 1.1))
def test_a_step_summary_fits_and_is_as_inert_as_the_page(shown: list[Block], share: float) -> None:
    """Summaries: never larger than the room, whole lines of the page and a last one, closed what was opened."""
    page = Page({}, (), tuple(shown))
    whole = render(page, "markdown", io.StringIO())
    room = int(share * len(whole.encode()))
    text = to_step_summary(page, room)
    assert len(text.encode()) <= room
    assert text == whole or not text or text.splitlines()[-1].startswith("Left out here, ")
    if text != whole:
        assert set(text.splitlines()[:-1]) <= set(whole.splitlines())
    assert active_lines(whole) == active_lines(text) == []
    assert misshapen(whole) == misshapen(text) == []


class Command(NamedTuple):
    """What the runner of a workflow takes a line for."""

    name: str
    properties: dict[str, str]
    data: str


def decoded(text: str, tokens: str) -> str:
    """The text with the codes of these characters replaced, in the runner's order."""
    for token in tokens:
        text = text.replace(f"%{ord(token):02X}", token)
    return text


def obeyed(line: str) -> Command | None:
    """The command in the line, read as the runner's own parser reads it; any name is taken for a registered one."""
    stripped = line.lstrip()
    if stripped.startswith("::") and (end := stripped.find("::", 2)) >= 0:
        name, _, rest = stripped[2:end].partition(" ")
        pairs = [pair.split("=", 1) for pair in rest.strip().split(",") if pair.strip("=")]
        # Signs of equality at the beginning of a value get lost.
        read = {pair[0]: decoded(pair[1].lstrip("="), "\r\n:,%") for pair in pairs if len(pair) == 2}
        return Command(
            name, {key: value for key, value in read.items() if value}, decoded(stripped[end + 2 :], "\r\n%")
        )
    _, found, rest = line.partition("##[")
    inside, closed, data = rest.partition("]")
    return Command(inside.split(" ")[0], {}, data) if found and closed else None


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("::error::x", Command("error", {}, "x")),
        ("  ::error file=a%2Cb,line=1,::50%25%0A::y", Command("error", {"file": "a,b", "line": "1"}, "50%\n::y")),
        ("a ##[error]x", Command("error", {}, "x")),
        ("a ::error::x", None),
    ],
)
def test_commands_are_read_as_the_runner_reads_them(line: str, command: Command | None) -> None:
    assert obeyed(line) == command


annotations = st.lists(
    st.builds(
        Finding,
        code=hostile,
        level=st.sampled_from(LEVELS),
        message=st.just("") | hostile,
        hint=st.just("") | hostile,
        country=st.just("") | hostile,
        indicator=st.just("") | hostile,
        file=st.just("") | hostile,
        line=st.integers(0, 3),
        column=st.integers(0, 3),
        waived=st.just("") | hostile,
    ),
    max_size=4,
)
findings = st.builds(
    Annotations,
    found=annotations.map(tuple),
    checks=st.lists(st.tuples(hostile, hostile), max_size=2).map(tuple),
    unlisted=st.lists(
        st.tuples(st.sampled_from(LEVELS), st.integers(0, 2)), max_size=2, unique_by=lambda one: one[0]
    ).map(tuple),
    fail_on=st.sampled_from(LEVELS),
)


def said_of(found: Finding) -> str:
    """What a screen shows of the finding; where that is nothing, its kind."""
    parts = [text.strip() for text in (found.message, found.hint) if text.strip()]
    return plain("; ".join(parts)).strip() or kind_of(found)


def kind_of(found: Finding) -> str:
    """What a screen shows of the finding's kind, and of whom it concerns."""
    parts = [text.strip() for text in (found.code, found.about) if text.strip()]
    return plain(": ".join(parts)).strip() or "finding"


@settings(deadline=None, max_examples=50)
@given(found=findings, title=hostile)
def test_a_finding_is_one_command_and_nothing_more(found: Annotations, title: str) -> None:
    """GitHub: a line that does nothing, then one command a finding, which carries the very text and place."""
    text = render(Page({}, (), (Block(title),), found), "github", io.StringIO())
    assert safe(text)
    assert text.splitlines() == text.split("\n")[:-1]
    first, *lines = text.splitlines()
    assert obeyed(first) is None
    assert commands(first) == []
    assert all("##[" not in line for line in lines)
    more = [line for line in lines if re.fullmatch(r"::\w+::\+\d+ more \w+, see the summary", line)]
    counting = [one for level in LEVELS for one in found.found if one.level == level and not (one.waived or one.stood)]
    assert [obeyed(line) for line in lines if line not in more] == [wanted_command(one) for one in counting]
    assert len(more) == len({level for level, count in found.unlisted if count})


def wanted_command(found: Finding) -> Command:
    """The finding as the runner should read it."""
    properties = {"file": plain(found.file).lstrip("="), "title": kind_of(found).lstrip("=")}
    if found.file and found.line:
        properties |= {"line": str(found.line), "col": str(found.column or "")}
    name = "notice" if found.level == "note" else found.level
    return Command(name, {key: value for key, value in properties.items() if value}, said_of(found))


def strings(value: object) -> Iterator[str]:
    """Every key and text of a document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part)


@settings(deadline=None, max_examples=50)
@given(found=findings)
def test_sarif_says_the_text_and_does_nothing(sarif_schema: Draft4Validator, found: Annotations) -> None:
    """SARIF: valid, inert in a log and in a viewer, with every message the text of a screen."""
    text = render(Page({}, annotations=found), "sarif", io.StringIO())
    assert text.isascii() and safe(text) and commands(text) == []
    document = json.loads(text)
    sarif_schema.validate(document)
    for said in strings(document):
        assert safe(said) and "##[" not in said
    (run,) = document["runs"]
    for one, result in zip(found.found, run["results"], strict=True):
        message = result["message"]["text"]
        assert not re.search(r"\]\(", message)
        assert not re.search(r"[{}]", message.replace("{{", "").replace("}}", ""))
        assert message.replace("{{", "{").replace("}}", "}") == said_of(one).replace("](", "\\x5d(")
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        addresses = [place["physicalLocation"]["artifactLocation"]["uri"] for place in result["locations"]]
        assert all(re.fullmatch(r"(file://)?[\w./~%-]+", address, re.ASCII) for address in addresses)
        read = [unquote(address.removeprefix("file://")) for address in addresses]
        assert read == ([PurePath(one.file).as_posix()] if one.file else [])


@settings(deadline=None, max_examples=50)
@given(found=findings)
def test_junit_says_the_text_and_does_nothing(found: Annotations) -> None:
    """JUnit: XML that reads back as the texts of a screen, under names of their own, inert in a log."""
    text = render(Page({}, annotations=found), "junit", io.StringIO())
    assert text.isascii() and safe(text) and commands(text) == []
    (suite,) = ElementTree.fromstring(text)
    names = [(case.attrib["classname"], case.attrib["name"]) for case in suite]
    assert len(set(names)) == len(names)
    for element in suite.iter():
        for said in (*element.attrib.values(), (element.text or "").strip()):
            assert safe(said) and commands(said) == []
    clean = {code for code, _ in found.checks} - {one.code for one in found.found}
    cases = suite[len([code for code, _ in found.checks if code in clean]) :]
    for one, case in zip(found.found, cases, strict=False):
        (told,) = case
        if one.waived:
            assert told.attrib["message"] == plain(one.waived).strip()
        elif LEVELS.index(one.level) <= LEVELS.index(found.fail_on) and not one.stood:
            assert told.attrib == {"type": one.level, "message": said_of(one)}
            assert (told.text or "").endswith(said_of(one))
        else:
            assert told.tag == "system-out"
            assert (told.text or "").endswith(said_of(one))


@cache
def harmless_report() -> str:
    """The report of harmless texts, its pictures left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("exposure.views.report.drawn", lambda *_: b"<svg/>")
        return report_html(scores_of(HARMLESS))


@with_each_kind_in_each_field
@settings(deadline=None, max_examples=5)
@given(said=texts)
def test_a_browser_finds_only_our_elements(said: dict[str, str]) -> None:
    """HTML: no element, script, handler or style but those of a harmless page; links lead to places in it, or the web.

    What stands in the pictures is drawn as outlines, and as images they run nothing.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("exposure.views.report.drawn", lambda *_: b"<svg/>")
        page = report_html(scores_of(said))
    harmless = harmless_report()
    assert safe(page)
    assert page.count("<script") == page.count("</script") == 1
    script = re.compile("<script>.*</script>|<style>.*</style>|<meta [^>]*>", re.DOTALL)
    assert script.findall(page) == script.findall(harmless)
    tags = [re.sub('"[^"]*"', '""', tag) for tag in re.findall(r"<[^>]*>", script.sub("", page))]
    ours = {re.sub('"[^"]*"', '""', tag) for tag in re.findall(r"<[^>]*>", script.sub("", harmless))}
    assert set(tags) - ours <= {'<a class="" href="" rel="">', '<span class="">', "</span>", '<a href="">'}
    for address in re.findall(r'href="([^"]*)"', page):
        assert re.match(r"#[A-Za-z0-9-]+$|https?://", address)
    assert set(re.findall(r'src(?:set)?="([^"]*)"', page)) == {"data:image/svg+xml;base64,PHN2Zy8+"}


def test_a_page_shows_a_hostile_text_as_it_stands() -> None:
    said = dict.fromkeys(FIELDS, "<img src=x onerror=alert(1)>{{ 7*7 }}</script>javascript:alert(1)\u202e\x1b[31m")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("exposure.views.report.drawn", lambda *_: b"<svg/>")
        page = report_html(scores_of(said))
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7*7 }}&lt;/script&gt;javascript:alert(1)\\u202e\\x1b[31m" in page
    assert "<img src=x" not in page
