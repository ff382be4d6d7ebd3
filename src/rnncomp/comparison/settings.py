"""Settings of a comparison: every choice in one frozen object, checked once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, cast

from rnncomp._check import check_seeds, count, fail, integer, nearest, one_of, real
from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting import CELLS, NetworkConfig, check_levels, check_recursion, network_spec
from rnncomp.forecasting.baselines import DEFAULT, NAMES
from rnncomp.kernels.engine import DType
from rnncomp.series import TRANSFORMS
from rnncomp.windows import Split

CELL_NAMES = ("simple_rnn", "lstm", "gru")
STRATEGIES = ("direct", "recursive", "both")
TEST_FRACTION = 0.2
OWN = ("window", "units", "layers", "dropout", "learning_rate")
"""Options that a network may have of its own."""


@dataclass(frozen=True)
class Settings:
    """What a comparison is made with; the attributes are the options of `compare`.

    Attributes:
        window: Time steps the networks see, at least 1.
        horizon: Steps ahead, at least 1.
        strategy: ``direct``: the horizon is forecast at once; ``recursive``: one step, fed back;
            ``both``: every network both ways, in tables of their own.
        stride: Rows between the starts of neighbouring windows, at least 1.
        cells: Networks to compare: ``simple_rnn``, ``lstm``, ``gru``.
        units: Units of each recurrent layer, at least 1.
        layers: Recurrent layers, at least 1.
        dropout: Share of the inputs of each recurrent layer dropped in training.
        equal: ``units``, or ``parameters``: the units of each network are then chosen so that all
            have as many parameters as the largest has with `units`.
        loss: ``mse``, ``mae`` or ``huber``: what all networks are trained by.
        epochs: Passes over the training windows, at least 1.
        batch_size: Windows in a weight update, at least 1.
        learning_rate: Of Adam, above 0.
        clipnorm: Longest gradient of a weight tensor; None for no limit.
        patience: Epochs without a better validation loss before a training stops; None for never.
        plateau: Epochs without a better validation loss before the learning rate is divided by
            ten; None for never.
        time_limit: Seconds for all trainings together; each gets its share, and begins no epoch
            after it. None for no limit.
        seeds: How many (0, 1, ...), or which.
        scale: ``minmax``, ``standard`` or ``none``.
        scale_on: ``train``, or ``all``, which leaks the test part and is said in the result.
        transform: ``none``, ``log``, ``diff`` or ``log-diff`` of what is forecast.
        baselines: What the networks are compared with, by name; ``all`` for all there are.
        baseline_seconds: Time for each baseline of statsforecast in each fold.
        season: Steps in a season; None to look for one in the training part.
        train_until: Last moment of train, inclusive; None for fractions.
        validation_until: Last moment of validation, inclusive; None for fractions.
        test_fraction: Share of the windows for test; a fifth of the others validates.
        folds: Blocks of the test part, each forecast by networks trained on all before it.
        within_parts: Whether the inputs of a window must lie in its part, too.
        levels: Percent of the actual values that intervals shall cover, such as (80, 95).
        dtype: ``float32`` or ``float64``.
        per_cell: What a network has of its own: by cell, any of ``window``, ``units``, ``layers``,
            ``dropout`` and ``learning_rate``. All are tested on the same windows: the longest one
            decides which.
        tune: Trials of a search for each network's own options, on the validation part, before
            the comparison; see `rnncomp.tune`. None for no search.
        space: What is searched; None for the ranges of `rnncomp.tune`.
    """

    window: int = 50
    horizon: int = 1
    strategy: str = "direct"
    stride: int = 1
    cells: tuple[str, ...] = CELL_NAMES
    units: int = 50
    layers: int = 1
    dropout: float = 0.0
    equal: str = "units"
    loss: str = "mse"
    epochs: int = 20
    batch_size: int = 32
    learning_rate: float = 0.001
    clipnorm: float | None = None
    patience: int | None = None
    plateau: int | None = None
    time_limit: float | None = None
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    scale: str = "minmax"
    scale_on: str = "train"
    transform: str = "none"
    baselines: str | tuple[str, ...] = DEFAULT
    baseline_seconds: float = 60.0
    season: int | None = None
    train_until: Any = None
    validation_until: Any = None
    test_fraction: float = TEST_FRACTION
    within_parts: bool = False
    folds: int = 1
    levels: tuple[float, ...] = (80.0, 95.0)
    dtype: str = "float32"
    per_cell: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tune: int | None = None
    space: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        checked: dict[str, Any] = {
            "horizon": count("horizon", self.horizon),
            "stride": count("stride", self.stride),
            "folds": count("folds", self.folds),
            "test_fraction": real("test_fraction", self.test_fraction, above=0.0, below=1.0),
            "season": None if self.season is None else integer("season", self.season),
            "cells": _cells(self.cells),
            "seeds": check_seeds(self.seeds),
            "levels": check_levels(self.levels),
            "baselines": _baselines(self.baselines),
            "baseline_seconds": real("baseline_seconds", self.baseline_seconds, above=0.0),
            "tune": None if self.tune is None else integer("tune", self.tune),
        }
        checked["per_cell"] = _per_cell(self.per_cell, checked["cells"])
        one_of("strategy", self.strategy, STRATEGIES)
        one_of("equal", self.equal, ("units", "parameters"))
        one_of("scale", self.scale, ("minmax", "standard", "none"))
        one_of("scale_on", self.scale_on, ("train", "all"))
        one_of("transform", self.transform, TRANSFORMS)
        self._check_split()
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        self._check_search()
        direct = self.strategy != "recursive"
        configs = {cell: self._config(cell, direct) for cell in self.cells}  # checks their options
        for cell, own in self.per_cell.items():
            checked["per_cell"][cell] = {name: getattr(configs[cell], name) for name in own}

    def _check_split(self) -> None:
        if (self.train_until is None) != (self.validation_until is None):
            absent = "train_until" if self.train_until is None else "validation_until"
            raise fail(absent, "given when the other end is", None, "pass both, or neither")
        if self.train_until is not None and self.test_fraction != TEST_FRACTION:
            hint = "test is what follows validation_until"
            raise fail("test_fraction", "left out where dates are given", self.test_fraction, hint)

    def _check_search(self) -> None:
        own = "per_cell" if self.per_cell else "tune" if self.tune else None
        if own and self.equal == "parameters":
            raise fail("equal", f"'units' beside {own}, which gives each network its own units",
                       self.equal, "leave one of them out")  # fmt: skip
        if self.space is not None and self.tune is None:
            raise fail("space", "given with tune, which searches it", self.space, "pass tune=30")
        for name, value in (("time_limit", self.time_limit), ("strategy", self.strategy)):
            if self.tune and value not in (None, "direct", "recursive"):
                hint = "tune first, and compare with per_cell then"
                raise fail(name, "left out beside tune", value, hint)

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
    def reach(self) -> int:
        """Time steps in the longest window of all networks."""
        windows: list[int] = [
            self.per_cell.get(cell, {}).get("window", self.window) for cell in self.cells
        ]
        return max(windows)

    @property
    def strategies(self) -> tuple[str, ...]:
        """The strategies compared, each in a table of its own."""
        if self.horizon == 1:
            return ("direct",)
        return ("direct", "recursive") if self.strategy == "both" else (self.strategy,)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values."""
        plain = asdict(self)
        for name in ("train_until", "validation_until"):
            if not isinstance(plain[name], (int, str, type(None))):
                plain[name] = str(plain[name])
        if plain["baselines"] != "all":
            plain["baselines"] = list(plain["baselines"])
        return plain | {name: list(plain[name]) for name in ("cells", "seeds", "levels")}

    def configs(self, features: int, targets: int = 1, known: int = 0) -> dict[str, NetworkConfig]:
        """Return what each network is, by name; those of a strategy differ in the cell alone.

        Args:
            features: Columns that the networks see.
            targets: Columns that they forecast, the first of them.
            known: Columns whose future is known, the last of them.
        """
        made = {}
        for strategy in self.strategies:
            sizes: dict[str, Any] = {"features": features, "targets": targets, "known": known}
            direct = strategy == "direct"
            base = {cell: self._config(cell, direct, **sizes) for cell in self.cells}
            if self.equal == "parameters":
                most = max(_n_params(config) for config in base.values())
                base = {cell: _nearest(config, most) for cell, config in base.items()}
            for cell, config in base.items():
                check_recursion(config)
                made[cell if direct or self.strategy != "both" else f"{cell}_recursive"] = config
        return made

    def _config(self, cell: str, direct: bool, **sizes: Any) -> NetworkConfig:
        own = {name: getattr(self, name) for name in OWN} | dict(self.per_cell.get(cell, {}))
        return NetworkConfig(
            cell=cell,
            horizon=self.horizon if direct else 1,
            steps=self.horizon,
            loss=self.loss,
            epochs=self.epochs,
            batch_size=self.batch_size,
            clipnorm=self.clipnorm,
            patience=self.patience,
            plateau=self.plateau,
            time_limit=self.time_limit,
            dtype=cast("DType", self.dtype),
            **own,
            **sizes,
        )


