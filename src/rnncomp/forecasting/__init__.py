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
from rnncomp.forecasting.conformal import ConformalWidths, check_levels
from rnncomp.forecasting.executors import run_jobs
from rnncomp.forecasting.forecast import Forecast, Forecaster
from rnncomp.forecasting.network_config import CELLS, NetworkConfig, build_network, network_spec
from rnncomp.forecasting.preparing import Prepared, Recipe, joined_data, prepare, recipe_of
from rnncomp.forecasting.recurrent import RecurrentForecaster
from rnncomp.forecasting.strategies import check_recursion, forecast_ahead, strategy_words
from rnncomp.forecasting.training_data import TrainingData
from rnncomp.forecasting.training_job import (
    Progress,
    TrainingJob,
    TrainingResult,
    run_training,
)
from rnncomp.forecasting.training_store import TrainingStore

__all__ = [
    "ARIMA",
    "CELLS",
    "ETS",
    "Baseline",
    "ConformalWidths",
    "Drift",
    "Forecast",
    "Forecaster",
    "Mean",
    "MovingAverage",
    "NetworkConfig",
    "Persistence",
    "Prepared",
    "Progress",
    "Recipe",
    "RecurrentForecaster",
    "Ridge",
    "SeasonalNaive",
    "Theta",
    "TrainingData",
    "TrainingJob",
    "TrainingResult",
    "TrainingStore",
    "build_network",
    "check_levels",
    "check_recursion",
    "forecast_ahead",
    "joined_data",
    "make_baselines",
    "network_spec",
    "prepare",
    "recipe_of",
    "run_jobs",
    "run_training",
    "strategy_words",
]
