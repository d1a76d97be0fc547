"""Pages to text: terminal, CSV, JSON, Markdown, and what CI reads of findings. Knows screens and not the domain."""

from __future__ import annotations

import os
from importlib import import_module
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from exposure.output.page import Page

FORMATS = ("table", "json", "csv", "markdown")
FINDING_FORMATS = (*FORMATS, "github", "gitlab", "sarif", "junit")
"""What a page of findings can be shown as."""
PICTURES = ("bars", "heatmap", "ranks", "trend", "map")
PICTURE_FORMS = ("svg", "png", "pdf")
SIZES = ("slide", "column")


def render(page: Page, form: str, stream: IO[str], version: str = "") -> str:
    """The page as text in one of FINDING_FORMATS, ending in a line end; `stream` tells how a table is shown.

    `version` is that of the tool, for a format that names its author. Raises ValueError where one of the
    formats of findings alone is asked of a page without annotations.
    """
    if form != "table":
        file = import_module(f"exposure.output.{'data' if form in ('json', 'csv') else form}")
        author = (version,) if form == "sarif" else ()
        written: str = getattr(file, f"to_{form}")(page, *author)
        return written
    # A width or colours that somebody asked for make a pipe as good as a screen.
    if stream.isatty() or os.environ.get("FORCE_COLOR") or os.environ.get("COLUMNS", "").isdigit():
        from exposure.output.terminal import to_terminal

        return to_terminal(page, stream)
    from exposure.output.plain import to_plain

    return to_plain(page)
