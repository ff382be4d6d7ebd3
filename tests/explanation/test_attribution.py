"""What an output rests on: sums, closed forms, what is held out of the way, and what is refused."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from more_networks import NETWORKS, WINDOW, problem
from networks import RECURRENT
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.explanation import explain
from rnncomp.explanation.attribution import attribute
from rnncomp.explanation.flow import gradient_flow
from rnncomp.explanation.integrated import (
    FIRST_STRETCHES,
    GAP_FLOOR,
    GAP_SHARE,
    NODES,
    integrate,
)
from rnncomp.explanation.question import ask
from rnncomp.kernels import DenseSpec, NetworkSpec, RecurrentSpec
from rnncomp.kernels.layer_specs import EmbeddingSpec, MaskingSpec
from rnncomp.nn import Network
from tolerance import assert_close

NUMERIC = {
    name: spec
    for name, spec in NETWORKS.items()
    if not isinstance(spec.layers[0], EmbeddingSpec) and any(s.recurrent for s in spec.layers)
}


def made(spec, seed=3, window=WINDOW, samples=4, dtype="float64"):
    """Return a network and windows, some steps of which are masked where a layer masks."""
    p = problem(spec, samples=samples, window=window, seed=seed, dtype=dtype)
    return Network(spec, dtype=dtype, params=p.params), p.samples.windows()


def linear(kernel, recurrent, bias, dtype="float64"):
    """Return a SimpleRNN of one linear unit over len(kernel) features."""
    spec = NetworkSpec(len(kernel), (RecurrentSpec("simple_rnn", 1, activation="linear"),))
    return Network(spec, dtype=dtype, params=np.array([*kernel, recurrent, bias], dtype))


@pytest.mark.parametrize("baseline", ["mean", "zero", "last"])
@pytest.mark.parametrize("name", NUMERIC)
def test_parts_sum_to_the_difference(name, baseline):
    network, x = made(NUMERIC[name])
    question = ask(network, x, baseline, 1)
    found = integrate(question)
    difference = found.outputs - found.base_outputs
    summed = found.parts.sum(axis=(1, 2))
    floor = GAP_FLOOR * np.abs(found.parts).sum(axis=(1, 2))
    assert (np.abs(summed - difference) <= np.maximum(1e-3 * np.abs(difference), floor)).all()
    assert found.complete.all()
    np.testing.assert_array_equal(found.gaps, summed - difference)
    predicted = network.predict(x).reshape(len(x), -1)[:, 1]
    assert_close(found.outputs, predicted, k=16.0)


@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_parts_of_many_random_networks_sum(kind):
    rng = np.random.default_rng(5)
    for seed in range(25):
        units, features, window = (int(rng.integers(1, top)) for top in (12, 4, 30))
        spec = NetworkSpec(features, (RecurrentSpec(units=units, **kind), DenseSpec(1)))
        network, x = made(spec, seed=seed, window=window, samples=2)
        found = integrate(ask(network, x, None, 0))
        difference = np.abs(found.outputs - found.base_outputs)
        assert (np.abs(found.gaps) <= np.maximum(1e-3 * difference, 1e-9)).all()


def test_parts_of_a_linear_network_are_coefficient_times_difference():
    kernel, recurrent, steps = np.array([1.5, -0.5]), 0.8, 6
    network = linear(kernel, recurrent, 0.3)
    x = np.random.default_rng(0).normal(size=(steps, 2))
    coefficients = recurrent ** np.arange(steps - 1, -1, -1.0)[:, None] * kernel  # (T, F)
    for baseline, level in (("mean", x.mean(axis=0)), ("zero", 0.0), ("last", x[-1])):
        exact = coefficients * (x - level)
        for method in ("integrated_gradients", "occlusion"):
            found = attribute(network, x, method=method, baseline=baseline)
            assert_close(found.parts, exact, k=64.0, what=f"{method}, {baseline}")
            assert_close(found.by_step, exact.sum(axis=1), k=64.0, magnitude=np.abs(exact).max())
            assert_close(found.by_feature, exact.sum(axis=0), k=64.0, magnitude=np.abs(exact).max())
            assert abs(found.gap) <= 64 * np.finfo(float).eps * np.abs(exact).sum()
    assert attribute(network, x).nodes == FIRST_STRETCHES * NODES


def test_parts_are_the_integral_of_the_gradient():
    """Of tanh(w x) it is known: all of tanh(w x) - tanh(w base) belongs to the one number."""
    spec = NetworkSpec(1, (RecurrentSpec("simple_rnn", 1),))
    network = Network(spec, dtype="float64", params=np.array([2.0, 0.0, 0.1]))
    found = attribute(network, [[3.0], [0.7]], baseline=[-0.4])
    exact = [0.0, np.tanh(2 * 0.7 + 0.1) - np.tanh(2 * -0.4 + 0.1)]
    np.testing.assert_allclose(found.by_step, exact, rtol=1e-6, atol=1e-12)


def test_an_occlusion_is_the_output_less_that_without():
    network, x = made(NETWORKS["bidirectional ave"])
    x, window = x[0], x.shape[1]
    base = x.mean(axis=0)

    def output(x):
        return network.predict(x[None])[0].ravel()[3]

    found = attribute(network, x, method="occlusion", output=3, run=2)
    for t in range(window):
        both = slice(t, t + 2)
        other = x.copy()
        other[both] = base
        assert found.by_step[t] == pytest.approx(output(x) - output(other), abs=1e-12)
        for f in range(3):
            other = x.copy()
            other[both, f] = base[f]
            assert found.parts[t, f] == pytest.approx(output(x) - output(other), abs=1e-12)
    for f in range(3):
        other = x.copy()
        other[:, f] = base[f]
        assert found.by_feature[f] == pytest.approx(output(x) - output(other), abs=1e-12)
    flat = np.broadcast_to(base, x.shape)
    assert found.base_output == pytest.approx(output(flat), abs=1e-12)
    one = attribute(network, x, method="occlusion", output=3, run=3)
    assert one.by_step[1] == pytest.approx(output(x) - output(np.vstack([base] * 3 + [x[3:]])))


@pytest.mark.parametrize("method", ["integrated_gradients", "occlusion"])
def test_a_masked_step_adds_nothing_and_the_others_stay(method):
    network, x = made(NETWORKS["lstm masked"])
    one = x[1].copy()
    one[2] = 0.5
    masked = (one == 0.5).all(axis=1)
    # A baseline at the mask's own value would take out every step at once.
    found = attribute(network, one, method=method, baseline=0.5)
    assert (found.parts[masked] == 0.0).all()
    assert (found.parts[~masked] != 0.0).any()
    assert found.difference != 0.0
    there = one[~masked]
    level = attribute(network, one, method=method).baseline[~masked]
    np.testing.assert_allclose(level, np.broadcast_to(there.mean(axis=0), there.shape))
    last = attribute(network, one, method=method, baseline="last").baseline[~masked]
    np.testing.assert_array_equal(last, np.broadcast_to(there[-1], there.shape))


def test_an_embedding_is_occluded_and_not_integrated():
    network, x = made(NETWORKS["embedding"])
    with pytest.raises(UnsupportedError, match="integrated gradients cannot go through"):
        attribute(network, x[0])
    with pytest.raises(UnsupportedError, match="no meaning for an Embedding"):
        attribute(network, x[0], method="occlusion", baseline="mean")
    with pytest.raises(InvalidArgumentError, match=r"baseline must be a whole number 0 \.\. 5"):
        attribute(network, x[0], method="occlusion", baseline=6)
    found = attribute(network, x[0, :, 0], method="occlusion", baseline=4)
    for t in range(WINDOW):
        other = x[0, :, 0].copy()
        other[t] = 4
        lost = network.predict(x[:1, :, 0]) - network.predict(other[None])
        assert found.by_step[t] == pytest.approx(lost[0, 0], abs=1e-12)
    assert found.baseline_name == "number 4"


def test_a_jump_on_the_way_is_told():
    spec = NetworkSpec(1, (RecurrentSpec("simple_rnn", 1, activation="hard_shrink"),))
    network = Network(spec, dtype="float64", params=np.array([1.0, 0.0, 0.0]))
    with pytest.warns(UserWarning, match="miss 0.5 of the difference 1 after 576 nodes"):
        found = attribute(network, [[1.0]], baseline="zero")
    assert found.gap == pytest.approx(-0.5, abs=1e-6)
    assert "missed by the sum of the parts: 0.5;" in repr(found)


def test_kinks_take_more_nodes():
    spec = NetworkSpec(2, (RecurrentSpec("gru", 6, activation="relu"), DenseSpec(1)))
    network, x = made(spec, window=12)
    found = integrate(ask(network, x, "zero", 0))
    assert found.complete.all()
    assert found.nodes.max() > FIRST_STRETCHES * NODES


def test_nodes_go_where_the_output_is_steep():
    """A SimpleRNN that stretches its state is nearly chaotic; a trained one was found to be so."""
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=8), 0.8 * rng.normal(size=(8, 8)), np.zeros(8)]
    params = np.concatenate([w.ravel() for w in weights])
    network = Network(
        NetworkSpec(1, (RecurrentSpec("simple_rnn", 8),)), dtype="float64", params=params
    )
    found = integrate(ask(network, rng.normal(size=(6, 40, 1)), None, 0))
    assert found.complete.all()
    assert found.nodes.max() > 8 * FIRST_STRETCHES * NODES


def test_a_float32_network_is_asked_in_double():
    network, x = made(NETWORKS["gru backwards"], dtype="float32")
    found = attribute(network, x[0])
    assert found.parts.dtype == np.float64
    assert abs(found.gap) <= GAP_SHARE * abs(found.difference)
    assert found.output == pytest.approx(float(network.predict(x[:1])[0, 0]), abs=1e-6)


def test_a_mask_in_float32_is_the_same_in_double():
    spec = NetworkSpec(1, (MaskingSpec(0.1), RecurrentSpec("gru", 3)))  # 0.1 has no exact float32
    network = Network(spec, seed=0)
    x = np.array([[0.7], [0.1], [-0.3], [0.1]])
    found = attribute(network, x)
    assert (found.parts[[1, 3]] == 0.0).all()
    assert found.output == pytest.approx(float(network.predict(x[None])[0, 0]), abs=1e-6)
    assert gradient_flow(network, x).layers[0].there.tolist() == [True, False, True, False]


def test_pieces_change_nothing(monkeypatch):
    network, x = made(NETWORKS["lstm masked"])
    whole = integrate(ask(network, x, None, 0))
    lost = attribute(network, x[0], method="occlusion")
    for module in ("question", "integrated", "occlusion"):
        monkeypatch.setattr(f"rnncomp.explanation.{module}.NUMBERS_AT_ONCE", 50)
    cut = integrate(ask(network, x, None, 0))
    assert_close(cut.parts, whole.parts, k=64.0)
    assert_close(attribute(network, x[0], method="occlusion").parts, lost.parts, k=64.0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"method": "gradients"}, "method must be one of integrated_gradients, occlusion"),
        ({"baseline": "means"}, "did you mean 'mean'"),
        ({"baseline": [1.0, 2.0]}, r"baseline must be of shape \(3,\) or \(5, 3\), got \(2,\)"),
        ({"baseline": [1.0, np.nan, 0.0]}, "baseline must be finite"),
        ({"baseline": {"no": "numbers"}}, "baseline must be an array of numbers"),
        ({"output": 2}, "output must be the number of one of 2 outputs"),
        ({"run": 2}, "run must be 1 with integrated gradients"),
        ({"run": 6, "method": "occlusion"}, "run must be 1 .. 5"),
        ({"columns": ["a"]}, "columns must be 3 names, one a feature, got 1"),
        ({"times": ["a"]}, "times must be 5 names, one a step of the window, got 1"),
    ],
    ids=str,
)
def test_refused(arguments, words):
    network, x = made(NETWORKS["gru backwards"])
    with pytest.raises(InvalidArgumentError, match=words):
        attribute(network, x[0], **arguments)


def test_a_diverged_network_and_a_gap_in_the_data_are_refused():
    network, x = made(NETWORKS["gru backwards"])
    x[0, 1] = np.nan
    with pytest.raises(InvalidArgumentError, match="windows must be finite"):
        attribute(network, x[0])
    network.params[3] = np.inf
    with pytest.raises(InvalidArgumentError, match="network must have finite weights"):
        attribute(network, x[1])


def test_a_window_of_one_step_is_compared_with_zeros():
    network = linear([2.0], 0.5, 0.0)
    found = attribute(network, [3.0])
    assert (found.parts.item(), found.baseline_name) == (pytest.approx(6.0), "zeros")
    assert attribute(network, [3.0], baseline="mean").difference == 0.0


@pytest.mark.parametrize("name", ["lstm backwards", "embedding", "gru masked"])
def test_a_trace_asks_the_same(name):
    network, x = made(NETWORKS[name])
    method = "occlusion" if name == "embedding" else "integrated_gradients"
    columns = [f"column {f}" for f in range(x.shape[2])]
    trace = explain(network, x[0] if name != "embedding" else x[0, :, 0], columns=columns)
    found = trace.attribution(method, output=1)
    np.testing.assert_array_equal(
        found.parts, attribute(network, x[0], method=method, output=1).parts
    )
    assert (found.columns, found.times) == (trace.columns, trace.times)
    assert found.output == pytest.approx(trace.output[1], abs=1e-12)
    flow = gradient_flow(network, x[0], output=1)
    np.testing.assert_array_equal(trace.gradient_flow(output=1).norms, flow.norms)
    assert flow.layers[0].dh.shape == trace.recurrent[0].h.shape


def test_a_plot_shows_the_parts():
    network, x = made(NETWORKS["gru backwards"])
    found = attribute(network, x[0], columns=("a", "b", "c"), times=list("vwxyz"))
    ax = found.plot()
    assert [bar.get_height() for bar in ax.patches] == pytest.approx(list(found.by_step))
    top, bars, part_map, _ = ax.figure.axes
    assert bars is ax
    assert [text.get_text() for text in top.get_legend().get_texts()] == ["a", "b", "c"]
    np.testing.assert_array_equal(part_map.get_images()[0].get_array(), found.parts.T)
    assert bars.xaxis.get_major_formatter()(2) == "w"
    one = Figure().add_subplot()
    assert found.plot(one) is one
    assert one.texts[0].get_text() == found.note


def test_the_largest_parts_and_the_words():
    network = linear([1.0, -2.0], 0.5, 0.0)
    found = attribute(network, [[1.0, 0.0], [0.0, 1.0]], baseline="zero", columns=("a", "b"))
    assert found.largest(2) == [("2", "b", pytest.approx(-2.0)), ("1", "a", pytest.approx(0.5))]
    assert repr(found).startswith("Attribution(integrated_gradients; output 0: -1.5 · baseline")
    assert repr(found).endswith("largest: -2 from b at 2, +0.5 from a at 1, +0 from b at 1)")
