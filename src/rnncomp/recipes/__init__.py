"""The tutorials as named programs."""

from rnncomp.recipes.sines import run_sines

__all__ = ["run_sines"]
