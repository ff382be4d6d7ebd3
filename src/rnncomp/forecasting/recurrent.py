"""RecurrentForecaster: networks with their scaling, in the user's unit and with time stamps."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rnncomp._check import check_seeds, integer, one_of, real
from rnncomp.errors import TrainingError
from rnncomp.forecasting.executors import run_jobs
from rnncomp.forecasting.forecast import Forecast
from rnncomp.forecasting.forecaster_file import read_forecaster, write_forecaster
from rnncomp.forecasting.history import Learned, appended, load_like
from rnncomp.forecasting.learned_networks import LearnedNetworks
from rnncomp.forecasting.network_config import NetworkConfig, build_network, check_options
from rnncomp.forecasting.planning import TrainingPlan, plan_trainings
from rnncomp.forecasting.predicting import forecast_with_intervals
from rnncomp.forecasting.preparing import Prepared
from rnncomp.forecasting.strategies import check_recursion, strategy_words
from rnncomp.forecasting.training_job import Progress, TrainingResult
from rnncomp.series import TRANSFORMS, make_scaler
from rnncomp.series.table import join_names
from rnncomp.training import Sequential


class RecurrentForecaster(LearnedNetworks):
    """SimpleRNN, LSTM or GRU networks that forecast a series; of several seeds the mean.

    Args:
        cell: ``simple_rnn``, ``lstm`` or ``gru``.
        window: Time steps the network sees, at least 1.
        horizon: Steps ahead it learns to forecast at once, at least 1.
        scale: ``minmax``, ``standard`` or ``none``; fitted on the training part.
        transform: ``none``, ``log``, ``diff`` or ``log-diff`` of what is forecast.
        seeds: Of first weights and the order of batches: how many, or which. Default 1.
        **options: The other attributes of `NetworkConfig`: ``units`` (50), ``layers`` (1),
            ``epochs`` (20), ``batch_size`` (32), ``learning_rate`` (0.001), ``patience``,
            ``plateau``, ``clipnorm``, ``dropout``, ``loss``, ``quantiles``, ``time_limit``,
            ``dtype``.

    Attributes:
        config: Of the networks.
        models: The trained networks, one for each seed that did not diverge; empty before `fit`.
        histories: Losses by epoch of each of them.
        diverged: Seeds left out, as their losses or weights did not stay finite.
        learned: What it remembers of each series, by name.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> from rnncomp.series import load
        >>> forecaster = RecurrentForecaster("gru", window=12, units=8, epochs=2)
        >>> len(forecaster.fit(load("airline")).predict(steps=6))
        6
    """

    kind = "network"

    def __init__(
        self,
        cell: str = "lstm",
        *,
        window: int = 50,
        horizon: int = 1,
        scale: str = "minmax",
        transform: str = "none",
        seeds: int | Iterable[int] = 1,
        **options: Any,
    ) -> None:
        check_options(options)
        self.config = NetworkConfig(cell=cell, window=window, horizon=horizon, **options)
        self.name = self.config.cell
        make_scaler(scale)
        self.scale = scale
        self.transform = one_of("transform", transform, TRANSFORMS)
        self.seeds = check_seeds(seeds)
        self.models: list[Sequential] = []
        self.histories: list[dict[str, list[float]]] = []
        self.diverged: tuple[int, ...] = ()
        self.learned: dict[str, Learned] = {}

    @classmethod
    def from_result(
        cls, result: TrainingResult, prepared: Sequence[Prepared]
    ) -> RecurrentForecaster:
        """Return the forecaster of a training that has been run.

        Args:
            result: The training.
            prepared: What it was trained on, by series.
        """
        recipe = prepared[0].recipe
        kinds: dict[str, Any] = {"scale": recipe.scale, "transform": recipe.transform}
        made = cls(result.job.config.cell, seeds=[result.job.seed], **kinds)
        made.config = replace(result.job.config, steps=None)
        made._take([result], prepared)
        return made

    def fit(
        self,
        series: Any,
        *,
        validation_fraction: float = 0.2,
        jobs: int | None = None,
        progress: Callable[[Progress], object] | None = None,
    ) -> RecurrentForecaster:
        """Train from fresh weights.

        Args:
            series: What to learn from: a Series or what `rnncomp.load` takes, or several Series
                with the same columns and frequency, which one network then learns together, each
                scaled for itself. Names that repeat are numbered: "array", "array 2". Targets are
                forecast, all columns are seen.
            validation_fraction: Share of the windows, the last ones, that only watch the training,
                above 0 and below 1. Neither the network nor the scaler learns from their targets;
                the widths of intervals do.
            jobs: Trainings at the same time; None for all cores. It never changes a result.
            progress: Called after every epoch of each training, from several threads.

        Returns:
            Itself, fitted.

        Raises:
            SplitError: The series is too short for a window to learn from and one to watch.
            TrainingError: With every seed the losses or weights did not stay finite.
        """
        plan = self.plan(series, validation_fraction=validation_fraction)
        return self.finish(plan, run_jobs(plan.todo, plan.data, jobs=jobs, report=progress))

    def plan(
        self, series: Any, *, validation_fraction: float = 0.2, fold: int = 0, name: str = ""
    ) -> TrainingPlan:
        """Return the trainings that `fit` would run, for those who run many plans side by side.

        Args:
            series: As in `fit`.
            validation_fraction: As in `fit`.
            fold: Number of the fold that they belong to.
            name: What the network is called; the cell unless given.
        """
        return plan_trainings(
            series,
            self.config,
            seeds=self.seeds,
            scale=self.scale,
            transform=self.transform,
            share=real("validation_fraction", validation_fraction, above=0.0, below=1.0),
            fold=fold,
            name=name,
        )

    def finish(self, plan: TrainingPlan, results: Sequence[TrainingResult]) -> RecurrentForecaster:
        """Take the results of a plan, in the order of its trainings. Returns itself, fitted.

        Those that diverged are left out, and named in `diverged`.

        Raises:
            TrainingError: All diverged.
        """
        config = plan.todo[0].config
        sound = [result for result in results if not result.diverged]
        diverged = tuple(result.job.seed for result in results if result.diverged)
        if not sound:
            raise TrainingError(
                f"training {self.name} must end with finite losses and weights, got none with "
                f"seeds {list(diverged)}; train with learning_rate={config.learning_rate / 10:g} "
                "or clipnorm=1"
            )
        self.config, self.diverged = config, diverged
        self._take(sound, plan.prepared)
        return self

    def predict(
        self,
        steps: int = 1,
        *,
        after: Any = None,
        known: Any = None,
        levels: float | Iterable[float] | None = (),
        of: str | None = None,
    ) -> Forecast:
        """Forecast the values after the end of a series.

        Args:
            steps: How many; beyond the horizon the network's own forecasts become its inputs
                (recursive), which is said in the result.
            after: The history, a Series or what `rnncomp.load` takes, at least `window` rows with
                the columns and the frequency of the training; beside `of` what `load_panel` takes,
                too. None for the series learned, with what `update` added.
            known: Values of the columns whose future is known, but for those of the calendar, for
                the steps ahead, rounded up to whole horizons: a frame, a Series or an array.
            levels: Percent of the truth that intervals shall cover, such as ``(80, 95)``; None for
                those of 80 and 95 that the rows unseen in training allow.
            of: Name of the series, if several were learned.

        Returns:
            The forecast, in the unit of the series, with time stamps if it has any.

        Raises:
            InvalidArgumentError: The forecaster is not fitted, or an argument does not fit.
            UnsupportedError: More steps than the horizon with further input columns, whose future
                values nobody knows.
            DataError: A target in the window is not above 0, and its logarithm was learned.

        Example:
            >>> from rnncomp.series import load
            >>> airline = load("airline")
            >>> forecaster = RecurrentForecaster("gru", window=12, units=8, epochs=2).fit(airline)
            >>> forecaster.predict(3, after=airline.slice(0, 100)).times[0].astype("M8[M]").item()
            datetime.date(1957, 5, 1)
        """
        steps = integer("steps", steps)
        models, about = self._fitted(), self._about(of)
        series = about.series if after is None else load_like(after, about, of=of)
        config = replace(self.config, steps=max(steps, self.config.horizon))
        check_recursion(config, self.columns)
        values, intervals = forecast_with_intervals(
            models, about, config, series, steps=steps, known=known, levels=levels
        )
        return Forecast(
            values=values,
            times=series.future_times(steps),
            name=self.name,
            strategy=strategy_words(config),
            series=series,
            intervals=intervals,
        )

    def update(self, new_values: Any, *, of: str | None = None) -> RecurrentForecaster:
        """Add what was observed since; nothing is trained again.

        Args:
            new_values: A Series or what `rnncomp.load` takes: its rows after the last known one,
                which must follow it at once; or an array of values, shape (rows,) or (rows, F),
                without the columns of the calendar, which the stamps give.
            of: Name of the series, if several were learned.

        Returns:
            Itself: the next forecast begins after the new rows, and they count among those that
            the widths of intervals are taken from.

        Raises:
            InvalidArgumentError: The columns are others, or nothing is new.
            TimeColumnError: The rows do not follow the last one.
            DataError: A target is not above 0, and its logarithm was learned.

        Example:
            >>> from rnncomp.series import load
            >>> airline = load("airline")
            >>> forecaster = RecurrentForecaster("gru", window=12, units=8, epochs=2)
            >>> _ = forecaster.fit(airline.slice(0, 132)).update(airline)
            >>> forecaster.predict().times[0].astype("M8[M]").item()
            datetime.date(1961, 1, 1)
        """
        self._fitted()
        about = self._about(of)
        more = appended(about, new_values, of=of)
        self.learned[about.series.name] = replace(about, series=more)
        return self

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write networks, scaling, settings and the end of the series to one file.

        Of the rows, those that nothing was learned from are written (at most 4,096), and the
        window before them: they are forecast from, and say how wide intervals must be.

        Args:
            path: Ends in ``.safetensors``.

        Raises:
            InvalidArgumentError: The forecaster is not fitted.
            OutputError: The file cannot be written; nothing is left behind.

        Example:
            >>> import tempfile
            >>> from rnncomp.series import load
            >>> forecaster = RecurrentForecaster("gru", window=12, units=4, epochs=1)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     forecaster.fit(load("airline")).save(f"{folder}/airline.safetensors")
        """
        write_forecaster(
            Path(path),
            models=self._fitted(),
            config=self.config,
            seeds=self._sound_seeds(),
            learned=self.learned,
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> RecurrentForecaster:
        """Return the forecaster that `save` wrote.

        Raises:
            ModelFileError: The file is missing, damaged, from a newer version, or no forecaster.

        Example:
            >>> import tempfile
            >>> from rnncomp.series import load
            >>> forecaster = RecurrentForecaster("gru", window=12, units=4, epochs=1)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     forecaster.fit(load("airline")).save(f"{folder}/airline.safetensors")
            ...     RecurrentForecaster.load(f"{folder}/airline.safetensors").columns
            ('passengers',)
        """
        found = read_forecaster(Path(path))
        first = next(iter(found.learned.values())).transform
        kinds: dict[str, Any] = {"scale": first.scaler.kind, "transform": first.kind}
        made = cls(found.config.cell, seeds=found.seeds, **kinds)
        made.config, made.models, made.learned = found.config, found.models, dict(found.learned)
        return made

    def __repr__(self) -> str:
        """Return one line: the cell, what it sees and forecasts, and whether it is fitted."""
        fitted = f"fitted on {join_names(self.learned, most=3)}" if self.models else "not fitted"
        return (
            f"RecurrentForecaster({self.name!r}, window={self.config.window}, "
            f"horizon={self.config.horizon}, units={self.config.units}, "
            f"seeds={list(self.seeds)}, {fitted})"
        )

    def _take(self, results: Sequence[TrainingResult], prepared: Sequence[Prepared]) -> None:
        self.models = [
            build_network(self.config, seed=result.job.seed, weights=result.weights)
            for result in results
        ]
        self.histories = [result.history for result in results]
        self.learned = {
            ready.series.name: Learned(
                ready.series, ready.transform, ready.parts.train[1], ready.series.fill
            )
            for ready in prepared
        }
