"""Forecast: values ahead with their time stamps; Forecaster: what makes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail
from rnncomp.errors import UnsupportedError
from rnncomp.series import Series, load

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Forecast:
    """The next values of a series.

    Attributes:
        values: In the user's unit, shape (steps,).
        times: Stamps of the values, datetime64[us], shape (steps,); None for a series without time.
        name: What made the forecast, such as ``lstm`` or ``persistence``.
        strategy: How more than one step ahead was reached, in words.
        series: The series that was forecast.

    Example:
        >>> from rnncomp.forecasting import Persistence
        >>> from rnncomp.series import load
        >>> Persistence().predict(load("airline"), steps=2)
        Forecast('persistence', 1961-01: 432, 1961-02: 432)
    """

    values: Array
    times: NDArray[np.datetime64] | None
    name: str
    strategy: str
    series: Series

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.values)

    def __repr__(self) -> str:
        """Return one line with the first values."""
        stamps = self._stamps()
        shown = [f"{s}: {v:.6g}" for s, v in zip(stamps[:4], self.values[:4], strict=True)]
        more = ", ..." if len(self) > 4 else ""
        return f"Forecast({self.name!r}, {', '.join(shown)}{more})"

    def to_frame(self) -> Any:
        """Return a frame of the series' own frame type: time (or step), and the target."""
        import narwhals as nw  # noqa: PLC0415

        target = self.series.targets[0]
        data: dict[str, Any] = {}
        if self.times is None:
            data["step"] = np.arange(1, len(self) + 1)
        else:
            data[self.series.time_name] = self.times
        data[target] = self.values
        return nw.from_dict(data, backend=self.series.frame_type).to_native()  # type: ignore[arg-type]

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

    def predict(self, series: Series, steps: int) -> Forecast:
        """Forecast the `steps` values after the end of `series`."""
        ...


def as_series(source: Any) -> Series:
    """Return a Series as it is, and load anything else that `rnncomp.load` takes."""
    return source if isinstance(source, Series) else load(source)


def check_one_target(series: Series) -> None:
    """Raise UnsupportedError if a series has several columns to forecast."""
    if len(series.targets) > 1:
        raise UnsupportedError(
            f"{series.name}: one column is forecast at a time, got {list(series.targets)}; load it "
            f"with target={series.targets[0]!r}, and the others as features"
        )


def check_history(name: str, series_rows: int, needed: int) -> None:
    """Raise unless a series holds the rows that a forecaster looks back on."""
    if series_rows < needed:
        raise fail(
            f"series for {name}", f"at least {needed} rows long", series_rows, "pass more history"
        )
