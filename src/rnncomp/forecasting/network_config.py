"""NetworkConfig: everything that decides a training, but the data and the seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

import numpy as np

from rnncomp._check import count, fail, integer, nearest, one_of, real
from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting.core_sharing import SharedSequential
from rnncomp.kernels import NetworkSpec
from rnncomp.kernels.engine import DType
from rnncomp.nn import GRU, LSTM, Dense, Layer, SimpleRNN
from rnncomp.nn.network import check_spec
from rnncomp.samples import FloatArray
from rnncomp.training.losses import Huber, Loss, MeanAbsoluteError, MeanSquaredError
from rnncomp.training.measures import check_quantiles

CELLS: dict[str, Callable[..., Layer]] = {"simple_rnn": SimpleRNN, "lstm": LSTM, "gru": GRU}
"""The recurrent layers, by the name that a comparison gives them."""

LOSSES: dict[str, Callable[[], Loss]] = {
    "mse": MeanSquaredError,
    "mae": MeanAbsoluteError,
    "huber": Huber,
}
"""What a forecast of one value is learned by, by Keras's names."""

MEDIAN = 0.5


@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """Everything that decides a training, but the data and the seed.

    Attributes:
        cell: ``simple_rnn``, ``lstm`` or ``gru``.
        window: Time steps T that the network sees, at least 1.
        features: Columns F of each time step, at least 1; the targets come first, then columns of
            which only the past is known, then those whose future is known, too.
        targets: Columns K to forecast, 1 .. F.
        known: Columns whose future is known, 0 .. F - K.
        horizon: Steps ahead H that the network forecasts at once, at least 1.
        steps: Steps ahead in all: beyond `horizon` its own forecasts become its inputs. None is
            `horizon`.
        units: Units U of each recurrent layer, at least 1.
        layers: Recurrent layers, at least 1.
        dropout: Share of the inputs of each recurrent layer dropped in training, 0 .. below 1.
        loss: What one value a step is learned by: ``mse``, ``mae`` or ``huber`` (delta 1, in
            scaled units).
        quantiles: Levels to learn by the pinball loss instead, rising, the median among them;
            empty for one value a step.
        epochs: Passes over the training windows, at least 1.
        batch_size: Windows in a weight update, at least 1.
        learning_rate: Of Adam, above 0.
        clipnorm: Longest gradient of a weight tensor, above 0; None for no limit.
        patience: Epochs without a better validation loss before training stops and goes back to
            the best weights; None trains all epochs.
        plateau: Epochs without a better validation loss before the learning rate is divided by
            ten; None leaves it as it is.
        time_limit: Seconds after which no further epoch is begun, above 0; None for no limit. What
            comes out then depends on the speed of the machine.
        dtype: Precision of the arithmetic.

    Raises:
        InvalidArgumentError: An attribute breaks its rule.

    Example:
        >>> NetworkConfig(cell="gru", window=12, horizon=6).outputs
        6
    """

    cell: str
    window: int
    features: int = 1
    targets: int = 1
    known: int = 0
    horizon: int = 1
    steps: int | None = None
    units: int = 50
    layers: int = 1
    dropout: float = 0.0
    loss: str = "mse"
    quantiles: tuple[float, ...] = ()
    epochs: int = 20
    batch_size: int = 32
    learning_rate: float = 0.001
    clipnorm: float | None = None
    patience: int | None = None
    plateau: int | None = None
    time_limit: float | None = None
    dtype: DType = "float32"

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {"cell": one_of("cell", self.cell, CELLS)}
        for name in ("window", "features", "targets", "horizon", "units", "layers", "batch_size"):
            checked[name] = count(name, getattr(self, name))
        checked["known"] = integer("known", self.known, at_least=0)
        checked["steps"] = checked["horizon"] if self.steps is None else count("steps", self.steps)
        checked["epochs"] = integer("epochs", self.epochs)
        checked["learning_rate"] = real("learning_rate", self.learning_rate, above=0.0)
        checked["dropout"] = real("dropout", self.dropout, at_least=0.0, below=1.0)
        checked["loss"] = one_of("loss", self.loss, LOSSES)
        checked["quantiles"] = _quantiles(self.quantiles)
        if self.quantiles and self.loss != "mse":
            raise fail("loss", "left out beside quantiles, which have their own", self.loss)
        for name in ("patience", "plateau"):
            checked[name] = _unless_none(integer, name, getattr(self, name))
        for name in ("clipnorm", "time_limit"):
            value = getattr(self, name)
            checked[name] = None if value is None else real(name, value, above=0.0)
        checked["dtype"] = one_of("dtype", self.dtype, ("float32", "float64"))
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        if self.targets + self.known > self.features:
            raise fail("features", f"at least targets + known = {self.targets + self.known}",
                       self.features)  # fmt: skip
        if self.quantiles and self.recursive:
            hint = "quantiles cannot be fed back; use the direct strategy"
            raise fail("horizon", f"the steps {self.steps} for quantiles", self.horizon, hint)

    @property
    def ahead(self) -> int:
        """Steps ahead in all."""
        return cast("int", self.steps)

    @property
    def recursive(self) -> bool:
        """Whether its own forecasts become its inputs."""
        return self.ahead > self.horizon

    @property
    def outputs(self) -> int:
        """Units of the Dense layer at the end: one a step, target and quantile."""
        return self.horizon * self.targets * max(1, len(self.quantiles))


def _unless_none(check: Callable[[str, Any], int], name: str, value: Any) -> int | None:
    return None if value is None else check(name, value)


def _quantiles(quantiles: Sequence[float]) -> tuple[float, ...]:
    if not len(quantiles):
        return ()
    levels = check_quantiles(tuple(quantiles))
    if MEDIAN not in levels:
        hint = "the median is the forecast itself"
        raise fail("quantiles", f"levels with {MEDIAN} among them", quantiles, hint)
    return levels


def check_options(options: Mapping[str, Any]) -> None:
    """Raise for a name that is no choice of a forecaster; the series decides what is left out.

    Raises:
        InvalidArgumentError: There is no such option; the message names the nearest.
    """
    decided = ("features", "targets", "known", "steps")
    known = [field.name for field in fields(NetworkConfig) if field.name not in decided]
    for name in options:
        if name not in known:
            hint = nearest(name, [*known, "scale", "transform", "seeds"])
            hint = hint or f"one of {', '.join(known)} is"
            raise InvalidArgumentError(f"RecurrentForecaster has no option {name!r}; {hint}")


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
    recurrent = [
        cell(config.units, dropout=config.dropout, return_sequences=k < last)
        for k in range(config.layers)
    ]
    return [*recurrent, Dense(config.outputs)]
