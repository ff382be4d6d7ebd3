# %% [markdown]
# # Tutorial 4: how a SimpleRNN computes, and a forecast of the sunspots
#
# Part one computes a small network by hand and compares it with the network's own answer.
# Part two forecasts the monthly sunspot numbers, as it was told, and then the honest view.
#
# Run the cells from top to bottom. The first one installs rnncomp from the clone that this notebook
# lies in; it needs a C++ compiler.

# %% tags=["install"]
# %pip install --quiet ../..

# %% [markdown]
# ## Part one, as told: the arithmetic by hand
#
# Two hidden units, one output, three steps of one feature, both layers linear: 11 parameters.
# Weights exist as soon as the network knows its input shape: they are drawn at random then, and
# `fit` only changes them.

# %%
import matplotlib.pyplot as plt
import numpy as np

from rnncomp.keras.layers import Dense, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.utils import set_random_seed


def create_RNN(hidden_units, dense_units, input_shape, activation):
    model = Sequential()
    model.add(SimpleRNN(hidden_units, input_shape=input_shape, activation=activation[0]))
    model.add(Dense(units=dense_units, activation=activation[1]))
    model.compile(loss="mean_squared_error", optimizer="adam")
    return model


set_random_seed(0)
demo = create_RNN(2, 1, (3, 1), activation=["linear", "linear"])
w_x, w_h, b_h, w_y, b_y = demo.get_weights()
for name, weight in {"w_x": w_x, "w_h": w_h, "b_h": b_h, "w_y": w_y, "b_y": b_y}.items():
    print(f"{name}  shape {weight.shape!s:7} {weight.tolist()}")

# %% [markdown]
# One step of the network, with `h0 = 0`:
#
#     h_t = x_t @ w_x + h_(t-1) @ w_h + b_h        at every step
#     o_3 = h_3 @ w_y + b_y                        after the last one
#
# The term with `h0` is zero, but it is part of the equation.

# %%
x = np.array([[1.0], [2.0], [3.0]])  # (steps, features)
h = np.zeros(2)
for step, x_t in enumerate(x, start=1):
    h = x_t @ w_x + h @ w_h + b_h
    print(f"h{step} = {h}")
o3 = h @ w_y + b_y

network = demo.predict(x[np.newaxis], verbose=0)[0]
print(f"Prediction from network:         {network[0]:.6f}")
print(f"Prediction from our computation: {o3[0]:.6f}")

# %% [markdown]
# The tutorial prints its weights, too. With those, our network gives its answer, 5.7062244.

# %%
w_x = np.array([[-0.36795712, -0.5099192]])
w_h = np.array([[0.11065364, 0.99385905], [0.99385905, -0.11065364]])
w_y = np.array([[-0.94251007], [-1.2365237]])
demo.set_weights([w_x, w_h, np.zeros(2), w_y, np.zeros(1)])
print(f"With the tutorial's weights: {demo.predict(x[np.newaxis], verbose=0)[0, 0]:.6f}")

# %% [markdown]
# **Two features a step.** A reader of the tutorial tried it and got two outputs by hand. The same
# loop is right as long as `x` has the shape (steps, features): then each `x_t` is a row with two
# numbers, and `w_x` has two rows.

# %%
two = create_RNN(2, 1, (3, 2), activation=["linear", "linear"])
w_x, w_h, b_h, w_y, b_y = two.get_weights()
x = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
h = np.zeros(2)
for x_t in x:
    h = x_t @ w_x + h @ w_h + b_h
network = two.predict(x[np.newaxis], verbose=0)[0]
print(f"Prediction from network: {network[0]:.5f}, by hand: {(h @ w_y + b_y)[0]:.5f}")

# %% [markdown]
# **The same for any network, without a loop.** `rnncomp.explain` takes a network and a window and
# keeps every number on the way; `arithmetic` writes the equations with the numbers in them. Here is
# the last step of the network with two features; LSTM and GRU are asked in the same way. Then its
# layers, and what its two units hold over the steps.

# %%
import rnncomp

trace = rnncomp.explain(two, x)
trace.arithmetic(step=3)

# %%
trace.plot()

# %% [markdown]
# ## Part two, as told: the sunspots
#
# Monthly numbers from 1749 to 1983, scaled to 0..1 over all of them, the first 80 % for training.
# Windows of 12 months that do not overlap; each predicts the month after it.

# %%
sunspots = rnncomp.load("sunspots").slice(0, 2820)
months = sunspots.target_values.reshape(-1)
data = (months - months.min()) / (months.max() - months.min())
split = int(0.8 * len(data))
train_data, test_data = data[:split], data[split:]


