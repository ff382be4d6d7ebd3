"""Argument checks that all produce the same sentence.

The sentence: ``units must be an integer of at least 1, got 0; pass for example units=50``.
"""

from __future__ import annotations

import difflib
import importlib
import math
import operator
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rnncomp.errors import InvalidArgumentError, MissingExtraError

SEED_LIMIT = 2**64
COUNT_LIMIT = 2**31  # the compiled kernels count in C's int


def fail(name: str, rule: str, received: object, hint: str = "") -> InvalidArgumentError:
    """Build (not raise) the error for an argument that breaks its rule."""
    next_step = f"; {hint}" if hint else ""
    return InvalidArgumentError(f"{name} must be {rule}, got {shown(received)}{next_step}")


def shown(value: object, width: int = 80) -> str:
    """Return `value` as it is typed, on one line of at most `width` characters.

    Example:
        >>> shown([1, 2])
        '[1, 2]'
    """
    text = " ".join(repr(value).split())
    return text if len(text) <= width else text[: width - 3] + "..."


def integer(name: str, value: Any, *, at_least: int = 1, hint: str = "") -> int:
    """Return `value` as an int, or raise if it is not an integer of at least `at_least`."""
    rule = f"an integer of at least {at_least}"
    if isinstance(value, bool):
        raise fail(name, rule, value, hint)
    try:
        number = operator.index(value)
    except TypeError:
        raise fail(name, rule, value, hint) from None
    if number < at_least:
        raise fail(name, rule, value, hint)
    return number


def count(name: str, value: Any, *, hint: str = "") -> int:
    """Return `value` as a size that the kernels can hold, an integer in 1 .. 2**31 - 1, or raise.

    Example:
        >>> count("units", 50)
        50
    """
    number = integer(name, value, hint=hint)
    if number >= COUNT_LIMIT:
        raise fail(name, "an integer below 2**31", value, hint or "pass a smaller number")
    return number


def real(
    name: str,
    value: Any,
    *,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    hint: str = "",
) -> float:
    """Return `value` as a finite float within the bounds given, or raise."""
    bounds = [("above", above), ("of at least", at_least), ("below", below)]
    limits = " and ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)
    rule = f"a finite number {limits}".rstrip()
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise fail(name, rule, value, hint) from None
    inside = (
        math.isfinite(number)
        and (above is None or number > above)
        and (at_least is None or number >= at_least)
        and (below is None or number < below)
    )
    if isinstance(value, (bool, str)) or not inside:
        raise fail(name, rule, value, hint)
    return number


def check_seed(value: object, name: str = "seed") -> int:
    """Return `value` as a seed, an integer in 0 .. 2**64 - 1, or raise InvalidArgumentError."""
    number = integer(name, value, at_least=0)
    if number >= SEED_LIMIT:
        raise fail(name, "an integer below 2**64", value)
    return number


def check_seeds(seeds: int | Iterable[int]) -> tuple[int, ...]:
    """Return the seeds that a count, or a list of different seeds, stands for; or raise.

    Example:
        >>> check_seeds(3), check_seeds([7])
        ((0, 1, 2), (7,))
    """
    if hasattr(seeds, "__index__") and not isinstance(seeds, bool):
        return tuple(range(integer("seeds", seeds, hint="pass a count, or a list of seeds")))
    try:
        listed = tuple(check_seed(seed, "seeds") for seed in seeds)  # type: ignore[union-attr]
    except TypeError:
        raise fail("seeds", "a count or a list of whole numbers", seeds) from None
    if not listed or len(set(listed)) < len(listed):
        raise fail("seeds", "one or more different numbers", list(listed))
    return listed


def as_path(name: str, value: Any) -> Path:
    """Return `value` as a Path, or raise if it names no file.

    Example:
        >>> as_path("filepath", None)
        Traceback (most recent call last):
        rnncomp.errors.InvalidArgumentError: filepath must be a path, got None; pass a string ...
    """
    if isinstance(value, (str, os.PathLike)):
        return Path(value)
    raise fail(name, "a path", value, "pass a string or a pathlib.Path")


def one_of(name: str, value: Any, choices: Iterable[str]) -> str:
    """Return `value` if it is one of `choices`, or raise with the nearest name."""
    names = list(choices)
    if isinstance(value, str) and value in names:
        return value
    raise fail(name, "one of " + ", ".join(names), value, nearest(str(value), names))


def nearest(word: str, names: Iterable[str]) -> str:
    """Return ``did you mean 'lstm'?`` for a near miss, or an empty string."""
    close = difflib.get_close_matches(word, list(names), n=2)
    return "did you mean " + " or ".join(repr(name) for name in close) + "?" if close else ""


def needs(owner: str, package: str, extra: str) -> None:
    """Raise MissingExtraError unless an optional package can be imported.

    Args:
        owner: Who needs it, for the message: ``to_onnx``.
        package: Its name in an import statement.
        extra: The extra of rnncomp that installs it.
    """
    try:
        importlib.import_module(package)
    except ImportError as error:
        raise MissingExtraError(
            f"{owner} needs the package {package} ({error}); pip install 'rnncomp[{extra}]'"
        ) from None
