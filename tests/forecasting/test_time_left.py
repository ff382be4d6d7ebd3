"""The time left: exact where all is known, right within 30 % after a tenth where it is not."""

import heapq

import numpy as np
import pytest

from rnncomp.forecasting import NetworkConfig, TrainingJob, executors, run_jobs, run_training
from rnncomp.forecasting.time_left import TimeLeft, Work, starting_order
from rnncomp.forecasting.training_data import TrainingData
from rnncomp.windows import make_samples


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def simulate(works, workers, *, epochs, seconds, close):
    """Run trainings whose durations are given; return (now, estimate) of every event, and the end.

    Args:
        works: In the order in which they begin.
        workers: How many run at a time.
        epochs: Epochs that each really runs.
        seconds: Of one epoch of each.
        close: Seconds from the last epoch to the end of each.
    """
    clock, told, waiting, queue = Clock(), [], list(range(len(works))), []
    time_left = TimeLeft(works, workers, clock=clock)

    def begin():
        place = waiting.pop(0)
        time_left.began(place)
        heapq.heappush(queue, (clock.now + seconds[place], place, 1))

    for _ in range(min(workers, len(works))):
        begin()
    while queue:
        clock.now, place, epoch = heapq.heappop(queue)
        if epoch <= epochs[place]:
            told.append((clock.now, time_left.reached(place, epoch)))
            wait = seconds[place] if epoch < epochs[place] else close[place]
            heapq.heappush(queue, (clock.now + wait, place, epoch + 1))
        else:
            told.append((clock.now, time_left.reached(place, epochs[place], done=True)))
            if waiting:
                begin()
    return told, clock.now


def error_at(told, end, share):
    """Return by how much the estimate was off once `share` of the time was over, relative."""
    now, estimate = next((now, left) for now, left in told if now >= share * end)
    return estimate / (end - now) - 1


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_exact_when_every_training_is_as_its_cost_says(workers):
    works = [Work("a", cost, cost, 10) for cost in (5.0, 4.0, 3.0, 2.0, 1.0, 1.0)]
    told, end = simulate(
        works, workers, epochs=[10] * 6, seconds=[0.2 * w.cost for w in works],
        close=[0.2 * w.cost for w in works],
    )  # fmt: skip
    for now, left in told:
        # Sums of some 60 terms of at most the end: 100 eps of it.
        assert left == pytest.approx(end - now, abs=100 * np.finfo(float).eps * end)


def test_each_kind_has_its_own_pace_and_close():
    """One is ten times as slow as its cost says; the forecasts of the other take ten epochs."""
    works = [Work("a", 1.0, 1.0, 10), Work("b", 1.0, 1.0, 10), *[Work("a", 1.0, 1.0, 10)] * 6]
    works += [Work("b", 1.0, 1.0, 10)] * 6
    slow = np.array([10.0 if work.kind == "a" else 1.0 for work in works])
    close = [1.0 if work.kind == "a" else 10.0 for work in works]
    told, end = simulate(works, 1, epochs=[10] * 14, seconds=slow, close=close)
    late = [(now, left) for now, left in told if now > 120]  # one of each has ended
    assert len(late) > 100
    for now, left in late:
        assert left == pytest.approx(end - now, rel=1e-9)


def test_trainings_that_stop_early_are_expected_to():
    works = [Work("a", 1.0, 0.0, 100)] * 20
    told, end = simulate(works, 1, epochs=[10] * 20, seconds=[1.0] * 20, close=[0.0] * 20)
    after_the_first = [(now, left) for now, left in told if now > 10]
    # At the tenth epoch it cannot be known whether an eleventh, of a second, will follow.
    assert all(abs(left - (end - now)) < 1 + 1e-9 for now, left in after_the_first)


@pytest.mark.parametrize("other", [Work("b", 1.0, 0.0, 100), Work("a", 2.0, 0.0, 100)])
def test_each_kind_and_size_stops_when_its_like_did(other):
    """Of another kind, or size: 10 epochs against 50."""
    works = [Work("a", 1.0, 0.0, 100), other] * 40
    told, end = simulate(
        works, 1, epochs=[10, 50] * 40, seconds=[w.cost for w in works], close=[0.0] * 80
    )
    # After half, 20 of each are known, and 3 or 9 more are taken to be as the mean of both is.
    for share in (0.5, 0.6, 0.8):
        assert abs(error_at(told, end, share)) < 0.1


def test_one_that_runs_longer_than_all_others_is_expected_to_end_soon():
    works = [Work("a", 1.0, 0.0, 100)] * 2
    told, _ = simulate(works, 1, epochs=[10, 20], seconds=[1.0] * 2, close=[0.0] * 2)
    assert [left for now, left in told if 20 < now < 30] == [1.0] * 9


def test_a_time_limit_bounds_what_is_expected():
    works = [Work("a", 1.0, 0.0, 1000, time_limit=50.0)] * 2
    told, end = simulate(works, 1, epochs=[50, 50], seconds=[1.0] * 2, close=[0.0] * 2)
    assert all(left == pytest.approx(end - now, abs=1e-9) for now, left in told)


