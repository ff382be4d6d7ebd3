"""Every kind of bad input: exit code 2, one line that helps, no traceback, nothing left behind."""

import gzip
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from command import Result, assert_one_line_error

QUICK = ("--window", 4, "--units", 2, "--epochs", 1, "--seeds", 1, "--jobs", 1)


def csv(values, times):
    """A CSV file with the columns time and value."""
    rows = [f"{time},{value}" for time, value in zip(times, values, strict=True)]
    return "\n".join(["time,value", *rows, ""]).encode()


def changed(items, **at):
    return [at.get(f"_{k}", item) for k, item in enumerate(items)]


def steady(n=40):
    """Days without a gap from 2024-01-01 on."""
    months = [("01", 31), ("02", 29)]
    return [f"2024-{m}-{d:02d}" for m, last in months for d in range(1, last + 1)][:n]


WAVE = [k % 7 + 0.5 for k in range(60)]
GOOD = csv(WAVE, steady(60))

# name: (file name, content, extra options, words that the line must hold)
FILES = {
    "missing file": ("gone.csv", None, (), ("gone.csv",)),
    "empty file": ("a.csv", b"", (), ("a.csv", "empty")),
    "header only": ("a.csv", b"time,value\n", (), ("a.csv", "row")),
    "unknown column": ("a.csv", GOOD, ("--target", "valu"), ("'valu'", "'value'")),
    "unknown time column": ("a.csv", GOOD, ("--time", "tim"), ("'tim'", "'time'")),
    "unknown feature": ("a.csv", GOOD, ("--target", "value", "--features", "x"), ("'x'",)),
    "text in the target": (
        "a.csv",
        csv(changed(WAVE, _3="n/k", _9="low", _12="bad", _20="x"), steady(60)),
        ("--target", "value"),
        ("value", "'n/k'", "5", "11", "14"),
    ),
    "NaN": ("a.csv", csv(changed(WAVE, _3="nan"), steady(60)), (), ("NaN", "--missing", "5")),
    "infinity": ("a.csv", csv(changed(WAVE, _3="inf"), steady(60)), (), ("infinite", "5")),
    "empty cells": (
        "a.csv",
        csv(changed(WAVE, _3="", _4=""), steady(60)),
        (),
        ("2 empty cells", "5", "6", "--missing", "interpolate"),
    ),
    "unsorted times": (
        "a.csv",
        csv(WAVE, changed(steady(60), _3="2024-01-05", _4="2024-01-04")),
        (),
        ("time", "2024-01-04", "6"),
    ),
    "duplicate times": (
        "a.csv",
        csv(WAVE, changed(steady(60), _4="2024-01-04")),
        (),
        ("time", "2024-01-04", "6"),
    ),
    "mixed time formats": (
        "a.csv",
        csv(WAVE, changed(steady(60), _4="05.01.2024")),
        ("--time", "time"),
        ("time", "05.01.2024", "6"),
    ),
    "constant series": ("a.csv", csv([3] * 60, steady(60)), (), ("value", "3")),
    "unreadable Parquet": ("a.parquet", b"PAR1 this is no Parquet PAR1", (), ("a.parquet",)),
    "not a gzip": ("a.csv.gz", b"time,value\n1,2\n", (), ("a.csv.gz",)),
    "binary rubbish": ("a.csv", bytes(range(256)) * 40, (), ("a.csv",)),
    "a zip by another name": ("a.docx", b"PK\x03\x04" + bytes(range(256)), (), ("a.docx",)),
    "over the cap": ("a.csv", GOOD, ("--max-bytes", "500"), ("a.csv", "500", "max_bytes")),
    "a cap that is no size": ("a.csv", GOOD, ("--max-bytes", "much"), ("max_bytes", "'much'")),
    "separator too long": ("a.csv", GOOD, ("--separator", "ab"), ("separator", "'ab'")),
    "moments without a row": (
        "a.csv", csv(WAVE, [*steady(59), "2024-03-05"]), (), ("5", "--missing", "61"),
    ),
    "uneven times": (
        "a.csv",
        csv(WAVE, [f"{day} {7 * k % 24:02d}:00" for k, day in enumerate(steady(60))]),
        (),
        ("time", "evenly", "--no-time"),
    ),
}  # fmt: skip

