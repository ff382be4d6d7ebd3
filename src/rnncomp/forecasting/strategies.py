"""Strategies: how a network that forecasts H steps at once reaches further.

*Direct*: the steps wanted are the horizon. *Recursive*: its own forecasts become its inputs, H at
a time, until the steps wanted are reached. Source: Ben Taieb, Bontempi, Atiya and Sorjamaa, Expert
Systems with Applications 39 (2012), 7067-7083, section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rnncomp.errors import UnsupportedError
from rnncomp.forecasting.network_config import NetworkConfig
from rnncomp.nn import Network
from rnncomp.samples import FloatArray, Samples

_NUMBERS = 1 << 22  # in the windows that are fed back at a time: bounds the memory


def strategy_words(config: NetworkConfig) -> str:
    """Return how the steps of a network are reached, as it stands on every chart.

    Example:
        >>> strategy_words(NetworkConfig(cell="gru", window=8, horizon=1, steps=24))
        'recursive, 24 steps ahead'
    """
    if config.ahead == 1:
        return "one step ahead from true history"
    if not config.recursive:
        return f"direct, {config.ahead} steps ahead"
    each = "" if config.horizon == 1 else f", {config.horizon} at a time"
    return f"recursive, {config.ahead} steps ahead{each}"


def check_recursion(config: NetworkConfig, columns: Sequence[str] = ()) -> None:
    """Raise unless the inputs of every step that is fed back will be known.

    Args:
        config: Of the network.
        columns: Names of its columns, for the message.

    Raises:
        UnsupportedError: The network sees columns that it does not forecast, and whose future
            nobody knows.
    """
    past = config.features - config.targets - config.known
    if config.recursive and past:
        names = ", ".join(columns[config.targets : config.targets + past])
        raise UnsupportedError(
            f"steps beyond the horizon {config.horizon} need future values of "
            f"{names or f'{past} further columns'}; train with horizon={config.ahead}, or on the "
            "target alone"
        )


def forecast_ahead(network: Network, samples: Samples, config: NetworkConfig) -> FloatArray:
    """Forecast the steps after each window, scaled.

    With `predict`, not a Predictor, which rounds otherwise: a forecast is, to the last bit, what
    was scored in a comparison.

    Args:
        network: A trained network.
        samples: N windows; the base holds, in the rows after each window, the known columns of
            the steps that are fed back.
        config: Of the network.

    Returns:
        Forecasts, shape (N, steps * K), or (N, H * K * Q) of a network with Q quantiles.
    """
    if not config.recursive:
        return network.predict(samples)
    check_recursion(config)
    return fed_back(
        network.predict,
        samples,
        steps=config.ahead,
        horizon=config.horizon,
        targets=config.targets,
        known=config.known,
    )


def fed_back(
    predict: Callable[[Samples], FloatArray],
    samples: Samples,
    *,
    steps: int,
    horizon: int,
    targets: int = 1,
    known: int = 0,
) -> FloatArray:
    """Forecast the steps after each window, `horizon` at a time, each time from what was forecast.

    Args:
        predict: From windows to their next `horizon` steps, shape (N, horizon * targets).
        samples: N windows; the base holds, in the rows after each, the known columns.
        steps: How many in all.
        horizon: Steps at a time.
        targets: Columns that are forecast, the first ones.
        known: Columns whose future is known, the last ones. There must be no others.

    Returns:
        Forecasts, shape (N, steps * targets).

    Example:
        >>> base = np.array([[1.0], [2.0], [4.0]])
        >>> def doubled(windows):
        ...     return 2.0 * windows.windows()[:, -1]
        >>> fed_back(doubled, Samples(base, range(2, 3), window=1), steps=3, horizon=1)
        array([[ 8., 16., 32.]])
    """
    made = np.empty((len(samples), steps * targets), samples.base.dtype)
    at_once = max(1, _NUMBERS // ((samples.window + steps) * samples.features))
    for first in range(0, len(samples), at_once):
        part = samples.take(slice(first, first + at_once))
        n, window = len(part), part.window
        rows = np.empty((n, window + steps, part.features), part.base.dtype)
        rows[:, :window] = part.windows()
        if known:
            after = part.starts_of()[:, None] + np.arange(window, window + steps)
            # The last rows may lie past the end: nothing is forecast from them.
            after = np.minimum(after, len(part.base) - 1)
            rows[:, window:, -known:] = part.base[after, -known:]
        base = rows.reshape(n * (window + steps), part.features)
        for done in range(0, steps, horizon):
            starts = range(done, done + n * (window + steps), window + steps)
            ahead = predict(Samples(base, starts, window)).reshape(n, -1, targets)
            end = min(steps, done + horizon)
            rows[:, window + done : window + end, :targets] = ahead[:, : end - done]
        made[first : first + n] = rows[:, window:, :targets].reshape(n, steps * targets)
    return made
