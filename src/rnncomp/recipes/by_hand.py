"""A SimpleRNN and its output computed by hand, as tutorial 4 does it, in plain NumPy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnncomp.recipes.told import Array, Echo

NAMES = ("w_x", "w_h", "b_h", "w_y", "b_y")


def named_weights(weights: Sequence[Any]) -> dict[str, Array]:
    """Return the weights of SimpleRNN(m) and Dense(1) on one feature, by the tutorial's names.

    Args:
        weights: What `get_weights` returns: (1, m), (m, m), (m,), (m, 1), (1,).

    Returns:
        ``w_x`` (m,), ``w_h`` (m, m), ``b_h`` (m,), ``w_y`` (m,) and ``b_y`` (1,), in float64.
    """
    w_x, w_h, b_h, w_y, b_y = (np.asarray(weight, dtype=np.float64) for weight in weights)
    return dict(zip(NAMES, (w_x[0], w_h, b_h, w_y[:, 0], b_y), strict=True))


def compute(weights: Mapping[str, Array], x: Sequence[float]) -> tuple[list[Array], float]:
    """Compute the hidden states and the output of a network with linear activations.

    ``h0`` is zero, and still part of the equation of ``h1``.

    Args:
        weights: As from `named_weights`.
        x: One number a step (T,).

    Returns:
        ``h1`` .. ``hT``, each (m,), and the output.

    Example:
        >>> weights = {"w_x": np.array([1.0]), "w_h": np.array([[0.5]]), "b_h": np.array([0.0]),
        ...     "w_y": np.array([2.0]), "b_y": np.array([0.0])}
        >>> states, output = compute(weights, [1.0, 2.0])
        >>> [h.tolist() for h in states], output
        ([[1.0], [2.5]], 5.0)
    """
    w_x, w_h, b_h, w_y, b_y = (weights[name] for name in NAMES)
    h = np.zeros(len(w_x))  # (m,)
    states = []
    for value in x:
        h = value * w_x + h @ w_h + b_h  # (m,)
        states.append(h)
    return states, float(h @ w_y + b_y[0])


def show(echo: Echo, network: Any, x: Sequence[float]) -> dict[str, Any]:
    """Print the arithmetic of one prediction step by step, and the network's own beside it.

    Args:
        echo: Where to say things.
        network: SimpleRNN and Dense(1), both linear, on one feature.
        x: One number a step (T,).

    Returns:
        Weights, states, both outputs and their difference, as plain values.
    """
    weights = named_weights(network.get_weights())
    for name, weight in weights.items():
        echo(f"{name} = {_numbers(weight)}  shape {weight.shape}")
    states, output = compute(weights, x)
    echo(f"\nh0 = {_numbers(np.zeros_like(states[0]))}")
    for step, (value, state) in enumerate(zip(x, states, strict=True), start=1):
        equation = f"x{step} * w_x + h{step - 1} @ w_h + b_h"
        echo(f"h{step} = {equation} = {_numbers(state)}  with x{step} = {value:g}")
    echo(f"o{len(states)} = h{len(states)} @ w_y + b_y = {output:.7g}")
    window = np.array(x, dtype=np.float64).reshape(1, -1, 1)  # (samples, time steps, features)
    predicted = float(network.predict(window, verbose=0)[0, 0])
    echo(f"\nPrediction from network:         {predicted:.7g}")
    echo(f"Prediction from our computation: {output:.7g}")
    echo(f"Difference: {abs(predicted - output):.2g}")
    return {
        "weights": {name: weight.tolist() for name, weight in weights.items()},
        "x": list(x),
        "h": [state.tolist() for state in states],
        "output": output,
        "predicted": predicted,
    }


def _numbers(values: Array) -> str:
    """Write an array on one line."""
    if values.ndim == 0:
        return f"{float(values):.7g}"
    return "[" + ", ".join(_numbers(np.asarray(part)) for part in values) + "]"
