"""convert_file: every pair of kinds, what stays behind, and nothing half written."""

import sys

import numpy as np
import pytest
from runtime import NEAR, session

from rnncomp import LSTM, Dense, RecurrentForecaster, Sequential, convert_file, load, load_model
from rnncomp.errors import (
    InvalidArgumentError,
    MissingExtraError,
    ModelFileError,
    OutputError,
    UnsupportedError,
)


@pytest.fixture
def saved(tmp_path):
    """A compiled model in tmp_path/model.safetensors, and the model."""
    model = Sequential([LSTM(4, input_shape=(3, 1)), Dense(2)], seed=1)
    model.compile(optimizer="adam", loss="mse")
    model.fit(np.ones((8, 3, 1)), np.ones((8, 2)), epochs=1, verbose=0)
    model.save(tmp_path / "model.safetensors")
    return model


def test_to_onnx(saved, tmp_path):
    done = convert_file(tmp_path / "model.safetensors", tmp_path / "model.onnx")
    assert done.path == tmp_path / "model.onnx"
    assert done.parameters == saved.count_params() == 106
    assert done.left_behind == ("optimizer, loss and metrics",)
    x = np.random.default_rng(0).normal(size=(5, 3, 1)).astype("float32")
    (y,) = session(done.path).run(["y"], {"x": x})
    assert np.abs(y - saved.predict(x, verbose=0)).max() <= NEAR["float32"]


def test_to_a_file_of_our_own(saved, tmp_path):
    """The state of learning goes along: the file is the same to the byte."""
    source, target = str(tmp_path / "model.safetensors"), str(tmp_path / "copy.safetensors")
    assert convert_file(source, target).left_behind == ()
    with open(source, "rb") as a, open(target, "rb") as b:
        assert a.read() == b.read()
    assert load_model(target).compiled_with.iteration == 1


@pytest.mark.parametrize("suffix", [".keras", ".safetensors"])
def test_there_and_back(suffix, saved, tmp_path):
    """Through a file of Keras and back: weights and the optimizer's state to the bit."""
    there, back = tmp_path / f"there{suffix}", tmp_path / "back.safetensors"
    assert convert_file(tmp_path / "model.safetensors", there).left_behind == ()
    assert convert_file(there, back).left_behind == ()
    assert back.read_bytes() == (tmp_path / "model.safetensors").read_bytes()


def test_weights_alone_need_a_template(saved, tmp_path):
    """A template gives the layers; neither its weights nor what its optimizer learned remain."""
    weights, template = tmp_path / "m.weights.h5", tmp_path / "template.safetensors"
    done = convert_file(tmp_path / "model.safetensors", weights)
    assert done.left_behind == ("the layers, loss and metrics",)
    other = Sequential([LSTM(4, input_shape=(3, 1)), Dense(2)], seed=2)
    other.compile(optimizer="adam", loss="mse")
    other.fit(np.ones((80, 3, 1)), np.ones((80, 2)), epochs=1, verbose=0)
    other.save(template)
    back = convert_file(weights, tmp_path / "back.safetensors", template=template).path
    found = load_model(back)
    for ours, theirs in zip(found.get_weights(), saved.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)
    assert found.compiled_with.iteration == saved.compiled_with.iteration == 1
    assert np.array_equal(found.compiled_with.slots, saved.compiled_with.slots)


def test_a_template_that_learned_lends_its_layers_alone(saved, tmp_path):
    """Weights of a model that was not compiled bring no state of an optimizer with them."""
    plain = Sequential([LSTM(4, input_shape=(3, 1)), Dense(2)], seed=2)
    plain.save_weights(tmp_path / "plain.weights.h5")
    back = tmp_path / "back.safetensors"
    convert_file(tmp_path / "plain.weights.h5", back, template=tmp_path / "model.safetensors")
    compiled = load_model(back).compiled_with
    assert (compiled.slots, compiled.iteration, compiled.epochs) == (None, 0, 0)


def test_a_template_where_it_belongs_alone(saved, tmp_path):
    convert_file(tmp_path / "model.safetensors", tmp_path / "m.weights.h5")
    with pytest.raises(InvalidArgumentError, match=r"template must be a model file.*got None"):
        convert_file(tmp_path / "m.weights.h5", tmp_path / "m.onnx")
    with pytest.raises(InvalidArgumentError, match=r"None unless the source ends in \.weights\.h5"):
        convert_file(
            tmp_path / "model.safetensors", tmp_path / "m.onnx", template=tmp_path / "m.keras"
        )
    with pytest.raises(UnsupportedError, match=r"read must end in \.safetensors or \.keras"):
        convert_file(
            tmp_path / "m.weights.h5", tmp_path / "m.onnx", template=tmp_path / "m.weights.h5"
        )
    assert not (tmp_path / "m.onnx").exists()


def test_a_forecaster_keeps_its_scaling_or_it_is_said(tmp_path):
    fitted = RecurrentForecaster("gru", window=4, units=2, epochs=1, seeds=2).fit(load("airline"))
    fitted.save(tmp_path / "gru.safetensors")
    done = convert_file(tmp_path / "gru.safetensors", tmp_path / "gru.onnx")
    assert any("scaled units" in words for words in done.left_behind)
    copy = convert_file(tmp_path / "gru.safetensors", tmp_path / "copy.safetensors").path
    again = RecurrentForecaster.load(copy)
    (known,), (kept,) = fitted.learned.values(), again.learned.values()
    assert kept.transform.to_dict() == known.transform.to_dict()
    assert again.predict(3).values.tolist() == fitted.predict(3).values.tolist()


def test_the_end_of_a_name_must_be_known(saved, tmp_path):
    with pytest.raises(UnsupportedError, match=r"that is read must end in \.safetensors"):
        convert_file(tmp_path / "model.onnx", tmp_path / "model.safetensors")
    with pytest.raises(UnsupportedError, match=r"or \.onnx; did you mean '\.onnx'\?"):
        convert_file(tmp_path / "model.safetensors", tmp_path / "model.onx")


def test_nothing_is_replaced_unasked(saved, tmp_path):
    target = tmp_path / "model.onnx"
    target.write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        convert_file(tmp_path / "model.safetensors", target)
    assert target.read_text() == "mine"
    convert_file(tmp_path / "model.safetensors", target, overwrite=True)
    assert session(target)


@pytest.mark.parametrize("content", [None, b"no model"])
def test_a_bad_source_leaves_no_target(content, tmp_path):
    source = tmp_path / "model.safetensors"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"model\.safetensors"):
        convert_file(source, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


def test_a_missing_extra_leaves_no_target(saved, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(MissingExtraError, match=r"rnncomp\[onnx\]"):
        convert_file(tmp_path / "model.safetensors", tmp_path / "model.onnx")
    assert [path.name for path in tmp_path.iterdir()] == ["model.safetensors"]
