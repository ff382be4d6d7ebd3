"""How far a gradient reaches: norms, means over windows, and the effective memory in steps."""

import numpy as np
import pytest

from drawn import legend_texts
from more_networks import NETWORKS, cell, problem
from rnncomp.errors import InvalidArgumentError
from rnncomp.explanation.flow import gradient_flow, memory_steps
from rnncomp.explanation.reach import gradient_reach, plot_reach
from rnncomp.kernels import DenseSpec, NetworkSpec
from rnncomp.nn import Network
from rnncomp.samples import Samples
from tolerance import assert_close


def made(name, dtype="float64", samples=4):
    """Return a network of NETWORKS and its windows, some steps masked where a layer masks."""
    spec = NETWORKS[name]
    p = problem(spec, samples=samples, seed=3, dtype=dtype)
    return Network(spec, dtype=dtype, params=p.params), p.samples.windows()


def linear(recurrent, *, steps=6, units=1):
    """Return a SimpleRNN of linear units that keep themselves by `recurrent` a step, and x."""
    layer = cell("simple_rnn", units, activation="linear")
    params = [*np.ones(units), *(recurrent * np.eye(units)).ravel(), *np.zeros(units)]
    network = Network(NetworkSpec(1, (layer,)), dtype="float64", params=np.array(params))
    return network, np.ones((steps, 1))


def test_a_linear_unit_fades_by_its_own_weight():
    network, x = linear(0.5)
    flow = gradient_flow(network, x)
    np.testing.assert_array_equal(flow.norms, 0.5 ** np.arange(5, -1, -1.0))
    np.testing.assert_array_equal(flow.layers[0].dh[:, 0], flow.norms)
    assert flow.memory_steps == 4  # 1 + 1/2 + 1/4 + 1/8 is 95.2 % of all six, three are 88.9 %
    assert flow.layers[0].c_norms is None
    assert repr(flow) == ("GradientFlow(output 0; effective memory in steps: simple_rnn 4 of 6)")


def test_an_output_depends_on_its_own_unit_alone():
    network, x = linear(0.5, units=2)
    for output in (0, 1):
        dh = gradient_flow(network, x, output=output).last.dh
        np.testing.assert_array_equal(dh[:, 1 - output], np.zeros(6))
        assert (dh[:, output] > 0.0).all()


@pytest.mark.parametrize(
    ("norms", "there", "expected"),
    [
        ([1.0] * 20, None, 19),
        ([1.0] * 100, None, 95),
        ([0.0] * 4, None, 0),
        ([3.0], None, 1),
        ([0.04, 1.0], None, 1),
        ([0.06, 1.0], None, 2),
        ([1.0, 1.0, 0.0, 0.0], None, 2),
        ([1.0, 0.0, 0.0, 1.0], None, 4),
        ([1.0, 5.0, 5.0, 1.0], [True, False, False, True], 2),
        ([1e-320, 1e-320], None, 2),
        ([1e308, 1e308], None, 2),
    ],
)
def test_the_effective_memory(norms, there, expected):
    assert memory_steps(norms, there) == expected


def test_the_rule_of_thumb():
    for factor, steps in ((0.5, 5), (0.9, 29)):
        assert memory_steps(factor ** np.arange(499, -1, -1.0)) == steps


@pytest.mark.parametrize(
    "name", ["gru backwards", "lstm masked", "bidirectional mul, masked", "lstm masked twice"]
)
def test_a_reach_is_the_mean_of_flows(name, monkeypatch):
    network, x = made(name)
    flows = [gradient_flow(network, one, output=1) for one in x]
    given = x[..., 0] if network.spec.layers[0].kind == "embedding" else x
    reach = gradient_reach(network, given, output=1)
    assert reach.windows == 4
    for k, layer in enumerate(reach):
        there = np.array([flow.layers[k].there for flow in flows])
        weights = there / np.maximum(there.sum(axis=0), 1)
        for which in ("norms", "c_norms", "state_norms"):
            if getattr(layer, which) is None:
                assert layer.kind != "lstm"
                continue
            each = np.array([getattr(flow.layers[k], which) for flow in flows])
            assert_close(getattr(layer, which), (weights * each).sum(axis=0), k=16.0)
        assert layer.name == flows[0].layers[k].name
        np.testing.assert_array_equal(layer.there, there.any(axis=0))
    monkeypatch.setattr("rnncomp.explanation.reach.NUMBERS_AT_ONCE", 10)
    for one, other in zip(reach, gradient_reach(network, given, output=1), strict=True):
        assert_close(other.norms, one.norms, k=16.0)
        assert other.memory_steps == one.memory_steps


