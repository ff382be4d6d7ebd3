"""rnncomp.fit: a compiled model of Keras, trained by our engine in its place."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from rnncomp.convert.keras_driver import Driver
from rnncomp.convert.keras_models import from_keras, give_state, give_weights, keras_of
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.samples import Samples
from rnncomp.training import Callback, Sequential
from rnncomp.training.callbacks import check_callbacks


def fit(
    model: Any,
    x: Any = None,
    y: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: str | int = "auto",
    callbacks: Any = None,
    validation_split: float = 0.0,
    validation_data: Any = None,
    shuffle: bool = True,
    class_weight: Any = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: Any = None,
    validation_steps: Any = None,
    validation_batch_size: int | None = None,
    validation_freq: int | list[int] = 1,
    *,
    seed: int | None = None,
    threads: int | None = None,
) -> Any:
    """Train a compiled model of Keras with our engine: ``model.fit(x, y)``, only faster.

    The model is trained in place: its weights, its optimizer's iterations, learning rate and
    moments are afterwards what they would be in Keras, up to rounding and the order of samples.
    They are handed back after an error or an interrupt as well.

    Args:
        model: A compiled Sequential of Keras 3, or a functional model that is a chain.
        x: As in `Sequential.fit`, to which all arguments but the last two go.
        y: The same.
        batch_size: The same.
        epochs: The same.
        verbose: The same.
        callbacks: Callback objects of Keras, which see the model of Keras, its weights up to
            date, or of rnncomp, which see ours.
        validation_split: The same as in `Sequential.fit`.
        validation_data: The same.
        shuffle: The same.
        class_weight: The same.
        sample_weight: The same.
        initial_epoch: The same.
        steps_per_epoch: The same.
        validation_steps: The same.
        validation_batch_size: The same.
        validation_freq: The same.
        seed: Where shuffles come from, 0 .. 2**64 - 1; None draws one from Python's random
            numbers, so that ``keras.utils.set_random_seed`` makes a program repeatable.
        threads: Cores that share a batch; None splits it when that pays.

    Returns:
        A ``keras.callbacks.History``, which is also `model.history`.

    Raises:
        InvalidArgumentError: It is no compiled model of Keras 3, or an argument breaks its rule.
        UnsupportedError: Something in the model or among the arguments is not supported; the
            message names it, and nothing was trained.

    Example:
        >>> history = fit(keras_model, x, y, epochs=10)  # doctest: +SKIP
        >>> fit("m.keras", [[[0.0]]], [0.0])
        Traceback (most recent call last):
        rnncomp.errors.InvalidArgumentError: model must be a model of Keras 3, got 'm.keras'; ...
    """
    keras = keras_of(model)
    ours = _our_model(model, x, seed, threads)
    theirs, own = _sorted(callbacks, keras)
    history, drivers = keras.callbacks.History(), []
    if theirs:
        drivers = [
            Driver(model, [*theirs, history], keras.callbacks.Callback, _metrics(ours, model, x, y))
        ]
    model.stop_training = False
    try:
        ours.fit(
            x,
            y,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=[*own, *drivers],
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            class_weight=class_weight,
            sample_weight=sample_weight,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_steps=validation_steps,
            validation_batch_size=validation_batch_size,
            validation_freq=validation_freq,
        )
    finally:
        give_weights(ours, model)
        give_state(ours, model)
        if not theirs and ours.history is not None:
            history.set_model(model)
            history.history, history.epoch = ours.history.history, ours.history.epoch
            model.history = history
    return history


def _our_model(model: Any, x: Any, seed: int | None, threads: int | None) -> Sequential:
    """Return our model for one that can be trained in its place."""
    if not model.compiled:
        raise InvalidArgumentError("the model is not compiled; call model.compile(...) first")
    if not model.built:
        model.build((None, *np.shape(x)[1:]))
    ours = from_keras(model, seed=random.getrandbits(32) if seed is None else seed, threads=threads)
    if stateful := [layer.name for layer in ours.layers if layer.stateful]:
        raise UnsupportedError(
            f"rnncomp.fit does not train the stateful layer {stateful[0]!r}, whose states Keras "
            "would keep; train from_keras(model) and take its weights"
        )
    return ours


def _sorted(callbacks: Any, keras: Any) -> tuple[list[Any], list[Callback]]:
    """Return Keras's callbacks and ours."""
    given = callbacks if isinstance(callbacks, Iterable) else [callbacks]
    items = [item for item in given if item is not None]
    theirs = [item for item in items if isinstance(item, keras.callbacks.Callback)]
    return theirs, check_callbacks([item for item in items if item not in theirs])


def _metrics(ours: Sequential, theirs: Any, x: Any, y: Any) -> Callable[[], None]:
    """Return what makes Keras's metrics, which it does when it trains.

    Callbacks that monitor one look there whether it should fall or rise.
    """

    def make() -> None:
        first = x.take(slice(0, 1)) if isinstance(x, Samples) else np.asarray(x)[:1]
        targets = first.targets if isinstance(first, Samples) else np.asarray(y)[:1]
        theirs.compute_metrics(None, targets, ours.predict(first, verbose=0))
        theirs.reset_metrics()

    return make
