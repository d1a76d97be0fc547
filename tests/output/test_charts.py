"""Pictures as files: what they are, that they do not change by themselves, and that no cell means anything in them."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from exposure.errors import ExposureError
from exposure.observations.countries import countries
from exposure.output import SIZES
from exposure.output.charts import (
    Band,
    Bar,
    Bars,
    Chart,
    Entry,
    Heatmap,
    HeatRow,
    Interval,
    Intervals,
    Lines,
    Regions,
    Series,
)
from exposure.output.frame import TONES, on
from exposure.output.heatmap import shade
from exposure.output.maps import atlas
from exposure.output.picture import draw, drawn
from exposure.output.plots import PARTS, STROKES
from exposure.output.sheet import GREY, INK, PAPER, Sheet, paint

pytest.importorskip("matplotlib", reason="pictures need the report extra")

SVG = "{http://www.w3.org/2000/svg}"
MAGIC = {"svg": b"<?xml", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
BANDS = (Band("low", 0, "good"), Band("high", 50, "bad"))


def entry(code: str, name: str, **changed: object) -> Entry:
    return Entry(code, name, "1", "60.0", "high", "bad")._replace(**changed)  # type: ignore[arg-type]


def charts(name: str = "Serbia", other: str = "Kosovo") -> dict[str, Chart]:
    """One chart a kind, with one country that is known and one that is not."""
    known = entry("SRB", name, band=name)
    unknown = entry("XKX", other, rank="–", said="(5.0)", band="(low)", tone="", ranked=False, remark=name)
    bars = (Bar(known, (40.0, 20.0), 60.0, 50.0, 70.0), Bar(unknown, (5.0, 0.0), 5.0, 0.0, 90.0))
    series = (Series(known, (10.0, 20.0), (True, False)), Series(unknown, (None, None), (True, True)))
    bodies = {
        "bars": Bars((name, "Finance"), bars),
        "heatmap": Heatmap((known, unknown), (HeatRow(name, name, "50%", (100.0, None)),)),
        "ranks": Intervals((Interval(known, 1, 1, 2, 2), Interval(unknown, 0, 0, 0, 0)), 2, name),
        "trend": Lines(("2020", "2021"), series),
        "map": Regions((known, unknown)),
    }
    head = (f"{name} first", f"of {name}", f"Alt text of {name}")
    return {kind: Chart(*head, body, 100, 1, BANDS, (name,)) for kind, body in bodies.items()}


def with_body(kind: str, **changed: object) -> Chart:
    """The chart of this kind with something else in it."""
    chart = charts()[kind]
    return chart._replace(body=chart.body._replace(**changed))  # type: ignore[arg-type]


KINDS = tuple(charts())


@cache
def picture(kind: str, form: str = "svg", size: str = "slide") -> bytes:
    """The chart of this kind as a file, drawn once for all tests that look at it."""
    return drawn(charts()[kind], form, size)  # type: ignore[arg-type]


# What is drawn does not know the form: each kind in each form once, and in the form of the web in both sizes.
DRAWN = tuple((kind, "svg", size) for kind in KINDS for size in SIZES) + tuple(
    (kind, form, SIZES[(at + shift) % 2]) for at, kind in enumerate(KINDS) for shift, form in enumerate(("png", "pdf"))
)


@pytest.mark.parametrize(("kind", "form", "size"), DRAWN)
def test_every_kind_is_drawn_in_every_form(kind: str, form: str, size: str) -> None:
    data = picture(kind, form, size)
    assert data.startswith(MAGIC[form])
    assert len(data) > 1000


@pytest.mark.parametrize("kind", KINDS)
def test_a_slide_is_16_to_9_and_a_column_is_narrow(kind: str) -> None:
    slide, column = (ET.fromstring(picture(kind, size=size)) for size in SIZES)
    assert (slide.get("width"), slide.get("height")) == ("960pt", "540pt")
    assert column.get("width") == "252pt"
    assert float(str(column.get("height")).removesuffix("pt")) > 60


@pytest.mark.parametrize("kind", KINDS)
def test_an_svg_says_what_it_shows(kind: str) -> None:
    root = ET.fromstring(picture(kind))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and title.text == "Serbia first"
    assert description is not None and description.text == "Alt text of Serbia"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@pytest.mark.parametrize("kind", KINDS)
def test_an_svg_asks_nobody_for_anything(kind: str) -> None:
    text = picture(kind).decode()
    # A style sheet would hold for the whole of a page that the picture stands in.
    assert not [tag for tag in ("<!DOCTYPE", "<script", "<image", "<style") if tag in text]
    links = re.findall(r'(?:href="|url\()([^")]*)', text)
    assert links and all(link.startswith("#") for link in links)
    names = set(re.findall(r'\bid="([^"]*)"', text))
    assert {link.removeprefix("#") for link in links} <= names


def test_two_pictures_on_one_page_share_no_name() -> None:
    one, other = (set(re.findall(rb'\bid="([^"]*)"', picture(kind))) for kind in ("bars", "ranks"))
    assert one and other and not one & other


@pytest.mark.parametrize("kind", ["bars", "heatmap", "ranks", "map"])
def test_what_is_not_known_is_hatched(kind: str) -> None:
    assert b"<pattern" in picture(kind)


def test_a_line_is_dotted_where_too_little_is_known() -> None:
    known = with_body("trend", rows=(Series(entry("SRB", "Serbia"), (10.0, 20.0), (False, False)),))
    assert b"stroke-dasharray" in picture("trend")
    assert b"stroke-dasharray" not in drawn(known, "svg")


def test_what_a_picture_leaves_out_is_said() -> None:
    """Counted by its glyphs: a note more is many of them more."""
    known, unknown = charts()["map"].body.rows  # type: ignore[union-attr]
    more = with_body("map", rows=(known, unknown, entry("TWN", "Taiwan")))
    few, many = (drawn(one, "svg", "column").count(b"<use ") for one in (charts()["map"], more))
    assert many >= few + len("NotonthemapwhichshowsEurope:Taiwan,.")


def test_what_is_known_is_not_hatched() -> None:
    known = with_body("heatmap", rows=(HeatRow("g", "r", "", (100.0, 0.0)),))
    unknown = with_body("heatmap", rows=(HeatRow("g", "r", "", (100.0, None)),))
    hatched = [drawn(one, "svg").count(b"url(#") for one in (known, unknown)]
    # The legend shows what a hatched cell looks like.
    assert hatched[1] == hatched[0] + 1


def heatmap_of(countries_: int, rules: int, name: str = "Rule") -> Chart:
    """A heat map of so many columns and rows, in groups of seven, some of it unknown."""
    known = [(code, country.name) for code, country in countries().items()][:countries_]
    columns = tuple(entry(code, name, ranked=number % 7 != 3) for number, (code, name) in enumerate(known))
    values = tuple(None if number % 9 == 4 else number % 101 for number in range(countries_))
    rows = tuple(HeatRow(f"{name} group {number // 7}", f"{name} {number}", "2.5%", values) for number in range(rules))
    return Chart("Title", "Subtitle", "D", Heatmap(columns, rows, "weight"), notes=("A note.",))


def texts_inside(chart: Chart, size: str) -> list[str]:
    """All that is written on the sheet, after it is seen that nothing lies outside of it."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    sheets: list[Sheet] = []
    with pytest.MonkeyPatch.context() as patch:
        # Where it all lies is known without the file.
        patch.setattr("matplotlib.figure.Figure.savefig", lambda *_, **__: None)
        paint(size, "png", lambda sheet: (draw(chart, sheet), sheets.append(sheet)), "", "")  # type: ignore
    (sheet,) = sheets
    renderer = FigureCanvasAgg(sheet._figure).get_renderer()
    frame = sheet._figure.bbox
    for one in (*sheet._axes.patches, *sheet._axes.lines, *sheet._axes.texts):
        box = one.get_window_extent(renderer)
        assert box.x0 >= frame.x0 - 1 and box.x1 <= frame.x1 + 1, one
        assert box.y0 >= frame.y0 - 1 and box.y1 <= frame.y1 + 1, one
    return [one.get_text() for one in sheet._axes.texts]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("countries_", "rules", "name"),
    [(3, 3, "Rule"), (6, 40, "Rule"), (44, 40, "Rule"), (190, 3, "Rule"), (190, 40, "A rule of a long name " * 4)],
    ids=["few", "many rules", "many of both", "many countries", "more than can be read"],
)
def test_a_heat_map_stays_inside_its_sheet_and_names_every_column(
    countries_: int, rules: int, name: str, size: str
) -> None:
    chart = heatmap_of(countries_, rules, name)
    texts = texts_inside(chart, size)
    columns = chart.body.columns  # type: ignore[union-attr]
    heads = [text.strip("()") for text in texts]
    shown = [one for one in columns if one.code in heads or one.label in heads]
    assert shown == list(columns[: len(shown)])
    notes = [text for text in texts if "the table has all" in text]
    wanted = (
        [] if len(shown) == countries_ else [f"The first {len(shown)} of {countries_} countries; the table has all."]
    )
    assert notes == wanted
    assert len(shown) >= min(countries_, 25)
    # Of each panel every row has its name.
    cut = {text for text in texts if text.startswith(name[:8]) and "group" not in text}
    assert len(cut) == rules or "…" in "".join(cut)


