"""Record the values and slopes of Keras's activations, in float64.

    python tests/parity/make_activations.py     # in an environment with keras and jax

Writes fixtures/activations.npz: x; for each activation `name` (its values at x) and `name.slope`;
rows and dy with `name` and `name.dz` of those that work over all units; and the hash of this file.
"""

import hashlib
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import jax
import numpy as np
from keras.src.backend.common import dtypes

import keras

ELEMENTWISE = sorted(
    {name for name, function in vars(keras.activations).items() if callable(function)}
    - {"deserialize", "get", "serialize", "glu", "log_softmax", "softmax", "sparsemax", "threshold"}
)
OVER_UNITS = ("softmax", "log_softmax")
KINKS = [-3.0, -1.0, -0.5, -0.0, 0.0, 0.5, 1.0, 3.0, 6.0]


def numbers(rng):
    """Return numbers of all sizes, the kinks and their neighbours among them."""
    near = [np.nextafter(k, side) for k in KINKS if k != 0 for side in (-np.inf, np.inf)]
    sizes = 10.0 ** rng.uniform(-12, 0, 60) * rng.choice([-1, 1], 60)
    return np.concatenate([KINKS, near, sizes, rng.uniform(-12, 12, 150), [-700, -40, 40, 700]])


def main():
    """Write the fixture."""
    # Keras's JAX backend turns results into float32, after JAX's own default.
    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
    rng = np.random.default_rng(4)
    x = numbers(rng)
    rows, dy = rng.normal(size=(2, 6, 5)) * 3
    rows[0, 0] += 900
    found = {"x": x, "rows": rows, "dy": dy}
    for name in ELEMENTWISE:
        function = keras.activations.get(name)
        found[name] = np.asarray(function(jax.numpy.asarray(x)))
        found[f"{name}.slope"] = np.asarray(jax.vmap(jax.grad(function))(jax.numpy.asarray(x)))
    for name in OVER_UNITS:
        y, pull = jax.vjp(keras.activations.get(name), jax.numpy.asarray(rows))
        found[name] = np.asarray(y)
        found[f"{name}.dz"] = np.asarray(pull(jax.numpy.asarray(dy))[0])
    found["maker_sha256"] = np.array(hashlib.sha256(Path(__file__).read_bytes()).hexdigest())
    np.savez_compressed(Path(__file__).parent / "fixtures" / "activations.npz", **found)


if __name__ == "__main__":
    main()
