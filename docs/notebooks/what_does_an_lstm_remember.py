# %% [markdown]
# # What does an LSTM remember?
#
# A recurrent network reads a sequence step by step and keeps a state. What was read long ago can
# only matter later if it is still in that state, and if training could teach the network to keep
# it. Here that is measured: three networks that are identical but for the recurrent layer learn to
# keep two numbers, over ever more steps.
#
# Run the cells from top to bottom. The first one installs rnncomp from the clone that this notebook
# lies in; it needs a C++ compiler.

# %% tags=["install"]
# %pip install --quiet ../..

# %% [markdown]
# ## The adding problem
#
# Every step has two features: a random number in 0..1, and a marker. The marker is 1 at two steps,
# one in the first half and one in the second, and 0 elsewhere. After the last step the network is
# asked for the sum of the two marked numbers.
#
# The first number must be kept for at least half the sequence, through many numbers that do not
# matter. Who keeps nothing can only say the mean, 1: that is the best constant, and its mean
# squared error is about 1/6.

# %%
import matplotlib.pyplot as plt
import numpy as np


def adding_problem(rng, count, steps):
    """Return sequences (samples, steps, 2) and the sums of their marked numbers (samples, 1)."""
    rows = np.arange(count)
    x = np.zeros((count, steps, 2), np.float32)
    x[:, :, 0] = rng.random((count, steps))
    first = rng.integers(0, steps // 2, count)
    second = rng.integers(steps // 2, steps, count)
    x[rows, first, 1] = x[rows, second, 1] = 1
    return x, x[rows, first, :1] + x[rows, second, :1]


x, y = adding_problem(np.random.default_rng(0), 1, 30)
figure, (top, bottom) = plt.subplots(2, 1, figsize=(9, 3.2), sharex=True)
top.bar(range(30), x[0, :, 0], color=np.where(x[0, :, 1] == 1, "#AA3377", "#CCCCCC"))
top.set(title=f"One sequence of 30 steps; the answer is {y[0, 0]:.2f}", ylabel="number")
bottom.bar(range(30), x[0, :, 1], color="#AA3377")
bottom.set(xlabel="step", ylabel="marker", yticks=[0, 1])
figure.tight_layout()

# %% [markdown]
# ## Three cells, the same budget
#
# 32 units, Adam with the same learning rate, 15 epochs of 5,000 sequences, three seeds. The score
# is the error on new sequences as a share of that of the best constant: 100 % means that nothing
# was kept. This takes about a quarter of a minute.

# %%
from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import Adam
from rnncomp.keras.utils import set_random_seed

cells = {"SimpleRNN": SimpleRNN, "LSTM": LSTM, "GRU": GRU}
colours = {"SimpleRNN": "#E69F00", "LSTM": "#AA3377", "GRU": "#33BBEE"}
models = {}


def share_of_constant(name, steps, seed):
    """Train one network; return its test error in percent of that of the best constant."""
    rng = np.random.default_rng([seed, steps])
    x, y = adding_problem(rng, 5000, steps)
    x_test, y_test = adding_problem(rng, 1000, steps)
    set_random_seed(seed)
    model = Sequential([Input((steps, 2)), cells[name](32), Dense(1)])
    model.compile(optimizer=Adam(0.003), loss="mse")
    model.fit(x, y, epochs=15, batch_size=32, verbose=0)
    models[name, steps, seed] = model
    return 100 * model.evaluate(x_test, y_test, verbose=0) / np.mean((y_test - y.mean()) ** 2)


lengths, seeds = (10, 30, 100), range(3)
scores = {
    name: np.array([[share_of_constant(name, steps, seed) for seed in seeds] for steps in lengths])
    for name in cells
}
print("error in % of the best constant's, three seeds")
print("steps   " + "".join(f"{name:>24}" for name in cells))
for k, steps in enumerate(lengths):
    columns = (" ".join(f"{score:6.1f}" for score in scores[name][k]) for name in cells)
    print(f"{steps:5}   " + "".join(f"{column:>24}" for column in columns))

# %%
figure, ax = plt.subplots(figsize=(8, 4))
for name in cells:
    ax.plot(lengths, np.median(scores[name], axis=1), color=colours[name], label=name)
    for k, steps in enumerate(lengths):
        ax.plot([steps] * 3, scores[name][k], "o", color=colours[name], alpha=0.6)
ax.axhline(100, color="black", linestyle="--", label="best constant: nothing kept")
ax.set(xscale="log", yscale="log", ylim=(0.01, 300))
ax.set(xlabel="steps in a sequence", ylabel="error, % of the constant's")
ax.set_xticks(lengths, lengths)
ax.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
ax.minorticks_off()
ax.set_title("The adding problem: each dot is one seed, the line their median")
ax.legend(loc="lower right")
ax.grid(True, alpha=0.3)

# %% [markdown]
# At 10 steps all three keep the numbers. At 100 steps SimpleRNN does no better than the constant,
# while LSTM and GRU still add.
#
# ## What is kept, and what is let go
#
# Change one number a little and see how much of the change arrives in the answer. For a marked
# number all of it should arrive (1), for an unmarked one nothing (0). The networks are those of
# seed 0 with 100 steps; each point is a mean over 200 new sequences.

# %%
delta, places = 0.1, np.arange(0, 50, 7)


def arriving(model, place, marked):
    """Return which share of a change at a step arrives in the answer."""
    rng = np.random.default_rng(place)
    x = np.zeros((200, 100, 2), np.float32)
    x[:, :, 0] = 0.9 * rng.random((200, 100))
    x[:, place if marked else (place + 25) % 50, 1] = 1
    x[np.arange(200), rng.integers(50, 100, 200), 1] = 1
    changed = x.copy()
    changed[:, place, 0] += delta
    difference = model.predict(changed, verbose=0) - model.predict(x, verbose=0)
    return float(difference.mean()) / delta


figure, axes = plt.subplots(1, 2, figsize=(11, 3.8), sharey=True)
arrived = {}
for ax, marked in zip(axes, (True, False), strict=True):
    for name in cells:
        shares = [arriving(models[name, 100, 0], place, marked) for place in places]
        arrived[name, marked] = np.mean(shares)
        ax.plot(100 - places, shares, "o-", color=colours[name], label=name)
    ax.set_title("a marked number" if marked else "an unmarked number")
    ax.set_xlabel("steps before the end")
    ax.grid(True, alpha=0.3)
axes[0].set_ylabel("share of a change that arrives")
axes[0].legend()
figure.tight_layout()
for name in cells:
    print(f"{name:9} marked {arrived[name, True]:5.2f}   unmarked {arrived[name, False]:5.2f}")

# %% [markdown]
# So "an LSTM remembers" means two things: it holds what the marker points at for 50 to 100 steps,
# and it lets go of the rest. Its gates decide which: they were taught to by the task.
#
# <!-- EXPLAIN HERE: trace = rnncomp.explain(models["LSTM", 100, 0], x[0]); trace.plot() shows the
# forget gate (trace.gates["f"]) stay open between the marks, and trace.gradient_flow() of the three
# cells shows why SimpleRNN could not learn it. A heading "Looking inside", a cell and two
# sentences. -->
#
# ## When a gated cell fails, too
#
# Twice as many steps, the same budget. LSTM and GRU, two seeds.

# %%
print("200 steps, error in % of the best constant's")
longer = {
    name: [share_of_constant(name, 200, seed) for seed in range(2)] for name in ("LSTM", "GRU")
}
for name, found in longer.items():
    print(f"{name:5}", " ".join(f"{score:6.1f}" for score in found))

# %% [markdown]
# LSTM learns nothing in this budget, GRU still does. That is no limit of what an LSTM can hold:
# with more training, it learns this length as well, as the next table shows. **A network that fails
# has failed within a budget.**
#
# ## The same with five seeds and more training
#
# TABLE
