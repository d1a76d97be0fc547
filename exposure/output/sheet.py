"""A sheet to draw on, measured in points from its top left corner: the one place that knows matplotlib.

The same strokes give the same bytes: no clock, no locale, no settings or fonts of the user's.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
import sys
import warnings
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, chdir, nullcontext
from functools import cache, lru_cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from exposure.errors import ExposureError
from exposure.text import plain

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.font_manager import FontProperties

Form = Literal["svg", "png", "pdf"]
Size = Literal["slide", "column"]
Align = Literal["left", "center", "right"]
Point = tuple[float, float]
Ring = Sequence[Point]
Box = tuple[float, float, float, float]
"""Left, top, width and height."""

INK, BLACK, GREY, RULE, PAPER = "#1a1a1a", "#000000", "#555555", "#cccccc", "#ffffff"
UNKNOWN, HATCH = "#f4f4f4", "#8c8c8c"
"""What is not known: hatched on nearly white, so that it looks neither safe nor forgotten."""


class Look(NamedTuple):
    """Measures of a size, in points."""

    width: float
    height: float | None
    """None: as high as what is drawn needs."""
    margin: float
    title: float
    base: float
    small: float
    row: float


LOOKS: dict[str, Look] = {
    "slide": Look(960, 540, 36, 25, 14, 10.5, 44),  # 13.33 × 7.5 inches, 16:9
    "column": Look(252, None, 7, 9.5, 7.5, 6, 19),  # 3.5 inches, one column of two on A4
}


class Sheet:
    """Strokes and words in points, y downwards."""

    def __init__(self, look: Look) -> None:
        from matplotlib.figure import Figure

        self.look = look
        self.height = look.height or 0.0
        """To be set before it is saved, where the look leaves it open."""
        self._figure = Figure(figsize=(look.width / 72, (look.height or 72) / 72), facecolor=PAPER)
        self._axes: Any = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, look.width)
        self._axes.set_autoscale_on(False)

    def text(
        self, x: float, y: float, text: str, size: float, color: str = INK, align: Align = "left",
        bold: bool = False, halo: str = "", upwards: bool = False,
    ) -> None:  # fmt: skip
        """A line of text whose middle is at y, or upwards from y; whatever a cell says is drawn as it stands."""
        from matplotlib.patheffects import withStroke
        from matplotlib.text import Text

        self._add(
            Text(
                x, y, plain(text), color=color, ha=align, va="bottom" if upwards else "center_baseline",
                rotation=90 if upwards else 0, parse_math=False, fontproperties=_font(bold, size),
                path_effects=[withStroke(linewidth=size / 4, foreground=halo)] if halo else None,
            )
        )  # fmt: skip

    def box(self, x: float, y: float, width: float, height: float, fill: str, edge: str = "", alpha: float = 1) -> None:
        """A rectangle from its top left corner; without a fill it is hatched and stands for what is not known."""
        self.boxes([(x, y, width, height)], fill, edge, alpha)

    def boxes(self, boxes: Sequence[Box], fill: str, edge: str = "", alpha: float = 1) -> None:
        """Rectangles of one look, as one stroke."""
        rings = [[(x, y), (x + width, y), (x + width, y + height), (x, y + height)] for x, y, width, height in boxes]
        self._polygons(rings, fill, edge, alpha)

    def line(self, points: Sequence[Point], color: str, width: float, dotted: bool = False, alpha: float = 1) -> None:
        """A line through the points."""
        from matplotlib.lines import Line2D

        style: Any = (0, (1, 1.6)) if dotted else "-"
        self._add(
            Line2D(
                [x for x, _ in points], [y for _, y in points], color=color, linewidth=width, linestyle=style,
                alpha=alpha, solid_capstyle="butt", dash_capstyle="butt",
            )
        )  # fmt: skip

    def mark(self, x: float, y: float, size: float, fill: str, edge: str, shape: str = "o") -> None:
        """A mark of this diameter around a point; `shape` is a letter of matplotlib's markers."""
        from matplotlib.lines import Line2D

        self._add(
            Line2D(
                [x], [y], marker=shape, markersize=size, markerfacecolor=fill, markeredgecolor=edge,
                markeredgewidth=self.look.small / 8, linestyle="none",
            )
        )  # fmt: skip

    def area(self, polygons: Sequence[Sequence[Ring]], fill: str, edge: str, clip: tuple[Point, Point]) -> None:
        """Polygons, each an outer ring and its holes, cut to a frame; without a fill they are hatched."""
        from matplotlib.patches import Rectangle

        patch = self._polygons([ring for polygon in polygons for ring in polygon], fill, edge)
        (left, top), (right, bottom) = clip
        patch.set_clip_path(Rectangle((left, top), right - left, bottom - top, transform=self._axes.transData))
        patch.set_clip_on(True)

    def _polygons(self, rings: Sequence[Ring], fill: str, edge: str, alpha: float = 1) -> Artist:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Outline

        outline = Outline.make_compound_path(*(Outline([*ring, ring[0]], closed=True) for ring in rings))
        patch = PathPatch(
            outline, facecolor=fill or UNKNOWN, edgecolor=(edge or "none") if fill else HATCH, joinstyle="round",
            linewidth=self.look.small / 13, alpha=alpha,
            hatch=None if fill else "///" if self.look.height else "/////",
        )  # fmt: skip
        self._add(patch)
        return patch

    def saved(self, form: Form, title: str, description: str) -> bytes:
        """The file's bytes."""
        self._figure.set_size_inches(self.look.width / 72, self.height / 72)
        self._axes.set_ylim(self.height, 0)
        buffer = io.BytesIO()
        title, description = plain(title), plain(description)
        metadata: dict[Form, dict[str, Any]] = {
            "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
            "png": {"Software": None, "Title": title, "Description": description},
            "pdf": {"CreationDate": None, "Creator": None, "Title": title, "Subject": description},
        }
        # Not "tight": the size asked for is the size that comes out.
        self._figure.savefig(buffer, format=form, metadata=metadata[form], dpi=144 if self.look.height else 300)
        if form == "svg":
            return _spoken(buffer.getvalue().decode(), title, description).encode()
        return buffer.getvalue()

    def _add(self, artist: Artist) -> None:
        """Draws this above all that was drawn before."""
        artist.set_zorder(1)
        self._axes.add_artist(artist)
        # A clip for each, at the edge of the sheet, would be a fifth of the file.
        artist.set_clip_on(False)


