"""docs/equations.md says what the code computes: its lines are executed and held to the reference.

Random weights and inputs at four sizes, in float64, in three of them every letter of the page with
a size of its own, so that no shape fits by chance. A sum of n products may be off by n roundings;
64 are more than any sum here needs, and a wrong line is off by a million times more.
"""

import doctest
from typing import get_args

import numpy as np
import pytest

import page_equations
from networks import make_problem
from page_equations import (
    TEXT,
    Names,
    blocks,
    constants,
    evaluate,
    functions,
    run,
    section,
    tables,
)
from rnncomp.kernels import LossSpec, NetworkSpec, OptimizerSpec, RecurrentSpec, make_engine
from rnncomp.kernels.layer_specs import ACTIVATIONS, DenseSpec
from rnncomp.kernels.loss_spec import Reduction
from rnncomp.kernels.reference import losses, packing, penalties
from rnncomp.kernels.reference.activations import FUNCTIONS, OVER_UNITS
from rnncomp.kernels.reference.optimizers import update
from rnncomp.kernels.spec import PenaltySpec
from tolerance import assert_close, steps_bound

K = 64.0
SIZES = [(1, 1, 1, 1), (3, 2, 5, 4), (4, 7, 2, 3), (2, 9, 3, 6)]  # B, T, F, U
CELLS = {
    "simple_rnn": ("### SimpleRNN", 0, "### SimpleRNN, for", (0,), ""),
    "lstm": ("### LSTM", 0, "### LSTM, for", (0,), "i f g o"),
    "gru_after": ("### GRU", 0, "### GRU, for", (0, 1), "z r g"),
    "gru_before": ("### GRU", 1, "### GRU, for", (0, 2), "z r g"),
}
ACTS = [("tanh", "sigmoid"), ("softsign", "hard_sigmoid"), ("elu", "sigmoid"), ("selu", "tanh")]
TABLES = tables()
HOLD, PASS, JOIN = blocks(section("### Masks"))


def spec_of(cell, units, activation, recurrent):
    return RecurrentSpec(
        cell.removesuffix("_after").removesuffix("_before"),
        units,
        activation=activation,
        recurrent_activation=recurrent,
        return_sequences=True,
        reset_after=cell != "gru_before",
    )


def page_forward(lines, names, states, mask, *, lstm):
    """Execute a cell's lines step after step; return what was known at each, in order."""
    steps, h, c = [], *(np.split(states, 2, axis=1) if lstm else (states, None))
    for t in range(names["T"]):
        step = Names(names, t=t, x_t=names["x"][:, t], h_before=h, gates=names.gates)
        step["m_t"] = mask[:, t, None] != 0
        if lstm:
            step["c_before"] = c
        run(lines, step, lstm=lstm)
        run(HOLD, step, lstm=lstm)
        h, c = step["h_t"], step.get("c_t")
        steps.append(step)
    return steps


def page_backward(lines, names, steps, dy, *, lstm):
    """Execute a cell's lines from T to 1; return its gradients by name, dx and dstates too."""
    carried = {"dh": np.zeros_like(steps[0]["h_before"])}
    carried["dc"] = np.zeros_like(carried["dh"])
    carried |= {f"d{name}": np.zeros_like(w) for name, w in names["weights"].items()}
    dx = np.zeros_like(names["x"])
    for step in reversed(steps):
        here = Names(step, carried, dy_t=dy[:, step["t"]], gates=names.gates)
        first, *rest = lines
        assert first.target == "dh"  # a mask acts where dy has been added
        run([first], here)
        run(PASS, here, lstm=lstm)
        run(rest, here)
        run(JOIN, here, lstm=lstm)
        dx[:, step["t"]] = here["dx_t"]
        carried = {name: here[name] for name in carried}
    ends = [carried["dh"]] + ([carried["dc"]] if lstm else [])
    return carried | {"dx": dx, "dstates": np.concatenate(ends, axis=1)}


