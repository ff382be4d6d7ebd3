"""Model files: a round trip is equal to the bit, and a hostile file is refused by name."""

import json
import os
import stat
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnncomp.errors import ModelFileError, OutputError, UnsupportedError
from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential, load_model
from rnncomp.keras.optimizers import SGD, Adam
from rnncomp.training import load, load_beside, save_model
from tolerance import assert_close, steps_bound

X = np.random.default_rng(1).normal(size=(12, 4, 2))
Y = np.random.default_rng(2).normal(size=(12, 3))

STACKS = {
    "lstm": [LSTM, {"units": 5, "unit_forget_bias": False, "bias_initializer": "ones"}],
    "gru": [GRU, {"units": 3, "reset_after": False, "recurrent_activation": "hard_sigmoid"}],
    "simple_rnn": [SimpleRNN, {"units": 4, "activation": "relu", "use_bias": False}],
}


def trained(stack="lstm", *, optimizer=None, dtype="float32", seed=3):
    cls, options = STACKS[stack]
    first = cls(**options, return_sequences=True, kernel_initializer="he_uniform", name="first")
    layers = [Input((4, 2)), first, GRU(2, name="second"), Dense(3)]
    model = Sequential(layers, seed=seed, dtype=dtype, name="mine")
    model.compile(optimizer or Adam(0.01, beta_1=0.8), loss="mae", metrics=["mse"])
    model.fit(X, Y, epochs=2, batch_size=5, verbose=0)
    return model


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The bytes of a sound file."""
    path = tmp_path_factory.mktemp("sound") / "model.safetensors"
    trained().save(path)
    return path.read_bytes()


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", [None, SGD(0.1), SGD(0.1, momentum=0.5, nesterov=True)])
def test_a_model_comes_back_to_the_bit_and_learns_on_the_same_way(path, stack, dtype, optimizer):
    model = trained(stack, optimizer=optimizer, dtype=dtype)
    model.save(path)
    other = load_model(path)
    assert [layer.get_config() for layer in other.layers] == [
        layer.get_config() for layer in model.layers
    ]
    assert (other.name, other.seed, other.dtype) == ("mine", 3, dtype)
    assert other.input_shape == model.input_shape
    assert repr(other.optimizer) == repr(model.optimizer)
    assert other.network.params.tobytes() == model.network.params.tobytes()
    assert other.predict(X, verbose=0).tobytes() == model.predict(X, verbose=0).tobytes()
    histories = [m.fit(X, Y, epochs=2, batch_size=5, verbose=0).history for m in (model, other)]
    assert histories[0] == histories[1]
    assert other.network.params.tobytes() == model.network.params.tobytes()


def test_a_model_that_was_never_compiled_comes_back_uncompiled(path):
    Sequential([Input((None, 2)), LSTM(3)], seed=1).save(path)
    model = load_model(path)
    assert not model.compiled
    assert model.input_shape == (None, None, 2)


def test_compile_false_leaves_the_optimizer_behind(path):
    trained().save(path)
    assert not load_model(path, compile=False).compiled


def test_extra_values_come_back(path):
    extra = {"window": 50, "scale": {"low": 0.1, "high": [1.5, None, "x"]}}
    save_model(trained(), path, extra=extra)
    assert load_beside(path)[1] == extra
    with pytest.raises(ValueError, match="extra must hold plain finite values"):
        save_model(trained(), path, extra={"a": float("nan")})


def test_other_readers_find_the_weights_by_name(path):
    from safetensors.numpy import load_file

    model = trained()
    model.save(path)
    tensors = load_file(path)
    for weight in model.weights:
        assert tensors[weight.name].tobytes() == weight.value.tobytes()


SAVES = """
import hashlib, sys
import rnncomp
from test_model_files import trained

