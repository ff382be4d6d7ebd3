"""Whole models of sequence layers: a classifier, masked losses, stateful training, files."""

import numpy as np
import pytest

from rnncomp import load_model
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras.callbacks import BackupAndRestore
from rnncomp.keras.layers import (
    GRU,
    LSTM,
    Activation,
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    Masking,
    RepeatVector,
    TimeDistributed,
)
from rnncomp.keras.models import Sequential
from sentences import WORDS, sentences
from tolerance import assert_close, assert_same_bytes


def classifier(seed=0, **options):
    model = Sequential(
        [
            Embedding(WORDS, 8, mask_zero=True),
            Bidirectional(LSTM(12, **options)),
            Dense(2, activation="softmax"),
        ],
        seed=seed,
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_a_classifier_learns_the_order_of_words():
    x, y = sentences(2000)
    model = classifier()
    model.fit(x, y, epochs=12, verbose=0)
    _, accuracy = model.evaluate(*sentences(400, seed=1), verbose=0)
    assert accuracy > 0.95  # a coin gives 0.5


def test_steps_behind_the_end_change_nothing():
    x, y = sentences(64)
    longer = np.concatenate([x, np.zeros((64, 5), int)], axis=1)
    outputs = []
    for inputs in (x, longer):
        model = classifier()
        model.fit(inputs, y, epochs=2, verbose=0)
        outputs.append(model.predict(x, verbose=0))
    assert_close(outputs[1], outputs[0], k=256)  # some dozen steps of Adam grow the roundings


def test_a_masked_loss_is_the_mean_over_the_steps_that_are_there():
    """As Keras has it: sum over present steps / their number, batch by batch."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(10, 6, 2))
    x[3:, 4:] = 0.0
    there = (x != 0).any(axis=-1)
    y = rng.normal(size=(10, 6, 3))
    model = Sequential(
        [Masking(), GRU(4, return_sequences=True), Dense(3)], seed=1, dtype="float64"
    )
    model.compile("sgd", "mse", metrics=["mae"])
    model.build((None, 6, 2))
    outputs = model.predict(x, verbose=0)
    sums = [
        (((outputs - y) ** 2).mean(-1) * there)[rows].sum()
        for rows in (np.s_[:4], np.s_[4:8], np.s_[8:])
    ]
    counts = [there[rows].sum() for rows in (np.s_[:4], np.s_[4:8], np.s_[8:])]
    expected = np.average([s / c for s, c in zip(sums, counts, strict=True)], weights=[4, 4, 2])
    loss, mae = model.evaluate(x, y, batch_size=4, verbose=0)
    assert_close(loss, expected, k=64, eps=2.0**-52)
    present = np.abs(outputs - y).mean(axis=-1)[there].mean()
    assert_close(mae, present, k=64, eps=2.0**-52)
    model.optimizer.learning_rate = 0.0
    history = model.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    assert_close(history.history["loss"][0], expected, k=64, eps=2.0**-52)
    assert_close(history.history["mae"][0], present, k=64, eps=2.0**-52)


def test_a_mask_leaves_steps_out_of_targets_without_a_last_axis():
    x = np.random.default_rng(2).normal(size=(10, 6, 2))
    x[3:, 4:] = 0.0
    y = x[..., :1] + 1.0
    model = Sequential([Masking(), GRU(4, return_sequences=True), Dense(1)], dtype="float64")
    model.compile("sgd", "mse")
    losses = [model.evaluate(x, targets, verbose=0) for targets in (y, y[..., 0])]
    assert losses[0] == losses[1]
    changed = np.where((x == 0).all(axis=-1), 9.0, y[..., 0])
    assert model.evaluate(x, changed, verbose=0) == losses[0]


def test_what_is_dropped_follows_from_the_seed_alone():
    x, y = sentences(64)
    weights = []
    for threads in (1, 2, None):
        model = classifier(seed=3, dropout=0.3, recurrent_dropout=0.2)
        model.threads = threads
        model.fit(x, y, epochs=2, batch_size=40, verbose=0)
        weights.append(model.network.params.copy())
    assert_same_bytes(weights[1], weights[0])
    assert_same_bytes(weights[2], weights[0])
    other = classifier(seed=3, dropout=0.3)
    other.fit(x, y, epochs=2, batch_size=40, verbose=0)
    assert (other.network.params != weights[0]).any()


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_another_seed_drops_other_numbers(share):
    x, y = sentences(64)
    models = [classifier(seed=seed, dropout=share) for seed in (3, 4)]
    for model in models:
        model.build((None, x.shape[1]))
        model.set_weights(models[0].get_weights())
    for model in models:
        model.fit(x, y, shuffle=False, verbose=0)
    assert (models[0].network.params == models[1].network.params).all() == (share == 0.0)


def stateful(batch_size):
    model = Sequential([LSTM(4, stateful=True, input_shape=(2, 1)), Dense(1)], seed=1)
    model.compile("adam", "mse")
    x = np.random.default_rng(1).normal(size=(6 * batch_size, 2, 1))
    return model, x, x[:, -1]


def test_a_stateful_model_hands_states_on_from_batch_to_batch():
    model, x, y = stateful(3)
    outputs = model.predict(x, batch_size=3, verbose=0)
    whole = x.reshape(6, 3, 2, 1).transpose(1, 0, 2, 3).reshape(3, 12, 1)
    free = Sequential([LSTM(4, input_shape=(12, 1)), Dense(1)])
    free.set_weights(model.get_weights())
    assert_close(outputs[-3:], free.predict(whole, verbose=0), k=64)
    model.layers[0].reset_state()
    assert_same_bytes(model.predict(x, batch_size=3, verbose=0), outputs)
    model.fit(x, y, batch_size=3, shuffle=False, verbose=0)
    with pytest.raises(InvalidArgumentError, match="a divisor of the 18 samples"):
        model.fit(x, y, batch_size=4, verbose=0)
    with pytest.raises(InvalidArgumentError, match="batch_size must be 3, as stateful layers"):
        model.fit(x, y, batch_size=6, verbose=0)


def test_batches_of_a_fit_hand_their_states_on_too():
    model, x, y = stateful(3)
    model.predict(x, batch_size=3, verbose=0)
    predicted = model.network.states_for(3).copy()
    model.layers[0].reset_state()
    model.optimizer.learning_rate = 0.0
    model.fit(x, y, batch_size=3, shuffle=False, verbose=0)
    assert_close(model.network.states_for(3), predicted, k=64)


def test_a_backup_of_a_stateful_training_is_refused(tmp_path):
    model, x, y = stateful(3)
    with pytest.raises(UnsupportedError, match="BackupAndRestore does not keep the states"):
        model.fit(x, y, batch_size=3, verbose=0, callbacks=[BackupAndRestore(tmp_path / "b")])


def test_every_layer_goes_through_a_file(tmp_path):
    model = Sequential(
        [
            Embedding(WORDS, 5, mask_zero=True, embeddings_regularizer="l2"),
            Bidirectional(
                GRU(4, return_sequences=True, dropout=0.1, kernel_regularizer="l1"),
                merge_mode="sum",
                backward_layer=LSTM(4, return_sequences=True, go_backwards=True, unroll=True),
            ),
            TimeDistributed(Dense(3)),
            LSTM(4, recurrent_dropout=0.2, go_backwards=True),
            RepeatVector(3),
            GRU(5, return_sequences=True),
            Activation("gelu"),
            Flatten(),
            Dropout(0.25),
            Dense(2, activation="softmax"),
        ],
        seed=4,
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    x, y = sentences(40)
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert [layer.get_config() for layer in again.layers] == [
        layer.get_config() for layer in model.layers
    ]
    assert_same_bytes(again.predict(x, verbose=0), model.predict(x, verbose=0))
    assert again.losses == model.losses
    for each in (model, again):  # both go on alike
        each.fit(x, y, verbose=0)
    assert_same_bytes(again.network.params, model.network.params)


def test_numbers_that_the_table_does_not_have_are_named():
    model = classifier()
    with pytest.raises(InvalidArgumentError, match=r"x must be whole numbers 0 \.\. 19.* got 20"):
        model.fit(np.full((4, 3), 20), np.zeros(4), verbose=0)
    with pytest.raises(InvalidArgumentError, match=r"x must be whole numbers of shape"):
        model.predict(np.zeros((4, 3, 2)), verbose=0)


def test_layers_that_stay_keep_their_weights():
    model = Sequential([Input((None,), dtype="int32"), Embedding(WORDS, 4), LSTM(3), Dense(1)])
    model.compile("sgd", "mse")
    x, y = sentences(8)
    model.fit(x, y, verbose=0)
    learned = model.get_weights()
    model.pop()
    model.add(Dense(2))
    for kept, wanted in zip(model.get_weights()[:4], learned[:4], strict=True):
        assert_same_bytes(kept, wanted)


def test_a_stateful_model_takes_fewer_samples_than_a_usual_batch():
    model, x, y = stateful(3)
    assert model.predict(x[:2], verbose=0).shape == (2, 1)
    model.layers[0].reset_state()
    model.fit(x, y, verbose=0)


def test_what_a_table_cannot_tell_apart_is_refused():
    with pytest.raises(InvalidArgumentError, match="input_dim must be at most 16,777,216"):
        Sequential([Input((2,)), Embedding(2**24 + 1, 1)])
    model = classifier()
    model.build((None, 4))
    with pytest.raises(InvalidArgumentError, match="x must be whole numbers"):
        model.predictor()([1, 2, 3, 99])
    layer = Dense(2)
    TimeDistributed(layer)
    with pytest.raises(UnsupportedError, match="layers are not shared"):
        TimeDistributed(layer)
