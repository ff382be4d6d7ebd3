"""Data meets engine: baselines and recurrent forecasters, and how trainings are run."""

from rnncomp.forecasting.baselines import (
    Baseline,
    Drift,
    Mean,
    Persistence,
    Ridge,
    SeasonalNaive,
)
from rnncomp.forecasting.executors import run_jobs
from rnncomp.forecasting.forecast import Forecast, Forecaster
from rnncomp.forecasting.network_config import CELLS, NetworkConfig, build_network, network_spec
from rnncomp.forecasting.recurrent import RecurrentForecaster
from rnncomp.forecasting.training_data import TrainingData
from rnncomp.forecasting.training_job import (
    Progress,
    TrainingJob,
    TrainingResult,
    run_training,
)
from rnncomp.forecasting.training_store import TrainingStore

__all__ = [
    "CELLS",
    "Baseline",
    "Drift",
    "Forecast",
    "Forecaster",
    "Mean",
    "NetworkConfig",
    "Persistence",
    "Progress",
    "RecurrentForecaster",
    "Ridge",
    "SeasonalNaive",
    "TrainingData",
    "TrainingJob",
    "TrainingResult",
    "TrainingStore",
    "build_network",
    "network_spec",
    "run_jobs",
    "run_training",
]
