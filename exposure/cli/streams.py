"""What goes out: text to the screen and into files, remarks and errors to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from exposure.errors import ExposureError, printable


def say(text: str | bytes) -> None:
    """Writes to standard output; a reader who has had enough is no failure."""
    refuse_closed()
    # A pipe gets UTF-8 whatever the locale; a terminal what it can show.
    encoding = (sys.stdout.encoding or "utf-8") if sys.stdout.isatty() else "utf-8"
    sys.stdout.flush()
    try:
        sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode(encoding, "replace"))
        sys.stdout.buffer.flush()
    except OSError as error:
        # Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # A closed pipe means that the reader has had enough (| head): that is no failure.
        if not isinstance(error, BrokenPipeError):
            raise ExposureError(f"the output cannot be written: {error.strerror}") from None


def refuse_closed() -> None:
    """Raises ExposureError where there is no standard output to write to."""
    # The shell's >&- leaves a process without a standard output.
    if sys.stdout is None:
        raise ExposureError("standard output is closed; -o names a file to write")


def write(text: str | bytes | Iterable[bytes], path: Path | None) -> None:
    """The whole file or none of it, or to standard output where there is no path.

    A link stays a link, and a pipe or device is written to and not replaced.
    """
    if path is None:
        return say(text if isinstance(text, str | bytes) else b"".join(text))
    import tempfile

    parts = [text.encode()] if isinstance(text, str) else [text] if isinstance(text, bytes) else text
    temporary = None
    try:
        target = path.resolve()
        if path.exists() and not path.is_file():
            with path.open("wb") as device:
                device.writelines(parts)
            return
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.writelines(parts)
        os.umask(mask := os.umask(0))
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~mask)
        temporary.replace(target)
        temporary = None
    except (OSError, RuntimeError) as error:  # before Python 3.13 links in a circle are a RuntimeError
        reason = getattr(error, "strerror", None) or "its symbolic links go in a circle"
        raise ExposureError(f"{printable(str(path))}: cannot be written: {reason}") from None
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


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
