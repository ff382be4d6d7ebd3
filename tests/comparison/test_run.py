"""Run: what it offers, and its folder."""

import csv
import errno
import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest

import rnncomp
from rnncomp import charts
from rnncomp.comparison import Run
from rnncomp.comparison.leaderboard import COLUMNS
from rnncomp.comparison.scores import best_seed
from rnncomp.comparison.tables import Columns
from rnncomp.errors import DataFileError, InvalidArgumentError, ModelFileError, OutputError

FILES = {
    "comparison.json", "leaderboard.csv", "predictions.csv", "report.html", "timeline.png",
    "steps.png", "training.png",
}  # fmt: skip


@pytest.fixture(scope="module")
def series():
    return rnncomp.load("airline")


@pytest.fixture(scope="module")
def run(series):
    return rnncomp.compare(
        series, window=6, horizon=2, units=3, epochs=2, seeds=[7, 3], cells=["gru", "lstm"]
    )


@pytest.fixture(scope="module")
def saved(run, tmp_path_factory):
    return run.save(tmp_path_factory.mktemp("runs") / "air")


def test_the_folder_holds_everything(saved):
    networks = {f"{name}-seed{seed}.safetensors" for name in ("gru", "lstm") for seed in (3, 7)}
    assert {path.name for path in saved.iterdir()} == FILES | networks
    assert [path.name for path in saved.parent.iterdir()] == ["air"]


def test_comparison_json_is_the_whole_result(run, saved):
    text = (saved / "comparison.json").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert json.loads(text) == run.comparison.to_dict()
    assert json.loads(text)["best_seed"] in (3, 7)


