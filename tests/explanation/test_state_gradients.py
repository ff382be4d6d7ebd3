"""d output / d state after every step, against central differences: the rest run once more."""

from dataclasses import replace

import numpy as np
import pytest

from backends import BACKENDS, engine_of
from more_networks import KINDS, NETWORKS, both_ways, cell, problem
from rnncomp.errors import InvalidArgumentError
from rnncomp.explanation.state_gradients import state_gradients
from rnncomp.kernels import DenseSpec, NetworkSpec
from rnncomp.kernels.layer_specs import BidirectionalSpec, MaskingSpec
from rnncomp.kernels.reference import bidirectional, recurrent
from rnncomp.kernels.reference.engine import LAYERS
from rnncomp.kernels.reference.packing import unpack_params
from rnncomp.kernels.reference.types import Call
from rnncomp.nn import Network
from rnncomp.nn.masks import input_mask
from rnncomp.samples import Samples
from tolerance import assert_close, assert_gradient, carried_bound

STEPS, WINDOWS = 5, 3

OWN = {
    f"{name}{words}": NetworkSpec(2, (*layers(name), DenseSpec(2, activation="tanh")))
    for name in ("simple_rnn", "lstm", "gru", "gru before")
    for words, layers in {
        "": lambda name: (cell(name, 3),),
        " all steps": lambda name: (cell(name, 3, return_sequences=True),),
        " stacked": lambda name: (
            cell(name, 3, return_sequences=True),
            cell("lstm", 2, return_sequences=True, go_backwards=True),
            cell(name, 4),
        ),
        " both ways, masked, under another": lambda name: (
            MaskingSpec(0.5),
            both_ways(name, "lstm", 3, "mul", return_sequences=True),
            cell(name, 2, return_sequences=True),
        ),
    }.items()
}
ALL = {**NETWORKS, **OWN}
WITH_STATES = [name for name, spec in ALL.items() if any(s.recurrent for s in spec.layers)]


def made(spec, backend=None):
    """Return a network and windows, some steps of which are masked where a layer masks."""
    p = problem(spec, samples=WINDOWS, window=STEPS, seed=3)
    network = Network(spec, dtype="float64", params=p.params, backend=backend)
    return network, p.samples.windows()


def from_states(layer, weights, x, mask, t, states):
    """Return the h of every step of one layer whose states after step t (as read) are given."""
    forth = replace(layer, go_backwards=False, return_sequences=True)
    if layer.go_backwards:
        x, mask = x[:, ::-1], mask[:, ::-1]
    zeros = np.zeros((1, layer.state_size))
    before, _ = recurrent.forward(forth, weights, x[:, : t + 1], Call(zeros, mask[:, : t + 1]))
    own = states[:, : layer.units]
    if t + 1 == x.shape[1]:
        y = np.concatenate([before.y[:, :t], own[:, None]], axis=1)
    else:
        after, _ = recurrent.forward(forth, weights, x[:, t + 1 :], Call(states, mask[:, t + 1 :]))
        y = np.concatenate([before.y[:, :t], own[:, None], after.y], axis=1)
    return y if layer.return_sequences else y[:, -1:]


def output_from(spec, params, x, index, way, t, states, output):
    """Return one output where the states of one layer after its step t are replaced."""
    mask = np.ones(x.shape[:2], bool)
    for k, (layer, weights) in enumerate(
        zip(spec.layers, unpack_params(spec, params), strict=True)
    ):
        zeros = Call(np.zeros((1, layer.state_size)), mask)
        if k != index:
            made, _ = LAYERS[layer.kind].forward(layer, weights, x, zeros)
            x, mask = (
                made.y,
                made.mask if made.mask is not None else np.ones(made.y.shape[:2], bool),
            )
            continue
        if not isinstance(layer, BidirectionalSpec):
            x = from_states(layer, weights, x, mask, t, states)
        else:
            _, trace = bidirectional.forward(layer, weights, x, zeros)
            child = layer.children[way]
            y = from_states(child, bidirectional.of_child(weights, way), x, mask, t, states)
            y = y[:, ::-1] if way else y
            if trace.there is not None:
                y = np.where(trace.there[..., None], y, 0.0)
            both = [y, trace.outputs[1]] if way == 0 else [trace.outputs[0], y]
            x = bidirectional.merge(layer, *both)
        mask = mask if layer.masks(True) else np.ones(x.shape[:2], bool)
    return float(x.ravel()[output])


