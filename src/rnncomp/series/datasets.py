"""Built-in series: made from a formula or read from the files beside this one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rnncomp._check import nearest
from rnncomp.errors import DataFileError, OutputError

DATA_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Dataset:
    """One built-in series.

    Attributes:
        name: What `load` calls it.
        rows: How many rows it has.
        description: One line on what it is.
        source: Where it comes from and under which terms.
        season: Steps in a season that is known from outside the data, or None.
        file: Its file in the package, or None for a formula.
        make: Its formula, or None for a file.
    """

    name: str
    rows: int
    description: str
    source: str
    season: int | None = None
    file: str | None = None
    make: Callable[[], NDArray[np.float64]] | None = None

    @property
    def path(self) -> Path | None:
        """The file in the package, or None for a formula."""
        return None if self.file is None else DATA_FOLDER / self.file


def make_sines() -> NDArray[np.float64]:
    """Return four sinusoids and white noise, 1,050 rows, as the tutorial makes them.

    The generator is NumPy's legacy one with seed 42, whose stream is frozen.

    Example:
        >>> values = make_sines()
        >>> round(float(values.min()), 5), round(float(values.max()), 5)
        (-4.94766, 4.93678)
    """
    t = np.linspace(0, 100, 1050)
    waves = 2.0 * np.sin(0.1 * t) + 1.5 * np.sin(0.25 * t) + np.sin(0.5 * t) + 0.8 * np.sin(0.8 * t)
    noise: NDArray[np.float64] = np.random.RandomState(42).normal(0.0, 1.0, len(t))
    return waves + 0.1 * noise


def _make_counting() -> NDArray[np.float64]:
    return np.arange(10.0)


def _make_arithmetic() -> NDArray[np.float64]:
    return np.arange(0.0, 1000.0, 10.0)


_ALL = (
    Dataset("airline", 144, "Airline passengers by month, 1949 to 1960, in thousands",
            "Box and Jenkins, Time Series Analysis (1970), series G", 12, "airline_passengers.csv"),
    Dataset("arithmetic", 100, "0, 10, 20 ... 990", "formula", make=_make_arithmetic),
    Dataset("co2", 2284, "CO2 in the air at Mauna Loa by week, 1958 to 2001, 59 weeks missing",
            "Scripps Institution of Oceanography; public domain", None, "co2_weekly.csv"),
    Dataset("counting", 10, "0, 1, 2 ... 9", "formula", make=_make_counting),
    Dataset("nyc_taxi", 10320, "Taxi passengers in New York by half hour, 2014-07 to 2015-01",
            "Numenta Anomaly Benchmark; MIT licence", 48, "nyc_taxi.csv"),
    Dataset("sines", 1050, "Four sinusoids and white noise", "formula", make=make_sines),
    Dataset("sunspots", 3120, "Mean sunspot number by month, 1749 to 2008",
            "NOAA National Geophysical Data Center; public domain", None, "sunspots.csv"),
)  # fmt: skip


def list_datasets() -> list[Dataset]:
    """Return the built-in series, sorted by name.

    Example:
        >>> [dataset.name for dataset in list_datasets()][:3]
        ['airline', 'arithmetic', 'co2']
    """
    return list(_ALL)


def find_dataset(name: str) -> Dataset:
    """Return the built-in series called `name`.

    Raises:
        DataFileError: There is none; the message gives the nearest names.
    """
    names = [dataset.name for dataset in _ALL]
    if name in names:
        return _ALL[names.index(name)]
    close = nearest(name, names)
    raise DataFileError(
        f"source must be a file, a URL or one of the built-in series {', '.join(names)}, got "
        f"{name!r}; {close + ' ' if close else ''}a file needs a dot or a slash: ./{name}.csv"
    )


def write_dataset(name: str, path: str | Path) -> Path:
    """Write a built-in series as CSV.

    Args:
        name: Its name, as in `list_datasets`.
        path: The file to write; it must not exist.

    Returns:
        The path written.

    Raises:
        DataFileError: There is no series of that name.
        OutputError: The file exists or cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = write_dataset("airline", f"{folder}/airline.csv")
        ...     path.read_text().splitlines()[:2]
        ['month,passengers', '1949-01,112']
    """
    dataset, path = find_dataset(name), Path(path)
    if dataset.path is not None:
        content = dataset.path.read_bytes()
    else:
        assert dataset.make is not None
        lines = [repr(value) for value in dataset.make().tolist()]
        content = "\n".join(["value", *lines, ""]).encode()
    try:
        file = path.open("xb")
    except FileExistsError:
        raise OutputError(
            f"{path} must not exist, got a path that does; choose another name or remove it"
        ) from None
    except OSError as error:
        raise _cannot_write(path, error) from None
    try:
        with file:
            file.write(content)
    except OSError as error:
        path.unlink(missing_ok=True)  # half a file must not pass for a whole one
        raise _cannot_write(path, error) from None
    return path


def _cannot_write(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path} must be a file that can be written, got: {error.strerror}; choose another path"
    )
