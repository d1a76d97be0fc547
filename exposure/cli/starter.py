"""The starter project: templates that lie in exposure/starter, written into a folder, all of them or none."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path

from exposure import __version__
from exposure.errors import ExposureError, printable

# Where each lands. As templates none has a leading dot, so that nobody overlooks them.
_PLACES = {
    "indicators.csv": "indicators.csv",
    "rules.toml": "rules.toml",
    ".github/workflows/data.yml": "workflow.yml",
    ".pre-commit-config.yaml": "pre-commit-config.yaml",
}


def starter_files() -> dict[str, str]:
    """The text of every file by its path below the folder; what is pinned is the version that writes it."""
    templates = files("exposure") / "starter"
    return {
        path: (templates / name).read_text(encoding="utf-8").replace("vVERSION", f"v{__version__}")
        for path, name in _PLACES.items()
    }


def plant(folder: Path) -> list[Path]:
    """Writes the starter and returns its files. Raises ExposureError where one is there already or cannot be made."""
    wanted = {folder / name: text for name, text in starter_files().items()}
    if there := [path for path in wanted if os.path.lexists(path)]:
        names = "\n".join(f"{printable(str(path))}: is there already" for path in there)
        raise ExposureError(f"{names}\nnothing was written; move {_it(there)} away, or name another folder")
    made: list[Path] = []
    try:
        for path, text in wanted.items():
            for parent in reversed(path.parents):
                if not parent.is_dir():
                    parent.mkdir()
                    made.append(parent)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                made.append(path)
                file.write(text)
    except BaseException as error:
        _take_back(made)
        if isinstance(error, OSError):
            place = printable(str(error.filename or folder))
            raise ExposureError(f"{place}: cannot be written: {error.strerror}; nothing was kept") from None
        raise
    return list(wanted)


def _it(paths: list[Path]) -> str:
    return "it" if len(paths) == 1 else "them"


def _take_back(made: list[Path]) -> None:
    """Removes what this run has made, the last first."""
    for path in reversed(made):
        try:
            path.rmdir() if path.is_dir() else path.unlink()
        except OSError:
            # Somebody has put something there meanwhile; it stays.
            continue
