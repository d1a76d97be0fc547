"""Where the observations and the rules are read from: a file, standard input, a git revision or the package."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from exposure.errors import ExposureError, printable, quoted
from exposure.observations.loading import LARGEST_FILE, load

if TYPE_CHECKING:
    from exposure.observations.revisions import Revision

PACKAGE = Path(__file__).parents[1]
STDIN = "<stdin>"


class Input(NamedTuple):
    """The bytes of a file and what to call it in a message."""

    data: bytes
    name: str
    remark: str = ""
    """Which file was chosen, where the user did not say."""
    path: Path | None = None
    """Where it lies; None for standard input, for a revision, and for the packaged copies, which are never written."""
    origin: Path | None = None
    """What no output may replace: the file itself, that of today for a revision; None for standard input."""


@dataclass(frozen=True, kw_only=True)
class InputFiles:
    """What is scored, alone or as one side of a comparison: observations and the rules they are scored by."""

    indicators: Input
    rules: Input
    missing: str = ""
    """Of a base that is not there, why; only what is no gate may take it for empty."""
    earlier: str = ""
    """Of one that is not there, the commit that had such files all the same, or an ancestor of it."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the user should know of where they come from."""
        return tuple(filter(None, (self.indicators.remark, self.rules.remark)))


def packaged(name: str) -> Path:
    """The copy that comes with the package; in a checkout the observations lie one folder up."""
    inside = PACKAGE / name
    return inside if inside.exists() else PACKAGE.parent / name


def find_indicators(given: str | None) -> Input:
    """`given`, a path or `-` for standard input; else ./indicators.csv, else the packaged copy."""
    if given == "-":
        return Input(_stdin(), STDIN)
    if given is not None:
        path = Path(given)
        data = _read(path, "indicators")
        # Naming the packaged copy does not make it the user's.
        mine = path.resolve() != (PACKAGE / "indicators.csv").resolve()
        return Input(data, given, path=path if mine else None, origin=path)
    here = Path("indicators.csv")
    if here.is_file():
        return find_indicators("indicators.csv")._replace(remark="observations: ./indicators.csv")
    path = packaged("indicators.csv")
    return Input(_read(path, "indicators"), path.name, "observations: those packaged with exposure", origin=path)


def find_rules(given: str | None, indicators: str | None) -> Input:
    """`given`; else rules.toml or exposure/rules.toml beside the indicators file, else the packaged rules."""
    if given is not None:
        return Input(_read(Path(given), "rules"), given, path=Path(given), origin=Path(given))
    if indicators is not None or Path("indicators.csv").is_file():
        for path in _beside(Path() if indicators in (None, "-") else Path(indicators).parent):
            if path.is_file():
                return Input(_read(path, "rules"), str(path), f"rules: {printable(str(path))}", path, path)
    path = packaged("rules.toml")
    return Input(_read(path, "rules"), path.name, "rules: those packaged with exposure", origin=path)


def find_outside(given: str, indicators: str | None) -> Input:
    """The outside index that `given` names, a path or `-` for standard input where the observations are not."""
    if given == "-":
        if indicators == "-":
            raise ExposureError("-i and --against cannot both come from standard input; name a file for one of them")
        return Input(_stdin(), STDIN)
    return Input(_read(Path(given), "outside index"), given, path=Path(given), origin=Path(given))


def find_files(indicators: str | None, rules: str | None) -> InputFiles:
    """The files that every verb reads: those of -i and -r, or those found in their stead."""
    # The rules first: a mistake in -r is said before standard input is waited for.
    return InputFiles(rules=find_rules(rules, indicators), indicators=find_indicators(indicators))


