"""Compare SimpleRNN, LSTM and GRU networks on a series: honestly, fast, and in the open.

The heavy parts load when they are first used, so that ``import rnncomp`` costs little.

Example:
    >>> import rnncomp
    >>> rnncomp.load("airline")
    Series('airline', 144 rows of passengers, 1949-01 .. 1960-12, every 1mo)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Every public name, and the module that it comes from.
_NAMES = {
    "Adam": "training",
    "BackendInfo": "kernels",
    "Backtest": "comparison",
    "Callback": "training",
    "Comparison": "comparison",
    "Dense": "nn",
    "EarlyStopping": "training",
    "Forecast": "forecasting",
    "GRU": "nn",
    "History": "training",
    "Input": "nn",
    "Inspection": "series",
    "LSTM": "nn",
    "MinMaxScaler": "series",
    "Network": "nn",
    "NoScaler": "series",
    "Panel": "series",
    "Predictor": "nn",
    "Progress": "forecasting",
    "RecurrentForecaster": "forecasting",
    "RnncompError": "errors",
    "RollingOrigin": "windows",
    "Run": "comparison",
    "SGD": "training",
    "Samples": "samples",
    "Sequential": "training",
    "Series": "series",
    "SimpleRNN": "nn",
    "Split": "windows",
    "StandardScaler": "series",
    "Trace": "explanation",
    "TrainingStore": "forecasting",
    "Tuning": "comparison",
    "backend_info": "kernels",
    "backtest": "comparison",
    "compare": "comparison",
    "convert_file": "convert",
    "explain": "explanation",
    "find_season": "series",
    "fit": "convert",
    "from_keras": "convert",
    "gradient_reach": "explanation",
    "inspect": "series",
    "lag_importance": "explanation",
    "list_datasets": "series",
    "load": "series",
    "load_model": "training",
    "load_panel": "series",
    "make_baselines": "forecasting",
    "make_samples": "windows",
    "mean_absolute_error": "metrics",
    "mean_absolute_scaled_error": "metrics",
    "mean_squared_error": "metrics",
    "plot_reach": "explanation",
    "r2_score": "metrics",
    "root_mean_squared_error": "metrics",
    "seasonal_scale": "metrics",
    "tune": "comparison",
    "write_dataset": "series",
}
_MODULES = ("charts", "errors", "keras")

__all__ = [
    "Adam",
    "BackendInfo",
    "Backtest",
    "Callback",
    "Comparison",
    "Dense",
    "EarlyStopping",
    "Forecast",
    "GRU",
    "History",
    "Input",
    "Inspection",
    "LSTM",
    "MinMaxScaler",
    "Network",
    "NoScaler",
    "Panel",
    "Predictor",
    "Progress",
    "RecurrentForecaster",
    "RnncompError",
    "RollingOrigin",
    "Run",
    "SGD",
    "Samples",
    "Sequential",
    "Series",
    "SimpleRNN",
    "Split",
    "StandardScaler",
    "Trace",
    "TrainingStore",
    "Tuning",
    "backend_info",
    "backtest",
    "compare",
    "convert_file",
    "explain",
    "find_season",
    "fit",
    "from_keras",
    "gradient_reach",
    "inspect",
    "lag_importance",
    "list_datasets",
    "load",
    "load_model",
    "load_panel",
    "make_baselines",
    "make_samples",
    "mean_absolute_error",
    "mean_absolute_scaled_error",
    "mean_squared_error",
    "plot_reach",
    "r2_score",
    "root_mean_squared_error",
    "seasonal_scale",
    "tune",
    "write_dataset",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name in _MODULES:
        return import_module(f"rnncomp.{name}")
    if name == "__version__":
        value = import_module("rnncomp._version").version()
    elif name in _NAMES:
        value = getattr(import_module(f"rnncomp.{_NAMES[name]}"), name)
    else:
        raise AttributeError(f"module 'rnncomp' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted([*_NAMES, *_MODULES, "__version__"])


if TYPE_CHECKING:
    __version__: str
    from rnncomp import charts as charts
    from rnncomp import errors as errors
    from rnncomp import keras as keras
    from rnncomp.comparison import Backtest, Comparison, Run, Tuning, backtest, compare, tune
    from rnncomp.convert import convert_file, fit, from_keras
    from rnncomp.errors import RnncompError
    from rnncomp.explanation import Trace, explain, gradient_reach, lag_importance, plot_reach
    from rnncomp.forecasting import (
        Forecast,
        Progress,
        RecurrentForecaster,
        TrainingStore,
        make_baselines,
    )
    from rnncomp.kernels import BackendInfo, backend_info
    from rnncomp.metrics import (
        mean_absolute_error,
        mean_absolute_scaled_error,
        mean_squared_error,
        r2_score,
        root_mean_squared_error,
        seasonal_scale,
    )
    from rnncomp.nn import GRU, LSTM, Dense, Input, Network, Predictor, SimpleRNN
    from rnncomp.samples import Samples
    from rnncomp.series import (
        Inspection,
        MinMaxScaler,
        NoScaler,
        Panel,
        Series,
        StandardScaler,
        find_season,
        inspect,
        list_datasets,
        load,
        load_panel,
        write_dataset,
    )
    from rnncomp.training import (
        SGD,
        Adam,
        Callback,
        EarlyStopping,
        History,
        Sequential,
        load_model,
    )
    from rnncomp.windows import RollingOrigin, Split, make_samples
