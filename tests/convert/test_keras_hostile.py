"""Files that were tampered with are refused by named errors, with nothing imported, run or filled.

Every case takes a sound file apart, changes one thing, and says what the error must name.
"""

import io
import json
import struct
import tracemalloc
import zipfile

import h5py
import numpy as np
import pytest

from rnncomp import GRU, LSTM, Dense, Input, Sequential, load_model
from rnncomp.errors import ModelFileError, UnsupportedError

MEMBERS = ("metadata.json", "config.json", "model.weights.h5")
SEEN = []  # what code in a file would leave behind


def sound_model():
    layers = [Input((4, 2)), LSTM(3, return_sequences=True), GRU(2), Dense(1)]
    model = Sequential(layers, seed=1)
    model.compile("adam", "mse", metrics=["mae"])
    return model


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The members of a sound file."""
    path = tmp_path_factory.mktemp("sound") / "m.keras"
    sound_model().save(path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in MEMBERS}


def packed(members, *, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def refusal(data, folder, name="m.keras", compile=True):
    path = folder / name
    path.write_bytes(data)
    with pytest.raises((ModelFileError, UnsupportedError)) as caught:
        load_model(path, compile=compile)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(str(path))
    return message


# The archive

ARCHIVES = {
    "empty": (lambda m: b"", "File is not a zip file"),
    "no zip": (lambda m: b"PK" * 500, "File is not a zip file"),
    "cut short": (lambda m: packed(m.items())[:-500], "not a sound Keras file"),
    "zip slip": (
        lambda m: packed([*m.items(), ("../../etc/passwd", b"x")]),
        "its member '../../etc/passwd' is none of",
    ),
    "absolute": (lambda m: packed([*m.items(), ("/tmp/x", b"x")]), "its member '/tmp/x' is none"),
    "other members": (lambda m: packed([*m.items(), ("run.py", b"x")]), "'run.py' is none of"),
    "nothing missing": (lambda m: packed(list(m.items())[:2]), "and holds"),
    "bomb": (
        lambda m: packed(
            [*list(m.items())[:2], (MEMBERS[2], bytes(1 << 24))], compression=zipfile.ZIP_DEFLATED
        ),
        "is compressed, which Keras never does",
    ),
    "large text": (
        lambda m: packed([(MEMBERS[0], b" " * 5_000_000), *list(m.items())[1:]]),
        "'metadata.json' has 5,000,000 bytes, over 4,000,000",
    ),
    "many members": (
        lambda m: packed([(f"{i:0200}", b"") for i in range(1000)]),
        "its list of members takes",
    ),
    "flipped bit": (lambda m: packed(m.items()).replace(b"lstm", b"lstn", 1), "Bad CRC-32"),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_a_hostile_archive_is_refused(case, sound, tmp_path):
    tamper, said = ARCHIVES[case]
    assert said in refusal(tamper(sound), tmp_path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_is_refused(sound, tmp_path):
    twice = [*sound.items(), (MEMBERS[1], sound[MEMBERS[1]])]
    assert "once" in refusal(packed(twice), tmp_path)


def test_an_encrypted_member_is_refused(sound, tmp_path):
    data = bytearray(packed(sound.items()))
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    assert "is encrypted" in refusal(bytes(data), tmp_path)


def test_a_size_that_is_a_lie_is_refused(sound, tmp_path):
    """A stored member that claims more than the file has takes no memory for it."""
    data = bytearray(packed(sound.items()))
    at = data.rindex(b"PK\x01\x02")
    data[at + 20 : at + 28] = struct.pack("<II", 1 << 31, 1 << 31)
    tracemalloc.start()
    refusal(bytes(data), tmp_path)
    assert tracemalloc.get_traced_memory()[1] < 1 << 24
    tracemalloc.stop()


# The configuration


def changed(sound, change):
    config = json.loads(sound[MEMBERS[1]])
    result = change(config)
    text = result if isinstance(result, (str, bytes)) else json.dumps(config)
    return packed({**sound, MEMBERS[1]: text}.items())


def layer(config, index=1):
    return config["config"]["layers"][index]


def around(config, name, inner):
    """Put another layer around the first one."""
    layer(config).update(class_name=name, config={"name": "x", "layer": inner})


def nested(depth):
    inner = {"class_name": "Dense", "module": "keras.layers", "config": {"units": 1}}
    for _ in range(depth):
        config = {"layer": inner}
        inner = {"class_name": "TimeDistributed", "module": "keras.layers", "config": config}
    return inner


def code():
    """Code as Keras keeps a lambda; running it would be seen."""
    return {"class_name": "__lambda__", "config": {"value": ["41QCAAAA", None, None]}}


CONFIGS = {
    "no json": (lambda c: "{", "config.json cannot be read"),
    "deep": (lambda c: "[" * 100_000, "config.json is nested too deep"),
    "no object": (lambda c: "[]", "describes no model"),
    "nan": (lambda c: '{"a": NaN}', "'NaN' is not finite"),
    "twice": (lambda c: '{"a": 1, "a": 2}', "'a' stands there twice"),
    "other model": (lambda c: c.update(class_name="Model"), "a model of the class 'Model'"),
    "own model": (
        lambda c: c.update(module="evil", registered_name="evil>Model"),
        "the model 'evil>Model' is not one of keras, and code of one's own is never loaded",
    ),
    "unknown layer": (
        lambda c: layer(c).update(class_name="Conv1D"),
        "the layer 'Conv1D' of Keras is not supported",
    ),
    "lambda layer": (
        lambda c: layer(c).update(class_name="Lambda", config={"function": code()}),
        "the layer 'Lambda' of Keras is not supported",
    ),
    "own layer": (
        lambda c: layer(c).update(module="os", class_name="system", registered_name="os>system"),
        "the layer 'os>system' is not one of keras.layers",
    ),
    "registered name": (
        lambda c: layer(c).update(registered_name="my>LSTM"),
        "the layer 'my>LSTM' is not one of keras.layers",
    ),
    "lambda in a layer around": (
        lambda c: around(c, "TimeDistributed", {"class_name": "Lambda", "config": {}}),
        "the layer 'None.Lambda' is not one of keras.layers",
    ),
    "layers in layers in layers": (
        lambda c: around(c, "TimeDistributed", nested(400)),
        "the layer 'TimeDistributed' of Keras is not supported in a TimeDistributed",
    ),
    "an input inside": (
        lambda c: around(c, "Bidirectional", c["config"]["layers"][0]),
        "the layer 'InputLayer' of Keras is not supported in a Bidirectional",
    ),
    "lambda activation": (
        lambda c: layer(c)["config"].update(activation=code()),
        "activation='__lambda__' is not supported",
    ),
    "own initializer": (
        lambda c: layer(c)["config"]["kernel_initializer"].update(module="builtins"),
        "the initializer 'builtins.GlorotUniform' is not one of keras.initializers",
    ),
    "own dtype": (
        lambda c: layer(c)["config"].update(dtype=code()),
        "the dtype policy 'None.__lambda__' is not one of keras",
    ),
    "half precision": (
        lambda c: layer(c)["config"]["dtype"]["config"].update(name="mixed_float16"),
        "LSTM does not support dtype='mixed_float16'",
    ),
    "frozen": (lambda c: layer(c)["config"].update(trainable=False), "trainable=False"),
    "own argument": (lambda c: layer(c)["config"].update(evil=1), "LSTM has no argument 'evil'"),
    "bad units": (lambda c: layer(c)["config"].update(units="all"), "units must be an integer"),
    "no layers": (lambda c: c["config"].update(layers=[]), "a model needs 1 to 1000 layers"),
    "many layers": (
        lambda c: c["config"].update(layers=[layer(c)] * 1001),
        "a model needs 1 to 1000 layers",
    ),
    "no input": (lambda c: c["config"]["layers"].pop(0), "its first layer is no InputLayer"),
    "broken order": (
        lambda c: layer(c)["config"].update(return_sequences=False),
        "reads a sequence",
    ),
    "a billion units": (
        lambda c: layer(c)["config"].update(units=1 << 30),
        "a network may have at most 2,147,483,647 parameters",
    ),
    "many units": (
        lambda c: layer(c)["config"].update(units=20_000),
        "bytes, and it holds",
    ),
    "other units": (
        lambda c: layer(c)["config"].update(units=4),
        "layers/lstm/cell/vars/0 must be an array of float32 of shape (2, 16) and is of",
    ),
    "own optimizer": (
        lambda c: c["compile_config"]["optimizer"].update(module="evil"),
        "the optimizer 'evil.Adam' is not one of keras.optimizers, and code of one's own is never "
        "loaded; build it from keras.optimizers; or load it with compile=False",
    ),
    "own loss": (
        lambda c: c["compile_config"].update(loss={"class_name": "function", "config": "f"}),
        "the loss 'f' is a function of your own, and code is never loaded",
    ),
    "a package's loss": (
        lambda c: c["compile_config"].update(
            loss={"module": "builtins", "class_name": "function", "config": "my>loss"}
        ),
        "the loss 'my>loss' is a function of your own",
    ),
    "a loss by its name": (
        lambda c: c["compile_config"].update(
            loss={"module": "builtins", "class_name": "function", "config": "my_loss"}
        ),
        "loss must be one of",
    ),
    "own metric": (
        lambda c: c["compile_config"].update(metrics=[code()]),
        "the metric 'None.__lambda__' is not one of keras.metrics",
    ),
    "other loss": (lambda c: c["compile_config"].update(loss="tversky"), "loss='tversky'"),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_a_hostile_configuration_is_refused(case, sound, tmp_path):
    change, said = CONFIGS[case]
    message = refusal(changed(sound, change), tmp_path)
    assert said in message
    assert SEEN == []


def test_a_file_of_keras_2_is_refused_by_name(sound, tmp_path):
    old = json.dumps({"keras_version": "2.15.0"})
    assert "a file of Keras '2.15.0'" in refusal(
        packed({**sound, MEMBERS[0]: old}.items()), tmp_path
    )


# The weights


def tampered(sound, change):
    """Return a .keras file whose weights `change` got as an open HDF5 file."""
    data = io.BytesIO(sound[MEMBERS[2]])
    with h5py.File(data, "a") as file:
        change(file)
    return packed({**sound, MEMBERS[2]: data.getvalue()}.items())


def replaced(path, **how):
    """Return a change that puts another dataset in the place of one."""

    def change(file):
        old = file[path][()]
        del file[path]
        file.create_dataset(path, **{"data": old, **how})

    return change


KERNEL = "layers/lstm/cell/vars/0"


def linked(link):
    def change(file):
        del file[KERNEL]
        file[KERNEL] = link

    return change


def virtual(file):
    layout = h5py.VirtualLayout((2, 12), "float32")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (2, 12))
    del file[KERNEL]
    file.create_virtual_dataset(KERNEL, layout)


def external(file):
    del file[KERNEL]
    file.create_dataset(KERNEL, (2, 12), "float32", external=[("/etc/passwd", 0, 96)])


def unwritten(file):
    """A dataset that declares numbers and stores none."""
    del file[KERNEL]
    file.create_dataset(KERNEL, (2, 12), "float32", chunks=(1, 1))


WEIGHTS = {
    "external link": (linked(h5py.ExternalLink("/etc/passwd", "/x")), "is a link to another place"),
    "soft link": (linked(h5py.SoftLink("/layers/lstm/cell/vars/1")), "is a link to another place"),
    "external data": (external, "is not stored in the file as plain numbers"),
    "virtual data": (virtual, "is not stored in the file as plain numbers"),
    "unwritten data": (unwritten, "is not stored in the file as plain numbers"),
    "compressed data": (
        replaced(KERNEL, compression="gzip"),
        "is not stored in the file as plain numbers",
    ),
    "other precision": (replaced(KERNEL, dtype="float64"), "and is of float64, (2, 12)"),
    "text": (replaced(KERNEL, data=np.full((2, 12), b"x")), "and is of |S1, (2, 12)"),
    "objects": (
        replaced(KERNEL, data="x", dtype=h5py.string_dtype()),
        "must be an array of float32 of shape (2, 12) and is of object, ()",
    ),
    "other shape": (replaced(KERNEL, data=np.zeros((12, 2), "f4")), "of float32, (12, 2)"),
    "nan": (replaced(KERNEL, data=np.full((2, 12), np.nan, "f4")), "holds NaN or infinity"),
    "absent": (lambda f: f.__delitem__("layers/gru"), "must hold 3 weights and holds 0"),
    "a group": (
        lambda f: (f.__delitem__(KERNEL), f.create_group(KERNEL)),
        "must be an array of float32 of shape (2, 12) and is a group",
    ),
    "one more weight": (
        lambda f: f.create_dataset("layers/dense/vars/2", data=np.zeros(3)),
        "layers/dense/vars must hold 2 weights and holds 3",
    ),
    "one more layer": (
        lambda f: f.create_dataset("layers/dense_1/vars/0", data=np.zeros(3)),
        "there is 'layers/dense_1' in it, and no such layer in the model",
    ),
    "a linked group": (
        lambda f: (f.move("layers/gru", "x"), f.__setitem__("layers/gru", h5py.SoftLink("/x"))),
        "is a link to another place",
    ),
    "negative iterations": (
        replaced("optimizer/vars/0", data=np.int32(-1)),
        "iterations must be an integer of at least 0, got -1",
    ),
    "another optimizer's": (
        replaced("optimizer/vars/5", data=np.zeros(7, "f4")),
        "optimizer/vars/5 must be an array of float32 of shape",
    ),
}


@pytest.mark.parametrize("case", WEIGHTS)
def test_hostile_weights_are_refused(case, sound, tmp_path):
    change, said = WEIGHTS[case]
    assert said in refusal(tampered(sound, change), tmp_path)


@pytest.mark.parametrize("case", [case for case in WEIGHTS if "optim" not in case])
def test_hostile_weights_files_change_nothing(case, sound, tmp_path):
    change, said = WEIGHTS[case]
    data = io.BytesIO(sound[MEMBERS[2]])
    with h5py.File(data, "a") as file:
        change(file)
    path = tmp_path / "m.weights.h5"
    path.write_bytes(data.getvalue())
    model = sound_model()
    before = model.network.params.tobytes()
    with pytest.raises(ModelFileError) as caught:
        model.load_weights(path)
    assert said in str(caught.value)
    assert model.network.params.tobytes() == before


@pytest.mark.parametrize("data", [b"", b"\x89HDF\r\n\x1a\n" + bytes(500), b"text"])
def test_what_is_no_hdf5_is_refused(data, sound, tmp_path):
    broken = packed({**sound, MEMBERS[2]: data}.items())
    assert "no HDF5 file" in refusal(broken, tmp_path) or len(data) > 8


def test_every_cut_of_a_weights_file_is_refused_or_whole(sound, tmp_path):
    """HDF5 keeps its structure all over the file: a cut anywhere must end in a named error."""
    whole = sound[MEMBERS[2]]
    for size in range(0, len(whole), 997):
        refusal(packed({**sound, MEMBERS[2]: whole[:size]}.items()), tmp_path)


def noisy(data, seed):
    """Yield copies of `data` in which three bytes are others."""
    rng = np.random.default_rng(seed)
    for _ in range(300):
        copy = bytearray(data)
        for at in rng.integers(0, len(data), 3):
            copy[at] = rng.integers(0, 256)
        yield bytes(copy)


def complaint(load, path):
    """Return what a load says, the path itself if it finds nothing to say."""
    try:
        load(path)
    except (ModelFileError, UnsupportedError) as error:
        return str(error)
    return str(path)


def test_noise_in_a_file_is_refused_or_harmless(sound, tmp_path):
    path = tmp_path / "m.keras"
    for data in noisy(packed(sound.items()), 1):
        path.write_bytes(data)
        assert complaint(load_model, path).startswith(str(path))


def test_noise_in_weights_is_refused_or_harmless(sound, tmp_path):
    path, model = tmp_path / "m.weights.h5", sound_model()
    for data in noisy(sound[MEMBERS[2]], 2):
        path.write_bytes(data)
        assert complaint(model.load_weights, path).startswith(str(path))
