"""What Keras printed, stopped and learned on the same inputs; fixtures by make_fixtures.py."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from rnncomp.keras.callbacks import EarlyStopping
from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import SGD, Adam
from rnncomp.training.compiled import Compiled

FIXTURES = Path(__file__).parent / "fixtures"
STOPPING = json.loads((FIXTURES / "early_stopping.json").read_text())
SUMMARIES = json.loads((FIXTURES / "summaries.json").read_text())
HISTORIES = json.loads((FIXTURES / "histories.json").read_text())

EPS = 2.0**-23
# Both sides round to float32 at every one of some 20 steps, in different orders: 3 eps of the
# largest value (1) a step; Adam's division by the root of a small second moment takes most of it.
K = 64


class StandIn:
    """What EarlyStopping needs of a model; its one weight is the number of the epoch."""

    compiled_with = Compiled(SGD(), "mse", [("mae", "mae")])

    def __init__(self):
        self.epoch, self.restored, self.stop_training = -1, None, False

    def get_weights(self):
        return [np.array(self.epoch)]

    def set_weights(self, weights):
        self.restored = int(weights[0])


@pytest.mark.parametrize("case", STOPPING, ids=range(len(STOPPING)))
def test_early_stopping_stops_and_restores_as_keras_does(case):
    callback, model = EarlyStopping(**case["arguments"]), StandIn()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(case["values"]):
        model.epoch = epoch
        callback.on_epoch_end(epoch, {"val_loss": float(value)})
        if model.stop_training:
            break
    callback.on_train_end()
    assert model.epoch + 1 == case["epochs"]
    assert model.restored == case["restored"]
    for name in ("stopped_epoch", "best_epoch", "wait", "best"):
        assert getattr(callback, name) == pytest.approx(
            float(case[name]) if case[name] == "nan" else case[name], abs=0, nan_ok=True
        )


def stacked():
    cells = [LSTM(7, return_sequences=True), GRU(5, return_sequences=True)]
    return [Input((12, 3)), *cells, Dense(2), Dense(1, name="last")]


def text_of(layers, **options):
    texts = []
    Sequential(layers).summary(print_fn=texts.append, **options)
    return texts[0]


def test_summaries_are_keras_summaries(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "100")
    simple = [Input((50, 1)), SimpleRNN(50), Dense(1)]
    model = Sequential(simple)
    model.summary()
    assert capsys.readouterr().out == SUMMARIES["simple_rnn"]
    model.compile(optimizer="adam", loss="mse")
    model.fit(np.zeros((2, 50, 1)), np.zeros(2), verbose=0)
    model.summary()
    assert capsys.readouterr().out == SUMMARIES["simple_rnn_trained"]
    assert text_of(stacked()) == SUMMARIES["stacked"]
    assert text_of([LSTM(50), Dense(1)]) == SUMMARIES["unbuilt"]
    options = {"line_length": 70, "show_trainable": True, "layer_range": ("gru", "dense")}
    assert text_of(stacked(), **options) == SUMMARIES["stacked_options"]


CHOICES = {
    "adam": {"optimizer": lambda: Adam(2.0**-7), "loss": "mse"},
    "sgd": {"optimizer": lambda: SGD(2.0**-5), "loss": "mae"},
    "nesterov": {
        "optimizer": lambda: SGD(2.0**-6, momentum=0.5, nesterov=True),
        "loss": "mse",
    },
}


@pytest.mark.parametrize("name", CHOICES)
def test_two_fits_give_keras_histories_weights_and_outputs(name):
    arrays = np.load(FIXTURES / "fits.npz")
    wanted = dict(HISTORIES[name])
    scores = wanted.pop("evaluate")
    model = Sequential([Input((6, 2)), GRU(5), Dense(3)])
    model.set_weights([arrays[f"{name}/before/{i}"] for i in range(5)])
    choice = CHOICES[name]
    metrics = ["mae", "mean_squared_error"]
    model.compile(optimizer=choice["optimizer"](), loss=choice["loss"], metrics=metrics)
    x, y = arrays["x"], arrays["y"]
    options = {"batch_size": 5, "validation_split": 0.25, "shuffle": False, "verbose": 0}
    first = model.fit(x, y, epochs=3, **options).history
    second = model.fit(x, y, epochs=2, **options).history
    assert set(first) == set(wanted)
    for key, values in wanted.items():
        np.testing.assert_allclose(first[key] + second[key], values, rtol=K * EPS, atol=0)
    for key, value in model.evaluate(x, y, verbose=0, return_dict=True).items():
        np.testing.assert_allclose(value, scores[key], rtol=K * EPS, atol=0)
    for i, weight in enumerate(model.get_weights()):
        np.testing.assert_allclose(weight, arrays[f"{name}/after/{i}"], rtol=0, atol=K * EPS)
    outputs = model.predict(x, verbose=0)
    assert outputs.dtype == np.float32
    np.testing.assert_allclose(outputs, arrays[f"{name}/outputs"], rtol=0, atol=K * EPS)


def test_fixtures_are_those_the_maker_wrote():
    versions = json.loads((FIXTURES / "versions.json").read_text())
    for name, digest in versions["sha256"].items():
        assert hashlib.sha256((FIXTURES / name).read_bytes()).hexdigest() == digest, name
    maker = FIXTURES.parent / "make_fixtures.py"
    assert hashlib.sha256(maker.read_bytes()).hexdigest() == versions["maker_sha256"]
