"""Make the parity fixtures from real Keras on JAX.

Run it by hand, in an environment with keras, jax and numpy, never as part of the tests::

    KERAS_BACKEND=jax python tests/parity/make_fixtures.py

It writes, for networks with independent random weights, what Keras computes in float64 and in
float32: outputs, gradients of inputs, weights and initial states, and the weights after 20 steps
of Adam and of SGD over given batches. Weights, inputs and learning rates are numbers that
float32 holds exactly, so both precisions start from the same ones. Versions and hashes stand in
the JSON file beside the arrays.

Shapes: N samples, T time steps, F features, S states of a sample, O outputs, P parameters.
"""

import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault(
    "XLA_FLAGS", "--xla_backend_optimization_level=0"
)  # compiles ten times faster

import jax
import numpy as np
from keras.src.backend.common import dtypes

import keras

FOLDER = Path(__file__).parent / "fixtures"
SAMPLES, BATCH, STEPS = 11, 6, 20
LARGE, THINNED = 1000, 7  # of more parameters than that, every 7th is kept
ADAM_RATE, SGD_RATE = 2.0**-10, 2.0**-6
ACTIVATIONS = ("tanh", "sigmoid", "hard_sigmoid", "relu", "linear")


def choose_precision(dtype):
    """Fix the precision of this process: JAX wants that before its first array."""
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)
    if dtype == "float64":
        jax.config.update("jax_enable_x64", True)
        # Keras's JAX backend turns every float64 result into float32, after JAX's own default; this
        # table is all that does it. Its layers, losses and optimizers are untouched.
        dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"


def layer(kind, units, **options):
    return {"kind": kind, "units": units, **options}


def option_layers():
    """Every option of every layer away from its default at least once, by name."""
    dense = [layer("dense", 5, activation=a) for a in ACTIVATIONS]
    dense += [layer("dense", 5, activation="tanh", use_bias=False)]
    kinds = [("simple_rnn", {}), ("lstm", {}), ("gru", {}), ("gru", {"reset_after": False})]
    recurrent = []
    for kind, fixed in kinds:
        recurrent += [layer(kind, 5, **fixed, activation=a) for a in ACTIVATIONS]
        recurrent += [layer(kind, 5, **fixed, use_bias=False)]
        recurrent += [layer(kind, 5, **fixed, return_sequences=True)]
        if kind != "simple_rnn":
            gates = [a for a in ACTIVATIONS if a != "sigmoid"]
            recurrent += [layer(kind, 5, **fixed, recurrent_activation=a) for a in gates]
    for one in dense + recurrent:
        words = [one["kind"], *(f"{k}={v}" for k, v in one.items() if k not in ("kind", "units"))]
        yield {"name": ",".join(words), "features": 3, "window": 7, "layers": [one]}


def stacks():
    sequence = {"return_sequences": True}
    linear = {"activation": "linear"}
    mixed = [
        layer("simple_rnn", 4, **sequence),
        layer("lstm", 5, **sequence),
        layer("gru", 6),
        layer("dense", 2, **linear),
    ]
    dense_inside = [
        layer("gru", 5, reset_after=False, **sequence),
        layer("dense", 4, activation="tanh"),
        layer("lstm", 6),
        layer("dense", 2, **linear),
    ]
    sequence_out = [layer("lstm", 5, **sequence), layer("dense", 2, **linear)]
    for name, layers in [("mixed", mixed), ("dense_inside", dense_inside), ("out", sequence_out)]:
        yield {"name": f"stack_{name}", "features": 3, "window": 7, "layers": layers}


def tutorials():
    def head(activation="linear"):
        return layer("dense", 1, activation=activation)

    yield {
        "name": "counting",
        "window": 3,
        "layers": [layer("simple_rnn", 50, activation="relu"), head()],
    }
    yield {"name": "arithmetic", "window": 3, "layers": [layer("simple_rnn", 5), head()]}
    yield {
        "name": "sunspots_by_hand",
        "window": 3,
        "layers": [layer("simple_rnn", 2, activation="linear"), head()],
    }
    yield {"name": "sunspots", "window": 12, "layers": [layer("simple_rnn", 3), head("tanh")]}
    for kind in ("simple_rnn", "lstm", "gru"):
        yield {"name": f"sines_{kind}", "window": 50, "layers": [layer(kind, 50), head()]}


