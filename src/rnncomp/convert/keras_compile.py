"""What compile chose, as Keras describes it: optimizer, loss and metrics."""

from __future__ import annotations

from typing import Any

from rnncomp._check import shown
from rnncomp.convert.keras_names import Config, described, description
from rnncomp.errors import UnsupportedError
from rnncomp.kernels.loss_spec import LossSpec
from rnncomp.training import Optimizer, Sequential, losses, metrics
from rnncomp.training.adam import CLASSES
from rnncomp.training.losses import loss_of
from rnncomp.training.metrics import metric_of

OPTIMIZERS: dict[str, Any] = {cls.__name__: cls for cls in CLASSES.values()}
LOSSES: dict[str, Any] = {cls.__name__: cls for cls in losses.CLASSES}
METRICS: dict[str, Any] = {cls.__name__: cls for cls in metrics.CLASSES}

# How Keras runs, not what it computes: compiled kernels know no such choice.
WITHOUT_EFFECT = ("jit_compile",)


def compile_as(model: Sequential, config: Config) -> None:
    """Compile a model as Keras describes it.

    Args:
        model: Ours.
        config: What Keras keeps under ``compile_config``.

    Raises:
        UnsupportedError: Something of it is not supported; the message names it.
        InvalidArgumentError: An argument breaks its rule.
        ValueError: It is no such description.
    """
    chosen = {key: value for key, value in config.items() if key not in WITHOUT_EFFECT}
    chosen["optimizer"] = read_optimizer(config.get("optimizer"))
    chosen["loss"] = _read(config.get("loss"), LOSSES, "keras.losses", "loss")
    for key in ("metrics", "weighted_metrics"):
        if isinstance(given := config.get(key), list):
            chosen[key] = [_read(item, METRICS, "keras.metrics", "metric") for item in given]
    model.compile(**chosen)


def read_optimizer(entry: Any) -> Optimizer | str:
    """Return our optimizer for one that Keras describes; a name stays one."""
    if not isinstance(entry, dict):
        name: str = entry
        return name
    make, config = _described(entry, OPTIMIZERS, "keras.optimizers", "optimizer")
    if isinstance(rate := config.get("learning_rate"), dict):
        _ = described(rate, "keras.optimizers.schedules", "learning rate schedule")
    optimizer: Optimizer = make.from_config(config)
    return optimizer


def write_optimizer(optimizer: Optimizer) -> Config:
    """Return an optimizer as Keras describes it."""
    config = optimizer.get_config()
    config["weight_decay"] = config["weight_decay"] or None  # Keras's word for none
    return description("keras.optimizers", type(optimizer).__name__, config)


def write_compile(model: Sequential) -> Config | None:
    """Return what compile chose, as Keras describes it; None if the model is not compiled."""
    if not model.compiled:
        return None
    compiled = model.compiled_with
    return {
        "optimizer": write_optimizer(compiled.optimizer),
        "loss": write_loss(compiled.loss),
        "loss_weights": None,
        "metrics": _metrics(compiled.metrics, "metric"),
        "weighted_metrics": _metrics(compiled.metrics, "weighted_metric") or None,
        "run_eagerly": False,
        "steps_per_execution": 1,
        "jit_compile": False,
    }


def write_loss(spec: LossSpec) -> Config | str:
    """Return a loss as Keras describes it; one that is all by default as Keras's name."""
    if spec.kind == "quantile":
        raise UnsupportedError("Keras has no quantile loss; compile with another one before saving")
    loss = loss_of(spec)
    if isinstance(loss, str) or spec == LossSpec(spec.kind):
        return spec.kind
    return description("keras.losses", type(loss).__name__, loss.get_config())


def _metrics(found: list[tuple[str, LossSpec]], reduction: str) -> list[Config | str]:
    """Return the metrics of a reduction as Keras describes them."""
    written: list[Config | str] = []
    for name, spec in found:
        if spec.reduction != reduction:
            continue
        if spec.kind == "quantile":
            raise UnsupportedError("Keras has no quantile metric; compile without it before saving")
        metric = metric_of(name, spec)
        written.append(
            metric
            if isinstance(metric, str)
            else description("keras.metrics", type(metric).__name__, metric.get_config())
        )
    return written


def _read(entry: Any, classes: dict[str, Any], module: str, what: str) -> Any:
    """Return an object of ours for a description; a name stays as it is."""
    if not isinstance(entry, dict):
        return entry
    if entry.get("class_name") == "function":
        return _function(entry, what)
    make, config = _described(entry, classes, module, what)
    dtype = config.get("dtype")
    if isinstance(dtype, dict):
        config = {**config, "dtype": described(dtype, "keras", "dtype policy")[1].get("name")}
    return make(**config)


def _function(entry: Config, what: str) -> str:
    """Return the name of a function of Keras's; what it means is looked up as any name is.

    Keras writes the name alone of its own functions, and a package with that of a user's.
    """
    name = entry.get("config")
    if not isinstance(name, str) or not name.isidentifier() or entry.get("module") != "builtins":
        raise UnsupportedError(
            f"the {what} {shown(name)} is a function of your own, and code is never loaded; name "
            "one of Keras's"
        )
    return name


def _described(entry: Any, classes: dict[str, Any], module: str, what: str) -> tuple[Any, Config]:
    """Return our class for a description, and its arguments."""
    name, config = described(entry, module, what)
    if name not in classes:
        raise UnsupportedError(
            f"the {what} {shown(name)} of Keras is not supported; use one of {', '.join(classes)}"
        )
    return classes[name], config
