"""Record the public names of Keras, the constructors of its classes, the methods of its models.

    KERAS_BACKEND=jax python tests/keras/make_names.py     # in an environment with keras and jax

Writes fixtures/names.json: {module: {name: {argument: [default], or [] if there is none}}}, null
for what is no class; and the names of Sequential's methods.
"""

import hashlib
import inspect
import json
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras

MODULES = {
    "layers": keras.layers,
    "losses": keras.losses,
    "metrics": keras.metrics,
    "optimizers": keras.optimizers,
    "optimizers.schedules": keras.optimizers.schedules,
    "callbacks": keras.callbacks,
    "initializers": keras.initializers,
    "regularizers": keras.regularizers,
    "activations": keras.activations,
}


def constructor(thing):
    """Return the arguments of a class with their defaults, None for anything else."""
    if not inspect.isclass(thing) and thing is not keras.Input:
        return None
    given = inspect.signature(thing).parameters.values()
    named = [p for p in given if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    return {p.name: [] if p.default is p.empty else [plain(p.default)] for p in named}


def plain(value):
    """Return a default as JSON holds it."""
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)


def main():
    names = {
        module: {n: constructor(getattr(home, n)) for n in dir(home) if n[0] != "_"}
        for module, home in MODULES.items()
    }
    digest = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    methods = [n for n in dir(keras.Sequential) if callable(getattr(keras.Sequential, n))]
    about = {
        "keras": keras.__version__,
        "maker_sha256": digest,
        "names": names,
        "methods": [name for name in methods if name[0] != "_"],
    }
    text = json.dumps(about, separators=(",", ":"))
    path = Path(__file__).parent / "fixtures" / "names.json"
    path.write_text(text.replace('},"', '},\n"') + "\n")  # a line each


if __name__ == "__main__":
    main()
