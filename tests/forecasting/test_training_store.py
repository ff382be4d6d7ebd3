"""Finished trainings as files: read back to the byte, used or refused, never half there."""

import errno
import json
import os
import threading
from dataclasses import replace

import numpy as np
import pytest

from rnncomp.errors import OutputError
from rnncomp.forecasting import (
    NetworkConfig,
    TrainingData,
    TrainingJob,
    TrainingStore,
    executors,
    run_jobs,
    run_training,
    training_store,
)
from rnncomp.windows import make_samples

CONFIG = NetworkConfig(cell="gru", window=6, units=4, epochs=3, batch_size=16)


def data(rows=90):
    values = np.random.default_rng(0).uniform(size=rows)
    samples = make_samples(values, window=6, dtype="float32")
    train, validation, test = (
        samples.take(part) for part in (slice(0, 40), slice(40, 60), slice(60, None))
    )
    return TrainingData(train, validation, {"validation": validation, "test": test})


def jobs(seeds=(0, 1, 2), config=CONFIG):
    return [TrainingJob("hash", config, seed) for seed in seeds]


def content(result):
    """All of a result, to the byte: NaN has bytes as well."""
    arrays = [*result.weights, *result.predictions.values()]
    return (
        result.job, result.job.name, result.job.fold,
        [(a.tobytes(), a.shape, a.dtype.str) for a in arrays], list(result.predictions),
        {name: np.array(values).tobytes() for name, values in result.history.items()},
        list(result.history), result.fit_seconds, result.predict_microseconds, result.n_params,
    )  # fmt: skip


@pytest.fixture
def store(tmp_path):
    return TrainingStore(tmp_path / "kept")


@pytest.fixture(scope="module")
def result():
    return run_training(jobs()[0], data())


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"dtype": "float64", "patience": 1},
        {"quantiles": (0.1, 0.5, 0.9), "plateau": 1},
        {"cell": "lstm", "steps": 3, "layers": 2},
    ],
)
def test_what_is_read_back_is_what_was_put_in(store, other):
    job = TrainingJob("hash", replace(CONFIG, **other), 7, name="mine", fold=3)
    made = run_training(job, replace(data(), ahead={"test": data().train, "b": data().validation}))
    store.put(made)
    again = store.get(job)
    assert content(again) == content(made)
    assert all(type(loss) is float for loss in again.history["loss"])
    assert store.notes == []


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_a_training_that_diverged_is_kept_as_well(store):
    config = replace(CONFIG, cell="simple_rnn", learning_rate=1e38)
    made = run_training(TrainingJob("hash", config, 0), data())
    assert made.diverged
    store.put(made)
    assert content(store.get(made.job)) == content(made)


def test_weights_in_any_order_of_memory_are_kept(store, result):
    turned = replace(result, weights=[np.asfortranarray(weight) for weight in result.weights])
    store.put(turned)
    assert [w.tolist() for w in store.get(result.job).weights] == [
        w.tolist() for w in result.weights
    ]


def test_name_and_fold_are_those_of_the_training_asked_for(store, result):
    store.put(result)
    asked = replace(result.job, name="other", fold=4)
    assert (store.get(asked).job.name, store.get(asked).job.fold) == ("other", 4)


def test_what_is_not_here_is_none_without_a_note(store, result):
    store.put(result)
    for other in ({"seed": 5}, {"data_hash": "x"}, {"config": replace(CONFIG, epochs=4)}):
        assert store.get(replace(result.job, **other)) is None
    assert store.notes == []


