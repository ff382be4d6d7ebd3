"""A trace as plain values: nothing lost, nothing added, and where each step stands in time."""

import itertools
import json

import numpy as np
import pytest

import rnncomp
from rnncomp.explanation import explain, trace_data
from rnncomp.explanation.pictured import plain
from rnncomp.keras.layers import Flatten, RepeatVector
from traces import CASES, CHAINS, traced


@pytest.mark.parametrize("case", [*CASES, *CHAINS])
def test_every_number_of_the_trace_is_there(case):
    trace = traced(case)
    data = json.loads(json.dumps(trace_data(trace), allow_nan=False))
    assert {layer["name"] for layer in data["layers"]} == {layer.name for layer in trace}
    for plain_layer in data["layers"]:
        layer = trace[plain_layer["name"]]
        found = {name: plain_layer[name] for name in ("h", "c") if plain_layer[name] is not None}
        found |= plain_layer["gates"] | plain_layer["others"] | {"y": plain_layer["y"]}
        if plain_layer["sums"]:
            found["sums"] = np.concatenate(list(plain_layer["sums"].values()), axis=-1)
        assert set(found) == set(layer.arrays)
        for name, array in layer.arrays.items():
            np.testing.assert_array_equal(np.asarray(found[name], array.dtype), array)
        np.testing.assert_array_equal(np.asarray(plain_layer["x"], layer.x.dtype), layer.x)
        for name, weight in layer.weights.items():
            kept = plain_layer["weights"][name]
            assert kept["shape"] == list(weight.shape)
            np.testing.assert_array_equal(np.asarray(kept["values"], weight.dtype), weight)


@pytest.mark.parametrize("case", [*CASES, *CHAINS])
def test_shapes_and_counts_are_those_of_the_network(case):
    trace = traced(case)
    data = trace_data(trace)
    assert data["parameters"] == trace.network.params.size
    outer = [layer for layer in data["layers"] if layer["inside"] is None]
    assert outer[0]["input_shape"] == [7, 1 if case == "words" else 3]
    for before, after in itertools.pairwise(outer):
        assert before["output_shape"] == after["input_shape"]
    for layer in data["layers"]:
        last = layer["output_shape"][-1]
        assert np.shape(layer["y"])[-1] == last or layer["kind"] == "flatten"


def test_the_difference_is_that_of_the_layer_where_it_is_largest():
    trace = traced("stacked")
    data = trace_data(trace)
    assert data["difference"] == trace.difference
    assert 0.0 < data["difference"] <= data["allowed"]
    assert data["allowed"] in [layer["allowed"] for layer in data["layers"]]


def places(case):
    return {layer["name"]: layer["places"] for layer in trace_data(traced(case))["layers"]}


def test_a_layer_that_reads_backwards_hands_on_its_steps_backwards():
    found = places("backwards")
    assert found["lstm"] == found["simple_rnn"] == [6, 5, 4, 3, 2, 1, 0]
    assert found["dense"] is None


def test_both_directions_stand_at_their_steps():
    found = places("both_ways")
    assert found["bidirectional/forward"] == found["simple_rnn"] == list(range(7))
    assert found["bidirectional/backward"] == list(range(7))[::-1]


def test_steps_after_a_repeat_are_none_of_the_window():
    found = places("decoder")
    assert found["gru"] == list(range(7))
    assert [name for name, steps in found.items() if steps is None] == [
        "repeat_vector", "lstm", "dense",
    ]  # fmt: skip


def test_a_network_without_time_has_one_step_and_a_repeat_ends_it():
    layers = [rnncomp.Dense(3, input_shape=(4,)), RepeatVector(2), rnncomp.GRU(2), rnncomp.Dense(1)]
    trace = explain(rnncomp.Sequential(layers, seed=0), [0.1, 0.2, 0.3, 0.4])
    data = trace_data(trace)
    assert [layer["places"] for layer in data["layers"]] == [[0], [0], None, None]
    assert data["layers"][2]["order"] == [0, 1]
    assert trace.plot().axes


def test_steps_that_are_laid_side_by_side_are_steps_no_more():
    layers = [
        rnncomp.GRU(2, return_sequences=True, input_shape=(3, 1)),
        Flatten(),
        rnncomp.Dense(1),
    ]
    data = trace_data(explain(rnncomp.Sequential(layers, seed=0), [1.0, 2.0, 3.0]))
    assert [layer["places"] for layer in data["layers"]] == [[0, 1, 2], [0, 1, 2], None]
    assert data["layers"][1]["output_shape"] == [6]


def test_only_what_reads_the_columns_names_them():
    trace = traced("both_ways", columns=["a", "b", "c"])
    named = [layer["name"] for layer in trace_data(trace)["layers"] if layer["inputs"]]
    assert named == [
        "masking", "bidirectional/forward", "bidirectional/backward", "bidirectional",
    ]  # fmt: skip


def scales_of(case, factor=1.0):
    (layer,) = trace_data(traced(case, factor=factor))["layers"][:1]
    return layer, layer["scales"]


@pytest.mark.parametrize("case", ["lstm", "gru", "gru_before", "simple_rnn"])
def test_scales_of_small_numbers_end_at_the_largest(case):
    layer, scales = scales_of(case, factor=0.3)
    assert set(scales) == {*layer["gates"], *("hc" if case == "lstm" else "h")}
    for letter, (low, high) in scales.items():
        if letter in "ifozr":
            assert [low, high] == [0, 1]
            continue
        largest = np.abs(layer["gates"].get(letter) or layer[letter]).max()
        assert largest < 0.45
        assert -low == high
        assert largest <= high <= 1.1 * largest


@pytest.mark.parametrize("case", ["lstm", "gru", "simple_rnn"])
def test_scales_of_large_numbers_end_where_their_bounds_are(case):
    layer, scales = scales_of(case, factor=10.0)
    for letter in {"g", "h"} & set(scales):
        assert scales[letter] == [-1, 1]
    if case == "lstm":
        assert scales["c"][1] >= np.abs(layer["c"]).max() > 1.0


def test_scales_without_bounds_hold_the_largest_number():
    layer, _ = scales_of("relu", factor=4.0)
    for letter in ("g", "c", "h"):
        values = layer["gates"].get(letter) or layer[letter]
        low, high = layer["scales"][letter]
        largest = np.abs(values).max()
        assert -low == high
        assert largest > 0.5
        assert largest <= high <= 1.1 * largest
    assert layer["scales"]["i"] == [0, 1]


def test_what_is_not_finite_is_none():
    layers = [rnncomp.SimpleRNN(2, activation="linear", input_shape=(3, 1)), rnncomp.Dense(1)]
    with np.errstate(all="ignore"):
        trace = explain(rnncomp.Sequential(layers, seed=0), [1.0, np.inf, 1.0])
        data = trace_data(trace)
    json.dumps(data, allow_nan=False)
    assert data["layers"][0]["h"][0] != [None, None]
    assert None in data["layers"][0]["h"][1]
    assert plain(np.array([[1.0, -np.inf], [np.nan, 2.0]])) == [[1.0, None], [None, 2.0]]
