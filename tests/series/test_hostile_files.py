"""Files that are damaged, empty, huge or something else: one sentence each, and little memory."""

import errno
import gzip
import io
import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnncomp.errors import DataFileError, InvalidArgumentError, RnncompError
from rnncomp.series import load
from rnncomp.series.files import expand
from rnncomp.series.limits import find_cap

GOOD = b"month,v\n2010-01,1\n2010-02,2.5\n2010-03,-3e1\n2010-04,4\n"


def refusal(path, **options):
    """Return the one sentence with which load refuses a file, checked for its form."""
    with pytest.raises(RnncompError) as caught:
        load(path, **options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert ", got" in sentence
    assert ";" in sentence
    return sentence


def refuse_bytes(tmp_path, content, name="a.csv", **options):
    path = tmp_path / name
    path.write_bytes(content)
    return refusal(path, **options)


def test_a_missing_file_and_its_nearest_name(tmp_path):
    (tmp_path / "taxi.csv").write_bytes(GOOD)
    assert "that exists" in refusal(tmp_path / "other.csv")
    assert refusal(tmp_path / "taxi.cvs").endswith("did you mean 'taxi.csv'?")
    assert "that exists" in refusal(tmp_path / "no" / "folder.csv")
    assert "that exists" in refusal("zero\0byte.csv")


def test_a_directory(tmp_path):
    assert "got a directory" in refusal(tmp_path)


def test_a_device():
    assert "got a device" in refusal("/dev/zero")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "a.csv").write_bytes(GOOD)
    monkeypatch.setattr(Path, "open", refuse)  # root may read a file whatever its mode
    assert "Permission denied" in refusal(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "got an empty file"),
        (b"\n \r\n\n", "got an empty file"),
        (b"\xef\xbb\xbf\n", "got an empty file"),
        (b"# note\n# note", "got only comments"),
        (b"a,b\n", "got only a header"),
        (b'"a' + b"b\n" * 70_000, "must"),
        (b'a,b\n1,2\n3,"' + b"4\n" * 70_000, "must close every quote"),
        (b"a,b", "got only a header"),
        (b"a,b\n\n\n", "got only a header"),
        (b'""a",\n1,2\n', "must have quotes around whole names"),
        (b"1,2\n3,4\n", "must begin with a header"),
        (b"2010-01-01,2\n2010-01-02,4\n", "must begin with a header"),
        (b"a,b,a\n1,2,3\n", "must have a different name for each column, got 'a'"),
        (b"a,b\n1,2\n3,4,5\n", "must have 2 cells in each line as its header, got 3 in line 3"),
        (b'a,b\n"1\n",2\n3,4,5\n', "got 3 in line 4"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "must close every quote"),
        ("a,b\n1,ä\n".encode("latin1"), "got byte 0xe4 in line 2"),
        ("a,b\n1,2\n".encode("utf-16"), "got UTF-16"),
        (b"a,b\n1,\x002\n", "got bytes of 0"),
        (b"PK\x03\x04....", "Excel workbook"),
        (b'{"a": [1, 2]}', "got JSON"),
        (b'[{"a": 1}]', "got JSON"),
        (b"<!doctype html><html></html>", "got a web page"),
        (b"<!DOCTYPE html><html></html>", "got a web page"),
        (b"BZh91AY&SY", "compressed with bzip2"),
        (b"a" * (1 << 20) + b"bc", "got none in its first 1,048,576 bytes"),
        (b"t\n2010-01\n2010-02\n", "must have a column of numbers, got 't' with 't' as time"),
        (b"a,b\nx,y\nz,w\n", "must have a column of numbers, got 'a', 'b'"),
        (b"a\n1\n", "got 1 row of 1"),
        (b"t,v\n2010-01,5\n2010-02,5\n", "must change from row to row, got 2 rows of 5"),
    ],
)
def test_what_is_no_series(tmp_path, content, what):
    assert what in refuse_bytes(tmp_path, content)


def test_a_name_with_a_line_break_stays_on_one_line(tmp_path):
    assert "two\\nlines.csv" in refuse_bytes(tmp_path, b"", name="two\nlines.csv")


def test_text_in_the_target_is_named_with_the_lines_of_the_file(tmp_path):
    content = b'v,note\n1,"two\nlines"\nx,a\n2,b\n\n  y y ,c\n3,d\nz,e\nq,f\n4,g\n'
    sentence = refuse_bytes(tmp_path, content, target="v")
    assert "got text in 4 rows: 'x' (line 4), '  y y ' (line 7), 'z' (line 9);" in sentence


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"\0" * 99 + b"PAR1", GOOD, b""])
def test_an_unreadable_parquet_file(tmp_path, content):
    assert "must be a Parquet file that can be read" in refuse_bytes(tmp_path, content, "a.parquet")


def test_an_empty_parquet_file(tmp_path):
    pl.DataFrame({"a": []}, schema={"a": pl.Float64}).write_parquet(tmp_path / "a.parquet")
    assert "got 0 rows and 1 plain columns" in refusal(tmp_path / "a.parquet")


