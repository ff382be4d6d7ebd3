"""Task: what every network and baseline of a comparison gets, the same for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp.comparison.settings import Settings
from rnncomp.comparison.splitting import folds_of
from rnncomp.errors import DataError, SplitError
from rnncomp.forecasting import NetworkConfig, Prepared, Recipe, SeasonalNaive, prepare, recipe_of
from rnncomp.forecasting.knowing import known_at
from rnncomp.forecasting.preparing import Starts, actual_at
from rnncomp.metrics import mean_absolute_error, seasonal_scale
from rnncomp.series import Series, find_season, find_seasons
from rnncomp.windows import Parts

Array = NDArray[np.float64]

LARGEST = 1e100  # of which the sum of squares over any series is still finite


@dataclass(frozen=True, eq=False)
class Curve:
    """One target of one series: what a score is made of; most comparisons have one.

    Attributes:
        series: The series, with this target first.
        place: Number of the series.
        target: Number of the target in it.
        season: Rows in a season for the seasonal naive forecast; 1 if none is known.
        mase_scale: In-sample error on train of the seasonal naive forecast, with the user's season
            or else 1: so the scores of two comparisons of one series agree.
    """

    series: Series
    place: int
    target: int
    season: int
    mase_scale: float

    @property
    def name(self) -> str:
        """The series and the target."""
        return f"{self.series.name}: {self.series.targets[0]}"


@dataclass(frozen=True, eq=False)
class Task:
    """Series made ready for a comparison.

    Attributes:
        series: One, or several that the networks learn together.
        settings: All choices.
        folds: The parts of each series in each fold; the earliest fold first.
        curves: What is scored.
        configs: Every network by name.
        prepared: The series as windows, by recipe, fold and series.
        notes: What a reader should know, in sentences.
    """

    series: tuple[Series, ...]
    settings: Settings
    folds: tuple[tuple[Parts, ...], ...]
    curves: tuple[Curve, ...]
    configs: dict[str, NetworkConfig]
    prepared: dict[Recipe, tuple[tuple[Prepared, ...], ...]]
    notes: tuple[str, ...]

    def of(self, name: str) -> tuple[tuple[Prepared, ...], ...]:
        """Return what a network gets, by fold and series."""
        return self.prepared[self.recipe(name)]

    def recipe(self, name: str) -> Recipe:
        """Return how the series become windows for a network."""
        return recipe_for(self.configs[name], self.settings)

    @property
    def windows(self) -> tuple[tuple[Prepared, ...], ...]:
        """What any network gets: the windows to be forecast are the same for all."""
        return next(iter(self.prepared.values()))

    def cutoffs(self, part: str, fold: int, curve: Curve) -> Starts:
        """Return the last observed row of each of the N windows of a part."""
        return self.windows[fold][curve.place].cutoffs(part)

    def actual(self, part: str, fold: int, curve: Curve) -> Array:
        """Return the true values of a part in the user's unit, shape (N, H)."""
        return actual_at(curve.series, self.cutoffs(part, fold, curve), self.settings.horizon)

    def tested(self, curve: Curve) -> Starts:
        """Return the cutoffs of all folds' test windows, increasing."""
        return joined([self.cutoffs("test", k, curve) for k in range(len(self.folds))])

    @property
    def aligned(self) -> bool:
        """Whether all series are tested at the same moments."""
        first, *others = [curve for curve in self.curves if curve.target == 0]
        if not others:
            return True
        stamps = self._tested_times(first)
        return len(stamps) > 0 and all(
            np.array_equal(stamps, self._tested_times(other)) for other in others
        )

    def _tested_times(self, curve: Curve) -> NDArray[np.datetime64]:
        """Return the stamps of the cutoffs, none where there are no stamps."""
        times = curve.series.time
        return np.array([], "M8[us]") if times is None else times[np.asarray(self.tested(curve))]

    @property
    def metric(self) -> str:
        """The error that ranks: in the user's unit, or without one where units differ."""
        return "mae" if len(self.curves) == 1 else "mase"


def joined(parts: Sequence[Starts]) -> Starts:
    """Return starts one after the other; a range where they are one.

    Example:
        >>> joined([range(3, 5), range(5, 9)])
        range(3, 9)
    """
    first, *others = parts
    for other in others:
        if (
            isinstance(first, range)
            and isinstance(other, range)
            and other.start == first.stop
            and other.step == first.step
        ):
            first = range(first.start, other.stop, first.step)
        else:
            first = np.concatenate([np.asarray(first), np.asarray(other)])
    return first


