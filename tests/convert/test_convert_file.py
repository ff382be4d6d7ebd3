"""convert_file: every pair of kinds, what stays behind, and nothing half written."""

import sys

import numpy as np
import pytest
from runtime import NEAR, session

from rnncomp import LSTM, Dense, RecurrentForecaster, Sequential, convert_file, load, load_model
from rnncomp.errors import MissingExtraError, ModelFileError, OutputError, UnsupportedError


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


def test_a_forecaster_keeps_its_scaling_or_it_is_said(tmp_path):
    fitted = RecurrentForecaster("gru", window=4, units=2, epochs=1, seed=0).fit(load("airline"))
    fitted.save(tmp_path / "gru.safetensors")
    done = convert_file(tmp_path / "gru.safetensors", tmp_path / "gru.onnx")
    assert any("scaled units" in words for words in done.left_behind)
    copy = convert_file(tmp_path / "gru.safetensors", tmp_path / "copy.safetensors").path
    again = RecurrentForecaster.load(copy)
    assert again.scaler.to_dict() == fitted.scaler.to_dict()


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
