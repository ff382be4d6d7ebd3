"""The page's references into the code are true, and none is missing.

A reference is ``file: name, name`` in back quotes; a Python name is a function, a class or
``Class.method``, a C++ one a function, a struct or ``Class::method``, and has its definition there.
"""

import ast
import re
from pathlib import Path

import pytest

from page_equations import TEXT
from rnncomp.kernels.reference import recurrent
from rnncomp.kernels.reference.engine import LAYERS

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "src" / "rnncomp" / "kernels" / "reference"
FOUND = re.findall(r"`((?:kernels/reference|native/\w+)/\w+\.(?:py|cpp|h)): ([^`]+)`", TEXT)
NAMED = [(path, name) for path, names in FOUND for name in names.split(", ")]
NATIVE = [*(ROOT / "native/src").glob("*.cpp"), *(ROOT / "native/rnncomp").glob("*.h")]


def python_definitions(path):
    """Return the functions and classes of a file, methods as ``Class.method``."""
    defined = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = (part for part in node.body if isinstance(part, ast.FunctionDef))
            defined |= {f"{node.name}.{method.name}" for method in methods}
    return defined


def cpp_defines(path, name):
    """Whether a C++ file holds the body of a function, method or class."""
    code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
    owner, _, function = name.rpartition("::")
    outside = rf"\b{owner}(?:<\w+>)?::{function}" if owner else rf"(?<!:){function}"
    body = class_body(code, owner) if owner else ""
    whole = not owner and class_body(code, function)
    return bool(whole or has_body(code, outside) or has_body(body, function))


def class_body(code, name):
    """Return what stands between the braces of a class or struct, or nothing."""
    start = re.search(rf"\b(?:class|struct) {name}\b[^;{{]*{{", code)
    if not start:
        return ""
    depth, end = 1, start.end()
    while depth:
        depth += {"{": 1, "}": -1}.get(code[end], 0)
        end += 1
    return code[start.end() : end]


def has_body(code, name):
    """Whether a function is defined here, not called or declared: type, name, (...), {."""
    for found in re.finditer(rf"(?<!return )(?<!else )(?<=[\w>&*\]] ){name}\(", code):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(code[end], 0)
            end += 1
        if re.match(r"(?: const| override| final| noexcept)*\s*{", code[end:]):
            return True
    return False


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part)
def test_what_the_page_names_is_defined_there(path, name):
    file = ROOT / ("src/rnncomp" if path.startswith("kernels") else "") / path
    assert file.is_file()
    found = name in python_definitions(file) if file.suffix == ".py" else cpp_defines(file, name)
    assert found, f"{path} does not define {name}"


def test_every_reference_has_the_one_form():
    """Whatever else in back quotes names a file of the arithmetic misses a function."""
    quoted = re.findall(r"`[^`\n]*(?:kernels/reference|native)/\w[^`]*`", TEXT)
    kept = [f"`{path}: {names}`" for path, names in FOUND]
    assert [text for text in quoted if text not in kept] == []


def in_reference(found, name):
    """Return the reference to a function of a module or class of the reference."""
    module = found.__module__ if isinstance(found, type) else found.__name__
    owner = f"{found.__name__}." if isinstance(found, type) else ""
    return f"kernels/reference/{module.rpartition('.')[2]}.py", f"{owner}{name}"


@pytest.mark.parametrize("kind", sorted(LAYERS))
def test_every_layer_of_the_reference_has_its_place(kind):
    for found in {LAYERS[kind], recurrent.CELLS.get(kind, LAYERS[kind])}:
        for name in ("forward", "backward"):
            assert in_reference(found, name) in NAMED


def test_every_file_of_the_reference_has_its_place():
    named = {Path(path).name for path, _ in NAMED if path.startswith("kernels")}
    assert named == {path.name for path in REFERENCE.glob("*.py")} - {"__init__.py"}


def test_every_layer_of_the_native_engine_has_its_place():
    layers = set()
    for path in NATIVE:
        code = path.read_text(encoding="utf-8")
        layers |= set(re.findall(r"class (\w+) final : public (?:Layer|Recurrent)<T>", code))
    assert len(layers) == 12
    named = {name for path, name in NAMED if path.startswith("native")}
    for layer in layers:
        for way in ("forward", "backward"):
            assert {f"{layer}::{way}", f"{layer}::{way}_step"} & named, (layer, way)


def test_every_window_layer_has_its_place():
    layers = set()
    for path in NATIVE:
        code = path.read_text(encoding="utf-8")
        layers |= set(re.findall(r"class (\w+) final : public Window\w+<T>", code))
    assert len(layers) == 5
    named = {name.partition("::")[0] for _, name in NAMED}
    assert layers <= named


def test_every_optimizer_has_its_place():
    tree = python_definitions(REFERENCE / "optimizers.py") - {"moments"}
    assert {("kernels/reference/optimizers.py", name) for name in tree} <= set(NAMED)
    rules = re.findall(r"return (\w+)\(spec", (ROOT / "native/src/optimizer.cpp").read_text())
    assert len(rules) == 5
    assert {("native/src/optimizer.cpp", name) for name in rules} <= set(NAMED)
