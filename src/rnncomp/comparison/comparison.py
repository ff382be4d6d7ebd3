"""Comparison: everything that a comparison found out, as frozen plain data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from rnncomp._check import fail, nearest
from rnncomp.comparison.leaderboard import BY_SEED, COLUMNS, MEASURED
from rnncomp.comparison.tables import comparison_html
from rnncomp.errors import InvalidArgumentError

NAME, VERSION = "rnncomp-comparison", 2
FORMAT = f"{NAME}/{VERSION}"


@dataclass(frozen=True)
class Comparison:
    """The result of `compare` without its networks: plain data that goes to JSON and back.

    Attributes:
        leaderboard: A row for each network and baseline, lowest error on the test part first;
            see `rnncomp.comparison.leaderboard.COLUMNS`.
        best: Name of the network chosen on the validation part, None if none finished.
        verdict: What the numbers say, one sentence each.
        settings: All choices, by name.
        environment: Versions, backend, instruction-set level and cores.
        charts: What the two figures draw.
        data: Name, rows, columns and fingerprint of the series.
        notes: What a reader should know, one sentence each.
        best_seed: The seed of `best` with the lowest validation error.
        differences: How the network spoken of stands to each other one, with the interval.
        warnings: What to beware of: ``code``, ``subject`` and ``text`` of each.
        command: The command line that makes it again; empty if it was not made by one.
        format: Version of this layout.

    Example:
        >>> comparison = Comparison((), None, ("Nothing was compared.",))
        >>> Comparison.from_dict(comparison.to_dict()) == comparison
        True
    """

    leaderboard: tuple[dict[str, Any], ...]
    best: str | None
    verdict: tuple[str, ...]
    settings: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    charts: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    best_seed: int | None = None
    differences: tuple[dict[str, Any], ...] = ()
    warnings: tuple[dict[str, Any], ...] = ()
    command: str = ""
    format: str = FORMAT

    def to_dict(self) -> dict[str, Any]:
        """Return a copy of JSON types alone; NaN and infinity become None."""
        first = {"format": self.format}
        rest = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "format"}
        made: dict[str, Any] = plain(first | rest)
        return made

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Comparison:
        """Return the comparison that `to_dict` took apart.

        Raises:
            InvalidArgumentError: The format is another one, a key is missing, unknown or holds the
                wrong kind of thing.
        """
        values = _upgraded(values)
        _check(values)
        made = {**plain(values), "format": FORMAT}
        for name in ("leaderboard", "verdict", "notes", "differences", "warnings"):
            made[name] = tuple(made[name])
        return cls(**made)

    def __repr__(self) -> str:
        """Return one line: what was compared, and what was chosen."""
        names = ", ".join(row["name"] for row in self.leaderboard)
        return f"Comparison({names}; best={self.best!r})"

    def _repr_html_(self) -> str:
        """Return verdict and leaderboard for a notebook."""
        return comparison_html(self.leaderboard, self.best, self.verdict)


KINDS: dict[str, type | tuple[type, ...]] = {
    "format": str,
    "leaderboard": list,
    "best": (str, type(None)),
    "verdict": list,
    "settings": dict,
    "environment": dict,
    "charts": dict,
    "data": dict,
    "notes": list,
    "best_seed": (int, type(None)),
    "differences": list,
    "warnings": list,
    "command": str,
}


def plain(value: Any) -> Any:
    """Return a copy of `value` in JSON types; NaN and infinity become None.

    Raises:
        InvalidArgumentError: Something in it has no JSON type.

    Example:
        >>> plain({"a": (np.float32(0.5), float("nan")), "b": np.arange(2)})
        {'a': [0.5, None], 'b': [0, 1]}
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_key(name): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "biufU":
        return plain(value.tolist())
    raise fail("comparison", "made of plain values", type(value).__name__, "convert it first")


def _key(name: object) -> str:
    if not isinstance(name, str):
        raise fail("key", "text", name, "name the entries of a comparison by text")
    return name


