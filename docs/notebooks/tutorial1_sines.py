# %% [markdown]
# # Tutorial 1: SimpleRNN, LSTM and GRU on four sinusoids
#
# A well-known tutorial trains three networks that differ in the recurrent layer alone, on a sum of
# four sinusoids with noise, and says which one is best.
# Here it is as it was told, and then the honest view: what the same numbers say beside a forecast
# that needs no network, over several seeds.
#
# Run the cells from top to bottom. The first one installs rnncomp from the clone that this notebook
# lies in; it needs a C++ compiler.

# %% tags=["install"]
# %pip install --quiet ../..

# %% [markdown]
# ## As told
#
# 1,050 values: four sinusoids of different period and height, and white noise.
# The tutorial scales all of them to 0..1 before it splits them.

# %%
import matplotlib.pyplot as plt
import numpy as np

np.random.seed(42)
t = np.linspace(0, 100, 1050)
raw = 2.0 * np.sin(0.1 * t) + 1.5 * np.sin(0.25 * t) + 1.0 * np.sin(0.5 * t) + 0.8 * np.sin(0.8 * t)
raw = raw + 0.1 * np.random.normal(0, 1, len(t))
data = (raw - raw.min()) / (raw.max() - raw.min())

X = np.array([data[i : i + 50] for i in range(1000)])
X = X.reshape((1000, 50, 1))  # (samples, time steps, features)
y = np.array([data[i + 50] for i in range(1000)])
X_train, X_test, y_train, y_test = X[:800], X[800:], y[:800], y[800:]
print(f"raw range {raw.min():.3f} to {raw.max():.3f}")
print(f"Training samples: {len(X_train)}, test samples: {len(X_test)}")

# %% [markdown]
# The program is written in Keras's words. Only the imports say `rnncomp.keras` in place of
# `tensorflow.keras`. `verbose=1` would show a bar for every epoch.
#
# The tutorial sets no seed for its networks, so its numbers change from run to run.
# `set_random_seed` makes ours stay.

# %%
from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import Adam
from rnncomp.keras.utils import set_random_seed

