"""Record how Keras's initializers are named, called and distributed.

    python tests/parity/make_initializers.py     # in an environment with keras and jax

Writes fixtures/initializers.json, its own hash included. Random numbers are kept as quantiles: the
draws of two libraries differ, their distributions may not.
"""

import hashlib
import inspect
import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import numpy as np

import keras

FOLDER = Path(__file__).parent / "fixtures"
NAMED = keras.src.initializers.ALL_OBJECTS_DICT
SHARES = [0.02, 0.1, 0.25, 0.4, 0.6, 0.75, 0.9, 0.98]
DRAWN = [  # class, arguments, shape
    ("RandomNormal", {"mean": 0.25, "stddev": 0.5}, [300, 200]),
    ("RandomUniform", {"minval": -0.5, "maxval": 0.25}, [300, 200]),
    ("TruncatedNormal", {}, [300, 200]),
    ("TruncatedNormal", {"mean": 0.25, "stddev": 0.5}, [300, 200]),
    *(
        (f"{who}{what}", {}, [300, 200])
        for who in ("Glorot", "He", "Lecun")
        for what in ("Normal", "Uniform")
    ),
    ("GlorotUniform", {}, [20000]),
    ("GlorotNormal", {}, [2, 20000]),
    ("HeNormal", {}, [3, 40, 500]),
    ("GlorotNormal", {}, [3, 40, 500]),
    ("GlorotUniform", {"input_axes": [1], "output_axes": [0, 2]}, [3, 40, 500]),
    *(
        ("VarianceScaling", {"scale": 0.5, "mode": mode, "distribution": distribution}, [300, 200])
        for mode in ("fan_in", "fan_out", "fan_avg")
        for distribution in ("normal", "truncated_normal", "untruncated_normal", "uniform")
    ),
    ("Orthogonal", {"gain": 2.0}, [200, 200]),
    ("Orthogonal", {}, [50, 400]),
    ("Orthogonal", {}, [8, 50, 100]),
]


def signature(cls):
    """Return {argument: default} of a constructor, in order."""
    found = inspect.signature(cls.__init__).parameters.items()
    return {n: p.default for n, p in found if n != "self" and p.kind is p.POSITIONAL_OR_KEYWORD}


def drawn(name, arguments, shape):
    values = np.asarray(getattr(keras.initializers, name)(seed=1, **arguments)(tuple(shape)))
    return {
        "class": name,
        "arguments": arguments,
        "shape": shape,
        "quantiles": np.quantile(values, SHARES).tolist(),
        "low": float(values.min()),
        "high": float(values.max()),
    }


def main():
    classes = {cls.__name__: cls for cls in NAMED.values()}
    del classes["Initializer"]
    about = {
        "keras": keras.__version__,
        "shares": SHARES,
        "signatures": {name: signature(cls) for name, cls in sorted(classes.items())},
        "words": {
            word: cls.__name__ for word, cls in sorted(NAMED.items()) if cls.__name__ in classes
        },
        "public": [name for name in dir(keras.initializers) if name[0] != "_"],
        "serialized": [
            keras.initializers.serialize(initializer)
            for initializer in (
                keras.initializers.GlorotUniform(3),
                keras.initializers.Orthogonal(0.5),
                keras.initializers.VarianceScaling(0.5, "fan_out", "normal"),
                keras.initializers.Constant(0.5),
                keras.initializers.Zeros(),
            )
        ],
        "drawn": [drawn(*case) for case in DRAWN],
        "maker_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
    }
    (FOLDER / "initializers.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
