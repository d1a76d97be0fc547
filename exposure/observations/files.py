"""Where the observations and the rules are read from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from exposure.errors import ExposureError, printable
from exposure.observations.structure import LARGEST_FILE

PACKAGE = Path(__file__).parents[1]


class Input(NamedTuple):
    """The bytes of a file and what to call it in a message."""

    data: bytes
    name: str
    remark: str = ""
    """Which file was chosen, where the user did not say."""


def packaged(name: str) -> Path:
    """The copy that comes with the package; in a checkout the observations lie one folder up."""
    inside = PACKAGE / name
    return inside if inside.exists() else PACKAGE.parent / name


def find_indicators(given: str | None) -> Input:
    """`given`, a path or `-` for standard input; else ./indicators.csv, else the packaged copy."""
    if given == "-":
        return Input(sys.stdin.buffer.read(LARGEST_FILE + 1), "<stdin>")
    if given is not None:
        return Input(_read(Path(given), "indicators"), given)
    if Path("indicators.csv").is_file():
        return Input(_read(Path("indicators.csv"), "indicators"), "indicators.csv", "observations: ./indicators.csv")
    return Input(
        _read(packaged("indicators.csv"), "indicators"), "indicators.csv", "observations: those packaged with exposure"
    )


def find_rules(given: str | None, indicators: str | None) -> Input:
    """`given`; else rules.toml or exposure/rules.toml beside the indicators file, else the packaged rules."""
    if given is not None:
        return Input(_read(Path(given), "rules"), given)
    beside = Path(indicators).parent if indicators not in (None, "-") else Path()
    if indicators is not None or Path("indicators.csv").is_file():
        for path in (beside / "rules.toml", beside / "exposure" / "rules.toml"):
            if path.is_file():
                return Input(_read(path, "rules"), str(path), f"rules: {printable(str(path))}")
    return Input(_read(packaged("rules.toml"), "rules"), "rules.toml", "rules: those packaged with exposure")


def _read(path: Path, what: str) -> bytes:
    """The file's bytes, one more than allowed at most. Raises ExposureError with what to do."""
    name = printable(str(path))
    option = {"indicators": "-i", "rules": "-r"}[what]
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise ExposureError(f"{name}: no such file; {option} names the {what} to read") from None
    except IsADirectoryError:
        raise ExposureError(f"{name}: a folder; {option} names a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ExposureError(f"{name}: cannot be read: {printable(reason)}") from None