def _nearest(config: NetworkConfig, n_params: int) -> NetworkConfig:
    """Return the network with the units that bring its number of parameters nearest."""

    def with_units(units: int) -> NetworkConfig:
        return replace(config, units=units)

    low, high = config.units, config.units
    while _n_params(with_units(high)) < n_params:
        low, high = high, 2 * high
    while high - low > 1:  # n_params(low) <= wanted <= n_params(high)
        middle = (low + high) // 2
        enough = _n_params(with_units(middle)) >= n_params
        low, high = (low, middle) if enough else (middle, high)
    return min(map(with_units, (low, high)), key=lambda made: abs(_n_params(made) - n_params))


def _n_params(config: NetworkConfig) -> int:
    return network_spec(config).n_params


def _baselines(names: str | Iterable[str]) -> str | tuple[str, ...]:
    listed = (names,) if isinstance(names, str) else tuple(names)
    if listed == ("all",):
        return "all"
    for name in listed:
        one_of("baselines", name, (*NAMES, "all"))
    if len(set(listed)) < len(listed) or "all" in listed:
        raise fail("baselines", "'all', or different names", list(listed))
    return listed


def _per_cell(
    given: Mapping[str, Mapping[str, Any]], cells: Sequence[str]
) -> dict[str, dict[str, Any]]:
    if not isinstance(given, Mapping) or not all(
        isinstance(own, Mapping) for own in given.values()
    ):
        hint = "pass for example {'gru': {'window': 96}}"
        raise fail("per_cell", "a mapping from cells to mappings of options", given, hint)
    for cell, own in given.items():
        one_of("per_cell", cell, cells)
        for name in own:
            one_of(f"per_cell {cell}", name, OWN)
    return {cell: dict(own) for cell, own in given.items()}


def _cells(cells: str | Iterable[str]) -> tuple[str, ...]:
    names = (cells,) if isinstance(cells, str) else tuple(cells)
    if not names or len(set(names)) < len(names):
        raise fail("cells", "one or more different networks", list(names))
    return tuple(one_of("cells", name, CELLS) for name in names)