def damages():
    return {
        "empty": lambda text: b"",
        "truncated": lambda text: text[: len(text) // 2],
        "one byte short": lambda text: text[:-1],
        "one bit in the numbers": lambda text: text[:-9] + bytes([text[-9] ^ 1]) + text[-8:],
        "a header of a terabyte": lambda text: (2**40).to_bytes(8, "little") + text[8:],
        "a larger shape": lambda text: text.replace(b'"shape":[3]', b'"shape":[9]', 1),
        "other text": lambda text: b"id,value\n1,2\n",
    }  # fmt: skip


@pytest.mark.parametrize("damage", damages())
def test_a_damaged_file_is_as_good_as_absent_and_said(store, result, damage):
    store.put(result)
    (path,) = store.folder.iterdir()
    path.write_bytes(damages()[damage](path.read_bytes()))
    assert store.get(result.job) is None
    assert store.get(result.job) is None
    (note,) = store.notes
    assert note == f"{path}: a kept training that is damaged; it is run again"
    store.put(result)
    assert content(store.get(result.job)) == content(result)


def test_one_digit_of_the_facts_is_seen(store, result):
    """The same length, so that only the checksum can tell."""
    store.put(result)
    (path,) = store.folder.iterdir()
    text = path.read_bytes()
    place = text.index(b"n_params") + len(b'n_params\\": ')
    path.write_bytes(text[:place] + b"9" + text[place + 1 :])
    assert store.get(result.job) is None
    assert len(store.notes) == 1


def test_a_training_under_the_name_of_another_is_refused(store, result):
    store.put(result)
    other = replace(result.job, seed=1)
    (path,) = store.folder.iterdir()
    os.rename(path, path.with_name(other.key() + ".safetensors"))
    assert store.get(other) is None
    assert "kept for another training than its name says" in store.notes[0]


def test_whose_it_is_is_checked_before_the_numbers_are_read(store, result, monkeypatch):
    store.put(result)
    (path,) = store.folder.iterdir()
    other = replace(result.job, seed=1)
    os.rename(path, path.with_name(other.key() + ".safetensors"))
    monkeypatch.setattr(training_store, "read_tensors", None)
    assert store.get(other) is None


def test_nothing_but_whole_trainings_is_in_the_folder(store, result, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"cannot be kept \(No space left on device\); free") as e:
        store.put(result)
    assert "\n" not in str(e.value)
    assert list(store.folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="must be a folder for finished trainings"):
        TrainingStore(tmp_path / "file")


def test_several_threads_may_write_the_same_training(store, result):
    threads = [threading.Thread(target=store.put, args=(result,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.name for path in store.folder.iterdir()] == [result.job.key() + ".safetensors"]
    assert content(store.get(result.job)) == content(result)


def test_clear_removes_the_trainings_and_nothing_else(store, result):
    store.put(result)
    (store.folder / f".{result.job.key()}.safetensors.a1b2").touch()  # what a kill leaves
    (store.folder / "mine.safetensors").touch()
    store.clear()
    assert [path.name for path in store.folder.iterdir()] == ["mine.safetensors"]
    (store.folder / "mine.safetensors").unlink()
    store.clear()
    assert not store.folder.exists()
    store.clear()


# run_jobs


@pytest.fixture
def ran(monkeypatch):
    """The seeds of the trainings that were run."""
    seeds = []

    def noted(job, data, **options):
        seeds.append(job.seed)
        return run_training(job, data, **options)

    monkeypatch.setattr(executors, "run_training", noted)
    return seeds


def numbers(results):
    """All but the durations, which differ from run to run."""
    return [content(result)[:-3] for result in results]


def test_what_is_stored_is_not_run_again(store, ran):
    alone = run_jobs(jobs(), {"hash": data()})
    run_jobs(jobs([1]), {"hash": data()}, store=store)
    ran.clear()
    made = run_jobs(jobs(), {"hash": data()}, store=store)
    assert sorted(ran) == [0, 2]
    assert numbers(made) == numbers(alone)
    ran.clear()
    again = run_jobs(jobs(), {"hash": data()}, store=store)
    assert ran == []
    assert [content(result) for result in again] == [content(result) for result in made]


def test_what_is_stored_is_reported_as_done(store):
    (kept,) = run_jobs(jobs([1]), {"hash": data()}, store=store)
    seen = []
    run_jobs([replace(jobs([1])[0], fold=2), *jobs([0])], {"hash": data()},
             store=store, report=seen.append)  # fmt: skip
    first, *others = seen
    assert (first.network, first.seed, first.fold) == ("gru", 1, 2)
    assert (first.epoch, first.epochs, first.done, first.stored) == (3, 3, True, True)
    assert first.loss == kept.history["loss"][-1]
    assert first.val_loss == kept.history["val_loss"][-1]
    assert first.seconds_left is None
    assert [(e.seed, e.epoch, e.done, e.stored) for e in others] == [
        (0, 1, False, False), (0, 2, False, False), (0, 3, False, False), (0, 3, True, False),
    ]  # fmt: skip
    assert others[-1].seconds_left == 0
    assert all(event.seconds_left >= 0 for event in others)


def test_each_is_kept_before_the_next_begins(store):
    """What a kill can cost is what was running."""
    kept = []

    def report(event):
        if event.epoch == 1:
            kept.append(len(list(store.folder.iterdir())))

    run_jobs(jobs(range(4)), {"hash": data()}, jobs=1, store=store, report=report)
    assert kept == [0, 1, 2, 3]


def test_what_is_stored_takes_no_core(store, monkeypatch):
    trainings = []

    class Noted(executors.CoreShare):
        def __init__(self, cores, trainings_left):
            trainings.append(trainings_left)
            super().__init__(cores, trainings_left)

    monkeypatch.setattr(executors, "CoreShare", Noted)
    run_jobs(jobs([1]), {"hash": data()}, store=store)
    run_jobs(jobs(), {"hash": data()}, store=store)
    assert trainings == [1, 2]


def test_an_error_in_one_training_keeps_those_that_ended(store):
    def report(event):
        if event.seed == 1:
            raise ZeroDivisionError

    two = jobs()[:2]  # a third might end before the error is seen
    with pytest.raises(ZeroDivisionError):
        run_jobs(two, {"hash": data()}, jobs=1, store=store, report=report)
    assert store.get(two[0]) is not None
    assert len(list(store.folder.iterdir())) == 1


def test_a_full_disk_costs_no_result_and_is_said_once(store, monkeypatch):
    def full(path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(training_store, "write_whole", full)
    made = run_jobs(jobs(), {"hash": data()}, store=store)
    assert len(made) == 3
    (note,) = store.notes
    assert "No space left on device" in note


def test_a_damaged_training_is_run_again(store, ran):
    made = run_jobs(jobs(), {"hash": data()}, store=store)
    path = store.folder / (jobs()[1].key() + ".safetensors")
    path.write_bytes(path.read_bytes()[:-1])
    ran.clear()
    again = run_jobs(jobs(), {"hash": data()}, store=store)
    assert ran == [1]
    assert numbers(again) == numbers(made)


def test_the_facts_are_what_the_key_is_of():
    job = jobs()[0]
    facts = json.loads(job.facts())
    assert facts["seed"] == 0
    assert facts["data"] == "hash"
    assert facts["config"]["units"] == 4
    assert replace(job, name="x", fold=3).facts() == job.facts()
