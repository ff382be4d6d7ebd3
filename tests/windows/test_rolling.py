"""Folds along time: what each learns from ends where its test rows begin."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnncomp.errors import InvalidArgumentError, SplitError
from rnncomp.series import Series
from rnncomp.windows import Parts, RollingOrigin, refitted

SMALL = st.integers(1, 9)


@given(folds=SMALL, horizon=SMALL, step=st.none() | SMALL, train=st.none() | SMALL, rows=SMALL)
def test_folds_follow_each_other_and_end_with_the_series(folds, horizon, step, train, rows):
    rows += horizon + (step or horizon) * (folds - 1)  # one row or more before the first cutoff
    origin = RollingOrigin(folds=folds, horizon=horizon, step=step, train=train)
    made = origin.parts(rows)
    assert len(made) == folds
    assert made[-1].test == (rows - horizon, rows)
    for parts in made:
        first, end = parts.train
        assert end == parts.validation[0] == parts.validation[1] == parts.test[0]
        assert parts.test[1] - parts.test[0] == horizon
        assert first == (0 if train is None else max(0, end - train))
    cutoffs = [parts.train[1] for parts in made]
    assert cutoffs == [cutoffs[0] + k * (step or horizon) for k in range(folds)]


def test_without_a_step_every_row_is_forecast_once():
    rows = [row for parts in RollingOrigin(folds=4, horizon=3).parts(50)
            for row in range(*parts.test)]  # fmt: skip
    assert rows == list(range(38, 50))


def test_a_series_counts_its_rows():
    assert RollingOrigin().parts(Series([[1.0]] * 9)) == RollingOrigin().parts(9)


def test_a_series_without_a_row_to_learn_from_is_refused():
    origin = RollingOrigin(folds=3, horizon=4, step=2)
    assert origin.parts(9)[0].train == (0, 1)
    with pytest.raises(SplitError, match=r"at least 9 rows for 3 folds .* got 8; use fewer folds"):
        origin.parts(8)


@pytest.mark.parametrize("name", ["folds", "horizon", "step", "train"])
@pytest.mark.parametrize("value", [0, -1, 1.5, "2"])
def test_numbers_are_checked(name, value):
    with pytest.raises(InvalidArgumentError, match=name):
        RollingOrigin(**{name: value})


# refitted: the folds of a comparison


@given(cuts=st.tuples(SMALL, SMALL, st.integers(1, 40)), folds=st.integers(1, 8), horizon=SMALL)
def test_every_window_of_the_test_part_is_in_one_block(cuts, folds, horizon):
    train, validation, test = cuts
    assume(test - horizon + 1 >= folds)
    parts = Parts(
        (0, train), (train, train + validation), (train + validation, train + validation + test)
    )
    made = refitted(parts, folds, horizon)
    firsts = [
        row for fold in made for row in range(fold.test[0], fold.test[1] - horizon + 1)
    ]  # first targets
    assert firsts == list(range(parts.test[0], parts.test[1] - horizon + 1))
    sizes = [fold.test[1] - horizon + 1 - fold.test[0] for fold in made]
    assert max(sizes) - min(sizes) <= 1
    for fold in made:
        assert fold.validation[1] == fold.test[0]  # nothing of the block validates
        assert fold.validation[1] - fold.validation[0] == validation
        assert fold.train[0] == 0
    assert made[0].train == parts.train


def test_more_folds_than_windows_are_refused():
    parts = Parts((0, 60), (60, 80), (80, 100))
    assert len(refitted(parts, 16, horizon=5)) == 16
    with pytest.raises(SplitError, match="each of folds=17, got 16; use fewer folds"):
        refitted(parts, 17, horizon=5)
    with pytest.raises(SplitError, match="got 0"):
        refitted(parts, 2, horizon=30)
