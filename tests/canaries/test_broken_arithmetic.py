"""Broken arithmetic that the ordinary checks must reject.

Each canary is the reference with one line changed, as a slip of the pen would change it. A check
that lets one pass would let the same slip pass in a kernel.
"""

import itertools

import numpy as np
import pytest

from arithmetic import KerasCase, check_gradients, check_outputs_and_gradients, check_training
from differential import our_side
from differential.suite import seen
from rnncomp.kernels.layer_specs import GATES
from rnncomp.kernels.reference import (
    activations,
    dense,
    engine,
    gru,
    losses,
    lstm,
    optimizers,
    recurrent,
    simple_rnn,
)
from rnncomp.kernels.reference.engine import ReferenceEngine
from rnncomp.nn import network
from slips import broken

KIND = {simple_rnn: "simple_rnn", lstm: "lstm", gru: "gru", dense: "dense"}
PLAIN = "{},activation=tanh"
BEFORE = "gru,reset_after=False,activation=tanh"

FORWARD = [  # module, the right line, the slip, the Keras case that must see it
    (simple_rnn, "product(h_prev", "product(h_prev[:, ::-1]", None),
    (simple_rnn, "for t in range(x.shape[1])", "for t in reversed(range(x.shape[1]))", None),
    (simple_rnn, "from_x[:, t] + product", "from_x[:, t - 1] + product", None),
    (simple_rnn, 'weights.get("bias", 0.0)', "0.0", None),
    (lstm, "from_x[:, t] + product(h_prev", "from_x[:, t] + product(0.0 * h_prev", None),
    (lstm, "product(h_prev", "product(c_prev", None),
    (lstm, "h, c = np.split(states", "c, h = np.split(states", None),
    (lstm, "c = f * c_prev + i * g", "c = f * c_prev + (1.0 - f) * g", None),
    (lstm, "a = act(c)", "a = c", None),
    (lstm, "g = act(z_g)", "g = gate(z_g)", None),
    (lstm, "for t in range(x.shape[1])", "for t in reversed(range(x.shape[1]))", None),
    (gru, "z * h_prev + (1.0 - z) * g", "(1.0 - z) * h_prev + z * g", None),
    (gru, "s_g = x_g + r * q", "s_g = x_g + r * h_prev", None),
    (gru, "s_g = x_g + r * q", "s_g = r * (x_g + q)", None),
    (gru, "recurrent_kernel, factors) + recurrent_bias", "recurrent_kernel, factors)", None),
    (gru, 'weights["bias"][0], weights["bias"][1]', 'weights["bias"].sum(axis=0), zero', None),
    (gru, 'weights["bias"][0], weights["bias"][1]', 'weights["bias"][1], weights["bias"][0]', None),
    (gru, "step_reset_after if spec.reset", "step_reset_before if spec.reset", None),
    (gru, "product(r * q, kernel_g", "r * product(q, kernel_g", BEFORE),
    (gru, "product(r * q, kernel_g", "product(z * q, kernel_g", BEFORE),
    (dense, "y = act(z)", "y = z", None),
]

BACKWARD = [  # module, the right line, the slip, the Keras case that must see it
    (simple_rnn, "product_back(dz[:, t]", "product_back(-dz[:, t]", None),
    (simple_rnn, "dh = dh + product_back(", "dh = 0.0 * product_back(", None),
    (simple_rnn, "kernel_gradient(trace.h_prev,", "kernel_gradient(trace.h,", None),
    (simple_rnn, "dstates=dh,", "dstates=0.0 * dh,", None),
    (lstm, "dc_new * f, dc)", "dc_new, dc)", None),
    (lstm, "dh * o * act_slope(c, a)", "dh * o", None),
    (lstm, "dc_new = dc + dh * o", "dc_new = dh * o", None),
    (lstm, "df = dc_new * c_prev", "df = dc_new * a", None),
    (lstm, "np.concatenate([dh, dc]", "np.concatenate([dc, dh]", None),
    (lstm, "[dz_i, dz_f, dz_g, dz_o]", "[dz_i, dz_g, dz_f, dz_o]", None),
    (lstm, "dz.sum(axis=(0, 1))", "dz.mean(axis=(0, 1))", None),
    (gru, "dh_new * (h_prev - g)", "dh_new * (g - h_prev)", None),
    (gru, "np.where(there, dh * z, dh)", "np.where(there, 0.0, dh)", None),
    (gru, "dq = dz_g * r", "dq = dz_g", None),
    (gru, "dz_h.sum(axis=(0, 1))])", "dz_x.sum(axis=(0, 1))])", None),
    (gru, "factors_zr) + drq * r", "factors_zr)", BEFORE),
    (gru, "rq = trace.r * trace.q", "rq = trace.q", BEFORE),
    (dense, "dz = pull_back(spec.activation, trace.z, trace.y, dy)", "dz = dy", None),
]

