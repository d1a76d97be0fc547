"""Writing files whole and for good, and whatever ends the writing, nothing but them is left."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from running import environment

from exposure.cli.streams import write
from exposure.errors import ExposureError

OLD, NEW = b"old\n", b"new\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that holds OLD, alone in its folder."""
    path = tmp_path / "indicators.csv"
    path.write_bytes(OLD)
    return path


def alone(file: Path) -> bool:
    return [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("text", ["new\n", NEW, [b"ne", b"w\n"]])
@pytest.mark.parametrize("there", [True, False])
def test_a_file_is_written_whole(file: Path, text: str | bytes, there: bool) -> None:
    if not there:
        file.unlink()
    write(text, file)
    assert file.read_bytes() == NEW
    assert alone(file)


def test_what_is_written_is_on_the_disk_before_it_has_its_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    synced, replaced = os.fsync, Path.replace

    def sync(number: int) -> None:
        held = os.fstat(number)
        done.append("folder" if stat.S_ISDIR(held.st_mode) else f"{held.st_size} bytes")
        synced(number)

    def replace(self: Path, target: Path) -> Path:
        done.append("renamed")
        return replaced(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    write(NEW, file)
    # Windows opens no folder.
    assert done == [f"{len(NEW)} bytes", "renamed", "folder"][: 2 if sys.platform == "win32" else 3]


def test_a_folder_that_cannot_be_synced_is_no_failure(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = os.open

    def refuse(path: str | Path, flags: int, *more: int) -> int:
        if Path(path).is_dir():
            raise PermissionError(13, "Permission denied")
        return opened(path, flags, *more)

    monkeypatch.setattr(os, "open", refuse)
    write(NEW, file)
    assert file.read_bytes() == NEW


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o755])
def test_a_file_keeps_its_mode_and_a_new_one_has_the_usual(file: Path, mode: int) -> None:
    file.chmod(mode)
    before = os.umask(0o027)
    try:
        write(NEW, file)
        write(NEW, file.with_name("new"))
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.with_name("new"))] == [mode, 0o640]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_of_a_file_that_others_may_not_read_they_read_no_part(file: Path) -> None:
    def parts() -> Iterator[bytes]:
        (unfinished,) = [path for path in file.parent.iterdir() if path != file]
        yield oct(stat.S_IMODE(unfinished.stat().st_mode)).encode()

    file.chmod(0o600)
    write(parts(), file)
    assert file.read_bytes() == b"0o600"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root alone gives a file away")
def test_a_file_keeps_its_owner(file: Path) -> None:
    os.chown(file, 12345, 54321)
    write(NEW, file)
    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 54321)


@pytest.mark.skipif(not hasattr(os, "chown"), reason="Windows has no owners of this kind")
def test_where_the_owner_cannot_be_kept_the_file_is_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def refuse(path: Path, owner: int, group: int) -> None:
        asked.append((owner, group))
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    write(NEW, file)
    assert (file.read_bytes(), alone(file)) == (NEW, True)
    # A group that may be kept is kept, whoever the owner becomes.
    assert asked == [(-1, file.stat().st_gid), (file.stat().st_uid, -1)]


def test_without_owners_a_file_is_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "chown", raising=False)
    write(NEW, file)
    assert file.read_bytes() == NEW


@pytest.mark.parametrize("through", ["itself", "a link"])
def test_a_read_only_file_is_not_replaced_even_by_root(file: Path, through: str) -> None:
    link = file.parent / "link.csv"
    if through == "a link":
        link.symlink_to(file.name)
    path = link if through == "a link" else file
    file.chmod(0o444)
    with pytest.raises(ExposureError) as caught:
        write(NEW, path)
    assert str(caught.value) == f"{path}: read-only; make it writable, or write to another file"
    assert file.read_bytes() == OLD
    assert [one.name for one in file.parent.iterdir() if one != link] == [file.name]


def saved(file: Path, now: bytes | None) -> Iterator[bytes]:
    """What is to be written, while somebody saves or removes the file."""
    file.write_bytes(now) if now is not None else file.unlink()
    yield NEW


def test_a_file_that_is_as_it_was_read_is_written(file: Path) -> None:
    write(saved(file, OLD), file, expected=OLD)
    assert (file.read_bytes(), alone(file)) == (NEW, True)


CHANGED = "changed since it was read; nothing was written; run it again"


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        pytest.param(b"old\n\n", CHANGED, id="longer"),
        pytest.param(b"odd\n", CHANGED, id="as long"),
        pytest.param(b"", CHANGED, id="emptied"),
        pytest.param(None, "cannot be written: No such file or directory", id="gone"),
    ],
)
def test_a_file_that_changed_since_it_was_read_stays_as_it_is(file: Path, now: bytes | None, reason: str) -> None:
    with pytest.raises(ExposureError) as caught:
        write(saved(file, now), file, expected=OLD)
    assert str(caught.value) == f"{file}: {reason}"
    assert {path: path.read_bytes() for path in file.parent.iterdir()} == ({} if now is None else {file: now})


