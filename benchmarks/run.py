"""The whole benchmark of `make bench`: every part, every peer, in one run.

    python benchmarks/run.py                   # some 35 minutes on two idle cores
    python benchmarks/run.py --quick           # tiny rounds, to test the harness; keeps no run
    python benchmarks/run.py --only grid many  # some parts
    python benchmarks/run.py --peers torch     # some peers; --peers alone for none

Makes the peers' environments first if they are missing (setup_peers.py), which takes minutes more.
Leave the machine alone meanwhile. Ends by writing the table of README.md from the run, if all of
its parts ran.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import bench_classifier
import bench_cliff
import bench_grid
import bench_inference
import bench_keras_fit
import bench_many
import bench_series
import bench_shapes
import bench_share
import bench_small
import bench_startup
import readme_table
from crew import KINDS, PEERS, WorkerError
from evidence import command_line, keep, load_average
from options import Options
from rows import Row
from setup_peers import SetupError, make

BUSY = 0.5
PARTS: dict[str, Callable[[Options], list[Row]]] = {
    "grid": bench_grid.run,
    "cliff": bench_cliff.run,
    "inference": bench_inference.run,
    "small": bench_small.run,
    "startup": bench_startup.run,
    "keras_fit": bench_keras_fit.run,
    "classifier": bench_classifier.run,
    "many": bench_many.run,
    "series": bench_series.run,
    "share": bench_share.run,
    "shapes": bench_shapes.run,
}


def parse() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    parser.add_argument("--quick", action="store_true", help="tiny rounds; nothing is kept")
    parser.add_argument("--peers", nargs="*", default=list(PEERS), choices=PEERS, metavar="PEER")
    parser.add_argument("--out", type=Path, help="folder of the rows [default: runs/<date>-...]")
    return parser.parse_args()


def set_up(peers: list[str]) -> None:
    """Make the peers' environments; one that cannot be made is left out later, and said here."""
    for name in dict.fromkeys(KINDS[peer].environment for peer in peers):
        try:
            make(str(name))
        except (SetupError, OSError) as error:
            print(f"MISSING: {name}: {error}", flush=True)


def measure(parts: list[str], options: Options) -> list[Row]:
    """Run the parts, one after the other; one that fails or is interrupted is a row that says so.

    Ctrl-C ends the run: half an hour of rows is worth keeping.
    """
    rows: list[Row] = []
    for part in parts:
        start = time.monotonic()
        try:
            rows += PARTS[part](options)
        except (Exception, KeyboardInterrupt) as error:
            traceback.print_exc()
            why = WorkerError(f"{type(error).__name__}: {error}").short
            rows.append(Row("failed", part, "rnncomp", 0, 0, "all_seconds", math.nan, note=why))
            if isinstance(error, KeyboardInterrupt):
                break
        print(f"== {part}: {time.monotonic() - start:.0f} s", flush=True)
    return rows


def main() -> None:
    """Parse, set up, run, keep."""
    arguments = parse()
    set_up(arguments.peers)
    load = load_average()
    if load != "unknown" and float(load) > BUSY:
        print(f"the load average is {load}: other programs run, and the times will be theirs too")
    start = time.monotonic()
    rows = measure(arguments.only, Options(arguments.quick, tuple(arguments.peers)))
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.out or (Path(scratch) if arguments.quick else None)
        folder = keep(rows, folder, command=command_line("run.py"), load=load)
        print((folder / "summary.md").read_text(encoding="utf-8"))
    print(f"took {time.monotonic() - start:.0f} s")
    failed = [row.name for row in rows if row.bench == "failed"]
    if failed:
        raise SystemExit(f"these parts failed: {', '.join(failed)}")
    if arguments.out is None and not arguments.quick:
        readme_table.write()


if __name__ == "__main__":
    main()
