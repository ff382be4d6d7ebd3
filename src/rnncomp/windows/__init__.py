"""Pairs to learn from: windows with their targets, and the parts of a series they belong to."""

from rnncomp.windows.moments import Moment, row_at
from rnncomp.windows.pairs import make_samples
from rnncomp.windows.parts import Parts, assign
from rnncomp.windows.rolling import RollingOrigin, refitted
from rnncomp.windows.split import Split

__all__ = [
    "Moment",
    "Parts",
    "RollingOrigin",
    "Split",
    "assign",
    "make_samples",
    "refitted",
    "row_at",
]
