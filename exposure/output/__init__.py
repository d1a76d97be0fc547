"""Pages of tables to text: terminal, CSV, JSON, Markdown. Knows screens and not the domain."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from exposure.output.page import Page

FORMATS = ("table", "json", "csv", "markdown")


def render(page: Page, form: str, stream: IO[str]) -> str:
    """The page as text in one of FORMATS, ending in a line end; `stream` tells how a table is shown."""
    if form == "json":
        from exposure.output.data import to_json

        return to_json(page)
    if form == "csv":
        from exposure.output.data import to_csv

        return to_csv(page)
    if form == "markdown":
        from exposure.output.markdown import to_markdown

        return to_markdown(page)
    # A width or colours that somebody asked for make a pipe as good as a screen.
    if stream.isatty() or os.environ.get("FORCE_COLOR") or os.environ.get("COLUMNS", "").isdigit():
        from exposure.output.terminal import to_terminal

        return to_terminal(page, stream)
    from exposure.output.plain import to_plain

    return to_plain(page)
