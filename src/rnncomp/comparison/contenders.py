"""Contenders: networks and baselines, asked in the same way for what they forecast."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from rnncomp.comparison.task import Array, Curve, Task
from rnncomp.forecasting import (
    Baseline,
    Drift,
    Mean,
    Persistence,
    Prepared,
    Recipe,
    Ridge,
    SeasonalNaive,
    TrainingResult,
    prepare,
)
from rnncomp.samples import FloatArray
from rnncomp.series import FittedTransform

Maker = Callable[[str, int, Curve], Array]
"""Makes the forecasts of (part, fold, curve), shape (N, H), in the user's unit."""

BASELINES = ("persistence", "seasonal_naive", "drift", "mean", "ridge")


@dataclass(frozen=True, eq=False)
class Contender:
    """What stands in a row of the leaderboard.

    Attributes:
        name: The network or baseline.
        kind: ``network`` or ``baseline``.
        strategy: How it reaches the horizon; None where there is only one way.
        seeds: Seeds trained; empty for a baseline.
        chosen: Those whose training did not diverge, as far as the validation part shows.
        tested: Those of them that forecast the test part with finite numbers.
        makers: The forecasts of each seed in `chosen`, made whenever they are asked for: of a long
            series a column for every seed would not fit in memory; one alone for a baseline.
        n_params: Numbers that were learned.
        fit_seconds: Wall time to learn, over all folds, mean over seeds.
        predict_microseconds: Wall time of one forecast.
        note: Why there are no forecasts; empty where there are.
    """

    name: str
    kind: str
    strategy: str | None
    seeds: tuple[int, ...]
    chosen: tuple[int, ...]
    tested: tuple[int, ...]
    makers: tuple[Maker, ...]
    n_params: int
    fit_seconds: float
    predict_microseconds: float
    note: str = ""

    def of_tested(self) -> list[Maker]:
        """Return the makers that have forecasts of the test part."""
        if self.kind == "baseline":
            return list(self.makers)
        by_seed = dict(zip(self.chosen, self.makers, strict=True))
        return [by_seed[seed] for seed in self.tested]


def over_folds(make: Maker, folds: int, curve: Curve) -> Array:
    """Return the forecasts of all test windows of a curve, shape (N, H), in time order."""
    made = [make("test", fold, curve) for fold in range(folds)]
    return made[0] if folds == 1 else np.concatenate(made)


def network_contender(
    name: str, results: Sequence[Sequence[TrainingResult]], task: Task
) -> Contender:
    """Return a network with what its trainings forecast.

    Args:
        name: Of the network.
        results: Its trainings, by fold and seed.
        task: What they were trained for.
    """
    by_seed = list(zip(*results, strict=True))
    chosen = [of for of in by_seed if not any(result.diverged for result in of)]
    tested = [of for of in chosen if all(result.tested for result in of)]
    prepared = task.of(name)
    last = results[-1]
    return Contender(
        name=name,
        kind="network",
        strategy="recursive" if task.configs[name].recursive else "direct",
        seeds=tuple(of[0].job.seed for of in by_seed),
        chosen=tuple(of[0].job.seed for of in chosen),
        tested=tuple(of[0].job.seed for of in tested),
        makers=tuple(network_maker(of, prepared) for of in chosen),
        n_params=last[0].n_params,
        fit_seconds=float(np.mean([sum(r.fit_seconds for r in of) for of in by_seed])),
        predict_microseconds=float(np.mean([r.predict_microseconds for r in last])),
    )


def network_maker(
    results: Sequence[TrainingResult], prepared: Sequence[Sequence[Prepared]]
) -> Maker:
    """Return what one seed forecasts: scaled numbers, and what turns them back.

    It keeps nothing else: the windows of the task are then free to go.
    """
    kept: dict[tuple[str, int, int], tuple[FittedTransform, FloatArray, Array]] = {}
    for fold, (result, pieces) in enumerate(zip(results, prepared, strict=True)):
        for part, made in result.predictions.items():
            first = 0
            for place, piece in enumerate(pieces):
                n = len(piece.ahead[part])
                last = piece.last(part) if piece.transform.lost else np.empty((n, 0))
                kept[part, fold, place] = (piece.transform, made[first : first + n], last)
                first += n

    def make(part: str, fold: int, curve: Curve) -> Array:
        transform, made, last = kept[part, fold, curve.place]
        values = transform.inverse(made, last)
        return values if transform.targets == 1 else values[:, curve.target :: transform.targets]

    return make


def baseline_contenders(task: Task) -> list[Contender]:
    """Return the baselines, each learned from the rows before the test part of every fold."""
    return [_baseline(name, task) for name in BASELINES]


def _baseline(name: str, task: Task) -> Contender:
    seconds: dict[str, float] = {"fit": 0.0, "test": 0.0}
    made: dict[tuple[int, int, int], Callable[[str], Array]] = {}
    n_params = windows = 0
    for fold in range(len(task.folds)):
        for curve in task.curves:
            started = time.perf_counter()
            model, values = learned(name, task, fold, curve)
            seconds["fit"] += time.perf_counter() - started
            weights = getattr(model, "weights", None)
            n_params = 0 if weights is None else int(weights.size) + task.settings.horizon
            made[fold, curve.place, curve.target] = partial(
                _forecast, model, values, task, fold, curve
            )
            windows += len(task.cutoffs("test", fold, curve))

    def make(part: str, fold: int, curve: Curve) -> Array:
        return made[fold, curve.place, curve.target](part)

    started = time.perf_counter()
    for fold in range(len(task.folds)):
        for curve in task.curves:
            make("test", fold, curve)
    test_seconds = time.perf_counter() - started
    return Contender(
        name=name,
        kind="baseline",
        strategy=None,
        seeds=(),
        chosen=(),
        tested=(),
        makers=(make,),
        n_params=n_params,
        fit_seconds=seconds["fit"],
        predict_microseconds=1e6 * test_seconds / windows,
    )


def learned(name: str, task: Task, fold: int, curve: Curve) -> tuple[Baseline, Array]:
    """Return a baseline that has learned in a fold, and the rows that it forecasts from."""
    values = curve.series.values
    if name == "ridge":
        settings = task.settings
        plain = Recipe(
            window=settings.window,
            horizon=settings.horizon,
            ahead=settings.horizon,
            stride=settings.stride,
            within_parts=settings.within_parts,
            scale="none",
            dtype="float64",
        )
        ready = prepare(curve.series, task.folds[fold][curve.place], plain)
        parts = [ready.samples(ready.learned[part]) for part in ("train", "validation")]
        ridge = Ridge(settings.window, settings.horizon).fit_samples(*parts)
        return ridge, ready.base.astype(np.float64, copy=False)
    simple: dict[str, Callable[[], Baseline]] = {
        "persistence": Persistence,
        "seasonal_naive": lambda: SeasonalNaive(curve.season),
        "drift": Drift,
        "mean": Mean,
    }
    return simple[name](), values


def _forecast(
    model: Baseline, values: Array, task: Task, fold: int, curve: Curve, part: str
) -> Array:
    return model.forecast_at(values, task.cutoffs(part, fold, curve), task.settings.horizon)
