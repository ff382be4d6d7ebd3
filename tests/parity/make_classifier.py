"""Record how well a classifier of sentences does in Keras, seed by seed.

    python tests/parity/make_classifier.py     # in an environment with keras and jax

Writes fixtures/classifier.json: accuracy and loss on sentences that the network has not seen, after
few enough epochs that seeds differ. The hashes of this file and of the sentences' are written too.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import keras

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from sentences import WORDS, sentences  # noqa: E402

FOLDER = HERE / "fixtures"
TASK = {  # more epochs, and every seed knows every sentence: nothing would be compared
    "sentences": 400,
    "unseen": 1000,
    "width": 8,
    "units": 8,
    "learning_rate": 0.004,
    "epochs": 4,
    "seeds": 8,
}


def scores(seed):
    """Return loss and accuracy on unseen sentences."""
    keras.utils.set_random_seed(seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Embedding(WORDS, TASK["width"], mask_zero=True),
            layers.Bidirectional(layers.LSTM(TASK["units"])),
            layers.Dense(2, activation="softmax"),
        ]
    )
    adam = keras.optimizers.Adam(TASK["learning_rate"])
    model.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*sentences(TASK["sentences"]), epochs=TASK["epochs"], verbose=0)
    return model.evaluate(*sentences(TASK["unseen"], seed=1), verbose=0)


def main():
    losses, accuracies = zip(*map(scores, range(TASK["seeds"])), strict=True)
    about = {
        "keras": keras.__version__,
        "task": TASK,
        "losses": losses,
        "accuracies": accuracies,
        "maker_sha256": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        "sentences_sha256": hashlib.sha256((HERE.parent / "sentences.py").read_bytes()).hexdigest(),
    }
    (FOLDER / "classifier.json").write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
