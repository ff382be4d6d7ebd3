"""load_panel: each series of a long table is the one that load makes of its rows alone."""

import numpy as np
import polars as pl
import pytest

from rnncomp.errors import ColumnError, InvalidArgumentError, MissingValuesError, TimeColumnError
from rnncomp.series import Panel, Series, load, load_panel

ROWS = """unique_id,ds,y,price
b,2024-01-01,1,10
a,2024-01-01,5,20
b,2024-01-02,2,11
b,2024-01-03,4,12
a,2024-01-02,4,21
a,2024-01-03,6,22
a,2024-01-04,7,23
"""


def write(folder, text, name="sales.csv"):
    path = folder / name
    path.write_text(text)
    return path


def alone(folder, name, text=ROWS):
    head, *lines = text.splitlines()
    kept = [line[2:] for line in lines if line.startswith(name)]
    return write(folder, "\n".join([head.removeprefix("unique_id,"), *kept, ""]), f"{name}.csv")


@pytest.mark.parametrize(
    "options",
    [
        {"features": "price"},
        {"known": "price", "calendar": "weekday"},
        {"target": ("price", "y")},
        {"time": False},
        {"resample": "2d"},
    ],
)
def test_each_series_is_as_if_it_were_alone(tmp_path, options):
    panel = load_panel(write(tmp_path, ROWS), **options)
    assert panel.ids == ("b", "a")
    for name in "ab":
        one = load(alone(tmp_path, name), **{"target": "y", "time": "ds"} | options)
        assert panel[name].fingerprint() == one.fingerprint()
        assert (panel[name].name, panel[name].time_unit) == (name, one.time_unit)
        assert (panel[name].known, panel[name].frequency) == (one.known, one.frequency)
    assert [len(series) for series in panel] == [len(panel["b"]), len(panel["a"])]
    assert len(panel) == 2


def test_other_names_and_numbers_for_ids(tmp_path):
    text = ROWS.replace("unique_id,ds,y", "shop,day,sold").replace("\na,", "\n17,")
    panel = load_panel(write(tmp_path, text), id="shop", target="sold")
    assert repr(panel) == "Panel(2 series of sold by shop: 'b', '17'; 7 rows, every 1d)"
    frame = pl.DataFrame({"shop": [1, 1, 2, 2], "v": [1.0, 2.0, 4.0, 3.0]})
    assert load_panel(frame, id="shop").ids == ("1", "2")
    assert load_panel(frame.to_pandas(), id="shop")["2"].frame_type == "pandas"


def test_all_get_the_marks_that_one_needs(tmp_path):
    text = ROWS.replace("b,2024-01-02,2,11", "b,2024-01-02,2,")
    panel = load_panel(write(tmp_path, text), features="price", missing="mask")
    assert {series.columns for series in panel} == {("y", "price", "price_observed")}
    assert panel["b"].values[:, 2].tolist() == [1, 0, 1]
    assert panel["a"].values[:, 2].tolist() == [1, 1, 1, 1]
    assert (panel["b"].fill, panel["a"].fill, panel["a"].observed) == ("mask", None, None)


@pytest.mark.parametrize(
    ("text", "options", "error", "message"),
    [
        (ROWS, {"id": "shop"}, ColumnError, "id must be a column of .* got 'shop'"),
        (ROWS.replace("a,2024-01-02", ",2024-01-02"), {}, ColumnError, r"empty cell \(line 6\)"),
        (
            ROWS.replace("a,2024-01-02,4", "a,2024-01-02,"),
            {},
            MissingValuesError,
            r"series 'a' of .* 1 empty cell in column 'y' \(line 6\)",
        ),
        (
            ROWS.replace("a,2024-01-02,4", "a,2024-01-02,x"),
            {},
            ColumnError,
            r"series 'a' of .* text in 1 row: 'x' \(line 6\)",
        ),
        (
            ROWS.replace("a,2024-01-02", "a,2023-01-02"),
            {},
            TimeColumnError,
            r"series 'a' of .* must increase .* \(line 6\)",
        ),
        (
            ROWS.replace("b,2024-01-02", "b,2023-12-31").replace("b,2024-01-03", "b,2024-02-01"),
            {},
            TimeColumnError,
            "series 'b' of .*must increase",
        ),
        (
            ROWS.replace("b,2024-01-02", "b,2024-01-08").replace("b,2024-01-03", "b,2024-01-15"),
            {},
            InvalidArgumentError,
            r"frequency must be the same .* '1w' as in 'b', got '1d'; see unique_id 'a'",
        ),
        (ROWS.replace("b,2024-01-03,4", "b,2024-01-03,1").replace("02,2,11", "02,1,11"), {},
         ColumnError, "series 'b' of .* must change from row to row, got 3 rows of 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_of_its_series(tmp_path, text, options, error, message):
    with pytest.raises(error, match=message) as caught:
        load_panel(write(tmp_path, text), **options)
    assert "\n" not in str(caught.value)


def test_a_panel_is_checked():
    one = Series(np.arange(4.0)[:, None])
    other = Series(np.arange(4.0)[:, None], ("w",))
    for arguments, message in (
        (((), ()), "series must be one for each id, one at least, got '0 series and 0 ids'"),
        (((one,), ("a", "b")), "series must be one for each id"),
        (((one, one), ("a", "a")), r"ids must be different names, got \['a'\]"),
        (((one, other), ("a", "b")), r"columns must be the same .* see unique_id 'b'"),
    ):
        with pytest.raises(InvalidArgumentError, match=message):
            Panel(*arguments)
    with pytest.raises(InvalidArgumentError, match="unique_id must be one of north, south"):
        Panel((one, one), ("north", "south"))["nort"]


def test_the_fingerprint_is_of_ids_and_series():
    one, two = Series(np.arange(4.0)[:, None]), Series(np.arange(5.0)[:, None])
    prints = {
        Panel(series, ids).fingerprint()
        for series in ((one, two), (two, one))
        for ids in (("a", "b"), ("b", "a"))
    }
    assert len(prints) == 4
    assert Panel((one, two), ("a", "b"), "shop").fingerprint() in prints


def test_without_an_id_the_usual_one_is_taken_if_it_is_there(tmp_path):
    path = write(tmp_path, ROWS)
    assert load_panel(path, id=None).fingerprint() == load_panel(path).fingerprint()
    plain = write(tmp_path, "y,ds,v\n1,2024-01-01,3\n2,2024-01-02,5\n4,2024-01-03,4\n", "one.csv")
    # By the rules of `load` alone: no column is a target for being called y.
    with pytest.raises(ColumnError, match="target"):
        load_panel(plain, id=None)
    panel = load_panel(plain, id=None, target="v")
    assert panel.ids == ("one",)
    assert panel["one"].fingerprint() == load(plain, target="v").fingerprint()
