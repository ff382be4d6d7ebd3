"""Every argument of Keras's signatures acts or is refused by name; none is ignored.

The signatures come from real Keras (make_fixtures.py). `REFUSED` says which value of an argument
must be refused; `ACTS` gives two values of an argument between which something must differ.
"""

import contextlib
import inspect
import io
import json
import random
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest

from rnncomp import keras
from rnncomp.errors import InvalidArgumentError, OutputError, UnsupportedError
from rnncomp.keras import callbacks, initializers, layers, losses, metrics, models, optimizers
from rnncomp.keras.models import Sequential
from rnncomp.kernels.layer_specs import OVER_UNITS
from rnncomp.nn import random as nn_random
from rnncomp.training.compiled import Compiled

FIXTURES = Path(__file__).parent / "fixtures"
SIGNATURES = json.loads((FIXTURES / "signatures.json").read_text())
HOOKS = SIGNATURES.pop("hooks")

OPTIMIZERS = ("SGD", "RMSprop", "Adagrad", "Adam", "AdamW", "Nadam")
OURS = {
    "Input": layers.Input,
    "SimpleRNN": layers.SimpleRNN,
    "LSTM": layers.LSTM,
    "GRU": layers.GRU,
    "Dense": layers.Dense,
    "Layer": None,  # the keyword arguments of every layer
    "Sequential": Sequential,
    **{name: getattr(Sequential, name[11:]) for name in SIGNATURES if name[:11] == "Sequential."},
    "load_model": models.load_model,
    "set_random_seed": keras.utils.set_random_seed,
    **{name: getattr(optimizers, name) for name in OPTIMIZERS},
    "EarlyStopping": callbacks.EarlyStopping,
    "losses.MeanSquaredError": losses.MeanSquaredError,
    "losses.MeanAbsoluteError": losses.MeanAbsoluteError,
    "metrics.MeanSquaredError": metrics.MeanSquaredError,
    "metrics.MeanAbsoluteError": metrics.MeanAbsoluteError,
}

X = np.arange(24.0).reshape(8, 3, 1) / 24
Y = np.arange(8.0) / 8
ONE = initializers.Constant(0.5)


class Spy(callbacks.Callback):
    """Notes when it is called."""

    def __init__(self):
        self.calls = []

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(("epoch", epoch))

    def on_test_batch_begin(self, batch, logs=None):
        self.calls.append(("test", batch))

    def on_predict_batch_begin(self, batch, logs=None):
        self.calls.append(("predict", batch))


SPY = Spy()


def model_of(layer=None, **options):
    """A small compiled model with weights."""
    stack = [layers.Input((3, 1)), layer or layers.SimpleRNN(2, name="rnn"), layers.Dense(1)]
    model = Sequential(stack, seed=1)
    model.compile(**{"optimizer": "sgd", "loss": "mse", **options})
    return model


def of_layer(layer):
    """What can be seen of a layer: names, shapes, and two passes with its first weights."""
    model = model_of(layer)
    shapes = [(w.name, w.shape) for w in model.weights]
    outputs = model.predict(X, verbose=0).tolist()
    return shapes, outputs, model.layer_output_shape(0), model.losses


def cell(cls):
    return lambda **options: of_layer(cls(**{"units": 2, **options}))


def of_dense(**options):
    model = Sequential([layers.Dense(**{"units": 2, **options})], seed=1)
    outputs = model.predict(X, verbose=0).tolist()
    return [(w.name, w.shape) for w in model.weights], outputs, model.losses


def of_input(**options):
    given = layers.Input(**options)
    model = Sequential([given, layers.LSTM(2)])
    return given.name, model.input_shape, model.batch_size


def of_fit(**options):
    """History, weights and callbacks after a fit."""
    SPY.calls.clear()
    model = model_of()
    given = {"x": X, "y": Y, "verbose": 0, "callbacks": [SPY], **options}
    history = model.fit(**given)
    weights = [w.tolist() for w in model.get_weights()]
    return history.history, weights, list(SPY.calls)


def of_compile(**options):
    model = model_of(**options)
    history = model.fit(X, Y, epochs=2, shuffle=False, verbose=0).history
    return history, [w.tolist() for w in model.get_weights()]


