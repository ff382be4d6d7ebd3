"""Make the peers' environments under .venv-peers/, about 3 GB.

    python benchmarks/setup_peers.py           # all that are missing
    python benchmarks/setup_peers.py jax       # one of them

The pinned requirements are in peers/*.txt; an environment made from others is made again.
With RNNCOMP_PEERS, a folder of environments made elsewhere, nothing is made.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys

from crew import HERE, PEERS_HOME

ENVIRONMENTS = ("jax", "tensorflow", "torch")


def make(name: str) -> None:
    """Make one environment, unless it was made from the same requirements before."""
    if "RNNCOMP_PEERS" in os.environ:
        return
    folder, wanted = PEERS_HOME / name, HERE / "peers" / f"{name}.txt"
    done = folder / "installed.txt"
    if done.exists() and done.read_text() == wanted.read_text():
        print(f"{name}: is there")
        return
    print(f"{name}: installing, this takes minutes", flush=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "-r", str(wanted)], check=True)
    shutil.copy(wanted, done)


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


if __name__ == "__main__":
    main()
