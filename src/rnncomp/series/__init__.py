"""What was observed: series from files, frames and arrays, checked once."""

from rnncomp.series.datasets import Dataset, list_datasets, write_dataset
from rnncomp.series.loading import load
from rnncomp.series.scaling import (
    FittedScaler,
    MinMaxScaler,
    NoScaler,
    Scaler,
    StandardScaler,
    make_scaler,
)
from rnncomp.series.series import Series

__all__ = [
    "Dataset",
    "FittedScaler",
    "MinMaxScaler",
    "NoScaler",
    "Scaler",
    "Series",
    "StandardScaler",
    "list_datasets",
    "load",
    "make_scaler",
    "write_dataset",
]
