"""Random series, strategies and options: no forecast may know a value after its cutoff.

    python tests/leak_fuzz.py                   # 1,000 trials
    python tests/leak_fuzz.py --first 417 --trials 1

A trial makes series, forecasts them, changes every value after a cutoff, and does the same again:
the forecasts made at or before the cutoff must be the same to the byte. Values of columns whose
future is known are changed from the row on that no network looks at, at the cutoff.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

import rnncomp
from rnncomp.errors import SplitError
from rnncomp.series import Panel, Series, load

FILLS = ("ffill", "interpolate", "mask")


@dataclass(frozen=True)
class Trial:
    """What is drawn.

    Attributes:
        number: Its seed.
        rows: Of each series.
        series: How many there are.
        columns: Of targets, further and known ones.
        fill: How holes are filled; None if there are none.
        network: Options that networks and comparisons share.
    """

    number: int
    rows: int
    series: int
    columns: tuple[int, int, int]
    fill: str | None
    network: dict[str, Any]

    @property
    def names(self) -> tuple[list[str], list[str], list[str]]:
        """Targets, further columns and known columns."""
        targets, past, known = self.columns
        return (
            [f"target{k}" for k in range(targets)],
            [f"past{k}" for k in range(past)],
            [f"known{k}" for k in range(known)],
        )


def draw(number: int) -> Trial:
    """Return a trial: equal numbers give equal ones."""
    rng = np.random.default_rng(number)
    network = {
        "window": int(rng.integers(2, 7)),
        "horizon": int(rng.integers(1, 5)),
        "units": 2,
        "epochs": 1,
        "transform": str(rng.choice(["none", "log", "diff", "log-diff"])),
        "scale": str(rng.choice(["minmax", "standard", "none"])),
        "dtype": str(rng.choice(["float32", "float64"])),
        "learning_rate": 0.05,
    }
    columns = (int(rng.integers(1, 3)), int(rng.integers(0, 2)), int(rng.integers(0, 2)))
    fill = str(rng.choice(FILLS)) if rng.random() < 0.5 else None
    rows = int(rng.integers(90, 130))
    return Trial(number, rows, int(rng.choice([1, 1, 2])), columns, fill, network)


def tables(trial: Trial) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the values of each series, shape (rows, F), and which of them are there."""
    rng = np.random.default_rng([trial.number, 1])
    made = []
    shape = (trial.rows, sum(trial.columns))
    there = rng.random(shape) > (0.06 if trial.fill else 0.0)
    if trial.fill:  # one long hole, over a cutoff sooner or later
        first = int(rng.integers(10, trial.rows - 10))
        there[first : first + int(rng.integers(1, 5)), int(rng.integers(shape[1]))] = False
    there[[0, -1]] = True
    for place in range(trial.series):
        season = np.sin(2 * np.pi * np.arange(trial.rows) / int(rng.integers(3, 9)))
        walk = rng.normal(size=shape).cumsum(axis=0) / 5
        made.append((np.exp(walk + season[:, None] + place), there))
    return made


def changed_after(
    trial: Trial, table: np.ndarray, there: np.ndarray, cutoff: int, reach: int
) -> np.ndarray:
    """Return other values after a cutoff; of known columns, after the last row it reaches.

    Where that row is filled from the next one that is there, after this one.
    """
    rng = np.random.default_rng([trial.number, 2])
    known = trial.columns[2]
    other = table.copy()
    noise = np.exp(3 * rng.normal(size=table.shape))
    past = table.shape[1] - known
    other[cutoff + 1 :, :past] = noise[cutoff + 1 :, :past]
    for column in range(past, table.shape[1]):
        reached = np.flatnonzero(there[:, column])
        after = reached[np.searchsorted(reached, cutoff + reach) :]
        if len(after):
            first = int(after[0]) + 1
            other[first:, column] = noise[first:, column]
    return other


def loaded(trial: Trial, parts: list[tuple[np.ndarray, np.ndarray]]) -> list[Series]:
    """Return the series as `rnncomp.load` reads them: holes are filled there."""
    targets, past, known = trial.names
    made = []
    for place, (values, there) in enumerate(parts):
        cells = np.where(there, values, np.nan)
        frame = pl.DataFrame(dict(zip([*targets, *past, *known], cells.T, strict=True)))
        series = load(
            frame.fill_nan(None), target=targets, features=past, known=known,
            missing=trial.fill or "error",
        )  # fmt: skip
        made.append(replace(series, name=f"series{place}"))
    return made


