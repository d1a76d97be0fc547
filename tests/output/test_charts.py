"""Pictures as files: what they are, that they do not change by themselves, and that no cell means anything in them."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from exposure.errors import ExposureError
from exposure.observations.countries import countries
from exposure.output import PICTURE_FORMS, SIZES
from exposure.output.charts import (
    Band,
    Bar,
    Bars,
    Change,
    Chart,
    End,
    Heatmap,
    HeatRow,
    Interval,
    Intervals,
    Lines,
    Region,
    Regions,
    Series,
    Slope,
    drawn,
)
from exposure.output.maps import atlas
from exposure.output.plots import PARTS, STROKES, TONES, on, shade
from exposure.output.sheet import GREY, INK, PAPER

pytest.importorskip("matplotlib", reason="pictures need the report extra")

SVG = "{http://www.w3.org/2000/svg}"
MAGIC = {"svg": b"<?xml", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
BANDS = (Band("low", 0, "good"), Band("high", 50, "bad"))


def charts(name: str = "Serbia", other: str = "Kosovo") -> dict[str, Chart]:
    """One chart a kind, with one country that is known and one that is not."""
    head = (f"{name} first", f"of {name}", f"Alt text of {name}")
    return {
        "bars": Bars(
            *head,
            (name, "Finance"),
            (
                Bar("1", name, (40.0, 20.0), 60.0, 50.0, 70.0, "60.0", name, "bad"),
                Bar("–", other, (5.0, 0.0), 5.0, 0.0, 90.0, "(5.0)", "(low)", "", ranked=False, remark=name),
            ),
            100,
            1,
            BANDS,
            notes=(name,),
        ),
        "heatmap": Heatmap(*head, (name, other), ("SRB", "XKX"), (HeatRow(name, name, "50%", (100.0, None)),), 100),
        "ranks": Intervals(
            *head, (Interval(name, 1, 1, 2, 2, "bad"), Interval(other, 0, 0, 0, 0, "", f"not ranked: {name}")), 2, name
        ),
        "trend": Lines(
            *head,
            ("2020", "2021"),
            (Series(name, (10.0, 20.0), (True, False), name), Series(other, (None, None), (True, True), "")),
            100,
            BANDS,
        ),
        "map": Regions(
            *head,
            (Region("SRB", "1", name, "60.0", "high", "bad", True), Region("XKX", "–", other, "(5.0)", "", "", False)),
            BANDS,
        ),
        "slope": Slope(
            *head,
            (f"Before: {name}", "After: now"),
            (
                Change(name, End("1", 60.0, "60.0", "bad", True), End("2", 40.0, "40.0", "good", True), "-20.0"),
                Change(other, None, End("–", 5.0, "(5.0)", "", False), "new"),
            ),
            100,
            BANDS,
        ),
    }  # fmt: skip


KINDS = tuple(charts())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("form", PICTURE_FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_in_every_form(kind: str, form: str, size: str) -> None:
    data = drawn(charts()[kind], form, size)  # type: ignore[arg-type]
    assert data.startswith(MAGIC[form])
    assert len(data) > 1000


@pytest.mark.parametrize("kind", KINDS)
def test_a_slide_is_16_to_9_and_a_column_is_narrow(kind: str) -> None:
    slide, column = (ET.fromstring(drawn(charts()[kind], "svg", size)) for size in SIZES)  # type: ignore[arg-type]
    assert (slide.get("width"), slide.get("height")) == ("960pt", "540pt")
    assert column.get("width") == "252pt"
    assert float(str(column.get("height")).removesuffix("pt")) > 60


@pytest.mark.parametrize("kind", KINDS)
def test_an_svg_says_what_it_shows(kind: str) -> None:
    root = ET.fromstring(drawn(charts()[kind], "svg"))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and title.text == "Serbia first"
    assert description is not None and description.text == "Alt text of Serbia"
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


@pytest.mark.parametrize("kind", KINDS)
def test_an_svg_asks_nobody_for_anything(kind: str) -> None:
    text = drawn(charts()[kind], "svg").decode()
    # A style sheet would hold for the whole of a page that the picture stands in.
    assert not [tag for tag in ("<!DOCTYPE", "<script", "<image", "<style") if tag in text]
    links = re.findall(r'(?:href="|url\()([^")]*)', text)
    assert links and all(link.startswith("#") for link in links)
    names = set(re.findall(r'\bid="([^"]*)"', text))
    assert {link.removeprefix("#") for link in links} <= names


def test_two_pictures_on_one_page_share_no_name() -> None:
    one, other = (set(re.findall(rb'\bid="([^"]*)"', drawn(charts()[kind], "svg"))) for kind in ("bars", "ranks"))
    assert one and other and not one & other


@pytest.mark.parametrize("kind", ["bars", "heatmap", "ranks", "map"])
def test_what_is_not_known_is_hatched(kind: str) -> None:
    assert b"<pattern" in drawn(charts()[kind], "svg")


def test_a_line_is_dotted_where_too_little_is_known() -> None:
    chart = charts()["trend"]
    assert isinstance(chart, Lines)
    known = chart._replace(series=(Series("Serbia", (10.0, 20.0), (False, False), ""),))
    assert b"stroke-dasharray" in drawn(chart, "svg")
    assert b"stroke-dasharray" not in drawn(known, "svg")


def test_what_a_picture_leaves_out_is_said() -> None:
    """Counted by its glyphs: a note more is many of them more."""
    chart, taiwan = charts()["map"], Region("TWN", "2", "Taiwan", "1.0", "low", "good", True)
    assert isinstance(chart, Regions)
    more = chart._replace(regions=(*chart.regions, taiwan))
    few, many = (drawn(one, "svg", "column").count(b"<use ") for one in (chart, more))
    assert many >= few + len("NotonthemapwhichshowsEurope:Taiwan,.")


def test_what_is_known_is_not_hatched() -> None:
    chart = charts()["heatmap"]
    assert isinstance(chart, Heatmap)
    known = chart._replace(rows=(HeatRow("g", "r", "", (100.0, 0.0)),))
    unknown = chart._replace(rows=(HeatRow("g", "r", "", (100.0, None)),))
    hatched = [drawn(one, "svg").count(b"url(#") for one in (known, unknown)]
    # The legend shows what a hatched cell looks like.
    assert hatched[1] == hatched[0] + 1


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


@pytest.mark.parametrize("name", HOSTILE, ids=[f"{at}" for at in range(len(HOSTILE))])
@pytest.mark.parametrize("kind", KINDS)
def test_no_label_is_more_than_a_label(kind: str, name: str) -> None:
    chart = charts(name, name)[kind]
    root = ET.fromstring(drawn(chart, "svg", "column" if kind in ("bars", "slope") else "slide"))
    words = [element for element in root.iter() if (element.text or "").strip()]
    # What a cell says is drawn as outlines; as text it stands in the title and the description alone.
    assert {element.tag for element in words} <= {f"{SVG}title", f"{SVG}desc"}
    assert not [key for element in root.iter() for key in element.attrib if key.startswith("on")]
    if kind == "ranks":
        assert drawn(chart, "png").startswith(MAGIC["png"])
        assert drawn(chart, "pdf").startswith(MAGIC["pdf"])


def test_a_formula_is_drawn_as_it_is_written() -> None:
    """A dollar sign begins no formula: it is a glyph as any other."""
    with_signs, without = (drawn(charts(name)["bars"], "svg") for name in ("$a$", "aaa"))
    assert with_signs.count(b"<use ") == without.count(b"<use ") > 100
    assert b"Oblique" not in with_signs


SCRIPT = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_charts import KINDS, charts
from exposure.output.charts import drawn
for kind in KINDS:
    for form in ("svg", "png", "pdf"):
        print(kind, form, hashlib.sha256(drawn(charts()[kind], form)).hexdigest())
"""