def of_evaluate(**options):
    SPY.calls.clear()
    given = {"x": X, "y": Y, "verbose": 0, "callbacks": [SPY], **options}
    return model_of(metrics=["mae"]).evaluate(**given), list(SPY.calls)


def of_predict(**options):
    SPY.calls.clear()
    given = {"x": X, "verbose": 0, "callbacks": [SPY], **options}
    return model_of().predict(**given).tolist(), list(SPY.calls)


def of_summary(**options):
    texts = []
    model_of().summary(**{"print_fn": texts.append, **options})
    return texts


def of_optimizer(cls):
    def see(**options):
        optimizer = cls(**{"learning_rate": 0.125, **options})
        return of_compile(optimizer=optimizer), optimizer.name

    return see


class StandIn:
    """What EarlyStopping needs of a model; its one weight is the number of the epoch."""

    compiled_with = Compiled(optimizers.SGD(), "mse", [("mae", "mae")])

    def __init__(self):
        self.epoch, self.restored, self.stop_training = -1, None, False

    def get_weights(self):
        return [self.epoch]

    def set_weights(self, weights):
        self.restored = weights[0]


def of_stopping(**options):
    """Epoch of the stop, epoch restored, and what is printed."""
    given = {"restore_best_weights": True, "min_delta": 0.0, "patience": 2, **options}
    callback, model = callbacks.EarlyStopping(**given), StandIn()
    callback.set_model(model)
    callback.on_train_begin()
    out = io.StringIO()
    for epoch, value in enumerate([9, 8, 7.9, 7.8, 9, 9, 9, 9, 1, 1, 1, 1]):
        model.epoch = epoch
        callback.on_epoch_end(epoch, {"val_loss": value, "loss": 12 - epoch})
        if model.stop_training:
            break
    with contextlib.redirect_stdout(out):
        callback.on_train_end()
    return model.epoch, model.restored, out.getvalue()


def of_sequential(**options):
    given = {"layers": [layers.Input((3, 1)), layers.LSTM(2)], **options}
    model = Sequential(**given)
    return model.name, len(model.layers)


def of_add(**options):
    model = Sequential([layers.Input((3, 1))])
    model.add(**{"layer": layers.LSTM(2), **options})
    return model.built, [layer.name for layer in model.layers]


def of_build(**options):
    model = Sequential([layers.LSTM(2)], seed=1)
    model.build(**options)
    return model.input_shape


def of_pop(**options):
    model = model_of()
    model.pop(**options)
    return model.built


def of_get_layer(**options):
    return model_of().get_layer(**options).name


def of_set_weights(**options):
    model = model_of()
    model.set_weights(**options)
    return [w.tolist() for w in model.get_weights()]


def of_save(**options):
    with tempfile.TemporaryDirectory() as folder:
        given = {"filepath": "a.safetensors", **options}
        path = Path(folder) / given.pop("filepath")
        (Path(folder) / "a.safetensors").write_text("old")
        with contextlib.suppress(OutputError):
            model_of().save(path, **given)
        return {p.name: p.read_bytes() == b"old" for p in Path(folder).iterdir()}


def of_load(**options):
    with tempfile.TemporaryDirectory() as folder:
        for units in (2, 3):
            model_of(layers.LSTM(units)).save(Path(folder) / f"{units}.safetensors")
        path = Path(folder) / options.pop("filepath", "2.safetensors")
        model = models.load_model(path, **options)
        return model.compiled, model.layers[0].units


def of_seed(seed):
    keras.utils.set_random_seed(seed)
    drawn = Sequential().seed, np.random.random(), random.random()
    nn_random.set_global_seed(None)
    return drawn


RECURRENT = {
    "units": (2, 3),
    "activation": ("tanh", "relu"),
    "use_bias": (True, False),
    "kernel_initializer": ("glorot_uniform", ONE),
    "recurrent_initializer": ("orthogonal", ONE),
    "bias_initializer": ("zeros", ONE),
    "kernel_regularizer": (None, "l2"),
    "recurrent_regularizer": ("l1", "l2"),
    "bias_regularizer": (None, "l1"),
    "return_sequences": (False, True),
    "go_backwards": (False, True),
    "*kwargs": ({"name": "a"}, {"name": "b"}),
}
GATED = {**RECURRENT, "recurrent_activation": ("sigmoid", "hard_sigmoid")}
STEPS = {
    "learning_rate": (0.125, 0.25),
    "weight_decay": (None, 0.5),
    "clipnorm": (None, 1e-4),
    "clipvalue": (None, 1e-4),
    "global_clipnorm": (None, 1e-4),
    "name": ("a", "b"),
}
MOMENTS = {"beta_1": (0.9, 0.5), "beta_2": (0.999, 0.5), "epsilon": (1e-7, 1e-2)}
AMSGRAD = {"amsgrad": ({"beta_2": 0.1, "amsgrad": True}, {"beta_2": 0.1, "amsgrad": False})}

