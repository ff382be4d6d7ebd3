"""folds_of: which rows of each series a fold learns from, watches and is tested on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnncomp.comparison.settings import Settings
from rnncomp.errors import SplitError
from rnncomp.series import Series
from rnncomp.windows import Parts, refitted

Folds = tuple[tuple[Parts, ...], ...]
"""By fold, the parts of each series."""


def folds_of(series: Sequence[Series], settings: Settings) -> Folds:
    """Cut one or several series into parts, fold by fold.

    Several series with stamps are cut at the same moments, those of the longest: one network learns
    all of them, and may know nothing of what comes after the cutoffs of any. Without stamps each is
    cut by its own rows.

    Args:
        series: One or several.
        settings: Split, folds and horizon.

    Raises:
        SplitError: A part has no rows.
    """
    longest = max(series, key=len)
    of_longest = _by_rows(longest, settings)
    cut = [
        of_longest if each is longest else
        _by_rows(each, settings) if each.time is None or longest.time is None else
        tuple(_moved(parts, longest, each) for parts in of_longest)
        for each in series
    ]  # fmt: skip
    return tuple(zip(*cut, strict=True))


def _by_rows(series: Series, settings: Settings) -> tuple[Parts, ...]:
    parts = settings.split.parts(series, settings.reach)
    if settings.folds == 1:
        return (parts,)
    return refitted(parts, settings.folds, settings.horizon)


def _moved(parts: Parts, of: Series, to: Series) -> Parts:
    """Return the parts of one series as rows of another one, cut at the same moments."""
    assert of.time is not None
    assert to.time is not None
    ends = [end for _, end in (parts.train, parts.validation, parts.test)]
    moments = of.time[np.array(ends) - 1]
    train, validation, test = np.searchsorted(to.time, moments, side="right").tolist()
    if not 0 < train < validation < test:
        first, last = of.format_times(of.time[[parts.train[1], parts.test[1] - 1]])
        raise SplitError(
            f"series {to.name!r} must have rows in every part of the longest one, {of.name!r}: "
            f"before {first}, and from there to {last}; leave it out, or cut at other dates"
        )
    return Parts((0, train), (train, validation), (validation, test))
