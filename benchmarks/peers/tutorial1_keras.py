"""Tutorial 1, the program: three networks on four sines, two windows with two charts each.

    python tutorial1_keras.py SEED FOLDER      # writes timeline.png, training.png, scores.json

Follows the tutorial line by line, with a seed, and files in place of windows on a screen.
"""

import json
import sys
from pathlib import Path

import matplotlib

import keras

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from keras.layers import GRU, LSTM, Dense, SimpleRNN
from keras.models import Sequential
from keras.optimizers import Adam

SEQUENCE_LENGTH = 50
NETWORKS = {"SimpleRNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}
COLOURS = {"SimpleRNN": "orange", "LSTM": "purple", "GRU": "brown"}


def make_data():
    """Return the four sines with noise, scaled to 0..1 over all values, as the tutorial does."""
    random = np.random.RandomState(42)
    t = np.linspace(0, 100, 1000 + SEQUENCE_LENGTH)
    series = (
        2.0 * np.sin(0.1 * t) + 1.5 * np.sin(0.25 * t) + np.sin(0.5 * t) + 0.8 * np.sin(0.8 * t)
    )
    series = series + 0.1 * random.randn(len(t))
    return (series - series.min()) / (series.max() - series.min())


def make_windows(data):
    """Return x (1000, 50, 1) and y (1000,)."""
    starts = range(len(data) - SEQUENCE_LENGTH)
    x = np.array([data[i : i + SEQUENCE_LENGTH] for i in starts])
    return x[..., None], data[SEQUENCE_LENGTH:]


def train(name, x, y):
    """Return the trained network and its history."""
    print(f"Training {name}...")
    model = Sequential(
        [keras.Input((SEQUENCE_LENGTH, 1)), NETWORKS[name](50), Dense(1)],
    )
    model.compile(optimizer=Adam(learning_rate=0.001), loss="mse", metrics=["mae"])
    history = model.fit(x, y, epochs=20, batch_size=32, validation_split=0.2, verbose=1)
    return model, history.history["loss"]


def draw_timeline(path, data, n_train, y_test, predictions):
    """Draw the two charts of the first window."""
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(15, 10))
    start = n_train + SEQUENCE_LENGTH
    steps = np.arange(start, start + len(y_test))
    top.plot(data[:start], color="blue", label="Training Data")
    top.axvline(start, color="red", linestyle="--", label="Test Start")
    top.plot(steps, y_test, color="green", label="Actual Test Data")
    bottom.plot(y_test, color="green", label="Actual Test Data")
    for name, values in predictions.items():
        top.plot(steps, values, "--", color=COLOURS[name], label=f"{name} Prediction")
        bottom.plot(values, "--", color=COLOURS[name], label=f"{name} Prediction")
    top.set_title("Complete Dataset: Training Data, Test Data, and Model Predictions")
    top.set(xlabel="Time Step", ylabel="Value")
    bottom.set_title("Test Data vs Model Predictions")
    bottom.set(xlabel="Test Sample", ylabel="Value")
    for axes in (top, bottom):
        axes.legend()
        axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path)


def draw_training(path, losses, scores):
    """Draw the two charts of the second window."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(15, 6))
    for name, loss in losses.items():
        left.plot(loss, color=COLOURS[name], label=name)
    left.set_title("Training Loss Over Epochs")
    left.set(xlabel="Epoch", ylabel="Loss (MSE)")
    left.legend()
    left.grid(alpha=0.3)
    right.set_title("Model Accuracy Comparison")
    other, places = right.twinx(), np.arange(len(scores))
    for axes, key, shift, colour in (
        (right, "mse", -0.2, "tab:blue"),
        (other, "mae", 0.2, "tab:red"),
    ):
        values = [score[key] for score in scores.values()]
        bars = axes.bar(places + shift, values, 0.4, color=colour, label=key.upper())
        axes.bar_label(bars, fmt="%.4f")
        axes.set_ylabel(key.upper())
    right.set_xticks(places, list(scores))
    figure.tight_layout()
    figure.savefig(path)


def main():
    """Run the tutorial."""
    seed, folder = int(sys.argv[1]), Path(sys.argv[2])
    keras.utils.set_random_seed(seed)
    data = make_data()
    x, y = make_windows(data)
    n_train = int(0.8 * len(x))
    print(f"Training samples: {n_train}, test samples: {len(x) - n_train}")
    predictions, losses, scores = {}, {}, {}
    for name in NETWORKS:
        model, losses[name] = train(name, x[:n_train], y[:n_train])
        predictions[name] = model.predict(x[n_train:], verbose=0)[:, 0]
        error = predictions[name] - y[n_train:]
        scores[name] = {"mse": float(np.mean(error**2)), "mae": float(np.mean(np.abs(error)))}
        print(f"{name} - MSE: {scores[name]['mse']:.4f}, MAE: {scores[name]['mae']:.4f}")
    draw_timeline(folder / "timeline.png", data, n_train, y[n_train:], predictions)
    draw_training(folder / "training.png", losses, scores)
    (folder / "scores.json").write_text(json.dumps(scores))


main()
