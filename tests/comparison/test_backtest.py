"""backtest: each forecast is that of a forecaster which knew the rows before, and no others."""

import json

import numpy as np
import pytest

from rnncomp import RecurrentForecaster, RollingOrigin, backtest, load
from rnncomp.errors import InvalidArgumentError, OutputError, SplitError
from rnncomp.forecasting import Persistence, Ridge, SeasonalNaive, TrainingStore
from rnncomp.series import Series

QUICK = {"window": 6, "units": 3, "epochs": 2}


def months(rows=90, seed=0, **options):
    rng = np.random.default_rng(seed)
    time = (np.datetime64("2001-11", "M") + np.arange(rows)).astype("M8[us]")
    values = 50 + np.cumsum(rng.normal(size=(rows, 1)), axis=0)
    return Series(values, time=time, frequency="1mo", time_unit="M", **options)


@pytest.mark.parametrize("train", [None, 40])
def test_each_fold_is_a_fit_on_the_rows_before_it(train):
    series = months()
    gru = RecurrentForecaster("gru", horizon=4, seeds=2, **QUICK)
    origin = RollingOrigin(folds=3, horizon=4, step=5, train=train)
    result = backtest(gru, series, origin, levels=80)
    assert [fold.parts.test for fold in result.folds] == [(76, 80), (81, 85), (86, 90)]
    for fold in result.folds:
        first, end = fold.parts.train
        by_hand = RecurrentForecaster("gru", horizon=4, seeds=2, **QUICK)
        made = by_hand.fit(series.slice(first, end)).predict(4, levels=80)
        assert fold.forecast.values.tobytes() == made.values.tobytes()
        assert fold.forecast.interval(80)[1].tobytes() == made.interval(80)[1].tobytes()
        assert fold.actual.tolist() == series.target_values[end : end + 4].tolist()
    assert not gru.models  # it is not changed


def test_never_refit_is_the_first_fit_with_newer_rows():
    series = months()
    origin = RollingOrigin(folds=3, horizon=4)
    result = backtest(RecurrentForecaster("gru", horizon=4, **QUICK), series, origin, refit="never")
    known = RecurrentForecaster("gru", horizon=4, **QUICK).fit(series.slice(0, 78))
    for fold in result.folds:
        made = known.predict(4, after=series.slice(0, fold.parts.train[1]))
        assert fold.forecast.values.tobytes() == made.values.tobytes()
    every = backtest(RecurrentForecaster("gru", horizon=4, **QUICK), series, origin)
    assert every.folds[0].forecast.values.tolist() == result.folds[0].forecast.values.tolist()
    assert every.folds[1].forecast.values.tolist() != result.folds[1].forecast.values.tolist()


def test_never_refit_without_stamps():
    series = Series(months().values)
    gru = RecurrentForecaster("gru", horizon=4, **QUICK)
    result = backtest(gru, series, RollingOrigin(folds=3, horizon=4), refit="never")
    stamped = backtest(gru, months(), RollingOrigin(folds=3, horizon=4), refit="never")
    assert result.mae == stamped.mae


def test_a_warm_start_trains_on_from_the_fold_before():
    series, origin = months(), RollingOrigin(folds=2, horizon=4)
    gru = RecurrentForecaster("gru", horizon=4, **QUICK)
    warm, every = (backtest(gru, series, origin, refit=refit) for refit in ("warm", "every"))
    first, second = gru.plan(series.slice(0, 82)), gru.plan(series.slice(0, 86))
    from rnncomp.forecasting import run_jobs

    before = run_jobs(first.todo, first.data)
    begun = second.starting_from(before)
    made = gru.finish(begun, run_jobs(begun.todo, begun.data)).predict(4)
    assert warm.folds[1].forecast.values.tobytes() == made.values.tobytes()
    assert warm.folds[0].forecast.values.tolist() == every.folds[0].forecast.values.tolist()
    assert warm.folds[1].forecast.values.tolist() != every.folds[1].forecast.values.tolist()


