"""The pictures of a trace: every number where it belongs, fixed colours, nothing cut off."""

import io

import numpy as np
import pytest

import rnncomp
from rnncomp import charts
from rnncomp.charts.heat import WORDS
from rnncomp.charts.unrolled import vector
from rnncomp.errors import InvalidArgumentError
from rnncomp.explanation import explain, trace_data
from rnncomp.windows import make_samples
from traces import CASES, CHAINS, traced

AWKWARD = r"$\frac{$ <b> _x_ ^ \n"


def painted(figure):
    """Draw a figure as it is written to a file."""
    figure.savefig(io.BytesIO(), format="png")
    return figure


def texts(ax):
    return [text.get_text() for text in ax.texts]


def maps(figure):
    """Return the axes with heat maps, by the letter that their titles start with."""
    found = {}
    for ax in figure.get_axes():
        if ax.images:
            found[ax.get_title(loc="left").split()[0]] = ax
    return found


def image(ax):
    return np.asarray(ax.images[0].get_array())


@pytest.mark.parametrize("case", CASES)
def test_every_gate_and_state_is_a_map_of_its_numbers(case):
    trace = traced(case)
    figure = painted(charts.draw_states(trace_data(trace), trace.last.name))
    drawn = maps(figure)
    assert list(drawn) == list(WORDS[trace.last.kind])
    for letter, ax in drawn.items():
        values = trace.last.gates.get(letter, trace.last.arrays[letter])
        np.testing.assert_array_equal(image(ax), values.T)
        if letter in "ifozr":
            assert ax.images[0].get_clim() == (0.0, 1.0)
        else:
            low, high = ax.images[0].get_clim()
            assert -low == high >= np.abs(values).max()


def test_the_maps_stand_under_the_input_step_under_step():
    trace = traced("lstm", columns=["one", "two", AWKWARD])
    figure = painted(charts.draw_states(trace_data(trace), "lstm"))
    top, *below = [ax for ax in figure.get_axes() if ax.get_title(loc="left")]
    np.testing.assert_array_equal([line.get_ydata() for line in top.lines], trace.window.T)
    for ax in below:
        assert ax.get_xlim() == top.get_xlim() == (0.5, 7.5)
        box, above = ax.get_position(), top.get_position()
        assert box.x0 == pytest.approx(above.x0)
        assert box.x1 == pytest.approx(above.x1)


def test_a_layer_that_reads_backwards_is_drawn_in_the_order_of_time():
    trace = traced("backwards")
    drawn = maps(painted(charts.draw_states(trace_data(trace), "lstm")))
    np.testing.assert_array_equal(image(drawn["h"]), trace["lstm"].h[::-1].T)
    again = maps(painted(charts.draw_states(trace_data(trace), "simple_rnn")))
    np.testing.assert_array_equal(image(again["h"]), trace["simple_rnn"].h[::-1].T)


def test_masked_steps_are_veiled():
    layer = trace_data(traced("both_ways"))["layers"][2]
    assert layer["name"] == "bidirectional/backward"
    ax = charts.draw_values(layer, "h")
    assert [patch.get_x() for patch in ax.patches] == [3.5]


def test_numbers_under_a_veil_are_dark():
    layer = trace_data(traced("words", units=2))["layers"][1]
    layer["h"] = [[1.0, -1.0]] * 7
    ax = charts.draw_values(layer, "h")
    dark = {text.get_position()[0] for text in ax.texts if text.get_color() != "white"}
    assert dark == {4}


def test_few_numbers_are_written_and_many_are_not():
    data = trace_data(traced("simple_rnn", units=2, steps=3))
    layer = data["layers"][0]
    written = texts(charts.draw_values(layer, "h"))
    assert sorted(written) == sorted(f"{v:.3g}" for row in layer["h"] for v in row)
    assert texts(charts.draw_values(trace_data(traced("lstm", units=7))["layers"][0], "h")) == []


def test_many_features_are_a_map():
    trace = traced("gru", features=9)
    ax = charts.draw_input(trace_data(trace)["window"], trace.columns)
    np.testing.assert_array_equal(image(ax), trace.window.T)
    assert "9 features" in ax.get_title(loc="left")


