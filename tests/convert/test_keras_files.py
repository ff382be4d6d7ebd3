"""Files of several versions of Keras load, predict and learn on as they did there."""

import hashlib
import json
import subprocess
import sys

import h5py
import numpy as np
import pytest
from keras_archive import ARCHIVE, FILES, FIXTURES, MODELS, WEIGHTS, expected, put

import rnncomp
from rnncomp import GRU, LSTM, Dense, Input, Sequential, SimpleRNN, load_model
from rnncomp.convert.keras_config import read_compile, read_model
from rnncomp.errors import ModelFileError, OutputError, UnsupportedError
from rnncomp.keras.optimizers import SGD, Adagrad, Adam, AdamW, Nadam, RMSprop
from tolerance import assert_close, gradient_bound, steps_bound

WINDOW = 6
OPTIMIZERS = {
    "sgd": lambda: SGD(0.1),
    "nesterov": lambda: SGD(0.05, momentum=0.9, nesterov=True, clipnorm=1.0),
    "rmsprop": lambda: RMSprop(0.01, momentum=0.5, centered=True, clipvalue=0.5),
    "adagrad": lambda: Adagrad(0.02, initial_accumulator_value=0.3),
    "adam": lambda: Adam(0.01, amsgrad=True, global_clipnorm=2.0),
    "adamw": lambda: AdamW(0.01),
    "nadam": lambda: Nadam(0.01, beta_1=0.8),
}


def weights_in(data):
    """Return every array of an HDF5 file by path."""
    found = {}
    with h5py.File(data) as file:
        file.visititems(
            lambda name, item: found.update({name: item[()]}) if hasattr(item, "shape") else None
        )
    return found


def check_outputs(model, arrays, key, *, k):
    assert_close(model.predict(arrays["x"], verbose=0), arrays[key], k=k)


def check_learning(model, arrays):
    """Two more epochs end where Keras ended: so the state of its optimizer was taken over whole."""
    model.fit(arrays["x"], arrays["y"], batch_size=4, epochs=2, shuffle=False, verbose=0)
    # Six steps, each with the error of a gradient; Adam divides by the root of a small second
    # moment, which takes most of it.
    check_outputs(model, arrays, "later", k=6 * 6 * gradient_bound(WINDOW))


def test_the_archive_is_the_one_that_the_maker_wrote():
    facts = json.loads((FIXTURES / "keras_files.json").read_text())
    assert hashlib.sha256(ARCHIVE.read_bytes()).hexdigest() == facts["sha256"]
    maker = FIXTURES.parent / "make_keras_files.py"
    assert hashlib.sha256(maker.read_bytes()).hexdigest() == facts["maker_sha256"]
    assert {made["keras"] for made in facts["made_with"]} == {name.split("/")[0] for name in FILES}
    assert len(MODELS) + len(WEIGHTS) >= 50


@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_keras_predicts_and_learns_on_as_there(name, tmp_path):
    arrays, path = expected(name), put(name, tmp_path)
    model = load_model(path)
    assert model.dtype == ("float64" if "float64" in name else "float32")
    check_outputs(model, arrays, "saved", k=steps_bound(WINDOW))
    assert model.compiled == ("later" in arrays)
    if model.compiled:
        check_learning(model, arrays)


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_of_keras_fill_a_model_of_the_same_layers(name, tmp_path):
    arrays, path = expected(name), put(name, tmp_path)
    config = json.loads(FILES[name.replace(".weights.h5", ".json")])
    model = read_model(config, seed=0)
    read_compile(model, config)
    model.build()
    model.load_weights(path)
    check_outputs(model, arrays, "saved", k=steps_bound(WINDOW))
    if model.compiled:
        check_learning(model, arrays)


@pytest.mark.parametrize("name", MODELS)
def test_weights_and_state_go_through_to_the_bit(name, tmp_path):
    before = put(name, tmp_path)
    model = load_model(before)
    model.save_weights(tmp_path / "after.weights.h5")
    wanted, found = weights_of(before, tmp_path), weights_in(tmp_path / "after.weights.h5")
    if "deep" in name:  # Nadam: see below
        wanted, found = (
            {k: v for k, v in w.items() if "optimizer" not in k} for w in (wanted, found)
        )
    if "unfitted" in name:  # Keras makes the state when it trains, we write that of the beginning
        assert len(wanted) < len(found)
        found = {path: found[path] for path in wanted}
    assert set(found) == set(wanted)
    for path, value in wanted.items():
        assert np.asarray(value).tobytes() == np.asarray(found[path]).tobytes(), path


def weights_of(path, folder):
    import zipfile

    with zipfile.ZipFile(path) as archive:
        archive.extract("model.weights.h5", folder)
    return weights_in(folder / "model.weights.h5")


