"""What a terminal shows of long work, and a pipe does not."""

from __future__ import annotations

import io
import sys
import time

import pytest

from exposure.output import progress
from exposure.output.progress import waiting


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    monkeypatch.setenv("TERM", "xterm")


def as_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in place of stderr; in a fixture pytest would put its own there again."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def shows(stream: Terminal, text: str) -> bool:
    """Whether the text comes to stand there."""
    until = time.monotonic() + 20
    while text not in stream.getvalue() and time.monotonic() < until:
        time.sleep(0.01)
    return text in stream.getvalue()


def test_a_terminal_sees_that_something_is_done(impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = as_terminal(monkeypatch)
    with waiting("Reading [red]"):
        assert shows(terminal, "Reading [red]…")


@pytest.mark.parametrize("encoding", ["ascii", "cp1251", "utf-8"])
def test_a_terminal_sees_no_sign_that_it_does_not_have(
    impatient: None, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    class Narrow(Terminal):
        def write(self, text: str) -> int:
            text.encode(encoding)
            return super().write(text)

    Narrow.encoding = encoding  # type: ignore[assignment, misc]
    terminal = Narrow()
    monkeypatch.setattr(sys, "stderr", terminal)
    with waiting("Drawing") as show:
        assert shows(terminal, "Drawing…" if encoding == "utf-8" else "Drawing...")
        show(0.5)
        assert shows(terminal, " 50%")


def test_a_terminal_sees_how_far_it_has_come(impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = as_terminal(monkeypatch)
    with waiting("Drawing") as show:
        assert shows(terminal, "Drawing…")
        show(0.5)
        assert shows(terminal, "Drawing… 50%")


def test_what_was_told_in_the_silence_shows_after_it(impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = as_terminal(monkeypatch)
    monkeypatch.setattr(progress, "_PATIENCE", 0.2)
    with waiting("Drawing") as show:
        show(0.5)
        assert shows(terminal, "Drawing… 50%")
    assert "Drawing…\r" not in terminal.getvalue()


def test_an_interrupt_gives_the_cursor_back(impatient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = as_terminal(monkeypatch)

    def interrupted() -> None:
        with waiting("Drawing"):
            shows(terminal, "Drawing…")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    # The last that is said of the cursor is that it shows.
    assert terminal.getvalue().rindex("\x1b[?25h") > terminal.getvalue().rindex("\x1b[?25l")


@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_a_pipe_sees_nothing(impatient: None, monkeypatch: pytest.MonkeyPatch, stream: io.StringIO | None) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    with waiting("Drawing") as show:
        show(0.5)
    assert stream is None or not stream.getvalue()


def test_a_quick_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = as_terminal(monkeypatch)
    with waiting("Drawing") as show:
        show(0.5)
    assert not terminal.getvalue()
