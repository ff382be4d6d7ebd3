"""What Keras on JAX makes of configurations, in float64.

Run in an environment with keras and jax, without rnncomp::

    PYTHONPATH=tests python -m differential.keras_side CONFIGURATIONS.json FOLDER

CONFIGURATIONS.json is a list; the results of entry k are written to FOLDER/k.npz, or what Keras
raised to FOLDER/k.txt.
"""

import json
import os
import sys
import traceback
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
# Compiles ten times faster than the default.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np  # noqa: E402
from keras.src.backend.common import dtypes  # noqa: E402
from keras.src.trainers.data_adapters import data_adapter_utils  # noqa: E402

import keras  # noqa: E402
from differential import build, given  # noqa: E402

keras.config.set_floatx("float64")
# Keras's JAX backend turns every float64 result into float32, after JAX's own default; this table
# is all that does it. Its layers, losses and optimizers are untouched.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"


TWO = ("kernel_initializer", "recurrent_initializer")
DRAWN = {f"layers.{kind}": TWO for kind in ("SimpleRNN", "LSTM", "GRU")}
DRAWN |= {"layers.Dense": TWO[:1], "layers.Embedding": ("embeddings_initializer",)}


def flat(arrays):
    return np.concatenate([np.zeros(0), *(np.ravel(np.asarray(array)) for array in arrays)])


def layers_of(config, **options):
    """Return Input and layers that start from zeros: drawing takes as long as all the rest."""
    plain = {**config, "layers": from_zeros(config["layers"])}
    dtype = {"dtype": "int32"} if build.embeds(config) else {}
    return build.layers(keras, plain, **dtype, **options)


def from_zeros(value):
    """Return plain data in which each layer of a known class has initializers that draw nothing."""
    if isinstance(value, list):
        return [from_zeros(item) for item in value]
    if not isinstance(value, dict):
        return value
    names = DRAWN.get(value.get("is", ""), ())
    return dict.fromkeys(names, "zeros") | {key: from_zeros(item) for key, item in value.items()}


def with_weights(config, model):
    model.set_weights(given.weights(config, build.shapes(model)))
    return model


def whole(config):
    """Return a functional network from window and initial states to outputs and last states.

    Layers that keep their states are given none.
    """
    asked, n = {**config, "layers": build.giving_states(config)}, config["samples"]
    window, *layers = layers_of(asked, **({"batch_size": n} if config["stateful"] else {}))
    states, ends, y = [], [], window
    for layer, plain in zip(layers, config["layers"], strict=True):
        sizes = [] if config["stateful"] else given.state_sizes(plain)
        mine = [keras.Input((size,)) for size in sizes]
        # Keras forgets the mask of a layer that is called with states, unless it is told.
        own = {"initial_state": mine, "mask": getattr(y, "_keras_mask", None)} if mine else {}
        y, states = layer(y, **own), [*states, *mine]
        if getattr(layer, "return_state", False):
            y, *last = y
            ends += last
    return with_weights(config, keras.Model([window, *states], [y, *ends]))


def outputs_and_gradients(config):
    """Return outputs, a cotangent pulled back to inputs, weights and states, and the last states.

    Of layers that keep their states also the outputs of a second pass, which starts from these.
    """
    model, n = whole(config), config["samples"]
    x, states = given.inputs(config, n, "pass"), given.states(config, n)
    own = [] if config["stateful"] else given.apart(config, states)
    fixed, arrays = ([x], own) if build.embeds(config) else ([], [x, *own])

    @jax.jit
    def pulled(variables, arrays, dy):
        def run(variables, arrays):
            others = model.non_trainable_variables
            found, _ = model.stateless_call(variables, others, [*fixed, *arrays])
            y, *ends = keras.tree.flatten(found)
            return y, ends

        y, pull, ends = jax.vjp(run, variables, arrays, has_aux=True)
        return y, ends, *pull(dy)

    variables = [v.value for v in model.trainable_variables]
    dy = given.cotangent(config, (n, *model.outputs[0].shape[1:]))
    y, ends, dweights, slopes = pulled(variables, arrays, dy)
    assert y.dtype == np.float64, y.dtype
    ends = np.hstack([np.zeros((n, 0)), *ends])
    found = {"y": np.asarray(y), "dweights": flat(dweights), "ends": ends}
    if not fixed:
        found["dx"] = np.asarray(slopes.pop(0))
    if slopes:
        found["dstates"] = np.hstack(slopes)
    if config["stateful"]:  # on JAX states are kept by plain calls alone
        model(x)
        found["again"] = np.asarray(keras.tree.flatten(model(x))[0])
    taken = [*model.get_weights(), x, states]
    return found | {"digest": np.array(given.digest(taken))}


def compiled(config):
    model = with_weights(config, keras.Sequential(layers_of(config)))
    model.compile(**build.compile_arguments(keras, config))
    return model


def data(config, model):
    """Return inputs, targets, and weights of samples and of classes."""
    x = given.inputs(config, config["rows"], "fit")
    shape = len(x), *model.output_shape[1:]
    weights = given.sample_weight(config, shape), given.class_weight(config, shape)
    return x, given.targets(config, shape), *weights


def gradient_of_loss(config):
    """Return the loss over all rows as one batch, and its gradient."""
    model = compiled(config)
    x, y, each, by_class = data(config, model)
    if by_class:
        each = data_adapter_utils.class_weight_to_sample_weights(y, by_class)
    model._symbolic_build(data_batch=(x, y, each))  # makes the variables of the metrics
    fixed = [v.value for v in model.non_trainable_variables]
    metrics = [v.value for v in model.metrics_variables]
    optimizer = [v.value for v in model.optimizer.variables]

    @jax.jit
    @jax.value_and_grad
    def loss(variables):
        return model.compute_loss_and_updates(
            variables, fixed, metrics, x, y, each, training=True, optimizer_variables=optimizer
        )[0]

    value, gradient = loss([v.value for v in model.trainable_variables])
    return {"loss": np.asarray(value), "loss_gradient": flat(gradient)}


class FirstEpoch(keras.callbacks.Callback):
    """Keeps the weights after the first epoch."""

    def on_epoch_end(self, epoch, logs=None):
        if epoch == 0:
            self.weights = flat(self.model.get_weights())


def training(config):
    """Return the weights after the first epoch and the last, and the history."""
    model, first = compiled(config), FirstEpoch()
    x, y, each, by_class = data(config, model)
    weights = {"sample_weight": each, "class_weight": by_class}
    arguments = {**build.fit_arguments(config), **weights}
    history = model.fit(x, y, callbacks=[first], **arguments).history
    found = {f"history/{name}": np.array(values) for name, values in history.items()}
    return {"first": first.weights, "last": flat(model.get_weights()), **found}


def results(config):
    """Return all arrays of a configuration, by name."""
    passes = outputs_and_gradients(config)
    return passes | gradient_of_loss(config) | training(config) if config["trains"] else passes


def main():
    configs, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    for k, config in enumerate(configs):
        try:
            np.savez(folder / f"{k}.npz", **results(config))
        except Exception:
            (folder / f"{k}.txt").write_text(traceback.format_exc())
        keras.backend.clear_session()


if __name__ == "__main__":
    main()
