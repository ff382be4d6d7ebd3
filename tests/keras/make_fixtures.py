"""Make the fixtures of the facade from real Keras on JAX.

Run it by hand, in an environment with keras, jax and numpy, never as part of the tests::

    KERAS_BACKEND=jax python tests/keras/make_fixtures.py

It writes Keras's signatures, what its EarlyStopping does on 300 random courses of a loss, the
text of its summaries, and three short calls of fit. Versions and hashes stand in versions.json.
"""

import contextlib
import hashlib
import inspect
import io
import json
import os
import platform
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ["COLUMNS"] = "100"

import jax
import numpy as np

import keras

FOLDER = Path(__file__).parent / "fixtures"
LAYERS = keras.layers

THINGS = {
    "Input": LAYERS.Input,
    "SimpleRNN": LAYERS.SimpleRNN,
    "LSTM": LAYERS.LSTM,
    "GRU": LAYERS.GRU,
    "Dense": LAYERS.Dense,
    "Layer": LAYERS.Layer.__init__,
    "Sequential": keras.Sequential.__init__,
    "Sequential.add": keras.Sequential.add,
    "Sequential.build": keras.Sequential.build,
    "Sequential.compile": keras.Sequential.compile,
    "Sequential.evaluate": keras.Sequential.evaluate,
    "Sequential.fit": keras.Sequential.fit,
    "Sequential.get_layer": keras.Sequential.get_layer,
    "Sequential.pop": keras.Sequential.pop,
    "Sequential.predict": keras.Sequential.predict,
    "Sequential.save": keras.Sequential.save,
    "Sequential.set_weights": keras.Sequential.set_weights,
    "Sequential.summary": keras.Sequential.summary,
    "load_model": keras.models.load_model,
    "set_random_seed": keras.utils.set_random_seed,
    "Adagrad": keras.optimizers.Adagrad,
    "Adam": keras.optimizers.Adam,
    "AdamW": keras.optimizers.AdamW,
    "Nadam": keras.optimizers.Nadam,
    "RMSprop": keras.optimizers.RMSprop,
    "SGD": keras.optimizers.SGD,
    "EarlyStopping": keras.callbacks.EarlyStopping,
    "losses.MeanSquaredError": keras.losses.MeanSquaredError,
    "losses.MeanAbsoluteError": keras.losses.MeanAbsoluteError,
    "metrics.MeanSquaredError": keras.metrics.MeanSquaredError,
    "metrics.MeanAbsoluteError": keras.metrics.MeanAbsoluteError,
}


def signature(thing):
    """Return {argument: [default] or [] if required}, in order; ``*name`` for the rest."""
    found = {}
    for name, parameter in inspect.signature(thing).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            found[f"*{name}"] = []
        elif name != "self":
            required = parameter.default is parameter.empty
            found[name] = [] if required else [parameter.default]
    return found


def signatures():
    hooks = [name for name in dir(keras.callbacks.Callback) if name.startswith("on_")]
    return {"hooks": hooks, **{name: signature(thing) for name, thing in THINGS.items()}}


class StandIn:
    """What EarlyStopping needs of a model; its one weight is the number of the epoch."""

    def __init__(self):
        self.epoch, self.restored, self.stop_training, self.metrics = -1, None, False, []

    def get_weights(self):
        return [np.array(self.epoch)]

    def set_weights(self, weights):
        self.restored = int(weights[0])


def stopping(arguments, values):
    callback, model = keras.callbacks.EarlyStopping(**arguments), StandIn()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.epoch = epoch
        callback.on_epoch_end(epoch, {"val_loss": value})
        if model.stop_training:
            break
    callback.on_train_end()
    return {
        "epochs": model.epoch + 1,
        "stopped_epoch": callback.stopped_epoch,
        "best": callback.best,
        "best_epoch": callback.best_epoch,
        "wait": callback.wait,
        "restored": model.restored,
    }


def early_stopping(rng):
    cases = []
    for _ in range(300):
        arguments = {
            "patience": int(rng.integers(0, 5)),
            "min_delta": float(rng.choice([0.0, 0.5, -0.5, 1.0])),
            "mode": str(rng.choice(["auto", "min", "max"])),
            "baseline": None if rng.random() < 0.6 else float(rng.integers(2, 7)),
            "restore_best_weights": bool(rng.random() < 0.7),
            "start_from_epoch": int(rng.choice([0, 0, 1, 3])),
        }
        values = (rng.integers(0, 17, size=12) / 2).tolist()
        if rng.random() < 0.1:
            values[int(rng.integers(12))] = "nan"
        result = stopping(arguments, [float(v) for v in values])
        if result["best"] is not None and not np.isfinite(result["best"]):
            result["best"] = "nan"
        cases.append({"arguments": arguments, "values": values, **result})
    return cases


