"""The four charts of tutorial 1: words, sizes, colours, spread, and hard data."""

import itertools

import numpy as np
import pytest
from made_up import LABELS, made_up_charts
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from drawn import legend_texts, lines, notes
from rnncomp.charts import (
    draw_losses,
    draw_scores,
    draw_test,
    draw_timeline,
    save_figures,
    timeline_figure,
    training_figure,
)
from rnncomp.charts.style import BLUE, GREEN, NETWORK_COLOURS, RED, SPREAD_NOTE

STRATEGY = "one step ahead from true history"


def is_dashed(line):
    return line.is_dashed()


def test_timeline_window_is_the_tutorials():
    figure = timeline_figure(made_up_charts())
    top, bottom = figure.axes
    assert tuple(figure.get_size_inches()) == (15, 10)
    assert top.get_title() == ("Complete Dataset: Training Data, Test Data, and Model Predictions")
    assert (top.get_xlabel(), top.get_ylabel()) == ("Time Step", "Value")
    assert bottom.get_title() == "Test Data vs Model Predictions"
    assert (bottom.get_xlabel(), bottom.get_ylabel()) == ("Test Sample", "Value")
    predictions = ["SimpleRNN Predictions", "LSTM Predictions", "GRU Predictions"]
    assert legend_texts(top) == ["Training Data", "Actual Test Data", "Test Start", *predictions]
    assert legend_texts(bottom) == ["Actual Test Data", *predictions]


def test_timeline_lines_hold_the_data():
    charts = made_up_charts()
    timeline = charts["timeline"]
    drawn = lines(draw_timeline(timeline, LABELS))
    start = timeline["test_start"]
    np.testing.assert_array_equal(drawn["Training Data"].get_ydata(), timeline["values"][:start])
    np.testing.assert_array_equal(drawn["Actual Test Data"].get_xdata(), timeline["test_index"])
    np.testing.assert_array_equal(drawn["Actual Test Data"].get_ydata(), timeline["actual"])
    mean = timeline["predictions"]["gru"]["mean"]
    np.testing.assert_array_equal(drawn["GRU Predictions"].get_ydata(), mean)
    np.testing.assert_array_equal(drawn["GRU Predictions"].get_xdata(), timeline["test_index"])
    assert set(drawn["Test Start"].get_xdata()) == {start}
    below = lines(draw_test(timeline, LABELS))
    np.testing.assert_array_equal(below["Actual Test Data"].get_xdata(), np.arange(len(mean)))


def test_timeline_colours_and_dashes():
    drawn = lines(draw_timeline(made_up_charts()["timeline"], LABELS))
    assert to_hex(drawn["Training Data"].get_color()) == BLUE.lower()
    assert to_hex(drawn["Actual Test Data"].get_color()) == GREEN.lower()
    assert to_hex(drawn["Test Start"].get_color()) == RED.lower()
    dashed = {label for label, line in drawn.items() if is_dashed(line)}
    assert dashed == {"Test Start", *(f"{name} Predictions" for name in LABELS.values())}


def test_training_window_is_the_tutorials():
    figure = training_figure(made_up_charts())
    left, right, twin = figure.axes
    assert tuple(figure.get_size_inches()) == (15, 6)
    assert left.get_title() == "Training Loss Over Epochs"
    assert (left.get_xlabel(), left.get_ylabel()) == ("Epoch", "Loss (MSE)")
    assert legend_texts(left) == ["SimpleRNN", "LSTM", "GRU"]
    assert not any(is_dashed(line) for line in left.get_lines())
    assert right.get_title() == "Model Accuracy Comparison"
    assert (right.get_ylabel(), twin.get_ylabel()) == ("MSE", "MAE")
    assert twin.yaxis.get_label_position() == "right"
    assert legend_texts(right) == ["MSE", "MAE"]


def test_bars_show_scores_values_and_spread():
    charts = made_up_charts()
    figure = training_figure(charts)
    _, left, right = figure.axes
    scores = list(charts["training"]["scores"].values())
    assert [bar.get_height() for bar in left.patches] == [row["mse"] for row in scores]
    assert [bar.get_height() for bar in right.patches] == [row["mae"] for row in scores]
    assert notes(left)[:3] == ["0.00020", "0.00040", "0.00060"]
    assert notes(right)[:3] == ["0.0105", "0.0148", "0.0182"]
    half = left.collections[0].get_segments()[0]
    assert half[1][1] - half[0][1] == pytest.approx(2 * scores[0]["mse_spread"], rel=1e-9)
    assert [text.get_text() for text in left.get_xticklabels()] == list(LABELS.values())


