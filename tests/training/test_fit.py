"""What fit promises: the same bytes however it is cut, Keras's bookkeeping, seeds that repeat."""

import random

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras.callbacks import Callback, EarlyStopping
from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import SGD, Adam
from rnncomp.keras.utils import set_random_seed
from rnncomp.nn.random import set_global_seed
from rnncomp.samples import Samples
from rnncomp.training import fit as fit_module
from rnncomp.training import pieces, predict

X = np.random.default_rng(1).normal(size=(37, 6, 2)).astype(np.float32)
Y = np.random.default_rng(2).normal(size=37).astype(np.float32)


def model_of(cell=LSTM, *, seed=5, optimizer=None, **options):
    model = Sequential([Input((6, 2)), cell(4), Dense(1)], seed=seed, **options)
    model.compile(optimizer or Adam(0.01), loss="mse", metrics=["mae"])
    return model


def bytes_of(model):
    return model.network.params.tobytes()


def cut_by(monkeypatch, size):
    """Make every piece of work `size` units long, whatever the clock says."""

    class Fixed(pieces.PieceSizer):
        def __init__(self, *args):
            self.size = size

        def next(self, left, *, trial=False):
            return min(size, left)

        def record(self, units, seconds):
            pass

    monkeypatch.setattr(fit_module, "PieceSizer", Fixed)
    monkeypatch.setattr(predict, "PieceSizer", Fixed)


@pytest.mark.parametrize("cell", [SimpleRNN, LSTM, GRU])
@pytest.mark.parametrize("optimizer", [Adam(0.01), SGD(0.1, momentum=0.5)])
def test_where_fit_cuts_never_changes_a_byte(monkeypatch, cell, optimizer):
    results = set()
    for size in (1, 2, 3, 100):
        cut_by(monkeypatch, size)
        model = model_of(cell, optimizer=optimizer)
        history = model.fit(X, Y, 4, epochs=3, verbose=0, validation_split=0.2).history
        results.add((bytes_of(model), repr(history)))
    assert len(results) == 1


