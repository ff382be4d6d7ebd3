"""What a network computes for one window: every number, from the engine and by the equations."""

from rnncomp.explanation.computed import LayerTrace
from rnncomp.explanation.explaining import explain
from rnncomp.explanation.lags import LagImportance, lag_importance
from rnncomp.explanation.pictured import trace_data
from rnncomp.explanation.reach import gradient_reach, plot_reach
from rnncomp.explanation.trace import Trace

__all__ = [
    "LagImportance",
    "LayerTrace",
    "Trace",
    "explain",
    "gradient_reach",
    "lag_importance",
    "plot_reach",
    "trace_data",
]
