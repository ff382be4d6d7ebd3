"""Told: what a recipe found out; and what all recipes share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import rnncomp
from rnncomp._check import check_seed, integer, one_of
from rnncomp.charts import Page

Array = NDArray[np.float64]
Echo = Callable[[str], object]


@dataclass(frozen=True, eq=False)
class Told:
    """What a recipe found out.

    Attributes:
        recipe: Its name, such as ``sines``.
        honest: Whether it is the honest variant.
        facts: Everything printed and drawn, as plain values.
        pages: The figures, to be saved or shown by `rnncomp.charts.save_pages` and `show_pages`.
        conclusion: What it comes to: the tutorial's last lines; of an honest variant the two
            sentences on what it changes about them.
    """

    recipe: str
    honest: bool
    facts: Mapping[str, Any]
    pages: tuple[Page, ...]
    conclusion: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all but the figures, as plain values."""
        first = {"recipe": self.recipe, "honest": self.honest}
        return {**first, "conclusion": list(self.conclusion), **self.facts}


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long a recipe trains, how often, and how much it says meanwhile.

    Attributes:
        epochs: Passes over the training windows.
        usual: Those of the tutorial.
        seed: Seed as told.
        seeds: Seeds of an honest variant.
        verbose: 0 for silence in training, 1 for a bar an epoch, 2 for a line an epoch; an honest
            variant has a line a training for both.
    """

    epochs: int
    usual: int
    seed: int
    seeds: tuple[int, ...]
    verbose: int


def pace(
    *, epochs: int | None, usual: int, seeds: int, fast: bool, seed: int | None, verbose: int
) -> Pace:
    """Check what the recipes are asked for, and return it.

    Args:
        epochs: Epochs asked for; None for the usual ones.
        usual: Those of the tutorial; a fifth of them if `fast`.
        seeds: Seeds of the honest variant; two if `fast`.
        fast: Whether it shall only be tried out.
        seed: Seed as told, the first of an honest variant; None for a fresh one as told, as the
            tutorials have it, and 0 in an honest variant.
        verbose: 0, 1 or 2.

    Raises:
        InvalidArgumentError: A number breaks its rule.

    Example:
        >>> pace(epochs=None, usual=20, seeds=3, fast=True, seed=5, verbose=0)
        Pace(epochs=4, usual=20, seed=5, seeds=(5, 6), verbose=0)
    """
    first = check_seed(0 if seed is None else seed)
    check_seed(first + seeds - 1)
    one_of("verbose", str(verbose), ("0", "1", "2"))
    return Pace(
        epochs=integer("epochs", epochs if epochs is not None else usual // (5 if fast else 1)),
        usual=usual,
        seed=int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else first,
        seeds=tuple(range(first, first + (2 if fast else seeds))),
        verbose=verbose,
    )


def small_network(
    units: int, window: int, *, seed: int | None, activations: Sequence[str] = ("tanh", "linear")
) -> Any:
    """Return one SimpleRNN and one output, compiled with Adam and MSE, as tutorials 2 to 4 do.

    Args:
        units: Units of the recurrent layer.
        window: Time steps that it reads.
        seed: Seed of its weights and shuffles.
        activations: Of the recurrent layer and of the output.

    Returns:
        A `Sequential`.
    """
    recurrent = rnncomp.SimpleRNN(units, activation=activations[0], input_shape=(window, 1))
    output = rnncomp.Dense(1, activation=activations[1])
    network = rnncomp.Sequential([recurrent, output], seed=seed)
    network.compile(optimizer="adam", loss="mse")
    return network


def tell_seed(echo: Echo, how: Pace) -> None:
    """Say which seed gives these numbers again: the tutorials have none, and readers wonder."""
    echo(f"Seed of weights and shuffles: {how.seed}, which gives the same numbers again")


def tell_training(echo: Echo, how: Pace, seed: int, history: Any) -> None:
    """Say that one training of an honest variant has ended, unless training is silent."""
    if how.verbose:
        loss = history.history["loss"][-1]
        echo(f"trained SimpleRNN, seed {seed}: {how.epochs} epochs, loss {loss:.5f}")


def ask(network: Any, windows: Array) -> Array:
    """Return what a network predicts for windows (N, T), shape (N,)."""
    predicted: Array = network.predict(windows[:, :, np.newaxis], verbose=0)[:, 0]
    return predicted.astype(np.float64)


def over_seeds(values: Any) -> dict[str, list[float]]:
    """Return mean, lowest and highest over seeds of `values`, shape (seeds, n)."""
    array = np.asarray(values, dtype=np.float64)
    made = {"mean": array.mean(axis=0), "low": array.min(axis=0), "high": array.max(axis=0)}
    return {name: of.tolist() for name, of in made.items()}


def one_seed(values: Sequence[float]) -> dict[str, list[float]]:
    """Return what `over_seeds` returns, for a single seed."""
    return over_seeds([values])
