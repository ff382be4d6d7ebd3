"""Losses, metrics and weights against what Keras made of the same numbers (make_losses.py)."""

import hashlib
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from backends import BACKENDS
from measured import spec_of, through, value
from rnncomp.keras import layers, losses, metrics, optimizers
from rnncomp.keras.models import Sequential
from tolerance import assert_close

FIXTURES = Path(__file__).parent / "fixtures"
ABOUT = json.loads((FIXTURES / "losses.json").read_text())
SHAPES = ("flat", "steps")
CASES = [(kind, name) for kind in ("losses", "metrics") for name in ABOUT[kind]]


@cache
def arrays():
    with np.load(FIXTURES / "losses.npz") as kept:
        return dict(kept)


def given(key):
    return (arrays()[f"{key}/{what}"] for what in ("y", "t", "w"))


def size(expected):
    """Return the magnitude of an error: at least 1, as cosines of that size cancel in a mean."""
    return max(1.0, abs(float(expected)))


def test_fixtures_are_those_of_the_maker_beside_them():
    maker, kept = FIXTURES.parent / "make_losses.py", FIXTURES / "losses.npz"
    assert hashlib.sha256(maker.read_bytes()).hexdigest() == ABOUT["maker_sha256"]
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == ABOUT["arrays_sha256"]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("weighted", ["plain", "weighted"])
@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean_with_sample_weight"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ABOUT["losses"])
def test_values_and_gradients_of_losses_like_keras(name, shape, reduction, weighted, backend):
    kind, options, *_ = ABOUT["losses"][name]
    loss = getattr(losses, kind)(**options, reduction=reduction)
    key = f"losses/{name}/{shape}"
    y, t, w = given(key)
    spec = spec_of(loss, width=y.shape[-1])
    report, slope = through(backend, spec, y, t, w if weighted == "weighted" else None)
    expected = f"{key}/{reduction}/{weighted}"
    # Some roundings in an error, and as many in the sum over at most 60 of them.
    assert_close(value(report)[0], arrays()[f"{expected}/value"], k=16, what="value")
    assert_close(slope, arrays()[f"{expected}/slope"], k=16, what="gradient")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("weighted", ["plain", "weighted"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ABOUT["metrics"])
def test_metrics_like_keras(name, shape, weighted, backend):
    kind, options, *_ = ABOUT["metrics"][name]
    metric = getattr(metrics, kind)(**options)
    key = f"metrics/{name}/{shape}"
    y, t, w = given(key)
    width = y.shape[-1]
    reduction = "weighted_metric" if weighted == "weighted" else "metric"
    spec = spec_of(metric, width=width, reduction=reduction)
    loss = losses.SparseCategoricalCrossentropy() if spec.sparse else losses.MeanSquaredError()
    report, _ = through(backend, spec_of(loss, width=width), y, t, w, metrics=[spec])
    found = value(report)[1]
    expected = arrays()[f"{key}/{weighted}"]
    assert_close(np.sqrt(found) if spec.root else found, expected, k=16, magnitude=size(expected))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("kind", "name"), CASES)
def test_objects_are_called_like_keras(kind, name, shape):
    cls, options, *_ = ABOUT[kind][name]
    measure = getattr({"losses": losses, "metrics": metrics}[kind], cls)(**options)
    key = f"{kind}/{name}/{shape}"
    y, t, w = given(key)
    middle = "sum_over_batch_size/" if kind == "losses" else ""
    end = "/value" if kind == "losses" else ""
    for weight, name in ((None, "plain"), (w, "weighted")):
        expected = arrays()[f"{key}/{middle}{name}{end}"]
        assert_close(measure(t, y, weight), expected, k=16, magnitude=size(expected))


def fitted_like_keras(name):
    """Return the model and the history after the fit that Keras was given."""
    steps, units, compiled, weights, targets = ABOUT["fits"][name]
    a = {k.removeprefix(f"fits/{name}/"): v for k, v in arrays().items() if f"fits/{name}/" in k}
    recurrent = layers.SimpleRNN(3, return_sequences=steps)
    model = Sequential([layers.Input((3, 2)), recurrent, layers.Dense(units)], dtype="float64")
    model.set_weights([a[str(k)] for k in range(5)])
    loss = compiled["loss"]
    if not isinstance(loss, str):
        loss = getattr(losses, loss[0])(**loss[1])
    named = ABOUT["metrics_of"][targets]
    model.compile(optimizers.SGD(0.0625), loss=loss, metrics=named, weighted_metrics=named[:1])
    options = {"validation_data": (a["x"], a["y"])}
    if "class_weight" in weights:
        options["class_weight"] = {int(k): v for k, v in weights["class_weight"].items()}
    if "sample_weight" in weights:
        options = {"sample_weight": a["w"][:-2], "validation_data": (a["x"], a["y"], a["w"])}
    model.fit(
        a["x"][:-2],
        a["y"][:-2],
        batch_size=4,
        epochs=3,
        shuffle=False,
        verbose=0,
        **options,
    )
    return model, a


@pytest.mark.parametrize("name", ABOUT["fits"])
def test_fit_and_evaluate_with_weights_like_keras(name):
    model, a = fitted_like_keras(name)
    expected = ABOUT["histories"][name]
    assert set(model.history.history) == set(expected)
    for key, values in model.history.history.items():
        # Nine batches, each with some roundings in forward, backward and update.
        assert_close(values, expected[key], k=200, what=key)
    for k, weight in enumerate(model.get_weights()):
        assert_close(weight, a[f"trained/{k}"], k=200, what=f"weight {k}")
    found = model.evaluate(
        a["x"], a["y"], sample_weight=a["w"], batch_size=3, verbose=0, return_dict=True
    )
    assert set(found) == set(ABOUT["histories"][f"{name}: evaluate"])
    for key, number in ABOUT["histories"][f"{name}: evaluate"].items():
        assert_close(found[key], number, k=200, what=key)
