"""The built-in series: what they are, and that they can be written out and read back."""

from pathlib import Path

import numpy as np
import pytest

import rnncomp.series
from rnncomp.errors import DataFileError, OutputError
from rnncomp.series import list_datasets, load, write_dataset

DATA = Path(rnncomp.series.__file__).parent / "data"


def test_names_are_sorted_and_described():
    names = [dataset.name for dataset in list_datasets()]
    assert names == ["airline", "arithmetic", "co2", "counting", "nyc_taxi", "sines", "sunspots"]
    for dataset in list_datasets():
        assert dataset.description
        assert dataset.source


@pytest.mark.parametrize("dataset", list_datasets(), ids=lambda dataset: dataset.name)
def test_rows_are_as_many_as_promised(dataset):
    assert len(load(dataset.name, missing="interpolate")) == dataset.rows


@pytest.mark.parametrize("dataset", list_datasets(), ids=lambda dataset: dataset.name)
def test_written_and_read_back_they_are_the_same(dataset, tmp_path):
    path = write_dataset(dataset.name, tmp_path / f"{dataset.name}.csv")
    written = load(path, missing="interpolate")
    assert written.fingerprint() == load(dataset.name, missing="interpolate").fingerprint()


def test_the_sines_are_the_tutorials():
    np.random.seed(42)
    t = np.linspace(0, 100, 1050)
    expected = 2.0 * np.sin(0.1 * t) + 1.5 * np.sin(0.25 * t) + 1.0 * np.sin(0.5 * t)
    expected += 0.8 * np.sin(0.8 * t)
    expected += 0.1 * np.random.normal(0, 1, 1050)
    values = load("sines").target_values
    np.testing.assert_allclose(values, expected, rtol=0, atol=4 * np.finfo(float).eps * 5)
    assert (round(values.min(), 5), round(values.max(), 5)) == (-4.94766, 4.93678)


def test_the_formulas():
    assert load("counting").target_values.tolist() == list(range(10))
    assert load("arithmetic").target_values.tolist() == list(range(0, 1000, 10))


def test_the_sunspots_of_the_tutorial_are_the_first_2820_months():
    series = load("sunspots")
    assert series.format_times(series.time[[0, 2819, 3119]]) == ["1749-01", "1983-12", "2008-12"]
    assert series.target_values.max() == 253.8
    assert series.target_values[:2256].max() == 238.9


def test_every_file_has_its_terms():
    readme = (DATA / "README.md").read_text()
    for path in DATA.glob("*.csv"):
        assert f"`{path.name}`" in readme
    assert "Permission is hereby granted" in (DATA / "NYC_TAXI_LICENSE.txt").read_text()


def test_an_existing_file_is_kept(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("mine")
    with pytest.raises(OutputError, match="must not exist"):
        write_dataset("sines", path)
    assert path.read_text() == "mine"


def test_where_nothing_can_be_written(tmp_path):
    with pytest.raises(OutputError, match="No such file or directory"):
        write_dataset("sines", tmp_path / "none" / "a.csv")


def test_a_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    real_open = Path.open

    def open_full(path, *args, **kwargs):
        file = real_open(path, *args, **kwargs)
        if path.name != "full.csv":
            return file
        file.close()
        full = real_open(Path("/dev/full"), "wb", buffering=0)
        return full

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_dataset("sines", tmp_path / "full.csv")
    assert not (tmp_path / "full.csv").exists()


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(DataFileError, match="did you mean 'sunspots'"):
        write_dataset("sunspot", "x.csv")
