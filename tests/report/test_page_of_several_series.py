"""The page of a comparison of several series: one is drawn, and no error mixes their units."""

import json

import numpy as np
import pytest
from made_up_comparison import real_run
from parsed_page import parsed

import rnncomp

SMALL, LARGE = 1.0, 1000.0


@pytest.fixture(scope="module")
def run():
    """Two series whose values are a thousand times apart, with rows of the same numbers."""
    rng = np.random.default_rng(5)
    rows = np.arange(120)
    series = [
        rnncomp.Series(
            unit * (3 + np.sin(2 * np.pi * rows / 12) + 0.1 * rng.normal(size=120))[:, None],
            name=name,
        )
        for name, unit in (("small", SMALL), ("large", LARGE))
    ]
    return real_run(series, cells=("simple_rnn", "gru"), epochs=1, seeds=2, horizon=2)


@pytest.mark.parametrize("stored", [False, True])
def test_the_baselines_are_those_of_the_series_that_is_drawn(run, tmp_path, stored):
    if stored:
        run = rnncomp.Run.load(run.save(tmp_path / "run"))
    comparison = run.comparison.to_dict()
    plots = json.loads(parsed(comparison, predictions=run.predictions).scripts[0])
    curves = {curve["label"]: curve["values"] for curve in plots[0]["curves"]}
    timeline = comparison["charts"]["timeline"]
    before = np.array(timeline["values"])[np.array(timeline["test_index"]) - 1]
    np.testing.assert_allclose(curves["persistence"], before, rtol=1e-5)  # 6 digits are carried
    assert max(curves["ridge"]) < 10 * SMALL
