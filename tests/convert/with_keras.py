"""Files and models that go to real Keras and come back. No part of the suite: ``make parity``.

It needs the environment of benchmarks/setup_peers.py with Keras on JAX, whose packages stand behind
ours here; RNNCOMP_KERAS names another folder of packages, for example of an older Keras.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PEERS = Path(os.environ.get("RNNCOMP_PEERS", ROOT / ".venv-peers"))
given = os.environ.get("RNNCOMP_KERAS")
THERE = given.split(os.pathsep) if given else map(str, PEERS.glob("jax/lib/python*/site-packages"))
sys.path += THERE
os.environ.setdefault("KERAS_BACKEND", "jax")
# Compiles ten times faster.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

import jax  # noqa: E402

import keras  # noqa: E402
import rnncomp  # noqa: E402
from rnncomp import Dense, Input, Sequential, load_model  # noqa: E402
from rnncomp.errors import InvalidArgumentError, UnsupportedError  # noqa: E402
from rnncomp.keras import layers, losses, optimizers  # noqa: E402
from rnncomp.keras.regularizers import L1, L1L2, L2  # noqa: E402
from tolerance import assert_close, gradient_bound, steps_bound  # noqa: E402

L = keras.layers
WINDOW, FEATURES, OUTPUTS = 6, 3, 2
RNG = np.random.default_rng(4)
X = RNG.normal(size=(23, WINDOW, FEATURES)).astype("float32")
X[1, 4:] = X[5, :2] = 2.0
Y = RNG.normal(size=(23, OUTPUTS)).astype("float32")
# Twelve steps, each with the error of a gradient; Adam divides by the root of a small moment.
TRAINED = 12 * 6 * gradient_bound(WINDOW)
NADAM_MOVED = tuple(map(int, keras.__version__.split(".")[:2])) < (3, 9)


@pytest.fixture(autouse=True)
def nothing_stays():
    """Forget what Keras and JAX compiled: thirty trainings fill the memory maps of a process."""
    yield
    keras.backend.clear_session()
    if keras.backend.backend() == "jax":
        jax.clear_caches()


def stack(*given, **options):
    return Sequential([Input((WINDOW, FEATURES)), *given], seed=1, **options)


OURS = {
    "simple_rnn": lambda: stack(layers.SimpleRNN(4, activation="relu"), Dense(OUTPUTS)),
    "lstm": lambda: stack(
        layers.LSTM(5, use_bias=False, recurrent_activation="hard_sigmoid"), Dense(OUTPUTS)
    ),
    "gru": lambda: stack(layers.GRU(5, reset_after=False), Dense(OUTPUTS, use_bias=False)),
    "initializers": lambda: stack(
        layers.LSTM(
            4,
            kernel_initializer="he_normal",
            recurrent_initializer=rnncomp.keras.initializers.Identity(),
            bias_initializer=rnncomp.keras.initializers.TruncatedNormal(0.1, 0.2, seed=3),
            unit_forget_bias=False,
        ),
        Dense(OUTPUTS, kernel_initializer=rnncomp.keras.initializers.VarianceScaling(0.5)),
    ),
    "regularizers": lambda: stack(
        # Numbers that float32 holds: Keras keeps factors in that.
        layers.GRU(4, kernel_regularizer=L2(2**-7), recurrent_regularizer=L1(2**-8)),
        Dense(OUTPUTS, bias_regularizer=L1L2(2**-6, 2**-5)),
    ),
    "bidirectional": lambda: stack(
        layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum"),
        layers.Bidirectional(
            layers.GRU(3), backward_layer=layers.SimpleRNN(3, go_backwards=True, name="back")
        ),
        Dense(OUTPUTS),
    ),
    "masked": lambda: stack(
        layers.Masking(2.0),
        layers.LSTM(3, return_sequences=True),
        layers.TimeDistributed(Dense(3, activation="elu")),
        layers.GRU(4, activation="softsign"),
        Dense(OUTPUTS, activation="softmax"),
    ),
    "decoder": lambda: stack(
        layers.GRU(4),
        layers.RepeatVector(3),
        layers.LSTM(4, return_sequences=True, go_backwards=True),
        layers.Activation("softplus"),
        layers.Flatten(),
        Dense(OUTPUTS),
    ),
    "deep": lambda: stack(
        layers.GRU(4, return_sequences=True, name="first"),
        layers.LSTM(3, return_sequences=True),
        Dense(3, activation="tanh"),
        layers.GRU(4),
        Dense(OUTPUTS),
    ),
}
OPTIMIZERS = {
    "sgd": lambda o: o.SGD(0.1, momentum=0.5, nesterov=True),
    "rmsprop": lambda o: o.RMSprop(0.01, centered=True, momentum=0.5, clipnorm=1.0),
    "adagrad": lambda o: o.Adagrad(0.05, initial_accumulator_value=0.2, clipvalue=0.5),
    "adam": lambda o: o.Adam(0.01, amsgrad=True, global_clipnorm=1.0),
    "adamw": lambda o: o.AdamW(0.01, weight_decay=0.02),
    "nadam": lambda o: o.Nadam(0.01),
    "schedule": lambda o: o.Adam(o.schedules.ExponentialDecay(0.02, 5, 0.5)),
}
TRAINING = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0}


def compiled(model, optimizer="adam", loss="mse", package=optimizers):
    model.compile(OPTIMIZERS[optimizer](package), loss=loss, metrics=["mae"])
    return model


def variables(model):
    return [np.asarray(variable) for variable in model.optimizer.variables]


def check_same(ours, theirs, *, k=0.0):
    """Assert equal weights, to the bit or within k, and outputs that are near."""
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        if k:
            assert_close(a, np.asarray(b), k=k, magnitude=max(1.0, float(np.abs(b).max())))
        else:
            assert a.tobytes() == np.asarray(b).tobytes()
    outputs = theirs.predict(X, verbose=0)
    assert_close(ours.predict(X, verbose=0), outputs, k=k + steps_bound(WINDOW))


def configs(model):
    """Return the arguments of all layers; Keras names a backward layer that it made, too."""
    found = [layer.get_config() for layer in model.layers]
    return [{k: v for k, v in config.items() if k != "backward_layer"} for config in found]


@pytest.mark.parametrize("name", OURS)
def test_a_file_of_ours_is_read_there_and_comes_back(name, tmp_path):
    ours = compiled(OURS[name]())
    ours.fit(X, Y, **TRAINING)
    ours.save(tmp_path / "m.keras")
    theirs = keras.models.load_model(tmp_path / "m.keras")
    check_same(ours, theirs)
    theirs.save(tmp_path / "back.keras")
    back = load_model(tmp_path / "back.keras")
    check_same(back, theirs)
    assert configs(back) == configs(ours)
    for model in (ours, theirs):
        model.fit(X, Y, **TRAINING)
    check_same(ours, theirs, k=TRAINED)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_state_of_every_optimizer_goes_there_and_back(optimizer, tmp_path):
    if optimizer == "nadam" and NADAM_MOVED:
        pytest.skip("Keras 3.8 and older keep Nadam's state in another order than newer ones")
    ours = compiled(OURS["deep"](), optimizer)
    ours.fit(X, Y, **TRAINING)
    ours.save(tmp_path / "m.keras")
    theirs = keras.models.load_model(tmp_path / "m.keras")
    kept = variables(theirs)
    assert int(kept[0]) == 12
    theirs.fit(X, Y, **TRAINING)
    theirs.save(tmp_path / "back.keras")
    back = load_model(tmp_path / "back.keras")
    ours.fit(X, Y, **TRAINING)
    assert back.compiled_with.iteration == 24
    check_same(ours, theirs, k=TRAINED)
    for model in (back, theirs):
        model.fit(X, Y, **TRAINING)
    check_same(back, theirs, k=TRAINED)


def test_weights_files_go_both_ways(tmp_path):
    ours = compiled(OURS["deep"]())
    theirs = ours.to_keras()
    ours.fit(X, Y, **TRAINING)
    ours.save_weights(tmp_path / "ours.weights.h5")
    theirs.load_weights(tmp_path / "ours.weights.h5")
    check_same(ours, theirs)
    theirs.fit(X, Y, **TRAINING)
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    ours.load_weights(tmp_path / "theirs.weights.h5")
    check_same(ours, theirs)
    for a, b in zip(variables(theirs), variables(ours.to_keras()), strict=True):
        assert a.tobytes() == b.tobytes()


def test_a_classifier_of_words_goes_both_ways(tmp_path):
    x, y = RNG.integers(0, 7, size=(20, WINDOW)), RNG.integers(0, 3, size=20)
    ours = Sequential(
        [
            Input((WINDOW,)),
            layers.Embedding(7, 4, mask_zero=True),
            layers.Bidirectional(layers.LSTM(3)),
            layers.Dropout(0.0),
            Dense(3, activation="softmax"),
        ],
        seed=1,
    )
    ours.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    ours.fit(x, y, **TRAINING)
    ours.save(tmp_path / "m.keras")
    theirs = keras.models.load_model(tmp_path / "m.keras")
    twin = keras.models.load_model(tmp_path / "m.keras")
    histories = [
        theirs.fit(x, y, **TRAINING).history,
        rnncomp.fit(twin, x, y, **TRAINING).history,
        ours.fit(x, y, **TRAINING).history,
    ]
    for other in histories[1:]:
        for key, values in histories[0].items():
            np.testing.assert_allclose(other[key], values, rtol=TRAINED * 2.0**-23)
    for a, b in zip(theirs.get_weights(), twin.get_weights(), strict=True):
        assert_close(np.asarray(b), np.asarray(a), k=TRAINED)


def test_what_is_dropped_in_training_is_kept_in_a_file(tmp_path):
    ours = stack(
        layers.LSTM(4, dropout=0.25, recurrent_dropout=0.125, return_sequences=True),
        layers.Dropout(0.5),
        layers.GRU(3),
    )
    ours.save(tmp_path / "m.keras")
    theirs = keras.models.load_model(tmp_path / "m.keras")
    check_same(ours, theirs)
    assert (theirs.layers[0].dropout, theirs.layers[0].recurrent_dropout) == (0.25, 0.125)
    assert theirs.layers[1].rate == 0.5


def test_a_stateful_model_comes_from_keras_and_goes_there(tmp_path):
    window = L.Input(batch_shape=(4, WINDOW, FEATURES))
    theirs = keras.Sequential([window, L.LSTM(3, stateful=True), L.Dense(1)])
    ours = rnncomp.from_keras(theirs)
    x = X[:8]  # the second batch starts where the first one ended
    # Called, not predicted: Keras's predict on JAX forgets the states between batches.
    outputs = np.concatenate([np.asarray(theirs(x[:4])), np.asarray(theirs(x[4:]))])
    assert_close(ours.predict(x, batch_size=4, verbose=0), outputs, k=2 * steps_bound(WINDOW))
    theirs.compile("adam", "mse")
    with pytest.raises(UnsupportedError, match="does not train the stateful layer 'lstm"):
        rnncomp.fit(theirs, x, np.zeros(8), batch_size=4)
    ours.save(tmp_path / "m.keras")
    for back in (keras.models.load_model(tmp_path / "m.keras"), ours.to_keras()):
        again = np.concatenate([np.asarray(back(x[:4])), np.asarray(back(x[4:]))])
        np.testing.assert_array_equal(again, outputs)
    any_size = Sequential([Input((WINDOW, FEATURES)), layers.LSTM(3, stateful=True)])
    with pytest.raises(UnsupportedError, match="Keras wants to know for which batch size"):
        any_size.save(tmp_path / "n.keras")


def keras_models():
    window = keras.Input((WINDOW, FEATURES))
    tensor = L.Masking(2.0)(window)
    tensor = L.Bidirectional(L.GRU(4, return_sequences=True))(tensor)
    tensor = L.LSTM(3, kernel_regularizer="l2")(tensor)
    yield "chain", keras.Model(window, L.Dense(OUTPUTS)(tensor))
    window = L.Input((WINDOW, FEATURES))
    yield "stack", keras.Sequential([window, L.SimpleRNN(4), L.Dense(OUTPUTS)])
    unnamed = keras.Sequential([L.LSTM(4), L.Dense(OUTPUTS)])
    unnamed.build((None, WINDOW, FEATURES))
    yield "built later", unnamed


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_fit_here_ends_where_fit_there_ends(optimizer):
    keras.utils.set_random_seed(3)
    which = list(OPTIMIZERS).index(optimizer) % 3
    pair = [list(keras_models())[which][1] for _ in range(2)]
    pair[1].set_weights(pair[0].get_weights())
    for model in pair:
        compiled(model, optimizer, package=keras.optimizers)
    options = {**TRAINING, "validation_split": 0.2}
    histories = [pair[0].fit(X, Y, **options), rnncomp.fit(pair[1], X, Y, **options)]
    assert isinstance(histories[1], keras.callbacks.History)
    assert pair[1].history is histories[1]
    assert list(histories[1].history) == list(histories[0].history)
    for key, values in histories[0].history.items():
        np.testing.assert_allclose(histories[1].history[key], values, rtol=TRAINED * 2.0**-23)
    check_same(pair[1], pair[0], k=TRAINED)
    assert [v.shape for v in variables(pair[0])] == [v.shape for v in variables(pair[1])]
    for a, b in zip(variables(pair[0]), variables(pair[1]), strict=True):
        np.testing.assert_allclose(a, b, atol=TRAINED * 2.0**-23)
    pair[0].fit(X, Y, **TRAINING)
    rnncomp.fit(pair[1], X, Y, **TRAINING)
    check_same(pair[1], pair[0], k=2 * TRAINED)


def one(optimizer="adam", loss="mse"):
    keras.utils.set_random_seed(5)
    return compiled(list(keras_models())[1][1], optimizer, loss, keras.optimizers)


@pytest.mark.parametrize("optimizer", ["adam", "nadam"])
def test_a_model_from_there_is_the_same_and_goes_back(optimizer):
    theirs = one(optimizer)
    theirs.fit(X, Y, **TRAINING)
    ours = rnncomp.from_keras(theirs, seed=7)
    assert ours.seed == 7
    check_same(ours, theirs)
    back = ours.to_keras()
    check_same(ours, back)
    for name, a, b in zip("ab" * 100, variables(theirs), variables(back), strict=False):
        np.testing.assert_allclose(a, b, rtol=1e-6, err_msg=name)
    assert not rnncomp.from_keras(theirs, compile=False).compiled


@pytest.mark.parametrize(
    "loss", ["mae", keras.losses.MeanSquaredError(), keras.losses.Huber(delta=0.3), "log_cosh"]
)
def test_losses_are_theirs(loss):
    pair = [one(loss=loss), one(loss=loss)]
    pair[1].set_weights(pair[0].get_weights())
    pair[0].fit(X, Y, **TRAINING)
    rnncomp.fit(pair[1], X, Y, **TRAINING)
    check_same(pair[1], pair[0], k=TRAINED)


def test_weights_of_samples_count_as_there():
    pair = [one(), one()]
    pair[1].set_weights(pair[0].get_weights())
    weights = RNG.random(len(X)).astype("float32")
    validation = (X[:5], Y[:5], weights[:5])
    options = {**TRAINING, "sample_weight": weights, "validation_data": validation}
    histories = [pair[0].fit(X, Y, **options), rnncomp.fit(pair[1], X, Y, **options)]
    for key, values in histories[0].history.items():
        np.testing.assert_allclose(histories[1].history[key], values, rtol=TRAINED * 2.0**-23)
    check_same(pair[1], pair[0], k=TRAINED)


class Watcher(keras.callbacks.Callback):
    """Notes what Keras's model predicts after each epoch, and lowers the learning rate."""

    def __init__(self):
        super().__init__()
        self.outputs, self.batches, self.epochs = [], 0, []

    def on_epoch_begin(self, epoch, logs=None):
        self.epochs.append(epoch)
        if epoch == 2:
            self.model.optimizer.learning_rate = 0.001
        if epoch == 3:
            self.model.set_weights([w * 0.5 for w in self.model.get_weights()])

    def on_train_batch_end(self, batch, logs=None):
        self.batches += 1

    def on_epoch_end(self, epoch, logs=None):
        self.outputs.append(self.model.predict(X, verbose=0))
        logs["mine"] = epoch
        if epoch == 4:
            self.model.stop_training = True