def find_counterpart(given: str, other: InputFiles, rules: str | None = None, parted: str = "") -> InputFiles:
    """What `given` names (a path, `-` for standard input, or a git revision) to set against the other side.

    `rules` is what -r names. Without it a file takes the rules beside it, and where there are none those of the other
    side. At a revision both files are read as they stood where the other side's lie, or lay before they moved; given
    a revision that `parted` from it, as they stood where it did. Raises ExposureError that says what to do.
    """
    if not given.strip():
        raise ExposureError("the base is empty; name a file, or a branch, a tag or a commit, as origin/main")
    if given == "-":
        if other.indicators.name == STDIN:
            raise ExposureError("both sides cannot come from standard input; name a file or a revision for one of them")
        by = other.rules._replace(remark="") if rules is None else find_rules(rules, None)
        return InputFiles(indicators=find_indicators("-"), rules=by)
    if _exists(given):
        if Path(given).is_dir():
            hint = f"name a file in it, or write refs/heads/{printable(given)} for a branch of that name"
            raise ExposureError(f"{printable(given)}: a folder; {hint}")
        # Who may add a file that has the name of a revision could have a change compared with itself.
        from exposure.observations.revisions import names_commit

        if names_commit(given, other.indicators.path or Path("indicators.csv")):
            what = f"both a file and a revision; write ./{printable(given)} for the file"
            raise ExposureError(f"{printable(given)}: {what}, and rename or remove it for the revision")
        beside = find_rules(rules, given)
        by = beside if beside.path else other.rules._replace(remark="")
        return InputFiles(indicators=find_indicators(given), rules=by)
    return _files_at(given, other, rules, parted)


def find_base_and_head(
    base: str, head: str | None, indicators: str | None, rules: str | None
) -> tuple[InputFiles, InputFiles]:
    """Both sides of `diff BASE [HEAD]`; without a head it is what every other verb reads.

    `A...B` as base is B since it parted from A, and `A...` what lies here since HEAD did. The files of a revision are
    looked up where those of the other side lie, or where every other verb would look.
    """
    parted = ""
    if head is None and "..." in base and not _exists(base):
        base, _, since = base.partition("...")
        head, parted = since or None, since or "HEAD"
    if head is None:
        here = find_files(indicators, rules)
        return find_counterpart(base, here, rules, parted), here
    if base == head == "-":
        raise ExposureError("both sides cannot come from standard input; name a file or a revision for one of them")
    files = [given for given in (head, base) if given != "-" and _exists(given) and not Path(given).is_dir()]
    # Of two files the one with rules beside it lends them to the other.
    files.sort(key=lambda given: not any(path.is_file() for path in _beside(Path(given).parent)))
    anchor = find_files(files[0], rules) if files else _place(indicators, rules)

    def read(given: str, other: InputFiles, parted: str = "") -> InputFiles:
        # A file is read once: it may be a pipe, as in <(git show …).
        return anchor if files and given == files[0] else find_counterpart(given, other, rules, parted)

    if base == "-":
        after = read(head, anchor)
        return read(base, after), after
    before = read(base, anchor, parted)
    return before, read(head, before if head == "-" else anchor)


class _Then(NamedTuple):
    """A file as it stood at a revision, and where it lay."""

    input: Input
    path: Path


def _files_at(given: str, other: InputFiles, rules: str | None, parted: str) -> InputFiles:
    """Both files as they stood at a git revision."""
    # Only a base needs git.
    from exposure.observations.revisions import find_revision

    path = other.indicators.path
    if path is None and other.indicators.name == STDIN:
        path = Path("indicators.csv")
    if path is None:
        what = "the observations packaged with exposure have no history here; name the file with -i"
        raise ExposureError(f"{quoted(given)} is no file, and as a git revision it needs one to look up: {what}")
    revision = find_revision(given, path, parted)
    indicators = _then(revision, path)
    by = _rules_then(revision, indicators.path if indicators else path, other.rules, rules)
    gone = [one for one, then in ((path, indicators), (other.rules.path, by)) if one is not None and then is None]
    missing = "; ".join(f"{printable(str(one))} does not exist at {printable(revision.name)}" for one in gone)
    parting = f"base: {revision.commit[:12]}, where {printable(parted)} parted from {printable(revision.given)}"
    moved = indicators.input.remark if indicators else missing
    remark = "; ".join(filter(None, (parting if revision.commit != revision.tip else "", moved)))
    return InputFiles(
        indicators=(indicators.input if indicators else _nothing(path, revision))._replace(remark=remark),
        rules=by.input._replace(remark=by.input.remark if indicators else "")
        if by
        else other.rules._replace(remark=f"{printable(other.rules.name)} serve both sides"),
        missing=missing,
        earlier=next((commit for one in gone if (commit := revision.had(one.name))), ""),
    )


