"""The smaller sections of the page: forest plot, autocorrelation, folds, coverage, facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rnncomp.report.contenders import Contender, by_strategy, metric_of
from rnncomp.report.given import Found, listed, part
from rnncomp.report.numbers import is_number, percent, short
from rnncomp.report.svg import bars, fold, forest, swatch

Seen = Mapping[str, Contender]


def warnings(comparison: Found, known: Seen) -> list[dict[str, str]]:
    """Return what to beware of, and with whom; a warning about all has no subject."""
    return [
        {"label": _label(one.get("subject") or "", known), "text": str(one["text"])}
        for one in listed(comparison, "warnings")
    ]


def difference_rows(comparison: Found, known: Seen) -> list[dict[str, str]]:
    """Return a line of the forest plot for each difference.

    Args:
        comparison: ``differences`` are shares of the other's error: -0.04 is 4 % lower.
        known: All that take part.
    """
    found = listed(comparison, "differences")
    ends = [row[key] for row in found for key in ("low", "high", "difference")]
    far = max((abs(end) for end in ends if is_number(end)), default=0.0) or 1.0
    return [_difference(row, known, far) for row in found]


def _difference(row: Found, known: Seen, far: float) -> dict[str, str]:
    who = f"{_label(row['subject'], known)} against {_label(row['other'], known)}"
    middle, low, high = (percent(row[key], sign=True) for key in ("difference", "low", "high"))
    interval = f"{low} to {high}"
    words = f"{who}: {middle}, interval {interval}"
    return {
        "who": who,
        "svg": forest(row["low"], row["difference"], row["high"], (-far, far), words),
        "difference": middle,
        "interval": interval,
        "level": percent(row["level"], 0) if is_number(row.get("level")) else "",
        "p": f"{row['p']:.3f}" if is_number(row.get("p")) else "–",
        "relation": str(row.get("relation") or ""),
    }


def autocorrelations(charts: Found, known: Seen) -> list[dict[str, Any]]:
    """Return a picture of the autocorrelation for each contender that has one."""
    residuals = part(charts, "residuals")
    made = []
    for name in [name for name in known if "acf" in part(residuals, name)]:
        mine, who = residuals[name], known[name]
        band, lags = mine.get("band"), mine["lags"]
        words = f"autocorrelation of the residuals of {who.label}, lags {lags[0]} to {lags[-1]}"
        made.append(
            {
                "label": who.label,
                "strategy": who.strategy,
                "shown": who.shown,
                "swatch": swatch(who),
                "svg": bars(mine["acf"], band, who, words),
                "first": lags[0],
                "last": lags[-1],
                "band": short(band, 2),
                "rows": [(lag, short(v, 3)) for lag, v in zip(lags, mine["acf"], strict=True)],
            }
        )
    return made


def folds(comparison: Found) -> list[dict[str, Any]]:
    """Return what rows each fold takes; a comparison without folds has one."""
    data = part(comparison, "data")
    parts = part(data, "parts")
    found = listed(part(comparison, "charts"), "folds") or ([parts] if parts else [])
    end = max((fold["test"][1] for fold in found), default=1)
    rows = max(end, data.get("rows") or end)
    return [_fold(place, one, rows) for place, one in enumerate(found, 1)]


def _fold(place: int, parts: Found, rows: int) -> dict[str, Any]:
    names = [name for name in ("train", "validation", "test") if parts.get(name)]
    words = {name: f"{parts[name][0]:,} to {parts[name][1] - 1:,}" for name in names}
    said = ", ".join(f"{name} rows {rows_}" for name, rows_ in words.items())
    shapes = [(name, *parts[name]) for name in names]
    return {
        "place": place,
        "svg": fold(shapes, rows, f"fold {place}: {said}"),
        **{name: words.get(name, "–") for name in ("train", "validation", "test")},
    }


def fold_errors(comparison: Found, known: Seen) -> list[dict[str, Any]]:
    """Return a table of the errors by fold for each strategy, a row a contender."""
    rows = {r["name"]: r for r in listed(comparison, "leaderboard") if r.get("by_fold")}
    made = []
    for strategy, names in by_strategy([n for n in known if n in rows], known).items():
        errors = {name: rows[name]["by_fold"]["mae"] for name in names}
        made.append(
            {
                "strategy": strategy,
                "metric": metric_of(comparison).upper(),
                "folds": range(1, 1 + max(map(len, errors.values()))),
                "rows": [
                    (swatch(known[name]), known[name].label, [short(v) for v in by_fold])
                    for name, by_fold in errors.items()
                ],
            }
        )
    return made


def coverages(comparison: Found, known: Seen) -> list[dict[str, Any]]:
    """Return what share of the truth lay inside each interval by step, a table a contender."""
    rows = {r["name"]: r for r in listed(comparison, "leaderboard") if _levels(r)}
    made = []
    for name in [name for name in known if name in rows]:
        levels = _levels(rows[name])
        columns = [_measured(rows[name], level) for level in levels]
        made.append(
            {
                "label": known[name].label,
                "strategy": known[name].strategy,
                "shown": known[name].shown,
                "swatch": swatch(known[name]),
                "heads": [f"{level} %" for level in levels],
                "rows": list(enumerate(zip(*columns, strict=True), 1)),
                "widths": bool(rows[name].get("width")),
            }
        )
    return made


def _levels(row: Found) -> list[str]:
    """Return the levels that were measured: the validation part may be too short for one."""
    shares = part(row, "coverage")
    return sorted((level for level, of in shares.items() if of is not None), key=float)


def _measured(row: Found, level: str) -> list[str]:
    shares = row["coverage"][level]
    widths = part(row, "width").get(level) or [None] * len(shares)
    return [
        percent(share) + (f" ({short(width, 3)})" if is_number(width) else "")
        for share, width in zip(shares, widths, strict=True)
    ]


def heading(comparison: Found) -> list[tuple[str, str]]:
    """Return what was compared, in names and values."""
    data, settings = part(comparison, "data"), part(comparison, "settings")
    timeline = part(comparison, "charts", "timeline")
    times = listed(timeline, "times")
    spanned = f"{times[0]} to {times[-1]}".replace("T", " ") if times else ""
    if times and data.get("frequency"):
        spanned += f", every {data['frequency']}"
    windows = dict.fromkeys(part(settings, "window_by_cell").values()) or [settings.get("window")]
    test = part(data, "windows").get("test")
    facts = {
        "Target": data.get("target"),
        "Span": spanned,
        "Rows": data.get("rows"),
        "Horizon": settings.get("horizon") and _steps(settings["horizon"]),
        "Strategy": timeline.get("strategy"),
        "Window": " and ".join(_steps(window) for window in windows if window),
        "Season": data.get("season") and _steps(data["season"]),
        "Seeds": len(listed(settings, "seeds")) or None,
        "Test windows": test,
    }
    return [
        (name, f"{value:,}" if isinstance(value, int) else str(value))
        for name, value in facts.items()
        if value not in (None, "")
    ]


def facts(found: Found, *, inside: str = "") -> list[tuple[str, str]]:
    """Return nested names and values as flat ones.

    Example:
        >>> facts({"units": 50, "cells": ["gru", "lstm"], "scaler": {"kind": "none"}})
        [('units', '50'), ('cells', 'gru, lstm'), ('scaler kind', 'none')]
    """
    made: list[tuple[str, str]] = []
    for name, value in found.items():
        words = f"{inside} {name}".strip().replace("_", " ")
        if isinstance(value, Mapping):
            made += facts(value, inside=words)
        else:
            made.append((words, _said(value)))
    return made


def _said(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ", ".join(map(_said, value)) or "none"
    return str(value)


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count:,} steps"


def _label(name: str, known: Seen) -> str:
    return known[name].label if name in known else name
