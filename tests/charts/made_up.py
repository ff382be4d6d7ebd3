"""Chart data made up for tests, in the form that a comparison hands out."""

import numpy as np

LABELS = {"simple_rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}


def curve(mean, spread, rng):
    half = spread * (0.5 + rng.random(len(mean)))
    return {"mean": mean.tolist(), "low": (mean - half).tolist(), "high": (mean + half).tolist()}


def made_up_charts(n=1050, names=("simple_rnn", "lstm", "gru"), seeds=5, times=None, scale=1.0):
    rng = np.random.default_rng(0)
    t = np.linspace(0, n / 10.5, n)
    values = scale * (2 * np.sin(0.1 * t) + 1.5 * np.sin(0.25 * t) + np.sin(0.5 * t))
    values += scale * 0.1 * rng.normal(size=n)
    start = int(n * 0.81)
    test = np.arange(start, n)
    spread = 0.06 * scale if seeds > 1 else 0.0
    predictions, losses, scores = {}, {}, {}
    for k, name in enumerate(names):
        error = scale * 0.1 * (k + 1) * rng.normal(size=len(test))
        predictions[name] = curve(values[test] + error, spread * (k + 1), rng)
        falling = 0.02 * (3 - k) * np.exp(-np.arange(20) / (2 + k)) + 0.001
        losses[name] = curve(falling, 0.2 * falling if seeds > 1 else 0 * falling, rng)
        scores[name] = {
            "mse": scale**2 * 0.0002 * (k + 1),
            "mse_spread": scale**2 * 0.00003 if seeds > 1 else None,
            "mae": scale * 0.0105 * (k + 1) ** 0.5,
            "mae_spread": scale * 0.0008 if seeds > 1 else None,
        }
    timeline = {
        "index": list(range(n)), "times": times, "values": values.tolist(),
        "train_end": int(0.65 * n), "test_start": start, "test_index": test.tolist(),
        "actual": values[test].tolist(), "predictions": predictions,
        "strategy": "one step ahead from true history", "value_label": "Value",
        "time_label": "Time Step" if times is None else "Time",
    }  # fmt: skip
    training = {
        "loss_label": "Loss (MSE)", "losses": losses, "validation_losses": losses, "scores": scores,
    }  # fmt: skip
    return {"labels": LABELS, "timeline": timeline, "training": training}
