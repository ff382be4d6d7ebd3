"""inspect: says what there is and lists what is in the way, without raising for it."""

import json

import numpy as np
import polars as pl
import pytest

from rnncomp.errors import DataError, DataFileError, InvalidArgumentError
from rnncomp.series import inspect, load


def test_the_taxi_series_is_described_in_full():
    found = inspect("nyc_taxi", window=48, horizon=6)
    assert (found.rows, found.target, found.time) == (10320, "value", "timestamp")
    assert (found.first, found.last) == ("2014-07-01 00:00:00", "2015-01-31 23:30:00")
    assert (found.frequency, found.frequency_words) == ("30m", "every 30 minutes")
    assert (found.gaps, found.first_gaps) == (0, ())
    assert [(season.steps, season.words) for season in found.seasons] == [
        (336, "1 week"),
        (48, "1 day"),
    ]
    assert (found.window, found.horizon, found.windows) == (48, 6, 10320 - 48 - 6 + 1)
    assert (found.obstacles, found.notes) == ((), ())
    time, value = found.columns
    assert (time.name, time.kind, time.role) == ("timestamp", "time", "time")
    assert (value.name, value.kind, value.role, value.missing) == ("value", "number", "target", 0)
    assert (value.lowest, value.highest) == (8.0, 39197.0)
    assert value.mean == pytest.approx(load("nyc_taxi").values.mean(), rel=1e-12)


def test_it_can_be_written_as_json():
    found = inspect("co2")
    again = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert again["columns"][1]["missing"] == 59
    assert again["obstacles"][0].startswith("co2 must have no missing values, got 59 empty cells")


def test_with_a_rule_the_holes_are_a_note_and_no_obstacle():
    found = inspect("co2", missing="interpolate")
    assert found.obstacles == ()
    assert found.notes[0].startswith("interpolated: 59 empty cells")
    assert found.seasons[0].steps == 52
    assert inspect("co2", missing="drop").windows == 2225 - 50


def test_gaps_are_counted_and_the_first_ones_named(tmp_path):
    days = [f"2010-01-{day:02d}" for day in range(1, 32) if day not in (3, 9, 10)]
    path = tmp_path / "a.csv"
    path.write_text("day,v\n" + "".join(f"{day},{n % 5}\n" for n, day in enumerate(days)))
    found = inspect(path, window=5)
    assert (found.gaps, found.first_gaps) == (3, ("2010-01-03", "2010-01-09", "2010-01-10"))
    assert "3 absent rows" in found.obstacles[0]


BAD = {
    "text": ("t,v\n2010-01,1\n2010-02,x\n2010-03,4\n", {}),
    "uneven": ("t,v\n2010-01-01,1\n2010-01-02,2\n2010-01-09,3\n2010-03-01,5\n", {}),
    "unsorted": ("t,v\n2010-02,1\n2010-01,2\n2010-03,4\n", {}),
    "mixed": ("t,v\n2010-02,1\n2010-03-01,2\n2010-04,4\n", {}),
    "several": ("t,a,b\n2010-01,1,2\n2010-02,2,3\n2010-03,4,5\n", {}),
    "no numbers": ("t,v\n2010-01,a\n2010-02,b\n2010-03,c\n", {}),
    "constant": ("t,v\n2010-01,1\n2010-02,1\n2010-03,1\n", {}),
    "all holes": ("t,v\n2010-01,\n2010-02,\n2010-03,\n", {"target": "v"}),
    "no target": ("t,v\n2010-01,1\n2010-02,2\n2010-03,4\n", {"target": "w"}),
    "no time": ("t,v\n2010-01,1\n2010-02,2\n2010-03,4\n", {"time": "T"}),
}


@pytest.mark.parametrize("kind", BAD)
def test_every_obstacle_is_what_load_would_say(kind, tmp_path):
    content, options = BAD[kind]
    path = tmp_path / "bad.csv"
    path.write_text(content)
    found = inspect(path, window=1, **options)
    with pytest.raises(DataError) as caught:
        load(path, **options)
    assert str(caught.value) in found.obstacles
    assert found.rows == 3 + content.count("2010-03-01,5")
    assert len(found.columns) == content.split("\n")[0].count(",") + 1


