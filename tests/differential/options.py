"""The tables of all options, in Keras's words: an option, or a value of one, is one entry.

A value is plain data. A mapping with the key "is" stands for an object of Keras by its dotted name,
with its arguments: {"is": "optimizers.SGD", "momentum": 0.5}. Learning rates and the like are
powers of two, which float32 holds exactly.
"""

# fmt: off
ACTIVATIONS = (
    "celu", "elu", "exponential", "gelu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh",
    "leaky_relu", "linear", "log_sigmoid", "mish", "relu", "relu6", "selu", "sigmoid", "silu",
    "soft_shrink", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "squareplus", "tanh",
    "tanh_shrink",
)
# fmt: on

PENALTIES = (
    "l1",
    "l2",
    {"is": "regularizers.L1", "l1": 2.0**-8},
    {"is": "regularizers.L2", "l2": 2.0**-5},
    {"is": "regularizers.L1L2", "l1": 2.0**-9, "l2": 2.0**-6},
)
WEIGHTS = {
    "use_bias": (False, True),
    "kernel_regularizer": PENALTIES,
    "bias_regularizer": PENALTIES,
}
CELL = {
    "activation": ACTIVATIONS,
    **WEIGHTS,
    "recurrent_regularizer": PENALTIES,
    "go_backwards": (True,),
    "unroll": (True,),
    "dropout": (0.25,),
    "recurrent_dropout": (0.5,),
}
GATED = {**CELL, "recurrent_activation": ACTIVATIONS}

LAYERS = {
    "SimpleRNN": CELL,
    "LSTM": GATED,
    "GRU": {**GATED, "reset_after": (False, True)},
    "Dense": {"activation": ACTIVATIONS, **WEIGHTS},
}
FRONTS = ("Masking", "Embedding")
RECURRENT = ("SimpleRNN", "LSTM", "GRU")
DROPS = ("dropout", "recurrent_dropout", "rate")  # what has them is passed through, not trained

# Words that rnncomp does not have yet: a configuration with one of them is passed over.
PENDING = ()

# Layers around those: what they are made with is drawn in draw.py.
AROUND = {
    "Masking": {"mask_value": (0.25, -1.0)},
    "Embedding": {"mask_zero": (True,), "embeddings_regularizer": PENALTIES},
    "Bidirectional": {"merge_mode": ("sum", "mul", "ave", "concat")},
    "Activation": {"activation": ACTIVATIONS},
    "Dropout": {"rate": (0.25, 0.5)},
}

REDUCED = {"reduction": ("sum", "mean", "mean_with_sample_weight")}
PROBABLE = {**REDUCED, "from_logits": (True,)}
SMOOTHED = {**PROBABLE, "label_smoothing": (0.25,)}

# Loss -> the kind of its targets, and its options. Of those with arguments the class is named.
LOSSES = {
    "mse": ("any", {}),
    "mae": ("any", {}),
    "log_cosh": ("any", {}),
    "mean_squared_logarithmic_error": ("positive", {}),
    "MeanSquaredError": ("any", REDUCED),
    "MeanAbsoluteError": ("any", REDUCED),
    "MeanAbsolutePercentageError": ("positive", REDUCED),
    "MeanSquaredLogarithmicError": ("positive", REDUCED),
    "Huber": ("any", {**REDUCED, "delta": (0.25, 0.5)}),
    "LogCosh": ("any", REDUCED),
    "BinaryCrossentropy": ("binary", SMOOTHED),
    "CategoricalCrossentropy": ("onehot", SMOOTHED),
    "SparseCategoricalCrossentropy": ("classes", PROBABLE),
}

# Kind of targets -> activations of the last layer, which must give probabilities; None: of any.
HEADS = {"any": None, "positive": None, "binary": ("sigmoid",)}
HEADS |= {"onehot": ("softmax", "sigmoid"), "classes": ("softmax", "sigmoid")}

