"""Split: where train ends and test begins, by fraction, by date or by row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnncomp._check import fail, integer, real
from rnncomp.errors import SplitError
from rnncomp.series import Series
from rnncomp.windows.moments import Moment, period_of
from rnncomp.windows.parts import Parts


@dataclass(frozen=True)
class Split:
    """A rule that cuts a series into train, validation and test, in time order.

    Made by `Split.fractions`, `Split.until` or `Split.indices`; `parts` applies it.

    Attributes:
        kind: Which of the three made it.
        train: A share of the windows, the last moment, or the row after the last.
        validation: The same for the validation part.

    Example:
        >>> Split.fractions(test=0.25).parts(100)
        Parts(train=(0, 60), validation=(60, 75), test=(75, 100))
        >>> Split.indices(60, 75).parts(100) == Split.until(59, 74).parts(100)
        True
    """

    kind: Literal["fractions", "until", "indices"]
    train: float | Moment
    validation: float | Moment

    @classmethod
    def fractions(
        cls,
        train: float | None = None,
        validation: float | None = None,
        test: float = 0.2,
    ) -> Split:
        """Split by share: by default 64 % train, 16 % validation, 20 % test.

        Args:
            train: Share for train, above 0; None takes what the others leave.
            validation: Share for validation, at least 0; None takes a fifth of what test leaves.
            test: Share for test, above 0 and below 1.

        Returns:
            The split.

        Raises:
            InvalidArgumentError: A share is out of bounds, or they do not add up to 1.

        Example:
            >>> Split.fractions().parts(1050, window=50)
            Parts(train=(0, 690), validation=(690, 850), test=(850, 1050))
        """
        test = real("test", test, above=0.0, below=1.0)
        if validation is None:
            validation = 0.2 * (1.0 - test) if train is None else 1.0 - test - train
        validation = real("validation", validation, at_least=0.0, below=1.0)
        train = 1.0 - test - validation if train is None else train
        train = real("train", train, above=0.0, below=1.0)
        if not math.isclose(train + validation + test, 1.0, abs_tol=1e-9):
            raise fail("train + validation + test", "1", train + validation + test)
        return cls("fractions", train, validation)

    @classmethod
    def until(cls, train_until: Moment, validation_until: Moment) -> Split:
        """Split by the last moment of train and of validation; test is what follows.

        Both are inclusive: ``"1965"`` is all of 1965, ``"2014-11"`` all of that month, whatever
        the distance of the rows.

        Args:
            train_until: Last moment of train: a date as text or as a date object; for a series
                without time the last row, from 0.
            validation_until: Last moment of validation, later than `train_until`.

        Returns:
            The split.

        Example:
            >>> from rnncomp.series import load
            >>> Split.until("1957", "1958-06").parts(load("airline"))
            Parts(train=(0, 108), validation=(108, 114), test=(114, 144))
        """
        return cls("until", train_until, validation_until)

    @classmethod
    def indices(cls, validation_start: int, test_start: int) -> Split:
        """Split by the first row of validation and of test, counted from 0.

        Args:
            validation_start: First row of validation, at least 1; train is what comes before.
            test_start: First row of test; equal to `validation_start` for no validation part.

        Returns:
            The split.

        Raises:
            InvalidArgumentError: A row is out of order.

        Example:
            >>> Split.indices(690, 850).parts(1050)
            Parts(train=(0, 690), validation=(690, 850), test=(850, 1050))
        """
        validation_start = integer("validation_start", validation_start)
        test_start = integer("test_start", test_start, at_least=validation_start)
        return cls("indices", validation_start, test_start)

    def parts(self, series: Series | int, window: int = 0) -> Parts:
        """Apply the rule to a series.

        Args:
            series: The series, or its number of rows.
            window: Rows that only ever serve as inputs: fractions are then counted over the rows
                after them, as a tutorial that splits its list of windows does. 0 counts all rows.

        Returns:
            The rows of the three parts.

        Raises:
            SplitError: A moment lies outside the series, or leaves nothing for a later part.
        """
        rows = series if isinstance(series, int) else len(series)
        if self.kind == "fractions":
            train_end, validation_end = self._shares(rows, integer("window", window, at_least=0))
        elif self.kind == "until":
            train_end = _rows_until("train_until", self.train, series)
            validation_end = _rows_until("validation_until", self.validation, series)
        else:
            train_end, validation_end = int(self.train), int(self.validation)  # type: ignore[arg-type]
        _check_order(self, train_end, validation_end, rows)
        return Parts((0, train_end), (train_end, validation_end), (validation_end, rows))

    def to_dict(self) -> dict[str, str | float]:
        """Return the rule as plain values."""
        plain = {"train": self.train, "validation": self.validation}
        return {"kind": self.kind} | {
            name: value if isinstance(value, (int, float, str)) else str(value)
            for name, value in plain.items()
        }

    def _shares(self, rows: int, window: int) -> tuple[int, int]:
        countable = rows - window
        if countable <= 0:
            raise SplitError(
                f"the series must have more rows than window={window}, got {rows}; "
                "pass a smaller window"
            )
        shares = float(self.train), float(self.train) + float(self.validation)  # type: ignore[arg-type]
        # 0.1 + 0.7 is below 0.8 in floating point; a billionth of a row must not cost a row.
        train_end, validation_end = (window + math.floor(countable * s + 1e-9) for s in shares)
        return train_end, validation_end


def _check_order(split: Split, train_end: int, validation_end: int, rows: int) -> None:
    if split.kind == "until" and validation_end <= train_end:
        raise SplitError(
            f"validation_until must be later than train_until {split.train!r}, got "
            f"{split.validation!r}; choose a later validation_until"
        )
    if not 0 < train_end <= validation_end < rows:
        raise SplitError(
            f"the split must leave rows for train and test, got train up to row {train_end} and "
            f"validation up to row {validation_end} of {rows} rows; choose other bounds"
        )


def _rows_until(name: str, moment: float | Moment, series: Series | int) -> int:
    """Return how many rows lie at or before `moment`."""
    if isinstance(series, int) or series.time is None:
        rows = series if isinstance(series, int) else len(series)
        return _row_until(name, moment, rows)
    if isinstance(moment, (int, float)):
        raise fail(
            name, "a date for a series with time", moment, f"pass {str(moment)!r}, or Split.indices"
        )
    _, end = period_of(name, moment)
    if not series.time[0] < end <= series.time[-1]:
        first, last = series.format_times(series.time[[0, -1]])
        raise SplitError(
            f"{name} must lie within the series and leave rows after it, got {str(moment)!r}; "
            f"the series runs from {first} to {last}"
        )
    return int(np.searchsorted(series.time, end, side="left"))


def _row_until(name: str, moment: float | Moment, rows: int) -> int:
    text = str(moment)
    if not text.isascii() or not text.isdigit():
        hint = f"the series has no time column and {rows} rows"
        raise fail(name, "a row number for a series without time", moment, hint)
    if int(text) >= rows - 1:
        raise SplitError(
            f"{name} must be a row that leaves rows after it, got {text}; "
            f"the series has {rows} rows, 0 to {rows - 1}"
        )
    return int(text) + 1
