"""Every argument of Keras's losses and metrics acts or is refused by name; none is ignored.

The signatures come from real Keras (tests/parity/make_losses.py).
"""

import inspect
import json
from pathlib import Path

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras import losses, metrics

FIXTURE = Path(__file__).parents[1] / "parity" / "fixtures" / "losses.json"
SIGNATURES = json.loads(FIXTURE.read_text())["signatures"]
MODULES = {"losses": losses, "metrics": metrics}

T = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
Y = np.array([[0.5, 0.375, 0.125], [0.5, 0.375, 0.125]])
ACTS = {
    "delta": (1.0, 0.125),
    "from_logits": (False, True),
    "label_smoothing": (0.0, 0.5),
    "threshold": (0.5, 0.0625),
    "k": (1, 2),
    "name": ("a", "b"),
    "reduction": ("sum_over_batch_size", "sum"),
}
REFUSED = {"axis": 1, "ignore_class": 0, "from_sorted_ids": True, "dtype": "float16"}
ARGUMENTS = [(thing, argument) for thing, found in SIGNATURES.items() for argument in found]


def class_of(thing):
    module, _, name = thing.partition(".")
    return getattr(MODULES[module], name)


def seen(thing, **options):
    """What can be seen of a loss or metric."""
    made = class_of(thing)(**options)
    targets = T.argmax(axis=1) if "Sparse" in thing else T
    return made(targets, Y), made.name, made.get_config()


@pytest.mark.parametrize("module", MODULES)
def test_every_class_of_ours_is_walked(module):
    ours = {f"{module}.{name}" for name in MODULES[module].__all__}
    assert ours - SIGNATURES.keys() == {f"{module}.QuantileLoss"}  # Keras has none


@pytest.mark.parametrize("thing", SIGNATURES)
def test_arguments_stand_in_the_same_order_with_the_same_defaults(thing):
    parameters = inspect.signature(class_of(thing)).parameters
    ours = {n: [] if p.default is p.empty else [p.default] for n, p in parameters.items()}
    assert list(ours.items()) == list(SIGNATURES[thing].items())


@pytest.mark.parametrize(("thing", "argument"), ARGUMENTS)
def test_argument_acts_or_is_refused_by_name(thing, argument):
    if argument in REFUSED:
        with pytest.raises(UnsupportedError, match=rf"\b{argument}\b") as caught:
            class_of(thing)(**{argument: REFUSED[argument]})
        assert "\n" not in str(caught.value)
        return
    one, two = (seen(thing, **{argument: value}) for value in ACTS[argument])
    assert one != two
    assert argument == "name" or one[0] != two[0]


@pytest.mark.parametrize("thing", SIGNATURES)
def test_the_configuration_makes_it_again(thing):
    options = {a: ACTS[a][1] for a in SIGNATURES[thing] if a in ACTS}
    made = class_of(thing)(**options)
    again = class_of(thing)(**made.get_config())
    assert (again.spec, again.name) == (made.spec, made.name)
    assert made.get_config().keys() == options.keys()


@pytest.mark.parametrize(
    ("make", "argument"),
    [
        (lambda: losses.Huber(0.0), "delta"),
        (lambda: losses.Huber(float("nan")), "delta"),
        (lambda: losses.BinaryCrossentropy(label_smoothing=1.5), "label_smoothing"),
        (lambda: losses.BinaryCrossentropy(from_logits="yes"), "from_logits"),
        (lambda: losses.LogCosh(reduction="average"), "reduction"),
        (lambda: losses.QuantileLoss(()), "quantiles"),
        (lambda: losses.QuantileLoss((0.9, 0.1)), "quantiles"),
        (lambda: losses.QuantileLoss(1.0), "quantiles"),
        (lambda: metrics.TopKCategoricalAccuracy(k=0), "k"),
        (lambda: metrics.BinaryAccuracy(threshold="half"), "threshold"),
    ],
)
def test_bad_values_are_refused_by_name(make, argument):
    with pytest.raises(InvalidArgumentError, match=rf"^{argument} must be"):
        make()
