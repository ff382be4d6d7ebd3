"""One training, as a pure function of the data, a configuration and a seed."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from rnncomp._version import version
from rnncomp.errors import BackendError, TrainingError
from rnncomp.forecasting.core_sharing import CoreShare
from rnncomp.forecasting.network_config import LOSSES, NetworkConfig, build_network
from rnncomp.forecasting.strategies import forecast_ahead
from rnncomp.forecasting.training_data import TrainingData
from rnncomp.kernels import backend_info
from rnncomp.samples import FloatArray
from rnncomp.training import Adam, Callback, EarlyStopping
from rnncomp.training.losses import Loss, QuantileLoss
from rnncomp.training.reduce_on_plateau import ReduceLROnPlateau


def _backend() -> str:
    return backend_info().backend


def _level() -> str | None:
    return backend_info().level


@dataclass(frozen=True)
class TrainingJob:
    """A training to be run: equal jobs give equal weights, to the byte.

    Attributes:
        data_hash: Of what it trains on and predicts; see `TrainingData.fingerprint`.
        config: The network and how it is trained.
        seed: Of first weights and the order of batches.
        backend: ``native`` or ``reference``: their last digits differ.
        level: Instruction-set level of the native kernels, for the same reason.
        name: What the network is called; it decides nothing. The cell unless given.
        fold: Number of the fold it belongs to, from 0; it decides nothing.
    """

    data_hash: str
    config: NetworkConfig
    seed: int
    backend: str = field(default_factory=_backend)
    level: str | None = field(default_factory=_level)
    name: str = field(default="", compare=False)
    fold: int = field(default=0, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", self.name or self.config.cell)

    def key(self) -> str:
        """Return the SHA-256 of `facts`, 64 hexadecimal digits.

        Example:
            >>> config = NetworkConfig(cell="gru", window=8)
            >>> TrainingJob("data", config, 0).key() == TrainingJob("data", config, 1).key()
            False
        """
        return hashlib.sha256(self.facts().encode()).hexdigest()

    def facts(self) -> str:
        """Return all that decides the result, the version of rnncomp included, as JSON."""
        facts = {
            "rnncomp": version(),
            "data": self.data_hash,
            "config": asdict(self.config),
            "seed": self.seed,
            "backend": self.backend,
            "level": self.level,
        }
        return json.dumps(facts, sort_keys=True)

    def check_kernels(self) -> None:
        """Raise BackendError if other kernels compute here than the job says."""
        here = backend_info()
        if (self.backend, self.level) != (here.backend, here.level):
            raise BackendError(
                f"this training must run on the {self.backend} kernels, level {self.level}, got "
                f"{here.backend}, level {here.level}; set RNNCOMP_BACKEND and RNNCOMP_ISA"
            )


@dataclass(frozen=True)
class Progress:
    """How far a training is: sent after every epoch.

    Attributes:
        network: Name of the network.
        seed: Seed of the training.
        epoch: Epochs done.
        epochs: Epochs asked for.
        loss: Training loss of the epoch, scaled.
        val_loss: The same on the validation part, after the epoch.
        done: Whether the training has ended.
        fold: Number of the fold that it belongs to, from 0.
        stored: Whether it was taken from a `TrainingStore` instead of being run.
        seconds_left: Estimated seconds until all trainings beside it have ended; None from a
            training that runs by itself.
        trial: Number of the trial that it belongs to, in a search for options; None outside.

    Example:
        >>> import rnncomp
        >>> seen = []
        >>> options = {"window": 12, "units": 4, "epochs": 2, "seeds": 1, "cells": ["gru"]}
        >>> _ = rnncomp.compare("airline", progress=seen.append, **options)
        >>> [(event.network, event.epoch, event.done) for event in seen]
        [('gru', 1, False), ('gru', 2, False), ('gru', 2, True)]
    """

    network: str
    seed: int
    epoch: int
    epochs: int
    loss: float
    val_loss: float | None
    done: bool
    fold: int = 0
    stored: bool = False
    seconds_left: float | None = None
    trial: int | None = None


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """What a training gives back.

    Attributes:
        job: What was asked for.
        weights: In Keras's order.
        history: ``loss`` and ``val_loss`` by epoch.
        predictions: What it forecasts for the windows of each part in `TrainingData.ahead`, scaled,
            shape (N, O).
        fit_seconds: Wall time of the training.
        predict_microseconds: Wall time of one forecast, in a call for all windows of the last part.
        n_params: Number of weights.
    """

    job: TrainingJob
    weights: list[FloatArray]
    history: dict[str, list[float]]
    predictions: Mapping[str, FloatArray]
    fit_seconds: float
    predict_microseconds: float
    n_params: int

    @property
    def diverged(self) -> bool:
        """Whether a loss, a weight or a prediction for the validation part is not finite.

        What it predicts for the test part does not matter: nothing is chosen by that.
        """
        arrays = (*self.weights, *(self.predictions[part] for part in self._chosen_by()))
        return not (
            all(math.isfinite(loss) for loss in self.history["loss"])
            and all(bool(np.isfinite(array).all()) for array in arrays)
        )

    @property
    def tested(self) -> bool:
        """Whether it did not diverge, on the test part either."""
        return not self.diverged and all(
            bool(np.isfinite(made).all()) for made in self.predictions.values()
        )

    def _chosen_by(self) -> list[str]:
        return [part for part in self.predictions if part == "validation"]


Report = Callable[[Progress], object]


class _Watcher(Callback):
    """Reports every epoch, and ends a training that diverged."""

    def __init__(self, job: TrainingJob, report: Report | None) -> None:
        super().__init__()
        self.job, self.report = job, report
        self.started = time.monotonic()
        self.last = self._progress(0, math.nan, None)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Report."""
        logs = logs or {}
        loss = logs.get("loss", math.nan)
        self.last = self._progress(epoch + 1, loss, logs.get("val_loss"))
        if self.report is not None:
            self.report(self.last)
        limit = self.job.config.time_limit
        late = limit is not None and time.monotonic() - self.started > limit
        if late or not math.isfinite(loss):
            self.model.stop_training = True

    def _progress(self, epoch: int, loss: float, val_loss: float | None) -> Progress:
        job = self.job
        return Progress(
            job.name, job.seed, epoch, job.config.epochs, loss, val_loss, done=False, fold=job.fold
        )