def keras_layer(one, dtype):
    classes = {
        "simple_rnn": keras.layers.SimpleRNN,
        "lstm": keras.layers.LSTM,
        "gru": keras.layers.GRU,
        "dense": keras.layers.Dense,
    }
    options = {k: v for k, v in one.items() if k not in ("kind", "units")}
    return classes[one["kind"]](one["units"], dtype=dtype, **options)


def build(case, dtype, weights):
    """A functional network from window and initial states to outputs, with `weights` set."""
    window = keras.Input((case["window"], case["features"]), dtype=dtype)
    states, y = [], window
    for one in case["layers"]:
        here = keras_layer(one, dtype)
        count = {"dense": 0, "lstm": 2}.get(one["kind"], 1)
        mine = [keras.Input((one["units"],), dtype=dtype) for _ in range(count)]
        y = here(y, initial_state=mine) if mine else here(y)
        states += mine
    model = keras.Model([window, *states], keras.layers.Flatten(dtype=dtype)(y))
    if weights is not None:
        model.set_weights(unflatten(model, weights))
    return model


def unflatten(model, flat):
    shapes = [w.shape for w in model.get_weights()]
    ends = np.cumsum([int(np.prod(s)) for s in shapes])
    return [part.reshape(s) for part, s in zip(np.split(flat, ends[:-1]), shapes, strict=True)]


def flatten(arrays):
    return np.concatenate([np.asarray(a).ravel() for a in arrays])


def exact(values):
    """Round to numbers that float32 holds."""
    return np.asarray(values).astype(np.float32).astype(np.float64)


