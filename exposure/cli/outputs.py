"""Where the answer goes: formats, each to the screen or into a file, and never over what was read."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click

from exposure import __version__
from exposure.cli.streams import refuse_closed, write
from exposure.errors import ExposureError, nearest, printable, quoted
from exposure.output import render
from exposure.output.page import Page


@dataclass(frozen=True)
class Outputs:
    """The places to write to."""

    targets: tuple[tuple[str, Path | None], ...] = ()
    """Formats of the page, each with the file it goes to; None is standard output."""
    others: tuple[Path, ...] = ()
    """Files for something else than the page."""

    @classmethod
    def named(cls, formats: tuple[str, ...], output: str | None, known: tuple[str, ...]) -> Outputs:
        """What -f and -o ask for. Raises UsageError where that cannot be."""
        # A step of GitHub Actions that asks for nothing else marks its findings in the pull request.
        if "github" in known and not formats and output is None and os.environ.get("GITHUB_ACTIONS") == "true":
            formats = ("github",)
        targets = [_target(text, known) for text in formats or ("table",)]
        screens = sum(file is None for _, file in targets)
        if screens > 1:
            raise click.UsageError(
                "only one format can go to the screen; give the others a file, as in -f json:out.json"
            )
        if output is not None and not screens:
            raise click.UsageError("-o has nothing to write: every format has a file of its own")
        outputs = cls(tuple((form, file or place(output)) for form, file in targets))
        for at, path in enumerate(outputs.files):
            if any(_same(path, other) for other in outputs.files[:at]):
                raise click.UsageError(f"{printable(str(path))}: two formats cannot be written to one file")
        return outputs

    @classmethod
    def of(cls, output: str | None) -> Outputs:
        """Those of a verb that writes one text, and no page."""
        return cls((("", place(output)),))

    def beside(self, option: str, path: str | None) -> Outputs:
        """These and the file that this option names. Raises UsageError where the page goes there too."""
        if path is None:
            return self
        if path == "-" or any(_same(Path(path), other) for other in self.files):
            raise click.UsageError(f"{option} writes a file of its own; name one that nothing else is written to")
        return replace(self, others=(*self.others, Path(path)))

    @property
    def files(self) -> list[Path]:
        """All that is written to but the screen."""
        return [*(path for _, path in self.targets if path is not None), *self.others]

    def spare(self, read: Path | None, what: str) -> None:
        """Raise ExposureError where this file is also to be written: claims with their sources are at stake.

        None is the file that standard input may come from. Any spelling is known again, and any link.
        """
        for path in self.files:
            # Either may not be there, or have a name that no file can have.
            with suppress(OSError, ValueError):
                there = os.fstat(sys.stdin.fileno()) if read is None else read.stat()
                here = path.stat()
                # Devices may be both: /dev/stdin and /dev/stdout are one terminal.
                if path.is_file() and (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino):
                    raise ExposureError(f"{printable(str(path))}: these are the {what}; write to another file")

    def emit(self, page: Page) -> None:
        """Writes the page in every format asked for."""
        for form, path in self.targets:
            if path is None:
                refuse_closed()
            write(render(page, form, io.StringIO() if path else sys.stdout, __version__), path)


def place(output: str | None) -> Path | None:
    """The file that is named; None is standard output, which - names as it does for what is read."""
    return None if output is None or output == "-" else Path(output)


def _same(one: Path, other: Path) -> bool:
    """Whether both are names of one file. A device may be written to twice by two names."""
    return one.absolute() == other.absolute() or (one.is_file() and other.is_file() and one.samefile(other))


def _target(text: str, known: tuple[str, ...]) -> tuple[str, Path | None]:
    form, _, file = text.partition(":")
    if form not in known:
        hint = nearest(form, known) or f"one of {', '.join(known)}"
        raise click.UsageError(f"-f {quoted(form)} is not a format; {hint}")
    return form, place(file or None)