def make_task(
    series: Series | Sequence[Series],
    settings: Settings,
    folds: tuple[tuple[Parts, ...], ...] | None = None,
) -> Task:
    """Split, scale and cut one or several series.

    Args:
        series: One or several.
        settings: All choices.
        folds: The parts of each series in each fold; None for those of the settings.

    Raises:
        SplitError: A part has no window.
        DataError: The training part is constant.
        InvalidArgumentError: The season is longer than the history before the first forecast.
    """
    given = (series,) if isinstance(series, Series) else tuple(series)
    first = given[0]
    configs = settings.configs(len(first.columns), len(first.targets), len(first.known))
    recipes = {recipe_for(config, settings): None for config in configs.values()}
    if folds is None:
        folds = folds_of(given, settings)
    for each in given:
        _check_size(each)
    prepared = {
        recipe: tuple(
            tuple(prepare(each, of, recipe) for each, of in zip(given, parts, strict=True))
            for parts in folds
        )
        for recipe in recipes
    }
    _check_same_cutoffs(prepared)
    windows = next(iter(prepared.values()))[0]
    curves, notes = [], [note for each in given for note in each.notes]
    for place, ready in enumerate(windows):
        _check_validated(ready)
        for target in range(len(first.targets)):
            curve, said = _curve(ready, place, target, settings)
            curves.append(curve)
            notes.extend(said)
    return Task(given, settings, folds, tuple(curves), configs, prepared, _once(notes))


def recipe_for(config: NetworkConfig, settings: Settings) -> Recipe:
    """Return how series become windows for a network of a comparison."""
    return recipe_of(
        config,
        stride=settings.stride,
        within_parts=settings.within_parts,
        scale=settings.scale,
        scale_on=settings.scale_on,
        transform=settings.transform,
        reach=settings.reach,
    )


def _check_same_cutoffs(prepared: Mapping[Recipe, Sequence[Sequence[Prepared]]]) -> None:
    """Assert that networks of different windows forecast after the same rows."""
    first, *others = prepared.values()
    for other in others:
        for one, two in zip(chain(*first), chain(*other), strict=True):
            for part in ("validation", "test"):
                assert np.array_equal(one.cutoffs(part), two.cutoffs(part)), part


def _check_size(series: Series) -> None:
    values = series.values
    largest = float(max(values.max(), -values.min()))
    if largest > LARGEST:
        raise DataError(
            f"{series.name}: values must be at most {LARGEST:g} in size, because their squares are "
            f"scored, got {largest:g}; divide them by a constant"
        )


def _check_validated(ready: Prepared) -> None:
    if not len(ready.ahead["validation"]):
        raise SplitError(
            "the validation part must hold a window, because every choice is made there, got no "
            "rows; pass a longer series, a smaller window, or train_until and validation_until"
        )


def _curve(
    ready: Prepared, place: int, target: int, settings: Settings
) -> tuple[Curve, tuple[str, ...]]:
    series = ready.series.target(ready.series.targets[target])
    train = known_at(series, *ready.parts.train).target_values
    if np.ptp(train) == 0.0:
        raise DataError(
            f"column {series.targets[0]!r} must vary in the training part (rows 0 to "
            f"{len(train) - 1}), got {train[0]:g} throughout; choose another split or column"
        )
    season, notes = _season(series, settings, ready)
    scale = seasonal_scale(train, settings.season or 1)
    if scale == 0.0:
        raise DataError(
            f"column {series.targets[0]!r} of {series.name} must not repeat exactly every "
            f"{settings.season or 1} rows, by which MASE is scaled; choose another --season"
        )
    return Curve(series, place, target, season, scale), notes


def _season(series: Series, settings: Settings, ready: Prepared) -> tuple[int, tuple[str, ...]]:
    """Return the season for the seasonal naive forecast, and what to say about it.

    Unless the user knows it, seasons are looked for in the training part, and the one that
    forecasts the validation part best is kept: no value of the test part has a say.
    """
    cutoffs, end = ready.cutoffs("validation"), ready.parts.train[1]
    longest = min(int(cutoffs[0]) + 1, end - 1)
    if settings.season is not None:
        if settings.season > longest:
            raise fail("season", f"at most {longest}, the history to look back on", settings.season)
        return settings.season, ()
    train = known_at(series, 0, end).target_values
    found = {find_season(train), *(season.steps for season in find_seasons(train))}
    candidates = sorted(steps for steps in found if steps is not None and steps <= longest)
    if not candidates:
        return 1, ("No season was found: the seasonal naive forecast is the persistence here.",)
    errors = [_seasonal_error(series, steps, cutoffs, settings.horizon) for steps in candidates]
    season = candidates[int(np.argmin(errors))]
    note = f"A season of {season} steps was found in the training part"
    if len(candidates) > 1:
        rest = " or ".join(str(steps) for steps in candidates if steps != season)
        note += f"; it forecasts the validation part better than {rest}"
    return season, (f"{note}.",)


def _seasonal_error(series: Series, season: int, cutoffs: Starts, horizon: int) -> float:
    """Return the MAE of the seasonal naive forecast at `cutoffs`."""
    made = SeasonalNaive(season).forecast_at(series.values, cutoffs, horizon)
    return mean_absolute_error(actual_at(series, cutoffs, horizon), made)


def _once(notes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notes))
