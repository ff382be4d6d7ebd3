"""The makers need real Keras; they are run by hand and only hashed here."""

collect_ignore = [
    "make_activations.py",
    "make_classifier.py",
    "make_fixtures.py",
    "make_initializers.py",
    "make_regularizers.py",
    "make_losses.py",
    "make_optimizers.py",
]
