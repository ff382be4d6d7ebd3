"""Tutorial 4: the arithmetic by hand, the golden vectors, the series, its errors and its chart."""

import http.server
import re
import threading

import numpy as np
import pytest
from matplotlib.figure import Figure

import rnncomp
from rnncomp.cli import main
from rnncomp.errors import DataError
from rnncomp.recipes import run_sunspots
from rnncomp.recipes.by_hand import compute, named_weights, show
from rnncomp.recipes.sunspots import create_rnn, cut

EPS = 2.0**-23

# w_x, w_h, w_y and the output that the tutorial prints for x = 1, 2, 3; the biases are 0.
GOLDEN = [
    ([-0.36795712, -0.5099192], [[0.11065364, 0.99385905], [0.99385905, -0.11065364]],
     [-0.94251007, -1.2365237], 5.7062244),
    ([-0.9257599, -0.96423554], [[0.4424572, 0.8967896], [0.8967896, -0.4424572]],
     [-0.36782062, -0.19549525], 3.2113101),
    ([-1.0927956, -0.58363503], [[0.5744802, -0.8185185], [-0.8185185, -0.5744802]],
     [0.54545164, 1.0416013], -2.4178045),
]  # fmt: skip


def silent(text):
    pass


@pytest.mark.parametrize(("w_x", "w_h", "w_y", "output"), GOLDEN)
def test_golden_vectors(w_x, w_h, w_y, output):
    network = create_rnn(2, (3, 1), ("linear", "linear"), 0)
    network.set_weights(
        [np.array([w_x]), np.array(w_h), np.zeros(2), np.array(w_y)[:, None], np.zeros(1)]
    )
    lines = []
    found = show(lines.append, network, [1.0, 2.0, 3.0])
    # 3 steps of 3 products and sums, and 2 more: 12 roundings of numbers up to 10, in float32.
    assert found["output"] == pytest.approx(output, abs=12 * EPS * 10)
    assert found["predicted"] == pytest.approx(output, abs=12 * EPS * 10)
    assert f"Prediction from network:         {found['predicted']:.7g}" in "\n".join(lines)
    h1, h2, h3 = map(np.array, found["h"])
    np.testing.assert_allclose(h1, w_x, rtol=1e-6)
    np.testing.assert_allclose(h3, 3 * np.array(w_x) + h2 @ np.array(w_h), rtol=1e-6)


def test_the_first_state_has_its_bias_and_h0_in_it():
    weights = {
        "w_x": np.array([2.0, -1.0]),
        "w_h": np.array([[0.0, 3.0], [1.0, 0.5]]),
        "b_h": np.array([0.25, 0.5]),
        "w_y": np.array([1.0, -2.0]),
        "b_y": np.array([4.0]),
    }
    (h1, h2), output = compute(weights, [1.0, 2.0])
    assert h1.tolist() == [2.25, -0.5]
    assert h2.tolist() == [4.25 - 0.5, -2.0 + 3 * 2.25 - 0.25 + 0.5]
    assert output == h2[0] - 2 * h2[1] + 4.0


def test_weights_are_named_and_shaped_as_in_the_tutorial():
    network = create_rnn(2, (3, 1), ("linear", "linear"), 0)
    weights = named_weights(network.get_weights())
    shapes = {name: weight.shape for name, weight in weights.items()}
    assert shapes == {"w_x": (2,), "w_h": (2, 2), "b_h": (2,), "w_y": (2,), "b_y": (1,)}
    assert network.count_params() == 11


def test_windows_do_not_overlap():
    x, y = cut(np.arange(2256.0))
    assert (x.shape, len(y)) == ((187, 12), 187)
    assert x[1].tolist() == list(range(12, 24))
    assert y[:2].tolist() == [12.0, 24.0]
    assert len(cut(np.arange(564.0))[1]) == 46


@pytest.fixture(scope="module")
def told():
    lines = []
    return lines, run_sunspots(lines.append, seed=1, verbose=0)


def test_prints_what_the_tutorial_prints(told):
    lines, found = told
    text = "\n".join(lines)
    for start in ("w_x = ", "w_h = ", "b_h = ", "w_y = ", "b_y = ", "h1 = ", "h2 = ", "h3 = "):
        assert re.search(rf"^{start}", text, re.MULTILINE)
    network = float(re.search(r"Prediction from network: +(\S+)", text)[1])
    hand = float(re.search(r"Prediction from our computation: (\S+)", text)[1])
    assert network == pytest.approx(hand, abs=12 * EPS * 10)
    assert "Rows: 2,256 training, 564 test" in lines
    assert "187 training, 46 test" in text
    assert "Parameters: 19" in lines
    assert f"Train RMSE: {found.facts['train_rmse']:.3f} RMSE" in text
    assert f"Test RMSE: {found.facts['test_rmse']:.3f} RMSE" in text
    assert found.facts["by_hand"]["parameters"] == 11


