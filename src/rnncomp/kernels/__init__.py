"""The one door to the arithmetic: compiled kernels, and a plain NumPy reference."""

from rnncomp.kernels.engine import VJP, Engine, default_backend, make_engine
from rnncomp.kernels.spec import LayerSpec, NetworkSpec, OptimizerSpec

__all__ = [
    "VJP",
    "Engine",
    "LayerSpec",
    "NetworkSpec",
    "OptimizerSpec",
    "default_backend",
    "make_engine",
]