def test_the_memory_of_an_lstm_counts_both_states():
    network, x = made("lstm backwards")
    layer = gradient_flow(network, x[0]).last
    assert_close(layer.norms, np.sqrt((layer.dh**2).sum(axis=1)), k=8.0)
    assert_close(layer.c_norms, np.sqrt((layer.dc**2).sum(axis=1)), k=8.0)
    both = np.concatenate([layer.dh, layer.dc], axis=1)
    assert_close(layer.state_norms, np.sqrt((both**2).sum(axis=1)), k=8.0)
    assert layer.memory_steps == memory_steps(layer.state_norms)
    assert layer.c_norms[-1] == 0.0  # what follows reads h alone


def test_layers_by_name():
    network, x = made("bidirectional concat")
    flow = gradient_flow(network, x[0])
    names = ["bidirectional/forward", "bidirectional/backward"]
    assert [layer.name for layer in flow] == names
    assert flow.last is flow["bidirectional/forward"]
    assert flow["bidirectional/backward"].order.tolist() == [4, 3, 2, 1, 0]
    with pytest.raises(InvalidArgumentError, match="did you mean 'bidirectional/forward'"):
        flow["bidirectional/forwards"]


def test_samples_and_float32_are_taken():
    network, x = made("gru backwards", dtype="float32")
    reach = gradient_reach(network, Samples.from_arrays(x))
    exact, _ = made("gru backwards")
    assert reach.norms.dtype == np.float64
    assert_close(reach.norms, gradient_reach(exact, x.astype(float)).norms, k=16.0)


def test_refused():
    network, x = made("gru backwards")
    with pytest.raises(InvalidArgumentError, match="output must be the number of one of 2"):
        gradient_flow(network, x[0], output=2)
    with pytest.raises(InvalidArgumentError, match="network must be a Sequential or a Network"):
        gradient_flow(3, x[0])
    with pytest.raises(InvalidArgumentError, match="windows must be one window at least"):
        gradient_reach(network, x[:0])
    dense = Network(NetworkSpec(2, (DenseSpec(1),), flat=True), seed=0)
    with pytest.raises(InvalidArgumentError, match="the network has none"):
        gradient_flow(dense, [1.0, 2.0])
    with pytest.raises(InvalidArgumentError, match="panels must be one or more titles"):
        plot_reach({"before": {}})


def test_a_flow_is_drawn():
    network, x = made("lstm masked twice")
    ax = gradient_flow(network, x[0]).plot()
    assert ax.get_yscale() == "log"
    flow = gradient_flow(network, x[0])
    first, by_cell, second = flow["lstm"], "lstm, by its cell state", flow["lstm_1"]
    drawn = {line.get_label(): line for line in ax.get_lines()}
    label = f"lstm, memory {first.memory_steps} step"
    found = next(line for name, line in drawn.items() if name.startswith(label))
    np.testing.assert_allclose(found.get_ydata(), np.where(first.norms > 0, first.norms, np.nan))
    assert by_cell in drawn
    found = next(line for name, line in drawn.items() if name.startswith("lstm_1, memory"))
    # It reads backwards, and is drawn along the sequence.
    np.testing.assert_allclose(found.get_ydata(), second.norms[::-1])
    assert len(legend_texts(ax)) == 4


def test_panels_have_one_scale():
    flows = {str(r): gradient_flow(*linear(r, steps=9)) for r in (0.1, 0.9)}
    figure = plot_reach({"before": {"a": flows["0.1"]}, "after": {"a": flows["0.9"]}})
    left, right = figure.axes
    assert left.get_ylim() == right.get_ylim()
    assert (left.get_title(), right.get_title()) == ("before", "after")
    assert legend_texts(left) == ["a, memory 2 steps"]
