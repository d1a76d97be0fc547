"""What goes out: pages to the screen and into files, remarks and errors to stderr."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exposure import __version__
from exposure.errors import ExposureError, nearest, printable, quoted
from exposure.output import FORMATS

if TYPE_CHECKING:
    from exposure.output.page import Page

Targets = list[tuple[str, Path | None]]
"""Formats, each with the file it goes to; None is standard output."""


def targets_of(formats: tuple[str, ...], output: str | None, known: tuple[str, ...] = FORMATS) -> Targets:
    """What to write where; None is standard output."""
    targets: Targets = []
    for text in formats or ("table",):
        form, _, file = text.partition(":")
        if form not in known:
            hint = nearest(form, known) or f"one of {', '.join(known)}"
            raise click.UsageError(f"-f {quoted(form)} is not a format; {hint}")
        targets.append((form, Path(file) if file else None))
    screens = [at for at, (_, file) in enumerate(targets) if file is None]
    if len(screens) > 1:
        raise click.UsageError("only one format can go to the screen; give the others a file, as in -f json:out.json")
    if output is not None:
        if not screens:
            raise click.UsageError("-o has nothing to write: every format has a file of its own")
        targets[screens[0]] = (targets[screens[0]][0], Path(output))
    files = written(targets)
    if twice := next((path for at, path in enumerate(files) if path in files[:at]), None):
        raise click.UsageError(f"{printable(str(twice))}: two formats cannot be written to one file")
    return targets


def written(targets: Targets) -> list[Path]:
    """The files that are written to."""
    return [path for _, path in targets if path is not None]


def emit(page: Page, targets: Targets) -> None:
    """Writes the page in every format asked for."""
    from exposure.output import render

    for form, path in targets:
        if path is None:
            _refuse_closed()
            say(render(page, form, sys.stdout, __version__))
        else:
            write(render(page, form, io.StringIO(), __version__), path)


def say(text: str | bytes) -> None:
    """Writes to standard output; a reader who has had enough is no failure."""
    _refuse_closed()
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


def _refuse_closed() -> None:
    # The shell's >&- leaves a process without a standard output.
    if sys.stdout is None:
        raise ExposureError("standard output is closed; -o names a file to write")


def write(text: str | bytes | Iterable[bytes], path: Path) -> None:
    """The whole file or none of it; a link stays a link, and a pipe or device is written to and not replaced."""
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
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        temporary.replace(target)
        temporary = None
    except (OSError, RuntimeError) as error:  # before Python 3.13 links in a circle are a RuntimeError
        reason = getattr(error, "strerror", None) or "its symbolic links go in a circle"
        raise ExposureError(f"{printable(str(path))}: cannot be written: {reason}") from None
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def remark(text: str) -> None:
    """Says something beside the result, on stderr."""
    tell(f"exposure: {text}")


def fail(text: str) -> None:
    """Says what went wrong, on stderr."""
    for line in text.splitlines():
        tell(f"exposure: {line}")


def tell(text: str) -> None:
    """Writes a line to stderr; where nobody can read it, the result and the exit code still say what they say."""
    try:
        click.echo(text, err=True)
    except OSError:
        # Python would try once more when it closes stderr, and exit with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
