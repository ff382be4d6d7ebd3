"""The public names: one sorted list, each of which loads, and none hidden by a module."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import rnncomp


def test_names_are_sorted_and_load() -> None:
    assert rnncomp.__all__ == sorted(set(rnncomp.__all__)) == sorted(rnncomp._NAMES)
    for name in rnncomp.__all__:
        assert not isinstance(getattr(rnncomp, name), ModuleType), name


def test_dir_shows_them() -> None:
    assert set(rnncomp.__all__) <= set(dir(rnncomp))


def test_a_function_is_not_shadowed_by_a_module() -> None:
    """Importing every module first must not turn a function into one."""
    code = (
        "import pkgutil, importlib, rnncomp\n"
        "names = [m.name for m in pkgutil.walk_packages(rnncomp.__path__, 'rnncomp.')]\n"
        "for name in names:\n"
        "    if '__main__' not in name and '_native_' not in name: importlib.import_module(name)\n"
        "bad = [n for n in rnncomp.__all__ if type(getattr(rnncomp, n)).__name__ == 'module']\n"
        "assert not bad, bad\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


HEAVY = ("asyncio", "matplotlib", "narwhals", "numpy", "polars", "safetensors", "scipy")
HEAVY_FOR_IMPORT = (*HEAVY, "click", "concurrent.futures", "email", "importlib.metadata", "rich")


@pytest.mark.parametrize(
    ("program", "heavy"),
    [
        ("import rnncomp", HEAVY_FOR_IMPORT),
        ("from rnncomp.cli import main\nmain(['--help'])", HEAVY),
        ("import rnncomp\nrnncomp.load('sines')", ("polars", "narwhals", "matplotlib", "scipy")),
        ("from rnncomp.cli import main\nmain(['compare', '--help'])", HEAVY),
    ],
    ids=["import", "help", "load-array", "compare-help"],
)
def test_start_is_light(program: str, heavy: tuple[str, ...]) -> None:
    """What takes long to load is loaded by what needs it."""
    code = (
        "import atexit, sys\n"
        f"told = lambda: print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)\n"
        f"atexit.register(told)\n{program}"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stderr.strip() == "[]"


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        rnncomp.no_such_name  # noqa: B018
