"""Data meets engine: baselines and recurrent forecasters, and how trainings are run."""

from rnncomp.forecasting.baselines import (
    ARIMA,
    ETS,
    Baseline,
    Drift,
    Mean,
    MovingAverage,
    Persistence,
    Ridge,
    SeasonalNaive,
    Theta,
    make_baselines,
)
from rnncomp.forecasting.executors import run_jobs
from rnncomp.forecasting.forecast import Forecast, Forecaster
from rnncomp.forecasting.recurrent import RecurrentForecaster
from rnncomp.forecasting.training_job import (
    NetworkConfig,
    Progress,
    TrainingData,
    TrainingJob,
    TrainingResult,
    build_network,
    run_training,
)

__all__ = [
    "ARIMA",
    "ETS",
    "Baseline",
    "Drift",
    "Forecast",
    "Forecaster",
    "Mean",
    "MovingAverage",
    "NetworkConfig",
    "Persistence",
    "Progress",
    "RecurrentForecaster",
    "Ridge",
    "SeasonalNaive",
    "Theta",
    "TrainingData",
    "TrainingJob",
    "TrainingResult",
    "build_network",
    "make_baselines",
    "run_jobs",
    "run_training",
]
