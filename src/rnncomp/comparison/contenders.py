"""Contenders: networks and baselines, asked in the same way for what they forecast."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial

import numpy as np

from rnncomp.comparison.settings import Settings
from rnncomp.comparison.task import Array, Curve, Task
from rnncomp.errors import BaselineError
from rnncomp.forecasting import Baseline, Prepared, Recipe, Ridge, TrainingResult, prepare
from rnncomp.forecasting.baselines import make_baselines
from rnncomp.forecasting.knowing import known_at
from rnncomp.samples import FloatArray
from rnncomp.series import FittedTransform

Maker = Callable[[str, int, Curve], Array]
"""Makes the forecasts of (part, fold, curve), shape (N, H), in the user's unit."""

QUICK = 0.2  # seconds in which a forecast is made again rather than kept


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


def mean_over_seeds(makers: Sequence[Maker], folds: int, curve: Curve) -> Array:
    """Return the mean of the forecasts of all test windows of a curve, shape (N, H)."""
    total = np.array(over_folds(makers[0], folds, curve))
    for make in makers[1:]:
        total += over_folds(make, folds, curve)
    return total / len(makers)


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
        strategy=_network_strategy(name, task),
        seeds=tuple(of[0].job.seed for of in by_seed),
        chosen=tuple(of[0].job.seed for of in chosen),
        tested=tuple(of[0].job.seed for of in tested),
        makers=tuple(network_maker(of, prepared) for of in chosen),
        n_params=last[0].n_params,
        fit_seconds=float(np.mean([sum(r.fit_seconds for r in of) for of in by_seed])),
        predict_microseconds=float(np.mean([r.predict_microseconds for r in last])),
    )


def _network_strategy(name: str, task: Task) -> str | None:
    if task.settings.horizon == 1:
        return None
    return "recursive" if task.configs[name].recursive else "direct"


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


def planned_baselines(task: Task) -> dict[str, list[Baseline]]:
    """Return the baselines to ask, by name one for each curve; they have learned nothing yet.

    Raises:
        MissingExtraError: One asked for by name needs a package that is not installed.
    """
    planned: dict[str, list[Baseline]] = {}
    settings = task.settings
    for curve in task.curves:
        made, _ = make_baselines(
            settings.baselines,
            season=curve.season,
            window=settings.reach,
            horizon=settings.horizon,
            budget_seconds=settings.baseline_seconds,
        )
        for model in made:
            planned.setdefault(model.name, []).append(model)
    if "ridge" in planned and "recursive" in settings.strategies:
        name = "ridge" if settings.strategies == ("recursive",) else "ridge_recursive"
        planned[name] = [Ridge(settings.reach, 1, known=len(c.series.known)) for c in task.curves]
    return planned


def left_out(settings: Settings) -> list[str]:
    """Return what to say about baselines that are not there."""
    return make_baselines(settings.baselines, window=settings.reach, horizon=settings.horizon)[1]


def baseline_contender(name: str, models: Sequence[Baseline], task: Task) -> Contender:
    """Return a baseline, learned in every fold from the rows before its test part.

    Args:
        name: Of the baseline.
        models: One for each curve.
        task: What is forecast.
    """
    found: dict[tuple[int, int, int], _Asked] = {}
    note = ""
    try:
        for fold in range(len(task.folds)):
            for curve, model in zip(task.curves, models, strict=True):
                found[fold, curve.place, curve.target] = _asked(model, task, fold, curve)
    except BaselineError as error:
        found, note = {}, str(error)

    def make(part: str, fold: int, curve: Curve) -> Array:
        return found[fold, curve.place, curve.target].makers[part]()

    windows = sum(each.windows for each in found.values())
    seconds = sum(each.test_seconds for each in found.values())
    return Contender(
        name=name,
        kind="baseline",
        strategy=_strategy(models[0], task),
        seeds=(),
        chosen=(),
        tested=(),
        makers=() if note else (make,),
        n_params=sum(each.n_params for key, each in found.items() if key[0] == 0),
        fit_seconds=sum(each.fit_seconds for each in found.values()),
        predict_microseconds=1e6 * seconds / max(1, windows),
        note=note,
    )


@dataclass(frozen=True, eq=False)
class _Asked:
    """What a baseline forecasts of one curve in one fold, made by part, and what that took."""

    makers: dict[str, Callable[[], Array]]
    n_params: int
    windows: int
    fit_seconds: float
    test_seconds: float


def _asked(model: Baseline, task: Task, fold: int, curve: Curve) -> _Asked:
    """Let a baseline learn and forecast.

    What it forecasts of the validation part comes from train alone, as a network's does: intervals
    are calibrated there.
    """
    makers: dict[str, Callable[[], Array]] = {}
    ready, fit_seconds, seconds = None, 0.0, 0.0
    for part, until in (("validation", "train"), ("test", "validation")):
        if ready is None or not isinstance(ready[0], Ridge):  # ridge learns from train anyway
            started = time.perf_counter()
            ready = learned(copy(model), task, fold, curve, until=until)
            fit_seconds += time.perf_counter() - started
        cutoffs = task.cutoffs(part, fold, curve)
        ask = partial(ready[0].forecast_at, ready[1], cutoffs, task.settings.horizon)
        started = time.perf_counter()
        made = ask()
        seconds = time.perf_counter() - started
        # What is quickly made is made again, and fills no memory meanwhile.
        makers[part] = ask if seconds < QUICK else partial(np.array, made)
    assert ready is not None
    return _Asked(makers, _size(ready[0]), len(cutoffs), fit_seconds, seconds)


def _strategy(model: Baseline, task: Task) -> str | None:
    if task.settings.horizon == 1 or not isinstance(model, Ridge):
        return None
    return "direct" if model.horizon > 1 else "recursive"


def _size(model: Baseline) -> int:
    """Return how many numbers a baseline has learned."""
    if not isinstance(model, Ridge) or model.weights is None:
        return 0
    return int(model.weights.size) + model.horizon


def learned(
    model: Baseline, task: Task, fold: int, curve: Curve, *, until: str = "validation"
) -> tuple[Baseline, Array]:
    """Return a baseline that has learned in a fold, and the rows that it forecasts from.

    Args:
        model: It is changed.
        task: What is forecast.
        fold: Number of the fold.
        curve: What it learns.
        until: The last part that it may learn from; ridge, as a network, learns from train, and
            chooses its penalty on validation.
    """
    parts = task.folds[fold][curve.place]
    if not isinstance(model, Ridge):
        end = parts.to_dict()[until][1]
        return model.learn(known_at(curve.series, 0, end).values, end), curve.series.values
    settings = task.settings
    if settings.horizon > model.horizon and len(curve.series.columns) > 1 + model.known:
        reason = "it forecasts one column alone, and the future of others is not known"
        raise BaselineError("ridge", f"cannot be recursive: {reason}")
    plain = Recipe(
        window=settings.reach,
        horizon=model.horizon,
        ahead=settings.horizon,
        stride=settings.stride,
        within_parts=settings.within_parts,
        scale="none",
        dtype="float64",
    )
    ready = prepare(curve.series, parts, plain)
    samples = [ready.samples(ready.learned[part]) for part in ("train", "validation")]
    return model.fit_samples(*samples), ready.base.astype(np.float64, copy=False)
