"""NeuralForecast as a peer: its RNN, LSTM and GRU with one linear layer behind them."""

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
import pandas as pd  # noqa: E402
import torch  # noqa: E402
from neuralforecast import NeuralForecast  # noqa: E402
from neuralforecast.losses.pytorch import MSE  # noqa: E402
from neuralforecast.models import GRU, LSTM, RNN  # noqa: E402

from tasks import LEARNING_RATE, Task  # noqa: E402

CELLS = {"simple_rnn": RNN, "lstm": LSTM, "gru": GRU}
QUIET = {
    "accelerator": "cpu",
    "logger": False,
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "enable_checkpointing": False,
}


class NeuralForecastPeer:
    """`NeuralForecast.fit`: as many steps of as many windows as the epochs have batches."""

    def describe(self) -> dict[str, str]:
        """Return the versions."""
        names = ("neuralforecast", "pytorch-lightning", "torch", "pandas", "numpy")
        return {name: version(name) for name in names}

    def load(self, task: dict[str, Any], setting: dict[str, Any]) -> None:
        """Make the table."""
        del setting
        torch.set_num_threads(CORES)
        self.task = Task.from_dict(task)
        values = self.task.series()[:, 0]
        self.table = pd.DataFrame(
            {"unique_id": "series", "ds": np.arange(len(values)), "y": values}
        )

    def epochs(self, n: int) -> list[float]:
        """Train a new network for n epochs; return the mean seconds of an epoch, n times."""
        task = self.task
        steps = n * -(-task.windows // task.batch)
        start = time.perf_counter()
        model = CELLS[task.cell](
            h=1,
            input_size=task.window,
            encoder_hidden_size=task.units,
            encoder_n_layers=task.layers,
            decoder_layers=1,
            loss=MSE(),
            max_steps=steps,
            learning_rate=LEARNING_RATE,
            batch_size=1,
            windows_batch_size=task.batch,
            scaler_type="identity",
            **QUIET,
        )
        NeuralForecast(models=[model], freq=1).fit(self.table)
        return [(time.perf_counter() - start) / n] * n


if __name__ == "__main__":
    serve(NeuralForecastPeer)