def test_baselines_stand_at_the_same_cutoffs():
    series, origin = months(), RollingOrigin(folds=3, horizon=5)
    values = series.target_values
    result = backtest(Persistence(), series, origin)
    expected = np.repeat(values[[74, 79, 84]], 5).reshape(3, 5)
    assert [fold.forecast.values.tolist() for fold in result.folds] == expected.tolist()
    assert result.mae == pytest.approx(np.abs(values[75:].reshape(3, 5) - expected).mean())
    seasonal = backtest(SeasonalNaive(5), series, origin)
    assert seasonal.folds[1].forecast.values.tolist() == values[75:80].tolist()
    with pytest.raises(InvalidArgumentError, match="refit must be 'every' or 'never'"):
        backtest(Persistence(), series, origin, refit="warm")


def test_values_that_were_not_observed_are_not_scored():
    rows = 90
    observed = np.ones((rows, 1), bool)
    observed[[83, 88]] = False
    plain = months(rows)
    holed = months(rows, observed=observed, fill="ffill")
    origin = RollingOrigin(folds=2, horizon=5)
    whole, seen = (backtest(Persistence(), series, origin) for series in (plain, holed))
    frame = seen.columns()
    kept = ~np.isnan(frame["actual"])
    assert kept.tolist() == [True] * 3 + [False] + [True] * 4 + [False] + [True]
    errors = np.abs(frame["actual"] - frame["predicted"])[kept]
    assert seen.mae == pytest.approx(errors.mean())
    assert seen.mae != whole.mae
    by_step = np.abs(frame["actual"] - frame["predicted"]).reshape(2, 5)
    assert seen.errors()["mae"][[0, 4]] == pytest.approx(by_step[:, [0, 4]].mean(axis=0))
    assert np.isnan(seen.errors()["mae"][3])  # in neither fold
    assert seen.to_dict()["by_step"]["mae"][3] is None
    observed[80:] = False
    with pytest.raises(SplitError, match="must hold a value that was observed, got none"):
        _ = backtest(Persistence(), months(rows, observed=observed, fill="ffill"), origin).mae


def test_known_columns_are_known_for_whole_horizons():
    series = load(months().to_frame(), calendar="month", target="value")
    gru = RecurrentForecaster("gru", horizon=4, **QUICK)
    result = backtest(gru, series, RollingOrigin(folds=2, horizon=3), refit="never")
    fitted = RecurrentForecaster("gru", horizon=4, **QUICK).fit(series.slice(0, 84))
    assert result.folds[0].forecast.values.tolist() == fitted.predict(4).values[:3].tolist()


def test_several_series_are_forecast_one_by_one():
    both = [months(name="a"), months(seed=1, name="b")]
    gru = RecurrentForecaster("gru", horizon=3, **QUICK)
    result = backtest(gru, both, RollingOrigin(folds=2, horizon=3), levels=50)
    frame = result.columns()
    assert list(dict.fromkeys(zip(frame["fold"].tolist(), frame["series"].tolist(), strict=True))) \
        == [(0, "a"), (0, "b"), (1, "a"), (1, "b")]  # fmt: skip
    assert len(frame["actual"]) == 12
    assert result.coverage()[50].overall.n == 4


