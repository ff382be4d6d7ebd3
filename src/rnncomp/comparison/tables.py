"""Columns made when they are asked for, the leaderboard as frames of any kind and as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from rnncomp.comparison.leaderboard import COLUMNS, NETWORK_LABELS

Row = Mapping[str, Any]

_SHOWN = ("mae", "mse", "rmse", "mase", "r2", "n_params", "fit_seconds", "predict_microseconds")


class Columns(Mapping[str, np.ndarray[Any, Any]]):
    """Columns by name, each made anew whenever it is asked for: a long series has many.

    To make them forecasts again; ``dict(columns)`` makes all of them once.

    Example:
        >>> columns = Columns({"step": lambda: np.arange(3)})
        >>> list(columns), columns["step"].tolist()
        (['step'], [0, 1, 2])
    """

    def __init__(self, makers: Mapping[str, Callable[[], np.ndarray[Any, Any]]]) -> None:
        self._makers = dict(makers)

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        """Make a column."""
        return self._makers[name]()

    def __contains__(self, name: object) -> bool:
        """Whether there is such a column; it is not made."""
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        """Return the names in order."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Return how many columns there are."""
        return len(self._makers)


def leaderboard_frame(rows: Sequence[Row], frame_type: str) -> Any:
    """Return the leaderboard as a frame.

    Args:
        rows: Rows that hold `COLUMNS`.
        frame_type: ``polars``, ``pandas``, ``pyarrow``, or another that narwhals can make.
    """
    import narwhals as nw  # noqa: PLC0415

    # A whole number that may be absent, such as the seeds of a baseline, is a float in pandas.
    whole = nw.Float64 if frame_type == "pandas" else nw.Int64
    data = leaderboard_columns(rows)
    dtypes = {str: nw.String, float: nw.Float64, int: whole}
    schema = {
        name: nw.Int64 if kind is int and None not in data[name] else dtypes[kind]
        for name, kind in COLUMNS.items()
    }
    return nw.from_dict(data, schema=schema, backend=frame_type).to_native()  # type: ignore[arg-type]


def columns_frame(columns: Mapping[str, Any], frame_type: str) -> Any:
    """Return columns of equal length as a frame of that kind."""
    import narwhals as nw  # noqa: PLC0415

    return nw.from_dict(dict(columns), backend=frame_type).to_native()  # type: ignore[arg-type]


def leaderboard_columns(rows: Sequence[Row]) -> dict[str, list[Any]]:
    """Return the leaderboard by column, without the scores by seed."""
    return {name: [row[name] for row in rows] for name in COLUMNS}


def trial_columns(search: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the trials of a search by column.

    Args:
        search: What `Tuning.to_dict` gives.
    """
    trials, error = search["trials"], f"validation_{search['metric']}"
    made: dict[str, list[Any]] = {
        name: [trial[name] for trial in trials] for name in ("cell", "number", "state")
    }
    for name in search["space"]:
        made[name] = [trial["options"][name] for trial in trials]
    made[error] = [trial["error"] for trial in trials]
    for seed in search["seeds"]:
        made[f"{error}_seed_{seed}"] = [trial["errors"].get(str(seed)) for trial in trials]
    return made | {"seconds": [trial["seconds"] for trial in trials]}


def comparison_html(rows: Sequence[Row], best: str | None, verdict: Sequence[str]) -> str:
    """Return verdict and leaderboard as HTML, all text escaped."""
    sentences = "".join(f"<p>{escape(sentence)}</p>" for sentence in verdict)
    head = "".join(f"<th>{escape(name)}</th>" for name in ("", *_SHOWN))
    body = "".join(_html_row(row, best) for row in rows)
    return (
        f"<div>{sentences}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _html_row(row: Row, best: str | None) -> str:
    name = str(NETWORK_LABELS.get(row["name"], row["name"]))
    name += " *" if row["name"] == best else ""
    cells = [_html_number(row[column], row.get(f"{column}_spread")) for column in _SHOWN]
    return f"<tr><th>{escape(name)}</th>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>"


def _html_number(value: float | None, spread: float | None) -> str:
    if value is None:
        return "-"
    text = f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
    return text if spread is None else f"{text} ± {spread:.2g}"
