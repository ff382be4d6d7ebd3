"""The short form of `python tests/leak_fuzz.py`, whose thousand trials take minutes."""

import numpy as np
import pytest

import leak_fuzz
from rnncomp.comparison import backtesting
from rnncomp.forecasting import preparing
from slips import broken


@pytest.mark.parametrize("number", [2, 11, 63, *range(100, 106)])
def test_no_forecast_knows_what_follows_its_cutoff(number):
    """2, 11 and 63 have found something once."""
    assert leak_fuzz.run_trial(number) > 0


def test_a_scaler_of_all_rows_is_found(monkeypatch):
    slipped = broken(preparing, 'if recipe.scale_on == "all"', "if True").prepare
    monkeypatch.setattr("rnncomp.comparison.task.prepare", slipped)
    with pytest.raises(AssertionError, match=r"trial 4, .* cutoff"):
        leak_fuzz.check_comparison(leak_fuzz.draw(4))


def test_what_was_interpolated_at_a_cutoff_is_found(monkeypatch):
    monkeypatch.setattr(backtesting, "known_at", lambda series, *rows: series.slice(*rows))
    with pytest.raises(AssertionError, match=r"trial 11, .* fold 2"):
        leak_fuzz.check_forecaster(leak_fuzz.draw(11))


def test_trials_differ_in_all_that_is_drawn():
    trials = [leak_fuzz.draw(number) for number in range(60)]
    assert {trial.fill for trial in trials} == {None, *leak_fuzz.FILLS}
    assert {trial.series for trial in trials} == {1, 2}
    assert len({trial.columns for trial in trials}) == 8
    assert {trial.network["transform"] for trial in trials} == {"none", "log", "diff", "log-diff"}
    again = leak_fuzz.draw(7)
    assert again == trials[7]
    assert np.array_equal(leak_fuzz.tables(again)[0][0], leak_fuzz.tables(trials[7])[0][0])
