"""Imports point down: the table of docs/architecture.md, read from every import there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "rnncomp"

PAGE = Path(__file__).parents[1] / "docs" / "architecture.md"


def table_of(page: str) -> tuple[set[str], dict[str, set[str]]]:
    """Return the base, and what each folder may import of ours beside the base and itself.

    Words in brackets are explanations; public names, taken from the package itself, count as "".
    """
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("|")]
    header, _, *folders = rows
    base = set(re.findall(r"`(\w+)`", header[2]))
    table = {}
    for folder, _, allowed in folders:
        words = [word.strip() for word in re.sub(r"\(.*?\)", "", allowed).split(",")]
        known = {"nothing": set(), "public names": {""}}
        table[folder.strip("`")] = set().union(*(known.get(word, {word}) for word in words))
    return base, table


BASE, TABLE = table_of(PAGE.read_text(encoding="utf-8"))

# Too slow to import for everyone who imports us: inside functions only.
HEAVY = {"polars", "narwhals", "matplotlib", "scipy", "safetensors", "jinja2", "onnx", "h5py"}
HEAVY |= {"statsforecast", "optuna"}
NEVER = {"pickle", "tensorflow", "torch", "sklearn", "pandas", "keras", "jax", "marshal", "shelve"}

FILES = sorted(SRC.rglob("*.py"))


def folder_of(path: Path) -> str:
    """Return the row of the table for a file; a `__main__`, wherever it is, is a program."""
    parts = path.relative_to(SRC).with_suffix("").parts
    return parts[0] if len(parts) > 1 and parts[-1] != "__main__" else f"<{parts[-1]}>"


def imports(path: Path) -> list[tuple[str, bool, bool]]:
    """Return (module, inside a function, for type checkers alone) of every import of a file."""
    found = []

    def visit(node: ast.AST, inside: bool, typing_only: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend((alias.name, inside, typing_only) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: a relative import hides where it points"
                names = [f"{child.module}.{alias.name}" for alias in child.names]
                whole = child.module == "rnncomp"
                modules = names if whole else [str(child.module)]
                found.extend((module, inside, typing_only) for module in modules)
            else:
                function = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
                guard = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
                visit(child, inside or function, typing_only or guard)

    visit(ast.parse(path.read_text()), False, False)
    return found


def wrong_imports(path: Path, folder: str) -> list[str]:
    """Return what a file of `folder` imports against the rules, with the rule."""
    wrong = []
    for module, inside, typing_only in imports(path):
        top, *rest = module.split(".")
        if top in NEVER:
            wrong.append(f"{module}: never")
        if top in HEAVY and not inside and not typing_only:
            wrong.append(f"{module}: inside functions only")
        if top != "rnncomp":
            continue
        target = rest[0] if rest else ""
        if target in BASE or target == folder:
            continue
        if folder.startswith("<"):
            allowed = folder in ("<__init__>", "<__main__>") or target in BASE
        else:
            public = target not in TABLE and "" in TABLE[folder]
            charts = target == "charts" and "" in TABLE[folder]
            allowed = target in TABLE[folder] or public or charts
        if not allowed:
            wrong.append(f"{module}: not from {folder}")
    return wrong


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_imports_point_down(path: Path) -> None:
    assert wrong_imports(path, folder_of(path)) == []


def test_only_one_door_to_the_extension() -> None:
    doors = [p for p in FILES if "_native_" in p.read_text()]
    assert [p.relative_to(SRC).as_posix() for p in doors] == ["kernels/native.py"]


def test_no_import_cycle_between_modules() -> None:
    """Imports for type checkers alone count: an arrow is an arrow."""
    names = {p: "rnncomp." + ".".join(p.relative_to(SRC).with_suffix("").parts) for p in FILES}
    modules = {name.removesuffix(".__init__"): path for path, name in names.items()}
    edges = {
        name: {m for m, inside, _ in imports(path) if m in modules and not inside}
        for name, path in modules.items()
    }
    state: dict[str, int] = {}

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert state.get(name) != 1, " -> ".join((*trail, name))
        if state.get(name) == 2:
            return
        state[name] = 1
        for other in edges[name]:
            # A folder's __init__ may name itself and be named by its own modules: no cycle.
            if other != name and not name.startswith(other + "."):
                walk(other, (*trail, name))
        state[name] = 2

    for name in modules:
        walk(name, ())


def test_the_table_names_all_folders_and_nothing_else() -> None:
    assert set(TABLE) == {path.parent.name for path in SRC.glob("*/__init__.py")}
    assert set().union(*TABLE.values()) <= {*TABLE, ""}
    assert {f"{name}.py" for name in BASE} == {
        path.name for path in SRC.glob("*.py") if not path.name.startswith("__")
    }


@pytest.mark.parametrize(
    ("folder", "line", "complaint"),
    [
        ("series", "from rnncomp.training import Sequential", "rnncomp.training: not from series"),
        ("windows", "from rnncomp.nn.lstm import LSTM", "rnncomp.nn.lstm: not from windows"),
        ("nn", "from rnncomp import Sequential", "rnncomp.Sequential: not from nn"),
        ("<errors>", "import rnncomp.nn", "rnncomp.nn: not from <errors>"),
        ("cli", "from rnncomp.series import load", "rnncomp.series: not from cli"),
        (
            "report",
            "from rnncomp.comparison import Run",
            "rnncomp.comparison: not from report",
        ),
        ("report", "import jinja2", "jinja2: inside functions only"),
        ("series", "import polars", "polars: inside functions only"),
        ("charts", "from matplotlib.axes import Axes", "matplotlib.axes: inside functions only"),
        ("training", "def f():\n    import pickle", "pickle: never"),
        (
            "kernels",
            "if TYPE_CHECKING:\n    from rnncomp.nn import Layer",
            "rnncomp.nn: not from kernels",
        ),
        ("series", "def f():\n    import polars", None),
        ("charts", "if TYPE_CHECKING:\n    from matplotlib.axes import Axes", None),
        ("windows", "from rnncomp.series import Series", None),
        ("cli", "from rnncomp import load", None),
    ],
)
def test_a_broken_import_is_seen(
    folder: str, line: str, complaint: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "bad.py"
    path.write_text(line + "\n", encoding="utf-8")
    assert wrong_imports(path, folder) == ([complaint] if complaint else [])


def test_files_stay_small() -> None:
    long = {p.name: n for p in FILES if (n := len(p.read_text().splitlines())) > 400}
    assert long == {}


def test_functions_stay_small() -> None:
    """Forty lines of code, docstring and comments apart; Keras's signatures excepted."""
    long = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if body and (body[-1].end_lineno or 0) - body[0].lineno + 1 > 40:
                long.append(f"{path.relative_to(SRC)}:{node.name}")
    assert long == []


def test_doors_lead_to_convert() -> None:
    """The one arrow that points up is written down in training/doors.py, whole and true."""
    from rnncomp.training.doors import DOORS, door

    for name, target in DOORS.items():
        module, function = target.split(":")
        assert module.startswith("rnncomp.convert."), name
        assert door(name).__name__ == function, name


def test_nothing_else_below_imports_by_a_string() -> None:
    users = [
        path.relative_to(SRC).as_posix()
        for folder in ("nn", "training")
        for path in (SRC / folder).glob("*.py")
        if "importlib" in path.read_text(encoding="utf-8")
    ]
    assert users == ["training/doors.py"]
