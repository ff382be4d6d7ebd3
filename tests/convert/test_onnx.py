"""model.to_onnx: what stands in the file, and what is refused."""

import sys

import numpy as np
import onnx
import pytest
from random_models import random_weights
from runtime import NEAR, difference, session

import rnncomp
from rnncomp import GRU, LSTM, Dense, Input, Sequential, SimpleRNN
from rnncomp.convert import onnx_activations, onnx_layers, onnx_proto, onnx_recurrent
from rnncomp.errors import (
    InvalidArgumentError,
    MissingExtraError,
    ModelFileError,
    OutputError,
    UnsupportedError,
)
from rnncomp.kernels import layer_specs
from rnncomp.kernels.layer_specs import LayerSpec, MaskingSpec
from rnncomp.nn import Bidirectional, Embedding, Masking


def small(*layers, seed=3, dtype="float32"):
    """Return a built model with independent random weights."""
    model = Sequential(layers, seed=seed, dtype=dtype)
    random_weights(model, np.random.default_rng(seed))
    return model


def windows(batch=4, steps=6, features=2):
    return np.random.default_rng(8).normal(size=(batch, steps, features)).astype("float32")


def operations(path):
    return {node.op_type for node in onnx.load(path).graph.node}


def shapes(values):
    return [
        (value.name, [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim])
        for value in values
    ]


def test_what_stands_in_the_file(tmp_path):
    path = tmp_path / "model.onnx"
    model = small(LSTM(3, return_sequences=True, input_shape=(6, 2)), Dense(4))
    model.to_onnx(path)
    found = onnx.load(path)
    onnx.checker.check_model(found, full_check=True)
    assert (found.producer_name, found.producer_version) == ("rnncomp", rnncomp.__version__)
    assert [(entry.domain, entry.version) for entry in found.opset_import] == [("", 17)]
    assert found.ir_version == 8
    assert found.graph.name == "sequential"
    assert shapes(found.graph.input) == [("x", ["batch", 6, 2])]
    assert shapes(found.graph.output) == [("y", ["batch", 6, 4])]


def test_any_number_of_steps_if_declared_so(tmp_path):
    model = small(Input((None, 2)), GRU(3, return_sequences=True), SimpleRNN(2))
    for steps in (1, 9):
        assert difference(model, tmp_path / "m.onnx", windows(steps=steps)) <= NEAR["float32"]
    found = onnx.load(tmp_path / "m.onnx")
    assert shapes(found.graph.input) == [("x", ["batch", "steps", 2])]
    assert shapes(found.graph.output) == [("y", ["batch", 2])]


def test_without_time_steps(tmp_path):
    model = small(Dense(5, "tanh", input_shape=(3,)), Dense(2, "hard_sigmoid"))
    x = windows(batch=7, steps=3)[:, :, 0]
    assert difference(model, tmp_path / "m.onnx", x) <= NEAR["float32"]


def test_float64_is_exact_to_its_own_precision(tmp_path):
    """There the cells are written out: onnxruntime's recurrent operators know float32 alone."""
    layers = (
        GRU(3, return_sequences=True),
        GRU(3, reset_after=False, return_sequences=True),
        SimpleRNN(4, return_sequences=True),
        LSTM(5),
        Dense(2, "hard_sigmoid"),
    )
    model = small(Input((None, 2)), *layers, dtype="float64")
    path = tmp_path / "m.onnx"
    assert difference(model, path, windows().astype("float64")) <= NEAR["float64"]
    assert operations(path) >= {"Scan"}


CELLS = [
    SimpleRNN(3),
    SimpleRNN(3, return_sequences=True),
    LSTM(3, "relu", "hard_sigmoid", return_sequences=True),
    LSTM(3, use_bias=False),
    GRU(3, return_sequences=True),
    GRU(3, reset_after=False, use_bias=False),
    GRU(3, "linear", reset_after=False, return_sequences=True),
]