def test_callbacks_of_keras_see_and_change_its_model():
    pair, watchers = [one(), one()], [Watcher(), Watcher()]
    pair[1].set_weights(pair[0].get_weights())
    options = {**TRAINING, "epochs": 9}
    histories = [
        pair[0].fit(X, Y, callbacks=[watchers[0]], **options),
        rnncomp.fit(pair[1], X, Y, callbacks=[watchers[1]], **options),
    ]
    assert histories[1].history["mine"] == [0, 1, 2, 3, 4] == histories[1].epoch
    assert watchers[1].batches == watchers[0].batches == 30
    for a, b in zip(watchers[0].outputs, watchers[1].outputs, strict=True):
        assert_close(b, a, k=3 * TRAINED, magnitude=max(1.0, float(np.abs(a).max())))
    check_same(pair[1], pair[0], k=3 * TRAINED)
    assert float(np.asarray(pair[1].optimizer.learning_rate)) == pytest.approx(0.001)
    assert list(histories[0].history) == list(histories[1].history)


def test_the_callbacks_of_keras_do_what_they_do_there(tmp_path):
    def theirs(folder):
        folder.mkdir()
        c = keras.callbacks
        return [
            c.EarlyStopping("val_mae", patience=2, min_delta=1e-3, restore_best_weights=True),
            c.ReduceLROnPlateau("val_loss", patience=1, factor=0.5, min_delta=1e-3),
            c.ModelCheckpoint(folder / "{epoch}.keras", monitor="val_loss"),
            c.CSVLogger(folder / "log.csv"),
            c.TerminateOnNaN(),
            c.LambdaCallback(on_epoch_end=lambda epoch, logs: None),
        ]

    pair = [one(), one()]
    pair[1].set_weights(pair[0].get_weights())
    sets = [theirs(tmp_path / "there"), theirs(tmp_path / "here")]
    options = {**TRAINING, "epochs": 12, "validation_split": 0.3}
    histories = [
        pair[0].fit(X, Y, callbacks=sets[0], **options),
        rnncomp.fit(pair[1], X, Y, callbacks=sets[1], **options),
    ]
    assert histories[0].epoch == histories[1].epoch
    assert sets[0][0].stopped_epoch == sets[1][0].stopped_epoch
    check_same(pair[1], pair[0], k=6 * TRAINED)
    files = [sorted(p.name for p in (tmp_path / where).iterdir()) for where in ("there", "here")]
    assert files[0] == files[1]
    logs = [(tmp_path / where / "log.csv").read_text() for where in ("there", "here")]
    assert logs[0].splitlines()[0] == logs[1].splitlines()[0]
    last = tmp_path / "here" / f"{len(histories[0].epoch)}.keras"
    check_same(load_model(last), keras.models.load_model(last))


