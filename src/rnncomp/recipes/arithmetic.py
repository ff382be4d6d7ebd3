"""Tutorial 3: the next number of a sequence with step 10, from a random start in 0 .. 99.

As told the last 20 % of the sequences validate; there are only 100 different ones, so that nearly
all of these were learned from as well. The honest variant holds whole starts out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnncomp.charts import learning_page
from rnncomp.recipes.honest_arithmetic import BATCH_SIZE, UNITS, honestly
from rnncomp.recipes.sequences import (
    ASKED,
    SCALE,
    STEP,
    VALIDATION_SHARE,
    WINDOW,
    make_sequences,
    random_starts,
)
from rnncomp.recipes.told import (
    Echo,
    Pace,
    Told,
    ask,
    one_seed,
    pace,
    small_network,
    tell_seed,
)

EPOCHS, SEEDS = 30, 5


def run_arithmetic(
    echo: Echo,
    *,
    honest: bool = False,
    fast: bool = False,
    epochs: int | None = None,
    seed: int | None = None,
    verbose: int = 2,
) -> Told:
    """Train on 1,000 sequences with step 10 and predict what follows 50, 60, 70; tell about it.

    Args:
        echo: Where to say things, such as ``print``. What `fit` writes while it trains goes to
            standard output; `verbose` 0 silences it.
        honest: Whether to hold starts out, train with several seeds, ask for other starts and
            steps, and let baselines answer.
        fast: A fifth of the epochs, and two seeds, to try it.
        epochs: Passes over the training sequences, at least 1; None for the tutorial's 30.
        seed: Seed of sequences, weights and shuffles; None for a fresh one, as the tutorial has
            it. The first of an honest variant's.
        verbose: 0 for silence in training, 1 for a bar an epoch, 2 for a line an epoch; an honest
            variant has a line a training for both.

    Returns:
        What was found, with the chart of the losses; of the honest variant one more.

    Raises:
        InvalidArgumentError: `epochs` is below 1, or `seed` or `verbose` break their rules.

    Example:
        >>> told = run_arithmetic(lambda text: None, epochs=1, seed=1, verbose=0)
        >>> told.facts["shape"], told.facts["parameters"]
        ([1000, 3, 1], 41)
    """
    how = pace(epochs=epochs, usual=EPOCHS, seeds=SEEDS, fast=fast, seed=seed, verbose=verbose)
    echo(f"The next number of an arithmetic sequence with step {STEP}")
    return honestly(echo, how) if honest else _as_told(echo, how)


def _as_told(echo: Echo, how: Pace) -> Told:
    sequences = make_sequences(random_starts(how.seed))
    x, y = sequences[:, :WINDOW], sequences[:, WINDOW]
    echo(f"A sample: {_whole(x[0])} -> {y[0]:.0f}")
    echo(f"Shape before reshaping: {x.shape}")
    echo(f"Shape after reshaping: {(*x.shape, 1)}")
    network = small_network(UNITS, WINDOW, seed=how.seed)
    network.summary(print_fn=echo)
    history = network.fit(
        x[:, :, np.newaxis] / SCALE,
        y / SCALE,
        epochs=how.epochs,
        batch_size=BATCH_SIZE,
        validation_split=VALIDATION_SHARE,
        verbose=how.verbose,
    )
    predicted = SCALE * float(ask(network, np.array([ASKED]) / SCALE)[0])
    result = f"Predicted next value: {predicted:.2f}"
    echo(f"\nInput: {_whole(ASKED)}")
    echo(result)
    tell_seed(echo, how)
    losses = history.history
    curves = {"train": one_seed(losses["loss"]), "validation": one_seed(losses["val_loss"])}
    facts = {
        "seed": how.seed,
        "shape": [*x.shape, 1],
        "parameters": network.count_params(),
        "input": list(ASKED),
        "predicted": predicted,
        "expected": ASKED[-1] + STEP,
        "charts": {"losses": curves},
    }
    return Told("arithmetic", False, facts, (learning_page(curves),), (result,))


def _whole(values: Any) -> list[int]:
    return [int(value) for value in values]
