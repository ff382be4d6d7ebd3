"""Seasons: found where they are, and seldom where they are not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncomp.errors import InvalidArgumentError
from rnncomp.series import find_season, find_seasons, load
from rnncomp.series.seasons import autocorrelation


@pytest.mark.parametrize(
    ("name", "season"),
    [
        ("airline", 12),
        ("co2", 52),
        ("nyc_taxi", 336),  # a week of half hours; a day, 48, is nearly as strong
        ("sunspots", 125),  # the solar cycle, 9 to 14 years
        ("sines", None),  # periods of 659, 264, 132 and 82 rows share no season within the rows
        ("counting", None),
        ("arithmetic", None),
    ],
)
def test_built_in_series(name, season):
    assert find_season(load(name, missing="interpolate").target_values) == season


@pytest.mark.parametrize(("name", "season"), [("airline", 12), ("co2", 52), ("nyc_taxi", 336)])
def test_the_training_part_is_enough(name, season):
    values = load(name, missing="interpolate").target_values
    assert find_season(values[: int(0.64 * len(values))]) == season


def test_several_seasons_without_their_multiples():
    found = find_seasons(load("nyc_taxi").target_values)
    assert [season.steps for season in found] == [336, 48]
    assert found[0].correlation > found[1].correlation > 0.7


@given(
    season=st.integers(4, 40),
    cycles=st.integers(6, 12),
    slope=st.floats(-1, 1),
    level=st.sampled_from([0.0, 1e6]),
)
def test_a_plain_season_is_found_through_level_and_slope(season, cycles, slope, level):
    time = np.arange(season * cycles)
    values = level + slope * time / season + np.sin(2 * np.pi * time / season)
    assert find_season(values) == season


@pytest.mark.parametrize("persistence", [0.0, 0.9, 1.0])
def test_noise_and_random_walks_seldom_have_a_season(persistence):
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(100):
        values, carried = np.empty(300), 0.0
        for row, shock in enumerate(rng.standard_normal(300)):
            carried = persistence * carried + shock
            values[row] = carried
        found += find_season(values) is not None
    assert found <= 5


@pytest.mark.parametrize("rows", range(8))
def test_short_series_have_none(rows):
    assert find_season(np.arange(rows) % 2) is None


@pytest.mark.parametrize("level", [0.0, 1.0, 1e9, 0.1])
def test_straight_lines_and_constants_have_none(level):
    assert find_season(np.full(100, level)) is None
    assert find_season(level + np.linspace(0, 1, 100)) is None


def test_later_values_have_no_say():
    values = np.sin(2 * np.pi * np.arange(240) / 12)
    changed = np.concatenate([values[:120], np.random.default_rng(0).standard_normal(120)])
    assert find_season(changed[:120]) == find_season(values[:120]) == 12


def test_autocorrelation_is_that_of_its_definition():
    values = np.random.default_rng(5).standard_normal(40)
    time = np.arange(40)
    rest = values - np.polyval(np.polyfit(time, values, 1), time)
    expected = [rest[: 40 - lag] @ rest[lag:] / (rest @ rest) for lag in range(40)]
    # 40 products and the transform's log2(128) layers, all at most 1 in size.
    np.testing.assert_allclose(autocorrelation(values), expected, rtol=0, atol=50 * 2.3e-16)


@pytest.mark.parametrize("values", [np.zeros((3, 3)), [1.0, np.nan, 2.0], [1.0, np.inf]])
def test_values_must_be_finite_and_in_one_dimension(values):
    with pytest.raises(InvalidArgumentError, match="values must be finite and 1-D"):
        find_season(values)


@pytest.mark.parametrize("size", [2.0**-900, 2.0**1000])
def test_the_unit_of_the_values_has_no_say(size):
    values = np.tile([1.0, 3.0, 2.0, 7.0], 12)
    assert find_seasons(size * values) == find_seasons(values)
    assert find_season(size * values) == 4