def test_rules_that_no_slide_can_hold_are_cut_with_a_note() -> None:
    assert "The first 44 of 90 rules; the table has all." in texts_inside(heatmap_of(6, 90), "slide")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [kind for kind in charts() if kind != "map"])
def test_nothing_is_drawn_outside_the_sheet(kind: str, size: str) -> None:
    assert texts_inside(charts()[kind], size)


HOSTILE = (
    "<script>alert(1)</script>",
    "--><svg onload=alert(1)>",
    "$\\frac{1}{0}$ $x_1$",
    "$",
    "two\nlines\r\n\tand\x00more\x1b[31m",
    "\u202eright to left\u200b",
    "]]>&amp;&#0;",
    "\ud83d\ude00 中文 नमस्ते".encode("utf-16", "surrogatepass").decode("utf-16"),
    "x" * 300,
    "",
)


@pytest.mark.parametrize("at", range(0, len(HOSTILE), 2))
@pytest.mark.parametrize("kind", KINDS)
def test_no_label_is_more_than_a_label(kind: str, at: int) -> None:
    """Each text in a picture of each kind, in every other kind as the name of the chart too."""
    names = HOSTILE[at : at + 2]
    chart = charts(*(names if KINDS.index(kind) % 2 else reversed(names)))[kind]
    root = ET.fromstring(drawn(chart, "svg", "column" if kind == "bars" else "slide"))
    words = [element for element in root.iter() if (element.text or "").strip()]
    # What a cell says is drawn as outlines; as text it stands in the title and the description alone.
    assert {element.tag for element in words} <= {f"{SVG}title", f"{SVG}desc"}
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]