@pytest.mark.parametrize("seed", range(5))
def test_its_errors_are_like_kerass(seed):
    """Ten seeds gave 0.058 to 0.125 and 0.085 to 0.178; persistence has 0.063 and 0.080."""
    facts = run_sunspots(silent, seed=seed, verbose=0).facts
    assert 0.05 < facts["train_rmse"] < 0.2
    assert 0.07 < facts["test_rmse"] < 0.25


def test_the_errors_belong_to_what_is_drawn(told):
    facts = told[1].facts
    fit = facts["charts"]["fit"]
    error = np.subtract(fit["actual"], fit["predicted"])
    assert fit["boundary"] == 187
    assert len(error) == 233
    assert facts["train_rmse"] == pytest.approx(np.sqrt(np.mean(error[:187] ** 2)), rel=1e-12)
    assert facts["test_rmse"] == pytest.approx(np.sqrt(np.mean(error[187:] ** 2)), rel=1e-12)
    values = rnncomp.load("sunspots").target_values[:2820]
    assert fit["actual"][0] == values[12] / 253.8  # the maximum of test: the tutorial's leak


def test_the_chart_is_the_tutorials(told):
    *_, page = told[1].pages
    assert page.size == (15.0, 6.0)
    figure = Figure(figsize=page.size)
    page.draw(figure)
    (ax,) = figure.axes
    assert ax.get_xlabel() == "Observation number after given time steps"
    assert ax.get_ylabel() == "Sunspots scaled"
    actual, predicted, boundary = ax.get_lines()
    assert [len(line.get_ydata()) for line in (actual, predicted)] == [233, 233]
    assert list(boundary.get_xdata()) == [187, 187]
    red, green, blue = (int(boundary.get_color()[k : k + 2], 16) for k in (1, 3, 5))
    assert red > 3 * max(green, blue)


def test_a_figure_of_the_layers(told):
    page = told[1].pages[0]
    assert page.file == "layers.png"
    figure = Figure(figsize=page.size)
    page.draw(figure)
    (ax,) = figure.axes
    texts = [text.get_text() for text in ax.texts]
    assert ax.get_title(loc="left") == "11 parameters in 2 layers"
    titles = [text for text in texts if text in ("Input", "SimpleRNN (2)", "Dense (1)")]
    assert titles == ["Input", "SimpleRNN (2)", "Dense (1)"]
    assert "(3, 1)" in texts
    shapes = {text for text in texts if text.split(" (")[0].endswith(("kernel", "bias"))}
    assert {"kernel (1, 2)", "recurrent_kernel (2, 2)", "bias (2,)", "kernel (2, 1)"} <= shapes


def test_a_figure_of_how_windows_are_cut(told):
    page = told[1].pages[1]
    assert page.file == "windows.png"
    figure = Figure(figsize=page.size)
    page.draw(figure)
    (ax,) = figure.axes
    values = rnncomp.load("sunspots").target_values
    cells = [text.get_text() for text in ax.texts if text.get_fontsize() == 7.5]
    # Two months, and the third as the target; the next sample starts at that third one.
    first = [f"{value:.4g}" for n in (0, 2, 4) for value in values[n : n + 3]]
    assert cells[:9] == first
    assert any("window 2, horizon 1, stride 2" in text.get_text() for text in ax.texts)


@pytest.fixture(scope="module")
def honest():
    lines = []
    return lines, run_sunspots(lines.append, honest=True, epochs=4, verbose=0)


def test_the_honest_variant_is_in_sunspots_and_scaled_by_train(honest):
    comparison = honest[1].facts["comparison"]
    assert comparison["settings"]["scale_on"] == "train"
    assert (comparison["settings"]["window"], comparison["settings"]["stride"]) == (12, 12)
    assert comparison["data"]["windows"] == {"train": 150, "validation": 38, "test": 46}
    rows = {row["name"]: row for row in comparison["leaderboard"]}
    assert rows["simple_rnn"]["n_params"] == 19
    assert rows["persistence"]["rmse"] == pytest.approx(20.1, abs=0.2)


