"""The multiply-add limit of this machine, measured by a small compiled loop (peak.cpp)."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLAGS = ["-O2", "-march=native", "-pthread"]


class Peak:
    """The compiled loop; `gflops` runs it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._program = str(Path(self._folder.name) / "peak")
        compiler = os.environ.get("CXX", "c++")
        subprocess.run([compiler, *FLAGS, str(HERE / "peak.cpp"), "-o", self._program], check=True)

    def gflops(self, dtype: str, threads: int, seconds: float = 0.25) -> float:
        """Return the best rate of eight short stretches, in 1e9 operations a second."""
        command = [self._program, dtype, str(threads), str(seconds)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return float(done.stdout)