@pytest.mark.parametrize("masked", [False, True], ids=["every step", "masked"])
@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("acts", ACTS, ids=str)
@pytest.mark.parametrize("cell", CELLS)
def test_the_lines_of_a_cell_are_the_reference(cell, acts, size, masked):
    batch, window, features, units = size
    lstm = cell == "lstm"
    spec = NetworkSpec(features, (spec_of(cell, units, *acts),))
    problem = make_problem(spec, samples=batch, window=window, seed=sum(size))
    mask = np.ones((batch, window))
    if masked:
        mask = (np.random.default_rng(1).random(mask.shape) < 0.6).astype(float)
    engine = make_engine(spec, dtype="float64", backend="reference")
    y = engine.predict(problem.params, problem.samples, problem.states, mask=mask)
    found = engine.vjp(problem.params, problem.samples, problem.dy, problem.states, mask=mask)

    forward, block, backward, others, gates = CELLS[cell]
    (weights,) = packing.unpack_params(spec, problem.params)
    letters = dict(zip("BTFU", size, strict=True))
    known = functions(*acts, TABLES) | constants()
    x = problem.samples.windows()
    names = Names(known, letters, weights, x=x, weights=weights, gates=gates)
    steps = page_forward(
        blocks(section(f"{forward}\n"))[block], names, problem.states, mask, lstm=lstm
    )
    shown = np.stack([step["h_t"] for step in steps], axis=1)
    k = K * steps_bound(window)
    assert_close(shown.reshape(batch, -1), y, k=k, what="y")

    lines = [line for index in others for line in blocks(section(backward))[index]]
    dy = problem.dy.reshape(batch, window, units)
    got = page_backward(lines, names, steps, dy, lstm=lstm)
    (dweights,) = packing.unpack_params(spec, found.dparams)
    size_of = max(np.abs(part).max() for part in found)
    for name, expected in dweights.items():
        assert_close(got[f"d{name}"], expected, k=k, magnitude=size_of, what=f"d{name}")
    assert_close(got["dx"].reshape(found.dx.shape), found.dx, k=k, magnitude=size_of, what="dx")
    assert_close(got["dstates"], found.dstates, k=k, magnitude=size_of, what="dstates")


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("activation", ["linear", "tanh", "selu"])
def test_the_lines_of_dense_are_the_reference(activation, size):
    batch, window, features, units = size
    spec = NetworkSpec(features, (DenseSpec(units, activation=activation),))
    problem = make_problem(spec, samples=batch, window=window, seed=sum(size))
    engine = make_engine(spec, dtype="float64", backend="reference")
    found = engine.vjp(problem.params, problem.samples, problem.dy)
    (weights,) = packing.unpack_params(spec, problem.params)
    (dweights,) = packing.unpack_params(spec, found.dparams)
    known = functions(activation, "sigmoid", TABLES) | constants()
    names = Names(known, dict(zip("BTFU", size, strict=True)), weights)
    names.update(x=problem.samples.windows(), dy=problem.dy.reshape(batch, window, units))
    names.update({f"d{name}": np.zeros_like(w) for name, w in weights.items()})
    names["dx"] = np.zeros_like(names["x"])
    run(blocks(section("### Dense\n"))[0], names)
    assert_close(names["y"].reshape(found.y.shape), found.y, k=K, what="y")
    run(blocks(section("### Dense, backward"))[0], names)
    for name, expected in {**dweights, "x": found.dx}.items():
        assert_close(names[f"d{name}"].reshape(expected.shape), expected, k=K, what=f"d{name}")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_table_of_activations_is_the_reference(name):
    kinks = np.array([-6, -3, -1, -0.5, 0, 0.5, 1, 3, 6])
    z = np.concatenate([kinks, np.random.default_rng(0).normal(0, 3, 500)])
    known = functions("tanh", "sigmoid", TABLES) | constants() | {"p": np.log(1 + np.exp(z))}
    y = evaluate(TABLES[name][0], known, z=z)
    assert_close(y, FUNCTIONS[name].f(z), k=K, what="y")
    slope = evaluate(TABLES[name][1], known, z=z, y=y)
    assert_close(slope, FUNCTIONS[name].slope(z, y), k=K, what="slope")


@pytest.mark.parametrize("name", OVER_UNITS)
def test_the_table_of_activations_over_units_is_the_reference(name):
    z, dy = np.random.default_rng(0).normal(0, 3, (2, 4, 5))
    known = functions() | {"m": z.max(axis=-1, keepdims=True), "dy": dy}
    y = evaluate(TABLES[name][0], known, z=z)
    assert_close(y, OVER_UNITS[name].f(z), k=K, what="y")
    dz = evaluate(TABLES[name][1], known, z=z, y=y)
    assert_close(dz, OVER_UNITS[name].pull(y, dy), k=K, what="dz")


@pytest.mark.parametrize(("kind", "block"), [("mse", 0), ("mae", 1)])
def test_the_lines_of_a_loss_are_the_reference(kind, block):
    true, pred = np.random.default_rng(0).normal(size=(2, 5, 3))
    names = Names(functions(), y_pred=pred, y_true=true, B=5, O=3)
    run(blocks(section("## 4. Loss"))[block], names)
    loss = LossSpec(kind, width=3)
    found = losses.errors(loss, true, pred, pred.dtype)
    weights = losses.factors(loss, np.ones((5, 1)))
    assert_close(names[kind], np.sum(found * weights), k=K)
    slopes = losses.slopes(loss, true, pred, pred.dtype) * weights[..., None]
    assert_close(names["dy"], slopes.reshape(5, 3), k=K)


