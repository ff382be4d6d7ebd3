"""Forecast: values ahead with their time stamps and intervals; Forecaster: what makes one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnncomp import charts
from rnncomp._check import fail, one_of
from rnncomp._tables import save_csv
from rnncomp.series import Series, load

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]

SHOWN = 5  # times the steps of a forecast, that much history is drawn before it


@dataclass(frozen=True, eq=False)
class Forecast:
    """The next values of a series.

    Attributes:
        values: In the user's unit, shape (steps,), or (steps, K) of K targets.
        times: Stamps of the values, datetime64[us], shape (steps,); None for a series without time.
        name: What made the forecast, such as ``lstm`` or ``persistence``.
        strategy: How more than one step ahead was reached, in words.
        series: The series that was forecast.
        intervals: By level in percent, the lower and upper ends, each of the shape of `values`.

    Example:
        >>> from rnncomp.forecasting import Persistence
        >>> from rnncomp.series import load
        >>> Persistence().fit(load("airline")).predict(2)
        Forecast('persistence', 1961-01: 432, 1961-02: 432)
    """

    values: Array
    times: NDArray[np.datetime64] | None
    name: str
    strategy: str
    series: Series
    intervals: Mapping[float, tuple[Array, Array]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.values)

    def __repr__(self) -> str:
        """Return one line with the first values."""
        columns = self.values.reshape(len(self), -1)
        texts = [", ".join(f"{value:.6g}" for value in row) for row in columns[:4]]
        shown = [f"{s}: {text}" for s, text in zip(self._stamps()[:4], texts, strict=True)]
        more = ", ..." if len(self) > 4 else ""
        return f"Forecast({self.name!r}, {', '.join(shown)}{more})"

    def interval(self, level: float) -> tuple[Array, Array]:
        """Return the lower and upper ends of the interval of a level.

        Args:
            level: In percent, one of those that the forecast was asked for with.

        Raises:
            InvalidArgumentError: It was not asked for.

        Example:
            >>> from rnncomp.forecasting import RecurrentForecaster
            >>> gru = RecurrentForecaster("gru", window=12, units=4, epochs=1)
            >>> forecast = gru.fit("airline").predict(2, levels=[80])
            >>> low, high = forecast.interval(80)
            >>> bool((low < forecast.values).all() and (forecast.values < high).all())
            True
        """
        for known, ends in self.intervals.items():
            if known == level:
                return ends
        asked = ", ".join(f"{known:g}" for known in self.intervals) or "none"
        hint = f"predict(levels=[{level}])"
        raise fail("level", f"one that was asked for ({asked})", level, hint)

    def to_frame(self) -> Any:
        """Return a frame of the series' own frame type: time (or step), targets, intervals.

        An interval of 80 % of the column ``sold`` stands in ``sold_low_80`` and ``sold_high_80``.
        """
        import narwhals as nw  # noqa: PLC0415

        return nw.from_dict(self.columns(), backend=self.series.frame_type).to_native()  # type: ignore[arg-type]

    def columns(self) -> dict[str, Any]:
        """Return what `to_frame` holds, by name."""
        data: dict[str, Any] = {}
        if self.times is None:
            data["step"] = np.arange(1, len(self) + 1)
        else:
            data[self.series.time_name] = self.times
        for column, target in enumerate(self.series.targets):
            data[target] = self._of(self.values, column)
            for level, (low, high) in self.intervals.items():
                data[f"{target}_low_{level:g}"] = self._of(low, column)
                data[f"{target}_high_{level:g}"] = self._of(high, column)
        return data

    def to_dict(self) -> dict[str, Any]:
        """Return name, strategy and columns as plain values; stamps as text."""
        columns = {
            name: self._stamps() if values is self.times else np.asarray(values).tolist()
            for name, values in self.columns().items()
        }
        return {"name": self.name, "strategy": self.strategy, "columns": columns}

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Write what `to_frame` holds as CSV, whole or not at all; stamps as the source wrote them.

        Raises:
            OutputError: The file cannot be written; nothing is left behind.
        """
        save_csv(Path(path), self.to_dict()["columns"])

    def write_plot(self, path: str | os.PathLike[str]) -> None:
        """Write what `plot` draws; the ending chooses PNG, SVG or PDF.

        Raises:
            OutputError: The file cannot be written.
        """
        charts.write_figure(self.plot().figure, path)

    def last_stamp(self) -> str:
        """Return when the history ended, or its last row."""
        if self.series.time is None:
            return f"row {len(self.series) - 1}"
        return self.series.format_times(self.series.time[-1:])[0]

    def plot(self, *, target: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the end of the series, the forecast and its intervals.

        Args:
            target: Which of several targets; None for the first.
            ax: Where to draw; None for a new figure.

        Returns:
            The axes drawn on.

        Raises:
            InvalidArgumentError: There is no such target.
        """
        axes: Axes = charts.draw_forecast(self.drawing(target), ax=ax)
        return axes

    def drawing(self, target: str | None = None) -> dict[str, Any]:
        """Return what `rnncomp.charts.draw_forecast` draws."""
        series = self.series
        name = series.targets[0] if target is None else one_of("target", target, series.targets)
        column = series.targets.index(name)
        first = max(0, len(series) - SHOWN * len(self))
        stamped = series.time is not None and self.times is not None
        tail = series.values[first:, column]
        made: dict[str, Any] = {
            "index": list(range(first, len(series) + len(self))),
            "times": None,
            "history": tail.tolist(),
            "values": self._of(self.values, column).tolist(),
            "intervals": {
                level: {
                    "low": self._of(low, column).tolist(),
                    "high": self._of(high, column).tolist(),
                }
                for level, (low, high) in self.intervals.items()
            },
            "name": self.name,
            "strategy": self.strategy,
            "value_label": series.targets[column],
            "time_label": series.time_name if stamped else "Time Step",
        }
        if series.time is not None and self.times is not None:
            times = np.concatenate([series.time[first:], self.times])
            made["times"] = np.datetime_as_string(times).tolist()
        return made

    def _of(self, values: Array, column: int) -> Array:
        return np.ascontiguousarray(values.reshape(len(self), -1)[:, column])

    def _stamps(self) -> list[str]:
        if self.times is None:
            return [f"+{step}" for step in range(1, len(self) + 1)]
        return self.series.format_times(self.times)


class Forecaster(Protocol):
    """What baselines and networks have in common.

    Attributes:
        name: A short name, such as ``persistence`` or ``lstm``.
        kind: ``baseline`` or ``network``.
    """

    name: str
    kind: str

    def fit(self, series: Series) -> Forecaster:
        """Learn from a series; a fresh start every time. Returns itself."""
        ...

    def predict(self, steps: int, *, after: Any = None) -> Forecast:
        """Forecast the `steps` values after the end of a series, by default the one learned."""
        ...


def as_series(source: Any) -> Series:
    """Return a Series as it is, and load anything else that `rnncomp.load` takes."""
    return source if isinstance(source, Series) else load(source)


def check_history(name: str, series_rows: int, needed: int) -> None:
    """Raise unless a series holds the rows that a forecaster looks back on."""
    if series_rows < needed:
        raise fail(
            f"series for {name}", f"at least {needed} rows long", series_rows, "pass more history"
        )
