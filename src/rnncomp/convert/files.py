"""convert_file: from one kind of model file to another, by the ends of their names."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from rnncomp._check import as_path, fail, nearest
from rnncomp.convert.onnx_export import to_onnx
from rnncomp.errors import ModelFileError, OutputError, UnsupportedError
from rnncomp.samples import FloatArray
from rnncomp.training import Sequential, load_beside, load_model, save_model


class Beside(NamedTuple):
    """What a file of ours keeps beside the model; see load_beside."""

    extra: Mapping[str, Any] = MappingProxyType({})
    arrays: Mapping[str, FloatArray] = MappingProxyType({})


class Conversion(NamedTuple):
    """What convert_file did.

    Attributes:
        path: The file written.
        parameters: The number of weights in it.
        left_behind: What the file read holds and the file written cannot, in words.
    """

    path: Path
    parameters: int
    left_behind: tuple[str, ...]


def convert_file(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    template: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
) -> Conversion:
    """Write the model in one file as a file of another kind, whole or not at all.

    Args:
        source: A model file: ``.safetensors``, ``.keras``, or ``.weights.h5``.
        target: Where to; its end says the kind: ``.safetensors`` (a file of an older version
            becomes one of this version), ``.keras``, ``.weights.h5`` or ``.onnx``.
        template: A model file with the layers for the weights in a ``.weights.h5`` file, which
            holds weights alone; None for every other source.
        overwrite: Whether an existing file is replaced.

    Returns:
        A Conversion: the path, the number of weights, and what was left behind.

    Raises:
        InvalidArgumentError: A template is missing, or given where none is needed.
        MissingExtraError: A kind of file needs a package that is not installed.
        ModelFileError: A file is missing, damaged, hostile, or from a newer version.
        OutputError: `target` exists, or cannot be written; nothing is left behind.
        UnsupportedError: A name ends otherwise, or the model has no exact form in that kind.

    Example:
        >>> from rnncomp import GRU, Sequential
        >>> Sequential([GRU(4, input_shape=(3, 1))], seed=1).save("model.safetensors")
        >>> convert_file("model.safetensors", "model.onnx").parameters
        84
    """
    path, source = as_path("target", target), as_path("source", source)
    write = WRITERS[_suffix(path, "written", WRITERS)]
    _check_template(source, template)
    _suffix(source, "read", (*READERS, WEIGHTS))
    if not source.exists():
        raise ModelFileError(f"{source}: cannot be read (No such file or directory)")
    if path.exists() and not overwrite:
        raise OutputError(
            f"{path}: exists already; choose another name, or pass overwrite (--overwrite)"
        )
    model, beside = _read(Path(source if template is None else template))
    if template is not None:
        _take_weights(model, source)
    left_behind = write(model, path, beside)
    return Conversion(path, model.count_params(), left_behind)


def _check_template(source: Path, template: object) -> None:
    """Raise unless there is a template exactly where the source holds weights alone."""
    needed = source.name.endswith(WEIGHTS)
    if needed and template is None:
        rule = f"a model file with the layers for the weights in {source}"
        raise fail("template", rule, template, "name the file that it belongs to")
    if template is not None and not needed:
        hint = "leave it out: the source has its own layers"
        raise fail("template", f"None unless the source ends in {WEIGHTS}", template, hint)


def _take_weights(model: Sequential, source: str | os.PathLike[str]) -> None:
    """Fill a template; what its optimizer has learned belongs to other weights."""
    if model.compiled:
        model.restore(replace(model.compiled_with, slots=None, iteration=0, epochs=0))
    with warnings.catch_warnings():
        # The optimizer of other weights may be another one; the file that is written says its own.
        warnings.simplefilter("ignore", UserWarning)
        model.load_weights(source)


def _read(path: Path) -> tuple[Sequential, Beside]:
    return READERS[_suffix(path, "read", READERS)](path)


def _read_own(path: Path) -> tuple[Sequential, Beside]:
    model, *beside = load_beside(path)
    return model, Beside(*beside)


def _read_keras(path: Path) -> tuple[Sequential, Beside]:
    return load_model(path), Beside()


def _write_own(model: Sequential, path: Path, beside: Beside) -> tuple[str, ...]:
    save_model(model, path, extra=beside.extra, beside=beside.arrays)
    return ()


def _write_keras(model: Sequential, path: Path, beside: Beside) -> tuple[str, ...]:
    model.save(path)
    return _scaling(beside)


def _write_weights(model: Sequential, path: Path, beside: Beside) -> tuple[str, ...]:
    model.save_weights(path)
    return ("the layers, loss and metrics", *_scaling(beside))


def _write_onnx(model: Sequential, path: Path, beside: Beside) -> tuple[str, ...]:
    to_onnx(model, path)
    learning = ("optimizer, loss and metrics",) if model.compiled else ()
    return (*learning, *_scaling(beside))


def _scaling(beside: Beside) -> tuple[str, ...]:
    """Return the words for what a forecaster keeps: its network reads and gives scaled values."""
    if not beside.extra:
        return ()
    seeds = sum(name.startswith("weights.") for name in beside.arrays)
    others = (f"the networks of {seeds} other seeds",) if seeds else ()
    return ("the forecaster's scaling: x and y are in scaled units", *others)


WEIGHTS = ".weights.h5"
READERS: dict[str, Callable[[Path], tuple[Sequential, Beside]]] = {
    ".safetensors": _read_own,
    ".keras": _read_keras,
}
WRITERS: dict[str, Callable[[Sequential, Path, Beside], tuple[str, ...]]] = {
    ".safetensors": _write_own,
    ".keras": _write_keras,
    WEIGHTS: _write_weights,
    ".onnx": _write_onnx,
}


def _suffix(path: Path, verb: str, known: Collection[str]) -> str:
    """Return which of the `known` ends `path` has."""
    for suffix in known:
        if path.name.endswith(suffix):
            return suffix
    hint = nearest(path.suffix, known)
    raise UnsupportedError(
        f"{path}: a file that is {verb} must end in {' or '.join(known)}" + (hint and f"; {hint}")
    )
