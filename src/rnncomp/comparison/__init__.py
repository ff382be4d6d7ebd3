"""Scores side by side: what was compared, what came out, and what may be said about it."""

from rnncomp.comparison.backtest_result import Backtest
from rnncomp.comparison.backtesting import backtest
from rnncomp.comparison.comparison import Comparison
from rnncomp.comparison.pipeline import compare
from rnncomp.comparison.run import Run
from rnncomp.comparison.search import tune
from rnncomp.comparison.settings import Settings
from rnncomp.comparison.tuning import Tuning
from rnncomp.comparison.verdict import make_verdict

__all__ = [
    "Backtest",
    "Comparison",
    "Run",
    "Settings",
    "Tuning",
    "backtest",
    "compare",
    "make_verdict",
    "tune",
]