def ours(optimizer="adam", dtype="float32"):
    layers = [
        Input((WINDOW, 3)),
        SimpleRNN(4, return_sequences=True, use_bias=False, kernel_initializer="he_uniform"),
        LSTM(5, return_sequences=True, unit_forget_bias=False, bias_initializer="ones"),
        GRU(3, reset_after=False, recurrent_activation="hard_sigmoid", name="mine"),
        Dense(2, activation="tanh"),
    ]
    model = Sequential(layers, seed=5, dtype=dtype, name="ours")
    model.compile(OPTIMIZERS[optimizer](), loss="mae", metrics=["mse"])
    model.fit(*data(), epochs=2, batch_size=4, verbose=0)
    return model


def data():
    rng = np.random.default_rng(3)
    return rng.normal(size=(10, WINDOW, 3)), rng.normal(size=(10, 2))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_model_comes_back_to_the_bit_and_learns_on_the_same_way(optimizer, dtype, tmp_path):
    model, path = ours(optimizer, dtype), tmp_path / "m.keras"
    model.save(path)
    other = load_model(path)
    assert [a.get_config() for a in other.layers] == [b.get_config() for b in model.layers]
    assert (other.name, other.seed, other.dtype) == ("ours", 5, dtype)
    assert repr(other.optimizer) == repr(model.optimizer)
    assert other.network.params.tobytes() == model.network.params.tobytes()
    histories = [m.fit(*data(), epochs=2, batch_size=4, verbose=0).history for m in (model, other)]
    assert histories[0] == histories[1]
    assert other.network.params.tobytes() == model.network.params.tobytes()


def test_the_same_model_is_the_same_bytes(tmp_path):
    model = ours()
    for name in ("a", "b"):
        model.save(tmp_path / f"{name}.keras")
        load_model(tmp_path / f"{name}.keras").save_weights(tmp_path / f"{name}.weights.h5")
    for suffix in ("keras", "weights.h5"):
        a, b = ((tmp_path / f"{name}.{suffix}").read_bytes() for name in "ab")
        assert a == b


def test_weights_go_from_a_model_to_another(tmp_path):
    one, other = ours(), ours("sgd")
    one.save_weights(tmp_path / "one.weights.h5")
    with pytest.warns(UserWarning, match="SGD has 2 variables, the file 32; compile as it was"):
        other.load_weights(tmp_path / "one.weights.h5")
    assert other.network.params.tobytes() == one.network.params.tobytes()
    assert repr(other.optimizer) == repr(OPTIMIZERS["sgd"]())


def test_a_model_may_be_loaded_without_its_compile(tmp_path):
    ours().save(tmp_path / "m.keras")
    assert not load_model(tmp_path / "m.keras", compile=False).compiled


def test_files_are_not_replaced_unless_that_is_wanted(tmp_path):
    model = ours()
    for save, name in ((model.save, "m.keras"), (model.save_weights, "m.weights.h5")):
        save(tmp_path / name)
        with pytest.raises(OutputError, match="exists already"):
            save(tmp_path / name, overwrite=False)
        with pytest.raises(OutputError, match="cannot be written"):
            save(tmp_path / "nowhere" / name)


def test_a_diverged_model_is_not_written(tmp_path):
    model = ours()
    model.network.params[3] = np.nan
    for save, name in ((model.save, "m.keras"), (model.save_weights, "m.weights.h5")):
        with pytest.raises(ModelFileError, match="not written, 'simple_rnn/kernel' holds NaN"):
            save(tmp_path / name)


def test_other_endings_are_refused():
    model = ours()
    with pytest.raises(UnsupportedError, match=r"ends in \.safetensors or \.keras"):
        model.save("m.h5")
    for method in (model.save_weights, model.load_weights):
        with pytest.raises(UnsupportedError, match=r"a weights file ends in \.weights\.h5"):
            method("m.h5")
    with pytest.raises(UnsupportedError, match="skip_mismatch=True"):
        model.load_weights("m.weights.h5", skip_mismatch=True)


def test_a_missing_h5py_is_told_with_the_extra(tmp_path):
    code = (
        "import sys; sys.modules['h5py'] = None\n"
        "import rnncomp\n"
        "model = rnncomp.Sequential([rnncomp.LSTM(2, input_shape=(3, 1))])\n"
        "calls = [lambda: model.save('m.keras'), lambda: rnncomp.load_model('m.keras'),\n"
        "         lambda: model.save_weights('m.weights.h5'),\n"
        "         lambda: model.load_weights('m.weights.h5')]\n"
        "for call in calls:\n"
        "    try: call()\n"
        "    except ImportError as error: print(error)\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path
    ).stdout.splitlines()
    for line, owner in zip(
        out, ("save", "load_model", "save_weights", "load_weights"), strict=True
    ):
        assert line.startswith(f"{owner} needs the package h5py"), line
        assert line.endswith("pip install 'rnncomp[keras]'")


def test_nothing_of_it_is_loaded_before_it_is_asked_for():
    code = (
        "import sys, rnncomp.training\n"
        "print('rnncomp.convert' in sys.modules, 'h5py' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert out.stdout.split() == ["False", "False"]
    assert rnncomp.Sequential is Sequential
