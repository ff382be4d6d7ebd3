"""A training that test_backup.py kills; with KILL=what:n it kills itself at the n-th such moment.

``python killed.py FOLDER SAVE_FREQ`` writes FOLDER/result when it is done.
"""

import json
import os
import pathlib
import resource
import signal
import sys
from pathlib import Path

import numpy as np

from rnncomp import _files
from rnncomp.keras.callbacks import (
    BackupAndRestore,
    Callback,
    EarlyStopping,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
)
from rnncomp.keras.layers import LSTM, Dense, Input
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import Adam

WHAT, _, LEFT = os.environ.get("KILL", "nothing:0").partition(":")
LEFT = int(LEFT)


def moment(what):
    """Die here if this is the moment asked for."""
    global LEFT
    if what == WHAT:
        LEFT -= 1
        if LEFT == 0 and what == "write":  # the kernel will, when the next file is half written
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        elif LEFT == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def dying(owner, name):
    """Let a function of `owner` be followed by death, or preceded by it."""
    function = getattr(owner, name)

    def call(*args, **options):
        moment(f"before {name}")
        result = function(*args, **options)
        moment(f"after {name}")
        return result

    setattr(owner, name, call)


class Deaths(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        print("epoch", epoch, flush=True)

    def on_epoch_end(self, epoch, logs=None):
        moment("epoch")
        moment("write")


class BatchDeaths(Deaths):
    def on_train_batch_end(self, batch, logs=None):
        moment("batch")


def main(folder, save_freq):
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=(53, 6, 2)), rng.normal(size=53)
    model = Sequential([Input((6, 2)), LSTM(4), Dense(1)], seed=3)
    model.compile(Adam(0.05, amsgrad=True), "mse", metrics=["mae"])
    for owner, name in ((_files.os, "replace"), (_files.os, "fsync"), (pathlib.Path, "unlink")):
        dying(owner, name)
    callbacks = [
        BackupAndRestore(folder / "backup", save_freq, double_checkpoint=save_freq == "epoch"),
        BatchDeaths() if save_freq != "epoch" else Deaths(),
        LearningRateScheduler(lambda epoch, rate: rate * 0.9),
        ReduceLROnPlateau("loss", mode="max", patience=1, cooldown=1, factor=0.8),
        EarlyStopping("val_loss", patience=4, restore_best_weights=True),
        ModelCheckpoint(folder / "best.safetensors", save_best_only=True),
    ]
    options = {"validation_split": 0.25, "verbose": 0, "callbacks": callbacks}
    history = model.fit(x, y, 8, epochs=9, **options)
    told = json.dumps([history.history, history.epoch, model.optimizer.iterations])
    state = model.network.params.tobytes() + model.compiled_with.slots.tobytes()
    (folder / "result").write_bytes(state + told.encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if sys.argv[2] == "epoch" else int(sys.argv[2]))
