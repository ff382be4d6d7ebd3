"""The examples in the docstrings run and give what they say."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path
from typing import Any

import pytest

import rnncomp

SRC = Path(__file__).parents[1] / "src"
MODULES = sorted(
    ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
    for path in (SRC / "rnncomp").rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)


METHODS = ["Sequential.fit", "Sequential.evaluate", "Sequential.to_onnx", "Run.save", "Run.load"]
METHODS += ["RecurrentForecaster.save", "RecurrentForecaster.load"]


@pytest.mark.parametrize("name", [*rnncomp.__all__, *METHODS])
def test_every_public_name_has_an_example(name: str) -> None:
    """Its own: what a class inherits says nothing of it."""
    found: Any = rnncomp
    for part in name.split("."):
        found = getattr(found, part)
    assert re.search(r"^ *Example:\n +>>> ", found.__doc__ or "", re.MULTILINE)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # an example that writes leaves nothing behind
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.failed == 0
    assert result.attempted > 0
