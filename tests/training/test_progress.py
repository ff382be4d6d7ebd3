"""What is printed: Keras's bar and lines, without control characters where nobody watches."""

import io
import re
import sys

import numpy as np
import pytest

from rnncomp.keras.callbacks import EarlyStopping
from rnncomp.keras.layers import Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.training import progress

X = np.linspace(0, 1, 60).reshape(20, 3, 1)
Y = np.linspace(0, 1, 20)
NUMBERS = re.compile(r"\d+(us|ms|s)/step|\d\.\d{4}(e-\d\d)?")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def model_of():
    model = Sequential([Input((3, 1)), SimpleRNN(2), Dense(1)], seed=1)
    model.compile("adam", "mse", metrics=["mae"])
    return model


def printed(capsys):
    return NUMBERS.sub("#", capsys.readouterr().out)


def test_verbose_0_prints_nothing(capsys):
    model = model_of()
    model.fit(X, Y, verbose=0, epochs=2)
    model.evaluate(X, Y, verbose=0)
    model.predict(X, verbose=0)
    assert capsys.readouterr().out == ""


def test_verbose_2_prints_a_line_an_epoch(capsys):
    model_of().fit(X, Y, 4, verbose=2, epochs=2, validation_split=0.25)
    line = "4/4 - 0s - # - loss: # - mae: # - val_loss: # - val_mae: #\n"
    assert printed(capsys) == f"Epoch 1/2\n{line}Epoch 2/2\n{line}"


@pytest.mark.parametrize("verbose", [1, "auto"])
def test_verbose_1_prints_a_bar_an_epoch(capsys, verbose):
    model_of().fit(X, Y, 4, verbose=verbose, epochs=2)
    line = "5/5 ━━━━━━━━━━━━━━━━━━━━ 0s # - loss: # - mae: #\n"
    assert printed(capsys) == f"Epoch 1/2\n{line}Epoch 2/2\n{line}"


def test_one_epoch_has_no_heading(capsys):
    model_of().fit(X, Y, verbose=2)
    assert printed(capsys).startswith("1/1 - 0s")


def test_evaluate_and_predict_print_as_fit_does(capsys):
    model = model_of()
    model.evaluate(X, Y, batch_size=6)
    model.evaluate(X, Y, verbose=2)
    model.predict(X, batch_size=6)
    model.predict(X, verbose=2)
    assert printed(capsys) == (
        "4/4 ━━━━━━━━━━━━━━━━━━━━ 0s # - loss: # - mae: #\n"
        "1/1 - 0s - # - loss: # - mae: #\n"
        "4/4 ━━━━━━━━━━━━━━━━━━━━ 0s #\n"
        "1/1 - 0s - #\n"
    )


def test_a_terminal_sees_the_bar_grow_in_place(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.delenv("NO_COLOR", raising=False)
    bar = progress.ProgressBar(1, 40)
    bar.update(10, {"loss": 0.5})
    bar.update(20, {"loss": 0.4})  # too soon after the first to be drawn
    bar.last_update = 0.0
    bar.update(30, {"loss": 1e-4})
    bar.finish({"loss": 0.25})
    text = NUMBERS.sub("#", terminal.getvalue())
    states = text.split("\r")[1:]
    assert len(states) == 3
    assert states[0] == (
        "\x1b[1m10/40\x1b[0m \x1b[32m━━━━━\x1b[0m\x1b[37m━━━━━━━━━━━━━━━\x1b[0m "
        "\x1b[1m0s\x1b[0m # - loss: #"
    )
    assert states[2].endswith("\n")


def test_a_shorter_bar_covers_the_longer_one_before(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", "1")
    bar = progress.ProgressBar(1, 4)
    bar.update(1, {"loss": 1e-4})
    bar.finish({"loss": 1.0})
    first, last = terminal.getvalue().rstrip("\n").split("\r")[1:]
    assert "\x1b" not in first + last
    assert len(last) >= len(first)


def test_a_file_gets_no_control_characters(capsys):
    model_of().fit(X, Y, 4, epochs=2)
    assert not re.search(r"[\x00-\x09\x0b-\x1f]", capsys.readouterr().out)


def test_a_notebook_redraws_and_a_file_beside_it_does_not(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ipykernel", io)  # whatever was imported
    model_of().fit(X, Y, 4, epochs=1)
    assert "\r" not in capsys.readouterr().out
    stream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    monkeypatch.setattr(sys, "stdout", stream)
    model_of().fit(X, Y, 4, epochs=1)
    assert "\r" in stream.getvalue()


def test_an_ascii_stream_gets_an_ascii_bar(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    bar = progress.ProgressBar(1, 2)
    bar.finish({})
    assert raw.getvalue().startswith(b"2/2 ==================== 0s ")


def test_early_stopping_says_what_it_does(capsys):
    stop = EarlyStopping("loss", patience=0, verbose=1, min_delta=9.0, restore_best_weights=True)
    model_of().fit(X, Y, epochs=5, verbose=0, callbacks=[stop])
    assert capsys.readouterr().out == (
        "Epoch 2: early stopping\nRestoring model weights from the end of the best epoch: 1.\n"
    )


def test_small_numbers_are_written_with_an_exponent():
    text = progress.metrics_text({"loss": 0.0011, "mae": 0.001, "val_loss": -2.0})
    assert text == " - loss: 0.0011 - mae: 1.0000e-03 - val_loss: -2.0000"
