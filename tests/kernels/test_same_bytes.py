"""What may not change a byte: threads, where calls are cut, how windows lie in memory."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from backends import BACKENDS, NATIVE, engine_of
from networks import RECURRENT, make_problem
from rnncomp.kernels import DenseSpec, LossSpec, NetworkSpec, OptimizerSpec, RecurrentSpec
from rnncomp.samples import Samples
from tolerance import assert_same_bytes

HEAD = DenseSpec(2, activation="linear")
BATCH_SIZES = (1, 7, 33, 200, 300)
ADAM = OptimizerSpec("adam")


def network(kind, units=7):
    return NetworkSpec(2, (RecurrentSpec(units=units, **kind), HEAD))


def train(problem, engine, rows, *, batch_size, cuts=(), rule=ADAM):
    """Train on all rows, in calls that end after the batches named in `cuts`."""
    params, reports = problem.params.copy(), []
    slots = np.zeros((2, params.size), params.dtype)
    batches = -(-len(rows) // batch_size)
    edges = [0, *cuts, batches]
    for first, last in itertools.pairwise(edges):
        report = engine.train(
            params,
            slots,
            problem.samples,
            rows[first * batch_size : last * batch_size],
            batch_size=batch_size,
            iteration=first,
            learning_rates=np.linspace(0.01, 0.005, batches)[first:last],
            loss=LossSpec("mse"),
            metrics=[LossSpec("mae", "metric")],
            optimizer=rule,
        )
        reports.append(report)
    return params, slots, np.concatenate(reports)


def rows_for(batch_size):
    samples = max(3 * batch_size - 1, 5)
    return np.random.default_rng(0).permutation(samples)


def assert_same_training(got, expected):
    for what, one, other in zip(("params", "slots", "report"), got, expected, strict=True):
        assert_same_bytes(one, other, what=what)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", BATCH_SIZES)
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_training_with_one_two_and_three_threads(kind, batch_size, dtype, backend):
    spec, rows = network(kind), rows_for(batch_size)
    problem = make_problem(spec, samples=len(rows), window=5, seed=1, dtype=dtype)
    one, *more = (
        train(
            problem, engine_of(backend, spec, dtype=dtype, threads=n), rows, batch_size=batch_size
        )
        for n in (1, 2, 3)
    )
    assert np.any(one[0] != problem.params)
    for other in more:
        assert_same_training(other, one)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("clip", ["value", "norm", "global_norm"])
def test_clipped_training_with_one_two_and_three_threads(clip, backend):
    spec, rows = network({"kind": "gru"}), rows_for(40)
    problem = make_problem(spec, samples=len(rows), window=5, seed=5, dtype="float32")
    rule = OptimizerSpec("adam", clip=clip, clip_at=0.01)
    engines = [engine_of(backend, spec, dtype="float32", threads=n) for n in (1, 2, 3)]
    one, *more = (train(problem, e, rows, batch_size=40, rule=rule) for e in engines)
    for other in more:
        assert_same_training(other, one)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", BATCH_SIZES)
def test_training_cut_into_any_calls(batch_size, dtype, backend):
    spec, rows = network({"kind": "lstm"}), rows_for(batch_size)
    problem = make_problem(spec, samples=len(rows), window=5, seed=2, dtype=dtype)
    whole = train(problem, engine_of(backend, spec, dtype=dtype), rows, batch_size=batch_size)
    for cuts in ([1], [2], [1, 2]):
        engine = engine_of(backend, spec, dtype=dtype, threads=len(cuts))
        cut = train(problem, engine, rows, batch_size=batch_size, cuts=cuts)
        assert_same_training(cut, whole)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_several_epochs_in_one_call(dtype, backend):
    spec, rng = network({"kind": "gru"}), np.random.default_rng(6)
    problem = make_problem(spec, samples=49, window=5, seed=6, dtype=dtype)
    epochs = np.array([rng.permutation(49) for _ in range(3)])  # 20, 20 and 9 samples in a batch
    rates = np.linspace(0.01, 0.005, 9)

    def trained(calls, threads=1):
        engine = engine_of(backend, spec, dtype=dtype, threads=threads)
        params, reports = problem.params.copy(), []
        slots = np.zeros((2, params.size), params.dtype)
        for rows in calls:
            done = sum(map(len, reports))
            steps = 3 * len(np.atleast_2d(rows))
            options = {"iteration": done, "learning_rates": rates[done : done + steps]}
            reports.append(
                engine.train(
                    params,
                    slots,
                    problem.samples,
                    rows,
                    batch_size=20,
                    loss=LossSpec("mse"),
                    metrics=[LossSpec("mae", "metric")],
                    optimizer=OptimizerSpec("adam"),
                    **options,
                )
            )
        return params, slots, np.concatenate(reports)

    one_by_one = trained(list(epochs))
    for threads in (1, 2, 3):
        assert_same_training(trained([epochs], threads), one_by_one)
    assert_same_training(trained([epochs[:1], epochs[1:]]), one_by_one)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("samples", [1, 15, 17, 33, 300])
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_predictions_and_gradients_with_one_two_and_three_threads(kind, samples, dtype, backend):
    spec = network(kind)
    p = make_problem(spec, samples=samples, window=5, seed=3, dtype=dtype)
    engines = [engine_of(backend, spec, dtype=dtype, threads=n) for n in (1, 2, 3)]
    one, *more = ((e.predict(*p[1:4]), *e.vjp(*p[1:3], p.dy, p.states)) for e in engines)
    for other in more:
        for got, expected in zip(other, one, strict=True):
            assert_same_bytes(got, expected)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", RECURRENT, ids=str)
def test_a_sample_is_predicted_alike_in_any_company(kind, dtype, backend):
    spec = network(kind, units=17)
    p = make_problem(spec, samples=40, window=5, seed=4, dtype=dtype)
    engine = engine_of(backend, spec, dtype=dtype)
    whole = engine.predict(p.params, p.samples)
    for size in (1, 2, 16, 17, 39):
        cuts = [slice(k, k + size) for k in range(0, 40, size)]
        pieces = [engine.predict(p.params, p.samples.take(cut)) for cut in cuts]
        assert_same_bytes(np.concatenate(pieces), whole)


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_windows_as_views_or_copies_and_targets_of_any_strides(dtype, backend):
    spec, rows = network({"kind": "gru"}), np.arange(40)
    p = make_problem(spec, samples=40, window=5, seed=5, dtype=dtype, overlapping=True)
    copied = Samples.from_arrays(p.samples.windows(), p.samples.targets)
    backwards = np.ascontiguousarray(p.samples.targets[::-1, ::-1])[::-1, ::-1]
    strided = Samples(p.samples.base, p.samples.starts, p.samples.window, backwards)
    assert strided.targets.strides[0] < 0
    engine = engine_of(backend, spec, dtype=dtype)
    expected = train(p, engine, rows, batch_size=16)
    for samples in (copied, strided):
        assert_same_training(
            train(p._replace(samples=samples), engine, rows, batch_size=16), expected
        )


@pytest.mark.parametrize("backend", NATIVE)
@pytest.mark.parametrize("threads", [1, 2])
def test_one_engine_called_from_two_threads_at_once(threads, backend):
    """Calls take longer than a time slice, so that they overlap on a single core too."""
    spec = NetworkSpec(2, (RecurrentSpec("lstm", 32), HEAD))
    problems = [make_problem(spec, samples=1500, window=40, seed=n) for n in (6, 7)]
    engine = engine_of(backend, spec, dtype="float64", threads=threads)

    def predict(problem):
        return engine.predict(problem.params, problem.samples)

    alone = [predict(p) for p in problems]
    with ThreadPoolExecutor(2) as pool:
        together = list(pool.map(predict, problems * 3))
    for got, expected in zip(together, alone * 3, strict=True):
        assert_same_bytes(got, expected)