def test_an_interrupt_hands_back_what_was_learned():
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    model, twin = one(), one()
    twin.set_weights(model.get_weights())
    with pytest.raises(KeyboardInterrupt):
        rnncomp.fit(model, X, Y, callbacks=[Stop()], **{**TRAINING, "epochs": 9})
    twin.fit(X, Y, **TRAINING)
    check_same(model, twin, k=TRAINED)
    assert int(variables(model)[0]) == 12


def test_the_seed_of_keras_makes_a_fit_repeatable():
    ends = []
    for _ in range(2):
        model = one()
        keras.utils.set_random_seed(9)
        rnncomp.fit(model, X, Y, epochs=2, verbose=0)
        ends.append(model.get_weights())
    for a, b in zip(*ends, strict=True):
        assert a.tobytes() == b.tobytes()


def refused():
    window = keras.Input((WINDOW, FEATURES))
    first = L.LSTM(3)(window)
    yield keras.Model(window, [first, L.Dense(2)(first)]), "several output_layers"
    yield keras.Model(window, L.Add()([first, L.GRU(3)(window)])), "reads several inputs|'Add'"
    frozen = keras.Sequential([window, L.LSTM(3, trainable=False), L.Dense(2)])
    yield frozen, "trainable=False"
    yield keras.Sequential([window, L.Conv1D(3, 2), L.LSTM(2)]), "'Conv1D' of Keras"
    yield keras.Sequential([window, L.LSTM(3, activation=lambda x: x)]), "activation="
    mask = keras.ops.any(keras.ops.not_equal(window, 3.0), axis=-1)
    masked = L.LSTM(3)(L.Masking(2.0)(window), mask=mask)
    yield keras.Model(window, masked), "is called with a mask of its own"
    shared = L.Dense(FEATURES)
    yield keras.Model(window, shared(shared(window))), "is called several times|no branches"
    state = L.LSTM(3)(window, initial_state=[first, first])
    yield keras.Model(window, state), "several inputs|initial_state"
    inner = keras.Sequential([L.Input((3,)), L.Dense(2)])
    yield keras.Sequential([window, L.LSTM(3), inner]), "the layer 'keras.Sequential' is not one"


