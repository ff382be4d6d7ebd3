"""The tutorials as named programs: as they were told, and honestly."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

RECIPES = {
    "sines": "SimpleRNN, LSTM and GRU on four sinusoids",
    "counting": "a SimpleRNN learns 0 to 9 and is asked for 10",
    "arithmetic": "the next number of a sequence with step 10",
    "sunspots": "a SimpleRNN by hand, then the monthly sunspots",
}
"""Every recipe, and what it is about."""

_MODULES = {f"run_{name}": f"rnncomp.recipes.{name}" for name in RECIPES} | {
    "Told": "rnncomp.recipes.told"
}

__all__ = ["RECIPES", "Told", "run_arithmetic", "run_counting", "run_sines", "run_sunspots"]


def __getattr__(name: str) -> Any:
    """Import a recipe when it is first asked for: the names of all cost nothing."""
    if name not in _MODULES:
        raise AttributeError(f"module 'rnncomp.recipes' has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


if TYPE_CHECKING:
    from rnncomp.recipes.arithmetic import run_arithmetic
    from rnncomp.recipes.counting import run_counting
    from rnncomp.recipes.sines import run_sines
    from rnncomp.recipes.sunspots import run_sunspots
    from rnncomp.recipes.told import Told
