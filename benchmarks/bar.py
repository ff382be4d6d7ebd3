"""The bar: what must be reached and what would be better, beside what a run reached.

Two cores, 50 steps, 50 units, batch 32 where nothing else is said. Times of peers are those of
their best setting and core count in the same run. Machines without AVX-512 have half the ratios
and twice the time to clear. Where even the arithmetic limit that the run measured would not do,
the table says so and gives what that limit allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from crew import KINDS
from rows import Row
from summary_whole import fair_shares
from tables import CELL_TITLES, Score, best, chosen, number, table
from tasks import LONG_SERIES, LONG_WINDOW, Task

CELLS = ("simple_rnn", "lstm", "gru")

# (must, stretch) of ours on two cores, by cell in the order of CELLS
RATIOS = {
    "keras-tensorflow": ((45, 53), (14, 17), (23, 29)),
    "keras-jax": ((11, 13), (6, 7.7), (8, 10)),
    "torch": ((28, 34), (4.5, 5.5), (22, 27)),
}
TORCH_LSTM = {128: 1.8, 256: 1.45}
SHARES = {
    ("lstm", 8): (0.40, 0.48),
    ("lstm", 32): (0.62, 0.72),
    ("lstm", 50): (0.72, 0.80),
    ("lstm", 128): (0.82, 0.87),
    ("lstm", 256): (0.82, 0.88),
    ("simple_rnn", 50): (0.76, 0.82),
    ("gru", 50): (0.70, 0.78),
}
SMALL = {"neuralforecast": (130, 35, 60), "darts": (100, 25, 50)}
PROCESS_SECONDS, PROCESS_MIB = 0.5, 80
MANY, MANY_SECONDS = "450 trainings", 80
CLIFF_SHARE = 0.6
GRADIENT_ERROR = 1e-5
LATENCY_US = 10
SERIES_TIMES, SERIES_MIB = 4, 150
CYCLE_BYTES, FAIR_TIMES = 1024, 1.3
IMPORT_SECONDS, HELP_SECONDS, WHEEL_MB, TUTORIAL_RATIO = 0.05, 0.3, 5, 10


@dataclass(frozen=True)
class Mark:
    """One line of the bar.

    Attributes:
        what: In words.
        must: What must be reached.
        reached: What was; NaN if the run did not measure it.
        stretch: What would be better.
        limit: The best that the measured arithmetic limit allows; None if that says nothing.
        more_is_better: Direction.
        unit: Written behind every number.
    """

    what: str
    must: float
    reached: float
    stretch: float | None = None
    limit: float | None = None
    more_is_better: bool = True
    unit: str = ""

    def verdict(self, wanted: float | None) -> str:
        """Return whether `wanted` is held."""
        if wanted is None:
            return ""
        if math.isnan(self.reached):
            return "not measured"
        if self.reached >= wanted if self.more_is_better else self.reached <= wanted:
            return "held"
        beyond = self.limit is not None and (
            self.limit < wanted if self.more_is_better else self.limit > wanted
        )
        if beyond and self.limit is not None:
            return f"above the machine's own limit ({self.shown(self.limit)})"
        return "NOT HELD"

    def shown(self, value: float | None) -> str:
        """Return a number with its unit."""
        if value is None:
            return ""
        if math.isnan(value):
            return "-"
        if self.unit == "%":
            return f"{100 * value:.0f} %"
        digits = f"{value:.1e}" if 0 < value < 1e-3 else number(value)
        digits = digits.rstrip("0").rstrip(".") if "." in digits and "e" not in digits else digits
        return digits + self.unit

    def line(self) -> list[str]:
        """Return the line of the table."""
        return [
            self.what,
            self.verdict(self.must),
            self.shown(self.reached),
            self.shown(self.must),
            self.shown(self.stretch),
            self.verdict(self.stretch),
        ]


def wide_vectors(rows: list[Row]) -> bool:
    """Return whether ours ran with AVX-512."""
    return any(row.peer == "rnncomp" and '"v4"' in row.setting for row in rows)


def marks(rows: list[Row]) -> list[Mark]:
    """Return every line of the bar, measured or not."""
    part = 1.0 if wide_vectors(rows) else 0.5
    makers: tuple[Callable[[list[Row], float], Iterator[Mark]], ...] = (
        ratio_marks,
        share_marks,
        small_marks,
        process_marks,
        many_marks,
        inference_marks,
        cliff_marks,
        error_marks,
        memory_marks,
        startup_marks,
    )
    return [mark for make in makers for mark in make(rows, part)]


def value_of(score: Score | None) -> float:
    """Return the value of a score, NaN for none."""
    return math.nan if score is None else score.value


def fastest_possible(score: Score | None) -> float:
    """Return the value that the measured limit allows, in the unit of the score's time."""
    if score is None:
        return math.nan
    scale = 1e3 if score.row.measure.endswith("_ms") else 1.0
    return scale * score.row.gflop / score.row.peak_gflops