class Mine(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = L.Dense(OUTPUTS)

    def call(self, x):
        return self.dense(x[:, 0])


@pytest.mark.parametrize("which", range(9))
def test_what_is_no_chain_of_ours_is_refused_by_name(which):
    model, said = list(refused())[which]
    with pytest.raises(UnsupportedError, match=said):
        rnncomp.from_keras(model)


def test_other_models_are_refused_by_name():
    mine = Mine()
    mine.build((None, WINDOW, FEATURES))
    with pytest.raises(UnsupportedError, match="a Mine of your own is not supported"):
        rnncomp.from_keras(mine)
    with pytest.raises(InvalidArgumentError, match="has no weights yet"):
        rnncomp.from_keras(keras.Sequential([L.LSTM(3)]))
    with pytest.raises(InvalidArgumentError, match="must be a model of Keras 3"):
        rnncomp.fit(stack(Dense(1)), X, Y)
    with pytest.raises(InvalidArgumentError, match="is not compiled"):
        rnncomp.fit(list(keras_models())[1][1], X, Y)


def mean_squared_error(y_true, y_pred):
    return keras.ops.mean(y_pred)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"loss": lambda a, b: 0.0}, "loss holds '<lambda>', a function of your own"),
        ({"loss": mean_squared_error}, "loss holds 'mean_squared_error', a function of your own"),
        ({"loss": "mse", "metrics": [mean_squared_error]}, "metrics holds 'mean_squared_error'"),
        ({"loss": "poisson"}, "poisson"),
        ({"optimizer": "lion", "loss": "mse"}, "the optimizer 'Lion' of Keras is not supported"),
        ({"optimizer": keras.optimizers.Adam(use_ema=True), "loss": "mse"}, "use_ema=True"),
        ({"loss": "mse", "run_eagerly": True}, "run_eagerly=True"),
    ],
)
def test_what_was_compiled_is_ours_or_refused_by_name(options, said):
    model = list(keras_models())[1][1]
    model.compile(**options)
    before = model.get_weights()
    with pytest.raises(UnsupportedError, match=said):
        rnncomp.fit(model, X, Y, verbose=0)
    for a, b in zip(before, model.get_weights(), strict=True):
        assert a.tobytes() == b.tobytes()
    rnncomp.from_keras(model, compile=False)


