"""A long series stands in memory a few times, never once a window."""

import tracemalloc

import numpy as np
import pytest

from rnncomp.comparison import compare
from rnncomp.forecasting import RecurrentForecaster
from rnncomp.keras import Sequential, layers
from rnncomp.series import load
from rnncomp.training import pieces
from rnncomp.windows import make_samples

ROWS, WINDOW, BATCH_SIZE = 600_000, 50, 4096
VALUES = np.sin(np.arange(ROWS) / 9.0)


def by_forecaster(values):
    options = {"units": 1, "epochs": 1, "batch_size": BATCH_SIZE}
    RecurrentForecaster("simple_rnn", window=WINDOW, **options).fit(load(values))


def by_fit(values):
    model = Sequential([layers.SimpleRNN(1), layers.Dense(1)], dtype=values.dtype.name)
    model.compile("sgd", "mse")
    model.fit(make_samples(values, window=WINDOW), batch_size=BATCH_SIZE, verbose=0)


def by_compare(values):
    options = {"units": 1, "epochs": 1, "seeds": 1, "batch_size": BATCH_SIZE, "season": 7}
    compare(values, window=10, jobs=1, **options)


# Beyond the array handed in. The order of an epoch takes 8 bytes a row; loading makes a series of
# float64 (8) and its scaled copy in float32 (4). The rest is for pieces, and predictions. Of a
# comparison 64 % of the rows are trained on (5 bytes for their order), and each of three networks
# keeps its predictions for the others (0.36 of 4 bytes): 22. A fifth of the rows is tested: the
# verdict wants the losses there of all eight (8 x 0.2 x 8 bytes): 13, and compares and draws them
# in some ten columns (0.2 x 8 bytes each): 16; and 3 for what is scored. What its charts keep does
# not grow with the series.
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("way", "bytes_a_row", "rest"),
    [(by_fit, 8, 4_000_000), (by_forecaster, 20, 4_000_000), (by_compare, 54, 12_000_000)],
)
def test_training_on_a_long_series(monkeypatch, way, bytes_a_row, rest, dtype):
    size = pieces.PieceSizer.next  # pieces are sized by the clock: keep them small
    monkeypatch.setattr(
        pieces.PieceSizer, "next", lambda self, left, **trial: min(8, size(self, left, **trial))
    )
    values = VALUES.astype(dtype)
    way(values[: 6 * WINDOW])  # what is loaded once
    tracemalloc.start()
    way(values)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= bytes_a_row * ROWS + rest
