"""How a SimpleRNN computes, by hand, and then a forecast of the monthly sunspots.

Run it with:  python tutorial4_sunspots.py [CSV file or URL, its second column is read]
"""

import math
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.preprocessing import MinMaxScaler

from rnncomp import write_dataset
from rnncomp.keras.layers import Dense, SimpleRNN
from rnncomp.keras.models import Sequential

MONTHS = 2820  # 1749 to 1983, what the tutorial's file holds
TIME_STEPS = 12


def create_RNN(hidden_units, dense_units, input_shape, activation):  # noqa: N802
    """One recurrent and one dense layer with an activation each."""
    model = Sequential()
    model.add(SimpleRNN(hidden_units, input_shape=input_shape, activation=activation[0]))
    model.add(Dense(units=dense_units, activation=activation[1]))
    model.compile(loss="mean_squared_error", optimizer="adam")
    return model


def show_arithmetic():
    """Compute a network's output step by step, and beside it let the network do it."""
    model = create_RNN(2, 1, (3, 1), activation=["linear", "linear"])
    w_x, w_h, b_h, w_y, b_y = model.get_weights()
    w_x, w_y = w_x[0], w_y[:, 0]
    for name, weight in {"w_x": w_x, "w_h": w_h, "b_h": b_h, "w_y": w_y, "b_y": b_y}.items():
        print(f"{name} = {weight.tolist()}, shape {weight.shape}")

    x = np.array([1, 2, 3])
    h0 = np.zeros(2)
    h1 = x[0] * w_x + h0 @ w_h + b_h
    h2 = x[1] * w_x + h1 @ w_h + b_h
    h3 = x[2] * w_x + h2 @ w_h + b_h
    o3 = h3 @ w_y + b_y[0]
    print("h1 =", h1)
    print("h2 =", h2)
    print("h3 =", h3)

    # The network reads (samples, time steps, features).
    predicted = model.predict(x.reshape(1, 3, 1), verbose=0)[0, 0]
    print("Prediction of the network:", predicted)
    print("Prediction by hand:       ", o3)


def get_train_test(source, split_percent=0.8):
    """Read the second column, scale it to 0..1, and cut it in two."""
    data = pd.read_csv(source, usecols=[1]).to_numpy(dtype="float32")[:MONTHS]
    data = MinMaxScaler(feature_range=(0, 1)).fit_transform(data).flatten()
    split = int(len(data) * split_percent)
    return data[:split], data[split:]


def get_xy(data, time_steps):
    """Cut windows that do not overlap, each with the value that follows it."""
    targets = np.arange(time_steps, len(data), time_steps)
    Y = data[targets]
    X = data[: time_steps * len(Y)]
    return X.reshape((len(Y), time_steps, 1)), Y


def print_error(train_Y, test_Y, train_predict, test_predict):
    """Print the errors in scaled units."""
    train_rmse = math.sqrt(mean_squared_error(train_Y, train_predict))
    test_rmse = math.sqrt(mean_squared_error(test_Y, test_predict))
    print(f"Train RMSE: {train_rmse:.3f} RMSE")
    print(f"Test RMSE: {test_rmse:.3f} RMSE")


def plot_result(train_Y, test_Y, train_predict, test_predict):
    """Draw what was and what was predicted, over both parts."""
    actual = np.append(train_Y, test_Y)
    predictions = np.append(train_predict, test_predict)
    plt.figure(figsize=(15, 6), dpi=80)
    plt.plot(actual)
    plt.plot(predictions)
    plt.axvline(x=len(train_Y), color="r")
    plt.legend(["Actual", "Predictions"])
    plt.xlabel("Observation number after given time steps")
    plt.ylabel("Sunspots scaled")
    plt.title("Actual and predicted values; the red line separates training and test")


def forecast_sunspots(source):
    """Train on the first 80 % of the months, and show both parts."""
    train_data, test_data = get_train_test(source)
    train_X, train_Y = get_xy(train_data, TIME_STEPS)
    test_X, test_Y = get_xy(test_data, TIME_STEPS)

    model = create_RNN(3, 1, (TIME_STEPS, 1), activation=["tanh", "tanh"])
    model.summary()
    model.fit(train_X, train_Y, epochs=20, batch_size=1, verbose=2)

    train_predict = model.predict(train_X)
    test_predict = model.predict(test_X)
    print_error(train_Y, test_Y, train_predict, test_predict)
    plot_result(train_Y, test_Y, train_predict, test_predict)


if __name__ == "__main__":
    show_arithmetic()
    if len(sys.argv) > 1:
        forecast_sunspots(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            file = write_dataset("sunspots", Path(folder) / "sunspots.csv")
            forecast_sunspots(file)
    plt.show()
