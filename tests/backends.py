"""The engines that a test of the arithmetic runs on: the reference, and native at each level."""

import platform

import pytest

from rnncomp.kernels import make_engine

LEVELS = ("v2", "v3", "v4") if platform.machine() in ("x86_64", "AMD64") else ("neon",)
NATIVE = tuple(f"native-{level}" for level in LEVELS)
BACKENDS = ("reference", *NATIVE)


def engine_of(backend, spec, *, dtype, threads=1):
    """Return an engine of `spec`; skip, with the reason, a level that this machine cannot run."""
    if backend == "reference":
        return make_engine(spec, dtype=dtype, backend="reference")
    native = pytest.importorskip("rnncomp.kernels.native", reason="the native module is not built")
    level = backend.removeprefix("native-")
    if level not in native.levels():
        pytest.skip(f"this processor cannot run level {level}")
    return native.NativeEngine(spec, dtype=dtype, threads=threads, isa=level)
