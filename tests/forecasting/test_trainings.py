"""Trainings: pure functions of data, configuration and seed, run over the cores."""

import math
import threading
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from rnncomp.comparison import Settings, compare
from rnncomp.comparison.task import make_task
from rnncomp.errors import BackendError, InvalidArgumentError
from rnncomp.forecasting import (
    NetworkConfig,
    RecurrentForecaster,
    TrainingData,
    TrainingJob,
    executors,
    joined_data,
    run_jobs,
    run_training,
)
from rnncomp.forecasting.core_sharing import CoreShare
from rnncomp.kernels import backend_info
from rnncomp.nn import initializers, network
from rnncomp.series import Series, load
from rnncomp.windows import make_samples

CONFIG = NetworkConfig(cell="gru", window=6, units=4, epochs=4, batch_size=16)


def data(rows=150, seed=0, size=1.0):
    values = size * np.random.default_rng(seed).uniform(size=rows)
    samples = make_samples(values, window=6, dtype="float32")
    n = len(samples)
    parts = (slice(0, n - 40), slice(n - 40, n - 20), slice(n - 20, n))
    train, validation, test = (samples.take(part) for part in parts)
    return TrainingData(train, validation, {"validation": validation, "test": test})


def jobs(config=CONFIG, seeds=(0, 1, 2)):
    return [TrainingJob("hash", config, seed) for seed in seeds]


def content(result):
    arrays = (*result.weights, *result.predictions.values())
    return result.job, [array.tobytes() for array in arrays], result.history


def test_a_training_is_a_pure_function():
    first, again, other = (run_training(job, data()) for job in jobs(seeds=(0, 0, 1)))
    assert content(first) == content(again)
    assert content(first)[1] != content(other)[1]


def test_a_training_for_other_kernels_is_refused():
    job = jobs()[0]
    assert (job.backend, job.level) == backend_info()[:2]
    assert job == jobs()[0] != replace(job, level="v9")
    for other in ({"backend": "reference", "level": None}, {"level": "v9"}):
        with pytest.raises(BackendError, match=r"must run on the .* RNNCOMP_ISA"):
            run_training(replace(job, **other), data())


def test_the_fingerprint_is_of_what_a_training_sees():
    values = np.random.default_rng(1).normal(size=(90, 2)).cumsum(axis=0)
    series = Series(values, columns=("sold", "price"))
    options = [
        {}, {"window": 7}, {"horizon": 2}, {"stride": 2}, {"scale": "standard"},
        {"scale_on": "all"}, {"test_fraction": 0.25}, {"within_parts": True},
        {"dtype": "float64"}, {"train_until": 50, "validation_until": 70},
    ]  # fmt: skip
    prints = [fingerprint(series, **o) for o in options]
    assert len(set(prints)) == len(options)
    assert fingerprint(Series(values.copy(), series.columns)) == prints[0]
    # What is no part of the data:
    assert fingerprint(series, epochs=3, seeds=[8], units=2, levels=[50]) == prints[0]


def test_the_fingerprint_is_of_the_fold_the_transform_and_the_strategy():
    series = Series(np.exp(np.sin(np.arange(90.0)))[:, None])
    options = [
        {}, {"transform": "log"}, {"transform": "diff"}, {"transform": "log-diff"},
        {"horizon": 2}, {"horizon": 2, "strategy": "recursive"}, {"folds": 2},
    ]  # fmt: skip
    prints = [fingerprint(series, **o) for o in options]
    assert len(set(prints)) == len(options)
    assert fingerprint(series, fold=1, folds=2) not in prints


def fingerprint(series, *, fold=0, **options):
    """Return that of the data of a comparison's first network."""
    task = make_task(series, Settings(**{"window": 6, "cells": ["gru"]} | options))
    return joined_data(task.of("gru")[fold]).fingerprint()


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_one_other_target_or_window_is_another_fingerprint(part, monkeypatch):
    given = data()
    samples = given.ahead["test"] if part == "test" else getattr(given, part)

    def with_part(changed):
        if part == "test":
            return replace(given, ahead=given.ahead | {"test": changed})
        return replace(given, **{part: changed})

    targets, starts = samples.targets.copy(), samples.starts_of().copy()
    targets[7] += 1
    starts[7] = starts[6]
    for change in ({"targets": targets}, {"starts": starts}):
        other = with_part(replace(samples, **change))
        assert other.fingerprint() != given.fingerprint()
    backwards = np.asfortranarray(np.repeat(samples.targets, 2, axis=1))[:, ::2]
    same = with_part(replace(samples, targets=backwards))
    assert same.fingerprint() == given.fingerprint()
    hashing = import_module("rnncomp.forecasting.training_data")
    monkeypatch.setattr(hashing, "PIECE", 12)  # several pieces
    assert same.fingerprint() == given.fingerprint()


