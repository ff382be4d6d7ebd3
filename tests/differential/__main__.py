"""Random configurations, by rnncomp and by Keras on JAX, compared in float64 and float32.

    make parity            # 500, and those that ever failed
    make parity SEED=12    # one, and where it first differs

These call `python -m differential`, with and without --seed, with tests/ on the path.

Keras runs in the environment that benchmarks/setup_peers.py makes. Its answers are kept under
build/parity, so that a second run takes a minute.
"""

import argparse
import json
import os
import sys
import time

from differential import our_side, peer
from differential.build import first_layers
from differential.compare import differences
from differential.draw import configuration, configurations
from differential.kept import kept_configurations

DTYPES = ("float64", "float32")


def compared(config, theirs):
    """Return what is wrong with a configuration, a line each; nothing if all agrees."""
    if isinstance(theirs, peer.PeerError):
        return [f"Keras: {str(theirs).strip().splitlines()[-1]}"]
    lines = []
    for dtype in DTYPES:
        try:
            ours = our_side.results(config, dtype)
            names = our_side.weight_names(config)
        except Exception as error:
            lines.append(f"{dtype}: {type(error).__name__}: {error}")
            continue
        lines += [f"{dtype}: {d}" for d in differences(config, ours, theirs, dtype, names)]
    return lines


def run(configs, jobs):
    """Compare all, print those that differ, and return how many do."""
    failed, start = 0, time.monotonic()
    for done, (config, theirs) in enumerate(peer.answers(configs, jobs), 1):
        lines = compared(config, theirs)
        failed += bool(lines)
        for line in lines:
            print(f"seed {config['seed']}: {line}", flush=True)
        if done % 50 == 0 or done == len(configs):
            seconds = time.monotonic() - start
            print(f"{done} of {len(configs)}, {failed} differ, {seconds:.0f} s", flush=True)
    return failed


def show_one(seed):
    """Print a configuration, how its sides compare layer by layer and after, and return 0 or 1."""
    config = configuration(seed)
    print(json.dumps(config, indent=1))
    counts = range(1, len(config["layers"]) + 1)
    parts = [first_layers(config, count) for count in counts]
    answers = {json.dumps(part): found for part, found in peer.answers(parts, jobs=1)}
    for count, part in zip(counts, parts, strict=True):
        lines = compared(part, answers[json.dumps(part)])
        if lines or count == len(parts):
            print(f"first {count} of {len(parts)} layers:", *(lines or ["all agree"]), sep="\n  ")
            return bool(lines)
    return 0


def main():
    parser = argparse.ArgumentParser(
        prog="python -m differential",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=500, help="how many configurations")
    parser.add_argument("--start", type=int, default=0, help="the first of their seeds")
    parser.add_argument("--seed", type=int, help="this one alone, and where it first differs")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    given = parser.parse_args()
    if given.seed is not None:
        return show_one(given.seed)
    configs = [*kept_configurations(), *configurations(given.count, given.start)]
    return 1 if run(configs, given.jobs) else 0


if __name__ == "__main__":
    sys.exit(main())
