"""Tables of the parts that time more than epochs: small, many, inference, startup, series."""

from __future__ import annotations

import math

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
from tasks import LONG_WINDOW


def small_part(rows: list[Row]) -> str:
    """Return the two tables of the small task."""
    fits = chosen(rows, "small", "fit_seconds", "base")
    lines = [
        [
            CELL_TITLES[s.cell],
            KINDS[s.row.peer].title,
            number(s.value),
            span(s),
            _times_ours(s, fits),
            percent(s.share),
            error(s.row.error),
        ]
        for s in fits
    ]
    heads = ["cell", "peer", "seconds", "range", "times ours", "share of peak", "error"]
    text = "## The small task\n\n2,808 windows of 12 steps, 32 units, batch 32, one core.\n\n"
    if fits:
        text += f"### fit of {fits[0].row.epochs} epochs\n\n" + table(heads, lines)
    walls = chosen(rows, "small", "process_seconds", "process")
    peaks = chosen(rows, "small", "peak_mib", "process")
    lines = []
    for wall in walls:
        peak = best(peaks, wall.row.peer, wall.row.task)
        lines.append(
            [
                CELL_TITLES[wall.cell],
                KINDS[wall.row.peer].title,
                number(wall.value),
                span(wall),
                _times_ours(wall, walls),
                "-" if peak is None else f"{peak.value:.0f}",
            ]
        )
    heads = ["cell", "peer", "seconds", "range", "times ours", "peak MiB"]
    return text + "\n### Whole process: imports, arrays in, fit\n\n" + table(heads, lines)


def _times_ours(score: Score, among: list[Score]) -> str:
    ours = best(among, "rnncomp", score.row.task)
    return "-" if ours is None or score.missing else f"{score.value / ours.value:.1f}"


def keras_fit_part(rows: list[Row]) -> str:
    """Return the table of rnncomp.fit beside model.fit."""
    calls = chosen(rows, "keras_fit", "fit_seconds", "base")
    lines = [
        [
            CELL_TITLES[s.cell],
            str(s.row.cores),
            KINDS[s.row.peer].title,
            number(s.value),
            span(s),
            f"{s.value / ours.value:.1f}"
            if (ours := best(calls, "rnncomp-fit", s.row.task, s.row.cores))
            else "-",
            error(s.row.error),
        ]
        for s in calls
    ]
    heads = ["cell", "cores", "call", "seconds", "range", "times rnncomp.fit", "error"]
    epochs = calls[0].row.epochs if calls else 0
    text = f"## rnncomp.fit beside model.fit\n\n{epochs} epochs of the same Keras model.\n\n"
    return text + table(heads, lines)


def classifier_part(rows: list[Row]) -> str:
    """Return the table of the classifier of sentences."""
    calls = chosen(rows, "classifier", "fit_seconds", "base")
    lines = [
        [
            KINDS[s.row.peer].title,
            str(s.row.cores),
            f"`{s.row.setting}`",
            number(s.value),
            span(s),
            _times_ours(s, calls),
            percent(s.share),
            error(s.row.error),
        ]
        for s in calls
    ]
    text = "## A classifier of sentences\n\n"
    if calls and (task := calls[0].row.task):
        text += (
            f"fit of {calls[0].row.epochs} epochs: {task.windows} sentences of at most "
            f"{task.window} words, Embedding of width {task.features}, Bidirectional(LSTM("
            f"{task.units})), Dense(softmax), batch {task.batch}. Times ours: beside our better "
            "core count.\n\n"
        )
    heads = ["peer", "cores", "setting", "seconds", "range", "times ours", "share of peak", "error"]
    return text + table(heads, lines)


def many_part(rows: list[Row]) -> str:
    """Return what all trainings took, and what the peers' samples come to."""
    whole = chosen(rows, "many", "all_seconds")
    lines = [
        [KINDS[s.row.peer].title, f"{s.row.name} measured", number(s.value), percent(s.share)]
        for s in whole
    ]
    sampled = scores(row for row in rows if (row.bench, row.name) == ("many", "sample"))
    for peer in dict.fromkeys(s.row.peer for s in sampled):
        own = [s for s in sampled if s.row.peer == peer]
        if any(s.missing for s in own):
            lines.append([KINDS[peer].title, own[0].row.note, "-", "-"])
            continue
        how = f"extrapolated from {sum(1 for r in rows if _is_sample(r, peer))} trainings"
        lines.append([KINDS[peer].title, how, number(extrapolated(own, whole)), "-"])
    text = "## Many models, two cores\n\n"
    if whole:
        work, limit = whole[0].row.gflop, whole[0].row.peak_gflops
        text += (
            f"{whole[0].row.name} of {whole[0].row.epochs} epochs; the arithmetic of their "
            f"recurrent layers takes {work / limit:.0f} s at the limit measured.\nPeers train in "
            "two processes at a time, one to a core; building and compiling is part of a "
            "training.\n\n"
        )
    return text + table(["peer", "how", "seconds", "share of peak"], lines)


def _is_sample(row: Row, peer: str) -> bool:
    return (row.bench, row.name, row.peer) == ("many", "sample", peer)


