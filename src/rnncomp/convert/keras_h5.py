"""Weights files in HDF5, read with distrust and written by the byte.

Only datasets that a model needs are read, each by its path, and only if it is of the shape and
precision that the model has, and stored in the file as plain numbers: so that what is read is
never larger than the file. Links to other places and files are not followed.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import needs, shown
from rnncomp.convert.keras_names import of_others, unsound
from rnncomp.errors import ModelFileError

NAMES_LIMIT = 100_000  # of entries in one group

# What h5py raises on files that were tampered with, as seen on files with random bytes.
DAMAGE = (LookupError, OSError, ValueError, RuntimeError, TypeError, ArithmeticError)


def need_h5py(owner: str) -> None:
    """Raise MissingExtraError unless h5py can be imported."""
    needs(owner, "h5py", "keras")


class WeightsFile:
    """An HDF5 file that is open for reading.

    Args:
        path: The file that the weights are of, for messages.
        data: Its bytes, None to open `path` itself.

    Raises:
        ModelFileError: It is missing, or no HDF5 file.
    """

    def __init__(self, path: Path, data: bytes | None = None) -> None:
        import h5py  # noqa: PLC0415 - an extra, loaded by those who read such files

        self.path, self._h5py = path, h5py
        try:
            self.size = path.stat().st_size if data is None else len(data)
            self._file: Any = h5py.File(path if data is None else io.BytesIO(data), "r")
        except FileNotFoundError as error:
            raise ModelFileError(f"{path}: cannot be read ({error.strerror})") from None
        except (OSError, ValueError, RuntimeError) as error:
            raise unsound(path, f"its weights are no HDF5 file ({_line(error)})") from None

    def __enter__(self) -> WeightsFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def names(self, group: str) -> list[str]:
        """Return the names in a group, none if there is no such group."""
        with self._reading(group):
            found = self._find(group)
            if found is None:
                return []
            if not isinstance(found, self._h5py.Group) or len(found) > NAMES_LIMIT:
                raise unsound(self.path, f"{shown(group)} is no group of weights")
            return list(found)

    def shape(self, path: str) -> tuple[int, ...] | None:
        """Return the shape of a dataset, None if there is none."""
        with self._reading(path):
            found = self._find(path)
            return tuple(found.shape or ()) if isinstance(found, self._h5py.Dataset) else None

    def read(
        self, path: str, shape: tuple[int, ...], dtypes: tuple[str, ...]
    ) -> NDArray[np.generic]:
        """Return a dataset of a shape and of one of some types.

        Raises:
            ModelFileError: It is absent, of another kind, shape or type, or not finite.
        """
        with self._reading(path):
            found = self._find(path)
            wanted = f"an array of {' or '.join(dtypes)} of shape {shape}"
            if not isinstance(found, self._h5py.Dataset):
                raise of_others(self.path, f"{path} must be {wanted} and is {_kind(found)}")
            if found.dtype not in [np.dtype(name) for name in dtypes] or found.shape != shape:
                is_of = f"is of {found.dtype}, {shown(found.shape)}"
                raise of_others(self.path, f"{path} must be {wanted} and {is_of}")
            nbytes = math.prod(shape) * found.dtype.itemsize
            if found.external or found.is_virtual or found.id.get_storage_size() != nbytes:
                raise unsound(
                    self.path, f"{shown(path)} is not stored in the file as plain numbers"
                )
            values: NDArray[np.generic] = np.asarray(found[()])
            if not np.isfinite(values).all():
                raise unsound(self.path, f"{shown(path)} holds NaN or infinity")
            return values

    def _find(self, path: str) -> Any:
        """Return what stands at `path`, None if nothing does; links elsewhere are refused."""
        found = self._file
        for name in path.split("/"):
            link = None
            if isinstance(found, self._h5py.Group):
                link = found.get(name, getlink=True)
            if link is None:
                return None
            if not isinstance(link, self._h5py.HardLink):
                raise unsound(self.path, f"{shown(path)} is a link to another place")
            found = found[name]
        return found

    @contextmanager
    def _reading(self, path: str) -> Iterator[None]:
        """Turn what h5py says of a damaged file into our error; it has many words for it."""
        try:
            yield
        except ModelFileError:
            raise
        except DAMAGE as error:
            raise unsound(self.path, f"{shown(path)} cannot be read ({_line(error)})") from None


def weights_bytes(arrays: Mapping[str, NDArray[np.generic]]) -> bytes:
    """Return an HDF5 file with `arrays` by path; the same arrays are the same bytes."""
    import h5py  # noqa: PLC0415

    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        file.create_group("vars")  # of the model itself: none, but Keras 3.5 looks there
        for path, array in arrays.items():
            file.create_dataset(path, data=array)
    return out.getvalue()


def _kind(found: object) -> str:
    return "absent" if found is None else "a group"


def _line(error: Exception) -> str:
    return shown(str(error).partition("\n")[0], 120)
