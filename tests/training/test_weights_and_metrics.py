"""Losses, metrics and weights in compile, fit and evaluate: what acts, and what is refused."""

import numpy as np
import pytest

from rnncomp import LSTM, Dense, Sequential, load_model
from rnncomp.errors import InvalidArgumentError, UnsupportedError
from rnncomp.keras import callbacks, losses, metrics, optimizers
from rnncomp.samples import Samples

X = np.random.default_rng(0).normal(size=(12, 4, 1)).astype(np.float32)
CLASSES = np.arange(12) % 3
EVERY_LOSS = [
    losses.MeanAbsolutePercentageError(),
    losses.MeanSquaredLogarithmicError(reduction="sum"),
    losses.Huber(0.25, reduction="mean_with_sample_weight"),
    losses.LogCosh(),
    losses.QuantileLoss((0.25, 0.5, 0.75)),
    losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.25),
    losses.CategoricalCrossentropy(from_logits=True),
    losses.SparseCategoricalCrossentropy(from_logits=True),
]


def model_of(units=3, *, sequences=False, **compiled):
    layers = [LSTM(4, input_shape=(4, 1), return_sequences=sequences), Dense(units)]
    model = Sequential(layers, seed=1)
    model.compile(**{"optimizer": "adam", "loss": "mse", **compiled})
    return model


def fit(model, y, **options):
    return model.fit(X, y, **{"epochs": 2, "batch_size": 5, "verbose": 0, **options}).history


@pytest.mark.parametrize("loss", [*EVERY_LOSS, "crossentropy"], ids=str)
def test_model_files_keep_the_loss_with_its_options(loss, tmp_path):
    named = [metrics.RootMeanSquaredError("far"), "mse"]
    sparse = isinstance(loss, (losses.SparseCategoricalCrossentropy, str))
    if sparse:
        named = ["accuracy", metrics.SparseTopKCategoricalAccuracy(k=2)]
    elif isinstance(loss, losses.QuantileLoss):
        named = [metrics.QuantileLoss((0.25, 0.5, 0.75))]
    model = model_of(loss=loss, metrics=named, weighted_metrics=named)
    y = np.abs(np.random.default_rng(1).normal(size=(12, 3)))
    y = CLASSES if sparse else y[:, :1] if isinstance(loss, losses.QuantileLoss) else y
    fit(model, y)
    model.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert again.compiled_with.loss == model.compiled_with.loss
    assert again.compiled_with.metrics == model.compiled_with.metrics
    assert fit(again, y, sample_weight=y.reshape(12, -1)[:, 0]) == fit(
        model, y, sample_weight=y.reshape(12, -1)[:, 0]
    )


def test_quantiles_stand_in_the_last_axis_and_are_learned():
    rng = np.random.default_rng(2)
    x, y = np.ones((400, 1)), rng.uniform(0, 1, (400, 2)) * [1, 10]
    model = Sequential([Dense(6, input_shape=(1,))], seed=1)
    levels = (0.1, 0.5, 0.9)
    for rate in (0.1, 0.01):
        model.compile(optimizer=optimizers.Adam(rate), loss=losses.QuantileLoss(levels))
        model.fit(x, y, epochs=120, batch_size=400, verbose=0)
    found = model.predict(x[:1], verbose=0).reshape(2, 3)
    assert np.abs(found - np.quantile(y, levels, axis=0).T).max() < 0.1


def test_a_weight_of_zero_leaves_a_sample_out():
    y = np.arange(12.0)
    weights = (np.arange(12) < 8).astype(float)
    other = np.where(weights > 0, y, 1e3)
    histories = [
        fit(model_of(1, weighted_metrics=["mae"]), targets, sample_weight=weights)
        for targets in (y, other)
    ]
    assert histories[0] == histories[1]


def test_samples_carry_their_weights():
    y, weights = np.arange(12.0, dtype=np.float32)[:, None], np.linspace(0, 2, 12, dtype=np.float32)
    plain = Samples.from_arrays(X, y)
    weighted = Samples(plain.base, plain.starts, plain.window, plain.targets, weights)
    model, other = model_of(1), model_of(1)
    history = model.fit(weighted, epochs=2, validation_split=0.25, verbose=0).history
    same = other.fit(X, y, epochs=2, validation_split=0.25, sample_weight=weights, verbose=0)
    assert history == same.history
    with pytest.raises(InvalidArgumentError, match="weights already"):
        model.fit(weighted, sample_weight=weights, verbose=0)


def test_weights_of_samples_are_those_of_all_their_steps():
    y, weights = np.random.default_rng(3).normal(size=(12, 4, 3)), np.linspace(0, 2, 12)
    model, other = model_of(sequences=True), model_of(sequences=True)
    steps = np.repeat(weights[:, None], 4, axis=1)
    assert fit(model, y, sample_weight=weights) == fit(other, y, sample_weight=steps)


