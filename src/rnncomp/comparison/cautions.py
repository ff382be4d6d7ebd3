"""Cautions about data and settings: what a reader of a comparison should know before trusting it.

Each function looks at arrays or numbers and returns a `Caution`, or None when there is nothing to
say. Those about forecasts are in `cautions_forecast`, those about training in `cautions_training`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike

from rnncomp._check import fail, integer, one_of
from rnncomp.comparison.wording import joined

# A value or two just outside the training range is what any new stretch brings: of m values beside
# n others of the same kind, 2m / (n + 1) are expected. One row in fifty, or a quarter of the range,
# is more than that.
OUTSIDE_SHARE = 0.02
OUTSIDE_REACH = 0.25

# The mean over 10 independent stretches is known to within 0.7 standard deviations of a stretch
# (t = 2.26, over the root of 10), over 5 to within 1.2: not enough to tell two forecasts apart.
FEWEST_STRETCHES = 10
FEWEST_SEASONS = 2


@dataclass(frozen=True)
class Caution:
    """One warning.

    Attributes:
        code: What it is about, such as ``shifted_copy``; the same in every version.
        subject: The network, part or column it is about.
        text: One sentence: what was seen, and what to try.

    Example:
        >>> Caution("test_too_short", "test part", "The test part is short.").to_dict()["code"]
        'test_too_short'
    """

    code: str
    subject: str
    text: str

    def to_dict(self) -> dict[str, str]:
        """Return the caution as plain values."""
        return asdict(self)


def outside_training_range(
    columns: Sequence[str],
    train_low: ArrayLike,
    train_high: ArrayLike,
    values: ArrayLike,
    *,
    subject: str = "test part",
) -> Caution | None:
    """Tell which columns leave the range that they had in training.

    A network does not extrapolate: its layers were never pushed that far. Of simulated pairs, 1,000
    values for training and 250 behind them, independent normal or uniform ones set it off in 3 of
    1,000 cases, heavy tails (Student, 3 degrees of freedom) in 11 of 100, an autoregression (0.9)
    in 7 of 100, and a random walk in 53 of 100, and rightly.

    Args:
        columns: Names, shape (C,).
        train_low: Lowest value of each column in training, shape (C,).
        train_high: Highest value, shape (C,).
        values: Inputs or targets of the part that is forecast, shape (rows, C); NaN is passed over.
        subject: What the values are.

    Returns:
        A caution if of some column 2 % of the rows lie outside, or one of them by a quarter of
            the range; else None.

    Raises:
        InvalidArgumentError: The shapes do not fit.

    Example:
        >>> outside_training_range(["count"], [0.0], [9.0], [[10.0]], subject="targets").text
        'targets: 100 % of count lies outside its training range 0 to 9 (10 to 10 seen), where a ...
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] != len(columns):
        raise fail("values", f"of shape (rows, {len(columns)})", table.shape)
    low, high = (np.asarray(end, dtype=np.float64) for end in (train_low, train_high))
    for name, end in (("train_low", low), ("train_high", high)):
        if end.shape != (len(columns),):
            raise fail(name, f"of shape ({len(columns)},)", end.shape)
    told = []
    for name, lowest, highest, column in zip(columns, low, high, table.T, strict=True):
        known = column[~np.isnan(column)]
        share = float(((known < lowest) | (known > highest)).mean()) if len(known) else 0.0
        if share == 0.0:
            continue
        least, most = float(known.min()), float(known.max())
        far = max(lowest - least, most - highest) > OUTSIDE_REACH * (highest - lowest)
        if share >= OUTSIDE_SHARE or far:
            told.append(
                f"{_percent(share)} of {name} lies outside its training range {lowest:.6g} to "
                f"{highest:.6g} ({least:.6g} to {most:.6g} seen)"
            )
    if not told:
        return None
    shown = [*told[:3], *([f"so do {len(told) - 3} more columns"] if len(told) > 3 else [])]
    text = f"{subject}: {joined(shown)}, where a network has learned nothing"
    hint = "try a difference or log transform, or train on a stretch that reaches as far"
    return Caution("outside_training_range", subject, f"{text}; {hint}.")


