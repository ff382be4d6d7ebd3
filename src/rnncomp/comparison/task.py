"""Task: a series made ready for a comparison: scaled, cut into windows, sorted into parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp.comparison.settings import Settings
from rnncomp.errors import DataError, SplitError
from rnncomp.forecasting import (
    Baseline,
    Drift,
    Mean,
    Persistence,
    Ridge,
    SeasonalNaive,
    TrainingData,
)
from rnncomp.forecasting.cutting import Cut, cut
from rnncomp.forecasting.forecast import check_one_target
from rnncomp.metrics import mean_absolute_error, seasonal_scale
from rnncomp.samples import FloatArray, Samples
from rnncomp.series import FittedScaler, Series, find_season, find_seasons, make_scaler
from rnncomp.windows import Parts

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

LARGEST = 1e100  # of which the sum of squares over any series is still finite


@dataclass(frozen=True, eq=False)
class Task:
    """What every network and baseline of a comparison gets, the same for all.

    Attributes:
        series: The data.
        settings: All choices.
        parts: Rows of train, validation and test.
        scaler: Fitted on the training rows (or on all, when the settings say so).
        samples: All windows, scaled, in the dtype of the networks.
        members: Numbers of the samples of each part.
        season: Rows in a season for the seasonal naive forecast; 1 if none is known.
        mase_scale: In-sample error on train of the seasonal naive forecast, with the user's season
            or else 1: so the scores of two comparisons of one series agree.
        notes: What a reader should know, in sentences.
    """

    series: Series
    settings: Settings
    parts: Parts
    scaler: FittedScaler
    samples: Samples
    members: dict[str, range]
    season: int
    mase_scale: float
    notes: tuple[str, ...]

    @property
    def data(self) -> TrainingData:
        """The scaled windows of each part."""
        validation = self.data_of("validation")
        ahead = {"validation": validation, "test": self.data_of("test")}
        return TrainingData(self.data_of("train"), validation, ahead)

    def data_of(self, part: str) -> Samples:
        """Return the scaled windows of one part."""
        return self.samples.take(self.members[part])

    def cutoffs(self, part: str) -> range:
        """Return the last observed row of each of the N windows of a part."""
        return _cutoffs(self.samples, self.members[part])

    def target_rows(self, part: str) -> Rows:
        """Return the rows that the windows of a part forecast, shape (N, H)."""
        return rows_after(self.cutoffs(part), self.settings.horizon)

    def actual(self, part: str) -> Array:
        """Return the true values of a part in the user's unit, shape (N, H)."""
        return actual_at(self.series, self.cutoffs(part), self.settings.horizon)

    def inverse(self, predictions: NDArray[np.floating]) -> Array:
        """Return scaled predictions in the user's unit."""
        return self.scaler.inverse(predictions, column=0)


def make_task(series: Series, settings: Settings) -> Task:
    """Scale, cut and split a series.

    Raises:
        SplitError: A part has no window.
        DataError: The training part is constant.
        InvalidArgumentError: The season is longer than the history before the first forecast.
        UnsupportedError: There are several columns to forecast.
    """
    check_one_target(series)
    parts = settings.split.parts(series, settings.window)
    # Cut once on the plain values: a series too short is refused before anything is scaled.
    members = _cut(series.values, parts, settings).members
    if not len(members["validation"]):
        raise SplitError(
            "the validation part must hold a window, because every choice is made there, got no "
            "rows; pass a longer series, a smaller window, or train_until and validation_until"
        )
    train = series.values[: parts.train[1]]
    largest = float(max(series.values.max(), -series.values.min()))
    if largest > LARGEST:
        raise DataError(
            f"{series.name}: values must be at most {LARGEST:g} in size, because their squares are "
            f"scored, got {largest:g}; divide them by a constant"
        )
    if np.ptp(train[:, 0]) == 0.0:
        raise DataError(
            f"column {series.targets[0]!r} must vary in the training part (rows 0 to "
            f"{len(train) - 1}), got {train[0, 0]:g} throughout; choose another split or column"
        )
    fitted_on = series.values if settings.scale_on == "all" else train
    scaler = make_scaler(settings.scale).fit(fitted_on)
    scaled = scaler.transform(series.values, dtype=settings.dtype)
    samples = _cut(scaled, parts, settings).samples
    season, notes = _season(series, settings, parts, _cutoffs(samples, members["validation"]))
    return Task(
        series=series,
        settings=settings,
        parts=parts,
        scaler=scaler,
        samples=samples,
        members=members,
        season=season,
        mase_scale=seasonal_scale(train[:, 0], settings.season or 1),
        notes=(*series.notes, *notes),
    )


def rows_after(cutoffs: range, horizon: int) -> Rows:
    """Return the rows that follow each cutoff, shape (N, H)."""
    last = np.arange(cutoffs.start, cutoffs.stop, cutoffs.step, dtype=np.int64)
    rows: Rows = np.add.outer(last, np.arange(1, horizon + 1))
    return rows


def actual_at(series: Series, cutoffs: range, horizon: int) -> Array:
    """Return the values after each cutoff, shape (N, H); where it can, without a copy."""
    ahead = np.lib.stride_tricks.sliding_window_view(series.target_values, horizon)
    return np.ascontiguousarray(ahead[cutoffs.start + 1 : cutoffs.stop + 1 : cutoffs.step])


def _cutoffs(samples: Samples, members: range) -> range:
    starts = samples.starts[members.start : members.stop]
    assert isinstance(starts, range)
    last = samples.window - 1
    return range(starts.start + last, starts.stop + last, starts.step)


def baselines(task: Task) -> list[Baseline]:
    """Return the five baselines, ridge fitted on train with its penalty chosen on validation."""
    plain = _cut(task.series.values, task.parts, task.settings)
    ridge = Ridge(task.settings.window, task.settings.horizon)
    ridge.fit_samples(plain.part("train"), plain.part("validation"))
    return [Persistence(), SeasonalNaive(task.season), Drift(), Mean(), ridge]


def _cut(values: FloatArray, parts: Parts, settings: Settings) -> Cut:
    """Return the windows that the settings ask for."""
    return cut(
        values,
        parts,
        window=settings.window,
        horizon=settings.horizon,
        stride=settings.stride,
        within_parts=settings.within_parts,
    )


def _season(
    series: Series, settings: Settings, parts: Parts, cutoffs: range
) -> tuple[int, tuple[str, ...]]:
    """Return the season for the seasonal naive forecast, and what to say about it.

    Unless the user knows it, seasons are looked for in the training part, and the one that
    forecasts the validation part best is kept: no value of the test part has a say.
    """
    longest = min(cutoffs[0] + 1, parts.train[1] - 1)
    if settings.season is not None:
        if settings.season > longest:
            raise fail("season", f"at most {longest}, the history to look back on", settings.season)
        return settings.season, ()
    train = series.target_values[: parts.train[1]]
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


def _seasonal_error(series: Series, season: int, cutoffs: range, horizon: int) -> float:
    """Return the MAE of the seasonal naive forecast at `cutoffs`."""
    made = SeasonalNaive(season).forecast_at(series.values, cutoffs, horizon)
    return mean_absolute_error(actual_at(series, cutoffs, horizon), made)
