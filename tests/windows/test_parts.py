"""Which part a sample belongs to: the one that holds all its targets, or none."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnncomp.errors import InvalidArgumentError, SplitError
from rnncomp.windows import Parts, Split, assign, make_samples


@st.composite
def cases(draw):
    rows = draw(st.integers(6, 80))
    cuts = sorted(draw(st.tuples(st.integers(1, rows - 1), st.integers(1, rows - 1))))
    window, horizon = draw(st.integers(1, 12)), draw(st.integers(1, 5))
    stride = draw(st.integers(1, 4))
    assume(rows >= window + horizon)
    parts = Parts((0, cuts[0]), (cuts[0], cuts[1]), (cuts[1], rows))
    samples = make_samples(np.arange(float(rows)), window=window, horizon=horizon, stride=stride)
    return samples, window, horizon, parts


def _assigned(samples, window, horizon, parts, within_parts):
    try:
        return assign(
            samples.starts, window=window, horizon=horizon, parts=parts, within_parts=within_parts
        )
    except SplitError:
        assume(False)


@given(case=cases(), within_parts=st.booleans())
def test_all_targets_lie_in_the_part(case, within_parts):
    samples, window, horizon, parts = case
    members = _assigned(samples, window, horizon, parts, within_parts)
    for name, (first, end) in parts.to_dict().items():
        targets = samples.targets[members[name]]  # each value is its own row
        assert ((targets >= first) & (targets < end)).all()
        if within_parts:
            assert (samples.take(members[name]).starts_of() >= first).all()


@given(case=cases())
def test_no_sample_is_in_two_parts_and_only_those_across_a_boundary_in_none(case):
    samples, window, horizon, parts = case
    members = _assigned(samples, window, horizon, parts, within_parts=False)
    everywhere = np.concatenate(list(members.values()))
    assert len(np.unique(everywhere)) == len(everywhere)
    left_out = np.setdiff1d(np.arange(len(samples)), everywhere)
    for first, last in samples.targets[left_out][:, [0, -1]]:
        assert any(first < cut <= last for cut in (parts.validation[0], parts.test[0]))


@given(case=cases())
def test_a_change_after_train_changes_no_number_that_train_sees(case):
    samples, window, horizon, parts = case
    members = _assigned(samples, window, horizon, parts, within_parts=False)
    train = samples.take(members["train"])
    assert train.windows().max() < parts.train[1]
    assert train.targets.max() < parts.train[1]


def test_the_tutorials_split_has_640_160_and_200_windows():
    parts = Split.fractions().parts(1050, window=50)
    starts = range(1000)
    members = assign(starts, window=50, horizon=1, parts=parts)
    assert {name: len(rows) for name, rows in members.items()} == {
        "train": 640,
        "validation": 160,
        "test": 200,
    }
    assert members["test"][0] == 800


def test_the_fourth_tutorial_has_187_and_46_windows_that_do_not_overlap():
    samples = make_samples(np.zeros(2820), window=12, stride=12)
    parts = Parts((0, 2256), (2256, 2256), (2256, 2820))
    members = assign(samples.starts, window=12, horizon=1, parts=parts, within_parts=True)
    assert [len(rows) for rows in members.values()] == [187, 0, 46]


@pytest.mark.parametrize(
    ("parts", "window", "within", "message"),
    [
        (Parts((0, 3), (3, 6), (6, 9)), 3, False, "train part .* needs 4 rows or more, got 3"),
        (Parts((0, 6), (6, 7), (7, 9)), 3, True, "validation part .* needs 4 rows or more, got 1"),
    ],
)
def test_a_part_without_a_window_says_what_it_needs(parts, window, within, message):
    starts = range(20)
    with pytest.raises(SplitError, match=message):
        assign(starts, window=window, horizon=1, parts=parts, within_parts=within)


def test_a_horizon_longer_than_a_part_leaves_it_without_a_window():
    parts = Parts((0, 20), (20, 23), (23, 30))
    with pytest.raises(SplitError, match=r"validation part .* horizon=4 it needs 4 rows"):
        assign(range(30), window=3, horizon=4, parts=parts)


def test_validation_may_be_empty_by_choice():
    parts = Parts((0, 6), (6, 6), (6, 9))
    assert len(assign(range(6), window=3, horizon=1, parts=parts)["validation"]) == 0


@pytest.mark.parametrize(
    "stretches", [((0, 5), (6, 8), (8, 9)), ((0, 5), (4, 8), (8, 9)), ((5, 0), (0, 8), (8, 9))]
)
def test_parts_must_touch_in_order(stretches):
    with pytest.raises(InvalidArgumentError, match="parts must be neighbouring"):
        Parts(*stretches)
