"""Versions of what is installed."""

from __future__ import annotations


def version(package: str = "rnncomp") -> str:
    """Return the version of a package, ``0+unknown`` for a source tree that was never installed."""
    # What reads it costs more to import than all else that `import rnncomp` does.
    from importlib import metadata  # noqa: PLC0415

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "0+unknown"
