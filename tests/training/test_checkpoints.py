"""ModelCheckpoint and weights files: what is written, when, and what is read again."""

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError, ModelFileError, OutputError, UnsupportedError
from rnncomp.keras.callbacks import Callback, ModelCheckpoint
from rnncomp.keras.layers import GRU, Dense, Input
from rnncomp.keras.models import Sequential, load_model
from rnncomp.keras.optimizers import SGD, Adam, schedules
from rnncomp.training import fit as fit_module

X = np.random.default_rng(1).normal(size=(37, 6, 2)).astype(np.float32)
Y = np.random.default_rng(2).normal(size=37).astype(np.float32)


def model_of(optimizer=None, seed=5, units=4):
    model = Sequential([Input((6, 2)), GRU(units), Dense(1)], seed=seed)
    model.compile(optimizer or Adam(0.01), loss="mse")
    return model


def names_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_each_epoch_has_a_file_that_goes_on_from_there(tmp_path):
    checkpoint = ModelCheckpoint(tmp_path / "deep" / "{epoch:02d}-{val_loss:.3f}.safetensors")
    model = model_of()
    history = model.fit(X, Y, 8, 3, 0, [checkpoint], validation_split=0.25).history
    wanted = [f"deep/{i + 1:02d}-{v:.3f}.safetensors" for i, v in enumerate(history["val_loss"])]
    assert names_in(tmp_path) == wanted
    again = load_model(tmp_path / wanted[1])
    again.fit(X, Y, 8, 3, 0, initial_epoch=2, validation_split=0.25)
    assert again.network.params.tobytes() == model.network.params.tobytes()


def test_the_best_model_is_kept(tmp_path):
    path = tmp_path / "best.safetensors"
    model, best = model_of(SGD(0.5)), []

    class Watch(Callback):
        def on_epoch_end(self, epoch, logs=None):
            best.append((logs["val_loss"], self.model.network.params.tobytes()))

    checkpoint = ModelCheckpoint(path, save_best_only=True)
    model.fit(X, Y, 8, 12, 0, [Watch(), checkpoint], validation_split=0.25)
    assert min(best)[1] != best[-1][1]  # else this proves nothing
    assert load_model(path).network.params.tobytes() == min(best)[1]
    assert checkpoint.best == min(best)[0]


def test_batches_are_counted_over_epochs(tmp_path):
    given = [ModelCheckpoint(tmp_path / "{epoch}-{batch}.safetensors", save_freq=3)]
    model_of().fit(X, Y, 8, 2, 0, given)  # five batches an epoch
    assert names_in(tmp_path) == ["1-3.safetensors", "2-1.safetensors", "2-4.safetensors"]


@pytest.mark.parametrize(("save_freq", "calls"), [("epoch", 1), (5, 5)])
def test_only_a_checkpoint_of_batches_cuts_an_epoch(tmp_path, monkeypatch, save_freq, calls):
    class Subclass(ModelCheckpoint):
        pass

    seen, one_call = [], fit_module.Fit._call

    def counted(self, rows, size, threads, **epochs):
        seen.append(size)
        return one_call(self, rows, size, threads, **epochs)

    monkeypatch.setattr(fit_module.Fit, "_call", counted)
    given = [Subclass(tmp_path / "a.safetensors", save_freq=save_freq)]
    model_of().fit(X, Y, 8, 1, 0, given)
    assert len(seen) == calls


def test_weights_alone_are_saved_and_loaded_with_the_optimizers_state(tmp_path):
    path = tmp_path / "a.weights.safetensors"
    model, again, plain = model_of(), model_of(Adam(0.5), seed=9), model_of()
    model.fit(X, Y, 8, 3, 0, [ModelCheckpoint(path, save_weights_only=True)])
    again.load_weights(path)
    again.seed = model.seed
    again.fit(X, Y, 8, 2, 0)
    plain.fit(X, Y, 8, 5, 0)
    assert again.network.params.tobytes() == plain.network.params.tobytes()
    assert again.optimizer.learning_rate == 0.01


def test_a_model_that_is_not_compiled_takes_weights(tmp_path):
    model = model_of()
    model.save_weights(tmp_path / "a.safetensors")
    other = Sequential([Input((6, 2)), GRU(4), Dense(1)], seed=7)
    other.load_weights(tmp_path / "a.safetensors")
    assert other.network.params.tobytes() == model.network.params.tobytes()
    rms = model_of("rmsprop", seed=7)
    with pytest.warns(UserWarning, match="the weights alone were loaded: another optimizer"):
        rms.load_weights(tmp_path / "a.safetensors")
    assert rms.network.params.tobytes() == model.network.params.tobytes()


def test_weights_of_other_layers_change_nothing(tmp_path):
    model_of(units=3).save_weights(tmp_path / "a.safetensors")
    model = model_of()
    before = model.network.params.tobytes()
    with pytest.raises(ModelFileError, match=r"its weights must be those of the model's layers; "):
        model.load_weights(tmp_path / "a.safetensors")
    assert model.network.params.tobytes() == before


