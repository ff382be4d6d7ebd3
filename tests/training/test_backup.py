"""A training that is killed, really, at any moment, ends as if it never had been."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, ModelFileError, OutputError
from rnncomp.keras.callbacks import BackupAndRestore, Callback, EarlyStopping
from rnncomp.keras.layers import LSTM, Dense, Input
from rnncomp.keras.models import Sequential

PROGRAM = Path(__file__).parent / "killed.py"
X = np.random.default_rng(1).normal(size=(37, 6, 2)).astype(np.float32)
Y = np.random.default_rng(2).normal(size=37).astype(np.float32)


def run(folder, save_freq, kill="nothing:0"):
    command = [sys.executable, str(PROGRAM), str(folder), save_freq]
    return subprocess.run(command, env={**os.environ, "KILL": kill}, capture_output=True, text=True)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed")
    done = run(folder, "epoch")
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in folder.iterdir() if path.name != "best.safetensors"] == ["result"]
    return folder


def assert_same(folder, undisturbed):
    for name in ("result", "best.safetensors"):
        assert (folder / name).read_bytes() == (undisturbed / name).read_bytes(), name
    # A kill may leave the half of a checkpoint under a hidden name, but no backup.
    names = sorted(path.name for path in folder.iterdir() if path.name[0] != ".")
    assert names == ["best.safetensors", "result"]


@pytest.mark.parametrize(
    ("save_freq", "kills"),
    [
        # Before there is a backup; between the hooks of an epoch; in the midst of its writing.
        ("epoch", ["epoch:1", "epoch:3", "before fsync:2", "before replace:2", "after replace:3"]),
        ("epoch", ["before replace:1", "after fsync:4", "epoch:2", "write:2", "before unlink:2"]),
        # In every third batch, before and after a backup, across epochs of five batches.
        (
            "3",
            [
                "batch:2",
                "batch:4",
                "before replace:2",
                "after replace:2",
                "batch:6",
                "write:1",
                "epoch:1",
            ],
        ),
        ("5", ["batch:5", "after replace:1", "batch:7", "before fsync:3", "after unlink:2"]),
    ],
)
def test_kills_change_no_byte(tmp_path, undisturbed, save_freq, kills):
    for kill in kills:
        killed = run(tmp_path, save_freq, kill)
        died = -signal.SIGXFSZ if kill.startswith("write") else -signal.SIGKILL
        assert (killed.returncode, killed.stderr) == (died, ""), kill
        assert not (tmp_path / "result").exists()
    done = run(tmp_path, save_freq)
    assert (done.returncode, done.stderr) == (0, "")
    assert_same(tmp_path, undisturbed)


def test_a_kill_from_outside_changes_no_byte(tmp_path, undisturbed):
    for epoch in (1, 4):
        command = [sys.executable, str(PROGRAM), str(tmp_path), "2"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            while child.stdout.readline() != f"epoch {epoch}\n":
                assert child.poll() is None
            child.kill()
        assert child.returncode == -signal.SIGKILL
    assert run(tmp_path, "2").returncode == 0
    assert_same(tmp_path, undisturbed)


class Die(Callback):
    """What ends a training in this process; `left` epochs are trained before."""

    def __init__(self, left):
        self.left = left

    def on_epoch_begin(self, epoch, logs=None):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


def model_of(seed=5, units=4):
    model = Sequential([Input((6, 2)), LSTM(units), Dense(1)], seed=seed)
    model.compile("adam", loss="mse")
    return model


def interrupted(folder, model=None, left=2, **options):
    keep = BackupAndRestore(folder, **options)
    with pytest.raises(KeyboardInterrupt):
        (model or model_of()).fit(X, Y, 8, 5, 0, [keep, Die(left)])


def go_on(folder, model=None, **options):
    model = model or model_of()
    model.fit(X, Y, 8, 5, 0, [BackupAndRestore(folder, **options), Die(99)])
    return model


def test_the_seed_of_the_first_process_counts(tmp_path):
    plain = model_of(5)
    plain.fit(X, Y, 8, 5, 0)
    interrupted(tmp_path / "b", model_of(5))
    again = go_on(tmp_path / "b", model_of(6))
    assert again.network.params.tobytes() == plain.network.params.tobytes()
    assert (again.seed, again.history.seed) == (5, 5)
    assert again.history.history == plain.history.history


def test_a_backup_is_removed_and_nothing_else_is(tmp_path):
    folder = tmp_path / "b"
    interrupted(folder)
    assert [path.name for path in folder.iterdir()] == ["backup.npz"]
    (folder / "notes.txt").write_text("mine")
    go_on(folder)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_a_backup_that_is_kept_says_that_all_is_done(tmp_path):
    first = go_on(tmp_path / "b", delete_checkpoint=False)
    assert (tmp_path / "b" / "backup.npz").exists()
    second = go_on(tmp_path / "b", model_of(6), delete_checkpoint=False)
    assert second.network.params.tobytes() == first.network.params.tobytes()
    assert second.optimizer.iterations == first.optimizer.iterations == 25


def test_a_training_that_was_stopped_stays_stopped(tmp_path):
    class DieAtLast(Callback):
        def on_train_end(self, logs=None):
            raise KeyboardInterrupt

    def stopping():
        return EarlyStopping("loss", patience=0, min_delta=99.0, restore_best_weights=True)

    plain, killed, again = model_of(), model_of(), model_of()
    plain.fit(X, Y, 8, 5, 0, [stopping()])
    given = [BackupAndRestore(tmp_path / "b"), stopping()]
    DieAtLast.__name__ = "Callback"  # the same program again
    with pytest.raises(KeyboardInterrupt):
        killed.fit(X, Y, 8, 5, 0, [DieAtLast(), *given])
    again.fit(X, Y, 8, 5, 0, [Callback(), *given])
    assert again.history.epoch == plain.history.epoch == [0, 1]
    assert again.network.params.tobytes() == plain.network.params.tobytes()


def test_the_backup_of_another_training_is_refused(tmp_path):
    interrupted(tmp_path / "b")
    with pytest.raises(InvalidArgumentError, match=r"backup of another training .* start anew"):
        go_on(tmp_path / "b", model_of(units=3))
    with pytest.raises(InvalidArgumentError, match="backup of another training"):
        model_of().fit(X, Y, 8, 5, 0, [BackupAndRestore(tmp_path / "b")])
    interrupted(tmp_path / "c", save_freq=2)
    with pytest.raises(InvalidArgumentError, match="or batches"):
        model_of().fit(X, Y, 4, 5, 0, [BackupAndRestore(tmp_path / "c", 2), Die(9)])


@pytest.mark.parametrize("damage", [b"", b"no zip", None])
def test_a_damaged_backup_is_named_and_the_one_before_is_used(tmp_path, damage):
    path = tmp_path / "b" / "backup.npz"
    interrupted(tmp_path / "b", left=3, double_checkpoint=True)
    sound = path.read_bytes()
    path.write_bytes(sound[: len(sound) // 2] if damage is None else damage)
    with pytest.raises(ModelFileError, match=r"backup.npz: not a sound backup \(.*remove it"):
        go_on(tmp_path / "b")
    plain = model_of()
    plain.fit(X, Y, 8, 5, 0)
    again = go_on(tmp_path / "b", double_checkpoint=True)
    assert again.network.params.tobytes() == plain.network.params.tobytes()


def test_what_cannot_be_kept_is_named(tmp_path):
    class Odd(Callback):
        def get_state(self):
            return {"it": object()}

    with pytest.raises(InvalidArgumentError, match="what get_state of Odd returns must be plain"):
        model_of().fit(X, Y, 8, 5, 0, [BackupAndRestore(tmp_path / "b"), Odd()])
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="try another backup_dir"):
        model_of().fit(X, Y, 8, 5, 0, [BackupAndRestore(tmp_path / "file")])
    with pytest.raises(InvalidArgumentError, match="backup_dir must be the name of a folder"):
        BackupAndRestore("")
    with pytest.raises(InvalidArgumentError, match="save_freq must be an integer of at least 1"):
        BackupAndRestore("a", save_freq="batch")
    two = [BackupAndRestore("a"), BackupAndRestore("b")]
    with pytest.raises(InvalidArgumentError, match="without a second BackupAndRestore"):
        model_of().fit(X, Y, 8, 5, 0, two)
