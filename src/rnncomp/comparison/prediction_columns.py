"""prediction_columns: where, the truth, and what everyone predicted, made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnncomp.comparison.contenders import Contender, Maker, mean_over_seeds
from rnncomp.comparison.tables import Columns
from rnncomp.comparison.task import Array, Curve, Task
from rnncomp.forecasting.preparing import Starts, actual_at, rows_after

Column = Callable[[], Any]


def prediction_columns(task: Task, contenders: Sequence[Contender]) -> Columns:
    """Return a row for each test window and step, one curve after the other.

    The columns keep no hold on the task, whose windows are then free to go.
    """
    table = _Table([(curve, task.tested(curve)) for curve in task.curves],
                   task.settings.horizon, len(task.folds))  # fmt: skip
    makers: dict[str, Column] = {}
    if len(task.curves) > 1:
        makers["series"] = table.column(table.name)
    makers["row"] = table.column(table.row)
    if task.series[0].time is not None:
        makers["time"] = table.column(table.time)
    makers["step"] = table.column(table.step)
    makers["actual"] = table.column(table.actual)
    tested = [(contender, contender.of_tested()) for contender in contenders]
    makers |= {each.name: table.column(table.mean(of)) for each, of in tested if of}
    for each, of in tested:
        for seed, make in zip(each.tested, of, strict=bool(each.tested)):
            makers[f"{each.name}_seed_{seed}"] = table.column(table.mean([make]))
    return Columns(makers)


class _Table:
    """Columns over some curves and the cutoffs of their test windows."""

    def __init__(self, curves: list[tuple[Curve, Starts]], horizon: int, folds: int) -> None:
        self.curves, self.horizon, self.folds = curves, horizon, folds

    def column(self, make: Callable[[Curve, Starts], Any]) -> Column:
        return lambda: np.concatenate([make(curve, cutoffs) for curve, cutoffs in self.curves])

    def name(self, curve: Curve, cutoffs: Starts) -> Any:
        return np.full(len(cutoffs) * self.horizon, curve.name)

    def row(self, curve: Curve, cutoffs: Starts) -> Any:
        return rows_after(cutoffs, self.horizon).ravel()

    def time(self, curve: Curve, cutoffs: Starts) -> Any:
        assert curve.series.time is not None
        stamps = curve.series.time[self.row(curve, cutoffs)]
        return np.array(curve.series.format_times(stamps), dtype=np.str_)

    def step(self, curve: Curve, cutoffs: Starts) -> Any:
        return np.tile(np.arange(1, self.horizon + 1), len(cutoffs))

    def actual(self, curve: Curve, cutoffs: Starts) -> Any:
        return actual_at(curve.series, cutoffs, self.horizon).ravel()

    def mean(self, makers: Sequence[Maker]) -> Callable[[Curve, Starts], Array]:
        def made(curve: Curve, cutoffs: Starts) -> Array:
            return mean_over_seeds(makers, self.folds, curve).ravel()

        return made
