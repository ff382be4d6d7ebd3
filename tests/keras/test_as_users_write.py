"""What people who know Keras write: it acts as there, or says what to do instead."""

import numpy as np
import pytest

import rnncomp
from rnncomp import keras
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras import layers, losses, metrics, optimizers
from rnncomp.keras.models import Sequential, load_model
from rnncomp.keras.utils import pad_sequences, to_categorical
from tolerance import assert_close, steps_bound

RNG = np.random.default_rng(8)
X = RNG.normal(size=(20, 6, 2)).astype(np.float32)
Y = (RNG.random(20) > 0.5).astype(np.float32)


def model_of(*given, **options):
    return Sequential([layers.Input((6, 2)), *given], seed=1, **options)


def test_class_weights_leave_the_validation_alone():
    model = model_of(layers.LSTM(3), layers.Dense(1, activation="sigmoid"))
    model.compile(optimizers.SGD(0.0), "binary_crossentropy", metrics=["accuracy"])
    options = {"validation_split": 0.25, "verbose": 0, "class_weight": {0: 1.0, 1: 50.0}}
    history = model.fit(X, Y, **options).history
    plain = model.evaluate(X[15:], Y[15:], verbose=0)
    found = [history["val_loss"][0], history["val_accuracy"][0]]
    assert_close(np.float32(found), np.float32(plain), k=4)
    weighted = model.evaluate(X[:15], Y[:15], sample_weight=1 + 49 * Y[:15], verbose=0)
    # A sum over 15 rows, in one batch.
    assert_close(np.float32(history["loss"][0]), np.float32(weighted[0]), k=4 * 15)


CHANGES = {
    "a layer is frozen": lambda m: setattr(m.layers[0], "trainable", False),
    "a model is frozen": lambda m: setattr(m, "trainable", False),
    "another activation": lambda m: setattr(m.layers[1], "activation", "relu"),
    "another rate": lambda m: setattr(m.layers[0], "recurrent_dropout", 0.5),
    "all steps": lambda m: setattr(m.layers[0], "return_sequences", True),
    "another limit": lambda m: setattr(m.optimizer, "clipnorm", 1e-9),
    "another momentum": lambda m: setattr(m.optimizer, "momentum", 0.9),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_set_too_late_is_refused(name):
    model = model_of(layers.LSTM(3), layers.Dense(1))
    model.compile("sgd", "mse")
    with pytest.raises(UnsupportedError, match=r"freezing a layer|not changed later; make another"):
        CHANGES[name](model)


def test_what_may_be_set_is():
    model = model_of(layers.LSTM(3), layers.Dense(1))
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 0.5
    model.layers[0].trainable = model.trainable = True
    assert model.optimizer.learning_rate == 0.5
    assert model.trainable_weights == model.weights


@pytest.mark.parametrize("first", ["masking", "embedding"])
def test_masks_go_from_layer_to_layer(first):
    x = X.copy()
    x[:, 4:] = 0.0
    ids = np.where(x[..., 0] == 0.0, 0, 3)
    front = layers.Masking() if first == "masking" else layers.Embedding(5, 2, mask_zero=True)
    given = x if first == "masking" else ids
    between, last = layers.GRU(3, return_sequences=True), layers.LSTM(2)
    y = last(between(front(given)))
    assert_close(y, last(between(np.asarray(front(given[:, :4])))), k=4 * steps_bound(6))
    part = between(front(given))[:, :5]
    assert_close(last(part), last(np.array(part)), k=1)  # a part carries no mask


def test_two_outputs_of_a_bidirectional_carry_the_mask():
    x = X.copy()
    x[:, 4:] = 0.0
    both = layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode=None)
    last = layers.SimpleRNN(2)
    ahead, _ = both(layers.Masking()(x))
    assert_close(last(ahead), last(np.array(ahead)[:, :4]), k=4 * steps_bound(6))


def test_a_layer_is_built_before_it_is_called():
    other, layer = layers.LSTM(3), layers.LSTM(3)
    y = other(X)
    layer.build((None, None, 2))
    layer.set_weights(other.get_weights())
    np.testing.assert_array_equal(layer(X), y)
    layer.build((None, 5, 2))  # nothing
    np.testing.assert_array_equal(layer(X), y)
    embedding, dense = layers.Embedding(5, 3), layers.Dense(2)
    embedding.build((None, 7))
    dense.build((None, 4))
    assert [w.shape for w in embedding.weights + dense.weights] == [(5, 3), (4, 2), (2,)]
    with pytest.raises(InvalidArgumentError, match=r"input_shape must be \(batch size, time"):
        layers.GRU(3).build((None, 5))


def test_metrics_have_the_names_of_keras():
    names = ["sparse_top_k_categorical_accuracy", "sparse_categorical_accuracy"]
    model = model_of(layers.GRU(3), layers.Dense(6, activation="softmax"))
    model.compile("adam", losses.SparseCategoricalCrossentropy(), metrics=names)
    assert model.metrics_names == ["loss", *names]
    assert metrics.TopKCategoricalAccuracy().name == "top_k_categorical_accuracy"
    model.compile("adam", "categorical_crossentropy", metrics=["top_k_categorical_accuracy"])