def get_XY(part, time_steps):
    """Cut windows that do not overlap, each with the value that follows it."""
    targets = np.arange(time_steps, len(part), time_steps)
    Y = part[targets]
    return part[: time_steps * len(Y)].reshape(len(Y), time_steps, 1), Y


train_X, train_Y = get_XY(train_data, 12)
test_X, test_Y = get_XY(test_data, 12)
print(f"{len(train_data)} months for training, {len(test_data)} for the test")
print(f"Windows: {train_X.shape} and {test_X.shape}")

# %%
set_random_seed(0)
model = create_RNN(3, 1, (12, 1), activation=["tanh", "tanh"])
model.summary()
model.fit(train_X, train_Y, epochs=20, batch_size=1, verbose=0)  # verbose=2 shows a line an epoch

train_predict = model.predict(train_X, verbose=0)[:, 0]
test_predict = model.predict(test_X, verbose=0)[:, 0]


def rmse(truth, predicted):
    return np.sqrt(np.mean((truth - predicted) ** 2))


print(f"Train RMSE: {rmse(train_Y, train_predict):.3f} RMSE")
print(f"Test RMSE: {rmse(test_Y, test_predict):.3f} RMSE")

# %%
figure, ax = plt.subplots(figsize=(15, 6))
ax.plot(np.append(train_Y, test_Y), label="Actual")
ax.plot(np.append(train_predict, test_predict), label="Predictions")
ax.axvline(len(train_Y), color="r")
ax.set_title("Actual and predicted values; the red line separates training and test")
ax.set(xlabel="Observation number after given time steps", ylabel="Sunspots scaled")
ax.legend()
ax.grid(True, alpha=0.3)

# %% [markdown]
# ## The honest view
#
# **First question: what does "next month = this month" get?** On the same 46 test windows, and with
# five seeds, as the tutorial sets none:

# %%
found = []
for seed in range(5):
    set_random_seed(seed)
    model = create_RNN(3, 1, (12, 1), activation=["tanh", "tanh"])
    model.fit(train_X, train_Y, epochs=20, batch_size=1, verbose=0)
    found.append(rmse(test_Y, model.predict(test_X, verbose=0)[:, 0]))
print("Test RMSE of the network:    ", " ".join(f"{value:.3f}" for value in found))
print(f"Test RMSE of persistence:     {rmse(test_Y, test_X[:, -1, 0]):.3f}")
print(f"Highest value of the training part: {months[:split].max():.1f}, of all: {months.max():.1f}")

# %% [markdown]
# The scaling has seen the maximum of the test part, which is higher than all before it. In use, no
# one knows it.
#
# **Second question: why windows of 12?** The tutorial expects a cycle of 12 months. The series
# itself shows where it repeats:

# %%
centred = months - months.mean()
lags = np.arange(1, 200)
autocorrelation = [np.mean(centred[:-lag] * centred[lag:]) / np.mean(centred**2) for lag in lags]
peak = lags[60:][np.argmax(autocorrelation[60:])]
print(f"Highest after the first fall: {peak} months apart")
figure, ax = plt.subplots(figsize=(8, 3.5))
ax.plot(lags, autocorrelation)
ax.axvline(12, color="grey", linestyle="--", label="12 months")
ax.axvline(peak, color="red", linestyle="--", label=f"peak: {peak} months")
ax.set(title="Autocorrelation of the sunspots", xlabel="Months apart", ylabel="Correlation")
ax.legend()
ax.grid(True, alpha=0.3)

# %% [markdown]
# The cycle is one of about eleven years, and at 12 months nothing stands out. Twelve months are a
# window like any other; the cycle does not fit into it.
#
# **Third: the comparison by dates**, in sunspots: training to 1965, validation 1966 to 1975, test
# from 1976; every window, not every twelfth; scaled on the training part alone; five seeds; simple
# forecasts in the same table.

# %%
import textwrap

run = rnncomp.compare(
    sunspots, window=12, units=16, epochs=20, seeds=5, train_until="1965", validation_until="1975"
)
for sentence in run.comparison.verdict:
    print(textwrap.fill(sentence, 95), end="\n\n")
run.leaderboard().select("name", "mae", "mae_spread", "rmse", "mase")

# %%
figure, _ = run.plot()
figure

# %% [markdown]
# What changes about the tutorial's conclusion: its error says nothing until the simple forecasts
# stand beside it, and then the network of three units, trained on every twelfth window, is no
# better than repeating the last month. With every window the networks come close to a linear
# regression on the same 12 months, and none is clearly better than it.
