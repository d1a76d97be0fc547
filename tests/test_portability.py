"""Every system gets the same files: encodings and line ends are named, and what Windows lacks is asked for first."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "exposure"
FILES = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}

# The only places that use what is not on every system, each of which asks whether it is there.
USES: dict[str, set[str]] = {"cli/streams.py": {"os.chown", "signal.SIGHUP"}}

MODULES = {"pwd", "grp", "fcntl", "termios", "tty", "pty", "resource", "syslog", "posix", "readline", "curses"}
MODULES |= {"msvcrt", "winreg", "winsound"}
OF_OS = {
    *("chown", "lchown", "fchown", "chroot", "mkfifo", "mknod", "sync", "fdatasync", "statvfs", "sysconf", "sendfile"),
    *("getuid", "geteuid", "getgid", "getegid", "getgroups", "setuid", "setgid", "getpgid", "setsid", "getpriority"),
    *("fork", "forkpty", "wait", "nice", "killpg", "posix_spawn", "openpty", "ttyname", "ctermid", "uname", "lockf"),
    *("pread", "pwrite", "getxattr", "setxattr", "listxattr", "getloadavg", "sched_getaffinity", "posix_fallocate"),
    *("WNOHANG", "EX_OK", "EX_USAGE", "startfile", "add_dll_directory"),
}
FLAGS = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_APPEND", "O_CREAT", "O_EXCL", "O_TRUNC"}
"""Those of os.open on every system."""
SIGNALS = {"SIGINT", "SIGTERM", "SIGABRT", "SIGFPE", "SIGILL", "SIGSEGV", "SIG_DFL", "SIG_IGN"}
"""Those that Windows has too."""
OF_SIGNAL = {"alarm", "pause", "setitimer", "getitimer", "pthread_kill", "pthread_sigmask", "sigwait", "siginterrupt"}
KEYWORDS = {"preexec_fn", "start_new_session", "pass_fds", "process_group", "creationflags", "startupinfo"}
"""Of a process that is started."""
PLACE = re.compile(r"/(dev|proc|tmp|etc|usr|var|home)(/|$)|[A-Za-z]:\\")


def elsewhere(module: str, name: str) -> bool:
    """Whether a name of os or signal is not on every system."""
    if module == "os":
        return name in OF_OS or (name.startswith("O_") and name not in FLAGS)
    return module == "signal" and ((name.startswith("SIG") and name not in SIGNALS) or name in OF_SIGNAL)


def named(node: ast.AST) -> Iterator[str]:
    """What this node names that is not on every system."""
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in MODULES)
        case ast.ImportFrom(module=str(module)):
            yield from ([module] if module.split(".")[0] in MODULES else [])
            yield from (f"{module}.{alias.name}" for alias in node.names if elsewhere(module, alias.name))
        case ast.Attribute(value=ast.Name(id=module), attr=name) if elsewhere(module, name):
            yield f"{module}.{name}"
        case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id=module), ast.Constant(value=str(name)), *_]):
            yield from ([f"{module}.{name}"] if elsewhere(module, name) else [])
        case ast.keyword(arg=str(name)) if name in KEYWORDS:
            yield f"{name}="
        case ast.Constant(value=str(text)) if PLACE.match(text):
            yield text


def asked_for(node: ast.AST, parents: dict[ast.AST, ast.AST], name: str) -> bool:
    """Whether this is only used where somebody has looked that it is there: hasattr, sys.platform, a default."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return len(node.args) == 3
    module, _, attribute = name.partition(".")
    while (parent := parents.get(node)) is not None:
        body = parent.body if isinstance(parent, ast.If) else [parent.body] if isinstance(parent, ast.IfExp) else []
        if isinstance(parent, ast.If | ast.IfExp) and node in body:
            test = ast.unparse(parent.test)
            if f"hasattr({module}, '{attribute}')" in test or "sys.platform" in test:
                return True
        node = parent
    return False


def uses(text: str) -> tuple[set[str], set[str]]:
    """What the source names that is not on every system, and of that what is used without asking for it."""
    tree = ast.parse(text)
    parents = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = [(node, name) for node in ast.walk(tree) if node not in docstrings for name in named(node)]
    return {name for _, name in found}, {name for node, name in found if not asked_for(node, parents, name)}


