"""Files and URLs as a Table: read within the cap, expanded within the cap."""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from rnncomp._check import nearest
from rnncomp.errors import DataFileError
from rnncomp.series.csv_files import read_csv
from rnncomp.series.limits import over_cap
from rnncomp.series.parquet_files import read_parquet
from rnncomp.series.table import Table

TIMEOUT_SECONDS = 30.0
"""How long a server may be silent; ten times that for the whole transfer."""

_CHUNK = 1 << 20
_MOST_EXPANSION = 1032


def table_from_path(
    path: Path, *, name: str | None, separator: str | None, max_bytes: int
) -> Table:
    """Read a CSV (plain or .gz) or Parquet file.

    Raises:
        DataFileError: It is missing, no file, empty, unreadable, or over the cap.
    """
    source = str(path).replace("\n", "\\n").replace("\0", "\\0")
    try:
        if "\0" in str(path):
            raise FileNotFoundError
        size = path.stat().st_size
        if not path.is_file():
            raise DataFileError(
                f"{source} must be a file, got {'a directory' if path.is_dir() else 'a device'}; "
                "name a file in it"
            )
        with path.open("rb") as file:
            magic = file.read(4)
        if magic == b"PAR1":
            return read_parquet(
                path, source=source, name=_stem(path.name, name), max_bytes=max_bytes
            )
        if size > max_bytes:
            raise DataFileError(over_cap(source, f"a file of {size:,} bytes", max_bytes))
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataFileError(_no_file(path, source)) from None
    except OSError as error:
        raise DataFileError(
            f"{source} must be a file that can be read, got: {error.strerror}; check the path "
            "and its permissions"
        ) from None
    return _table_from_bytes(data, source, _stem(path.name, name), separator, max_bytes)


def table_from_url(url: str, *, name: str | None, separator: str | None, max_bytes: int) -> Table:
    """Fetch and read a CSV or Parquet file from an http or https address.

    Raises:
        DataFileError: The server fails, is silent, or sends more than the cap.
    """
    request = urllib.request.Request(url, headers={"User-Agent": "rnncomp"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            data = _receive(response, url, max_bytes)
    except DataFileError:
        raise
    except (OSError, HTTPException, ValueError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        reason = getattr(error, "reason", None) or error
        status = f"{error.code} " if isinstance(error, urllib.error.HTTPError) else ""
        raise DataFileError(
            f"{url} must be a file that can be fetched, got: {status}{reason}; check the address, "
            "or save the file and pass its path"
        ) from None
    file_name = Path(urllib.parse.urlsplit(url).path).name or "url"
    return _table_from_bytes(data, url, _stem(file_name, name), separator, max_bytes)


def _receive(response: HTTPResponse, url: str, max_bytes: int) -> bytes:
    deadline = time.monotonic() + 10 * TIMEOUT_SECONDS
    chunks: list[bytes] = []
    total = 0
    while chunk := response.read(_CHUNK):
        total += len(chunk)
        chunks.append(chunk)
        if total > max_bytes:
            raise DataFileError(over_cap(url, "a longer transfer", max_bytes))
        if time.monotonic() > deadline:
            raise TimeoutError(f"no end after {10 * TIMEOUT_SECONDS:.0f} s")
    if total < int(response.headers.get("Content-Length") or 0):
        raise OSError(f"the transfer ended after {total:,} bytes, before the end of the file")
    return b"".join(chunks)


def _table_from_bytes(
    data: bytes, source: str, name: str, separator: str | None, max_bytes: int
) -> Table:
    if data[:2] == b"\x1f\x8b":
        data = expand(data, source, max_bytes)
    if data[:4] == b"PAR1" or source.endswith((".parquet", ".pq")):
        return read_parquet(data, source=source, name=name, max_bytes=max_bytes)
    return read_csv(data, source=source, name=name, separator=separator, max_bytes=max_bytes)


def expand(data: bytes, source: str, max_bytes: int) -> bytes:
    """Expand gzip data, or refuse it before memory is taken for more than the cap.

    The size is counted first, a chunk at a time, because the one written in the file can lie.

    Raises:
        DataFileError: The data are damaged or expand beyond the cap.
    """
    declared = int.from_bytes(data[-4:], "little")
    # A damaged file can declare anything; deflate never expands more than 1,032 times.
    if declared > _MOST_EXPANSION * len(data):
        declared = 0
    what = f"{len(data):,} bytes of gzip that expand to more"
    if declared > max_bytes:
        raise DataFileError(over_cap(source, what, max_bytes))
    total = 0
    for chunk in _inflate(data, source):
        total += len(chunk)
        if total > max_bytes:
            raise DataFileError(over_cap(source, what, max_bytes))
    return b"".join(_inflate(data, source))


def _inflate(data: bytes, source: str) -> Iterator[bytes]:
    """Yield the expanded data in chunks; a gzip file may have several members."""
    rest = memoryview(data)
    while len(rest):
        stream = zlib.decompressobj(wbits=31)
        try:
            while not stream.eof:
                chunk = stream.decompress(rest, _CHUNK)
                rest = memoryview(stream.unconsumed_tail or stream.unused_data)
                if not chunk and not len(rest) and not stream.eof:
                    raise zlib.error("it ends too early")
                yield chunk
        except zlib.error as error:
            raise DataFileError(
                f"{source} must be a sound gzip file, got a damaged one ({error}); fetch it again"
            ) from None
        if bytes(rest[:2]) != b"\x1f\x8b":  # padding after the last member
            return


def _no_file(path: Path, source: str) -> str:
    folder = path.parent
    try:
        others = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    except OSError:
        others = []
    close = nearest(path.name, others)
    where = f"; {close}" if close else f"; check the path (the current folder is {os.getcwd()})"
    return f"{source} must be a file that exists, got a path that does not{where}"


def _stem(file_name: str, name: str | None) -> str:
    return name or file_name.split(".")[0] or file_name