SEE = {
    "Input": of_input,
    "SimpleRNN": cell(layers.SimpleRNN),
    "LSTM": cell(layers.LSTM),
    "GRU": cell(layers.GRU),
    "Dense": of_dense,
    "Layer": cell(layers.LSTM),
    "Sequential": of_sequential,
    "Sequential.add": of_add,
    "Sequential.build": of_build,
    "Sequential.compile": of_compile,
    "Sequential.evaluate": of_evaluate,
    "Sequential.fit": of_fit,
    "Sequential.get_layer": of_get_layer,
    "Sequential.pop": of_pop,
    "Sequential.predict": of_predict,
    "Sequential.save": of_save,
    "Sequential.set_weights": of_set_weights,
    "Sequential.summary": of_summary,
    "load_model": of_load,
    "set_random_seed": of_seed,
    **{name: of_optimizer(getattr(optimizers, name)) for name in OPTIMIZERS},
    "EarlyStopping": of_stopping,
}

ACTS = {
    "Input": {
        "shape": ((3, 1), (4, 2)),
        "batch_size": ({"shape": (3, 1), "batch_size": 4}, {"shape": (3, 1), "batch_size": 5}),
        "batch_shape": ((None, 3, 1), (None, 4, 2)),
        "name": ({"shape": (3, 1), "name": "a"}, {"shape": (3, 1), "name": "b"}),
    },
    "SimpleRNN": RECURRENT,
    "LSTM": {**GATED, "unit_forget_bias": (True, False)},
    "GRU": {**GATED, "reset_after": (True, False)},
    "Dense": {
        "units": (2, 3),
        "activation": (None, "tanh"),
        "use_bias": (True, False),
        "kernel_initializer": ("glorot_uniform", ONE),
        "bias_initializer": ("zeros", ONE),
        "kernel_regularizer": ("l1", "l2"),
        "bias_regularizer": (None, "l1"),
        "*kwargs": ({"name": "a"}, {"name": "b"}),
    },
    "Layer": {"name": ("a", "b")},
    "Sequential": {"layers": ([], [layers.Dense(1)]), "name": ("a", "b")},
    "Sequential.add": {
        "layer": (layers.LSTM(2), layers.Dense(2)),
        "rebuild": (True, False),
    },
    "Sequential.build": {"input_shape": ((None, 3, 1), (None, 4, 2))},
    "Sequential.compile": {
        "optimizer": ("sgd", "adam"),
        "loss": ("mse", "mae"),
        "metrics": (["mae"], ["mse"]),
        "weighted_metrics": (["mae"], ["mse"]),
    },
    "Sequential.evaluate": {
        "x": (X, X + 1),
        "y": (Y, Y + 1),
        "batch_size": (3, 4),
        "sample_weight": (None, Y),
        "callbacks": ([], [SPY]),
        "return_dict": (False, True),
    },
    "Sequential.fit": {
        "x": (X, X + 1),
        "y": (Y, Y + 1),
        "batch_size": (3, 4),
        "epochs": (1, 2),
        "callbacks": ([], [SPY]),
        "validation_split": (0.0, 0.25),
        "validation_data": ((X, Y), (X, Y + 1)),
        "sample_weight": (None, Y),
        "class_weight": (None, {1: 2.0}),
        "shuffle": ({"batch_size": 4, "shuffle": True}, {"batch_size": 4, "shuffle": False}),
        "initial_epoch": ({"epochs": 3, "initial_epoch": 0}, {"epochs": 3, "initial_epoch": 1}),
        "validation_batch_size": (
            {"validation_data": (X, Y), "validation_batch_size": 2},
            {"validation_data": (X, Y), "validation_batch_size": 8},
        ),
        "validation_freq": (
            {"validation_data": (X, Y), "epochs": 4, "validation_freq": 2},
            {"validation_data": (X, Y), "epochs": 4, "validation_freq": [1, 3, 4]},
        ),
    },
    "Sequential.get_layer": {"name": ("rnn", "dense"), "index": (0, 1)},
    "Sequential.pop": {"rebuild": (True, False)},
    "Sequential.predict": {"x": (X, X + 1), "batch_size": (3, 4), "callbacks": ([], [SPY])},
    "Sequential.save": {
        "filepath": ("b.safetensors", "c.safetensors"),
        "overwrite": (True, False),
    },
    "Sequential.set_weights": {
        "weights": tuple([np.full(w.shape, v) for w in model_of().weights] for v in (1, 2))
    },
    "Sequential.summary": {
        "line_length": (60, 70),
        "positions": ([0.4, 0.7, 1.0], [0.3, 0.7, 1.0]),
        "show_trainable": (False, True),
        "layer_range": (None, ["rnn", "rnn"]),
    },
    "load_model": {
        "filepath": ("2.safetensors", "3.safetensors"),
        "compile": (True, False),
    },
    "set_random_seed": {"seed": (1, 2)},
    "Adagrad": {**STEPS, "initial_accumulator_value": (0.1, 0.5), "epsilon": (1e-7, 1e-2)},
    "Adam": {**STEPS, **MOMENTS, **AMSGRAD},
    "AdamW": {**STEPS, **MOMENTS, **AMSGRAD},
    "Nadam": {**STEPS, **MOMENTS},
    "RMSprop": {
        **STEPS,
        "rho": (0.9, 0.5),
        "momentum": (0.0, 0.5),
        "epsilon": (1e-7, 1e-2),
        "centered": (False, True),
    },
    "SGD": {
        **STEPS,
        "momentum": (0.0, 0.5),
        "nesterov": ({"momentum": 0.5, "nesterov": True}, {"momentum": 0.5, "nesterov": False}),
    },
    "EarlyStopping": {
        "monitor": ("val_loss", "loss"),
        "min_delta": (0.0, 0.5),
        "patience": (2, 3),
        "verbose": (0, 1),
        "mode": ("min", "max"),
        "baseline": (None, 0.5),
        "restore_best_weights": (True, False),
        "start_from_epoch": (0, 4),
    },
}

