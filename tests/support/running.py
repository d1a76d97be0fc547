"""Running the command as a user runs it: a process of its own, in a folder of its own, with an environment we know."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def exposure(*arguments: str, cwd: Path, stdin: bytes = b"", **more: str) -> tuple[int, str, str]:
    """Exit code and both streams of `exposure`; `more` is set in its environment."""
    command = [sys.executable, "-m", "exposure", *arguments]
    run = subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, env=environment(**more), check=False)
    return run.returncode, run.stdout.decode(), run.stderr.decode()
