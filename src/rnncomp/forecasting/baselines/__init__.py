"""Forecasts that every network must beat, all asked in the same way."""

from rnncomp.forecasting.baselines.averages import Mean, MovingAverage
from rnncomp.forecasting.baselines.base import Baseline, Cutoffs
from rnncomp.forecasting.baselines.ridge import PENALTIES, Ridge
from rnncomp.forecasting.baselines.simple import Drift, Persistence, SeasonalNaive

__all__ = [
    "PENALTIES",
    "Baseline",
    "Cutoffs",
    "Drift",
    "Mean",
    "MovingAverage",
    "Persistence",
    "Ridge",
    "SeasonalNaive",
]
