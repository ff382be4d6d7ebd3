"""The reference engine as an Engine: its door, its cuts, its silence; and the page it follows."""

import doctest
from pathlib import Path

import numpy as np
import pytest

from networks import RECURRENT, make_problem
from rnncomp.errors import InvalidArgumentError
from rnncomp.kernels import (
    DenseSpec,
    LossSpec,
    NetworkSpec,
    OptimizerSpec,
    RecurrentSpec,
    make_engine,
)
from rnncomp.kernels.layer_specs import ActivationSpec
from rnncomp.kernels.reference import engine as reference
from rnncomp.samples import Samples
from tolerance import assert_same_bytes

SPEC = NetworkSpec(2, (RecurrentSpec("lstm", 3), DenseSpec(2, activation="linear")))
PAGE = Path(__file__).parents[2] / "docs" / "equations.md"


def problem(dtype="float64", **options):
    return make_problem(SPEC, samples=7, window=4, seed=0, dtype=dtype, **options)


def engine(dtype="float64", spec=SPEC):
    return make_engine(spec, dtype=dtype, backend="reference")


def train(p, rows, *, dtype="float64", params=None, slots=None, iteration=0, rates=None):
    params = p.params.copy() if params is None else params
    slots = np.zeros((2, params.size), dtype) if slots is None else slots
    rates = np.full(-(-len(rows) // 3), 0.01) if rates is None else rates
    report = engine(dtype).train(
        params,
        slots,
        p.samples,
        rows,
        batch_size=3,
        iteration=iteration,
        learning_rates=rates,
        loss=LossSpec("mse"),
        metrics=[LossSpec("mae", "metric")],
        optimizer=OptimizerSpec(),
    )
    return params, slots, report


def test_the_examples_of_the_page_run():
    failed, attempted = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, attempted > 10) == (0, True)


def test_the_examples_in_the_engine_run():
    failed, attempted = doctest.testmod(reference)
    assert (failed, attempted > 5) == (0, True)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_one_call_and_a_call_a_batch_give_the_same_bytes(dtype):
    p = problem(dtype)
    rows = np.array([6, 0, 3, 2, 5, 1, 4])
    whole = train(p, rows, dtype=dtype)
    params, slots, reports = p.params.copy(), np.zeros((2, p.params.size), dtype), []
    for k in range(3):
        here = rows[3 * k : 3 * k + 3]
        reports.append(train(p, here, dtype=dtype, params=params, slots=slots, iteration=k)[2])
    for one, other in zip(whole, (params, slots, np.concatenate(reports)), strict=True):
        assert_same_bytes(other, one)


def test_the_report_is_taken_before_each_update():
    p = problem()
    rows = np.arange(3)
    y = engine().predict(p.params, p.samples)[:3]
    _, _, report = train(p, rows)
    errors = y - p.samples.targets[:3]
    assert np.allclose(report[0, 0], [3 * np.mean(errors**2), 3], rtol=1e-14)
    assert np.allclose(report[0, 1], [np.sum(np.abs(errors)) / 2, 3], rtol=1e-14)


def test_many_samples_are_predicted_piece_by_piece(monkeypatch):
    p = problem()
    whole = engine().predict(p.params, p.samples, p.states)
    monkeypatch.setattr(reference, "ROWS_AT_ONCE", 2)
    pieces = engine().predict(p.params, p.samples, p.states)
    assert np.allclose(pieces, whole, rtol=1e-13)


def test_overlapping_windows_are_windows():
    p = problem(overlapping=True)
    alone = Samples.from_arrays(p.samples.windows())
    assert_same_bytes(engine().predict(p.params, p.samples), engine().predict(p.params, alone))
    assert len(p.samples.base) == 7 + 4 - 1


@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_zero_states_are_the_default(kind):
    spec = NetworkSpec(2, (RecurrentSpec(units=3, **kind),))
    p = make_problem(spec, samples=2, window=3, seed=1)
    y = engine(spec=spec).predict(p.params, p.samples)
    zero = np.zeros_like(p.states)
    assert_same_bytes(engine(spec=spec).predict(p.params, p.samples, zero), y)
    assert not np.allclose(engine(spec=spec).predict(p.params, p.samples, p.states), y)


def test_no_samples_give_no_outputs():
    p = problem()
    assert engine().predict(p.params, p.samples.take(slice(0, 0))).shape == (0, 2)


def test_overflow_passes_in_silence():
    spec = NetworkSpec(2, (RecurrentSpec("simple_rnn", 3, activation="linear"),))
    p = make_problem(spec, samples=2, window=30, seed=1, dtype="float32")
    y = engine("float32", spec).predict(p.params * np.float32(1e9), p.samples)
    assert not np.isfinite(y).any()


def changed(**changes):
    p = problem()
    arguments = {"params": p.params, "samples": p.samples, "states": p.states, "dy": p.dy}
    arguments.update({name: change(arguments[name]) for name, change in changes.items()})
    return arguments


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("params", lambda a: a[:-1]),
        ("params", lambda a: a.astype(np.float32)),
        ("samples", lambda s: Samples.from_arrays(s.windows()[..., :1])),
        ("samples", lambda s: Samples.from_arrays(s.windows().astype(np.float32))),
        ("states", lambda a: a[:, 1:]),
        ("states", lambda a: a.astype(np.float32)),
        ("dy", lambda a: a[:, :1]),
        ("dy", lambda a: a.astype(np.float32)),
    ],
)
def test_a_wrong_array_is_refused_by_name(name, change):
    with pytest.raises(InvalidArgumentError, match=f"^{name} must be float64 "):
        engine().vjp(**changed(**{name: change}))


def test_wrong_training_arrays_are_refused_by_name():
    p, rows = problem(), np.arange(7)
    with pytest.raises(InvalidArgumentError, match=r"^learning_rates must be one per batch \(3\)"):
        train(p, rows, rates=np.ones(2))
    with pytest.raises(InvalidArgumentError, match=r"^slots must be float64 of shape \(2, "):
        train(p, rows, slots=np.zeros((1, p.params.size)))
    without = p._replace(samples=Samples.from_arrays(p.samples.windows()))
    with pytest.raises(InvalidArgumentError, match=r"^targets must be of shape \(3, 2\)"):
        train(without, rows)


def test_a_recurrent_layer_on_a_last_step_is_refused():
    with pytest.raises(InvalidArgumentError, match="return_sequences=True"):
        NetworkSpec(1, (RecurrentSpec("gru", 2), RecurrentSpec("lstm", 2)))


def test_a_network_without_weights_has_gradients_of_its_inputs():
    spec = NetworkSpec(2, (ActivationSpec("sigmoid"),), flat=True)
    engine = make_engine(spec, dtype="float64", backend="reference")
    samples = Samples.from_arrays(np.zeros((3, 1, 2)))
    back = engine.vjp(np.zeros(0), samples, np.ones((3, 2)))
    np.testing.assert_array_equal(back.dx, np.full((3, 1, 2), 0.25))
    assert back.dparams.shape == (0,)
