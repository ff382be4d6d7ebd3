"""Imports point down: the table of docs/architecture.md, read from every import there is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "rnncomp"

BASE = {"errors", "_check", "samples", "metrics"}

# What each folder may import of ours, beside the base and itself.
TABLE = {
    "kernels": set(),
    "nn": {"kernels"},
    "training": {"nn", "kernels"},
    "series": set(),
    "windows": {"series"},
    "forecasting": {"series", "windows", "nn", "training", "kernels"},
    "comparison": {"series", "windows", "forecasting", "kernels", "charts"},
    "charts": set(),
    "keras": {"nn", "training"},
    "recipes": {""},
    "cli": {"", "recipes"},
}

# Too slow to import for everyone who imports us: inside functions only.
HEAVY = {"polars", "narwhals", "matplotlib", "scipy", "safetensors", "jinja2"}
NEVER = {"pickle", "tensorflow", "torch", "sklearn", "pandas", "keras", "jax", "marshal", "shelve"}

FILES = sorted(SRC.rglob("*.py"))


def folder_of(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return parts[0] if len(parts) > 1 else f"<{parts[0]}>"


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


def wrong_imports(path: Path) -> list[str]:
    folder = folder_of(path)
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
            # A public name, taken from the package itself, counts as "".
            public = target not in TABLE and "" in TABLE[folder]
            charts = target == "charts" and "" in TABLE[folder]
            allowed = target in TABLE[folder] or public or charts
        if not allowed:
            wrong.append(f"{module}: not from {folder}")
    return wrong


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SRC)))
def test_imports_point_down(path: Path) -> None:
    assert wrong_imports(path) == []


def test_only_one_door_to_the_extension() -> None:
    doors = [p for p in FILES if "_native_" in p.read_text()]
    assert [p.relative_to(SRC).as_posix() for p in doors] == ["kernels/native.py"]


def test_no_import_cycle_between_modules() -> None:
    names = {p: "rnncomp." + ".".join(p.relative_to(SRC).with_suffix("").parts) for p in FILES}
    modules = {name.removesuffix(".__init__"): path for path, name in names.items()}
    edges = {
        name: {m for m, inside, typed in imports(path) if m in modules and not inside and not typed}
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


def test_a_broken_import_is_seen(tmp_path: Path) -> None:
    bad = SRC / "series" / "series.py"
    text = "from rnncomp.training import Sequential\nimport polars\nimport pickle\n"
    copy = tmp_path / "series.py"
    copy.write_text(text)
    found = [m for m, inside, _ in imports(copy) if not inside]
    assert found == ["rnncomp.training", "polars", "pickle"]
    assert folder_of(bad) == "series"


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