def test_several_obstacles_at_once(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("t,v\n2010-02,1\n2010-01,x\n2010-03,4\n")
    found = inspect(path, target="v")
    words = ("must increase", "must hold numbers", r"at least window + horizon = 51 rows, got 3")
    assert len(found.obstacles) == 3
    for sentence, word in zip(found.obstacles, words, strict=True):
        assert word in sentence


def test_kinds_and_roles_of_columns():
    frame = pl.DataFrame(
        {
            "when": ["2010-01", "2010-02", "2010-03"],
            "v": [1.0, None, 4.0],
            "extra": [1, 2, 4],
            "note": ["a", "b", None],
            "flag": [True, False, None],
            "also_when": ["2010-01", "2010-02", "2010-03"],
        }
    )
    found = inspect(frame, target="v", features="extra", window=1)
    assert [(c.name, c.kind, c.role, c.missing) for c in found.columns] == [
        ("when", "time", "time", 0),
        ("v", "number", "target", 1),
        ("extra", "number", "feature", 0),
        ("note", "text", "", 1),
        ("flag", "boolean", "", 1),
        ("also_when", "time", "", 0),
    ]


def test_a_series_and_an_array_can_be_inspected():
    assert inspect(load("airline")).seasons[0].steps == 12
    assert inspect(np.arange(60.0)).windows == 10


def test_what_cannot_be_read_is_raised(tmp_path):
    with pytest.raises(DataFileError, match="must be a file that exists"):
        inspect(tmp_path / "none.csv")


@pytest.mark.parametrize("options", [{"window": 0}, {"horizon": 0}, {"missing": "x"}])
def test_bad_arguments_are_raised(options):
    with pytest.raises(InvalidArgumentError):
        inspect("airline", **options)


def hours(rows=130):
    stamps = pl.datetime_range(
        pl.datetime(2024, 1, 1), pl.datetime(2024, 1, 1) + pl.duration(hours=rows - 1), "1h",
        eager=True,
    )  # fmt: skip
    values = np.arange(rows) % 7
    return pl.DataFrame({"t": stamps, "v": values, "plan": values % 2, "temp": values * 2.0})


def test_known_and_calendar_columns_are_listed():
    options = {"target": "v", "known": "plan", "features": "temp", "calendar": ("hour", "weekend")}
    found = inspect(hours(), **options)
    assert found.obstacles == ()
    roles = [(column.name, column.kind, column.role) for column in found.columns]
    assert roles[1:] == [
        ("v", "number", "target"),
        ("plan", "number", "known"),
        ("temp", "number", "feature"),
        ("hour_sin", "calendar", "known"),
        ("hour_cos", "calendar", "known"),
        ("weekend", "calendar", "known"),
    ]
    assert (found.columns[4].lowest, found.columns[4].highest) == (-1.0, 1.0)
    assert found.columns[6].mean == 10 / 130  # from Saturday on
    again = inspect(load(hours(), **options))
    assert sorted(map(str, again.columns)) == sorted(map(str, found.columns))


def test_a_calendar_in_the_way_is_named():
    found = inspect("airline", calendar="hour")
    assert [o.startswith("calendar='hour' must change") for o in found.obstacles] == [True]
    found = inspect(np.arange(99.0), calendar="hour")
    assert "calendar='hour' must be taken from a time column" in found.obstacles[0]


def test_resampled_rows_are_counted_and_what_would_help_is_said():
    uneven = hours().filter(pl.col("v") != 3).with_columns(
        t=pl.col("t") + pl.duration(minutes=pl.col("v") * 5)
    )  # fmt: skip
    found = inspect(uneven, target="v")
    assert "pass resample='1h' (--resample 1h) to take means every hour" in found.obstacles[0]
    helped = inspect(uneven, target="v", resample="6h", missing="ffill", window=5)
    assert helped.obstacles == ()
    assert (helped.frequency_words, helped.gaps) == ("every 6 hours", 0)
    assert helped.windows == len(load(uneven, target="v", resample="6h", missing="ffill")) - 5
    assert helped.notes[0].startswith(f"resampled: {len(uneven)} rows became 22, the means")
    with pytest.raises(DataError) as caught:
        load(uneven, target="v")
    assert str(caught.value) in found.obstacles
    assert "must have a time column" in inspect(np.arange(99.0), resample="1h").obstacles[0]