def _from_1(values: dict[str, Any]) -> dict[str, Any]:
    """Version 1 knew one strategy and one fold, and neither differences nor warnings."""
    later: dict[str, Any] = {"strategy": None, "note": "", "validation_mase": None}
    rows = values.get("leaderboard")
    if isinstance(rows, (list, tuple)) and all(isinstance(row, Mapping) for row in rows):
        values["leaderboard"] = [later | {name: {} for name in MEASURED} | dict(r) for r in rows]
    return {"differences": [], "warnings": [], "command": "", **values, "format": f"{NAME}/2"}


UPGRADES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {f"{NAME}/1": _from_1}
"""By format, what makes its values those of the next one."""


def _upgraded(values: Mapping[str, Any]) -> Mapping[str, Any]:
    while isinstance(values, Mapping) and values.get("format") in UPGRADES:
        values = UPGRADES[values["format"]](dict(values))
    return values


def _check(values: Mapping[str, Any]) -> None:
    found = values.get("format") if isinstance(values, Mapping) else values
    if found != FORMAT:
        newer = isinstance(found, str) and found.startswith(f"{NAME}/")
        hint = "update rnncomp to read it" if newer else "pass what Comparison.to_dict() returned"
        raise fail("format", repr(FORMAT), found, hint)
    for name in values:
        if name not in KINDS:
            hint = nearest(str(name), KINDS) or "remove it"
            raise InvalidArgumentError(f"comparison has no key {name!r}; {hint}")
    missing = [name for name in KINDS if name not in values]
    if missing:
        raise fail("comparison", f"complete, with {', '.join(missing)}", sorted(values))
    for name, kind in KINDS.items():
        value = list(values[name]) if isinstance(values[name], tuple) else values[name]
        if not isinstance(value, kind) or isinstance(value, bool):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            words = " or ".join("null" if k is type(None) else k.__name__ for k in kinds)
            raise fail(name, f"of type {words}", values[name])
    _check_rows(values)


def _check_rows(values: Mapping[str, Any]) -> None:
    names = []
    for place, row in enumerate(values["leaderboard"]):
        kind = row.get("kind") if isinstance(row, Mapping) else None
        wanted = [*COLUMNS, *MEASURED, *(BY_SEED if kind == "network" else ())]
        missing = [name for name in wanted if not isinstance(row, Mapping) or name not in row]
        if missing:
            raise InvalidArgumentError(
                f"row {place} of leaderboard must hold every column, {', '.join(missing)} missing; "
                "write the comparison again"
            )
        _check_row(place, row)
        names.append(row["name"])
    if values["best"] is not None and values["best"] not in names:
        raise fail("best", "a name of the leaderboard", values["best"])
    for name in ("verdict", "notes"):
        if not all(isinstance(sentence, str) for sentence in values[name]):
            raise fail(name, "a list of sentences", values[name])


def _check_row(place: int, row: Mapping[str, Any]) -> None:
    where = f"row {place} of leaderboard"
    # Names and seeds become file names: a hostile one must not lead out of the folder.
    if not isinstance(row["name"], str) or not row["name"].isidentifier():
        raise fail(f"name in {where}", "letters, digits and underscores", row["name"])
    for name, kind in COLUMNS.items():
        allowed = (int, float, type(None)) if kind is not str else (str, type(None))
        if not isinstance(row[name], allowed):
            raise fail(f"{name} in {where}", "a number or null", row[name])
    if row["kind"] == "network":
        seeds = row["seeds"]
        if not isinstance(seeds, (list, tuple)) or not all(type(seed) is int for seed in seeds):
            raise fail(f"seeds in {where}", "a list of whole numbers", seeds)
        for key in ("scores", "validation_scores"):
            scores = row[key]
            by_seed = scores.get("mae") if isinstance(scores, Mapping) else None
            if not isinstance(by_seed, (list, tuple)) or len(by_seed) != len(seeds):
                raise fail(f"{key} in {where}", f"lists of {len(seeds)} numbers by metric", scores)
