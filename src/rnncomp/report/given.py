"""Parts of a comparison as it is given: what is absent, or null, is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rnncomp._check import fail

Found = Mapping[str, Any]

HINT = "write the comparison again"


def part(found: Found, *names: str) -> Found:
    """Return the mapping under `names`, one inside the other.

    Raises:
        InvalidArgumentError: There is something else.

    Example:
        >>> dict(part({"charts": {"labels": {"gru": "GRU"}}}, "charts", "labels"))
        {'gru': 'GRU'}
        >>> part({}, "charts", "labels")
        {}
    """
    for name in names:
        found = {} if found.get(name) is None else found[name]
        if not isinstance(found, Mapping):
            raise fail(".".join(names), "a mapping", found, HINT)
    return found


def listed(found: Found, name: str) -> Sequence[Any]:
    """Return the list under `name`.

    Raises:
        InvalidArgumentError: There is something else.

    Example:
        >>> listed({"notes": ["a"]}, "notes"), listed({"notes": None}, "notes")
        (['a'], ())
    """
    value = found.get(name)
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise fail(name, "a list", value, HINT)
    return value
