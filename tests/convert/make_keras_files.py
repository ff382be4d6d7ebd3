"""Make model files and weights files with several versions of real Keras, on JAX.

Run it by hand, never as part of the tests. Once for each version and precision, in an environment
with that Keras (3.5 and 3.8 need jax 0.4.35, newer ones take the newest)::

    pip install keras==3.5.0 jax==0.4.35 h5py
    python tests/convert/make_keras_files.py FOLDER float32
    python tests/convert/make_keras_files.py FOLDER float64

then once, with any of them, to put all into one small archive::

    python tests/convert/make_keras_files.py FOLDER pack

Every model has independent random weights, is trained for two epochs of given batches (so that its
optimizer has a state), saved, and trained for two more. What it predicts at both times is kept
beside the file. The archive is fixtures/keras_files.tar.xz: the files are mostly zeros.
"""

import hashlib
import io
import json
import os
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import numpy as np

import keras

FIXTURES = Path(__file__).parent / "fixtures"
SAMPLES, WINDOW, FEATURES, OUTPUTS = 11, 6, 3, 2
L, O = keras.layers, keras.optimizers  # noqa: E741


def window():
    return L.Input((WINDOW, FEATURES))


def chain(*layers):
    """A functional model, from input to output."""
    tensor = first = window()
    for layer in layers:
        tensor = layer(tensor)
    return keras.Model(first, tensor, name="chain")


def stack(*layers, name=None):
    return keras.Sequential([window(), *layers], name=name)


def plain(cls, **options):
    return stack(cls(5, **options), L.Dense(OUTPUTS))


def deep():
    return [
        L.GRU(4, return_sequences=True),
        L.LSTM(5, return_sequences=True, unit_forget_bias=False, name="named"),
        L.Dense(3, activation="tanh"),
        L.LSTM(4, kernel_initializer="he_uniform", bias_initializer="ones"),
        L.Dense(OUTPUTS),
    ]


def bidirectional():
    backward = L.GRU(3, go_backwards=True, return_sequences=True, recurrent_activation="softsign")
    layers = [
        L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode="ave"),
        L.Bidirectional(L.SimpleRNN(3, return_sequences=True), backward_layer=backward),
        L.Bidirectional(L.GRU(2, reset_after=False), merge_mode="mul"),
    ]
    return stack(*layers, L.Dense(OUTPUTS))


def masked():
    layers = [
        L.Masking(-1.0),
        L.LSTM(3, return_sequences=True),
        L.Bidirectional(L.SimpleRNN(3, return_sequences=True)),
        L.TimeDistributed(L.Dense(3, activation="elu")),
    ]
    return chain(*layers, L.GRU(4), L.Dense(OUTPUTS))


def decoder():
    layers = [L.GRU(4), L.RepeatVector(3), L.LSTM(4, return_sequences=True, go_backwards=True)]
    return stack(*layers, L.TimeDistributed(L.Dense(2)), L.Flatten(), L.Dense(OUTPUTS))


def words():
    """A classifier of whole numbers, 0 for what is not there."""
    numbers = L.Input((WINDOW,), dtype="int32")
    layers = [L.Embedding(7, 4, mask_zero=True), L.Bidirectional(L.LSTM(3))]
    return keras.Sequential([numbers, *layers, L.Dense(3, activation="softmax")])


def dropping():
    """What is dropped is drawn anew in every training: it is not trained."""
    layers = [L.LSTM(4, dropout=0.2, recurrent_dropout=0.1, return_sequences=True), L.Dropout(0.3)]
    return stack(*layers, L.Activation("gelu"), L.GRU(3, activation="leaky_relu"), L.Dense(OUTPUTS))


def options():
    """Numbers that float32 holds: Keras keeps them in that."""
    penalties = {
        "kernel_regularizer": keras.regularizers.L2(2.0**-7),
        "recurrent_regularizer": keras.regularizers.L1L2(2.0**-8, 2.0**-9),
        "kernel_initializer": keras.initializers.TruncatedNormal(0.1, 0.2, seed=3),
        "recurrent_initializer": "identity",
        "bias_initializer": keras.initializers.Constant(0.25),
    }
    return stack(L.SimpleRNN(4, activation="selu", **penalties), L.Dense(OUTPUTS, "softplus"))


class Case(NamedTuple):
    """A model, its optimizer (None: it is not compiled), its loss, and what is kept of it."""

    build: Callable[[], Any]
    optimizer: Callable[[], Any] | None
    loss: Any = "mse"
    weights_alone: bool = False


def decay():
    return O.Adam(O.schedules.ExponentialDecay(0.01, 4, 0.5, staircase=True))