def test_bars_and_their_values_stay_inside_and_apart():
    charts = made_up_charts()
    charts["training"]["scores"]["lstm"] |= {"mse": 0.0008, "mae": 0.03}
    figure = training_figure(charts)
    figure.draw_without_rendering()
    _, left, right = figure.axes
    legend = left.get_legend().get_window_extent()
    values = [
        t.get_window_extent() for ax in (left, right) for t in ax.texts if t.get_text()[0] == "0"
    ]
    assert len(values) == 6
    for box in values:
        assert left.get_window_extent().contains(*box.max)
        assert not legend.overlaps(box)


@pytest.mark.parametrize("n", [1050, 10_320])
def test_the_legend_hides_no_data(n):
    figure = timeline_figure(made_up_charts(n=n))
    figure.draw_without_rendering()
    for ax in figure.axes:
        legend = ax.get_legend().get_window_extent()
        for label, line in lines(ax).items():
            if label == "Test Start":
                continue
            points = ax.transData.transform(np.column_stack(line.get_data()))
            assert points[:, 1].max() < legend.y0


def test_spread_over_seeds_is_drawn_and_said():
    figure = timeline_figure(made_up_charts(seeds=5))
    for ax in figure.axes:
        assert len(ax.collections) == 3
        assert notes(ax) == [f"{STRATEGY} · {SPREAD_NOTE}"]
    losses, scores, _ = training_figure(made_up_charts(seeds=5)).axes
    assert len(losses.collections) == 3
    assert any("standard deviation" in note for note in notes(scores))


def test_one_seed_draws_no_band():
    charts = made_up_charts(seeds=1)
    for ax in [*timeline_figure(charts).axes, training_figure(charts).axes[0]]:
        assert len(ax.collections) == 0
        assert notes(ax) == [STRATEGY]


def test_strategy_stands_on_every_chart():
    charts = made_up_charts()
    axes = [*timeline_figure(charts).axes, *training_figure(charts).axes[:2]]
    assert len(axes) == 4
    assert all(any(STRATEGY in note for note in notes(ax)) for ax in axes)


@pytest.mark.parametrize("names", [("lstm",), ("gru", "lstm"), ("a", "b", "lstm", "c")])
def test_any_number_of_networks(names):
    charts = made_up_charts(names=names)
    drawn = lines(timeline_figure(charts).axes[1])
    colours = [to_hex(line.get_color()) for line in drawn.values()]
    assert len(set(colours)) == 1 + len(names)
    assert to_hex(drawn["LSTM Predictions"].get_color()) == NETWORK_COLOURS["lstm"].lower()
    training_figure(charts).draw_without_rendering()


def stamps(n, minutes=30):
    first = np.datetime64("2014-07-01", "us")
    return [str(t) for t in first + np.arange(n) * np.timedelta64(minutes, "m")]


def test_what_is_shown_of_a_horizon_is_said():
    charts = made_up_charts(seeds=1)
    charts["timeline"]["shown"] = "the first step of each window is shown"
    for ax in timeline_figure(charts).axes:
        assert notes(ax) == [f"{STRATEGY} · the first step of each window is shown"]


def test_large_scores_stay_short():
    figure = training_figure(made_up_charts(scale=300_000.0))
    figure.draw_without_rendering()
    _, left, right = figure.axes
    assert notes(left)[:2] == ["18.0M", "36.0M"]
    assert notes(right)[:2] == ["3,150", "4,455"]
    assert "20M" in [tick.get_text() for tick in left.get_yticklabels()]


def test_time_stamps_become_dates():
    figure = timeline_figure(made_up_charts(n=10_320, times=stamps(10_320)))
    figure.draw_without_rendering()
    top, bottom = figure.axes
    assert (top.get_xlabel(), bottom.get_xlabel()) == ("Time", "Time")
    ticks = [tick.get_text() for tick in top.get_xticklabels()]
    assert {"Aug", "Sep", "2015"} <= set(ticks)
    for ax in figure.axes:
        boxes = [t.get_window_extent() for t in ax.get_xticklabels() if t.get_text()]
        assert not any(a.overlaps(b) for a, b in itertools.pairwise(boxes))


