"""load: what is taken from files, built-in names and addresses, and what it becomes."""

import gzip
import http.server
import threading

import numpy as np
import polars as pl
import pytest

from rnncomp.errors import (
    ColumnError,
    DataFileError,
    InvalidArgumentError,
    MissingValuesError,
    TimeColumnError,
    UnsupportedError,
)
from rnncomp.series import load

MONTHS = "month,v\n2010-01,1\n2010-02,2.5\n2010-03,-3e1\n2010-04,4\n"


def write(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def times_of(series):
    return np.datetime_as_string(series.time, unit="m").tolist()


def test_a_csv_file(tmp_path):
    series = load(write(tmp_path, "sales.csv", MONTHS))
    assert series.values.tolist() == [[1.0], [2.5], [-30.0], [4.0]]
    assert (series.columns, series.targets, series.name) == (("v",), ("v",), "sales")
    assert (series.frequency, series.time_name, series.time_unit) == ("1mo", "month", "M")
    assert series.format_times(series.time) == ["2010-01", "2010-02", "2010-03", "2010-04"]
    assert series.notes == ()


def zipped(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)  # the same bytes, and so the same test, each time


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", MONTHS.replace(",", ";")),
        ("a.tsv", MONTHS.replace(",", "\t")),
        ("a.csv", MONTHS.replace(",", "|")),
        ("a.csv", MONTHS.replace(",", " , ")),
        ("a.csv", MONTHS.replace("\n", "\r\n")),
        ("a.csv", MONTHS.replace("\n", "\r")),
        ("a.csv", "\n\n" + MONTHS + "\n\n\n"),
        ("a.csv", b"\xef\xbb\xbf" + MONTHS.encode()),
        ("a.csv.gz", zipped(MONTHS)),
        ("a.csv.gz", zipped(MONTHS[:20]) + zipped(MONTHS[20:])),
        ("a.csv.gz", zipped(MONTHS) + b"\0" * 100),
        ("a.txt", '"month","v"\n"2010-01","1"\n2010-02,2.5\n2010-03,"-3e1"\n2010-04,4\n'),
    ],
    ids=str,
)
def test_the_same_series_however_it_is_written(tmp_path, name, content):
    expected = load(write(tmp_path, "plain.csv", MONTHS))
    series = load(write(tmp_path, name, content))
    assert series.fingerprint() == expected.fingerprint()


def test_a_parquet_file(tmp_path):
    expected = load(write(tmp_path, "plain.csv", MONTHS))
    frame = expected.to_frame()
    frame.write_parquet(tmp_path / "a.parquet")
    assert load(tmp_path / "a.parquet").fingerprint() == expected.fingerprint()
    assert load(str(tmp_path / "a.parquet")).fingerprint() == expected.fingerprint()


def test_parquet_text_dates_categories_and_decimals(tmp_path):
    frame = pl.DataFrame(
        {
            "when": ["2020-01", "2020-02", "2020-03"],
            "kind": pl.Series(["a", "b", "a"], dtype=pl.Categorical),
            "v": pl.Series(["1.5", "2.5", "3.5"]).cast(pl.Decimal(10, 2)),
            "nested": [[1], [2], [3]],
        }
    )
    frame.write_parquet(tmp_path / "a.parquet")
    series = load(tmp_path / "a.parquet")
    assert series.target_values.tolist() == [1.5, 2.5, 3.5]
    assert series.frequency == "1mo"


def test_columns_are_chosen_by_name(tmp_path):
    path = write(tmp_path, "p.csv", "t,a,b,c\n2010-01,1,2,x\n2010-02,3,4,y\n2010-03,5,7,z\n")
    series = load(path, target="b", features=["a"])
    assert series.columns == ("b", "a")
    assert series.targets == ("b",)
    assert series.values.tolist() == [[2.0, 1.0], [4.0, 3.0], [7.0, 5.0]]
    with pytest.raises(ColumnError, match=r"target must be named .* got 'a', 'b'; pass target='a'"):
        load(path)
    with pytest.raises(
        ColumnError, match=r"target must be a column of .*, got 'bb'; did you mean 'b'"
    ):
        load(path, target="bb")
    with pytest.raises(ColumnError, match=r"features must be a column of .*, got 'd'"):
        load(path, target="b", features=["d"])
    with pytest.raises(ColumnError, match="must name a column once and not the time"):
        load(path, target="b", features=["b"])
    with pytest.raises(ColumnError, match=r"target must name a column once and not the time"):
        load(path, target="t")
    with pytest.raises(
        ColumnError, match=r"time must be a column of .*, got 'T'; did you mean 't'"
    ):
        load(path, time="T")


