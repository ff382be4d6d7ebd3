"""Theta, ETS and ARIMA: estimated by statsforecast, once; then brought up to date by recursion."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import ClassVar, Self

import numpy as np

from rnncomp._check import fail, integer, needs, real
from rnncomp.errors import BaselineCutError, BaselineError
from rnncomp.forecasting.baselines.arima import ARIMARecursion
from rnncomp.forecasting.baselines.base import Cutoffs, OneAtATime
from rnncomp.forecasting.baselines.ets import ETSRecursion
from rnncomp.forecasting.baselines.process import Worker
from rnncomp.forecasting.baselines.recursion import Recursion, follow
from rnncomp.forecasting.baselines.theta import ThetaRecursion
from rnncomp.forecasting.forecast import Array


class _Statistical(OneAtATime):
    """A model of statsforecast.

    Args:
        season: Rows in a season; 1 for none.
        budget_seconds: Time for `learn` with one call of `forecast_at`.
        worker: The process that estimates; None for one of its own.
    """

    title: ClassVar[str]
    strategy = "state space"
    _recursion: ClassVar[Callable[..., Recursion]]

    def __init__(
        self, season: int = 1, *, budget_seconds: float = 60.0, worker: Worker | None = None
    ) -> None:
        self.season = integer("season", season)
        self.budget_seconds = real("budget_seconds", budget_seconds, above=0.0)
        self._worker = Worker() if worker is None else worker
        self._model: Recursion | None = None
        self._learn_seconds = 0.0

    def learn(self, values: Array, end: int) -> Self:
        """Estimate the parameters on the target in rows 0 .. `end` - 1.

        Raises:
            MissingExtraError: statsforecast is not installed.
            BaselineCutError: The budget was used up.
            BaselineError: The model cannot be estimated on these rows.
        """
        if not installed():
            needs(self.title, "statsforecast", "baselines")
        y = values[:end, 0].astype(np.float64)
        begin = time.monotonic()
        reply = self._worker.fit(
            self.name, y, season=self.season, seconds=self.budget_seconds, title=self.title
        )
        self._learn_seconds = time.monotonic() - begin
        model = self._recursion(**reply["parameters"])
        self._check(model, y, reply["next"])
        self._model = model
        return self

    def forecast_at(self, values: Array, cutoffs: Cutoffs, horizon: int) -> Array:
        """Forecast `horizon` steps after each cutoff; see `Baseline`.

        Raises:
            InvalidArgumentError: It has not learnt yet.
            BaselineCutError: The budget was used up.
            BaselineError: A forecast is not a finite number.
        """
        if self._model is None:
            raise fail(self.name, "fitted before it forecasts", "no parameters", "call fit first")
        made = follow(self._model, values[:, 0], cutoffs, horizon, self._clock())
        if not np.isfinite(made).all():
            raise BaselineError(self.title, "failed: its forecasts grow beyond all numbers")
        return made

    def _clock(self) -> Callable[[], None]:
        """Return what raises when the part of the budget that learning left is over."""
        deadline = time.monotonic() + self.budget_seconds - self._learn_seconds

        def check_time() -> None:
            if time.monotonic() > deadline:
                raise BaselineCutError(self.title, self.budget_seconds)

        return check_time

    def _check(self, model: Recursion, y: Array, theirs: float) -> None:
        """Raise unless the forecast of the row after `y` is that of statsforecast itself.

        The recursions are ours and the parameters theirs: should a later version mean something
        else by them, there is no forecast rather than a wrong one. One step, because the others
        of a damped trend are wrong there up to 2.1 (Nixtla/statsforecast pull request 1219).
        """
        ours = follow(model, y, range(len(y) - 1, len(y)), 1, self._clock()).item()
        # Both filter every row; 1e-6 is far above the roundings and far below another model.
        if not abs(ours - theirs) <= 1e-6 * max(np.abs(y).max(), abs(theirs)):
            raise BaselineError(
                self.title,
                "failed: this version of statsforecast means something else by its parameters; "
                "install statsforecast 2.1",
            )


class Theta(_Statistical):
    """The standard theta method.

    Needs statsforecast (``pip install 'rnncomp[baselines]'``). Half of the forecast is a smoothed
    level, half the line through the whole history; a season that is found in the rows learnt from
    is taken out before and put back after.

    Args:
        season: Rows in a season; 1 for none.
        budget_seconds: Time for `learn` with one call of `forecast_at`; default 60.
        worker: The process that estimates; None for one of its own.

    Example:
        >>> from rnncomp.series import load
        >>> theta = Theta(season=12).fit(load("airline"))
        >>> theta.predict(3).values.round()
        array([441., 429., 491.])
    """

    name = "theta"
    title = "Theta"
    label = "the Theta method"
    _recursion = ThetaRecursion


class ETS(_Statistical):
    """Exponential smoothing; the kind is chosen by the corrected Akaike criterion.

    Needs statsforecast (``pip install 'rnncomp[baselines]'``).

    Args:
        season: Rows in a season; 1 for none.
        budget_seconds: Time for `learn` with one call of `forecast_at`; default 60.
        worker: The process that estimates; None for one of its own.

    Example:
        >>> from rnncomp.series import load
        >>> ets = ETS(season=12).fit(load("airline"))
        >>> ets.predict(3).values.round()
        array([442., 428., 493.])
    """

    name = "ets"
    title = "ETS"
    label = "exponential smoothing (ETS)"
    _recursion = ETSRecursion


class ARIMA(_Statistical):
    """A seasonal ARIMA; its orders are chosen by the corrected Akaike criterion.

    Needs statsforecast (``pip install 'rnncomp[baselines]'``). With thousands of rows and a long
    season the choice can take hours: it is cut at the end of the budget, and says so.

    Args:
        season: Rows in a season; 1 for none.
        budget_seconds: Time for `learn` with one call of `forecast_at`; default 60.
        worker: The process that estimates; None for one of its own.

    Example:
        >>> from rnncomp.series import load
        >>> arima = ARIMA(season=12).fit(load("airline"))
        >>> arima.predict(3).values.round()
        array([444., 418., 446.])
    """

    name = "arima"
    title = "ARIMA"
    label = "ARIMA"
    _recursion = ARIMARecursion


def installed() -> bool:
    """Whether statsforecast can be found; to import it would take seconds."""
    return find_spec("statsforecast") is not None
