"""Tables as frames and as CSV."""

import csv

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leaderboards import GRU, WEAK, network

from rnncomp._tables import read_csv, safe_cell, write_csv
from rnncomp.comparison.leaderboard import COLUMNS
from rnncomp.comparison.tables import leaderboard_frame

ROWS = [GRU, network("lstm", None), *WEAK]


@pytest.mark.parametrize(
    ("kind", "frame"), [("polars", pl.DataFrame), ("pandas", pd.DataFrame), ("pyarrow", pa.Table)]
)
def test_frames_are_of_the_kind_asked_for(kind, frame):
    made = leaderboard_frame(ROWS, kind)
    assert isinstance(made, frame)
    table = (
        made if kind == "polars" else pl.from_arrow(pa.table(made) if kind == "pandas" else made)
    )
    assert table.columns == list(COLUMNS)
    assert table["name"].to_list() == ["gru", "lstm", "ridge", "persistence", "mean"]
    assert table["mae"].to_list() == [GRU["mae"], None, 0.5, 0.6, 0.9]
    assert table["n_params"].to_list() == [9, 9, 0, 0, 0]
    assert table["mae"].dtype == pl.Float64
    assert table["n_params"].dtype == pl.Int64


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("+a", "'+a"), ("-a", "'-a"), ("@a", "'@a"), ("\ta", "'\ta"),
     ("\ra", "'\ra"), ("price", "price"), ("", ""), ("a=b", "a=b"), ("'a", "'a")],
)  # fmt: skip
def test_formulas_are_made_harmless(text, cell):
    assert safe_cell(text) == cell


def test_csv_keeps_numbers_and_empties_what_is_absent(tmp_path):
    path = tmp_path / "a.csv"
    columns = {
        "=cmd": ["-x", "a,b"],
        "value": np.array([-0.1, np.nan]),
        "n": np.array([3, -4]),
        "none": [None, np.inf],
        "day": np.array(["2024-02-29T01", "2024-03-01T02"], "M8[h]").astype("M8[ns]"),
    }
    write_csv(path, columns)
    assert path.read_bytes() == (
        b"'=cmd,value,n,none,day\n'-x,-0.1,3,,2024-02-29T01:00:00.000000000\n\"a,b\",,-4,,2024-03-01T02:00:00.000000000\n"
    )
    again = read_csv(path)
    assert list(again) == list(columns)
    assert again["=cmd"].tolist() == ["-x", "a,b"]
    assert again["n"].dtype == np.int64
    np.testing.assert_array_equal(again["value"], columns["value"])


@given(st.lists(st.floats(width=64, allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_survive_to_the_last_bit(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    write_csv(path, {"x": np.array(numbers)})
    assert read_csv(path)["x"].tobytes() == np.array(numbers).tobytes()


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_text_survives_and_is_never_a_formula(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    cells = ["word", *(word for word in words if not word.startswith("'"))]
    write_csv(path, {"x": cells})
    assert read_csv(path)["x"].tolist() == cells
    with path.open(encoding="utf-8", newline="") as file:
        assert not any(row[0].startswith(tuple("=+-@\t\r")) for row in csv.reader(file))


def test_rows_of_different_length_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3\n")
    with pytest.raises(ValueError, match="different lengths"):
        read_csv(tmp_path / "a.csv")
    with pytest.raises(ValueError, match="shorter"):
        write_csv(tmp_path / "b.csv", {"a": [1, 2], "b": [1]})
