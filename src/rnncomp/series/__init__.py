"""What was observed: series from files, frames and arrays, checked once."""

from rnncomp.series.datasets import Dataset, list_datasets, write_dataset
from rnncomp.series.findings import ColumnSummary, FoundSeason, Inspection
from rnncomp.series.inspection import inspect
from rnncomp.series.loading import load
from rnncomp.series.long_form import load_panel
from rnncomp.series.panel import Panel
from rnncomp.series.scaling import (
    FittedScaler,
    MinMaxScaler,
    NoScaler,
    Scaler,
    StandardScaler,
    make_scaler,
)
from rnncomp.series.seasons import Season, find_season, find_seasons
from rnncomp.series.series import Series
from rnncomp.series.transforms import TRANSFORMS, FittedTransform, fit_transform

__all__ = [
    "TRANSFORMS",
    "ColumnSummary",
    "Dataset",
    "FittedScaler",
    "FittedTransform",
    "FoundSeason",
    "Inspection",
    "MinMaxScaler",
    "NoScaler",
    "Panel",
    "Scaler",
    "Season",
    "Series",
    "StandardScaler",
    "find_season",
    "find_seasons",
    "fit_transform",
    "inspect",
    "list_datasets",
    "load",
    "load_panel",
    "make_scaler",
    "write_dataset",
]