set_random_seed(42)
cells = {"SimpleRNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}
colours = {"SimpleRNN": "#E69F00", "LSTM": "#AA3377", "GRU": "#33BBEE"}
histories, predictions, errors = {}, {}, {}

for name, cell in cells.items():
    model = Sequential([Input((50, 1)), cell(50), Dense(1)])
    model.compile(optimizer=Adam(learning_rate=0.001), loss="mse", metrics=["mae"])
    options = {"epochs": 20, "batch_size": 32, "validation_split": 0.2, "verbose": 0}
    histories[name] = model.fit(X_train, y_train, **options).history
    predictions[name] = model.predict(X_test, verbose=0)[:, 0]
    mse, mae = model.evaluate(X_test, y_test, verbose=0)
    errors[name] = mse, mae
    print(f"{name} - MSE: {mse:.4f}, MAE: {mae:.4f}, parameters: {model.count_params():,}")

# %% [markdown]
# Its first window: the complete series, and the test part alone.

# %%
figure, (whole, test) = plt.subplots(2, 1, figsize=(15, 10))
whole.plot(data[:850], color="blue", label="Training Data")
whole.axvline(850, color="red", linestyle="--", label="Test Start")
whole.plot(range(850, 1050), y_test, color="green", label="Actual Test Data")
test.plot(y_test, color="green", label="Actual Test Data")
for name, predicted in predictions.items():
    style = {"color": colours[name], "linestyle": "--", "label": f"{name} Predictions"}
    whole.plot(range(850, 1050), predicted, **style)
    test.plot(predicted, **style)
whole.set(
    title="Complete Dataset: Training Data, Test Data, and Model Predictions", xlabel="Time Step"
)
test.set(title="Test Data vs Model Predictions", xlabel="Test Sample")
for ax in (whole, test):
    ax.set_ylabel("Value")
    ax.legend()
    ax.grid(True, alpha=0.3)
figure.tight_layout()

# %% [markdown]
# Its second window: the losses, and the test errors side by side.

# %%
figure, (losses, bars) = plt.subplots(1, 2, figsize=(15, 6))
for name, history in histories.items():
    losses.plot(history["loss"], color=colours[name], label=name)
losses.set(title="Training Loss Over Epochs", xlabel="Epoch", ylabel="Loss (MSE)")
losses.legend()
losses.grid(True, alpha=0.3)

right, places = bars.twinx(), np.arange(3)
mse, mae = np.array(list(errors.values())).T
left_bars = bars.bar(places - 0.18, mse, 0.35, color="skyblue", label="MSE")
right_bars = right.bar(places + 0.18, mae, 0.35, color="lightcoral", label="MAE")
bars.bar_label(left_bars, fmt="%.4f")
right.bar_label(right_bars, fmt="%.4f")
bars.set(title="Model Accuracy Comparison", ylabel="MSE", ylim=(0, 1.25 * mse.max()))
right.set(ylabel="MAE", ylim=(0, 1.25 * mae.max()))
bars.set_xticks(places, list(errors))
bars.legend(handles=[left_bars, right_bars], loc="upper right")
figure.tight_layout()

# %% [markdown]
# The tutorial's own run gave LSTM MSE 0.0002 and MAE 0.0105, SimpleRNN 0.0003 and 0.0133, GRU
# 0.0003 and 0.0145. It concludes that LSTM is best.
#
# ## The honest view
#
# **First question: what does a forecast get that needs no network?** On exactly these 200 test
# values: next value = last value (persistence), and a linear regression on the same 50 lags with a
# small penalty (ridge).

# %%
lags = X_train[:, :, 0]
gram = lags.T @ lags + 0.01 * np.eye(50)
weights = np.linalg.solve(gram, lags.T @ y_train)

simple = {
    "persistence": X_test[:, -1, 0],
    "ridge on 50 lags": X_test[:, :, 0] @ weights,
}
told = {
    name: np.abs(predicted - y_test).mean() for name, predicted in (predictions | simple).items()
}
for name, mae in sorted(told.items(), key=lambda item: item[1]):
    print(f"{name:17} MAE {mae:.4f}")

# %% [markdown]
# **Second question: is the order of the three an accident of the seed?**
# Five seeds of each, the same data, the same everything else.

# %%
scores = {name: [] for name in cells}
for name, cell in cells.items():
    for seed in range(5):
        set_random_seed(seed)
        model = Sequential([Input((50, 1)), cell(50), Dense(1)])
        model.compile(optimizer="adam", loss="mse")
        model.fit(X_train, y_train, **options)
        scores[name].append(np.abs(model.predict(X_test, verbose=0)[:, 0] - y_test).mean())
    print(f"{name:9} MAE", " ".join(f"{score:.4f}" for score in scores[name]))

# %%
figure, ax = plt.subplots(figsize=(8, 3.5))
for place, name in enumerate(cells):
    ax.plot(scores[name], [place] * 5, "o", color=colours[name], markersize=9, alpha=0.8)
for name, colour in (("persistence", "black"), ("ridge on 50 lags", "grey")):
    ax.axvline(told[name], color=colour, linestyle="--", label=name)
ax.set_yticks(range(3), list(cells))
ax.set(title="Each dot is one seed: the order changes", xlabel="MAE on the test part (scaled)")
ax.set_ylim(-0.6, 3.4)
ax.legend(loc="upper right")
ax.grid(True, axis="x", alpha=0.3)
figure.tight_layout()

# %% [markdown]
# **Third: scale on the training part alone, count everything, and let a verdict be written.**
# `rnncomp.compare` does all that in one call. Its errors are in the units of the series. The test
# part reaches higher than the training part, which is new to the networks, as it would be in use.

# %%
import textwrap

import rnncomp

print(f"one scaled unit is {raw.max() - raw.min():.3f} units of the series")
print(f"highest value in the first 690 rows {raw[:690].max():.2f}, in all {raw.max():.2f}\n")
run = rnncomp.compare("sines", window=50, units=50, epochs=20, seeds=5)
for sentence in run.comparison.verdict:
    print(textwrap.fill(sentence, 95), end="\n\n")
run.leaderboard().select("name", "mae", "mae_spread", "rmse", "mase")

# %% [markdown]
# What changes about the tutorial's conclusion: the spread over seeds is as large as the difference
# between the networks, so none of them can be called best here. And a linear regression on the same
# 50 values has a lower error here than each of them, while most are not even better than repeating
# the last value: this series does not need a recurrent network.