def test_a_small_parquet_file_of_many_rows_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "a.parquet"
    rows = 30_000_000
    pl.DataFrame({"v": np.zeros(rows, dtype=np.int8)}).write_parquet(path, compression="zstd")
    assert path.stat().st_size < 100_000
    sentence = refusal(path, max_bytes="200MiB")
    assert "must stay within 200MiB, got 30,000,000 rows x 1 columns x 8 bytes" in sentence


def gzip_bomb(size, declared=None):
    content = gzip.compress(b"v\n" + b"1\n" * (size // 2 - 1), compresslevel=9)
    return content if declared is None else content[:-4] + struct.pack("<I", declared)


@pytest.mark.parametrize("declared", [None, 0, 1000])
def test_a_gzip_bomb_is_refused_in_little_memory_whatever_size_it_declares(declared):
    size, cap = 100 * 2**20, 64 * 2**20
    bomb = gzip_bomb(size, declared)
    assert len(bomb) < size // 900
    tracemalloc.start()
    with pytest.raises(DataFileError, match=r"must stay within 64MiB, got .* bytes of gzip"):
        expand(bomb, "bomb.csv.gz", cap)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # A chunk of 1 MiB and its copy, and what is left of the packed bytes: never the cap.
    assert peak < 8 * 2**20


def test_a_bomb_that_tells_its_size_is_not_even_opened(monkeypatch):
    monkeypatch.setattr("rnncomp.series.files._inflate", lambda *_: pytest.fail("opened"))
    with pytest.raises(DataFileError, match="must stay within"):
        expand(gzip_bomb(2**20), "bomb.csv.gz", 2**19)


@pytest.mark.parametrize("damage", [slice(0, 40), slice(0, -9), slice(0, 2)])
def test_a_damaged_gzip_file(tmp_path, damage):
    whole = gzip.compress(GOOD)
    assert "got a damaged one" in refuse_bytes(tmp_path, whole[damage], "a.csv.gz")


def test_many_short_lines_are_counted_before_they_become_rows(tmp_path):
    sentence = refuse_bytes(tmp_path, b"v\n" + b"1\n" * 10_000, max_bytes=40_000)
    assert "about 10,001 rows x 1 columns x 8 bytes" in sentence


def test_the_cap_by_argument_and_by_environment(tmp_path, monkeypatch):
    assert "must stay within 10 bytes, got a file of 53 bytes" in refuse_bytes(
        tmp_path, GOOD, max_bytes=10
    )
    assert find_cap(None) == 512 * 2**20
    monkeypatch.setenv("RNNCOMP_MAX_BYTES", "1KiB")
    assert find_cap(None) == 1024
    assert find_cap("3 MB") == 3 * 2**20
    monkeypatch.setenv("RNNCOMP_MAX_BYTES", "a lot")
    with pytest.raises(InvalidArgumentError, match="RNNCOMP_MAX_BYTES must be a size"):
        find_cap(None)


def test_a_reader_that_panics_leaves_standard_error_clean(capfd, tmp_path, monkeypatch):
    def panic(*_, **__):
        os.write(2, b"thread panicked at ...")
        raise pl.exceptions.PanicException("called `Result::unwrap()`\nstack backtrace: ...")

    monkeypatch.setattr(pl, "read_parquet", panic)
    (tmp_path / "a.parquet").write_bytes(WHOLE_PARQUET)
    assert "got: called `Result::unwrap()`; write it again" in refusal(tmp_path / "a.parquet")
    assert capfd.readouterr().err == ""
    os.write(2, b"open again")
    assert capfd.readouterr().err == "open again"


def load_bytes(content, folder, name):
    path = folder / name
    path.write_bytes(content)
    try:
        load(path)
    except RnncompError as error:
        sentence = str(error)
    else:
        sentence = ""
    assert "\n" not in sentence


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


PIECES = st.sampled_from(
    ["a", "time", ",", ";", "\n", "\r\n", '"', "1", "2.5", "nan", "inf", "2010-01", "2010-02-30",
     "1e400", "é", " ", "\t", "0", "-", "/", ":", "T", "Z", "+02:00", "1749", "\x00", "Q1", "'"]
)  # fmt: skip


@settings(max_examples=300)
@given(pieces=st.lists(PIECES, max_size=40))
@example(pieces=list('v\n"a'))
def test_any_text_is_a_series_or_one_sentence(folder, pieces):
    load_bytes("".join(pieces).encode(), folder, "a.csv")


@settings(max_examples=100)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_a_series_or_one_sentence(folder, content):
    load_bytes(content, folder, "a.csv")


def parquet_bytes():
    buffer = io.BytesIO()
    pl.DataFrame({"t": ["2010-01", "2010-02"], "v": [1.0, 2.0]}).write_parquet(buffer)
    return buffer.getvalue()


WHOLE_PARQUET = parquet_bytes()


@settings(max_examples=150)
@given(
    place=st.integers(0, len(WHOLE_PARQUET) - 1),
    values=st.binary(min_size=1, max_size=4),
    cut=st.booleans(),
)
def test_a_parquet_file_with_changed_bytes_is_a_series_or_one_sentence(folder, place, values, cut):
    damaged = bytearray(WHOLE_PARQUET)
    damaged[place : place + len(values)] = values
    if cut:
        damaged = damaged[: place + 1]
    load_bytes(bytes(damaged), folder, "a.parquet")
