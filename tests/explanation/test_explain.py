"""A trace holds the engine's own numbers, and its arithmetic gives them again."""

import numpy as np
import pytest
from random_networks import random_case

import rnncomp
from rnncomp.errors import InvalidArgumentError
from rnncomp.keras import layers as keras_layers
from tolerance import assert_close, assert_same_bytes, sides

CHUNK = 25


@pytest.mark.parametrize("first", range(0, 500, CHUNK))
def test_five_hundred_random_networks(first):
    """Engine, equations and worked arithmetic agree: in float32 to roundings, 1e-12 in float64."""
    for seed in range(first, first + CHUNK):
        for dtype in ("float32", "float64"):
            network, window = random_case(seed, dtype)
            trace = rnncomp.explain(network, window)
            predicted = network.predict(window[None])[0]
            assert_same_bytes(trace.output.ravel(), predicted)
            assert trace.output.shape == network.spec.output_shape(len(window))
            assert len(trace.output_names) == trace.output.size
            check_arrays(trace, seed)
            check_arithmetic(trace, seed)


def check_arrays(trace, seed):
    """Compare every array of the engine with the equations.

    Roundings of the layers before are in what a layer reads: hence as often the bound as there are
    layers.
    """
    for place, layer in enumerate(trace.layers, start=1):
        for one in (*layer.directions, layer):
            allowed = sides(trace.network.dtype) * place * one.allowed_difference
            for name, array in one.arrays.items():
                error = np.abs(array - one.worked[name]).max(initial=0.0)
                assert error <= allowed, f"network {seed}, {one.name}: {name}"
                if array.dtype == np.float64:
                    assert error <= 1e-12, f"network {seed}, {one.name}: {name}"


def check_arithmetic(trace, seed):
    """The lines give what the equations gave, and end at the output."""
    arithmetic = trace.arithmetic()
    places = {
        one.name: n for n, top in enumerate(trace.layers, 1) for one in (*top.directions, top)
    }
    for block in arithmetic.blocks:
        layer = trace[block.layer]
        allowed = sides(trace.network.dtype) * places[layer.name] * layer.allowed_difference
        for line in block.lines:
            assert line.value.dtype == np.float64
            assert line.difference <= allowed, f"network {seed}, {block.title}: {line.symbol}"
    name = trace.layers[-1].name
    last = [block.lines[-1].value for block in arithmetic.blocks if block.layer == name]
    assert_close(np.concatenate(last), trace.worked_output.ravel(), k=8.0, what="output")


def test_the_lines_show_what_they_compute():
    """The numbers of a unit, as they are printed, evaluate to the number printed at the end."""
    names = {
        "tanh": np.tanh,
        "σ": lambda z: 1.0 / (1.0 + np.exp(-z)),
        "relu": lambda z: max(z, 0.0),
    }
    checked = 0
    for kind in ({"kind": "SimpleRNN", "activation": "relu"}, {"kind": "LSTM"}, {"kind": "GRU"},
                 {"kind": "GRU", "reset_after": False}):  # fmt: skip
        options = dict(kind)
        layer = getattr(rnncomp, options.pop("kind"))(3, input_shape=(4, 2), **options)
        model = rnncomp.Sequential([layer, rnncomp.Dense(1)], seed=3)
        trace = rnncomp.explain(model, np.random.default_rng(4).normal(size=(4, 2)))
        for block in trace.arithmetic().blocks:
            for line in block.lines:
                for unit in range(len(line.value)):
                    for shown in line.rows(unit, digits=17)[1:]:
                        assert "·-" not in shown, "a negative factor stands in brackets"
                        value = eval(shown.replace("·", "*"), {}, names)
                        assert value == pytest.approx(line.value[unit], rel=1e-12, abs=1e-15)
                        checked += 1
    assert checked > 500


