"""Forecasts that every network must beat, all asked in the same way."""

from rnncomp.forecasting.baselines.averages import Mean, MovingAverage
from rnncomp.forecasting.baselines.base import Baseline, Cutoffs
from rnncomp.forecasting.baselines.choose import DEFAULT, NAMES, STATISTICAL, make_baselines
from rnncomp.forecasting.baselines.process import Worker
from rnncomp.forecasting.baselines.ridge import PENALTIES, Ridge
from rnncomp.forecasting.baselines.simple import Drift, Persistence, SeasonalNaive
from rnncomp.forecasting.baselines.statistical import ARIMA, ETS, Theta

__all__ = [
    "ARIMA",
    "DEFAULT",
    "ETS",
    "NAMES",
    "PENALTIES",
    "STATISTICAL",
    "Baseline",
    "Cutoffs",
    "Drift",
    "Mean",
    "MovingAverage",
    "Persistence",
    "Ridge",
    "SeasonalNaive",
    "Theta",
    "Worker",
    "make_baselines",
]
