"""The page of a comparison of several series: one is drawn, and no error mixes their units."""

import json

import numpy as np
import pytest
from made_up_comparison import real_run
from parsed_page import leaderboard_names, parsed

import rnncomp
from rnncomp.errors import InvalidArgumentError
from rnncomp.report import page

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


def ranked_by(run, metric):
    """Return the mapping with MASE in the order that is the reverse of that of MAE."""
    made = run.comparison.to_dict()
    by_mae = sorted(made["leaderboard"], key=lambda row: row["mae"])
    for place, row in enumerate(reversed(by_mae)):
        row["mase"] = row["validation_mase"] = 0.5 + place
        if row["kind"] == "network":
            row["scores"]["mase"] = [0.4 + place, 0.6 + place]
    settings = {name: value for name, value in made["settings"].items() if name != "metric"}
    settings |= {"metric": metric} if metric else {}
    return made | {"settings": settings}, [row["name"] for row in by_mae]


def labels(names):
    shown = {"gru": "GRU", "simple_rnn": "SimpleRNN"}
    return [shown.get(name, name.replace("_", " ")) for name in names]


def test_errors_without_a_unit_rank_and_are_drawn(run):
    comparison, by_mae = ranked_by(run, "mase")
    made = parsed(comparison)
    assert leaderboard_names(made) == labels(reversed(by_mae))
    head = next(row for row in made.rows if row[:1] == ["Contender"])
    assert head[2] == "MASE"
    assert "Validation MASE" in head
    assert "Validation MAE" not in head
    assert "MASE by seed" in made.text
    assert "In the units of the data" not in made.text
    assert "MASE by fold" in made.text
    dots = {v["aria-label"] for tag, v in made.tags if v.get("class") == "dots"}
    first = next(row for row in comparison["leaderboard"] if row["name"] == by_mae[-1])
    wanted = first.get("scores", {"mase": [first["mase"]]})["mase"]
    assert any(label.endswith(", ".join(f"{score:.4f}" for score in wanted)) for label in dots)


@pytest.mark.parametrize("metric", ["mae", None])
def test_errors_with_a_unit_rank_where_it_is_one(run, metric):
    comparison, by_mae = ranked_by(run, metric)
    made = parsed(comparison)
    assert leaderboard_names(made) == labels(by_mae)
    head = next(row for row in made.rows if row[:1] == ["Contender"])
    assert head[2] == "MAE"
    assert "Validation MAE" in head
    assert "In the units of the data" in made.text


def test_the_leaders_are_those_of_the_error_that_ranks(run):
    lines = {}
    for metric in ("mae", "mase"):
        comparison, by_mae = ranked_by(run, metric)
        plots = json.loads(parsed(comparison, predictions=run.predictions).scripts[0])
        lines[metric] = {curve["label"] for curve in plots[0]["curves"] if curve["on"]}
    baselines = [name for name in by_mae if name not in ("gru", "simple_rnn")]
    # A baseline with a strategy of its own is a leader of that strategy under any error.
    free = [name for name in baselines if name != "ridge"]
    assert labels(free)[0] in lines["mae"]
    assert labels(free)[-1] in lines["mase"]
    assert labels(free)[0] not in lines["mase"]


def test_an_unknown_error_is_refused(run):
    comparison, _ = ranked_by(run, "smape")
    with pytest.raises(InvalidArgumentError, match=r"settings\.metric must be one of mae, mase"):
        page(comparison)