def test_the_job_of_a_comparison_or_a_fit_is_keyed_by_its_data(monkeypatch):
    asked = []

    def noted(job, data, **options):
        asked.append((job.data_hash, data.fingerprint()))
        return run_training(job, data, **options)

    monkeypatch.setattr(executors, "run_training", noted)
    compare("airline", window=6, units=2, epochs=1, seeds=2, cells=["gru"])
    compare("airline", window=6, units=2, epochs=1, seeds=1, cells=["gru"], folds=2)
    RecurrentForecaster("gru", window=6, units=2, epochs=1, seeds=2).fit(load("airline"))
    assert len(asked) == 2 + 2 + 2
    assert len(set(asked)) == 4
    assert all(key == found for key, found in asked)


def test_a_result_holds_what_the_comparison_needs():
    result = run_training(jobs()[0], data())
    assert list(result.history) == ["loss", "val_loss"]
    assert len(result.history["loss"]) == 4
    assert {k: made.shape for k, made in result.predictions.items()} == {
        "validation": (20, 1),
        "test": (20, 1),
    }
    # Dense(1) over GRU(4): 3 gates of 4 x (1 + 4 + 2 biases) and 5.
    assert result.n_params == sum(w.size for w in result.weights) == 3 * 4 * 7 + 5
    assert result.fit_seconds > 0
    assert result.predict_microseconds > 0
    assert not result.diverged


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_the_order_of_the_jobs_whatever_runs_first(workers):
    todo = [
        TrainingJob("hash", NetworkConfig(cell=cell, window=6, units=units, epochs=2), seed)
        for cell, units in (("simple_rnn", 2), ("lstm", 9), ("gru", 4))
        for seed in (3, 1)
    ]
    alone = [content(run_training(job, data())) for job in todo]
    assert [content(result) for result in run_jobs(todo, {"hash": data()}, jobs=workers)] == alone


def test_the_longest_starts_first():
    started = []
    todo = [
        TrainingJob("hash", NetworkConfig(cell=cell, window=6, units=4, epochs=epochs), 0)
        for cell, epochs in (("simple_rnn", 1), ("gru", 2), ("lstm", 2), ("simple_rnn", 20))
    ]
    run_jobs(todo, {"hash": data()}, jobs=1, report=lambda p: started.append((p.network, p.epochs)))
    assert list(dict.fromkeys(started)) == [
        ("simple_rnn", 20), ("lstm", 2), ("gru", 2), ("simple_rnn", 1),
    ]  # fmt: skip


def test_progress_tells_network_seed_epoch_and_losses():
    seen = []
    result = run_training(jobs(seeds=[7])[0], data(), report=seen.append)
    assert [(p.network, p.seed, p.epoch, p.epochs, p.done) for p in seen] == [
        *(("gru", 7, epoch, 4, False) for epoch in (1, 2, 3, 4)),
        ("gru", 7, 4, 4, True),
    ]
    assert [p.loss for p in seen[:-1]] == result.history["loss"]
    assert [p.val_loss for p in seen[:-1]] == result.history["val_loss"]
    assert (seen[-1].loss, seen[-1].val_loss) == (seen[-2].loss, seen[-2].val_loss)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_a_training_that_diverges_says_so_and_stops():
    config = NetworkConfig(cell="simple_rnn", window=6, units=4, epochs=50, learning_rate=1e38)
    result = run_training(TrainingJob("hash", config, 0), data())
    assert result.diverged
    assert len(result.history["loss"]) < 50
    assert not math.isfinite(result.history["loss"][-1])


# Cores


@pytest.fixture
def threads_used(monkeypatch):
    """Let every network be split, and note on how many threads each training call runs."""
    used = []

    class Noting:
        def __init__(self, engine):
            self.engine = engine

        def __getattr__(self, name):
            if name == "train":
                used.append(self.engine.threads)
            return getattr(self.engine, name)

    engine_of = network.make_engine
    monkeypatch.setattr(executors, "cores", lambda: 3)
    monkeypatch.setattr(network, "SPLIT_OPERATIONS", 0)
    monkeypatch.setattr(network, "make_engine", lambda *a, **o: Noting(engine_of(*a, **o)))
    return used


def test_the_last_training_takes_up_the_core_that_another_leaves(monkeypatch, threads_used):
    short, long = replace(CONFIG, epochs=1, batch_size=32), replace(CONFIG, batch_size=32, units=9)
    both_run, one_is_out = threading.Event(), threading.Event()
    notes, finished = {}, CoreShare.finished

    def note_finished(self):
        finished(self)
        one_is_out.set()

    def report(progress):
        if progress.epochs == 1 and not progress.done:
            assert both_run.wait(timeout=60)
        if progress.epochs == 4 and progress.epoch == 1:
            both_run.set()
            notes["side by side"] = len(threads_used)
            assert one_is_out.wait(timeout=60)

    monkeypatch.setattr(CoreShare, "finished", note_finished)

    todo = [*jobs(short, [0]), *jobs(long, [1])]
    made = run_jobs(todo, {"hash": data()}, jobs=2, report=report)
    assert set(threads_used[: notes["side by side"]]) == {1}
    assert 2 in threads_used[notes["side by side"] :]
    alone = [run_training(job, data(), core_share=CoreShare(1, 1)) for job in todo]
    assert [content(result) for result in made] == [content(result) for result in alone]