ARGUMENTS = {
    "many series": (("--id", "shop"), ("'shop'",)),
    "unknown part of the calendar": (("--calendar", "hours"), ("calendar", "'hour'")),
    "hour of daily data": (("--calendar", "hour"), ("calendar='hour'", "must change", "a.csv")),
    "unknown known column": (("--target", "value", "--known", "plan"), ("known", "'plan'")),
    "unknown bucket": (("--resample", "hourly"), ("resample", "'hourly'", "1mo")),
    "no target between commas": (("--target", " , "), ("--target", "must hold a name")),
    "names on two lines": (("--features", "a\nb"), ("--features", "must hold a name")),
    "window of 0": (("--window", 0), ("window", "at least 1", "0")),
    "horizon of 0": (("--horizon", 0), ("horizon", "at least 1")),
    "stride of 0": (("--stride", 0), ("stride", "at least 1")),
    "units of 0": (("--units", 0), ("units", "at least 1", "0")),
    "layers of 0": (("--layers", 0), ("layers", "at least 1")),
    "epochs of 0": (("--epochs", 0), ("epochs", "at least 1")),
    "batch size of 0": (("--batch-size", 0), ("batch_size", "at least 1")),
    "no seed": (("--seeds", 0), ("seeds", "at least 1")),
    "jobs of 0": (("--jobs", 0), ("jobs", "at least 1")),
    "season of 0": (("--season", 0), ("season", "at least 1")),
    "patience of 0": (("--patience", 0), ("patience", "at least 1")),
    "learning rate of 0": (("--learning-rate", 0), ("learning_rate", "above 0")),
    "learning rate of nan": (("--learning-rate", "nan"), ("learning_rate", "finite")),
    "unknown cell": (("--cells", "lstm,gruu"), ("'gruu'", "'gru'")),
    "no cell": (("--cells", ","), ("cells",)),
    "the same cell twice": (("--cells", "gru,gru"), ("cells", "gru")),
    "test fraction of 1": (("--test-fraction", 1), ("test", "1")),
    "a part without a window": (
        ("--horizon", 3, "--train-until", "2024-02-20", "--validation-until", "2024-02-22"),
        ("validation", "window", "3 rows", "got 2"),
    ),
    "a window longer than the series": (("--window", 500), ("500", "60")),
    "one date alone": (("--train-until", "2024-01"), ("--validation-until",)),
    "a date before the series": (
        ("--train-until", "1999", "--validation-until", "2024-02-10"),
        ("train_until", "'1999'", "2024-01-01"),
    ),
    "a date after the series": (
        ("--train-until", "2024-01", "--validation-until", "2031"),
        ("validation_until", "'2031'", "2024-02-29"),
    ),
    "dates in the wrong order": (
        ("--train-until", "2024-02-10", "--validation-until", "2024-01-20"),
        ("validation_until", "2024-01-20"),
    ),
    "a date that is none": (
        ("--train-until", "soon", "--validation-until", "2024-02-10"),
        ("train_until", "'soon'"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("command", ["compare", "inspect"])
@pytest.mark.parametrize("case", FILES)
def test_bad_files(rnncomp_program, tmp_path, case, command):
    name, content, options, words = FILES[case]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = sorted(tmp_path.rglob("*"))
    result = rnncomp_program(command, f"./{name}", *options)
    if command == "inspect" and result.code == 0:
        # It names what is in the way of a comparison instead of stopping at the first thing.
        assert any(word in result.out for word in words), result.out
    else:
        assert_one_line_error(result, *words)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("case", ARGUMENTS)
def test_bad_arguments(rnncomp_program, tmp_path, case):
    options, words = ARGUMENTS[case]
    (tmp_path / "a.csv").write_bytes(GOOD)
    result = rnncomp_program("compare", "a.csv", *QUICK, *options)
    assert_one_line_error(result, *words)
    assert [path.name for path in tmp_path.rglob("*")] == ["a.csv"]


def test_a_folder_is_no_series(rnncomp_program, tmp_path):
    (tmp_path / "data.csv").mkdir()
    assert_one_line_error(rnncomp_program("compare", "data.csv"), "data.csv", "directory")


def test_unknown_built_in_series_names_the_nearest(rnncomp_program, tmp_path):
    assert_one_line_error(rnncomp_program("compare", "sunspot"), "'sunspots'")
    assert_one_line_error(rnncomp_program("datasets", "sunspot"), "'sunspots'")
    assert not list(tmp_path.iterdir())


def test_an_address_that_does_not_answer(rnncomp_program, tmp_path):
    result = rnncomp_program("compare", "http://127.0.0.1:9/a.csv")
    assert_one_line_error(result, "http://127.0.0.1:9/a.csv")
    assert not list(tmp_path.iterdir())


def test_a_gzip_that_expands_to_gigabytes_is_given_up(rnncomp_program, tmp_path):
    block = gzip.compress(b"0\n" * 2**24)
    (tmp_path / "bomb.csv.gz").write_bytes(block * 24)  # 24 members: 0.8 MB, 768 MiB expanded
    assert (tmp_path / "bomb.csv.gz").stat().st_size < 1_200_000
    result = rnncomp_program("compare", "bomb.csv.gz")
    assert_one_line_error(result, "bomb.csv.gz", "512MiB", "max_bytes")


def test_out_with_other_content_is_kept_and_refused_before_training(rnncomp_program, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    result = rnncomp_program("compare", *QUICK, "--out", "mine")
    assert_one_line_error(result, "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"
    assert len(list(tmp_path.rglob("*"))) == 2


@pytest.mark.parametrize("out", ["a.csv", "a.csv/below", "/proc/rnncomp", "/dev/null/run"])
def test_out_that_cannot_be_written(rnncomp_program, tmp_path, out):
    (tmp_path / "a.csv").write_bytes(GOOD)
    result = rnncomp_program("compare", "a.csv", *QUICK, "--out", out)
    assert_one_line_error(result, out.split("/")[-1])
    assert (tmp_path / "a.csv").read_bytes() == GOOD
    assert len(list(tmp_path.rglob("*"))) == 1


def test_a_disk_that_takes_no_more_leaves_nothing_behind(tmp_path):
    # A limit on the size of a file is the nearest thing to a full disk that needs no rights.
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))

    program = [sys.executable, "-c", "from rnncomp.cli import main; main()", "compare"]
    options = [str(option) for option in QUICK]
    done = subprocess.run(
        [*program, *options, "--quiet", "--out", "run"],
        cwd=tmp_path, capture_output=True, text=True, preexec_fn=limit, env=os.environ,
    )  # fmt: skip
    assert_one_line_error(Result(done.returncode, done.stdout, done.stderr), "run")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("out", ["there.csv", "no/such/folder.csv"])
def test_datasets_writes_nothing_over_a_file(rnncomp_program, tmp_path, out):
    (tmp_path / "there.csv").write_text("mine")
    assert_one_line_error(rnncomp_program("datasets", "sines", "--out", out), Path(out).name)
    assert (tmp_path / "there.csv").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_json_of_an_error_is_nothing_on_stdout(rnncomp_program):
    result = rnncomp_program("compare", "gone.csv", "--json")
    assert_one_line_error(result)
    with pytest.raises(json.JSONDecodeError):
        result.json()


@pytest.mark.parametrize("command", ["backtest", "forecast"])
def test_what_is_read_is_not_replaced(rnncomp_program, tmp_path, command):
    rnncomp_program("datasets", "airline", "--out", "mine.csv")
    before = (tmp_path / "mine.csv").read_bytes()
    sources = ["mine.csv"] if command == "backtest" else ["model.safetensors", "mine.csv"]
    result = rnncomp_program(command, *sources, "--out", "mine.csv")
    assert_one_line_error(result, "must not replace what is read", "mine.csv")
    assert (tmp_path / "mine.csv").read_bytes() == before


@pytest.mark.parametrize("pair", [("--json", "--quiet"), ("--quiet", "--json")])
@pytest.mark.parametrize("command", ["compare", "tune", "fit", "backtest", "forecast"])
def test_json_and_quiet_are_one_too_many(rnncomp_program, command, pair):
    result = rnncomp_program(command, "a.csv", *pair)
    assert_one_line_error(result, "--json", "--quiet", "choose one")
