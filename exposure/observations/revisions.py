"""A file as it stood at a git revision, read by plumbing that runs nothing and fetches nothing."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from exposure.errors import ExposureError, printable, quoted
from exposure.observations.loading import LARGEST_FILE

_OBJECT = re.compile(rb"[0-9a-f]{40}|[0-9a-f]{64}")
_LONGEST = 250
"""More than any reference, and too little for a regular expression that never ends."""
_PATIENCE = 120
"""Seconds after which a git that does not answer is given up."""
# What a hook or a caller sets for its own repository, which need not be the one that holds the file.
_THEIRS = {
    "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE",
    "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE", "GIT_REPLACE_REF_BASE", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
}  # fmt: skip
_OURS = {
    "GIT_NO_LAZY_FETCH": "1",
    # The same for a git that does not know the variable above.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit")
_FOLDER = "40000"
_NO_FILE = {"120000": "a symbolic link", "160000": "a submodule", _FOLDER: "a folder"}
_MOST_LINKS = 40
_DEEPEN = "git fetch --unshallow, and in CI check out with fetch-depth: 0"


class Revision(NamedTuple):
    """A commit of the repository that holds some file."""

    given: str
    """As the user wrote it."""
    tip: str
    """The object id that it meant."""
    commit: str
    """The object id that is read: the tip, or where HEAD parted from it."""
    top: Path
    """The folder of the work tree."""

    @property
    def name(self) -> str:
        """What to call it: as it was written, an object id by its first digits."""
        whole = _OBJECT.fullmatch(self.given.encode("utf-8", "replace"))
        return self.commit[:12] if whole or self.commit != self.tip else self.given

    def read(self, path: Path) -> bytes | None:
        """What the file held at this commit; None where it was not there or lies in no or another repository.

        Raises ExposureError for what is no file, is too large, is missing from an incomplete clone or is not what its
        object id says.
        """
        place = find_place(path)
        return self.read_at(place.path, str(path)) if place and place.top == self.top else None

    def read_at(self, path: str, called: str) -> bytes | None:
        """The same of a path from the top of the work tree."""
        name = f"{printable(called)} at {printable(self.name)}"
        tree = _object(self.top, "commit", self.commit, name)[5:].partition(b"\n")[0].decode()
        folders, _, file = path.rpartition("/")
        for folder in filter(None, folders.split("/")):
            mode, tree = _entry(self.top, tree, folder, name)
            if mode and mode != _FOLDER:
                through = f"{_NO_FILE.get(mode, 'a file')} stands in its path ({printable(folder)})"
                raise ExposureError(f"{name}: {through}; compare with a revision or file that has one")
            if not mode:
                return None
        mode, entry = _entry(self.top, tree, file, name)
        if not mode:
            return None
        if mode in _NO_FILE:
            raise ExposureError(f"{name}: {_NO_FILE[mode]}, not a file; compare with a revision or file that has one")
        return _object(self.top, "blob", entry, name)

    def earlier_path(self, path: Path) -> str | None:
        """Where a file lay at this commit that has moved since, as git follows it; None where it knows of no move."""
        place = find_place(path)
        if place is None or place.top != self.top:
            return None
        # Of the index and not of the work tree, so that git runs no filter; a move in the work tree is not followed.
        asked = ("diff-index", "--cached", "-M", "-z", "--name-status", "--diff-filter=R", self.commit)
        said = _must(self.top, *asked).split(b"\0")
        moves = zip(said[1::3], said[2::3], strict=False)
        return next((os.fsdecode(old) for old, new in moves if os.fsdecode(new) == place.path), None)

    def had(self, name: str) -> str:
        """The first digits of the last commit up to this one that touched a file called so, in whatever folder."""
        pattern = re.sub(r"([\\*?\[])", r"\\\1", name)
        literally = {"GIT_LITERAL_PATHSPECS": "0"}
        asked = ("rev-list", "-1", self.commit, "--", f":(top,glob)**/{pattern}")
        return _must(self.top, *asked, environment=literally).decode().strip()[:12]


class Place(NamedTuple):
    """Where a file lies in a work tree."""

    top: Path
    """The folder of the nearest `.git` above it."""
    path: str
    """From there, with slashes."""


def find_place(path: Path) -> Place | None:
    """Where a file lies, by nothing but the names of folders; None where no `.git` is above it.

    No git is asked inside a folder, for whoever may add files could make it a repository of their own. Raises
    ExposureError for a path through a link of a work tree or into a submodule: a change decides where these lead.
    """
    real = _without_links(path)
    top = _top(real.parent)
    if top is None:
        return None
    outer = _top(top.parent)
    if outer is not None:
        rest = top.relative_to(outer).as_posix()
        if _must(outer, "ls-files", "--stage", "-z", "--", rest).startswith(b"160000"):
            hint = "name the file in a clone of its own"
            raise ExposureError(f"{printable(str(path))}: in the submodule {printable(rest)}; {hint}")
    return Place(top, real.relative_to(top).as_posix())


def _without_links(path: Path) -> Path:
    """The path with every link followed. Raises ExposureError where a link lies in a work tree."""
    path = path if path.is_absolute() else Path.cwd() / path
    at, rest, links = Path(path.anchor), list(reversed(path.parts[1:])), 0
    while rest:
        part = rest.pop()
        if part == "..":
            at = at.parent
            continue
        at /= part
        if not at.is_symlink():
            continue
        links += 1
        if _top(at.parent) or links > _MOST_LINKS:
            hint = "name the file by the path that it has without the link"
            raise ExposureError(f"{printable(str(at))}: a symbolic link, which a change can lead elsewhere; {hint}")
        target = at.readlink()
        at = Path(target.anchor) if target.is_absolute() else at.parent
        rest += reversed(target.parts[1:] if target.is_absolute() else target.parts)
    return at


def _top(folder: Path) -> Path | None:
    """The folder itself or the nearest above that has a `.git`."""
    return next((one for one in (folder, *folder.parents) if _is_there(one / ".git")), None)


def _is_there(path: Path) -> bool:
    """Whether there is such an entry, though it be a link that leads nowhere."""
    return path.is_symlink() or path.exists()


def find_revision(given: str, path: Path, parted: str = "") -> Revision:
    """The commit that `given` names in the repository that holds `path`, or where the revision `parted` did from it.

    Raises ExposureError that says what to do: no git, no repository, no such revision.
    """
    for name in (given, *([parted] if parted else [])):
        _refuse_smuggled(name)
    place = find_place(path)
    if place is None:
        where = printable(str(path.absolute().parent))
        raise ExposureError(
            f"{quoted(given)} is no file, and no git revision either: {where} is in no git work tree; name a file"
        )
    top = place.top
    _refuse_others(top)
    tip = _commit(given, top)
    return Revision(given, tip, _parting((given, parted), (tip, _commit(parted, top)), top) if parted else tip, top)


def _commit(given: str, top: Path) -> str:
    """The object id of the commit that a revision names."""
    # Without --quiet git says where two references share the name: a stranger's branch may be called origin/main.
    asked = ("-c", "core.warnAmbiguousRefs=true", "rev-parse", "--verify", "--end-of-options", f"{given}^{{commit}}")
    code, out, complaint = _git(top, *asked)
    lines = out.split()
    if code or not lines or not _OBJECT.fullmatch(lines[-1]):
        raise ExposureError(_missing(given, top))
    if b"is ambiguous" in complaint:
        hint = "write it out, as refs/remotes/origin/main or refs/heads/main"
        raise ExposureError(f"{quoted(given)} is the name of more than one branch or tag; {hint}")
    return lines[-1].decode()


def _parting(names: tuple[str, str], commits: tuple[str, str], top: Path) -> str:
    """The one commit from which both come: what others have merged since is not this change's."""
    code, out, _ = _git(top, "merge-base", "--all", *commits)
    bases = out.decode().split()
    if len(bases) == 1 and not code:
        return bases[0]
    if bases:
        what, hint = "more than one commit", "merge one into the other first; diff compares them as they are"
    elif _is_shallow(top):
        what, hint = "no commit", f"{_DEEPEN}; the clone is shallow"
    else:
        what, hint = "no commit", "their histories are unrelated; name a base file, or a revision of this history"
    first, second = map(quoted, names)
    raise ExposureError(f"{first} and {second} have {what} in which they parted; {hint}")