PENALTIES = {
    "activity_regularizer": "l2",
    **{f"{weight}_constraint": "l2" for weight in ("kernel", "recurrent", "bias")},
}
CELL_REFUSED = {
    **PENALTIES,
    "seed": 1,
    "use_cudnn": True,
}
OPTIMIZER_REFUSED = {
    "use_ema": True,
    "ema_momentum": 0.5,
    "ema_overwrite_frequency": 2,
    "loss_scale_factor": 2.0,
    "gradient_accumulation_steps": 2,
}
REFUSED = {
    "Input": {
        "dtype": "float16",
        "sparse": True,
        "ragged": True,
        "tensor": X,
        "optional": True,
    },
    "SimpleRNN": CELL_REFUSED,
    "LSTM": CELL_REFUSED,
    "GRU": CELL_REFUSED,
    "Dense": {**PENALTIES, "lora_rank": 2, "lora_alpha": 2, "quantization_config": "int8"},
    "Layer": {
        "activity_regularizer": "l2",
        "trainable": False,
        "dtype": "float16",
        "autocast": False,
    },
    "Sequential": {"trainable": False},
    "Sequential.compile": {
        "loss_weights": [1.0],
        "run_eagerly": True,
        "steps_per_execution": 2,
        "jit_compile": True,
        "auto_scale_loss": False,
    },
    "Sequential.evaluate": {"steps": 1},
    "Sequential.fit": {
        "steps_per_epoch": 1,
        "validation_steps": 1,
    },
    "Sequential.predict": {"steps": 1},
    "Sequential.save": {"zipped": True},
    "Sequential.summary": {"expand_nested": True},
    "load_model": {"custom_objects": {"a": 1}, "safe_mode": False},
    **dict.fromkeys(OPTIMIZERS, OPTIMIZER_REFUSED),
}
BASE = {"Input": {"shape": (3, 1)}}  # what a refusal needs beside the argument
# Of dropout and states: tests/nn/test_calls.py and tests/training/test_sequences.py
IN_CALLS = {"dropout", "recurrent_dropout", "return_state", "stateful", "unroll"}
ELSEWHERE = {  # arguments with a test of their own below
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU"), IN_CALLS),
    "Sequential.fit": {"verbose"},
    "Sequential.evaluate": {"verbose", "*kwargs"},
    "Sequential.predict": {"verbose"},
    "Sequential.save": {"*kwargs"},
    "Sequential.summary": {"print_fn"},
    "Layer": {"*kwargs"},
    **{name: {"*kwargs"} for name in OPTIMIZERS},
    **{name: {"reduction", "name", "dtype"} for name in SIGNATURES if name[:6] == "losses"},
    **{name: {"name", "dtype"} for name in SIGNATURES if name[:7] == "metrics"},
}


