"""What a row of the leaderboard holds, and how its names are shown to people."""

from __future__ import annotations

METRICS = ("mae", "mse", "rmse", "mase", "r2")
"""Scores of a row; all but r2 are lower is better."""

COLUMNS: dict[str, type] = {
    "name": str,
    "kind": str,
    "strategy": str,
    **{name: float for metric in METRICS for name in (metric, f"{metric}_spread")},
    "n_params": int,
    "fit_seconds": float,
    "predict_microseconds": float,
    "n_seeds": int,
    "diverged": int,
    "validation_mae": float,
    "validation_mse": float,
    "validation_mase": float,
    "note": str,
}
"""What every row holds, in the order of the table."""

MEASURED = ("by_step", "by_fold", "coverage", "width")
"""What every row holds beside: errors by step ahead and by fold, and intervals by level."""

BY_SEED = ("seeds", "scores", "validation_scores")
"""What the row of a network adds: its seeds, and by metric one score a seed, None if diverged."""

NETWORK_LABELS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}

LABELS = NETWORK_LABELS | {
    "persistence": "persistence (next value = last value)",
    "seasonal_naive": "the seasonal naive forecast (next value = value one season ago)",
    "drift": "drift (the line from the first value to the last)",
    "mean": "the mean of all values so far",
    "moving_average": "the moving average",
    "ridge": "ridge regression on the same lags",
    "ridge_recursive": "ridge regression on the same lags, recursive",
    "theta": "the Theta method",
    "ets": "exponential smoothing (ETS)",
    "arima": "ARIMA",
}
"""What a sentence says instead of a name."""


def network_label(name: str) -> str:
    """Return how a chart calls a network.

    Example:
        >>> network_label("gru"), network_label("gru_recursive")
        ('GRU', 'GRU, recursive')
    """
    cell = name.removesuffix("_recursive")
    recursive = ", recursive" if cell != name else ""
    return NETWORK_LABELS.get(cell, cell) + recursive


def label(name: str) -> str:
    """Return how a sentence calls a network or baseline.

    Example:
        >>> label("simple_rnn"), label("my_own")
        ('SimpleRNN', 'my_own')
    """
    return LABELS.get(name) or network_label(name)
