"""A package that looks like Keras 3 to rnncomp: models that hold what Keras's files hold.

It computes nothing. What real Keras makes of all this is tested by with_keras.py.
"""

import io
import json
import re
import sys
import types
import zipfile

import h5py
import numpy as np

HOOKS = [
    f"on_{what}_{when}"
    for what in ("train", "epoch", "test", "predict", "batch", "train_batch", "test_batch")
    for when in ("begin", "end")
]
HOOKS += ["on_predict_batch_begin", "on_predict_batch_end"]


class Variable:
    def __init__(self, value):
        self.value = np.array(value)

    @property
    def shape(self):
        return self.value.shape

    def assign(self, value):
        value = np.asarray(value)
        assert value.shape == self.value.shape
        self.value = value.astype(self.value.dtype)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.value, dtype=dtype)


class Part:
    """A layer, or anything else with weights."""

    def __init__(self, variables):
        self.variables = variables

    def get_weights(self):
        return [np.array(v) for v in self.variables]

    def set_weights(self, values):
        for variable, value in zip(self.variables, values, strict=True):
            variable.assign(value)


class Optimizer(Part):
    built = True

    @property
    def learning_rate(self):
        return self.variables[1]

    @learning_rate.setter
    def learning_rate(self, value):
        self.variables[1].assign(value)


class Model(Part):
    built, stop_training, history, loss = True, False, None, None

    def __init__(self, entry, arrays):
        self.entry, config = entry, entry["config"]
        self.name = config["name"]
        self.compiled = bool(entry.get("compile_config"))
        self.layers, seen = {}, {}
        for layer in config["layers"]:
            if layer["module"] != "keras.layers":  # a step by which Keras makes a mask
                continue
            kind = re.sub("(?<=[a-z])(?=[A-Z])", "_", layer["class_name"]).lower()
            number = seen[kind] = seen.get(kind, -1) + 1
            folder = f"layers/{kind}_{number}/" if number else f"layers/{kind}/"
            paths = [path for path in arrays if path.startswith(folder)]
            paths.sort(key=lambda path: ("backward_layer" in path, path))
            self.layers[layer["config"]["name"]] = Part([Variable(arrays[p]) for p in paths])
        super().__init__([v for layer in self.layers.values() for v in layer.variables])
        self.trainable_variables = self.variables
        state = sorted(
            (path for path in arrays if path.startswith("optimizer/")),
            key=lambda path: int(path.rpartition("/")[2]),
        )
        self.optimizer = Optimizer([Variable(arrays[path]) for path in state])

    def get_config(self):
        return self.entry["config"]

    def get_compile_config(self):
        return self.entry.get("compile_config") or {}

    def get_layer(self, name):
        return self.layers[name]

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        assert y.shape == y_pred.shape
        self.measured = True

    def reset_metrics(self):
        assert self.measured


class Sequential(Model):
    pass


class Functional(Model):
    pass


class Callback:
    def set_model(self, model):
        self.model = model

    def set_params(self, params):
        self.params = params


for hook in HOOKS:
    setattr(Callback, hook, lambda self, *args, **logs: None)


class History(Callback):
    def __init__(self):
        self.history, self.epoch = {}, []

    def on_epoch_end(self, epoch, logs=None):
        self.epoch.append(epoch)
        for key, value in logs.items():
            self.history.setdefault(key, []).append(value)
        self.model.history = self


class BackupAndRestore(Callback):
    pass


def read(data):
    """Return the model of a ``.keras`` file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = json.loads(archive.read("config.json"))
        weights = io.BytesIO(archive.read("model.weights.h5"))
    arrays = {}
    with h5py.File(weights) as file:
        file.visititems(
            lambda name, item: arrays.update({name: item[()]}) if hasattr(item, "shape") else None
        )
    return {"Sequential": Sequential, "Functional": Functional}[entry["class_name"]](entry, arrays)


def package(version="3.15.1"):
    """Return the package, to be put into sys.modules as ``keras``."""
    keras = types.ModuleType("keras")
    keras.__version__ = version
    keras.Sequential, keras.layers = Sequential, types.ModuleType("keras.layers")
    keras.saving = types.ModuleType("keras.saving")
    keras.callbacks = types.ModuleType("keras.callbacks")
    keras.callbacks.Callback, keras.callbacks.History = Callback, History
    return keras


Model.__module__ = "keras.src.models.model"
Sequential.__module__ = "keras.src.models.sequential"
Functional.__module__ = "keras.src.models.functional"
for cls in (Callback, History, BackupAndRestore):
    cls.__module__ = "keras.src.callbacks.callback"


def install(monkeypatch, version="3.15.1"):
    monkeypatch.setitem(sys.modules, "keras", package(version))
