"""The leaderboard as tables: one a strategy, lowest error first, numbers already written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rnncomp.report.contenders import Contender, Row, by_error, contenders
from rnncomp.report.given import listed, part
from rnncomp.report.numbers import Number, column, decimals, fixed, is_number, short
from rnncomp.report.svg import Interval, dots, swatch

# Key of a row, head, the same in words, significant digits (0 for whole numbers).
COLUMNS = (
    ("mae", "MAE", "mean absolute error", 4),
    ("rmse", "RMSE", "root mean squared error", 4),
    ("mse", "MSE", "mean squared error", 4),
    ("mase", "MASE", "mean absolute scaled error: below 1 is better than the seasonal naive", 3),
    ("r2", "R²", "coefficient of determination: 1 is perfect", 3),
    ("validation_mae", "Validation MAE", "what networks are chosen by", 4),
    ("n_params", "Weights", "trained numbers", 0),
    ("fit_seconds", "Fit\u00a0s", "seconds of one training, mean over seeds", 2),
    ("predict_microseconds", "µs\u00a0a\u00a0forecast", "microseconds for one forecast", 3),
)
ALIGNED = ("mae", "rmse", "mse", "mase", "validation_mae")


@dataclass(frozen=True)
class Cell:
    """One number of the table: as read, and as sorted."""

    text: str
    sort: Number
    spread: str = ""


@dataclass(frozen=True)
class Line:
    """One row of the table."""

    label: str
    kind: str
    chosen: bool
    swatch: str
    remarks: tuple[str, ...]
    cells: tuple[Cell, ...]
    dots: str


@dataclass(frozen=True)
class Table:
    """All rows of one strategy."""

    strategy: str
    heads: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    dots_span: str


def tables(comparison: Mapping[str, Any]) -> list[Table]:
    """Return a table for each strategy: those of different ones cannot be compared.

    Args:
        comparison: What `Comparison.to_dict` returns.
    """
    known = contenders(comparison)
    rows = by_error(listed(comparison, "leaderboard"))
    strategies = [way for way in dict.fromkeys(row.get("strategy") for row in rows) if way]
    if len(strategies) < 2:
        words = str(part(comparison, "charts", "timeline").get("strategy") or "")
        return [_table(words, rows, known, comparison.get("best"))] if rows else []
    return [
        _table(
            strategy,
            [row for row in rows if row.get("strategy") in (None, "", strategy)],
            known,
            comparison.get("best"),
        )
        for strategy in strategies
    ]


def _table(
    strategy: str, rows: Sequence[Row], known: Mapping[str, Contender], best: str | None
) -> Table:
    columns = [_cells(rows, key, digits) for key, _, _, digits in COLUMNS]
    span = _span(rows)
    lines = [
        Line(
            label=known[row["name"]].label,
            kind=row["kind"],
            chosen=row["name"] == best,
            swatch=swatch(known[row["name"]]),
            remarks=_remarks(row),
            cells=tuple(cells),
            dots=dots(_seeds(row), span, known[row["name"]]),
        )
        for row, *cells in zip(rows, *columns, strict=True)
    ]
    return Table(
        strategy=strategy,
        heads=tuple((head, words) for _, head, words, _ in COLUMNS),
        lines=tuple(lines),
        dots_span=f"{short(span[0])} to {short(span[1])}",
    )


def _cells(rows: Sequence[Row], key: str, digits: int) -> list[Cell]:
    values: list[Number] = [row.get(key) for row in rows]
    if digits == 0:
        return [Cell(f"{value:,}" if value else "–", value or None) for value in values]
    if key == "fit_seconds":
        return [Cell(f"{v:.2f}" if is_number(v) else "–", v) for v in values]
    texts = column(values, digits) if key in ALIGNED else [short(v, digits) for v in values]
    if key != "mae":
        return [Cell(text, value) for text, value in zip(texts, values, strict=True)]
    places = decimals(values, digits)
    spreads = [row.get(f"{key}_spread") for row in rows]
    written = [
        "" if spread is None else fixed(spread, places) if places is not None else short(spread, 2)
        for spread in spreads
    ]
    return [Cell(*parts) for parts in zip(texts, values, written, strict=True)]


def _seeds(row: Row) -> list[Number]:
    return list(listed(part(row, "scores"), "mae")) or [row["mae"]]


def _span(rows: Sequence[Row]) -> Interval:
    """Return the ends of the axis of the dots: those of the networks, and the best baseline.

    A baseline far off would press all seeds into one dot; it becomes an arrow.
    """
    baselines = [row for row in rows if row["kind"] == "baseline"][:1]
    networks = [row for row in rows if row["kind"] == "network"]
    drawn = [v for row in [*(networks or rows), *baselines] for v in _seeds(row) if is_number(v)]
    return (min(drawn, default=0.0), max(drawn, default=1.0))  # type: ignore[type-var, return-value]


def _remarks(row: Row) -> tuple[str, ...]:
    said = [str(row["note"])] if row.get("note") else []
    if row.get("diverged"):
        said.append(f"{row['diverged']} of {len(listed(row, 'seeds'))} seeds diverged")
    return tuple(said)