@pytest.mark.parametrize("case", [*CASES, *CHAINS])
def test_the_layers_are_drawn_with_all_their_shapes_and_nothing_leaves_its_box(case):
    data = trace_data(traced(case))
    ax = charts.draw_layers(data)
    painted(ax.figure)
    written = texts(ax)
    for layer in data["layers"]:
        for name, weight in layer["weights"].items():
            shape = str(tuple(weight["shape"]))
            assert f"{name} {shape}" in [text.strip() for text in written]
    assert f"{data['parameters']:,} parameters" in ax.get_title(loc="left")
    edges = [patch.get_window_extent() for patch in ax.patches]
    for text in ax.texts:
        if text.get_rotation() == 0 and text.get_text() not in ("", "↵"):
            box = text.get_window_extent()
            around = [e for e in edges if e.x0 <= box.x0 and e.y0 <= box.y0 + 1]
            assert any(box.x1 <= e.x1 and box.y1 <= e.y1 + 1 for e in around), text.get_text()


def test_the_whole_figure_has_the_layers_and_a_block_for_each_recurrent_one():
    trace = traced("stacked")
    figure = painted(trace.plot())
    heads = [ax.get_title(loc="left") for ax in figure.get_axes() if ax.get_title(loc="left")]
    letters = [head.split()[0] for head in heads[1:]]
    assert letters == ["x", "i", "f", "g", "o", "c", "h", "x", "z", "r", "g", "h"]
    words = figure.get_suptitle()
    assert vector(trace.output.tolist()).replace("\n", "") in words
    assert f"differ by at most {trace.difference:.1e}, " in words
    alone = painted(trace.plot("gru"))
    assert len(alone.get_axes()) < len(figure.get_axes())
    assert list(maps(alone)) == ["z", "r", "g", "h"]


@pytest.mark.parametrize(("outputs", "shown"), [(1, True), (6, True), (40, False)])
def test_the_title_has_the_numbers_of_the_output_or_none(outputs, shown):
    """A shape in the place of numbers says nothing."""
    layers = [rnncomp.GRU(2, input_shape=(3, 1)), rnncomp.Dense(outputs)]
    trace = explain(rnncomp.Sequential(layers, seed=0), [1.0, 2.0, 3.0])
    data = trace.to_dict()
    data["values"] = [100.0 * value for value in data["output"]]  # as a forecaster has them
    figure = painted(charts.trace_figure(data))
    words = figure.get_suptitle()
    digits = 4 if outputs == 1 else 3
    for name, values in (
        ("output", data["output"]),
        ("in the units of the series", data["values"]),
    ):
        numbers = ", ".join(f"{value:.{digits}g}" for value in values)
        assert (f"{name} [{numbers}]" in words) == shown
    assert f"({outputs},)" not in words
    assert f"differ by at most {trace.difference:.1e}, " in words
    box = figure._suptitle.get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.x1
    unrolled = [text.get_text() for text in trace.plot_unrolled().axes[0].texts]
    assert any(f"output ({outputs},)" in text for text in unrolled) == (outputs > 4)


def test_a_trace_unrolls_itself():
    trace = traced("stacked")
    for layer, name in ((None, "lstm"), ("gru", "gru")):
        figure = painted(trace.plot_unrolled(layer))
        wanted = charts.draw_unrolled(trace_data(trace), layer=name)
        assert figure.axes[0].get_title() == wanted.get_title()
        assert texts(figure.axes[0]) == texts(wanted)
    with pytest.raises(InvalidArgumentError, match="layer must be recurrent, one of lstm, gru"):
        trace.plot_unrolled("dense")


@pytest.mark.parametrize("draw", ["draw_unrolled", "trace_figure", "draw_layers", "layers_page"])
def test_a_trace_in_the_place_of_its_data_is_refused_in_words(draw):
    with pytest.raises(InvalidArgumentError) as raised:
        getattr(charts, draw)(traced("gru"))
    assert str(raised.value) == (
        "trace must be a mapping as trace_data returns it, got 'Trace'; pass trace.to_dict(), "
        "or draw by trace.plot() and trace.plot_unrolled()"
    )


