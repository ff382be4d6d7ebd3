"""The one door to the arithmetic: compiled kernels, and a plain NumPy reference."""

from rnncomp.kernels.engine import VJP, Engine, default_backend, make_engine
from rnncomp.kernels.info import BackendInfo, backend_info, cores
from rnncomp.kernels.layer_specs import DenseSpec, LayerSpec, RecurrentSpec
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.kernels.spec import NetworkSpec, OptimizerSpec

__all__ = [
    "VJP",
    "BackendInfo",
    "DenseSpec",
    "Engine",
    "LayerSpec",
    "LossSpec",
    "NetworkSpec",
    "OptimizerSpec",
    "RecurrentSpec",
    "backend_info",
    "cores",
    "default_backend",
    "make_engine",
]