folder = sys.argv[1]
forecaster = rnncomp.RecurrentForecaster("gru", window=12, units=3, epochs=1)
forecaster.fit(rnncomp.load("airline"))
for thing in (trained(), forecaster):
    for _ in range(4):
        thing.save(f"{folder}/model.safetensors")
        with open(f"{folder}/model.safetensors", "rb") as file:
            print(type(thing).__name__, hashlib.sha256(file.read()).hexdigest())
"""


def saved_by_a_process(folder, hash_seed):
    """Return what a model and a forecaster are saved as, several times over."""
    paths = [str(Path(__file__).parent), *sys.path]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(paths)}
    program = [sys.executable, "-c", SAVES, str(folder)]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_same_model_is_the_same_bytes_in_every_process(tmp_path):
    lines = saved_by_a_process(tmp_path, "1") + saved_by_a_process(tmp_path, "2")
    assert len(lines) == 16
    assert len(set(lines)) == 2, "one file for the model, one for the forecaster"


def test_a_diverged_model_is_not_saved(path):
    model = trained()
    model.network.params[7] = np.nan
    with pytest.raises(ModelFileError, match="'first/kernel' holds NaN or infinity"):
        model.save(path)
    assert not path.exists()


def test_a_model_without_weights_is_not_saved(path):
    with pytest.raises(ValueError, match="no weights yet"):
        Sequential([LSTM(2)]).save(path)


@pytest.mark.parametrize("name", ["model.h5", "model", "model.pkl"])
def test_other_endings_are_refused(tmp_path, name):
    ends = r"ends in \.safetensors or \.keras; use model\.safetensors"
    with pytest.raises(UnsupportedError, match=ends):
        trained().save(tmp_path / name)
    with pytest.raises(UnsupportedError, match=r"ends in \.safetensors"):
        load_model(tmp_path / name)


def test_an_existing_file_is_kept_if_it_may_not_be_replaced(path):
    path.write_text("old")
    with pytest.raises(OutputError, match="exists already"):
        trained().save(path, overwrite=False)
    assert path.read_text() == "old"


def test_a_failed_write_leaves_the_old_file_and_no_other(path, monkeypatch):
    path.write_text("old")

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        trained().save(path)
    assert path.read_text() == "old"
    assert os.listdir(path.parent) == [path.name]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OutputError, match="nowhere"):
        trained().save(tmp_path / "nowhere" / "model.safetensors")


@pytest.mark.skipif(os.name == "nt", reason="no permission bits")
def test_the_file_gets_ordinary_permissions(path):
    mask = os.umask(0o022)
    try:
        trained().save(path)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def parts(data):
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8 : 8 + length]), data[8 + length :]


def packed(header, body):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def with_config(data, change):
    header, body = parts(data)
    config = json.loads(header["__metadata__"]["config"])
    config = change(config) or config
    text = config if isinstance(config, str) else json.dumps(config)
    header["__metadata__"]["config"] = text
    return packed(header, body)


def with_header(data, change):
    header, body = parts(data)
    change(header)
    return packed(header, body)


def with_text(data, old, new):
    header, body = parts(data)
    text = json.dumps(header)
    assert old in text
    return packed(text.replace(old, new, 1).encode(), body)


def with_nan(data):
    return data[:-4] + struct.pack("<f", float("nan"))


def set_in(*keys, value):
    def change(config):
        for key in keys[:-1]:
            config = config[key]
        config[keys[-1]] = value

    return change


def kernel(**entry):
    return lambda header: header["first/kernel"].update(entry)


HOSTILE = {
    "empty": (lambda d: b"", "its header would take 0 of its 0 bytes|not a sound"),
    "seven bytes": (lambda d: d[:7], "not a sound"),
    "no safetensors": (lambda d: b"PK\x03\x04" + b"x" * 400, "its header would take"),
    "header of 2**63 bytes": (lambda d: struct.pack("<Q", 2**63) + d[8:], "its header would take"),
    "cut short": (lambda d: d[:-1], "do not fill"),
    "cut in the header": (lambda d: d[:60], "its header would take"),
    "too long": (lambda d: d + b"x", "do not fill"),
    "header no JSON": (lambda d: packed(b"{]", b""), "its header cannot be read"),
    "header no UTF-8": (lambda d: packed(b'{"\xff": 1}', b""), "its header cannot be read"),
    "header a list": (lambda d: packed(b"[]", b""), "no JSON object"),
    "header nested deep": (lambda d: packed(b"[" * 100_000, b""), "nested too deep"),
    "a number of many digits": (lambda d: packed(b"9" * 9_000, b""), "its header cannot be read"),
    "no metadata": (lambda d: with_header(d, lambda h: h.pop("__metadata__")), "does not say"),
    "metadata a list": (lambda d: with_header(d, set_in("__metadata__", value=[1])), "no texts"),
    "metadata a number": (
        lambda d: with_header(d, set_in("__metadata__", "config", value=1)),
        "no texts",
    ),
    "other format": (lambda d: with_text(d, "rnncomp-model/1", "pt"), "does not say"),
    "future version": (
        lambda d: with_text(d, "rnncomp-model/1", "rnncomp-model/2"),
        "must be rnncomp-model/1 or older, got rnncomp-model/2; update rnncomp",
    ),
    "version 0": (lambda d: with_text(d, "rnncomp-model/1", "rnncomp-model/0"), "does not say"),
    "version of many digits": (
        lambda d: with_text(d, "rnncomp-model/1", "rnncomp-model/" + 9999 * "1"),
        "does not say",
    ),
    "repeated tensor": (
        lambda d: with_text(d, '"first/kernel": {', '"first/bias": 1, "first/kernel": {'),
        "'first/bias' stands there twice",
    ),
    "repeated key in the config": (
        lambda d: with_text(d, r"{\"name\": \"mine\"", r"{\"seed\": 1, \"name\": \"mine\""),
        "'seed' stands there twice",
    ),
    "NaN in the config": (
        lambda d: with_text(d, r"\"seed\": 3", r"\"seed\": NaN"),
        "NaN' is not finite",
    ),
    "1e999 in the config": (
        lambda d: with_text(d, r"\"beta_1\": 0.8", r"\"beta_1\": 1e999"),
        "1e999' is not finite",
    ),
    "NaN in the header": (lambda d: packed(b'{"a": NaN}', b""), "NaN' is not finite"),
    "NaN in the weights": (with_nan, "holds NaN or infinity"),
    "tensor of integers": (lambda d: with_header(d, kernel(dtype="I64")), "no tensor of float32"),
    "tensor of unknown fields": (lambda d: with_header(d, kernel(x=1)), "no tensor of float32"),
    "negative shape": (lambda d: with_header(d, kernel(shape=[-2, -20])), "has the shape"),
    "shape of true": (lambda d: with_header(d, kernel(shape=[True, 40])), "has the shape"),
    "shape of floats": (lambda d: with_header(d, kernel(shape=[2.0, 20])), "has the shape"),
    "huge shape": (lambda d: with_header(d, kernel(shape=[10**12, 20])), "is said to have shape"),
    "transposed kernel": (lambda d: with_header(d, kernel(shape=[20, 2])), "'first/kernel' should"),
    "overlapping tensors": (
        lambda d: with_header(d, kernel(data_offsets=[4, 164])),
        "do not fill",
    ),
    "three offsets": (lambda d: with_header(d, kernel(data_offsets=[0, 1, 2])), "has the shape"),
    "endless name": (
        lambda d: with_header(d, lambda h: h.update({"x\n" * 9999: h.pop("first/kernel")})),
        "should be|is no tensor",
    ),
    "endless layer name": (
        lambda d: with_config(d, set_in("layers", 0, "name", value="x" * 50_000)),
        "should be|does not hold",
    ),
    "endless key": (
        lambda d: with_config(d, lambda c: c.update({"x" * 50_000: 1})),
        "does not hold",
    ),
    "missing tensor": (
        lambda d: with_header(d, lambda h: h.update({"x": h.pop("first/kernel")})),
        "'(x|first/kernel)' should be",
    ),
    "config no object": (lambda d: with_config(d, lambda c: "[1]"), "no JSON object"),
    "config empty": (lambda d: with_config(d, lambda c: "{}"), "does not hold"),
    "config cut": (lambda d: with_config(d, lambda c: "{"), "its config cannot be read"),
    "unknown key": (lambda d: with_config(d, set_in("x", value=1)), "does not hold"),
    "unknown layer": (
        lambda d: with_config(d, set_in("layers", 0, "class", value="Lambda")),
        "does not hold .*Lambda",
    ),
    "unknown argument": (
        lambda d: with_config(d, set_in("layers", 0, "code", value="exit()")),
        "does not hold .*code",
    ),
    "an argument that is no setting of a layer": (
        lambda d: with_config(d, set_in("layers", 0, "input_shape", value=[3, 2])),
        "not kept",
    ),
    "missing units": (
        lambda d: with_config(d, lambda c: c["layers"][0].pop("units") and None),
        "does not hold .*units",
    ),
    "missing seed": (lambda d: with_config(d, lambda c: c.pop("seed") and None), "seed"),
    "units of 10**12": (
        lambda d: with_config(d, set_in("layers", 0, "units", value=10**12)),
        "does not hold .*units must be an integer below",
    ),
    "units of 10**9": (
        lambda d: with_config(d, set_in("layers", 0, "units", value=10**9)),
        "does not hold .*at most",
    ),
    "units of 0": (lambda d: with_config(d, set_in("layers", 0, "units", value=0)), "units must"),
    "units a text": (lambda d: with_config(d, set_in("layers", 0, "units", value="5")), "units"),
    "other units": (lambda d: with_config(d, set_in("layers", 0, "units", value=6)), "should be"),
    "no layers": (lambda d: with_config(d, set_in("layers", value=[])), "there are no layers"),
    "layers a number": (lambda d: with_config(d, set_in("layers", value=3)), "does not hold"),
    "layer a number": (lambda d: with_config(d, set_in("layers", 0, value=3)), "does not hold"),
    "unknown activation": (
        lambda d: with_config(d, set_in("layers", 0, "activation", value="exec")),
        "does not hold .*activation",
    ),
    "unknown initializer": (
        lambda d: with_config(d, set_in("layers", 0, "kernel_initializer", "name", value="os")),
        "does not hold .*no known initializer",
    ),
    "initializer of text": (
        lambda d: with_config(d, set_in("layers", 0, "kernel_initializer", "seed", value="1")),
        "does not hold",
    ),
    "same names": (
        lambda d: with_config(d, set_in("layers", 1, "name", value="first")),
        "name must be different",
    ),
    "negative seed": (lambda d: with_config(d, set_in("seed", value=-1)), "seed must be"),
    "dtype of text": (lambda d: with_config(d, set_in("dtype", value="object")), "dtype must be"),
    "dtype swapped": (lambda d: with_config(d, set_in("dtype", value="float64")), "should be"),
    "unknown optimizer": (
        lambda d: with_config(d, set_in("compiled", "optimizer", "class", value="eval")),
        "does not hold .*eval",
    ),
    "unknown loss": (
        lambda d: with_config(d, set_in("compiled", "loss", value="hubris")),
        "loss must be",
    ),
    "metrics of numbers": (
        lambda d: with_config(d, set_in("compiled", "metrics", value=[[1, "mse"]])),
        "name must be",
    ),
    "iteration below 0": (
        lambda d: with_config(d, set_in("compiled", "iteration", value=-1)),
        "iteration must be",
    ),
    "input shape of text": (
        lambda d: with_config(d, set_in("input_shape", value="ab")),
        "input_shape must be",
    ),
    "no features": (
        lambda d: with_config(d, set_in("input_shape", value=[4, None])),
        "input_shape must be",
    ),
    "extra a list": (
        lambda d: with_header(d, set_in("__metadata__", "extra", value="[]")),
        "its extra is no JSON object",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_before_it_is_read(path, sound, name, monkeypatch):
    change, message = HOSTILE[name]
    path.write_bytes(change(sound))
    if "weights" not in name:  # all but wrong data is found in the header alone
        monkeypatch.setattr("rnncomp.training.load.read_tensors", None)
    with pytest.raises(ModelFileError, match=message) as caught:
        load_model(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert "\n" not in text
    assert len(text) < len(str(path)) + 400


def test_the_file_that_is_changed_above_is_sound(path, sound):
    path.write_bytes(sound)
    assert load_model(path).count_params() == trained().count_params()


def test_a_missing_key_takes_its_default(path, sound):
    """Files written before a layer or compile got an argument load after it did."""

    def older(config):
        for layer in config["layers"]:
            layer.pop("activation", None)
            layer.pop("bias_initializer")
        del config["compiled"]["optimizer"]["beta_1"]
        del config["name"]

    path.write_bytes(with_config(sound, older))
    model = load_model(path)
    assert [layer.spec.activation for layer in model.layers[:1]] == ["tanh"]
    assert (model.optimizer.get_config()["beta_1"], model.name) == (0.9, "sequential")


def test_an_older_version_is_upgraded_one_version_at_a_time(path, sound, monkeypatch):
    def rename(old, new):
        return lambda config: {new if key == old else key: v for key, v in config.items()}

    monkeypatch.setattr(load, "VERSION", 3)
    monkeypatch.setattr(load, "UPGRADES", {1: rename("stack", "list"), 2: rename("list", "layers")})
    older = with_config(sound, lambda c: {"stack" if k == "layers" else k: c[k] for k in c})
    path.write_bytes(older)
    assert len(load_model(path).layers) > 0


def test_a_file_of_version_1_loads_and_predicts_what_it_did():
    """Written by make_version_1.py when version 1 was new, and never again."""
    folder = Path(__file__).parent / "files"
    facts = json.loads((folder / "version_1.json").read_text())
    model, extra, _ = load_beside(folder / "version_1.safetensors")
    x = np.array(facts["x"], np.float32)
    y = model.predict(x, verbose=0)
    assert_close(y, facts["y"], k=3 * steps_bound(x.shape[1]), what="three recurrent layers")
    assert extra == facts["extra"]
    assert [repr(layer) for layer in model.layers] == facts["layers"]
    compiled = model.compiled_with
    assert (compiled.iteration, compiled.epochs, compiled.loss.kind) == (6, 2, "mae")
    made_from = model.optimizer.get_config()  # what version 1 did not know has its default
    assert made_from == facts["optimizer"] | {"amsgrad": False, "weight_decay": 0.0}
    # A mean of the outputs, then one update later, which needs the state of the optimizer; its
    # steps are 0.01, of a loss near 1 to which a rounding of the gradients makes no difference.
    zeros, eps = np.zeros((5, 3), np.float32), np.finfo(np.float32).eps
    losses = (
        model.fit(x, zeros, verbose=0).history["loss"] + model.evaluate(x, zeros, verbose=0)[:1]
    )
    assert_close(losses, [facts["loss"], facts["next_loss"]], k=3 * steps_bound(4), eps=eps)


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(ModelFileError, match=r"gone\.safetensors: cannot be read"):
        load_model(tmp_path / "gone.safetensors")
    (tmp_path / "folder.safetensors").mkdir()
    with pytest.raises(ModelFileError, match=r"folder\.safetensors: cannot be read"):
        load_model(tmp_path / "folder.safetensors")
