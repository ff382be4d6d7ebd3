"""Numbers: what a cell counts as."""

import numpy as np
import polars as pl
import pytest

from rnncomp.series.numbers import read_numbers, shorten

CELLS = {
    "1.5": 1.5, " -2 ": -2.0, "+3": 3.0, "1e3": 1000.0, ".5": 0.5, "5.": 5.0,
    "": "empty", "  ": "empty", "NA": "empty", "n/a": "empty", "null": "empty", "None": "empty",
    "nan": "not_a_number", "NaN": "not_a_number",
    "inf": "infinite", "-Infinity": "infinite", "1e400": "infinite",
    "x": "text", "1,5": "text", "1 000": "text", "0x10": "text", "1_0": "text", "--1": "text",
}  # fmt: skip


@pytest.mark.parametrize("cell", CELLS)
def test_each_cell_counts_as_one_thing(cell):
    numbers = read_numbers(pl.Series(["7", cell]))
    expected = CELLS[cell]
    if isinstance(expected, float):
        assert numbers.values.tolist() == [7.0, expected]
        assert len(numbers.missing) + len(numbers.text) == 0
        return
    assert numbers.values[0] == 7.0
    assert np.isnan(numbers.values[1])
    for kind in ("empty", "not_a_number", "infinite", "text"):
        assert getattr(numbers, kind).tolist() == ([1] if kind == expected else [])
    assert numbers.missing.tolist() == ([] if expected == "text" else [1])
    assert numbers.finite == 1


def test_columns_of_numbers_keep_nan_and_empty_apart():
    numbers = read_numbers(pl.Series([1.0, None, float("nan"), float("-inf")]))
    assert (numbers.empty.tolist(), numbers.not_a_number.tolist()) == ([1], [2])
    assert numbers.infinite.tolist() == [3]
    assert np.isnan(numbers.values[1:]).all()


def test_a_decimal_comma_and_a_stray_point():
    numbers = read_numbers(pl.Series(["1,5", "2", "1.5", "1.234,5"]), decimal=",")
    assert numbers.values[:2].tolist() == [1.5, 2.0]
    assert numbers.text.tolist() == [2, 3]


def test_a_long_cell_is_cut_in_messages():
    assert shorten("x" * 41) == repr("x" * 40 + "...")
    assert shorten("x" * 40) == repr("x" * 40)