def test_rows_can_be_counted_instead_of_dated(tmp_path):
    path = write(tmp_path, "a.csv", "t,v\n2010-01-01,1\n2010-01-02,2\n2010-01-09,3\n2010-03-01,5\n")
    series = load(path, time=False)
    assert series.time is None
    assert series.frequency is None
    assert series.target_values.tolist() == [1.0, 2.0, 3.0, 5.0]


def test_an_index_without_a_name_is_not_taken_for_data(tmp_path):
    series = load(write(tmp_path, "a.csv", ",v\n0,5\n1,6\n2,9\n"))
    assert series.columns == ("v",)
    assert series.target_values.tolist() == [5.0, 6.0, 9.0]


def test_a_header_without_rows_of_data_in_other_columns_does_not_matter(tmp_path):
    path = write(
        tmp_path, "a.csv", 't,v,note\n2010-01,1,"two\nlines"\n2010-02,2,\n2010-03,5,"a""b"\n'
    )
    assert load(path).target_values.tolist() == [1.0, 2.0, 5.0]


def test_lines_of_comment_before_the_header_are_skipped_and_counted(tmp_path):
    path = write(tmp_path, "a.csv", "# by hand, 2011\n#\n\n" + MONTHS.replace("2.5", "#"))
    with pytest.raises(ColumnError, match=r"'#' \(line 6\)"):
        load(path)


def test_decimal_commas(tmp_path):
    path = write(tmp_path, "a.csv", "t;v\n2010-01;1,5\n2010-02;-2,25\n2010-03;3\n")
    assert load(path, decimal=",").target_values.tolist() == [1.5, -2.25, 3.0]
    with pytest.raises(ColumnError, match=r"'1,5' \(line 2\), '-2,25' \(line 3\); .*decimal=','"):
        load(path)


def test_a_mark_that_is_not_the_decimal_one_is_never_skipped(tmp_path):
    path = write(tmp_path, "a.csv", "t;v\n2010-01;1.234\n2010-02;2.345\n2010-03;3.456\n")
    with pytest.raises(ColumnError, match="without thousands separators"):
        load(path, decimal=",")


def test_a_built_in_series_is_a_bare_name():
    assert load("airline").name == "airline"
    with pytest.raises(DataFileError, match=r"got 'airlin'; did you mean 'airline'\?"):
        load("airlin")


def test_a_series_passes_through():
    series = load("airline")
    assert load(series) is series
    with pytest.raises(InvalidArgumentError, match="target must be 'passengers'"):
        load(series, target="other")


def test_a_series_can_be_given_a_name(tmp_path):
    assert load(write(tmp_path, "a.csv", MONTHS), name="sales").name == "sales"