def stateful(batch):
    made = [layers.LSTM(4, stateful=True, batch_input_shape=(batch, 6, 2)), layers.Dense(1)]
    model = Sequential(made, seed=1)
    model.compile("adam", "mse")
    return model


def test_stateful_layers_with_their_batch_size_declared(tmp_path):
    model, y = stateful(4), Y[:, None]
    model.fit(X, y, shuffle=False, verbose=0)
    assert model.fit(X, y, shuffle=False, verbose=0).params["steps"] == 5
    with pytest.raises(InvalidArgumentError, match="batch_size must be 4, as declared for"):
        model.fit(X, y, batch_size=5, verbose=0)
    with pytest.raises(InvalidArgumentError, match="batch_size must be 4, as declared for"):
        model.predict(X, batch_size=10, verbose=0)
    model.save(tmp_path / "m.safetensors")
    assert load_model(tmp_path / "m.safetensors").batch_size == 4
    again = Sequential([layers.Input(batch_shape=(4, 6, 2)), layers.GRU(3, stateful=True)])
    assert again.batch_size == 4
    assert Sequential([layers.Input((6, 2), batch_size=4), layers.GRU(3)]).batch_size == 4


USES = {
    "fit": lambda m, x: m.fit(x, np.zeros((len(x), 1)), verbose=0),
    "predict": lambda m, x: m.predict(x, verbose=0),
    "evaluate": lambda m, x: m.evaluate(x, np.zeros((len(x), 1)), verbose=0),
    "a call": lambda m, x: m(x),
}


@pytest.mark.parametrize("use", USES)
def test_fewer_samples_than_the_declared_batch_are_refused(use):
    with pytest.raises(InvalidArgumentError, match=r"batch_size must be (4|a divisor of the 2 sa)"):
        USES[use](stateful(4), X[:2])


def test_a_declared_batch_size_matters_to_stateful_layers_alone():
    model = Sequential([layers.Input(batch_shape=(4, 6, 2)), layers.GRU(3)])
    assert model.predict(X, batch_size=7, verbose=0).shape == (20, 3)


def test_to_categorical():
    assert to_categorical([2, 0]).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert to_categorical([[1], [0]], 4).shape == (2, 4)
    with pytest.raises(InvalidArgumentError, match="num_classes must be an integer"):
        to_categorical([1], 0)
    for bad in ([-1, 0], [0.5], [4]):
        with pytest.raises(InvalidArgumentError, match="x must be class numbers"):
            to_categorical(bad, 4)


def test_pad_sequences():
    rows = [[1], [2, 3, 4], []]
    assert pad_sequences(rows).tolist() == [[0, 0, 1], [2, 3, 4], [0, 0, 0]]
    post = pad_sequences(rows, 2, padding="post", truncating="post", value=9)
    assert post.tolist() == [[1, 9], [2, 3], [9, 9]]
    made = pad_sequences([X[0], X[1, :2]], dtype="float32")
    assert made.shape == (2, 6, 2)
    np.testing.assert_array_equal(made[1, 4:], X[1, :2])
    with pytest.raises(InvalidArgumentError, match="padding must be one of pre, post"):
        pad_sequences(rows, padding="left")


WORDS = {
    "a layer for a list": (lambda: Sequential(layers.LSTM(3)), "layers must be a list of layers"),
    "a model in a model": (
        lambda: model_of(model_of(layers.LSTM(3))),
        "of a model, add its layers",
    ),
    "a functional model": (
        lambda: layers.LSTM(3)(layers.Input((5, 2))),
        r"networks are one chain of layers; pass Sequential\(\[Input",
    ),
    "Model": (lambda: keras.Model(1, 2), "Model is not supported; networks here are one chain"),
    "clone": (lambda: keras.models.clone_model(1), "make the layers again in a new Sequential"),
    "an old word": (lambda: optimizers.Adam(lr=0.1), "no argument 'lr'; use learning_rate"),
    "a slip": (lambda: optimizers.Adam(learning_rat=0.1), "did you mean 'learning_rate'"),
    "a metric's slip": (
        lambda: model_of(layers.LSTM(3)).compile("adam", "mse", metrics=["acuracy"]),
        "metrics must be a list of metrics, got 'acuracy'; did you mean",
    ),
    "both batch sizes": (
        lambda: layers.Input(batch_size=4, batch_shape=(4, 6, 2)),
        "batch_size must be None beside batch_shape",
    ),
    "options for a series": (
        lambda: rnncomp.load(rnncomp.load("airline"), missing="ffill"),
        "missing must be left out for a Series, which has been read, got 'ffill'; load it again",
    ),
}


@pytest.mark.parametrize("name", WORDS)
def test_the_message_says_what_to_do(name):
    ask, words = WORDS[name]
    with pytest.raises((InvalidArgumentError, UnsupportedError), match=words) as caught:
        ask()
    assert "\n" not in str(caught.value)
