"""The shape of the house: imports run one way, and each outside library is used in one room."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "exposure"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
# Each room may import itself and those after it.
FLOORS = ("cli", "views", "analysis", "scoring", "observations", "rulebook", "errors")
# `output` stands beside the others: it knows screens, and of the house only how text is made printable.
MAY_USE_OUTPUT = ("cli", "views", "output")

VERBS = ("ask", "edit", "gate", "report", "suppose", "trust")


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
            assert other in ("output", "errors"), f"{module} imports {name}"
        else:
            assert FLOORS.index(mine) <= FLOORS.index(other), f"{module} imports {name}"


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        (
            "click",
            {
                f"cli/{name}.py"
                for name in ("__init__", "ask", "edit", "gate", "options", "report", "streams", "suppose", "trust")
            },
        ),
        ("rich", {"output/terminal.py", "output/progress.py"}),
        ("matplotlib", {"output/sheet.py"}),
        ("pydantic", {"rulebook/model.py", "rulebook/loading.py", "rulebook/wording.py"}),
        ("tomllib", {"rulebook/loading.py"}),
        ("jinja2", {"output/html.py"}),
        ("subprocess", {"observations/revisions.py"}),
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
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
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
    assert not loaded_after(code) & {"pandas", "numpy", "rich", "pydantic", "jinja2", "matplotlib"}


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