ERRORS = (
    "mse",
    "mae",
    "mean_squared_error",
    "mean_absolute_error",
    {"is": "metrics.RootMeanSquaredError"},
    {"is": "metrics.LogCoshError"},
    {"is": "metrics.CosineSimilarity"},
)
METRICS = {
    "any": ERRORS,
    "positive": (*ERRORS, "mape", "msle"),
    "binary": (
        "accuracy",
        "mse",
        "binary_crossentropy",
        {"is": "metrics.BinaryAccuracy", "threshold": 0.375},
        {"is": "metrics.BinaryCrossentropy", "label_smoothing": 0.25},
    ),
    "onehot": (
        "accuracy",
        "mae",
        "categorical_crossentropy",
        {"is": "metrics.CategoricalAccuracy"},
        {"is": "metrics.TopKCategoricalAccuracy", "k": 2},
    ),
    "classes": (
        "accuracy",
        "sparse_categorical_crossentropy",
        {"is": "metrics.SparseCategoricalAccuracy"},
        {"is": "metrics.SparseTopKCategoricalAccuracy", "k": 2},
    ),
}


def schedule(name, **arguments):
    return {"is": f"optimizers.schedules.{name}", **arguments}


def rates(low, high):
    """Return learning rates, and each schedule of Keras with and without its options."""
    start = {"initial_learning_rate": high}
    falls = {**start, "decay_steps": 7, "decay_rate": 0.875}
    warm = {"warmup_target": high, "warmup_steps": 9}
    cosine = {"initial_learning_rate": low, "decay_steps": 80}
    # Restarts at 17 and 51. A third one, at 7 times the first, Keras finds by a quotient of
    # logarithms that is 3 or just below it, as the last bit has it.
    waves = {**start, "first_decay_steps": 17}
    line = {**start, "decay_steps": 33, "end_learning_rate": low}
    return (
        low,
        high,
        schedule("ExponentialDecay", **falls),
        schedule("ExponentialDecay", **falls, staircase=True),
        schedule("InverseTimeDecay", **falls),
        schedule("InverseTimeDecay", **falls, staircase=True),
        schedule("PolynomialDecay", **line),
        schedule("PolynomialDecay", **line, power=2.0, cycle=True),
        schedule("PiecewiseConstantDecay", boundaries=[3, 40], values=[high, low, high]),
        schedule("CosineDecay", **cosine, alpha=0.25),
        schedule("CosineDecay", **cosine, **warm),
        schedule("CosineDecayRestarts", **waves),
        schedule("CosineDecayRestarts", **waves, t_mul=1.5, m_mul=0.75, alpha=0.125),
    )


SLOW, FAST = rates(2.0**-10, 2.0**-8), rates(2.0**-7, 2.0**-5)
DECAY = {"weight_decay": (2.0**-6, 2.0**-3)}
MOMENTS = {
    "learning_rate": SLOW,
    "beta_1": (0.5, 0.875),
    "beta_2": (0.75, 0.96875),
    "epsilon": (1e-3, 1e-5),
    **DECAY,
}
OPTIMIZERS = {
    "SGD": {
        "learning_rate": FAST,
        "momentum": (0.5, 0.875),
        "nesterov": (True,),
        **DECAY,
    },
    "RMSprop": {
        "learning_rate": SLOW,
        "rho": (0.5, 0.875),
        "momentum": (0.5, 0.75),
        "epsilon": (1e-3, 1e-5),
        "centered": (True,),
        **DECAY,
    },
    "Adagrad": {
        "learning_rate": FAST,
        "initial_accumulator_value": (0.0, 0.5),
        "epsilon": (1e-3, 1e-5),
        **DECAY,
    },
    "Adam": {**MOMENTS, "amsgrad": (True,)},
    "AdamW": {**MOMENTS, "amsgrad": (True,)},
    "Nadam": MOMENTS,
}
# How many of the configurations that may have an option do, where it is not half of them; a rate is
# always given, as with Keras's own too little is learned.
SHARES = {"learning_rate": 1.0, "unroll": 0.05, "go_backwards": 0.15}
SHARES |= {"dropout": 0.04, "recurrent_dropout": 0.04, "embeddings_regularizer": 0.2}
SHARES |= dict.fromkeys(("kernel_regularizer", "recurrent_regularizer", "bias_regularizer"), 0.2)
CLIPS = {"clipnorm": (0.125, 0.5), "clipvalue": (0.03125, 0.125), "global_clipnorm": (0.25, 0.5)}

SIZES = tuple(range(2, 15))  # features, window and units: all differ
LARGE = (17, 33)  # now and then: over the width of a vector, and of a tile
BATCHES = (1, 3, 5, 16, 17, 33)
STEPS_AN_EPOCH = (4, 5, 10)
SAMPLES = (7, 19)  # of the forward and backward pass
