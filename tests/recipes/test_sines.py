"""Tutorial 1: its data, its printed lines, its two windows."""

import re
import subprocess
import sys

import numpy as np
import pytest

import rnncomp
from rnncomp.__main__ import program
from rnncomp.cli.app import run_program
from rnncomp.recipes import run_sines
from rnncomp.recipes.sines import build_network

LABELS = ["SimpleRNN", "LSTM", "GRU"]


@pytest.fixture(scope="module")
def told():
    lines = []
    charts = run_sines(lines.append, epochs=1, seed=3, verbose=0)
    return lines, charts


def test_prints_what_the_tutorial_prints(told):
    lines, _ = told
    text = "\n".join(lines)
    assert "Training samples: 800" in lines
    assert "Test samples: 200" in lines
    assert [line.split()[1] for line in lines if "Training" in line and "..." in line] == LABELS
    for label in LABELS:
        assert re.search(rf"^{label} - MSE: 0\.\d{{4}}, MAE: 0\.\d{{4}}$", text, re.MULTILINE)


def test_windows_and_parts_are_the_tutorials(told):
    timeline = told[1]["timeline"]
    assert timeline["test_start"] == 850
    assert timeline["test_index"] == list(range(850, 1050))
    assert timeline["train_end"] == 690
    assert (min(timeline["values"]), max(timeline["values"])) == (0.0, 1.0)
    assert timeline["actual"] == timeline["values"][850:]
    raw = rnncomp.load("sines").target_values
    np.testing.assert_allclose(
        timeline["values"], (raw - raw.min()) / np.ptp(raw), rtol=0, atol=4e-16
    )  # two roundings of values up to 1, each half an eps


def test_scores_belong_to_the_predictions(told):
    charts = told[1]
    actual = np.array(charts["timeline"]["actual"])
    for name, curve in charts["timeline"]["predictions"].items():
        error = np.array(curve["mean"]) - actual
        score = charts["training"]["scores"][name]
        assert score["mae"] == pytest.approx(np.abs(error).mean(), rel=1e-12)
        assert score["mse"] == pytest.approx((error**2).mean(), rel=1e-12)


def test_predictions_are_one_step_ahead_of_each_window():
    lines = []
    charts = run_sines(lines.append, epochs=4, seed=3, verbose=0)
    curve = np.array(charts["timeline"]["predictions"]["simple_rnn"]["mean"])
    actual = np.array(charts["timeline"]["actual"])
    assert np.abs(curve - actual).mean() < 0.05


@pytest.mark.parametrize(
    ("name", "weights"), [("simple_rnn", 2651), ("lstm", 10451), ("gru", 8001)]
)
def test_networks_have_the_tutorials_size(name, weights):
    assert build_network(name, seed=0).count_params() == weights


def test_without_a_display_the_figures_are_saved(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(rnncomp.charts, "can_show", lambda: False)
    with pytest.raises(SystemExit) as left:
        run_program(program, "python -m rnncomp", ["--epochs", "2", "--seed", "1"])
    assert left.value.code == 0
    out = capsys.readouterr().out
    saved = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.png"))
    assert [path.name for path in saved] == ["timeline.png", "training.png"]
    assert all(f"saved {path}" in out for path in saved)
    assert out.count("Epoch 2/2") == 3


def test_with_a_display_the_windows_are_shown(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shown = []
    monkeypatch.setattr(rnncomp.charts, "can_show", lambda: True)
    monkeypatch.setattr(rnncomp.charts, "show_figures", shown.append)
    with pytest.raises(SystemExit):
        run_program(program, "python -m rnncomp", ["--epochs", "1"])
    assert len(shown) == 1
    assert not list(tmp_path.iterdir())
    assert "GRU - MSE" in capsys.readouterr().out


def test_bad_epochs_are_one_line(capsys):
    with pytest.raises(SystemExit) as left:
        run_program(program, "python -m rnncomp", ["--epochs", "0"])
    assert left.value.code == 2
    err = capsys.readouterr().err
    assert "epochs" in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_the_module_is_the_program(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "rnncomp", "--help"], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0
    assert "python -m rnncomp" in done.stdout
