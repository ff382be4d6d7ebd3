"""Where results go."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path


def new_folder(name: str) -> Path:
    """Return a folder under ``runs/`` that does not exist yet, named after series and time."""
    stem = f"{name}-{datetime.now():%Y%m%d-%H%M%S}"
    candidates = (Path("runs") / (stem + (f"-{k}" if k else "")) for k in range(1000))
    return next(path for path in candidates if not path.exists())