def test_the_same_chart_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    here = "\n".join(
        f"{kind} {form} {hashlib.sha256(drawn(charts()[kind], form)).hexdigest()}"  # type: ignore[arg-type]
        for kind in KINDS
        for form in PICTURE_FORMS
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


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ExposureError, match=re.escape("pip install 'exposure[report]'")):
        drawn(charts()["bars"], "svg")


def test_the_shapes_hold_the_countries_and_are_small() -> None:
    shapes = atlas().shapes
    assert {"ALB", "BIH", "MKD", "MNE", "SRB", "XKX"} <= set(shapes)
    assert set(shapes) <= set(countries())
    file = Path(__file__).parents[2] / "exposure" / "output" / "shapes.json"
    assert file.stat().st_size < 150_000
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
    chart = charts()["map"]
    assert isinstance(chart, Regions)
    with pytest.raises(ExposureError, match="shows Europe"):
        drawn(chart._replace(regions=(Region("TWN", "1", "Taiwan", "1", "low", "good", True),)), "svg")


@pytest.mark.parametrize("count", [1, 250])
@pytest.mark.parametrize("size", SIZES)
def test_many_rows_are_drawn_within_the_sheet(count: int, size: str) -> None:
    row = Bar("1", "Bosnia and Herzegovina", (40.0,), 40.0, 30.0, 60.0, "40.0", "high", "bad")
    chart = Bars("T", "S", "D", ("Digital",), (row,) * count, 100, 1, BANDS)
    root = ET.fromstring(drawn(chart, "svg", size))  # type: ignore[arg-type]
    assert float(str(root.get("height")).removesuffix("pt")) <= 1200


@pytest.mark.parametrize("code", ["VAT", "MCO", "MLT", "CYP", "RUS"])
def test_a_country_alone_is_drawn_among_its_neighbours(code: str) -> None:
    """Sea and frame apart, there is an outline to see for more than one country."""
    alone = Regions("T", "S", "D", (Region(code, "1", code, "1.0", "low", "good", True),), BANDS)
    assert drawn(alone, "svg").count(b"clip-path") >= (1 if code in ("MLT", "CYP") else 2)


@pytest.mark.parametrize("size", SIZES)
def test_all_of_europe_is_drawn(size: str) -> None:
    many = [Region(code, "1", code, "1.0", "low", "good", True) for code in sorted(atlas().shapes)]
    assert drawn(Regions("T", "S", "D", tuple(many), BANDS), "svg", size)  # type: ignore[arg-type]


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
