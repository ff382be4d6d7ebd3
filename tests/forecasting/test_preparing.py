"""prepare: what each window holds, which windows there are, and several series side by side."""

from dataclasses import replace

import numpy as np
import pytest

from rnncomp.errors import SplitError
from rnncomp.forecasting import Recipe, joined_data, prepare
from rnncomp.forecasting.preparing import actual_at
from rnncomp.series import Series
from rnncomp.windows import Parts

PARTS = Parts((0, 24), (24, 32), (32, 40))
PLAIN = {"window": 5, "scale": "none", "dtype": "float64"}


def counted(rows=40, **options):
    """A series whose numbers are their rows: column k holds row + 1000 k."""
    columns = ("a", "b", "plan")
    values = np.arange(float(rows))[:, None] + 1000.0 * np.arange(3)
    return Series(values, columns=columns, **options)


@pytest.mark.parametrize("horizon", [1, 3])
def test_a_known_column_stands_horizon_rows_early(horizon):
    ready = prepare(counted(known=("plan",)), PARTS, Recipe(horizon=horizon, ahead=3, **PLAIN))
    windows = ready.windows(ready.ahead["test"]).windows()  # (N, T, F)
    for window, cutoff in zip(windows, ready.cutoffs("test"), strict=True):
        rows = np.arange(cutoff - 4, cutoff + 1)
        assert window[:, 0].tolist() == rows.tolist()
        assert window[:, 1].tolist() == (1000 + rows).tolist()
        assert window[:, 2].tolist() == (2000 + rows + horizon).tolist()


def test_after_the_last_row_the_known_columns_repeat_it():
    ready = prepare(counted(known=("plan",)), PARTS, Recipe(horizon=3, **PLAIN))
    assert ready.base[-5:, 2].tolist() == [2038, 2039, 2039, 2039, 2039]
    assert ready.base.flags.c_contiguous


@pytest.mark.parametrize("ahead", [1, 2, 5])
def test_targets_follow_the_window_and_ahead_needs_all_its_steps(ahead):
    recipe = Recipe(horizon=2, ahead=max(2, ahead), **PLAIN)
    ready = prepare(counted(targets=("a", "b")), PARTS, recipe)
    learned = ready.samples(ready.learned["train"])
    first = learned.windows()[:, -1, 0]  # (N,): the cutoffs
    steps = first[:, None] + [1, 1001, 2, 1002]  # (N, H * K), targets of a step side by side
    assert learned.targets.tolist() == steps.tolist()
    for part, (begin, end) in (("validation", PARTS.validation), ("test", PARTS.test)):
        cutoffs = ready.cutoffs(part)
        assert list(cutoffs) == list(range(begin - 1, end - max(2, ahead)))
        assert ready.last(part).tolist() == [[c, 1000 + c] for c in cutoffs]


def with_holes(fill, *holes):
    observed = np.ones((40, 3), np.bool_)
    for row, column in holes:
        observed[row, column] = False
    return counted(observed=observed, fill=fill)


def test_windows_with_targets_that_were_not_observed_are_left_out():
    given = with_holes("ffill", (12, 0), (28, 0), (36, 0), (20, 1))
    ready = prepare(given, PARTS, Recipe(horizon=2, ahead=3, **PLAIN))
    cutoffs = {name: np.asarray(starts) + 4 for name, starts in ready.learned.items()}
    # Row 12 is a target after 10 and 11; row 20 of column b is an input, and may be absent.
    assert cutoffs["train"].tolist() == [*range(4, 10), *range(12, 22)]
    assert cutoffs["validation"].tolist() == [23, 24, 25, 28, 29]
    assert list(ready.cutoffs("validation")) == [23, 24, 28]
    assert list(ready.cutoffs("test")) == [31, 32, 36]
    assert ready.samples(ready.learned["validation"]).targets[:, 0].tolist() == [24, 25, 26, 29, 30]
    assert actual_at(given, ready.cutoffs("test"), 3)[:, 0].tolist() == [32, 33, 37]


@pytest.mark.parametrize("column", [0, 1])
def test_what_is_interpolated_at_the_cutoff_is_left_out(column):
    """What fills a hole in the last row that is seen comes from after it."""
    holes = [(30, column), (34, column)]
    ready = prepare(with_holes("interpolate", *holes), PARTS, Recipe(**PLAIN))
    cutoffs = [*ready.cutoffs("validation"), *ready.cutoffs("test")]
    absent = {30, 34} | ({29, 33} if column == 0 else set())  # as a target, too
    assert cutoffs == [row for row in range(23, 39) if row not in absent]
    filled = prepare(with_holes("ffill", *holes), PARTS, Recipe(**PLAIN))
    kept = [*filled.cutoffs("validation"), *filled.cutoffs("test")]
    assert kept == [row for row in range(23, 39) if column or row not in {29, 33}]


