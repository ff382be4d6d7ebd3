"""`rnncomp backtest`: the baselines in every output, the time for all, and the display."""

import csv
import io
import math

import pytest
from command import Terminal

import rnncomp
from rnncomp.cli import backtest as module
from rnncomp.cli import progress
from rnncomp.cli.fit import time_share

SMALL = ("airline", "--window", 12, "--units", 2, "--epochs", 1, "--seeds", 1, "--folds", 2)
BESIDE = ("--baselines", "persistence,seasonal_naive", "--season", 12, "--horizon", 3)


def of_baseline(name, season=1):
    (model,), _ = rnncomp.make_baselines([name], season=season, window=12, horizon=3)
    return rnncomp.backtest(model, "airline", rnncomp.RollingOrigin(folds=2, horizon=3))


def test_json_has_the_baselines(rnncomp_program):
    result = rnncomp_program("backtest", *SMALL, *BESIDE, "--json")
    assert result.code == 0, result.err
    first, second = result.json()["baselines"]
    naive = of_baseline("seasonal_naive", 12)
    assert first["name"] == "persistence"
    assert second == {"name": "seasonal_naive", "mae": naive.mae, "rmse": naive.rmse, "note": ""}


@pytest.mark.parametrize("quiet", [True, False])
def test_the_file_has_the_rows_of_all(rnncomp_program, tmp_path, quiet):
    options = ("--out", "rows.csv", "--level", "50", *(["--quiet"] if quiet else []))
    assert rnncomp_program("backtest", *SMALL, *BESIDE, *options).code == 0
    with (tmp_path / "rows.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    who = [row["forecaster"] for row in rows]
    assert who == 6 * ["lstm"] + 6 * ["persistence"] + 6 * ["seasonal_naive"]
    made = [float(row["predicted"]) for row in rows if row["forecaster"] == "persistence"]
    assert made == of_baseline("persistence").columns()["predicted"].tolist()
    assert len({row["actual"] for row in rows[:6]}) == 6
    assert [row["actual"] for row in rows[:6]] == [row["actual"] for row in rows[6:12]]
    assert all(row["low_50"] for row in rows[:6])
    assert not any(row["low_50"] for row in rows[6:])


def test_a_baseline_that_fails_says_why_and_the_others_stand(rnncomp_program, monkeypatch):
    class Failing:
        name = "theta"

        def fit(self, series):
            raise rnncomp.errors.UnsupportedError("theta must have two seasons, got one")

    real = rnncomp.make_baselines

    def with_one_that_fails(*args, **options):
        models, notes = real(*args, **options)
        return [Failing(), *models], notes

    monkeypatch.setattr(rnncomp, "make_baselines", with_one_that_fails)
    found = rnncomp_program("backtest", *SMALL, *BESIDE, "--json").json()["baselines"]
    why = "theta must have two seasons, got one"
    assert found[0] == {"name": "theta", "mae": None, "rmse": None, "note": why}
    assert all(math.isfinite(other["mae"]) for other in found[1:])
    out = rnncomp_program("backtest", *SMALL, *BESIDE).out
    assert f"theta: {why}" in out.splitlines()
    assert next(line for line in out.splitlines() if line.startswith(" theta")).split()[1:] == [
        "-",
        "-",
    ]


@pytest.mark.parametrize(
    ("options", "share"),
    [
        # 2 folds x 3 seeds, two at a time: each may take a third of the time for all.
        (("--refit", "every"), 20.0),
        # The folds come one after the other: 30 s a fold, of which 3 seeds take 20 s each.
        (("--refit", "warm"), 20.0),
        (("--refit", "never"), 40.0),
        (("--refit", "warm", "--jobs", 8), 30.0),
        (("--refit", "every", "--jobs", 8), 60.0),
    ],
)
def test_the_time_is_for_all_trainings_together(rnncomp_program, monkeypatch, options, share):
    given = []

    def backtest(forecaster, *args, **settings):
        given.append(forecaster.config.time_limit)
        raise rnncomp.errors.DataError("enough")

    monkeypatch.setattr(module.rnncomp, "backtest", backtest)
    args = (*SMALL, "--jobs", 2, "--seeds", 3, "--time-limit", 60, *options)
    rnncomp_program("backtest", *args)
    assert given == [pytest.approx(share)]


def test_a_share_is_of_what_runs_at_the_same_time():
    assert time_share(60.0, trainings=5, workers=2) == 24.0
    assert time_share(60.0, trainings=2, workers=8) == 60.0
    assert time_share(60.0, trainings=0, workers=1) == 60.0


@pytest.mark.parametrize("refit", ["every", "warm", "never"])
def test_the_display_follows_all_folds(rnncomp_program, monkeypatch, refit):
    seen = []

    class Watched(progress.LiveLines):
        def __call__(self, event):
            super().__call__(event)
            seen.append((self.bars.tasks[-1].completed, self.total))

    monkeypatch.setattr(progress, "LiveLines", Watched)
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", io.StringIO())
        rnncomp_program("backtest", *SMALL, "--refit", refit, "--baselines", "persistence")
    total = 1 if refit == "never" else 2
    assert seen[-1] == (total, total)


def test_the_time_of_a_fit_is_for_all_its_seeds(rnncomp_program, monkeypatch):
    given = []

    def fit(self, *args, **options):
        given.append(self.config.time_limit)
        raise rnncomp.errors.DataError("enough")

    monkeypatch.setattr(rnncomp.RecurrentForecaster, "fit", fit)
    options = ("--jobs", 2, "--seeds", 3, "--time-limit", 60, "--out", "m.safetensors")
    rnncomp_program("fit", "airline", *options)
    assert given == [40.0]
