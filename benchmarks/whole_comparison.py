"""A whole comparison on two cores: how long it takes, and how good the time left was.

    python benchmarks/whole_comparison.py            # 150 trainings of 50 epochs, a few minutes

Three networks, 10 seeds and 5 folds on nyc_taxi (window 48, horizon 48, 32 units), with nothing
else running. It writes progress.csv (seconds since the start, share of the wall time, seconds left
as said) and summary.md to benchmarks/runs/<date>-whole-comparison/.
"""

import argparse
import csv
import time
from datetime import UTC, datetime
from pathlib import Path

import rnncomp

OPTIONS = {"window": 48, "horizon": 48, "units": 32, "epochs": 50, "seeds": 10, "folds": 5}
RUNS = Path(__file__).parent / "runs"


def measured(options):
    """Return the events (seconds, seconds left) and the seconds of the whole comparison."""
    events, started = [], time.perf_counter()

    def listen(event):
        if event.seconds_left is not None:
            events.append((time.perf_counter() - started, event.seconds_left))

    rnncomp.compare("nyc_taxi", season=48, progress=listen, **options)
    return sorted(events), time.perf_counter() - started


def after_a_tenth(events):
    """Return seconds, estimate and truth at the first event after a tenth of the training time."""
    end = events[-1][0]
    seconds, said = next(event for event in events if event[0] >= 0.1 * end)
    return seconds, said, end - seconds


def summary(options, events, whole):
    """Return the page of a run."""
    seconds, said, truth = after_a_tenth(events)
    info = rnncomp.backend_info()
    return f"""# A whole comparison

`python benchmarks/whole_comparison.py`: {options} on nyc_taxi, season 48, nothing else running;
{info.cores} cores, level {info.level}.

| | seconds |
|---|---:|
| the whole comparison, baselines and scores included | {whole:.0f} |
| its trainings | {events[-1][0]:.0f} |
| after {seconds:.0f} s of them: time left, as said | {said:.0f} |
| after {seconds:.0f} s of them: time left, as it was | {truth:.0f} |

The time left was {100 * (said / truth - 1):+.0f} % off. Every event is in `progress.csv`.
"""


def main():
    """Run, and write what came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=OPTIONS["epochs"])
    parser.add_argument("--out", type=Path, help="folder for the results")
    chosen = parser.parse_args()
    options = OPTIONS | {"epochs": chosen.epochs}
    events, whole = measured(options)
    folder = chosen.out or RUNS / f"{datetime.now(UTC):%Y-%m-%d}-whole-comparison"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "progress.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["seconds", "seconds_left_as_said", "seconds_left_as_it_was"])
        end = events[-1][0]
        writer.writerows(
            (f"{at:.2f}", f"{said:.2f}", f"{end - at:.2f}")
            for at, said in events[:: len(events) // 500 + 1]
        )
    (folder / "summary.md").write_text(summary(options, events, whole), encoding="utf-8")
    print((folder / "summary.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
