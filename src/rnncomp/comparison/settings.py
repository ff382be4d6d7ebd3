"""Settings of a comparison: every choice in one frozen object, checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from rnncomp._check import check_seed, count, fail, integer, nearest, one_of, real
from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting import CELLS, NetworkConfig, network_spec
from rnncomp.windows import Split

CELL_NAMES = ("simple_rnn", "lstm", "gru")
TEST_FRACTION = 0.2


@dataclass(frozen=True)
class Settings:
    """What a comparison is made with; the attributes are the options of `compare`.

    Attributes:
        window: Time steps the networks see, at least 1.
        horizon: Steps ahead, forecast at once (direct), at least 1.
        stride: Rows between the starts of neighbouring windows, at least 1.
        cells: Networks to compare: ``simple_rnn``, ``lstm``, ``gru``.
        units: Units of each recurrent layer, at least 1.
        layers: Recurrent layers, at least 1.
        equal: ``units``, or ``parameters``: the units of each network are then chosen so that all
            have as many parameters as the largest has with `units`.
        epochs: Passes over the training windows, at least 1.
        batch_size: Windows in a weight update, at least 1.
        learning_rate: Of Adam, above 0.
        patience: Epochs without a better validation loss before a training stops; None for never.
        seeds: How many (0, 1, ...), or which.
        scale: ``minmax``, ``standard`` or ``none``.
        scale_on: ``train``, or ``all``, which leaks the test part and is said in the result.
        season: Steps in a season; None to look for one in the training part.
        train_until: Last moment of train, inclusive; None for fractions.
        validation_until: Last moment of validation, inclusive; None for fractions.
        test_fraction: Share of the windows for test; a fifth of the others validates.
        within_parts: Whether the inputs of a window must lie in its part, too.
        dtype: ``float32`` or ``float64``.
    """

    window: int = 50
    horizon: int = 1
    stride: int = 1
    cells: tuple[str, ...] = CELL_NAMES
    units: int = 50
    layers: int = 1
    equal: str = "units"
    epochs: int = 20
    batch_size: int = 32
    learning_rate: float = 0.001
    patience: int | None = None
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    scale: str = "minmax"
    scale_on: str = "train"
    season: int | None = None
    train_until: Any = None
    validation_until: Any = None
    test_fraction: float = TEST_FRACTION
    within_parts: bool = False
    dtype: str = "float32"

    def __post_init__(self) -> None:
        sizes = ("window", "horizon", "stride", "units", "layers", "batch_size")
        checked: dict[str, Any] = {name: count(name, getattr(self, name)) for name in sizes}
        checked["learning_rate"] = real("learning_rate", self.learning_rate, above=0.0)
        checked["test_fraction"] = real("test_fraction", self.test_fraction, above=0.0, below=1.0)
        checked["epochs"] = integer("epochs", self.epochs)
        for name in ("patience", "season"):
            if getattr(self, name) is not None:
                checked[name] = integer(name, getattr(self, name))
        checked["cells"] = _cells(self.cells)
        checked["seeds"] = _seeds(self.seeds)
        one_of("equal", self.equal, ("units", "parameters"))
        one_of("scale", self.scale, ("minmax", "standard", "none"))
        one_of("scale_on", self.scale_on, ("train", "all"))
        one_of("dtype", self.dtype, ("float32", "float64"))
        if (self.train_until is None) != (self.validation_until is None):
            absent = "train_until" if self.train_until is None else "validation_until"
            raise fail(absent, "given when the other end is", None, "pass both, or neither")
        if self.train_until is not None and self.test_fraction != TEST_FRACTION:
            hint = "test is what follows validation_until"
            raise fail("test_fraction", "left out where dates are given", self.test_fraction, hint)
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Settings:
        """Return the settings for keyword options, refusing names that do not exist.

        Raises:
            InvalidArgumentError: An option is unknown, or breaks its rule.
        """
        known = [field.name for field in fields(cls)]
        for name in options:
            if name not in known:
                hint = nearest(name, known) or f"one of {', '.join(known)} is"
                raise InvalidArgumentError(f"compare has no option {name!r}; {hint}")
        return cls(**options)

    @property
    def split(self) -> Split:
        """How the series is cut into parts."""
        if self.train_until is not None:
            return Split.until(self.train_until, self.validation_until)
        return Split.fractions(test=self.test_fraction)

    @property
    def strategy(self) -> str:
        """How the horizon is reached, in words that stand on every chart."""
        if self.horizon == 1:
            return "one step ahead from true history"
        return f"direct, {self.horizon} steps ahead"

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values."""
        plain = asdict(self)
        for name in ("train_until", "validation_until"):
            if not isinstance(plain[name], (int, str, type(None))):
                plain[name] = str(plain[name])
        return plain | {"cells": list(self.cells), "seeds": list(self.seeds)}

    def configs(self, features: int) -> dict[str, NetworkConfig]:
        """Return what each network is, by name; they differ in the cell alone.

        Args:
            features: Columns that the networks see.
        """
        base = {cell: self._config(cell, self.units, features) for cell in self.cells}
        if self.equal == "units":
            return base
        most = max(_n_params(config) for config in base.values())
        return {cell: self._nearest(cell, features, most) for cell in self.cells}

    def _config(self, cell: str, units: int, features: int) -> NetworkConfig:
        return NetworkConfig(
            cell=cell,
            window=self.window,
            features=features,
            horizon=self.horizon,
            units=units,
            layers=self.layers,
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            patience=self.patience,
            dtype="float64" if self.dtype == "float64" else "float32",
        )

    def _nearest(self, cell: str, features: int, n_params: int) -> NetworkConfig:
        """Return the network of `cell` whose number of parameters comes nearest."""
        low, high = self.units, self.units
        while _n_params(self._config(cell, high, features)) < n_params:
            low, high = high, 2 * high
        while high - low > 1:  # n_params(low) <= wanted <= n_params(high)
            middle = (low + high) // 2
            enough = _n_params(self._config(cell, middle, features)) >= n_params
            low, high = (low, middle) if enough else (middle, high)
        candidates = [self._config(cell, units, features) for units in (low, high)]
        return min(candidates, key=lambda config: abs(_n_params(config) - n_params))


def _n_params(config: NetworkConfig) -> int:
    return network_spec(config).n_params


def _cells(cells: str | Iterable[str]) -> tuple[str, ...]:
    names = (cells,) if isinstance(cells, str) else tuple(cells)
    if not names or len(set(names)) < len(names):
        raise fail("cells", "one or more different networks", list(names))
    return tuple(one_of("cells", name, CELLS) for name in names)


def _seeds(seeds: int | Iterable[int]) -> tuple[int, ...]:
    if isinstance(seeds, (int, np.integer)) and not isinstance(seeds, bool):
        return tuple(range(integer("seeds", seeds, hint="pass a count, or a list of seeds")))
    try:
        listed = tuple(check_seed(seed, "seeds") for seed in seeds)  # type: ignore[union-attr]
    except TypeError:
        raise fail("seeds", "a count or a list of whole numbers", seeds) from None
    if not listed or len(set(listed)) < len(listed):
        raise fail("seeds", "one or more different numbers", list(listed))
    return listed