@pytest.mark.parametrize("form", ["png", "pdf"])
def test_all_such_labels_are_drawn_in_the_other_forms(form: str) -> None:
    chart = charts(" ".join(HOSTILE[:-2]), "")["ranks"]
    assert drawn(chart, form).startswith(MAGIC[form])  # type: ignore[arg-type]


def test_a_formula_is_drawn_as_it_is_written() -> None:
    """A dollar sign begins no formula: it is a glyph as any other."""
    with_signs, without = (drawn(charts(name)["bars"], "svg") for name in ("$a$", "aaa"))
    assert with_signs.count(b"<use ") == without.count(b"<use ") > 100
    assert b"Oblique" not in with_signs


# Every kind, and every form of one that has words, hatching and marks.
IN_ANY_PROCESS = tuple(one for one in DRAWN if one[1:] == ("svg", "slide") or (one[0] == "bars" and one[1] != "svg"))
SCRIPT = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_charts import IN_ANY_PROCESS, charts
from exposure.output.picture import drawn
for kind, form, size in IN_ANY_PROCESS:
    print(kind, form, hashlib.sha256(drawn(charts()[kind], form, size)).hexdigest())
"""


def test_the_same_chart_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    here = "\n".join(
        f"{kind} {form} {hashlib.sha256(picture(kind, form, size)).hexdigest()}" for kind, form, size in IN_ANY_PROCESS
    )
    # A user's own settings must not reach them, nor the hash seed, the zone or the language.
    (tmp_path / "matplotlibrc").write_text(
        "font.size: 30\nsvg.hashsalt: other\naxes.facecolor: red\n", encoding="utf-8"
    )
    repository = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONPATH": str(repository), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(Path(__file__).parent)],
        cwd=tmp_path, env=env, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == here
    assert run.stderr == ""


def test_settings_that_a_stranger_put_into_the_working_folder_are_not_read(tmp_path: Path) -> None:
    # matplotlib itself stops at what is no UTF-8, and complains of what it does not know.
    (tmp_path / "matplotlibrc").write_bytes(b"font.size: \xff\nbackend: nonexistent\n")
    script = "import sys; from exposure.output.sheet import _matplotlib; _matplotlib(); print(sys.path[0])"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ExposureError, match=re.escape("pip install jinja2 matplotlib")):
        drawn(charts()["bars"], "svg")


def test_the_shapes_hold_the_countries_and_are_small() -> None:
    shapes = atlas().shapes
    assert {"ALB", "BIH", "MKD", "MNE", "SRB", "XKX"} <= set(shapes)
    assert set(shapes) <= set(countries())
    file = Path(__file__).parents[2] / "exposure" / "output" / "shapes.json"
    assert file.stat().st_size < 200_000
    text = file.read_text(encoding="utf-8")
    assert "Natural Earth" in text and "public domain" in text


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("SRB", (20.46, 44.8)),
        ("XKX", (21.1, 42.6)),
        ("BIH", (18.2, 43.9)),
        ("UKR", (34.2, 45.3)),
        ("CYP", (33.3, 35.3)),
    ],
    ids=["Belgrade", "Pristina", "Sarajevo", "Crimea", "northern Cyprus"],
)
def test_a_place_lies_in_one_country(code: str, place: tuple[float, float]) -> None:
    from matplotlib.path import Path as Outline

    inside = [
        name
        for name, polygons in atlas().shapes.items()
        if any(Outline(polygon[0]).contains_point(place) for polygon in polygons)
    ]
    assert inside == [code]


def test_a_map_without_any_of_the_countries_is_refused() -> None:
    with pytest.raises(ExposureError, match="shows Europe"):
        drawn(with_body("map", rows=(entry("TWN", "Taiwan"),)), "svg")


@pytest.mark.parametrize("count", [1, 250])
@pytest.mark.parametrize("size", SIZES)
def test_many_rows_are_drawn_within_the_sheet(count: int, size: str) -> None:
    row = Bar(entry("BIH", "Bosnia and Herzegovina"), (40.0,), 40.0, 30.0, 60.0)
    root = ET.fromstring(drawn(with_body("bars", rows=(row,) * count), "svg", size))  # type: ignore[arg-type]
    assert float(str(root.get("height")).removesuffix("pt")) <= 1200


@pytest.mark.parametrize("code", ["VAT", "MCO", "MLT", "CYP", "RUS"])
def test_a_country_alone_is_drawn_among_its_neighbours(code: str) -> None:
    """Sea and frame apart, there is an outline to see for more than one country."""
    alone = with_body("map", rows=(entry(code, code),))
    assert drawn(alone, "svg").count(b" clip-path") >= (1 if code in ("MLT", "CYP") else 2)


@pytest.mark.parametrize("size", SIZES)
def test_all_of_europe_is_drawn(size: str) -> None:
    many = tuple(entry(code, code) for code in sorted(atlas().shapes))
    assert drawn(with_body("map", rows=many), "svg", size)  # type: ignore[arg-type]


def luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_words_can_be_read_on_every_colour() -> None:
    fills = [*TONES.values(), *PARTS, *(shade(value, 100) for value in range(101))]
    assert min(contrast(on(fill), fill) for fill in fills) >= 4.5
    assert min(contrast(color, PAPER) for color in (*STROKES, INK, GREY)) >= 4.3


def test_the_bands_grow_darker_in_grey() -> None:
    tones = [luminance(TONES[tone]) for tone in ("good", "fair", "poor", "bad")]  # type: ignore[index]
    assert all(light > dark * 1.5 for light, dark in pairwise(tones))
    shades = [luminance(shade(value, 100)) for value in range(101)]
    assert shades == sorted(shades, reverse=True)


def test_neighbouring_parts_differ_in_grey() -> None:
    assert min(contrast(one, other) for one, other in pairwise(PARTS)) > 1.5
