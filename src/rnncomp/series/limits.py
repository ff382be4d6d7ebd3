"""How much may be read: one cap in bytes, by argument or by RNNCOMP_MAX_BYTES."""

from __future__ import annotations

import os
import re

from rnncomp._check import fail, integer

DEFAULT_MAX_BYTES = 512 * 2**20
"""512 MiB: some ten million rows of CSV, and a hostile file is given up within seconds."""

VARIABLE = "RNNCOMP_MAX_BYTES"
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
_SIZE = re.compile(r"(\d+)\s*(?:([KMG])i?B?)?", re.IGNORECASE)


def find_cap(max_bytes: int | str | None) -> int:
    """Return the cap in bytes: the argument, else the environment variable, else 512 MiB.

    Example:
        >>> find_cap("2GiB"), find_cap(1000)
        (2147483648, 1000)
    """
    name, value = "max_bytes", max_bytes
    if max_bytes is None:
        name, value = VARIABLE, os.environ.get(VARIABLE) or DEFAULT_MAX_BYTES
    if isinstance(value, str):
        found = _SIZE.fullmatch(value.strip())
        if found is None:
            raise fail(name, "a size such as 1000000, 512MiB or 2GiB", value)
        value = int(found[1]) * _UNITS[(found[2] or "").upper()]
    return integer(name, value)


def over_cap(source: str, what: str, cap: int) -> str:
    """Return the sentence for something over the cap."""
    return (
        f"{source} must stay within {size_words(cap)}, got {what}; "
        f"pass a larger max_bytes or set {VARIABLE}, say to {4 * cap}"
    )


def size_words(size: int) -> str:
    """Return a number of bytes as people write it.

    Example:
        >>> size_words(512 * 2**20), size_words(1500)
        ('512MiB', '1,500 bytes')
    """
    for unit in ("G", "M", "K"):
        if size and size % _UNITS[unit] == 0:
            return f"{size // _UNITS[unit]}{unit}iB"
    return f"{size:,} bytes"