def run_training(
    job: TrainingJob,
    data: TrainingData,
    *,
    report: Report | None = None,
    core_share: CoreShare | None = None,
) -> TrainingResult | None:
    """Train one network, and forecast the windows that lie ahead.

    Args:
        job: What to train.
        data: Scaled windows; those ahead are only predicted.
        report: Called after every epoch, from this thread.
        core_share: May end the training early, and says how many cores it may use; without it
            all of them, where that pays.

    Returns:
        The result, or None if it was cancelled.

    Raises:
        BackendError: The job is for other kernels than those that compute here.
    """
    job.check_kernels()
    try:
        return _train(job, data, report, core_share)
    except TrainingError:
        if core_share is None or not core_share.cancelled:
            raise
        return None
    finally:
        if core_share is not None:
            core_share.finished()


def _train(
    job: TrainingJob,
    data: TrainingData,
    report: Report | None,
    core_share: CoreShare | None,
) -> TrainingResult:
    config = job.config
    model = build_network(config, seed=job.seed, weights=data.start)
    model.core_share = core_share
    model.compile(
        optimizer=Adam(config.learning_rate, clipnorm=config.clipnorm), loss=_loss(config)
    )
    watcher = _Watcher(job, report)
    started = time.perf_counter()
    history = model.fit(
        data.train,
        batch_size=config.batch_size,
        epochs=config.epochs,
        verbose=0,
        callbacks=[watcher, *_manners(config)],
        validation_data=data.validation if len(data.validation) else None,
    )
    fit_seconds = time.perf_counter() - started
    predictions: dict[str, FloatArray] = {}
    seconds = 0.0
    for part, samples in data.ahead.items():
        started = time.perf_counter()
        predictions[part] = forecast_ahead(model.network, samples, config)
        seconds = (time.perf_counter() - started) / max(1, len(samples))
    if report is not None:
        report(replace(watcher.last, done=True))
    return TrainingResult(
        job=job,
        weights=model.get_weights(),
        history=history.history,
        predictions=predictions,
        fit_seconds=fit_seconds,
        predict_microseconds=1e6 * seconds,
        n_params=model.count_params(),
    )


def _loss(config: NetworkConfig) -> Loss:
    return QuantileLoss(config.quantiles) if config.quantiles else LOSSES[config.loss]()


def _manners(config: NetworkConfig) -> list[Callback]:
    """Return what watches the validation loss; the training is told by `_Watcher` first."""
    made: list[Callback] = []
    if config.plateau is not None:
        made.append(ReduceLROnPlateau("val_loss", patience=config.plateau))
    if config.patience is not None:
        made.append(EarlyStopping("val_loss", patience=config.patience, restore_best_weights=True))
    return made
