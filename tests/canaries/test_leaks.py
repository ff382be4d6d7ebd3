"""Windows and scalers that see what they must not: the ordinary checks must reject them."""

import pytest

from leaks import check_blind_to_test, check_windows
from rnncomp.comparison import task
from rnncomp.comparison.settings import Settings
from rnncomp.forecasting import preparing
from rnncomp.windows import pairs, parts
from slips import broken

SETTINGS = Settings(window=8, horizon=2)

WINDOWS = [  # the right line, the slip
    ("base[window:, target], horizon", "base[window - 1 :, target], horizon"),
    ("base[window:, target], horizon", "base[window + 1 :, target], horizon"),
    ("base[window:, target], horizon", "base[:-window, target], horizon"),
    ("return Samples(base,", "return Samples(base[::-1].copy(),"),
]

TASKS = [
    ("scale_on=settings.scale_on", 'scale_on="all"'),
    ("find_season(train)", "find_season(series.target_values)"),
    ("find_seasons(train)", "find_seasons(series.target_values)"),
]

PREPARED = [
    ('if recipe.scale_on == "all"', "if True"),
    ("else range(*parts.train)", "else range(parts.test[1])"),
]

PARTS = [
    ("end - window - horizon", "end - window - 1"),
    ("end - window - horizon", "end"),
]


def test_the_right_ones_pass():
    check_windows(pairs.make_samples)
    check_blind_to_test(task.make_task, SETTINGS)


@pytest.mark.parametrize(("right", "slip"), WINDOWS)
def test_a_shifted_window_is_seen(right, slip):
    slipped = broken(pairs, right, slip)  # outside: what it asserts is no fault seen
    with pytest.raises(AssertionError, match="windows with their targets"):
        check_windows(slipped.make_samples)


@pytest.mark.parametrize(("right", "slip"), TASKS)
def test_a_scaler_or_season_of_all_data_is_seen(right, slip):
    slipped = broken(task, right, slip)
    with pytest.raises(AssertionError, match=r"bytes differ|season was found"):
        check_blind_to_test(slipped.make_task, SETTINGS)


@pytest.mark.parametrize(("right", "slip"), PREPARED)
def test_a_scaler_fitted_on_other_rows_is_seen(right, slip, monkeypatch):
    monkeypatch.setattr(task, "prepare", broken(preparing, right, slip).prepare)
    with pytest.raises(AssertionError, match="train windows: bytes differ"):
        check_blind_to_test(task.make_task, SETTINGS)


@pytest.mark.parametrize(("right", "slip"), PARTS)
def test_a_target_of_a_later_part_is_seen(right, slip, monkeypatch):
    monkeypatch.setattr(preparing, "assign", broken(parts, right, slip).assign)
    with pytest.raises(AssertionError, match=r"(train|validation) (windows|targets): bytes differ"):
        check_blind_to_test(task.make_task, SETTINGS)
