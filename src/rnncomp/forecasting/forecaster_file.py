"""The file of a forecaster: networks, settings, and the end of each series; read with distrust.

One safetensors file, as `rnncomp.load_model` reads it: the network of the first seed, and beside it
the weights of the others and the rows of the series. Nothing in it is ever executed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnncomp._check import check_seeds, fail, integer, one_of
from rnncomp.errors import InvalidArgumentError, ModelFileError, RnncompError
from rnncomp.forecasting.history import Learned
from rnncomp.forecasting.network_config import NetworkConfig, build_network, network_spec
from rnncomp.kernels import DenseSpec, RecurrentSpec
from rnncomp.samples import FloatArray
from rnncomp.series import FittedTransform, Series
from rnncomp.series.frequency import parse_frequency
from rnncomp.series.series import FILLS
from rnncomp.training import Sequential, load_beside, save_model

NAME, VERSION = "rnncomp-forecaster", 2

_TEXTS = ("name", "time_name", "time_unit", "frame_type")
_LISTS = ("columns", "targets", "known", "calendar")
_UNITS = ("Y", "M", "D", "h", "m", "s", "ms", "us")
_FRAMES = ("polars", "pandas", "pyarrow", "modin", "cudf")
_DAY = 86_400_000_000  # microseconds
_DAYS = 2**63 // _DAY - 1  # in a datetime64[us], before and after 1970


@dataclass(frozen=True, eq=False)
class Found:
    """What a file holds; the attributes are those of `RecurrentForecaster`."""

    models: list[Sequential]
    config: NetworkConfig
    seeds: tuple[int, ...]
    learned: dict[str, Learned]


def write_forecaster(
    path: Path,
    *,
    models: Sequence[Sequential],
    config: NetworkConfig,
    seeds: Sequence[int],
    learned: Mapping[str, Learned],
) -> None:
    """Write the file, whole or not at all.

    Raises:
        OutputError: It cannot be written; nothing is left behind.
    """
    beside: dict[str, FloatArray] = {}
    for place, model in enumerate(models[1:], start=1):
        beside[f"weights.{place}"] = np.concatenate([w.ravel() for w in model.get_weights()])
    series = []
    for place, about in enumerate(learned.values()):
        tail = about.tail(config.window)
        series.append(_facts(tail))
        beside |= {f"{name}.{place}": kept for name, kept in _arrays(tail.series).items()}
    extra = {
        "format": f"{NAME}/{VERSION}",
        "config": asdict(config),
        "seeds": list(seeds),
        "series": series,
    }
    save_model(models[0], path, extra={"forecaster": extra}, beside=beside)


def read_forecaster(path: Path) -> Found:
    """Read the file, every fact checked against the network beside it.

    Raises:
        ModelFileError: It is missing, damaged, from a newer version, or holds no forecaster.
    """
    model, extra, beside = load_beside(path, compile=False)
    facts = extra.get("forecaster")
    if not isinstance(facts, dict) or not str(facts.get("format")).startswith(f"{NAME}/"):
        raise ModelFileError(
            f"{path}: it must hold a forecaster of format {NAME}/{VERSION}, got a plain network; "
            "load plain networks with rnncomp.load_model, and explain them with rnncomp.explain"
        )
    try:
        version = integer("format", int(facts["format"].removeprefix(f"{NAME}/")))
        if version > VERSION:
            raise ModelFileError(
                f"{path}: its format must be {NAME}/{VERSION} or older, got {facts['format']}; "
                "update rnncomp"
            )
        for older in range(version, VERSION):
            facts = UPGRADES[older](facts)
        return _found(model, facts, beside)
    except ModelFileError:
        raise
    except (RnncompError, KeyError, TypeError, ValueError, IndexError) as error:
        raise ModelFileError(
            f"{path}: its forecaster settings do not hold ({error}); write the file again"
        ) from None


def _from_1(facts: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had one seed, one target, a scaler, and remembered no rows."""
    config = dict(facts["config"])
    columns = list(facts["columns"])
    series = {
        "name": "series", "time_name": "time", "time_unit": "us", "frame_type": "polars",
        "columns": columns, "targets": columns[:1], "known": [], "calendar": [],
        "frequency": None, "fill": None, "unseen": 0,
        "transform": {"kind": "none", "targets": 1, "scaler": facts["scaler"]},
    }  # fmt: skip
    return {"config": config, "seeds": [facts["seed"]], "series": [series]}


UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1}
"""By version, what makes its facts those of the next one."""