STACKS = {
    "simple_rnn": lambda: [LAYERS.Input((50, 1)), LAYERS.SimpleRNN(50), LAYERS.Dense(1)],
    "stacked": lambda: [
        LAYERS.Input((12, 3)),
        LAYERS.LSTM(7, return_sequences=True),
        LAYERS.GRU(5, return_sequences=True),
        LAYERS.Dense(2),
        LAYERS.Dense(1, name="last"),
    ],
    "unbuilt": lambda: [LAYERS.LSTM(50), LAYERS.Dense(1)],
}


def summaries():
    texts = {}
    for name, layers in STACKS.items():
        for trained in (False, True):
            if trained and name != "simple_rnn":
                continue
            keras.backend.clear_session()
            model = keras.Sequential(layers())
            if trained:
                model.compile(optimizer="adam", loss="mse")
                model.fit(np.zeros((2, 50, 1)), np.zeros(2), verbose=0)
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                model.summary()
            texts[name + "_trained" * trained] = out.getvalue()
        keras.backend.clear_session()
    keras.backend.clear_session()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        options = {"line_length": 70, "show_trainable": True, "layer_range": ("gru", "dense")}
        keras.Sequential(STACKS["stacked"]()).summary(**options)
    texts["stacked_options"] = out.getvalue()
    return texts


FITS = {
    "adam": {"optimizer": lambda: keras.optimizers.Adam(2.0**-7), "loss": "mse"},
    "sgd": {"optimizer": lambda: keras.optimizers.SGD(2.0**-5), "loss": "mae"},
    "nesterov": {
        "optimizer": lambda: keras.optimizers.SGD(2.0**-6, momentum=0.5, nesterov=True),
        "loss": "mse",
    },
}


def fits(rng):
    """Two fits in a row, unshuffled, 23 samples: the last batch is short, the last 6 validate."""
    arrays, histories = {}, {}
    x = rng.integers(-64, 65, size=(23, 6, 2)) / 64
    y = rng.integers(-64, 65, size=(23, 3)) / 64
    arrays["x"], arrays["y"] = x, y
    for name, choice in FITS.items():
        keras.utils.set_random_seed(1)
        model = keras.Sequential([LAYERS.Input((6, 2)), LAYERS.GRU(5), LAYERS.Dense(3)])
        start = [rng.integers(-64, 65, size=w.shape) / 128 for w in model.get_weights()]
        model.set_weights(start)
        options = {"metrics": ["mae", "mean_squared_error"]}
        model.compile(optimizer=choice["optimizer"](), loss=choice["loss"], **options)
        arguments = {"batch_size": 5, "validation_split": 0.25, "shuffle": False, "verbose": 0}
        first = model.fit(x, y, epochs=3, **arguments).history
        second = model.fit(x, y, epochs=2, **arguments).history
        histories[name] = {key: first[key] + second[key] for key in first}
        histories[name]["evaluate"] = model.evaluate(x, y, verbose=0, return_dict=True)
        for i, (before, after) in enumerate(zip(start, model.get_weights(), strict=True)):
            arrays[f"{name}/before/{i}"], arrays[f"{name}/after/{i}"] = before, after
        arrays[f"{name}/outputs"] = model.predict(x, verbose=0)
    return arrays, histories


def write(name, value):
    (FOLDER / name).write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def main():
    FOLDER.mkdir(exist_ok=True)
    arrays, histories = fits(np.random.default_rng(2))
    np.savez_compressed(FOLDER / "fits.npz", **arrays)
    write("histories.json", histories)
    write("signatures.json", signatures())
    write("early_stopping.json", early_stopping(np.random.default_rng(1)))
    write("summaries.json", summaries())
    hashes = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(FOLDER.iterdir())
        if path.name != "versions.json"
    }
    versions = {
        "keras": keras.__version__,
        "jax": jax.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "maker_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        "sha256": hashes,
    }
    write("versions.json", versions)


if __name__ == "__main__":
    main()
