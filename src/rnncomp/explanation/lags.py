"""Lag importance: how much each step back moves an output, on average over many windows.

Shapes: N windows, T steps, F features.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from rnncomp._check import fail, nearest
from rnncomp.charts.attribution import draw_lags
from rnncomp.errors import InvalidArgumentError
from rnncomp.explanation.computed import column_names
from rnncomp.explanation.double import Array
from rnncomp.explanation.forecasts import Forecasts, refuse
from rnncomp.explanation.integrated import integrate
from rnncomp.explanation.question import Baseline, ask, baseline_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class LagImportance:
    """Mean size of what each lag and feature adds to an output, over many windows.

    Row t is step t of the window, so that the last row is one step back.

    Attributes:
        network: Mean over windows of the size of each part, by integrated gradients, shape (T, F),
            in units of the network's output.
        linear: By name the same of linear models of the same inputs, each (T, F).
        columns: Names of the F features.
        windows: Over how many windows.
        output_index: Which output, from 0.
        baseline_name: What each window was compared with.
        incomplete: In how many windows the parts did not sum.
        without: Of a forecaster, why there is no ridge; empty where there is.
    """

    network: Array
    linear: Mapping[str, Array]
    columns: tuple[str, ...]
    windows: int
    output_index: int
    baseline_name: str
    incomplete: int = 0
    without: str = ""

    @property
    def by_lag(self) -> Array:
        """Of the network, all features of a step together, shape (T,)."""
        return np.asarray(self.network.sum(axis=1))

    @property
    def by_feature(self) -> Array:
        """Of the network, all steps of a feature together, shape (F,)."""
        return np.asarray(self.network.sum(axis=0))

    def plot(self, ax: Axes | None = None, *, feature: str | None = None) -> Axes:
        """Draw the lags of the network as bars, those of linear models as lines with dots.

        Args:
            ax: Where to draw; None for a new figure.
            feature: Name of the feature to draw; None for all together.

        Returns:
            The axes drawn on.
        """
        if feature is not None and feature not in self.columns:
            rule = f"one of {', '.join(self.columns)}"
            raise fail("feature", rule, feature, nearest(str(feature), self.columns))
        whole = slice(None)
        kept = whole if feature is None else [self.columns.index(feature)]
        what = "all features together" if len(self.columns) > 1 else self.columns[0]
        given = {
            "network": self.network[:, kept].sum(axis=1),
            "label": "network",
            "others": {name: part[:, kept].sum(axis=1) for name, part in self.linear.items()},
            "title": "How Much Each Lag Moves the Output",
            "note": f"{what if feature is None else feature} · mean over {self.windows:,} windows "
            f"· baseline: {self.baseline_name}"
            + (f" · no ridge: {self.without}" if self.without else ""),
            "y_label": "Mean Size of the Part (scaled)",
        }
        return draw_lags(given, ax=ax)

    def __repr__(self) -> str:
        """Return the lags that move the output most."""
        order = np.argsort(-self.by_lag, kind="stable")[:3]
        steps = len(self.by_lag)
        words = ", ".join(f"{steps - t} back {self.by_lag[t]:.3g}" for t in order)
        return f"LagImportance({self.windows:,} windows; largest: {words})"


def lag_importance(
    network: Any,
    windows: Any = None,
    *,
    linear: Mapping[str, ArrayLike] | None = None,
    units: ArrayLike | None = None,
    baseline: Baseline = None,
    output: int | None = None,
    columns: Sequence[str] | None = None,
    seed: int | None = None,
    of: str | None = None,
) -> LagImportance:
    """Return how much each lag and feature moves an output on average, beside linear models.

    Like is compared with like: the integrated gradients of a linear model ``x @ w + b`` are
    ``w * (x - base)`` exactly. So for each linear model the same mean of sizes is taken, over the
    same windows and the same baselines: its coefficient times the mean distance of that lag from
    its baseline.

    Args:
        network: A `Sequential` or `Network`; or a fitted `RecurrentForecaster`, of which all
            windows are taken whose targets nothing was learned from.
        windows: What it reads, shape (N, T, F), or Samples; of the test part, to say what a
            network rests on where it is judged. Of a forecaster the series learned from, whatever
            `load` takes, so that ridge can stand beside it; None for the rows that it remembers.
        linear: By name the coefficients of linear models of the same windows and output, each of
            shape (T * F,) or (T, F), the oldest step first; such as those of ridge,
            ``weights[:, output]``.
        units: How many units of the coefficients one unit of the network's inputs is, by feature,
            the target first, shape (F,): the `spread` of the scaler where coefficients are in the
            series' units and the network read scaled values. None where both read the same, or
            there is one feature, whose unit the target shares. Of what was differenced or
            otherwise transformed besides, no units make lags comparable.
        baseline: See `attribute`; None for the mean of each window.
        output: Which output, from 0; None for the first of the last step.
        columns: Names of the features; None for ``x``, or ``x1``, ``x2``...
        seed: Of a forecaster with several networks: which; None for the first.
        of: Of a forecaster that has learned several series: the name of one.

    Raises:
        InvalidArgumentError: An argument breaks its rule.
        UnsupportedError: The network begins with an Embedding.

    Warns:
        UserWarning: In some windows the parts do not sum within 1e-3 of the difference.

    Example:
        >>> import numpy as np
        >>> import rnncomp
        >>> layers = [rnncomp.SimpleRNN(1, activation="linear", input_shape=(3, 1))]
        >>> model = rnncomp.Sequential(layers, seed=0)
        >>> model.set_weights([[[1.0]], [[0.5]], [0.0]])
        >>> x = np.random.default_rng(0).normal(size=(50, 3, 1))
        >>> found = lag_importance(model, x, linear={"ridge": [0.25, 0.5, 1.0]})
        >>> bool(np.allclose(found.network, found.linear["ridge"]))
        True
    """
    without = ""
    if isinstance(network, Forecasts):
        own = {"linear": linear, "units": units, "columns": columns}
        refuse("a forecaster, which has its own", **own)
        look = network.look_many(windows, seed=seed, of=of)
        question = ask(look.network, look.windows, baseline, output)
        columns, units = look.columns, look.units
        linear = {name: each[:, question.output] for name, each in look.linear.items()}
        without = look.without
    else:
        refuse("a network, which is one and reads what it is given", seed=seed, of=of)
        if windows is None:
            raise fail("windows", "what the network reads, shape (N, T, F)", None)
        question = ask(network, windows, baseline, output)
    distance = np.abs(question.x - question.base).mean(axis=0)  # (T, F)
    names, scales = column_names(columns, distance.shape[1]), _scales(units, distance.shape[1])
    sizes = {
        name: np.abs(_coefficients(name, values, distance.shape)) * scales * distance
        for name, values in (linear or {}).items()
    }
    made = integrate(question)
    missed = np.abs(made.gaps[~made.complete])
    if len(missed):
        warnings.warn(
            f"integrated gradients do not sum in {len(missed):,} of {len(question.x):,} windows, "
            f"they miss up to {missed.max():.2g}: the output jumps or shakes on the way; "
            "pass another baseline",
            stacklevel=2,
        )
    return LagImportance(
        network=np.abs(made.parts).mean(axis=0),
        linear=sizes,
        columns=names,
        windows=len(question.x),
        output_index=question.output,
        baseline_name=baseline_name(baseline, question),
        incomplete=len(missed),
        without=without,
    )


def _coefficients(name: str, values: ArrayLike, shape: tuple[int, ...]) -> Array:
    array = np.asarray(values, np.float64)
    if array.shape not in ((shape[0] * shape[1],), shape):
        rule = f"of shape ({shape[0] * shape[1]},) or {shape}, for one output"
        raise fail(f"linear[{name!r}]", rule, array.shape)
    if not np.isfinite(array).all():
        raise InvalidArgumentError(f"linear[{name!r}] must be finite numbers, some are not")
    return array.reshape(shape)


def _scales(units: ArrayLike | None, features: int) -> Array:
    """Return what takes a coefficient from its own units to those of the network, (F,)."""
    if units is None:
        return np.ones(features)
    array = np.asarray(units, np.float64)
    if array.shape != (features,) or not (np.isfinite(array).all() and (array > 0.0).all()):
        raise fail("units", f"{features} numbers above 0, the target's first", units)
    return np.asarray(array / array[0])