def test_an_accuracy_is_to_rise_and_a_loss_to_fall(tmp_path):
    path = tmp_path / "{epoch}.safetensors"
    model = Sequential([Input((6, 2)), GRU(4), Dense(1, activation="sigmoid")], seed=5)
    model.compile(SGD(0.1), loss="binary_crossentropy", metrics=["accuracy"])
    for monitor, saved in (("accuracy", ["1", "2"]), ("loss", ["1", "3"])):
        checkpoint = ModelCheckpoint(path, monitor, save_best_only=True)
        checkpoint.set_model(model)
        checkpoint.on_train_begin()
        for epoch, value in enumerate((0.5, 0.75, 0.25)):
            checkpoint.on_epoch_end(epoch, {monitor: value})
        assert names_in(tmp_path) == [f"{name}.safetensors" for name in saved]
        for file in tmp_path.iterdir():
            file.unlink()


@pytest.mark.parametrize("ending", [".keras", ".weights.h5"])
def test_keras_files_are_written_through_their_doors(tmp_path, ending):
    pytest.importorskip("h5py")
    path, weights = tmp_path / f"{{epoch}}{ending}", ending != ".keras"
    model = model_of(SGD(schedules.ExponentialDecay(0.1, 5, 0.5), momentum=0.5))
    model.fit(X, Y, 8, 2, 0, [ModelCheckpoint(path, save_weights_only=weights)])
    last = tmp_path / f"2{ending}"
    again = model_of(SGD(schedules.ExponentialDecay(0.1, 5, 0.5), momentum=0.5), seed=9)
    again = again if weights else load_model(last)
    if weights:
        again.load_weights(last)
    assert again.network.params.tobytes() == model.network.params.tobytes()
    assert again.optimizer.learning_rate == model.optimizer.learning_rate == 0.025


def test_options_of_weights_files_are_refused_by_name(tmp_path):
    path, model = tmp_path / "a.safetensors", model_of()
    with pytest.raises(UnsupportedError, match="max_shard_size=5"):
        model.save_weights(path, max_shard_size=5)
    model.save_weights(path)
    with pytest.raises(OutputError, match="exists already"):
        model.save_weights(path, overwrite=False)
    with pytest.raises(UnsupportedError, match="skip_mismatch=True"):
        model.load_weights(path, skip_mismatch=True)
    with pytest.raises(InvalidArgumentError, match="no argument 'by_name'"):
        model.load_weights(path, by_name=True)


def test_a_model_that_diverged_leaves_the_last_file(tmp_path):
    path, model = tmp_path / "a.safetensors", model_of(SGD(1e38))
    model.save(path)
    before = path.read_bytes()
    with pytest.warns(UserWarning, match="ModelCheckpoint: .*holds NaN or infinity"):
        history = model.fit(X, Y, 8, 2, 0, [ModelCheckpoint(path)])
    assert path.read_bytes() == before
    assert len(history.epoch) == 2


def test_a_number_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "a.safetensors"
    with pytest.warns(UserWarning, match="ModelCheckpoint monitors 'val_loss', which this fit"):
        model_of().fit(X, Y, 8, 1, 0, [ModelCheckpoint(path, save_best_only=True)])
    assert path.exists()  # as Keras does
    with pytest.raises(
        InvalidArgumentError, match=r"cannot be filled in .*this fit gives epoch, l"
    ):
        model_of().fit(X, Y, 8, 1, 0, [ModelCheckpoint(tmp_path / "{mae}.safetensors")])
    best = ModelCheckpoint(path, monitor="mae", save_best_only=True)
    with pytest.raises(UnsupportedError, match="ModelCheckpoint cannot tell whether 'mae'"):
        model_of().fit(X, Y, 8, 1, 0, [best])


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"filepath": "a.h5"}, r"end it in .safetensors or .keras"),
        ({"filepath": "a.keras", "save_weights_only": True}, r".safetensors or .weights.h5"),
        ({"filepath": "a.weights.h5"}, r"end it in .safetensors or .keras"),
        ({"filepath": "a.safetensors", "save_freq": 0}, "save_freq must be an integer"),
        ({"filepath": "a.safetensors", "save_freq": "batch"}, "or pass 'epoch'"),
        ({"filepath": "a.safetensors", "save_best_only": 1}, "save_best_only"),
        ({"filepath": "a.safetensors", "initial_value_threshold": "x"}, "initial_value_thresh"),
    ],
)
def test_bad_arguments_are_refused(arguments, match):
    with pytest.raises((InvalidArgumentError, UnsupportedError), match=match):
        ModelCheckpoint(**arguments)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"file/a.safetensors: cannot be written \("):
        model_of().fit(X, Y, 8, 1, 0, [ModelCheckpoint(tmp_path / "file" / "a.safetensors")])
