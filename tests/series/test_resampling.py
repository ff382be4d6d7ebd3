"""Resampling: the means of buckets of time are those of pandas, and empty ones are missing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnncomp.errors import DataFileError, InvalidArgumentError, MissingValuesError, TimeColumnError
from rnncomp.series import load
from rnncomp.series.frequency import plain_frequency
from rnncomp.series.resampling import suggestion

DAY = 86_400
# Ours, and how pandas writes the same buckets.
EVERY = {
    "30s": ("30s", {}),
    "7m": ("7min", {"origin": "epoch"}),
    "1h": ("1h", {}),
    "5h": ("5h", {"origin": "epoch"}),
    "1d": ("1D", {}),
    "1w": ("W-MON", {"closed": "left", "label": "left"}),
    "1mo": ("MS", {}),
    "1q": ("QS", {}),
    "1y": ("YS", {}),
}


def irregular(seconds, values):
    stamps = pd.to_datetime(np.sort(np.array(seconds)), unit="s")
    return pd.DataFrame({"when": stamps, "v": values, "w": np.arange(len(values)) ** 2.0})


@pytest.mark.parametrize("every", EVERY)
@given(data=st.data())
@settings(max_examples=30)
def test_the_means_are_those_of_pandas(every, data):
    rows = data.draw(st.integers(3, 40))
    step = {"30s": 60, "7m": 1000, "1h": 2 * 3600, "5h": DAY}.get(every, 90 * DAY)
    start = data.draw(st.integers(-(10**9), 10**9))  # also before 1970
    steps = data.draw(st.lists(st.integers(0, step), min_size=rows, max_size=rows))
    cell = st.floats(-1e6, 1e6) | st.just(np.nan)
    values = data.draw(st.lists(cell, min_size=rows, max_size=rows))
    frame = irregular(start + np.cumsum(steps), values)
    freq, options = EVERY[every]
    expected = frame.set_index("when").resample(freq, **options).mean()
    filled = expected.ffill().dropna()
    if filled["v"].nunique() < 2:
        return
    series = load(frame, target="v", features="w", missing="ffill", resample=every)
    assert series.frequency == plain_frequency(every)
    assert (series.time == filled.index.to_numpy()).all()
    # A sum of up to 40 numbers of at most 1e6, each rounded once, over their count.
    assert np.abs(series.values - filled.to_numpy()).max() <= 41 * 2.0**-52 * 1e6
    observed = True if series.observed is None else series.observed
    assert (observed == expected.notna().loc[filled.index].to_numpy()).all()


@pytest.fixture
def visits(tmp_path):
    path = tmp_path / "visits.csv"
    stamps = ["01 07:10", "01 21:00", "02 00:00", "02 00:00", "04 23:59", "05 12:00"]
    cells = ["1", "3", "5", "", "9", "4"]
    lines = [f"2024-02-{stamp},{cell}\n" for stamp, cell in zip(stamps, cells, strict=True)]
    path.write_text("when,v\n" + "".join(lines))
    return path


def test_a_bucket_has_its_start_and_not_its_end(visits):
    series = load(visits, resample="1d", missing="ffill", calendar="weekday")
    days = ["2024-02-01", "2024-02-02", "2024-02-03", "2024-02-04", "2024-02-05"]
    assert series.format_times(series.time) == days
    assert series.target_values.tolist() == [2.0, 5.0, 5.0, 9.0, 4.0]
    assert series.observed[:, 0].tolist() == [True, True, False, True, True]
    assert series.format_times(series.future_times(1)) == ["2024-02-06"]
    assert series.notes[0] == (
        "resampled: 6 rows became 4, the means of what was observed every day; no part of a mean: "
        "1 empty cell in column 'v' (line 5)"
    )
    assert "1 absent row where one is due every day (before 2024-02-04)" in series.notes[1]


def test_empty_buckets_are_missing_values(visits):
    with pytest.raises(MissingValuesError, match=r"1 absent row where one is due every day"):
        load(visits, resample="1d")
    assert load(visits, resample="1d", missing="drop").target_values.tolist() == [2, 5, 9, 4]
    masked = load(visits, resample="1d", missing="mask")
    assert masked.values[:, 1].tolist() == [1, 1, 0, 1, 1]


def test_a_bucket_with_rows_but_no_value_is_named_by_its_stamp(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("t,v\n2024-01-01 01:00,1\n2024-01-02 05:00,\n2024-01-03 02:30,4\n")
    with pytest.raises(MissingValuesError, match=r"1 empty cell in column 'v' \(2024-01-02\)"):
        load(path, target="v", resample="1d")


def test_uneven_stamps_are_refused_with_what_resampling_would_give(visits):
    text = visits.read_text().replace("02 00:00,\n", "02 00:01,\n")
    visits.write_text(text)
    message = r"pass resample='12h' \(--resample 12h\) to take means every 12 hours, which gives 10"
    with pytest.raises(TimeColumnError, match=message):
        load(visits)


@pytest.mark.parametrize(
    ("step", "spread", "every"),
    [(DAY, 10_000, "1d"), (60, 5, "1m"), (31 * DAY, 3 * DAY, "1mo"), (900, 100, "15m")],
)
def test_the_frequency_suggested_is_the_usual_one(step, spread, every):
    rng = np.random.default_rng(3)
    seconds = step * np.arange(50) + rng.integers(0, spread, 50)
    times = (np.datetime64("2024-01-01T05", "us") + seconds * 1_000_000).astype("M8[us]")
    words = suggestion(times)
    assert words.startswith(f"resample='{every}' (--resample {every}) to take means every ")
    frame = pd.DataFrame({"time": times, "v": rng.normal(size=50)})
    rows = load(frame, resample=every, missing="ffill")
    assert f"which gives {len(rows):,} rows" in words
    empty = 0 if rows.observed is None else int((~rows.observed).sum())
    assert (f", {empty} of them without a value" in words) == (empty > 0)


@pytest.mark.parametrize(
    ("resample", "message"),
    [
        ("1bd", "resample must be a frequency without holes in it, got '1bd'; resample to '1d'"),
        ("hourly", "resample must be a count and a unit such as .* got 'hourly'"),
        ("0h", "resample must be a count and a unit"),
        (60, "resample must be a frequency such as '1h' or '1mo', got 60"),
    ],
)
def test_what_is_no_length_of_time_is_refused(resample, message):
    with pytest.raises(InvalidArgumentError, match=message):
        load("airline", resample=resample)


def test_it_needs_time():
    with pytest.raises(TimeColumnError, match=r"resample='1h' must have a time column to go by"):
        load(np.arange(9.0), resample="1h")
    with pytest.raises(TimeColumnError, match=r"name the column with time="):
        load("airline", time=False, target="passengers", resample="1y")


def test_a_tiny_bucket_does_not_fill_the_memory():
    with pytest.raises(DataFileError, match=r"airline must stay within 512MiB, got 376,\S+ rows"):
        load("airline", resample="1us", missing="ffill")
    with pytest.raises(DataFileError, match=r"must stay within 900 bytes, got 143 rows every mo"):
        load(load("airline").to_frame().slice(0, 143), resample="1mo", max_bytes=900)


def test_rows_may_repeat_a_moment_but_not_run_backwards(visits):
    text = visits.read_text().replace("02-05", "02-03")
    visits.write_text(text)
    with pytest.raises(TimeColumnError, match="must increase from row to row"):
        load(visits, resample="1d", missing="ffill")


def test_resampling_what_is_even_already_changes_nothing():
    plain, same = load("airline"), load("airline", resample="1mo")
    assert same.fingerprint() == plain.fingerprint()
    assert same.time_unit == plain.time_unit
