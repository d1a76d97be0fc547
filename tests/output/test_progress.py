"""What a terminal shows of long work, and a pipe does not."""

from __future__ import annotations

import io
import time

import pytest

from exposure.output import progress as module
from exposure.output.progress import progress, waiting


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.0)
    monkeypatch.setenv("TERM", "xterm")


def test_a_terminal_sees_how_far_it_has_come(impatient: None) -> None:
    stream = Terminal()
    with progress(stream, "Drawing [red]") as show:
        time.sleep(0.01)
        show(0.5)
    assert "Drawing [red]" in stream.getvalue()
    assert "50%" in stream.getvalue()


def test_a_terminal_sees_that_something_is_done(impatient: None) -> None:
    stream = Terminal()
    with waiting(stream, "Reading [red]"):
        until = time.monotonic() + 20
        while "Reading" not in stream.getvalue() and time.monotonic() < until:
            time.sleep(0.01)
    assert "Reading [red]…" in stream.getvalue()


def test_an_interrupt_gives_the_cursor_back(impatient: None) -> None:
    stream = Terminal()

    def interrupted() -> None:
        with progress(stream, "Drawing") as show:
            time.sleep(0.01)
            show(0.1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    # The last that is said of the cursor is that it shows.
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_a_pipe_sees_nothing(impatient: None, stream: io.StringIO | None) -> None:
    with progress(stream, "Drawing") as show, waiting(stream, "Reading"):
        show(0.5)
    assert stream is None or not stream.getvalue()


def test_a_quick_answer_is_not_waited_for() -> None:
    stream = Terminal()
    with progress(stream, "Drawing") as show, waiting(stream, "Reading"):
        show(0.5)
    assert not stream.getvalue()
