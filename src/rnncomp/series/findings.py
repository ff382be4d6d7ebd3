"""Findings: what `inspect` returns, as plain values."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class ColumnSummary:
    """One column.

    Attributes:
        name: Its name.
        kind: "time", "number" or "text" (or the type, for what is none of these); "calendar" for
            a column that is made of the stamps.
        role: "time", "target", "feature", "known" or "" for a column that is not used.
        missing: Rows without a value.
        lowest: Smallest number, or None.
        mean: Mean of the numbers, or None.
        highest: Largest number, or None.
    """

    name: str
    kind: str
    role: str
    missing: int
    lowest: float | None = None
    mean: float | None = None
    highest: float | None = None


@dataclass(frozen=True)
class FoundSeason:
    """A season, with its length in words: 48 steps of half an hour are "1 day"."""

    steps: int
    correlation: float
    words: str | None


@dataclass(frozen=True)
class Inspection:
    """What `inspect` found; plain values that a command can print as they are.

    Attributes:
        source: What was read.
        rows: How many rows it has.
        columns: Its columns, then those of the calendar.
        target: The column to predict, or None when it must be named.
        time: The time column, or None.
        first: First stamp, or None.
        last: Last stamp, or None.
        frequency: Distance of the rows, resampled if that is asked for, such as "30m"; or None.
        frequency_words: The same in words, "every 30 minutes".
        gaps: How many moments between first and last have no row.
        first_gaps: The first of these moments.
        seasons: Seasons found in the target, the strongest first.
        window: The window asked about.
        horizon: The horizon asked about.
        windows: How many windows the rows give.
        obstacles: What is in the way, in full sentences; empty when a comparison can start.
        notes: What was done to the data to get here.

    Example:
        >>> from rnncomp.series import inspect
        >>> found = inspect("airline")
        >>> found.target, found.frequency_words, found.obstacles
        ('passengers', 'every month', ())
    """

    source: str
    rows: int
    columns: tuple[ColumnSummary, ...]
    target: str | None
    time: str | None
    first: str | None
    last: str | None
    frequency: str | None
    frequency_words: str | None
    gaps: int
    first_gaps: tuple[str, ...]
    seasons: tuple[FoundSeason, ...]
    window: int
    horizon: int
    windows: int
    obstacles: tuple[str, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values that JSON can hold."""
        return asdict(self)