def _found(model: Sequential, facts: dict[str, Any], beside: dict[str, FloatArray]) -> Found:
    given = dict(facts["config"])
    config = NetworkConfig(**{**given, "quantiles": tuple(given.get("quantiles", ()))})
    _check_network(model, config, given)
    seeds = check_seeds([integer("seed", seed, at_least=0) for seed in facts["seeds"]])
    models: list[Sequential] = [build_network(config, seed=seeds[0], weights=model.get_weights())]
    wanted = {f"weights.{place}" for place in range(1, len(seeds))}
    n_params = model.count_params()
    for place, seed in enumerate(seeds[1:], start=1):
        weights = beside[f"weights.{place}"]
        if weights.shape != (n_params,) or str(weights.dtype) != config.dtype:
            raise fail(f"weights.{place}", f"{n_params} numbers of {config.dtype}", weights.shape)
        models.append(build_network(config, seed=seed, weights=[weights]))
    learned = {}
    for place, plain in enumerate(facts["series"]):
        names = {f"{name}.{place}" for name in ("values", "time", "observed")}
        arrays = {name: beside[name] for name in names & beside.keys()}
        about = _learned(plain, {k.partition(".")[0]: v for k, v in arrays.items()})
        _check_columns(about.series, config)
        learned[about.series.name] = about
        wanted |= names
    if not learned or len(learned) != len(facts["series"]):
        raise fail("series", "one or more with names of their own", list(learned))
    if not beside.keys() <= wanted:
        raise fail("arrays", "those of the seeds and series", sorted(beside.keys() - wanted))
    return Found(models, config, seeds, learned)


def _check_columns(series: Series, config: NetworkConfig) -> None:
    for name, wanted in (
        ("columns", config.features),
        ("targets", config.targets),
        ("known", config.known),
    ):
        names = getattr(series, name)
        if len(names) != wanted:
            raise fail(name, f"{wanted} names", list(names))


def _check_network(model: Sequential, config: NetworkConfig, given: object) -> None:
    """Raise unless the configuration is that of the network, before one is built from it."""
    spec = model.network.spec
    first, last = spec.layers[0], spec.layers[-1]
    wrong = fail("config", "that of the network in the file", given)
    if not (isinstance(first, RecurrentSpec) and isinstance(last, DenseSpec)):
        raise wrong
    said = (config.layers, config.units, config.outputs, config.dtype)
    if said != (len(spec.layers) - 1, first.units, last.units, model.dtype):
        raise wrong
    wanted = network_spec(config)
    if (wanted.features, wanted.layers) != (spec.features, spec.layers):
        raise wrong


def _facts(about: Learned) -> dict[str, Any]:
    series = about.series
    return {
        **{name: getattr(series, name) for name in (*_TEXTS, "frequency")},
        **{name: list(getattr(series, name)) for name in _LISTS},
        "fill": about.fill,
        "unseen": about.unseen,
        "transform": about.transform.to_dict(),
    }


def _arrays(series: Series) -> dict[str, FloatArray]:
    """Return the rows of a series as floats; a stamp is its day and the microseconds of it."""
    made: dict[str, FloatArray] = {"values": series.values}
    if series.time is not None:
        day, rest = np.divmod(series.time.astype(np.int64), _DAY)
        made["time"] = np.stack([day, rest], axis=1).astype(np.float64)
    if series.observed is not None:
        made["observed"] = series.observed.astype(np.float64)
    return made


def _learned(plain: dict[str, Any], arrays: dict[str, FloatArray]) -> Learned:
    texts = {name: plain[name] for name in _TEXTS}
    lists = {name: tuple(plain[name]) for name in _LISTS}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise fail(name, "text", value)
    for name, listed in lists.items():
        if not all(isinstance(value, str) for value in listed):
            raise fail(name, "a list of texts", listed)
    frequency, fill = plain["frequency"], plain["fill"]
    if frequency is not None:
        parse_frequency(frequency)
    if fill is not None:
        one_of("fill", fill, FILLS)
    one_of("time_unit", texts["time_unit"], _UNITS)
    one_of("frame_type", texts["frame_type"], _FRAMES)
    values = arrays.get("values", np.empty((0, len(lists["columns"]))))
    series = Series(
        values.astype(np.float64),
        time=_stamps(arrays.get("time")),
        observed=None if "observed" not in arrays else arrays["observed"] == 1.0,
        fill=fill,
        frequency=frequency,
        columns=lists["columns"],
        targets=lists["targets"],
        known=lists["known"],
        calendar=lists["calendar"],
        **texts,
    )
    transform = FittedTransform.from_dict(plain["transform"])
    if len(transform.scaler.center) != len(series.columns):
        raise fail("scaler", f"of {len(series.columns)} columns", len(transform.scaler.center))
    if transform.targets != len(series.targets):
        raise fail("transform targets", str(len(series.targets)), transform.targets)
    unseen = integer("unseen", plain["unseen"], at_least=0)
    return Learned(series, transform, min(unseen, len(series)), fill)


def _stamps(parts: FloatArray | None) -> Any:
    if parts is None:
        return None
    if parts.ndim != 2 or parts.shape[1] != 2:
        raise InvalidArgumentError(f"time must be of shape (rows, 2), got {parts.shape}")
    if not ((np.abs(parts[:, 0]) <= _DAYS) & (parts[:, 1] >= 0) & (parts[:, 1] < _DAY)).all():
        raise InvalidArgumentError("time must be days of datetime64[us] with microseconds of a day")
    day, rest = np.rint(parts).astype(np.int64).T
    return (day * _DAY + rest).astype("M8[us]")