def test_leaderboard_csv(run, saved):
    with (saved / "leaderboard.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    assert [row["name"] for row in rows] == [row["name"] for row in run.comparison.leaderboard]
    for row, held in zip(rows, run.comparison.leaderboard, strict=True):
        assert float(row["mae"]) == held["mae"]


def test_predictions_csv_gives_the_scores(run, saved, series):
    table = pl.read_csv(saved / "predictions.csv")
    actual = table["actual"].to_numpy()
    np.testing.assert_array_equal(actual, series.target_values[table["row"].to_numpy()])
    for row in run.comparison.leaderboard:
        if row["kind"] == "baseline":
            # A few roundings of a mean over some hundred numbers.
            mae = np.abs(table[row["name"]].to_numpy() - actual).mean()
            assert mae == pytest.approx(row["mae"], rel=1e-12)


def test_predictions_are_made_when_asked_for(run):
    names = list(run.predictions)
    assert names[:3] == ["row", "time", "step"]
    for name in ("gru", "lstm"):
        one, two = (run.predictions[f"{name}_seed_{seed}"] for seed in (7, 3))
        assert run.predictions[name].tolist() == ((one + two) / 2).tolist()
        one[:] = 0.0  # a column is the caller's own
        assert run.predictions[f"{name}_seed_7"].all()
    with pytest.raises(KeyError):
        run.predictions["gru_seed_8"]


def test_load_gives_the_same_run(run, saved, series):
    again = Run.load(saved)
    assert again.comparison.to_dict() == run.comparison.to_dict()
    assert again.verdict == run.verdict
    for name, fitted in run.forecasters.items():
        assert [f.seed for f in again.forecasters[name]] == [f.seed for f in fitted] == [7, 3]
        for one, two in zip(again.forecasters[name], fitted, strict=True):
            ours, theirs = one.predict(2).values, two.predict(2, after=series).values
            assert ours.tobytes() == theirs.tobytes()
    assert again.best.seed == run.best.seed
    assert set(again.predictions) == set(run.predictions)
    assert again.predictions["actual"].tobytes() == run.predictions["actual"].tobytes()


def test_a_loaded_run_can_be_saved_again(saved, tmp_path):
    again = Run.load(saved).save(tmp_path / "again")
    for path in saved.iterdir():
        if path.suffix in (".json", ".csv"):
            assert (again / path.name).read_bytes() == path.read_bytes()


def test_best_has_the_lowest_validation_error(run):
    rows = {row["name"]: row for row in run.comparison.leaderboard}
    assert run.best.name == run.comparison.best
    assert rows[run.best.name]["validation_mae"] == min(
        rows[name]["validation_mae"] for name in ("gru", "lstm")
    )
    errors = rows[run.best.name]["validation_scores"]["mae"]
    assert run.best.seed == [7, 3][int(np.argmin(errors))]


def test_the_best_seed_is_a_fact_of_the_comparison(run):
    again = Run(comparison=run.comparison, forecasters=run.forecasters, predictions={})
    assert again.comparison is run.comparison
    other = 7 if run.comparison.best_seed == 3 else 3
    told = replace(run.comparison, best_seed=other)
    assert Run(comparison=told, forecasters=run.forecasters, predictions={}).best.seed == other


def test_a_seed_that_diverged_is_not_the_best():
    row = {"seeds": [4, 8, 6, 2], "validation_scores": {"mae": [None, 2.0, 1.0, 1.0]}}
    assert best_seed(row) == 6


def test_best_forecasts_with_time_stamps(run, series):
    forecast = run.best.predict(steps=3)
    assert [str(time)[:7] for time in forecast.times] == ["1961-01", "1961-02", "1961-03"]


def test_without_a_finished_network_there_is_no_best(run):
    none = Run(
        comparison=replace(run.comparison, best=None, best_seed=None),
        forecasters={},
        predictions={},
    )
    with pytest.raises(InvalidArgumentError, match="got none; compare again with a smaller"):
        _ = none.best


def test_verdict_is_one_text(run):
    assert run.verdict == " ".join(run.comparison.verdict)
    assert "\n" not in run.verdict


def test_leaderboard_is_of_the_callers_kind(run, saved):
    assert isinstance(run.leaderboard(), pl.DataFrame)
    assert isinstance(Run.load(saved, frame_type="pandas").leaderboard(), pd.DataFrame)


def test_plot_gives_the_two_figures(run):
    timeline, training = run.plot()
    assert timeline.get_size_inches().tolist() == [15.0, 10.0]
    assert training.get_size_inches().tolist() == [15.0, 6.0]
    assert [ax.get_title() for ax in timeline.axes][1] == "Test Data vs Model Predictions"


def test_representations(run):
    assert repr(run).startswith("Run(Comparison(")
    assert repr(run).endswith("4 networks)")
    assert run.comparison.verdict[0].split("(")[0] in run._repr_html_()


def test_a_folder_of_another_run_is_refused(run, saved):
    before = {path.name: path.read_bytes() for path in saved.iterdir()}
    with pytest.raises(OutputError, match=r"must be new or empty, it holds 'comparison\.json'"):
        run.save(saved)
    assert {path.name: path.read_bytes() for path in saved.iterdir()} == before


def test_a_full_disk_leaves_nothing(run, tmp_path, monkeypatch):
    def full(data, folder):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(charts, "save_figures", full)
    with pytest.raises(OutputError, match="No space left on device") as error:
        run.save(tmp_path / "deep" / "run")
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def copied(saved, tmp_path):
    return shutil.copytree(saved, tmp_path / "copy")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("comparison.json", None, "comparison.json: cannot be read .*Run.save"),
        ("comparison.json", "{", "comparison.json: must be JSON"),
        ("comparison.json", "[" * 100_000, "comparison.json: must be JSON"),
        ("comparison.json", '{"format": "rnncomp-comparison/9"}', "update rnncomp to read it"),
        ("comparison.json", '{"format": "rnncomp-comparison/1"}', "complete, with leaderboard"),
        ("predictions.csv", None, "predictions.csv: cannot be read"),
        ("predictions.csv", "", "predictions.csv: must be a table"),
        ("predictions.csv", "a,b\n1\n", "different lengths"),
        ("predictions.csv", 'a\n"b\n', "must be a table"),
    ],
)
def test_damaged_folders_are_refused(copied, name, text, words):
    if text is None:
        (copied / name).unlink()
    else:
        (copied / name).write_text(text)
    with pytest.raises(DataFileError, match=words) as error:
        Run.load(copied)
    assert "\n" not in str(error.value)


def test_a_missing_network_is_named(copied):
    (copied / "gru-seed3.safetensors").unlink()
    with pytest.raises(ModelFileError, match=r"gru-seed3\.safetensors"):
        Run.load(copied)


def test_a_diverged_seed_has_no_file(series, tmp_path):
    wild = rnncomp.compare(
        series, window=4, units=2, epochs=2, seeds=1, cells=["gru"], learning_rate=1e38
    )
    assert wild.comparison.leaderboard[-1]["diverged"] == 1
    assert "diverged" in wild.verdict
    folder = wild.save(tmp_path / "wild")
    assert not list(folder.glob("*.safetensors"))
    again = Run.load(folder)
    assert again.forecasters == {"gru": []}
    with pytest.raises(InvalidArgumentError, match=r"run\.best"):
        _ = again.best


def test_to_ask_for_a_column_by_name_makes_none():
    columns = Columns({"gru": lambda: pytest.fail("a column was made")})
    assert "gru" in columns
    assert "lstm" not in columns