def test_the_two_sentences_come_from_the_numbers(honest):
    lines, told = honest
    assert list(told.conclusion) == lines[-2:]
    rows = {row["name"]: row for row in told.facts["comparison"]["leaderboard"]}
    rmse = rows["simple_rnn"]["scores"]["rmse"]
    assert f"over 5 seeds it is {np.mean(rmse):.1f} ± {np.std(rmse, ddof=1):.1f}" in lines[-2]
    assert f"from {min(rmse):.1f} to {max(rmse):.1f}" in lines[-2]
    lower = [row for row in rows.values() if row["rmse"] < np.mean(rmse)]
    assert f": {len(lower)} of the 5 baselines" in lines[-1]  # after the epochs, which are fewer


def waves(path, *, head="step,value"):
    rows = (f"{i},{np.sin(i / 9):.4f}" for i in range(600))
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def test_reads_the_second_column_of_a_file(tmp_path):
    path = waves(tmp_path / "waves.csv")
    told = run_sunspots(silent, str(path), epochs=1, seed=0, verbose=0)
    assert (told.facts["months"], told.facts["windows"]) == ([480, 120], [39, 9])
    assert told.facts["charts"]["fit"]["value_label"] == "Value scaled"
    assert max(told.facts["charts"]["fit"]["actual"]) <= 1.0


def test_reads_the_only_column_of_numbers_whatever_the_stamps(tmp_path):
    path = tmp_path / "gaps.csv"
    days = np.datetime64("2020-01-01") + np.arange(200) ** 2
    rows = [f"{day},{k % 17}" for k, day in enumerate(days)]
    path.write_text("\n".join(["day,Sunspots", *rows]) + "\n")
    told = run_sunspots(silent, str(path), epochs=1, seed=0, verbose=0)
    assert told.facts["months"] == [160, 40]
    honest = run_sunspots(silent, str(path), honest=True, fast=True, epochs=1, verbose=0)
    assert honest.facts["comparison"]["data"]["rows"] == 200


@pytest.mark.parametrize("head", ["step,value", "day,value"])
def test_an_empty_cell_is_refused_with_a_step_that_a_recipe_has(tmp_path, head, capsys):
    """`--missing` is an option of other commands; what is advised in its place must work."""
    path = waves(tmp_path / "waves.csv", head=head)
    rows = path.read_text().splitlines()
    if head.startswith("day"):  # text, so that the only column of numbers is read
        rows[1:] = [f"day {row}" for row in rows[1:]]
    rows[7] = rows[7].split(",")[0] + ","
    path.write_text("\n".join(rows) + "\n")
    with pytest.raises(SystemExit) as left:
        main(["recipe", "sunspots", str(path)])
    assert left.value.code
    said = capsys.readouterr().err
    assert "1 empty cell in column 'value'" in said
    assert "--missing" not in said
    assert 'load it in Python with missing="interpolate"' in said
    series = rnncomp.load(path, target="value", time=False, missing="interpolate")
    assert run_sunspots(silent, series, epochs=1, verbose=0).facts["months"] == [480, 120]


def test_reads_an_address(tmp_path):
    waves(tmp_path / "waves.csv")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(tmp_path))

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/waves.csv"
        told = run_sunspots(silent, address, epochs=1, seed=0, verbose=0)
        server.shutdown()
    assert told.facts["months"] == [480, 120]


@pytest.mark.parametrize("honest", [False, True])
def test_a_short_file_is_refused_in_one_sentence(honest, tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("month,spots\n" + "".join(f"{k},{k % 7}\n" for k in range(60)))
    with pytest.raises(DataError, match=r"short must have at least 61 rows.*got 60"):
        run_sunspots(silent, str(path), honest=honest, epochs=1, verbose=0)


def test_the_shortest_file_is_enough(tmp_path):
    path = tmp_path / "short.csv"
    path.write_text("month,spots\n" + "".join(f"{k},{k % 7}\n" for k in range(61)))
    told = run_sunspots(silent, str(path), epochs=1, seed=0, verbose=0)
    assert told.facts["windows"] == [3, 1]
    honest = run_sunspots(silent, str(path), honest=True, fast=True, epochs=1, verbose=0)
    assert honest.facts["comparison"]["data"]["windows"]["test"] == 1


@pytest.mark.parametrize("kind", ["array", "series", "name"])
def test_reads_what_load_takes(kind):
    values = np.sin(np.arange(150) / 7)
    source = {"array": values, "series": rnncomp.load(values), "name": "airline"}[kind]
    told = run_sunspots(silent, source, epochs=1, seed=0, verbose=0)
    assert sum(told.facts["months"]) == (144 if kind == "name" else 150)
    honest = run_sunspots(silent, source, honest=True, fast=True, epochs=1, verbose=0)
    assert honest.facts["comparison"]["data"]["rows"] == sum(told.facts["months"])