def options_of(argument, value):
    if isinstance(value, dict) and (argument == "*kwargs" or argument in value):
        return value
    return {argument: value}


def pairs(table):
    wanted = SIGNATURES
    return [(t, a, table[t][a]) for t in table for a in wanted[t] if a in table[t]]


@pytest.mark.parametrize("thing", SIGNATURES)
def test_every_argument_is_accounted_for(thing):
    known = ACTS.get(thing, {}).keys() | REFUSED.get(thing, {}).keys() | ELSEWHERE.get(thing, set())
    assert set(SIGNATURES[thing]) <= known


@pytest.mark.parametrize("thing", [thing for thing in SIGNATURES if OURS[thing]])
def test_arguments_stand_in_the_same_order_with_the_same_defaults(thing):
    ours = inspect.signature(OURS[thing]).parameters
    names = [n for n, p in ours.items() if n != "self" and p.kind is p.POSITIONAL_OR_KEYWORD]
    keras_names = [name for name in SIGNATURES[thing] if name[0] != "*"]
    assert names == keras_names
    for name in names:
        default = [] if ours[name].default is inspect.Parameter.empty else [ours[name].default]
        assert default == SIGNATURES[thing][name], name


@pytest.mark.parametrize(("thing", "argument", "values"), pairs(ACTS))
def test_argument_acts(thing, argument, values):
    one, two = (SEE[thing](**options_of(argument, value)) for value in values)
    assert one != two


@pytest.mark.parametrize(("thing", "argument", "value"), pairs(REFUSED))
def test_argument_is_refused_by_name(thing, argument, value):
    with pytest.raises(UnsupportedError, match=rf"\b{argument}\b") as caught:
        SEE[thing](**{**BASE.get(thing, {}), **options_of(argument, value)})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU", "Dense"])
def test_layer_takes_the_shape_of_its_input_in_every_form(name):
    cls = getattr(layers, name)
    for form in (
        {"input_shape": (3, 1)},
        {"batch_input_shape": (None, 3, 1)},
        {"batch_shape": (None, 3, 1)},
    ):
        assert Sequential([cls(2, **form)]).input_shape == (None, 3, 1)
    assert Sequential([cls(2, batch_input_shape=(8, 3, 1))]).batch_size == 8


def test_dense_takes_input_dim():
    assert Sequential([layers.Dense(2, input_dim=5)]).input_shape == (None, 5)


@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU", "Dense"])
def test_unknown_argument_of_a_layer_gets_the_nearest_name(name):
    with pytest.raises(InvalidArgumentError, match="no argument 'unit'; did you mean 'units'"):
        getattr(layers, name)(2, unit=2)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_unknown_argument_of_an_optimizer_is_refused(name):
    with pytest.raises(InvalidArgumentError, match="no argument 'lr'"):
        getattr(optimizers, name)(lr=0.1)


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        ("SGD", "momentum", 1.5),
        ("SGD", "nesterov", 1.0),
        ("RMSprop", "rho", 1.0),
        ("RMSprop", "epsilon", 0.0),
        ("RMSprop", "centered", "yes"),
        ("Adagrad", "initial_accumulator_value", -0.1),
        ("Adam", "beta_1", 1.0),
        ("Adam", "amsgrad", None),
        ("AdamW", "weight_decay", -1.0),
        ("Nadam", "beta_2", float("nan")),
    ],
)
def test_bad_numbers_of_an_optimizer_are_refused(name, argument, value):
    with pytest.raises(InvalidArgumentError, match=argument):
        getattr(optimizers, name)(**{argument: value})