def test_what_comes_out(tmp_path):
    gru = RecurrentForecaster("gru", horizon=4, **QUICK)
    result = backtest(gru, months(), RollingOrigin(folds=3, horizon=4), levels=(50, 80))
    frame = result.to_frame()
    assert frame.columns == [
        "fold", "series", "target", "cutoff", "step", "time", "actual", "predicted",
        "low_50", "high_50", "low_80", "high_80",
    ]  # fmt: skip
    plain = result.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    inside = (frame["low_80"] <= frame["actual"]) & (frame["actual"] <= frame["high_80"])
    assert result.coverage()[80].overall.share == pytest.approx(inside.mean())
    assert result.errors()["mae"].mean() == pytest.approx(result.mae)
    result.write_csv(tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text().count("\n") == 13
    result.write_plot(tmp_path / "folds.png")
    assert (tmp_path / "folds.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(OutputError, match=r"must end in \.png"):
        result.write_plot(tmp_path / "folds.txt")
    assert repr(result).startswith("Backtest('gru', 3 forecasts, MAE ")


def test_a_store_keeps_what_was_trained(tmp_path):
    gru, origin = RecurrentForecaster("gru", **QUICK), RollingOrigin(folds=2)
    first = backtest(gru, months(), origin, levels=(), store=TrainingStore(tmp_path))
    told = []
    again = backtest(
        gru, months(), origin, levels=(), store=TrainingStore(tmp_path), progress=told.append
    )
    assert [event.stored for event in told if event.done] == [True, True]
    assert again.mae == first.mae


def test_too_short_a_series_says_how_many_rows_it_needs():
    with pytest.raises(SplitError, match="at least 101 rows for 5 folds with horizon=20"):
        backtest(Persistence(), months(), RollingOrigin(folds=5, horizon=20))
    gru = RecurrentForecaster("gru", **QUICK)
    with pytest.raises(InvalidArgumentError, match="at most 9"):
        backtest(gru, months(), RollingOrigin(folds=2), levels=99)
    with pytest.raises(InvalidArgumentError, match="refit"):
        backtest(Persistence(), months(), refit="sometimes")


def planned(rows=90):
    """What is sold is twice what is planned: no past tells it, the plan does."""
    plan = np.random.default_rng(7).normal(size=rows)
    values = np.column_stack([5 + 2 * plan, plan])
    return Series(values, ("sold", "plan"), known=("plan",))


@pytest.mark.parametrize("refit", ["every", "never"])
@pytest.mark.parametrize("horizon", [1, 2, 3])
def test_ridge_is_given_what_is_known(horizon, refit):
    """Also where it reaches three steps two at a time, which needs the plan of a fourth."""
    origin = RollingOrigin(folds=3, horizon=3)
    result = backtest(Ridge(4, horizon), planned(), origin, refit=refit)
    # A linear rule without noise: what is left is the smallest penalty tried, 1e-10 of the spread.
    assert result.mae < 1e-8
    assert backtest(Persistence(), planned(), origin).mae > 0.5


def test_baselines_forecast_several_targets_one_by_one():
    values = np.random.default_rng(3).normal(size=(60, 3)).cumsum(axis=0)
    time = (np.datetime64("2024-01-01", "D") + np.arange(60)).astype("M8[us]")
    two = Series(values, ("a", "b", "c"), targets=("a", "b"), time=time, frequency="1d")
    origin = RollingOrigin(folds=2, horizon=3)
    for make in (Persistence, lambda: Ridge(4, 3)):
        result = backtest(make(), two, origin)
        assert result.folds[1].forecast.values.shape == (3, 2)
        assert result.folds[0].forecast.to_frame().columns == ["time", "a", "b"]
        rows = result.columns()
        for name in "ab":
            alone = backtest(make(), two.target(name), origin).columns()
            own = rows["target"] == name
            assert rows["predicted"][own].tolist() == alone["predicted"].tolist()
            assert rows["actual"][own].tolist() == alone["actual"].tolist()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_levels_are_those_that_every_series_allows(order):
    """Of 7 unseen windows at most 87.5 percent, of 39 at most 97.5."""
    several = [months(42, name="short"), months(202, seed=1, name="long")]
    gru = RecurrentForecaster("gru", horizon=1, **QUICK)
    result = backtest(gru, [several[k] for k in order], RollingOrigin(folds=2))
    assert result.levels == (80.0,)
    assert [list(fold.forecast.intervals) for fold in result.folds] == [[80.0]] * 4
    assert result.coverage()[80.0].overall.n == 4
