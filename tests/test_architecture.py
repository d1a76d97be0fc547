"""The shape of the house: imports run one way, each outside library is used in one room, a verb's file has its name."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from running import environment

from exposure.cli import VERBS

PACKAGE = Path(__file__).parents[1] / "exposure"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
# Each room may import itself and those after it.
FLOORS = ("cli", "views", "analysis", "scoring", "observations", "rulebook", "text", "errors")
# `output` stands beside the others: it knows screens, and of the house only how things are written.
MAY_USE_OUTPUT = ("cli", "views", "output")
# These write files and show no page.
WITHOUT_A_PAGE = ("fmt", "init")
# Names that two rooms share, since what they do is one step: of the rules and of the observations, or a question, its
# answer and its page.
SAME_STEP = ("model", "loading", "agreement")


def room(module: str) -> str:
    return module.split("/")[0].removesuffix(".py")


@cache
def imported(module: str) -> list[str]:
    tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names.append(node.module or "")
    return names


@pytest.mark.parametrize("module", [m for m in MODULES if m not in ("__init__.py", "__main__.py")])
def test_imports_run_one_way(module: str) -> None:
    mine = room(module)
    for name in imported(module):
        parts = name.split(".")
        if parts[0] != "exposure" or len(parts) == 1:
            continue
        other = parts[1]
        if other == "output":
            assert mine in MAY_USE_OUTPUT, f"{module} imports {name}"
        elif mine == "output":
            assert other in ("output", "text", "errors"), f"{module} imports {name}"
        else:
            assert FLOORS.index(mine) <= FLOORS.index(other), f"{module} imports {name}"


def file_of(name: str) -> str:
    """The file of the package that a module of this name is, as `cli/rank.py`; empty where it is none."""
    top, _, rest = name.partition(".")
    path = rest.replace(".", "/")
    files = (f"{path}.py", f"{path}/__init__.py".lstrip("/")) if top == "exposure" else ()
    return next((file for file in files if file in MODULES), "")


def files_imported(module: str) -> set[str]:
    """The files of the package that this one imports, anywhere in it, for types alone too."""
    files = set()
    for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            files |= {file_of(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            files |= {file_of(f"{node.module}.{alias.name}") or file_of(str(node.module)) for alias in node.names}
    return files - {""}


def circles(imports: dict[str, set[str]]) -> list[set[str]]:
    """The sets of files each of which imports, through others or by itself, all of its set."""
    reached = {module: set(others) for module, others in imports.items()}
    for through in imports:
        for others in reached.values():
            if through in others:
                others |= reached[through]
    within = [{other for other in reached[module] if module in reached[other]} for module in imports]
    return [those for at, those in enumerate(within) if those and those not in within[:at]]


def test_no_circle_of_imports_between_files() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]
    assert circles({module: files_imported(module) for module in MODULES}) == []


def test_a_verb_has_a_file_of_its_name() -> None:
    verbs = [name.replace("-", "_") for name in VERBS]
    assert [verb for verb in verbs if f"cli/{verb}.py" not in MODULES] == []
    assert [verb for verb in verbs if (f"views/{verb}.py" in MODULES) == (verb in WITHOUT_A_PAGE)] == []


def test_two_files_of_one_name_are_one_step_for_two_rooms() -> None:
    verbs = [name.replace("-", "_") for name in VERBS]
    places: dict[str, list[str]] = {}
    for module in MODULES:
        places.setdefault(Path(module).stem, []).append(room(module))
    shared = {name: rooms for name, rooms in places.items() if len(rooms) > 1 and name != "__init__"}
    assert sorted(set(shared) - {*verbs, *SAME_STEP}) == []
    assert [name for name, rooms in shared.items() if len(set(rooms)) < len(rooms)] == []
    assert [name for name in SAME_STEP if name not in shared] == []


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("click", {m for m in MODULES if room(m) == "cli"}),
        ("rich", {"output/terminal.py", "output/progress.py"}),
        ("matplotlib", {"output/sheet.py"}),
        ("pydantic", {module for module in MODULES if module.startswith("rulebook/")}),
        ("tomllib", {"rulebook/loading.py"}),
        ("jinja2", {"output/html.py"}),
        ("subprocess", {"observations/revisions.py"}),
        # For library users, and for files so large that it is faster.
        ("pandas", {"observations/columns.py", "observations/model.py", "scoring/score.py"}),
    ],
)
def test_a_library_is_used_in_one_room(library: str, allowed: set[str]) -> None:
    users = {m for m in MODULES if any(name.split(".")[0] == library for name in imported(m))}
    assert users <= allowed
    assert users or not allowed


def test_nothing_below_the_command_line_prints_or_exits() -> None:
    for module in MODULES:
        if room(module) == "cli":
            continue
        tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
        calls = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & {"print", "exit", "quit", "eval", "exec", "compile", "__import__"}, module


def loaded_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment())
    return set(run.stdout.rsplit("\n", 2)[-2].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["rank", "--help"],
        ["explain", "--help"],
        ["check", "--help"],
        ["robustness", "--help"],
        ["audit", "--help"],
        ["what-if", "--help"],
        ["trend", "--help"],
        ["init", "--help"],
        ["report", "--help"],
    ],
)
def test_help_imports_neither_pandas_nor_rich(arguments: list[str]) -> None:
    code = f"sys.argv = ['exposure', *{arguments}]\nfrom exposure.cli import main\n"
    code += "try:\n    main()\nexcept SystemExit:\n    pass"
    assert not loaded_after(code) & {"pandas", "numpy", "rich", "pydantic", "pydantic_core", "jinja2", "matplotlib"}


@pytest.mark.parametrize("arguments", [["rank"], ["explain", "Serbia"], ["check"], ["fmt", "--check"]])
def test_a_file_of_ordinary_size_is_answered_on_a_pipe_without_pandas_or_rich(arguments: list[str]) -> None:
    files = ["-i", str(PACKAGE.parent / "indicators.csv"), "-r", str(PACKAGE / "rules.toml")]
    code = f"sys.argv = ['exposure', *{arguments + files}]\nfrom exposure.cli import main\n"
    code += "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code"
    loaded = loaded_after(code)
    assert "numpy" in loaded
    assert not loaded & {"pandas", "rich", "matplotlib", "jinja2", "subprocess"}


def test_the_package_imports_nothing_heavy_by_itself() -> None:
    assert not loaded_after("import exposure; exposure.ExposureError") & {
        "pandas",
        "numpy",
        "rich",
        "pydantic",
        "click",
        "matplotlib",
    }


def test_every_public_name_is_there() -> None:
    import exposure

    assert all(getattr(exposure, name) is not None for name in exposure.__all__)


def test_every_module_and_public_function_says_what_it_is() -> None:
    for module in MODULES:
        tree = ast.parse((PACKAGE / module).read_text(encoding="utf-8"))
        if module != "__main__.py":
            assert ast.get_docstring(tree), module
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{module}: {node.name}"