@pytest.mark.parametrize("size", [2, 5, 39, 40, 53, 100])  # an epoch has 5 batches
def test_epochs_that_nobody_watches_are_the_same(monkeypatch, size):
    cut_by(monkeypatch, size)
    calls, one_call = [], fit_module.Fit._call

    def counted(self, rows, size, threads, **epochs):
        calls.append(size)
        return one_call(self, rows, size, threads, **epochs)

    monkeypatch.setattr(fit_module.Fit, "_call", counted)
    alone, watched = model_of(), model_of()
    first = alone.fit(X, Y, 8, epochs=20, initial_epoch=2, verbose=0)
    assert max(calls) == (min(size, 5) if size < 40 else min(size, 90) // 5 * 5)
    second = watched.fit(X, Y, 8, epochs=20, initial_epoch=2, verbose=0, callbacks=[Callback()])
    assert bytes_of(alone) == bytes_of(watched)
    assert first.history == second.history
    assert first.epoch == second.epoch == list(range(2, 20))
    assert alone.compiled_with.epochs == watched.compiled_with.epochs == 18


def test_batch_hooks_do_not_change_a_byte():
    plain, watched = model_of(), model_of()
    seen = []

    class Watch(Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append((batch, *logs))

    plain.fit(X, Y, 8, epochs=2, verbose=0)
    watched.fit(X, Y, 8, epochs=2, verbose=0, callbacks=[Watch()])
    assert seen == [(batch, "loss", "mae") for _ in range(2) for batch in range(5)]
    assert bytes_of(plain) == bytes_of(watched)
    assert plain.history.history == watched.history.history


def test_predictions_do_not_depend_on_where_they_are_cut(monkeypatch):
    x = np.random.default_rng(3).normal(size=(64 * 5 + 1, 6, 2))
    model, results = model_of(), set()
    for size in (1, 2, 3, 100):
        cut_by(monkeypatch, size)
        results.add(model.predict(x, verbose=0).tobytes())
    assert len(results) == 1


@pytest.mark.parametrize("n", [1, 63, 64, 127, 128, 129, 191, 192, 1000])
def test_prediction_pieces_cover_all_rows_and_none_is_short(n):
    cuts = [(rows.start, rows.stop) for rows in predict._pieces(n, pieces.PieceSizer())]
    assert [start for start, _ in cuts] == [0, *(stop for _, stop in cuts[:-1])]
    assert cuts[-1][1] == n
    assert all(stop - start >= min(n, predict.ROWS) for start, stop in cuts)
    assert all(start % predict.ROWS == 0 for start, _ in cuts)


def test_an_interrupt_leaves_whole_batches_behind(monkeypatch):
    """Between two native calls KeyboardInterrupt passes; what was trained is kept and counted."""
    cut_by(monkeypatch, 1)
    model, other = model_of(), model_of()

    class Interrupt(Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, 8, epochs=2, verbose=0, shuffle=False, callbacks=[Interrupt()])
    other.fit(X[:24], Y[:24], 8, verbose=0, shuffle=False)
    assert bytes_of(model) == bytes_of(other)
    assert model.compiled_with.iteration == 3
    assert model.history.history == {}


@pytest.mark.parametrize("size", [1, 100])  # a batch, or all epochs in one call
def test_an_interrupt_that_comes_when_a_call_returns_loses_no_count(monkeypatch, size):
    cut_by(monkeypatch, size)
    model, other = model_of(), model_of()
    engine = model.network.engine_with(1)

    class Interrupted:
        def train(self, *args, **options):
            engine.train(*args, **options)
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(model.network, "engine_with", lambda threads: Interrupted())
        with pytest.raises(KeyboardInterrupt):
            model.fit(X, Y, 64, epochs=3, verbose=0)
    assert model.compiled_with.iteration == (1 if size == 1 else 3)
    assert model.compiled_with.epochs == (0 if size == 1 else 3)
    if size == 100:
        model.fit(X, Y, 64, epochs=2, verbose=0)
        other.fit(X, Y, 64, epochs=5, verbose=0)
        assert bytes_of(model) == bytes_of(other)


def test_a_failed_call_counts_nothing(monkeypatch):
    model = model_of()
    monkeypatch.setattr(model.network, "engine_with", lambda threads: None)
    with pytest.raises(AttributeError):
        model.fit(X, Y, 64, epochs=3, verbose=0)
    assert (model.compiled_with.iteration, model.compiled_with.epochs) == (0, 0)


def test_a_training_that_is_stopped_before_it_begins_has_one_epoch():
    class Stop(Callback):
        def on_train_begin(self, logs=None):
            self.model.stop_training = True

    model = model_of()
    assert model.fit(X, Y, 64, epochs=3, verbose=0, callbacks=[Stop()]).epoch == [0]


def test_a_second_fit_goes_on_where_the_first_ended():
    once, twice, thrice = model_of(), model_of(), model_of()
    once.fit(X, Y, 8, epochs=5, verbose=0)
    twice.fit(X, Y, 8, epochs=2, verbose=0)
    twice.fit(X, Y, 8, epochs=3, verbose=0)
    thrice.fit(X, Y, 8, epochs=2, verbose=0)
    thrice.fit(X, Y, 8, epochs=5, initial_epoch=2, verbose=0)
    assert bytes_of(once) == bytes_of(twice) == bytes_of(thrice)
    assert thrice.history.epoch == [2, 3, 4]
    assert len(twice.history.history["loss"]) == 3


def test_compiling_again_forgets_the_optimizer_state():
    model = model_of()
    model.fit(X, Y, 8, verbose=0)
    weights = model.get_weights()
    model.compile(Adam(0.01), loss="mse", metrics=["mae"])
    model.fit(X, Y, 8, verbose=0, shuffle=False)
    fresh = model_of()
    fresh.set_weights(weights)
    fresh.fit(X, Y, 8, verbose=0, shuffle=False)
    assert bytes_of(model) == bytes_of(fresh)


def test_validation_split_takes_the_last_samples_before_shuffling():
    split, given = model_of(), model_of()
    cut = 29  # floor(37 * 0.8)
    split.fit(X, Y, 8, epochs=2, verbose=0, validation_split=0.2)
    given.fit(X[:cut], Y[:cut], 8, epochs=2, verbose=0, validation_data=(X[cut:], Y[cut:]))
    assert split.history.history == given.history.history
    assert list(split.history.history) == ["loss", "mae", "val_loss", "val_mae"]
    assert bytes_of(split) == bytes_of(given)


def test_validation_data_wins_over_validation_split():
    model = model_of()
    model.fit(X, Y, 8, verbose=0, validation_split=0.5, validation_data=(X, Y))
    both = model.history.history
    model = model_of()
    model.fit(X, Y, 8, verbose=0, validation_data=(X, Y))
    assert both == model.history.history


def test_validation_comes_after_the_epochs_asked_for():
    epochs = []

    class Watch(Callback):
        def on_epoch_end(self, epoch, logs=None):
            epochs.append((epoch, "val_loss" in logs))

    options = {"epochs": 4, "verbose": 0, "validation_data": (X, Y), "callbacks": [Watch()]}
    model_of().fit(X, Y, validation_freq=2, **options)
    model_of().fit(X, Y, validation_freq=[1, 4], **options)
    assert [validated for _, validated in epochs] == [
        *(False, True, False, True),
        *(True, False, False, True),
    ]


def test_a_fit_after_one_that_was_stopped_runs_to_its_end():
    model = model_of()
    stop = EarlyStopping("loss", patience=0, min_delta=99.0)
    assert model.fit(X, Y, epochs=5, verbose=0, callbacks=[stop]).epoch == [0, 1]
    assert model.fit(X, Y, epochs=3, verbose=0).epoch == [0, 1, 2]


def test_validation_changes_no_weight():
    watched, plain = model_of(), model_of()
    watched.fit(X, Y, 8, epochs=3, verbose=0, validation_data=(X + 1, Y - 1))
    plain.fit(X, Y, 8, epochs=3, verbose=0)
    assert bytes_of(watched) == bytes_of(plain)


def test_the_loss_of_an_epoch_is_the_mean_over_samples_not_batches():
    """With a learning rate of 0 it is the loss of the whole set; the last batch is short."""
    model = model_of(optimizer=SGD(0.0))
    history = model.fit(X, Y, 8, verbose=0).history
    loss, mae = model.evaluate(X, Y, verbose=0)
    # A batch's loss is rounded to float32 at worst, so the means agree to some eps.
    np.testing.assert_allclose([history["loss"][0], history["mae"][0]], [loss, mae], rtol=4e-7)
    errors = Y - model.predict(X, verbose=0)[:, 0]
    np.testing.assert_allclose(loss, np.mean(errors**2), rtol=4e-7)
    np.testing.assert_allclose(mae, np.mean(np.abs(errors)), rtol=4e-7)


def test_each_epoch_has_an_order_of_its_own():
    orders = []

    class Engine:
        spec = None

        def train(self, params, slots, samples, rows, **options):
            orders.extend(np.atleast_2d(rows).tolist())  # one epoch or several
            return np.zeros((len(options["learning_rates"]), 2, 2))

    model = model_of()
    model.network.engine_with = lambda threads: Engine()
    model.fit(X, Y, 64, epochs=3, verbose=0)
    assert all(sorted(order) == list(range(37)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3
    orders.clear()
    model.fit(X, Y, 64, epochs=2, verbose=0, shuffle=False)
    assert orders == [list(range(37))] * 2


def test_samples_and_arrays_train_alike():
    base = np.random.default_rng(4).normal(size=(30, 2)).astype(np.float32)
    starts = np.arange(24, dtype=np.int64)
    samples = Samples(base, starts, window=6, targets=base[6:, :1])
    model, other = model_of(), model_of()
    model.fit(samples, batch_size=5, epochs=2, verbose=0, validation_split=0.25)
    windows = samples.windows()
    other.fit(windows, base[6:, 0], batch_size=5, epochs=2, verbose=0, validation_split=0.25)
    assert bytes_of(model) == bytes_of(other)
    assert model.history.history == other.history.history
    np.testing.assert_array_equal(
        model.predict(samples, verbose=0), other.predict(windows, verbose=0)
    )
    assert model.evaluate(samples, verbose=0) == other.evaluate(windows, base[6:, 0], verbose=0)


@pytest.mark.parametrize("kind", ["int64", "int8", "uint16", "bool", "float16", "float64"])
def test_any_numbers_are_accepted(kind):
    x, y = (np.abs(X) * 3).astype(kind), (np.abs(Y) * 3).astype(kind)
    model, other = model_of(), model_of()
    model.fit(x, y, verbose=0)
    other.fit(x.astype(np.float32), y.astype(np.float32), verbose=0)
    assert bytes_of(model) == bytes_of(other)


def test_lists_are_accepted():
    model, other = model_of(), model_of()
    model.fit(X.tolist(), Y.tolist(), verbose=0)
    other.fit(X, Y, verbose=0)
    assert bytes_of(model) == bytes_of(other)


def test_float64_models_learn_in_float64():
    model = model_of(dtype="float64")
    model.fit(X, Y, verbose=0)
    assert model.predict(X, verbose=0).dtype == np.float64
    assert {w.value.dtype for w in model.weights} == {np.dtype(np.float64)}


def test_sequences_come_out_and_are_learned():
    model = Sequential([SimpleRNN(3, return_sequences=True, input_shape=(6, 2)), Dense(2)], seed=1)
    model.compile("sgd", "mse")
    targets = np.random.default_rng(5).normal(size=(37, 6, 2))
    model.fit(X, targets, verbose=0)
    outputs = model.predict(X, verbose=0)
    assert outputs.shape == (37, 6, 2)
    loss = model.evaluate(X, targets, verbose=0)
    np.testing.assert_allclose(loss, np.mean((targets - outputs) ** 2), rtol=4e-7)


def test_a_dense_network_reads_plain_rows():
    model = Sequential([Dense(4, activation="tanh"), Dense(2)], seed=1)
    model.compile("adam", "mae")
    model.fit(X[:, 0], X[:, 1], verbose=0)
    assert model.predict(X[:, 0], verbose=0).shape == (37, 2)
    assert model.input_shape == (None, 2)


def test_a_callback_may_change_the_learning_rate():
    class Halve(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 0.0 if epoch else 0.01

    model, other = model_of(), model_of()
    model.fit(X, Y, 8, epochs=3, verbose=0, callbacks=[Halve()])
    other.fit(X, Y, 8, epochs=1, verbose=0)
    assert bytes_of(model) == bytes_of(other)


def test_hooks_come_in_keras_order_with_keras_logs():
    seen = []

    class Watch(Callback):
        pass

    def note(hook):
        def call(self, *args, **options):
            logs = options.get("logs", args[-1])
            seen.append((hook, *[a for a in args if isinstance(a, int)], *logs))

        return call

    hooks = [name for name in dir(Callback) if name.startswith("on_") and "predict" not in name]
    for hook in set(hooks) - {"on_batch_begin", "on_batch_end"}:
        setattr(Watch, hook, note(hook))
    model_of().fit(X, Y, 20, verbose=0, validation_data=(X[:8], Y[:8]), callbacks=[Watch()])
    assert seen == [
        ("on_train_begin",),
        ("on_epoch_begin", 0),
        ("on_train_batch_begin", 0),
        ("on_train_batch_end", 0, "loss", "mae"),
        ("on_train_batch_begin", 1),
        ("on_train_batch_end", 1, "loss", "mae"),
        ("on_test_begin",),
        ("on_test_batch_begin", 0),
        ("on_test_batch_end", 0, "loss", "mae"),
        ("on_test_end", "loss", "mae"),
        ("on_epoch_end", 0, "loss", "mae", "val_loss", "val_mae"),
        ("on_train_end", "loss", "mae", "val_loss", "val_mae"),
    ]


def test_the_old_names_of_the_batch_hooks_work():
    seen = []

    class Old(Callback):
        def on_batch_end(self, batch, logs=None):
            seen.append(batch)

    model_of().fit(X, Y, 20, verbose=0, callbacks=[Old()])
    assert seen == [0, 1]


def test_stop_training_in_a_batch_hook_ends_the_epoch_and_the_fit():
    class Stop(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    model = model_of()
    model.fit(X, Y, 8, epochs=4, verbose=0, callbacks=[Stop()])
    assert model.compiled_with.iteration == 2
    assert model.history.epoch == [0]


def test_another_thread_may_stop_the_training_between_two_pieces(monkeypatch):
    """What a comparison that is cancelled relies on: no epoch is waited for."""
    cut_by(monkeypatch, 1)
    model = model_of()
    call = fit_module.Fit._call

    def stopped_meanwhile(self, rows, size, threads):
        model.stop_training = model.compiled_with.iteration == 2
        return call(self, rows, size, threads)

    monkeypatch.setattr(fit_module.Fit, "_call", stopped_meanwhile)
    model.fit(X, Y, 8, epochs=4, verbose=0)
    assert model.compiled_with.iteration == 3
    assert model.history.epoch == [0]


def test_early_stopping_restores_the_best_weights():
    weights = []

    class Keep(Callback):
        def on_epoch_end(self, epoch, logs=None):
            weights.append((logs["val_loss"], self.model.network.params.tobytes()))

    model = model_of(optimizer=Adam(0.3))
    stop = EarlyStopping(patience=2, restore_best_weights=True)
    model.fit(X, Y, 8, epochs=60, verbose=0, validation_data=(X, -Y), callbacks=[Keep(), stop])
    assert len(weights) < 60
    assert bytes_of(model) == min(weights)[1]


def test_early_stopping_says_what_is_missing():
    stop = EarlyStopping(monitor="val_loss")
    with pytest.warns(UserWarning, match="'val_loss', which this fit does not give; it gives loss"):
        model_of().fit(X, Y, verbose=0, callbacks=[stop])
    with pytest.raises(UnsupportedError, match="'val_accuracy' should fall or rise"):
        model_of().fit(X, Y, verbose=0, callbacks=[EarlyStopping(monitor="val_accuracy")])


def test_equal_seeds_give_equal_models_and_no_seed_is_recorded_entropy():
    first, second, other = model_of(), model_of(), model_of(seed=6)
    for model in (first, second, other):
        model.fit(X, Y, 8, epochs=2, verbose=0)
    assert bytes_of(first) == bytes_of(second) != bytes_of(other)
    free, again = model_of(seed=None), model_of(seed=None)
    assert free.seed != again.seed
    history = free.fit(X, Y, 8, verbose=0)
    repeated = model_of(seed=history.seed)
    repeated.fit(X, Y, 8, verbose=0)
    assert bytes_of(free) == bytes_of(repeated)


def test_set_random_seed_repeats_a_program_and_its_models_differ():
    def program():
        set_random_seed(3)
        return [model_of(seed=None) for _ in range(3)], (np.random.random(), random.random())

    try:
        (models, drawn), (again, drawn_again) = program(), program()
    finally:
        set_global_seed(None)
    assert [m.seed for m in models] == [m.seed for m in again]
    assert len({m.seed for m in models}) == 3
    assert models[0].seed == 3
    assert drawn == drawn_again
    assert [bytes_of(m) for m in models] == [bytes_of(m) for m in again]


BAD = {
    "text": ({"x": X.astype(str)}, "x must be an array of numbers"),
    "ragged": ({"x": [[1.0], [2.0, 3.0]]}, "x must be an array of numbers, got 'list'"),
    "two dimensions": ({"x": X[:, :, 0]}, r"\(37, 6\); with one feature, pass x\[..., None\]"),
    "no steps": ({"x": X[:, :0]}, r"\(samples, time steps, features\), got \(37, 0, 2\)"),
    "no samples": ({"x": X[:0], "y": Y[:0]}, "x must be at least one sample"),
    "no x": ({"x": None}, "x must be windows"),
    "no y": ({"y": None}, "fit needs targets"),
    "scalar y": ({"y": 3.0}, "y must be of 37 samples"),
    "short y": ({"y": Y[:-1]}, r"y must be of 37 samples as x is, got \(36,\)"),
    "wide y": ({"y": np.stack([Y, Y], 1)}, r"y must be of shape \(37, 1\)"),
    "other features": ({"x": X[:, :, :1]}, "x must be windows of 2 features"),
    "other steps": ({"x": X[:, :5]}, "x must be windows of 6 time steps, as declared, got 5"),
    "batch_size 0": ({"batch_size": 0}, "batch_size must be an integer of at least 1, got 0"),
    "epochs 1.5": ({"epochs": 1.5}, "epochs must be an integer"),
    "verbose 3": ({"verbose": 3}, "verbose must be"),
    "shuffle batch": ({"shuffle": "batch"}, "shuffle must be True or False"),
    "split 1": ({"validation_split": 1.0}, "validation_split must be .* below 1"),
    "split too small": ({"validation_split": 1e-17}, "leaves a part of the 37 samples empty"),
    "split too large": ({"validation_split": 0.99}, "leaves a part of the 37 samples empty"),
    "validation x alone": ({"validation_data": X}, "validation_data must be"),
    "freq 0": ({"validation_freq": 0}, "validation_freq must be"),
    "callback class": ({"callbacks": [EarlyStopping]}, "callbacks must be a list of Callback"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_named_and_nothing_is_trained(name):
    options, message = BAD[name]
    model = model_of()
    before = bytes_of(model)
    with pytest.raises(InvalidArgumentError, match=message) as caught:
        model.fit(**{"x": X, "y": Y, "verbose": 0, **options})
    assert "\n" not in str(caught.value)
    assert bytes_of(model) == before
    assert model.history is None


def test_the_validation_has_weights_of_its_own():
    model, weights = model_of(), np.linspace(0, 2, len(X))
    history = model.fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y, weights)).history
    again = model.evaluate(X, Y, sample_weight=weights, verbose=0, return_dict=True)
    assert history["val_loss"][-1] == again["loss"] != model.evaluate(X, Y, verbose=0)


def test_fitting_before_compiling_says_what_to_do():
    with pytest.raises(InvalidArgumentError, match="call compile"):
        Sequential([LSTM(2), Dense(1)]).fit(X, Y)
    with pytest.raises(InvalidArgumentError, match="call compile"):
        Sequential([LSTM(2), Dense(1)]).evaluate(X, Y)


def test_samples_that_hold_targets_take_no_y():
    with pytest.raises(InvalidArgumentError, match="y must be None"):
        model_of().fit(Samples.from_arrays(X, Y), Y, verbose=0)
