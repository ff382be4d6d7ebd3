"""What a network computes for one window: every number, from the engine and by the equations."""

from rnncomp.explanation.computed import LayerTrace
from rnncomp.explanation.explaining import explain
from rnncomp.explanation.pictured import trace_data
from rnncomp.explanation.trace import Trace

__all__ = ["LayerTrace", "Trace", "explain", "trace_data"]
