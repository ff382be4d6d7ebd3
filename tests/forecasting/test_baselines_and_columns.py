"""Baselines and the columns of a series: one target, what is known, what was filled."""

import numpy as np
import pytest

from rnncomp.errors import InvalidArgumentError
from rnncomp.forecasting import Mean, Persistence, Ridge
from rnncomp.series import Series

PLAN = np.random.default_rng(7).normal(size=70)


def planned(rows=60):
    values = np.column_stack([5 + 2 * PLAN[:rows], PLAN[:rows]])
    return Series(values, ("sold", "plan"), known=("plan",))


@pytest.mark.parametrize(("horizon", "steps"), [(1, 1), (2, 1), (3, 3), (2, 5)])
def test_ridge_sees_the_known_values_of_the_steps_ahead(horizon, steps):
    ridge = Ridge(4, horizon).fit(planned())
    made = ridge.predict(steps, known=PLAN[60:70, None]).values
    # A linear rule without noise: what is left is the smallest penalty tried, 1e-10 of the spread.
    np.testing.assert_allclose(made, 5 + 2 * PLAN[60 : 60 + steps], rtol=0, atol=1e-8)
    later = ridge.predict(1, after=planned(65), known=PLAN[65:70, None]).values
    np.testing.assert_allclose(later, 5 + 2 * PLAN[65:66], rtol=0, atol=1e-8)


def test_ridge_asks_for_what_it_needs_to_know_and_for_nothing_else():
    with pytest.raises(InvalidArgumentError, match="plan"):
        Ridge(4).fit(planned()).predict()
    plain = Series(planned().values[:, :1], ("sold",))
    with pytest.raises(InvalidArgumentError, match="known must be left out"):
        Ridge(4).fit(plain).predict(known=[[1.0]])
    with pytest.raises(InvalidArgumentError, match=r"series columns must be \['sold', 'plan'\]"):
        Ridge(4).fit(planned()).predict(after=plain, known=[[1.0]])
    both = Series(planned().values, ("sold", "plan"))
    with pytest.raises(InvalidArgumentError, match=r"series known must be \['plan'\]"):
        Ridge(4).fit(planned()).predict(after=both)


def test_ridge_does_not_learn_from_targets_that_were_filled():
    """Of the last three values, which are in no input: whatever fills them changes nothing."""
    values = np.random.default_rng(0).normal(size=(60, 1))
    observed = np.ones((60, 1), bool)
    observed[57:] = False
    weights = []
    for filled in (0.0, 1e6):
        values[57:] = filled
        series = Series(values.copy(), observed=observed, fill="ffill")
        weights.append(Ridge(4).fit(series).weights.tobytes())
    assert weights[0] == weights[1]


@pytest.mark.parametrize("baseline", [Persistence(), Mean(), Ridge(4)], ids=lambda one: one.name)
def test_several_targets_are_refused(baseline):
    two = Series(np.arange(80.0).reshape(40, 2) % 7, ("a", "b"), targets=("a", "b"))
    words = r"one target, got \['a', 'b'\]; pass series.target\('a'\)"
    with pytest.raises(InvalidArgumentError, match=words):
        baseline.fit(two)
    with pytest.raises(InvalidArgumentError, match=words):
        baseline.predict(after=two)
    assert len(baseline.fit(two.target("b")).predict(1)) == 1
