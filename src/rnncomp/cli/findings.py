"""What `rnncomp inspect` found, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console

from rnncomp.cli.output import facts, number, table


def print_findings(to: Console, found: Mapping[str, Any]) -> None:
    """Print an inspection, given as plain values: columns, facts, and what is in the way."""
    to.print(_heading(found), style="bold")
    headers = ["column", "kind", "role", "missing", "lowest", "mean", "highest"]
    to.print(table(headers, [_column(column) for column in found["columns"]], left=3))
    to.print(facts(_facts(found)))
    for note in found["notes"]:
        to.print(f"Note: {note}", style="dim")
    if not found["obstacles"]:
        to.print("\nNothing is in the way of a comparison.", style="bold")
        return
    to.print("\nIn the way of a comparison:", style="bold")
    for obstacle in found["obstacles"]:
        to.print(f"- {obstacle}")


def _heading(found: Mapping[str, Any]) -> str:
    parts = [f"{found['source']}: {found['rows']:,} rows"]
    if found["frequency_words"]:
        parts.append(found["frequency_words"])
    if found["first"]:
        parts.append(f"{found['first']} to {found['last']}")
    return ", ".join(parts)


def _column(column: Mapping[str, Any]) -> list[str]:
    values = [number(column[key], 5) for key in ("lowest", "mean", "highest")]
    shown = values if column["kind"] in ("number", "calendar") else ["", "", ""]
    return [column["name"], column["kind"], column["role"], f"{column['missing']:,}", *shown]


def _facts(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if found["time"] is not None:
        first = ", ".join(found["first_gaps"])
        more = ", ..." if found["gaps"] > len(found["first_gaps"]) else ""
        gaps = f"{found['gaps']:,} moments without a row ({first}{more})"
        yield "gaps", gaps if found["gaps"] else "none"
    yield "seasons", ", ".join(map(_season, found["seasons"])) or "none found"
    sizes = f"of {found['window']} steps, {found['horizon']} ahead"
    yield "windows", f"{found['windows']:,} {sizes}"


def _season(season: Mapping[str, Any]) -> str:
    words = f" ({season['words']})" if season["words"] else ""
    return f"{season['steps']} steps{words}"
