"""Learning-rate schedules by name, and as the plain values that files hold."""

from __future__ import annotations

from typing import Any

from rnncomp._check import fail, nearest, shown
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.nn.refused import refuse
from rnncomp.training.cosine_decays import CosineDecay, CosineDecayRestarts
from rnncomp.training.decays import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from rnncomp.training.schedule import LearningRateSchedule

MODULE = "keras.optimizers.schedules"

SCHEDULES: dict[str, Any] = {
    cls.__name__: cls
    for cls in (
        *(CosineDecay, CosineDecayRestarts, ExponentialDecay),
        *(InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay),
    )
}


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """Return a schedule as plain values, as Keras writes them.

    Args:
        learning_rate_schedule: One of Keras's own.

    Raises:
        UnsupportedError: It is of a class of your own, which a file cannot bring back.

    Example:
        >>> serialize(PiecewiseConstantDecay([9], [0.1, 0.01]))["class_name"]
        'PiecewiseConstantDecay'
    """
    name = type(learning_rate_schedule).__name__
    if SCHEDULES.get(name) is not type(learning_rate_schedule):
        raise UnsupportedError(
            f"the learning rate schedule {shown(learning_rate_schedule)} is not kept in a file; "
            "use one of " + ", ".join(SCHEDULES)
        )
    config = learning_rate_schedule.get_config()
    return {"module": MODULE, "class_name": name, "config": config, "registered_name": None}


def deserialize(config: Any, custom_objects: Any = None) -> LearningRateSchedule:
    """Return the schedule that `serialize` wrote, here or in Keras.

    Args:
        config: What it returned.
        custom_objects: Refused unless None.

    Raises:
        InvalidArgumentError: It is no schedule, or an argument breaks its rule.

    Example:
        >>> deserialize(serialize(ExponentialDecay(0.1, 10, 0.5)))(10)
        0.05
    """
    refuse("deserialize", custom_objects=custom_objects)
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        raise fail("config", "what serialize returned", config)
    name = str(config.get("class_name"))
    if name not in SCHEDULES:
        hint = nearest(name, SCHEDULES)
        raise fail("class_name", "one of " + ", ".join(SCHEDULES), name, hint)
    try:
        made: LearningRateSchedule = SCHEDULES[name](**config["config"])
    except TypeError as error:  # an argument too many or too few
        raise InvalidArgumentError(f"{name} cannot be made again: {error}") from None
    return made
