"""Series: what was observed, checked once and never changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, integer
from rnncomp.errors import TimeColumnError
from rnncomp.series.frequency import Times, times_after


def format_stamps(times: Times, unit: str) -> list[str]:
    """Return stamps as text down to `unit`, with a space before the time of day.

    Example:
        >>> format_stamps(np.array(["2024-02-29T12:30"], "M8[us]"), "m")
        ['2024-02-29 12:30']
    """
    text: list[str] = np.datetime_as_string(times, unit=unit).tolist()  # type: ignore[call-overload]
    return [stamp.replace("T", " ") for stamp in text]


@dataclass(frozen=True, eq=False)
class Series:
    """Rows of numbers at equal distances in time; made by `load`.

    Attributes:
        values: The numbers, shape (rows, F), float64, finite, targets first; read-only.
        columns: Name of each column.
        targets: Names of the columns to predict, the first of `columns`.
        time: Stamp of each row, datetime64[us], increasing; None when rows are only counted.
        frequency: Distance of the rows, such as "1mo", "30m", "1w"; None without time.
        name: What to call the series in tables and titles.
        time_name: Name of the time column.
        time_unit: How finely stamps are printed: "Y", "M", "D", "m", "s", "ms" or "us".
        frame_type: The kind of frame that `to_frame` makes: "polars", "pandas" or "pyarrow".
        notes: What `load` did to the data, in sentences: rows dropped, values filled.

    Raises:
        InvalidArgumentError: A shape, dtype or name breaks the rules above.
        TimeColumnError: Stamps do not increase.

    Example:
        >>> Series(np.array([[1.0], [2.0]]), columns=("value",)).target_values
        array([1., 2.])
    """

    values: NDArray[np.float64]
    columns: tuple[str, ...] = ("value",)
    targets: tuple[str, ...] = ()
    time: Times | None = None
    frequency: str | None = None
    name: str = "series"
    time_name: str = "time"
    time_unit: str = "us"
    frame_type: str = "polars"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(self.values, dtype=np.float64).view()
        if values.ndim != 2 or values.shape[1] != len(self.columns):
            raise fail("values", f"of shape (rows, {len(self.columns)})", values.shape)
        if not np.isfinite(values).all():
            bad = int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0])
            raise fail("values", "finite", values[bad].tolist(), f"see row {bad}")
        values.flags.writeable = False
        object.__setattr__(self, "values", values)
        targets = self.targets or self.columns[:1]
        if targets != self.columns[: len(targets)] or len(set(self.columns)) < len(self.columns):
            raise fail("columns", "unique names, targets first", (self.columns, self.targets))
        object.__setattr__(self, "targets", targets)
        self._check_time()

    def _check_time(self) -> None:
        if self.time is None:
            return
        if self.time.shape != (len(self.values),) or self.time.dtype != np.dtype("M8[us]"):
            received = (self.time.shape, str(self.time.dtype))
            raise fail("time", f"of shape ({len(self.values)},) and dtype datetime64[us]", received)
        backwards = np.flatnonzero(~(self.time[1:] > self.time[:-1]))
        if len(backwards):
            raise TimeColumnError(
                f"time must increase from row to row, got {self.time[backwards[0] + 1]} after "
                f"{self.time[backwards[0]]} in row {backwards[0] + 1}; sort the rows first"
            )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.values)

    def __repr__(self) -> str:
        """Return one line: name, rows, columns, span and frequency."""
        span = ""
        if self.time is not None and len(self):
            first, last = self.format_times(self.time[[0, -1]])
            span = f", {first} .. {last}"
        every = f", every {self.frequency}" if self.frequency else ""
        return f"Series({self.name!r}, {len(self)} rows of {', '.join(self.columns)}{span}{every})"

    @property
    def target_values(self) -> NDArray[np.float64]:
        """The first target, shape (rows,)."""
        return self.values[:, 0]

    def slice(self, first: int, end: int) -> Series:
        """Return rows first .. end - 1 as a series, without a copy.

        Example:
            >>> len(Series(np.zeros((5, 1))).slice(1, 4))
            3
        """
        time = None if self.time is None else self.time[first:end]
        return Series(
            self.values[first:end],
            self.columns,
            self.targets,
            time,
            self.frequency,
            self.name,
            self.time_name,
            self.time_unit,
            self.frame_type,
            self.notes,
        )

    def future_times(self, steps: int) -> Times | None:
        """Return the stamps of the rows that would follow the last one.

        Args:
            steps: How many, at least 1.

        Returns:
            Stamps, shape (steps,): months, quarters and years by the calendar, business days
            without weekends, all else in equal steps; None for a series without time.

        Raises:
            InvalidArgumentError: `steps` is below 1.
            TimeColumnError: The series has stamps but no frequency.
        """
        steps = integer("steps", steps)
        if self.time is None:
            return None
        if self.frequency is None or not len(self):
            raise TimeColumnError(
                f"series {self.name!r} must have a frequency to name future stamps, got None; "
                "pass frequency=, for example '1d'"
            )
        return times_after(self.time, self.frequency, steps)

    def format_times(self, times: Times) -> list[str]:
        """Return stamps as text, as finely as the source wrote them.

        Example:
            >>> days = np.array(["2024-02-29"], "M8[us]")
            >>> Series(np.zeros((1, 1)), time=days, time_unit="D").format_times(days)
            ['2024-02-29']
        """
        return format_stamps(times, self.time_unit)

    def to_frame(self) -> Any:
        """Return a frame of `frame_type` with the time column first, if there is one."""
        import narwhals as nw  # noqa: PLC0415

        data: dict[str, Any] = {} if self.time is None else {self.time_name: self.time}
        # One column at a time is contiguous in every frame library.
        data |= {
            name: np.ascontiguousarray(self.values[:, i]) for i, name in enumerate(self.columns)
        }
        return nw.from_dict(data, backend=self.frame_type).to_native()  # type: ignore[arg-type]

    def fingerprint(self) -> str:
        """Return the SHA-256 of values, time and column names: equal for equal data.

        Example:
            >>> Series(np.zeros((2, 1))).fingerprint() == Series(np.ones((2, 1))).fingerprint()
            False
        """
        digest = hashlib.sha256(repr((self.columns, self.targets, self.values.shape)).encode())
        digest.update(self.values.astype("<f8", copy=False).data)
        if self.time is not None:
            digest.update(self.time.astype("<i8").tobytes())
        return digest.hexdigest()
