"""Safetensors files, written whole or not at all, and read with distrust.

The safetensors package accepts repeated keys and NaN, so the header is checked here first, and
sizes before anything is allocated. It also writes the metadata in an order that changes from call
to call; here the same model is the same bytes.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnncomp._check import shown
from rnncomp._files import write_whole
from rnncomp.errors import ModelFileError, OutputError
from rnncomp.samples import FloatArray

HEADER_LIMIT = 1_000_000
ITEM_BYTES = {"F32": 4, "F64": 8}
DTYPES = {"float32": "F32", "float64": "F64"}


@dataclass(frozen=True)
class Header:
    """What a file says that it holds: texts, and dtype and shape of each tensor."""

    metadata: dict[str, str]
    tensors: dict[str, tuple[str, tuple[int, ...]]]


def write_tensors(
    path: Path, tensors: Mapping[str, FloatArray], metadata: Mapping[str, str], *, overwrite: bool
) -> None:
    """Write a safetensors file through a temporary one beside it.

    Raises:
        ModelFileError: A tensor holds NaN or infinity.
        OutputError: The file cannot be written, or is there and may not be replaced.
    """
    for name, tensor in tensors.items():
        if not np.isfinite(tensor).all():
            raise ModelFileError(
                f"{path}: not written, {shown(name)} holds NaN or infinity; the training diverged, "
                "use a smaller learning_rate"
            )
    if not overwrite and path.exists():
        raise OutputError(f"{path}: exists already; pass overwrite=True or another name")
    try:
        write_whole(path, tensor_bytes(tensors, metadata))
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{path}: cannot be written ({why}); try another place") from None


def tensor_bytes(tensors: Mapping[str, FloatArray], metadata: Mapping[str, str]) -> bytes:
    """Return a safetensors file: the same tensors and texts are the same bytes."""
    from safetensors.numpy import save  # noqa: PLC0415 - loaded by those who save

    # It writes the memory as it lies, and would take the columns of a Fortran array for rows.
    rows = {name: np.asarray(tensor, order="C") for name, tensor in tensors.items()}
    return _in_order(save(rows, dict(metadata)))


def read_header(path: Path) -> Header:
    """Read and check the header of a safetensors file; the data are not touched.

    Raises:
        ModelFileError: The file is missing, damaged or hostile.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            length = int.from_bytes(file.read(8), "little")
            if size < 8 or length > min(HEADER_LIMIT, size - 8):
                raise damaged(path, f"its header would take {length:,} of its {size:,} bytes")
            text = file.read(length)
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be read ({error.strerror})") from None
    return _checked(path, _parse(path, text), size - 8 - length)


def read_tensors(path: Path, header: Header, *, finite: bool = True) -> dict[str, FloatArray]:
    """Return the tensors of a file whose header was checked.

    Args:
        path: The file.
        header: What `read_header` made of it.
        finite: Whether NaN and infinity are refused.

    Raises:
        ModelFileError: The data are damaged, or hold NaN or infinity.
    """
    from safetensors import SafetensorError  # noqa: PLC0415
    from safetensors.numpy import load  # noqa: PLC0415

    try:
        tensors: dict[str, FloatArray] = load(path.read_bytes())
    except (OSError, SafetensorError) as error:
        raise damaged(path, str(error).partition("\n")[0]) from None
    for name, (_, shape) in header.tensors.items():
        if name not in tensors or tensors[name].shape != shape:
            raise damaged(path, f"it changed while it was read at {shown(name)}")
        if finite and not np.isfinite(tensors[name]).all():
            raise damaged(path, f"{shown(name)} holds NaN or infinity")
    return tensors


def parse_json(path: Path, what: str, text: str | bytes) -> Any:
    """Return a JSON value in which no key is repeated and no number is NaN or infinite."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                raise ValueError(f"the key {shown(key)} stands there twice")
            found[key] = value
        return found

    def finite(text: str) -> float:
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(f"the number {shown(text)} is not finite")
        return number

    try:
        return json.loads(text, object_pairs_hook=unique, parse_constant=finite, parse_float=finite)
    except RecursionError:
        raise damaged(path, f"{what} is nested too deep") from None
    except ValueError as error:  # JSON and UTF-8 errors among them
        raise damaged(path, f"{what} cannot be read: {error}") from None


def damaged(path: Path, why: str) -> ModelFileError:
    """Build (not raise) the error for a file that is no sound model file."""
    return ModelFileError(f"{path}: not a sound rnncomp model file: {why}; save the model again")


def _in_order(data: bytes) -> bytes:
    """Return a safetensors file with its header sorted; offsets count from the header's end."""
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    text = json.dumps(header, separators=(",", ":"), sort_keys=True).encode()
    text += b" " * (-len(text) % 8)  # data start at a multiple of 8
    return b"".join([len(text).to_bytes(8, "little"), text, data[start:]])


def _parse(path: Path, text: bytes) -> dict[str, Any]:
    header = parse_json(path, "its header", text)
    if not isinstance(header, dict):
        raise damaged(path, "its header is no JSON object")
    return header


def _checked(path: Path, header: dict[str, Any], data_bytes: int) -> Header:
    metadata = header.pop("__metadata__", {})
    texts = metadata.values() if isinstance(metadata, dict) else [None]
    if not all(isinstance(text, str) for text in texts):
        raise damaged(path, "its metadata are no texts")
    tensors, parts = {}, []
    for name, entry in header.items():
        dtype, shape, start, end = _entry(path, name, entry)
        if end - start != math.prod(shape) * ITEM_BYTES[dtype]:
            raise damaged(
                path, f"{shown(name)} is said to have shape {shown(shape)} in {end - start} bytes"
            )
        tensors[name] = (dtype, shape)
        parts.append((start, end))
    parts.sort()
    ends = [0, *(end for _, end in parts)]
    if [start for start, _ in parts] != ends[:-1] or ends[-1] != data_bytes:
        raise damaged(path, f"its tensors do not fill its {data_bytes:,} bytes of data")
    return Header(metadata, tensors)


def _entry(path: Path, name: str, entry: Any) -> tuple[str, tuple[int, ...], int, int]:
    known = isinstance(entry, dict) and set(entry) == {"dtype", "shape", "data_offsets"}
    if not known or entry["dtype"] not in ITEM_BYTES:
        raise damaged(path, f"{shown(name)} is no tensor of float32 or float64")
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not (_naturals(shape) and _naturals(offsets) and len(offsets) == 2 and len(shape) <= 8):
        raise damaged(
            path, f"{shown(name)} has the shape {shown(shape)} and the place {shown(offsets)}"
        )
    return entry["dtype"], tuple(shape), offsets[0], offsets[1]


def _naturals(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)
