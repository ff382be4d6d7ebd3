"""Tables of the parts that time epochs: grid, shapes, cliff, tuning."""

from __future__ import annotations

from crew import KINDS
from rows import Row
from tables import (
    CELL_TITLES,
    Score,
    best,
    chosen,
    error,
    number,
    percent,
    scores,
    span,
    table,
)


def grid_part(rows: list[Row]) -> str:
    """Return an overview by size, then every row."""
    found = chosen(rows, "grid", "epoch_ms")
    parts = ["## Three cells, 8 to 256 units, against the frameworks\n"]
    parts.append("Windows of 50 steps x 1 feature, batch 32, float32, Adam.\n")
    parts.append("### Milliseconds per epoch, each at its better core count\n")
    parts.append(_overview(found))
    for cores in sorted({s.row.cores for s in found}):
        here = [s for s in found if s.row.cores == cores]
        parts.append(f"### On {cores} core{'s' * (cores > 1)}\n")
        heads = ["cell", "peer", "units", "windows", "ms per epoch", "range", "times ours"]
        parts.append(table([*heads, "share of peak", "error"], _grid_lines(here)))
    return "\n".join(parts)


def _overview(found: list[Score]) -> str:
    peers = list(dict.fromkeys(s.row.peer for s in found))
    tasks = list(dict.fromkeys(s.row.task for s in found if s.row.task))
    lines = []
    for task in sorted(tasks, key=lambda t: (list(CELL_TITLES).index(t.cell), t.units)):
        ours = best(found, "rnncomp", task)
        line = [CELL_TITLES[task.cell], str(task.units)]
        for peer in peers:
            one = best(found, peer, task)
            times = f" ({one.value / ours.value:.1f}x)" if one and ours and one is not ours else ""
            line.append("-" if one is None else number(one.value) + times)
        lines.append(line)
    return table(["cell", "units", *(KINDS[peer].title for peer in peers)], lines)


def _grid_lines(here: list[Score]) -> list[list[str]]:
    lines = []
    for score in here:
        task = score.row.task
        assert task is not None
        ours = best(here, "rnncomp", task)
        start = [CELL_TITLES[task.cell], KINDS[score.row.peer].title, str(task.units)]
        lines.append([*start, str(task.windows), *_times(score, ours)])
    return lines


def _times(score: Score, ours: Score | None) -> list[str]:
    """Return the cells of a table that every timed row has."""
    ratio = score.value / ours.value if ours else float("nan")
    return [
        number(score.value),
        span(score),
        "-" if ratio != ratio else f"{ratio:.1f}",
        percent(score.share),
        error(score.row.error),
    ]


def shapes_part(rows: list[Row]) -> str:
    """Return a table for each number of cores: other time steps, batches, features, layers."""
    found = chosen(rows, "shapes", "epoch_ms")
    parts = ["## Other shapes\n", "50 units, T = 50, F = 1, batch 32 but for what is named.\n"]
    for cores in sorted({s.row.cores for s in found}):
        here = [s for s in found if s.row.cores == cores]
        lines = [
            [
                s.row.name,
                KINDS[s.row.peer].title,
                CELL_TITLES[s.cell],
                *_times(s, best(here, "rnncomp", s.row.task)),
            ]
            for s in here
        ]
        heads = ["shape", "peer", "cell", "ms per epoch", "range", "times ours"]
        parts.append(f"### Shapes on {cores} core{'s' * (cores > 1)}\n")
        parts.append(table([*heads, "share of peak", "error"], lines))
    return "\n".join(parts)


def cliff_part(rows: list[Row]) -> str:
    """Return a table for each number of cores: every variant against the base row's share."""
    found = chosen(rows, "cliff", "epoch_ms")
    parts = ["## No cliff beside the row of 50 units\n"]
    parts.append(
        "Ours alone, one thing changed at a time; *of base* compares shares of peak. A batch of\n"
        "up to 16 rows is one block and stays on one core: batch 7 has half of two cores at most.\n"
    )
    for cores in sorted({s.row.cores for s in found}):
        here = [s for s in found if s.row.cores == cores]
        base = {s.cell: s.share for s in here if s.row.name == "base"}
        heads = ["cell", "changed", "ms per epoch", "range", "share of peak", "of base", "error"]
        lines = [_cliff_line(score, base[score.cell]) for score in here]
        parts.append(f"### Variants on {cores} core{'s' * (cores > 1)}\n")
        parts.append(table(heads, lines))
    return "\n".join(parts)


def _cliff_line(score: Score, base: float) -> list[str]:
    return [
        CELL_TITLES[score.cell],
        "(base)" if score.row.name == "base" else score.row.name,
        number(score.value),
        span(score),
        percent(score.share),
        f"{100 * score.share / base:.0f} %",
        error(score.row.error),
    ]


def tuning_part(rows: list[Row]) -> str:
    """Return all settings tried, fastest first within a peer, cell and number of cores."""
    found = scores(row for row in rows if (row.bench, row.measure) == ("tuning", "epoch_ms"))
    order = sorted(found, key=lambda s: (s.row.peer, s.row.cores, s.cell, s.missing, s.value))
    heads = ["peer", "setting", "cores", "cell", "ms per epoch"]
    lines = [
        [KINDS[s.row.peer].title, f"`{s.row.setting}`", str(s.row.cores), s.cell, number(s.value)]
        for s in order
    ]
    return "## Settings tried\n\n" + table(heads, lines)