@pytest.mark.parametrize(
    "y", [CLASSES, CLASSES[:, None], np.eye(3)[CLASSES]], ids=["N", "N1", "N3"]
)
def test_accuracy_and_crossentropy_go_by_the_shapes(y):
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    if y.shape == (12, 3):
        loss = losses.CategoricalCrossentropy(from_logits=True)
    history = fit(model_of(loss=loss, metrics=["accuracy"]), y, class_weight={0: 2.0})
    kind = "sparse_categorical" if y.shape != (12, 3) else "categorical"
    named = fit(model_of(loss=loss, metrics=[f"{kind}_accuracy"]), y, class_weight={0: 2.0})
    assert history["loss"] == named["loss"]
    assert history["accuracy"] == named[f"{kind}_accuracy"]


def test_early_stopping_waits_for_an_accuracy_to_rise():
    model = model_of(1, optimizer=optimizers.Adam(0.05), loss=EVERY_LOSS[5], metrics=["acc"])
    stop = callbacks.EarlyStopping("acc", patience=50)
    history = fit(model, X[:, -1, 0] > 0, epochs=30, callbacks=[stop])
    assert stop.best == max(history["acc"]) > history["acc"][0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sample_weight": np.ones(11)}, r"^sample_weight must be of shape \(12,\), got \(11,\)"),
        ({"sample_weight": np.ones((12, 4))}, r"^sample_weight must be of shape \(12,\)"),
        ({"sample_weight": np.full(12, np.nan)}, "^sample_weight must be finite"),
        ({"sample_weight": ["a"] * 12}, "^sample_weight must be an array of numbers"),
        ({"class_weight": [1, 2]}, "^class_weight must be a dict"),
        ({"class_weight": {"a": 1.0}}, "^class number in class_weight must be an integer"),
        ({"class_weight": {0: "a"}}, r"^class_weight\[0\] must be a finite number"),
        ({"class_weight": {0: 1.0}, "sample_weight": np.ones(12)}, "cannot both be given"),
    ],
)
def test_bad_weights_are_refused_by_name(options, message):
    with pytest.raises(InvalidArgumentError, match=message):
        fit(model_of(1), np.arange(12.0), **options)


def test_class_weights_of_steps_are_refused():
    with pytest.raises(InvalidArgumentError, match=r"^class_weight .* sample_weight of shape"):
        fit(model_of(sequences=True), np.zeros((12, 4, 3)), class_weight={0: 1.0})


@pytest.mark.parametrize("y", [CLASSES + 1, CLASSES - 1, CLASSES + 0.5], ids=["3", "-1", "half"])
def test_numbers_of_no_class_are_refused(y):
    model = model_of(loss="sparse_categorical_crossentropy")
    for method in (model.fit, model.evaluate):
        with pytest.raises(InvalidArgumentError, match=r"^y must be class numbers 0 \.\. 2"):
            method(X, y, verbose=0)


@pytest.mark.parametrize(
    ("compiled", "y", "message"),
    [
        ({"loss": EVERY_LOSS[-1], "metrics": ["mae"]}, CLASSES, "as the metric mae reads them"),
        ({"loss": EVERY_LOSS[-1]}, np.eye(3)[CLASSES], "sparse_categorical_crossentropy reads"),
        ({"loss": losses.QuantileLoss((0.25, 0.75))}, CLASSES, "multiple of the 2 quantiles"),
        ({"loss": "mse"}, CLASSES, "what the last layer gives"),
    ],
)
def test_targets_that_loss_or_metric_cannot_read_are_refused(compiled, y, message):
    with pytest.raises(InvalidArgumentError, match=message):
        fit(model_of(**compiled), y)


@pytest.mark.parametrize("argument", ["loss", "metrics", "weighted_metrics"])
def test_functions_are_refused_with_what_to_use(argument):
    value = np.mean if argument == "loss" else [np.mean]
    with pytest.raises(UnsupportedError, match=f"^{argument}=.* rnncomp.keras"):
        model_of(**{argument: value})


def test_losses_are_no_metrics():
    with pytest.raises(InvalidArgumentError, match=r"pass rnncomp.keras.metrics.MeanSquaredError"):
        model_of(metrics=[losses.MeanSquaredError()])
    with pytest.raises(InvalidArgumentError, match=r"^loss must be one of"):
        model_of(loss=metrics.MeanSquaredError())


def test_a_split_takes_its_weights_along():
    y, weights = np.arange(12.0), np.linspace(0, 2, 12)
    split = fit(model_of(1), y, sample_weight=weights, validation_split=0.25, shuffle=False)
    model = model_of(1)
    by_hand = model.fit(
        X[:9],
        y[:9],
        sample_weight=weights[:9],
        validation_data=(X[9:], y[9:], weights[9:]),
        epochs=2,
        batch_size=5,
        shuffle=False,
        verbose=0,
    )
    assert split == by_hand.history


def test_hooks_of_batches_get_the_means_so_far():
    model, y, seen = model_of(metrics=["mae"]), X[:, 1:, 0], []

    class Watch(callbacks.Callback):
        def on_test_batch_end(self, batch, logs=None):
            seen.append(logs)

    model.evaluate(X, y, batch_size=5, verbose=0, callbacks=[Watch()])
    for logs, end in zip(seen, (5, 10, 12), strict=True):
        whole = model.evaluate(X[:end], y[:end], verbose=0, return_dict=True)
        assert logs == pytest.approx(whole, rel=1e-12)  # sums in float64, in another order
