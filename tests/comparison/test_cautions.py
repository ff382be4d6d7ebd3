"""Cautions about data and settings: when they speak, when not, and what they say."""

import json

import numpy as np
import pytest

from rnncomp.comparison.cautions import (
    leak_switched_on,
    outside_training_range,
    season_out_of_sight,
    short_test_part,
)
from rnncomp.errors import InvalidArgumentError


def one_line(caution):
    assert caution.text.startswith(f"{caution.subject}: ")
    assert caution.text.endswith(".")
    assert "\n" not in caution.text
    assert json.loads(json.dumps(caution.to_dict()))["code"] == caution.code
    return caution.text


def outside(low, high, values, names=("mw",)):
    table = np.reshape(np.asarray(values, dtype=float), (-1, len(names)))
    return outside_training_range(names, np.atleast_1d(low), np.atleast_1d(high), table)


def test_the_counting_tutorial_is_outside_its_range():
    # Windows of 3 of 0..9: targets 3..9, and the next one is 10.
    text = one_line(outside(3.0, 9.0, [10.0]))
    assert "100 % of mw lies outside its training range 3 to 9 (10 to 10 seen)" in text


def test_some_rows_or_one_far_away():
    inside = np.full(200, 0.5)
    assert outside(0.0, 1.0, inside) is None
    few, many = inside.copy(), inside.copy()
    few[:3], many[:4] = 1.1, -0.1  # 1.5 and 2 % of 200
    assert outside(0.0, 1.0, few) is None
    assert "2 % of mw" in one_line(outside(0.0, 1.0, many))
    for far in (1.26, -0.26):
        few[0] = far
        assert "% of mw lies outside" in one_line(outside(0.0, 1.0, few))
    few[:3] = np.nan
    assert outside(0.0, 1.0, few) is None
    assert outside(0.0, 1.0, [np.nan]) is None
    assert "100 % of mw lies" in one_line(outside(0.0, 1.0, [np.nan, 9.0]))


def test_a_constant_column_that_moves():
    assert outside(5.0, 5.0, [5.0] * 99) is None
    assert "0.9 % of mw" in one_line(outside(5.0, 5.0, [5.0] * 109 + [6.0]))


def test_each_column_is_looked_at_alone_and_few_are_named():
    names = ("a", "b", "c", "d", "e")
    values = np.zeros((10, 5))
    values[:, 1:] = 9.0
    text = one_line(outside(np.zeros(5), np.ones(5), values, names))
    assert "of a " not in text
    assert all(f"of {name} " in text for name in "bcd")
    assert "of e " not in text
    assert "so do 1 more columns" in text


def test_range_false_alarms_are_rare():
    rng = np.random.default_rng(0)
    normal = rng.normal(size=(1000, 1250))
    told = [outside(s[:1000].min(), s[:1000].max(), s[1000:]) for s in normal]
    assert sum(one is not None for one in told) <= 10  # 3 of 1,000 were measured in 2,000
    walks = normal.cumsum(axis=1)
    told = [outside(s[:1000].min(), s[:1000].max(), s[1000:]) for s in walks]
    assert 450 < sum(one is not None for one in told) < 610


def test_ranges_that_do_not_fit():
    with pytest.raises(InvalidArgumentError, match=r"values must be of shape \(rows, 1\)"):
        outside_training_range(["a"], [0.0], [1.0], [1.0])
    with pytest.raises(InvalidArgumentError, match="train_high must be of shape"):
        outside_training_range(["a"], [0.0], [1.0, 2.0], [[1.0]])


@pytest.mark.parametrize(
    ("windows", "horizon", "season", "stride", "words"),
    [
        (10, 1, None, 1, None),
        (9, 1, None, 1, "hold 9 windows"),
        (433, 132, None, 1, "its 564 rows hold 4 stretches of 132 steps"),
        (469, 48, None, 1, None),
        (432, 48, None, 1, "479 rows hold 9 stretches"),
        (9, 48, None, 48, "hold 9 stretches"),
        (10, 48, None, 48, None),
        (9, 1, None, 100, "hold 9 windows"),  # gaps between windows hold nothing
        (600, 1, 336, 1, "hold 1.8 seasons of 336 rows"),
        (700, 1, 336, 1, None),
    ],
)
def test_short_test_parts(windows, horizon, season, stride, words):
    found = short_test_part(windows, horizon=horizon, season=season, stride=stride)
    assert (found is None) == (words is None)
    if found:
        assert words in one_line(found)
        assert found.code == "test_too_short"
        assert "folds" not in found.text  # they cut the same test part


def test_seasons_and_leaks():
    assert "window=48" in one_line(season_out_of_sight(48, 47))
    assert season_out_of_sight(48, 48) is season_out_of_sight(None, 1) is None
    assert "test part included" in one_line(leak_switched_on("all"))
    assert leak_switched_on("train") is None
    with pytest.raises(InvalidArgumentError, match="scale_on must be one of"):
        leak_switched_on("both")
