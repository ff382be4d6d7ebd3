"""Make the peers' environments under .venv-peers/, about 7 GB.

    python benchmarks/setup_peers.py           # all that are missing
    python benchmarks/setup_peers.py jax       # one of them

The pinned requirements are in peers/*.txt; an environment made from others is made again.
RNNCOMP_PEERS names another folder to make them in, or to find them in.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

from crew import HERE, PEERS_HOME

ENVIRONMENTS = ("jax", "tensorflow", "torch", "neuralforecast", "darts", "onnxruntime")


class SetupError(RuntimeError):
    """An environment could not be made."""


def make(name: str) -> None:
    """Make one environment, unless it was made from the same requirements before.

    Args:
        name: One of ENVIRONMENTS.

    Raises:
        SetupError: pip failed; its last lines are in the message.
    """
    folder, wanted = PEERS_HOME / name, HERE / "peers" / f"{name}.txt"
    done = folder / "installed.txt"
    if done.exists() and done.read_text() == wanted.read_text():
        return
    print(f"{name}: installing, this takes minutes", flush=True)
    start = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    for step in steps(wanted):
        install(folder, step)
    shutil.copy(wanted, done)
    print(f"{name}: {size_gb(folder):.1f} GB, {time.monotonic() - start:.0f} s", flush=True)
    for package in cuda_packages(folder):
        print(f"{name}: {package} came along, which no benchmark uses", flush=True)


def steps(wanted: Path) -> list[list[str]]:
    """Return what pip is asked for, one call after the other.

    torch comes by itself first: among other requirements pip may prefer a newer one with CUDA.
    """
    lines = wanted.read_text(encoding="utf-8").splitlines()
    first = [line for line in lines if line.startswith("torch==")]
    return [*([first] if first else []), ["-r", str(wanted)]]


def install(folder: Path, what: list[str]) -> None:
    """Install `what` into the environment in `folder`.

    Byte code is left to the first import, which no benchmark times: most of it is never used.
    """
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    asked = subprocess.run([*pip, *what], capture_output=True, text=True, check=False)
    if asked.returncode:
        raise SetupError(f"pip install {' '.join(what)} failed:\n{asked.stderr[-2000:]}")


def size_gb(folder: Path) -> float:
    """Return what the files of a folder take."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file()) / 1e9


def cuda_packages(folder: Path) -> list[str]:
    """Return packages of CUDA libraries that were installed."""
    return sorted(
        path.name.split("-")[0]
        for path in folder.glob("lib/python*/site-packages/*.dist-info")
        if path.name.startswith(("nvidia_", "triton", "cuda_"))
    )


def main() -> None:
    """Parse and make."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help=", ".join(ENVIRONMENTS))
    names = parser.parse_args().names or ENVIRONMENTS
    for name in names:
        if name not in ENVIRONMENTS:
            parser.error(f"{name} must be one of {', '.join(ENVIRONMENTS)}")
        make(name)
        print(f"{name}: is there", flush=True)


if __name__ == "__main__":
    main()