def names_commit(given: str, path: Path) -> bool:
    """Whether `given` is a commit of the repository that holds `path`; an object id is one, fetched or not."""
    if _OBJECT.fullmatch(given.encode("utf-8", "replace")):
        return True
    if len(given) > _LONGEST or ":" in given or given.startswith(("-", ".")):
        return False
    place = find_place(path)
    try:
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{given}^{{commit}}")
        return place is not None and not _git(place.top, *asked)[0]
    except ExposureError:  # no git: then there are no revisions to mistake it for
        return False


def _refuse_smuggled(given: str) -> None:
    """A revision is a name: no option, and no path inside a tree."""
    wrong = (
        "empty" if not given.strip()
        else "too long" if len(given) > _LONGEST
        else "what an option looks like" if given.startswith("-")
        else "with a colon" if ":" in given
        else "with a control character" if any(ord(character) < 32 or ord(character) == 127 for character in given)
        else ""
    )  # fmt: skip
    if wrong:
        hint = "write a branch, a tag or a commit, as origin/main or HEAD~3, or name a file"
        raise ExposureError(f"{quoted(given)} is no revision ({wrong}); {hint}")


def _missing(given: str, top: Path) -> str:
    message = f"{quoted(given)} is neither a file nor a revision of this repository"
    if _is_shallow(top):
        return f"{message}, whose clone is shallow and lacks the older commits; {_DEEPEN}"
    hint = "git fetch brings what others pushed (origin/main, not main), in CI check out with fetch-depth: 0"
    return f"{message}; {hint}"


