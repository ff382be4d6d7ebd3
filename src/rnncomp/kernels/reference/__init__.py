"""The equations of docs/equations.md in plain NumPy float64: for reading and for checking."""

from rnncomp.kernels.reference.engine import ReferenceEngine

__all__ = ["ReferenceEngine"]