def test_callbacks_that_reach_into_the_loop_of_keras_are_refused(tmp_path):
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(UnsupportedError, match="does not drive Keras's BackupAndRestore"):
        rnncomp.fit(one(), X, Y, callbacks=[backup])
    with pytest.raises(InvalidArgumentError, match="callbacks must be a list of Callback"):
        rnncomp.fit(one(), X, Y, callbacks=["EarlyStopping"])


def test_our_own_callbacks_see_our_model():
    seen = []

    class Ours(rnncomp.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(type(self.model))

    rnncomp.fit(one(), X, Y, callbacks=[Ours()], **TRAINING)
    assert seen == [Sequential, Sequential]


def test_a_quantile_loss_cannot_go_to_keras(tmp_path):
    ours = stack(layers.LSTM(3), Dense(2))
    ours.compile("adam", losses.QuantileLoss((0.1, 0.9)))
    with pytest.raises(UnsupportedError, match="Keras has no quantile loss"):
        ours.to_keras()


@pytest.mark.parametrize("name", OURS)
def test_our_description_of_a_layer_says_nothing_that_keras_would_not(name):
    """Keras takes every argument, and describes the layer it made of them by the same values."""
    ours = OURS[name]()
    theirs = ours.to_keras()
    assert len(theirs.layers) == len(ours.layers)
    again = rnncomp.from_keras(theirs)
    assert json.dumps(configs(again)) == json.dumps(configs(ours))
