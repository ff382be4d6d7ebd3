"""Who takes part: what each network and baseline is called, and how its line looks everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rnncomp._check import one_of
from rnncomp.report.given import listed, part
from rnncomp.report.numbers import is_number

Row = Mapping[str, Any]

# Each is told from the others without colour, so that a grey print can be read.
DASHES = (
    (12, 3),
    (5, 3),
    (12, 3, 3, 3),
    (2, 2),
    (6, 3, 2, 3),
    (18, 5),
    (12, 3, 2, 3, 2, 3),
    (2, 6),
    (9, 9),
    (18, 3, 6, 3),
)
METRICS = ("mae", "mase")
CELLS = ("simple_rnn", "lstm", "gru")
BASELINE_COLOURS = (3, 4, 5)


@dataclass(frozen=True)
class Contender:
    """A network or a baseline.

    Attributes:
        name: Its key in every mapping.
        label: What people read.
        kind: ``network`` or ``baseline``.
        strategy: How it reaches the horizon; empty where there is only one way, which then belongs
            to every strategy.
        colour: Number of its colour in the style sheet, 0 to 5.
        dash: Lengths of its dashes and gaps in pixels.
        shown: Whether its line is drawn before anybody asks for it.
    """

    name: str
    label: str
    kind: str
    strategy: str
    colour: int
    dash: tuple[int, ...]
    shown: bool


def contenders(comparison: Mapping[str, Any]) -> dict[str, Contender]:
    """Return all that take part, by name, lowest error first.

    Args:
        comparison: What `Comparison.to_dict` returns.

    Example:
        >>> rows = [{"name": "ridge", "kind": "baseline", "mae": 2.0}]
        >>> contenders({"leaderboard": rows, "best": None})["ridge"].label
        'ridge'
    """
    rows = by_error(listed(comparison, "leaderboard"), metric_of(comparison))
    labels = part(comparison, "charts", "labels")
    # The best network and the best baseline of each strategy, and the chosen network.
    leaders = {(row.get("strategy"), row["kind"]): row["name"] for row in reversed(rows)}
    shown = {comparison.get("best"), *leaders.values()}
    kinds = {row["name"]: row["kind"] for row in rows}
    order = sorted(kinds, key=lambda name: _place(name, kinds[name]))
    return {
        name: Contender(
            name=name,
            label=str(labels.get(name) or name.replace("_", " ")),
            kind=kinds[name],
            strategy=_strategy(rows, name),
            colour=_colour(name, order.index(name)),
            dash=DASHES[order.index(name) % len(DASHES)],
            shown=name in shown,
        )
        for name in kinds
    }


def metric_of(comparison: Mapping[str, Any]) -> str:
    """Return the error that ranks: ``mae``, or ``mase`` where series have units of their own.

    Example:
        >>> metric_of({"settings": {"metric": "mase"}}), metric_of({})
        ('mase', 'mae')
    """
    return one_of("settings.metric", part(comparison, "settings").get("metric", "mae"), METRICS)


def by_error(rows: Sequence[Row], metric: str) -> list[Row]:
    """Return rows with the lowest error first, those without a score last."""
    return sorted(rows, key=lambda row: row[metric] if is_number(row[metric]) else float("inf"))


def by_strategy(names: Sequence[str], known: Mapping[str, Contender]) -> dict[str, list[str]]:
    """Return names by strategy, in their order; the page never mixes two of them."""
    ways = {name: known[name].strategy if name in known else "" for name in names}
    strategies = [way for way in dict.fromkeys(ways.values()) if way] or list(names and [""])
    return {
        strategy: [name for name in names if ways[name] in ("", strategy)]
        for strategy in strategies
    }


def _strategy(rows: Sequence[Row], name: str) -> str:
    """Return the strategy of a name, nothing if one network is forecast with in several ways."""
    found = {str(row.get("strategy") or "") for row in rows if row["name"] == name}
    return found.pop() if len(found) == 1 else ""


def _place(name: str, kind: str) -> tuple[bool, int, str]:
    """Sort the three cells first, then other networks, then baselines by name.

    A contender then looks the same on the pages of two comparisons of the same kind.
    """
    return kind != "network", CELLS.index(name) if name in CELLS else len(CELLS), name


def _colour(name: str, place: int) -> int:
    if name in CELLS:
        return CELLS.index(name)
    return BASELINE_COLOURS[place % len(BASELINE_COLOURS)]
