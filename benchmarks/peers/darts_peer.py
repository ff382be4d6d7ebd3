"""Darts as a peer: its BlockRNNModel, which maps a window to the value after it, as ours does."""

from __future__ import annotations

import logging
import time
import warnings
from importlib.metadata import version
from typing import Any

from worker import requested_cores, serve

CORES = requested_cores()

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

import numpy as np  # noqa: E402
import torch  # noqa: E402
from darts import TimeSeries  # noqa: E402
from darts.models import BlockRNNModel  # noqa: E402

from tasks import LEARNING_RATE, Task  # noqa: E402

CELLS = {"simple_rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
QUIET = {
    "accelerator": "cpu",
    "logger": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "enable_checkpointing": False,
}


class DartsPeer:
    """`BlockRNNModel.fit` on a float32 series."""

    def describe(self) -> dict[str, str]:
        """Return the versions."""
        return {name: version(name) for name in ("darts", "pytorch-lightning", "torch", "numpy")}

    def load(self, task: dict[str, Any], setting: dict[str, Any]) -> None:
        """Make the series."""
        del setting
        torch.set_num_threads(CORES)
        self.task = Task.from_dict(task)
        self.series = TimeSeries.from_values(self.task.series().astype(np.float32))

    def epochs(self, n: int) -> list[float]:
        """Train a new network for n epochs; return the mean seconds of an epoch, n times."""
        task = self.task
        start = time.perf_counter()
        model = BlockRNNModel(
            input_chunk_length=task.window,
            output_chunk_length=1,
            model=CELLS[task.cell],
            hidden_dim=task.units,
            n_rnn_layers=task.layers,
            batch_size=task.batch,
            n_epochs=n,
            optimizer_kwargs={"lr": LEARNING_RATE},
            pl_trainer_kwargs=QUIET,
            random_state=0,
        )
        model.fit(self.series)
        return [(time.perf_counter() - start) / n] * n


if __name__ == "__main__":
    serve(DartsPeer)