def test_a_new_file_is_not_written_over_one_that_is_there(file: Path) -> None:
    with pytest.raises(ExposureError, match=r": is there already$"):
        write(NEW, file, new=True)
    assert (file.read_bytes(), alone(file)) == (OLD, True)
    file.unlink()
    write(NEW, file, new=True)
    assert file.read_bytes() == NEW


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("a defect"), MemoryError(), SystemExit(1)])
def test_no_exception_leaves_a_file_behind(file: Path, error: BaseException) -> None:
    def parts() -> Iterator[bytes]:
        yield NEW
        raise error

    with pytest.raises(type(error)):
        write(parts(), file)
    assert (file.read_bytes(), alone(file)) == (OLD, True)


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows other processes' files cannot be looked at meanwhile")
@pytest.mark.parametrize("name", ["a" * 255, "ž" * 127])
def test_a_name_may_be_as_long_as_the_system_allows(tmp_path: Path, name: str) -> None:
    write(NEW, tmp_path / name)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [NEW]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_a_link(tmp_path: Path, there: bool) -> None:
    (tmp_path / "data").mkdir()
    if there:
        (tmp_path / "data" / "real.csv").write_bytes(OLD)
    (tmp_path / "link.csv").symlink_to("data/real.csv")
    write(NEW, tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "data").iterdir()] == [("real.csv", NEW)]


def test_a_link_in_a_circle_stays_too(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ExposureError, match=r"loop: cannot be written: .*links"):
        write(NEW, tmp_path / "loop")
    assert (tmp_path / "loop").is_symlink()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes in folders")
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write([NEW, NEW], pipe)
    reader.join()
    assert (read, pipe.is_fifo(), alone(pipe)) == ([NEW + NEW], True, True)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ExposureError, match=r"cannot be written: "):
        write(NEW, tmp_path)
    assert list(tmp_path.iterdir()) == []


STOPPED = """
import os, signal, sys, time
from pathlib import Path
from exposure.cli.streams import write
def parts():
    yield b"half"
    print("writing", flush=True)
    time.sleep(60)
{before}
write(parts(), Path("indicators.csv"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without telling it")
@pytest.mark.parametrize(
    ("number", "code"),
    [("SIGTERM", "-SIGTERM"), ("SIGHUP", "-SIGHUP"), ("SIGINT", "an exception")],
)
def test_no_signal_leaves_a_file_behind_and_the_exit_status_is_its_own(file: Path, number: str, code: str) -> None:
    script = STOPPED.format(before="signal.signal(signal.SIGINT, signal.default_int_handler)")
    with writing(script, file) as run:
        run.send_signal(getattr(signal, number))
        _, err = run.communicate(timeout=30)
    assert (file.read_bytes(), alone(file)) == (OLD, True)
    if code == "an exception":
        assert b"KeyboardInterrupt" in err
    else:
        assert (run.returncode, err) == (-getattr(signal, number), b"")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without telling it")
def test_a_signal_that_is_ignored_stays_so(file: Path) -> None:
    script = STOPPED.replace("60", "1").format(before="signal.signal(signal.SIGHUP, signal.SIG_IGN)")
    with writing(script, file) as run:
        run.send_signal(signal.SIGHUP)
        run.communicate(timeout=30)
    assert (run.returncode, file.read_bytes()) == (0, b"half")


def writing(script: str, file: Path) -> subprocess.Popen[bytes]:
    """The script as a process that has begun to write."""
    # Whoever runs the tests may have signals ignored (nohup, a shell in the background), and so would what they start.
    defaults = "import signal\nfor one in (signal.SIGTERM, signal.SIGHUP): signal.signal(one, signal.SIG_DFL)\n"
    run = subprocess.Popen(
        [sys.executable, "-c", defaults + script], cwd=file.parent, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert run.stdout is not None
    assert run.stdout.readline() == b"writing\n"
    return run


def handlers() -> list[object]:
    names = [name for name in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, name)]
    return [signal.getsignal(getattr(signal, name)) for name in names]


def test_signals_are_ours_while_we_write_and_no_longer(file: Path) -> None:
    def parts() -> Iterator[bytes]:
        during.extend(handlers())
        yield NEW

    before, during = handlers(), list[object]()
    write(parts(), file)
    assert handlers() == before
    changed = [one is not other for one, other in zip(before, during, strict=True)]
    assert changed == [one is signal.SIG_DFL for one in before]


@pytest.mark.parametrize("missing", ["SIGHUP", "nothing"])
def test_a_thread_writes_and_so_does_a_system_without_hangups(
    file: Path, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(signal, missing, raising=False)
    write(b"here", file)
    assert file.read_bytes() == b"here"
    # Python would refuse a handler there.
    with ThreadPoolExecutor() as pool:
        pool.submit(write, b"in a thread", file).result()
    assert file.read_bytes() == b"in a thread"


def test_a_message_names_the_file_and_no_other(tmp_path: Path) -> None:
    with pytest.raises(ExposureError) as caught:
        write(NEW, tmp_path / "none" / "x.txt")
    assert re.fullmatch(r".*/none/x\.txt: cannot be written: No such file or directory", str(caught.value))
