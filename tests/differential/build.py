"""Make objects of Keras, or of rnncomp, which has the same names, from plain data."""

from differential.given import STATES


def make(keras, value):
    """Return the object that `value` stands for; `keras` is the package, ours or theirs."""
    if isinstance(value, list):
        return [make(keras, item) for item in value]
    if not isinstance(value, dict) or "is" not in value:
        return value
    found = keras
    for word in value["is"].split("."):
        found = getattr(found, word)
    return found(**{key: make(keras, item) for key, item in value.items() if key != "is"})


def layers(keras, config, **options):
    """Return Input, with these options, and layers."""
    shape = (config["window"],) if embeds(config) else (config["window"], config["features"])
    return [keras.layers.Input(shape, **options), *make(keras, config["layers"])]


def embeds(config):
    """Return whether the first layer reads the numbers of rows of a table."""
    return config["layers"][0]["is"] == "layers.Embedding"


def with_option(value, option):
    """Return plain data in which each recurrent layer has `option` switched on."""
    if isinstance(value, list):
        return [with_option(item, option) for item in value]
    if not isinstance(value, dict):
        return value
    own = {option: True} if value.get("is", "").removeprefix("layers.") in STATES else {}
    return {key: with_option(item, option) for key, item in value.items()} | own


def shapes(model):
    """Return [(name, shape)] of the weights of a model."""
    named = [(w.name.rpartition("/")[2], tuple(w.shape)) for w in model.weights]
    return [(name, tuple(map(int, shape))) for name, shape in named]


def giving_states(config):
    """Return the layers, to give last states; a Bidirectional that keeps them cannot in Keras."""
    silent = ("layers.Bidirectional",) if config["stateful"] else ()
    layers = config["layers"]
    return [p if p["is"] in silent else with_option(p, "return_state") for p in layers]


COMPILED = ("optimizer", "loss", "metrics", "weighted_metrics")


def compile_arguments(keras, config):
    """Return the arguments of compile."""
    return {name: make(keras, config[name]) for name in COMPILED}


def fit_arguments(config):
    """Return the arguments of fit beside data and weights, for the whole training."""
    return {
        "batch_size": config["batch_size"],
        "epochs": config["epochs"],
        "shuffle": False,
        "verbose": 0,
    }


def first_layers(config, count):
    """Return the configuration with its first layers alone, to see where a difference begins."""
    whole = count == len(config["layers"])
    return config if whole else {**config, "layers": config["layers"][:count], "trains": False}
