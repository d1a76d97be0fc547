"""How far a long run has come, on the terminal of whoever waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.status import Status

_PATIENCE = 1.0
"""Seconds that pass in silence."""


@contextmanager
def progress(stream: IO[str] | None, what: str) -> Iterator[Callable[[float], None]]:
    """A function to be told the part that is done, 0 to 1; draws nothing off a terminal or in the first second."""
    start = time.monotonic()
    bar: Progress | None = None

    def show(part: float) -> None:
        nonlocal bar
        if bar is None and stream and stream.isatty() and time.monotonic() - start > _PATIENCE:
            bar = _begun(stream, what)
        if bar is not None:
            bar.update(bar.task_ids[0], completed=part, refresh=True)

    try:
        yield show
    finally:
        # Also where the run is interrupted: the line goes and the cursor comes back.
        if bar is not None:
            bar.stop()


@contextmanager
def waiting(stream: IO[str] | None, what: str) -> Iterator[None]:
    """Shows on a terminal that something is being done which cannot say how far it has come, after the first second."""
    if stream is None or not stream.isatty():
        yield
        return
    shown: list[Status] = []
    timer = threading.Timer(_PATIENCE, lambda: shown.append(_spinning(stream, what)))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        # It may be at it just now: what it begins must end before anything else is said.
        timer.join()
        for status in shown:
            status.stop()


def _spinning(stream: IO[str], what: str) -> Status:
    from rich.console import Console
    from rich.text import Text

    status = Console(file=stream).status(Text(f"{what}…"))
    status.start()
    return status


def _begun(stream: IO[str] | None, what: str) -> Progress:
    # Imported where somebody waits: a quick answer must not wait for the picture of waiting.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(file=stream), transient=True, auto_refresh=False)
    bar.add_task(what, total=1.0)
    bar.start()
    return bar
