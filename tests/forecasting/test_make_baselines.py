"""Baselines by name: which, in what order, and what is said of those that cannot be."""

import sys

import pytest

from rnncomp.errors import InvalidArgumentError, MissingExtraError
from rnncomp.forecasting import make_baselines
from rnncomp.forecasting.baselines import DEFAULT, NAMES, STATISTICAL

REST = {"season": 12, "window": 30, "horizon": 3}


def names_of(made):
    return [baseline.name for baseline in made]


def test_the_default_all_and_some():
    assert names_of(make_baselines(**REST)[0]) == list(DEFAULT)
    made, notes = make_baselines("all", **REST)
    assert (names_of(made), notes) == (list(NAMES), [])
    assert names_of(make_baselines(["mean", "drift"], **REST)[0]) == ["mean", "drift"]
    assert names_of(make_baselines("theta", **REST)[0]) == ["theta"]
    assert make_baselines([], **REST) == ([], [])


def test_each_is_told_what_it_needs():
    made = {b.name: b for b in make_baselines("all", **REST, budget_seconds=7)[0]}
    assert made["seasonal_naive"].season == 12
    assert (made["ridge"].window, made["ridge"].horizon) == (30, 3)
    for name in STATISTICAL:
        assert (made[name].season, made[name].budget_seconds) == (12, 7.0)
    assert len({id(made[name]._worker) for name in STATISTICAL}) == 1
    assert len({baseline.label for baseline in made.values()}) == len(NAMES)
    assert all(baseline.kind == "baseline" for baseline in made.values())


@pytest.mark.parametrize(("season", "window"), [(12, 12), (1, 30)])
def test_the_moving_average_spans_a_season_or_the_window(season, window):
    (average,), _ = make_baselines(["moving_average"], season=season, window=30, horizon=1)
    assert average.window == window
    assert f"last {window} values" in average.label


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["drfit"], "baselines must be one of persistence, .*got 'drfit'; did you mean 'drift'"),
        ("al", "got 'al'; did you mean 'all'"),
        (["all", "mean"], "got 'all'"),
        (["mean", "mean"], "named once each"),
        ([3], "got 3"),
    ],
)
def test_names_are_checked(names, message):
    with pytest.raises(InvalidArgumentError, match=message):
        make_baselines(names, **REST)


@pytest.mark.parametrize(
    "wrong", [{"season": 0}, {"window": 0}, {"budget_seconds": 0}, {"budget_seconds": "1"}]
)
def test_numbers_are_checked_whatever_is_chosen(wrong):
    with pytest.raises(InvalidArgumentError, match=next(iter(wrong))):
        make_baselines(["mean"], **(REST | wrong))


def test_without_statsforecast(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsforecast", None)
    made, (note,) = make_baselines("all", **REST)
    assert names_of(made) == [name for name in NAMES if name not in STATISTICAL]
    assert "theta, ets and arima are left out" in note
    assert "pip install 'rnncomp[baselines]'" in note
    with pytest.raises(MissingExtraError, match=r"ets needs .*rnncomp\[baselines\]"):
        make_baselines(["drift", "ets"], **REST)