def test_a_long_sum_shows_what_it_folds():
    model = rnncomp.Sequential([rnncomp.LSTM(20, input_shape=(3, 1)), rnncomp.Dense(1)], seed=0)
    line = rnncomp.explain(model, [1.0, 2.0, 3.0]).arithmetic(step=3, unit=4).blocks[0].lines[0]
    symbols, numbers, *_ = line.rows(4, digits=17)
    assert "…" in symbols
    assert "(14 more: " in numbers
    folded = numbers.replace("·", "*").replace("14 more: ", "")
    assert eval(folded) == pytest.approx(line.value[4], rel=1e-12)


GOLDEN = [  # of tutorial 4: kernel, recurrent kernel, dense kernel, output for 1, 2, 3
    (
        [-0.36795712, -0.5099192],
        [[0.11065364, 0.99385905], [0.99385905, -0.11065364]],
        [-0.94251007, -1.2365237],
        5.7062244,
    ),
    (
        [-0.9257599, -0.96423554],
        [[0.4424572, 0.8967896], [0.8967896, -0.4424572]],
        [-0.36782062, -0.19549525],
        3.2113101,
    ),
    (
        [-1.0927956, -0.58363503],
        [[0.5744802, -0.8185185], [-0.8185185, -0.5744802]],
        [0.54545164, 1.0416013],
        -2.4178045,
    ),
]


@pytest.mark.parametrize(("kernel", "recurrent", "dense", "output"), GOLDEN)
def test_the_numbers_of_tutorial_4(kernel, recurrent, dense, output):
    layer = rnncomp.SimpleRNN(2, activation="linear", input_shape=(3, 1))
    model = rnncomp.Sequential([layer, rnncomp.Dense(1)])
    weights = ([kernel], recurrent, [0, 0], np.array(dense)[:, None], [0])
    model.set_weights([np.array(weight, np.float32) for weight in weights])
    trace = rnncomp.explain(model, [1, 2, 3])
    eps = float(np.finfo(np.float32).eps)
    # The tutorial prints 8 digits of a float32 that went through three steps of two units.
    assert trace.output[0] == pytest.approx(output, rel=8 * eps)
    assert trace.arithmetic().blocks[-1].lines[-1].value[0] == pytest.approx(output, rel=8 * eps)
    shown = str(trace.arithmetic())
    assert "of the network" in shown
    assert "of this arithmetic" in shown
    assert "Weights are there before fit" in shown
    assert "h_0 @ recurrent_kernel" in shown  # the tutorial's erratum


def test_a_stateful_layer_is_explained_from_zero_states():
    layers = [rnncomp.LSTM(3, stateful=True, input_shape=(4, 1)), rnncomp.Dense(1)]
    model = rnncomp.Sequential(layers, seed=0)
    first, second = (model.predict(np.ones((1, 4, 1)), batch_size=1, verbose=0) for _ in range(2))
    assert first != second
    assert rnncomp.explain(model, np.ones(4)).output == first


def test_no_layer_to_plot():
    trace = rnncomp.explain(rnncomp.Sequential([rnncomp.Dense(1, input_shape=(2,))]), [1.0, 2.0])
    with pytest.raises(InvalidArgumentError, match="layer must be left out, none is recurrent"):
        trace.plot("dense")


def test_two_features_a_step():
    """The case in which a reader of tutorial 4 got two outputs."""
    model = rnncomp.Sequential(
        [rnncomp.SimpleRNN(2, activation="linear", input_shape=(3, 2)), rnncomp.Dense(1)], seed=1
    )
    x = np.arange(1.0, 7.0).reshape(3, 2)
    trace = rnncomp.explain(model, x)
    w_x, w_h, b_h, w_y, b_y = (weight.astype(np.float64) for weight in model.get_weights())
    h = np.zeros(2)
    for x_t in x:
        h = x_t @ w_x + h @ w_h + b_h
    assert_close(trace.worked_output, h @ w_y + b_y, k=8.0)
    with pytest.raises(
        InvalidArgumentError, match=r"window must be of shape \(steps, 2\).*reshape"
    ):
        rnncomp.explain(model, np.arange(6.0))


