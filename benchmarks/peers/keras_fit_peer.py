"""rnncomp.fit on a model of Keras: our environment, with the packages of the Keras peer behind it.

They are found in RNNCOMP_PEERS, or in .venv-peers beside the project.
"""

from __future__ import annotations

import os
import sys
import time
from importlib.metadata import version
from pathlib import Path

HOME = Path(os.environ.get("RNNCOMP_PEERS", Path(__file__).resolve().parents[2] / ".venv-peers"))
sys.path += map(str, HOME.glob("jax/lib/python*/site-packages"))

from keras_peer import CORES, KerasPeer  # noqa: E402
from worker import serve  # noqa: E402

import rnncomp  # noqa: E402


class KerasFitPeer(KerasPeer):
    """What `KerasPeer` does, with `model.fit(...)` replaced by `rnncomp.fit(model, ...)`."""

    def describe(self) -> dict[str, str]:
        """Return versions of Keras, its backend, and rnncomp."""
        return {**super().describe(), "rnncomp": version("rnncomp"), "cores": str(CORES)}

    def epochs(self, n: int) -> list[float]:
        """Return the seconds of n epochs: those of one call, hand-over included, in equal parts."""
        start = time.perf_counter()
        batch = self.task.batch
        rnncomp.fit(self.model, self.x, self.y, batch_size=batch, epochs=n, verbose=0)
        return [(time.perf_counter() - start) / n] * n

    def trained(self) -> list[float]:
        """Return predictions after one unshuffled epoch from the task's first weights."""
        model = self.build()
        model.set_weights(self.task.first_weights())
        options = {"batch_size": self.task.batch, "epochs": 1, "verbose": 0, "shuffle": False}
        rnncomp.fit(model, self.x, self.y, **options)
        return model.predict(self.x, verbose=0)[:, 0].astype(float).tolist()


if __name__ == "__main__":
    serve(KerasFitPeer)
