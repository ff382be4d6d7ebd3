"""Strategies: recursion is what a loop by hand gives, in words and in numbers."""

import numpy as np
import pytest

from rnncomp.errors import UnsupportedError
from rnncomp.forecasting import (
    NetworkConfig,
    build_network,
    check_recursion,
    forecast_ahead,
    strategies,
    strategy_words,
)
from rnncomp.samples import Samples


def network(**options):
    config = NetworkConfig(**{"cell": "gru", "window": 4, "units": 3, "dtype": "float64"} | options)
    return config, build_network(config, seed=2).network


def by_hand(net, config, base, start):
    """Forecast one window: every H steps its last rows are made anew, from what is known."""
    window, targets = config.window, config.targets
    made = [base[start + row, :targets] for row in range(window)]  # targets as the network has them
    steps = []
    while len(steps) < config.ahead:
        done = len(steps)
        rows = np.zeros((window, config.features))
        rows[:, :targets] = made[-window:]
        if config.known:  # these stand early already: row r of the base is what row r sees
            place = np.minimum(start + done + np.arange(window), len(base) - 1)
            rows[:, -config.known :] = base[place, -config.known :]
        ahead = net.predict(Samples.from_arrays(rows[None]))[0].reshape(-1, targets)
        steps.extend(ahead)
        made.extend(ahead)
    return np.concatenate(steps[: config.ahead])


@pytest.mark.parametrize(("horizon", "steps"), [(1, 1), (1, 6), (2, 5), (3, 9), (7, 12)])
@pytest.mark.parametrize(("targets", "known"), [(1, 0), (1, 2), (2, 0), (2, 1)])
def test_recursion_is_the_loop_by_hand(horizon, steps, targets, known):
    """A horizon longer than the window, and one that does not divide the steps, among them."""
    config, net = network(
        horizon=horizon, steps=max(steps, horizon), targets=targets, known=known,
        features=targets + known,
    )  # fmt: skip
    base = np.random.default_rng(3).normal(size=(30, config.features))
    starts = np.array([0, 5, 11, 26])  # the last one has no rows behind it
    made = forecast_ahead(net, Samples(base, starts, 4), config)
    assert made.shape == (4, config.ahead * targets)
    for row, start in zip(made, starts, strict=True):
        # One window and many go through different kernels: roundings of numbers of about 1.
        np.testing.assert_allclose(row, by_hand(net, config, base, start), rtol=0, atol=1e-13)


def test_no_value_of_a_target_after_the_window_is_read():
    config, net = network(steps=5, features=2, known=1)
    base = np.random.default_rng(3).normal(size=(30, 2))
    other = base.copy()
    other[9:, 0] = 1e6
    starts = np.array([5])
    one, two = (forecast_ahead(net, Samples(b, starts, 4), config) for b in (base, other))
    assert one.tobytes() == two.tobytes()
    other[9:, 1] += 1.0
    assert forecast_ahead(net, Samples(other, starts, 4), config)[0, 0] == one[0, 0]
    assert (forecast_ahead(net, Samples(other, starts, 4), config)[0, 1:] != one[0, 1:]).all()


def test_many_windows_are_fed_back_in_pieces(monkeypatch):
    config, net = network(steps=5)
    base = np.random.default_rng(3).normal(size=(60, 1))
    samples = Samples(base, range(50), 4)
    whole = forecast_ahead(net, samples, config)
    monkeypatch.setattr(strategies, "_NUMBERS", 7 * (4 + 5))  # seven windows at a time
    pieces = forecast_ahead(net, samples, config)
    np.testing.assert_allclose(pieces, whole, rtol=0, atol=1e-13)  # as above


def test_without_windows_there_are_no_forecasts():
    config, net = network(steps=5)
    assert forecast_ahead(net, Samples(np.zeros((9, 1)), range(0), 4), config).shape == (0, 5)


def test_columns_without_a_future_cannot_be_fed_back():
    config, net = network(steps=3, features=4, known=1)
    with pytest.raises(UnsupportedError, match=r"horizon 1 .* 2 further columns; .* horizon=3"):
        check_recursion(config)
    with pytest.raises(UnsupportedError, match=r"values of b, c; train"):
        check_recursion(config, ("a", "b", "c", "d"))
    with pytest.raises(UnsupportedError, match="further columns"):
        forecast_ahead(net, Samples(np.zeros((9, 4)), range(2), 4), config)
    check_recursion(NetworkConfig(cell="gru", window=4, features=4, known=1, horizon=3))


@pytest.mark.parametrize(
    ("horizon", "steps", "words"),
    [
        (1, 1, "one step ahead from true history"),
        (6, 6, "direct, 6 steps ahead"),
        (1, 6, "recursive, 6 steps ahead"),
        (4, 6, "recursive, 6 steps ahead, 4 at a time"),
    ],
)
def test_the_strategy_in_words(horizon, steps, words):
    config = NetworkConfig(cell="gru", window=4, horizon=horizon, steps=steps)
    assert strategy_words(config) == words
