"""Functional models that are a chain become one of ours; all others are refused by name."""

import copy
import io
import json
import zipfile

import pytest
from keras_archive import FILES

from rnncomp.convert.keras_config import read_model
from rnncomp.errors import InvalidArgumentError, UnsupportedError


def config_of(name):
    with zipfile.ZipFile(io.BytesIO(FILES[f"3.12.0/{name}.keras"])) as archive:
        return json.loads(archive.read("config.json"))


@pytest.fixture
def chain():
    return config_of("chain")


@pytest.fixture
def masked():
    return config_of("masked")


def entries(config):
    return {entry["name"]: entry for entry in config["config"]["layers"]}


def node(config, name):
    return entries(config)[name]["inbound_nodes"][0]


def test_a_chain_is_read_in_its_order_whatever_that_of_its_list(chain, masked):
    for config in (chain, masked):
        wanted = [layer.get_config() for layer in read_model(config, seed=1).layers]
        config["config"]["layers"].reverse()
        assert [layer.get_config() for layer in read_model(config, seed=1).layers] == wanted


def test_a_mask_is_the_one_that_its_layer_makes(masked):
    kinds = [type(layer).__name__ for layer in read_model(masked, seed=1).layers]
    assert kinds == ["Masking", "LSTM", "Bidirectional", "TimeDistributed", "GRU", "Dense"]


def other_value(config):
    node(config, "not_equal")["args"][1] = 3.0


def other_axis(config):
    entries(config)["any"]["config"]["axis"] = 0


def other_tensor(config):
    tensor = node(config, "not_equal")["args"][0]
    tensor["config"]["keras_history"][0] = "masking"


def no_masking(config):
    """What read the Masking reads the input, and is still told the mask."""
    layers = config["config"]["layers"]
    layers[:] = [entry for entry in layers if entry["class_name"] != "Masking"]
    for entry in layers:
        for one in entry["inbound_nodes"]:
            if one["args"] and one["args"][0]["config"]["keras_history"][0] == "masking":
                one["args"][0]["config"]["keras_history"][0] = config["config"]["input_layers"][0]


@pytest.mark.parametrize("change", [other_value, other_axis, other_tensor, no_masking])
def test_another_mask_is_refused(masked, change):
    change(masked)
    with pytest.raises(UnsupportedError, match="is called with a mask of its own"):
        read_model(masked, seed=1)


def two_outputs(config):
    config["config"]["output_layers"] = [["gru", 0, 0], ["dense", 0, 0]]


def two_calls(config):
    entries(config)["gru"]["inbound_nodes"] *= 2


def two_inputs(config):
    node(config, "gru")["args"] *= 2


def with_state(config):
    node(config, "gru")["kwargs"]["initial_state"] = node(config, "gru")["args"][0]


def in_training(config):
    node(config, "gru")["kwargs"]["training"] = True


def branch(config):
    extra = copy.deepcopy(entries(config)["gru"])
    extra["name"] = "branch"
    config["config"]["layers"].append(extra)


def second_tensor(config):
    node(config, "named")["args"][0]["config"]["keras_history"][2] = 1


def of_its_own(config):
    entries(config)["gru"]["module"] = "mine"


REFUSED = {
    two_outputs: "several output_layers",
    two_calls: "'gru' is called several times",
    two_inputs: "'gru' reads several inputs",
    with_state: "'gru' is called with 'initial_state'",
    in_training: "'gru' is called with 'training'=True",
    branch: "'branch' is not in the chain to the output",
    second_tensor: "is not supported; rnncomp has chains",
    of_its_own: "the layer 'mine.GRU' is not one of keras.layers",
}


@pytest.mark.parametrize("change", REFUSED, ids=lambda change: change.__name__)
def test_what_is_no_chain_is_refused(chain, change):
    change(chain)
    with pytest.raises(UnsupportedError, match=REFUSED[change]):
        read_model(chain, seed=1)


def loop(config):
    history = node(config, "gru")["args"][0]["config"]["keras_history"]
    history[0] = "gru"


def nobody(config):
    node(config, "gru")["args"][0]["config"]["keras_history"][0] = "nobody"


def twice(config):
    config["config"]["layers"].append(config["config"]["layers"][0])


@pytest.mark.parametrize("change", [loop, nobody, twice])
def test_what_describes_nothing_is_told_apart(chain, change):
    change(chain)
    with pytest.raises(ValueError, match=r"is not there, or twice|no name of its own") as caught:
        read_model(chain, seed=1)
    assert not isinstance(caught.value, InvalidArgumentError)
