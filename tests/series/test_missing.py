"""Missing values: counted, placed, and dropped or filled only on request."""

import numpy as np
import pytest

from rnncomp.errors import MissingValuesError
from rnncomp.series import load

CELLS = ["", "2", "nan", "inf", "8", "NA", "6", ""]
HOLES = "month,v\n" + "".join(f"2010-0{month},{cell}\n" for month, cell in enumerate(CELLS, 1))


@pytest.fixture
def holes(tmp_path):
    path = tmp_path / "holes.csv"
    path.write_text(HOLES)
    return path


@pytest.fixture
def gaps(tmp_path):
    path = tmp_path / "gaps.csv"
    path.write_text("day,v\n2010-01-01,1\n2010-01-02,2\n2010-01-05,8\n2010-01-06,9\n")
    return path


def rows(series):
    return dict(zip(series.format_times(series.time), series.target_values.tolist(), strict=True))


def test_holes_are_refused_with_their_kinds_and_lines(holes):
    message = (
        r"got 3 empty cells and 1 NaN and 1 infinite value in column 'v' "
        r"\(line 2, line 4, line 5, \.\.\.\); pass missing=\"drop\""
    )
    with pytest.raises(MissingValuesError, match=message):
        load(holes)


def test_drop_closes_the_gaps_and_says_so(holes):
    series = load(holes, missing="drop")
    assert rows(series) == {"2010-02": 2.0, "2010-05": 8.0, "2010-07": 6.0}
    assert series.frequency == "1mo"
    assert series.notes[0].startswith("left out, the rows after them moved up: 3 empty cells")


def test_interpolate_draws_lines_and_leaves_out_the_ends(holes):
    series = load(holes, missing="interpolate")
    expected = [2.0, 4.0, 6.0, 8.0, 7.0, 6.0]
    assert list(rows(series)) == [f"2010-0{month}" for month in range(2, 8)]
    assert list(rows(series).values()) == pytest.approx(expected, abs=0, rel=1e-15)
    assert series.notes[0].startswith("interpolated: 3 empty cells")


def test_ffill_repeats_the_past_only(holes):
    series = load(holes, missing="ffill")
    assert list(rows(series).values()) == [2.0, 2.0, 2.0, 8.0, 8.0, 6.0, 6.0]
    assert series.notes[0].startswith("filled with the value before")


def test_absent_rows_are_missing_values_too(gaps):
    with pytest.raises(MissingValuesError, match=r"2 absent rows .*every day \(before line 4\)"):
        load(gaps)
    assert list(load(gaps, missing="drop").target_values) == [1.0, 2.0, 8.0, 9.0]
    filled = load(gaps, missing="interpolate")
    assert list(rows(filled).values()) == [1.0, 2.0, 4.0, 6.0, 8.0, 9.0]
    assert list(rows(filled))[2:4] == ["2010-01-03", "2010-01-04"]
    assert list(load(gaps, missing="ffill").target_values) == [1.0, 2.0, 2.0, 2.0, 8.0, 9.0]


def test_any_column_used_can_have_holes_and_others_do_not_matter(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b,c\n1,,\n2,3,\n4,5,\n,7,\n9,9,\n")
    assert len(load(path, target="b", missing="ffill")) == 4
    series = load(path, target="a", features=["b"], missing="interpolate")
    assert series.values.tolist() == [[2.0, 3.0], [4.0, 5.0], [6.5, 7.0], [9.0, 9.0]]
    dropped = load(path, target="a", features=["b"], missing="drop")
    assert dropped.values.tolist() == [[2.0, 3.0], [4.0, 5.0], [9.0, 9.0]]


@pytest.mark.parametrize("rule", ["error", "drop", "interpolate", "ffill"])
def test_nothing_but_holes_cannot_be_filled(tmp_path, rule):
    path = tmp_path / "a.csv"
    path.write_text("t,v\n2010-01,\n2010-02,nan\n2010-03,\n")
    with pytest.raises(MissingValuesError, match="there is no full row to go on with"):
        load(path, target="v", missing=rule)


@pytest.mark.parametrize("rule", ["drop", "interpolate", "ffill"])
def test_whole_data_are_untouched_by_a_rule(rule):
    series = load("airline", missing=rule)
    assert series.fingerprint() == load("airline").fingerprint()
    assert series.notes == ()


def test_arrays_have_rows_instead_of_lines():
    with pytest.raises(MissingValuesError, match=r"the array .* 1 NaN in column 'value' \(row 1\)"):
        load(np.array([1.0, np.nan, 3.0]))


def test_co2_has_59_holes_to_fill():
    filled = load("co2", missing="interpolate")
    assert len(load("co2", missing="drop")) == len(filled) - 59 == 2225
    assert np.isfinite(filled.values).all()