CASES = {
    "simple_rnn": Case(lambda: plain(L.SimpleRNN), lambda: O.SGD(0.05)),
    "lstm": Case(lambda: plain(L.LSTM), lambda: O.Adam(0.01)),
    "gru": Case(lambda: plain(L.GRU), lambda: O.Adam(0.01, amsgrad=True), "log_cosh"),
    "gru_before": Case(
        lambda: plain(L.GRU, reset_after=False),
        lambda: O.RMSprop(0.005, momentum=0.5, centered=True, clipnorm=0.5),
    ),
    "no_bias": Case(
        lambda: plain(L.LSTM, use_bias=False, recurrent_activation="hard_sigmoid"),
        lambda: O.AdamW(0.01, clipvalue=0.2),
    ),
    "relu": Case(
        lambda: plain(L.SimpleRNN, activation="relu"),
        lambda: O.SGD(0.02, momentum=0.5, nesterov=True),
        "mae",
    ),
    "deep": Case(lambda: stack(*deep(), name="mine"), lambda: O.Nadam(0.01)),
    "chain": Case(lambda: chain(*deep()), lambda: O.Adagrad(0.05, global_clipnorm=1.0)),
    "sequences": Case(
        lambda: stack(L.GRU(4, return_sequences=True), L.Dense(OUTPUTS)), lambda: O.RMSprop(0.005)
    ),
    "uncompiled": Case(lambda: plain(L.GRU), None),
    "unfitted": Case(lambda: plain(L.LSTM, activation="sigmoid"), lambda: O.Adam(0.01)),
    "weights": Case(lambda: stack(*deep()), lambda: O.Adam(0.01), weights_alone=True),
    "weights_alone": Case(lambda: chain(*deep()), None, weights_alone=True),
    "bidirectional": Case(bidirectional, lambda: O.Adam(0.01)),
    "masked": Case(masked, decay),
    "decoder": Case(decoder, lambda: O.Adam(0.01), "huber"),
    "words": Case(words, lambda: O.Adam(0.01), "sparse_categorical_crossentropy"),
    "dropping": Case(dropping, None),
    "options": Case(options, lambda: O.Adam(0.01)),
}
IN_FLOAT64 = ("lstm", "chain", "weights", "bidirectional")


def choose_precision(dtype):
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    if dtype == "float64":
        from keras.src.backend.common import dtypes

        jax.config.update("jax_enable_x64", True)
        # Keras's JAX backend turns every float64 result into float32 by this table alone.
        dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"


def random_weights(model, rng):
    """Independent normal weights; recurrent ones small enough that nothing is stretched."""
    return [rng.normal(scale=0.9 / np.sqrt(max(w.shape)), size=w.shape) for w in model.weights]


def train(model, x, y):
    model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0)


def data(name, model, rng):
    """Windows, some of which have fewer steps where that is told, and targets."""
    if name == "words":
        return rng.integers(0, 7, size=(SAMPLES, WINDOW)), rng.integers(0, 3, size=SAMPLES)
    x = rng.normal(size=(SAMPLES, WINDOW, FEATURES)).astype("float32")
    if name == "masked":
        x[1, 4:] = x[2, 1:3] = -1.0
    y = rng.normal(size=(SAMPLES, *model.output_shape[1:])).astype("float32")
    return x, y


def make(name, folder, dtype):
    """Write one file, and return what the model predicts then, and after more training."""
    build, optimizer, loss, weights_alone = CASES[name]
    keras.utils.clear_session()
    rng = np.random.default_rng(list(CASES).index(name))
    model = build()
    model.set_weights(random_weights(model, rng))
    x, y = data(name, model, rng)
    arrays = {"x": x, "y": y}
    stem = name if dtype == "float32" else f"{name}_{dtype}"
    if optimizer is not None:
        metrics = ["accuracy"] if name == "words" else ["mae"]
        model.compile(optimizer(), loss=loss, metrics=metrics)
        if name != "unfitted":
            train(model, x, y)
    if weights_alone:
        model.save_weights(folder / f"{stem}.weights.h5")
        config = keras.saving.serialize_keras_object(model)
        (folder / f"{stem}.json").write_text(json.dumps(config))
    else:
        model.save(folder / f"{stem}.keras")
    arrays["saved"] = model.predict(x, verbose=0)
    if optimizer is not None:
        train(model, x, y)
        arrays["later"] = model.predict(x, verbose=0)
    return {f"{stem}/{key}": value for key, value in arrays.items()}


def write(root, dtype):
    choose_precision(dtype)
    folder = root / keras.__version__
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {}
    for name in CASES if dtype == "float32" else IN_FLOAT64:
        arrays |= make(name, folder, dtype)
    np.savez(folder / f"{dtype}.npz", **arrays)
    facts = {"keras": keras.__version__, "jax": jax.__version__, "numpy": np.__version__}
    (folder / f"{dtype}.versions.json").write_text(json.dumps(facts))


def pack(root):
    """Put all folders into one archive whose bytes depend on the files alone."""
    FIXTURES.mkdir(exist_ok=True)
    archive = FIXTURES / "keras_files.tar.xz"
    files = sorted(path for path in root.rglob("*") if path.is_file())
    # Alike files side by side: the archive is a tenth smaller.
    files.sort(key=lambda path: (path.suffix, path.name, path.parent.name))
    with tarfile.open(archive, "w:xz", preset=9) as tar:
        for path in files:
            entry = tarfile.TarInfo(path.relative_to(root).as_posix())
            entry.size = path.stat().st_size
            tar.addfile(entry, io.BytesIO(path.read_bytes()))
    facts = {
        "made_with": [json.loads(p.read_text()) for p in sorted(root.glob("*/*.versions.json"))],
        "maker_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
    }
    (FIXTURES / "keras_files.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    target, what = Path(sys.argv[1]), sys.argv[2]
    pack(target) if what == "pack" else write(target, what)