def short_test_part(
    n_windows: int, *, horizon: int, season: int | None = None, stride: int = 1
) -> Caution | None:
    """Tell whether the test part holds too few independent stretches to tell forecasts apart.

    Windows that overlap share their targets, so windows are not counted but stretches of rows that
    do not: ``rows // horizon``.

    Args:
        n_windows: Test windows N, at least 1.
        horizon: Steps ahead H, at least 1.
        season: Rows in a season; None for none.
        stride: Rows between the starts of neighbouring windows, at least 1.

    Returns:
        A caution below 10 stretches, or below 2 seasons: what is special about one season cannot
        be told from what is so every season. Else None.

    Example:
        >>> short_test_part(433, horizon=132).text
        'test part: its 564 rows hold 4 stretches of 132 steps that do not overlap, too few to ...
        >>> short_test_part(433, horizon=1) is None
        True
    """
    horizon = integer("horizon", horizon)
    rows = (integer("n_windows", n_windows) - 1) * integer("stride", stride) + horizon
    stretches = min(rows // horizon, n_windows)
    if stretches < FEWEST_STRETCHES:
        ahead = f"stretches of {horizon} steps that do not overlap" if horizon > 1 else "windows"
        seen = f"hold {stretches} {ahead}"
        need = f"at least {FEWEST_STRETCHES} are needed"
    elif season is not None and rows < FEWEST_SEASONS * integer("season", season):
        seen = f"hold {rows / season:.2g} seasons of {season} rows"
        need = f"at least {FEWEST_SEASONS} are needed"
    else:
        return None
    text = f"test part: its {rows} rows {seen}, too few to tell forecasts apart; {need}"
    hint = "use a longer test part, or a shorter horizon"
    return Caution("test_too_short", "test part", f"{text}: {hint}.")


def season_out_of_sight(season: int | None, window: int) -> Caution | None:
    """Tell whether the window is shorter than the season, so that the network cannot see it.

    Args:
        season: Rows in a season; None for none.
        window: Time steps the network sees, at least 1.

    Returns:
        A caution if ``window < season``, else None. Calendar columns tell a network the season as
        well: do not ask where there are any.

    Example:
        >>> season_out_of_sight(48, 24).text
        'window: its 24 rows are fewer than the season of 48, which the networks cannot see; try ...
        >>> season_out_of_sight(48, 48) is None
        True
    """
    if season is None or integer("window", window) >= integer("season", season):
        return None
    seen = f"its {window} rows are fewer than the season of {season}, which the networks cannot see"
    return Caution(
        "season_out_of_sight",
        "window",
        f"window: {seen}; try window={season}, or calendar columns.",
    )


def leak_switched_on(scale_on: str) -> Caution | None:
    """Tell whether the scaler was fitted on the test part, too.

    Args:
        scale_on: ``train``, or ``all``, which leaks.

    Returns:
        A caution for ``all``, else None.

    Example:
        >>> leak_switched_on("all").code, leak_switched_on("train")
        ('leak_switched_on', None)
    """
    if one_of("scale_on", scale_on, ("train", "all")) == "train":
        return None
    text = "scaler: it was fitted on all data, test part included, which may flatter the networks"
    return Caution("leak_switched_on", "scaler", f"{text}; use scale_on='train'.")


def _percent(share: float) -> str:
    """Return a share in percent; neither a few become none, nor nearly all all."""
    percent = 100.0 * share
    if percent in (0.0, 100.0) or 1.0 <= percent <= 99.0:
        return f"{percent:.0f} %"
    return f"{percent:.1g} %" if percent < 1.0 else f"{min(percent, 99.9):.1f} %"
