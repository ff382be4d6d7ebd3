"""Compare SimpleRNN, LSTM and GRU on a sum of four sinusoids with noise.

Run it with:  python compare_networks.py
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.preprocessing import MinMaxScaler

from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import Adam

SAMPLES = 1000
SEQUENCE_LENGTH = 50
TRAIN_SHARE = 0.8
UNITS = 50
EPOCHS = 20
BATCH_SIZE = 32
LEARNING_RATE = 0.001
NETWORKS = {"SimpleRNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}
COLORS = {"SimpleRNN": "red", "LSTM": "purple", "GRU": "orange"}


def generate_data():
    """Return four sinusoids of different period and amplitude plus white noise, scaled to 0..1."""
    np.random.seed(42)
    t = np.linspace(0, 100, SAMPLES + SEQUENCE_LENGTH)
    data = (
        2.0 * np.sin(0.1 * t)
        + 1.5 * np.sin(0.25 * t)
        + 1.0 * np.sin(0.5 * t)
        + 0.8 * np.sin(0.8 * t)
        + 0.1 * np.random.normal(0, 1, len(t))
    )
    return MinMaxScaler().fit_transform(data.reshape(-1, 1))


def create_sequences(data):
    """Cut windows of SEQUENCE_LENGTH values, each with the value that follows it."""
    X, y = [], []
    for i in range(len(data) - SEQUENCE_LENGTH):
        X.append(data[i : i + SEQUENCE_LENGTH])
        y.append(data[i + SEQUENCE_LENGTH])
    return np.array(X), np.array(y)


def build_model(name):
    """One recurrent layer and one output; only the recurrent layer differs."""
    model = Sequential([Input((SEQUENCE_LENGTH, 1)), NETWORKS[name](UNITS), Dense(1)])
    model.compile(optimizer=Adam(learning_rate=LEARNING_RATE), loss="mse", metrics=["mae"])
    return model


def train_and_predict(name, X_train, y_train, X_test, y_test):
    """Train one network; return its history, its predictions and its test errors."""
    print(f"\nTraining {name}...")
    model = build_model(name)
    history = model.fit(
        X_train,
        y_train,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        validation_split=0.2,
        verbose=1,
    )
    predictions = model.predict(X_test, verbose=0).flatten()
    mse, mae = model.evaluate(X_test, y_test, verbose=0)
    print(f"{name} - MSE: {mse:.4f}, MAE: {mae:.4f}")
    return {"history": history.history, "predictions": predictions, "mse": mse, "mae": mae}


def plot_predictions(data, y_test, results):
    """Window 1: the whole series, and its test part alone."""
    values = data.flatten()
    test_start = len(values) - len(y_test)
    _, (whole, test) = plt.subplots(2, 1, figsize=(15, 10))

    whole.plot(range(test_start), values[:test_start], color="blue", label="Training Data")
    whole.axvline(test_start, color="red", linestyle="--", label="Test Start")
    steps = range(test_start, len(values))
    whole.plot(steps, y_test, color="green", label="Actual Test Data")
    test.plot(y_test, color="green", label="Actual Test Data")
    for name, result in results.items():
        style = {"color": COLORS[name], "linestyle": "--", "label": f"{name} Predictions"}
        whole.plot(steps, result["predictions"], **style)
        test.plot(result["predictions"], **style)

    whole.set_title("Complete Dataset: Training Data, Test Data, and Model Predictions")
    whole.set_xlabel("Time Step")
    test.set_title("Test Data vs Model Predictions")
    test.set_xlabel("Test Sample")
    for ax in (whole, test):
        ax.set_ylabel("Value")
        ax.legend()
        ax.grid(True, alpha=0.3)
    plt.tight_layout()


def plot_training(results):
    """Window 2: the losses over the epochs, and the test errors side by side."""
    _, (losses, errors) = plt.subplots(1, 2, figsize=(15, 6))

    for name, result in results.items():
        losses.plot(result["history"]["loss"], color=COLORS[name], label=name)
    losses.set_title("Training Loss Over Epochs")
    losses.set_xlabel("Epoch")
    losses.set_ylabel("Loss (MSE)")
    losses.legend()
    losses.grid(True, alpha=0.3)

    positions, width = np.arange(len(results)), 0.35
    right = errors.twinx()
    mse = errors.bar(
        positions - width / 2,
        [result["mse"] for result in results.values()],
        width,
        color="skyblue",
        label="MSE",
    )
    mae = right.bar(
        positions + width / 2,
        [result["mae"] for result in results.values()],
        width,
        color="lightcoral",
        label="MAE",
    )
    errors.bar_label(mse, fmt="%.4f")
    right.bar_label(mae, fmt="%.4f")
    errors.set_title("Model Accuracy Comparison")
    errors.set_xticks(positions, list(results))
    errors.set_ylabel("MSE")
    right.set_ylabel("MAE")
    errors.margins(y=0.2)
    right.margins(y=0.2)
    errors.legend(handles=[mse, mae], loc="upper right")
    plt.tight_layout()


def main():
    """Train the three networks on the same windows and show how they compare."""
    print("Comparing SimpleRNN, LSTM and GRU")
    data = generate_data()
    X, y = create_sequences(data)
    split = int(TRAIN_SHARE * len(X))
    X_train, X_test, y_train, y_test = X[:split], X[split:], y[:split], y[split:]
    print(f"Training samples: {len(X_train)}")
    print(f"Test samples: {len(X_test)}")

    results = {name: train_and_predict(name, X_train, y_train, X_test, y_test) for name in NETWORKS}

    plot_predictions(data, y_test.flatten(), results)
    plot_training(results)
    print("\nDone.")
    plt.show()


if __name__ == "__main__":
    main()
