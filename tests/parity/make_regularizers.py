"""Record what Keras makes of regularizers: their names, and short trainings, in float64.

    python tests/parity/make_regularizers.py     # in an environment with keras and jax

Writes fixtures/regularizers.npz and its hashes beside it. No first weight is 0: there JAX takes 1
for the slope of the size, where TensorFlow and torch take 0.
"""

import hashlib
import inspect
import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np  # noqa: E402

import keras  # noqa: E402

FOLDER = Path(__file__).parent / "fixtures"
NAMED = keras.src.regularizers.ALL_OBJECTS_DICT
NOT_OURS = {"Regularizer", "OrthogonalRegularizer"}
L1, L2, BOTH = {"l1": 0.03125}, {"l2": 0.0625}, {"l1": 0.015625, "l2": 0.125}
# name: (layers: class, arguments, regularizers by argument; optimizer, its arguments; loss)
CASES = {
    "simple_rnn": (
        [
            ("SimpleRNN", {"units": 4}, {"kernel": L1, "recurrent": L2, "bias": BOTH}),
            ("Dense", {"units": 2}, {"kernel": L2, "bias": L1}),
        ],
        ("SGD", {"learning_rate": 0.125, "momentum": 0.5}),
        "mse",
    ),
    "lstm": (
        [
            ("LSTM", {"units": 3}, {"kernel": L2, "recurrent": BOTH, "bias": L1}),
            ("Dense", {"units": 2}, {}),
        ],
        ("AdamW", {"learning_rate": 0.0625, "weight_decay": 0.25, "clipnorm": 0.125}),
        "mae",
    ),
    "gru": (
        [
            ("GRU", {"units": 3}, {"recurrent": L1, "bias": L2}),
            ("Dense", {"units": 2}, {"kernel": BOTH}),
        ],
        ("Adam", {"learning_rate": 0.0625, "epsilon": 1e-3, "clipvalue": 0.015625}),
        "mse",
    ),
    "gru, reset before": (
        [
            ("GRU", {"units": 3, "reset_after": False}, {"kernel": L1, "bias": BOTH}),
            ("Dense", {"units": 2}, {"bias": L2}),
        ],
        ("RMSprop", {"learning_rate": 0.03125, "epsilon": 1e-3, "weight_decay": 0.125}),
        "mse",
    ),
    "stacked": (
        [
            ("LSTM", {"units": 3, "return_sequences": True}, {"recurrent": L2}),
            ("SimpleRNN", {"units": 4, "use_bias": False}, {"kernel": BOTH, "bias": L2}),
            ("Dense", {"units": 2, "activation": "tanh"}, {"kernel": L1}),
        ],
        ("AdamW", {"learning_rate": 0.0625, "global_clipnorm": 0.25, "epsilon": 1e-3}),
        "mse",
    ),
}


def signature(cls):
    """Return {argument: default} of a constructor, in order."""
    found = inspect.signature(cls.__init__).parameters.items()
    return {n: p.default for n, p in found if n != "self"}


def regularizer(factors):
    return getattr(keras.regularizers, "".join(factors).upper())(**factors)


def model_of(case, rng):
    layers, (kind, options), loss = case
    made = [keras.layers.Input((5, 2))]
    for name, arguments, given in layers:
        penalties = {f"{w}_regularizer": regularizer(factors) for w, factors in given.items()}
        made.append(getattr(keras.layers, name)(**arguments, **penalties))
    model = keras.Sequential(made)
    start = [rng.normal(size=w.shape) / 2 for w in model.get_weights()]
    model.set_weights(start)
    model.compile(getattr(keras.optimizers, kind)(**options), loss, metrics=["mae"])
    return model


def main():
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    # Keras's JAX backend turns every float64 result into float32, after JAX's own default; this
    # is its table of such turns.
    keras.src.backend.common.dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    rng = np.random.default_rng(0)
    arrays = {"x": rng.normal(size=(23, 5, 2)), "y": rng.normal(size=(23, 2))}
    x, y = arrays["x"], arrays["y"]
    histories = {}
    for name, case in CASES.items():
        model = model_of(case, rng)
        for i, weight in enumerate(model.get_weights()):
            arrays[f"{name}/before/{i}"] = weight
        options = {"batch_size": 5, "validation_split": 0.25, "shuffle": False, "verbose": 0}
        histories[name] = model.fit(x, y, epochs=4, **options).history
        histories[name]["evaluate"] = model.evaluate(x, y, batch_size=4, verbose=0)
        histories[name]["losses"] = [float(loss) for loss in model.losses]
        for i, weight in enumerate(model.get_weights()):
            arrays[f"{name}/after/{i}"] = weight
    path = FOLDER / "regularizers.npz"
    np.savez_compressed(path, **arrays)
    about = {
        "keras": keras.__version__,
        "signatures": {name: signature(cls) for name, cls in NAMED.items() if name == cls.__name__},
        "words": {
            word: [cls.__name__, {} if cls.__name__ in NOT_OURS else cls().get_config()]
            for word, cls in sorted(NAMED.items())
        },
        "public": [name for name in dir(keras.regularizers) if name[0] != "_"],
        "serialized": [keras.regularizers.serialize(regularizer(f)) for f in (L1, L2, BOTH)],
        "cases": CASES,
        "histories": histories,
        "maker_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        "arrays_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    del about["signatures"]["Regularizer"]
    about["signatures"] = dict(sorted(about["signatures"].items()))
    (FOLDER / "regularizers.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
