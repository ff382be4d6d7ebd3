"""rnncomp through its public names, and the float64 reference that all are held to."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

from worker import requested_cores, serve

CORES = requested_cores()

import numpy as np  # noqa: E402

from rnncomp import keras  # noqa: E402
from sentences_task import task_of  # noqa: E402
from tasks import LEARNING_RATE, Array, Task  # noqa: E402

HUGE_STEP = 2.0**20  # a step of plain descent beside which the first weights are rounding


class OurPeer:
    """`fit` with verbose=0 on NumPy arrays; threads chosen by the package."""

    def describe(self) -> dict[str, str]:
        """Return version, backend and instruction-set level."""
        from rnncomp import backend_info

        info = backend_info()
        return {
            "rnncomp": version("rnncomp"),
            "backend": info.backend,
            "level": str(info.level),
            "numpy": version("numpy"),
        }

    def build(self, task: Task, optimizer: Any = None) -> keras.Sequential:
        """Return the compiled network."""
        model = keras.Sequential(task.network(keras), seed=0, dtype=task.dtype)
        model.compile(optimizer=optimizer or keras.optimizers.Adam(LEARNING_RATE), loss=task.loss)
        return model

    def load(self, task: dict[str, Any], setting: dict[str, Any]) -> None:
        """Make the data and a network."""
        del setting  # there is nothing to set
        self.task = task_of(task)
        x, y = self.task.data()
        n = self.task.windows
        self.x, self.y = x[:n], y[:n]
        self.held_out = (x[n:], y[n:]) if self.task.validation else None
        self.model = self.build(self.task)

    def epochs(self, n: int) -> list[float]:
        """Return the seconds of an epoch, n times: of a whole `fit` of n epochs, by n.

        A callback that took the time of each would end a native call with every epoch, which
        nobody does who only wants to train.
        """
        start = time.perf_counter()
        self.model.fit(
            self.x,
            self.y,
            batch_size=self.task.batch,
            epochs=n,
            verbose=0,
            validation_data=self.held_out,
        )
        return [(time.perf_counter() - start) / n] * n

    def trained(self) -> list[float]:
        """Return predictions after one unshuffled epoch from the task's first weights."""
        model = self.build(self.task)
        model.set_weights(self.task.first_weights())
        model.fit(self.x, self.y, batch_size=self.task.batch, epochs=1, verbose=0, shuffle=False)
        return model.predict(self.x, verbose=0)[:, 0].astype(float).tolist()

    def gradients(self, task: Task, backend: str) -> list[Array]:
        """Return the gradients that the training loop forms of one batch, by parameter.

        One step of plain descent of a huge length: next to it the weights it started from vanish,
        so that the gradients keep the digits they had.
        """
        before = os.environ.get("RNNCOMP_BACKEND")
        os.environ["RNNCOMP_BACKEND"] = backend
        try:
            model = self.build(task, keras.optimizers.SGD(HUGE_STEP))
            first = task.first_weights()
            model.set_weights(first)
            x, y = (values[: task.batch] for values in task.data())
            model.fit(x, y, batch_size=task.batch, epochs=1, verbose=0, shuffle=False)
        finally:
            os.environ.pop("RNNCOMP_BACKEND")
            if before is not None:
                os.environ["RNNCOMP_BACKEND"] = before
        pairs = zip(first, model.get_weights(), strict=True)
        return [(w.astype(float) - after) / HUGE_STEP for w, after in pairs]

    def gradient_error(self) -> float:
        """Return max|g - reference| / max|reference|, the largest over the parameters."""
        ours = self.gradients(self.task, "native")
        exact = self.gradients(self.task.but(dtype="float64"), "reference")
        return max(
            float(np.abs(g - e).max() / np.abs(e).max()) for g, e in zip(ours, exact, strict=True)
        )

    def first_predictions(self, job: str) -> list[float]:
        """Return what the first weights predict for the task's windows, by the way of a job."""
        model = self.build(self.task)
        model.set_weights(self.task.first_weights())
        if job == "one_window":
            predict = model.predictor()
            return [float(predict(window)[0]) for window in self.x]
        return model.predict(self.x, verbose=0)[:, 0].astype(float).tolist()

    def one_window(self, windows: int) -> Callable[[], Any]:
        """Return the prediction of one window, into an array that is there."""
        predict, x = self.model.predictor(), self.x[0]
        out = predict(x)
        return lambda: predict(x, out)

    def many_windows(self, windows: int) -> Callable[[], Any]:
        """Return the prediction of many windows."""
        x = self.task.but(windows=windows).data()[0]
        return lambda: self.model.predict(x, verbose=0)

    def train_series(self, task: dict[str, Any]) -> None:
        """Train one epoch on all windows of a long series; windows are views into it."""
        from rnncomp import make_samples

        self.task = Task.from_dict(task)
        rows = self.task.windows + self.task.window
        series = np.empty(rows, np.float32)
        for start in range(0, rows, 100_000):  # in pieces, so that only the series itself is big
            part = series[start : start + 100_000]
            part[:] = np.sin(np.arange(start, start + len(part)) / 10)
        model = self.build(self.task)
        model.fit(
            make_samples(series, window=self.task.window),
            batch_size=self.task.batch,
            epochs=1,
            verbose=0,
        )

    def run_many(self, tasks: list[dict[str, Any]], seeds: int, folds: int, n: int) -> Any:
        """Train every task with every seed on every fold, by the executor that `compare` uses."""
        from rnncomp.forecasting import TrainingJob, run_jobs

        seconds = 0.0
        for fold in range(folds):
            data, configs = fold_data(tasks, fold), [config_of(task, n) for task in tasks]
            jobs = [TrainingJob(f"fold {fold}", c, seed) for c in configs for seed in range(seeds)]
            start = time.perf_counter()
            done = len(run_jobs(jobs, {f"fold {fold}": data}, jobs=CORES))
            seconds += time.perf_counter() - start
            assert done == len(jobs)
        return {"seconds": seconds}


def config_of(facts: dict[str, Any], epochs: int) -> Any:
    """Return a task as the configuration of a training."""
    from rnncomp.forecasting import NetworkConfig

    task = Task.from_dict(facts)
    return NetworkConfig(
        cell=task.cell, window=task.window, units=task.units, batch_size=task.batch, epochs=epochs
    )


def fold_data(tasks: list[dict[str, Any]], fold: int) -> Any:
    """Return the windows of a fold; one window is validated on, the fewest there can be."""
    from rnncomp import Samples
    from rnncomp.forecasting import TrainingData

    task = Task.from_dict(tasks[0])
    x, y = task.but(windows=task.windows + fold + 1).data()
    x, y = x[fold:], y[fold:]
    train, rest = (
        Samples.from_arrays(x[: task.windows], y[: task.windows]),
        Samples.from_arrays(x[task.windows :], y[task.windows :]),
    )
    return TrainingData(train, rest, {"ahead": rest})


if __name__ == "__main__":
    serve(OurPeer)
