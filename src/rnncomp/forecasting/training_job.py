"""One training, as a pure function of the data, a configuration and a seed."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import BackendError, TrainingError
from rnncomp.forecasting.core_sharing import CoreShare, SharedSequential
from rnncomp.kernels import NetworkSpec, backend_info
from rnncomp.kernels.engine import DType
from rnncomp.nn import GRU, LSTM, Dense, Layer, SimpleRNN
from rnncomp.nn.network import check_spec
from rnncomp.samples import FloatArray, Samples
from rnncomp.training import Adam, Callback, EarlyStopping

PIECE = 1 << 20  # bytes that are hashed at a time

CELLS: dict[str, Callable[..., Layer]] = {"simple_rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}
"""The recurrent layers, by the name that a comparison gives them."""


@dataclass(frozen=True)
class NetworkConfig:
    """Everything that decides a training, but the data and the seed.

    Attributes:
        cell: ``simple_rnn``, ``lstm`` or ``gru``.
        window: Time steps T that the network sees.
        features: Columns F of each time step.
        horizon: Steps ahead H, the units of the Dense layer at the end.
        units: Units U of each recurrent layer.
        layers: Recurrent layers.
        epochs: Passes over the training windows.
        batch_size: Windows in a weight update.
        learning_rate: Of Adam.
        patience: Epochs without a better validation loss before training stops and goes back to
            the best weights; None trains all epochs.
        dtype: Precision of the arithmetic.
    """

    cell: str
    window: int
    features: int = 1
    horizon: int = 1
    units: int = 50
    layers: int = 1
    epochs: int = 20
    batch_size: int = 32
    learning_rate: float = 0.001
    patience: int | None = None
    dtype: DType = "float32"


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
    """

    data_hash: str
    config: NetworkConfig
    seed: int
    backend: str = field(default_factory=_backend)
    level: str | None = field(default_factory=_level)

    def check_kernels(self) -> None:
        """Raise BackendError if other kernels compute here than the job says."""
        here = backend_info()
        if (self.backend, self.level) != (here.backend, here.level):
            raise BackendError(
                f"this training must run on the {self.backend} kernels, level {self.level}, got "
                f"{here.backend}, level {here.level}; set RNNCOMP_BACKEND and RNNCOMP_ISA"
            )


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Scaled windows with their targets, by part."""

    train: Samples
    validation: Samples
    test: Samples

    def fingerprint(self) -> str:
        """Return the SHA-256 of all that a training can see: equal for equal windows and targets.

        It reads every number once, and is meant to be asked once for all trainings on the data.

        Example:
            >>> from rnncomp.windows import make_samples
            >>> one = make_samples(np.arange(9.0), window=3)
            >>> TrainingData(one, one, one).fingerprint()[:8]
            '88bb3e67'
        """
        digest, bases = hashlib.sha256(), dict[int, bytes]()
        for part in (self.train, self.validation, self.test):
            base = bases.get(id(part.base)) or array_hash(part.base)  # the parts share one series
            bases[id(part.base)] = base
            targets = b"" if part.targets is None else array_hash(part.targets)
            digest.update(f"{part.window} ".encode())
            digest.update(base + array_hash(part.starts) + targets)
        return digest.hexdigest()


def array_hash(array: NDArray[np.generic] | range) -> bytes:
    """Return the SHA-256 of shape, dtype and numbers, whatever the strides; copies a piece."""
    row: NDArray[np.generic] = np.asarray(array[:1])
    shape = (len(array), *row.shape[1:])
    digest = hashlib.sha256(f"{shape} {row.dtype.str}".encode())
    rows = max(1, PIECE // max(1, row.nbytes))
    for first in range(0, len(array), rows):
        part = array[first : first + rows]
        if isinstance(part, range):
            part = np.arange(part.start, part.stop, part.step)
        digest.update(np.ascontiguousarray(part).data)
    return digest.digest()


@dataclass(frozen=True)
class Progress:
    """How far a training is: sent after every epoch.

    Attributes:
        network: Name of the cell.
        seed: Seed of the training.
        epoch: Epochs done.
        epochs: Epochs asked for.
        loss: Mean squared error of the epoch, scaled.
        val_loss: The same on the validation part, after the epoch.
        done: Whether the training has ended.

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


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """What a training gives back.

    Attributes:
        job: What was asked for.
        weights: In Keras's order.
        history: ``loss`` and ``val_loss`` by epoch.
        validation: Predictions for the validation windows (N, H), scaled.
        test: The same for the test windows.
        fit_seconds: Wall time of the training.
        predict_microseconds: Wall time of one prediction, in a call for all test windows.
        n_params: Number of weights.
    """

    job: TrainingJob
    weights: list[FloatArray]
    history: dict[str, list[float]]
    validation: FloatArray
    test: FloatArray
    fit_seconds: float
    predict_microseconds: float
    n_params: int

    @property
    def diverged(self) -> bool:
        """Whether a loss, a weight or a prediction for the validation part is not finite.

        What it predicts for the test part does not matter: nothing is chosen by that.
        """
        arrays = (*self.weights, self.validation)
        return not (
            all(math.isfinite(loss) for loss in self.history["loss"])
            and all(bool(np.isfinite(array).all()) for array in arrays)
        )

    @property
    def tested(self) -> bool:
        """Whether it did not diverge, on the test part either."""
        return not self.diverged and bool(np.isfinite(self.test).all())


