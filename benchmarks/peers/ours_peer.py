"""rnncomp through its public `rnncomp.keras`, and the float64 reference that all are held to."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from worker import EpochClock, requested_cores, serve

CORES = requested_cores()

from rnncomp import keras  # noqa: E402
from rnncomp.kernels.info import backend_info  # noqa: E402
from tasks import LEARNING_RATE, Task  # noqa: E402

CELLS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


class Clock(EpochClock, keras.callbacks.Callback):
    """An EpochClock that `fit` accepts."""


class OurPeer:
    """`fit` with verbose=0 on NumPy arrays; threads chosen by the package."""

    def describe(self) -> dict[str, str]:
        """Return version, backend and instruction-set level."""
        info = backend_info()
        kernels = f"{info.backend}, level {info.level}"
        return {"rnncomp": version("rnncomp"), "kernels": kernels, "numpy": version("numpy")}

    def build(self) -> keras.Sequential:
        """Return the compiled network."""
        task = self.task
        layer = getattr(keras.layers, CELLS[task.cell])
        last = task.layers - 1
        layers = [layer(task.units, return_sequences=i < last) for i in range(task.layers)]
        start = keras.Input((task.window, task.features))
        model = keras.Sequential([start, *layers, keras.layers.Dense(1)], seed=0, dtype=task.dtype)
        model.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE), loss="mse")
        return model

    def load(self, task: dict[str, Any], setting: dict[str, Any]) -> None:
        """Make the data and a network."""
        del setting  # there is nothing to set
        self.task = Task.from_dict(task)
        x, y = self.task.data()
        n = self.task.windows
        self.x, self.y = x[:n], y[:n]
        self.held_out = (x[n:], y[n:]) if self.task.validation else None
        self.model = self.build()

    def epochs(self, n: int) -> list[float]:
        """Return the seconds of n epochs of one `fit`."""
        clock = Clock()
        self.model.fit(
            self.x,
            self.y,
            batch_size=self.task.batch,
            epochs=n,
            verbose=0,
            validation_data=self.held_out,
            callbacks=[clock],
        )
        return clock.seconds()

    def trained(self) -> list[float]:
        """Return predictions after one unshuffled epoch from the task's first weights."""
        model = self.build()
        model.set_weights(self.task.first_weights())
        model.fit(self.x, self.y, batch_size=self.task.batch, epochs=1, verbose=0, shuffle=False)
        return model.predict(self.x, verbose=0)[:, 0].astype(float).tolist()


if __name__ == "__main__":
    serve(OurPeer)
