"""What goes out: text to the screen and into files, remarks and errors to stderr."""

from __future__ import annotations

import codecs
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL
from io import TextIOWrapper
from pathlib import Path
from types import FrameType

import click

from exposure.errors import ExposureError, printable

_ASCII = {"–": "-", "−": "-", "─": "-", "…": "...", "×": "x", "±": "+/-", "≥": ">=", "≤": "<=", "“": '"', "”": '"'}
"""What stands for a sign where a terminal does not have it; a question mark stands for every other."""


def _in_its_place(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(_ASCII.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


codecs.register_error("exposure", _in_its_place)


def settle() -> None:
    """Let both streams take any text: a pipe gets UTF-8 whatever the locale; a terminal what it can show."""
    for stream, errors in ((sys.stdout, "exposure"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors=errors)


def say(text: str | bytes) -> None:
    """Writes to standard output; a reader who has had enough is no failure."""
    refuse_closed()
    sys.stdout.flush()
    try:
        # Past the text stream, which on Windows would end lines with CR LF.
        sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode(sys.stdout.encoding, "exposure"))
        sys.stdout.buffer.flush()
    except OSError as error:
        # Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # A closed pipe means that the reader has had enough (| head): that is no failure. Windows calls it EINVAL.
        if not isinstance(error, BrokenPipeError) and not (sys.platform == "win32" and error.errno == EINVAL):
            raise ExposureError(f"the output cannot be written: {error.strerror}") from None


def refuse_closed() -> None:
    """Raises ExposureError where there is no standard output to write to."""
    # The shell's >&- leaves a process without a standard output.
    if sys.stdout is None:
        raise ExposureError("standard output is closed; -o names a file to write")


def write(
    text: str | bytes | Iterable[bytes], path: Path | None, expected: bytes | None = None, new: bool = False
) -> None:
    """Write the whole file or none of it, or to standard output where there is no path.

    A link stays a link. A file keeps its mode and its owner. A pipe or device is written to and not replaced.
    Raises ExposureError where that cannot be, where the file no longer holds the bytes `expected`, and where a `new`
    file is there already.
    """
    if path is None:
        return say(text if isinstance(text, str | bytes) else b"".join(text))
    parts = [text.encode()] if isinstance(text, str) else [text] if isinstance(text, bytes) else text
    name = printable(str(path))
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                device.writelines(parts)
            return
        target = path.resolve()
        # What is still a link leads in a circle; before Python 3.13 it was a RuntimeError to resolve one.
        if target.is_symlink():
            raise RuntimeError
        before = target.stat() if target.exists() else None
        # Root may write everywhere, and is told what everybody else is.
        if before is not None and not (before.st_mode & 0o222 and os.access(target, os.W_OK)):
            raise ExposureError(f"{name}: read-only; make it writable, or write to another file")
        with _beside(target) as temporary:
            _fill(temporary, parts, before)
            if expected is not None and target.read_bytes() != expected:
                raise ExposureError(f"{name}: changed since it was read; nothing was written; run it again")
            if new and target.exists():
                raise ExposureError(f"{name}: is there already")
            temporary.replace(target)
        # The file is on the disk; this is its name. Windows opens no folder, and some file systems sync none.
        with suppress(OSError):
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "its symbolic links go in a circle"
        raise ExposureError(f"{name}: cannot be written: {reason}") from None


def _fill(temporary: Path, parts: Iterable[bytes], before: os.stat_result | None) -> None:
    """Write a file to the disk, with the owner and the mode of the one that it is to replace."""
    # Until it has the mode of that one, nobody else reads it.
    temporary.touch(0o666 if before is None else 0o600, exist_ok=False)
    with temporary.open("wb") as file:
        if before is not None:
            # Windows has no chown. Elsewhere root alone may give a file away, and others only to a group of theirs:
            # who may not becomes its owner, since a new text in the file matters more than whose it is.
            if hasattr(os, "chown"):
                for owner, group in ((-1, before.st_gid), (before.st_uid, -1)):
                    with suppress(OSError):
                        os.chown(temporary, owner, group)
            temporary.chmod(before.st_mode & 0o777)
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """The name of a file in the same folder, of which nothing is left afterwards: no exception and no signal leaves it.

    A process that a signal ends has the exit status of that signal.
    """
    # Named before it is made, so that there is no moment in which it is there and not known.
    temporary = target.with_name(f".exposure-{os.urandom(8).hex()}.tmp")

    def end(number: int, _: FrameType | None) -> None:
        with suppress(OSError):
            temporary.unlink()
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)

    # Windows has no SIGHUP, and nohup ignores it. What a program that uses exposure does at a signal is its own affair,
    # and so is a thread: Python lets the main one alone decide.
    signals = [signal.SIGTERM, *filter(None, [getattr(signal, "SIGHUP", None)])]
    main = threading.current_thread() is threading.main_thread()
    handled = [number for number in signals if main and signal.getsignal(number) is signal.SIG_DFL]
    for number in handled:
        signal.signal(number, end)
    try:
        yield temporary
    finally:
        # Not there any more where it has replaced the target.
        temporary.unlink(missing_ok=True)
        for number in handled:
            signal.signal(number, signal.SIG_DFL)


def remark(text: str) -> None:
    """Says something beside the result, or what went wrong, on stderr."""
    for line in text.splitlines():
        tell(f"exposure: {line}")


def tell(text: str) -> None:
    """Writes a line to stderr; where nobody can read it, the result and the exit code still say what they say."""
    try:
        click.echo(text, err=True)
    except OSError:
        # Python would try once more when it closes stderr, and exit with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