def test_a_network_that_ran_away_does_not_flatten_the_data():
    charts = made_up_charts()
    curve = charts["timeline"]["predictions"]["lstm"]
    curve["mean"][3] = curve["high"][3] = 1e9
    curve["mean"][5] = curve["low"][5] = curve["high"][5] = None
    curve["mean"][7] = float("inf")
    ax = draw_test(charts["timeline"], LABELS)
    assert ax.get_ylim()[1] < 100
    assert any("are cut" in note for note in notes(ax))
    drawn = lines(ax)["LSTM Predictions"].get_ydata()
    assert np.flatnonzero(np.isnan(drawn)).tolist() == [5, 7]


def test_diverged_scores_are_said():
    charts = made_up_charts()
    charts["training"]["scores"]["gru"] = dict.fromkeys(("mse", "mae", "mse_spread", "mae_spread"))
    ax = draw_scores(charts["training"], LABELS)
    assert "diverged" in notes(ax)


def test_bars_stand_in_the_order_of_the_legends():
    charts = made_up_charts()
    scores = charts["training"]["scores"]
    charts["training"]["scores"] = {name: scores[name] for name in reversed(scores)}
    ax = draw_scores(charts["training"], LABELS)
    assert [text.get_text() for text in ax.get_xticklabels()] == list(LABELS.values())


def test_losses_of_different_length():
    charts = made_up_charts()
    for part in ("mean", "low", "high"):
        del charts["training"]["losses"]["gru"][part][7:]
    drawn = lines(draw_losses(charts["training"], LABELS))
    assert list(drawn["GRU"].get_xdata()) == [1, 2, 3, 4, 5, 6, 7]
    assert len(drawn["LSTM"].get_xdata()) == 20


def test_axes_are_used_when_given():
    ax = Figure().add_subplot()
    charts = made_up_charts()
    assert draw_timeline(charts["timeline"], LABELS, ax=ax) is ax
    ax = Figure().add_subplot()
    assert draw_losses(charts["training"], LABELS, ax=ax) is ax


def test_saved_pictures_have_the_tutorials_shape(tmp_path):
    paths = save_figures(made_up_charts(n=300), tmp_path)
    assert [path.name for path in paths] == ["timeline.png", "training.png"]
    sizes = [path.read_bytes()[16:24] for path in paths]
    width_height = [(int.from_bytes(s[:4]), int.from_bytes(s[4:])) for s in sizes]
    assert [round(w / h, 3) for w, h in width_height] == [1.5, 2.5]


def test_a_long_series_can_be_drawn(tmp_path):
    save_figures(made_up_charts(n=200_000, names=("gru",)), tmp_path)
    assert (tmp_path / "timeline.png").stat().st_size > 10_000


# Machado, Oliveira, Fernandes (2009), full deficiency, on linear RGB.
EYES = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
               [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
               [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
               [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
          [0.0193339, 0.1191920, 0.9503041]]  # fmt: skip


def lab(colour, eye):
    code = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(eye) @ linear, 0, 1)
    xyz = np.array(TO_XYZ) @ seen / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", EYES)
def test_colours_stay_apart_for_colour_blind_eyes(eye):
    # A distance of 2.3 in L*a*b* is just noticeable; 20 is plain at the width of a line.
    colours = [BLUE, GREEN, *NETWORK_COLOURS.values()]
    seen = [lab(colour, EYES[eye]) for colour in colours]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 20


def test_nothing_but_data_can_be_drawn_when_all_networks_diverged():
    charts = made_up_charts()
    charts["timeline"]["predictions"] = {}
    empty = {"mean": [], "low": [], "high": []}
    charts["training"]["losses"] = {"lstm": empty}
    charts["training"]["scores"] = {}
    for figure in (timeline_figure(charts), training_figure(charts)):
        figure.draw_without_rendering()
    assert legend_texts(timeline_figure(charts).axes[1]) == ["Actual Test Data"]
