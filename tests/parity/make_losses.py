"""Record what Keras's losses, metrics and weights come to, in float64.

    python tests/parity/make_losses.py     # in an environment with keras and jax

Writes fixtures/losses.npz and fixtures/losses.json: values and gradients of every loss under three
reductions with and without weights, values of every metric, and the histories of some calls of fit
with weights. Among the probabilities are some on and beyond the bounds where Keras cuts them.
"""

import hashlib
import inspect
import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.backend.common import dtypes  # noqa: E402

import keras  # noqa: E402

keras.config.set_floatx("float64")
keras.config.set_dtype_policy("float64")
# Keras's JAX backend turns every float64 result into float32, after JAX's own default.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"

FOLDER = Path(__file__).parent / "fixtures"
N, T, U = 5, 3, 4
REDUCTIONS = ("sum_over_batch_size", "sum", "mean_with_sample_weight")

# name: class, options, which outputs, which targets
LOSSES = {
    "mse": ("MeanSquaredError", {}, "real", "real"),
    "mae": ("MeanAbsoluteError", {}, "real", "real"),
    "mape": ("MeanAbsolutePercentageError", {}, "real", "real"),
    "msle": ("MeanSquaredLogarithmicError", {}, "real", "positive"),
    "huber": ("Huber", {}, "real", "real"),
    "huber, delta": ("Huber", {"delta": 0.25}, "real", "real"),
    "log_cosh": ("LogCosh", {}, "real", "real"),
    "bce": ("BinaryCrossentropy", {}, "shares", "bits"),
    "bce, smooth": ("BinaryCrossentropy", {"label_smoothing": 0.25}, "shares", "bits"),
    "bce, logits": ("BinaryCrossentropy", {"from_logits": True}, "real", "bits"),
    "bce, logits, smooth": (
        "BinaryCrossentropy",
        {"from_logits": True, "label_smoothing": 0.25},
        "real",
        "bits",
    ),
    "cce": ("CategoricalCrossentropy", {}, "shares", "one-hot"),
    "cce, smooth": ("CategoricalCrossentropy", {"label_smoothing": 0.25}, "shares", "one-hot"),
    "cce, logits": ("CategoricalCrossentropy", {"from_logits": True}, "real", "one-hot"),
    "cce, logits, smooth": (
        "CategoricalCrossentropy",
        {"from_logits": True, "label_smoothing": 0.25},
        "real",
        "one-hot",
    ),
    "scce": ("SparseCategoricalCrossentropy", {}, "shares", "numbers"),
    "scce, logits": ("SparseCategoricalCrossentropy", {"from_logits": True}, "real", "numbers"),
}
METRICS = {
    "rmse": ("RootMeanSquaredError", {}, "real", "real"),
    "mape": ("MeanAbsolutePercentageError", {}, "real", "real"),
    "log_cosh": ("LogCoshError", {}, "real", "real"),
    "cosine": ("CosineSimilarity", {}, "real", "real"),
    "binary": ("BinaryAccuracy", {}, "shares", "bits"),
    "binary, threshold": ("BinaryAccuracy", {"threshold": 0.25}, "shares", "bits"),
    "categorical": ("CategoricalAccuracy", {}, "real", "one-hot"),
    "sparse": ("SparseCategoricalAccuracy", {}, "real", "numbers"),
    "top_k": ("TopKCategoricalAccuracy", {"k": 2}, "real", "one-hot"),
    "sparse_top_k": ("SparseTopKCategoricalAccuracy", {"k": 2}, "real", "numbers"),
    "bce": ("BinaryCrossentropy", {"label_smoothing": 0.25}, "shares", "bits"),
    "cce": ("CategoricalCrossentropy", {"from_logits": True}, "real", "one-hot"),
    "scce": ("SparseCategoricalCrossentropy", {}, "shares", "numbers"),
}
ALSO = {  # classes whose errors stand among the losses
    keras.losses.__name__: set(),
    keras.metrics.__name__: {
        "MeanSquaredError",
        "MeanAbsoluteError",
        "MeanSquaredLogarithmicError",
    },
}
SHAPES = {"flat": (N, U), "steps": (N, T, U)}
# name: steps?, units and activation of the head, compile, weights of fit, targets
FITS = {
    "weights of samples": (False, 2, {"loss": "mse"}, {"sample_weight": "samples"}, "real"),
    "weights of steps": (True, 2, {"loss": "huber"}, {"sample_weight": "steps"}, "real"),
    "sum": (False, 2, {"loss": ("MeanSquaredError", {"reduction": "sum"})}, {}, "real"),
    "sum over steps": (True, 1, {"loss": ("MeanSquaredError", {"reduction": "sum"})}, {}, "flat"),
    "mean of weights": (
        True,
        2,
        {"loss": ("LogCosh", {"reduction": "mean_with_sample_weight"})},
        {"sample_weight": "steps"},
        "real",
    ),
    "classes": (
        False,
        4,
        {"loss": ("SparseCategoricalCrossentropy", {"from_logits": True})},
        {"class_weight": {"0": 2.0, "2": 0.5}},
        "numbers",
    ),
    "bits": (
        False,
        1,
        {"loss": ("BinaryCrossentropy", {"from_logits": True})},
        {"class_weight": {"1": 3.0}},
        "bits",
    ),
    "steps of classes": (
        True,
        4,
        {"loss": ("CategoricalCrossentropy", {"from_logits": True})},
        {"sample_weight": "steps"},
        "one-hot",
    ),
}
METRICS_OF = {
    "real": ["mae", "MSE", "RootMeanSquaredError", "mae"],
    "flat": ["mae"],
    "numbers": ["accuracy"],
    "bits": ["acc"],
    "one-hot": ["accuracy", "categorical_accuracy"],
}


