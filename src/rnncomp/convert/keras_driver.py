"""Callbacks of Keras in a training of ours: each sees the model of Keras as it is at that time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnncomp.convert.keras_models import give_state, give_weights
from rnncomp.errors import UnsupportedError
from rnncomp.samples import FloatArray
from rnncomp.training import Callback, Sequential

# They look at the logs alone, so that nothing need be handed over for them.
LOGS_ONLY = ("CSVLogger", "History", "ProgbarLogger", "RemoteMonitor", "TerminateOnNaN")
# They reach into Keras's own loop of training.
REFUSED = {
    "BackupAndRestore": "pass rnncomp.keras.callbacks.BackupAndRestore",
    "OrbaxCheckpoint": "pass keras.callbacks.ModelCheckpoint",
    "SwapEMAWeights": "leave it out: optimizers here keep no moving average of the weights",
    "TensorBoard": "pass keras.callbacks.CSVLogger",
}


class Driver(Callback):
    """Calls the hooks of Keras's callbacks, and carries over what they see and what they change.

    Before a hook, weights and the state of the optimizer are written into the model of Keras, if
    there was training since; after it, weights, learning rate and `stop_training` are read back if
    the callback changed them.

    Args:
        theirs: The model of Keras.
        callbacks: Those of Keras.
        base: Keras's class Callback.
        before: Called before the first hook, when the arguments of fit have been checked.
    """

    def __init__(
        self, theirs: Any, callbacks: list[Any], base: type, before: Callable[[], None]
    ) -> None:
        for callback in callbacks:
            _check(callback)
        self.theirs, self.callbacks, self.base, self.before = theirs, callbacks, base, before
        self.looks = any(not _is_known(callback, LOGS_ONLY) for callback in callbacks)
        self._given = -1  # batches that the model of Keras knows of
        self._rate = 0.0
        self._params: FloatArray = np.empty(0)

    def set_model(self, model: Any) -> None:
        """Take our model; the callbacks get that of Keras."""
        self.ours: Sequential = model
        for callback in self.callbacks:
            callback.set_model(self.theirs)

    def set_params(self, params: dict[str, Any]) -> None:
        """Take the parameters of the fit."""
        for callback in self.callbacks:
            callback.set_params(params)

    def acts_on(self, hook: str) -> bool:
        """Whether one of the callbacks overrides `hook`."""
        return any(_acts_on(callback, hook, self.base) for callback in self.callbacks)

    def drive(self, hook: str, *args: Any, **logs: Any) -> None:
        """Call `hook` of all callbacks, with the model of Keras up to date."""
        if hook == "on_train_begin":
            self.before()
        self._give()
        for callback in self.callbacks:
            getattr(callback, hook)(*args, **logs)
        self._take()

    def _give(self) -> None:
        done = self.ours.compiled_with.iteration
        if not self.looks or done == self._given:
            return
        give_weights(self.ours, self.theirs)
        give_state(self.ours, self.theirs)
        self._given, self._rate = done, self._their_rate()
        self._params = self.ours.network.params.copy()

    def _take(self) -> None:
        if self.theirs.stop_training:
            self.ours.stop_training = True
        if not self.looks:
            return
        optimizer = self.ours.compiled_with.optimizer
        if optimizer.schedule is None and (rate := self._their_rate()) != self._rate:
            optimizer.learning_rate = self._rate = rate
        now = np.concatenate([np.asarray(w).ravel() for w in self.theirs.get_weights()])
        if now.tobytes() != self._params.tobytes():
            self.ours.network.params[:] = self._params = now

    def _their_rate(self) -> float:
        return float(np.asarray(self.theirs.optimizer.learning_rate))


def _hook(name: str) -> Callable[..., None]:
    def hook(self: Driver, *args: Any, **logs: Any) -> None:
        self.drive(name, *args, **logs)

    hook.__name__, hook.__doc__ = name, f"Call {name} of Keras's callbacks."
    return hook


# on_batch_begin and on_batch_end are called by Keras's own on_train_batch_...
for _name in dir(Callback):
    if _name.startswith("on_") and not _name.startswith("on_batch_"):
        setattr(Driver, _name, _hook(_name))


def _check(callback: Any) -> None:
    name = type(callback).__name__
    if _is_known(callback, tuple(REFUSED)):
        raise UnsupportedError(f"rnncomp.fit does not drive Keras's {name}; {REFUSED[name]}")


def _is_known(callback: Any, names: tuple[str, ...]) -> bool:
    """Whether a callback is one of Keras's own classes of these names."""
    return type(callback).__module__.startswith("keras.") and type(callback).__name__ in names


def _acts_on(callback: Any, hook: str, base: type) -> bool:
    """Whether a callback overrides a hook, by its class or in the object."""
    if _is_known(callback, ("ModelCheckpoint",)) and callback.save_freq == "epoch":
        return hook.startswith("on_epoch")  # it overrides the hooks of batches, for other ways
    found = getattr(callback, hook)
    return getattr(found, "__func__", found) is not getattr(base, hook)