def _is_shallow(top: Path) -> bool:
    return _git(top, "rev-parse", "--is-shallow-repository")[1].strip() == b"true"


def _refuse_others(top: Path) -> None:
    """Raises ExposureError where git would read another repository than that of this folder, or none."""
    where = printable(str(top))
    code, out, complaint = _git(top, "rev-parse", "--show-toplevel")
    if b"dubious ownership" in complaint:
        hint = "git config --global --add safe.directory FOLDER, if you trust it"
        raise ExposureError(f"{where}: belongs to another user, and git will not read it; {hint}")
    if code:
        raise ExposureError(f"{where}: git cannot read its repository: {_last_words(complaint)}")
    if not top.samefile(os.fsdecode(out.removesuffix(b"\n"))):
        raise ExposureError(f"{where}: its repository says that its files lie elsewhere (core.worktree); name a file")


def _entry(top: Path, tree: str, wanted: str, name: str) -> tuple[str, str]:
    """Mode and object id of an entry of a tree; empty where there is none."""
    data, at, size = _object(top, "tree", tree, name), 0, len(tree) // 2
    while at < len(data):
        end = data.index(b"\0", at)
        mode, _, entry = data[at:end].partition(b" ")
        if entry == os.fsencode(wanted):
            return mode.decode(), data[end + 1 : end + 1 + size].hex()
        at = end + 1 + size
    return "", ""


def _object(top: Path, kind: str, digest: str, name: str) -> bytes:
    """What an object of the repository holds; git itself does not look whether that is what its id says."""
    code, size, complaint = _git(top, "cat-file", "-s", digest)
    if code and _git(top, "config", "--get-regexp", r"^remote\..*\.promisor$")[1]:
        hint = "git fetch --refetch --no-filter brings it"
        raise ExposureError(f"{name}: the clone is partial and lacks this file; {hint}")
    if code:
        raise ExposureError(f"{name}: git cannot read {digest[:12]}: {_last_words(complaint)}")
    if int(size) > LARGEST_FILE:
        raise ExposureError(f"{name}: {int(size):,} bytes; at most {LARGEST_FILE:,}")
    data = _must(top, "cat-file", kind, digest)
    algorithm = "sha1" if len(digest) == 40 else "sha256"
    found = hashlib.new(algorithm, b"%s %d\0" % (kind.encode(), len(data)) + data, usedforsecurity=False)
    if found.hexdigest() != digest:
        raise ExposureError(f"{name}: the object {digest[:12]} does not hold what its id says; see git fsck --full")
    return data


def _must(top: Path, *arguments: str, environment: Mapping[str, str] = _OURS) -> bytes:
    """What git prints, where failing is no answer."""
    code, out, complaint = _git(top, *arguments, environment=environment)
    if code:
        raise ExposureError(f"git {arguments[0]} failed: {_last_words(complaint) or f'exit code {code}'}")
    return out


def _last_words(complaint: bytes) -> str:
    return printable(complaint.decode("utf-8", "replace").strip().rpartition("\n")[2])


def _program() -> str | None:
    """git, where the search path says with a whole path: in the folder under check a stranger may have put one."""
    name = "git.exe" if os.name == "nt" else "git"
    folders = [Path(folder) for folder in os.get_exec_path() if Path(folder).is_absolute()]
    return next((found for folder in folders if (found := shutil.which(str(folder / name)))), None)


def _git(top: Path, *arguments: str, environment: Mapping[str, str] = _OURS) -> tuple[int, bytes, bytes]:
    """Exit code, output and complaint of one git command, asked at the top of a work tree."""
    program = _program()
    if program is None:
        raise ExposureError("git is not installed, and a revision needs it; install git, or compare with a file")
    inherited = {name: value for name, value in os.environ.items() if name not in _THEIRS}
    command = [program, "--no-pager", *_SETTINGS, *arguments]
    try:
        # No shell; the only argument of a user's making is a revision that has been looked at.
        run = subprocess.run(  # noqa: S603
            command,
            cwd=top,
            env=inherited | _OURS | dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = getattr(error, "strerror", None) or f"no answer in {_PATIENCE} seconds"
        raise ExposureError(f"git cannot be run: {reason}") from None
    return run.returncode, run.stdout, run.stderr
