"""The tutorials' scripts run from start to end, without a display, and print what they promise."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def run(script, *arguments):
    """Return what a script prints."""
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONUTF8": "1"}
    command = [sys.executable, EXAMPLES / script, *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_sines_compares_three_networks():
    out = run("tutorial1_sines/compare_networks.py")
    assert "Training samples: 800\nTest samples: 200" in out
    trained = re.findall(r"Training (\w+)\.\.\.", out)
    scores = re.findall(r"(\w+) - MSE: (0\.\d{4}), MAE: (0\.\d{4})\n", out)
    assert trained == [name for name, _, _ in scores] == ["SimpleRNN", "LSTM", "GRU"]
    assert out.count("Epoch 20/20\n20/20 ━━━━━━━━━━━━━━━━━━━━ ") == 3
    # Single runs of the same program on Keras gave MAE 0.0105 to 0.024; untrained ones 0.3.
    assert all(float(mae) < 0.05 for _, _, mae in scores)


def test_counting_extrapolates():
    out = run("tutorial2_counting.py")
    assert "Total params: 2,651 (10.36 KB)" in out
    assert "Epoch 200/200\n1/1 ━━━━━━━━━━━━━━━━━━━━ " in out
    value = float(re.search(r"Predicted next value: (\S+)", out)[1])
    assert 9.5 < value < 12.0  # Keras gave 10.50 to 10.71 in four runs


def test_arithmetic_predicts_the_next_number():
    out = run("tutorial3_arithmetic.py")
    assert "Shape before reshaping: (1000, 3)\nShape after reshaping: (1000, 3, 1)" in out
    assert "(None, 5)" in out
    assert "Total params: 41 (164.00 B)" in out
    assert len(re.findall(r"25/25 - \ds - \w+/step - loss: \S+ - val_loss: \S+\n", out)) == 30
    assert "Input: [50 60 70]" in out
    value = float(re.search(r"Predicted next value: (\S+)", out)[1])
    assert 70 < value < 90  # Keras gave 79.1 to 84.7 in four runs


@pytest.fixture(scope="module")
def sunspots():
    return run("tutorial4_sunspots.py")


def test_sunspots_by_hand_is_what_the_network_computes(sunspots):
    network = float(re.search(r"Prediction of the network: (\S+)", sunspots)[1])
    hand = float(re.search(r"Prediction by hand: +(\S+)", sunspots)[1])
    # Five products and sums in float32 against float64: 10 roundings of values up to about 10.
    np.testing.assert_allclose(network, hand, rtol=0, atol=10 * 2.0**-23 * max(10, abs(hand)))


def test_sunspots_forecast_has_errors_like_keras(sunspots):
    assert "Total params: 19 (76.00 B)" in sunspots
    assert "Epoch 20/20\n187/187 - " in sunspots
    for part in ("Train", "Test"):
        rmse = float(re.search(rf"{part} RMSE: (\S+) RMSE", sunspots)[1])
        assert 0.05 < rmse < 0.25  # persistence 0.063 and 0.080; the mean 0.17


def test_sunspots_reads_a_file_given(tmp_path):
    path = tmp_path / "waves.csv"
    rows = (f"{i},{np.sin(i / 9):.4f}" for i in range(600))
    path.write_text("\n".join(["step,value", *rows]) + "\n")
    assert "Epoch 20/20\n39/39 - " in run("tutorial4_sunspots.py", path)


def test_the_first_tutorial_lists_what_it_imports():
    folder = EXAMPLES / "tutorial1_sines"
    program = (folder / "compare_networks.py").read_text()
    imports = set(re.findall(r"^(?:from|import) (\w+)", program, re.M))
    listed = re.findall(r"^[\w-]+", (folder / "requirements.txt").read_text(), re.M)
    assert {name.replace("sklearn", "scikit-learn") for name in imports} == set(listed)


def test_taxis_a_day_ahead_in_small():
    options = ("--epochs", 1, "--seeds", 1, "--folds", 1, "--units", 4, "--baselines", "ridge")
    out = run("nyc_taxi_day_ahead.py", *options)
    assert re.search(r"^lstm +MAE +[\d,]+ ", out, re.MULTILINE)
    assert "No network beats ridge regression on the same lags" in out
