"""A file as it stood at a git revision, read by plumbing that runs nothing and fetches nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
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
_NO_FILE = {"120000": "a symbolic link", "160000": "a submodule", "040000": "a folder"}


class Revision(NamedTuple):
    """A commit of the repository that holds some file."""

    given: str
    """As the user wrote it."""
    commit: str
    """The object id that it meant."""
    top: str
    """The folder of the work tree."""

    @property
    def name(self) -> str:
        """What to call it: as it was written, a whole object id by its first digits."""
        return self.given[:12] if _OBJECT.fullmatch(self.given.encode("utf-8", "replace")) else self.given

    def read(self, path: Path) -> bytes | None:
        """What the file held at this commit; None where it was not there or lies in no or another repository.

        Raises ExposureError for what is no file, is too large or is missing from an incomplete clone.
        """
        folder, rest = _folder(path)
        if _top(folder) != self.top:
            return None
        # git knows best where a folder lies in its tree: links and letter case are settled as it would.
        prefix = _must(folder, "rev-parse", "--show-prefix").removesuffix(b"\n")
        listed = _must(folder, "ls-tree", "-z", "--full-tree", self.commit, "--", prefix + os.fsencode(rest))
        if not listed:
            return None
        mode, _, entry, *_ = listed.partition(b"\t")[0].decode().split(" ")
        name = f"{printable(str(path))} at {printable(self.name)}"
        if mode in _NO_FILE:
            raise ExposureError(f"{name}: {_NO_FILE[mode]}, not a file; compare with a revision or file that has one")
        code, size, _ = _git(folder, "cat-file", "-s", entry)
        if code:
            hint = "git fetch --refetch --no-filter brings it"
            raise ExposureError(f"{name}: the clone is partial and lacks this file; {hint}")
        if int(size) > LARGEST_FILE:
            raise ExposureError(f"{name}: {int(size):,} bytes; at most {LARGEST_FILE:,}")
        return _must(folder, "cat-file", "blob", entry)


def find_revision(given: str, path: Path, parted: bool = False) -> Revision:
    """The commit that `given` names in the repository that holds `path`, or where HEAD has `parted` from it.

    Raises ExposureError that says what to do: no git, no repository, no such revision.
    """
    _refuse_smuggled(given)
    folder, _ = _folder(path)
    top = _top(folder)
    if top is None:
        where = printable(str(folder.absolute()))
        raise ExposureError(
            f"{quoted(given)} is no file, and no git revision either: {where} is in no git work tree; name a file"
        )
    # Without --quiet git says where two references share the name: a stranger's branch may be called origin/main.
    asked = ("-c", "core.warnAmbiguousRefs=true", "rev-parse", "--verify", "--end-of-options", f"{given}^{{commit}}")
    code, out, complaint = _git(folder, *asked)
    lines = out.split()
    if code or not lines or not _OBJECT.fullmatch(lines[-1]):
        raise ExposureError(_missing(given, folder))
    if b"is ambiguous" in complaint:
        hint = "write it out, as refs/remotes/origin/main or refs/heads/main"
        raise ExposureError(f"{quoted(given)} is the name of more than one branch or tag; {hint}")
    commit = lines[-1].decode()
    return Revision(given, _parting(given, commit, folder) if parted else commit, top)


def _parting(given: str, commit: str, folder: Path) -> str:
    """The one commit from which both this one and HEAD come: what others have merged since is not this change's."""
    bases = _git(folder, "merge-base", "--all", commit, "HEAD")[1].decode().split()
    if len(bases) != 1:
        many = "more than one commit" if bases else "no commit"
        hint = (
            "merge it into this branch first, and in CI check out with fetch-depth: 0; diff compares with it as it is"
        )
        raise ExposureError(f"{quoted(given)} and HEAD have {many} in which they parted; {hint}")
    return bases[0]


def names_commit(given: str, path: Path) -> bool:
    """Whether `given` is a commit of the repository that holds `path`; an object id is one, fetched or not."""
    if _OBJECT.fullmatch(given.encode("utf-8", "replace")):
        return True
    if len(given) > _LONGEST or ":" in given or given.startswith(("-", ".")):
        return False
    folder, _ = _folder(path)
    try:
        return not _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{given}^{{commit}}")[0]
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


def _missing(given: str, folder: Path) -> str:
    message = f"{quoted(given)} is neither a file nor a revision of this repository"
    if _git(folder, "rev-parse", "--is-shallow-repository")[1].strip() == b"true":
        hint = "git fetch --unshallow, and in CI check out with fetch-depth: 0"
        return f"{message}, whose clone is shallow and lacks the older commits; {hint}"
    hint = "git fetch brings what others pushed (origin/main, not main), in CI check out with fetch-depth: 0"
    return f"{message}; {hint}"


def _folder(path: Path) -> tuple[Path, str]:
    """The nearest folder that is there, and the rest of the path: the file may be gone with its folder."""
    rest, folder = [path.name], path.parent
    while not folder.is_dir() and folder != folder.parent:
        rest.insert(0, folder.name)
        folder = folder.parent
    return folder, "/".join(rest)


def _top(folder: Path) -> str | None:
    """The work tree that holds the folder, or None."""
    code, out, complaint = _git(folder, "rev-parse", "--show-toplevel")
    if b"dubious ownership" in complaint:
        hint = "git config --global --add safe.directory FOLDER, if you trust it"
        where = printable(str(folder.absolute()))
        raise ExposureError(f"{where}: belongs to another user, and git will not read it; {hint}")
    return None if code else os.fsdecode(out.removesuffix(b"\n"))


def _must(folder: Path, *arguments: str | bytes) -> bytes:
    """What git prints, where failing is no answer."""
    code, out, complaint = _git(folder, *arguments)
    if code:
        said = printable(complaint.decode("utf-8", "replace").strip().rpartition("\n")[2])
        raise ExposureError(f"git {os.fsdecode(arguments[0])} failed: {said or f'exit code {code}'}")
    return out


def _git(folder: Path, *arguments: str | bytes) -> tuple[int, bytes, bytes]:
    """Exit code, output and complaint of one git command."""
    program = shutil.which("git")
    if program is None:
        raise ExposureError("git is not installed, and a revision needs it; install git, or compare with a file")
    environment = {name: value for name, value in os.environ.items() if name not in _THEIRS} | _OURS
    command = [program, "--no-pager", "-c", "core.fsmonitor=false", *arguments]
    try:
        # No shell; the only argument of a user's making is a revision that has been looked at.
        run = subprocess.run(  # noqa: S603
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = getattr(error, "strerror", None) or f"no answer in {_PATIENCE} seconds"
        raise ExposureError(f"git cannot be run: {reason}") from None
    return run.returncode, run.stdout, run.stderr
