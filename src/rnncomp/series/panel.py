"""Panel: many series of one kind, such as the sales of many shops."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from rnncomp._check import fail, one_of
from rnncomp.series.series import Series
from rnncomp.series.table import join_names

_SAME = ("columns", "targets", "known", "calendar", "frequency")


@dataclass(frozen=True, eq=False)
class Panel:
    """Series with the same columns and frequency, each under its own name; made by `load_panel`.

    Attributes:
        series: The series, one at least.
        ids: Name of each, all different.
        id_name: What the names are names of, such as "shop".

    Raises:
        InvalidArgumentError: Names repeat or are not as many as the series, or two series differ in
            columns, targets, known columns, calendar or frequency.

    Example:
        >>> import numpy as np
        >>> rising = [Series(np.arange(5.0)[:, None]), Series(np.arange(9.0)[:, None])]
        >>> panel = Panel(tuple(rising), ("north", "south"), "shop")
        >>> panel, len(panel["south"])
        (Panel(2 series of value by shop: 'north', 'south'; 14 rows), 9)
    """

    series: tuple[Series, ...]
    ids: tuple[str, ...]
    id_name: str = "unique_id"

    def __post_init__(self) -> None:
        if not self.series or len(self.series) != len(self.ids):
            received = f"{len(self.series)} series and {len(self.ids)} ids"
            raise fail("series", "one for each id, one at least", received)
        if len(set(self.ids)) < len(self.ids):
            doubled = sorted({name for name in self.ids if self.ids.count(name) > 1})
            raise fail("ids", "different names", doubled)
        for name, series in zip(self.ids, self.series, strict=True):
            self._check_same(name, series)

    def _check_same(self, name: str, series: Series) -> None:
        for what in _SAME:
            first, here = getattr(self.series[0], what), getattr(series, what)
            if first != here:
                raise fail(
                    what,
                    f"the same in all series of a panel, {first!r} as in {self.ids[0]!r}",
                    here,
                    f"see {self.id_name} {name!r}; leave it out, or change it",
                )

    def __len__(self) -> int:
        """Return the number of series."""
        return len(self.series)

    def __iter__(self) -> Iterator[Series]:
        """Go through the series, in the order of `ids`."""
        return iter(self.series)

    def __getitem__(self, name: str) -> Series:
        """Return the series of one id, or raise InvalidArgumentError with the nearest ids."""
        if name not in self.ids:
            one_of(self.id_name, name, self.ids)
        return self.series[self.ids.index(name)]

    def __repr__(self) -> str:
        """Return one line: how many series of what, their names, rows in all, frequency."""
        first = self.series[0]
        rows = sum(map(len, self.series))
        every = f", every {first.frequency}" if first.frequency else ""
        return (
            f"Panel({len(self)} series of {', '.join(first.targets)} by {self.id_name}: "
            f"{join_names(self.ids, most=3)}; {rows:,} rows{every})"
        )

    def fingerprint(self) -> str:
        """Return the SHA-256 of ids and series: equal for equal data."""
        digest = hashlib.sha256(repr(self.ids).encode())
        for series in self.series:
            digest.update(series.fingerprint().encode())
        return digest.hexdigest()