def drawn(kind, shape, rng):
    """Return outputs or targets of a kind; multiples of 2^-10, exact in float32."""
    real = np.round(rng.normal(size=shape) * 1024) / 1024
    if kind == "real":
        return real
    if kind == "positive":
        return np.abs(real)
    if kind == "bits":
        return (real > 0).astype(np.float64)
    if kind == "numbers":
        return rng.integers(0, shape[-1], shape[:-1]).astype(np.float64)
    if kind == "one-hot":
        return np.eye(shape[-1])[rng.integers(0, shape[-1], shape[:-1])]
    shares = np.round(1024 * rng.dirichlet(np.ones(shape[-1]), shape[:-1])) / 1024
    flat = shares.reshape(-1, shape[-1])
    flat[0] = [1.0, 0.0, 0.0, 0.0]  # beyond the bounds
    flat[1] = [1e-7, 1 - 1e-7, 0.25, 0.5]  # on the bounds, and a sum that is not 1
    return shares


def weights_for(name, rng):
    shape = {"samples": (N,), "steps": (N, T)}[name]
    return np.round(rng.uniform(0, 2, shape) * 64) / 64


def losses(rng, arrays):
    for name, (kind, options, outputs, targets) in LOSSES.items():
        for shape_name, shape in SHAPES.items():
            y, t = drawn(outputs, shape, rng), drawn(targets, shape, rng)
            w = weights_for("samples" if shape_name == "flat" else "steps", rng)
            key = f"losses/{name}/{shape_name}"
            arrays[f"{key}/y"], arrays[f"{key}/t"], arrays[f"{key}/w"] = y, t, w
            for reduction in REDUCTIONS:
                loss = getattr(keras.losses, kind)(**options, reduction=reduction)
                for weighted, weight in (("plain", None), ("weighted", w)):
                    value, slope = jax.value_and_grad(loss, argnums=1)(t, jnp.array(y), weight)
                    arrays[f"{key}/{reduction}/{weighted}/value"] = np.array(value)
                    arrays[f"{key}/{reduction}/{weighted}/slope"] = np.array(slope)


