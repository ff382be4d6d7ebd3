"""What rnncomp makes of the configurations that keras_side.py gives to Keras."""

import numpy as np

from differential import build, given
from rnncomp import keras
from rnncomp.nn.calls import state_sizes

RATE = 2.0**12  # so large that the rounding of the weights is nothing beside the step


def flat(arrays):
    return np.concatenate([np.zeros(0), *(np.ravel(array) for array in arrays)])


def model_of(config, dtype):
    """Return the model with its weights."""
    model = keras.Sequential(build.layers(keras, config), dtype=dtype, seed=0)
    model.set_weights(given.weights(config, build.shapes(model)))
    return model


def weight_names(config):
    """Return [(name, size)] of the weights, in order."""
    return [(weight.name, weight.value.size) for weight in model_of(config, "float64").weights]


def outputs_and_gradients(config, dtype):
    """Return outputs, and a cotangent pulled back to inputs, weights and states."""
    model, n = model_of(config, dtype), config["samples"]
    x, states = given.inputs(config, n, "pass"), given.states(config, n)
    own = states.astype(dtype)
    y = model.network.predict(x, own)
    result = model.network.vjp(x, given.cotangent(config, y.shape), own)
    shape = (n, *model.output_shape[1:])
    found = {"y": y.reshape(shape), "dweights": result.dparams}
    if x.dtype != np.int32:
        found["dx"] = result.dx
    if states.size:
        found["dstates"] = result.dstates
    taken = [*(weight.astype(np.float64) for weight in model.get_weights()), x, states]
    return found | {"digest": np.array(given.digest(taken))}


def calls(config, dtype):
    """Return the outputs and last states of the layers, called one after the other by themselves.

    Of layers that keep their states also the outputs of a second pass.
    """
    x = given.inputs(config, config["samples"], "pass")
    asked = [{**layer, "dtype": dtype} for layer in build.giving_states(config)]
    layers = build.make(keras, asked)
    in_turn(layers, x)  # draws their weights
    for layer, one in zip(layers, model_of(config, dtype).layers, strict=True):
        layer.set_weights(one.get_weights())
        if layer.stateful:
            layer.reset_state()
    states = given.apart(config, given.states(config, config["samples"]))
    y, ends = in_turn(layers, x, [] if config["stateful"] else states)
    found = {"called": y, "ends": ends}
    return found | {"again": in_turn(layers, x)[0]} if config["stateful"] else found


def in_turn(layers, x, states=()):
    """Return what layers make of `x`, masks handed on, and the last states of all, shape (N, S)."""
    mask, ends, states = None, [], list(states)
    for layer in layers:
        mine = [states.pop(0) for _ in state_sizes(layer.spec)] if states else None
        y = layer(x, initial_state=mine or None, mask=mask)
        if layer.return_state:
            y, *last = y
            ends += last
        x, mask = y, layer.compute_mask(x, mask)
    return x, np.hstack([np.zeros((len(x), 0)), *ends])


def fitted(config, dtype, optimizer=None, **changes):
    """Return the model after a training, and its history."""
    model = model_of(config, dtype)
    parts = build.compile_arguments(keras, config)
    model.compile(**{**parts, "optimizer": optimizer or parts["optimizer"]})
    x = given.inputs(config, config["rows"], "fit")
    shape = len(x), *model.output_shape[1:]
    weights = {
        "sample_weight": given.sample_weight(config, shape),
        "class_weight": given.class_weight(config, shape),
    }
    options = {**build.fit_arguments(config), **weights, **changes}
    return model, model.fit(x, given.targets(config, shape), **options).history


def gradient_of_loss(config, dtype):
    """Return the loss over all rows as one batch, and its gradient: what one step of SGD took."""
    before = flat(model_of(config, dtype).get_weights())
    one = {"batch_size": config["rows"], "epochs": 1}
    model, history = fitted(config, dtype, keras.optimizers.SGD(RATE), **one)
    gradient = (before.astype(dtype) - flat(model.get_weights())) / np.asarray(RATE, dtype)
    return {"loss": np.array(history["loss"][0]), "loss_gradient": gradient}


def first_epoch(config, dtype):
    """Return the weights after the first epoch."""
    return {"first": flat(fitted(config, dtype, epochs=1)[0].get_weights())}


def training(config, dtype):
    """Return the weights after the last epoch, and the history."""
    model, history = fitted(config, dtype)
    found = {f"history/{name}": np.array(values) for name, values in history.items()}
    return {"last": flat(model.get_weights()), **found}


QUICK_PARTS = (outputs_and_gradients, calls, gradient_of_loss, first_epoch)
PARTS = (*QUICK_PARTS, training)


def results(config, dtype, parts=PARTS):
    """Return all arrays of a configuration, by name; of one that cannot train, those of a pass."""
    found = {}
    for part in parts:
        if config["trains"] or part in (outputs_and_gradients, calls):
            found |= part(config, dtype)
    return found
