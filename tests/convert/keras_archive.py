"""The files that real Keras wrote (make_keras_files.py), unpacked for the tests."""

import io
import tarfile
from pathlib import Path

import numpy as np

FIXTURES = Path(__file__).parent / "fixtures"
ARCHIVE = FIXTURES / "keras_files.tar.xz"


def contents():
    """Return the bytes of every file by its name in the archive: ``3.5.0/lstm.keras``."""
    with tarfile.open(ARCHIVE) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar.getmembers()}


FILES = contents()
MODELS = sorted(name for name in FILES if name.endswith(".keras"))
WEIGHTS = sorted(name for name in FILES if name.endswith(".weights.h5"))


def expected(name):
    """Return x, y, saved and, if it was trained on, later for a file: what Keras predicted."""
    version, file = name.split("/")
    stem = file.removesuffix(".keras").removesuffix(".weights.h5")
    dtype = "float64" if stem.endswith("_float64") else "float32"
    arrays = np.load(io.BytesIO(FILES[f"{version}/{dtype}.npz"]))
    return {key.split("/")[1]: arrays[key] for key in arrays.files if key.split("/")[0] == stem}


def put(name, folder):
    """Write a file of the archive into a folder and return its path."""
    path = folder / name.split("/")[1]
    path.write_bytes(FILES[name])
    return path
