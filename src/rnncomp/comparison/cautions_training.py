"""Cautions about training: stopped too early, went on too long, or learned nothing."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp.comparison.cautions import Caution
from rnncomp.comparison.wording import joined

Array = NDArray[np.float64]

# A loss that flattens out falls by less and less: 5 % over the last fifth of the epochs means that
# as many again would bring more than the spread over seeds usually is.
LEAST_FALL = 0.05
LEAST_RISE = 0.1
# Epochs differ by chance. A slope must be three times its standard error; a rise four times, since
# it is measured from the lowest of all epochs, which is low by chance, too.
CERTAIN_FALL, CERTAIN_RISE = 3.0, 4.0
FEWEST_EPOCHS = 5
# A seed that got stuck is not merely the last in a row: twice as bad as the middle of the others,
# and six times as far from it as they usually are.
STUCK, FAR = 2.0, 6.0


def still_falling(losses: Sequence[float], *, subject: str) -> Caution | None:
    """Tell whether the training loss was still falling at the last epoch.

    A straight line is laid through the logarithms of the last fifth of the losses (at least five).
    Of 2,000 simulated curves of 20 epochs that had flattened out, 0 to 3 in 100 set it off with
    noise of 1 to 10 %; of those that fell by 30 % over that stretch, 97 in 100 did with 5 %.

    Args:
        losses: Training loss by epoch (of several seeds, their mean), above 0.
        subject: The network.

    Returns:
        A caution if it fell by 5 % or more over that stretch, and by more than chance; else None.
        None for fewer than five epochs, or if a loss is not a finite number above 0.

    Example:
        >>> still_falling([0.5 * 0.9**epoch for epoch in range(20)], subject="GRU").text
        'GRU: training loss still falling at the last epoch, by 34 % over the last 5 of 20; try ...
        >>> still_falling([0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], subject="GRU") is None
        True
    """
    values = np.asarray(losses, dtype=np.float64)
    n, last = len(values), max(FEWEST_EPOCHS, len(values) // 5)
    if n < FEWEST_EPOCHS or not (np.isfinite(values) & (values > 0.0)).all():
        return None
    slope, error = _slope(np.log(values[-last:]))
    fall = 1.0 - math.exp(slope * (last - 1))
    if fall < LEAST_FALL or slope > -CERTAIN_FALL * error:
        return None
    seen = f"by {100 * fall:.0f} % over the last {last} of {n}"
    text = f"{subject}: training loss still falling at the last epoch, {seen}; try epochs={2 * n}."
    return Caution("still_falling", subject, text)


def validation_rising(losses: Sequence[float], *, subject: str) -> Caution | None:
    """Tell whether the validation loss has risen from its lowest.

    The losses are smoothed (mean of three epochs, or a tenth of all), so that one lucky epoch is
    not taken for a valley. Of 2,000 simulated curves of 20 epochs that had flattened out, 0 to 2 in
    100 set it off with noise of 1 to 10 %; of those that rose by 30 %, 94 in 100 did with 5 %.

    Args:
        losses: Validation loss by epoch (of several seeds, their mean), above 0. Of a training
            that went back to its best weights a rise does no harm: do not ask there.
        subject: The network.

    Returns:
        A caution if it rose by 10 % or more, and by more than chance; else None. None for fewer
        than five epochs, or if a loss is not a finite number above 0.

    Example:
        >>> losses = [0.5, 0.3, 0.2, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5]
        >>> validation_rising(losses, subject="LSTM").text
        'LSTM: validation loss rising since epoch 4 of 10, by 108 %: it learns the training part ...
    """
    values = np.asarray(losses, dtype=np.float64)
    n, wide = len(values), max(3, len(values) // 10)
    if n < FEWEST_EPOCHS or not (np.isfinite(values) & (values > 0.0)).all():
        return None
    smooth = np.convolve(np.log(values), np.full(wide, 1.0 / wide), mode="valid")
    lowest = int(np.argmin(smooth))
    if lowest + wide > len(smooth) - 1:
        return None  # the two means would share epochs
    rise = float(smooth[-1] - smooth[lowest])
    # Second differences see noise alone where a curve bends slowly: their variance is 6 sigma^2.
    noise = float(np.std(np.diff(np.log(values[lowest:]), n=2))) / math.sqrt(6.0)
    if math.expm1(rise) < LEAST_RISE or rise < CERTAIN_RISE * noise * math.sqrt(2.0 / wide):
        return None
    since = lowest + (wide - 1) // 2 + 1
    seen = f"since epoch {since} of {n}, by {100 * math.expm1(rise):.0f} %"
    hint = f"it learns the training part by heart; try patience={max(3, n // 10)} or fewer units"
    text = f"{subject}: validation loss rising {seen}: {hint}."
    return Caution("validation_rising", subject, text)


def did_not_learn(
    errors: Sequence[float | None], mean_error: float, *, seeds: Sequence[int], subject: str
) -> Caution | None:
    """Tell which seeds did not learn: no better than the mean, or far behind the others.

    Of 2,000 simulated groups of 5 equal seeds that differ by 10 %, none had one called stuck, of
    those that differ by 20 %, 7 in 1,000; a seed with three times the error was found in all.

    Args:
        errors: One a seed, lower is better; None for a training that diverged, which is told
            elsewhere.
        mean_error: The same error of predicting the mean of all values so far.
        seeds: The seeds, as many as errors.
        subject: The network.

    Returns:
        A caution if a seed is no better than the mean forecast; or, of four seeds or more, twice
            as bad as the median of the others and six times as far from it as they usually are.
            Else None.

    Raises:
        InvalidArgumentError: There are not as many seeds as errors.

    Example:
        >>> did_not_learn([0.1, 0.11, 0.9], 0.8, seeds=[0, 1, 2], subject="LSTM").text
        'LSTM: seed 2 did not learn (error 0.9, the median of all seeds 0.11, that of predicting ...
    """
    if len(errors) != len(seeds):
        raise fail("seeds", f"{len(errors)}, one an error", list(seeds))
    pairs = zip(seeds, errors, strict=True)
    known = {s: float(e) for s, e in pairs if e is not None and math.isfinite(e)}
    if not known:
        return None
    bad = {seed: error for seed, error in known.items() if error >= mean_error}
    bad |= {seed: known[seed] for seed in known if _stuck(seed, known)}
    if not bad:
        return None
    plain = f"that of predicting the mean {mean_error:.4g}"
    median = statistics.median(known.values())
    if len(bad) == len(known):
        seen = f"no seed did better than predicting the mean (median error {median:.4g}, {plain})"
        hint = "try more epochs or another learning rate; there may be nothing to learn"
        return Caution("did_not_learn", subject, f"{subject}: {seen}; {hint}.")
    names = joined([str(seed) for seed in bad])
    which = f"seed{'s' if len(bad) > 1 else ''} {names} did not learn"
    worst = f"error {max(bad.values()):.4g}, the median of all seeds {median:.4g}, {plain}"
    hint = "try a lower learning rate or more epochs; its mean over seeds says less"
    return Caution("did_not_learn", subject, f"{subject}: {which} ({worst}); {hint}.")


def cut_short(epochs: Sequence[int], wanted: int, *, subject: str) -> Caution | None:
    """Tell whether a time limit ended trainings: they are then not trained alike.

    Args:
        epochs: That each training ran.
        wanted: That it was asked for.
        subject: The network.

    Example:
        >>> cut_short([7, 50], 50, subject="LSTM").text
        'LSTM: the time limit ended 1 of 2 trainings after 7 to 7 of 50 epochs; others may have ...
    """
    short = [ran for ran in epochs if ran < wanted]
    if not short:
        return None
    seen = f"the time limit ended {len(short)} of {len(epochs)} trainings"
    after = f"after {min(short)} to {max(short)} of {wanted} epochs"
    hint = "others may have trained for longer: compare with more time, or with fewer epochs"
    return Caution("cut_short", subject, f"{subject}: {seen} {after}; {hint}.")


def _stuck(seed: int, known: dict[int, float]) -> bool:
    """Tell whether a seed is far worse than the others, by their median and its usual distance."""
    others = [error for other, error in known.items() if other != seed]
    if len(others) < 3:
        return False
    middle = statistics.median(others)
    usual = statistics.median(abs(error - middle) for error in others)
    return known[seed] >= STUCK * middle and known[seed] - middle >= FAR * usual


def _slope(values: Array) -> tuple[float, float]:
    """Return the slope of a straight line through equally spaced values, and its standard error."""
    n = len(values)
    time = np.arange(n) - (n - 1) / 2
    size = float(time @ time)
    slope = float(time @ values) / size
    left = values - values.mean() - slope * time
    return slope, math.sqrt(float(left @ left) / (n - 2) / size)
