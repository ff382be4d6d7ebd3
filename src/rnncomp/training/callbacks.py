"""What happens between epochs and batches: Keras's hooks, and the history."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

from rnncomp._check import fail
from rnncomp.training.model import Model

Logs = dict[str, Any]

BATCH_HOOKS = {
    "train": ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end"),
    "test": ("on_test_batch_begin", "on_test_batch_end"),
    "predict": ("on_predict_batch_begin", "on_predict_batch_end"),
}


HOOKS = (
    *("on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end"),
    *("on_test_begin", "on_test_end", "on_predict_begin", "on_predict_end"),
    *(hook for hooks in BATCH_HOOKS.values() for hook in hooks),
)


class Callback:
    """Base of callbacks: override the hooks wanted, named as Keras names them.

    A hook of batches is called for every batch, which costs a native call each; without one,
    many batches run in one call. What `get_state` returns goes into the files of
    BackupAndRestore, so that a callback that remembers something can go on in another process.

    Attributes:
        model: The Sequential that trains.
        params: ``verbose``, ``epochs`` and ``steps`` of the fit.

    Example:
        >>> class Announce(Callback):
        ...     def on_epoch_end(self, epoch, logs=None):
        ...         print(f"epoch {epoch + 1}: loss {logs['loss']:.3f}")
    """

    model: Model
    params: dict[str, Any]

    def set_model(self, model: Model) -> None:
        """Take the model that trains."""
        self.model = model

    def set_params(self, params: dict[str, Any]) -> None:
        """Take the parameters of the fit."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Called before the first epoch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Called after the last epoch, with its logs."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Called before epoch `epoch`, counted from 0."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Called after epoch `epoch` with its losses and metrics, ``val_`` ones included."""

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of on_train_batch_begin."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Another name of on_train_batch_end."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before every batch, counted from 0 in each epoch."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after every batch with the means over the epoch so far."""
        self.on_batch_end(batch, logs=logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Called before an evaluation or validation."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Called after an evaluation or validation with its loss and metrics."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before every batch of an evaluation or validation."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after every such batch with the means so far."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Called before a prediction."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """Called after a prediction."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Called before every batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Called after every such batch; ``logs["outputs"]`` are its outputs."""

    def get_state(self) -> dict[str, Any]:
        """Return what is remembered from epoch to epoch: plain values, and lists of arrays."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Take back what `get_state` had returned; by default as attributes of these names."""
        vars(self).update(state)

    def acts_on(self, hook: str) -> bool:
        """Whether `hook` is overridden, by a class or in this object."""
        found = getattr(self, hook)
        return getattr(found, "__func__", found) is not getattr(Callback, hook)


class History(Callback):
    """What fit returns.

    Attributes:
        history: One list by name, an entry an epoch: ``loss``, the metrics under the names they
            were given, and each with ``val_`` if there is validation data.
        epoch: The epochs run, counted from 0.
        seed: The seed that gives this training again, with the same data and threads or not.

    Example:
        >>> import rnncomp
        >>> model = rnncomp.Sequential([rnncomp.GRU(4, input_shape=(3, 1))], seed=0)
        >>> model.compile(optimizer="adam", loss="mse", metrics=["mae"])
        >>> x, y = [[[0.0], [1.0], [2.0]]], [[3.0, 3.0, 3.0, 3.0]]
        >>> model.fit(x, y, epochs=2, verbose=0)
        <History of 2 epochs: loss, mae; seed=0>
    """

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = {}
        self.epoch: list[int] = []
        self.seed: int | None = None

    def set_model(self, model: Model) -> None:
        """Take the model that trains, and do not keep it alive.

        It keeps its history: each of the two holding the other would leave both, weights and
        buffers included, to the garbage collector, which comes by when it likes.
        """
        self._model = weakref.ref(model)

    @property
    def model(self) -> Model:  # type: ignore[override]
        """The Sequential that trained, as long as somebody keeps it."""
        model = self._model()
        if model is None:
            raise AttributeError("the model of this history is gone; keep it in a variable")
        return model

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Note the model's seed."""
        self.epoch = []
        self.seed = self.model.seed

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Append the epoch's numbers."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def get_state(self) -> dict[str, Any]:
        """Return the epochs so far."""
        return {"history": self.history, "epoch": self.epoch, "seed": self.seed}

    def __repr__(self) -> str:
        return f"<History of {len(self.epoch)} epochs: {', '.join(self.history)}; seed={self.seed}>"


class CallbackList:
    """Calls the same hook of several callbacks, in order; of batches only where overridden."""

    def __init__(self, callbacks: object, model: Model, params: dict[str, Any]) -> None:
        self.callbacks = check_callbacks(callbacks)
        self.model = model
        self.params = params
        self._batch_hooks: dict[str, bool] = {}
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params(params)

    def call(self, hook: str, *place: int, logs: Logs | None = None) -> Logs:
        """Call `hook` of all callbacks, as Keras does: in order, with logs sorted by name.

        Args:
            hook: Its name.
            *place: The epoch or the batch.
            logs: What is known; it is copied.

        Returns:
            The logs that the callbacks were given; what one adds the next ones see.
        """
        given: Logs = dict(sorted((logs or {}).items()))
        for callback in self.callbacks:
            function = getattr(callback, hook)
            if "_batch_" in hook:
                function(*place, logs=given)
            else:
                function(*place, given)
        return given

    def has_batch_hooks(self, kind: str) -> bool:
        """Whether any callback overrides a hook of ``train``, ``test`` or ``predict`` batches."""
        if kind not in self._batch_hooks:  # asked in every epoch
            self._batch_hooks[kind] = any(
                callback.acts_on(hook) for callback in self.callbacks for hook in BATCH_HOOKS[kind]
            )
        return self._batch_hooks[kind]


def check_callbacks(value: object) -> list[Callback]:
    """Return one callback or several as a list, or raise InvalidArgumentError."""
    if value is None:
        return []
    checked: list[Callback] = []
    for item in value if isinstance(value, Iterable) else [value]:
        if not isinstance(item, Callback):
            hint = "derive it from rnncomp.keras.callbacks.Callback"
            raise fail("callbacks", "a list of Callback objects", item, hint)
        checked.append(item)
    return checked
