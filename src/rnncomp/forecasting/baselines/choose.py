"""make_baselines: from names to baselines; one process serves all that need statsforecast."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rnncomp._check import fail, integer, needs, one_of, real
from rnncomp.forecasting.baselines.averages import Mean, MovingAverage
from rnncomp.forecasting.baselines.base import Baseline
from rnncomp.forecasting.baselines.process import Worker
from rnncomp.forecasting.baselines.ridge import Ridge
from rnncomp.forecasting.baselines.simple import Drift, Persistence, SeasonalNaive
from rnncomp.forecasting.baselines.statistical import ARIMA, ETS, Theta, installed

DEFAULT = ("persistence", "seasonal_naive", "drift", "mean", "ridge")
"""Baselines of a comparison that names none."""

STATISTICAL = ("theta", "ets", "arima")
"""Baselines that need statsforecast."""

NAMES = (*DEFAULT[:-1], "moving_average", "ridge", *STATISTICAL)
"""All baselines."""


def make_baselines(
    names: str | Sequence[str] = DEFAULT,
    *,
    season: int = 1,
    window: int,
    horizon: int,
    budget_seconds: float = 60.0,
) -> tuple[list[Baseline], list[str]]:
    """Make baselines by name.

    Args:
        names: Some of `NAMES`, in the order wanted; or ``"all"``, which leaves out those that
            statsforecast estimates where it is not installed.
        season: Rows in a season; 1 for none.
        window: Lags of ridge; without a season, values in the moving average too.
        horizon: Steps ahead of ridge.
        budget_seconds: Time for each baseline of statsforecast to learn and forecast.

    Returns:
        The baselines, and notes to show: what was left out, and why.

    Raises:
        InvalidArgumentError: A name is unknown or given twice.
        MissingExtraError: A baseline asked for by name needs statsforecast, which is missing.

    Example:
        >>> made, notes = make_baselines(["drift", "moving_average"], window=50, horizon=1)
        >>> made[1].label
        'the moving average (mean of the last 50 values)'
    """
    season, window = integer("season", season), integer("window", window)
    budget = {"budget_seconds": real("budget_seconds", budget_seconds, above=0.0)}
    worker = Worker()
    makers: dict[str, Callable[[], Baseline]] = {
        "persistence": Persistence,
        "seasonal_naive": lambda: SeasonalNaive(season),
        "drift": Drift,
        "mean": Mean,
        "moving_average": lambda: MovingAverage(season if season > 1 else window),
        "ridge": lambda: Ridge(window, horizon),
        "theta": lambda: Theta(season, worker=worker, **budget),
        "ets": lambda: ETS(season, worker=worker, **budget),
        "arima": lambda: ARIMA(season, worker=worker, **budget),
    }
    chosen, notes = _chosen(names)
    return [makers[name]() for name in chosen], notes


def _chosen(names: str | Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the names checked, and notes on what was left out."""
    if names == "all" or tuple(names) == ("all",):
        if installed():
            return list(NAMES), []
        left = [name for name in NAMES if name not in STATISTICAL]
        missing = "the baselines theta, ets and arima are left out: they need statsforecast"
        return left, [f"{missing}; pip install 'rnncomp[baselines]'"]
    listed = [names] if isinstance(names, str) else list(names)
    for name in listed:
        one_of("baselines", name, (*NAMES, "all") if isinstance(names, str) else NAMES)
        if listed.count(name) > 1:
            raise fail("baselines", "named once each", listed)
        if name in STATISTICAL and not installed():
            needs(name, "statsforecast", "baselines")
    return listed, []
