"""All benchmarks of `make bench`: against the frameworks, and no cliff beside.

    python benchmarks/run.py                   # about eight minutes on two idle cores
    python benchmarks/run.py --quick           # two rounds, to test the harness
    python benchmarks/run.py --only cliff      # ours alone; needs no other framework

Makes the peers' environments first if they are missing (setup_peers.py), which takes minutes more;
RNNCOMP_PEERS names a folder of environments made elsewhere. Leave the machine alone meanwhile.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import bench_cells
import bench_cliff
from crew import FRAMEWORKS, KINDS
from evidence import command_line, keep, load_average
from peak import Peak
from setup_peers import make

BUSY = 0.5


def main() -> None:
    """Parse, run, keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=("cells", "cliff"), help="one part alone")
    parser.add_argument("--quick", action="store_true", help="two rounds instead of five")
    parser.add_argument("--peers", nargs="*", default=list(FRAMEWORKS), choices=FRAMEWORKS)
    parser.add_argument("--out", type=Path, help="folder of the rows [default: runs/<date>-...]")
    arguments = parser.parse_args()
    rounds = 2 if arguments.quick else 5
    for name in {KINDS[peer].environment for peer in arguments.peers}:
        if name and arguments.only != "cliff":
            make(name)
    load = load_average()
    if load != "unknown" and float(load) > BUSY:
        print(f"the load average is {load}: other programs run, and the times will be theirs too")
    start, peak, rows = time.monotonic(), Peak(), []
    if arguments.only != "cliff":
        rows += bench_cells.run(peak, rounds=rounds, peers=tuple(arguments.peers))
    if arguments.only != "cells":
        rows += bench_cliff.run(peak, rounds=rounds)
    folder = keep(rows, arguments.out, command=command_line("run.py"), load=load)
    print((folder / "summary.md").read_text(encoding="utf-8"))
    print(f"took {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
