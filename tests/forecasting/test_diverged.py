"""A seed whose training diverged is left out of a forecaster, and said; none left is an error."""

from dataclasses import replace

import numpy as np
import pytest

from rnncomp import RecurrentForecaster, RollingOrigin, backtest
from rnncomp.comparison import backtesting
from rnncomp.errors import TrainingError
from rnncomp.forecasting import run_jobs
from rnncomp.series import Series

QUICK = {"window": 5, "units": 2, "epochs": 1}


def series():
    return Series(50 + np.sin(np.arange(60.0))[:, None])


def broken(result):
    return replace(result, weights=[np.full_like(w, np.nan) for w in result.weights])


def test_a_diverged_seed_is_left_out(tmp_path):
    forecaster = RecurrentForecaster("gru", seeds=[4, 7, 9], **QUICK)
    plan = forecaster.plan(series())
    results = run_jobs(plan.todo, plan.data)
    forecaster.finish(plan, [results[0], broken(results[1]), results[2]])
    assert (forecaster.diverged, forecaster.seeds) == ((7,), (4, 7, 9))
    assert len(forecaster.models) == len(forecaster.histories) == 2
    alone = RecurrentForecaster("gru", seeds=[4, 9], **QUICK).fit(series())
    made = forecaster.predict(3, levels=50)
    assert made.values.tobytes() == alone.predict(3).values.tobytes()
    forecaster.save(tmp_path / "a.safetensors")
    again = RecurrentForecaster.load(tmp_path / "a.safetensors")
    assert (again.seeds, again.diverged) == ((4, 9), ())
    assert again.predict(3).values.tobytes() == made.values.tobytes()
    assert forecaster.fit(series()).diverged == ()  # a fit begins afresh, with all seeds
    assert len(forecaster.models) == 3


def test_if_all_diverge_it_is_said():
    forecaster = RecurrentForecaster("gru", seeds=2, learning_rate=1e38, **QUICK)
    with pytest.raises(TrainingError, match=r"seeds \[0, 1\]; train with learning_rate=1e\+37 or"):
        forecaster.fit(series())
    assert not forecaster.models


def test_a_warm_start_has_nothing_to_begin_from_where_a_seed_diverged():
    plan = RecurrentForecaster("gru", seeds=2, **QUICK).plan(series())
    first, second = run_jobs(plan.todo, plan.data)
    begun = plan.starting_from([broken(first), second])
    starts = [begun.data[job.data_hash].start for job in begun.todo]
    assert starts[0] is None
    assert starts[1] is second.weights


@pytest.mark.parametrize("refit", ["every", "warm"])
def test_in_a_backtest_the_other_seeds_forecast(monkeypatch, refit):
    first = []

    def run(todo, data, **options):
        results = run_jobs(todo, data, **options)
        if first:
            return results
        first.append(True)
        return [broken(results[0]), *results[1:]]

    monkeypatch.setattr(backtesting, "run_jobs", run)
    gru = RecurrentForecaster("gru", seeds=2, **QUICK)
    result = backtest(gru, series(), RollingOrigin(folds=2), refit=refit, levels=())
    assert np.isfinite(result.mae)