@pytest.mark.parametrize(
    ("source", "names", "unasked"),
    [
        ("os.chown(a, 1, 2)", {"os.chown"}, True),
        ("if hasattr(os, 'chown'):\n    os.chown(a, 1, 2)", {"os.chown"}, False),
        ("if hasattr(os, 'chown'):\n    pass\nelse:\n    os.chown(a, 1, 2)", {"os.chown"}, True),
        ("if hasattr(os, 'fork'):\n    os.chown(a, 1, 2)", {"os.chown"}, True),
        ("if sys.platform != 'win32':\n    def f():\n        os.chown(a, 1, 2)", {"os.chown"}, False),
        ("a = os.geteuid() if hasattr(os, 'geteuid') else 0", {"os.geteuid"}, False),
        ("a = 0 if hasattr(os, 'geteuid') else os.geteuid()", {"os.geteuid"}, True),
        ("from os import fork", {"os.fork"}, True),
        ("import fcntl", {"fcntl"}, True),
        ("from pwd import getpwuid", {"pwd"}, True),
        ("signal.signal(signal.SIGHUP, f)", {"signal.SIGHUP"}, True),
        ("a = getattr(signal, 'SIGHUP', None)", {"signal.SIGHUP"}, False),
        ("a = getattr(signal, 'SIGHUP')", {"signal.SIGHUP"}, True),
        ("signal.signal(signal.SIGPIPE, signal.SIG_DFL)", {"signal.SIGPIPE"}, True),
        ("os.open(a, os.O_RDONLY | os.O_NOFOLLOW)", {"os.O_NOFOLLOW"}, True),
        ("open('/dev/stdout', 'wb')", {"/dev/stdout"}, True),
        ("Path('/tmp') / name", {"/tmp"}, True),
        ("subprocess.run(a, preexec_fn=f)", {"preexec_fn="}, True),
        ("os.umask(0); os.fsync(1); os.kill(1, signal.SIGTERM); os.open(os.devnull, os.O_WRONLY)", set(), False),
        ("'''Says of /dev/stdout what it is.'''\n# os.chown\na = 'not/dev/null'", set(), False),
    ],
)  # fmt: skip
def test_a_use_of_what_is_not_everywhere_is_seen(source: str, names: set[str], unasked: bool) -> None:
    assert uses(source) == (names, names if unasked else set())


def test_what_is_not_on_every_system_is_used_in_few_places_and_asked_for() -> None:
    found = {file: uses(text) for file, text in FILES.items()}
    assert {file: names for file, (names, _) in found.items() if names} == USES
    assert {file: unasked for file, (_, unasked) in found.items() if unasked} == {}


MODE_AT = {"open": 1, "fdopen": 1, "NamedTemporaryFile": 0, "TemporaryFile": 0}
"""Calls that open a file, and which argument of theirs is the mode; of a path's own open it is the first."""
PROCESSES = {"run", "Popen", "check_output", "check_call", "call"}
PATHS = {"path", "getcwd", "listdir", "walk", "mkdir", "makedirs", "remove", "unlink", "rename", "replace", "chmod"}
"""What pathlib does in place of os."""


def opened(node: ast.Call, name: str) -> str:
    """The mode in which a call opens a text; empty where it opens none."""
    if name in ("read_text", "write_text"):
        return name[0]
    if name not in MODE_AT:
        return ""
    at = 0 if name == "open" and isinstance(node.func, ast.Attribute) else MODE_AT[name]
    given = [word.value for word in node.keywords if word.arg == "mode"] + node.args[at : at + 1]
    mode = str(given[0].value) if given and isinstance(given[0], ast.Constant) else "r" if name == "open" else "w"
    return "" if "b" in mode else mode


def unnamed(text: str) -> list[str]:
    """What the source leaves to the system: encodings, line ends, and the spelling of paths."""
    problems = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
            problems += [f"os.{node.attr}"] * (node.attr in PATHS)
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        words = {word.arg for word in node.keywords}
        # os.open gives a number, and what is read from it are bytes.
        if ast.unparse(node.func) != "os.open" and (mode := opened(node, name)):
            problems += [] if "encoding" in words else [f"{name}: encoding"]
            problems += [f"{name}: newline"] if mode.strip("rt") and "newline" not in words else []
        if name in PROCESSES and {"text", "universal_newlines"} & words and "encoding" not in words:
            problems.append(f"{name}: encoding")
    return problems


@pytest.mark.parametrize(
    ("source", "problems"),
    [
        ("open(a)", ["open: encoding"]),
        ("open(a, 'rb'); a.open('wb'); open(a, mode='xb'); a.read_bytes()", []),
        ("a.open(encoding='utf-8')", []),
        ("a.open('w', encoding='utf-8')", ["open: newline"]),
        ("a.open('x', encoding='utf-8', newline='\\n')", []),
        ("a.open('a')", ["open: encoding", "open: newline"]),
        ("a.read_text()", ["read_text: encoding"]),
        ("a.write_text(b, encoding='utf-8')", ["write_text: newline"]),
        ("a.write_text(b, encoding='utf-8', newline='\\n')", []),
        ("open('b')", ["open: encoding"]),
        ("NamedTemporaryFile('w')", ["NamedTemporaryFile: encoding", "NamedTemporaryFile: newline"]),
        ("subprocess.run(a, text=True)", ["run: encoding"]),
        ("subprocess.run(a, text=True, encoding='utf-8'); subprocess.run(a, capture_output=True)", []),
        ("os.path.join(a, b)", ["os.path"]),
        ("os.open(a, os.O_RDONLY)", []),
    ],
)
def test_a_text_whose_encoding_is_left_open_is_seen(source: str, problems: list[str]) -> None:
    assert unnamed(source) == problems


@pytest.mark.parametrize("file", FILES)
def test_no_encoding_no_line_end_and_no_path_is_left_to_the_system(file: str) -> None:
    assert unnamed(FILES[file]) == []
