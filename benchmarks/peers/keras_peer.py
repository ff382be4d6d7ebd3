"""Keras 3 as a peer, on the backend named by KERAS_BACKEND."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from worker import EpochClock, requested_cores, serve

CORES = requested_cores()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras  # noqa: E402
from sentences_task import task_of  # noqa: E402
from tasks import LEARNING_RATE  # noqa: E402


class Clock(EpochClock, keras.callbacks.Callback):
    """An EpochClock that `fit` accepts."""


class KerasPeer:
    """`fit` with verbose=0 on NumPy arrays."""

    def describe(self) -> dict[str, str]:
        """Return versions of Keras and its backend."""
        names = {"jax": ["jax", "jaxlib"], "tensorflow": ["tensorflow-cpu"]}
        packages = ["keras", *names[keras.backend.backend()], "numpy"]
        return {name: version(name) for name in packages}

    def build(self) -> keras.Model:
        """Return the compiled network."""
        keras.utils.set_random_seed(0)
        task, setting = self.task, self.setting
        options = {"unroll": setting.get("unroll", False)}
        model = keras.Sequential(task.network(keras, **options))
        model.compile(
            optimizer=keras.optimizers.Adam(LEARNING_RATE),
            loss=task.loss,
            jit_compile=setting.get("jit_compile", "auto"),
            steps_per_execution=setting.get("steps_per_execution", 1),
        )
        return model

    def load(self, task: dict[str, Any], setting: dict[str, Any]) -> None:
        """Make the data and a network."""
        keras.backend.clear_session()
        self.task, self.setting = task_of(task), setting
        keras.backend.set_floatx(self.task.dtype)
        self.x, self.y = self.task.data()
        self.model = self.build()

    def epochs(self, n: int) -> list[float]:
        """Return the seconds of n epochs of one `fit`."""
        clock = Clock()
        batch = self.task.batch
        self.model.fit(
            self.x, self.y, batch_size=batch, epochs=n, verbose=0, shuffle=True, callbacks=[clock]
        )
        return clock.seconds()

    def trained(self) -> list[float]:
        """Return predictions after one unshuffled epoch from the task's first weights."""
        model = self.build()
        model.set_weights(self.task.first_weights())
        model.fit(self.x, self.y, batch_size=self.task.batch, epochs=1, verbose=0, shuffle=False)
        return model.predict(self.x, verbose=0)[:, 0].astype(float).tolist()

    def first_predictions(self, job: str) -> list[float]:
        """Return what the first weights predict for the task's windows."""
        self.model.set_weights(self.task.first_weights())
        return self.model.predict(self.x, verbose=0)[:, 0].astype(float).tolist()

    def one_window(self, windows: int) -> Callable[[], Any]:
        """Return the prediction of one window, by `predict_on_batch`, the quicker way."""
        x = self.x[:1]
        return lambda: self.model.predict_on_batch(x)

    def many_windows(self, windows: int) -> Callable[[], Any]:
        """Return the prediction of many windows, by `predict` in large batches."""
        x = self.task.but(windows=windows).data()[0]
        return lambda: self.model.predict(x, batch_size=1024, verbose=0)


if __name__ == "__main__":
    serve(KerasPeer)
