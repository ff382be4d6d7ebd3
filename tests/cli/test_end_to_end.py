"""The main job through the program, with real networks: small, but nothing made up."""

import csv
import json
from pathlib import Path

import pytest

import rnncomp

SMALL = ("--window", 12, "--units", 4, "--epochs", 2, "--seeds", 2)
BASELINES = {"persistence", "seasonal_naive", "drift", "mean", "ridge"}
NETWORKS = {"simple_rnn", "lstm", "gru"}


@pytest.fixture
def finished(rnncomp_program):
    """A comparison on a file, with stamps and a horizon, and the folder it wrote."""
    rnncomp_program("datasets", "airline", "--out", "airline.csv")
    result = rnncomp_program(
        "compare", "./airline.csv", *SMALL, "--horizon", 2, "--season", 12, "--out", "runs/air",
        "--train-until", "1956", "--validation-until", "1958", "--json",
    )  # fmt: skip
    assert result.code == 0, result.err
    return result


def test_the_folder_holds_what_is_promised(finished, tmp_path):
    names = {path.name for path in (tmp_path / "runs" / "air").iterdir()}
    tables = {"comparison.json", "leaderboard.csv", "predictions.csv"}
    networks = {f"{cell}-seed{seed}.safetensors" for cell in NETWORKS for seed in (0, 1)}
    assert names == tables | {"report.html", "timeline.png", "training.png", "steps.png"} | networks
    assert {path.name for path in tmp_path.iterdir()} == {"runs", "airline.csv"}


def test_json_is_the_file(finished, tmp_path):
    written = (tmp_path / "runs" / "air" / "comparison.json").read_text(encoding="utf-8")
    assert finished.json() == json.loads(written)
    assert finished.json()["format"] == "rnncomp-comparison/2"


def test_the_leaderboard_is_complete(finished, tmp_path):
    rows = finished.json()["leaderboard"]
    assert {row["name"] for row in rows} == BASELINES | NETWORKS
    wanted = {"name", "kind", "mae", "mse", "rmse", "mase", "r2", "mae_spread", "n_params"}
    assert all(wanted | {"fit_seconds", "predict_microseconds"} <= set(row) for row in rows)
    with (tmp_path / "runs" / "air" / "leaderboard.csv").open(newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == [row["name"] for row in rows]


def test_the_settings_are_those_given(finished):
    settings = finished.json()["settings"]
    assert settings["window"] == 12
    assert settings["horizon"] == 2
    assert settings["season"] == 12
    assert settings["train_until"] == "1956"
    assert settings["seeds"] == [0, 1]
    parts = finished.json()["data"]["parts"]
    assert parts == {"train": [0, 96], "validation": [96, 120], "test": [120, 144]}


def test_the_charts_say_the_strategy(finished):
    timeline = finished.json()["charts"]["timeline"]
    assert timeline["strategy"] == "direct, 2 steps ahead"
    assert "first step" in timeline["shown"]
    assert len(timeline["times"]) == 144


def test_a_run_can_be_loaded_and_forecasts(finished, tmp_path):
    run = rnncomp.Run.load(tmp_path / "runs" / "air")
    forecast = run.best.predict(2)
    assert len(forecast.values) == 2
    assert str(forecast.times[0])[:7] == "1961-01"


def test_the_same_command_gives_the_same_scores_for_any_jobs(rnncomp_program):
    results = [
        rnncomp_program(
            "compare", "airline", *SMALL, "--cells", "gru", "--jobs", jobs, "--json"
        ).json()
        for jobs in (1, 2)
    ]
    scores = [[(row["name"], row["mae"]) for row in r["leaderboard"]] for r in results]
    assert scores[0] == scores[1]
    assert results[0]["verdict"] == results[1]["verdict"]


def test_printed_for_people(rnncomp_program):
    result = rnncomp_program("compare", "airline", *SMALL, "--season", 12)
    assert result.code == 0
    assert all(name in result.out for name in [*BASELINES, "SimpleRNN", "LSTM", "GRU", "Verdict"])
    best = rnncomp.Run.load(next(Path("runs").iterdir())).comparison.best
    marked = next(line for line in result.out.splitlines() if " * " in line)
    assert marked.split()[0].lower() == best.replace("_", "")
    assert "Run folder: runs/airline-" in result.out


def test_a_leak_that_was_asked_for_is_said(rnncomp_program):
    out = rnncomp_program("compare", "airline", *SMALL, "--scale-on", "all", "--quiet").out
    assert "leak" in out.lower() or "all data" in out


def test_trainings_that_run_away_are_told_not_hidden(rnncomp_program):
    args = ("compare", "airline", *SMALL, "--cells", "gru", "--learning-rate", "1e30")
    result = rnncomp_program(*args, "--json")
    assert result.code == 0
    row = next(row for row in result.json()["leaderboard"] if row["name"] == "gru")
    text = rnncomp_program(*args).out
    assert row["diverged"] == 2 or row["mae"] > 100
    assert "ridge" in text


def test_further_columns_can_be_used(rnncomp_program, tmp_path):
    rows = "".join(f"{k},{(k * 7) % 11},{(k * 3) % 5}\n" for k in range(80))
    (tmp_path / "two.csv").write_text("k,value,other\n" + rows)
    result = rnncomp_program(
        "compare", "two.csv", *SMALL, "--target", "value", "--features", "other", "--json"
    )
    assert result.code == 0, result.err
    assert result.json()["data"]["columns"] == ["value", "other"]