def paint(size: Size, form: Form, draw: Callable[[Sheet], None], title: str, description: str) -> bytes:
    """What `draw` draws on a sheet of this size. Raises ExposureError where matplotlib is not installed."""
    # Its remarks are about a cache of fonts that we do not use.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    matplotlib = _matplotlib()
    # Settings of the user's own must not reach the bytes. Those of windows stay: no picture here opens one.
    windows = ("backend", "backend_fallback", "interactive", "toolbar", "timezone")
    settings: Any = {name: value for name, value in matplotlib.rcParamsDefault.items() if name not in windows}
    settings |= {
        "svg.hashsalt": "exposure",
        # As outlines: a picture looks the same where the font is not installed, and no cell is text to a browser.
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "hatch.linewidth": 0.8 if LOOKS[size].height else 0.4,
        "path.simplify": False,
    }
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # A letter that the font lacks is drawn as a box, and said nowhere else.
        warnings.simplefilter("ignore")
        sheet = Sheet(LOOKS[size])
        draw(sheet)
        return sheet.saved(form, title, description)


def _matplotlib() -> ModuleType:
    """matplotlib, which reads settings from the working folder as it is imported: a stranger's file might stop it."""
    here: AbstractContextManager[None] = nullcontext()
    if "matplotlib" not in sys.modules and Path("matplotlibrc").exists() and (found := find_spec("matplotlib")):
        here = chdir(Path(found.origin or "").parent)
    try:
        with here:
            import matplotlib
    except ImportError:
        raise ExposureError("pictures need matplotlib: pip install jinja2 matplotlib") from None
    return matplotlib


def width_of(text: str, size: float, bold: bool = False) -> float:
    """The width of a line of text, in points."""
    return _measured(plain(text), bold) * size / 100.0


@lru_cache(maxsize=4096)
def _measured(text: str, bold: bool) -> float:
    """The width at size 100: it grows with the size."""
    from matplotlib.textpath import text_to_path

    return float(text_to_path.get_text_width_height_descent(text, _font(bold, 100.0), ismath=False)[0])