def random_weights(case, model, rng):
    """Independent normal weights; each gate's recurrent matrix with spectral radius 0.9.

    Gates outside 0 .. 1 stretch states at any radius, so their weights are half as large.
    """
    parts = []
    gates = {one.get("recurrent_activation", "sigmoid") for one in case["layers"]}
    gain = 1.0 if gates <= {"sigmoid", "hard_sigmoid"} else 0.5
    for variable in model.weights:
        w = rng.normal(size=variable.shape) / np.sqrt(max(variable.shape[0], 3))
        if variable.name == "recurrent_kernel":
            blocks = np.split(w, w.shape[1] // w.shape[0], axis=1)
            w = np.hstack([b * 0.9 / np.abs(np.linalg.eigvals(b)).max() for b in blocks])
        parts.append(gain * w)
    return exact(flatten(parts))


def vector_jacobian(model, x, states, dy):
    """Outputs, and `dy` pulled back to inputs, parameters and initial states."""

    def run(variables, inputs):
        return model.stateless_call(variables, model.non_trainable_variables, inputs)[0]

    variables = [v.value for v in model.trainable_variables]
    y, pull = jax.vjp(run, variables, [x, *states])
    assert y.dtype == x.dtype, (y.dtype, x.dtype)
    dvariables, (dx, *dstates) = pull(jax.numpy.asarray(dy, y.dtype))
    return np.asarray(y), np.asarray(dx), flatten(dvariables), dstates


def trained(case, dtype, weights, x, targets, rows, optimizer, loss):
    """Parameters after one pass over `rows`, and the mean loss and MAE of that pass."""
    model = build(case, dtype, weights)
    model.compile(optimizer=optimizer, loss=loss, metrics=["mae"])
    states = [np.zeros((len(rows), i.shape[1]), dtype) for i in model.inputs[1:]]
    inputs = [x[rows].astype(dtype), *states]
    history = model.fit(
        inputs if states else inputs[0],
        targets[rows].astype(dtype),
        batch_size=BATCH,
        shuffle=False,
        verbose=0,
    ).history
    return flatten(model.get_weights()), np.array([history["loss"][0], history["mae"][0]])


def optimizers():
    return {
        "adam": (keras.optimizers.Adam(ADAM_RATE), "mse"),
        "nesterov": (keras.optimizers.SGD(SGD_RATE, momentum=0.875, nesterov=True), "mse"),
        "momentum": (keras.optimizers.SGD(SGD_RATE, momentum=0.875), "mae"),
        "sgd": (keras.optimizers.SGD(SGD_RATE), "mae"),
    }


def record(case, seed, dtype):
    """All arrays of a case: what it was given, and what Keras made of it in `dtype`."""
    rng = np.random.default_rng(seed)
    model = build(case, dtype, None)
    weights = random_weights(case, model, rng)
    outputs, units = model.outputs[0].shape[1], [i.shape[1] for i in model.inputs[1:]]
    x = exact(rng.normal(size=(SAMPLES, case["window"], case["features"])))
    targets = exact(rng.normal(size=(SAMPLES, outputs)))
    dy = exact(rng.normal(size=(SAMPLES, outputs)))
    states = exact(rng.uniform(-1, 1, size=(SAMPLES, sum(units))))
    rows = np.concatenate([rng.permutation(SAMPLES) for _ in range(STEPS)])[: BATCH * STEPS - 2]
    given = {"params": weights, "x": x, "targets": targets, "dy": dy, "states": states}
    arrays = {key: value.astype(np.float32) for key, value in given.items()}
    arrays["rows"] = rows.astype(np.int8)
    large, default = weights.size > LARGE, case["name"].endswith(",activation=tanh")
    thorough = not large and (default or len(case["layers"]) > 1)
    if dtype == "float32" and not thorough:
        return arrays
    kept = slice(None, None, THINNED if large else None)
    model = build(case, dtype, weights)
    own = np.split(states.astype(dtype), np.cumsum(units)[:-1], axis=1) if units else []
    y, dx, dparams, dstates = vector_jacobian(model, x.astype(dtype), own, dy)
    arrays |= {f"{dtype}/y": y, f"{dtype}/dx": dx, f"{dtype}/dparams": dparams[kept]}
    if units:
        arrays[f"{dtype}/dstates"] = np.hstack(dstates)
    for name in list(optimizers())[: None if thorough else 1]:
        after, report = trained(case, dtype, weights, x, targets, rows, *optimizers()[name])
        arrays |= {f"{dtype}/{name}": after[kept], f"{dtype}/{name}_report": report}
    return arrays


def all_cases():
    return [{"features": 1} | case for case in (*option_layers(), *stacks(), *tutorials())]


def make_one_precision(dtype, path):
    choose_precision(dtype)
    arrays = {}
    for seed, case in enumerate(all_cases()):
        print(dtype, case["name"], flush=True)
        made = record(case, seed, dtype)
        arrays |= {f"{case['name']}/{key}": value for key, value in made.items()}
    np.savez(path, **arrays)


def make_all():
    """Make both precisions, in processes of their own, and put them together."""
    arrays = {}
    with tempfile.TemporaryDirectory() as folder:
        files = {dtype: Path(folder, f"{dtype}.npz") for dtype in ("float64", "float32")}
        commands = [[sys.executable, __file__, dtype, path] for dtype, path in files.items()]
        running = [subprocess.Popen(command) for command in commands]
        assert [process.wait() for process in running] == [0, 0]
        for path in files.values():
            with np.load(path) as made:
                for key in set(made) & set(arrays):
                    assert np.array_equal(made[key], arrays[key]), key
                arrays |= dict(made)
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "keras.npz"
    np.savez_compressed(path, **dict(sorted(arrays.items())))
    about = {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "jax": jax.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "maker_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        "arrays_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "batch_size": BATCH,
        "learning_rates": {"adam": ADAM_RATE, "sgd": SGD_RATE},
        "momentum": 0.875,
        "large": LARGE,
        "thinned": THINNED,
        "cases": all_cases(),
    }
    (FOLDER / "keras.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        make_one_precision(*sys.argv[1:])
    else:
        make_all()
