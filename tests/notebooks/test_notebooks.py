"""The notebooks run from top to bottom in a new kernel, show what they promise, and are true."""

import importlib.util
import re
import statistics
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "notebooks"
NAMES = (
    "tutorial1_sines",
    "tutorial2_counting",
    "tutorial3_arithmetic",
    "tutorial4_sunspots",
    "what_does_an_lstm_remember",
)
FIGURES = dict(zip(NAMES, (3, 2, 2, 4, 6), strict=True))


def load_make():
    spec = importlib.util.spec_from_file_location("make_notebooks", FOLDER / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make = load_make()


def stored(name):
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def codes(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in codes(notebook) for output in cell.outputs]


def printed(notebook):
    return "".join(o.text for o in outputs(notebook) if o.output_type == "stream")


def tables(notebook):
    return "".join(o.data.get("text/html", "") for o in outputs(notebook) if "data" in o)


def figures(notebook):
    return [o for o in outputs(notebook) if "image/png" in o.get("data", {})]


def numbers(text, pattern):
    """Return the numbers of the line that a pattern finds, which has one group."""
    return [float(word) for word in re.search(pattern, text)[1].split()]


def check_shown(notebook, name):
    """Hold a notebook to what every one of them promises."""
    nbformat.validate(notebook)
    assert len(figures(notebook)) == FIGURES[name]
    assert not [o for o in outputs(notebook) if o.get("name") == "stderr"]
    assert not [o for o in outputs(notebook) if o.output_type == "error"]
    first, *others = codes(notebook)
    assert first.execution_count is None
    assert first.outputs == []
    assert [cell.execution_count for cell in others] == list(range(1, len(others) + 1))


def test_every_notebook_is_tested():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(NAMES)
    assert sorted(source.stem for source in make.SOURCES) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_made_from_its_source(name):
    fresh, kept = make.notebook(FOLDER / f"{name}.py"), stored(name)
    assert [(c.id, c.cell_type, c.source) for c in kept.cells] == [
        (c.id, c.cell_type, c.source) for c in fresh.cells
    ], f"run python docs/notebooks/make.py {name}"
    check_shown(kept, name)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_starts_with_one_install_line_of_this_clone(name):
    first, *others = codes(stored(name))
    assert first.source == "%pip install --quiet ../.."
    assert make.installs(first)
    assert (FOLDER / "../.." / "pyproject.toml").resolve() == ROOT / "pyproject.toml"
    assert not any(make.installs(cell) or "pip install" in cell.source for cell in others)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_uses_the_public_names_alone(name):
    found = re.findall(r"^(?:from|import) ([\w.]+)", (FOLDER / f"{name}.py").read_text(), re.M)
    allowed = {"numpy", "matplotlib.pyplot", "textwrap", "rnncomp"}
    assert found
    assert not {module for module in found if not module.startswith("rnncomp.keras")} - allowed


@pytest.fixture(scope="module")
def ran(request):
    """The notebook of a name, run as its reader runs it."""
    notebook = make.run(make.notebook(FOLDER / f"{request.param}.py"))
    check_shown(notebook, request.param)
    return notebook


def runs(name):
    return pytest.mark.parametrize("ran", [name], indirect=True)


@runs("tutorial1_sines")
def test_sines_as_told_and_beside_simple_forecasts(ran):
    text = printed(ran)
    assert "raw range -4.948 to 4.937\nTraining samples: 800, test samples: 200" in text
    assert "one scaled unit is 9.884 units" in text
    assert "first 690 rows 3.33, in all 4.94" in text
    for name, parameters in (("SimpleRNN", "2,651"), ("LSTM", "10,451"), ("GRU", "8,001")):
        found = re.search(rf"{name} - MSE: 0\.000\d, MAE: (\S+), parameters: (\S+)\n", text)
        assert 0.009 < float(found[1]) < 0.025  # runs on Keras gave 0.0105 to 0.024
        assert found[2] == parameters
    (ridge,) = numbers(text, r"ridge on 50 lags +MAE (.+)\n")
    (persistence,) = numbers(text, r"persistence +MAE (.+)\n")
    assert (ridge, persistence) == (0.0093, 0.0120)
    seeds = [numbers(text, rf"{name} +MAE ([\d. ]+)\n") for name in ("LSTM", "GRU")]
    seeds.append(numbers(text, r"SimpleRNN +MAE ([\d. ]{20,})\n"))
    everyone = [error for of in seeds for error in of]
    assert ridge < min(everyone)
    assert statistics.median(everyone) > persistence
    assert "No network beats ridge regression" in text
    assert "a tie: " in text
    assert "ridge" in tables(ran)


@runs("tutorial2_counting")
def test_counting_as_told_and_further_out(ran):
    text = printed(ran)
    assert "[6 7 8] -> 9" in text
    assert "2,651" in tables(ran)
    (answer,) = numbers(text, r"Predicted next value: (\S+)")
    assert 9.5 < answer < 12.0  # Keras gave 10.50 to 10.71 in four runs
    for asked, truth in (("[17 18 19]", 20), ("[97 98 99]", 100)):
        line = re.search(rf"{re.escape(asked)} +{truth} +{truth}\.0 +(.+)\n", text)[1]
        low, high, tanh_low, tanh_high = map(float, re.findall(r"-?[\d.]+", line))
        assert truth - 5 < low < high < 2 * truth
        assert -5 < tanh_low < tanh_high < 10
    (lowest, highest) = re.search(r"\[7 8 9\] .* (\S+) to +(\S+) +\n", text).groups()
    assert 5 < float(lowest) < float(highest) < 10
    assert "No network beats drift (the line from the first value to the last, MAE 0)" in text
    assert "too short to tell" in text


@runs("tutorial3_arithmetic")
def test_arithmetic_as_told_and_on_new_sequences(ran):
    text = printed(ran)
    assert "before reshaping: (1000, 3)\nShape after reshaping: (1000, 3, 1)" in text
    assert "41" in tables(ran)
    (answer,) = numbers(text, r"Predicted next value: (\S+)")
    assert 70 < answer < 90  # Keras gave 79.1 to 84.7 in four runs
    assert "200 of 200 validation sequences stand in the training part" in text
    assert "; 20 of the 20 starts 80 to 99 are new" in text
    errors = [numbers(text, rf"SimpleRNN, seed {seed} +(.+)\n") for seed in range(5)]
    assert all(learned < near < far for learned, near, far in errors)
    assert all(far > 10 for _, _, far in errors)
    assert numbers(text, r"persistence +(.+)\n") == [10, 10, 10]
    assert numbers(text, r"drift +(.+)\n") == [0, 0, 0]


@runs("tutorial4_sunspots")
def test_sunspots_by_hand_as_told_and_by_dates(ran):
    text = printed(ran)
    # Five products and sums in float32 against float64: 10 roundings of values up to about 30.
    (network,) = numbers(text, r"Prediction from network: +(\S+)\n")
    (hand,) = numbers(text, r"Prediction from our computation: (\S+)\n")
    assert abs(network - hand) <= 10 * 2.0**-23 * 30 + 1e-6
    assert "With the tutorial's weights: 5.70622" in text
    network, hand = re.search(r"network: (\S+), by hand: (\S+)\n", text).groups()
    assert abs(float(network) - float(hand)) <= 10 * 2.0**-23 * 30 + 1e-5
    worked = re.sub("<[^>]+>", " ", tables(ran))
    assert "simple_rnn/kernel (2, 2)" in worked
    assert "x_3 @ kernel + h_2 @ recurrent_kernel + bias" in worked
    assert "= [3 30] @ [[" in worked
    ends = [
        re.search(rf"of {who} += \[(\S+)\]", worked)[1]
        for who in ("the network", "this arithmetic")
    ]
    assert abs(float(ends[0]) - float(ends[1])) <= 10 * 2.0**-23 * 30
    assert abs(float(ends[0]) - float(network)) < 1e-5
    assert "2256 months for training, 564 for the test\nWindows: (187, 12, 1) and (46" in text
    for part in ("Train", "Test"):
        (error,) = numbers(text, rf"{part} RMSE: (\S+) RMSE")
        assert 0.05 < error < 0.25  # persistence 0.063 and 0.080; the mean 0.17
    assert numbers(text, r"Test RMSE of persistence: +(\S+)\n") == [0.080]
    assert statistics.median(numbers(text, r"Test RMSE of the network: +(.+)\n")) > 0.080
    assert "part: 238.9, of all: 253.8" in text
    assert 120 <= numbers(text, r"after the first fall: (\d+) months")[0] <= 132
    assert "No network beats ridge regression on the same lags" in text
    assert "persistence" in tables(ran)


@runs("what_does_an_lstm_remember")
def test_gated_cells_remember_where_simple_rnn_fails(ran):
    text = printed(ran)
    at = {steps: numbers(text, rf"\n +{steps}  ([\d. ]+)\n") for steps in (10, 30, 100)}
    assert max(at[10]) < 10
    simple, lstm, gru = at[100][:3], at[100][3:6], at[100][6:]
    assert min(simple) > 90
    assert max(lstm + gru) < 50
    assert statistics.median(lstm) < 10
    assert statistics.median(gru) < 10
    kept = {
        name: [float(word) for word in re.search(pattern, text).groups()]
        for name in ("SimpleRNN", "LSTM", "GRU")
        for pattern in [rf"{name} +marked +(\S+) +unmarked +(\S+)\n"]
    }
    assert abs(kept["SimpleRNN"][0]) < 0.2
    assert kept["LSTM"][0] > 0.7
    assert kept["GRU"][0] > 0.7
    assert all(abs(unmarked) < 0.1 for _, unmarked in kept.values())
    (highest, *_) = numbers(text, r"the highest: +(.+)\n")
    (opened,) = numbers(text, r"higher at the marks: +(\S+) at most")
    assert highest > 0.97
    assert opened > 0.3
    for name, low, high in (("SimpleRNN", 1, 30), ("LSTM", 60, 100), ("GRU", 60, 100)):
        before, after = numbers(text, rf"\n{name} {{10,}}(\d+ +\d+)\n")
        assert before < 50
        assert low <= after <= high
    first, second = re.search(r"step 10: (\S+) +step 80: (\S+)\n", text).groups()
    assert abs(float(first) - 0.4) < 0.1
    assert abs(float(second) + 0.3) < 0.1
    assert numbers(text, r"largest of all others: (\S+)")[0] < 0.1
    text = text.split("200 steps, error in %")[1]
    assert min(numbers(text, r"\nLSTM ([\d. ]+)\n")) > 90
    assert max(numbers(text, r"\nGRU ([\d. ]+)\n")) < 20
