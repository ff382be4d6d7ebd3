"""Models of Keras that are in memory, as far as that can be tested without Keras.

The models are stand-ins that hold what real Keras wrote; real ones are in with_keras.py.
"""

import json
import random
import sys

import keras_stand_in as stand_in
import numpy as np
import pytest
from keras_archive import FILES, MODELS, expected

import rnncomp
from rnncomp import Callback, from_keras, load_model
from rnncomp.errors import InvalidArgumentError, MissingExtraError, UnsupportedError
from tolerance import assert_close, gradient_bound, steps_bound

WINDOW = 6
# The stand-in makes no state: one that has trained before.
TRAINED = [name for name in MODELS if "later" in expected(name) and "unfitted" not in name]
TRAINING = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0}
NAME = "3.12.0/lstm.keras"


@pytest.fixture(autouse=True)
def _keras(monkeypatch):
    stand_in.install(monkeypatch)


def bits(arrays):
    return [np.asarray(a).tobytes() for a in arrays]


@pytest.mark.parametrize("name", MODELS)
def test_a_model_comes_from_keras_as_from_its_file(name, tmp_path):
    theirs, path = stand_in.read(FILES[name]), tmp_path / "m.keras"
    path.write_bytes(FILES[name])
    ours, loaded = from_keras(theirs, seed=1), load_model(path)
    assert ours.network.params.tobytes() == loaded.network.params.tobytes()
    assert [a.get_config() for a in ours.layers] == [b.get_config() for b in loaded.layers]
    assert (ours.name, ours.dtype, ours.seed) == (loaded.name, loaded.dtype, 1)
    assert ours.compiled == loaded.compiled == ("later" in expected(name))
    if ours.compiled:
        assert repr(ours.optimizer) == repr(loaded.optimizer)
        a, b = ours.compiled_with, loaded.compiled_with
        assert (a.iteration, a.loss, a.metrics) == (b.iteration, b.loss, b.metrics)
        assert (a.slots is None) == (b.slots is None)
        assert a.slots is None or a.slots.tobytes() == b.slots.tobytes()


@pytest.mark.parametrize("name", TRAINED)
def test_fit_trains_the_model_where_keras_trained_it(name):
    theirs, arrays = stand_in.read(FILES[name]), expected(name)
    before = int(theirs.optimizer.variables[0].value)
    history = rnncomp.fit(theirs, arrays["x"], arrays["y"], **TRAINING)
    assert isinstance(history, stand_in.History)
    assert theirs.history is history
    assert set(history.history) == {"loss", "accuracy" if "words" in name else "mae"}
    assert len(history.history["loss"]) == len(history.epoch) == 2
    assert theirs.optimizer.variables[0].value == before + 6
    outputs = from_keras(theirs).predict(arrays["x"], verbose=0)
    assert_close(outputs, arrays["later"], k=36 * gradient_bound(WINDOW))
    again = from_keras(theirs)  # the state that was handed back is a whole one
    assert again.compiled_with.iteration == before + 6


def fitted(callbacks, **options):
    theirs, arrays = stand_in.read(FILES[NAME]), expected(NAME)
    given = {**TRAINING, "callbacks": callbacks, **options}
    return theirs, rnncomp.fit(theirs, arrays["x"], arrays["y"], **given)


def test_a_callback_of_keras_sees_its_model_up_to_date_and_changes_it():
    class Watcher(stand_in.Callback):
        def __init__(self):
            self.seen, self.batches = [], 0

        def on_train_batch_end(self, batch, logs=None):
            self.batches += 1

        def on_epoch_end(self, epoch, logs=None):
            self.seen.append(bits(self.model.get_weights()))
            logs["mine"] = epoch
            self.model.optimizer.learning_rate = 0.0
            self.model.stop_training = epoch == 3

    watcher = Watcher()
    theirs, history = fitted([watcher], epochs=9)
    assert history.history["mine"] == [0, 1, 2, 3] == history.epoch
    assert watcher.batches == 12
    assert watcher.params == {"verbose": 0, "epochs": 9, "steps": 3}
    # The rate of 0 was carried over: nothing moved after the first epoch.
    assert watcher.seen[0] == watcher.seen[-1] == bits(theirs.get_weights())
    assert watcher.seen[0] != bits(stand_in.read(FILES[NAME]).get_weights())
    assert float(np.asarray(theirs.optimizer.learning_rate)) == 0.0


def test_weights_that_a_callback_sets_are_taken_over_even_the_last_ones():
    class Restore(stand_in.Callback):
        def on_train_end(self, logs=None):
            self.model.set_weights([np.zeros_like(w) for w in self.model.get_weights()])

    theirs, _ = fitted([Restore()])
    assert all(not np.any(w) for w in theirs.get_weights())