def comparison(rng, *, early):
    """Return a made-up comparison: 3 cells x 10 seeds x 5 growing folds on two cores.

    The cells are up to half as fast again as their cost says, the trainings differ by a tenth, and
    with early stopping end anywhere between a fifth and all of their epochs.
    """
    relative = {"simple_rnn": 1.0, "lstm": 4.0, "gru": 3.0}
    pace = {cell: rng.uniform(1.0, 1.5) for cell in relative}
    works = [
        Work(cell, cost * fold, cost * 0.3, 50)
        for cell, cost in relative.items()
        for fold in (1.0, 1.5, 2.0, 2.5, 3.0)
        for _ in range(10)
    ]
    works = [works[place] for place in starting_order(works)]
    epochs = rng.integers(10, 51, len(works)) if early else np.full(len(works), 50)
    noise = rng.lognormal(0.0, 0.1, len(works))
    seconds = [0.05 * w.cost * pace[w.kind] * k for w, k in zip(works, noise, strict=True)]
    close = [0.05 * w.forecasts * pace[w.kind] * 2 for w in works]
    return works, epochs, seconds, close


@pytest.mark.parametrize("early", [False, True])
def test_right_within_30_percent_after_a_tenth(early):
    """`python tests/forecasting/test_time_left.py` does it 120 times."""
    rng = np.random.default_rng(5)
    assert all(abs(error) < 0.3 for error in errors(rng, early=early, times=1))


def errors(rng, *, early, times):
    for _ in range(times):
        works, epochs, seconds, close = comparison(rng, early=early)
        told, end = simulate(works, 2, epochs=epochs, seconds=seconds, close=close)
        yield error_at(told, end, 0.1)


def test_a_tenth_of_each_kind_goes_first_then_the_longest():
    works = [Work("a", 1.0 + k, 0.0, 1) for k in range(20)] + [Work("b", 99.0, 0.0, 1)] * 3
    order = starting_order(works)
    assert order[:3] == [20, 10, 0]  # the first b; of the a, sorted by size, every tenth
    assert order[3:5] == [21, 22]
    rest = [works[place].cost for place in order[5:]]
    assert rest == sorted(rest, reverse=True)
    assert sorted(order) == list(range(23))


def test_the_cost_of_a_training_is_that_of_its_weights_and_windows():
    values = np.random.default_rng(0).uniform(size=60)
    samples = make_samples(values, window=6, dtype="float32")
    part = {n: samples.take(slice(0, n)) for n in (10, 12, 20)}
    data = TrainingData(part[20], part[12], {"validation": part[12], "test": part[10]})
    config = NetworkConfig(cell="lstm", window=6, units=4, horizon=2, steps=5, epochs=7)
    work = executors._work(TrainingJob("", config, 0), data)
    # LSTM: 4 gates of 4 x (1 + 4 + 1), at each of 6 steps; Dense: 2 x (4 + 1), once.
    window = 4 * 4 * 6 * 6 + 10
    assert work.cost == window * (20 + 12 / 3)
    assert work.forecasts == window * 3 * 22 / 3  # three rounds of two steps reach five
    assert (work.epochs, work.time_limit) == (7, None)


def test_run_jobs_tells_the_time_left(monkeypatch):
    """Every training is seen to begin, by its own place, whatever the order."""
    seen, works = [], []

    class Noted(TimeLeft):
        def __init__(self, given, workers, **options):
            works.extend(given)
            super().__init__(given, workers, **options)

        def began(self, place):
            seen.append(place)
            super().began(place)

    monkeypatch.setattr(executors, "TimeLeft", Noted)
    samples = make_samples(np.random.default_rng(0).uniform(size=80), window=6, dtype="float32")
    data = TrainingData(samples, samples, {"test": samples})
    todo = [
        TrainingJob("hash", NetworkConfig(cell=cell, window=6, units=3, epochs=e), 0)
        for cell, e in (("simple_rnn", 1), ("lstm", 3), ("gru", 2))
    ]
    events = []
    run_jobs(todo, {"hash": data}, jobs=1, report=events.append)
    assert seen == [0, 1, 2]
    assert [work.kind.cell for work in works] == ["lstm", "gru", "simple_rnn"]
    assert [e.network for e in events if e.done] == ["lstm", "gru", "simple_rnn"]
    left = [event.seconds_left for event in events]
    assert all(type(seconds) is float for seconds in left)
    assert left[-1] == 0
    alone = []
    run_training(todo[0], data, report=alone.append)
    assert {event.seconds_left for event in alone} == {None}


if __name__ == "__main__":
    for early in (False, True):
        found = np.array(list(errors(np.random.default_rng(1), early=early, times=60)))
        within = np.mean(np.abs(found) < 0.3)
        print(
            f"early stopping {early}: within 30 % in {within:.1%} of {len(found)}, "
            f"error {found.mean():+.1%} on average, {np.abs(found).max():.1%} at most"
        )
