"""Record what Keras makes of the configurations of the suite: the chosen 25, and all that failed.

    PYTHONPATH=tests python -m differential.make_fixtures    # where rnncomp is, like make parity

Weights, inputs and targets are drawn again from the seed, and are not kept.
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from differential import peer
from differential.chosen import chosen
from differential.kept import kept_configurations

FOLDER = Path(__file__).parent / "fixtures"
SOURCES = (*peer.SOURCES, "make_fixtures.py")


def hashes():
    """Return the hashes of the programs that the fixtures come from."""
    files = {name: (Path(__file__).parent / name).read_bytes() for name in SOURCES}
    return {name: hashlib.sha256(text).hexdigest() for name, text in files.items()}


def main():
    FOLDER.mkdir(exist_ok=True)
    configs = [*chosen(), *kept_configurations()]
    places = {json.dumps(config): k for k, config in enumerate(configs)}
    arrays = {}
    for config, made in peer.answers(configs, jobs=2):
        if isinstance(made, peer.PeerError):
            raise made
        k = places[json.dumps(config)]
        arrays |= {f"{k}/{name}": array for name, array in made.items()}
    path = FOLDER / "keras.npz"
    np.savez_compressed(path, **dict(sorted(arrays.items())))
    about = {
        "requirements": (peer.ROOT / "benchmarks/peers/jax.txt").read_text().splitlines()[1:],
        "sources_sha256": hashes(),
        "arrays_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "configurations": configs,
    }
    (FOLDER / "keras.json").write_text(json.dumps(about, indent=1) + "\n")
    print(f"{len(configs)} configurations, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
