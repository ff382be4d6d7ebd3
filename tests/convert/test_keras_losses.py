"""Losses and metrics in Keras's files: kept as compile chose them, refused where Keras has none."""

import pytest

from rnncomp import LSTM, Dense, Sequential, load_model
from rnncomp.errors import UnsupportedError
from rnncomp.keras import losses, metrics

pytest.importorskip("h5py")
CASES = [
    ("huber", ["mae"], ["RootMeanSquaredError"]),
    (losses.Huber(0.5, reduction="sum"), [metrics.MeanSquaredError("far")], ["mape", "msle"]),
    (losses.LogCosh(), ["log_cosh_error", "cosine_similarity"], None),
    (losses.MeanSquaredLogarithmicError(), None, ["mse"]),
    (losses.BinaryCrossentropy(from_logits=True), [metrics.BinaryAccuracy(threshold=0.0)], None),
    (losses.CategoricalCrossentropy(label_smoothing=0.1), ["accuracy"], ["acc"]),
    (
        losses.SparseCategoricalCrossentropy(from_logits=True),
        [metrics.SparseTopKCategoricalAccuracy(k=2)],
        None,
    ),
    ("crossentropy", ["accuracy"], None),
]


def model_of(**compiled):
    model = Sequential([LSTM(2, input_shape=(3, 1)), Dense(3)], seed=1)
    model.compile(optimizer="adam", **compiled)
    return model


@pytest.mark.parametrize(("loss", "plain", "weighted"), CASES, ids=lambda case: str(case)[:30])
def test_what_compile_chose_is_kept(loss, plain, weighted, tmp_path):
    model = model_of(loss=loss, metrics=plain, weighted_metrics=weighted)
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras").compiled_with
    assert (again.loss, again.metrics) == (model.compiled_with.loss, model.compiled_with.metrics)


@pytest.mark.parametrize(
    "compiled",
    [
        {"loss": losses.QuantileLoss((0.1, 0.5, 0.9))},
        {"loss": "mse", "metrics": [metrics.QuantileLoss()]},
    ],
    ids=["loss", "metric"],
)
def test_quantiles_are_refused_by_name(compiled, tmp_path):
    with pytest.raises(UnsupportedError, match="Keras has no quantile"):
        model_of(**compiled).save(tmp_path / "m.keras")
    assert not list(tmp_path.iterdir())
