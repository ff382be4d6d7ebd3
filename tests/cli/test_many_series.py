"""A table in long form through the whole program: compare, backtest, fit, forecast, report."""

import csv
import math

import numpy as np
import pytest
from command import assert_one_line_error

import rnncomp
from rnncomp.cli.options import read_source

SMALL = ("--window", 4, "--units", 2, "--epochs", 1, "--seeds", 1, "--horizon", 2)
USUAL = ("unique_id", "ds", "y")
OWN = ("shop", "day", "sold")
SHOPS = {"north": 1.0, "south": 1000.0}


def write_long(path, names, shops=SHOPS):
    """Write a value a day for each shop, the shops one below the other."""
    rows = [
        (shop, str(np.datetime64("2024-01-01") + k), size * (3 + math.sin(k) + k % 3))
        for shop, size in shops.items()
        for k in range(56)
    ]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([names, *rows])


@pytest.fixture(params=[USUAL, OWN], ids=["usual names", "--id"])
def table(request, tmp_path):
    """The file, and the options that it needs."""
    write_long(tmp_path / "long.csv", request.param)
    reading = () if request.param == USUAL else ("--id", "shop", "--target", "sold")
    return ("long.csv", *reading)


def test_a_comparison_of_all_and_its_page(rnncomp_program, table, tmp_path):
    out = ("--out", "run", "--cells", "gru", "--json")
    result = rnncomp_program("compare", *table, *SMALL, *out)
    assert result.code == 0, result.err
    curves = result.json()["data"]["curves"]
    assert [name.split(":")[0] for name in curves] == list(SHOPS)
    assert rnncomp_program("report", "run").code == 0
    assert "persistence" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")


def test_a_backtest_of_all(rnncomp_program, table):
    result = rnncomp_program("backtest", *table, *SMALL, "--folds", 2, "--json")
    assert result.code == 0, result.err
    assert set(result.json()["rows"]["series"]) == set(SHOPS)


def test_one_network_for_all_forecasts_each(rnncomp_program, table):
    fitted = rnncomp_program("fit", *table, *SMALL, "--out", "m.safetensors", "--json")
    assert fitted.code == 0, fitted.err
    assert fitted.json()["series"] == list(SHOPS)
    for shop, size in SHOPS.items():
        result = rnncomp_program("forecast", "m.safetensors", "--of", shop, "--json")
        assert result.code == 0, result.err
        columns = result.json()["columns"]
        (numbers,) = [columns[name] for name in ("y", "sold") if name in columns]
        assert all(0.5 * size < number < 10 * size for number in numbers)
    assert_one_line_error(rnncomp_program("forecast", "m.safetensors"), "of", "north")


def test_a_long_table_of_one_series_is_that_series(rnncomp_program, tmp_path):
    write_long(tmp_path / "long.csv", USUAL, {"north": 1.0})
    assert isinstance(read_source("long.csv", {"id": None}), rnncomp.Series)
    assert isinstance(read_source("long.csv", {"id": "unique_id"}), rnncomp.Panel)
    options = (*SMALL, "--out", "m.safetensors", "--json")
    assert rnncomp_program("fit", "long.csv", *options).json()["series"] == ["north"]
    assert rnncomp_program("forecast", "m.safetensors", "--json").code == 0
