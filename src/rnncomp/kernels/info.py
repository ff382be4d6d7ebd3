"""What computes here: backend, instruction-set level, cores."""

from __future__ import annotations

import os
from typing import NamedTuple

from rnncomp.kernels.engine import default_backend


class BackendInfo(NamedTuple):
    """The kernels in use on this machine.

    Example:
        >>> info = backend_info()
        >>> info.level in (*info.levels, None)
        True
    """

    backend: str
    """``native`` or ``reference``."""
    level: str | None
    """Instruction-set level in use; None for the reference."""
    levels: tuple[str, ...]
    """Levels that this processor can run, lowest first."""
    cores: int
    """Cores that this process may use."""


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def backend_info() -> BackendInfo:
    """Return which kernels compute here.

    Raises:
        BackendError: The compiled kernels are wanted and cannot be loaded.

    Example:
        >>> backend_info().backend in ("native", "reference")
        True
    """
    backend = default_backend()
    if backend == "reference":
        return BackendInfo(backend, None, (), cores())
    from rnncomp.kernels.native import level, levels  # noqa: PLC0415

    return BackendInfo(backend, level(), levels(), cores())