@pytest.mark.parametrize(("workers", "threads"), [(1, {1}), (2, {2}), (3, {3}), (9, {3})])
def test_a_training_alone_is_split_over_the_cores_it_was_given(threads_used, workers, threads):
    run_jobs(jobs(replace(CONFIG, batch_size=64), [0]), {"hash": data()}, jobs=workers)
    assert threads <= set(threads_used) <= threads | {1}  # one thread may be tried


# Ctrl-C


class PressCtrlC:
    """Stands in for `wait`: presses Ctrl-C as soon as every worker has trained an epoch."""

    def __init__(self, started):
        self.started = started

    def __call__(self, futures, **options):
        assert self.started.wait(timeout=60)
        raise KeyboardInterrupt


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_ends_what_runs_and_what_waits(monkeypatch, workers):
    seen, started = [], threading.Event()

    def report(progress):
        seen.append(progress)
        if len({p.seed for p in seen}) == workers:
            started.set()

    monkeypatch.setattr(executors, "wait", PressCtrlC(started))
    endless = NetworkConfig(cell="gru", window=6, units=4, epochs=10**9)
    with pytest.raises(KeyboardInterrupt):
        run_jobs(jobs(endless, range(6)), {"hash": data()}, jobs=workers, report=report)
    assert not [t for t in threading.enumerate() if t.name.startswith("training")]
    assert len({p.seed for p in seen}) == workers
    assert not any(p.done for p in seen)


class PressedDuring:
    """An engine during whose k-th call the training is cancelled; it counts its calls."""

    def __init__(self, engine, method, k, core_share):
        self.engine, self.method, self.k, self.core_share = engine, method, k, core_share
        self.spec, self.dtype, self.threads = engine.spec, engine.dtype, engine.threads
        self.after = []

    def _call(self, method, *args, **options):
        if self.core_share.cancelled:
            self.after.append(method)
        if method == self.method:
            self.k -= 1
            if self.k == 0:
                self.core_share.cancel()
        return getattr(self.engine, method)(*args, **options)

    def predict(self, *args, **options):
        return self._call("predict", *args, **options)

    def train(self, *args, **options):
        return self._call("train", *args, **options)


@pytest.mark.parametrize(("method", "k"), [("train", 1), ("train", 7), ("predict", 3)])
def test_a_cancelled_training_makes_no_further_native_call(monkeypatch, method, k):
    core_share, made = CoreShare(1, 1), []

    def make_engine(*args, **options):
        made.append(PressedDuring(engine_of(*args, **options), method, k, core_share))
        return made[-1]

    engine_of = network.make_engine
    monkeypatch.setattr(network, "make_engine", make_engine)
    config = NetworkConfig(cell="gru", window=6, units=4, epochs=1000)
    job = TrainingJob("", config, 0)
    assert run_training(job, data(), core_share=core_share) is None
    assert core_share.cancelled
    assert [engine.after for engine in made] == [[]]


def test_a_training_cancelled_before_it_begins_does_nothing():
    core_share, seen = CoreShare(1, 1), []
    core_share.cancel()
    job = jobs()[0]
    assert run_training(job, data(), report=seen.append, core_share=core_share) is None
    assert seen == []


def test_an_error_in_one_training_stops_the_others_and_comes_out():
    def report(progress):
        if progress.seed == 1:
            raise ZeroDivisionError("the listener's fault")

    endless = NetworkConfig(cell="gru", window=6, units=4, epochs=10**9)
    with pytest.raises(ZeroDivisionError):
        run_jobs(jobs(endless, range(4)), {"hash": data()}, jobs=2, report=report)
    assert not [t for t in threading.enumerate() if t.name.startswith("training")]


@pytest.mark.parametrize("value", [0, -1, 1.5, "2", True])
def test_the_number_of_jobs_is_checked(value):
    with pytest.raises(InvalidArgumentError, match="jobs must be an integer of at least 1"):
        run_jobs(jobs(), {"hash": data()}, jobs=value)


def test_first_weights_are_drawn_once_a_training(monkeypatch):
    drawn, draw = [], initializers.Orthogonal.draw

    def counted(self, shape, seed, purpose):
        drawn.append((seed, shape))
        return draw(self, shape, seed, purpose)

    monkeypatch.setattr(initializers.Orthogonal, "draw", counted)
    run = compare("airline", window=6, units=3, epochs=1, seeds=2, cells=["gru", "lstm"], jobs=1)
    assert sorted(drawn) == [(0, (3, 9)), (0, (3, 12)), (1, (3, 9)), (1, (3, 12))]
    assert run.best.predict(steps=1).values.size == 1
