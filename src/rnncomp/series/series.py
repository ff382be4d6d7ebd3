"""Series: what was observed, checked once and never changed."""

from __future__ import annotations

import hashlib
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import fail, integer
from rnncomp.errors import ColumnError, TimeColumnError
from rnncomp.series.calendar_columns import calendar_names, calendar_values
from rnncomp.series.dates import format_stamps
from rnncomp.series.frequency import Times, times_after
from rnncomp.series.known import read_known
from rnncomp.series.table import count, join_names

FILLS = ("interpolate", "ffill", "mask")
"""How holes can have been filled; see `rnncomp.load`."""


@dataclass(frozen=True, eq=False)
class Series:
    """Rows of numbers at equal distances in time; made by `load`.

    Attributes:
        values: The numbers, shape (rows, F), float64, finite, targets first; read-only.
        columns: Name of each column: targets, then `features`, then `known`.
        targets: Names of the columns to predict, the first of `columns`.
        time: Stamp of each row, datetime64[us], increasing; None when rows are only counted.
        frequency: Distance of the rows, such as "1mo", "30m", "1w"; None without time.
        name: What to call the series in tables and titles.
        time_name: Name of the time column.
        time_unit: How finely stamps are printed: "Y", "M", "D", "m", "s", "ms" or "us".
        frame_type: The kind of frame that `to_frame` makes: "polars", "pandas" or "pyarrow".
        notes: What `load` did to the data, in sentences: rows dropped, values filled.
        known: Names of the columns whose future is known (plans, tariffs, the calendar), the last
            of `columns`.
        calendar: What is taken from the stamps, such as "hour"; its columns are the last of
            `known`.
        observed: Which values were really there, bool, shape (rows, F), read-only; None for all.
        fill: How the others were filled: "interpolate", "ffill" or "mask"; None if all were there.

    Raises:
        InvalidArgumentError: A shape, dtype or name breaks the rules above.
        TimeColumnError: Stamps do not increase.

    Example:
        >>> Series(np.array([[1.0], [2.0]]), columns=("value",)).target_values
        array([1., 2.])
    """

    values: NDArray[np.float64]
    columns: tuple[str, ...] = ("value",)
    _: KW_ONLY
    targets: tuple[str, ...] = ()
    time: Times | None = None
    frequency: str | None = None
    name: str = "series"
    time_name: str = "time"
    time_unit: str = "us"
    frame_type: str = "polars"
    notes: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    calendar: tuple[str, ...] = ()
    observed: NDArray[np.bool_] | None = None
    fill: str | None = None

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
        self._check_known()
        self._check_observed()
        self._check_time()

    def _check_known(self) -> None:
        first = len(self.columns) - len(self.known)
        if first < len(self.targets) or self.columns[first:] != self.known:
            received = (self.columns, self.known)
            raise fail("known", "the last of columns, after the targets", received)
        made = calendar_names(self.calendar)
        if made != self.known[len(self.known) - len(made) :] or (made and self.time is None):
            received = (self.calendar, self.known)
            raise fail("calendar", "of a series with time, its columns the last known", received)

    def _check_observed(self) -> None:
        if self.observed is None or (isinstance(self.observed, np.ndarray) and self.observed.all()):
            # One way to say that nothing is missing, so that equal data have equal fingerprints.
            object.__setattr__(self, "observed", None)
            object.__setattr__(self, "fill", None)
            return
        observed = np.ascontiguousarray(self.observed).view()
        if observed.shape != self.values.shape or observed.dtype != np.bool_:
            received = (observed.shape, str(observed.dtype))
            raise fail("observed", f"of shape {self.values.shape} and dtype bool", received)
        if self.fill not in FILLS:
            raise fail("fill", f"one of {', '.join(FILLS)} where values were filled", self.fill)
        observed.flags.writeable = False
        object.__setattr__(self, "observed", observed)

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
        """Return one line: name, rows, columns, span, frequency, and how much was filled."""
        columns = ", ".join(self.targets + self.features)
        if self.known:
            columns += f", known {', '.join(self.known)}"
        span = ""
        if self.time is not None and len(self):
            first, last = self.format_times(self.time[[0, -1]])
            span = f", {first} .. {last}"
        every = f", every {self.frequency}" if self.frequency else ""
        filled = ""
        if self.observed is not None:
            filled = f", {count(int((~self.observed).sum()), 'value')} filled ({self.fill})"
        return f"Series({self.name!r}, {len(self)} rows of {columns}{span}{every}{filled})"

    @property
    def features(self) -> tuple[str, ...]:
        """The columns between targets and known ones: seen up to the cutoff only."""
        return self.columns[len(self.targets) : len(self.columns) - len(self.known)]

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
        return replace(
            self,
            values=self.values[first:end],
            time=None if self.time is None else self.time[first:end],
            observed=None if self.observed is None else self.observed[first:end],
        )

    def target(self, name: str) -> Series:
        """Return the series with one target alone, the other targets as features.

        So several targets are forecast one after the other, each with the same inputs.

        Args:
            name: One of `targets`.

        Returns:
            The series, its columns in the order of that target, the other targets, the rest.

        Raises:
            ColumnError: There is no such target.

        Example:
            >>> both = Series(np.zeros((2, 3)), ("a", "b", "c"), targets=("a", "b"))
            >>> both.target("b").columns, both.target("b").targets
            (('b', 'a', 'c'), ('b',))
        """
        if name not in self.targets:
            raise ColumnError(
                f"target must be one of {join_names(self.targets)} of series {self.name!r}, got "
                f"{name!r}; load it with target={name!r}"
            )
        if self.targets == (name,):
            return self
        first = self.columns.index(name)
        order = [first, *(i for i in range(len(self.columns)) if i != first)]
        return replace(
            self,
            values=self.values[:, order],
            columns=tuple(self.columns[i] for i in order),
            targets=(name,),
            observed=None if self.observed is None else self.observed[:, order],
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

    def future_known(self, steps: int, given: Any = None) -> NDArray[np.float64]:
        """Return the values of the known columns in the rows that would follow the last one.

        Calendar columns come from `future_times`. The others must be in `given`: with a time
        column (or index) the rows are found by their stamps, and others may be there too; without
        one its first `steps` rows are taken.

        Args:
            steps: How many rows, at least 1.
            given: A frame, a file or a Series with the other known columns, or an array of them,
                shape (at least `steps`, columns), in the order of `known`.

        Returns:
            Values, shape (steps, K), the columns in the order of `known`.

        Raises:
            InvalidArgumentError: `steps` is below 1, or `given` is absent, too short, or needless.
            ColumnError: A known column is not in `given`, or holds text.
            MissingValuesError: A value or a stamp that is needed is not in `given`.
            TimeColumnError: The series has stamps but no frequency.

        Example:
            >>> from rnncomp.series import load
            >>> airline = load("airline", calendar="quarter")
            >>> airline.future_known(4)[:, 0].tolist()  # after December 1960: quarter_sin
            [0.0, 0.0, 0.0, 1.0]
        """
        steps = integer("steps", steps)
        times = self.future_times(steps)
        made = len(calendar_names(self.calendar))
        names = self.known[: len(self.known) - made]
        label = self.time_name
        if isinstance(given, Series):
            label = given.time_name
            given = given.to_frame()
        read = read_known(names, given, steps=steps, times=times, label=label, series=self.name)
        if times is None or not made:
            return read
        return np.column_stack([read, calendar_values(times, self.calendar)])

    def format_times(self, times: Times) -> list[str]:
        """Return stamps as text, as finely as the source wrote them.

        Example:
            >>> days = np.array(["2024-02-29"], "M8[us]")
            >>> Series(np.zeros((1, 1)), time=days, time_unit="D").format_times(days)
            ['2024-02-29']
        """
        return format_stamps(times, self.time_unit)

    def to_frame(self) -> Any:
        """Return a frame of `frame_type` with the time column first, if there is one.

        Values that were filled are in it as they were filled.
        """
        import narwhals as nw  # noqa: PLC0415

        data: dict[str, Any] = {} if self.time is None else {self.time_name: self.time}
        # One column at a time is contiguous in every frame library.
        data |= {
            name: np.ascontiguousarray(self.values[:, i]) for i, name in enumerate(self.columns)
        }
        return nw.from_dict(data, backend=self.frame_type).to_native()  # type: ignore[arg-type]

    def fingerprint(self) -> str:
        """Return the SHA-256 of values, time, column names and holes: equal for equal data.

        Example:
            >>> Series(np.zeros((2, 1))).fingerprint() == Series(np.ones((2, 1))).fingerprint()
            False
        """
        digest = hashlib.sha256(repr((self.columns, self.targets, self.values.shape)).encode())
        digest.update(self.values.astype("<f8", copy=False).data)
        if self.time is not None:
            digest.update(self.time.astype("<i8").tobytes())
        # Only what is there is added: a plain series keeps the name that run folders know it by.
        if self.known:
            digest.update(repr(("known", self.known, self.calendar)).encode())
        if self.observed is not None:
            digest.update(repr(("filled", self.fill)).encode())
            digest.update(np.packbits(self.observed).tobytes())
        return digest.hexdigest()
