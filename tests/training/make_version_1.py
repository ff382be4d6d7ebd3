"""Made tests/training/files/version_1.*, when version 1 was new. It is kept to say how.

The files stay as they are: that they load is the promise to everyone who has old model files.
"""

import json
from pathlib import Path

import numpy as np

from rnncomp.keras.layers import GRU, LSTM, Dense, Input, SimpleRNN
from rnncomp.keras.models import Sequential
from rnncomp.keras.optimizers import Adam
from rnncomp.training import save_model

FOLDER = Path(__file__).parent / "files"


def main():
    rng = np.random.default_rng(11)
    x, zeros = rng.normal(size=(5, 4, 2)).astype(np.float32), np.zeros((5, 3), np.float32)
    layers = [
        Input((4, 2)),
        LSTM(3, return_sequences=True, unit_forget_bias=False, name="first"),
        GRU(2, reset_after=False, recurrent_activation="hard_sigmoid", return_sequences=True),
        SimpleRNN(4, activation="relu", use_bias=False),
        Dense(3),
    ]
    model = Sequential(layers, seed=12, name="old")
    model.compile(Adam(0.01, beta_1=0.8), loss="mae", metrics=["mse"])
    model.fit(x, zeros, epochs=2, batch_size=2, verbose=0)
    extra = {"note": ["kept", 1.5, None]}
    path = FOLDER / "version_1.safetensors"
    save_model(model, path, overwrite=False, extra=extra)
    facts = {
        "x": x.tolist(),
        "y": model.predict(x, verbose=0).tolist(),
        "extra": extra,
        "layers": [repr(layer) for layer in model.layers],
        "optimizer": model.optimizer.get_config(),
        "loss": model.fit(x, zeros, verbose=0).history["loss"][0],
        "next_loss": model.evaluate(x, zeros, verbose=0)[0],
    }
    path.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
