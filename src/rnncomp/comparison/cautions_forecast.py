"""The caution about forecasts that repeat the last value: copies, and series that allow no more."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rnncomp._check import fail
from rnncomp.comparison.cautions import Caution
from rnncomp.comparison.residuals import autocorrelation, by_step, ljung_box_p

Array = NDArray[np.float64]
AnyFloats = NDArray[np.floating]

# A forecast that leaves the last value by less than half of the variance by which it leaves the
# truth lags behind: a shift by one row gives 0, one by two rows 0.44, a good forecast more than 1.
CLOSER = 0.5
# It moves with the last value, neither hardly (the mean of all) nor against it.
LEAST_SLOPE, MOST_SLOPE = 0.5, 1.5
# In 100 windows the mean errors of two forecasts that are nearly the same differ by a percent or
# two; a smaller gain over repeating the last value is none.
LEAST_GAIN = 0.02
# Of random walks of 200 steps, 2 in 100 are then told to have a pattern in their changes.
WHITE_LEVEL = 0.01
WHITE_LAGS = 20
FEWEST_WINDOWS = 8


def shifted_copy(
    actual: ArrayLike, predicted: ArrayLike, last: ArrayLike, *, subject: str
) -> Caution | None:
    """Tell whether a forecast is the last value seen, shifted.

    Three things must hold. The forecast follows the last value more closely than the truth (left
    over by straight lines through either, summed over steps: at most half). It moves with it (slope
    0.5 to 1.5). And its mean absolute error is not at least 2 % below that of repeating the last
    value.

    Whether that is a fault depends on the series. If the changes from the last value to the next
    are correlated with earlier ones (Ljung and Box, 1 %), there was more to learn, and the code is
    ``shifted_copy``. If no such pattern shows, as in a random walk, nothing may beat repeating the
    last value, and the code is ``as_persistence``.

    Of 300 simulations with 200 windows each: a copy of sines and of a seasonal series is found in
    all. Ridge regression sets nothing off there; on an autoregression with 0.6 it gives
    ``as_persistence`` in 1 of 100 cases, with 0.9, nearly a random walk, in 74. On a random walk a
    copy and ridge alike are ``as_persistence`` in 98 and ``shifted_copy`` in 2.

    Args:
        actual: What happened, shape (N, H), windows in order of time.
        predicted: What was forecast, shape (N, H).
        last: The last value before each window's forecast, shape (N,).
        subject: What made the forecast.

    Returns:
        A caution, or None; None for fewer than 8 windows, which can show nothing.

    Raises:
        InvalidArgumentError: The shapes do not fit.

    Example:
        >>> walk = np.sin(np.arange(200.0) / 5)
        >>> shifted_copy(walk[1:, None], walk[:-1, None], walk[:-1], subject="LSTM").code
        'shifted_copy'
        >>> shifted_copy(walk[1:, None], walk[1:, None], walk[:-1], subject="LSTM") is None
        True
    """
    true, made, before = _arrays(actual, predicted, last)
    if len(true) < FEWEST_WINDOWS or not _follows(true, made, before):
        return None
    error = float(by_step(true, made)["mae"].mean())
    repeating = float(by_step(true, _repeated(before, true))["mae"].mean())
    if error <= (1.0 - LEAST_GAIN) * repeating:
        return None
    errors = f"mean absolute error {error:.4g}, that of repeating it {repeating:.4g}"
    if _white(np.asarray(true[:, 0], np.float64) - before):
        worse = error > (1.0 + LEAST_GAIN) * repeating
        how = "worse than" if worse else "as good as"
        seen = f"{how} repeating the last value ({errors})"
        reason = "no pattern shows in the changes of this series, so there may be nothing to learn"
        text = f"{subject}: {seen}; {reason}: use persistence, or add columns that know more."
        return Caution("as_persistence", subject, text)
    seen = f"the forecast is the last value shifted ({errors})"
    reason = "the changes of this series show a pattern, so more can be learned"
    hint = "try more epochs, a longer window, or a difference transform"
    return Caution("shifted_copy", subject, f"{subject}: {seen}; {reason}: {hint}.")


def _follows(true: AnyFloats, made: AnyFloats, before: AnyFloats) -> bool:
    """Tell whether the forecast lies nearer to a line through the last value than to the truth."""
    left_last = left_true = moved = spread = 0.0
    before = _centred(before)
    size = float(before @ before)
    for step in range(true.shape[1]):
        ahead = _centred(made[:, step])
        left_last += _left_over(ahead, before)
        left_true += _left_over(ahead, _centred(true[:, step]))
        moved += float(ahead @ before)
        spread += size
    if spread == 0.0:
        return False
    return LEAST_SLOPE <= moved / spread <= MOST_SLOPE and left_last <= CLOSER * left_true


def _centred(values: AnyFloats) -> Array:
    column = np.asarray(values, dtype=np.float64)
    centred: Array = column - column.mean()
    return centred


def _repeated(before: AnyFloats, true: AnyFloats) -> AnyFloats:
    """Return persistence, shape (N, H), without its memory."""
    return np.broadcast_to(before[:, np.newaxis], true.shape)


def _left_over(y: Array, x: Array) -> float:
    """Return the sum of squares that a straight line through x leaves of y, both centred."""
    size = float(x @ x)
    if size == 0.0:
        return float(y @ y)
    left = y - (float(x @ y) / size) * x
    return float(left @ left)


def _white(changes: Array) -> bool:
    lags = max(1, min(WHITE_LAGS, len(changes) // 5))
    return ljung_box_p(autocorrelation(changes, lags), len(changes)) >= WHITE_LEVEL


def _arrays(
    actual: ArrayLike, predicted: ArrayLike, last: ArrayLike
) -> tuple[AnyFloats, AnyFloats, AnyFloats]:
    true, made, before = np.asarray(actual), np.asarray(predicted), np.asarray(last)
    if true.ndim != 2:
        raise fail("actual", "of shape (windows, steps)", true.shape)
    if made.shape != true.shape:
        raise fail("predicted", f"of the shape of actual {true.shape}", made.shape)
    if before.shape != true.shape[:1]:
        raise fail("last", f"of shape ({len(true)},), one a window", before.shape)
    return true, made, before