def fitted(text: str, size: float, width: float, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `width`."""
    text = plain(text)
    if width_of(text, size, bold) <= width:
        return text
    kept = bisect_right(range(1, len(text)), width, key=lambda count: width_of(text[:count] + "…", size, bold))
    return text[:kept].rstrip() + "…"


def wrapped(text: str, size: float, width: float, most: int, bold: bool = False) -> list[str]:
    """The text in at most so many lines, the last cut where more would be needed."""
    lines: list[str] = []
    words = plain(text).split(" ")
    while words:
        count = 1
        while count < len(words) and width_of(" ".join(words[: count + 1]), size, bold) <= width:
            count += 1
        if len(lines) == most - 1:
            count = len(words)
        lines.append(fitted(" ".join(words[:count]), size, width, bold))
        words = words[count:]
    return lines


@cache
def _font(bold: bool, size: float) -> FontProperties:
    import matplotlib
    from matplotlib.font_manager import FontProperties

    # By file: the fonts of a machine differ, those that come with matplotlib do not.
    file = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    return FontProperties(fname=str(file), size=size)


_NOISE = re.compile(r"<!--.*?-->|<!DOCTYPE.*?>\s*|<defs>\s*<style[^<]*</style>\s*</defs>\s*", re.DOTALL)
_BETWEEN = re.compile(r">\s+<")
_PATH = re.compile(r'(?<= d=")[^"]*')
_STEP = re.compile(r"([MLQCz])([^MLQCz]*)")
_GLYPH = re.compile(r' transform="translate\(([0-9.]+) 0\)"/>')
_ALONE = re.compile(r"<g>\n(<path [^>]*/>)\n</g>")
_ID = re.compile(r' id="([^"]*)"')
_REFERENCE = re.compile(r'(?<=href="#)[^"]*|(?<=url\(#)[^)]*')


def _spoken(text: str, title: str, description: str) -> str:
    """The SVG with a title and a description for a screen reader, and names that no other picture on a page has."""
    # The style sheet would hold for every element of the page that the picture stands in; its two rules are inherited.
    text = _BETWEEN.sub(">\n<", _NOISE.sub("", text))
    text = _PATH.sub(lambda path: _relative(path[0]), text)
    text = _GLYPH.sub(lambda place: f' x="{round(float(place[1]))}"/>', text)
    own = "x" + hashlib.sha256((text + title + description).encode()).hexdigest()[:6]
    names = {name: f"{own}{at:x}" for at, name in enumerate(dict.fromkeys(_REFERENCE.findall(text)))}
    text = _ID.sub(lambda name: f' id="{names[name[1]]}"' if name[1] in names else "", text)
    text = _ALONE.sub(r"\1", _REFERENCE.sub(lambda name: names[name[0]], text))
    at = text.index("<svg")
    end = text.index(">", at)
    said = f'<title id="{own}-title">{escape(title)}</title><desc id="{own}-desc">{escape(description)}</desc>'
    role = f' stroke-linejoin="round" stroke-linecap="butt" role="img" aria-labelledby="{own}-title {own}-desc"'
    return text[:end] + role + ">\n" + said + text[end + 1 :]


def _relative(path: str) -> str:
    """An outline by its steps in tenths of a point, finer than anybody sees, in a third of the characters."""
    steps: list[str] = []
    x, y, start = 0, 0, (0, 0)
    for command, given in _STEP.findall(path):
        numbers = [round(float(number) * 10) for number in given.split()]
        if command == "M":
            steps.append("M" + _numbers(numbers))
            start = (numbers[0], numbers[1])
        elif command == "z":
            steps.append("z")
        elif command == "L" and numbers[1] == y:
            steps.append("h" + _numbers([numbers[0] - x]))
        elif command == "L" and numbers[0] == x:
            steps.append("v" + _numbers([numbers[1] - y]))
        else:
            steps.append(command.lower() + _numbers([number - (x, y)[at % 2] for at, number in enumerate(numbers)]))
        x, y = start if command == "z" else numbers[-2:]
    return "".join(steps)


def _numbers(tenths: Sequence[int]) -> str:
    """Numbers one after another; a minus parts them as well as a blank does."""
    texts = (f"{number / 10:g}".replace("0.", ".") if abs(number) < 10 else f"{number / 10:g}" for number in tenths)
    return " ".join(texts).replace(" -", "-")