TRAINING = [  # module, the right line, the slip, the rule that must see it
    (optimizers, "(np.sqrt(v) + optimizer.epsilon)", "np.sqrt(v + optimizer.epsilon)", "adam"),
    (optimizers, "* np.sqrt(1.0 - optimizer.beta_2**step)", "", "adam"),
    (optimizers, "beta_1**step", "beta_1**(step + 1)", "adam"),
    (optimizers, "(gradient**2 - v)", "(gradient - v) ** 2", "adam"),
    (optimizers, "momentum * velocity - rate * gradient if", "velocity if", "nesterov"),
    (optimizers, "if optimizer.nesterov else", "if not optimizer.nesterov else", "momentum"),
    (optimizers, "return rate * gradient, slots", "return -rate * gradient, slots", "sgd"),
    (losses, "t, y: 2.0 * (y - t)", "t, y: y - t", "nesterov"),
    (losses, "t, y: np.sign(y - t)", "t, y: np.sign(t - y)", "sgd"),
    (losses, "t, y: np.abs(y - t)", "t, y: np.abs(y + t)", "sgd"),
    (losses, "else found / spec.width", "else found", "nesterov"),
    (losses, "weights / weights.size", "weights / len(weights) / 2", "sgd"),
    (losses, "* len(found), float(len(found))", ", float(len(found))", "sgd"),
]


def plant_in_a_layer(module, right, slip, monkeypatch):
    """Plant a slip in a recurrent layer or a dense one."""
    home, name = (engine, "LAYERS") if module is dense else (recurrent, "CELLS")
    layers = {**getattr(home, name), KIND[module]: broken(module, right, slip)}
    monkeypatch.setattr(home, name, layers)


def case_for(module, name):
    return KerasCase(name or PLAIN.format(KIND[module]))


def named(canaries):
    return [pytest.param(*c, id=f"{c[0].__name__.rsplit('.', 1)[1]}: {c[2]}") for c in canaries]


@pytest.mark.parametrize(("module", "right", "slip", "name"), named(FORWARD + BACKWARD))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_slip_in_a_layer_is_seen_by_the_parity_check(
    module, right, slip, name, dtype, monkeypatch
):
    case = case_for(module, name)
    check_outputs_and_gradients(case, ReferenceEngine(case.spec, dtype=dtype))
    plant_in_a_layer(module, right, slip, monkeypatch)
    with pytest.raises(AssertionError, match=r"off by .* allowed"):
        check_outputs_and_gradients(case, ReferenceEngine(case.spec, dtype=dtype))


@pytest.mark.parametrize(("module", "right", "slip", "name"), named(BACKWARD))
def test_a_slip_in_a_gradient_is_seen_by_central_differences(
    module, right, slip, name, monkeypatch
):
    case = case_for(module, name)
    plant_in_a_layer(module, right, slip, monkeypatch)
    with pytest.raises(AssertionError, match=r"off by .* allowed"):
        check_gradients(ReferenceEngine(case.spec, dtype="float64"), seed=1)


def plant(module, right, slip, monkeypatch):
    """Plant a slip of TRAINING in the reference engine."""
    slipped = broken(module, right, slip)
    names = ["update"] if module is optimizers else ["errors", "slopes", "factors", "reported"]
    for name in names:
        monkeypatch.setattr(engine, name, getattr(slipped, name))


@pytest.mark.parametrize(("module", "right", "slip", "rule"), named(TRAINING))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_slip_in_an_update_is_seen_after_twenty_steps(
    module, right, slip, rule, dtype, monkeypatch
):
    case = KerasCase("lstm,activation=tanh")
    check_training(case, rule, ReferenceEngine(case.spec, dtype=dtype))
    plant(module, right, slip, monkeypatch)
    with pytest.raises(AssertionError, match=r"off by .* allowed"):
        check_training(case, rule, ReferenceEngine(case.spec, dtype=dtype))


# What a configuration of the differential test must have in it to run into a slip.
WORDS = {simple_rnn: "layers.SimpleRNN", lstm: "layers.LSTM", gru: "layers.GRU"}
PASSES = (our_side.outputs_and_gradients,)
UPDATES = (our_side.gradient_of_loss, our_side.first_epoch)


@pytest.fixture
def reference(monkeypatch):
    """Models compute with the reference, where slips are planted."""
    monkeypatch.setenv("RNNCOMP_BACKEND", "reference")


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(("module", "right", "slip", "_name"), named(FORWARD + BACKWARD))
def test_a_slip_in_a_layer_is_seen_by_the_differential_test(
    module, right, slip, _name, monkeypatch
):
    plant_in_a_layer(module, right, slip, monkeypatch)
    assert seen(PASSES, [WORDS[module]] if module in WORDS else [])


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(("module", "right", "slip", "_rule"), named(TRAINING))
def test_a_slip_in_an_update_is_seen_by_the_differential_test(
    module, right, slip, _rule, monkeypatch
):
    plant(module, right, slip, monkeypatch)
    assert seen(UPDATES)


