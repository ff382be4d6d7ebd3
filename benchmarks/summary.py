"""summary.md of a run: a pure function of its rows.

python benchmarks/summary.py               # writes those of all runs again
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable

from bar import bar_part
from crew import HERE, KINDS
from rows import Row, read_rows
from summary_training import cliff_part, grid_part, shapes_part, tuning_part
from summary_whole import (
    classifier_part,
    inference_part,
    keras_fit_part,
    many_part,
    series_part,
    share_part,
    small_part,
    startup_part,
)
from tables import table

HOW_TO_READ = """\
Milliseconds per epoch are through each peer's own training loop (ours and Keras: `fit`), the median
over rounds of the median epoch of a round, and the range over rounds. Start and end of a `fit` are
left out, and stand in raw.csv as `fit_ms`; where the setting says whole fit, they are included: its
epochs are not watched, and share its time. *Share of peak*: the arithmetic of the recurrent
layers over time and over the multiply-add limit measured right before and after by peak.cpp.
*Error*: of ours, the gradients of a batch against the float64 reference, relative, the largest over
the parameters; of peers, their predictions after one unshuffled epoch from the same weights
(torch's Adam places epsilon elsewhere, so it may end elsewhere).
"""

PARTS: dict[str, Callable[[list[Row]], str]] = {
    "grid": grid_part,
    "shapes": shapes_part,
    "cliff": cliff_part,
    "small": small_part,
    "many": many_part,
    "inference": inference_part,
    "startup": startup_part,
    "keras_fit": keras_fit_part,
    "classifier": classifier_part,
    "series": series_part,
    "share": share_part,
    "tuning": tuning_part,
}


def peak_part(rows: list[Row]) -> str:
    """Return the range of the multiply-add limit over the run."""
    kinds: dict[tuple[str, int], list[float]] = {}
    for row in rows:
        if not math.isnan(row.peak_gflops):
            dtype = row.task.dtype if row.task else "float32"
            cores = 2 if row.bench == "many" else row.cores
            kinds.setdefault((dtype, cores), []).append(row.peak_gflops)
    lines = [
        [dtype, str(cores), f"{min(limits):.0f} to {max(limits):.0f}"]
        for (dtype, cores), limits in sorted(kinds.items())
    ]
    return "## The machine's limit\n\n" + table(["dtype", "cores", "GFLOP/s"], lines)


def missing_part(rows: list[Row]) -> str:
    """Return a line for everything that could not be measured."""
    found = dict.fromkeys(
        f"- the part {row.name}: {row.note}"
        if row.bench == "failed"
        else f"- {row.bench}, {KINDS[row.peer].title} on {row.cores} core(s): {row.note}"
        for row in rows
        if row.missing
    )
    return "\n".join(["## Missing\n", *found]) + "\n" if found else ""


def render(rows: list[Row]) -> str:
    """Return summary.md."""
    present = {row.bench for row in rows}
    parts = ["# Summary\n", HOW_TO_READ]
    if present != {"tuning"}:
        parts.append(bar_part(rows))
    parts += [text for text in (missing_part(rows), peak_part(rows)) if text]
    parts += [part(rows) for bench, part in PARTS.items() if bench in present]
    return "\n".join(parts)


def write_all() -> None:
    """Write the summary of every run again, after these tables have changed."""
    for raw in sorted((HERE / "runs").glob("*/raw.csv")):
        (raw.parent / "summary.md").write_text(render(read_rows(raw)), encoding="utf-8")


if __name__ == "__main__":
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    write_all()
