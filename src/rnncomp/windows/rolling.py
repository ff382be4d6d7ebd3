"""RollingOrigin: the folds of a backtest, each trained on what came before it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from rnncomp._check import count, integer
from rnncomp.errors import SplitError
from rnncomp.series import Series
from rnncomp.windows.parts import Parts


@dataclass(frozen=True)
class RollingOrigin:
    """Folds along time: in each, what lies before its cutoff is learned from.

    Args:
        folds: How many, at least 1; the last one ends with the series.
        horizon: Steps ahead that each fold forecasts from its cutoff, at least 1.
        step: Rows from one cutoff to the next, at least 1; None for `horizon`, so that every row
            is forecast once.
        train: Rows of a sliding training part; None for all rows before the cutoff, an expanding
            one. What validates is taken from its end by those who train.

    Raises:
        InvalidArgumentError: An argument breaks its rule.

    Example:
        >>> for parts in RollingOrigin(folds=2, horizon=10).parts(100):
        ...     print(parts)
        Parts(train=(0, 80), validation=(80, 80), test=(80, 90))
        Parts(train=(0, 90), validation=(90, 90), test=(90, 100))
    """

    folds: int = 5
    horizon: int = 1
    step: int | None = None
    train: int | None = None

    def __post_init__(self) -> None:
        integer("folds", self.folds)
        count("horizon", self.horizon)
        for name in ("step", "train"):
            if getattr(self, name) is not None:
                count(name, getattr(self, name))

    def parts(self, series: Series | int) -> tuple[Parts, ...]:
        """Return train and test of every fold, the earliest first.

        Args:
            series: The series, or its number of rows.

        Raises:
            SplitError: There is nothing left to learn from before the first cutoff.
        """
        rows = series if isinstance(series, int) else len(series)
        step = self.step or self.horizon
        starts = [rows - self.horizon - step * k for k in reversed(range(self.folds))]
        if starts[0] < 1:
            need = self.horizon + step * (self.folds - 1) + 1
            raise SplitError(
                f"the series must have at least {need} rows for {self.folds} folds with "
                f"horizon={self.horizon} and step={step}, got {rows}; use fewer folds"
            )
        firsts = [0 if self.train is None else max(0, start - self.train) for start in starts]
        return tuple(
            Parts((first, start), (start, start), (start, start + self.horizon))
            for first, start in zip(firsts, starts, strict=True)
        )


def refitted(parts: Parts, folds: int, horizon: int) -> tuple[Parts, ...]:
    """Cut a test part into blocks, each forecast by networks trained on all before it.

    A window belongs to the block that holds its first target; its last ones may lie in the next.

    Args:
        parts: Train, validation and the whole test part. Validation keeps its length.
        folds: Blocks, at least 1, as long as each other to a row.
        horizon: Steps ahead H of a window.

    Raises:
        SplitError: A block would hold no window.

    Example:
        >>> for fold in refitted(Parts((0, 60), (60, 80), (80, 100)), folds=2, horizon=5):
        ...     print(fold)
        Parts(train=(0, 60), validation=(60, 80), test=(80, 92))
        Parts(train=(0, 68), validation=(68, 88), test=(88, 100))
    """
    first, end = parts.test
    origins = end - first - horizon + 1  # windows of the test part, one a row
    if integer("folds", folds) > max(1, origins):
        raise SplitError(
            f"the test part must hold a window for each of folds={folds}, got {max(0, origins)}; "
            "use fewer folds or a longer test part"
        )
    bounds = [first + origins * k // folds for k in range(folds + 1)]
    made = []
    for start, following in pairwise(bounds):
        moved = start - first
        made.append(
            Parts(
                (parts.train[0], parts.train[1] + moved),
                (parts.validation[0] + moved, parts.validation[1] + moved),
                (start, following + horizon - 1),
            )
        )
    return tuple(made)