def test_the_parts_of_a_trace():
    model = rnncomp.Sequential([rnncomp.LSTM(3, input_shape=(5, 2)), rnncomp.Dense(1)], seed=0)
    trace = rnncomp.explain(model, np.ones((5, 2)), columns=["load", "heat"], times=list("abcde"))
    assert trace.h.shape == trace.c.shape == (5, 3)
    assert list(trace.gates) == list(trace.sums) == ["i", "f", "g", "o"]
    np.testing.assert_array_equal(trace["lstm"].before("h")[1:], trace.h[:-1])
    np.testing.assert_array_equal(trace["lstm"].before("c")[0], 0.0)
    assert trace.columns == ("load", "heat")
    assert "(c)" in trace.arithmetic(step=3).blocks[0].title
    assert trace.difference == max(layer.difference for layer in trace)
    assert all(layer.difference <= layer.allowed_difference for layer in trace)
    assert repr(trace).startswith("Trace(lstm, dense; 5 steps of 2 features, engine and equations")


def test_a_trace_outlives_what_it_was_made_of():
    """Training goes on and a buffer is filled anew: what is asked of a trace stays the same."""
    model = rnncomp.Sequential([rnncomp.GRU(3, input_shape=(5, 1)), rnncomp.Dense(1)], seed=0)
    window = np.arange(5, dtype=np.float32)[:, None]
    trace = rnncomp.explain(model, window)
    flow, parts = trace.gradient_flow(), trace.attribution()
    model.set_weights([2.0 * weight for weight in model.get_weights()])
    window[:] = 7.0
    np.testing.assert_array_equal(trace.gradient_flow().norms, flow.norms)
    np.testing.assert_array_equal(trace.attribution().parts, parts.parts)
    assert trace.attribution().output == pytest.approx(float(trace.output[0]), rel=1e-6)


def test_a_difference_that_is_no_number_is_told():
    """Steps before the gap agree to the roundings of float32, which must not be said of all."""
    layers = [rnncomp.GRU(2, return_sequences=True, input_shape=(3, 1)), rnncomp.GRU(2)]
    trace = rnncomp.explain(rnncomp.Sequential(layers, seed=0), [1.0, np.nan, 2.0])
    assert np.isnan(trace.difference)
    assert "differ by at most nan" in str(trace.arithmetic())
    assert np.isfinite(trace.arithmetic(step=1, layer="gru").difference)
    assert trace.to_dict()["difference"] is None


def test_two_directions_have_two_states():
    layers = [
        keras_layers.Bidirectional(keras_layers.GRU(2, return_sequences=True), input_shape=(4, 1)),
        keras_layers.Flatten(),
        rnncomp.Dense(1),
    ]
    trace = rnncomp.explain(rnncomp.Sequential(layers, seed=0), [1.0, 2.0, 3.0, 4.0])
    assert [layer.name for layer in trace][:3] == [
        "bidirectional/forward",
        "bidirectional/backward",
        "bidirectional",
    ]
    assert trace["bidirectional/backward"].order.tolist() == [3, 2, 1, 0]
    with pytest.raises(InvalidArgumentError, match="two directions; take trace"):
        _ = trace.h
    with pytest.raises(InvalidArgumentError, match="has no 'c', it has sums"):
        _ = trace["bidirectional/forward"].c
    with pytest.raises(InvalidArgumentError, match="layer must be one of"):
        _ = trace["gru"]


