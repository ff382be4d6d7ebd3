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


def layers(keras, config, **options):
    """Return Input, with these options if it takes the numbers of an Embedding, and layers."""
    embeds = config["layers"][0]["is"] == "layers.Embedding"
    shape = (config["window"],) if embeds else (config["window"], config["features"])
    given = keras.layers.Input(shape, **(options if embeds else {}))
    return [given, *make(keras, config["layers"])]


def shapes(model):
    """Return [(name, shape)] of the weights of a model."""
    named = [(w.name.rpartition("/")[2], tuple(w.shape)) for w in model.weights]
    return [(name, tuple(map(int, shape))) for name, shape in named]


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
