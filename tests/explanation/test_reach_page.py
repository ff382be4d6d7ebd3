"""docs/reach.md keeps its promise: all of it runs, in its order, and its table is the run's."""

import csv
import re
from pathlib import Path

import numpy as np

PAGE = Path(__file__).parents[2] / "docs" / "reach.md"
RUN = PAGE.parents[1] / "benchmarks" / "runs" / "2026-11-22-reach"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_runs_from_top_to_bottom():
    names = {}
    for body in re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        exec(compile(body, "docs/reach.md", "exec"), names)
    assert names["flow"].norms.shape == (24,)
    assert abs(names["parts"].gap) <= 1e-3 * abs(names["parts"].difference)
    assert names["lags"].network.shape == names["lags"].linear["linear"].shape == (24, 1)


def test_its_table_is_that_of_the_run():
    with (RUN / "trials.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["task"] == "sunspots"]
    for cell, name in (("simple_rnn", "SimpleRNN"), ("lstm", "LSTM"), ("gru", "GRU")):
        texts = []
        for moment in ("before", "after"):
            mine = [row for row in rows if (row["cell"], row["when"]) == (cell, moment)]
            steps = list({row["seed"]: int(row["memory_steps"]) for row in mine}.values())
            assert len(steps) == 5
            texts.append(f"{np.median(steps):.0f} ({min(steps)} to {max(steps)})")
        assert f"| {name} | {texts[0]} | {texts[1]} |" in TEXT