def test_an_interrupt_hands_back_what_was_learned():
    class Stop(stand_in.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    theirs, arrays = stand_in.read(FILES[NAME]), expected(NAME)
    before = bits(theirs.get_weights())
    with pytest.raises(KeyboardInterrupt):
        rnncomp.fit(theirs, arrays["x"], arrays["y"], callbacks=[Stop()], **TRAINING)
    assert bits(theirs.get_weights()) != before
    assert int(theirs.optimizer.variables[0].value) == 9


def test_our_callbacks_see_our_model_beside_those_of_keras():
    seen = []

    class Ours(Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(type(self.model))

    fitted([Ours(), stand_in.Callback()])
    assert seen == [rnncomp.Sequential] * 2


def test_the_shuffles_follow_pythons_random_numbers():
    ends = []
    for seed in (1, 1, 2):
        random.seed(seed)
        theirs, _ = fitted(None, shuffle=True)
        ends.append(bits(theirs.get_weights()))
    assert ends[0] == ends[1] != ends[2]
    pair = [bits(fitted(None, shuffle=True, seed=5)[0].get_weights()) for _ in range(2)]
    assert pair[0] == pair[1]


def test_a_model_goes_to_keras_with_its_state(monkeypatch):
    theirs = stand_in.read(FILES[NAME])
    ours = from_keras(theirs)

    def made(entry):
        assert entry["class_name"] == "Sequential"
        blank = stand_in.read(FILES[NAME])
        blank.set_weights([np.zeros_like(w) for w in blank.get_weights()])
        for variable in blank.optimizer.variables:
            variable.assign(np.zeros(variable.shape))
        return blank

    sys.modules["keras"].saving.deserialize_keras_object = made
    back = ours.to_keras()
    assert bits(back.get_weights()) == bits(theirs.get_weights())
    assert bits(back.optimizer.variables) == bits(theirs.optimizer.variables)
    assert_close(
        ours.predict(expected(NAME)["x"], verbose=0), expected(NAME)["saved"], k=steps_bound(6)
    )


def test_keras_is_asked_for_by_name(monkeypatch):
    ours = from_keras(stand_in.read(FILES[NAME]))
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(MissingExtraError, match="to_keras needs Keras 3 and a backend"):
        ours.to_keras()
    stand_in.install(monkeypatch, "2.15.0")
    with pytest.raises(MissingExtraError, match=r"to_keras needs Keras 3, got 2\.15\.0"):
        ours.to_keras()
    with pytest.raises(InvalidArgumentError, match=r"got 'one of Keras 2\.15\.0'"):
        from_keras(stand_in.read(FILES[NAME]))


def test_other_things_are_refused_by_name():
    theirs, x, y = stand_in.read(FILES[NAME]), np.zeros((4, 6, 3)), np.zeros((4, 2))
    with pytest.raises(InvalidArgumentError, match="must be a model of Keras 3, got <rnncomp"):
        rnncomp.fit(from_keras(theirs), x, y)
    with pytest.raises(UnsupportedError, match="does not drive Keras's BackupAndRestore"):
        rnncomp.fit(theirs, x, y, callbacks=[stand_in.BackupAndRestore()])
    with pytest.raises(InvalidArgumentError, match="callbacks must be a list"):
        rnncomp.fit(theirs, x, y, callbacks=[3])
    with pytest.raises(InvalidArgumentError, match="is not compiled"):
        rnncomp.fit(stand_in.read(FILES["3.12.0/uncompiled.keras"]), x, y)
    theirs.built = False
    with pytest.raises(InvalidArgumentError, match="'sequential' has no weights yet"):
        from_keras(theirs)

    class Mine(stand_in.Model):
        pass

    mine = Mine(json.loads(json.dumps(theirs.entry)), {})
    with pytest.raises(UnsupportedError, match="a Mine of your own is not supported"):
        from_keras(mine)


def test_a_function_that_only_bears_a_name_of_keras_is_refused():
    def mean_squared_error(y_true, y_pred):
        return 0.0

    theirs = stand_in.read(FILES[NAME])
    theirs._compile_config = type("Chosen", (), {"config": {"loss": mean_squared_error}})
    with pytest.raises(UnsupportedError, match="loss holds 'mean_squared_error', a function"):
        from_keras(theirs)
    assert not from_keras(theirs, compile=False).compiled


def test_a_huber_keeps_the_delta_that_keras_leaves_out():
    theirs = stand_in.read(FILES[NAME])
    loss = {"module": "keras.losses", "class_name": "Huber", "config": {"name": "huber_loss"}}
    theirs.entry["compile_config"]["loss"] = loss
    theirs.loss = type("Huber", (), {"_fn_kwargs": {"delta": 0.25}})
    assert from_keras(theirs).compiled_with.loss.delta == 0.25