ENDS = [  # the right line, the slip
    ("steps.h[:, -1]", "steps.h[:, 0]"),
    ("steps.c[:, -1]", "steps.c[:, 0]"),
]


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize(("right", "slip"), ENDS)
def test_other_last_states_are_seen_by_the_differential_test(right, slip, monkeypatch):
    slipped = broken(recurrent, right, slip)
    monkeypatch.setattr(engine, "LAYERS", {**engine.LAYERS, **dict.fromkeys(GATES, slipped)})
    assert seen([our_side.calls], [WORDS[lstm]])


@pytest.mark.usefixtures("reference")
def test_states_that_are_not_kept_are_seen_by_the_differential_test(monkeypatch):
    def zeros(self, rows):
        return np.zeros((rows, self.spec.state_size), self.dtype)

    monkeypatch.setattr(network.Network, "states_for", zeros)
    assert seen([our_side.calls], ['"stateful": true'])


HARD_SIGMOID = {
    "keras 2": ("z / 6.0 + 0.5", "z / 5.0 + 0.5"),
    "other slope": ("1 / 6", "1 / 5"),
}


@pytest.mark.usefixtures("reference")
@pytest.mark.parametrize("wrong", HARD_SIGMOID)
def test_another_hard_sigmoid_is_seen_by_the_differential_test(wrong, monkeypatch):
    functions = broken(activations, *HARD_SIGMOID[wrong]).FUNCTIONS
    for module in (simple_rnn, lstm, gru):
        monkeypatch.setattr(module, "FUNCTIONS", functions)
    assert seen(PASSES, ['"hard_sigmoid"'])


@pytest.mark.parametrize("wrong", HARD_SIGMOID)
def test_another_hard_sigmoid_is_seen(wrong, monkeypatch):
    functions = broken(activations, *HARD_SIGMOID[wrong]).FUNCTIONS
    monkeypatch.setattr(simple_rnn, "FUNCTIONS", functions)
    case = KerasCase("simple_rnn,activation=hard_sigmoid")
    with pytest.raises(AssertionError, match=r"off by .* allowed"):
        check_outputs_and_gradients(case, ReferenceEngine(case.spec, dtype="float32"))


class Reordered(ReferenceEngine):
    """An engine that reads the gates of the first layer in another order."""

    order: tuple[int, ...]

    def predict(self, params, samples, states=None):
        return super().predict(self.reorder(params), samples, states)

    def vjp(self, params, samples, dy, states=None):
        return super().vjp(self.reorder(params), samples, dy, states)

    def reorder(self, params):
        shapes = self.spec.weight_shapes[0].values()
        ends = np.cumsum([np.prod(shape) for shape in shapes])
        parts = np.split(params, ends)
        for k, shape in enumerate(shapes):
            gates = parts[k].reshape(-1, len(self.order), shape[-1] // len(self.order))
            parts[k] = gates[:, self.order].ravel()
        return np.concatenate(parts)


def wrong_orders(kind):
    return list(itertools.permutations(range(GATES[kind])))[1:]


@pytest.mark.parametrize(
    ("kind", "order"), [(k, o) for k in ("lstm", "gru") for o in wrong_orders(k)]
)
def test_every_wrong_order_of_gates_is_seen(kind, order):
    case = KerasCase(PLAIN.format(kind))
    engine = Reordered(case.spec, dtype="float32")
    engine.order = order
    with pytest.raises(AssertionError, match=r"predict: off by .* allowed"):
        check_outputs_and_gradients(case, engine)


@pytest.mark.parametrize(
    ("kind", "order"), [(k, o) for k in ("lstm", "gru") for o in wrong_orders(k)]
)
def test_every_wrong_order_of_gates_is_seen_by_the_differential_test(kind, order, monkeypatch):
    def wrong(spec, *, dtype, **_):
        made = Reordered(spec, dtype=dtype)
        made.order = order
        return made

    monkeypatch.setattr(network, "make_engine", wrong)
    assert seen(PASSES, [f'"layers": [{{"is": "layers.{kind.upper()}"'])


def test_constant_weights_would_not_see_it():
    case = KerasCase("lstm,recurrent_activation=linear")
    _, samples, _ = case.given("float64")
    params = np.full(case.spec.n_params, 0.1)
    engine = Reordered(case.spec, dtype="float64")
    engine.order = (3, 1, 2, 0)
    right = ReferenceEngine(case.spec, dtype="float64").predict(params, samples)
    assert np.array_equal(engine.predict(params, samples), right)