def compared(trial: Trial, series: list[Series], options: dict[str, Any]) -> dict[Any, bytes]:
    """Return every forecast of a comparison, by who made it, series, cutoff and step."""
    names = tuple(each.name for each in series)
    source = series[0] if len(series) == 1 else Panel(tuple(series), names)
    run = rnncomp.compare(source, cells=["gru"], seeds=2, jobs=1, **trial.network, **options)
    columns = run.predictions
    curves = columns["series"] if "series" in columns else np.full(len(columns["row"]), "")
    keys = list(zip(curves, columns["row"] - columns["step"], columns["step"], strict=True))
    found = {}
    for name in columns:
        if name not in ("series", "row", "time", "step", "actual"):
            values = columns[name]
            found |= {(name, *key): values[k].tobytes() for k, key in enumerate(keys)}
    return found


def check_comparison(trial: Trial) -> int:
    """Compare, change what follows a cutoff of the test part, compare again; count forecasts."""
    rng = np.random.default_rng([trial.number, 3])
    options: dict[str, Any] = {
        "strategy": str(rng.choice(["direct", "recursive", "both"])),
        "folds": int(rng.integers(1, 4)),
        "stride": int(rng.integers(1, 3)),
        "test_fraction": 0.4,
        "season": int(rng.choice([1, 4])),
    }
    if rng.random() < 0.3:
        options |= {"patience": 1, "plateau": 1}
    if trial.columns[1] or trial.fill == "mask":  # nobody knows the future of these
        options["strategy"] = "direct"
    parts = tables(trial)
    before = compared(trial, loaded(trial, parts), options)
    cutoffs = sorted({key[2] for key in before})
    cutoff = int(rng.choice(cutoffs))
    reach = trial.network["horizon"]
    others = [(changed_after(trial, table, there, cutoff, reach), there) for table, there in parts]
    after = compared(trial, loaded(trial, others), options)
    kept = [key for key in before if key[2] <= cutoff]
    wrong = [key for key in kept if after[key] != before[key]]
    assert not wrong, f"trial {trial.number}, {options}, cutoff {cutoff}: {wrong[:3]}"
    later = [key for key in before if key[2] > cutoff + reach]
    assert not later or any(after[key] != before[key] for key in later), "nothing was changed"
    return len(kept)


def check_forecaster(trial: Trial) -> int:
    """Backtest, change what follows the cutoff of a fold, backtest again; count forecasts."""
    rng = np.random.default_rng([trial.number, 4])
    steps = trial.network["horizon"]
    if not (trial.columns[1] or trial.fill == "mask"):
        steps += int(rng.integers(0, 4))  # recursive
    origin = rnncomp.RollingOrigin(folds=3, horizon=steps, step=int(rng.integers(1, 9)))
    refit = str(rng.choice(["every", "never", "warm"]))
    parts = tables(trial)
    before = backtested(trial, loaded(trial, parts), origin, refit)
    fold = int(rng.integers(3))
    cutoff = origin.parts(trial.rows)[fold].train[1] - 1
    reach = trial.network["horizon"] * -(-steps // trial.network["horizon"])  # whole horizons
    others = [(changed_after(trial, table, there, cutoff, reach), there) for table, there in parts]
    after = backtested(trial, loaded(trial, others), origin, refit)
    kept = [key for key in before if key[0] <= fold]
    wrong = [key for key in kept if after[key] != before[key]]
    assert not wrong, f"trial {trial.number}, {origin}, refit {refit}, fold {fold}: {wrong[:3]}"
    return len(kept)


def backtested(
    trial: Trial, series: list[Series], origin: rnncomp.RollingOrigin, refit: str
) -> dict[Any, bytes]:
    """Return the forecasts and the ends of their intervals, by fold and series."""
    forecaster = rnncomp.RecurrentForecaster("gru", seeds=2, **trial.network)
    result = rnncomp.backtest(forecaster, series, origin, refit=refit, levels=(30,), jobs=1)
    return {
        (fold.number, fold.series.name): b"".join(
            array.tobytes() for array in (fold.forecast.values, *fold.forecast.interval(30))
        )
        for fold in result.folds
    }


def run_trial(number: int) -> int:
    """Return how many forecasts were compared; 0 where the series is too short for its options.

    Raises:
        AssertionError: A forecast knew what followed its cutoff.
    """
    trial, count = draw(number), 0
    for check in (check_comparison, check_forecaster):
        try:
            count += check(trial)
        except SplitError:
            continue
    return count


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first trial")
    chosen = parser.parse_args(arguments)
    total = empty = 0
    for number in range(chosen.first, chosen.first + chosen.trials):
        count = run_trial(number)
        total, empty = total + count, empty + (count == 0)
    print(f"{chosen.trials} trials, {empty} without a forecast: {total} forecasts, no leak")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
