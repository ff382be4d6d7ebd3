"""Learning rates while training: set by hand, by callbacks, by schedules; one for every batch."""

import copy

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, OutputError, TrainingError, UnsupportedError
from rnncomp.keras.callbacks import (
    Callback,
    CSVLogger,
    LambdaCallback,
    LearningRateScheduler,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from rnncomp.keras.layers import GRU, Dense, Input
from rnncomp.keras.models import Sequential, load_model
from rnncomp.keras.optimizers import SGD, Adam, schedules
from rnncomp.training import fit as fit_module
from rnncomp.training import pieces

X = np.random.default_rng(1).normal(size=(37, 6, 2)).astype(np.float32)
Y = np.random.default_rng(2).normal(size=37).astype(np.float32)
DECAY = schedules.ExponentialDecay(0.5, decay_steps=3, decay_rate=0.5)


class Slower(schedules.LearningRateSchedule):
    """The same, as users write one."""

    def __call__(self, step):
        return np.float64(0.5) * 0.5 ** (step / 3)


def model_of(optimizer=None):
    model = Sequential([Input((6, 2)), GRU(4), Dense(1)], seed=5)
    model.compile(optimizer or SGD(DECAY), loss="mse")
    return model


def bytes_of(model):
    return model.network.params.tobytes()


def test_a_schedule_gives_every_batch_its_learning_rate():
    by_hand, of_us, of_the_user = model_of(SGD(0.0)), model_of(), model_of(SGD(Slower()))
    rates = []

    class Set(Callback):
        def on_train_batch_begin(self, batch, logs=None):
            optimizer = self.model.optimizer
            optimizer.learning_rate = 0.5 * 0.5 ** (optimizer.iterations / 3)

    def note(batch, logs):
        rates.append(float(of_us.optimizer.learning_rate))

    by_hand.fit(X, Y, 8, epochs=3, verbose=0, callbacks=[Set()])
    watch = LambdaCallback(on_train_batch_begin=note)
    of_us.fit(X, Y, 8, epochs=3, verbose=0, callbacks=[watch])
    of_the_user.fit(X, Y, 8, epochs=3, verbose=0)
    assert rates == [DECAY(step) for step in range(15)]
    assert bytes_of(by_hand) == bytes_of(of_us) == bytes_of(of_the_user)
    assert of_us.optimizer.iterations == 15


@pytest.mark.parametrize("size", [1, 2, 40, 100])  # an epoch has 5 batches
def test_where_fit_cuts_a_schedule_never_changes_a_byte(monkeypatch, size):
    class Fixed(pieces.PieceSizer):
        def next(self, left, *, trial=False):
            return min(size, left)

    monkeypatch.setattr(fit_module, "PieceSizer", Fixed)
    model, watched = model_of(), model_of()
    model.fit(X, Y, 8, epochs=16, verbose=0)
    watched.fit(
        X,
        Y,
        8,
        epochs=16,
        verbose=0,
        callbacks=[LambdaCallback(on_batch_end=lambda batch, logs: None)],
    )
    assert bytes_of(model) == bytes_of(watched)


def test_a_schedule_is_kept_in_a_model_file(tmp_path):
    model = model_of(Adam(DECAY))
    model.fit(X, Y, 8, verbose=0)
    model.save(tmp_path / "m.safetensors")
    again = load_model(tmp_path / "m.safetensors")
    assert again.optimizer.get_config() == model.optimizer.get_config()
    assert again.optimizer.learning_rate == DECAY(5)
    model.fit(X, Y, 8, verbose=0)
    again.fit(X, Y, 8, verbose=0)
    assert bytes_of(model) == bytes_of(again)


def test_a_schedule_of_ones_own_is_not_kept_and_says_so(tmp_path):
    with pytest.raises(UnsupportedError, match="is not kept in a file; use one of CosineDecay"):
        model_of(SGD(Slower())).save(tmp_path / "m.safetensors")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("bad", [-0.5, float("nan"), float("inf"), "fast", None])
def test_a_schedule_that_gives_no_learning_rate_is_named(bad):
    class Bad(schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.1 if step < 2 else bad

    model = model_of(SGD(Bad()))
    with pytest.raises(
        InvalidArgumentError, match=r"rate of Bad must be a finite .* at step 2, got"
    ):
        model.fit(X, Y, 8, verbose=0)


def test_what_a_schedule_must_have():
    with pytest.raises(UnsupportedError, match="override __call__"):
        schedules.LearningRateSchedule()(0)
    with pytest.raises(UnsupportedError, match="override get_config"):
        schedules.LearningRateSchedule().get_config()
    assert schedules.ExponentialDecay.from_config(DECAY.get_config()).at(3.0) == 0.25


@pytest.mark.parametrize(
    ("config", "match"),
    [
        ({"class_name": "Exponential", "config": {}}, "did you mean 'ExponentialDecay'"),
        ({"class_name": "ExponentialDecay", "config": {"a": 1}}, "cannot be made again"),
        ({"class_name": "ExponentialDecay"}, "what serialize returned"),
        ("ExponentialDecay", "what serialize returned"),
    ],
)
def test_what_is_no_schedule_is_not_read(config, match):
    with pytest.raises(InvalidArgumentError, match=match):
        schedules.deserialize(config)
    with pytest.raises(UnsupportedError, match="custom_objects"):
        schedules.deserialize(schedules.serialize(DECAY), {"Mine": Slower})


def test_the_learning_rate_is_a_number_that_can_be_assigned():
    optimizer = Adam(0.5)
    rate = optimizer.learning_rate
    assert (rate, repr(rate), rate.numpy(), type(copy.deepcopy(rate))) == (0.5, "0.5", 0.5, float)
    rate.assign(rate * 0.5)
    assert optimizer.learning_rate == 0.25
    optimizer.learning_rate = np.float32(0.125)
    assert optimizer.get_config()["learning_rate"] == 0.125
    assert type(optimizer.get_config()["learning_rate"]) is float
    for bad in (-1.0, "0.1", float("nan"), True):
        with pytest.raises(InvalidArgumentError, match="learning_rate must be a finite number"):
            optimizer.learning_rate = bad
    optimizer.learning_rate = DECAY
    assert optimizer.learning_rate == 0.5
    with pytest.raises(InvalidArgumentError, match="follows a schedule"):
        optimizer.learning_rate.assign(0.1)


def test_one_optimizer_counts_for_each_of_its_models():
    shared = SGD(DECAY)
    one, two = model_of(shared), model_of(shared)
    assert shared.iterations == 0
    one.fit(X, Y, 8, epochs=2, verbose=0)
    two.fit(X, Y, 8, epochs=1, verbose=0)
    assert (one.optimizer.iterations, two.optimizer.iterations) == (10, 5)
    assert (one.optimizer.learning_rate, two.optimizer.learning_rate) == (DECAY(10), DECAY(5))


def test_rates_stand_in_the_history_the_file_and_the_bar(tmp_path, capsys):
    given = [
        LearningRateScheduler(lambda epoch, rate: rate * 0.5),
        ReduceLROnPlateau("loss", patience=0, mode="max", factor=0.5),
        CSVLogger(tmp_path / "log.csv"),
    ]
    model = model_of(SGD(0.5))
    history = model.fit(X, Y, 8, epochs=3, verbose=2, callbacks=given).history
    assert history["learning_rate"][0] == 0.25
    assert "- learning_rate: 0.2500\n" in capsys.readouterr().out
    lines = (tmp_path / "log.csv").read_bytes().decode().splitlines()
    assert lines[0] == "epoch,learning_rate,loss,val_learning_rate,val_loss"
    assert [line.split(",")[1] for line in lines[1:]] == list(map(str, history["learning_rate"]))
    assert [float(line.split(",")[2]) for line in lines[1:]] == history["loss"]


def test_a_loss_that_is_no_number_ends_the_training_at_its_batch(capsys):
    bad = X.copy()
    bad[-1] = np.inf  # in the last batch
    ends = model_of(SGD(0.01))
    history = ends.fit(bad, Y, 8, 3, 0, [TerminateOnNaN()], shuffle=False)
    assert capsys.readouterr().out == "Batch 4: Invalid loss, terminating training\n"
    assert (history.epoch, ends.optimizer.iterations) == ([0], 5)
    raises = model_of(SGD(0.01))
    with pytest.raises(TrainingError, match=r"the loss is (nan|inf) at batch 4"):
        raises.fit(bad, Y, 8, 3, 0, [TerminateOnNaN(raise_error=True)], shuffle=False)


def test_a_log_that_cannot_be_written_says_so(tmp_path):
    with pytest.raises(OutputError, match=r"none/log.csv: cannot be written \(No such file"):
        model_of().fit(X, Y, verbose=0, callbacks=[CSVLogger(tmp_path / "none" / "log.csv")])


def test_a_scheduler_whose_function_gives_no_float_says_so():
    with pytest.raises(InvalidArgumentError, match="what schedule returns must be a float, got 1"):
        model_of(SGD(0.5)).fit(X, Y, verbose=0, callbacks=[LearningRateScheduler(lambda epoch: 1)])