def metrics(rng, arrays):
    for name, (kind, options, outputs, targets) in METRICS.items():
        for shape_name, shape in SHAPES.items():
            y, t = drawn(outputs, shape, rng), drawn(targets, shape, rng)
            w = weights_for("samples" if shape_name == "flat" else "steps", rng)
            key = f"metrics/{name}/{shape_name}"
            arrays[f"{key}/y"], arrays[f"{key}/t"], arrays[f"{key}/w"] = y, t, w
            for weighted, weight in (("plain", None), ("weighted", w)):
                metric = getattr(keras.metrics, kind)(**options, dtype="float64")
                metric.update_state(t, y, weight)
                arrays[f"{key}/{weighted}"] = np.array(metric.result())


def fits(rng, arrays):
    histories = {}
    for name, (steps, units, compiled, weights, targets) in FITS.items():
        layers = [
            keras.layers.Input((T, 2)),
            keras.layers.SimpleRNN(3, return_sequences=steps),
            keras.layers.Dense(units),
        ]
        model = keras.Sequential(layers)
        for k, weight in enumerate(model.weights):
            value = np.round(rng.uniform(-0.5, 0.5, weight.shape) * 1024) / 1024
            weight.assign(value)
            arrays[f"fits/{name}/{k}"] = value
        x = drawn("real", (N + 6, T, 2), rng)
        shape = (N + 6, T, units) if steps else (N + 6, units)
        y = drawn("real", shape[:-1], rng) if targets == "flat" else drawn(targets, shape, rng)
        given = {}
        w = np.ones(N + 6)
        if "sample_weight" in weights:
            w = drawn("positive", (N + 6, T) if weights["sample_weight"] == "steps" else N + 6, rng)
            given["sample_weight"] = w
        if "class_weight" in weights:
            given["class_weight"] = {int(k): v for k, v in weights["class_weight"].items()}
        arrays[f"fits/{name}/x"], arrays[f"fits/{name}/y"], arrays[f"fits/{name}/w"] = x, y, w
        loss = compiled["loss"]
        if not isinstance(loss, str):
            loss = getattr(keras.losses, loss[0])(**loss[1])
        named = METRICS_OF[targets]
        model.compile(
            keras.optimizers.SGD(0.0625), loss=loss, metrics=named, weighted_metrics=named[:1]
        )
        history = model.fit(
            x[:-2],
            y[:-2],
            batch_size=4,
            epochs=3,
            shuffle=False,
            verbose=0,
            validation_data=(x, y, w) if "sample_weight" in given else (x, y),
            **{k: v[:-2] if k == "sample_weight" else v for k, v in given.items()},
        )
        histories[name] = history.history
        found = model.evaluate(x, y, sample_weight=w, batch_size=3, verbose=0, return_dict=True)
        histories[f"{name}: evaluate"] = found
        for k, weight in enumerate(model.weights):
            arrays[f"fits/{name}/trained/{k}"] = np.array(weight)
    return histories


def signatures():
    """Return {argument: [default] or [] if required}, in order, of every class above."""
    found = {}
    for module, table in ((keras.losses, LOSSES), (keras.metrics, METRICS)):
        for kind in sorted({case[0] for case in table.values()} | ALSO[module.__name__]):
            parameters = inspect.signature(getattr(module, kind)).parameters
            found[f"{module.__name__.rpartition('.')[2]}.{kind}"] = {
                name: [] if p.default is p.empty else [p.default] for name, p in parameters.items()
            }
    return found


def main():
    rng, arrays = np.random.default_rng(11), {}
    losses(rng, arrays)
    metrics(rng, arrays)
    histories = fits(rng, arrays)
    path = FOLDER / "losses.npz"
    np.savez_compressed(path, **arrays)
    about = {
        "keras": keras.__version__,
        "jax": jax.__version__,
        "maker_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        "arrays_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "signatures": signatures(),
        "losses": LOSSES,
        "metrics": METRICS,
        "fits": FITS,
        "metrics_of": METRICS_OF,
        "histories": histories,
    }
    text = json.dumps(about, indent=1, default=float)
    (FOLDER / "losses.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
