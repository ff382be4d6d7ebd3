"""New York's taxi rides a day ahead: a network chosen on validation alone, beside all baselines.

    python examples/nyc_taxi_day_ahead.py            # the comparison, some ten minutes on two cores
    python examples/nyc_taxi_day_ahead.py --search   # how the options were found

The networks see 24 hours of rides and the calendar of the day to come, and forecast its 48 half
hours at once. The last 60 % of the series are the test part, in five folds: each is forecast by
networks trained on all that came before. The search looks at the first validation part alone, which
lies before all that is tested. What came out: benchmarks/runs/2026-11-21-leaderboards/README.md
"""

import argparse

import rnncomp

TASK = {"horizon": 48, "test_fraction": 0.6, "season": 336}  # a week of half hours
TRAINING = {"loss": "mae", "scale": "standard", "epochs": 25, "patience": 6, "plateau": 3}
SPACE = {
    "window": [24, 48, 96],
    "units": (16, 96),
    "layers": (1, 2),
    "dropout": (0.0, 0.3),
    "learning_rate": (0.001, 0.01),
}
CHOSEN = {"window": 48, "units": 87, "layers": 2, "dropout": 0.124, "learning_rate": 0.00184}


def rides():
    """Return the series with the calendar as columns whose future is known."""
    frame = rnncomp.load("nyc_taxi").to_frame()
    calendar = ("hour", "minute", "weekday", "weekend")
    return rnncomp.load(frame, target="value", calendar=calendar, name="nyc_taxi")


def search(trials):
    """Print what a search on the validation part finds."""
    found = rnncomp.tune(
        rides(), cell=["gru", "lstm"], trials=trials, seeds=1, space=SPACE, **TASK, **TRAINING
    )
    print(found, found.best, *found.sentences(), sep="\n")


def comparison(options):
    """Print leaderboard and verdict; keep the run, if asked."""
    settings = CHOSEN | TASK | TRAINING | {"folds": 5, "cells": ["lstm"], "baselines": "all"}
    settings |= {
        name: value for name, value in vars(options).items() if name in OVERRIDES and value
    }
    run = rnncomp.compare(rides(), **settings)
    for row in run.comparison.leaderboard:
        error = "-" if row["mae"] is None else f"{row['mae']:,.0f}"
        print(f"{row['name']:16} MAE {error:>6}  {row['note']}")
    print(*run.comparison.verdict, sep="\n")
    if options.out:
        print("Run folder:", run.save(options.out))


OVERRIDES = ("epochs", "seeds", "folds", "units", "baselines")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--search", action="store_true", help="search instead of comparing")
    parser.add_argument("--trials", type=int, default=12, help="of each cell in the search")
    parser.add_argument("--out", help="folder for the run")
    for name in OVERRIDES:
        kind = str if name == "baselines" else int
        parser.add_argument(f"--{name}", type=kind, help=f"other {name} than the example's")
    chosen = parser.parse_args()
    search(chosen.trials) if chosen.search else comparison(chosen)
