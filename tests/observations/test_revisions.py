"""Files as they stood at a revision, read from small repositories made for it."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from exposure.errors import ExposureError
from exposure.observations import revisions
from exposure.observations.revisions import find_revision

Git = Callable[..., str]
OLD, NEW = b"country,indicator,value\nSRB,debt,1\n", b"country,indicator,value\nSRB,debt,2\n"


def at(given: str, path: Path) -> bytes | None:
    return find_revision(given, path).read(path)


def refusal(given: str, path: Path) -> str:
    with pytest.raises(ExposureError) as caught:
        at(given, path)
    return str(caught.value)


@pytest.mark.parametrize("given", ["v1", "HEAD~1", "HEAD^", "refs/tags/v1", "main~1", "HEAD@{1}", "@~"])
def test_a_file_as_it_stood(repository: Path, given: str) -> None:
    assert at(given, repository / "indicators.csv") == OLD


def test_a_name_that_two_references_share_is_refused(repository: Path, git: Git) -> None:
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD~1")
    git(repository, "branch", "origin/main", "HEAD")
    said = refusal("origin/main", repository / "indicators.csv")
    assert said.startswith('"origin/main" is the name of more than one branch or tag; write it out, as refs/remotes/')
    assert at("refs/remotes/origin/main", repository / "indicators.csv") == OLD


def test_where_head_parted_is_not_the_tip(repository: Path, git: Git, commit: Git) -> None:
    git(repository, "checkout", "-q", "-b", "change", "v1")
    path = repository / "indicators.csv"
    assert find_revision("main", path, parted="HEAD").commit == git(repository, "rev-parse", "v1^{commit}")
    assert find_revision("main", path).read(path) == NEW
    git(repository, "checkout", "-q", "--orphan", "unrelated")
    commit(repository, {"indicators.csv": b"another history"})
    said = '"main" and "HEAD" have no commit in which they parted; their histories are unrelated'
    with pytest.raises(ExposureError, match=said):
        find_revision("main", path, parted="HEAD")


def test_a_short_and_a_whole_id_and_a_detached_head(repository: Path, git: Git) -> None:
    sha = git(repository, "rev-parse", "v1")
    git(repository, "checkout", "-q", "--detach", "HEAD")
    assert [at(given, repository / "indicators.csv") for given in (sha, sha[:10], "HEAD")] == [OLD, OLD, NEW]


def test_what_is_on_disk_does_not_matter(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "indicators.csv").unlink()
    monkeypatch.chdir(repository)
    assert at("HEAD", Path("indicators.csv")) == NEW


@pytest.mark.parametrize(
    "name",
    ["with blanks/my data.csv", "données/Δ.csv", "*/[a]?.csv", ":(top)x/:y.csv", "-r/--x.csv", "new\nline/tab\t.csv"],
)
def test_any_path(repository: Path, name: str, monkeypatch: pytest.MonkeyPatch, commit: Git) -> None:
    path = repository / name
    path.parent.mkdir(parents=True)
    commit(repository, {name: b"here"})
    assert at("HEAD", path) == b"here"
    assert at("v1", path) is None
    monkeypatch.chdir(path.parent)
    assert at("HEAD", Path(path.name)) == b"here"
    path.unlink()
    path.parent.rmdir()
    monkeypatch.chdir(repository)
    assert at("HEAD", Path(name)) == b"here"


def test_a_checkout_in_a_folder_of_another_repository(repository: Path, git: Git, commit: Git) -> None:
    inner = repository / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    commit(inner, {"indicators.csv": b"inner"})
    assert at("HEAD", inner / "indicators.csv") == b"inner"
    assert find_revision("HEAD", inner / "indicators.csv").read(repository / "rules.toml") is None


def test_a_linked_worktree(repository: Path, tmp_path: Path, git: Git) -> None:
    git(repository, "worktree", "add", "-q", str(tmp_path / "linked"), "v1")
    assert at("main", tmp_path / "linked" / "indicators.csv") == NEW
    assert at("HEAD", tmp_path / "linked" / "indicators.csv") == OLD


def test_a_folder_reached_by_a_link(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repository)
    assert at("v1", tmp_path / "link" / "indicators.csv") == OLD


@pytest.mark.parametrize("bare", [False, True])
def test_the_environment_of_a_hook_does_not_lead_elsewhere(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bare: bool, git: Git
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q", *(["--bare"] if bare else []))
    monkeypatch.setenv("GIT_DIR", str(other if bare else other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_PREFIX", "elsewhere/")
    monkeypatch.setenv("GIT_GLOB_PATHSPECS", "1")
    assert at("v1", repository / "indicators.csv") == OLD


def test_no_filter_conversion_replacement_or_program_of_the_repository_is_used(repository: Path, git: Git) -> None:
    ran = repository / "ran"
    (repository / ".gitattributes").write_text("*.csv text eol=crlf diff=evil filter=evil ident\n")
    program = f"touch '{ran}'; cat"
    for key in ("filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv", "core.fsmonitor", "core.pager"):
        git(repository, "config", key, program)
    git(repository, "replace", git(repository, "rev-parse", "v1"), git(repository, "rev-parse", "main"))
    ran.unlink(missing_ok=True)
    assert at("v1", repository / "indicators.csv") == OLD
    assert not ran.exists()


def test_line_ends_are_those_of_the_repository(repository: Path, commit: Git) -> None:
    (repository / ".gitattributes").write_text("*.csv text eol=crlf\n")
    commit(repository, {"indicators.csv": NEW.replace(b"\n", b"\r\n")})
    assert at("HEAD", repository / "indicators.csv") == NEW


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("--output=x", "what an option looks like"),
        ("-h", "what an option looks like"),
        ("HEAD:rules.toml", "with a colon"),
        (":/x", "with a colon"),
        ("HEAD\n--x", "with a control character"),
        ("HEAD\0", "with a control character"),
        ("H" * 300, "too long"),
    ],
)
def test_no_option_and_no_path_is_smuggled(repository: Path, given: str, said: str) -> None:
    message = refusal(given, repository / "indicators.csv")
    assert f"is no revision ({said}); write a branch, a tag or a commit" in message


@pytest.mark.parametrize("given", ["nowhere", "0" * 40, "^HEAD", "v1..main", "HEAD^{tree}", "HEAD --all", "main main"])
def test_a_missing_revision_says_what_to_do(repository: Path, given: str) -> None:
    message = refusal(given, repository / "indicators.csv")
    assert f'"{given}" is neither a file nor a revision of this repository; git fetch brings' in message
    assert "fetch-depth: 0" in message


def test_a_shallow_clone_is_named(repository: Path, tmp_path: Path, git: Git) -> None:
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", "shallow")
    message = refusal("HEAD~1", tmp_path / "shallow" / "indicators.csv")
    assert "whose clone is shallow" in message
    assert "git fetch --unshallow, and in CI check out with fetch-depth: 0" in message
    assert at("HEAD", tmp_path / "shallow" / "indicators.csv") == NEW


def test_a_partial_clone_fetches_nothing_and_says_so(repository: Path, tmp_path: Path, git: Git) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{repository}", "partial")
    message = refusal("HEAD~1", tmp_path / "partial" / "indicators.csv")
    assert "indicators.csv at HEAD~1: the clone is partial and lacks this file; git fetch --refetch" in message


def test_links_submodules_and_folders_are_refused(repository: Path, tmp_path: Path, git: Git, commit: Git) -> None:
    (repository / "link.csv").symlink_to("/etc/passwd")
    (repository / "folder.csv").mkdir()
    commit(repository, {"folder.csv/x": b"x"})
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{git(repository, 'rev-parse', 'HEAD')},module.csv")
    git(repository, "commit", "-qm", "x")
    (repository / "link.csv").unlink()
    for name, what in (("link", "a symbolic link"), ("folder", "a folder"), ("module", "a submodule")):
        assert f"{name}.csv at HEAD: {what}, not a file" in refusal("HEAD", repository / f"{name}.csv")


def test_a_large_file_is_refused_before_it_is_read(
    repository: Path, monkeypatch: pytest.MonkeyPatch, git: Git, commit: Git
) -> None:
    monkeypatch.setattr(revisions, "LARGEST_FILE", 500)
    path = repository / "indicators.csv"
    git(repository, "tag", "large", commit(repository, {"indicators.csv": b"x" * 501}))
    assert refusal("large", path).endswith("indicators.csv at large: 501 bytes; at most 500")


def test_no_repository(tmp_path: Path) -> None:
    message = refusal("main", tmp_path / "indicators.csv")
    assert message == f'"main" is no file, and no git revision either: {tmp_path} is in no git work tree; name a file'


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert refusal("main", repository / "indicators.csv").startswith("git is not installed, and a revision needs it")


def test_a_git_that_does_not_run(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_bytes(b"\x7fELF of another machine")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refusal("main", repository / "indicators.csv") == "git cannot be run: Exec format error"


def test_a_git_that_does_not_answer(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(revisions, "_PATIENCE", 0.2)
    assert refusal("main", repository / "indicators.csv") == "git cannot be run: no answer in 0.2 seconds"


def test_a_damaged_repository_is_told_in_the_words_of_git(repository: Path, git: Git) -> None:
    tree = git(repository, "rev-parse", "v1^{tree}")
    (repository / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    said = f"indicators.csv at v1: git cannot read {tree[:12]}: fatal: git cat-file: could not get object info"
    assert refusal("v1", repository / "indicators.csv").endswith(said)


def test_an_object_that_is_not_what_its_id_says_is_refused(repository: Path, git: Git) -> None:
    """git cat-file hands out whatever lies under an id; of commits alone it looks."""
    path = repository / "indicators.csv"
    for named in ("v1:indicators.csv", "v1^{tree}"):
        kind = git(repository, "cat-file", "-t", named)
        digest = git(repository, "rev-parse", named)
        stored = repository / ".git" / "objects" / digest[:2] / digest[2:]
        kept, forged = stored.read_bytes(), zlib.decompress(stored.read_bytes()).replace(b"1", b"2")
        stored.chmod(0o644)
        stored.write_bytes(zlib.compress(forged))
        assert f"the object {digest[:12]} does not hold what its id says" in refusal("v1", path), kind
        stored.write_bytes(kept)
    assert at("v1", path) == OLD


BARE = {"HEAD": b"ref: refs/heads/main\n", "objects/x": b"", "refs/x": b""}
PLANTED = {
    "a repository beside the file": BARE,
    "one whose files lie above": BARE | {"config": b"[core]\nrepositoryformatversion = 0\nworktree = ..\n"},
}


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("folder", ["", "data/"])
def test_what_a_change_puts_beside_a_file_is_not_asked(repository: Path, commit: Git, name: str, folder: str) -> None:
    commit(repository, {f"{folder}indicators.csv": b"true"})
    commit(
        repository,
        {f"{folder}{file}": data for file, data in PLANTED[name].items()} | {f"{folder}indicators.csv": b"x"},
    )
    assert at("HEAD~1", repository / folder / "indicators.csv") == b"true"


def test_a_folder_replaced_by_a_link_is_refused(repository: Path, commit: Git, tmp_path: Path) -> None:
    commit(repository, {"data/indicators.csv": b"true"})
    (repository / "data").rename(repository / "data_")
    (repository / "data").symlink_to("data_")
    (tmp_path / "outside").symlink_to(repository / "data")
    for path in (repository / "data", tmp_path / "outside", repository / "data_" / ".." / "data"):
        assert refusal("HEAD", path / "indicators.csv").startswith(
            f"{repository}/data: a symbolic link, which a change can lead elsewhere; name the file by the path"
        )


def test_a_folder_replaced_by_a_submodule_is_refused(repository: Path, commit: Git, git: Git, tmp_path: Path) -> None:
    commit(repository, {"data/indicators.csv": b"true"})
    git(tmp_path, "clone", "-q", str(repository), "other")
    git(repository, "rm", "-qr", "data")
    git(repository, "submodule", "--quiet", "add", str(tmp_path / "other"), "data")
    commit(repository, {})
    said = refusal("main", repository / "data" / "indicators.csv")
    assert said.endswith("indicators.csv: in the submodule data; name the file in a clone of its own")


def test_a_repository_whose_files_lie_elsewhere_is_refused(repository: Path, git: Git, tmp_path: Path) -> None:
    git(repository, "config", "core.worktree", str(tmp_path))
    assert "its repository says that its files lie elsewhere" in refusal("main", repository / "indicators.csv")


def test_a_git_in_the_folder_under_check_is_not_run(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repository / "git").write_text("#!/bin/sh\ntouch ran\n")
    (repository / "git").chmod(0o755)
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", f".::{os.environ['PATH']}")
    assert at("v1", Path("indicators.csv")) == OLD
    assert not (repository / "ran").exists()


def test_a_file_that_moved_is_followed(repository: Path, git: Git, commit: Git) -> None:
    claims = b"country,indicator,value\n" + b"".join(b"SRB,debt,%d\n" % n for n in range(50))
    commit(repository, {"indicators.csv": claims})
    (repository / "data").mkdir()
    git(repository, "mv", "indicators.csv", "data/claims.csv")
    new = repository / "data" / "claims.csv"
    for edit in (b"", b"MNE,debt,1\n"):  # in the index, and edited besides
        new.write_bytes(claims + edit)
        git(repository, "add", "-A")
        assert find_revision("HEAD", new).earlier_path(new) == "indicators.csv"
    assert find_revision("HEAD", new).earlier_path(repository / "rules.toml") is None


def test_whether_there_ever_was_such_a_file(repository: Path, git: Git, commit: Git) -> None:
    revision = find_revision("main", repository / "indicators.csv")
    assert revision.had("indicators.csv") == git(repository, "rev-parse", "main")[:12]
    assert (revision.had("indicators*"), revision.had("none.csv")) == ("", "")
    git(repository, "rm", "-q", "rules.toml")
    gone = commit(repository, {})
    assert find_revision("main", repository / "indicators.csv").had("rules.toml") == gone[:12]


def test_a_repository_of_another_user_says_so(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    message = refusal("v1", repository / "indicators.csv")
    assert message.startswith(f"{repository}: belongs to another user, and git will not read it; git config --global")