def test_other_schemes_are_refused_by_name():
    with pytest.raises(UnsupportedError, match="http or https"):
        load("ftp://example.org/a.csv")


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves MONTHS at /a.csv, an endless file at /endless.csv, and nothing else."""

    def do_GET(self):
        if self.path.startswith("/a.csv"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(MONTHS)))
            self.end_headers()
            self.wfile.write(MONTHS.encode())
        elif self.path == "/endless.csv":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"1\n" * 50_000)
            except OSError:
                return
        elif self.path == "/cut.csv":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(MONTHS.encode())
        else:
            self.send_error(404)

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture(scope="module")
def server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_address(server):
    series = load(f"{server}/a.csv?x=1")
    assert series.target_values.tolist() == [1.0, 2.5, -30.0, 4.0]
    assert series.name == "a"


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/none.csv", "404 Not Found"), ("/cut.csv", "the transfer ended after 53 bytes")],
)
def test_an_address_that_fails(server, path, reason):
    with pytest.raises(DataFileError, match=reason) as caught:
        load(server + path)
    assert str(caught.value).startswith(server + path)


def test_a_transfer_stops_at_the_cap(server):
    with pytest.raises(DataFileError, match="must stay within 1MiB"):
        load(f"{server}/endless.csv", max_bytes="1MiB")


def test_a_server_that_is_not_there(server):
    with pytest.raises(DataFileError, match="Connection refused"):
        load("http://127.0.0.1:1/a.csv")


def test_missing_values_are_refused_until_a_rule_is_given():
    with pytest.raises(MissingValuesError, match=r"59 empty cells in column 'co2' \(line 8,"):
        load("co2")
    series = load("co2", missing="interpolate")
    assert len(series) == 2284
    assert series.frequency == "1w"
    assert series.notes[0].startswith("interpolated: 59 empty cells")


def test_bad_options_are_named(tmp_path):
    path = write(tmp_path, "a.csv", MONTHS)
    for options, message in [
        ({"missing": "fill"}, "missing must be one of error, drop, interpolate, ffill"),
        ({"decimal": ";"}, "decimal must be '.' or ','"),
        ({"separator": "ab"}, "separator must be one character"),
        ({"separator": "é"}, "separator must be an ASCII character"),
        ({"time": True}, "time must be the name of a column, or False"),
        ({"target": 3}, "target must be the name of a column"),
        ({"max_bytes": "lots"}, "max_bytes must be a size"),
        ({"max_bytes": 0}, "max_bytes must be an integer of at least 1"),
    ]:
        with pytest.raises(InvalidArgumentError, match=message.replace(".", r"\.")):
            load(path, **options)


PLANS = "day,a,b,holiday,c\n" + "".join(
    f"2024-01-{day:02d},{day % 4},{day % 3},{day % 7 == 0:d},{day}\n" for day in range(1, 31)
)


def test_several_targets_features_known_and_calendar(tmp_path):
    path = write(tmp_path, "a.csv", PLANS)
    series = load(path, target=("b", "a"), features="c", known="holiday", calendar="weekday")
    assert series.columns == ("b", "a", "c", "holiday", "weekday_sin", "weekday_cos")
    assert (series.targets, series.features) == (("b", "a"), ("c",))
    assert series.known == ("holiday", "weekday_sin", "weekday_cos")
    assert series.calendar == ("weekday",)
    place = 2 * np.pi * (np.arange(30) % 7) / 7  # 1 January 2024 was a Monday
    assert np.abs(series.values[:, 4:] - np.column_stack([np.sin(place), np.cos(place)])).max() < (
        1e-12  # they are rounded to 12 digits
    )
    assert series.values[:, 0].tolist() == [day % 3 for day in range(1, 31)]
    assert series.values[:, 3].sum() == 4


def test_the_target_is_found_beside_known_columns(tmp_path):
    path = write(tmp_path, "a.csv", "v,plan\n1,2\n2,3\n4,4\n")
    assert load(path, known="plan").targets == ("v",)


def test_a_known_column_of_true_and_false():
    frame = pl.DataFrame({"v": [1.0, 2.0, 4.0], "free": [True, False, True]})
    assert load(frame, known="free").values[:, 1].tolist() == [1, 0, 1]
    assert load(frame, features="free").values[:, 1].tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"known": "x"}, "known must be a column of .* got 'x'"),
        ({"known": ("holiday", "a")}, "target must name a column once .* got 'a'"),
        ({"known": "c", "features": "c"}, "features must name a column once .* got 'c'"),
        ({"known": "day"}, "known must name a column once and not the time column, got 'day'"),
    ],
)
def test_a_column_has_one_role(tmp_path, options, message):
    with pytest.raises(ColumnError, match=message):
        load(write(tmp_path, "a.csv", PLANS), target="a", **options)


def test_a_series_that_was_read_takes_none_of_it():
    for option in ({"known": "x"}, {"calendar": "month"}, {"resample": "1y"}):
        with pytest.raises(InvalidArgumentError, match="must be left out for a Series, which has"):
            load(load("airline"), **option)


def test_a_column_with_the_name_of_a_calendar_column(tmp_path):
    text = PLANS.replace("day,a", "day,weekday_sin", 1)
    with pytest.raises(ColumnError, match=r"column 'weekday_sin' .* must have another name"):
        load(write(tmp_path, "a.csv", text), target="weekday_sin", calendar="weekday")


def test_a_calendar_that_never_changes_and_one_without_time():
    with pytest.raises(TimeColumnError, match="calendar='hour' must change from row to row"):
        load("airline", calendar="hour")
    with pytest.raises(TimeColumnError, match="calendar='month' must be taken from a time column"):
        load("airline", target="passengers", time=False, calendar="month")