def ratio_mark(what: str, ours: Score | None, theirs: Score | None, *wanted: float) -> Mark:
    """Return a line that compares two times."""
    return Mark(
        what,
        wanted[0],
        value_of(theirs) / value_of(ours),
        wanted[1] if len(wanted) > 1 else None,
        limit=value_of(theirs) / fastest_possible(ours),
        unit="x",
    )


def ratio_marks(rows: list[Row], part: float) -> Iterator[Mark]:
    """Ours on two cores against every framework at 50 units, and torch's LSTM at 128 and 256."""
    found = chosen(rows, "grid", "epoch_ms")
    for peer, by_cell in RATIOS.items():
        for cell, (must, stretch) in zip(CELLS, by_cell, strict=True):
            task = Task(cell)
            ours, theirs = best(found, "rnncomp", task, 2), best(found, peer, task)
            what = f"{CELL_TITLES[cell]}, times as fast as {KINDS[peer].title}"
            yield ratio_mark(what, ours, theirs, part * must, part * stretch)
    for units, must in TORCH_LSTM.items():
        same = [s for s in found if s.row.task and s.row.task.units == units and s.cell == "lstm"]
        what = f"LSTM of {units} units, times as fast as torch"
        yield ratio_mark(what, best(same, "rnncomp", cores=2), best(same, "torch"), part * must)


def share_marks(rows: list[Row], part: float) -> Iterator[Mark]:
    """Share of the multiply-add limit on one core."""
    found = chosen(rows, "grid", "epoch_ms")
    for (cell, units), (must, stretch) in SHARES.items():
        same = [s for s in found if s.row.task and (s.cell, s.row.task.units) == (cell, units)]
        ours = best(same, "rnncomp", cores=1)
        what = f"{CELL_TITLES[cell]} of {units} units, share of the limit, one core"
        yield Mark(what, must, math.nan if ours is None else ours.share, stretch, unit="%")


def small_marks(rows: list[Row], part: float) -> Iterator[Mark]:
    """`fit` of the small task."""
    found = chosen(rows, "small", "fit_seconds", "base")
    for peer, by_cell in SMALL.items():
        for cell, must in zip(CELLS, by_cell, strict=True):
            same = [s for s in found if s.cell == cell]
            what = f"small task, {CELL_TITLES[cell]}: fit, times as fast as {KINDS[peer].title}"
            yield ratio_mark(what, best(same, "rnncomp"), best(same, peer), part * must)


def process_marks(rows: list[Row], part: float) -> Iterator[Mark]:
    """The small task as a whole process, the worst of the cells."""
    facts = (("process_seconds", PROCESS_SECONDS, " s"), ("peak_mib", PROCESS_MIB, " MiB"))
    for measure, must, unit in facts:
        found = chosen(rows, "small", measure, "process")
        ours = [s.value for s in found if s.row.peer == "rnncomp"]
        what = f"small task, whole process, slowest cell, {unit.strip()}"
        yield Mark(what, must, max(ours, default=math.nan), more_is_better=False, unit=unit)


def many_marks(rows: list[Row], part: float) -> Iterator[Mark]:
    """The full form of many models."""
    ours = best(chosen(rows, "many", "all_seconds", MANY), "rnncomp")
    yield Mark(
        f"many models: {MANY} of 50 epochs, two cores",
        MANY_SECONDS / part,
        value_of(ours),
        limit=None if ours is None else fastest_possible(ours),
        more_is_better=False,
        unit=" s",
    )


def inference_marks(rows: list[Row], part: float) -> Iterator[Mark]:
    """One window within ten microseconds, and ahead of every peer."""
    latency = chosen(rows, "inference", "latency_us")
    rate = chosen(rows, "inference", "windows_per_second")
    ours = best(latency, "rnncomp")
    yield Mark(
        "one window, LSTM of 50 units, 50 steps",
        LATENCY_US,
        value_of(ours),
        more_is_better=False,
        unit=" µs",
    )
    for peer in dict.fromkeys(s.row.peer for s in latency + rate if s.row.peer != "rnncomp"):
        title = KINDS[peer].title
        quick = value_of(best(latency, peer)) / value_of(ours)
        yield Mark(f"one window, times as soon as {title}", 1, quick, unit="x")
        most = max((s.value for s in rate if s.row.peer == "rnncomp"), default=math.nan)
        theirs = max((s.value for s in rate if s.row.peer == peer), default=math.nan)
        yield Mark(f"many windows, times as many as {title}", 1, most / theirs, unit="x")