@pytest.mark.parametrize("masked", [False, True])
def test_the_lines_of_the_reductions_are_the_reference(masked):
    rng = np.random.default_rng(0)
    e, w, m = rng.random((5, 2)), rng.random((5, 2)), rng.random((5, 2)) < 0.6
    lines = blocks(section("## 4. Loss"))[3 if masked else 2]
    names = run(lines, Names(functions(), e=e, w=w, m=m, G=e.size))
    assert [line.target for line in lines] == list(get_args(Reduction))
    for line in lines:
        loss = LossSpec("mse", reduction=line.target)
        weights = losses.masked(loss, w, m if masked else None)
        total, count = losses.reported(loss, e, weights)
        assert_close(names[line.target], np.float64(total / count), k=K, what=line.target)


def test_the_lines_of_a_regularizer_are_the_reference():
    w = np.array([0.0, -1.5, 2.5, 0.25])
    names = Names(functions(), w=w, l1=0.3, l2=0.7, P=4)
    run(blocks(section("## 4. Loss"))[4], names)
    spec = PenaltySpec(l1=(0.3,), l2=(0.7,))
    assert_close(names["penalty"], np.float64(penalties.value(spec, w, [4])), k=K)
    assert_close(names["dw"], penalties.gradient(spec, w, [4]), k=K)


RULES = [
    ("adam", {}, (0,)),
    ("adam", {"amsgrad": True}, (0, 1)),
    ("sgd", {}, (2,)),
    ("sgd", {"momentum": 0.9}, (3,)),
    ("sgd", {"momentum": 0.9, "nesterov": True}, (4,)),
    ("rmsprop", {}, (5,)),
    ("rmsprop", {"centered": True}, (5, 6)),
    ("rmsprop", {"momentum": 0.9}, (5, 7)),
    ("adagrad", {}, (8,)),
    ("nadam", {}, (9,)),
]


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize(("kind", "options", "used"), RULES, ids=str)
def test_the_lines_of_an_optimizer_are_the_reference(kind, options, used, weight_decay):
    """Five steps, so that what is carried from step to step is seen."""
    spec = OptimizerSpec(kind, **options, weight_decay=weight_decay)
    page = blocks(section("## 6. The update"))
    lines = [line for index in used for line in page[index]]
    if len(used) == 2:  # an option that replaces the last line of its rule
        lines.remove(page[used[0]][-1])
    lines = page[10] + lines
    size = 6
    zeros = ("m", "v", "largest", "velocity", "average", "step", "accumulator")
    names = Names(functions(), {name: np.zeros(size) for name in zeros}, P=size, p=1.0, lr=0.05)
    settings = ("beta_1", "beta_2", "rho", "epsilon", "momentum", "weight_decay")
    names.update({name: getattr(spec, name) for name in settings})
    rng = np.random.default_rng(0)
    params, slots = rng.normal(size=size), np.zeros((spec.n_slots, size))
    names["params"] = params
    for step in range(1, 6):
        gradient = rng.normal(size=size)
        params, slots = update(spec, params, slots, gradient, step, 0.05)
        names.update(gradient=gradient, k=step)
        run(lines, names)
        assert_close(names["params"], params, k=K, what=f"step {step}")


def test_every_block_of_the_page_is_executed_by_a_test():
    """A block that is added has to be added here, too."""
    count = {part: len(blocks(section(part))) for part in ("## 3", "## 4", "## 5", "## 6")}
    # Dense, 4 cells, 3 of masks; 2 losses, 2 reductions, a penalty; the sum that opens a step,
    # Dense, SimpleRNN, LSTM, 3 of GRU; 11 of the update.
    assert count == {"## 3": 8, "## 4": 5, "## 5": 7, "## 6": 11}
    assert len(TABLES) == len(ACTIVATIONS) + len(OVER_UNITS)
    outside = TEXT[: TEXT.index("\n## 3")] + TEXT[TEXT.index("\n## 7") :]
    assert blocks(outside) == []


def test_the_opening_of_a_backward_step_is_that_of_every_cell():
    ((opening,), *_) = blocks(section("## 5. Backward"))
    for _, _, heading, used, _ in CELLS.values():
        assert blocks(section(heading))[used[0]][0] == opening


def test_the_examples_of_the_translation_run():
    failed, attempted = doctest.testmod(page_equations)
    assert (failed, attempted > 1) == (0, True)