def test_a_masked_step_keeps_the_states():
    layers = [keras_layers.Masking(0.0, input_shape=(3, 1)), rnncomp.LSTM(2), rnncomp.Dense(1)]
    trace = rnncomp.explain(rnncomp.Sequential(layers, seed=0), [1.0, 0.0, 2.0])
    assert trace["lstm"].there.tolist() == [True, False, True]
    np.testing.assert_array_equal(trace.c[0], trace.c[1])
    (block,) = trace.arithmetic(step=2, layer="lstm").blocks
    assert [line.symbol for line in block.lines] == ["h_2", "c_2"]
    assert block.lines[0].rows()[0] == "h_1"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"step": 0}, "step must be an integer of at least 1, got 0; steps are 1 .. 3"),
        ({"step": 4}, "step must be at most 3"),
        ({"step": [1, 9]}, "step must be at most 3"),
        ({"step": []}, "step must be one of 1 .. 3, or several, got []"),
        ({"layer": "gru"}, "layer must be one of lstm, dense, got 'gru'"),
        ({"unit": 2}, "unit must be 0 .. 1, got 2"),
        ({"unit": -1}, "unit must be an integer of at least 0"),
        ({"step": 1, "layer": "dense"}, "step must be 3, the last step"),
    ],
)
def test_what_is_not_there(options, words):
    model = rnncomp.Sequential([rnncomp.LSTM(2, input_shape=(3, 1)), rnncomp.Dense(1)], seed=0)
    with pytest.raises(InvalidArgumentError) as error:
        rnncomp.explain(model, [1.0, 2.0, 3.0]).arithmetic(**options)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "window must be the numbers that the network reads"),
        ({"window": [1.0], "at": 3}, "at must be left out with a network"),
        ({"window": [1.0], "of": "a"}, "of must be left out with a network"),
        ({"window": np.ones((2, 3, 1))}, "window must be of shape (steps, 1)"),
        ({"window": [1.0, 2.0], "times": ["a"]}, "times must be 2 names"),
        ({"window": [1.0], "columns": ["a", "b"]}, "columns must be 1 names"),
        ({"window": np.ones((9_000_000, 1))}, "explain a shorter one"),
    ],
)
def test_bad_arguments_of_explain(arguments, words):
    model = rnncomp.Sequential([rnncomp.GRU(2), rnncomp.Dense(1)], seed=0)
    model.build((None, None, 1))
    with pytest.raises(InvalidArgumentError) as error:
        rnncomp.explain(model, **arguments)
    assert words in str(error.value)


def test_only_networks_are_explained():
    with pytest.raises(InvalidArgumentError, match="network must be a Sequential, a Network or a"):
        rnncomp.explain("model.safetensors")


def test_a_mask_value_that_float32_rounds_masks_in_the_equations_too():
    layers = [keras_layers.Masking(0.1, input_shape=(4, 1)), rnncomp.GRU(3)]
    trace = rnncomp.explain(rnncomp.Sequential(layers, seed=0), [0.7, 0.1, -0.3, 0.1])
    assert trace.last.there.tolist() == [True, False, True, False]
    assert trace.difference < 1e-6


def test_a_sequence_keeps_its_shape():
    layers = [rnncomp.LSTM(3, return_sequences=True, input_shape=(4, 1)), rnncomp.Dense(2)]
    model = rnncomp.Sequential(layers, seed=0)
    x = np.arange(4.0)
    trace = rnncomp.explain(model, x)
    np.testing.assert_array_equal(trace.output, model.predict(x[None, :, None], verbose=0)[0])
    assert trace.output.shape == trace.worked_output.shape == (4, 2)
    assert trace.output_names[:3] == ("step 1 output 0", "step 1 output 1", "step 2 output 0")
    # An output is that of the last step, unless it is asked for by number.
    flow = trace.gradient_flow()
    np.testing.assert_array_equal(flow.norms, trace.gradient_flow(output=6).norms)
    assert flow.norms[0] > 0.0 == trace.gradient_flow(output=0).norms[-1]


def test_a_gap_is_said():
    model = rnncomp.Sequential([rnncomp.LSTM(2, input_shape=(3, 1)), rnncomp.Dense(1)], seed=0)
    trace = rnncomp.explain(model, [1.0, np.nan, 2.0])
    assert trace.notes == ("Step 2 of the window holds no finite number: what follows has none.",)
    assert rnncomp.explain(model, [1.0, 2.0, 3.0]).notes == ()