Report = Callable[[Progress], object]


class _Watcher(Callback):
    """Reports every epoch, and ends a training that diverged."""

    def __init__(self, job: TrainingJob, report: Report | None) -> None:
        super().__init__()
        self.job, self.report = job, report
        self.last = Progress(job.config.cell, job.seed, 0, job.config.epochs, math.nan, None, False)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Report."""
        logs = logs or {}
        loss, config = logs.get("loss", math.nan), self.job.config
        self.last = Progress(
            config.cell,
            self.job.seed,
            epoch + 1,
            config.epochs,
            loss,
            logs.get("val_loss"),
            done=False,
        )
        if self.report is not None:
            self.report(self.last)
        if not math.isfinite(loss):
            self.model.stop_training = True


def build_network(
    config: NetworkConfig, *, seed: int, weights: Sequence[FloatArray] | None = None
) -> SharedSequential:
    """Return the network of a configuration: untrained, or with `weights` in Keras's order."""
    model = SharedSequential(_layers(config), name=config.cell, seed=seed, dtype=config.dtype)
    model.declare((config.window, config.features))
    if weights is None:
        model.build()
    else:
        model.build_from(np.concatenate([weight.ravel() for weight in weights]))
    return model


def network_spec(config: NetworkConfig) -> NetworkSpec:
    """Return the plain facts of a configuration's network, without making it.

    Raises:
        InvalidArgumentError: It is too large.
    """
    spec = NetworkSpec(config.features, tuple(layer.spec for layer in _layers(config)))
    check_spec(spec)
    return spec


def _layers(config: NetworkConfig) -> list[Layer]:
    cell, last = CELLS[config.cell], config.layers - 1
    recurrent = [cell(config.units, return_sequences=k < last) for k in range(config.layers)]
    return [*recurrent, Dense(config.horizon)]


def run_training(
    job: TrainingJob,
    data: TrainingData,
    *,
    report: Report | None = None,
    core_share: CoreShare | None = None,
) -> TrainingResult | None:
    """Train one network from fresh weights and predict validation and test windows.

    Args:
        job: What to train.
        data: Scaled windows; the test part is only predicted.
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
    model = build_network(config, seed=job.seed)
    model.core_share = core_share
    model.compile(optimizer=Adam(config.learning_rate), loss="mse")
    watcher = _Watcher(job, report)
    callbacks: list[Callback] = [watcher]
    if config.patience is not None:
        callbacks.append(
            EarlyStopping("val_loss", patience=config.patience, restore_best_weights=True)
        )
    started = time.perf_counter()
    history = model.fit(
        data.train,
        batch_size=config.batch_size,
        epochs=config.epochs,
        verbose=0,
        callbacks=callbacks,
        validation_data=data.validation,
    )
    fit_seconds = time.perf_counter() - started
    validation = model.predict(data.validation, verbose=0)
    started = time.perf_counter()
    test = model.predict(data.test, verbose=0)
    predict_seconds = time.perf_counter() - started
    if report is not None:
        report(replace(watcher.last, done=True))
    return TrainingResult(
        job=job,
        weights=model.get_weights(),
        history=history.history,
        validation=validation,
        test=test,
        fit_seconds=fit_seconds,
        predict_microseconds=1e6 * predict_seconds / len(data.test),
        n_params=model.count_params(),
    )