@pytest.mark.parametrize(
    ("cls", "value"),
    [
        (losses.MeanSquaredError, 9.0),
        (losses.MeanAbsoluteError, 3.0),
        (metrics.MeanSquaredError, 9.0),
        (metrics.MeanAbsoluteError, 3.0),
    ],
)
def test_loss_and_metric_objects_act(cls, value):
    assert cls()([[1.0]], [[4.0]]) == value
    assert cls(name="mine").name == "mine"
    with pytest.raises(UnsupportedError, match="dtype"):
        cls(dtype="float16")


@pytest.mark.parametrize("reduction", [None, "none"])
def test_a_loss_without_reduction_is_refused(reduction):
    with pytest.raises(UnsupportedError, match=f"reduction={reduction!r}"):
        losses.MeanSquaredError(reduction=reduction)


def test_loss_objects_compile_as_names_do():
    assert of_compile(loss=losses.MeanAbsoluteError()) == of_compile(loss="mae")


def test_metric_objects_are_named_as_the_user_named_them():
    history = of_compile(metrics=[metrics.MeanAbsoluteError(name="mine"), "mae", "mae"])[0]
    assert list(history) == ["loss", "mae", "mae_1", "mine"]
    assert history["mine"] == history["mae"] == history["mae_1"]


def test_print_fn_gets_the_summary():
    texts = of_summary()
    assert len(texts) == 1
    assert "Total params: 11 " in texts[0]


def test_hooks_are_keras_hooks():
    assert [name for name in dir(callbacks.Callback) if name.startswith("on_")] == HOOKS


@pytest.mark.parametrize(
    ("argument", "names"),
    [
        ("optimizer", ["ftrl", "adamax", "lion"]),
        ("loss", ["poisson", "KLDivergence", "ctc", None, np.mean]),
        ("metrics", ["auc", "F1Score", "Precision", np.mean]),
    ],
)
def test_other_names_of_keras_are_refused_by_name(argument, names):
    for name in names:
        with pytest.raises(
            UnsupportedError, match=re.escape(f"{argument}={name!r} is not supported")
        ):
            model_of(**{argument: [name] if argument == "metrics" else name})


@pytest.mark.parametrize(
    ("argument", "slip", "meant"),
    [
        ("optimizer", "adm", "'adam'"),
        ("loss", "mean_square_error", "'mean_squared_error'"),
        ("metrics", ["mea"], "'mae'"),
    ],
)
def test_slips_get_the_nearest_name(argument, slip, meant):
    with pytest.raises(InvalidArgumentError, match=f"did you mean .*{meant}"):
        model_of(**{argument: slip})


@pytest.mark.parametrize("activation", ["glu", "softmax", "sparsemax", "threshold", np.tanh])
def test_other_activations_are_refused_by_name(activation):
    rule = r"activation=.* is not supported.*; pass .*one of tanh, sigmoid"
    with pytest.raises(UnsupportedError, match=rule):
        layers.LSTM(2, activation=activation)


@pytest.mark.parametrize("word", sorted(set(keras.activations.__all__) - {"get"}))
def test_a_name_and_its_function_are_the_same_activation(word):
    function = getattr(keras.activations, word)
    assert keras.activations.get(word) is function
    assert layers.Dense(2, activation=word).spec == layers.Dense(2, activation=function).spec
    if word in OVER_UNITS:
        return
    assert layers.LSTM(2, activation=word).spec == layers.LSTM(2, activation=function).spec
    gates = {"recurrent_activation": function}
    assert layers.GRU(2, **gates).spec == layers.GRU(2, recurrent_activation=word).spec


def test_keras_aliases_of_activations():
    assert layers.Dense(1, activation="swish").get_config()["activation"] == "silu"
    assert layers.Dense(1, activation="hard_swish").get_config()["activation"] == "hard_silu"
    assert keras.activations.get(None) is keras.activations.linear


def test_other_initializers_are_refused_by_name():
    with pytest.raises(UnsupportedError, match="kernel_initializer='stft'"):
        layers.LSTM(2, kernel_initializer="stft")


def test_a_function_as_learning_rate_is_refused():
    with pytest.raises(UnsupportedError, match="derive a class from LearningRateSchedule"):
        optimizers.Adam(learning_rate=lambda: 0.1)