def places(spec):
    """Return the number and direction of the layer of each entry that is found."""
    found = []
    for index, layer in enumerate(spec.layers):
        if layer.recurrent:
            found += [(index, way) for way in range(1 + isinstance(layer, BidirectionalSpec))]
    return found


@pytest.mark.parametrize("name", WITH_STATES)
def test_every_state_of_every_network(name):
    spec = ALL[name]
    network, x = made(spec)
    output = spec.outputs(STEPS) - 1 if "all steps" not in name else spec.outputs(STEPS) // 2
    traced = Network(spec, dtype="float64", params=network.params, backend="reference").trace(
        Samples.from_arrays(x)
    )
    found = state_gradients(network, x, output)
    assert len(found) == len(places(spec))
    for one, (index, way) in zip(found, places(spec), strict=True):
        layer = spec.layers[index]
        prefix = ("forward/", "backward/")[way] if layer.kind == "bidirectional" else ""
        names = [prefix + state for state in (("h", "c") if one.dc is not None else ("h",))]
        states = np.concatenate([traced[index][state] for state in names], axis=-1)
        both = one.dh if one.dc is None else np.concatenate([one.dh, one.dc], axis=-1)
        assert both.shape == states.shape
        for n, t in np.ndindex(*states.shape[:2]):

            def value(s, n=n, t=t, index=index, way=way):
                where = (spec, network.params, x[n : n + 1], index, way, t)
                return output_from(*where, s[None], output)

            assert_gradient(both[n, t], value, states[n, t], what=f"{one.name}, step {t}")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_engines_say_the_same(kind, backend):
    """Their derivative by initial states, of a run in which a mask takes out the steps before."""
    spec = NetworkSpec(2, (cell(kind, 3), DenseSpec(2)))
    network, x = made(spec)
    (found,) = state_gradients(network, x, 1)
    engine = engine_of(backend, spec, dtype="float64")
    samples, dy = Samples.from_arrays(x), np.tile([0.0, 1.0], (WINDOWS, 1))
    traced = engine.trace(network.params, samples)[0]
    for t in range(STEPS):
        names = ("h", "c") if kind == "lstm" else ("h",)
        states = np.concatenate([traced[name][:, t] for name in names], axis=-1)
        mask = np.tile((np.arange(STEPS) > t).astype(float), (WINDOWS, 1))
        dstates = engine.vjp(network.params, samples, dy, states, mask=mask).dstates
        here = found.dh if found.dc is None else np.concatenate([found.dh, found.dc], axis=-1)
        assert_close(here[:, t], dstates, k=carried_bound(STEPS), what=f"step {t}")


def test_masks_are_those_of_the_layers():
    network, x = made(NETWORKS["bidirectional mul, masked"])
    mask = input_mask(network.spec.layers[0], x)
    assert not mask.all()
    one, other = state_gradients(network, x, 0)
    np.testing.assert_array_equal(one.there, mask)
    np.testing.assert_array_equal(other.there, mask[:, ::-1])
    assert one.order.tolist() == [0, 1, 2, 3, 4]
    assert other.order.tolist() == [4, 3, 2, 1, 0]


def test_gradients_that_are_no_numbers_are_refused():
    spec = NetworkSpec(1, (cell("simple_rnn", 1, activation="linear"),))
    network = Network(spec, dtype="float64", params=np.array([1.0, 1e200, 0.0]))
    with pytest.raises(InvalidArgumentError, match="its gradients explode"):
        state_gradients(network, np.ones((1, 4, 1)), 0)
