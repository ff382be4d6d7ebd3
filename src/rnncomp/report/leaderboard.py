"""The leaderboard as tables: one a strategy, lowest error first, numbers already written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rnncomp.report.contenders import Contender, Row, by_error, contenders, metric_of
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
    ("n_params", "Weights", "trained numbers", 0),
    ("fit_seconds", "Fit\u00a0s", "seconds of the trainings of all folds, mean over seeds", 2),
    ("predict_microseconds", "µs\u00a0a\u00a0forecast", "microseconds for one forecast", 3),
)
ALIGNED = ("mae", "rmse", "mse", "mase", "validation_mae", "validation_mase")
ERRORS = 5  # so many of the columns are errors
UNITS = {
    "mae": "In the units of the data",
    "mase": "MASE has no unit; the other errors are means over series with units of their own",
}


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
    metric: str
    units: str
    heads: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    dots_span: str


def tables(comparison: Mapping[str, Any]) -> list[Table]:
    """Return a table for each strategy: those of different ones cannot be compared.

    Args:
        comparison: What `Comparison.to_dict` returns.
    """
    known = contenders(comparison)
    metric, best = metric_of(comparison), comparison.get("best")
    rows = by_error(listed(comparison, "leaderboard"), metric)
    strategies = [way for way in dict.fromkeys(row.get("strategy") for row in rows) if way]
    if len(strategies) < 2:
        words = str(part(comparison, "charts", "timeline").get("strategy") or "")
        return [_table(words, rows, known, best, metric)] if rows else []
    return [
        _table(
            strategy,
            [row for row in rows if row.get("strategy") in (None, "", strategy)],
            known,
            best,
            metric,
        )
        for strategy in strategies
    ]


def _table(
    strategy: str,
    rows: Sequence[Row],
    known: Mapping[str, Contender],
    best: str | None,
    metric: str,
) -> Table:
    heads = _heads(metric)
    columns = [_cells(rows, key, digits, spread=key == metric) for key, _, _, digits in heads]
    span = _span(rows, metric)
    lines = [
        Line(
            label=known[row["name"]].label,
            kind=row["kind"],
            chosen=row["name"] == best,
            swatch=swatch(known[row["name"]]),
            remarks=_remarks(row),
            cells=tuple(cells),
            dots=dots(_seeds(row, metric), span, known[row["name"]]),
        )
        for row, *cells in zip(rows, *columns, strict=True)
    ]
    return Table(
        strategy=strategy,
        metric=metric.upper(),
        units=UNITS[metric],
        heads=tuple((head, words) for _, head, words, _ in heads),
        lines=tuple(lines),
        dots_span=f"{short(span[0])} to {short(span[1])}",
    )


def _heads(metric: str) -> list[tuple[str, str, str, int]]:
    """Return the columns, the error that ranks first, and before the sizes what chose."""
    first = next(head for head in COLUMNS if head[0] == metric)
    chosen = (
        f"validation_{metric}",
        f"Validation {metric.upper()}",
        "what networks are chosen by",
        4,
    )
    errors = [head for head in COLUMNS[:ERRORS] if head is not first]
    return [first, *errors, chosen, *COLUMNS[ERRORS:]]


def _cells(rows: Sequence[Row], key: str, digits: int, *, spread: bool) -> list[Cell]:
    values: list[Number] = [row.get(key) for row in rows]
    if digits == 0:
        return [Cell(f"{value:,}" if value else "–", value or None) for value in values]
    if key == "fit_seconds":
        return [Cell(f"{v:.2f}" if is_number(v) else "–", v) for v in values]
    texts = column(values, digits) if key in ALIGNED else [short(v, digits) for v in values]
    if not spread:
        return [Cell(text, value) for text, value in zip(texts, values, strict=True)]
    places = decimals(values, digits)
    spreads = [row.get(f"{key}_spread") for row in rows]
    written = [
        "" if spread is None else fixed(spread, places) if places is not None else short(spread, 2)
        for spread in spreads
    ]
    return [Cell(*parts) for parts in zip(texts, values, written, strict=True)]


def _seeds(row: Row, metric: str) -> list[Number]:
    return list(listed(part(row, "scores"), metric)) or [row[metric]]


def _span(rows: Sequence[Row], metric: str) -> Interval:
    """Return the ends of the axis of the dots: those of the networks, and the best baseline.

    A baseline far off would press all seeds into one dot; it becomes an arrow.
    """
    baselines = [row for row in rows if row["kind"] == "baseline"][:1]
    networks = [row for row in rows if row["kind"] == "network"]
    seen = [*(networks or rows), *baselines]
    drawn = [v for row in seen for v in _seeds(row, metric) if is_number(v)]
    return (min(drawn, default=0.0), max(drawn, default=1.0))  # type: ignore[type-var, return-value]


def _remarks(row: Row) -> tuple[str, ...]:
    said = [str(row["note"])] if row.get("note") else []
    if row.get("diverged"):
        said.append(f"{row['diverged']} of {len(listed(row, 'seeds'))} seeds diverged")
    return tuple(said)