def test_of_a_known_column_the_hole_at_the_cutoff_does_not_matter():
    given = with_holes("interpolate", (34, 2))
    ready = prepare(replace(given, known=("plan",)), PARTS, Recipe(**PLAIN))
    assert list(ready.cutoffs("test")) == list(range(31, 39))


def test_a_part_without_an_observed_window_is_refused():
    holes = [(row, 0) for row in range(32, 40)]
    with pytest.raises(SplitError, match="the test part must hold a window whose targets were all"):
        prepare(with_holes("ffill", *holes), PARTS, Recipe(**PLAIN))


@pytest.mark.parametrize("kind", ["diff", "log-diff"])
def test_the_row_without_a_difference_is_in_no_window(kind):
    given = replace(counted(), values=counted().values + 1.0)
    ready = prepare(given, PARTS, Recipe(transform=kind, **PLAIN))
    assert ready.learned["train"][0] == 1


def test_a_difference_needs_one_row_more():
    parts = Parts((0, 7), (7, 7), (7, 7))
    given = Series(np.arange(1.0, 8.0)[:, None])
    recipe = Recipe(transform="diff", **PLAIN | {"window": 5})
    assert prepare(given, parts, recipe).learned["train"] == range(1, 2)
    short = Series(np.arange(1.0, 7.0)[:, None])
    with pytest.raises(SplitError, match="window"):
        prepare(short, Parts((0, 6), (6, 6), (6, 6)), recipe)


@pytest.mark.parametrize("kind", ["none", "log", "diff", "log-diff"])
@pytest.mark.parametrize("targets", [1, 2])
def test_forecasts_that_are_the_truth_come_back_as_the_truth(kind, targets):
    given = counted(targets=("a", "b")[:targets])
    given = replace(given, values=given.values + 1.0)
    recipe = Recipe(window=5, horizon=4, ahead=4, transform=kind, dtype="float64")
    ready = prepare(given, PARTS, recipe)
    truth = ready.samples(ready.ahead["test"]).targets
    back = ready.transform.inverse(truth, ready.last("test")).reshape(len(truth), 4, targets)
    for column in range(targets):
        actual = actual_at(given, ready.cutoffs("test"), 4, column)
        # A few roundings of logarithm, scaling, four sums and exponential, at most 2000 in size.
        assert np.abs(back[..., column] - actual).max() <= 64 * np.finfo(np.float64).eps * 2000


def test_a_transform_that_was_fitted_before_is_taken():
    first = prepare(counted(), PARTS, Recipe(window=5))
    values = counted().values * 7.0
    again = prepare(replace(counted(), values=values), PARTS, Recipe(window=5), first.transform)
    assert again.transform is first.transform
    assert again.base.max() > 7 * first.base.max() - 1


# Several series


def test_windows_of_several_series_never_cross():
    """Each series has numbers of its own: a window with those of two would hold a step."""
    several = []
    for place, rows in enumerate((40, 36, 50)):
        given = Series(100_000.0 * place + np.arange(float(rows))[:, None], name=f"s{place}")
        parts = Parts((0, rows - 16), (rows - 16, rows - 8), (rows - 8, rows))
        several.append(prepare(given, parts, Recipe(horizon=2, ahead=2, **PLAIN)))
    data = joined_data(several)
    for name, samples in (
        ("train", data.train), ("validation", data.validation), *data.ahead.items(),
    ):  # fmt: skip
        seen = samples.windows()[:, :, 0]
        if samples.targets is not None:
            seen = np.concatenate([seen, samples.targets], axis=1)
        else:
            assert name in data.ahead
        assert (np.diff(seen, axis=1) == 1.0).all()
    counts = [len(each.ahead["test"]) for each in several]
    cutoffs = data.ahead["test"].windows()[:, -1, 0]
    expected = np.concatenate(
        [100_000 * k + np.asarray(each.cutoffs("test")) for k, each in enumerate(several)]
    )
    assert cutoffs.tolist() == expected.tolist()
    assert len(cutoffs) == sum(counts)


def test_one_series_is_not_copied():
    ready = prepare(counted(), PARTS, Recipe(**PLAIN))
    data = joined_data([ready])
    assert np.shares_memory(data.train.base, ready.base)
    assert np.shares_memory(data.train.targets, ready.base)
