"""Several series at once: each under a name of its own, all of one kind."""

import numpy as np
import pytest

from rnncomp import RecurrentForecaster, RollingOrigin, backtest
from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting import Persistence
from rnncomp.forecasting.planning import listed
from rnncomp.series import Series, load

QUICK = {"window": 5, "units": 2, "epochs": 1}


def waves(level, rows=60, **options):
    return Series(level + np.sin(np.arange(rows))[:, None], **options)


def test_arrays_which_are_all_called_alike_are_kept_apart():
    arrays = [load(waves(level).values) for level in (0.0, 100.0)]
    forecaster = RecurrentForecaster("gru", **QUICK).fit(arrays)
    assert list(forecaster.learned) == ["array", "array 2"]
    low, high = (forecaster.predict(of=name).values[0] for name in forecaster.learned)
    assert low < 10
    assert high > 90
    for made in (forecaster, Persistence()):
        folds = backtest(made, arrays, RollingOrigin(folds=1), levels=()).folds
        assert [fold.series.name for fold in folds] == ["array", "array 2"]
        assert folds[0].forecast.values[0] < 10 < 90 < folds[1].forecast.values[0]


def test_a_number_that_is_taken_is_not_given_twice():
    several = [waves(0.0, name=name) for name in ("a", "a 2", "a", "b")]
    assert [each.name for each in listed(several)] == ["a", "a 2", "a 3", "b"]
    assert listed(several)[0] is several[0]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Series(np.ones((60, 1)), ("b",), name="b"), "columns must be the same"),
        (Series(np.ones((60, 2)), ("a", "c"), known=("c",), name="b"), "known must be the same"),
        (
            Series(np.ones((60, 2)), ("a", "c"), targets=("a", "c"), name="b"),
            "targets must be the same",
        ),
    ],
)
def test_series_of_another_kind_are_refused(other, words):
    names = other.columns if "columns" not in words else ("a",)
    first = Series(np.ones((60, len(names))), names, name="a")
    for use in (RecurrentForecaster("gru", **QUICK).fit, listed):
        with pytest.raises(InvalidArgumentError, match=f"{words}.*see series 'b'"):
            use([first, other])


def test_many_names_are_not_all_printed():
    several = [waves(0.0, name=f"s{k}") for k in range(5)]
    said = repr(RecurrentForecaster("gru", **QUICK).fit(several))
    assert said.endswith("fitted on 's0', 's1', 's2' and 2 more)")