def _then(revision: Revision, path: Path) -> _Then | None:
    """A file at the revision, followed to where it lay then; None where it was not there."""
    data = revision.read(path)
    if data is not None:
        return _Then(Input(data, f"{path} at {revision.name}", origin=path), path)
    was = revision.earlier_path(path)
    if was is None or (data := revision.read_at(was, was)) is None:
        return None
    moved = f"{printable(str(path))} was {printable(was)} at {printable(revision.name)}"
    return _Then(Input(data, f"{was} at {revision.name}", moved, origin=revision.top / was), revision.top / was)


def _rules_then(revision: Revision, indicators: Path, other: Input, given: str | None) -> _Then | None:
    """The rules of the revision: those beside the observations as they lay then, or those that -r names.

    What the other side is scored by judges the base only where no repository holds it: else a change would judge
    what it is compared with. None where there were none.
    """
    from exposure.observations.revisions import find_place

    for path in () if given is not None else _beside(indicators.parent):
        data = revision.read(path)
        if data is not None:
            shown = path.relative_to(revision.top) if path.is_relative_to(revision.top) else path
            moved = f"rules: {printable(str(shown))} at {printable(revision.name)}" if shown != other.path else ""
            return _Then(Input(data, f"{shown} at {revision.name}", moved, origin=path), path)
    place = find_place(other.path) if other.path is not None else None
    if other.path is None or place is None or place.top != revision.top:
        name = "the rules packaged with exposure" if other.path is None else printable(other.name)
        where = f"no rules of that place are in the repository at {printable(revision.name)}"
        return _Then(other._replace(remark=f"{name} serve both sides: {where}"), indicators)
    then = _then(revision, other.path)
    if then is None and given is None:
        # Then as now those of the package serve where there are none.
        remark = f"rules at {printable(revision.name)}: those packaged with exposure"
        return _Then(Input(_read(packaged("rules.toml"), "rules"), "rules.toml", remark), indicators)
    return then


def _nothing(path: Path, revision: Revision) -> Input:
    """A file without claims, in place of one that was not there."""
    from exposure.observations.model import LONG

    return Input((",".join(LONG) + "\n").encode(), f"{path} at {revision.name}")


def _place(indicators: str | None, rules: str | None) -> InputFiles:
    """Where the files of two revisions lie; today they may be gone."""
    if indicators in (None, "-") or _exists(indicators):
        return find_files(indicators, rules)
    return InputFiles(indicators=Input(b"", indicators, path=Path(indicators)), rules=find_rules(rules, indicators))


def _beside(folder: Path) -> tuple[Path, Path]:
    return folder / "rules.toml", folder / "exposure" / "rules.toml"


def _exists(given: str) -> bool:
    try:
        return Path(given).exists()
    except (OSError, ValueError):  # longer than a path may be, or with a NUL in it
        return False


def _stdin() -> bytes:
    """What comes in. Raises InvalidInput where it is more than may be read."""
    if sys.stdin is None:
        raise ExposureError("standard input is closed; name a file, or pipe one in")
    return load(sys.stdin.buffer, STDIN)


def _read(path: Path, what: str) -> bytes:
    """The file's bytes, of rules one more than allowed at most. Raises ExposureError with what to do."""
    name = printable(str(path))
    option = {"indicators": "-i", "rules": "-r", "outside index": "--against"}[what]
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1) if what == "rules" else load(file, str(path))
    except FileNotFoundError:
        raise ExposureError(f"{name}: no such file; {option} names the {what} to read") from None
    except IsADirectoryError:
        raise ExposureError(f"{name}: a folder; {option} names a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ExposureError(f"{name}: cannot be read: {printable(reason)}") from None