@pytest.mark.parametrize("cell", CELLS, ids=[str(index) for index in range(len(CELLS))])
def test_a_cell_written_out_is_the_operator(cell, tmp_path, monkeypatch):
    model = small(Input((6, 2)), type(cell)(**cell.get_config()))
    assert difference(model, tmp_path / "a.onnx", windows()) <= NEAR["float32"]
    assert "Scan" not in operations(tmp_path / "a.onnx")
    monkeypatch.setattr(onnx_layers, "fits_operator", lambda *_: False)
    assert difference(model, tmp_path / "b.onnx", windows()) <= NEAR["float32"]
    assert "Scan" in operations(tmp_path / "b.onnx")


def test_names_of_layers_do_not_clash(tmp_path):
    layers = LSTM(2, return_sequences=True, name="x"), LSTM(2, name="y"), Dense(1, name="x/y")
    model = small(Input((6, 2)), *layers)
    assert difference(model, tmp_path / "m.onnx", windows()) <= NEAR["float32"]


def test_an_export_is_the_same_bytes_twice(tmp_path):
    model = small(GRU(3, input_shape=(6, 2)))
    model.to_onnx(tmp_path / "a.onnx")
    model.to_onnx(tmp_path / "b.onnx")
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def test_the_file_is_read_in_the_session_alone(tmp_path):
    """Weights of the file, not of the model: training on changes no exported file."""
    model = small(LSTM(3, input_shape=(6, 2)))
    model.to_onnx(tmp_path / "m.onnx")
    before = session(tmp_path / "m.onnx").run(None, {"x": windows()})[0]
    random_weights(model, np.random.default_rng(99))
    assert np.array_equal(before, session(tmp_path / "m.onnx").run(None, {"x": windows()})[0])


