"""prepare: a series as the windows that a network learns from and forecasts; the one way for all.

Everything that is fitted (transform, scaler) is fitted on the training rows of the parts given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnncomp.errors import SplitError
from rnncomp.forecasting.network_config import NetworkConfig
from rnncomp.forecasting.training_data import TrainingData
from rnncomp.samples import FloatArray, Samples
from rnncomp.series import FittedTransform, Series, fit_transform, make_scaler
from rnncomp.windows import Parts, assign
from rnncomp.windows.pairs import too_short

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Starts = range | Rows
"""First rows of windows, increasing."""


@dataclass(frozen=True)
class Recipe:
    """How a series becomes windows.

    Attributes:
        window: Time steps T in a window.
        horizon: Steps H that a network learns to forecast at once.
        ahead: Steps that are forecast in all, at least H.
        stride: Rows between the starts of neighbouring windows.
        within_parts: Whether the inputs too must lie in the part; by default they may reach back.
        scale: ``minmax``, ``standard`` or ``none``.
        scale_on: ``train``, or ``all``, which leaks the rows that come after.
        transform: ``none``, ``log``, ``diff`` or ``log-diff``, of the targets.
        dtype: ``float32`` or ``float64``.
        reach: Rows before a cutoff that must be there, if they are more than the window: of
            networks with windows of different lengths the longest, so that the windows of all end
            at the same rows.
    """

    window: int
    horizon: int = 1
    ahead: int = 1
    stride: int = 1
    within_parts: bool = False
    scale: str = "minmax"
    scale_on: str = "train"
    transform: str = "none"
    dtype: str = "float32"
    reach: int = 0


@dataclass(frozen=True, eq=False)
class Prepared:
    """One series, cut and scaled.

    Attributes:
        series: What it was made of.
        parts: The rows of each part.
        recipe: How.
        transform: Fitted on the training rows.
        base: All rows as the network sees them, shape (rows, F). A column whose future is known
            stands H rows early, so that a window holds its values for the steps it forecasts.
        learned: First rows of the windows with H targets in "train" and "validation".
        ahead: The same of the windows to be forecast, with all their steps in "validation" and
            "test".
    """

    series: Series
    parts: Parts
    recipe: Recipe
    transform: FittedTransform
    base: FloatArray
    learned: dict[str, Starts]
    ahead: dict[str, Starts]

    def samples(self, starts: Starts) -> Samples:
        """Return windows with their targets, shape (N, H * K), where they can as a view."""
        first = self.recipe.window
        steps = _windows_of(self.base[first:, : self.targets], self.recipe.horizon)
        picked = steps[_index(starts)]  # (N, K, H)
        targets = picked[:, 0] if self.targets == 1 else _flat(picked)
        return Samples(self.base, starts, self.recipe.window, targets)

    def windows(self, starts: Starts) -> Samples:
        """Return windows alone."""
        return Samples(self.base, starts, self.recipe.window)

    def cutoffs(self, part: str) -> Starts:
        """Return the last observed row of each window to be forecast in a part."""
        return cutoffs_of(self.ahead[part], self.recipe.window)

    def last(self, part: str) -> Array:
        """Return the targets in the last row of each window of a part, (N, K)."""
        index = _index(self.cutoffs(part))
        rows: Array = self.series.values[:, : self.targets][index]
        return rows

    @property
    def targets(self) -> int:
        """Columns K that are forecast."""
        return len(self.series.targets)


def recipe_of(config: NetworkConfig, **options: object) -> Recipe:
    """Return the recipe of a network; `options` are the other attributes of `Recipe`."""
    return Recipe(
        window=config.window,
        horizon=config.horizon,
        ahead=config.ahead,
        dtype=config.dtype,
        **options,  # type: ignore[arg-type]
    )


def prepare(
    series: Series, parts: Parts, recipe: Recipe, transform: FittedTransform | None = None
) -> Prepared:
    """Scale a series and cut it into windows, each in the part that holds all its targets.

    Windows with a target that was not observed are left out, and where holes were filled by
    interpolation also those that end in one: what fills it comes from after the cutoff.

    Args:
        series: The series.
        parts: Its train, validation and test part; the last two may be empty.
        recipe: How.
        transform: One that has been fitted before; None fits it on the training rows.

    Raises:
        SplitError: The series, or a part that has rows, is too short for a window.

    Example:
        >>> from rnncomp.series import load
        >>> parts = Parts((0, 100), (100, 120), (120, 144))
        >>> made = prepare(load("airline"), parts, Recipe(window=12, horizon=6, ahead=6))
        >>> made.cutoffs("test"), made.base.max().item() > 1.0
        (range(119, 138), True)
    """
    lost = 1 if "diff" in recipe.transform else 0
    learned = _assigned(series, parts, recipe, recipe.horizon, lost, ("train", "validation"))
    ahead = _assigned(series, parts, recipe, recipe.ahead, lost, ("validation", "test"))
    if transform is None:
        rows = range(len(series)) if recipe.scale_on == "all" else range(*parts.train)
        scaler = make_scaler(recipe.scale)
        transform = fit_transform(series, rows, kind=recipe.transform, scaler=scaler)
    return Prepared(
        series=series,
        parts=parts,
        recipe=recipe,
        transform=transform,
        base=scaled_rows(series, transform, lead=recipe.horizon, dtype=recipe.dtype),
        learned=learned,
        ahead=ahead,
    )


def scaled_rows(
    series: Series, transform: FittedTransform, *, lead: int, dtype: str
) -> NDArray[np.floating]:
    """Return the rows of a series as a network sees them, shape (rows, F), C-contiguous.

    Args:
        series: The series.
        transform: What is done to its values.
        lead: Rows by which columns whose future is known stand early.
        dtype: ``float32`` or ``float64``.
    """
    rows = transform.transform(series.values, dtype=dtype)
    known = len(series.known)
    if known and len(rows):
        moved = np.concatenate([rows[lead:, -known:], np.repeat(rows[-1:, -known:], lead, axis=0)])
        rows[:, -known:] = moved[: len(rows)]
    return rows


def joined_data(prepared: Sequence[Prepared]) -> TrainingData:
    """Return what networks learn from, over one or several series; the test part has no targets."""
    offsets = _offsets([len(each.base) for each in prepared])
    base = prepared[0].base if len(prepared) == 1 else np.concatenate([p.base for p in prepared])

    def joined(parts: list[Samples]) -> Samples:
        if len(parts) == 1:
            return parts[0]
        starts = [part.starts_of() + offset for part, offset in zip(parts, offsets, strict=True)]
        targets = [part.targets for part in parts if part.targets is not None]
        return Samples(
            base,
            np.concatenate(starts),
            parts[0].window,
            np.concatenate(targets) if targets else None,
        )

    train, validation = (
        joined([each.samples(each.learned[part]) for each in prepared])
        for part in ("train", "validation")
    )
    ahead = {
        part: joined([each.windows(each.ahead[part]) for each in prepared])
        for part in ("validation", "test")
    }
    return TrainingData(train, validation, ahead)


def cutoffs_of(starts: Starts, window: int) -> Starts:
    """Return the last row of each window."""
    back = window - 1
    if isinstance(starts, range):
        return range(starts.start + back, starts.stop + back, starts.step)
    last: Rows = starts + back
    return last


def actual_at(series: Series, cutoffs: Starts, horizon: int, target: int = 0) -> Array:
    """Return the values of a target after each cutoff, shape (N, H)."""
    ahead = _windows_of(series.values[:, target : target + 1], horizon)[:, 0]
    if isinstance(cutoffs, range):
        return np.ascontiguousarray(ahead[cutoffs.start + 1 : cutoffs.stop + 1 : cutoffs.step])
    return np.ascontiguousarray(ahead[cutoffs + 1])


def rows_after(cutoffs: Starts, horizon: int) -> Rows:
    """Return the rows that follow each cutoff, shape (N, H).

    Example:
        >>> rows_after(range(3, 5), 2)
        array([[4, 5],
               [5, 6]])
    """
    rows: Rows = np.add.outer(np.asarray(cutoffs, dtype=np.int64), np.arange(1, horizon + 1))
    return rows


def _assigned(
    series: Series, parts: Parts, recipe: Recipe, horizon: int, lost: int, names: Sequence[str]
) -> dict[str, Starts]:
    """Return the first rows of the windows of the parts that are named."""
    rows, window = len(series), recipe.window
    reach = max(window, recipe.reach)
    if rows < lost + reach + horizon:
        raise SplitError(too_short(rows - lost, reach, horizon))
    starts = range(lost, rows - reach - horizon + 1, recipe.stride)
    members = assign(
        starts,
        window=reach,
        horizon=horizon,
        parts=parts,
        within_parts=recipe.within_parts,
        names=names,
    )
    later = reach - window
    made: dict[str, Starts] = {}
    for part, places in members.items():
        first, end = places.start, places.stop
        picked = range(starts.start + later, starts.stop + later, starts.step)[first:end]
        made[part] = _seen(series, picked, window, horizon)
        if len(picked) and not len(made[part]):
            raise SplitError(
                f"the {part} part must hold a window whose targets were all observed, got none of "
                f"{len(picked)}; choose another split, or a shorter horizon"
            )
    return made


def _seen(series: Series, starts: Starts, window: int, horizon: int) -> Starts:
    """Return the starts of the windows that hold nothing made up from what comes after them."""
    if series.observed is None or not len(starts):
        return starts
    first = np.asarray(starts, dtype=np.int64)
    absent = ~series.observed[:, : len(series.targets)].all(axis=1)
    count = np.concatenate([[0], np.cumsum(absent)])  # absent rows before each row
    kept = count[first + window + horizon] == count[first + window]
    if series.fill == "interpolate":
        past = len(series.columns) - len(series.known)
        kept &= series.observed[first + window - 1, :past].all(axis=1)
    seen: Rows = first[kept]
    return seen


def _windows_of(columns: FloatArray, horizon: int) -> FloatArray:
    """Return every stretch of `horizon` rows, shape (rows - H + 1, K, H), as a view."""
    if len(columns) < horizon:
        return np.empty((0, columns.shape[1], horizon), columns.dtype)
    views: FloatArray = np.lib.stride_tricks.sliding_window_view(columns, horizon, axis=0)
    return views


def _index(starts: Starts) -> slice | Rows:
    if not isinstance(starts, range):
        return starts
    return slice(starts.start, max(starts.start, starts.stop), starts.step)


def _flat(steps: FloatArray) -> FloatArray:
    """Return (N, K, H) as (N, H * K)."""
    return np.ascontiguousarray(steps.transpose(0, 2, 1)).reshape(len(steps), -1)


def _offsets(lengths: Sequence[int]) -> list[int]:
    return [sum(lengths[:place]) for place in range(len(lengths))]
