"""Record what Keras's optimizers make of given gradients, in float64.

    python tests/parity/make_optimizers.py     # in an environment with keras and jax

Writes fixtures/optimizers.npz and its hashes beside it. Weights and gradients are random; the
gradients change their size from step to step, so that no running mean is at rest.
"""

import hashlib
import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np  # noqa: E402

import keras  # noqa: E402

FOLDER = Path(__file__).parent / "fixtures"
STEPS, SIZES, RATE = 100, [6, 3], 0.0078125  # two weights, as norms are taken of each
CASES = {
    "sgd": ("SGD", {}),
    "sgd, momentum": ("SGD", {"momentum": 0.875}),
    "sgd, nesterov, decay": ("SGD", {"momentum": 0.875, "nesterov": True, "weight_decay": 0.5}),
    "rmsprop": ("RMSprop", {}),
    "rmsprop, all": (
        "RMSprop",
        {"rho": 0.75, "momentum": 0.5, "epsilon": 1e-3, "centered": True, "weight_decay": 0.25},
    ),
    "rmsprop, centered": ("RMSprop", {"centered": True, "epsilon": 1e-5}),
    "adagrad": ("Adagrad", {}),
    "adagrad, all": (
        "Adagrad",
        {"initial_accumulator_value": 0.5, "epsilon": 1e-2, "weight_decay": 0.25},
    ),
    "adam": ("Adam", {}),
    "adam, all": (
        "Adam",
        {"beta_1": 0.75, "beta_2": 0.875, "epsilon": 1e-3, "amsgrad": True, "weight_decay": 0.25},
    ),
    "adamw": ("AdamW", {}),
    "sgd, clipvalue": ("SGD", {"clipvalue": 0.5}),
    "sgd, clipnorm": ("SGD", {"clipnorm": 0.75}),
    "adam, global_clipnorm": ("Adam", {"global_clipnorm": 1.5, "epsilon": 1e-3}),
    "nadam": ("Nadam", {}),
    "nadam, all": (
        "Nadam",
        {"beta_1": 0.75, "beta_2": 0.875, "epsilon": 1e-3, "weight_decay": 0.25},
    ),
}


def parts(numbers):
    return np.split(numbers, np.cumsum(SIZES)[:-1])


def main():
    keras.config.set_floatx("float64")
    rng = np.random.default_rng(0)
    weights = rng.normal(size=sum(SIZES))
    gradients = rng.normal(size=(STEPS, sum(SIZES))) * np.exp(rng.normal(size=(STEPS, 1)))
    arrays = {"weights": weights, "gradients": gradients}
    for name, (kind, options) in CASES.items():
        optimizer = getattr(keras.optimizers, kind)(learning_rate=RATE, **options)
        variables = [keras.Variable(part, dtype="float64") for part in parts(weights)]
        optimizer.build(variables)
        kept = []
        for gradient in gradients:
            optimizer.apply([keras.ops.convert_to_tensor(part) for part in parts(gradient)])
            kept.append(np.concatenate([np.asarray(variable) for variable in variables]))
        arrays[name] = np.array(kept)[[0, 1, 9, STEPS - 1]]
    path = FOLDER / "optimizers.npz"
    np.savez_compressed(path, **arrays)
    about = {
        "keras": keras.__version__,
        "learning_rate": RATE,
        "sizes": SIZES,
        "kept": [1, 2, 10, STEPS],
        "cases": CASES,
        "maker_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        "arrays_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    (FOLDER / "optimizers.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
