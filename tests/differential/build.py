"""Make objects of Keras, or of rnncomp, which has the same names, from plain data."""


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


def layers(keras, config):
    """Return Input and layers."""
    shape = config["window"], config["features"]
    return [keras.layers.Input(shape), *make(keras, config["layers"])]


def shapes(model):
    """Return [(name, shape)] of the weights of a model."""
    named = [(w.name.rpartition("/")[2], tuple(w.shape)) for w in model.weights]
    return [(name, tuple(map(int, shape))) for name, shape in named]


def fit_arguments(config):
    """Return the arguments of fit beside data, for the whole training."""
    return {
        "batch_size": config["batch_size"],
        "epochs": config["epochs"],
        "shuffle": False,
        "verbose": 0,
    }


def first_layers(config, count):
    """Return the configuration with its first layers alone, to see where a difference begins."""
    return {**config, "layers": config["layers"][:count]}