FAULTS = {
    "gates of an LSTM": (onnx_recurrent.OPERATORS, "lstm", ("LSTM", (0, 1, 2, 3))),
    "gates of a GRU": (onnx_recurrent.OPERATORS, "gru", ("GRU", (1, 0, 2))),
    "ONNX's own hard_sigmoid": (
        onnx_activations.IN_OPERATORS,
        "hard_sigmoid",
        onnx_activations.InOperator("HardSigmoid", (0.2,), (0.5,)),
    ),
    "tanh for sigmoid": (onnx_activations.IN_OPERATORS, "sigmoid", ("Tanh", (), ())),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(fault, tmp_path, monkeypatch):
    table, key, wrong = FAULTS[fault]
    monkeypatch.setitem(table, key, type(table[key])(*wrong))
    layers = LSTM(3, return_sequences=True), GRU(4, recurrent_activation="hard_sigmoid")
    model = small(Input((6, 2)), *layers)
    assert difference(model, tmp_path / "m.onnx", windows()) > 100 * NEAR["float32"]


@pytest.mark.parametrize("after", [True, False])
def test_the_reset_gate_stands_where_it_should(after, tmp_path):
    """The same weights give something else when the reset gate is applied at the other place."""
    here = small(GRU(4, reset_after=after, use_bias=False, input_shape=(6, 2)))
    there = small(GRU(4, reset_after=not after, use_bias=False, input_shape=(6, 2)))
    assert np.abs(
        here.predict(windows(), verbose=0) - there.predict(windows(), verbose=0)
    ).max() > (100 * NEAR["float32"])
    assert difference(here, tmp_path / "m.onnx", windows()) <= NEAR["float32"]


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"to_onnx needs the package onnx.*rnncomp\[onnx\]"):
        small(LSTM(3, input_shape=(6, 2))).to_onnx(tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []


def test_refused(tmp_path):
    model = small(LSTM(3, input_shape=(6, 2)))
    with pytest.raises(UnsupportedError, match=r"ends in \.onnx; use m\.onnx"):
        model.to_onnx(tmp_path / "m.pb")
    with pytest.raises(OutputError, match="cannot be written"):
        model.to_onnx(tmp_path / "absent" / "m.onnx")
    with pytest.raises(InvalidArgumentError, match="no weights yet"):
        Sequential([LSTM(3)]).to_onnx(tmp_path / "m.onnx")
    model.weights[0].value[0, 0] = np.nan
    with pytest.raises(ModelFileError, match="'lstm/kernel' holds NaN or infinity"):
        model.to_onnx(tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_kept_if_asked(tmp_path):
    path = tmp_path / "m.onnx"
    path.write_text("mine")
    model = small(LSTM(3, input_shape=(6, 2)))
    with pytest.raises(OutputError, match="exists already"):
        model.to_onnx(path, overwrite=False)
    assert path.read_text() == "mine"
    model.to_onnx(path)
    assert path.read_bytes() != b"mine"


def test_weights_too_large_for_one_file_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(onnx_proto, "SIZE_LIMIT", 100)
    with pytest.raises(UnsupportedError, match="less than 2 GiB, got"):
        small(LSTM(3, input_shape=(6, 2))).to_onnx(tmp_path / "m.onnx")
    assert list(tmp_path.iterdir()) == []


def test_words_come_in_as_whole_numbers(tmp_path):
    path = tmp_path / "m.onnx"
    model = small(Input((None,)), Embedding(9, 4, mask_zero=True), Bidirectional(GRU(3)))
    x = np.array([[1, 2, 3, 0], [8, 0, 0, 0], [0, 0, 0, 0], [0, 5, 0, 6]])
    assert difference(model, path, x) <= NEAR["float32"]
    (found,) = onnx.load(path).graph.input
    assert shapes([found]) == [("x", ["batch", "steps"])]
    assert found.type.tensor_type.elem_type == onnx.TensorProto.INT64


def test_backwards_is_a_direction_of_the_operator(tmp_path):
    """Its outputs are in the order of time, those of Keras's layer in the order of the steps."""
    path = tmp_path / "m.onnx"
    model = small(Input((6, 2)), LSTM(3, go_backwards=True, return_sequences=True))
    assert difference(model, path, windows()) <= NEAR["float32"]
    (node,) = [node for node in onnx.load(path).graph.node if node.op_type == "LSTM"]
    assert {a.name: a.s for a in node.attribute}["direction"] == b"reverse"


@pytest.mark.parametrize("merge", ["concat", "sum", "mul", "ave"])
def test_both_directions_with_steps_that_are_not_there(merge, tmp_path):
    layers = Bidirectional(LSTM(3, return_sequences=True), merge_mode=merge), SimpleRNN(2)
    model = small(Input((6, 2)), Masking(0.5), *layers)
    x = windows()
    x[np.random.default_rng(1).random(x.shape[:2]) < 0.5] = 0.5
    x[:, 2, 0] = 0.5  # one feature alone does not make a step absent
    assert difference(model, tmp_path / "m.onnx", x) <= NEAR["float32"]


def test_a_layer_that_remembers_is_refused_by_name(tmp_path):
    model = small(Input((6, 2)), LSTM(3, stateful=True))
    with pytest.raises(UnsupportedError, match=r"stateful=True \(layer 'lstm'\)"):
        model.to_onnx(tmp_path / "m.onnx")


def test_a_layer_without_an_entry_is_refused_by_name(tmp_path, monkeypatch):
    monkeypatch.delitem(onnx_layers.WRITERS, MaskingSpec)
    with pytest.raises(UnsupportedError, match=r"does not write Masking \(layer 'masking'\)"):
        small(Input((6, 2)), Masking(), LSTM(3)).to_onnx(tmp_path / "m.onnx")


def test_every_layer_has_an_entry():
    specs = {cls for cls in vars(layer_specs).values() if isinstance(cls, type)}
    assert {cls for cls in specs if issubclass(cls, LayerSpec)} - {LayerSpec} == set(
        onnx_layers.WRITERS
    )


def test_zeros_of_a_bidirectional_that_begins_backwards_lie_as_keras_has_them(tmp_path):
    first = GRU(3, return_sequences=True, go_backwards=True)
    both = Bidirectional(first, backward_layer=LSTM(3, return_sequences=True))
    model = Sequential([Input((5, 2)), Masking(), both], seed=1)
    random_weights(model, np.random.default_rng(2))
    x = np.random.default_rng(3).normal(size=(4, 5, 2)).astype("float32")
    x[:, 0] = x[2, 3] = 0.0
    assert difference(model, tmp_path / "model.onnx", x) <= NEAR["float32"]