@pytest.mark.parametrize("case", CHAINS)
def test_chains_of_layers_are_drawn(case, tmp_path):
    columns = [AWKWARD, AWKWARD, "c"][: 1 if case == "words" else 3]
    trace = traced(case, columns=columns, times=[AWKWARD * 3] * 7)
    charts.write_figure(trace.plot(), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 10_000


def test_another_layer_is_refused_by_name():
    trace = traced("stacked")
    with pytest.raises(InvalidArgumentError, match="layer must be recurrent, one of lstm, gru"):
        trace.plot("dense")
    with pytest.raises(InvalidArgumentError, match=r"layer must be one of .*did you mean 'lstm'"):
        trace.plot("lstn")
    for draw in (charts.draw_unrolled, charts.trace_figure):
        with pytest.raises(InvalidArgumentError, match="it has lstm, gru"):
            draw(trace_data(trace), layer="lstn")


def test_a_network_without_steps_is_not_unrolled():
    dense = rnncomp.Sequential([rnncomp.Dense(1, input_shape=(3,))], seed=0)
    with pytest.raises(InvalidArgumentError, match="no recurrent layer, so nothing is unrolled"):
        charts.draw_unrolled(trace_data(explain(dense, [[1.0, 2.0, 3.0]])))


def test_a_short_window_is_unrolled_with_all_its_numbers():
    data = trace_data(traced("lstm", units=2, features=2, steps=3))
    ax = charts.draw_unrolled(data)
    painted(ax.figure)
    written = " ".join(texts(ax))
    layer = data["layers"][0]
    for step in range(3):
        assert vector(layer["x"][step]) in written
        assert vector(layer["h"][step]) in written
    for step in range(2):
        assert vector(layer["c"][step]) in written
    assert vector(data["output"]) in written
    assert "h$_0$\n[0, 0]" in texts(ax)
    assert texts(ax).count("LSTM") == 3


def test_of_a_long_window_the_first_and_the_last_steps_are_unrolled():
    data = trace_data(traced("gru", units=30, steps=20, times=[f"m{k}" for k in range(20)]))
    written = texts(charts.draw_unrolled(data))
    names = [text.split("\n")[-1] for text in written if text.startswith("x$")]
    assert names == ["m0", "m1", "m2", "m18", "m19"]
    assert "· · ·" in written
    assert [text for text in written if text.startswith("h$_{18}")] == ["h$_{18}$ (30,)"]


@pytest.mark.parametrize(("window", "horizon", "stride"), [(2, 1, 1), (3, 2, 2), (4, 1, 4)])
def test_windows_are_drawn_as_they_are_cut(window, horizon, stride):
    values = np.arange(0.0, 24.0, 2.0)
    samples = make_samples(values, window=window, horizon=horizon, stride=stride)
    ax = charts.draw_windows(values.tolist(), window=window, horizon=horizon, stride=stride)
    painted(ax.figure)
    rows = {}
    for text in ax.texts[:-1]:  # the last is the note
        place, row = text.get_position()
        rows.setdefault(row, []).append(float(text.get_text()))
        assert values[place] == float(text.get_text())
    cut = [
        [*sample[:, 0], *targets]
        for sample, targets in zip(samples.windows(), samples.targets, strict=True)
    ]
    assert list(rows.values()) == cut[: len(rows)]
    assert len(rows) == min(len(cut), 8)
    left = len(cut) - len(rows)
    assert (f"{left} more sample" in ax.texts[-1].get_text()) == (left > 0)


def test_the_stamps_of_a_series_name_steps_and_rows():
    series = rnncomp.load("airline")
    days = series.time.astype("datetime64[D]")
    ax = charts.draw_windows(series.target_values, window=3, times=days)
    assert ax.get_xticklabels()[0].get_text() == "1949-01-01"
    ax = charts.draw_input(series.values[:5], ["passengers"], times=days[:5])
    assert ax.get_xticklabels()[-1].get_text() == "1949-05-01"


def test_too_few_names_of_rows_and_rows_without_a_number_are_refused():
    with pytest.raises(InvalidArgumentError, match=r"times must be at least 5 names, .*, got 2; "):
        charts.draw_windows([1.0] * 5, window=2, times=["a", "b"])
    with pytest.raises(InvalidArgumentError, match=r"values must hold a number in .* the first 5,"):
        charts.draw_windows([None] * 5, window=2)
    ax = charts.draw_windows([None, None, 1.0, None, None], window=2, times=list("abcdef"))
    painted(ax.figure)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == list("abcde")


def test_a_window_that_does_not_fit_is_refused():
    with pytest.raises(InvalidArgumentError, match="window must be with horizon at most 5, got 6"):
        charts.draw_windows([1.0] * 5, window=5)
    with pytest.raises(InvalidArgumentError, match="stride must be"):
        charts.draw_windows([1.0] * 5, window=1, stride=0)
