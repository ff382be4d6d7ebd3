"""LearnedNetworks: the trained networks of a forecaster, what they learned, and looks at them."""

from __future__ import annotations

from typing import Any

from rnncomp._check import fail, one_of
from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting.history import Learned, load_like
from rnncomp.forecasting.looking import look_at, look_at_unseen
from rnncomp.forecasting.network_config import NetworkConfig
from rnncomp.nn.look import Look, LookMany
from rnncomp.series import Series
from rnncomp.training import Sequential


class LearnedNetworks:
    """What a `RecurrentForecaster` is once it has learned; its attributes are documented there."""

    name: str
    config: NetworkConfig
    seeds: tuple[int, ...]
    models: list[Sequential]
    histories: list[dict[str, list[float]]]
    diverged: tuple[int, ...]
    learned: dict[str, Learned]

    @property
    def model(self) -> Sequential:
        """The network of the first seed that did not diverge.

        Raises:
            InvalidArgumentError: The forecaster is not fitted.
        """
        return self._fitted()[0]

    @property
    def seed(self) -> int:
        """The first seed."""
        return self.seeds[0]

    @property
    def history(self) -> dict[str, list[float]]:
        """Losses by epoch of the first seed that did not diverge; empty before `fit`."""
        return self.histories[0] if self.histories else {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns seen, targets first; empty before `fit`."""
        return next((known.series.columns for known in self.learned.values()), ())

    def look(
        self, source: Any = None, *, at: Any = None, seed: int | None = None, of: str | None = None
    ) -> Look:
        """Return what one of the networks reads for a forecast; `rnncomp.explain` shows it.

        Args:
            source: The series, as `after` of `predict`; None for the rows that are remembered.
            at: The first value that is forecast: a date, or a row number from 0; None for the one
                after the last row.
            seed: Of the network; None for the first.
            of: Name of the series, if several were learned.

        Raises:
            InvalidArgumentError: The forecaster is not fitted, or an argument does not fit.
        """
        models, about, series = self._looked_at(source, of)
        return look_at(models, about, self.config, series, at=at, seed=seed)

    def look_many(
        self, source: Any = None, *, seed: int | None = None, of: str | None = None
    ) -> LookMany:
        """Return all windows with targets that nothing was learned from, with ridge beside.

        Args:
            source: The series learned from, as `after` of `predict`, which ridge learns from as
                well; None for the rows that are remembered.
            seed: Of the network; None for the first.
            of: Name of the series, if several were learned.

        Raises:
            InvalidArgumentError: The forecaster is not fitted, or an argument does not fit.
        """
        models, about, series = self._looked_at(source, of)
        return look_at_unseen(models, about, self.config, series, seed=seed)

    def _looked_at(
        self, source: Any, of: str | None
    ) -> tuple[dict[int, Sequential], Learned, Series]:
        models, about = self._fitted(), self._about(of)
        series = about.series if source is None else load_like(source, about, of=of)
        return dict(zip(self._sound_seeds(), models, strict=True)), about, series

    def _fitted(self) -> list[Sequential]:
        if not self.models:
            raise InvalidArgumentError(
                f"forecaster {self.name} is not fitted; call fit(series) first"
            )
        return self.models

    def _sound_seeds(self) -> list[int]:
        return [seed for seed in self.seeds if seed not in self.diverged]

    def _about(self, of: str | None) -> Learned:
        if of is None and len(self.learned) == 1:
            return next(iter(self.learned.values()))
        if of is None:
            hint = f"pass for example of={next(iter(self.learned))!r}"
            raise fail("of", "the name of one of the series learned", None, hint)
        return self.learned[one_of("of", of, self.learned)]
