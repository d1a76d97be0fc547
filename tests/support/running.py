"""Running the command as a user runs it: in a folder of its own, with an environment we know.

`exposure` calls the command inside this process, with the streams, the folder and the environment of a new one, since
starting Python and its libraries a thousand times is most of what the tests would take. What is about the process
itself (a signal, a closed pipe, a limit, what is imported, what Python reads at its start) is run by `process`.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from unittest import mock

from exposure.cli import main

REPOSITORY = Path(__file__).parents[2]


def environment(**more: str) -> dict[str, str]:
    """This environment without what would change how the command reads, writes or compares."""
    dropped = ("COLUMNS", "FORCE_COLOR")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("EXPOSURE_", "GITHUB_", "GIT_")) and name not in dropped
    }
    return {**kept, "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", **more}


def process(*arguments: str, cwd: Path, stdin: bytes = b"", **more: str) -> tuple[int, str, str]:
    """Exit code and both streams of `exposure` as a process of its own; `more` is set in its environment."""
    command = [sys.executable, "-m", "exposure", *arguments]
    run = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, env=environment(**more), check=False)
    return run.returncode, run.stdout.decode(), run.stderr.decode()


def exposure(*arguments: str, cwd: Path, stdin: bytes = b"", **more: str) -> tuple[int, str, str]:
    """Exit code and both streams of `exposure`; `more` is set in its environment."""
    assert not [name for name in more if name.startswith(("PYTHON", "LC_"))], "Python reads these as it starts: process"
    out, err = io.BytesIO(), io.BytesIO()
    streams = {
        "stdin": io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"),
        "stdout": io.TextIOWrapper(out, encoding="utf-8"),
        "stderr": io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace", write_through=True),
    }
    with _as_a_process(environment(**more), cwd), mock.patch.multiple(sys, argv=["exposure", *arguments], **streams):
        try:
            main()
        except SystemExit as stop:
            code = stop.code
        streams["stdout"].flush()
    assert isinstance(code, int)
    return code, out.getvalue().decode(), err.getvalue().decode()


@contextlib.contextmanager
def _as_a_process(variables: dict[str, str], cwd: Path) -> Iterator[None]:
    """What a process has of its own, put back afterwards; that the command collects no garbage is part of it."""
    collecting, ours = gc.isenabled(), sys.modules["__main__"]
    # Click asks what runs it for the name of the program.
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        with contextlib.chdir(cwd), mock.patch.dict(os.environ, variables, clear=True):
            yield
    finally:
        sys.modules["__main__"] = ours
        if collecting:
            gc.enable()
