"""That something is being done, and how far it has come, on the terminal of whoever waits for it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.status import Status
    from rich.text import Text

_PATIENCE = 1.0
"""Seconds that pass in silence."""


@contextmanager
def waiting(what: str) -> Iterator[Callable[[float], None]]:
    """A function that may be told the part that is done, 0 to 1; shows on a terminal, after a second, what is done."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    from threading import Timer

    # A terminal that is not told to speak UTF-8 has no such dots, and would be sent their numbers.
    utf = (sys.stderr.encoding or "utf-8").lower().startswith("utf")
    dots, spinner = ("…", "dots") if utf else ("...", "line")
    said = f"{what}{dots}"
    shown: list[Status] = []

    def begin() -> None:
        # Imported where somebody waits: a quick answer must not wait for the picture of waiting.
        from rich.console import Console

        shown.append(Console(stderr=True).status(_plain(said), spinner=spinner))
        shown[-1].start()

    def show(part: float) -> None:
        nonlocal said
        said = f"{what}{dots} {part:.0%}"
        for status in shown:
            status.update(_plain(said))

    timer = Timer(_PATIENCE, begin)
    timer.daemon = True
    timer.start()
    try:
        yield show
    finally:
        timer.cancel()
        # It may be at it just now: what it begins must end before anything else is said.
        timer.join()
        # Also where the run is interrupted: the line goes and the cursor comes back.
        for status in shown:
            status.stop()


def _plain(text: str) -> Text:
    from rich.text import Text

    return Text(text)
