"""Pairs to learn from: windows with their targets, and the parts of a series they belong to."""

from rnncomp.windows.pairs import make_samples
from rnncomp.windows.parts import Parts, assign
from rnncomp.windows.split import Split

__all__ = ["Parts", "Split", "assign", "make_samples"]
