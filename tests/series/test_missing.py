"""Missing values: counted, placed, and dropped or filled only on request."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rnncomp.errors import ColumnError, MissingValuesError
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
    assert series.observed[:, 0].tolist() == [True, False, False, True, False, True]
    assert series.fill == "interpolate"


def test_ffill_repeats_the_past_only(holes):
    series = load(holes, missing="ffill")
    assert list(rows(series).values()) == [2.0, 2.0, 2.0, 8.0, 8.0, 6.0, 6.0]
    assert series.notes[0].startswith("filled with the value before")
    assert series.observed[:, 0].tolist() == [True, False, False, True, False, True, False]
    assert (series.fill, series.columns) == ("ffill", ("v",))


def test_mask_repeats_the_past_and_shows_the_network_where(holes):
    series = load(holes, missing="mask")
    filled = load(holes, missing="ffill")
    assert series.columns == ("v", "v_observed")
    assert series.features == ("v_observed",)
    assert series.target_values.tolist() == filled.target_values.tolist()
    assert series.values[:, 1].tolist() == filled.observed[:, 0].tolist()
    assert (series.observed[:, :1] == filled.observed).all()
    assert series.observed[:, 1].all()
    assert series.fill == "mask"
    assert series.notes[1] == "what was observed, 1 or 0, is in 'v_observed'"


def test_marks_stand_between_features_and_known_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "d,v,f,k\n2010-01-01,1,2,3\n2010-01-02,2,,4\n2010-01-03,1,2,\n2010-01-04,3,3,3\n"
    )
    series = load(path, target="v", features="f", known="k", calendar="weekday", missing="mask")
    assert series.columns == ("v", "f", "f_observed", "k_observed", "k", *series.columns[-2:])
    assert series.known == ("k", "weekday_sin", "weekday_cos")
    assert series.values[:, 1:5].tolist() == [
        [2, 1, 1, 3],
        [2, 0, 1, 4],
        [2, 1, 0, 4],
        [3, 1, 1, 3],
    ]
    assert np.argwhere(~series.observed).tolist() == [[1, 1], [2, 4]]


def test_a_mark_does_not_take_the_name_of_a_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("v,v_observed\n1,2\n,3\n2,2\n3,4\n")
    with pytest.raises(ColumnError, match=r"column 'v_observed' .* must have another name, got"):
        load(path, target="v", features="v_observed", missing="mask")
    assert load(path, target="v", missing="mask").columns == ("v", "v_observed")


def test_holes_that_were_left_out_leave_nothing_behind(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("v\n\nNA\n1\n2\n")
    series = load(path, target="v", missing="mask")
    assert (series.columns, series.observed, series.fill) == (("v",), None, None)
    assert load(path, target="v", missing="drop").observed is None


CELL = st.none() | st.floats(-1e6, 1e6)


@given(cells=st.lists(st.tuples(CELL, CELL), min_size=3, max_size=30))
def test_filled_as_pandas_does(cells):
    frame = pd.DataFrame(cells, columns=["a", "b"], dtype=float)
    late = max(frame["a"].first_valid_index() or 0, frame["b"].first_valid_index() or 0)
    assume(frame["a"].nunique() > 1 and len(frame.dropna()))
    for rule, expected in (("ffill", frame.ffill()), ("interpolate", frame.interpolate())):
        expected, there = expected[late:], frame.notna()[late:]
        if rule == "interpolate":
            last = min(frame["a"].last_valid_index(), frame["b"].last_valid_index())
            expected, there = expected[: last - late + 1], there[: last - late + 1]
        if len(expected) < 2 or expected["a"].nunique() < 2:
            continue
        series = load(frame, target="a", features="b", missing=rule)
        # Two multiplications and an addition, each rounded once, of numbers up to 1e6.
        assert np.abs(series.values - expected.to_numpy()).max() <= 4 * 2.0**-52 * 1e6
        observed = (
            np.ones(series.values.shape, bool) if series.observed is None else series.observed
        )
        assert (observed == there.to_numpy()).all()


def test_what_ffill_and_mask_fill_does_not_depend_on_what_comes_later(holes, tmp_path):
    text = holes.read_text().replace("2010-05,8", "2010-05,9").replace("2010-07,6", "2010-07,")
    (tmp_path / "later.csv").write_text(text)
    for rule in ("ffill", "mask"):
        before, after = (load(p, missing=rule).values[:3] for p in (holes, tmp_path / "later.csv"))
        assert (before == after).all()


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


@pytest.mark.parametrize("rule", ["error", "drop", "interpolate", "ffill", "mask"])
def test_nothing_but_holes_cannot_be_filled(tmp_path, rule):
    path = tmp_path / "a.csv"
    path.write_text("t,v\n2010-01,\n2010-02,nan\n2010-03,\n")
    with pytest.raises(MissingValuesError, match="there is no full row to go on with"):
        load(path, target="v", missing=rule)


@pytest.mark.parametrize("rule", ["drop", "interpolate", "ffill", "mask"])
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
