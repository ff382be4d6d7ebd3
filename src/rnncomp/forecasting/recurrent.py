"""RecurrentForecaster: a network with its scaling, in the user's unit and with time stamps."""

from __future__ import annotations

import os
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np

from rnncomp._check import check_seed, count, fail, integer, one_of, real
from rnncomp.errors import InvalidArgumentError, ModelFileError, UnsupportedError
from rnncomp.forecasting.cutting import cut, last_windows
from rnncomp.forecasting.forecast import Array, Forecast, as_series, check_history, check_one_target
from rnncomp.forecasting.network_config import CELLS, NetworkConfig, build_network, network_spec
from rnncomp.forecasting.training_data import TrainingData
from rnncomp.forecasting.training_job import TrainingJob, TrainingResult, run_training
from rnncomp.kernels import DenseSpec, RecurrentSpec
from rnncomp.samples import FloatArray, Samples
from rnncomp.series import FittedScaler, Series, make_scaler
from rnncomp.training import Sequential, load_with_extra, save_model

FORMAT = "rnncomp-forecaster/1"


class RecurrentForecaster:
    """A SimpleRNN, LSTM or GRU network that forecasts a series.

    Args:
        cell: ``simple_rnn``, ``lstm`` or ``gru``.
        window: Time steps the network sees, at least 1.
        horizon: Steps ahead it learns to forecast at once, at least 1.
        units: Units in each recurrent layer, at least 1.
        layers: Recurrent layers, at least 1.
        epochs: Passes over the training windows, at least 1.
        batch_size: Windows in a weight update, at least 1.
        learning_rate: Of Adam, above 0.
        patience: Epochs without a better validation loss before training stops; None for never.
        scale: ``minmax``, ``standard`` or ``none``; fitted on the training part.
        seed: Of first weights and the order of batches, 0 .. 2**64 - 1.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> from rnncomp.series import load
        >>> airline = load("airline")
        >>> forecaster = RecurrentForecaster("gru", window=12, units=8, epochs=2)
        >>> len(forecaster.fit(airline).predict(airline, steps=6))
        6
    """

    kind = "network"

    def __init__(
        self,
        cell: str = "lstm",
        *,
        window: int = 50,
        horizon: int = 1,
        units: int = 50,
        layers: int = 1,
        epochs: int = 20,
        batch_size: int = 32,
        learning_rate: float = 0.001,
        patience: int | None = None,
        scale: str = "minmax",
        seed: int = 0,
    ) -> None:
        self.name = one_of("cell", cell, CELLS)
        self.config = NetworkConfig(
            cell=self.name,
            window=count("window", window),
            horizon=count("horizon", horizon),
            units=count("units", units),
            layers=count("layers", layers),
            epochs=integer("epochs", epochs),
            batch_size=count("batch_size", batch_size),
            learning_rate=real("learning_rate", learning_rate, above=0.0),
            patience=None if patience is None else integer("patience", patience),
        )
        self.scaler_rule = make_scaler(scale)
        self.seed = check_seed(seed)
        self.columns: tuple[str, ...] = ()
        self.scaler: FittedScaler | None = None
        self.model: Sequential | None = None
        self.history: dict[str, list[float]] = {}

    @classmethod
    def from_result(
        cls, result: TrainingResult, scaler: FittedScaler, columns: tuple[str, ...]
    ) -> RecurrentForecaster:
        """Return the forecaster of a training that has been run.

        Args:
            result: The training.
            scaler: What its data were scaled with.
            columns: Names of the columns it saw, target first.
        """
        made = cls(result.job.config.cell, scale=scaler.kind, seed=result.job.seed)
        made.config = result.job.config
        made._take(result.weights, scaler, columns)
        made.history = result.history
        return made

    def fit(self, series: Series, *, validation_fraction: float = 0.2) -> RecurrentForecaster:
        """Train from fresh weights.

        Args:
            series: What to learn from; the first column is forecast, all are seen.
            validation_fraction: Share of the windows, the last ones, that only watch the training,
                above 0 and below 1. Neither the network nor the scaler learns from their targets.

        Returns:
            Itself, fitted.

        Raises:
            SplitError: The series is too short for a window to learn from and one to watch.
            UnsupportedError: It has several columns to forecast.
        """
        check_one_target(series)
        share = real("validation_fraction", validation_fraction, above=0.0, below=1.0)
        config = self.config = NetworkConfig(
            **{**asdict(self.config), "features": len(series.columns)}
        )
        window, horizon = config.window, config.horizon
        parts = last_windows(len(series), window=window, horizon=horizon, share=share)
        pairs = partial(cut, parts=parts, window=window, horizon=horizon)
        pairs(series.values)  # a series too short is refused before it is scaled
        scaler = self.scaler_rule.fit(series.values[slice(*parts.train)])
        windows = pairs(scaler.transform(series.values, dtype=config.dtype))
        watched = windows.part("test")
        data = TrainingData(windows.part("train"), watched, {})
        result = run_training(TrainingJob(data.fingerprint(), config, self.seed), data)
        assert result is not None  # nobody could cancel it
        self.history = result.history
        self._take(result.weights, scaler, series.columns)
        return self

    def predict(self, series: Any, steps: int = 1) -> Forecast:
        """Forecast the values after the end of `series`.

        Args:
            series: The history, a Series or what `rnncomp.load` takes, at least `window` rows with
                the columns of the training.
            steps: How many values; beyond the horizon the network's own forecasts become its
                inputs (recursive), which is said in the result.

        Returns:
            The forecast, in the unit of the series, with time stamps if it has any.

        Raises:
            InvalidArgumentError: The forecaster is not fitted, or `series` or `steps` do not fit.
            UnsupportedError: More steps than the horizon with further input columns, whose future
                values nobody knows.
        """
        steps = integer("steps", steps)
        series = as_series(series)
        model, scaler = self._fitted()
        if series.columns != self.columns:
            raise fail("series columns", f"{list(self.columns)}", list(series.columns))
        config = self.config
        check_history(self.name, len(series), config.window)
        if steps > config.horizon and config.features > 1:
            raise UnsupportedError(
                f"steps beyond the horizon {config.horizon} need future values of "
                f"{', '.join(self.columns[1:])}; train with horizon={steps}, or on the target alone"
            )
        window = scaler.transform(series.values[-config.window :]).astype(config.dtype)
        scaled = _recursive(model, window, steps)
        values: Array = scaler.inverse(scaled, column=0)
        strategy = "direct" if steps <= config.horizon else f"recursive, {config.horizon} at a time"
        return Forecast(values, series.future_times(steps), self.name, strategy, series)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write network, scaling and settings to one ``.safetensors`` file.

        Raises:
            InvalidArgumentError: The forecaster is not fitted.
            OutputError: The file cannot be written; nothing is left behind.

        Example:
            >>> import tempfile
            >>> from rnncomp.series import load
            >>> forecaster = RecurrentForecaster("gru", window=12, units=4, epochs=1)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     forecaster.fit(load("airline")).save(f"{folder}/airline.safetensors")
            ...     RecurrentForecaster.load(f"{folder}/airline.safetensors").columns
            ('passengers',)
        """
        model, scaler = self._fitted()
        extra = {
            "format": FORMAT,
            "config": asdict(self.config),
            "scaler": scaler.to_dict(),
            "columns": list(self.columns),
            "seed": self.seed,
        }
        save_model(model, path, extra={"forecaster": extra})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> RecurrentForecaster:
        """Return the forecaster that `save` wrote.

        Raises:
            ModelFileError: The file is missing, damaged, from a newer version, or no forecaster.

        Example:
            >>> import tempfile
            >>> from rnncomp.series import load
            >>> airline = load("airline")
            >>> forecaster = RecurrentForecaster("gru", window=12, units=4, epochs=1).fit(airline)
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     forecaster.save(f"{folder}/airline.safetensors")
            ...     again = RecurrentForecaster.load(f"{folder}/airline.safetensors")
            >>> bool((again.predict(airline).values == forecaster.predict(airline).values).all())
            True
        """
        model, extra = load_with_extra(path, compile=False)
        facts = extra.get("forecaster")
        if not isinstance(facts, dict) or facts.get("format") != FORMAT:
            raise ModelFileError(
                f"{path}: it must hold a forecaster of format {FORMAT}, got a plain network or "
                "another format; load plain networks with rnncomp.load_model"
            )
        try:
            return _from_facts(model, facts)
        except (InvalidArgumentError, KeyError, TypeError, ValueError) as error:
            raise ModelFileError(
                f"{path}: its forecaster settings do not hold ({error}); write the file again"
            ) from None

    def _fitted(self) -> tuple[Sequential, FittedScaler]:
        if self.model is None or self.scaler is None:
            raise InvalidArgumentError(
                f"forecaster {self.name} is not fitted; call fit(series) first"
            )
        return self.model, self.scaler

    def _take(
        self, weights: list[FloatArray], scaler: FittedScaler, columns: tuple[str, ...]
    ) -> None:
        self.model = build_network(self.config, seed=self.seed, weights=weights)
        self.scaler, self.columns = scaler, columns


def _recursive(model: Sequential, window: FloatArray, steps: int) -> FloatArray:
    """Return `steps` scaled forecasts after `window` (T, F), fed back while they do not reach.

    With `predict`, not a Predictor, which rounds otherwise: a forecast is, to the last bit, what
    was scored in a comparison.
    """
    made: list[FloatArray] = []
    length = len(window)
    while sum(map(len, made)) < steps:
        samples = Samples(np.ascontiguousarray(window), np.zeros(1, np.int64), length)
        ahead = model.network.predict(samples)[0]
        made.append(ahead)
        window = np.concatenate([window[:, :1], ahead[:, None]])[-length:]
    return np.concatenate(made)[:steps]


def _from_facts(model: Sequential, facts: dict[str, Any]) -> RecurrentForecaster:
    """Rebuild a forecaster, every fact checked against the network beside it."""
    config = dict(facts["config"])
    config["quantiles"] = tuple(config.get("quantiles", ()))
    scaler = FittedScaler.from_dict(facts["scaler"])
    made = RecurrentForecaster(config["cell"], scale=scaler.kind, seed=facts["seed"])
    made.config = NetworkConfig(**config)
    features = made.config.features
    columns = tuple(str(name) for name in facts["columns"])
    if not features == len(columns) == len(scaler.center):
        raise fail("columns", f"{features} names with a scaler of as many", columns)
    # Before a network is built from it: a hostile file may ask for a billion layers.
    said = (made.config.layers, made.config.units, made.config.outputs, made.config.dtype)
    spec = model.network.spec
    first, last = spec.layers[0], spec.layers[-1]
    if not (isinstance(first, RecurrentSpec) and isinstance(last, DenseSpec)):
        raise fail("config", "that of the network in the file", config)
    if said != (len(spec.layers) - 1, first.units, last.units, model.dtype):
        raise fail("config", "that of the network in the file", config)
    wanted = network_spec(made.config)
    if (wanted.features, wanted.layers) != (spec.features, spec.layers):
        raise fail("config", "that of the network in the file", config)
    made._take(model.get_weights(), scaler, columns)
    return made
