"""docs/reach.md keeps its promise: all of it runs, in its order, and its table is the run's."""

import re
from pathlib import Path

import numpy as np

PAGE = Path(__file__).parents[2] / "docs" / "reach.md"
RUN = PAGE.parents[1] / "benchmarks" / "runs" / "2026-11-22-memory-steps"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_runs_from_top_to_bottom():
    names = {}
    for body in re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        exec(compile(body, "docs/reach.md", "exec"), names)
    assert names["flow"].norms.shape == (24,)
    assert abs(names["parts"].gap) <= 1e-3 * abs(names["parts"].difference)
    assert names["lags"].network.shape == names["lags"].linear["linear"].shape == (24, 1)


def test_its_table_is_that_of_the_run():
    rows = [line.split(",") for line in (RUN / "memory.csv").read_text("utf-8").splitlines()[1:]]
    for cell in ("SimpleRNN", "LSTM", "GRU"):
        texts = []
        for moment in ("before training", "after training"):
            steps = [int(row[3]) for row in rows if (row[0], row[2]) == (cell, moment)]
            assert len(steps) == 5
            texts.append(f"{np.median(steps):.0f} ({min(steps)} to {max(steps)})")
        line = f"| {cell} | {texts[0]} | {texts[1]} |"
        assert line in TEXT
        assert line in (RUN / "summary.md").read_text("utf-8")