def extrapolated(own: list[Score], whole: list[Score]) -> float:
    """Return what as many trainings as ours would take a peer in two processes.

    Each sample is one training of a cell in each of two processes at once, so two trainings take
    the mean of their times.
    """
    if not whole:
        return math.nan
    trainings, cells = int(whole[0].row.name.split()[0]), len(own)
    return sum(s.value for s in own) * trainings / cells / 2


def inference_part(rows: list[Row]) -> str:
    """Return latency and throughput."""
    soon = chosen(rows, "inference", "latency_us")
    many = chosen(rows, "inference", "windows_per_second")
    first = table(
        ["peer", "cores", "microseconds", "range", "times ours", "error"],
        (
            [
                KINDS[s.row.peer].title,
                str(s.row.cores),
                number(s.value),
                span(s),
                _ratio(s.value, best(soon, "rnncomp")),
                error(s.row.error),
            ]
            for s in soon
        ),
    )
    ours = max((s.value for s in many if s.row.peer == "rnncomp"), default=math.nan)
    lines = []
    for s in many:
        assert s.row.task is not None
        share = s.value / s.row.task.windows * s.row.gflop / s.row.peak_gflops
        windows, behind = f"{s.row.task.windows:,}", ours / s.value
        lines.append(
            [
                KINDS[s.row.peer].title,
                str(s.row.cores),
                windows,
                number(s.value),
                "-" if math.isnan(behind) else f"{behind:.1f}",
                percent(share),
                error(s.row.error),
            ]
        )
    heads = [
        "peer",
        "cores",
        "windows",
        "windows a second",
        "ours, times",
        "share of peak",
        "error",
    ]
    title = "## Inference: LSTM of 50 units, 50 steps, 1 feature\n\n### One window\n\n"
    return f"{title}{first}\n### Many windows\n\n{table(heads, lines)}"


def _ratio(value: float, ours: Score | None) -> str:
    return "-" if ours is None or math.isnan(value) else f"{value / ours.value:.1f}"


def startup_part(rows: list[Row]) -> str:
    """Return processor time of imports, wall time of tutorial 1, and the wheel."""
    cpu = chosen(rows, "startup", "cpu_seconds")
    heads = ["command", "peer", "processor seconds", "range"]
    lines = [[f"`{s.row.name}`", KINDS[s.row.peer].title, number(s.value), span(s)] for s in cpu]
    text = "## Start-up\n\n" + table(heads, lines)
    walls = chosen(rows, "startup", "process_seconds", "tutorial 1")
    lines = [[KINDS[s.row.peer].title, "all", number(s.value), span(s)] for s in walls]
    text += "\n### Tutorial 1, the whole program, four charts written\n\n"
    text += table(["peer", "cores", "seconds", "range"], lines)
    for s in chosen(rows, "startup", "file_mb"):
        text += f"\nThe wheel has {number(s.value)} MB.\n"
    return text


def series_part(rows: list[Row]) -> str:
    """Return the peaks of the long series, and the growth over cycles."""
    walls = {s.row.name: s.value for s in chosen(rows, "series", "process_seconds")}
    lines = [
        [
            s.row.name,
            f"SimpleRNN of {s.row.task.units} units" if s.row.task else "",
            f"{s.row.task.windows + s.row.task.window:,}" if s.row.task else "",
            s.row.note if s.missing else f"{s.value:.0f} MiB",
            number(walls.get(s.row.name, math.nan)),
        ]
        for s in chosen(rows, "series", "peak_mib")
    ]
    heads = ["way", "network", "values", "peak", "seconds, whole process"]
    text = f"## One epoch on a long series, windows of {LONG_WINDOW}\n\n" + table(heads, lines)
    for s in chosen(rows, "series", "bytes_per_cycle"):
        grown = s.row.note if s.missing else f"{s.value:.1f} bytes a cycle"
        text += f"\nOver {s.row.name} of fit and predict the process grows by {grown}.\n"
    return text


def fair_shares(rows: list[Row]) -> dict[tuple[str, str], float]:
    """Return (task, where) -> times the fair time, the fastest rounds of each.

    Why one core alone is fair: see bench_contention.py.
    """
    fastest = {s.row.name: s.low for s in chosen(rows, "share", "all_seconds")}
    found = {}
    for name, seconds in fastest.items():
        task, _, where = name.rpartition(": ")
        if where in ("free", "kept"):
            found[task, where] = seconds / fastest[f"{task}: one core"]
    return found


def share_part(rows: list[Row]) -> str:
    """Return how many times the fair time each task took beside a busy process."""
    fastest = {s.row.name: s.low for s in chosen(rows, "share", "all_seconds")}
    lines = [
        [
            task,
            number(fastest[f"{task}: one core"]),
            number(fastest.get(f"{task}: both cores", math.nan)),
            where,
            number(fastest[f"{task}: {where}"]),
            f"{times:.2f}",
        ]
        for (task, where), times in fair_shares(rows).items()
    ]
    text = (
        "## Beside a busy process\n\nFree: it may run on either core; kept: on one of them. One "
        "core is left to us in both, so the time on one core alone is fair.\n\n"
    )
    heads = ["task", "one core, s", "both cores, s", "the other", "beside it, s"]
    return text + table([*heads, "times the fair time"], lines)