def cliff_marks(rows: list[Row], part: float) -> Iterator[Mark]:
    """The worst variant against the base row, one core."""
    found = [s for s in chosen(rows, "cliff", "epoch_ms") if s.row.cores == 1]
    for cell in CELLS:
        shares = {s.row.name: s.share for s in found if s.cell == cell}
        base = shares.pop("base", math.nan)
        worst = min(shares, key=lambda name: shares[name], default="-")
        what = f"{CELL_TITLES[cell]}, no cliff: the worst ({worst}) has of the base row's share"
        yield Mark(what, CLIFF_SHARE, shares.get(worst, math.nan) / base, unit="%")


def error_marks(rows: list[Row], part: float) -> Iterator[Mark]:
    """The gradients of every float32 row of ours."""
    errors = [
        row.error
        for row in rows
        if row.peer == "rnncomp"
        and row.task
        and row.task.dtype == "float32"
        and row.bench != "inference"
        and not math.isnan(row.error)
    ]
    what = "gradients against float64, the worst of all rows"
    yield Mark(what, GRADIENT_ERROR, max(errors, default=math.nan), more_is_better=False)


def memory_marks(rows: list[Row], part: float) -> Iterator[Mark]:
    """The peak of a long series, the growth over cycles, the share beside a busy process."""
    peaks = {s.row.name: s for s in chosen(rows, "series", "peak_mib")}
    for way in ("fit", "forecaster"):
        ours = peaks.get(way)
        task = ours.row.task if ours else None
        values = task.windows + task.window if task else LONG_SERIES
        must = SERIES_TIMES * values * 4 / 2**20 + SERIES_MIB
        what = (
            f"{values:,} values, window {LONG_WINDOW}, one epoch by {way}: "
            "peak (4 x series + 150 MiB)"
        )
        yield Mark(what, must, value_of(ours), more_is_better=False, unit=" MiB")
    grown = chosen(rows, "series", "bytes_per_cycle")
    reached = grown[0].value if grown else math.nan
    what = "growth over cycles of fit and predict"
    yield Mark(what, CYCLE_BYTES, reached, more_is_better=False, unit=" bytes a cycle")
    worst = max(fair_shares(rows).values(), default=math.nan)
    what = "beside a busy process, the worst task, times the fair time"
    yield Mark(what, FAIR_TIMES, worst, more_is_better=False, unit="x")


def startup_marks(rows: list[Row], part: float) -> Iterator[Mark]:
    """Import, help, wheel, and the program of tutorial 1."""
    cpu = {s.row.name: s.value for s in chosen(rows, "startup", "cpu_seconds")
           if s.row.peer == "rnncomp"}  # fmt: skip
    beyond = cpu.get("import rnncomp", math.nan) - cpu.get("import numpy", math.nan)
    what = "import rnncomp, processor time beyond import numpy"
    yield Mark(what, IMPORT_SECONDS, beyond, more_is_better=False, unit=" s")
    reached = cpu.get("rnncomp --help", math.nan)
    what = "rnncomp --help, processor time"
    yield Mark(what, HELP_SECONDS, reached, more_is_better=False, unit=" s")
    size = value_of(best(chosen(rows, "startup", "file_mb"), "rnncomp"))
    yield Mark("wheel", WHEEL_MB, size, more_is_better=False, unit=" MB")
    walls = chosen(rows, "startup", "process_seconds", "tutorial 1")
    ratio = value_of(best(walls, "keras-tensorflow")) / value_of(best(walls, "rnncomp"))
    what = "tutorial 1, whole program, times as fast as Keras on TensorFlow"
    yield Mark(what, TUTORIAL_RATIO, ratio, unit="x")


def bar_part(rows: list[Row]) -> str:
    """Return the table of the bar."""
    heads = ["what", "must", "reached", "bar", "stretch bar", "stretch"]
    note = "AVX-512: ratios in full." if wide_vectors(rows) else "No AVX-512: half of the ratios."
    return f"## The bar\n\n{note}\n\n" + table(heads, (mark.line() for mark in marks(rows)))
